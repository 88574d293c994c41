"""The two views that Plotly draws, on a bare page with grounds of their own."""

import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from app.assets import Assets, folder

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:"

DRIVER = ("GL Driver Message", "willReadFrequently")
"""What a software WebGL and a canvas of Plotly's say about their own speed."""


class Handler(SimpleHTTPRequestHandler):
    """The static files, Plotly and the page, under the real page's policy."""

    protocol_version = "HTTP/1.1"
    plotly = b""

    def do_GET(self) -> None:
        if not self.path.startswith("/vendor/"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(self.plotly)))
        self.end_headers()
        self.wfile.write(self.plotly)

    def translate_path(self, path: str) -> str:
        name = path.split("?", maxsplit=1)[0].lstrip("/")
        return str((ROOT if name.startswith("static/") else HERE / "views_page") / name)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    Handler.plotly = Assets(folder("static")).plotly.content
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Plots:
    """The page with all of them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{address}/plots.html")
        expect(page.locator("body")).to_have_attribute("data-shown", "")

    def _listen(self, message: ConsoleMessage) -> None:
        known = any(words in message.text for words in DRIVER)
        if message.type in ("error", "warning", "trace") and not known:
            self.complaints.append(message.text)

    def wait_until_drawn(self) -> None:
        """Wait until Plotly has drawn what it was given."""
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("surface-view, contour-view")]
              .filter((view) => view.seen).every((view) => view.drawn)"""
        )

    @property
    def surface(self) -> Locator:
        return self.page.locator("surface-view")

    @property
    def contours(self) -> Locator:
        return self.page.locator("contour-view[equal]")

    def cell(self, label: str) -> Locator:
        return self.page.get_by_role("grid", name=label, exact=True).get_by_role("gridcell")

    def events(self, name: str) -> list[Any]:
        heard = self.page.evaluate("window.heard")
        return [event["detail"] for event in heard if event["name"] == name]

    def forget(self) -> None:
        self.page.evaluate("window.heard.length = 0")

    def camera(self) -> dict[str, Any]:
        """Return where the eye is in what Plotly has drawn."""
        return self.surface.evaluate(
            """(view) => view.querySelector(".js-plotly-plot")
              ._fullLayout.scene._scene.getCamera().eye"""
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def shared(webgl_browser: Browser, address: str) -> Iterator[Plots]:
    """One page for the tests that leave it as they found it."""
    context = webgl_browser.new_context(viewport={"width": 1200, "height": 1300})
    plots = Plots(context.new_page(), address)
    plots.wait_until_drawn()
    yield plots
    context.close()
    assert plots.complaints == []


@pytest.fixture
def plots(shared: Plots) -> Plots:
    shared.page.evaluate("window.bowl(); window.walk(6); window.heard.length = 0")
    shared.wait_until_drawn()
    return shared


@pytest.fixture
def fresh(webgl_browser: Browser, address: str) -> Iterator[Plots]:
    """A page of its own, for a test that breaks something."""
    context = webgl_browser.new_context(viewport={"width": 1200, "height": 1300})
    plots = Plots(context.new_page(), address)
    yield plots
    context.close()
    assert plots.complaints == []


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


FOUR_FRAMES = """() => new Promise((done) => {
  let left = 4;
  const next = () => (left-- > 0 ? requestAnimationFrame(next) : done());
  next();
})"""
"""Plotly turns a scene a frame or two after the mouse."""


def middle(locator: Locator) -> tuple[float, float]:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_an_update_keeps_the_camera_where_a_person_has_put_it(plots: Plots) -> None:
    before = plots.camera()
    x, y = middle(plots.surface.locator(".surface-box"))
    drag(plots.page, (x, y), (x + 120, y - 30))
    plots.page.evaluate(FOUR_FRAMES)
    turned = plots.camera()
    assert abs(turned["x"] - before["x"]) > 0.1
    plots.page.evaluate("window.bowl(2); window.walk(9)")
    plots.wait_until_drawn()
    assert plots.camera() == pytest.approx(turned)
    plots.surface.get_by_role("button", name="reset view").click()
    plots.page.wait_for_function(
        "() => document.querySelector('surface-view').camera.eye.x === 0.7"
    )
    assert plots.camera() == pytest.approx(before)


def test_a_finger_turns_to_the_sides_and_scrolls_up_and_down(
    webgl_browser: Browser, address: str
) -> None:
    context = webgl_browser.new_context(
        viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    plots = Plots(context.new_page(), address)
    plots.wait_until_drawn()
    hand = context.new_cdp_session(plots.page)

    def swipe(right: float, down: float) -> None:
        x, y = middle(plots.surface.locator(".surface-box"))

        def touch(kind: str, *points: dict[str, float]) -> None:
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        touch("touchStart", {"x": x, "y": y})
        for share in (0.25, 0.5, 0.75, 1):
            touch("touchMove", {"x": x + share * right, "y": y + share * down})
        touch("touchEnd")
        plots.page.evaluate(FOUR_FRAMES)

    first = plots.camera()
    swipe(2, -120)
    plots.page.wait_for_function("() => scrollY > 20")
    assert plots.camera() == pytest.approx(first)
    swipe(90, 4)
    assert abs(plots.camera()["x"] - first["x"]) > 0.02
    context.close()
    assert plots.complaints == []


def test_buttons_turn_the_surface(plots: Plots) -> None:
    group = plots.page.get_by_role("group", name="Turn the bowl")
    before = plots.camera()
    group.get_by_role("button", name="look from higher up").focus()
    plots.press("Enter")
    expect(group.get_by_role("button")).to_have_count(7)
    plots.page.wait_for_function(
        """(z) => document.querySelector(".js-plotly-plot")
          ._fullLayout.scene._scene.getCamera().eye.z > z + 0.1""",
        arg=before["z"],
    )
    for button in group.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    group.get_by_role("button", name="reset view").click()


def test_what_is_drawn_over_the_contours_has_the_place_that_plotly_gives_it(plots: Plots) -> None:
    places = plots.contours.evaluate(
        """(view) => {
          const { xaxis, yaxis } = view.querySelector(".js-plotly-plot")._fullLayout;
          const { frame } = view;
          return [-2, -0.7, 1.3].map((at) => [
            frame.toX(at) - frame.left - xaxis.c2p(at), frame.toY(at) - frame.top - yaxis.c2p(at),
          ]).flat();
        }"""
    )
    assert places == pytest.approx([0] * 6, abs=0.02)


def test_one_unit_is_as_long_on_either_axis_where_that_is_asked_for(plots: Plots) -> None:
    units = (
        "(view) => [view.frame.toX(1) - view.frame.toX(0), view.frame.toY(0) - view.frame.toY(1)]"
    )
    across, up = plots.contours.evaluate(units)
    assert across == pytest.approx(up, abs=0.5)


def test_walking_on_draws_no_contours_anew(plots: Plots) -> None:
    before = plots.contours.evaluate_handle("(view) => view.querySelector('.contourlayer path')")
    plots.page.evaluate("for (let n = 1; n < 20; n++) window.walk(n)")
    same = "(view, before) => view.querySelector('.contourlayer path') === before && view.drawn"
    assert plots.contours.evaluate(same, before)


def test_many_steps_at_once_are_few_updates_of_the_surface(plots: Plots) -> None:
    plots.page.evaluate(
        """() => {
          window.updates = 0;
          const real = Plotly.restyle;
          Plotly.restyle = (...of) => { window.updates += 1; return real(...of); };
          for (let n = 1; n < 30; n++) window.walk(n);
        }"""
    )
    plots.wait_until_drawn()
    assert plots.page.evaluate("window.updates") == 1


def test_a_place_of_the_contours_is_picked_with_the_pointer(plots: Plots) -> None:
    box = plots.contours.locator(".plot-box")
    x, y = plots.contours.evaluate("(view) => [view.frame.toX(-1.2), view.frame.toY(0.7)]")
    box.click(position={"x": x, "y": y})
    [pick] = plots.events("place-pick")
    assert (pick["x"], pick["y"]) == pytest.approx((-1.2, 0.7), abs=0.04)
    plots.forget()
    box.click(position={"x": x, "y": y}, modifiers=["Alt"])
    [why] = plots.events("cell-pick")
    assert (why["tensor"], why["index"]) == ("surface.J", [27, 8])
    assert why["value"] == pytest.approx(0.5 * (1.2**2 + 3 * 0.7**2), rel=1e-5)
    assert plots.events("place-pick") == []


def test_what_is_read_at_the_pointer_moves_nothing(plots: Plots) -> None:
    box = plots.contours.locator(".plot-box")
    plots.page.locator("h1").hover()
    before = box.bounding_box()
    box.hover(position={"x": 200, "y": 200})
    expect(plots.contours.locator(".chart-read")).to_have_text(re.compile("^w1 .*: J "))
    assert box.bounding_box() == before


def test_a_place_of_the_contours_is_picked_with_the_keys(plots: Plots) -> None:
    cell = plots.cell("its contours")
    cell.focus()
    plots.press("Control+Home")
    expect(cell).to_have_accessible_name("w1 −2, w2 2: J 8")
    plots.press("ArrowDown", "ArrowRight")
    expect(cell).to_have_accessible_name(re.compile("^w1 −1.9.*, w2 1.9.*: J 7"))
    plots.press("Enter")
    [pick] = plots.events("place-pick")
    assert (pick["x"], pick["y"]) == pytest.approx((-1.9, 1.9))
    plots.press("Shift+Enter")
    [why] = plots.events("cell-pick")
    assert why["index"] == [39, 1]


def test_the_contours_say_what_they_show(plots: Plots) -> None:
    grid = plots.page.get_by_role("grid", name="its contours", exact=True)
    expect(grid).to_have_accessible_description(
        re.compile(
            r"^its contours: J over w1 from −2 to 2 and w2 from −2 to 2; least 0 at \(0, 0\), "
            r"greatest 8 at \(−2, −2\) of 1,681 places\. "
            r"Now: slow at \(−0\.850, 0\.165\) at .*; fast at"
        )
    )
    expect(plots.contours.locator(".ground-scale")).to_have_text("J08a line every 1")


def test_a_valley_under_cliffs_gets_lines_at_ratios(plots: Plots) -> None:
    view = plots.page.locator("[data-tensor='valley.J']")
    expect(view.locator(".ground-words")).to_have_text(re.compile("^lines at 5, 10, 20, … 2000"))


def test_the_table_behind_a_surface_has_its_uppermost_row_first(plots: Plots) -> None:
    plots.surface.hover()
    plots.surface.get_by_role("button", name="Table of the bowl").click()
    dialog = plots.page.get_by_role("dialog", name="the bowl")
    expect(dialog.get_by_role("rowheader").first).to_have_text("2")
    expect(dialog.locator("tbody td").first).to_have_text("8")
    plots.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_drag_sculpts_and_a_click_does_not(plots: Plots) -> None:
    box = plots.page.locator("[data-tensor='valley.J'] .plot-box")
    x, y = middle(box)
    drag(plots.page, (x, y), (x + 60, y))
    [stroke] = plots.events("stroke")
    assert stroke["down"] is False
    assert len(stroke["points"]) > 3
    assert stroke["points"][-1][0] > stroke["points"][0][0]
    plots.page.mouse.click(x, y)
    assert len(plots.events("stroke")) == 1
    assert len(plots.events("place-pick")) == 1


def test_the_keyboard_sculpts_at_its_cursor(plots: Plots) -> None:
    cell = plots.cell("valley")
    cell.focus()
    plots.press("Control+Home", "+", "-")
    raised, dug = plots.events("stroke")
    assert (raised["down"], dug["down"]) == (False, True)
    assert raised["points"] == [pytest.approx([-2, 3])]


def test_areas_are_told_by_glyph_and_word(plots: Plots) -> None:
    view = plots.page.locator("[data-tensor=signs]")
    expect(view.locator(".area-sign")).to_have_text(["∪", "∼", "∩"])
    grid = plots.page.get_by_role("grid", name="curvature", exact=True)
    expect(grid).to_have_accessible_description(
        re.compile("^curvature: curves up in every direction: 22 %; up in one, down in another:")
    )
    cell = plots.cell("curvature")
    cell.focus()
    plots.press("Control+Home")
    expect(cell).to_have_accessible_name("w −3, b 2: up in one, down in another")


def test_a_theme_repaints_both(plots: Plots) -> None:
    inks = """() => [
      document.querySelector(".contourlayer path").style.fill,
      document.querySelector("surface-view .js-plotly-plot").layout.scene.xaxis.backgroundcolor,
    ]"""
    before = plots.page.evaluate(inks)
    plots.page.evaluate("window.setTheme('dark')")
    plots.wait_until_drawn()
    after = plots.page.evaluate(inks)
    assert before[0] != after[0]
    assert before[1] != after[1]
    plots.page.evaluate("window.setTheme('light')")


def test_two_surfaces_turn_together(plots: Plots) -> None:
    plots.page.evaluate("window.two()")
    plots.wait_until_drawn()
    x, y = middle(plots.surface.locator(".surface-box"))
    drag(plots.page, (x - 100, y), (x - 40, y))
    plots.page.wait_for_function(
        """() => {
          const { scene, scene2 } = document.querySelector(".js-plotly-plot")._fullLayout;
          const [one, other] = [scene, scene2].map((each) => each._scene.getCamera().eye);
          return Math.abs(one.x - 0.7) > 0.05 && Math.abs(one.x - other.x) < 1e-6;
        }"""
    )
    plots.surface.get_by_role("button", name="reset view").click()


def test_a_surface_of_which_nothing_is_known_is_hidden_until_something_is(plots: Plots) -> None:
    plots.page.evaluate("window.unknown()")
    expect(plots.surface).to_be_hidden()
    plots.wait_until_drawn()
    plots.page.evaluate("window.bowl(3)")
    expect(plots.surface).to_be_visible()
    plots.wait_until_drawn()


def test_of_two_surfaces_one_may_be_unknown(plots: Plots) -> None:
    plots.page.evaluate("window.unknown(true)")
    plots.wait_until_drawn()
    expect(plots.surface).to_be_visible()
    shown = "(view) => view.querySelector('.js-plotly-plot')._fullData.map((of) => of.visible)"
    assert plots.surface.evaluate(shown)[:2] == [True, False]
    expect(plots.surface.locator(".ground-note")).to_be_hidden()


def test_a_picture_of_the_stage_gets_a_copy_of_the_surface(plots: Plots) -> None:
    shares = plots.page.evaluate(
        """async () => {
          const { prepareAll } = await import("/static/js/views/parts/screen.js");
          const undo = await prepareAll();
          const copy = document.querySelector("canvas.surface-ground");
          const { data } = copy.getContext("2d").getImageData(0, 0, copy.width, copy.height);
          undo();
          let drawn = 0;
          for (let i = 3; i < data.length; i += 4) drawn += data[i] > 128;
          const left = document.querySelectorAll("canvas.surface-ground").length;
          return [drawn / (data.length / 4), left];
        }"""
    )
    assert shares[0] > 0.1
    assert shares[1] == 0


@pytest.mark.parametrize("how", ["restored", "asked for"])
def test_taken_memory_shows_contours_until_it_is_drawn_again(fresh: Plots, how: str) -> None:
    fresh.wait_until_drawn()
    fresh.surface.evaluate(
        """(view) => {
          const { gl } = view.querySelector(".js-plotly-plot")._fullLayout.scene._scene.glplot;
          window.taken = gl.getExtension("WEBGL_lose_context");
          window.taken.loseContext();
        }"""
    )
    note = fresh.surface.get_by_text("The browser has taken the surface's memory away")
    expect(note).to_be_visible()
    expect(fresh.surface.locator("contour-view .contourlayer path").first).to_be_attached()
    if how == "restored":
        fresh.page.evaluate("window.taken.restoreContext()")
    else:
        fresh.surface.get_by_role("button", name="Draw the surface again").click()
    expect(note).to_be_hidden()
    expect(fresh.surface.locator("contour-view")).to_have_count(0)
    expect(fresh.surface.locator(".surface-ground canvas")).to_be_visible()


def test_without_plotly_the_views_say_so_and_keep_their_tables(
    webgl_browser: Browser, address: str
) -> None:
    context = webgl_browser.new_context(viewport={"width": 1200, "height": 1300})
    page = context.new_page()
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(f"{address}/plots.html")
    contours = page.locator("contour-view[equal]")
    expect(contours).to_contain_text("The contour lines could not be drawn")
    expect(page.locator("surface-view")).to_contain_text("The surface could not be drawn")
    cell = page.get_by_role("grid", name="its contours").get_by_role("gridcell")
    cell.focus()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(41)
    page.keyboard.press("Escape")
    page.unroute("**/plotly.min.js")
    contours.get_by_role("button", name="Try again").click()
    page.wait_for_function("() => document.querySelector('contour-view[equal] .contourlayer path')")
    expect(contours.get_by_text("could not be drawn")).to_be_hidden()
    context.close()


def test_axe_finds_nothing_on_the_plots(webgl_browser: Browser, address: str) -> None:
    context = webgl_browser.new_context(bypass_csp=True, reduced_motion="reduce")
    plots = Plots(context.new_page(), address)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for theme in ("light", "dark", "projector"):
        plots.page.evaluate("(theme) => window.setTheme(theme)", theme)
        plots.wait_until_drawn()
        found = Axe().run(plots.page, options={"runOnly": tags, "preload": False}).response
        told = [(one["id"], one["nodes"][0]["any"]) for one in found["violations"]]
        assert told == [], theme
    context.close()


def test_without_webgl_the_surface_is_shown_as_contours(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 1300})
    plots = Plots(context.new_page(), address)
    expect(plots.surface).to_contain_text("WebGL is off")
    view = plots.surface.locator("contour-view")
    expect(view).to_have_count(1)
    plots.wait_until_drawn()
    expect(view.locator(".contourlayer path").first).to_be_visible()
    expect(plots.surface.locator(".surface-turns")).to_be_hidden()
    x, y = view.evaluate("(view) => [view.frame.toX(1), view.frame.toY(-1)]")
    view.locator(".plot-box").click(position={"x": x, "y": y})
    [pick] = plots.events("place-pick")
    assert (pick["x"], pick["y"], pick["scene"]) == pytest.approx((1, -1, 0), abs=0.04)
    plots.page.evaluate("window.two()")
    expect(view).to_have_count(2)
    expect(view.nth(1)).to_contain_text("cross-entropy")
    context.close()
    assert plots.complaints == []
