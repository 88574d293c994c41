"""The views on a bare page with numbers of their own: no engine, no socket.

One file for all of them, since they share a page and what is heard on it.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.gallery import violations

DIGITS = "0123456789"


def test_a_tensor_is_one_tab_stop_whose_cell_walks_across_tiles(gallery):
    gallery.page.get_by_role("button", name="before", exact=True).focus()
    gallery.press("Tab")
    cell = gallery.cell("filters")
    expect(cell).to_be_focused()
    expect(cell).to_have_accessible_name("filter 1, row 1, column 1: −0.5")
    gallery.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown")
    expect(cell).to_be_focused()
    expect(cell).to_have_accessible_name(re.compile(r"^filter 2, row 2, column 1: "))
    expect(cell).to_have_attribute("aria-colindex", "4")
    gallery.press("Control+End")
    expect(cell).to_have_accessible_name(re.compile(r"^filter 4, row 3, column 3: "))
    gallery.press("Tab")
    expect(gallery.page.get_by_role("button", name="after", exact=True)).to_be_focused()


def test_every_move_focuses_another_element_so_that_it_is_announced(gallery):
    gallery.cell("filters").focus()
    before = gallery.page.evaluate_handle("document.activeElement")
    gallery.press("ArrowDown")
    assert gallery.page.evaluate("(before) => document.activeElement !== before", before)
    assert gallery.page.evaluate("document.activeElement.getAttribute('role')") == "gridcell"


def test_a_tensor_has_a_name_a_summary_and_its_size(gallery):
    grid = gallery.page.get_by_role("grid", name="filters", exact=True)
    expect(grid).to_have_accessible_description(
        "filters: 36 numbers, 4 filters by 3 rows by 3 columns; "
        "least −0.5 at filter 1, row 1, column 1, greatest 0.5 at filter 4, row 3, column 3."
    )
    expect(grid).to_have_attribute("aria-rowcount", "6")
    expect(grid).to_have_attribute("aria-colcount", "6")


@pytest.mark.parametrize("how", ["click", "tap", "Enter"])
def test_a_number_is_picked_with_pointer_finger_and_key(open_gallery, how):
    gallery = open_gallery(has_touch=how == "tap")
    place = {"x": 6, "y": 18}
    if how == "Enter":
        gallery.cell("filters").focus()
        gallery.press("ArrowDown", "Enter")
    elif how == "tap":
        gallery.tensor("conv1.W").locator(".tensor-box").tap(position=place)
    else:
        gallery.tensor("conv1.W").locator(".tensor-box").click(position=place)
    [pick] = gallery.events("cell-pick")
    assert (pick["detail"]["tensor"], pick["detail"]["index"]) == ("conv1.W", [0, 0, 1, 0])
    assert pick["detail"]["value"] == pytest.approx(-0.5 + 3 / 35)
    assert pick["detail"]["label"].startswith("filters, filter 1, row 2, column 1: ")
    [tile] = gallery.events("tile-pick")
    assert (tile["detail"]["tile"], tile["detail"]["label"]) == (0, "filter 1")


def test_the_page_keeps_the_keys_that_a_tensor_does_not_use(gallery):
    gallery.cell("filters").focus()
    gallery.press("ArrowRight", "Enter", " ", "?")
    assert [event["detail"]["key"] for event in gallery.events("page-key")] == [" ", "?"]


def test_the_table_behind_has_every_number_and_gives_the_focus_back(gallery):
    cell = gallery.cell("filters")
    cell.focus()
    gallery.press("ArrowDown", "t")
    dialog = gallery.page.get_by_role("dialog", name="filters")
    tables = dialog.get_by_role("table")
    expect(tables).to_have_count(4)
    expect(tables.first.locator("caption")).to_have_text("filter 1")
    expect(dialog.locator("tbody td")).to_have_count(36)
    expect(tables.last.locator("td").last).to_have_text("0.5")
    expect(tables.first.get_by_role("rowheader")).to_have_text(["row 1", "row 2", "row 3"])
    gallery.press("Escape")
    expect(dialog).to_have_count(0)
    expect(cell).to_be_focused()


def test_the_table_opens_with_the_pointer_too(gallery):
    gallery.tensor("k").hover()
    gallery.page.get_by_role("button", name="Table of kernel").click()
    expect(gallery.page.get_by_role("dialog", name="kernel").locator("tbody td")).to_have_count(9)


def test_the_focused_number_keeps_its_name_current(gallery):
    cell = gallery.cell("kernel")
    cell.focus()
    gallery.page.evaluate("window.show('k', [3, 3], () => 0.25)")
    expect(cell).to_have_accessible_name("row 1, column 1: 0.25")


def test_signs_have_their_colours_and_nought_is_paper(gallery):
    page = gallery.page
    page.evaluate("window.show('k', [3, 3], (i) => [-1, 0, 1][i % 3])")
    negative, nought, positive = (gallery.pixel("k", 3 + 37 * i, 4) for i in range(3))
    assert (negative, nought, positive) == ([31, 95, 168], [255, 255, 255], [184, 80, 11])


def test_nought_is_dark_paper_in_the_dark(gallery):
    gallery.page.evaluate("window.show('k', [3, 3], () => 0)")
    gallery.page.evaluate("window.setTheme('dark')")
    assert max(gallery.pixel("k", 4, 4)) < 60


def test_what_is_not_finite_is_striped(gallery):
    gallery.page.evaluate("window.show('k', [3, 3], (i) => (i === 4 ? NaN : 0))")
    row = {tuple(gallery.pixel("k", 38 + x, 42)) for x in range(1, 30, 2)}
    assert len(row) >= 2
    assert len({tuple(gallery.pixel("k", 1 + x, 4)) for x in range(3, 30, 3)}) == 1
    expect(gallery.page.get_by_role("grid", name="kernel")).to_have_accessible_description(
        re.compile("1 of them not finite")
    )


@pytest.mark.parametrize("density", [1, 1.5, 2])
def test_cells_are_drawn_in_whole_pixels_of_the_screen(open_gallery, density):
    gallery = open_gallery(device_scale_factor=density)
    gallery.scroll_to("far")
    gallery.page.evaluate("window.show('far', [16, 16], (i) => (i % 2 ? 1 : -1))")
    sizes = gallery.tensor("far").evaluate(
        """(view) => {
          const canvas = view.querySelector("canvas");
          const shown = canvas.getBoundingClientRect();
          const { geometry } = view.map;
          const y = geometry.tileY(0) + 8;
          const row = canvas.getContext("2d").getImageData(0, y, canvas.width, 1);
          const inside = new Uint32Array(row.data.buffer).slice(geometry.tileX(0), geometry.tileX(0)
            + geometry.tileWidth);
          return { drawn: canvas.width, shown: shown.width * devicePixelRatio,
            colours: new Set(inside).size };
        }"""
    )
    assert sizes["drawn"] == pytest.approx(sizes["shown"], abs=0.05)
    assert sizes["colours"] == 2, "a blurred edge has a third colour"


def test_numbers_are_written_where_they_fit(gallery):
    inks = gallery.page.evaluate(
        """() => ["k", "conv1.W"].map((name) => {
          const { map } = document.querySelector(`[data-tensor="${name}"]`);
          return map.style && map.style.decimals;
        })"""
    )
    assert inks == [2, None]


def test_a_paint_takes_a_millisecond_at_most_and_makes_no_new_picture(gallery):
    gallery.scroll_to("far")
    measured = gallery.page.evaluate(
        """() => {
          const view = document.querySelector("[data-tensor=far]");
          window.show("far", [64, 64], (i) => Math.sin(i));
          let made = 0;
          for (const name of ["createImageData", "getImageData"]) {
            const real = CanvasRenderingContext2D.prototype[name];
            CanvasRenderingContext2D.prototype[name] = function (...of) {
              made += 1;
              return real.apply(this, of);
            };
          }
          const { pixels, image } = view.map.painter;
          const took = Array.from({ length: 51 }, () => {
            const start = performance.now();
            for (let i = 0; i < 10; i++) view.map.paint();
            return (performance.now() - start) / 10;
          }).sort((a, b) => a - b);
          const kept = view.map.painter.pixels === pixels && view.map.painter.image === image;
          return { median: took[25], made, kept };
        }"""
    )
    assert measured["made"] == 0
    assert measured["kept"]
    assert measured["median"] < 1, "about 0.1 ms on two shared cores"


def test_what_cannot_be_seen_is_not_painted_until_it_can(gallery):
    count = "window.paints('far')"
    expect(gallery.tensor("far")).not_to_be_in_viewport()
    gallery.page.wait_for_function("() => !document.querySelector('[data-tensor=far]').seen")
    before = gallery.page.evaluate(count)
    gallery.page.evaluate("window.show('far', [8, 8], () => 1)")
    assert gallery.page.evaluate(count) == before
    gallery.tensor("far").scroll_into_view_if_needed()
    gallery.page.wait_for_function(f"() => window.paints('far') > {before}")


def test_pointing_at_a_tile_shows_exactly_what_feeds_it(gallery):
    page = gallery.page
    lit = "() => document.querySelector('.wire-lit').getAttribute('d').split('M').length - 1"
    tiles = (
        "(name) => Array.from(document.querySelector(`[data-tensor=${name}]`).map.litTiles ?? [])"
    )
    page.locator("network-view").scroll_into_view_if_needed()
    gallery.tensor("p").locator(".tensor-box").hover(position={"x": 5, "y": 5})
    assert page.evaluate(tiles, "a") == [0]
    assert page.evaluate(lit) == 1
    gallery.tensor("a").locator(".tensor-box").hover(position={"x": 5, "y": 5})
    assert page.evaluate(tiles, "x") == [0]
    assert page.evaluate(tiles, "a") == []
    gallery.page.locator("h1").hover()
    assert page.evaluate(lit) == 0
    assert page.evaluate(tiles, "x") == []


def test_focusing_a_bar_lights_every_number_that_feeds_it(gallery):
    gallery.cell("answer").focus()
    lit = gallery.page.locator(".wire-lit")
    assert lit.get_attribute("d").count("M") == 16
    gallery.page.locator("#before").focus()
    assert lit.get_attribute("d") == ""


def test_columns_line_up_and_say_their_shapes(gallery):
    shapes = gallery.page.locator(".column-shape")
    expect(shapes).to_have_text(["8×8", "4 · 4×4", "4 · 2×2", "16", "label 3 ✓"])
    tops = gallery.page.locator("network-column tensor-view:is([data-tensor=a], [data-tensor=p])")
    a, p = (tops.nth(i).locator(".tensor-box").bounding_box() for i in range(2))
    assert (a["y"], a["height"]) == pytest.approx((p["y"], p["height"]), abs=0.6)


@pytest.mark.parametrize("width", [320, 390, 1024])
def test_a_wide_network_scrolls_in_its_own_box(open_gallery, width):
    gallery = open_gallery(viewport={"width": width, "height": 800})
    wide = gallery.page.evaluate(
        "[document.documentElement.scrollWidth, document.querySelector('network-view').scrollWidth]"
    )
    assert wide[0] == width
    assert (wide[1] > width) == (width < 400)


def test_bars_say_right_and_wrong_with_a_glyph_too(gallery):
    bars = gallery.tensor("softmax.a").locator(".bar")
    expect(bars.nth(3)).to_have_attribute("data-state", "right")
    expect(bars.nth(3).locator(".bar-value")).to_have_text("0.91")
    gallery.page.evaluate("window.answer(5)")
    expect(bars.nth(5)).to_have_attribute("data-state", "label")
    expect(bars.nth(3)).to_have_attribute("data-state", "wrong")
    glyph = bars.nth(3).evaluate(
        "(bar) => getComputedStyle(bar.querySelector('.bar-value'), '::before').content"
    )
    assert "✗" in glyph
    grid = gallery.page.get_by_role("grid", name="softmax", exact=True)
    expect(grid).to_have_accessible_description(
        re.compile("greatest is 3 with 0.910, the label is 5")
    )


def test_a_chart_is_read_with_the_keys_and_picks_a_step(gallery):
    point = gallery.cell("loss")
    point.focus()
    expect(point).to_have_accessible_name("training, mean of steps 0–2: 2.5")
    gallery.press("ArrowRight", "ArrowRight")
    expect(point).to_have_accessible_name(re.compile("^training, mean of steps 6–8: "))
    expect(gallery.page.locator("line-chart .chart-read")).to_have_text("mean of steps 6–8")
    gallery.press("Home", "ArrowDown", "ArrowRight")
    expect(point).to_have_accessible_name(re.compile("^validation, mean of steps 30–32: "))
    gallery.press("Enter")
    [pick] = gallery.events("step-pick")
    assert pick["detail"]["step"] == 30


def test_a_chart_tells_its_course_and_has_a_table(gallery):
    gallery.cell("loss").focus()
    grid = gallery.page.get_by_role("grid", name="loss", exact=True)
    expect(grid).to_have_accessible_description(
        re.compile(
            r"^loss up to step 297: training from 2.5 as the mean of steps 0–2 to .*; validation "
        )
    )
    gallery.press("t")
    dialog = gallery.page.get_by_role("dialog", name="loss")
    expect(dialog.get_by_role("columnheader")).to_have_text(["step", "training", "validation"])
    expect(dialog.locator("tbody tr")).to_have_count(100)
    expect(dialog.get_by_role("rowheader").nth(1)).to_have_text("mean of steps 3–5")
    expect(dialog.get_by_role("rowheader").last).to_have_text("297")


def test_a_chart_tells_the_value_of_the_present_step_not_the_mean_around_it(gallery):
    gallery.page.evaluate("window.rewind(121, { loss: 1.25 })")
    gallery.cell("loss").focus()
    grid = gallery.page.get_by_role("grid", name="loss", exact=True)
    expect(grid).to_have_accessible_description(re.compile(" to 1.25 at step 121, least "))


def test_the_future_of_a_rewound_run_is_faint(gallery):
    page = gallery.page
    page.evaluate("window.rewind(120)")
    faint = page.evaluate("window.alphaAt(240)")
    assert 40 < faint < 150
    assert page.evaluate("window.alphaAt(90)") > 200


def test_a_chart_changes_to_powers_of_ten_and_back(gallery):
    toggle = gallery.page.get_by_role("button", name="logarithmic scale for loss")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    texts = "() => document.querySelector('line-chart').lines.y.texts"
    assert gallery.page.evaluate(texts) == ["0.1", "1", "10"]
    toggle.click()
    assert gallery.page.evaluate(texts)[0] == "0"


def test_a_drawing_is_told_once_a_frame_and_taken_back(gallery):
    page = gallery.page
    box = page.locator(".pad-box")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    page.mouse.move(place["x"] + 64, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 64, place["y"] + 100, steps=20)
    page.mouse.up()
    last = gallery.wait_for_a_drawing()
    assert (last["rows"], last["columns"], len(last["pixels"])) == (28, 28, 784)
    assert max(last["pixels"]) == 255
    assert last["pixels"][14 * 28 + 2] == 0
    page.get_by_role("button", name="Undo").click()
    gallery.wait_for_a_blank_sheet()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_digit_is_drawn_with_the_keyboard_alone(gallery):
    pen = gallery.cell("your digit")
    pen.focus()
    gallery.press(*["ArrowDown"] * 5, *["ArrowRight"] * 10, " ")
    expect(pen).to_have_accessible_name("row 6, column 11: ink, pen down")
    gallery.press(*["ArrowDown"] * 10, " ", "ArrowRight", "ArrowRight", "ArrowRight")
    expect(pen).to_have_accessible_name("row 16, column 14: paper, pen up")
    pixels = gallery.wait_for_a_drawing()["pixels"]
    assert all(pixels[row * 28 + 10] == 255 for row in range(5, 16))
    assert pixels[20 * 28 + 10] == 0
    gallery.press("Delete")
    gallery.wait_for_a_blank_sheet()


def test_a_drawing_can_be_loaded_without_telling(gallery):
    pad = gallery.page.locator("draw-pad")
    pad.evaluate("(pad) => pad.load(new Array(784).fill(51))")
    assert pad.evaluate("(pad) => pad.ink.pixels[5]") == pytest.approx(0.2)
    assert gallery.events("drawn") == []


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing(open_gallery, theme):
    gallery = open_gallery(bypass_csp=True)  # axe measures with inline styles
    gallery.page.emulate_media(reduced_motion="reduce")  # colours must stand still
    gallery.page.evaluate(f"window.setTheme('{theme}')")
    assert violations(gallery.page) == []


def test_axe_finds_nothing_in_the_table(open_gallery):
    gallery = open_gallery(bypass_csp=True)
    gallery.cell("filters").focus()
    gallery.press("t")
    expect(gallery.page.get_by_role("dialog")).to_be_visible()
    assert violations(gallery.page) == []


def edits(gallery) -> list[tuple]:
    heard = [event["detail"] for event in gallery.events("cell-edit")]
    return [(edit["tensor"], edit["index"], edit["value"]) for edit in heard]


def test_typing_on_a_cell_that_can_be_changed_asks_for_another_number(gallery):
    gallery.cell("weights").focus()
    gallery.press("ArrowRight", "-", "2", ".", "5", "Enter")
    assert edits(gallery) == [("w", [0, 1], -2.5)]
    expect(gallery.cell("weights")).to_be_focused()
    gallery.press("F2")
    field = gallery.page.get_by_role("textbox", name="weights, row 1, column 2: 0: new value")
    expect(field).to_have_value("0")
    gallery.press("ArrowUp")
    assert edits(gallery)[1:] == [("w", [0, 1], 0.5)]
    gallery.press("7", "Escape")
    expect(field).to_have_count(0)
    expect(gallery.cell("weights")).to_be_focused()
    assert len(edits(gallery)) == 2
    assert gallery.events("cell-pick") == []
    gallery.press("Enter")
    assert len(gallery.events("cell-pick")) == 1


def test_what_is_no_number_in_the_range_is_refused_beside_the_cell(gallery):
    gallery.cell("weights").focus()
    gallery.press("1", "0", "Enter")
    field = gallery.page.get_by_role("textbox", name=re.compile("^weights, row 1"))
    expect(field).to_have_accessible_description("expected a number from −9 to 9, got 10")
    gallery.press("Backspace", "Backspace", "x", "Enter")
    expect(field).to_have_accessible_description("expected a number from −9 to 9, got x")
    assert edits(gallery) == []
    gallery.press("Escape")
    gallery.cell("filters").focus()
    gallery.press("1")
    expect(gallery.page.get_by_role("textbox")).to_have_count(0)


def test_a_double_click_opens_the_field_and_a_drag_changes_the_number(gallery):
    box = gallery.tensor("w").locator(".tensor-box")
    box.dblclick(position={"x": 20, "y": 60})
    field = gallery.page.get_by_role("textbox")
    expect(field).to_be_focused()
    field.fill("3")
    gallery.cell("filters").focus()
    assert edits(gallery) == [("w", [1, 0], 3)]
    picks = len(gallery.events("cell-pick"))
    gallery.scroll_to("w")
    corner = box.bounding_box()
    mouse = gallery.page.mouse
    mouse.move(corner["x"] + 60, corner["y"] + 60)
    mouse.down()
    mouse.move(corner["x"] + 60, corner["y"] + 36, steps=4)
    mouse.up()
    assert edits(gallery)[-1] == ("w", [1, 1], 3)
    assert len(gallery.events("cell-pick")) == picks


def test_a_number_that_is_not_there_yet_is_an_empty_cell_and_no_lost_one(gallery):
    grid = gallery.page.get_by_role("grid", name="map so far", exact=True)
    expect(grid).to_have_accessible_description(
        "map so far: 6 numbers, 2 rows by 3 columns, 2 of them not there yet; "
        "least 0 at row 1, column 1, greatest 3 at row 2, column 1."
    )
    gallery.scroll_to("y")
    empty = {tuple(gallery.pixel("y", 60, y)) for y in range(44, 78)}
    assert len(empty) == 1, "stripes are for numbers that were lost"
    cell = gallery.cell("map so far")
    cell.focus()
    gallery.press("End", "ArrowDown")
    expect(cell).to_have_accessible_name("row 2, column 3: no value yet")
    gallery.page.evaluate("document.querySelector('[data-tensor=y]').shade([0])")
    assert len({tuple(gallery.pixel("y", 4, y)) for y in range(4, 34)}) > 1
