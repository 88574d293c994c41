"""The page of the exhibit `pipeline`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import TAGS


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "?step=20") -> "Stage":
        self.page.goto(f"/e/pipeline{query}")
        expect(self.page.locator("bar-list .bar")).to_have_count(10)
        return self

    @property
    def told(self) -> Locator:
        """What is said of the picked number."""
        return self.page.locator("[data-look]").first

    @property
    def table(self) -> Locator:
        return self.page.locator("layer-table")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, tensor: str) -> Locator:
        return self.page.get_by_role("grid", name=tensor, exact=True).get_by_role("gridcell")

    def setting(self, name: str) -> Locator:
        return self.table.get_by_label(name, exact=True)

    def row(self, name: str) -> list[str]:
        """The size, and what the engine counts of a layer."""
        row = self.table.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=name, exact=True)
        )
        return [
            row.locator(".layer-size").inner_text(),
            *row.locator(".layer-count").all_inner_texts(),
        ]

    def expect_row(self, name: str, *texts: str) -> None:
        expect(self.table.get_by_role("rowheader", name=name, exact=True)).to_have_count(1)
        row = self.table.locator(f"tr:has(th:text-is('{name}'))")
        expect(row.locator(".layer-size")).to_have_text(texts[0])
        for cell, text in zip(row.locator(".layer-count").all(), texts[1:], strict=True):
            expect(cell).to_have_text(text)

    def outlined(self, tensor: str) -> list[int]:
        """The places of a tensor's numbers that are outlined."""
        return self.page.locator(f"tensor-view[data-tensor='{tensor}']").evaluate(
            "(view) => [...(view.map.enclosed ?? [])].sort((a, b) => a - b)"
        )

    def tile(self, tensor: str) -> float:
        """How wide a tensor is drawn."""
        return self.page.locator(f"tensor-view[data-tensor='{tensor}'] .tensor-box").evaluate(
            "(box) => box.getBoundingClientRect().width"
        )


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_a_clicked_number_lights_its_receptive_field_and_what_it_reaches(stage):
    stage.open()
    view = stage.page.locator("tensor-view[data-tensor='conv1.z']")
    box = view.locator(".tensor-box").bounding_box()
    # the first of eight tiles below each other, near its middle
    stage.page.mouse.click(box["x"] + box["width"] * 0.56, box["y"] + box["width"] * 0.56)
    expect(stage.told).to_have_text(
        re.compile(r"^conv1\.z\[0,0,4,4\] = .* is made of 9 of the picture's 64 pixels")
    )
    expect(stage.told).to_contain_text("can change 10 of the 10 shares")
    assert stage.outlined("conv1.x") == [8 * row + col for row in (3, 4, 5) for col in (3, 4, 5)]
    assert stage.outlined("pool1.y") == [2 * 4 + 2]
    assert len(stage.outlined("conv2.z")) == 16 * 9
    expect(stage.page.locator("number-ledger")).to_contain_text("conv1.z[0,0,4,4]")


def test_the_same_with_the_keyboard_alone(stage):
    stage.open()
    stage.cell("conv1.x").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        stage.page.keyboard.press(key)
    expect(stage.told).to_contain_text("conv1.x[0,0,1,1]")
    assert stage.outlined("conv1.x") == [9]
    assert len(stage.outlined("conv1.z")) == 8 * 9
    expect(stage.page.locator("bar-list .bar-box[data-enclosed]")).to_have_count(1)


def test_what_is_lit_comes_back_with_the_address(stage, browser: Browser, server):
    stage.open()
    stage.cell("pool1.y").focus()
    stage.page.keyboard.press("Enter")
    expect(stage.told).to_contain_text("pool1.y[0,0,0,0]")
    stage.page.wait_for_url(re.compile("pick=pool1.y.*more="))
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(stage.page.url)
    expect(other.told).to_contain_text("pool1.y[0,0,0,0]")
    assert other.outlined("conv1.x") == stage.outlined("conv1.x")
    context.close()


def test_the_drawing_zooms_by_button_key_and_wheel_and_fits_again(stage):
    stage.open()
    fits = stage.tile("conv1.z")
    expect(stage.button("Smaller")).to_have_attribute("aria-disabled", "true")
    stage.button("Larger").click()
    once = stage.tile("conv1.z")
    assert once > 1.2 * fits
    stage.cell("conv1.z").focus()
    stage.page.keyboard.press("+")
    twice = stage.tile("conv1.z")
    assert twice > 1.2 * once
    box = stage.page.locator("network-view").bounding_box()
    stage.page.mouse.move(box["x"] + 60, box["y"] + 200)
    stage.page.keyboard.down("Control")
    stage.page.mouse.wheel(0, -200)
    stage.page.keyboard.up("Control")
    stage.page.wait_for_function(
        """(before) => document.querySelector("tensor-view[data-tensor='conv1.z'] .tensor-box")
          .getBoundingClientRect().width > before""",
        arg=twice,
    )
    widths = stage.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    stage.cell("conv1.z").focus()
    stage.page.keyboard.press("0")
    assert stage.tile("conv1.z") == fits


def test_the_whole_drawing_fits_the_stage_at_first(stage):
    stage.open()
    widths = stage.page.locator("network-view").evaluate("(v) => [v.scrollWidth, v.clientWidth]")
    assert widths[0] <= widths[1]


def test_what_is_under_the_pointer_stays_there_when_zooming(stage):
    stage.open()
    where = """() => {
      const box = document.querySelector("tensor-view[data-tensor='pool1.y'] .tensor-box");
      const { left, top, width, height } = box.getBoundingClientRect();
      return [left, top, width, height];
    }"""
    left, top, width, height = stage.page.evaluate(where)
    x, y = left + 0.5 * width, top + 0.3 * height
    stage.page.mouse.move(x, y)
    stage.page.keyboard.down("Control")
    stage.page.mouse.wheel(0, -100)
    stage.page.keyboard.up("Control")
    stage.page.wait_for_function(
        "(before) => document.querySelector(\"tensor-view[data-tensor='pool1.y'] .tensor-box\")"
        ".getBoundingClientRect().width > 1.3 * before",
        arg=width,
    )
    left, top, width, height = stage.page.evaluate(where)
    assert left + 0.5 * width == pytest.approx(x, abs=3)
    assert top + 0.3 * height == pytest.approx(y, abs=3)


def test_sizes_and_counts_follow_when_a_layer_is_changed(stage):
    stage.open()
    stage.expect_row("conv1", "8 · 8×8", "512", "80", "3×3")
    stage.setting("conv1: filters").fill("4")
    stage.setting("conv1: filters").press("Enter")
    stage.expect_row("conv1", "4 · 8×8", "256", "40", "3×3")
    stage.expect_row("conv2", "16 · 4×4", "256", "592", "8×8")
    stage.setting("pool1: stride").fill("1")
    stage.setting("pool1: stride").press("Enter")
    stage.expect_row("pool1", "4 · 7×7", "196", "0", "4×4")
    stage.setting("conv1: padding").select_option("none")
    stage.expect_row("conv1", "4 · 6×6", "144", "40", "3×3")
    stage.page.wait_for_url(re.compile("layers=conv4k3pnone-relu-max2s1-"))
    expect(stage.page.locator("network-column").nth(1)).to_contain_text("4 · 6×6")


def test_layers_are_added_and_taken_out(stage):
    stage.open()
    stage.setting("Add a layer after act2").select_option("conv")
    stage.expect_row("conv3", "8 · 4×4", "128", "1,160", "12×12")
    expect(stage.page.locator("network-column")).to_have_count(11)
    stage.button("Remove pool1").click()
    expect(stage.page.locator("network-column")).to_have_count(10)
    stage.expect_row("conv2", "16 · 8×8", "1,024", "1,168", "5×5")


def test_what_cannot_be_is_refused_beside_the_layer_and_nothing_is_lost(stage):
    stage.open()
    stage.button("Remove flatten").click()
    problem = stage.table.locator("tr:has(th:text-is('dense1')) .layer-problem")
    expect(problem).to_have_text(
        "dense1: expected a vector, got 16 × 2 × 2; put a flatten layer before it"
    )
    expect(stage.page.locator("network-column")).to_have_count(10)
    stage.button("Back to what is drawn").click()
    expect(problem).to_be_hidden()
    stage.expect_row("flatten", "64", "64", "0", "10×10")
    stage.setting("conv2: kernel").fill("40")
    stage.setting("conv2: kernel").press("Enter")
    problem = stage.table.locator("tr:has(th:text-is('conv2')) .layer-problem")
    expect(problem).to_contain_text("size: expected a whole number from 1 to 31, got 40")
    expect(stage.setting("conv2: kernel")).to_have_value("40")
    stage.setting("conv2: kernel").fill("5")
    stage.setting("conv2: kernel").press("Enter")
    expect(problem).to_have_count(1)
    expect(problem).to_be_hidden()
    stage.expect_row("conv2", "16 · 4×4", "256", "3,216", "12×12")


def test_the_focus_stays_where_it_was_when_the_layers_change(stage):
    stage.open()
    stage.setting("conv1: filters").fill("6")
    stage.setting("conv1: filters").press("Enter")
    stage.expect_row("conv1", "6 · 8×8", "384", "60", "3×3")
    expect(stage.setting("conv1: filters")).to_be_focused()


def test_counts_have_ledgers_and_are_one_tab_stop(stage):
    stage.open()
    assert stage.table.locator(".layer-count button[tabindex='0']").count() == 1
    stage.table.locator(".layer-count button").first.focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        stage.page.keyboard.press(key)
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("layers.counts[1,1]")
    expect(ledger).to_contain_text("80")


def test_another_picture_goes_through_the_same_network(stage):
    stage.open()
    subject = stage.page.locator("[data-subject]")
    expect(subject).to_contain_text("picture 3")
    stage.button("The next picture").click()
    expect(subject).to_contain_text("picture 4")
    expect(subject).to_contain_text("% of the validation pictures")


def test_predictions_are_judged_by_the_engine(stage):
    stage.open()
    for _ in range(2):
        stage.button("Next").click()
    question = stage.page.locator("predict-question[question=field]")
    question.get_by_label("pixels a side").fill("8")
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✓")
    expect(question).to_contain_text("4 + 2 · 2 = 8")


def test_the_lesson_drives_the_stage_to_its_end(stage):
    stage.open("")
    expect(stage.page.locator("transport-bar .caption")).to_contain_text("step 60")
    stage.button("Next").click()
    expect(stage.told).to_contain_text("conv1.z[0,0,3,4]")
    stage.button("Next").click()
    expect(stage.told).to_contain_text("is made of 16 of the picture's 64 pixels")
    stage.button("Next").click()
    expect(stage.told).to_contain_text("is a pixel, and can change")
    stage.button("Next").click()
    stage.button("Next").click()
    expect(stage.page.locator("network-column")).to_have_count(8)
    expect(stage.told).to_contain_text("conv2.z[0,0,1,1]")
    stage.button("Next").click()
    expect(stage.page.locator("network-column")).to_have_count(10)
    expect(stage.page.locator("lesson-beats")).to_contain_text("7 of 7")
    expect(stage.button("Pause")).to_be_visible()


def test_at_320_pixels_nothing_scrolls_sideways_but_the_drawing(page: Page):
    page.set_viewport_size({"width": 320, "height": 640})
    stage = Stage(page).open()
    page.get_by_role("button", name="Larger").click()
    widths = page.evaluate(
        """[document.documentElement.scrollWidth, innerWidth,
            document.querySelector("layer-table").scrollWidth,
            document.querySelector("layer-table").clientWidth]"""
    )
    assert widths[0] <= widths[1]
    assert widths[2] <= widths[3]
    stage.expect_row("conv1", "8 · 8×8", "512", "80", "3×3")


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_in_any_theme(browser: Browser, server, theme):
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    stage = Stage(page).open()
    page.get_by_label("Theme").select_option(theme)
    expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    stage.cell("pool1.y").focus()
    page.keyboard.press("Enter")
    expect(stage.told).to_contain_text("pool1.y")
    page.keyboard.press("+")
    stage.button("Remove flatten").click()
    expect(stage.table.locator(".layer-problem:visible")).to_have_count(1)
    found = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()
