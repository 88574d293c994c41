"""The page of the exhibit `landscape`, used as a person would."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS
from tests.serving import Server

WHOLE = re.compile("here are 41 × 41 networks")


class Stage:
    """The page as a person sees it; waits for what has been worked out."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, query: str = "?step=60") -> "Stage":
        self.page.goto(f"/e/landscape{query}")
        return self.wait()

    def wait(self) -> "Stage":
        """Wait for the finest grid, and for Plotly to have drawn what is seen of it."""
        expect(self.doing).to_have_text(WHOLE)
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("surface-view, contour-view")]
              .filter((view) => view.seen && !view.querySelector("contour-view:not([hidden])"))
              .every((view) => view.drawn)"""
        )
        return self

    @property
    def doing(self) -> Locator:
        return self.page.locator("[data-doing]")

    @property
    def held(self) -> Locator:
        return self.page.locator("[data-held]")

    @property
    def contours(self) -> Locator:
        return self.page.locator(".survey-grounds > contour-view")

    @property
    def taken(self) -> Locator:
        return self.page.locator("[data-taken]")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def choose(self, label: str, option: str) -> None:
        self.page.locator("controls-panel").get_by_label(label).select_option(option)

    def camera(self) -> Any:
        return self.page.locator("surface-view").evaluate(
            """(view) => view.querySelector(".js-plotly-plot")
              ._fullLayout.scene._scene.getCamera().eye"""
        )

    def regions(self) -> list[float]:
        """Return some of what the network says of the plane of data."""
        return self.page.locator("plane-view").evaluate("(view) => [...view.ground.values]")

    def other_regions(self, than: list[float]) -> list[float]:
        """Wait until the network says something else of the plane than it did, and return that."""
        self.page.wait_for_function(
            """(than) => document.querySelector("plane-view").ground.values
              .some((value, i) => value !== than[i])""",
            arg=than,
        )
        return self.regions()


@pytest.fixture(scope="module")
def shared(browser: Browser, server: Server) -> Iterator[Stage]:
    """One page for all that can do with one."""
    viewport = {"width": 1440, "height": 900}
    context = browser.new_context(base_url=server.url, viewport=viewport)
    stage = Stage(context.new_page())
    yield stage
    context.close()
    assert stage.complaints == []


@pytest.fixture
def stage(shared: Stage) -> Stage:
    return shared.open()


def test_it_always_says_how_little_of_the_space_is_shown(stage: Stage) -> None:
    expect(stage.page.locator("[data-dimensions]")).to_have_text("2 of 354 dimensions.")
    expect(stage.held).to_have_text("0.7\u00a0% of the movement")
    expect(stage.page.locator("[data-around]")).to_have_text(
        "lies in this random plane, around step 60."
    )
    stage.choose("Directions", "principal")
    expect(stage.held).to_have_text("98.7\u00a0% of the movement")
    stage.held.click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("principal.held")
    expect(ledger.locator("math").first).to_be_visible()


def test_of_all_grids_of_a_surface_only_the_coarsest_is_ever_shown_in_part(shared: Stage) -> None:
    shared.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          customElements.whenDefined("contour-view").then(() => {
            const { prototype } = customElements.get("contour-view");
            const real = prototype.show;
            window.shown = [];
            prototype.show = function (ground) {
              const { x, z } = ground;
              if (!z.every(Number.isNaN)) window.shown.push([x.length, z.every(Number.isFinite)]);
              return real.call(this, ground);
            };
          });
        });"""
    )
    # slower to compute than frames are asked for: mostly, some of the coarser ones are seen
    shared.open("?data=digits&network=deep&step=10")
    shown = shared.page.evaluate("window.shown")
    assert {side for side, _ in shown} <= {11, 21, 41}
    assert all(whole for side, whole in shown if side > 11)
    assert shown[-1] == [41, True]


def test_training_on_draws_the_surface_anew_and_leaves_the_camera(webgl_page: Page) -> None:
    stage = Stage(webgl_page).open()
    box = stage.page.locator("surface-view .plot-box").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = stage.camera()
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + 110, y - 20, steps=5)
    stage.page.mouse.up()
    turned = stage.camera()
    assert abs(turned["x"] - before["x"]) > 0.1
    stage.page.keyboard.press("Shift+ArrowRight")
    expect(stage.page.locator("[data-around]")).to_contain_text("around step 70")
    stage.wait()
    assert stage.camera() == pytest.approx(turned)
    assert "70" in stage.page.locator("surface-view").evaluate("(view) => view.grounds[0].key")


def test_a_click_on_the_contours_takes_the_weights_there_and_the_link_keeps_them(
    stage: Stage,
) -> None:
    before = stage.regions()
    around = stage.contours.evaluate("(view) => view.ground.key")
    x, y = stage.contours.evaluate("(view) => [view.frame.toX(0.9), view.frame.toY(0.8)]")
    stage.contours.locator(".plot-box").click(position={"x": x, "y": y})
    expect(stage.taken).to_have_text(re.compile(r"^These weights were taken from the plane: J = "))
    taken = stage.other_regions(before)
    assert stage.contours.evaluate("(view) => view.ground.key") == around
    a, b = stage.contours.evaluate("(view) => [view.walked[0].x.at(-1), view.walked[0].y.at(-1)]")
    assert (a, b) == pytest.approx((0.9, 0.8), abs=0.02)
    said = stage.taken.inner_text()
    stage.page.get_by_role("heading", level=1).click()  # the arrows are the contours' no longer
    stage.page.keyboard.press("ArrowLeft")
    expect(stage.taken).to_have_text("")
    stage.page.keyboard.press("ArrowRight")
    expect(stage.taken).to_have_text(said)
    stage.button("Share").click()
    expect(stage.page.locator("share-button button").first).to_have_text(re.compile("^Cop"))
    link = stage.page.url
    stage.page.goto("about:blank")
    stage.page.goto(link)
    stage.wait()
    expect(stage.taken).to_have_text(said)
    assert stage.other_regions(before) == taken
    stage.button("Back to a = b = 0").click()
    expect(stage.taken).not_to_have_text(said)
    assert stage.other_regions(taken) == pytest.approx(before, abs=1e-6)


def test_the_keyboard_takes_weights_and_asks_why(stage: Stage) -> None:
    cell = stage.page.get_by_role("grid", name="from above", exact=True).get_by_role("gridcell")
    cell.focus()
    stage.page.keyboard.press("Control+Home")
    expect(cell).to_have_accessible_name(re.compile("^a −1, b 1: J "))
    stage.page.keyboard.press("Shift+Enter")
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("random1.J")
    cell.focus()
    stage.page.keyboard.press("Enter")
    expect(stage.taken).to_contain_text("taken from the plane")


def test_the_same_way_stands_on_three_planes(shared: Stage) -> None:
    shared.open("?step=60&three=true")
    views = shared.page.locator(".survey-planes contour-view")
    expect(views).to_have_count(3)
    names = views.evaluate_all("(views) => views.map((view) => view.ground.title)")
    assert names == ["holds 0.7\u00a0%", "holds 0.5\u00a0%", "holds 98.7\u00a0%"]
    cut = (
        "(heads) => heads.filter(({scrollWidth, clientWidth}) => scrollWidth > clientWidth).length"
    )
    assert views.locator(".chart-head > span:first-child").evaluate_all(cut) == 0
    ends = views.evaluate_all("(views) => views.map((view) => view.walked[0].x.length)")
    assert len(set(ends)) == 1
    shared.page.wait_for_function(
        """() => [...document.querySelectorAll(".survey-planes contour-view")]
          .every((view) => view.ground.x.length === 41)"""
    )


def test_going_back_from_small_batches_the_run_is_the_lessons_from_step_0_on(stage: Stage) -> None:
    page = stage.page
    page.goto("/e/landscape?beat=11")
    expect(page.get_by_role("heading", name="Two samples at a time")).to_be_visible()
    page.wait_for_url(re.compile("batch_size=2(?!\\d)"))
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("heading", name="With a way past each layer")).to_be_visible()
    page.wait_for_url(lambda url: "network=residual" in url and "batch_size" not in url)
    assert "changes" not in page.url


def test_the_loss_on_the_line_to_another_run_is_drawn(stage: Stage) -> None:
    curve = stage.page.locator("curve-view")
    expect(curve).to_be_hidden()
    stage.button("Keep this run, begin another").click()
    expect(stage.page.locator("run-lines tbody tr")).to_have_count(2)
    stage.page.keyboard.press("Shift+ArrowRight")
    stage.button("To run A").click()
    expect(curve).to_be_visible()
    ends = curve.evaluate("(view) => view.balls.map((ball) => [ball.x, ball.label])")
    assert ends == [[0, "B"], [1, "A"]]
    stage.page.keyboard.press("ArrowRight")
    # the line to the other run at this step is asked for by itself
    stage.page.wait_for_function(
        "() => document.querySelector('curve-view').key?.endsWith(' 11 40')"
    )
    expect(curve).to_be_visible()


def test_pictures_show_their_feature_maps_at_the_weights_that_were_taken(shared: Stage) -> None:
    shared.open("?data=digits&step=30")
    maps = shared.page.locator("tensor-view[data-tensor='act1.a']")
    expect(maps).to_be_visible()
    expect(shared.page.locator("bar-list .bar")).to_have_count(10)
    expect(shared.page.locator("plane-view")).to_be_hidden()
    before = maps.evaluate("(view) => [...view.tensor.data]")
    shared.contours.locator(".plot-box").click(position={"x": 80, "y": 40})
    expect(shared.taken).to_contain_text("taken from the plane")
    shared.page.wait_for_function(
        """(before) => document.querySelector("tensor-view[data-tensor='act1.a']").tensor.data
          .some((value, i) => value !== before[i])""",
        arg=before,
    )


def test_without_webgl_contours_stand_where_the_surface_would(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    stage = Stage(context.new_page()).open()
    surface = stage.page.locator("surface-view")
    expect(surface).to_contain_text("WebGL is off")
    fallen = surface.locator("contour-view")
    expect(fallen).to_be_visible()
    fallen.locator(".plot-box").click(position={"x": 120, "y": 60})
    expect(stage.taken).to_contain_text("taken from the plane")
    assert stage.complaints == []
    context.close()


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_nothing_scrolls_sideways_and_axe_is_content(
    browser: Browser, server: Server, width: int
) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 844})
    stage = Stage(context.new_page()).open("?step=20&three=true")
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert stage.page.evaluate(wider) <= 0
    results = Axe().run(stage.page, options=TAGS)
    assert results.response["violations"] == []
    context.close()
