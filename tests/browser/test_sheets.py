"""A layer's sheet: node, row, symbol and line of code light up together; what is turned is told."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from app.ledgers import ready
from engine.explain.scene import Scene
from engine.explain.sheets import sheet
from engine.nn.network import Network
from tests.browser.gallery import Gallery, violations

WIDE = {"width": 1200, "height": 900}


def _passed():
    network = Network(
        {
            "input": [2],
            "layers": [
                {"kind": "dense", "units": 3},
                {"kind": "tanh", "name": "act1"},
                {"kind": "dense", "units": 2},
                {"kind": "softmax"},
            ],
            "loss": "categorical_cross_entropy",
        },
        rng=np.random.default_rng(3),
        dtype=np.float64,
    )
    using = network.at(1)
    using.forward(np.array([[1.0, -0.5]]))
    using.loss(np.array([1]))
    using.backward()
    return network, using


@pytest.fixture(scope="module")
def engine():
    """What an engine would answer, and the numbers of its frame."""
    network, using = _passed()
    scene = Scene.of(using)
    sheets = {
        f"{layer} {direction}": ready(sheet(scene, layer, direction).message())
        for layer in ("dense1", "dense2")
        for direction in ("forward", "backward", "update")
    }
    arrays = {**using.tensors(), **network.parameters(), **network.gradients()}
    numbers = {name: [list(one.shape), one.ravel().tolist()] for name, one in arrays.items()}
    return json.loads(json.dumps({"sheets": sheets, "arrays": numbers}))


@pytest.fixture(scope="module")
def shared(browser, address, engine):
    """Give one page to all tests."""
    context = browser.new_context(viewport=WIDE)
    gallery = Gallery(context.new_page(), address, "graph.html")
    gallery.page.evaluate("(engine) => window.openSheet(engine)", engine)
    yield gallery
    context.close()
    assert gallery.complaints == []


@pytest.fixture
def gallery(shared) -> Gallery:
    shared.page.mouse.move(2, 2)
    return shared


@pytest.fixture
def turned(gallery):
    """Turn to a sheet: `turned("layer 2", "Backward")`."""

    def turn(layer: str, direction: str):
        box = gallery.page.locator("layer-sheet")
        box.get_by_role("combobox", name="Layer").select_option(label=layer)
        box.get_by_role("button", name=direction, exact=True).click()
        expect(box.get_by_role("button", name=direction, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        gallery.page.mouse.move(2, 2)  # what scrolls under the pointer would be pointed at
        gallery.page.evaluate("window.heard.length = 0")
        return box

    return turn


def line_of(box, tensor: str):
    return box.locator(
        ".sheet-line", has=box.page.locator(f"tensor-view[label^='{tensor} ']").first
    )


def enclosed(view) -> list[int]:
    return view.evaluate("(view) => [...(view.map.enclosed ?? [])]")


def test_a_line_is_mathematics_numpy_and_matrices(turned):
    box = turned("layer 1", "Forward")
    first = box.locator(".sheet-line").first
    expect(first.locator("[data-whole] pre")).to_have_text("z = x @ W.T + b")
    symbols = first.locator("[data-whole] math [data-tensor]")
    expect(symbols).to_have_text(["z", "W", "x", "b"])
    assert symbols.evaluate_all("(all) => all.map((one) => one.dataset.tensor)") == [
        "dense1.z",
        "dense1.W",
        "dense1.x",
        "dense1.b",
    ]
    assert first.locator("pre .token").evaluate_all(
        "(all) => all.map((one) => one.dataset.tensor)"
    )[:4] == ["dense1.z", "dense1.x", "dense1.W", "dense1.b"]
    expect(first.locator("tensor-view")).to_have_count(4)
    expect(first.locator(".sheet-shape")).to_have_text(["3×1", "3×2", "2×1", "3×1"])


def test_a_neuron_of_the_graph_lights_its_row_its_formula_and_its_line_of_code(gallery, turned):
    box = turned("layer 1", "Forward")
    gallery.page.evaluate("window.sheet.light({ tensor: 'act1.a', index: [0, 2] })")
    second = box.locator(".sheet-line").nth(1)
    expect(second.locator("[data-row]")).to_have_attribute("data-lit", "")
    expect(second.locator("[data-row] pre")).to_have_text("a[0, 2] = np.tanh(z[0, 2])")
    gallery.page.evaluate("window.sheet.light({ tensor: 'dense1.z', index: [0, 1] })")
    first = box.locator(".sheet-line").first
    expect(first.locator("[data-row] pre")).to_have_text("z[0, 1] = x[0] @ W[1] + b[1]")
    views = first.locator("tensor-view")
    assert [enclosed(views.nth(i)) for i in range(4)] == [[1], [2, 3], [0, 1], [1]]
    gallery.page.evaluate("window.sheet.light(null)")
    expect(first.locator("[data-row]")).not_to_have_attribute("data-lit", "")
    assert enclosed(views.nth(1)) == []
    expect(first.locator("[data-row] pre")).to_have_text("z[0, 1] = x[0] @ W[1] + b[1]")


def test_a_row_a_symbol_or_a_line_of_code_tells_what_it_stands_for(gallery, turned):
    box = turned("layer 1", "Forward")
    first = box.locator(".sheet-line").first
    gallery.page.evaluate("window.sheet.light({ tensor: 'dense1.z', index: [0, 1] })")

    def told() -> dict:
        return gallery.events("cell-hover")[-1]["detail"]

    first.locator("[data-whole] .token", has_text="W").hover()
    assert told() == {"tensor": "dense1.W", "index": []}
    first.locator("[data-row] .token", has_text="W").hover()
    assert told() == {"tensor": "dense1.W", "index": [1]}
    first.locator("[data-row] .token", has_text="x").hover()
    assert told() == {"tensor": "dense1.x", "index": []}
    first.locator(".sheet-row-name").hover()
    assert told() == {"tensor": "dense1.z", "index": [0, 1]}
    gallery.page.mouse.move(2, 2)
    assert told() is None


def test_a_matrix_that_is_turned_tells_its_numbers_as_the_engine_has_them(gallery, turned):
    box = turned("layer 2", "Backward")
    back = line_of(box, "dense2.Wᵀ")
    expect(back.locator("[data-whole] pre")).to_have_text("dx = dz @ W")
    cell = back.get_by_role("grid", name=re.compile("^dense2.Wᵀ")).get_by_role("gridcell")
    cell.focus()
    gallery.press("ArrowDown", "ArrowDown", "ArrowRight", "Enter")
    [pick] = gallery.events("cell-pick")
    assert (pick["detail"]["tensor"], pick["detail"]["index"]) == ("dense2.W", [1, 2])
    value = gallery.page.evaluate("() => window.sheetArrays.get('dense2.W').data[1 * 3 + 2]")
    assert pick["detail"]["value"] == pytest.approx(value)
    hovers = [event["detail"] for event in gallery.events("cell-hover") if event["detail"]]
    assert (hovers[-1]["tensor"], hovers[-1]["index"]) == ("dense2.W", [1, 2])
    gallery.page.evaluate("window.sheet.light({ tensor: 'dense2.W', index: [1, 2] })")
    expect(back.locator("[data-row] pre")).to_have_text("dx[0, 2] = dz[0] @ W[:, 2]")
    assert enclosed(back.locator("tensor-view[label^='dense2.Wᵀ']")) == [4, 5]


def test_the_sheet_of_the_last_layer_begins_with_the_loss(turned):
    box = turned("layer 2", "Backward")
    lines = box.locator(".sheet-line [data-whole] pre")
    expect(lines).to_have_text(
        ["dz = (a - y) / len(a)", "dW = dz.T @ x", "db = dz.sum(axis=0)", "dx = dz @ W"]
    )


def test_before_the_first_step_an_update_says_that_there_is_none(turned):
    box = turned("layer 1", "Update")
    expect(box.get_by_text("No step has been made yet: there is no update.")).to_be_visible()
    expect(box.locator(".sheet-line")).to_have_count(0)


def test_a_moment_marks_the_line_that_it_computes(gallery, turned):
    box = turned("layer 1", "Forward")
    gallery.page.evaluate("window.sheet.mark(['act1.a'])")
    expect(box.locator(".sheet-line[data-now]")).to_have_count(1)
    expect(box.locator(".sheet-line[data-now] [data-whole] pre")).to_have_text("a = np.tanh(z)")
    gallery.page.evaluate("window.sheet.mark([])")
    expect(box.locator(".sheet-line[data-now]")).to_have_count(0)


def test_a_sheet_is_no_wider_than_a_narrow_screen_and_axe_objects_to_nothing(gallery, turned):
    turned("layer 2", "Backward")
    gallery.page.set_viewport_size({"width": 320, "height": 700})
    assert gallery.page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert violations(gallery.page) == []
    gallery.page.set_viewport_size(WIDE)
