"""The mode "Batches of samples" of the exhibit `descent`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS

WALKERS = "what each has done"
UPDATES, SEEN, EPOCHS, RATE, LOSS, SPREAD = range(6)
BATCH, STOCHASTIC, MINI = range(3)


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/descent?mode=samples{query}")
        expect(self.number(BATCH, UPDATES)).to_have_text(re.compile(r"\d"))
        return self

    def number(self, row: int, column: int, table: str = WALKERS) -> Locator:
        grid = self.page.locator("number-table").filter(
            has=self.page.get_by_role("table", name=table)
        )
        return grid.locator("tbody tr").nth(row).locator("button").nth(column)

    def expect_updates(self, *numbers: int) -> None:
        for row, number in enumerate(numbers):
            expect(self.number(row, UPDATES)).to_have_text(str(number))

    @property
    def says(self) -> Locator:
        return self.page.locator("[data-says]")

    def press(self, key: str) -> None:
        self.page.locator("#stage").press(key)


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_in_five_steps_of_eight_samples_the_whole_batch_moves_once(stage):
    stage.open()
    expect(stage.says).to_contain_text("All three begin at the same place")
    for step in range(1, 5):
        stage.press("ArrowRight")
        stage.expect_updates(0, 8 * step, step)
        expect(stage.says).to_contain_text(f"has seen {8 * step} of 40 samples, and waits")
    stage.press("ArrowRight")
    stage.expect_updates(1, 40, 5)
    for walker in (BATCH, STOCHASTIC, MINI):
        expect(stage.number(walker, EPOCHS)).to_have_text("1")
    expect(stage.page.locator("transport-bar .caption")).to_contain_text("epoch 1")
    # any number tells how it came about, down to the samples of its batch
    stage.number(MINI, LOSS).click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("walkers.J")
    expect(ledger).to_contain_text("30 more")


def test_the_fan_is_of_whom_one_chooses_and_has_an_arrow_for_each_sample(stage):
    stage.open()
    squares = (
        "() => document.querySelector('plane-view').points.data.classes.filter((one) => one).length"
    )
    arrows = "() => document.querySelector('contour-view').pointers.length"
    assert stage.page.evaluate(arrows) == 42
    assert stage.page.evaluate(squares) == 8
    following = stage.page.locator("[data-followed]")
    expect(following).to_have_text("minibatch")
    stage.page.locator("controls-panel summary").filter(has_text="More").click()
    stage.page.get_by_label("Fan of", exact=True).select_option("sgd")
    expect(following).to_have_text("stochastic")
    stage.page.wait_for_function(f"({squares})() === 1")
    mean, whole = (stage.number(1, column, "the next update") for column in (1, 2))
    assert mean.text_content() != whole.text_content()
    stage.page.get_by_label("Fan of", exact=True).select_option("gd")
    expect(following).to_have_text("batch")
    stage.page.wait_for_function(f"({squares})() === 40")
    assert mean.text_content() == whole.text_content()


def test_a_click_on_the_map_is_a_start_for_all_three(stage):
    stage.open("&pace=updates")
    stage.press("ArrowRight")
    stage.expect_updates(1, 1, 1)
    box = stage.page.locator("contour-view .plot-box").bounding_box()
    stage.page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.8 * box["height"])
    stage.expect_updates(0, 0, 0)
    losses = [stage.number(walker, LOSS).text_content() for walker in (BATCH, STOCHASTIC, MINI)]
    assert len(set(losses)) == 1


def test_a_rate_that_shrinks_is_smaller_epoch_by_epoch(stage):
    stage.open("&step=25&decay=inverse")
    expect(stage.number(MINI, EPOCHS)).to_have_text("5")
    expect(stage.number(MINI, RATE)).to_have_text("0.05")
    stage.page.get_by_label("Learning rate", exact=True).select_option("constant")
    expect(stage.number(MINI, RATE)).to_have_text("0.1")


def test_who_is_nearest_after_an_epoch_is_judged_by_the_engine(stage):
    stage.page.goto("/e/descent?beat=16")
    question = stage.page.locator("predict-question[question=nearest]")
    stage.page.get_by_role("button", name="Show me on the stage").click()
    stage.expect_updates(0, 0, 0)
    question.get_by_label("the stochastic walker").check()
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✓")
    expect(question).to_contain_text("After one epoch they are so far from the least point: batch")


def test_axe_finds_nothing_in_the_dark_and_nothing_scrolls_sideways_at_320_pixels(
    browser: Browser, server
):
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    Stage(page).open("&step=3")
    page.get_by_label("Theme").select_option("dark")
    expect(page.locator("html[data-theme=dark]")).to_have_count(1)
    found = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 320, "height": 640})
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    context.close()
