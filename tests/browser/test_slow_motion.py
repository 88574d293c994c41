"""Slow motion on the page of the exhibit `digits`, by the keyboard as a person would."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_digits import Stage

MOMENTS = 30


class Slow(Stage):
    """The page with a step opened up."""

    def enter(self) -> "Slow":
        self.open()
        self.press("m")
        self.expect_moment(1, 1, "batch")
        expect(self.strip).to_be_visible()
        return self

    @property
    def strip(self):
        return self.page.locator("moment-caption")

    @property
    def caption(self) -> str:
        return self.strip.locator(".moment-text").inner_text()

    def expect_moment(self, step: int, moment: int, phase: str = "") -> None:
        text = rf"step {step} · moment {moment} of {MOMENTS} · {phase}"
        expect(self.page.locator("transport-bar .caption")).to_have_text(re.compile(text))

    def seen(self) -> tuple:
        """What is said, what lights up, and what is painted."""
        painted = self.page.evaluate(
            """() => {
              const views = [...document.querySelectorAll("[data-stage] [data-tensor]")];
              return JSON.stringify(views.map((view) => [
                view.dataset.tensor, view.matches("[data-lit]"), view.matches("[data-pending]"),
                view.getAttribute("palette"),
                view.matches("line-chart") ? null
                  : Array.from(view.tensor?.data ?? [], (x) => Number.isNaN(x) ? "NaN" : x),
              ]));
            }"""
        )
        return self.caption, painted

    def go(self, moment: int, step: int = 1) -> None:
        """Walk to a moment of the step that is open."""
        text = self.page.locator("transport-bar .caption").inner_text()
        here = int(re.search(r"moment (\d+)", text)[1])
        for _ in range(abs(moment - here)):
            self.press("ArrowRight" if moment > here else "ArrowLeft")
        self.expect_moment(step, moment)


@pytest.fixture
def slow(page: Page) -> Slow:
    return Slow(page)


def test_all_moments_go_by_forwards_and_come_back_the_same(slow):
    slow.enter()
    seen = [slow.seen()]
    for moment in range(2, MOMENTS + 1):
        slow.press("ArrowRight")
        slow.expect_moment(1, moment)
        expect(slow.strip.locator(".moment-text")).not_to_have_text(seen[-1][0])
        seen.append(slow.seen())
    slow.press("ArrowRight")
    slow.expect_moment(2, 1, "batch")
    assert len({painted for _, painted in seen}) == MOMENTS
    for moment in range(MOMENTS, 0, -1):
        slow.press("ArrowLeft")
        slow.expect_moment(1, moment)
        expect(slow.strip.locator(".moment-text")).to_have_text(seen[moment - 1][0])
        assert slow.seen() == seen[moment - 1]
    slow.press("ArrowLeft")
    slow.expect_step(0)
    expect(slow.strip).to_contain_text("Nothing has been computed")


def test_what_is_computed_lights_up_and_what_is_not_yet_is_empty(slow):
    slow.enter().go(2)
    stage = slow.page.locator("[data-stage]")
    expect(stage.locator("tensor-view[data-lit]")).to_have_attribute("data-tensor", "conv1.z")
    expect(stage.locator("[data-tensor='act2.a']")).to_have_attribute("data-pending", "")
    expect(stage.locator("bar-list .bar-value").first).to_have_text("–")
    said = stage.locator("[data-tensor='act2.a'] .said")
    expect(said).to_contain_text("none of them there yet")
    slow.go(11)
    expect(stage.locator("[data-pending]:not([data-tensor*='.d'])")).to_have_count(0)
    expect(stage.locator("bar-list")).to_have_attribute("data-lit", "")
    expect(stage.locator("bar-list .bar-value").first).not_to_have_text("–")


def test_on_the_way_back_the_tensors_show_their_gradients(slow):
    slow.enter().go(19)
    view = slow.page.locator("network-view tensor-view[data-tensor='conv2.dz']")
    expect(view).to_have_attribute("palette", "gradient")
    expect(view).to_have_attribute("data-lit", "")
    own = slow.page.locator("tensor-view[data-tensor='conv2.dz']")
    column = slow.page.locator("network-column").filter(has=own)
    expect(column.locator(".column-head > [data-face]")).to_have_attribute("data-face", "∂L/∂z")
    slow.go(25)
    assert "conv1.W: Adam moves 72 weights" in slow.caption
    expect(slow.page.locator("network-view [data-tensor='act2.a']")).to_be_visible()


def test_the_ledger_inside_is_that_of_the_minibatch(slow):
    slow.enter().go(3)
    slow.page.keyboard.press("Escape")
    view = slow.page.locator("network-view tensor-view[data-tensor='act1.a']")
    view.locator("[role=gridcell]").first.focus()
    slow.page.keyboard.press("Enter")
    ledger = slow.page.locator("number-ledger")
    expect(ledger.locator("[data-tensor='batch.conv1.z']").first).to_be_attached()
    value = slow.tensor("act1.a")[0]
    shown = float(ledger.locator(".ledger-value").inner_text().replace("−", "-"))
    assert shown == pytest.approx(value, rel=0.01, abs=0.001)
    picked = view.evaluate("(view) => [view.map.picked, [...view.map.highlighted ?? []]]")
    assert picked == [0, [0]]  # the sum, at whose place the activation stands
    slow.go(2)
    expect(ledger.locator(".ledger-error")).to_contain_text("computed at this moment, got 'act1.a'")
    slow.go(3)
    expect(ledger.locator(".ledger-error")).to_be_hidden()


def test_leaving_shows_the_stage_as_it_was(slow):
    slow.open()
    slow.go_to(3)
    before = slow.tensor("act1.a"), slow.tensor("conv1.W")
    subject = slow.page.locator("[data-subject]").inner_text()
    slow.press("m")
    slow.expect_moment(3, 1)
    slow.go(20, step=3)
    slow.page.get_by_role("button", name="Slow motion").click()
    expect(slow.strip).to_be_hidden()
    slow.expect_step(3)
    expect(slow.page.locator("[data-subject]")).to_have_text(subject)
    assert (slow.tensor("act1.a"), slow.tensor("conv1.W")) == before
    expect(slow.page.locator("[data-pending]")).to_have_count(0)
    slow.press("ArrowRight")
    slow.expect_step(4)


def test_phases_samples_and_play_have_buttons(slow):
    slow.enter()
    slow.button("backward").click()
    slow.expect_moment(1, 13, "backward")
    subject = slow.page.locator("[data-subject]").inner_text()
    slow.button("The next sample").click()
    expect(slow.strip).to_contain_text("2 of 32")
    expect(slow.page.locator("[data-subject]")).not_to_have_text(subject)
    speed = slow.page.get_by_label("speed")
    expect(speed).to_contain_text("1.5 moments/s")
    speed.select_option("6 moments/s")
    slow.button("Play").click()
    expect(slow.page.locator("transport-bar .caption")).not_to_contain_text("moment 13 of")
    here = slow.pause()
    slow.press("Shift+ArrowRight")
    slow.expect_moment(here + 1, 1)
    slow.button("Slow motion").click()
    expect(speed.locator("option:checked")).to_have_text("120 steps/s")
