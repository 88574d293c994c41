"""The page of the exhibit `initialization`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS
from tests.serving import Server

STRAND = "?show=neurons&initializer=constant&depth=2&width=4&data=circles&optimizer=adam"


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/initialization{query}")
        expect(self.says).to_contain_text("after 0 steps: loss")
        return self

    @property
    def says(self) -> Locator:
        return self.page.locator("[data-says]")

    @property
    def ledger(self) -> Locator:
        return self.page.locator("number-ledger")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, figure: str) -> Locator:
        return self.page.get_by_role("grid", name=figure).get_by_role("gridcell")

    def row(self, table: str, row: str) -> list[str]:
        named = self.page.get_by_role("table", name=table, exact=True)
        found = named.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=row, exact=True)
        )
        return found.get_by_role("cell").all_inner_texts()


@pytest.fixture(scope="module")
def stage(browser: Browser, server: Server):
    """One page for all tests of the module; each opens the address that it needs."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    yield Stage(context.new_page())
    context.close()


def test_a_click_on_a_bar_names_the_numbers_that_it_counts(stage):
    stage.open()
    cell = stage.cell("Forward ↓ the activations a")
    cell.focus()
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowLeft", "ArrowLeft"):
        stage.page.keyboard.press(key)
    expect(cell.last).to_have_attribute("aria-label", re.compile("^layer 2, from 0.49"))
    for _ in range(20):
        stage.page.keyboard.press("ArrowLeft")
    expect(stage.page.get_by_role("gridcell", name=re.compile("^layer 2, from −"))).to_be_visible()
    stage.page.keyboard.press("Enter")
    expect(stage.ledger).to_contain_text("hist.a.counts[1,20]")
    expect(stage.ledger).to_contain_text("Of the 2048 numbers of act2.a, these lie there")
    stage.ledger.get_by_role("button", name=re.compile(r"^a\[")).first.click()
    expect(stage.ledger).to_contain_text("tanh of")


def test_the_size_of_a_layer_and_its_factor_have_ledgers(stage):
    stage.open()
    stage.cell("Forward ↓ the activations a").focus()
    for key in ("ArrowDown", "End", "ArrowLeft", "Enter"):
        stage.page.keyboard.press(key)
    expect(stage.ledger).to_contain_text("forward.size[1]")
    expect(stage.ledger).to_contain_text("the root of the mean of the squares of")
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("Enter")
    expect(stage.ledger).to_contain_text("forward.factor[0]")


def test_another_network_is_put_on_the_stage_without_losing_the_step(stage):
    stage.open()
    small = stage.row("what makes the factors, forward", "layer 2")
    stage.button("One step forward").click()
    expect(stage.says).to_contain_text("“Too small” after 1 step: loss")
    stage.button("Too large").click()
    expect(stage.says).to_contain_text("“Too large” after 1 step: loss")
    large = stage.row("what makes the factors, forward", "layer 2")
    assert float(large[0]) > 5 * float(small[0])
    expect(stage.button("Too large")).to_have_attribute("aria-pressed", "true")


def test_the_histograms_change_their_scale_and_keep_it_in_the_address(stage):
    stage.open("?activation=relu&initializer=he")
    cell = stage.cell("Forward ↓ the activations a")
    cell.focus()
    stage.page.keyboard.press("ArrowDown")
    stage.button("Each its own").click()
    stage.page.wait_for_url(re.compile("scale=own"))
    expect(cell.first).to_have_attribute("aria-label", re.compile("^layer 1, from 0 to"))
    stage.button("Powers of ten").click()
    stage.page.wait_for_url(re.compile("scale=sizes"))
    expect(cell.first).to_have_attribute("aria-label", re.compile("^layer 1, from 0 to 1e−"))
    expect(stage.page.locator("stage-notices .notice")).to_have_count(0)


def test_on_a_phone_nothing_is_cut_off_and_all_is_accessible(stage):
    # as high as all of it, so that nothing lies under what sticks to the bottom
    stage.page.set_viewport_size({"width": 390, "height": 5000})
    for query in ("?initializer=large", STRAND):
        stage.open(query)
        expect(stage.page.locator("line-chart canvas").last).to_be_visible()
        assert stage.page.evaluate("document.documentElement.scrollWidth") == 390
        found = Axe().run(stage.page, options=TAGS)
        assert found.response["violations"] == []
    stage.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_push_parts_a_strand_and_learning_makes_them_different(stage):
    stage.open(STRAND)
    words = stage.page.locator("[data-strands]")
    expect(words).to_contain_text("4 hidden neurons in 1 strand")
    stage.button("Add 0.001 to one weight").click()
    expect(words).to_contain_text("in 2 strands")
    expect(stage.page.locator("[data-pushed]")).to_contain_text(
        "dense1.W[0,0] of “Constant” was 0.5, and is 0.501 now."
    )
    stage.button("Add 0.001 to one weight").click()
    expect(words).to_contain_text("in 3 strands")
    table = "how alike the neurons are, and what has moved"
    assert stage.row(table, "layer 1")[0].startswith("1.00")
    stage.page.get_by_label("speed").select_option(label="fastest")
    stage.button("Play").click()
    stage.page.wait_for_function(
        """() => {
          const first = document.querySelector("[data-moved] tbody td button");
          return parseFloat(first.textContent.replace("−", "-")) < 0.5;
        }"""
    )
    stage.button("Pause").click()


def test_predictions_are_judged_by_the_engine(stage):
    stage.open("?beat=3&initializer=xavier")
    question = stage.page.locator("predict-question[question=relu]")
    question.get_by_label("less than a hundredth is left").check()
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("The size of a number of hidden layer 19 is 0.000")


def test_networks_that_explode_are_said_to_have_stopped(stage):
    stage.open("?activation=relu&depth=20&initializer=large&learning_rate=0.03")
    for _ in range(3):
        stage.button("One step forward").click()
    expect(stage.says).to_contain_text("Its numbers stopped being finite at step")
    assert stage.row("all six networks now", "Zeros")[1] == "–"
    assert stage.row("all six networks now", "Constant")[1] != "–"
