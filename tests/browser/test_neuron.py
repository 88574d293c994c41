"""The page of the exhibit `neuron`, used as a person would; one page for all of it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS
from tests.conftest import Problems


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/neuron{query}")
        expect(self.page.locator(".neuron[data-showing]")).to_have_count(1)
        expect(self.page.locator("[data-points] tbody tr").first).to_be_attached()
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def number(self, table: str, row: int, column: int) -> Locator:
        """Return a number of a table, both counted from 0 without the headings."""
        rows = self.page.locator(f"number-table[data-{table}] tbody tr")
        return rows.nth(row).locator("td").nth(column)

    def field(self, name: str) -> Locator:
        return self.page.get_by_role("spinbutton", name=name, exact=True)

    def plane(self, name: str) -> Locator:
        return self.page.locator(f"line-plane[data-neuron='{name}']")

    def place(self, name: str, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the plane is on the page."""
        plane = self.plane(name)
        plane.locator(".plane-box").scroll_into_view_if_needed()
        return plane.evaluate(
            """({ box, frame }, [x, y]) => {
              const corner = box.getBoundingClientRect();
              return [corner.left + frame.toX(x), corner.top + frame.toY(y)];
            }""",
            [x, y],
        )

    def drag(self, name: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from a place of the plane to another one."""
        start, end = self.place(name, *start), self.place(name, *end)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()


@pytest.fixture(scope="module")
def shared(browser: Browser, server) -> Iterator[Page]:
    """One page for all tests of this module."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    problems = Problems()
    page = context.new_page()
    problems.watch(page, urlsplit(server.url).netloc)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def stage(shared: Page) -> Stage:
    return Stage(shared)


def test_the_line_is_dragged_and_the_bias_follows_while_the_weights_stay(stage: Stage):
    stage.open()
    expect(stage.field("b")).to_have_value("-1.5")
    # from a place on the line x1 + x2 = 1.5, off its handle, down to (0.25, 0.25)
    stage.drag("perceptron", (1.25, 0.25), (0.25, 0.25))
    expect(stage.field("b")).to_have_value(re.compile(r"^-0\.(49|5|50)\d*$"))
    expect(stage.field("w1")).to_have_value("1")
    expect(stage.field("w2")).to_have_value("1")
    stage.page.wait_for_url(re.compile("weights="))


def test_the_arrow_is_dragged_and_the_line_turns_and_keeps_its_steepness(stage: Stage):
    stage.open()
    stage.field("length |w|").fill("2")
    stage.field("length |w|").press("Enter")
    expect(stage.field("w1")).to_have_value("1.414")
    # w stands at (0.75, 0.75) and is drawn by 0.3: its tip is at 0.75 + 0.3 * 1.414
    stage.drag("perceptron", (1.174, 1.174), (0.75, 1.5))
    expect(stage.field("w1")).to_have_value(re.compile(r"^-?0(\.0\d*)?$"))
    expect(stage.field("w2")).to_have_value(re.compile(r"^(2|1\.9\d*)$"))
    expect(stage.field("length |w|")).to_have_value("2")


def test_line_and_arrow_are_moved_with_the_keyboard_alone(stage: Stage):
    stage.open()
    stage.plane("perceptron").get_by_role("gridcell").focus()
    stage.page.keyboard.press("End")
    cell = stage.plane("perceptron").get_by_role("gridcell")
    expect(cell).to_have_accessible_name(re.compile("^the tip of w: x1 = "))
    stage.page.keyboard.press("Shift+ArrowRight")
    expect(stage.field("w1")).not_to_have_value("1")
    stage.page.keyboard.press("ArrowLeft")
    expect(cell).to_have_accessible_name(re.compile("^the line: x1 = "))
    before = stage.field("w1").input_value()
    stage.page.keyboard.press("Shift+ArrowUp")
    expect(stage.field("b")).not_to_have_value("-1.5")
    expect(stage.field("w1")).to_have_value(before)


def test_numbers_are_typed_and_a_number_that_cannot_be_is_refused_beside_them(stage: Stage):
    stage.open()
    stage.field("w1").fill("2")
    stage.field("w1").press("Enter")
    expect(stage.number("answer", 0, 0)).to_have_text("1.5")
    stage.field("b").fill("99")
    stage.field("b").press("Enter")
    problem = stage.page.locator("[data-theta] .control-problem")
    expect(problem).to_have_text("expected b from -20 to 20, got 99")
    expect(stage.field("b")).to_have_value("-1.5")


def test_a_number_of_the_arithmetic_opens_its_ledger(stage: Stage):
    stage.open()
    stage.number("answer", 0, 0).get_by_role("button").click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("perceptron.z")
    expect(ledger.locator("math").first).to_be_visible()


def test_both_neurons_learn_and_the_perceptron_says_when_it_has_done(stage: Stage):
    stage.open("?beat=7&show=two&data=groups&weights=1+1.5+-1.5&batch=all&rate=0.5")
    said = stage.page.locator("[data-said]")
    expect(said).to_contain_text("No step has been made yet")
    stage.button("Play").click()
    expect(said).to_contain_text("The perceptron stands still")
    expect(stage.button("Play")).to_be_visible()
    expect(stage.number("both", 0, 4)).to_have_text("0")
    expect(stage.number("both", 0, 6)).to_have_text("0")
    expect(stage.number("both", 1, 6)).not_to_have_text("0")


def test_xor_fails_and_the_page_says_why_when_it_has_been_tried(stage: Stage):
    stage.open("?beat=8&show=two&data=xor&weights=1+1+-1.5")
    said = stage.page.locator("[data-said]")
    expect(said).to_contain_text("No step has been made yet")
    asked = stage.page.locator("predict-question[question=stops]")
    asked.get_by_label("no, never").check()
    asked.get_by_role("button", name="Check").click()
    expect(asked).to_contain_text("✓ Right. The place (0.5, 0.5) is a mix of class 0")
    stage.button("Play").click()
    expect(said).to_contain_text("No line separates these points. The place (0.5, 0.5)")
    expect(said).to_contain_text("stands exactly where it stood 4 steps ago")


def test_a_point_is_moved_added_turned_and_taken_away_and_travels_in_the_link(
    stage: Stage, browser: Browser, server
):
    stage.open()
    stage.drag("perceptron", (0, 0), (-0.5, -0.5))
    expect(stage.number("points", 0, 0)).to_have_text(re.compile(r"^−0\.(49|5|50|51)"))
    rows = stage.page.locator("number-table[data-points] tbody tr")
    stage.page.get_by_label("A click on the plane").select_option("adds one of class 1")
    stage.page.mouse.click(*stage.place("perceptron", 0.5, 1.6))
    expect(rows).to_have_count(5)
    expect(stage.number("points", 4, 2)).to_have_text("1")
    stage.button("other class").click()
    expect(stage.number("points", 4, 2)).to_have_text("0")
    stage.button("take it away").click()
    expect(rows).to_have_count(4)
    stage.page.wait_for_url(re.compile("data=own"))
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(stage.page.url)
    moved = stage.number("points", 0, 0).inner_text()
    expect(other.number("points", 0, 0)).to_have_text(moved)
    context.close()


@pytest.mark.parametrize("query", ["", "?show=two&data=xor&step=24"])
def test_at_320_pixels_nothing_scrolls_sideways_and_axe_finds_nothing(
    browser: Browser, server, query
):
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 320, "height": 640},
        bypass_csp=True,
        color_scheme="dark" if query else "light",
        reduced_motion="reduce",
    )
    stage = Stage(context.new_page()).open(query)
    widths = stage.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    found = Axe().run(stage.page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()
