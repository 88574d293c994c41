"""The edges of the network on the page of the exhibit `digits`, and its biases."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_ledger import Ledger, as_number

SECOND = "weights from pooled maps to second feature maps"
SCORES = "weights from flattened numbers to scores"


@pytest.fixture
def stage(page: Page) -> Iterator[Ledger]:
    return Ledger(page).open()


def tip(stage: Ledger) -> Locator:
    return stage.page.locator(".edge-tip")


def name(stage: Ledger) -> str:
    return stage.page.locator(":focus").get_attribute("aria-label")


def between(stage: Ledger, before: str, after: str) -> tuple[float, float]:
    """A point between two columns, nearer to the second, level with its third node."""
    first, second = (
        stage.page.locator(f"network-column [data-tensor='{tensor}'] :is(canvas, .bar-box)")
        for tensor in (before, after)
    )
    second.scroll_into_view_if_needed()
    one, other = first.bounding_box(), second.bounding_box()
    x = one["x"] + one["width"] + 0.8 * (other["x"] - one["x"] - one["width"])
    return x, other["y"] + other["height"] / 4


def test_an_edge_is_walked_to_named_and_opened_with_the_keyboard(stage):
    cell = stage.cell(SECOND)
    stage.cell("pooled maps").focus()
    stage.tab_to(cell)
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        stage.page.keyboard.press(key)
    said = name(stage)
    assert said.startswith(
        "edge from map 2 of pooled maps to map 3 of second feature maps, "
        "the strongest of its 9 weights: "
    )
    expect(tip(stage)).to_have_text(re.compile(r"^conv2\.W\[2,1,[0-2],[0-2]\] = [−0-9.]+$"))
    stage.page.keyboard.press("Enter")
    stage.expect_name(r"^conv2\.W\[2,1,[0-2],[0-2]\]$")
    expect(stage.ledger.locator(".ledger-place")).to_contain_text("edge from map 2 of pooled maps")
    weights = stage.tensor("conv2.W")
    edge = [weights[(2 * 8 + 1) * 9 + at] for at in range(9)]
    assert stage.value == pytest.approx(max(edge, key=abs), rel=5e-3)
    stage.page.keyboard.press("Escape")
    stage.page.locator(".brand, header a").first.focus()
    expect(tip(stage)).to_be_hidden()


def test_an_edge_between_two_numbers_is_one_weight(stage):
    stage.cell(SCORES).focus()
    for key in ("End", "ArrowDown"):
        stage.page.keyboard.press(key)
    said = name(stage)
    assert said.startswith(
        "edge from number 64 of flattened numbers to digit 1 of scores, weight: "
    )
    assert as_number(said.rsplit(": ", 1)[1]) == pytest.approx(
        stage.tensor("dense1.W")[64 + 63], rel=6e-3
    )
    stage.page.keyboard.press("Enter")
    stage.expect_name(r"^dense1\.W\[1,63\]$")


def test_an_edge_without_a_weight_is_the_number_that_goes_along_it(stage):
    stage.cell("numbers from scores to softmax").focus()
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("ArrowRight")
    assert name(stage).startswith(
        "edge from digit 2 of scores to 1 of softmax, the number that goes along it: "
    )
    stage.page.keyboard.press("Enter")
    stage.expect_name(r"^dense1\.z\[0,2\]$")
    assert stage.value == pytest.approx(stage.tensor("dense1.z")[2], rel=6e-3)


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        ("conv1.x", "conv1.W", r"conv1\.W\[\d,0,\d,\d\]"),
        ("pool1.y", "act2.a", r"conv2\.W\[\d+,\d,\d,\d\]"),
        ("flatten.y", "dense1.z", r"dense1\.W\[\d,\d+\]"),
        ("dense1.z", "softmax.a", r"dense1\.z\[0,\d\]"),
    ],
)
def test_the_edge_that_the_pointer_lights_is_the_one_that_a_click_opens(
    stage, before, after, weight
):
    stage.page.mouse.move(*between(stage, before, after))
    expect(tip(stage)).to_have_text(re.compile(rf"^{weight} = [−0-9.]+$"))
    lit = tip(stage).inner_text()
    edge = stage.page.locator(".wire-edge")
    assert edge.get_attribute("d").count("M") == 1
    stage.page.mouse.down()
    stage.page.mouse.up()
    stage.expect_answer()
    assert f"{stage.name} = " == lit[: lit.index("=") + 2]
    assert stage.value == pytest.approx(as_number(lit.split(" = ")[1]), rel=6e-3)
    stage.page.mouse.move(2, 2)
    expect(tip(stage)).to_be_hidden()
    assert edge.get_attribute("d") == ""


def test_the_number_on_an_edge_keeps_up_with_the_training(stage):
    stage.cell(SCORES).focus()
    before = tip(stage).inner_text()
    stage.button("One step forward").evaluate("(button) => button.click()")
    stage.expect_step(1)
    expect(tip(stage)).not_to_have_text(before)
    shown = as_number(tip(stage).inner_text().split(" = ")[1])
    assert shown == pytest.approx(stage.tensor("dense1.W")[0], rel=6e-3)


@pytest.mark.parametrize(
    ("grid", "tensor", "count"),
    [
        ("biases of the filters", "conv1.b", 8),
        ("biases of the second filters", "conv2.b", 16),
        ("biases of the scores", "dense1.b", 10),
    ],
)
def test_each_bias_is_drawn_and_opens_its_ledger(stage, grid, tensor, count):
    stage.go_to(1)
    view = stage.page.locator(f"tensor-view[data-tensor='{tensor}']")
    expect(view).to_be_visible()
    assert len(stage.tensor(tensor)) == count
    stage.pick(grid, "ArrowRight")
    stage.expect_name(rf"^{re.escape(tensor)}\[1\]$")
    assert stage.value == pytest.approx(stage.tensor(tensor)[1], rel=6e-3)


def test_a_tile_stands_level_with_the_tile_it_is_made_from(stage):
    tops = {
        round(stage.page.locator(f"tensor-view[data-tensor='{name}'] canvas").bounding_box()["y"])
        for name in ("conv1.W", "act1.a", "pool1.y", "act2.a", "pool2.y")
    }
    assert len(tops) == 1
