"""The fast kernels against the textbook, for any sizes, strides, paddings and dilations."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.errors import ShapeError
from engine.nn import reference
from engine.nn.kernels import convolution
from engine.nn.kernels.pooling import PairPool, WindowPool
from engine.nn.network import Network

TOLERANCE = {np.float64: 1e-11, np.float32: 2e-4}

ANY_DTYPE = st.sampled_from([np.float64, np.float32])
SEED = st.integers(0, 1000)


@st.composite
def convolutions(draw):
    size, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    padding = draw(st.sampled_from(["same", "none"]) | st.integers(0, (size - 1) * dilation))
    layer = {
        **{"kind": "conv2d", "size": size, "dilation": dilation, "padding": padding},
        **{"filters": draw(st.integers(1, 4)), "stride": draw(st.integers(1, 4))},
    }
    shape = [draw(st.integers(1, 3)), draw(st.integers(1, 11)), draw(st.integers(1, 11))]
    return layer, shape


@st.composite
def pools(draw, kind):
    layer = {
        **{"kind": kind, "size": draw(st.integers(1, 4)), "stride": draw(st.integers(1, 5))},
        "partial": draw(st.booleans()),
    }
    shape = [draw(st.integers(1, 3)), draw(st.integers(1, 11)), draw(st.integers(1, 11))]
    return layer, shape


def network(layer, shape, dtype):
    layers = [{**layer, "name": "one"}, {"kind": "flatten"}]
    description = {"input": shape, "layers": layers, "loss": "mean_squared_error"}
    try:
        return Network(description, rng=np.random.default_rng(0), dtype=dtype)
    except ShapeError:
        assume(False)


def run(net, x, rng):
    """Forward, and backward from a drawn target; return the tensors by their short names."""
    one = net.at(len(x))
    out = one.forward(x)
    one.loss(rng.standard_normal(out.shape))
    one.backward(need_input_gradient=True)
    return {name.split(".")[1]: array for name, array in one.tensors().items() if "one." in name}


@settings(max_examples=150)
@given(case=convolutions(), batch=st.integers(1, 3), dtype=ANY_DTYPE, seed=SEED)
@example(
    case=({"kind": "conv2d", "filters": 16, "size": 5}, [8, 14, 14]),
    batch=32,
    dtype=np.float32,
    seed=0,
)
def test_convolution_is_the_textbooks(case, batch, dtype, seed):
    layer, shape = case
    net = network(layer, shape, dtype)
    how = {"stride": layer.get("stride", 1), "dilation": layer.get("dilation", 1)}
    padding = layer.get("padding", "same")
    how["padding"] = 0 if padding == "none" else padding
    rng = np.random.default_rng(seed)
    for _ in range(2):  # again with other weights: no kernel may remember the first ones
        net.theta[...] = rng.standard_normal(net.theta.shape)
        x = rng.standard_normal((batch, *shape)).astype(dtype)
        t = run(net, x, rng)
        close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
        np.testing.assert_allclose(t["z"], reference.conv2d(x, t["W"], t["b"], **how), **close)
        dx, dW, db = reference.conv2d_gradients(x, t["W"], t["dz"], **how)
        np.testing.assert_allclose(t["dx"], dx, **close)
        np.testing.assert_allclose(t["dW"], dW, **close)
        np.testing.assert_allclose(t["db"], db, **close)


def test_products_are_split_and_give_the_same(monkeypatch):
    x = np.random.default_rng(0).standard_normal((24, 3, 10, 12))
    layer = {"kind": "conv2d", "filters": 5, "size": 4}

    def values(limit):
        monkeypatch.setattr(convolution, "UNPACKED_PRODUCT", limit)
        return run(network(layer, list(x.shape[1:]), np.float64), x, np.random.default_rng(1))

    whole, split = values(1 << 40), values(10_000)
    for name in ("z", "dx"):
        np.testing.assert_allclose(split[name], whole[name], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("length", "limit", "pieces"),
    [(448, 448, 1), (448, 312, 2), (448, 100, 7), (64, 20, 1), (97, 50, 1), (10, 1, 1)],
)
def test_a_product_is_cut_into_few_equal_pieces_that_are_not_tiny(length, limit, pieces):
    found = convolution._pieces(length, limit)
    assert length % found == 0
    assert found == pieces


@settings(max_examples=100)
@given(case=pools("max_pool2d"), batch=st.integers(1, 3), dtype=ANY_DTYPE, seed=SEED)
@example(
    case=({"kind": "max_pool2d", "size": 2, "stride": 2, "partial": False}, [2, 7, 9]),
    batch=3,
    dtype=np.float32,
    seed=1,
)
def test_max_pooling_is_the_textbooks_ties_and_all(case, batch, dtype, seed):
    layer, shape = case
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (batch, *shape)).astype(dtype)  # few values: many ties
    t = run(network(layer, shape, dtype), x, rng)
    how = {key: layer[key] for key in ("size", "stride", "partial")}
    np.testing.assert_array_equal(t["y"], reference.max_pool2d(x, **how))
    dx = reference.max_pool2d_gradient(x, t["dy"], **how)
    np.testing.assert_allclose(t["dx"], dx, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@settings(max_examples=60)
@given(case=pools("avg_pool2d"), batch=st.integers(1, 3), dtype=ANY_DTYPE, seed=SEED)
def test_average_pooling_is_the_textbooks(case, batch, dtype, seed):
    layer, shape = case
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((batch, *shape)).astype(dtype)
    t = run(network(layer, shape, dtype), x, rng)
    how = {key: layer[key] for key in ("size", "stride", "partial")}
    close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    np.testing.assert_allclose(t["y"], reference.avg_pool2d(x, **how), **close)
    np.testing.assert_allclose(t["dx"], reference.avg_pool2d_gradient(x, t["dy"], **how), **close)


@pytest.mark.parametrize(
    ("layer", "shape", "kernel"),
    [
        ({"size": 2, "stride": 2}, [1, 8, 8], PairPool),
        ({"size": 2, "stride": 2}, [1, 7, 7], PairPool),
        ({"size": 2, "stride": 2, "partial": True}, [1, 8, 8], PairPool),
        ({"size": 2, "stride": 2, "partial": True}, [1, 7, 8], WindowPool),
        ({"size": 3, "stride": 2}, [1, 8, 8], WindowPool),
        ({"size": 2, "stride": 1}, [1, 8, 8], WindowPool),
    ],
)
def test_windows_that_lie_side_by_side_take_the_fast_kernel(layer, shape, kernel):
    net = network({"kind": "max_pool2d", **layer}, shape, np.float32)
    assert isinstance(net.at(1).layers[0]._kernel, kernel)


def test_of_equal_winners_the_first_in_row_order_gets_the_gradient():
    for stride, layer in ((2, "fast"), (1, "general")):
        net = network({"kind": "max_pool2d", "stride": stride}, [1, 2, 2], np.float64)
        t = run(net, np.array([[[[0.0, 5.0], [5.0, 5.0]]]]), np.random.default_rng(0))
        assert t["dy"] != 0, layer
        np.testing.assert_array_equal(t["dx"][0, 0], [[0, t["dy"].item()], [0, 0]], layer)
