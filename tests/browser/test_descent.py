"""The page of the exhibit `descent`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS

MAP = ":not(.surface-contours) > contour-view"
"""From above; where WebGL is off, another stands for the surface."""


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/descent{query}")
        # the stage of a mode is loaded when it is shown, and Plotly with it
        expect(self.says).to_have_text(re.compile(r"\w"))
        return self

    @property
    def says(self) -> Locator:
        return self.page.locator("[data-says]")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def number(self, table: str, row: int, column: int) -> Locator:
        grid = self.page.locator("number-table").filter(
            has=self.page.get_by_role("table", name=table)
        )
        return grid.locator("tbody tr").nth(row).locator("button").nth(column)

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    def press_on_map(self, *places: tuple[float, float]) -> None:
        """Press the pointer on the map, go over the places (shares of the box), let go."""
        box = self.page.locator(f"{MAP} .plot-box").bounding_box()
        mouse = self.page.mouse
        for i, (x, y) in enumerate(places):
            mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
            if i == 0:
                mouse.down()
        mouse.up()


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


STEP = "the next step"


def test_a_step_in_one_variable_is_worked_out_in_front_of_you(stage):
    stage.open()
    expect(stage.page.locator("[data-sum]")).to_have_text("w ← −2.4 − 0.1 · (−4.8) = −1.92")
    expect(stage.says).to_contain_text("less than half of 2/λ = 1")
    stage.page.locator("#stage").press("ArrowRight")
    expect(stage.number(STEP, 0, 0)).to_have_text("−1.92")
    stage.number(STEP, 0, 2).click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("dw[0]")
    expect(ledger).to_contain_text("−3.84")


def test_a_wrong_formula_is_named_by_its_character_and_stays_to_be_mended(stage):
    stage.open("?curve=own")
    field = stage.page.get_by_label("J(w) =")
    field.fill("w^2 + foo(w)")
    field.press("Enter")
    row = stage.page.locator("[data-control=formula]")
    expect(row.locator(".control-problem")).to_contain_text("character 7")
    expect(row.locator(".control-problem")).to_contain_text('got "foo"')
    expect(field).to_have_value("w^2 + foo(w)")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("w^2 + 1")
    field.press("Enter")
    expect(row.locator(".control-problem")).to_be_hidden()
    expect(stage.number(STEP, 0, 1)).to_have_text("5")


def test_only_the_controls_of_the_mode_are_there(stage):
    stage.open()
    panel = stage.page.locator("controls-panel")
    expect(panel.locator("[data-control=curve]")).to_be_visible()
    expect(panel.locator("[data-control=formula]")).to_be_hidden()
    expect(panel.locator("[data-control=ground]")).to_be_hidden()
    panel.get_by_label("Walk in").select_option("two")
    expect(panel.locator("[data-control=ground]")).to_be_visible()
    expect(panel.locator("[data-control=curve]")).to_be_hidden()
    expect(panel.locator("[data-control=pair]")).to_be_visible()


def test_a_click_on_the_curve_drops_the_ball_and_the_address_knows(stage, browser, server):
    stage.open("?curve=double_well&learning_rate=0.05")
    box = stage.page.locator("curve-view canvas").bounding_box()
    stage.page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    expect(stage.number(STEP, 0, 0)).to_have_text(re.compile("^−1"))
    there = stage.number(STEP, 0, 0).text_content()
    stage.page.wait_for_url(re.compile("more="))
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(stage.page.url)
    expect(other.number(STEP, 0, 0)).to_have_text(there)
    context.close()


def test_a_dragged_ball_is_shown_at_the_pointer_and_let_go_once(stage):
    stage.open()
    box = stage.page.locator("curve-view canvas").bounding_box()
    ball = "document.querySelector('curve-view').balls[0].x"
    mouse = stage.page.mouse
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    stage.page.wait_for_function(f"{ball} > 1")
    expect(stage.number(STEP, 0, 0)).to_have_text("−2.4")
    mouse.up()
    expect(stage.number(STEP, 0, 0)).to_have_text(re.compile(r"^1\."))


def test_the_ball_is_dropped_with_the_keyboard_alone(stage):
    stage.open()
    stage.page.locator("curve-view").get_by_role("gridcell").focus()
    stage.page.keyboard.press("End")
    stage.page.keyboard.press("Enter")
    expect(stage.number(STEP, 0, 0)).to_have_text("3")
    stage.expect_step(0)


def test_a_ball_that_leaves_is_an_event_with_its_rate_and_a_way_back(stage):
    stage.open("?learning_rate=1.05&step=25")
    expect(stage.says).to_contain_text("Above the limit")
    stage.button("Play").click()
    notice = stage.page.locator("stage-notices .notice")
    expect(notice).to_contain_text("The ball has left the ground")
    expect(notice).to_contain_text("step 27: w = 31.5")
    expect(notice).to_contain_text("1.05")
    stage.button("Go back to step 0 and use a tenth of the rate").click()
    stage.expect_step(0)
    expect(stage.says).to_contain_text("the rate 0.105 is less than half")
    expect(notice).to_have_count(0)


def test_it_stops_by_itself_at_the_tolerance(stage):
    stage.open("?tolerance=0.1&step=15")
    stage.button("Play").click()
    expect(stage.says).to_contain_text("The ball has stopped: the gradient is")
    expect(stage.button("Play")).to_be_visible()
    stage.expect_step(18)


def test_the_worked_example_writes_every_partial_derivative_out(stage):
    stage.open("?mode=two&learning_rate=0.01")
    sums = stage.page.locator("[data-sums] p")
    expect(sums).to_have_count(3)
    expect(sums.nth(2)).to_have_text(
        "∂J/∂w2 = 1/2 · [(−1.8) · 3 + (−3.2) · 5] = −10.7, so w2 ← 0 − 0.01 · (−10.7) = 0.107"
    )
    expect(stage.page.locator("[data-part='data']")).to_be_visible()
    stage.page.locator("#stage").press("ArrowRight")
    expect(stage.number(STEP, 1, 0)).to_have_text("0.0820")
    stage.page.get_by_label("Drawn", exact=True).select_option("w0_w1")
    expect(stage.page.locator(MAP)).to_have_attribute("x-label", "w0")


def test_the_camera_stays_where_it_was_put_when_the_ball_moves(webgl_page):
    stage = Stage(webgl_page)
    stage.open("?mode=two&ground=himmelblau&learning_rate=0.01")
    surface = stage.page.locator("surface-view")
    eye = "(view) => JSON.stringify(view.camera)"
    expect(surface.get_by_role("button", name="turn to the left")).to_be_enabled()
    first = surface.evaluate(eye)
    surface.get_by_role("button", name="turn to the left").click()
    stage.page.wait_for_function(
        "(first) => JSON.stringify(document.querySelector('surface-view').camera) !== first",
        arg=first,
    )
    turned = surface.evaluate(eye)
    stage.page.locator("#stage").press("ArrowRight")
    stage.expect_step(1)
    assert surface.evaluate(eye) == turned


def test_a_place_picked_on_the_map_is_where_the_ball_goes(stage):
    stage.open("?mode=two&ground=himmelblau&learning_rate=0.01")
    expect(stage.number(STEP, 0, 0)).to_have_text("−0.5")
    stage.press_on_map((0.4, 0.3))
    expect(stage.number(STEP, 0, 0)).to_have_text(re.compile("^−[12]"))
    expect(stage.number(STEP, 1, 0)).to_have_text(re.compile("^[12]"))


def test_a_sculpted_ground_travels_in_the_link(stage, browser: Browser, server):
    stage.open("?mode=two&ground=sculpted&learning_rate=0.3")
    heights = "(view) => Array.from(view.ground.z)"
    surface = stage.page.locator(MAP)
    flat = surface.evaluate(heights)
    stage.press_on_map((0.45, 0.3), (0.6, 0.4))
    stage.page.wait_for_function(
        "(flat) => document.querySelector('contour-view').ground.z.some((z, i) => z < flat[i])",
        arg=flat,
    )
    dug = surface.evaluate(heights)
    assert min(dug) < min(flat)
    stage.page.wait_for_url(re.compile("more="))
    context = browser.new_context(base_url=server.url)
    other = context.new_page()
    other.goto(stage.page.url)
    same = """(wanted) => {
      const ground = document.querySelector("contour-view")?.ground;
      return JSON.stringify(Array.from(ground?.z ?? [])) === JSON.stringify(wanted);
    }"""
    other.wait_for_function(same, arg=dug)
    context.close()
    stage.button("Level the ground").click()
    stage.page.wait_for_function(same, arg=flat)


def test_of_a_line_the_ball_and_the_data_stand_side_by_side(stage):
    stage.open("?mode=two&ground=line")
    beside = stage.page.locator(".descent-plots > figure")
    expect(beside.nth(1).locator("plane-view")).to_be_visible()
    expect(stage.number("the samples", 7, 1)).to_have_text("−2.4")
    stage.page.get_by_label("Ground").select_option("two_samples")
    expect(stage.page.locator("[data-part='data'] plane-view")).to_be_visible()
    stage.page.get_by_label("Ground").select_option("bowl")
    expect(stage.page.locator("plane-view")).to_be_hidden()


def test_predictions_are_judged_by_the_engine(stage):
    stage.open("?beat=4")
    stage.button("Show me on the stage").click()
    expect(stage.says).to_contain_text("0.95 of at most 2/λ = 1")
    question = stage.page.locator("predict-question[question=fate]")
    question.get_by_label("slide down").check()
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✗")
    expect(question).to_contain_text("It stops after 147 steps, 146 of them across the valley")


@pytest.mark.parametrize("query", ["", "?mode=two", "?mode=two&ground=sculpted"])
def test_at_320_pixels_nothing_scrolls_sideways(page: Page, query):
    page.set_viewport_size({"width": 320, "height": 640})
    Stage(page).open(query)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize(("theme", "query"), [("light", "?mode=two&ground=line"), ("dark", "")])
def test_axe_finds_nothing(browser: Browser, server, theme, query):
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    Stage(page).open(query)
    page.get_by_label("Theme").select_option(theme)
    expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    found = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()
