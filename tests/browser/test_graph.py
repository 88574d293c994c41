"""A network as neurons and edges: walked, pointed at, picked; its numbers, words and tables."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery import Gallery, violations

WIDE = {"width": 1200, "height": 900}
LABEL = "the network"


@pytest.fixture(scope="module")
def shared(browser, address):
    """Give one page to all tests that leave it as it was."""
    context = browser.new_context(viewport=WIDE)
    gallery = Gallery(context.new_page(), address, "graph.html")
    yield gallery
    context.close()
    assert gallery.complaints == []


@pytest.fixture
def gallery(shared) -> Gallery:
    shared.page.mouse.move(2, 2)
    shared.page.evaluate("scrollTo(0, 0); window.heard.length = 0; window.begin()")
    return shared


def place(page: Page, spot: dict, view: str = "spiral", share: float = 0.5) -> tuple[float, float]:
    """Where a spot is on the screen; of an edge, at a share of its way."""
    found = page.evaluate(
        """([id, {kind, layer, from, to}, share]) => {
          const view = document.getElementById(id);
          view.scrollIntoView({block: "center"});
          const { plan } = view;
          const corner = view.field.getBoundingClientRect();
          const [x, y] = [plan.x[layer], plan.yOf(layer, to)];
          if (kind === "neuron") return [corner.x + x, corner.y + y];
          if (kind === "bias") return [corner.x + x, corner.y + plan.biasY(layer, to)];
          const [x0, y0] = [plan.x[layer - 1], plan.yOf(layer - 1, from)];
          return [corner.x + x0 + (x - x0) * share, corner.y + y0 + (y - y0) * share];
        }""",
        [view, {"from": 0, **spot}, share],
    )
    return tuple(found)


def neuron(layer: int, to: int) -> dict:
    return {"kind": "neuron", "layer": layer, "to": to}


def bias(layer: int, to: int) -> dict:
    return {"kind": "bias", "layer": layer, "to": to}


def edge(layer: int, start: int, to: int) -> dict:
    return {"kind": "edge", "layer": layer, "from": start, "to": to}


@pytest.mark.parametrize(
    ("spot", "share", "tensor", "index"),
    [
        (neuron(0, 1), 0, "dense1.x", [0, 1]),
        (neuron(2, 5), 0, "act2.a", [0, 5]),
        (bias(2, 5), 0, "dense2.b", [5]),
        (bias(3, 0), 0, "dense3.b", [0]),
        (edge(1, 1, 6), 0.7, "dense1.W", [6, 1]),
        (edge(3, 0, 0), 0.3, "dense3.W", [0, 0]),
    ],
)
def test_a_click_picks_the_number_that_the_pointer_lit(gallery, spot, share, tensor, index):
    gallery.page.mouse.move(*place(gallery.page, spot, share=share))
    told = f"{tensor}[{','.join(map(str, index))}] = "
    expect(gallery.page.locator("#spiral .edge-tip")).to_have_text(
        re.compile(rf"^{re.escape(told)}[−0-9.]+$")
    )
    gallery.page.mouse.down()
    gallery.page.mouse.up()
    [pick] = gallery.events("cell-pick")
    assert (pick["detail"]["tensor"], pick["detail"]["index"]) == (tensor, index)
    hovers = [event["detail"] for event in gallery.events("cell-hover")]
    assert (hovers[-1]["tensor"], hovers[-1]["index"]) == (tensor, index)


def test_where_nothing_is_nothing_is_lit_or_picked(gallery):
    gallery.page.mouse.move(*place(gallery.page, neuron(1, 0)))
    x, y = place(gallery.page, neuron(0, 0))
    gallery.page.mouse.click(x, y - 150)
    assert gallery.events("cell-pick") == []
    assert gallery.events("cell-hover")[-1]["detail"] is None
    expect(gallery.page.locator("#spiral .edge-tip")).to_be_hidden()


def test_the_keys_follow_the_signal_from_an_input_to_the_output_and_back(gallery):
    cell = gallery.cell(LABEL)
    cell.focus()
    gallery.press("Home")
    expect(cell).to_have_accessible_name("x1: 0.841")
    forward = [
        "weight from x1 to hidden 1, neuron 1: 1.26",
        "bias of hidden 1, neuron 1: 0.324",
        "hidden 1, neuron 1: 0.687",
        "weight from hidden 1, neuron 1 to hidden 2, neuron 1: 1.36",
        "bias of hidden 2, neuron 1: −0.250",
        "hidden 2, neuron 1: 0.721",
        "weight from hidden 2, neuron 1 to p: 0.212",
        "bias of p: −0.594",
        "p: 0.140",
    ]
    for name in forward:
        gallery.press("ArrowRight")
        expect(cell).to_have_accessible_name(name)
    for name in [*reversed(forward[:-1]), "x1: 0.841"]:
        gallery.press("ArrowLeft")
        expect(cell).to_have_accessible_name(name)
    gallery.press("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "Enter")
    expect(cell).to_have_accessible_name(re.compile("^weight from x2 to hidden 1, neuron 3: "))
    [pick] = gallery.events("cell-pick")
    assert pick["detail"]["index"] == [2, 1]
    assert gallery.events("page-key") == []


def test_it_is_one_tab_stop(gallery):
    gallery.cell(LABEL).focus()
    gallery.press("Tab")
    expect(gallery.page.get_by_role("button", name="after")).to_be_focused()


def test_it_says_what_it_is_and_has_a_table_for_each_layer(gallery):
    grid = gallery.page.get_by_role("grid", name=LABEL, exact=True)
    expect(grid).to_have_accessible_description(
        re.compile(
            r"^the network: 4 layers, 2 in inputs, 8 in hidden 1, 8 in hidden 2, 1 in output; "
            r"the largest weight from .* to .*: [−0-9.]+; out comes p: 0\.140\.$"
        )
    )
    gallery.cell(LABEL).focus()
    gallery.press("t")
    dialog = gallery.page.get_by_role("dialog", name=LABEL)
    table = dialog.get_by_role("table", name="hidden 1")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["neuron", "its number", "bias", "weight from x1", "weight from x2"]
    )
    expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_text(
        ["0.687", "0.324", "1.26", "1.48"]
    )
    gallery.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_edges_can_show_their_gradients_instead(gallery):
    gallery.page.evaluate("window.views.spiral.edges('dW')")
    gallery.page.evaluate("window.views.spiral.show(window.arrays, 1)")
    cell = gallery.cell(LABEL)
    cell.focus()
    gallery.press("Home", "ArrowRight")
    expect(cell).to_have_accessible_name(
        re.compile("^gradient of the weight from x1 to hidden 1, neuron 1: 0.00540")
    )
    gallery.press("Enter", "ArrowRight", "Enter")
    picks = [event["detail"]["tensor"] for event in gallery.events("cell-pick")]
    assert picks == ["dense1.dW", "dense1.db"]
    expect(gallery.page.locator("#spiral .plane-legend")).to_contain_text("gradient above 0")


def test_what_another_view_points_at_is_lit(gallery):
    lit = gallery.page.evaluate(
        """() => {
          const { lights } = window.views.spiral;
          const all = (pointed) => {
            window.views.spiral.light(pointed);
            const edges = [0, 1, 2, 3, 4, 5, 6, 7].filter((to) => lights.edge(2, 3, to));
            const neurons = [0, 1, 2, 3, 4, 5, 6, 7].filter((u) => lights.neuron(2, u));
            const biases = [0, 1, 2, 3, 4, 5, 6, 7].filter((u) => lights.bias(2, u));
            return [edges, neurons, biases];
          };
          return [
            all({ tensor: "dense2.W", index: [5, 3] }),
            all({ tensor: "dense2.dW", index: [4] }),
            all({ tensor: "dense2.W", index: [-1, 3] }),
            all({ tensor: "act2.a", index: [0, 6] }),
            all({ tensor: "dense2.dz", index: [0, 1] }),
            all([{ tensor: "dense2.b", index: [2] }, { tensor: "act2.da", index: [0, 2] }]),
            all(null),
          ];
        }"""
    )
    every = list(range(8))
    assert lit == [
        [[5], [], []],
        [[4], [], []],
        [every, [], []],
        [[], [6], []],
        [[], [1], []],
        [[], [2], [2]],
        [[], [], []],
    ]


def test_the_signal_flows_through_one_layer_forwards_or_backwards(gallery):
    lit = gallery.page.evaluate(
        """() => {
          const { lights } = window.views.spiral;
          const all = (flow) => {
            window.views.spiral.flow(flow);
            return [1, 2, 3].map((layer) => [lights.edge(layer, 4, 0), lights.edge(layer, 4, 7)]);
          };
          const forth = all({ layer: 2, at: 7 });
          const back = all({ layer: "dense2.W", backwards: true, at: 4 });
          return [forth, back, all(null)];
        }"""
    )
    none = [False, False]
    assert lit == [[none, [False, True], none], [none, [True, True], none], [none, none, none]]


def test_units_of_one_group_stand_as_one_strand_and_part_again(gallery):
    heights = """(groups) => {
      const view = window.views.spiral;
      view.strands(groups && new Map([["act1.a", groups]]));
      return new Set(Array.from(view.plan.aim.slice(2, 10), Math.round)).size;
    }"""
    assert gallery.page.evaluate(heights, [0, 0, 0, 0, 1, 1, 0, 1]) == 2
    assert gallery.page.evaluate(heights, [0, 0, 0, 0, 1, 1, 2, 1]) == 3
    assert gallery.page.evaluate(heights, None) == 8
    gallery.page.wait_for_function(
        """() => {
          const { y, aim } = window.views.spiral.plan;
          return y.every((at, i) => at === aim[i]);
        }"""
    )


def test_a_unit_that_is_left_out_has_no_edges(gallery):
    inked = """(mask) => {
      const view = window.views.roomy;
      view.crossed(mask && new Map([["act1.a", mask]]));
      view.flush();
      const { plan, painter } = view;
      const [x, y] = [plan.x[1] + plan.radius + 12, plan.yOf(1, 1)];
      const copy = new OffscreenCanvas(1, 12).getContext("2d");
      copy.drawImage(painter.canvas, -x * devicePixelRatio, (6 - y) * devicePixelRatio);
      return copy.getImageData(0, 0, 1, 12).data.some((part) => part > 0);
    }"""
    gallery.page.evaluate("window.views.roomy.scrollIntoView()")
    gallery.page.wait_for_function("() => window.views.roomy.seen")
    assert gallery.page.evaluate(inked, None)
    assert not gallery.page.evaluate(inked, [2, 0])
    assert gallery.page.evaluate(inked, [2, 2])


def test_hidden_layers_are_widened_narrowed_added_and_taken_away(gallery):
    gallery.page.evaluate("window.views.roomy.setAttribute('editable', '2 3')")
    roomy = gallery.page.locator("#roomy")

    def press(name: str) -> list:
        roomy.get_by_role("button", name=name, exact=True).click()
        return gallery.events("network-edit")[-1]["detail"]["layers"]

    three = {"units": 3, "activation": "tanh"}
    assert press("One neuron more in hidden 1") == [three]
    roomy.get_by_role("combobox", name="Activation of hidden 1").select_option(label="ReLU")
    relu = {"units": 3, "activation": "relu"}
    assert gallery.events("network-edit")[-1]["detail"]["layers"] == [relu]
    assert press("One hidden layer more") == [relu, relu]
    assert press("One hidden layer fewer") == [relu]
    gallery.page.evaluate(
        """() => {
          const { layers, arrays } = window.network([2, 3, 1, 1]);
          window.views.roomy.shape(layers, "other");
          window.views.roomy.show(arrays, 99);
        }"""
    )
    for name in (
        "One neuron more in hidden 1",
        "One neuron fewer in hidden 2",
        "One hidden layer more",
    ):
        expect(roomy.get_by_role("button", name=name, exact=True)).to_be_disabled()
    gallery.page.evaluate("window.views.roomy.removeAttribute('editable')")
    expect(roomy.get_by_role("button", name="One hidden layer more")).to_have_count(0)


def test_each_neuron_shows_its_own_region_with_up_being_more(gallery):
    colours = gallery.page.evaluate(
        """() => {
          const view = window.views.spiral;
          // the third unit: below nought in the lower half, above it in the upper one
          const at = (i) => (Math.floor(i / 64) !== 2 ? 0 : i % 64 < 32 ? -1 : 1);
          view.miniatures(new Map([["act1.a", window.tensor("units.act1", [8, 8, 8], at)]]));
          view.flush();
          const { plan, painter } = view;
          const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
          const colour = (unit, share) => {
            const y = plan.yOf(1, unit) + share * plan.radius;
            const left = plan.x[1] - plan.radius / 2;
            const [x0, y0] = [left, y].map((px) => -Math.round(px * devicePixelRatio));
            copy.clearRect(0, 0, 1, 1);
            copy.drawImage(painter.canvas, x0, y0);
            return [...copy.getImageData(0, 0, 1, 1).data];
          };
          const found = [colour(2, -0.8), colour(2, 0.3), colour(3, -0.8)];
          view.miniatures(null);
          return [...found, view.pictures.any];
        }"""
    )
    upper, lower, other, any_left = colours
    assert upper[0] > upper[2]
    assert lower[2] > lower[0]
    assert len(set(other[:3])) == 1
    assert not any_left


def test_a_number_that_is_lost_is_said_and_does_not_spoil_the_scale(gallery):
    gallery.page.evaluate(
        """() => {
          const { arrays } = window.network([2, 8, 8, 1]);
          arrays.get("act1.a").data[0] = NaN;
          arrays.get("dense1.W").data[0] = Infinity;
          window.views.spiral.show(arrays, 1);
          window.views.spiral.flush();
        }"""
    )
    cell = gallery.cell(LABEL)
    cell.focus()
    gallery.press("Home", "ArrowRight")
    expect(cell).to_have_accessible_name(re.compile(": infinity$"))
    gallery.press("ArrowRight", "ArrowRight")
    expect(cell).to_have_accessible_name("hidden 1, neuron 1: not a number")
    expect(gallery.page.locator("#spiral .plane-legend")).to_contain_text("thickest: 2")


def test_painting_makes_no_new_numbers_and_measures_nothing(gallery):
    made = gallery.page.evaluate(
        """() => {
          const view = window.views.spiral;
          let made = 0;
          for (const name of ["measureText", "createImageData", "getImageData"]) {
            const real = CanvasRenderingContext2D.prototype[name];
            CanvasRenderingContext2D.prototype[name] = function (...of) {
              made += 1;
              return real.apply(this, of);
            };
          }
          for (let i = 0; i < 5; i++) {
            view.show(window.arrays, 1);
            view.flush();
          }
          return made;
        }"""
    )
    assert made == 0


def test_its_numbers_are_readable_where_there_is_room_for_neurons(gallery):
    sizes = """() => {
      const { numbers } = window.views.spiral;
      return [numbers.inNeuron?.size ?? 0, numbers.besideEdge?.size ?? 0];
    }"""
    for width in (760, 358):
        gallery.page.set_viewport_size({"width": width + 32, "height": 900})
        # as wide as its box: nothing is scrolled to
        gallery.page.wait_for_function(
            """(width) => {
              const { plan, box } = window.views.spiral;
              return box.clientWidth === width && plan.width === width;
            }""",
            arg=width,
        )
        assert min(gallery.page.evaluate(sizes)) >= 10
    gallery.page.set_viewport_size(WIDE)


def test_nothing_is_wider_than_a_narrow_screen_and_axe_objects_to_nothing(gallery):
    gallery.page.set_viewport_size({"width": 320, "height": 700})
    assert gallery.page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert violations(gallery.page) == []
    gallery.page.set_viewport_size(WIDE)
