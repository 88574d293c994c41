"""The page of the exhibit `optimizers`, used as a person would."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from engine.landscape.comparison import GROUNDS
from tests.browser.test_accessibility import TAGS

PATIENT = 60_000


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "?seed=1") -> "Stage":
        self.page.goto(f"/e/optimizers{query}")
        expect(self.score("Nesterov", 2)).to_have_text(re.compile(r"\d"))
        return self

    def score(self, racer: str, column: int) -> Locator:
        row = self.page.locator("score-table").get_by_role("row")
        named = row.filter(has=self.page.get_by_role("rowheader", name=racer, exact=True))
        return named.get_by_role("button").nth(column)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def map(self) -> Locator:
        """From above; where WebGL is off, another stands for the surface."""
        return self.page.locator(":not(.surface-contours) > contour-view .plot-box")

    @property
    def title(self) -> Locator:
        return self.page.locator(".race-bet-title")

    def look_into(self, racer: str) -> None:
        self.page.locator("controls-panel").get_by_label("Look into").select_option(racer)

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step:,}(?!\d)"), timeout=PATIENT)


@pytest.fixture(scope="module")
def shared(browser: Browser, server) -> Iterator[Page]:
    """One page for all that leaves the run where the next test can take it up."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def stage(shared: Page) -> Stage:
    return Stage(shared).open()


def test_a_bet_is_placed_before_the_start_kept_during_the_race_and_judged_at_its_end(stage):
    expect(stage.title).to_contain_text("Place your bet")
    stage.button("Nesterov").click()
    expect(stage.button("Nesterov")).to_have_attribute("aria-pressed", "true")
    expect(stage.title).to_have_text("You bet on Nesterov. You may still change it.")
    stage.page.keyboard.press("ArrowRight")
    stage.expect_step(1)
    expect(stage.title).to_have_text("You bet on Nesterov. The race is on.")
    expect(stage.button("Adam")).to_be_hidden()
    stage.page.keyboard.press("End")
    stage.expect_step(200)
    expect(stage.title).to_have_text("Nesterov was first. You bet on Nesterov, and were right.")
    expect(stage.score("Nesterov", 0)).to_have_text("1")
    expect(stage.score("Nesterov", 1)).to_have_text("81")
    stage.button("Restart, to bet again").click()
    expect(stage.title).to_contain_text("Place your bet")
    stage.expect_step(0)


def test_the_best_rate_is_searched_with_a_bar_that_can_be_stopped_and_then_the_race_has_it(stage):
    panel = stage.page.locator("controls-panel")
    panel.get_by_text("More", exact=True).click()
    rate = panel.get_by_role("spinbutton", name="Rate: Gradient descent")
    rate.fill("0.001")
    rate.press("Enter")
    expect(stage.score("descent", 4)).to_have_text("0.001")
    stage.button("Find each one's best rate").click()
    bar = stage.page.get_by_role("progressbar", name="search of the best rates")
    expect(bar).to_be_visible()
    stage.page.locator(".race-search").get_by_role("button", name="Cancel").click()
    expect(bar).to_be_hidden()
    expect(stage.score("descent", 4)).to_have_text("0.001")
    stage.look_into("sgd")
    stage.button("Only for Gradient descent").click()
    expect(stage.score("descent", 4)).to_have_text("0.0316", timeout=PATIENT)
    expect(bar).to_be_hidden()
    stage.expect_step(0)


def test_one_looks_into_any_racer_and_its_last_move_is_explained(stage):
    stage.page.keyboard.press("ArrowRight")
    stage.expect_step(1)
    inner = stage.page.locator("[data-inner]")
    key = stage.page.locator("[data-arrows]")
    for racer, column, arrow in (
        ("adam", "m̂", "plain downhill"),
        ("nesterov", "ball", "look ahead"),
        ("annealing", "uphill", "proposal"),
        ("genetic", "parent", "its population"),
        ("momentum", "v before", "memory"),
    ):
        stage.look_into(racer)
        expect(inner.get_by_role("columnheader", name=column).first).to_be_visible()
        expect(inner.locator("math").first).to_be_visible()
        expect(key).to_contain_text(arrow)
    stage.button("Show the arithmetic of its last move").click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger.locator(".ledger-tensor")).to_contain_text("momentum.update")
    expect(ledger.locator(".ledger-maths math")).to_be_visible()
    stage.page.keyboard.press("Escape")


def test_a_prediction_is_judged_by_racing_on_whatever_step_the_stage_shows(stage):
    question = stage.page.locator("predict-question[question=first]")
    question.get_by_label("Nesterov", exact=True).check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".verdict")).to_contain_text("Nesterov was first.")
    stage.expect_step(0)


def test_a_click_on_the_map_lets_all_begin_there(stage):
    before = stage.score("Adam", 2).inner_text()
    stage.map.click(position={"x": 120, "y": 60})
    stage.page.wait_for_url(re.compile("start="))
    expect(stage.score("Adam", 2)).not_to_have_text(before)
    stage.expect_step(0)


def test_grounds_are_compared_on_demand_and_the_first_of_each_is_named(stage):
    stage.button("Race on every ground").click()
    table = stage.page.locator("[data-results] number-table")
    heads = table.locator("tbody th")
    expect(heads).to_have_text(list(GROUNDS.values()))
    first = stage.page.locator(".race-firsts li").first
    expect(first).to_contain_text("Bowl, condition 10: Gradient descent first", timeout=PATIENT)
    bar = stage.page.get_by_role("progressbar", name="races on every ground")
    expect(bar).to_be_visible()
    stage.page.locator("[data-results]").get_by_role("button", name="Cancel").click()
    expect(table).to_be_hidden()
    expect(stage.button("Race on every ground")).to_be_visible()


def test_a_formula_that_means_nothing_is_refused_beside_its_field(stage):
    panel = stage.page.locator("controls-panel")
    panel.get_by_role("combobox", name=re.compile("^Ground")).select_option("own")
    field = panel.get_by_role("textbox", name=re.compile(r"^J\(w1, w2\)"))
    field.fill("w1^2 + $")
    field.press("Enter")
    expect(panel.get_by_text(re.compile("character 8"))).to_be_visible()
    field.fill("w1^2 + 3 w2^2")
    field.press("Enter")
    stage.page.wait_for_url(re.compile("own=w1"))
    expect(stage.score("Adam", 2)).to_have_text(re.compile(r"\d"))


def test_a_network_is_seen_on_a_plane_that_says_what_it_holds(stage):
    stage.open("?seed=1&ground=network&step=9&racer=adam")
    note = stage.page.locator("[data-plane]")
    expect(note).to_contain_text(re.compile(r"2 of 25 dimensions: this plane holds \d+\.\d %"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(stage, theme):
    stage.page.get_by_label("Theme").select_option(theme)
    expect(stage.page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    found = Axe().run(stage.page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_narrow_page_does_not_scroll_sideways_and_one_can_bet_there(page: Page, width):
    page.set_viewport_size({"width": width, "height": 800})
    stage = Stage(page).open()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-stage]").evaluate("(node) => node.scrollWidth <= node.clientWidth")
    stage.button("genetic").click()
    expect(stage.title).to_contain_text("You bet on Genetic algorithm")


def test_on_a_phone_every_number_of_the_standings_has_room(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    stage = Stage(page).open("?seed=1&step=200")
    stage.expect_step(200)
    expect(stage.score("Nesterov", 2)).to_have_text(re.compile("e"))
    cut = (
        "(cells) => cells.filter(({scrollWidth, clientWidth}) => scrollWidth > clientWidth).length"
    )
    assert page.locator("score-table .score").evaluate_all(cut) == 0


def test_they_race_on_a_ground_that_is_sculpted(page: Page):
    stage = Stage(page).open("?seed=1&ground=sculpted")
    box = stage.map.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("strokes=dig"))
    stage.button("One step forward").click()
    stage.expect_step(1)
    stage.button("Level the ground").click()
    page.wait_for_url(lambda url: "strokes" not in url)
    stage.expect_step(0)
