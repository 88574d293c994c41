"""The page of the exhibit `convolution`, used as a person would."""

import re
import struct
import zlib

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

ADDRESS = "/e/convolution"


def png(rows: int, columns: int, rgb: np.ndarray | None = None) -> bytes:
    """Return a picture as PNG, written with nothing but the standard library."""
    if rgb is None:
        rgb = np.zeros((rows, columns, 3), np.uint8)
        rgb[:, : columns // 2] = 250
    lines = b"".join(b"\0" + rgb[row].tobytes() for row in range(rows))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"{ADDRESS}{query}")
        expect(self.page.locator("transport-bar .caption")).to_contain_text("step")
        expect(self.page.locator("picture-input")).to_be_attached()
        self.page.wait_for_function(
            "() => document.querySelector('[data-stage]')?.hidden === false"
        )
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, label: str) -> Locator:
        return self.page.get_by_role("grid", name=label, exact=True).get_by_role("gridcell")

    def text(self, name: str) -> Locator:
        return self.page.locator(f"[data-text='{name}']")

    def numbers(self, view: str) -> list[float]:
        return self.page.locator(f"tensor-view[data-view='{view}']").evaluate(
            "(view) => Array.from(view.tensor.data, (n) => Number.isNaN(n) ? null : n)"
        )

    def expect_step(self, step: int, length: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(f"step {step:,} / {length:,}")

    def expect_numbers(self, view: str, numbers: list) -> None:
        self.page.wait_for_function(
            """([name, wanted]) => {
              const view = document.querySelector(`tensor-view[data-view='${name}']`);
              const data = view?.tensor && Array.from(view.tensor.data);
              return data && data.length === wanted.length
                && data.every((n, i) => wanted[i] === null ? Number.isNaN(n) : n === wanted[i]);
            }""",
            arg=[view, numbers],
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, control: str, option: str) -> None:
        self.page.locator(f"[data-control={control}] select").select_option(option)

    def more(self) -> None:
        self.page.locator("controls-panel summary").click()


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_the_sketch_stands_on_the_stage_at_its_seventh_step(stage):
    stage.open("?step=7")
    stage.expect_step(7, 25)
    stage.expect_numbers("y", [0, 1, 1, 0, 0, 1, 3, *[None] * 18])
    stage.expect_numbers("products", [0, 0, 0, 0, 0, 1, 0, 1, 1])
    expect(stage.text("value")).to_have_text("3")
    expect(stage.text("covers")).to_contain_text("rows 2 to 4 and columns 2 to 4")
    expect(stage.text("formula")).to_have_text("rows and columns: ⌊(7 + 0 − 3) / 1⌋ + 1 = 5")
    captions = stage.page.locator("[data-view=products]").evaluate("(view) => view.map.captions")
    assert captions == ["0·1", "0·0", "0·0", "0·1", "0·0", "1·1", "0·0", "1·1", "1·1"]
    assert stage.page.locator("[data-view=x] .window-frame > span").count() == 9


def test_stepping_makes_one_number_and_stepping_back_takes_it_away(stage):
    stage.open("?step=6")
    expect(stage.text("value")).to_have_text("1")
    stage.page.locator("#stage").press("ArrowRight")
    stage.expect_step(7, 25)
    expect(stage.text("value")).to_have_text("3")
    assert stage.numbers("y")[6:8] == [3, None]
    stage.page.locator("#stage").press("ArrowLeft")
    stage.expect_step(6, 25)
    assert stage.numbers("y")[5:7] == [1, None]
    stage.button("To the furthest step").click()
    stage.expect_step(25, 25)
    assert None not in stage.numbers("y")


def test_before_the_first_step_the_products_are_there_and_the_sum_is_asked_for(stage):
    stage.open()
    stage.page.locator("#stage").press("Home")
    stage.expect_step(0, 25)
    expect(stage.text("value")).to_have_text("?")
    expect(stage.text("covers")).to_contain_text("is about to make row 1, column 1")


def test_the_next_number_is_predicted_and_judged_at_each_step(stage):
    stage.open("?step=6")
    question = stage.page.locator("predict-question[question=next]").first
    question.get_by_label("next number").fill("2")
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✗")
    expect(question).to_contain_text("Row 2, column 2: 1·1 + 1·1 + 1·1 = 3.")
    stage.page.locator("#stage").press("ArrowRight")
    stage.expect_step(7, 25)
    question.get_by_label("next number").fill("1")
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✓ Right. Row 2, column 3")


def test_a_weight_and_a_pixel_are_changed_with_the_keyboard(stage):
    stage.open("?step=7")
    stage.expect_step(7, 25)
    stage.cell("kernel").focus()
    stage.press("ArrowDown", "ArrowDown", "ArrowRight", "5", "Enter")
    expect(stage.text("value")).to_have_text("7")
    expect(stage.cell("kernel")).to_be_focused()
    stage.cell("image").focus()
    stage.press("ArrowDown", "ArrowRight", "-", "2", "Enter")
    expect(stage.text("value")).to_have_text("5")
    assert stage.numbers("x")[8] == -2
    stage.expect_step(7, 25)
    stage.button("Undo all changes").click()
    expect(stage.text("value")).to_have_text("7")
    expect(stage.button("Undo all changes")).to_be_hidden()


def test_dragging_a_weight_makes_it_ones_own_kernel(stage):
    stage.open("?step=7&kernel=identity")
    box = stage.page.locator("[data-view=k] .tensor-box").bounding_box()
    mouse = stage.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 48, steps=6)
    mouse.up()
    stage.expect_numbers("k", [0, 0, 0, 0, 3, 0, 0, 0, 0])
    expect(stage.page.locator("[data-control=kernel] select")).to_have_value("own")


def test_what_cannot_be_is_refused_beside_its_control(stage):
    stage.open("?input=greys&step=3")
    stage.more()
    size = stage.page.locator("[data-control=kernel_size]").get_by_role("spinbutton")
    size.fill("7")
    size.press("Enter")
    problem = stage.page.locator("[data-control=kernel_size] .control-problem")
    expect(problem).to_contain_text("the window reaches over 7 pixels")
    expect(problem).to_contain_text("the padded picture has 5")
    expect(size).to_have_value("3")
    stage.expect_step(3, 9)


def test_columns_that_are_never_reached_are_hatched_and_counted(stage):
    stage.open("?stride=3&step=2")
    expect(stage.text("never")).to_contain_text("13 cells are never reached")
    assert len(stage.page.locator("[data-view=x]").evaluate("(view) => view.map.shaded")) == 13


def test_the_shape_is_typed_before_the_map_is_seen(stage):
    stage.open("?stride=2")
    stage.button("Type its shape first").click()
    grid = stage.page.get_by_role("grid", name="feature map", exact=True)
    expect(grid).to_be_hidden()
    expect(stage.text("formula")).to_be_hidden()
    cover = stage.page.locator("#stage predict-question")
    cover.get_by_label("rows").fill("3")
    cover.get_by_role("button", name="Check").click()
    expect(cover).to_contain_text("Enter all numbers first.")
    cover.get_by_label("columns").fill("3")
    cover.get_by_role("button", name="Check").click()
    expect(cover).to_contain_text("✓ Right. rows: ⌊(7 + 0 − 3) / 2⌋ + 1 = 3")
    expect(grid).to_be_visible()
    stage.choose("padding", "same")
    expect(grid).to_be_hidden()
    cover.get_by_role("button", name="Show me").click()
    expect(grid).to_be_visible()


def test_three_channels_give_three_sums_and_four_filters_four_maps(stage):
    stage.open("?input=colours&step=6&bias=0.5")
    stage.expect_numbers("sums", [10, 3, 0])
    expect(stage.text("value")).to_have_text("13.5")
    assert stage.page.locator("[data-view=x] .window-frame").count() == 3
    stage.text("value").click()
    expect(stage.page.locator("number-ledger")).to_contain_text("partial")
    stage.more()
    filters = stage.page.locator("[data-control=filters]").get_by_role("spinbutton")
    filters.fill("4")
    filters.press("Enter")
    expect(stage.text("y")).to_have_text("4 · 4×4")
    expect(stage.text("parameters")).to_have_text("112 parameters")


def test_the_number_on_the_card_opens_its_ledger(stage):
    stage.open("?step=7")
    stage.text("value").click()
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("y[1,1]")
    expect(ledger).to_contain_text("y[1, 1] = (x[1:4, 1:4] * k).sum()")


def test_a_number_that_is_not_there_yet_says_which_step_makes_it(stage):
    stage.open("?step=7")
    stage.cell("feature map").focus()
    stage.press("Control+End", "Enter")
    expect(stage.page.locator("number-ledger")).to_contain_text("not there yet; step 25 makes it")


def test_a_picture_from_a_file_is_filtered_whole_and_in_numbers(stage):
    stage.open()
    choose = stage.page.get_by_label("Open a picture file")
    choose.set_input_files({"name": "half.png", "mimeType": "image/png", "buffer": png(40, 80)})
    expect(stage.text("x")).to_have_text("16×32")
    photo = stage.page.locator("picture-view canvas")
    expect(photo).to_have_js_property("width", 80)
    assert stage.numbers("x")[:17] == [250.0] * 16 + [0.0]
    expect(stage.page.locator("[data-control=input] select")).to_have_value("photo")
    photo.click(position={"x": 100, "y": 60})
    expect(stage.page.locator("transport-bar .caption")).not_to_contain_text("step 0 /")


def test_a_large_picture_is_scaled_down_before_it_is_sent(stage):
    stage.open()
    rgb = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)
    file = {"name": "noise.png", "mimeType": "image/png", "buffer": png(512, 512, rgb)}
    stage.page.get_by_label("Open a picture file").set_input_files(file)
    expect(stage.page.locator("picture-view canvas")).to_have_js_property("width", 256)
    expect(stage.page.locator("picture-view canvas")).to_have_js_property("height", 256)


@pytest.mark.parametrize(
    ("name", "kind", "data", "said"),
    [
        ("cut.png", "image/png", png(40, 80)[:60], "cut.png: .*damaged or cut short"),
        ("not.jpg", "image/jpeg", b"This is no picture.", "not.jpg: .*cannot be read as one"),
        ("text.txt", "text/plain", b"hello", "expected a picture as PNG, JPEG or WebP, got text"),
        ("line.png", "image/png", png(1, 600), "line.png: expected at least 3 pixels a side"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_by_name_and_reason(stage, name, kind, data, said):
    stage.open("?step=7")
    file = {"name": name, "mimeType": kind, "buffer": data}
    stage.page.get_by_label("Open a picture file").set_input_files(file)
    expect(stage.page.locator("picture-input [role=alert]")).to_contain_text(re.compile(said))
    stage.expect_step(7, 25)
    assert stage.numbers("x")[17] == 1


def test_the_camera_is_asked_for_only_after_a_click_and_a_refusal_is_said(stage):
    stage.page.add_init_script(
        """window.asked = 0;
        navigator.mediaDevices.getUserMedia = async () => {
          window.asked += 1;
          throw new DOMException("no", "NotAllowedError");
        };"""
    )
    stage.open()
    assert stage.page.evaluate("window.asked") == 0
    stage.button("Camera").click()
    said = stage.page.locator("picture-input [role=alert]")
    expect(said).to_contain_text("The camera cannot be used: the browser was not allowed")
    assert stage.page.evaluate("window.asked") == 1


def test_a_picture_is_taken_with_the_camera(stage):
    stage.page.add_init_script(
        """navigator.mediaDevices.getUserMedia = async () => {
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 64;
          canvas.getContext("2d").fillRect(0, 0, 32, 64);
          setInterval(() => canvas.getContext("2d").fillRect(0, 0, 32, 64), 50);
          window.stream = canvas.captureStream(20);
          return window.stream;
        };"""
    )
    stage.open()
    stage.button("Camera").click()
    stage.page.wait_for_function("() => document.querySelector('video')?.videoWidth === 64")
    stage.button("Take the picture").click()
    expect(stage.page.locator("picture-view canvas")).to_have_js_property("width", 64)
    assert stage.page.evaluate("window.stream.getTracks().every((t) => t.readyState === 'ended')")


def test_a_drawing_becomes_the_picture(stage):
    stage.open()
    pad = stage.page.locator("draw-pad")
    pad.scroll_into_view_if_needed()
    stage.cell("your drawing").focus()
    stage.press("Space", *["ArrowDown"] * 4)
    expect(stage.text("x")).to_have_text("16×16")
    expect(stage.page.locator("[data-control=input] select")).to_have_value("drawing")
    stage.page.wait_for_function(
        "() => document.querySelector('[data-view=x]').tensor?.data.some((pixel) => pixel > 0.5)"
    )


def test_a_drawing_and_a_kernel_of_ones_own_are_in_the_link(stage, browser: Browser, server):
    stage.open("?step=3")
    stage.cell("kernel").focus()
    stage.press("7", "Enter")
    stage.expect_numbers("k", [7, 0, 0, 1, 0, 1, 0, 1, 1])
    stage.page.wait_for_url(re.compile("more="))
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(stage.page.url)
    other.expect_numbers("k", [7, 0, 0, 1, 0, 1, 0, 1, 1])
    other.expect_step(3, 25)
    context.close()


def test_a_kernel_is_learned_from_noise(stage):
    stage.open()
    stage.button("The kernel is learned").click()
    found = stage.text("found")
    expect(found).to_contain_text("the furthest weight is off by")
    stage.button("Play").click()
    expect(found).to_contain_text("✓ found")
    expect(stage.button("Play")).to_be_visible()
    weights = stage.page.locator("tensor-view[data-tensor='conv1.W']").evaluate(
        "(v) => [...v.tensor.data]"
    )
    assert np.abs(np.array(weights) - [-1, 0, 1, -2, 0, 2, -1, 0, 1]).max() < 0.01
    stage.button("The window slides").click()
    stage.expect_step(0, 25)


def test_another_picture_begins_the_search_again(stage):
    stage.open("?mode=learn&input=photo&detail=16&step=12")
    expect(stage.page.locator("transport-bar .caption")).to_contain_text("step 12")
    file = {"name": "half.png", "mimeType": "image/png", "buffer": png(40, 80)}
    stage.page.get_by_label("Open a picture file").set_input_files(file)
    expect(stage.page.locator("transport-bar .caption")).to_contain_text("step 0")
    stage.page.wait_for_function(
        """() => {
          const { tensor } = document.querySelector("tensor-view[data-tensor='conv1.x']");
          return tensor?.shape.join() === "1,1,8,16" && tensor.data[0] === 1;
        }"""
    )


def test_the_lesson_drives_the_stage_to_its_end(stage):
    stage.open()
    count = stage.page.locator("lesson-beat").count()
    assert 6 <= count <= 9
    for number in range(2, count + 1):
        stage.button("Next").click()
        expect(stage.page.locator("lesson-beats")).to_contain_text(f"{number} of {count}")
    expect(stage.text("found")).to_contain_text("✓ found")


@pytest.mark.parametrize(
    "query", ["?step=7", "?input=colours&step=3&filters=4", "?input=scene&flip=true", "?mode=learn"]
)
def test_at_320_pixels_nothing_scrolls_sideways(stage, query):
    stage.page.set_viewport_size({"width": 320, "height": 640})
    stage.open(query)
    widths = stage.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_stages_break_no_rule_of_accessibility(browser: Browser, server, scheme):
    context = browser.new_context(base_url=server.url, color_scheme=scheme, reduced_motion="reduce")
    stage = Stage(context.new_page())
    for query in ("?input=colours&step=6&bias=0.5&flip=true", "?input=scene", "?mode=learn&step=5"):
        stage.open(query)
        stage.page.locator("#stage").press("ArrowRight")
        result = Axe().run(stage.page)
        assert result.violations_count == 0, result.generate_report()
    context.close()
