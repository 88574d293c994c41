"""What a canvas cannot say by itself: names, summaries, tables, announcements, contrast."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

THEMES = ("light", "dark", "projector")
TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def open_page(browser: Browser, server) -> Iterator[Page]:
    """A page for axe: it writes inline styles to measure with, and colours must stand still."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def violations(page: Page, within: str | None = None) -> list[str]:
    """What axe objects to: in the whole page, or in what `within` selects."""
    found = Axe().run(page, context=within, options=TAGS).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def open_digits(page: Page, query: str = "") -> None:
    page.goto(f"/e/digits{query}")
    expect(page.locator("bar-list .bar")).to_have_count(10)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["/", "/e/digits", "/nothing-is-here"])
def test_axe_finds_nothing_in_any_theme(open_page: Page, path, theme):
    page = open_page
    page.goto(path)
    if path == "/e/digits":
        expect(page.locator("bar-list .bar")).to_have_count(10)
    page.get_by_label("Theme").select_option(theme)
    expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    assert violations(page) == []


def test_axe_finds_nothing_where_more_is_open(open_page: Page):
    page = open_page
    open_digits(page)
    page.locator("controls-panel summary").first.click()
    page.get_by_role("grid", name="filters", exact=True).get_by_role("gridcell").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("t")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_nothing_on_a_narrow_screen_with_a_diverged_run(open_page: Page):
    page = open_page
    page.set_viewport_size({"width": 390, "height": 844})
    open_digits(page, "?activation=linear&optimizer=sgd&learning_rate=100")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("stage-notices h2")).to_be_visible()
    assert violations(page) == []


def test_each_figure_has_a_name_and_a_summary_of_one_sentence(page: Page):
    open_digits(page)
    figures = page.locator("tensor-view, bar-list, line-chart")
    assert figures.count() >= 10
    for figure in figures.all():
        grid = figure.get_by_role("grid")
        expect(grid).to_have_accessible_name(re.compile(r"\w"))
        expect(grid).to_have_accessible_description(re.compile(r"^[^.]*\w.*\.$"))


def test_each_figure_is_one_tab_stop(page: Page):
    open_digits(page)
    for figure in page.locator("tensor-view, bar-list, line-chart, image-wall").all():
        stops = figure.evaluate(
            """(view) => [...view.querySelectorAll("button:not(.chart-log), [tabindex]")]
              .filter((node) => node.tabIndex >= 0 && node.checkVisibility())
              .map((node) => node.outerHTML)"""
        )
        assert len(stops) == 1, stops


def test_a_table_holds_the_numbers_of_the_figure(page: Page):
    open_digits(page)
    page.get_by_role("grid", name="input", exact=True).get_by_role("gridcell").focus()
    page.keyboard.press("t")
    cells = page.get_by_role("dialog").locator("tbody td")
    expect(cells).to_have_count(64)
    shown = [float(text.replace("−", "-")) for text in cells.all_inner_texts()]
    drawn = page.locator("tensor-view[data-tensor='conv1.x']").evaluate(
        "(view) => Array.from(view.tensor.data)"
    )
    assert shown == pytest.approx(drawn, rel=5e-3)


def test_milestones_are_announced_politely_and_seldom(page: Page):
    open_digits(page)
    region = page.locator("[aria-live=polite], [role=status]")
    expect(region).to_have_count(1)
    page.evaluate(
        """() => {
          window.said = [];
          new MutationObserver(() => {
            const text = document.querySelector("[data-announcer]").textContent.trim();
            if (text) window.said.push([performance.now(), text]);
          }).observe(document.querySelector("[data-announcer]"),
                     {childList: true, characterData: true, subtree: true});
        }"""
    )
    page.locator("#stage").press("Space")
    page.wait_for_function("() => window.said.length >= 1")
    for _ in range(6):
        page.locator("#stage").press("Space")
    page.wait_for_function("() => window.said.length >= 2")
    times = [when for when, _ in page.evaluate("window.said")]
    assert all(later - earlier > 4_500 for earlier, later in pairwise(times))


def test_motion_stops_for_those_who_ask_for_less(page: Page):
    page.emulate_media(reduced_motion="reduce")
    open_digits(page)
    durations = page.evaluate(
        """() => [...document.querySelectorAll("*")].map((node) => getComputedStyle(node))
          .filter((style) => parseFloat(style.transitionDuration) > 0.001
            || (style.animationName !== "none" && parseFloat(style.animationDuration) > 0.001))
          .length"""
    )
    assert durations == 0
