"""The page of the exhibit `normalisation`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/normalisation{query}")
        expect(self.says).to_have_text(re.compile(r"^Rate η = "))
        return self

    @property
    def says(self) -> Locator:
        return self.page.locator("[data-says]")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def row(self, table: str, row: str) -> Locator:
        named = self.page.get_by_role("table", name=table, exact=True)
        return named.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=row, exact=True)
        )

    def numbers(self, table: str, row: str) -> list[float]:
        texts = self.row(table, row).get_by_role("cell").all_inner_texts()
        return [float(text.replace("−", "-")) for text in texts]


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_the_three_scalings_stand_side_by_side_and_their_numbers_have_ledgers(stage):
    stage.open("?stretch=10&seed=1")
    none, minmax, zscore = (
        stage.numbers("the three scalings", row) for row in ("none", "min–max", "z-score")
    )
    assert none[2] > 10 * max(minmax[2], zscore[2]), "the condition number"
    assert none[5] > 3 * max(minmax[5], zscore[5]), "steps"
    stage.row("the three scalings", "z-score").get_by_role("button").nth(2).click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("compare.condition[2]")
    expect(ledger).to_contain_text("how many times as much J curves across as along")


def test_a_scaled_number_is_worked_out_from_mean_and_deviation(stage):
    stage.open("?scaling=zscore")
    stage.row("samples before and after", "1").get_by_role("button").nth(3).click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("x[0,1]")
    expect(ledger).to_contain_text("a feature of a sample, as the model sees it")
    expect(ledger).to_contain_text("taken from the training samples alone")
    ledger.get_by_role("button", name=re.compile("raw")).first.click()
    expect(ledger).to_contain_text("The second feature is stretched 10 times.")


def test_a_rate_above_the_largest_stable_one_runs_away_and_the_stage_says_so(stage):
    stage.open("?share=1.1")
    expect(stage.says).to_contain_text("above the largest stable rate")
    steps = stage.row("the three scalings", "none").get_by_role("cell").last
    expect(steps).to_have_text("−1")
    expect(stage.page.locator("[data-never]")).to_contain_text("none, min–max, z-score")
    stage.page.get_by_label("speed").select_option(label="fastest")
    stage.button("Play").click()
    notice = stage.page.locator("stage-notices .notice")
    expect(notice).to_contain_text("The ball has left the ground")
    expect(stage.button("Play")).to_be_visible()


def test_play_stops_where_the_ball_has_arrived(stage):
    stage.open("?scaling=zscore")
    wanted = int(stage.numbers("the three scalings", "z-score")[5])
    stage.page.get_by_label("speed").select_option(label="60 steps/s")
    stage.button("Play").click()
    expect(stage.says).to_contain_text(f"is left after {wanted} steps")
    expect(stage.button("Play")).to_be_visible()


def test_the_ball_is_put_down_by_a_click_on_the_map_and_by_keys(stage):
    stage.open("?stretch=10&seed=1")
    stage.page.locator("contour-view .plot-box").click(position={"x": 150, "y": 60})
    expect(stage.says).to_contain_text("more is left after 0 steps")
    stage.page.wait_for_url(re.compile("drop|more="))
    before = stage.numbers("the weights", "w1")[0]
    grid = stage.page.get_by_role("grid", name="J over the weights")
    grid.get_by_role("gridcell").focus()
    for key in ("Control+Home", "Enter"):
        stage.page.keyboard.press(key)
    expect(stage.row("the weights", "w1").get_by_role("cell").first).not_to_have_text(
        re.compile(re.escape(f"{before:g}".replace("-", "−")))
    )


def test_stretching_is_undone_by_scaling_and_named_on_the_axes(stage):
    stage.open("?data=iris&scaling=zscore&stretch=1")
    plane = stage.page.locator("plane-view")
    expect(plane).to_have_attribute("y-label", "x2: petal length, z-score")
    before = stage.numbers("the three scalings", "z-score")
    slider = stage.page.get_by_role("slider", name=re.compile("Stretch feature 2"))
    slider.focus()
    slider.press("End")
    expect(plane).to_have_attribute("y-label", "x2: petal length ×100, z-score")
    assert stage.numbers("the three scalings", "z-score") == before


def test_predictions_are_judged_by_the_engine(stage):
    stage.open("?beat=2")
    question = stage.page.locator("predict-question[question=doubled]")
    question.get_by_label("it is about four times as large").check()
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✓")
    expect(question).to_contain_text("the curvature is a mean of squares")


def test_the_lesson_drives_the_stage_to_its_end(stage):
    stage.open()
    beats = stage.page.locator("lesson-beat")
    count = beats.count()
    for number in range(2, count + 1):
        stage.button("Next").click()
        expect(stage.page.locator("lesson-beats")).to_contain_text(f"{number} of {count}")
        if number == 3:
            expect(stage.row("the weights", "w2").get_by_role("cell").first).to_have_text("0.6")
        if number == 7:
            expect(stage.page.locator("plane-view .plane-legend")).to_contain_text("virginica")
    expect(stage.says).to_contain_text("is left after 40 steps")


@pytest.mark.parametrize("query", ["", "?data=iris&scaling=minmax"])
def test_at_320_pixels_nothing_scrolls_sideways(page: Page, query):
    page.set_viewport_size({"width": 320, "height": 640})
    Stage(page).open(query)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, server, theme):
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    stage = Stage(page).open("?step=5")
    page.get_by_label("Theme").select_option(theme)
    expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    stage.row("the columns", "x2").get_by_role("button").first.click()
    expect(page.locator("number-ledger")).to_contain_text("mean[1]")
    found = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()
