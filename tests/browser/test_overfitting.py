"""The page of the exhibit `overfitting`, used as a person would."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import violations


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/overfitting{query}")
        expect(self.number("measures", 0, 0)).not_to_have_text("–")
        return self

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def plane(self, side: str) -> Locator:
        return self.page.locator(f"plane-view[data-side='{side}']")

    def number(self, table: str, row: int, column: int) -> Locator:
        """Return a number of a table, both counted from 0 without the headings."""
        rows = self.page.locator(f"number-table[data-{table}] tbody tr")
        return rows.nth(row).locator("td").nth(column)

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    @property
    def ledger(self) -> Locator:
        return self.page.locator("number-ledger")

    @property
    def early(self) -> Locator:
        return self.page.locator("[data-early]")


@pytest.fixture(scope="module")
def stage(still_page: Page) -> Stage:
    """One page for all that is tried here."""
    return Stage(still_page)


def test_the_run_pauses_when_patience_is_over_and_leads_back_to_the_best_step(stage: Stage):
    stage.open("?remedy=none&patience=50&step=100")
    expect(stage.early).to_be_hidden()
    stage.button("Play").click()
    expect(stage.early).to_contain_text("for 50 steps the validation loss of the first network")
    expect(stage.early).to_contain_text("that of step 60")
    stage.expect_step(110)
    expect(stage.button("Play")).to_be_visible()
    stage.button("Go back to step 60").click()
    stage.expect_step(60)
    expect(stage.early).to_be_hidden()
    assert (
        stage.number("measures", 0, 1).inner_text() == stage.number("measures", 1, 1).inner_text()
    )
    chart = stage.page.locator("line-chart .said")
    expect(chart).to_contain_text("Marked: 1st: least at step 60")


def test_each_of_a_losses_parts_says_whether_the_penalty_is_in_it(stage: Stage):
    stage.open("?remedy=l2&step=60")
    loss = stage.page.locator("number-table[data-step] tbody tr")
    expect(loss.nth(0).locator("td").nth(1)).to_have_text("0")
    expect(stage.page.locator("[data-step-note]")).to_contain_text("has the penalty in it")
    stage.number("step", 1, 0).click()
    expect(stage.ledger).to_contain_text("with.loss")
    expect(stage.ledger).to_contain_text("λ")
    stage.number("measures", 1, 0).click()
    expect(stage.ledger).to_contain_text("with.train.loss")
    expect(stage.ledger).not_to_contain_text("λ")


def test_a_place_of_a_picture_is_a_number_that_walks_back_to_its_coordinates(stage: Stage):
    stage.open("?remedy=l2&step=60")
    plane = stage.plane("with")
    plane.scroll_into_view_if_needed()
    x, y = plane.evaluate(
        """view => {
          const box = view.box.getBoundingClientRect();
          return [box.left + view.frame.toX(-1.2), box.top + view.frame.toY(1.2)];
        }"""
    )
    stage.page.mouse.click(x, y)
    expect(stage.ledger).to_contain_text("with.regions.p")
    for tensor in ("with.regions.dense3.z", "with.regions.act2.a", "with.regions.dense2.z"):
        stage.ledger.locator(f".terms .ledger-link[data-tensor='{tensor}']").first.click()
    last = stage.ledger.locator(".terms .ledger-link[data-tensor='with.regions.act1.a']")
    expect(last.first).to_be_visible()
    expect(stage.ledger.get_by_role("navigation").get_by_role("listitem")).to_have_count(4)


def test_dropout_crosses_out_neurons_and_shows_the_networks_it_averages(stage: Stage):
    stage.open("?remedy=l2")
    thin = stage.page.locator("[data-thin]")
    expect(thin).to_be_hidden()
    stage.open("?remedy=dropout&step=5")
    expect(thin).to_be_visible()
    expect(thin.locator("plane-view")).to_have_count(10)
    crossed = """() => document.querySelector("graph-view[data-side='with']").painter.masks
      .filter(Boolean).flatMap((mask) => [...mask]).filter((kept) => kept === 0).length"""
    assert 0 < stage.page.evaluate(crossed) < 16
    plain = """() => document.querySelector("graph-view[data-side='without']").painter.masks
      .filter(Boolean).length"""
    assert stage.page.evaluate(plain) == 0


def test_a_point_that_is_clicked_goes_through_both_networks(stage: Stage):
    stage.open("?remedy=more&times=2&step=3")
    plane = stage.plane("without")
    plane.scroll_into_view_if_needed()
    x, y = plane.evaluate(
        """view => {
          const box = view.box.getBoundingClientRect();
          const { frame, points } = view;
          return [box.left + frame.toX(points.x(4)), box.top + frame.toY(points.y(4))];
        }"""
    )
    stage.page.mouse.click(x, y)
    stage.page.wait_for_url(re.compile("example=4"))
    stage.page.wait_for_function(
        """place => [...document.querySelectorAll("graph-view")].every((view) => {
          const point = view.numbers.a[0]?.data;
          return point && place.every((at, i) => Math.abs(point[i] - at) < 1e-6);
        })""",
        arg=plane.evaluate("view => [view.points.x(4), view.points.y(4)]"),
    )
    for side in ("without", "with"):
        stage.page.wait_for_function(
            "side => document.querySelector(`plane-view[data-side='${side}']`).chosen === 4",
            arg=side,
        )


def test_a_prediction_is_judged_by_running_both_networks_on(stage: Stage):
    stage.open("?beat=4&remedy=l2")
    question = stage.page.locator("predict-question[question='lower']")
    question.get_by_label("the second network's").check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".verdict")).to_contain_text("Right. After 400 steps")


@pytest.mark.parametrize("width", [390, 320])
def test_a_narrow_page_scrolls_down_alone(stage: Stage, width: int):
    stage.page.set_viewport_size({"width": width, "height": 844})
    stage.open("?remedy=dropout&step=5")
    assert stage.page.evaluate("document.documentElement.scrollWidth") <= width
    stage.page.set_viewport_size({"width": 1440, "height": 900})


def test_the_page_has_no_accessibility_violations(stage: Stage):
    stage.open("?remedy=dropout&step=5&beat=6")
    for theme in ("light", "dark"):
        stage.page.emulate_media(color_scheme=theme)
        assert violations(stage.page) == []
