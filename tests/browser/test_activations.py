"""The page of the exhibit `activations`, used as a person would."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import violations


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, mode: str) -> None:
        self.page.get_by_label("Look at").select_option(mode)

    @property
    def says(self) -> Locator:
        return self.page.locator("[data-says]")

    @property
    def ledger(self) -> Locator:
        return self.page.locator("number-ledger")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def number(self, table: str, row: int, column: int) -> Locator:
        grid = self.page.locator("number-table").filter(
            has=self.page.get_by_role("table", name=table, exact=True)
        )
        return grid.locator("tbody tr").nth(row).locator("td").nth(column)

    def open(self, query: str) -> None:
        self.page.goto(f"/e/activations{query}")
        expect(self.says).to_have_text(re.compile(r"\w"), timeout=30_000)

    def go_to(self, step: int) -> None:
        """Drag the timeline of a run that has an end."""
        self.page.locator("transport-bar input[type=range]").fill(str(step))
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    def predict(self, question: str, answer: str) -> Locator:
        """Answer a question of the lesson, and return what is said of it."""
        asked = self.page.locator(f"predict-question[question={question}]")
        asked.locator("input[type=number]").fill(answer)
        asked.get_by_role("button", name="Check", exact=True).click()
        return asked


@pytest.fixture(scope="module")
def opened(still_page: Page) -> Stage:
    """One page for all that is tried here."""
    return Stage(still_page)


@pytest.fixture
def stage(opened: Stage) -> Stage:
    return opened


FIVE = "all five at this z"
BOTH = "the same point, both ways"
NAIVE = "softmax as the formula stands"
SAFE = "softmax with the greatest subtracted first"


def test_the_ball_is_dragged_where_the_sigmoid_is_flat_and_the_gradient_fades(stage):
    stage.open("?z=1")
    assert violations(stage.page) == []
    plot = stage.page.locator("curve-view canvas").bounding_box()
    mouse = stage.page.mouse
    middle = plot["y"] + plot["height"] / 2
    mouse.move(plot["x"] + plot["width"] * 0.58, middle)
    mouse.down()
    mouse.move(plot["x"] + plot["width"] * 0.85, middle, steps=4)
    mouse.up()
    expect(stage.says).to_contain_text("it has saturated")
    expect(stage.page.locator("curve-view")).to_contain_text("flat: the slope is below 0.1")
    expect(stage.page).to_have_url(re.compile(r"z=[3-7]"))


def test_a_gradient_goes_back_layer_by_layer_and_each_number_says_why(stage):
    stage.open("?z=0")
    stage.go_to(10)
    left = stage.number(FIVE, 1, 3)
    expect(left).to_have_text("9.54e\u22127")
    left.locator("button").click()
    expect(stage.ledger).to_contain_text("chain.sigmoid[10]")
    expect(stage.ledger).to_contain_text("Layer 10 back")
    expect(stage.page.locator("line-chart")).to_contain_text(re.compile("left of a gradient"))


def test_a_wrong_guess_is_told_from_a_right_one_by_the_engine(stage):
    stage.open("")
    expect(stage.predict("steepest", "0.5")).to_contain_text("0.25")
    assert stage.page.locator("controls-panel").get_by_label("Logits").is_hidden()


def test_a_bend_parts_the_two_layers_from_their_one_matrix(stage):
    stage.open("?mode=collapse&step=60")
    expect(stage.says).to_contain_text("the two layers are one")
    one = stage.number(BOTH, 0, 1).text_content()
    expect(stage.number(BOTH, 0, 0)).to_have_text(one)
    stage.number("both layers multiplied", 0, 0).locator("button").click()
    expect(stage.ledger).to_contain_text("one.M[0,0]")
    expect(stage.ledger).to_contain_text("sum of 4 products")
    # the slider stands on the stage, and among the controls
    stage.page.locator(".activation-bend input[type=range]").fill("0.5")
    expect(stage.says).to_contain_text("No single layer says the same any more")
    expect(stage.page.locator("controls-panel [data-control=alpha] .field")).to_have_value("0.5")
    expect(stage.number(BOTH, 0, 0)).not_to_have_text(one)
    plane = stage.page.locator("plane-view")
    plane.scroll_into_view_if_needed()
    at = plane.evaluate(
        """(view) => {
          const box = view.box.getBoundingClientRect();
          const { frame, points } = view;
          return [box.left + frame.toX(points.x(9)), box.top + frame.toY(points.y(9))];
        }"""
    )
    stage.page.mouse.click(*at)
    expect(stage.page).to_have_url(re.compile("point=9"))


def test_five_networks_stand_side_by_side_and_the_linear_one_ends_last(stage):
    stage.page.goto("/e/activations?mode=networks&step=150")
    loss = "how well each network does"
    expect(stage.number(loss, 0, 0)).to_contain_text("0.6", timeout=30_000)
    expect(stage.page.locator("plane-view canvas")).to_have_count(5)
    expect(stage.number(loss, 3, 0)).to_contain_text(re.compile(r"0\.0|0\.1"))
    assert violations(stage.page) == []


def test_dead_units_are_counted_and_their_gradient_is_nought(stage):
    stage.open("?mode=dying&step=140")
    expect(stage.says).to_contain_text("5 of the first and 8 of the second are dead")
    expect(stage.says).to_contain_text("no gradient gets through it")
    counts = stage.number("silent units", 0, 0)
    expect(counts).to_have_text("5")
    counts.locator("button").click()
    expect(stage.ledger).to_contain_text("relu.silent[0]")
    expect(stage.number("ReLU, hidden layer 2", 0, 2)).to_have_text("0")
    dashed = "(graph) => [...graph.painter.masks[2]].filter((alive) => !alive).length"
    assert stage.page.locator("graph-view[data-graph=relu]").evaluate(dashed) == 8
    assert violations(stage.page) == []


def test_softmax_breaks_and_is_mended(stage):
    stage.open("?mode=softmax")
    share = stage.number(SAFE, 0, 3).text_content()
    expect(stage.number(NAIVE, 0, 2)).to_have_text(share)
    stage.go_to(86)
    expect(stage.number(NAIVE, 0, 2)).to_have_text(share)
    stage.go_to(87)
    expect(stage.says).to_contain_text("infinity divided by infinity")
    broken = stage.number(NAIVE, 0, 2)
    expect(broken).to_have_text("not a number")
    expect(stage.number(SAFE, 0, 3)).to_have_text(share)
    broken.locator("button").click()
    expect(stage.ledger).to_contain_text("Infinity divided by infinity")
    assert violations(stage.page) == []


def test_logits_are_typed_and_a_bad_one_is_said_beside_them(stage):
    stage.open("?mode=softmax")
    first = stage.page.get_by_label("score of class 0").last
    first.fill("500")
    first.press("Enter")
    sliders = stage.page.locator("score-sliders")
    expect(sliders).to_contain_text("expected scores from -200 to 200, got 500")
    first.fill("-150")
    first.press("Enter")
    expect(stage.number(SAFE, 0, 0)).to_have_text("\u2212150")
    expect(sliders.locator(".control-problem")).to_be_hidden()


def test_another_mode_has_another_length(stage):
    stage.open("?mode=functions")
    caption = stage.page.locator("transport-bar .caption")
    expect(caption).to_have_text("step 0 / 20")
    stage.choose("collapse")
    expect(caption).to_have_text("step 0")
    stage.choose("softmax")
    expect(caption).to_have_text("step 0 / 120")


@pytest.mark.parametrize("mode", ["functions", "networks", "collapse", "dying", "softmax"])
def test_on_a_phone_nothing_scrolls_sideways(stage, mode):
    stage.page.set_viewport_size({"width": 320, "height": 700})
    stage.page.goto(f"/e/activations?mode={mode}")
    expect(stage.page.locator(".activations number-table td").first).to_be_attached(timeout=30_000)
    assert stage.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stage.page.set_viewport_size({"width": 1440, "height": 900})
