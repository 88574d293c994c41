"""Runs side by side on the page of the exhibit `digits`: fork, compare, switch back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import open_page, violations  # noqa: F401
from tests.browser.test_digits import Stage


class Lines(Stage):
    """The page with what stands above its transport."""

    def row(self, name: str) -> Locator:
        return self.page.locator(f"run-lines tr[data-line='{name}']")

    def loss(self, name: str) -> Locator:
        return self.row(name).locator(".lines-value").first

    def limit(self) -> float:
        """The value that has the strongest colour among the filters."""
        return self.page.locator("tensor-view[data-tensor='conv1.W']").evaluate(
            "(view) => view.map.range.limit"
        )

    def ghosts(self) -> list[str]:
        """The runs that are drawn behind the loss, by their names."""
        chart = self.page.locator("line-chart[label='loss']")
        return chart.evaluate("(chart) => chart.lines.ghosts.map(({name}) => name)")

    def fork(self, rate: str) -> None:
        """Fork with another learning rate, by keyboard."""
        self.page.keyboard.press("f")
        expect(self.page.get_by_role("dialog", name="another future")).to_be_visible()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(rate)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("dialog")).to_have_count(0)


@pytest.fixture
def stage(page: Page) -> Lines:
    return Lines(page).open("?step=60")


def test_a_fork_is_compared_with_its_ghost_and_left_again(stage: Lines) -> None:
    stage.go_to(40)
    before, limit = stage.tensor("conv1.W"), stage.limit()
    stage.fork("0.05")
    expect(stage.row("A")).to_contain_text("as it began")
    expect(stage.row("B")).to_contain_text("as A, but learning rate 0.008 → 0.05 from step 40")
    assert stage.tensor("conv1.W") == before
    assert stage.limit() == limit, "colours mean the same numbers on all lines of a fork"
    assert stage.ghosts() == ["A"]
    expect(stage.page.locator(".ghost-track")).to_have_count(1)
    expect(stage.loss("A")).not_to_have_text("–")
    loss = stage.loss("A").inner_text()
    expect(stage.loss("B")).to_have_text(loss)

    stage.press("Shift+ArrowRight")
    stage.expect_step(50)
    expect(stage.loss("B")).not_to_have_text(loss)
    expect(stage.loss("B")).not_to_have_text(stage.loss("A").inner_text())
    flag = stage.page.get_by_role("button", name="A and B first differ at step 41: go there")
    flag.click()
    stage.expect_step(41)
    there = stage.tensor("conv1.W")

    go_on = stage.button("Go on with run A")
    go_on.focus()
    stage.page.keyboard.press("Enter")
    expect(stage.row("A")).to_have_attribute("data-current", "")
    stage.expect_step(41)
    assert stage.ghosts() == ["B"]
    assert stage.tensor("conv1.W") != there
    stage.go_to(40)
    assert stage.tensor("conv1.W") == before
    stage.press("End")
    stage.expect_step(60)
    stage.button("Drop run B").click()
    expect(stage.page.locator("run-lines")).to_be_hidden()
    assert stage.ghosts() == []


def test_the_picked_number_stands_in_each_row(stage: Lines) -> None:
    stage.go_to(40)
    stage.fork("0.05")
    stage.press("Shift+ArrowRight")
    stage.expect_step(50)
    grid = stage.page.get_by_role("grid", name="filters", exact=True)
    grid.get_by_role("gridcell").first.focus()
    stage.page.keyboard.press("Enter")
    heading = stage.page.locator("run-lines th.lines-picked")
    expect(heading).to_have_text(re.compile(r"^conv1\.W\[\d,0,\d,\d\]$"))
    expect(stage.row("A").locator(".lines-picked")).not_to_have_text("–")
    value = stage.page.locator("number-ledger .ledger-value").inner_text()
    expect(stage.row("B").locator(".lines-picked")).to_have_text(value)
    stage.button("Go on with run A").click()
    expect(stage.row("A")).to_have_attribute("data-current", "")
    told = stage.row("A").locator(".lines-picked")
    expect(stage.page.locator("number-ledger .ledger-value")).to_have_text(told.inner_text())


def test_a_control_in_the_past_forks_by_itself_and_a_pin_survives_a_reset(stage: Lines) -> None:
    stage.go_to(40)
    stage.page.get_by_label("Batch size", exact=True).first.fill("64")
    stage.page.keyboard.press("Enter")
    expect(stage.row("B")).to_contain_text("batch size 32 → 64 from step 40")
    stage.button("Pin run A").click()
    expect(stage.button("Pin run A")).to_have_attribute("aria-pressed", "true")
    stage.button("New seed").click()
    expect(stage.row("C")).to_contain_text(re.compile(r"seed 1 → \d+"))
    expect(stage.row("B")).to_have_count(0)
    flag = stage.page.get_by_role("button", name="A and C first differ at step 0: go there")
    expect(flag).to_be_visible()
    stage.page.reload()
    expect(stage.row("A")).to_be_visible()
    expect(stage.button("Pin run A")).to_have_attribute("aria-pressed", "true")


def test_a_fork_that_is_refused_says_why_beside_the_control(stage: Lines) -> None:
    stage.press("f")
    dialog = stage.page.get_by_role("dialog", name="From step 60 on, another future")
    expect(dialog).to_be_visible()
    stage.page.keyboard.press("Control+a")
    stage.page.keyboard.type("1000")
    stage.page.keyboard.press("Enter")
    expect(dialog.locator(".control-problem").first).to_contain_text("from 1e-05 to 100, got 1000")
    stage.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(stage.page.locator("run-lines")).to_have_count(0)


def test_runs_side_by_side_break_no_rule_of_accessibility(open_page: Page) -> None:  # noqa: F811
    stage = Lines(open_page)
    stage.open("?step=60")
    stage.fork("0.05")
    stage.press("Shift+ArrowRight")
    stage.expect_step(70)
    expect(stage.loss("B")).not_to_have_text("–")
    assert violations(open_page) == []
    stage.press("f")
    expect(open_page.get_by_role("dialog", name="another future")).to_be_visible()
    assert violations(open_page) == []
