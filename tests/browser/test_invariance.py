"""The page of the exhibit `invariance`, used as a person would."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.test_accessibility import TAGS


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "?seed=1") -> "Stage":
        self.page.goto(f"/e/invariance{query}")
        expect(self.note("subject")).to_have_text(re.compile("image|drawing"))
        return self

    def note(self, name: str) -> Locator:
        return self.page.locator(f"[data-{name}]")

    def control(self, name: str) -> Locator:
        return self.page.locator("controls-panel").get_by_role("spinbutton", name=name, exact=True)

    @property
    def frame(self) -> Locator:
        return self.page.locator(".move-frame")

    def score(self, network: str, column: int) -> Locator:
        row = self.page.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=network)
        )
        return row.get_by_role("button").nth(column)

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step:,}(?!\d)"), timeout=180_000)

    def drag(self, start: tuple[float, float], right: float, down: float) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + right, start[1] + down, steps=8)
        mouse.up()

    def middle(self, locator: Locator) -> tuple[float, float]:
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture(scope="module")
def shared(browser: Browser, server) -> Iterator[BrowserContext]:
    """One page for the tests that only look."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    yield context
    context.close()


@pytest.fixture(scope="module")
def opened(shared: BrowserContext) -> Stage:
    return Stage(shared.new_page()).open()


@pytest.fixture
def stage(opened: Stage) -> Stage:
    """The shared page, the digit put back, nothing asked."""
    opened.page.get_by_role("button", name="Put back").click()
    for name, usual in (("Right", "0"), ("Down", "0"), ("Turn", "0"), ("Scale", "1")):
        expect(opened.control(name)).to_have_value(usual)
    expect(opened.note("off")).to_have_text("exactly 0 everywhere")
    return opened


def test_the_digit_is_dragged_and_its_map_goes_along(stage):
    cell = 9
    stage.drag(stage.middle(stage.frame), 2 * cell, -3 * cell)
    expect(stage.control("Right")).to_have_value("2")
    expect(stage.control("Down")).to_have_value("-3")
    expect(stage.note("off")).to_have_text("exactly 0 everywhere")
    expect(stage.frame).to_have_accessible_name(re.compile("2 px right, 3 px up"))
    expect(stage.note("same")).not_to_contain_text("64 of 64")


def test_it_is_held_on_its_sheet(stage):
    stage.drag(stage.middle(stage.frame), 400, 0)
    expect(stage.control("Right")).to_have_value("4")


def test_its_corner_turns_and_scales_it(stage):
    middle = stage.middle(stage.frame)
    corner = stage.middle(stage.page.locator(".move-corner"))
    # from the upper right to the right: an eighth of a turn
    reach = corner[0] - middle[0]
    stage.drag(corner, 0.414 * reach, middle[1] - corner[1])
    expect(stage.control("Turn")).to_have_value("45")
    expect(stage.control("Scale")).to_have_value("1")
    expect(stage.note("off")).to_have_text(re.compile(r"at most 0\.\d"))


def test_keys_move_turn_scale_and_put_back_and_do_not_step_the_run(stage):
    stage.frame.focus()
    for key in (
        "ArrowRight",
        "ArrowRight",
        "Shift+ArrowLeft",
        "ArrowDown",
        "]",
        "]",
        "+",
        "-",
        "-",
    ):
        stage.page.keyboard.press(key)
    expect(stage.control("Right")).to_have_value("1.5")
    expect(stage.control("Down")).to_have_value("1")
    expect(stage.control("Turn")).to_have_value("10")
    expect(stage.control("Scale")).to_have_value("0.95")
    stage.page.keyboard.press("0")
    expect(stage.control("Right")).to_have_value("0")
    stage.expect_step(0)


def test_a_click_on_the_digit_asks_why_this_pixel(stage):
    stage.frame.press("ArrowRight")
    expect(stage.frame).to_have_accessible_name(re.compile("1 px right"))
    expect(stage.control("Right")).to_have_value("1")
    stage.page.mouse.click(*stage.middle(stage.frame))
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("the moved digit")
    expect(ledger.locator("[data-tensor='digit']").first).to_be_visible()
    stage.page.keyboard.press("Escape")


def test_the_curves_follow_the_kind_of_move_and_a_point_of_them_is_gone_to(stage):
    picker = stage.page.locator("controls-panel").get_by_role("combobox", name="Curves over")
    picker.select_option("angle")
    chart = stage.page.locator("line-chart").first
    expect(chart.locator(".chart-foot")).to_have_text("° clockwise")
    chart.get_by_role("gridcell").focus()
    stage.page.keyboard.press("End")
    expect(chart.locator(".chart-read")).to_have_text("45 ° clockwise")
    stage.page.keyboard.press("Enter")
    expect(stage.control("Turn")).to_have_value("45")
    picker.select_option("dx")
    expect(chart.locator(".chart-foot")).to_have_text("px to the right")


def test_another_filter_has_other_maps(stage):
    view = stage.page.locator("tensor-view[data-tensor='pool.conv1.W']")
    view.get_by_role("gridcell").focus()
    for _ in range(3):
        stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("Enter")
    expect(stage.note("chosen")).to_have_text("2")
    maps = stage.page.locator("tensor-view[data-tensor='pool.conv1.z']")
    expect(maps).to_have_attribute("prefix", "0,1")
    stage.page.keyboard.press("Escape")


def test_the_scores_are_one_tab_stop_and_each_opens_its_ledger(stage):
    buttons = stage.page.locator("score-table button")
    expect(buttons).to_have_count(20)
    assert buttons.evaluate_all("(all) => all.filter((one) => one.tabIndex === 0).length") == 1
    stage.score("dense", 0).focus()
    for key in ("ArrowDown", "ArrowDown", "End"):
        stage.page.keyboard.press(key)
    expect(stage.score("+ pooling", 4)).to_be_focused()
    stage.page.keyboard.press("Enter")
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("parameters, + pooling")
    stage.page.keyboard.press("Escape")
    stage.expect_step(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(stage, theme):
    stage.page.get_by_label("Theme").select_option(theme)
    expect(stage.page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    found = Axe().run(stage.page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_four_networks_learn_in_front_of_you_and_stay_learned_while_the_digit_moves(page: Page):
    stage = Stage(page).open()
    page.get_by_role("button", name="Play", exact=True).click()
    stage.expect_step(1470)
    expect(stage.score("+ moved samples", 3)).to_have_text(re.compile(r"^(8\d|9\d)"))
    read = stage.score("dense", 3).inner_text()
    stage.control("Right").fill("3")
    stage.control("Right").press("Enter")
    expect(stage.note("same")).not_to_contain_text("64 of 64")
    stage.expect_step(1470)
    expect(stage.score("dense", 3)).to_have_text(read)
    page.get_by_role("button", name="Next", exact=True).click()
    for _ in range(3):
        page.get_by_role("button", name="Next", exact=True).click()
    question = page.locator("predict-question[question=keeps]")
    question.get_by_label("+ moved samples").check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".verdict")).to_contain_text("mean confidence in the true digit")


def test_what_the_lesson_says_of_learned_networks_stands_at_the_end_of_the_run(page: Page):
    stage = Stage(page).open("?seed=1&beat=6&step=0")
    stage.page.get_by_role("button", name="Go to the end", exact=True).click()
    stage.page.get_by_role("button", name="Cancel", exact=True).click()
    stage.page.get_by_role("button", name="Next", exact=True).click()
    stage.expect_step(1470)
    expect(stage.control("Right")).to_have_value("3")


def test_a_drawn_digit_is_what_its_drawer_says(page: Page):
    stage = Stage(page).open()
    pad = page.locator("draw-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    stage.drag((box["x"] + box["width"] / 2, box["y"] + 20), 0, box["height"] - 40)
    expect(stage.note("subject")).to_have_text("your drawing of a 1")
    page.get_by_label("meant to be a").select_option("7")
    expect(stage.note("subject")).to_have_text("your drawing of a 7")
    expect(page.get_by_role("columnheader", name="sure it is a 7")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_a_narrow_page_does_not_scroll_sideways(page: Page, width):
    page.set_viewport_size({"width": width, "height": 800})
    Stage(page).open()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("[data-stage]", "score-table"):
        assert page.locator(part).evaluate("(node) => node.scrollWidth <= node.clientWidth")
