"""The plots on our own canvas: functions of one variable, and the plane of the data."""

import re

import pytest
from playwright.sync_api import expect

CURVES = "document.querySelector('curve-view')"
PLANE = "document.querySelector('plane-view')"


@pytest.fixture
def place(gallery):
    """Where a place of the data is on the screen: `place(PLANE, x, y)`."""

    def on_screen(view: str, x: float, y: float) -> tuple[float, float]:
        gallery.page.evaluate(f"{view}.scrollIntoView({{block: 'center'}})")
        found = gallery.page.evaluate(
            f"""([x, y]) => {{
              const {{ box, frame }} = {view};
              const corner = box.getBoundingClientRect();
              return [corner.x + frame.toX(x), corner.y + frame.toY(y)];
            }}""",
            [x, y],
        )
        return tuple(found)

    return on_screen


def drag(page, start, end) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def test_a_click_on_a_curve_gives_the_place_in_the_data(gallery, place):
    gallery.page.mouse.click(*place(CURVES, -1.3, 2))
    [pick] = gallery.events("place-pick")
    assert pick["detail"]["done"]
    assert pick["detail"]["x"] == pytest.approx(-1.3, abs=0.01)


def test_a_ball_is_dragged_and_the_last_place_is_marked_as_done(gallery, place):
    drag(gallery.page, place(CURVES, 1.2, 1.44), place(CURVES, -0.5, 1))
    picks = [event["detail"] for event in gallery.events("place-pick")]
    assert [pick["done"] for pick in picks] == [False] * (len(picks) - 1) + [True]
    assert picks[-1]["x"] == pytest.approx(-0.5, abs=0.01)


def test_a_curve_is_read_and_picked_with_the_keys(gallery):
    point = gallery.cell("a loss")
    point.focus()
    expect(point).to_have_accessible_name("w² at w = −2: 4")
    gallery.press("End", "ArrowLeft", "ArrowLeft")
    expect(point).to_have_accessible_name("w² at w = 1.90: 3.61")
    expect(gallery.page.locator("curve-view .chart-read")).to_have_text(
        "w 1.90: w² 3.61, sin 3w −0.551"
    )
    gallery.press("ArrowDown", "Enter")
    expect(point).to_have_accessible_name(re.compile("^sin 3w at w = 1.90: "))
    assert gallery.events("place-pick")[0]["detail"]["x"] == pytest.approx(1.9)
    assert gallery.events("page-key") == []


def test_a_curve_says_its_course_its_ball_and_its_step(gallery):
    grid = gallery.page.get_by_role("grid", name="a loss", exact=True)
    expect(grid).to_have_accessible_description(
        re.compile(
            r"^a loss: w² from 4 at w = −2 to 4 at w = 2, least 0 at w = 0, greatest 4 at w = −2; "
            r".*; ball at w = 1\.2, J = 1\.44; .*step from .*; a path of 3 places\.$"
        )
    )
    gallery.cell("a loss").focus()
    gallery.press("t")
    dialog = gallery.page.get_by_role("dialog", name="a loss")
    expect(dialog.get_by_role("columnheader")).to_have_text(
        ["w", "w²", "sin 3w", "place", "w", "J"]
    )
    expect(dialog.get_by_role("rowheader").first).to_have_text("−2")


def test_the_axes_grow_with_a_curve_but_do_not_shrink_until_the_key_is_another(gallery):
    high = f"() => {CURVES}.bounds.y[1]"
    before = gallery.page.evaluate(high)
    show = f"""([factor, key]) => {{
      const view = {CURVES};
      const [first, other] = view.curves;
      const y = first.y.map((value) => factor * value);
      view.show({{ curves: [{{ ...first, y }}, other], key }});
    }}"""
    gallery.page.evaluate(show, [10, 1])
    assert gallery.page.evaluate(high) > 9 * before
    gallery.page.evaluate(show, [0.1, 1])
    assert gallery.page.evaluate(high) > 9 * before
    gallery.page.evaluate(show, [0.1, 2])
    assert gallery.page.evaluate(high) < before / 2


def test_points_are_one_tab_stop_and_move_by_shift_and_an_arrow(gallery):
    point = gallery.cell("the data")
    point.focus()
    gallery.press("ArrowRight")
    expect(point).to_have_accessible_name("point 2, no: x1 = −0.5, x2 = 0.6")
    gallery.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp")
    moves = [event["detail"] for event in gallery.events("point-move")]
    assert [move["index"] for move in moves] == [1, 1, 1]
    assert (moves[-1]["x"], moves[-1]["y"]) == pytest.approx((-0.3, 0.7))
    expect(point).to_have_accessible_name(re.compile(r"^point 2, no: x1 = −0\.3(00)?, x2 = 0\.7"))
    heard = {event["detail"]["key"] for event in gallery.events("page-key")}
    assert heard == {"Shift"}, "Shift and an arrow are ten steps only elsewhere"
    gallery.press("Enter")
    [pick] = gallery.events("point-pick")
    assert pick["detail"]["index"] == 1


def test_a_point_follows_the_pointer_and_stays_until_the_data_answers(gallery, place):
    drag(gallery.page, place(PLANE, 0.4, -0.2), place(PLANE, -1.5, 1.5))
    moves = [event["detail"] for event in gallery.events("point-move")]
    assert {move["index"] for move in moves} == {2}
    assert [move["done"] for move in moves] == [False] * (len(moves) - 1) + [True]
    assert (moves[-1]["x"], moves[-1]["y"]) == pytest.approx((-1.5, 1.5), abs=0.02)
    drawn = f"() => [{PLANE}.points.x(2), {PLANE}.points.y(2)]"
    gallery.page.evaluate("window.showPoints()")
    assert gallery.page.evaluate(drawn) == pytest.approx([-1.5, 1.5], abs=0.02)
    gallery.page.wait_for_function(f"() => {PLANE}.points.x(2) === 0.4")


def test_a_finger_moves_a_point_and_scrolls_the_page_elsewhere(open_gallery):
    gallery = open_gallery(has_touch=True, viewport={"width": 400, "height": 700})
    gallery.page.evaluate(f"{PLANE}.scrollIntoView({{block: 'center'}})")
    held = gallery.page.evaluate(
        f"""() => {{
          const {{ box, frame }} = {PLANE};
          const corner = box.getBoundingClientRect();
          const touch = (name, x, y) => {{
            const at = {{ clientX: corner.x + frame.toX(x), clientY: corner.y + frame.toY(y) }};
            const of = {{ bubbles: true, cancelable: true, pointerType: "touch", ...at }};
            box.dispatchEvent(new PointerEvent(name[0], of));
            const point = new Touch({{ identifier: 0, target: box, ...at }});
            return !box.dispatchEvent(new TouchEvent(name[1], {{ ...of, touches: [point] }}));
          }};
          box.setPointerCapture = () => {{}};
          const down = ["pointerdown", "touchstart"], move = ["pointermove", "touchmove"];
          const kept = [touch(down, 1, 1), touch(move, -0.6, 1.2)];
          touch(["pointerup", "touchend"], -0.6, 1.2);
          return [...kept, touch(down, 1.5, -1.5)];
        }}"""
    )
    assert held == [True, True, False], "where nothing is held, the browser may scroll"
    last = gallery.events("point-move")[-1]["detail"]
    assert (last["index"], last["done"]) == (3, True)
    assert (last["x"], last["y"]) == pytest.approx((-0.6, 1.2), abs=0.02)


def test_a_point_is_moved_by_typing_and_a_place_outside_is_refused(gallery):
    gallery.cell("the data").focus()
    x = gallery.page.get_by_role("textbox", name="x1")
    expect(gallery.page.get_by_role("group", name="point 1")).to_be_visible()
    x.fill("-1.75")
    x.press("Enter")
    [move] = gallery.events("point-move")
    assert move["detail"] == {"index": 0, "x": -1.75, "y": -1, "done": True}
    x.fill("9")
    x.press("Enter")
    expect(x).to_have_accessible_description("x1: expected −2 to 2, got 9")
    assert len(gallery.events("point-move")) == 1


def test_points_are_added_and_taken_away(gallery, place):
    gallery.page.mouse.click(*place(PLANE, -1.5, 1.5))
    [added] = [event["detail"] for event in gallery.events("point-add")]
    assert (added["x"], added["y"]) == pytest.approx((-1.5, 1.5), abs=0.02)
    assert gallery.events("place-pick") == []
    gallery.page.mouse.click(*place(PLANE, 1, 1))
    assert len(gallery.events("point-add")) == 1, "a click on a point chooses it"
    gallery.press("+", "Delete")
    assert gallery.events("point-add")[-1]["detail"]["y"] == 1
    assert gallery.events("point-remove")[0]["detail"] == {"index": 3}


def test_a_plane_says_what_it_shows_and_has_a_table(gallery):
    grid = gallery.page.get_by_role("grid", name="the data", exact=True)
    expect(grid).to_have_accessible_description(
        "the data: 4 points (2 no, 2 yes), x1 from −1 to 1, x2 from −1 to 1; "
        "boundary from x1 = −2, x2 = 2 to x1 = 2, x2 = −2; "
        "in colours behind them, the probability of yes. "
        "Shift and an arrow key move the chosen point."
    )
    gallery.cell("the data").focus()
    gallery.press("t")
    dialog = gallery.page.get_by_role("dialog", name="the data")
    table = dialog.get_by_role("table", name="points")
    expect(table.get_by_role("rowheader").nth(2)).to_have_text("point 3, yes")
    expect(table.get_by_role("cell")).to_have_count(8)


def test_classes_differ_by_their_glyph_and_are_named_in_a_legend(gallery):
    legend = gallery.page.locator("plane-view.equal .plane-key")
    expect(legend).to_have_text(["setosa", "versicolor", "virginica", "four", "five", "six"])
    glyphs = legend.locator("path").evaluate_all(
        "(all) => all.map((path) => path.getAttribute('d'))"
    )
    assert len(set(glyphs)) == 6


def test_with_equal_axes_a_unit_is_as_long_up_as_across(gallery):
    across, up = gallery.page.evaluate(
        """() => {
          const { frame } = document.querySelector("plane-view.equal");
          return [frame.toX(1) - frame.toX(0), frame.toY(0) - frame.toY(1)];
        }"""
    )
    assert across == pytest.approx(up, rel=1e-9)


def test_regions_are_orange_where_likely_and_blue_where_not(gallery, place):
    colours = gallery.page.evaluate(
        f"""() => {{
          const {{ frame }} = {PLANE};
          {PLANE}.flush();
          const copy = new OffscreenCanvas(1, 1).getContext("2d", {{ willReadFrequently: true }});
          const at = (x, y) => {{
            copy.drawImage(frame.canvas, -frame.toX(x), -frame.toY(y));
            return [...copy.getImageData(0, 0, 1, 1).data];
          }};
          return [at(1.5, 1.5), at(-1.5, -1.5)];
        }}"""
    )
    likely, unlikely = colours
    assert likely[0] > likely[2]
    assert unlikely[2] > unlikely[0]


def test_painting_regions_makes_no_new_picture(gallery):
    gallery.page.evaluate(f"{PLANE}.scrollIntoView()")
    measured = gallery.page.evaluate(
        f"""() => {{
          const view = {PLANE};
          window.showRegions(100);
          const {{ ground }} = view;
          const {{ image, pixels }} = view.image;
          let made = 0;
          for (const name of ["createImageData", "getImageData"]) {{
            const real = CanvasRenderingContext2D.prototype[name];
            CanvasRenderingContext2D.prototype[name] = function (...of) {{
              made += 1;
              return real.apply(this, of);
            }};
          }}
          for (let i = 0; i < 5; i++) {{
            view.regions(ground);
            view.flush();
          }}
          return {{ made, kept: view.image.image === image && view.image.pixels === pixels }};
        }}"""
    )
    assert measured == {"made": 0, "kept": True}
