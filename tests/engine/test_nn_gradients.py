"""Every backward against central differences."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValueError, ShapeError
from engine.nn.dense import DensePass
from engine.nn.description import LAYERS
from engine.nn.gradcheck import gradcheck
from engine.nn.losses import LOSSES
from engine.nn.network import Network

TOLERANCE = 1e-6
SEED = st.integers(0, 1000)
ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu")


def build(shape, layers, loss="mean_squared_error", seed=0, **more):
    description = {"input": list(shape), "layers": layers, "loss": loss, **more}
    return Network(description, rng=np.random.default_rng(seed), dtype=np.float64)


def assert_gradients(net, x, y, **how):
    checks = gradcheck(net, x, y, **how)
    assert {check.name for check in checks} == {*net.parameters(), f"{net.layers[0].name}.x"}
    for check in checks:
        assert check.error < TOLERANCE, check


@settings(max_examples=150)
@given(data=st.data(), seed=SEED)
def test_convolution(data, seed):
    size, dilation = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    padding = st.sampled_from(["same", "none"]) | st.integers(0, (size - 1) * dilation)
    layer = {
        **{"kind": "conv2d", "size": size, "dilation": dilation, "padding": data.draw(padding)},
        **{"filters": data.draw(st.integers(1, 3)), "stride": data.draw(st.integers(1, 3))},
    }
    shape = [data.draw(st.integers(1, 2)), *data.draw(st.tuples(*[st.integers(1, 7)] * 2))]
    try:
        net = build(shape, [layer, {"kind": "flatten"}], seed=seed)
    except ShapeError:
        assume(False)
    rng = np.random.default_rng(seed)
    batch = data.draw(st.integers(1, 3))
    y = rng.standard_normal((batch, *net.layers[-1].output_shape))
    assert_gradients(net, rng.standard_normal((batch, *shape)), y)


@settings(max_examples=40)
@given(data=st.data(), kind=st.sampled_from(["max_pool2d", "avg_pool2d"]), seed=SEED)
def test_pooling(data, kind, seed):
    layer = {
        **{"kind": kind, "size": data.draw(st.integers(1, 3))},
        **{"stride": data.draw(st.integers(1, 4)), "partial": data.draw(st.booleans())},
    }
    shape = [data.draw(st.integers(1, 2)), *data.draw(st.tuples(*[st.integers(1, 7)] * 2))]
    try:
        net = build(shape, [layer, {"kind": "flatten"}])
    except ShapeError:
        assume(False)
    rng = np.random.default_rng(seed)
    # no two numbers so near each other that a difference could make the other one win
    x = rng.permutation(2 * np.prod(shape)).reshape(2, *shape) / 10
    assert_gradients(net, x, rng.standard_normal((2, *net.layers[-1].output_shape)))


@settings(max_examples=60)
@given(kind=st.sampled_from(ACTIVATIONS), shape=st.sampled_from([[5], [2, 3, 4]]), seed=SEED)
def test_activations(kind, shape, seed):
    net = build(shape, [{"kind": kind}, {"kind": "flatten"}])
    rng = np.random.default_rng(seed)
    # ReLUs bend at 0: stay away from it
    x = rng.choice([-1, 1], (3, *shape)) * rng.uniform(0.1, 3, (3, *shape))
    assert_gradients(net, x, rng.standard_normal((3, *net.layers[-1].output_shape)))


@settings(max_examples=20)
@given(classes=st.integers(1, 6), batch=st.integers(1, 4), seed=SEED)
def test_softmax_before_a_loss_that_does_not_stand_in_for_it(classes, batch, seed):
    net = build([classes], [{"kind": "softmax"}])
    rng = np.random.default_rng(seed)
    assert_gradients(net, rng.standard_normal((batch, classes)), rng.random((batch, classes)))


@settings(max_examples=40)
@given(loss=st.sampled_from(sorted(LOSSES)), data=st.data(), seed=SEED)
def test_losses_and_dense_layers_with_the_l2_penalty(loss, data, seed):
    units, batch = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    last = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}
    if last.get(loss) == "softmax":
        units += 1
    layers = [
        *({"kind": "dense", "units": 3}, {"kind": "tanh"}),
        *({"kind": "dense", "units": units}, {"kind": last.get(loss, "linear")}),
    ]
    l2 = data.draw(st.sampled_from([0.0, 0.3]))
    net = build([4], layers, loss, seed, l2=l2)
    rng = np.random.default_rng(seed)
    y = rng.random((batch, units))
    if last.get(loss) == "softmax":
        y = rng.integers(0, units, batch) if data.draw(st.booleans()) else y / y.sum(1)[:, None]
    assert_gradients(net, rng.standard_normal((batch, 4)), y)


@settings(max_examples=60)
@given(data=st.data(), seed=SEED, picture=st.booleans())
def test_residual_links(data, seed, picture):
    """Links over anything that keeps the shape, within one another, from the input, several."""
    depth = data.draw(st.integers(1, 5))
    block = {"kind": "conv2d", "filters": 2} if picture else {"kind": "dense", "units": 3}
    kinds = st.sampled_from([block, {"kind": "tanh"}, {"kind": "sigmoid"}, "add"])
    layers = []
    for kind in data.draw(st.lists(kinds, min_size=depth, max_size=2 * depth)):
        if kind != "add":
            layers.append(kind)
        elif layers:
            over = data.draw(st.integers(1, len(layers)))
            layers.append({"kind": "add", "over": over})
    shape = [2, 3, 4] if picture else [3]
    net = build(shape, [*layers, {"kind": "flatten"} if picture else {"kind": "linear"}], seed=seed)
    rng = np.random.default_rng(seed)
    y = rng.standard_normal((2, *net.layers[-1].output_shape))
    assert_gradients(net, rng.standard_normal((2, *shape)), y)


def test_a_residual_link_around_a_pooling_that_leaves_cells_out():
    block = [
        {"kind": "max_pool2d", "size": 2},
        {"kind": "conv2d", "filters": 2, "size": 4, "padding": 3},
    ]
    first = {"kind": "conv2d", "filters": 2}
    net = build([1, 5, 5], [first, *block, {"kind": "add", "over": 2}, {"kind": "flatten"}])
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 1, 5, 5)), rng.standard_normal((2, 50))
    assert_gradients(net, x, y)
    using = net.at(2)
    gradients = []
    for _ in range(2):  # what a link left in the gradient must not be there the next time
        using.forward(x)
        using.loss(y)
        using.backward()
        gradients.append(net.gradient.copy())
    assert gradients[0].tobytes() == gradients[1].tobytes()


def test_dropout_with_the_same_numbers_left_out():
    layers = [{"kind": "dropout", "rate": 0.4}, {"kind": "dense", "units": 3}]
    net = build([9], layers)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((4, 9)), rng.standard_normal((4, 3))
    assert_gradients(net, x, y, dropout_seed=7)
    one = net.at(4)
    one.forward(x, training=True, rng=np.random.default_rng(7))
    assert 0 < np.count_nonzero(one.tensors()["dropout1.mask"]) < 36


def test_a_whole_network_of_every_kind_of_layer():
    kinds = [
        {"kind": "conv2d", "filters": 2, "initializer": "glorot"},
        *({"kind": "leaky_relu"}, {"kind": "max_pool2d", "size": 2, "stride": 1}),
        {"kind": "conv2d", "filters": 3, "size": 2, "stride": 2, "dilation": 2},
        *({"kind": "relu"}, {"kind": "avg_pool2d", "partial": True}, {"kind": "linear"}),
        *({"kind": "flatten"}, {"kind": "dropout", "rate": 0.2}, {"kind": "dense", "units": 5}),
        *({"kind": "tanh"}, {"kind": "dense", "units": 4}, {"kind": "sigmoid"}),
        *({"kind": "dense", "units": 4}, {"kind": "tanh"}, {"kind": "add", "over": 2}),
        *({"kind": "dense", "units": 3}, {"kind": "softmax"}),
    ]
    assert {layer["kind"] for layer in kinds} == set(LAYERS)
    net = build([2, 7, 6], kinds, "categorical_cross_entropy", l2=0.01)
    x = np.random.default_rng(3).standard_normal((3, 2, 7, 6))
    assert_gradients(net, x, np.array([0, 2, 1]), dropout_seed=1)


def test_the_checker_finds_a_wrong_gradient(monkeypatch):
    right = DensePass.backward_parameters

    def slightly_wrong(self):
        right(self)
        self.layer.views.dW[1, 0] *= 1.001

    monkeypatch.setattr(DensePass, "backward_parameters", slightly_wrong)
    net = build([2], [{"kind": "dense", "name": "d", "units": 2}])
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    errors = {check.name: check for check in gradcheck(net, x, np.ones((2, 2)))}
    assert errors["d.W"].error > 1e-5
    assert errors["d.W"].index == (1, 0)
    assert max(errors["d.b"].error, errors["d.x"].error) < TOLERANCE


def test_the_checker_leaves_the_network_as_it_was():
    net = build([2], [{"kind": "dense", "units": 2}])
    before = net.theta.tobytes()
    gradcheck(net, np.ones((1, 2)), np.ones((1, 2)))
    assert net.theta.tobytes() == before


def test_the_checker_wants_float64():
    description = {"input": [1], "layers": [{"kind": "linear"}], "loss": "mean_squared_error"}
    net = Network(description, rng=np.random.default_rng(0))
    with pytest.raises(InvalidValueError, match="expected a float64 network, got float32"):
        gradcheck(net, np.ones((1, 1)), np.ones((1, 1)))
