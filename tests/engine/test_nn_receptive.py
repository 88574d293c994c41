"""Receptive fields against brute force: nudge a pixel, see what changes; send a gradient of one."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError, InvalidValueError
from engine.nn.network import Network
from engine.nn.receptive import connected, field_sides, reach, receptive_field, signal_shapes
from engine.nn.shorthand import read_layers, write_layers

GOLDEN = Path(__file__).parents[1] / "golden"

words = st.one_of(
    st.builds(
        "conv{}k{}s{}p{}d{}".format,
        st.integers(1, 2),
        st.integers(1, 4),
        st.integers(1, 3),
        st.sampled_from(["same", "none", "0", "1"]),
        st.integers(1, 2),
    ),
    st.builds(
        "avg{}s{}{}".format, st.integers(1, 3), st.integers(1, 3), st.sampled_from(["", "p"])
    ),
    st.just("relu"),
    st.builds("add{}".format, st.integers(1, 3)),
)


def build(text, picture=(2, 7, 6)):
    description = {
        "input": list(picture),
        "layers": read_layers(text),
        "loss": "mean_squared_error",
    }
    network = Network(description, rng=np.random.default_rng(0), dtype=np.float64)
    # no weight is 0 and none takes back what another did
    rng = np.random.default_rng(1)
    network.theta[...] = rng.uniform(0.5, 1, network.theta.shape)
    return network


def try_to_build(text):
    try:
        return build(text)
    except EngineError:
        return None


def outputs(network, x):
    using = network.at(1)
    using.forward(x[None])
    return [x, *(one.forward_tensors()[one.out_name][0].copy() for one in using.layers)]


networks = (
    st.lists(words, min_size=1, max_size=4)
    .map(lambda some: try_to_build("-".join([*some, "flatten", "dense2"])))
    .filter(lambda network: network is not None)
)


@settings(max_examples=60)
@given(network=networks, data=st.data())
def test_what_a_pixel_reaches_is_what_changes_when_it_is_nudged(network, data):
    pixel = tuple(data.draw(st.integers(0, length - 1)) for length in network.input_shape)
    x = np.random.default_rng(2).uniform(1, 2, network.input_shape)
    nudged = x.copy()
    nudged[pixel] += 1
    before, after = outputs(network, x), outputs(network, nudged)
    masks = connected(network.layers, 0, pixel)
    for one, other, mask in zip(before, after, masks, strict=True):
        np.testing.assert_array_equal(mask, one != other)
    np.testing.assert_array_equal(reach(network.layers, 0, pixel), masks[-1])


@settings(max_examples=60)
@given(network=networks, data=st.data())
def test_a_receptive_field_is_where_a_gradient_of_one_comes_back_to(network, data):
    using = network.at(1)
    using.forward(np.random.default_rng(3).uniform(1, 2, (1, *network.input_shape)))
    using.loss(np.zeros((1, 2)))
    using.backward(need_input_gradient=True)
    signal = data.draw(st.integers(1, len(network.layers)))
    shape = signal_shapes(network.layers)[signal]
    place = tuple(data.draw(st.integers(0, length - 1)) for length in shape)
    ones = using.layers[signal - 1].out.gradient
    ones[...] = 0
    usual = ones.T if ones.ndim == 2 else ones.transpose(3, 1, 0, 2)
    usual[(0, *place)] = 1
    for one in reversed(using.layers[:signal]):
        one.backward()
    came_back = using.layers[0].dx.transpose(3, 1, 0, 2)[0] != 0
    field = receptive_field(network.layers, signal, place)
    np.testing.assert_array_equal(field, came_back)


@settings(max_examples=60)
@given(network=networks, data=st.data())
def test_to_reach_and_to_be_made_of_are_the_same_seen_from_both_ends(network, data):
    signal = data.draw(st.integers(1, len(network.layers)))
    pixel = tuple(data.draw(st.integers(0, n - 1)) for n in network.input_shape)
    shape = signal_shapes(network.layers)[signal]
    place = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    reaches = connected(network.layers, 0, pixel)[signal][place]
    assert reaches == connected(network.layers, signal, place)[0][pixel]


def test_maxima_look_at_all_of_their_window():
    network = build("max2-flatten-dense2", (1, 4, 4))
    field = receptive_field(network.layers, 1, (0, 1, 0))
    assert np.argwhere(field[0]).tolist() == [[2, 0], [2, 1], [3, 0], [3, 1]]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("conv2k3-relu-max2-conv2k3-max2", [1, 3, 3, 4, 8, 10]),
        ("conv2k3d2-conv2k3", [1, 5, 7]),
        ("conv2k3s2-conv2k3s2-conv1k1", [1, 3, 7, 7]),
    ],
)
def test_sides_of_fields_grow_by_the_window_times_the_strides_before(text, sides):
    layers = build(f"{text}-flatten-dense2", (1, 28, 28)).layers
    found = [before + more * jump for before, more, jump in field_sides(layers)]
    assert found == [*sides, sides[-1], 28]
    # in the middle of a picture that is large enough, it is what the mask says
    for signal, side in enumerate(sides):
        shape = signal_shapes(layers)[signal]
        field = receptive_field(layers, signal, (0, shape[1] // 2, shape[2] // 2))
        assert field.any(axis=(0, 2)).sum() <= side
        assert np.ptp(np.flatnonzero(field.any(axis=(0, 2)))) + 1 == side


@pytest.mark.parametrize(("signal", "place"), [(5, (0, 0, 0)), (0, (0, 0)), (1, (0, 9, 0))])
def test_what_is_not_there_is_refused(signal, place):
    layers = build("conv2k3-flatten-dense2").layers
    with pytest.raises(InvalidValueError, match="expected"):
        connected(layers, signal, place)


lines = st.lists(
    st.one_of(words, st.just("flatten"), st.just("tanh"), st.just("max2"), st.just("dense5")),
    min_size=1,
    max_size=6,
).map("-".join)


@given(text=lines)
def test_a_line_that_is_read_and_written_says_the_same(text):
    layers = read_layers(text)
    again = write_layers(layers)
    assert read_layers(again) == layers
    assert write_layers(read_layers(again)) == again


@pytest.mark.parametrize("golden", json.loads((GOLDEN / "layers.json").read_text()))
def test_lines_are_read_as_the_browser_reads_them(golden):
    layers = read_layers(golden["line"])
    assert [layer["name"] for layer in layers] == golden["names"]
    assert write_layers(layers) == golden["line"]


@pytest.mark.parametrize("word", ["", "convk3", "max", "dense", "relu2", "conv8", "max2x"])
def test_a_word_that_means_nothing_is_named_with_its_place(word):
    with pytest.raises(InvalidValueError, match=r"layer 2: expected one of conv8k3.* got"):
        read_layers(f"conv8k3-{word}-softmax")
