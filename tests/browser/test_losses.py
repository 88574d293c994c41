"""The page of the exhibit `losses`, used as a person would."""

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
        self.page.goto(f"/e/losses{query}")
        expect(self.page.locator(".losses[data-mode]")).to_have_count(1)
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("contour-view, surface-view")]
              .filter((view) => view.seen && view.clientWidth > 0).every((view) => view.drawn)""",
        )
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def table(self, name: str) -> Locator:
        return self.page.locator(f"number-table[data-{name}]")

    def number(self, table: str, row: int, column: int) -> Locator:
        """Return a number of a table, both counted from 0 without the headings."""
        rows = self.table(table).locator("tbody tr")
        return rows.nth(row).locator("td").nth(column)

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    def plane(self, data: str) -> Locator:
        """Return the plane in which the points of `data` lie."""
        return self.page.locator(f"plane-view[data-tensor='{data}.model']")

    def place(self, plane: Locator, index: int) -> tuple[float, float]:
        """Return where a point lies on the page."""
        return plane.evaluate(
            """(view, i) => {
              const box = view.box.getBoundingClientRect();
              const { points, frame } = view;
              return [box.left + frame.toX(points.x(i)), box.top + frame.toY(points.y(i))];
            }""",
            index,
        )

    def drag(self, start: tuple[float, float], right: float, down: float) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + right, start[1] + down)
        mouse.up()

    def drawn(self, selector: str) -> None:
        """Wait until Plotly has drawn what it was given."""
        self.page.wait_for_function(
            "selector => document.querySelector(selector)?.drawn === true", arg=selector
        )


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_a_point_that_is_dragged_changes_what_it_costs_and_travels_in_the_link(
    stage: Stage, browser: Browser, server
):
    stage.open()
    expect(stage.number("points", 5, 1)).to_have_text("2.5")
    plane = stage.plane("linear")
    plane.scroll_into_view_if_needed()
    stage.drag(stage.place(plane, 5), 0, 60)
    expect(stage.number("points", 5, 1)).not_to_have_text("2.5")
    expect(stage.table("points").locator("tr[data-chosen] th")).to_have_text("point 6")
    moved = [stage.number("points", 5, column).inner_text() for column in range(5)]
    assert float(moved[1].replace("\u2212", "-")) < 2
    stage.page.wait_for_url(re.compile("points="))
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(stage.page.url)
    for column, text in enumerate(moved):
        expect(other.number("points", 5, column)).to_have_text(text)
    context.close()


def test_a_point_is_moved_and_changes_its_class_with_the_keyboard_alone(stage: Stage):
    stage.open("?mode=classification")
    expect(stage.number("points", 0, 0)).to_have_text("−3")
    plane = stage.plane("ce")
    plane.get_by_role("gridcell").focus()
    stage.page.keyboard.press("Shift+ArrowRight")
    expect(stage.number("points", 0, 0)).to_have_text("−2.8")
    stage.page.keyboard.press("Shift+ArrowUp")
    expect(stage.number("points", 0, 1)).to_have_text("1")
    plane.get_by_label("x", exact=True).fill("-3.5")
    stage.page.keyboard.press("Enter")
    expect(stage.number("points", 0, 0)).to_have_text("−3.5")
    stage.expect_step(0)


def test_one_ball_runs_and_the_other_stalls_and_both_can_be_dropped_elsewhere(stage: Stage):
    stage.open("?mode=classification")
    expect(stage.number("balls", 0, 0)).to_have_text("−5")
    expect(stage.number("balls", 1, 0)).to_have_text("−5")
    said = stage.page.locator("[data-said]")
    expect(said).to_contain_text("959 times as long")
    stage.page.locator("#stage").focus()
    for _ in range(2):
        stage.page.keyboard.press("Shift+ArrowRight")
    stage.expect_step(20)
    expect(stage.number("balls", 0, 0)).to_have_text("−4.99")
    expect(stage.number("balls", 1, 0)).to_have_text("1.38")
    contours = stage.page.locator("contour-view[data-model='mse']")
    contours.scroll_into_view_if_needed()
    stage.drawn("contour-view[data-model='mse']")
    # in the middle of the map both w and b are 0
    x, y = contours.evaluate(
        """({ frame }) => {
          const box = frame.canvas.getBoundingClientRect();
          const [x, y] = [(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2];
          return [box.left + x, box.top + y];
        }"""
    )
    stage.page.mouse.click(x, y)
    for ball in (0, 1):
        expect(stage.number("balls", ball, 0)).to_have_text(re.compile(r"^−?0(\.0\d+)?$"))
    stage.button("Back to where it began").click()
    expect(stage.number("balls", 1, 0)).to_have_text("−5")


def test_the_ledger_of_the_stalled_gradient_shows_the_factor_that_kills_it(stage: Stage):
    stage.open("?mode=classification")
    stage.number("balls", 0, 3).get_by_role("button").click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("mse.dw[0]")
    expect(ledger).to_contain_text("σ′")
    first = stage.number("balls", 0, 0).get_by_role("button")
    first.focus()
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("Enter")
    expect(ledger).to_contain_text("ce.w[0]")


def test_the_maps_show_where_each_ground_bends_and_say_the_eigenvalues(stage: Stage):
    stage.open("?mode=classification&map=curvature")
    mse, ce = (stage.page.locator(f"contour-view[data-model='{name}']") for name in ("mse", "ce"))
    expect(mse.locator(".said")).to_contain_text("bends down in every direction")
    expect(ce.locator(".said")).to_contain_text("bends up in every direction: 100 %")
    mse.get_by_role("gridcell").focus()
    stage.page.keyboard.press("Shift+Enter")
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("mse.surface.sign")
    expect(ledger).to_contain_text("The two eigenvalues")
    stage.page.get_by_label("The maps show").select_option("height")
    expect(mse).not_to_have_attribute("areas", re.compile(""))


def test_both_surfaces_turn_together_and_an_update_keeps_the_camera(webgl_page: Page):
    stage = Stage(webgl_page)
    stage.open("?mode=classification")
    surface = stage.page.locator("surface-view")
    surface.scroll_into_view_if_needed()
    expect(surface.locator(".surface-titles span")).to_have_text(["squared error", "cross-entropy"])
    stage.drawn("surface-view")
    eye = surface.evaluate("view => view.camera.eye.x")
    surface.get_by_role("button", name="turn to the left").click()
    stage.drawn("surface-view")
    turned = surface.evaluate("view => view.camera.eye.x")
    assert turned != eye
    stage.page.locator("#stage").press("ArrowRight")
    stage.expect_step(1)
    stage.drawn("surface-view")
    assert surface.evaluate("view => view.camera.eye.x") == turned


def test_softmax_comes_number_by_number_and_scores_are_dragged_or_typed(stage: Stage):
    stage.open("?mode=softmax")
    expect(stage.number("classes", 0, 1)).to_have_text("–")
    stage.page.locator("#stage").press("ArrowRight")
    expect(stage.number("classes", 0, 1)).to_have_text("7.39")
    expect(stage.number("classes", 1, 1)).to_have_text("–")
    stage.page.locator("#stage").press("End")
    expect(stage.number("whole", 1, 0)).to_have_text("1.35")
    expect(stage.page.locator("bar-list .said")).to_contain_text("the label is class 1")
    score = stage.page.get_by_role("spinbutton", name="score of class 1")
    score.fill("2")
    score.press("Enter")
    expect(stage.number("whole", 1, 0)).to_have_text("0.718")
    score.fill("11")
    score.press("Enter")
    problem = stage.page.locator("score-sliders .control-problem")
    expect(problem).to_have_text("expected scores from -10 to 10, got 11")
    expect(score).to_have_value("2")
    stage.page.get_by_role("slider", name="score of class 1").press("ArrowRight")
    expect(stage.number("classes", 1, 0)).to_have_text("2.1")
    expect(problem).to_be_hidden()
    before = stage.number("classes", 1, 2).inner_text()
    stage.page.get_by_role("slider", name="Add to all scores").press("ArrowRight")
    expect(stage.number("classes", 1, 0)).to_have_text("2.6")
    expect(stage.number("classes", 1, 2)).to_have_text(before)


@pytest.mark.parametrize(
    ("question", "beat", "option", "verdict"),
    [
        ("further", 7, "the one of the squared error", "✗ Not this time. In 20 steps from here"),
        ("convex", 9, "cross-entropy", "✓ Right. Of 1681 places on each map"),
        ("shifted", 12, "it stays the same", "✓ Right. The loss is 1.349 now and 1.349 with"),
    ],
)
def test_predictions_are_judged_by_the_engine(stage: Stage, question, beat, option, verdict):
    stage.open(f"?beat={beat}&mode={'softmax' if beat == 12 else 'classification'}")
    asked = stage.page.locator(f"predict-question[question={question}]")
    asked.get_by_label(option).check()
    asked.get_by_role("button", name="Check").click()
    expect(asked).to_contain_text(verdict)


def test_a_refused_point_is_told_on_the_stage(stage: Stage):
    stage.open("?points=0+0;1+1")
    expect(stage.table("points").locator("tbody tr")).to_have_count(2)
    stage.plane("linear").get_by_role("gridcell").focus()
    stage.page.keyboard.press("Delete")
    notice = stage.page.locator("stage-notices")
    expect(notice).to_contain_text("points: expected 2 to 12 points, got 1")


@pytest.mark.parametrize("mode", ["regression", "classification", "softmax"])
def test_at_320_pixels_nothing_scrolls_sideways(page: Page, mode):
    page.set_viewport_size({"width": 320, "height": 640})
    stage = Stage(page).open(f"?mode={mode}")
    table = "classes" if mode == "softmax" else "balls"
    expect(stage.number(table, 0, 0)).to_have_text(re.compile(r"\d"))
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize(
    "query", ["", "?mode=classification&map=curvature", "?mode=softmax&step=9"]
)
def test_axe_finds_nothing(browser: Browser, server, query):
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        color_scheme="dark" if "curvature" in query else "light",
        reduced_motion="reduce",
    )
    stage = Stage(context.new_page()).open(query)
    table = "classes" if "softmax" in query else "balls"
    expect(stage.number(table, 0, 0)).to_have_text(re.compile(r"\d"))
    found = Axe().run(stage.page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()
