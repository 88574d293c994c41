"""The page of the exhibit `features`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import TAGS


class Stage:
    """The page as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/features{query}")
        expect(self.page.locator(".features number-table td button").first).to_have_text(
            re.compile(r"\d")
        )
        return self

    def number(self, table: str, row: int, column: int) -> Locator:
        """Return a number of a table, both counted from 0 without the headings."""
        rows = self.page.locator(f"number-table[data-{table}] tbody tr")
        return rows.nth(row).locator("td").nth(column)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def said(self) -> Locator:
        return self.page.locator("[data-said]")

    @property
    def ledger(self) -> Locator:
        return self.page.locator("number-ledger")

    @property
    def space(self) -> Locator:
        """The plane of what the neuron sees."""
        return self.page.locator("plane-view[data-plane=space]")

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    def mesh(self) -> list[float]:
        """Return some places of the grid, as they are drawn in the plane of what is seen."""
        return self.space.evaluate("view => [...view.models[0].x].slice(0, 40)")


@pytest.fixture
def stage(still_page: Page) -> Stage:
    return Stage(still_page)


def test_a_line_cannot_part_the_rings_and_the_page_says_so(stage: Stage):
    stage.open("?step=200")
    expect(stage.page.locator("[data-shares] thead th")).to_have_text(["the neuron"])
    stage.page.get_by_label("Show the best line").check()
    expect(stage.said).to_contain_text("Even the best line that was found")
    neuron, best = (float(stage.number("shares", 0, column).inner_text()) for column in (0, 1))
    assert neuron < best < 0.8
    expect(stage.space).to_be_hidden()
    stage.number("shares", 0, 1).get_by_role("button").click()
    expect(stage.ledger).to_contain_text("the best line that was found")
    asked = stage.page.locator("predict-question[question=line]")
    asked.get_by_role("spinbutton").fill("95")
    asked.get_by_role("button", name="Check").click()
    expect(asked).to_contain_text("✗ Not this time. 69. The best line that was found gets")


def test_a_formula_of_ones_own_parts_them_and_a_bad_one_is_refused_where_it_stands(stage: Stage):
    stage.open("?mode=hand&phi1=x1&phi2=x2&step=100")
    expect(stage.said).to_contain_text("wrong side")
    field = stage.page.locator("controls-panel").get_by_label("φ1 =")
    field.fill("x1^2 + ")
    field.press("Enter")
    problem = stage.page.locator("controls-panel .control-problem:visible")
    expect(problem).to_contain_text("character 8: expected a number, x1, x2, a function")
    field.fill("x1^2 + x2^2")
    field.press("Enter")
    expect(stage.number("seen", 0, 2)).to_have_text("1")
    expect(stage.page.locator("[data-seen] [scope=row]").first).to_have_text("φ1 = x1^2 + x2^2")
    stage.number("seen", 0, 0).get_by_role("button").click()
    expect(stage.ledger).to_contain_text("phi[0,0]")
    stage.page.locator("#stage").focus()
    for _ in range(6):
        stage.page.keyboard.press("Shift+ArrowRight")
    stage.expect_step(60)
    expect(stage.said).to_contain_text("every point is on its side")


def test_ready_made_features_fill_the_fields_and_are_taken(stage: Stage):
    stage.open("?mode=hand")
    panel = stage.page.locator("controls-panel")
    for name, first in (("Squares", "x1^2"), ("Product", "x1"), ("Polar", "sqrt(x1^2 + x2^2)")):
        stage.button(name).click()
        expect(panel.get_by_label("φ1 =")).to_have_value(first)
        expect(stage.space).to_have_attribute("x-label", f"φ1 = {first}")
    stage.button("All up to degree 2").click()
    expect(stage.page.locator("[data-seen] tbody tr")).to_have_count(5)
    expect(stage.said).to_contain_text("hold the others at their mean")


def test_a_hidden_layer_unfolds_the_rings_and_folds_them_up_again(stage: Stage):
    stage.open("?mode=learned")
    folded = stage.mesh()
    stage.page.goto("/e/features?mode=learned&step=150")
    expect(stage.said).to_contain_text("every point is on its side")
    unfolded = stage.mesh()
    assert unfolded != folded
    stage.page.locator("#stage").focus()
    stage.page.keyboard.press("Home")
    stage.expect_step(0)
    expect(stage.said).to_contain_text("wrong side")
    assert stage.mesh() == folded
    expect(stage.page.locator("[data-point-title]")).to_contain_text("Point 1, class")
    stage.space.get_by_role("gridcell").focus()
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("Enter")
    expect(stage.page.locator("[data-point-title]")).to_contain_text("Point 2, class")
    stage.number("seen", 1, 0).get_by_role("button").click()
    expect(stage.ledger).to_contain_text("all.act2.a[1,1]")
    graph = stage.page.get_by_role("grid", name="the network, at the point that is looked at")
    graph.get_by_role("gridcell").focus()
    stage.page.keyboard.press("Enter")
    expect(stage.ledger).to_contain_text("dense1.x[0,0]")
    expect(stage.ledger).to_contain_text("Of point 2, which is looked at.")


def test_terms_are_counted_and_written_out(stage: Stage):
    stage.open("?mode=count&inputs=3")
    expect(stage.said).to_contain_text("10 terms up to degree 2, and 6 of exactly degree 2")
    stage.page.locator("#stage").focus()
    stage.page.keyboard.press("End")
    expect(stage.page.locator("[data-terms]")).to_have_text(
        "1 + x1 + x2 + x3 + x1² + x1·x2 + x1·x3 + x2² + x2·x3 + x3²"
    )
    stage.open("?mode=count&inputs=10000&beat=8")
    expect(stage.said).to_contain_text("50,005,000 of exactly degree 2")
    stage.number("counts", 1, 0).get_by_role("button").click()
    expect(stage.ledger).to_contain_text("50,005,000")
    expect(stage.ledger.locator("mfrac[linethickness='0']")).to_have_count(1)
    asked = stage.page.locator("predict-question[question=picture]")
    asked.get_by_label("about 50 million").check()
    asked.get_by_role("button", name="Check").click()
    expect(asked).to_contain_text("✓ Right. 10,000 · 10,001 / 2 = 50,005,000")


def test_points_of_ones_own_are_drawn(stage: Stage):
    stage.open("?mode=learned")
    stage.button("Your data …").click()
    desk = stage.page.get_by_role("dialog", name="Your data")
    desk.get_by_role("tab", name="Draw points").click()
    desk.get_by_role("button", name="Train on these points").click()
    expect(desk).to_have_count(0)
    expect(stage.page.locator("controls-panel").get_by_label("Data")).to_have_value("drawn")
    stage.page.locator("#stage").focus()
    stage.page.keyboard.press("ArrowRight")
    stage.expect_step(1)


@pytest.mark.parametrize("query", ["", "?mode=hand&step=60", "?mode=learned", "?mode=count"])
def test_axe_finds_nothing_and_at_320_pixels_nothing_scrolls_sideways(stage: Stage, query):
    stage.open(query)
    found = Axe().run(stage.page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    stage.page.set_viewport_size({"width": 320, "height": 640})
    stage.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    stage.page.set_viewport_size({"width": 1440, "height": 900})
