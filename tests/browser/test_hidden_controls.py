"""Links for a lesson: controls that they hide are not on the page, and the run has them."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import violations


@pytest.fixture(scope="module")
def shared(browser: Browser, server) -> Iterator[Page]:
    """One page for all that is tried here."""
    context = browser.new_context(base_url=server.url, bypass_csp=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def pooling(shared: Page) -> Page:
    page = shared
    page.goto("/e/pooling?hide=stride,size,nonsense&stride=1")
    expect(page.locator("transport-bar .caption")).to_contain_text("step")
    return page


def control(page: Page, name: str) -> Locator:
    return page.locator(f"controls-panel [data-control={name}]")


def test_a_link_hides_controls_that_the_run_has_all_the_same(pooling: Page) -> None:
    page = pooling
    expect(control(page, "input")).to_be_visible()
    expect(control(page, "stride")).to_have_count(0)
    expect(control(page, "size")).to_have_count(0)
    expect(page.locator("controls-panel")).to_contain_text("This link hides 2 controls.")
    expect(page.locator("stage-notices .notice")).to_contain_text(
        "This link hides “nonsense”, which is no control here"
    )
    # as in any link, what differs from the defaults is written, and what is hidden stays so
    expect(page).to_have_url(re.compile(r"\?stride=1.*hide=stride,size(&|$)"))
    page.get_by_role("button", name="Show them").click()
    expect(control(page, "stride").locator("input[type=number]")).to_have_value("1")
    expect(page.locator("controls-panel .controls-hidden")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("hide="))


def test_share_makes_a_link_with_the_controls_that_one_chooses(pooling: Page) -> None:
    page = pooling
    page.get_by_role("button", name="Link for a lesson").click()
    dialog = page.get_by_role("dialog", name="A link for a lesson")
    link = dialog.get_by_label("Link for the lesson")
    expect(dialog.get_by_role("checkbox", checked=False)).to_have_count(2)
    dialog.get_by_role("button", name="None").click()
    dialog.get_by_label("Input", exact=True).check()
    expect(link).to_have_value(re.compile("hide="))
    assert violations(page, ".dialog") == []
    page.wait_for_function(
        "(field) => !/hide=[^&]*input/.test(field.value)", arg=link.element_handle()
    )
    hidden = parse_qs(urlsplit(link.input_value()).query)["hide"][0].split(",")
    assert {"stride", "size"} < set(hidden)
    # the page of whoever makes the link stays as it is
    expect(page).to_have_url(re.compile(r"hide=stride,size(&|$)"))
    page.goto(link.input_value())
    shown = page.locator("controls-panel .control:visible")
    expect(shown).to_have_count(1)
    expect(control(page, "input")).to_be_visible()
