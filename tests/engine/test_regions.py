"""Decision regions: each place is the network's answer there, and its number explains itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValueError, ShapeError
from engine.explain.ledger import TOLERANCE
from engine.explain.regions import RegionNumbers
from engine.nn import regions as regions_module
from engine.nn.network import Network
from engine.nn.regions import Regions, around

X1 = np.linspace(-2.0, 3.0, 13)
X2 = np.linspace(-1.0, 1.5, 9)
LAST = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}
HIDDEN = ["linear", "relu", "leaky_relu", "sigmoid", "tanh"]


def network(units, outputs, activation="tanh", *, inputs=2, dropout=False, seed=0):
    loss = "binary_cross_entropy" if outputs == 1 else "categorical_cross_entropy"
    layers = []
    for count in units:
        layers += [{"kind": "dense", "units": count}, {"kind": activation}]
        layers += [{"kind": "dropout"}] if dropout else []
    layers += [{"kind": "dense", "units": outputs}, {"kind": LAST[loss]}]
    made = Network(
        {"input": [inputs], "layers": layers, "loss": loss}, rng=np.random.default_rng(seed)
    )
    made.theta += np.random.default_rng(seed).normal(size=made.theta.shape).astype(np.float32)
    return made


def textbook(network, x, masks=None):
    """Return what each layer says of one point: loops over units and inputs, in float64."""
    masks = masks or {}
    parameters = network.parameters()
    values, said = [float(one) for one in x], {}
    for layer in network.layers:
        if layer.kind == "dense":
            W, b = (parameters[f"{layer.name}.{one}"].astype(float) for one in "Wb")
            values = [
                sum(w * v for w, v in zip(row, values, strict=True)) + bias
                for row, bias in zip(W, b, strict=True)
            ]
        elif layer.kind == "softmax":
            powers = [np.exp(z - max(values)) for z in values]
            values = [one / sum(powers) for one in powers]
        elif layer.kind == "dropout":
            mask = masks.get(layer.name, np.ones(len(values)))
            values = [v * m for v, m in zip(values, mask, strict=True)]
        else:
            function = {
                "linear": lambda z: z,
                "relu": lambda z: max(z, 0.0),
                "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
                "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
                "tanh": np.tanh,
            }[layer.kind]
            values = [function(z) for z in values]
        said[layer.name] = np.array(values)
    return said


def by_hand(network, x1, x2, *, layer=None, at=None, inputs=(0, 1), masks=None):
    """Return a layer's numbers, of shape (rows, columns, units), one point after the other."""
    layer = layer or network.layers[-1].name
    point = np.zeros(network.input_shape[0]) if at is None else np.array(at, float)
    rows = []
    for b in x2:
        row = []
        for a in x1:
            point[list(inputs)] = np.float32(a), np.float32(b)
            row.append(textbook(network, point, masks)[layer])
        rows.append(row)
    return np.array(rows)


@given(
    units=st.lists(st.integers(1, 8), max_size=3),
    outputs=st.integers(1, 4),
    activation=st.sampled_from(HIDDEN),
    seed=st.integers(0, 1000),
    numbers=st.sampled_from([1, 300, 1 << 20]),
)
@settings(max_examples=25, deadline=None)
def test_every_place_is_what_the_network_says_there(units, outputs, activation, seed, numbers):
    made = network(units, outputs, activation, seed=seed)
    before = regions_module.NUMBERS
    regions_module.NUMBERS = numbers  # few at once make many chunks, the last one smaller
    try:
        regions = Regions(made, X1, X2)
    finally:
        regions_module.NUMBERS = before
    expected = by_hand(made, X1, X2)
    np.testing.assert_allclose(regions.outputs(), expected, rtol=2e-4, atol=2e-6)
    said = regions.outputs()
    classes = said[..., 0] > 0.5 if outputs == 1 else said.argmax(axis=2)
    np.testing.assert_array_equal(regions.winners(), classes)
    share = said[..., 0] if outputs == 1 else said[..., 1] if outputs == 2 else said.max(axis=2)
    np.testing.assert_array_equal(regions.shares(), share)
    for layer in made.layers:
        units_of = regions.units(layer.name, 5).transpose(1, 2, 0)
        axes = regions.axes(5)
        np.testing.assert_allclose(
            units_of, by_hand(made, *axes, layer=layer.name), rtol=2e-4, atol=5e-6
        )


def test_parameters_that_have_changed_show_at_the_next_call():
    made = network([5], 3)
    regions = Regions(made, X1, X2)
    first = regions.outputs().copy()
    small = regions.units(made.layers[1].name, 4).copy()
    made.theta[...] *= 0.5
    assert not np.allclose(regions.outputs(), first)
    assert not np.allclose(regions.units(made.layers[1].name, 4), small)
    np.testing.assert_allclose(regions.outputs(), by_hand(made, X1, X2), rtol=2e-4, atol=2e-6)


def test_the_other_inputs_are_held_where_it_is_said():
    made = network([6], 3, inputs=4)
    at = [0.3, -0.7, 1.1, 0.2]
    for inputs in ((0, 1), (3, 1)):
        regions = Regions(made, X1, X2, inputs=inputs, at=np.array(at))
        expected = by_hand(made, X1, X2, at=at, inputs=inputs)
        np.testing.assert_allclose(regions.outputs(), expected, rtol=2e-4, atol=2e-6)


def test_dropout_leaves_nothing_out_but_what_a_mask_says():
    made = network([6, 4], 1, dropout=True)
    whole = Regions(made, X1, X2).outputs()
    np.testing.assert_allclose(whole, by_hand(made, X1, X2), rtol=2e-4, atol=2e-6)
    dropout = [one.name for one in made.layers if one.kind == "dropout"]
    masks = {dropout[0]: np.array([0, 2, 2, 0, 2, 0.0]), dropout[1]: np.array([2.0, 0, 2, 2])}
    for some in (masks, {dropout[1]: masks[dropout[1]]}):
        thinned = Regions(made, X1, X2, masks=some)
        expected = by_hand(made, X1, X2, masks=some)
        np.testing.assert_allclose(thinned.outputs(), expected, rtol=2e-4, atol=2e-6)
        numbers = RegionNumbers(thinned, prefix="thin.")
        ledger = numbers.ledger("thin.regions.p", (3, 5))
        assert ledger.value == pytest.approx(expected[3, 5, 0], abs=1e-5)
        assert f"thin.regions.{dropout[1]}.mask" in walk(numbers, ledger)


def test_looking_disturbs_neither_the_passes_nor_the_gradients():
    made = network([5], 1)
    x = np.random.default_rng(1).normal(size=(13 * 9, 2)).astype(np.float32)
    using = made.at(len(x))
    using.forward(x)
    using.loss(np.ones(len(x), np.int32))
    using.backward()
    before = {name: array.tobytes() for name, array in using.tensors().items()}
    regions = Regions(made, X1, X2)
    regions.winners()
    regions.units(made.layers[1].name, 6)
    assert {name: array.tobytes() for name, array in using.tensors().items()} == before


def test_a_grid_about_points_holds_them_all():
    points = np.array([[0.0, 5.0], [2.0, 5.0], [1.0, 5.0]])
    x1, x2 = around(points, cells=50, room=0.1)
    np.testing.assert_allclose((x1[0], x1[-1]), (-0.2, 2.2), rtol=1e-6)
    assert x2[0] < 5.0 < x2[-1]
    assert len(x1) == len(x2) == 50


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"x1": [1.0]}, InvalidValueError, "x1: expected 2 or more finite numbers"),
        ({"x2": [0.0, np.nan]}, InvalidValueError, "x2: expected 2 or more finite numbers"),
        ({"inputs": (0, 2)}, InvalidValueError, "inputs: expected two different ones from 0 to 1"),
        ({"inputs": (1, 1)}, InvalidValueError, "inputs: expected two different ones"),
        ({"at": [1.0]}, ShapeError, "at: expected 2 numbers, got 1"),
    ],
)
def test_what_cannot_be_a_grid_is_refused(arguments, error, text):
    with pytest.raises(error, match=text):
        Regions(network([3], 1), **{"x1": X1, "x2": X2, **arguments})


def test_a_network_of_one_input_has_no_regions():
    with pytest.raises(ShapeError, match="expected 2 or more input features, got 1"):
        Regions(network([3], 1, inputs=1), X1, X2)


def test_only_layers_of_the_network_have_units():
    with pytest.raises(InvalidValueError, match=r"layer: expected one of dense1, .*, got 'act9'"):
        Regions(network([3], 1), X1, X2).units("act9", 5)


@given(
    made=st.builds(
        network,
        st.lists(st.integers(1, 6), min_size=1, max_size=2),
        st.integers(1, 4),
        st.sampled_from(HIDDEN),
        inputs=st.integers(2, 3),
        dropout=st.booleans(),
        seed=st.integers(0, 1000),
    ),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None)
def test_every_number_of_the_regions_has_a_ledger_that_leads_back_to_the_place(made, seed):
    rng = np.random.default_rng(seed)
    at = rng.normal(size=made.input_shape)
    numbers = RegionNumbers(Regions(made, X1, X2, at=at), side=4, prefix="with.")
    arrays = {name: array.copy() for name, array in numbers.arrays().items()}
    assert set(arrays) == set(numbers.names)
    for name, array in arrays.items():
        index = tuple(int(rng.integers(length)) for length in array.shape)
        ledger = numbers.ledger(name, index)
        assert ledger.value == float(array[index])
        ends = walk(numbers, ledger)
        if not name.endswith((".x1", ".x2")):
            grid = name.split(".")[1]
            assert {f"with.{grid}.x1", f"with.{grid}.x2"} <= ends


def walk(numbers, ledger):
    """Follow every term back; hold each number to the law, and return the tensors passed."""
    seen, waiting = set(), [ledger]
    tensors = set()
    while waiting:
        one = waiting.pop()
        largest = max(map(abs, [one.value, *(term.value for term in one.terms)]))
        assert abs(one.recompute() - one.value) <= TOLERANCE * largest, one
        for term in one.terms:
            for factor in term.factors:
                if factor.tensor is None or (factor.tensor, factor.index) in seen:
                    continue
                seen.add((factor.tensor, factor.index))
                tensors.add(factor.tensor)
                if numbers.has(factor.tensor):
                    waiting.append(numbers.ledger(factor.tensor, factor.index))
                    whole = factor.value if factor.of is None else factor.of
                    assert waiting[-1].value == pytest.approx(whole, rel=1e-4, abs=1e-6)
                else:
                    parameters = numbers.regions.network.parameters()
                    name = factor.tensor.removeprefix(numbers.prefix)
                    assert float(parameters[name][factor.index]) == factor.value
    return tensors


def test_what_is_no_number_of_the_regions_is_refused():
    numbers = RegionNumbers(Regions(network([3], 1), X1, X2))
    for tensor in ("regions.class", "regions.dense9.z", "units.softmax", "regions.dense1.W"):
        with pytest.raises(InvalidValueError, match="tensor"):
            numbers.ledger(tensor, (0, 0, 0))
    with pytest.raises(InvalidValueError, match="index"):
        numbers.ledger("regions.p", (99, 0))
    with pytest.raises(InvalidValueError, match="index"):
        numbers.ledger("regions.dense1.z", (0, 0, 3))
