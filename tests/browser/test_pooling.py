"""The page of the exhibit `pooling`, used as a person would."""

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
        self.page.goto(f"/e/pooling{query}")
        expect(self.text("window")).to_have_text(re.compile(r"\d of \d"))
        return self

    def text(self, name: str) -> Locator:
        return self.page.locator(f"[data-{name}]")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, grid: str) -> Locator:
        return self.page.get_by_role("grid", name=grid, exact=True).get_by_role("gridcell")

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    def tensor(self, name: str) -> list[float | None]:
        """The numbers that are drawn; None where there is none yet."""
        return self.page.locator(f"tensor-view[data-tensor='{name}']").evaluate(
            "(view) => Array.from(view.tensor.data, (x) => (Number.isNaN(x) ? null : x))"
        )

    def expect_tensor(self, name: str, numbers: list[float | None]) -> None:
        self.page.wait_for_function(
            """([name, wanted]) => {
              const view = document.querySelector(`tensor-view[data-tensor="${name}"]`);
              const number = (x) => (Number.isNaN(x) ? null : x);
              const found = Array.from(view?.tensor?.data ?? [], number);
              return JSON.stringify(found) === JSON.stringify(wanted);
            }""",
            arg=[name, numbers],
        )


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_a_step_writes_one_number_and_a_step_back_takes_it_away(stage):
    stage.open()
    stage.expect_step(1)
    stage.expect_tensor("pool.y", [2, *[None] * 8])
    stage.page.locator("#stage").press("ArrowRight")
    stage.expect_tensor("pool.y", [2, 2, *[None] * 7])
    expect(stage.text("result")).to_have_text("2")
    stage.page.locator("#stage").press("End")
    stage.expect_tensor("pool.y", [2, 2, 1, 1, 3, 0, 0, 1, 0])
    stage.page.locator("#stage").press("ArrowLeft")
    stage.expect_tensor("pool.y", [2, 2, 1, 1, 3, 0, 0, 1, None])


def test_play_goes_through_all_windows_and_stops(stage):
    stage.open("?step=7")
    stage.button("Play").click()
    stage.expect_step(9)
    expect(stage.button("Play")).to_be_visible()


def test_before_the_first_step_the_window_stands_ready_and_its_number_is_asked_for(stage):
    stage.open("?step=0&beat=2")
    stage.page.locator("#stage").press("Home")
    expect(stage.text("result")).to_have_text("?")
    expect(stage.text("window")).to_have_text("1 of 9")


def test_ties_are_named(stage):
    stage.open("?step=2&beat=2")
    expect(stage.text("ties")).to_contain_text("2 cells are as great")
    expect(stage.text("ties")).to_contain_text("the first in row order wins")


def test_a_clicked_gradient_shows_where_it_flows(stage):
    stage.open()
    expect(stage.text("flow")).to_have_text("all of it to row 4, column 4, which won")
    view = stage.page.locator("tensor-view[data-tensor='pool.dy']")
    box = view.bounding_box()
    stage.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    expect(stage.text("flow")).to_have_text("all of it to row 1, column 4, which won")
    expect(stage.page.locator("number-ledger")).to_contain_text("pool.dy[0,0,0,1]")
    stage.page.get_by_label("Pooling").select_option("avg_pool2d")
    expect(stage.text("flow")).to_contain_text("to each of 4 cells")


def test_the_gradient_is_followed_and_changed_with_the_keyboard_alone(stage):
    stage.open()
    cell = stage.cell("gradient from above")
    cell.focus()
    for _ in range(2):
        stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("Enter")
    expect(stage.text("followed")).to_contain_text("row 1, column 3")
    stage.page.keyboard.press("7")
    stage.page.keyboard.press("Enter")
    expect(stage.text("followed")).to_contain_text("the 7 of row 1, column 3")
    assert stage.tensor("part.dx")[9] == 7
    expect(stage.page.locator("controls-panel [data-control=upstream] select")).to_have_value("own")


def test_a_changed_number_of_the_input_is_pooled_at_once(stage):
    stage.open()
    stage.cell("input").focus()
    stage.page.keyboard.press("9")
    stage.page.keyboard.press("Enter")
    expect(stage.text("result")).to_have_text("9")
    stage.expect_step(1)


def test_changed_numbers_travel_in_the_address(stage, browser: Browser, server):
    stage.open()
    stage.cell("input").focus()
    stage.page.keyboard.press("9")
    stage.page.keyboard.press("Enter")
    expect(stage.text("result")).to_have_text("9")
    stage.page.wait_for_url(re.compile("more="))
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(stage.page.url)
    expect(other.text("result")).to_have_text("9")
    other.expect_tensor("pool.x", stage.tensor("pool.x"))
    context.close()


def test_a_number_out_of_range_is_refused_beside_the_cell(stage):
    stage.open()
    stage.cell("input").focus()
    stage.page.keyboard.type("1000")
    stage.page.keyboard.press("Enter")
    expect(stage.page.locator(".cell-problem")).to_contain_text("from −999 to 999, got 1000")


def test_a_move_says_what_stayed_the_same(stage):
    stage.open()
    expect(stage.text("move")).to_have_text("1 cell right")
    expect(stage.text("same")).to_contain_text("5 of 9 pooled numbers stayed the same (55.6 %)")
    stage.button("Move left").click()
    expect(stage.text("move")).to_have_text("not at all")
    expect(stage.text("same")).to_contain_text("9 of 9 pooled numbers")
    stage.button("Move down").click()
    expect(stage.text("move")).to_have_text("1 cell down")


def test_the_counts_of_the_next_layers_are_walked_by_keys_and_have_ledgers(stage):
    stage.open()
    table = stage.page.locator("count-table")
    assert table.locator("button[tabindex='0']").count() == 1
    first = table.get_by_role("button").first
    expect(first).to_have_text("25")
    first.focus()
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("Enter")
    expect(stage.page.locator("number-ledger")).to_contain_text("next.counts[1,1]")
    expect(stage.page.locator("number-ledger")).to_contain_text("72")
    stage.expect_step(1)


def test_predictions_are_judged_by_the_engine(stage):
    stage.open()
    question = stage.page.locator("predict-question[question=next]")
    question.get_by_label("next number").fill("2")
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✓")
    expect(question).to_contain_text("The window will hold 1, 2, 0, 2; the greatest is 2.")
    question.get_by_label("next number").fill("5")
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✗")


def test_all_of_the_panel_that_a_beat_is_about_is_brought_into_view(stage):
    stage.open("?beat=8")
    stage.button("Show me on the stage").click()
    stage.expect_step(16)
    stage.page.wait_for_function(
        """() => {
          const view = document.querySelector(".stage").getBoundingClientRect();
          const panel = document.querySelector("[data-move]").closest(".panel");
          const { top, bottom, height } = panel.getBoundingClientRect();
          return height > 200 && top >= view.top && bottom <= view.bottom;
        }"""
    )


def test_a_run_that_has_come_to_its_end_says_so_beside_the_timeline(stage):
    stage.open("?step=8")
    stage.expect_step(8)
    stage.button("Play").click()
    expect(stage.page.locator("transport-bar .caption")).to_contain_text("step 9 / 9 · end")
    expect(stage.button("Play")).to_be_visible()
    expect(stage.page.locator("stage-notices .notice")).to_have_count(0)


def test_the_lesson_drives_the_stage_to_its_end(stage):
    stage.open()
    beats = stage.page.locator("lesson-beat")
    assert beats.count() == 8
    stage.button("Next").click()
    stage.expect_step(3)
    stage.button("Next").click()
    # another map is another run, and yet the window stands where the beat wants it
    expect(stage.text("size").first).to_have_text("6×6")
    stage.expect_step(3)
    expect(stage.text("ties")).to_contain_text("4 cells are as great")
    stage.button("Next").click()
    expect(stage.text("sign")).to_have_text("→ mean →")
    for number in range(5, 9):
        stage.button("Next").click()
        expect(stage.page.locator("lesson-beats")).to_contain_text(f"{number} of 8")
    question = stage.page.locator("predict-question[question=same]")
    expect(stage.text("size").first).to_have_text("8×8")
    question.get_by_role("button", name="Show me").click()
    expect(question).to_contain_text("of the 16 pooled numbers stayed as they were")


@pytest.mark.parametrize("query", ["", "?input=digit&stride=1&kind=avg_pool2d"])
def test_at_320_pixels_nothing_scrolls_sideways(page: Page, query):
    page.set_viewport_size({"width": 320, "height": 640})
    Stage(page).open(query)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_in_any_theme(browser: Browser, server, theme):
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
    stage.cell("input").focus()
    page.keyboard.press("Enter")
    found = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()


def test_each_figure_has_a_name_and_a_summary_of_one_sentence(stage):
    stage.open()
    figures = stage.page.locator("tensor-view")
    assert figures.count() == 8
    for figure in figures.all():
        grid = figure.get_by_role("grid")
        expect(grid).to_have_accessible_name(re.compile(r"\w"))
        expect(grid).to_have_accessible_description(re.compile(r"^[^.]*\w.*\.$"))
