"""What holds for single layers, losses and initializers."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.errors import InvalidValueError, ShapeError
from engine.nn.initializers import InitializerRule
from engine.nn.losses import LOSSES
from engine.nn.network import Network
from engine.nn.signal import Signal, batch_innermost, usual
from engine.nn.windows import convolution_windows, pooling_windows

FINITE = st.floats(-50, 50, width=32)


def build(shape, layers, loss="mean_squared_error", dtype=np.float64, **more):
    description = {"input": list(shape), "layers": layers, "loss": loss, **more}
    return Network(description, rng=np.random.default_rng(0), dtype=dtype)


def outputs(kind, x, **options):
    return build(x.shape[1:], [{"kind": kind, **options}]).at(len(x)).forward(x).copy()


@given(hnp.arrays(np.float64, (3, 4), elements=FINITE), FINITE)
def test_softmax_is_unchanged_when_all_logits_shift(z, shift):
    np.testing.assert_allclose(outputs("softmax", z + shift), outputs("softmax", z), atol=1e-9)


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e6, 1e6)))
def test_softmax_gives_positive_numbers_that_add_up_to_1(z):
    a = outputs("softmax", z)
    assert (a >= 0).all()
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=1e-12)


@given(hnp.arrays(np.float64, (2, 5), elements=FINITE))
def test_softmax_of_two_classes_is_the_sigmoid_of_their_difference(z):
    pair = np.stack([z[0], np.zeros(5)], axis=1)
    np.testing.assert_allclose(outputs("softmax", pair)[:, 0], outputs("sigmoid", z)[0], atol=1e-12)


@given(hnp.arrays(np.float64, (2, 5), elements=FINITE))
def test_activations_are_their_formulas(z):
    np.testing.assert_array_equal(outputs("linear", z), z)
    np.testing.assert_allclose(outputs("sigmoid", z), 1 / (1 + np.exp(-z)))
    np.testing.assert_allclose(outputs("tanh", z), np.tanh(z))
    np.testing.assert_array_equal(outputs("relu", z), np.where(z > 0, z, 0))
    leaky = outputs("leaky_relu", z, slope=0.25)
    np.testing.assert_array_equal(leaky, np.where(z > 0, z, 0.25 * z))


def test_sigmoid_at_the_far_ends_is_0_and_1():
    z = np.array([[-1e4, 1e4]])
    assert outputs("sigmoid", z).tolist() == [[0, 1]]


def test_relu_has_no_slope_at_0():
    one = build([3], [{"kind": "relu"}]).at(1)
    one.forward(np.array([[-1.0, 0.0, 1.0]]))
    one.loss(np.array([[5.0, 5.0, 5.0]]))
    one.backward(need_input_gradient=True)
    dx = one.tensors()["relu1.dx"][0]
    assert dx[0] == dx[1] == 0
    assert dx[2] == pytest.approx(2 * (1 - 5) / 3)


def test_flatten_goes_channel_by_channel_row_by_row():
    x = np.random.default_rng(0).standard_normal((3, 2, 4, 5))
    np.testing.assert_array_equal(outputs("flatten", x), x.reshape(3, -1))


def test_internal_order_and_usual_order_are_views_of_the_same_numbers():
    for shape in ([7], [2, 3, 4]):
        signal = Signal(tuple(shape), 5, np.float32)
        seen = usual(signal.value)
        assert seen.shape == (5, *shape)
        assert np.shares_memory(seen, signal.value)
        assert batch_innermost(seen).shape == signal.value.shape
        assert batch_innermost(seen).flags.c_contiguous


def test_dropout_leaves_out_its_rate_and_keeps_the_mean():
    one = build([1000], [{"kind": "dropout", "rate": 0.3}]).at(50)
    x = np.ones((50, 1000))
    out = one.forward(x, training=True, rng=np.random.default_rng(0))
    mask = one.tensors()["dropout1.mask"]
    assert set(np.unique(mask)) == {0, 1 / 0.7}
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert out.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(out, mask)


def test_dropout_leaves_nothing_out_when_not_training():
    one = build([8], [{"kind": "dropout", "rate": 0.9}]).at(2)
    x = np.random.default_rng(0).standard_normal((2, 8))
    one.forward(x, training=True, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(one.forward(x), x)
    assert (one.tensors()["dropout1.mask"] == 1).all()


@given(
    length=st.integers(1, 20),
    size=st.integers(1, 5),
    stride=st.integers(1, 5),
    dilation=st.integers(1, 3),
    padding=st.sampled_from(["same", "none"]) | st.integers(0, 4),
)
def test_the_cells_inside_are_exactly_those_on_the_axis(length, size, stride, dilation, padding):
    windows = convolution_windows(length, size, stride, dilation, padding)
    if padding == "same":
        assert windows.count == math.ceil(length / stride)
        assert 0 <= windows.after - windows.before <= 1
    for cell in range(size):
        at = {o: windows.position(o, cell) for o in range(windows.count)}
        expected = {o: position for o, position in at.items() if 0 <= position < length}
        outs, positions = windows.inside(cell)
        found = zip(range(length + 9)[outs], range(length)[positions], strict=True)
        assert dict(found) == expected


@given(st.integers(1, 20), st.integers(1, 5), st.integers(1, 6))
def test_partial_windows_see_every_cell_that_whole_ones_would(length, size, stride):
    partial = pooling_windows(length, size, stride, True)
    whole = pooling_windows(length, size, stride, False)
    assert partial.count in (max(whole.count, 1), whole.count + 1)
    last = (partial.count - 1) * stride
    assert last < length
    assert last + size + stride > length or stride > size


def textbook_loss(kind, z, y):
    """The loss of logits or outputs z, as its definition has it."""
    if kind == "mean_squared_error":
        return ((z - y) ** 2).mean()
    if kind == "half_mean_squared_error":
        return ((z - y) ** 2).sum() / (2 * len(z))
    if kind == "binary_cross_entropy":
        a = 1 / (1 + np.exp(-z))
        return -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean()
    a = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -(y * np.log(a)).sum() / len(z)


LAST = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}


@given(
    kind=st.sampled_from(sorted(LOSSES)),
    z=hnp.arrays(np.float64, (4, 3), elements=st.floats(-10, 10)),
    y=hnp.arrays(np.float64, (4, 3), elements=st.floats(0.01, 1)),
)
def test_losses_are_their_formulas(kind, z, y):
    y = y / y.sum(axis=1, keepdims=True)
    one = build([3], [{"kind": LAST.get(kind, "linear")}], kind).at(4)
    one.forward(z)
    assert one.loss(y) == pytest.approx(textbook_loss(kind, z, y), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_confident_logits_is_finite_and_exact(dtype):
    one = build([2], [{"kind": "softmax"}], "categorical_cross_entropy", dtype).at(2)
    one.forward(np.array([[1e4, -1e4], [1e4, -1e4]]))
    assert one.loss(np.array([0, 1])) == 1e4
    one.backward(need_input_gradient=True)
    np.testing.assert_array_equal(one.tensors()["softmax1.dx"], [[0, 0], [0.5, -0.5]])
    assert one.first_non_finite() is None
    one = build([1], [{"kind": "sigmoid"}], "binary_cross_entropy", dtype).at(2)
    one.forward(np.array([[1e4], [1e4]]))
    assert one.loss(np.array([1, 0])) == 5e3
    one.backward(need_input_gradient=True)
    np.testing.assert_array_equal(one.tensors()["sigmoid1.dx"], [[0], [0.5]])


def test_a_confidently_wrong_sigmoid_learns_from_cross_entropy_but_not_from_squared_error():
    slopes = {}
    for loss in ("binary_cross_entropy", "mean_squared_error"):
        one = build([1], [{"kind": "sigmoid"}], loss).at(1)
        one.forward(np.array([[-12.0]]))
        one.loss(np.array([1]))
        one.backward(need_input_gradient=True)
        slopes[loss] = abs(one.tensors()["sigmoid1.dx"].item())
    assert slopes["binary_cross_entropy"] > 0.99
    assert slopes["mean_squared_error"] < 1e-4


def test_the_output_gradient_that_a_fused_loss_skips_agrees_with_its_activations_backward():
    rng = np.random.default_rng(0)
    for loss, kind, y in (
        ("categorical_cross_entropy", "softmax", np.array([0, 2])),
        ("binary_cross_entropy", "sigmoid", rng.random((2, 3))),
    ):
        one = build([3], [{"kind": kind, "name": "out"}], loss).at(2)
        one.forward(rng.standard_normal((2, 3)))
        one.loss(y)
        one.backward(need_input_gradient=True)
        t = {name: array.copy() for name, array in one.tensors().items()}
        a, da = t["out.a"], t["out.da"]
        if kind == "softmax":
            dz = a * (da - (da * a).sum(axis=1, keepdims=True))
        else:
            dz = da * a * (1 - a)
        np.testing.assert_allclose(t["out.dx"], dz, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("loss", "y", "error", "text"),
    [
        ("mean_squared_error", [0, 3, 1], InvalidValueError, "classes from 0 to 2, got 0 to 3"),
        ("mean_squared_error", [-1, 0, 1], InvalidValueError, "classes from 0 to 2, got -1 to 1"),
        ("mean_squared_error", [[0.5], [1.0]], ShapeError, r"\(samples, 3\), got \(2, 1\)"),
        ("mean_squared_error", [0.5, 0.1], ShapeError, r"\(samples, 3\), got \(2,\)"),
        ("binary_cross_entropy", [[2.0, 0, 0]], InvalidValueError, "from 0 to 1, got 0 to 2"),
        ("categorical_cross_entropy", [[0.5, 0.2, 0.2]], InvalidValueError, "add up to 1"),
        ("categorical_cross_entropy", [[1.5, -0.5, 0]], InvalidValueError, "add up to 1"),
    ],
)
def test_targets_that_do_not_fit_say_why(loss, y, error, text):
    with pytest.raises(error, match=f"{loss}: .*{text}"):
        LOSSES[loss].targets(np.array(y), 3)


def test_class_numbers_become_one_hot_rows_or_0_and_1():
    loss = LOSSES["mean_squared_error"]
    assert loss.targets(np.array([2, 0]), 3).values.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert loss.targets(np.array([1, 0]), 1).values.tolist() == [[1], [0]]
    assert loss.targets(np.array([0.5, 2.5]), 1).labels is None


def draw(spec, n_in=400, n_out=300):
    rng = np.random.default_rng(0)
    initializer = InitializerRule().check(spec, "test")
    return initializer.draw((n_out, n_in), n_in, n_out, rng=rng)


@pytest.mark.parametrize(
    ("spec", "variance"),
    [
        ("xavier", 1 / 400),
        ("glorot", 2 / 700),
        ("he", 2 / 400),
        ("gaussian", 0.01),
        ({"kind": "gaussian", "scale": 0.5}, 0.25),
    ],
)
def test_initial_weights_have_mean_0_and_their_variance(spec, variance):
    weights = draw(spec)
    assert weights.mean() == pytest.approx(0, abs=0.02 * math.sqrt(variance))
    assert weights.var() == pytest.approx(variance, rel=0.02)


def test_constant_and_zero_weights():
    assert (draw({"kind": "constant", "value": -0.5}) == -0.5).all()
    assert (draw("zeros") == 0).all()


@pytest.mark.parametrize(
    ("kind", "small", "large"), [("tanh", 0.01, 1.0), ("linear", 0.05, 0.5), ("relu", 0.05, 0.5)]
)
def test_the_signal_shrinks_grows_or_keeps_its_size_layer_by_layer(kind, small, large):
    def sizes(initializer):
        layers = 8 * [{"kind": "dense", "units": 100, "initializer": initializer}, {"kind": kind}]
        net = build([100], layers)
        one = net.at(64)
        one.forward(np.random.default_rng(1).standard_normal((64, 100)))
        t = one.tensors()
        return [np.abs(t[f"dense{n}.z"]).mean() for n in range(1, 9)]

    shrinking = sizes({"kind": "gaussian", "scale": small})
    assert all(b < a for a, b in itertools.pairwise(shrinking))
    growing = sizes({"kind": "gaussian", "scale": large})
    assert growing[-1] > 5 * sizes({"kind": "gaussian", "scale": small})[0]
    kept = sizes("he" if kind == "relu" else "xavier")
    assert 0.2 < kept[-1] / kept[0] < 5


def test_units_with_constant_weights_stay_the_same_for_ever_random_ones_do_not():
    def similarity(initializer):
        dense = {"kind": "dense", "units": 4, "initializer": initializer}
        net = build([2], [dense, {"kind": "tanh"}, {**dense, "units": 1}])
        one, rng = net.at(20), np.random.default_rng(0)
        for _ in range(50):
            x = rng.standard_normal((20, 2))
            one.forward(x)
            one.loss(x[:, :1] * x[:, 1:])
            one.backward()
            net.theta -= 0.1 * net.gradient
        weights = net.parameters()["dense1.W"]
        return np.ptp(weights, axis=0).max()

    assert similarity({"kind": "constant", "value": 0.3}) == 0
    assert similarity("xavier") > 0.1


@pytest.mark.parametrize("shape", [[4], [2, 3, 3]])
def test_a_residual_link_adds_what_went_into_its_block(shape):
    kind = {"kind": "dense", "units": 4} if len(shape) == 1 else {"kind": "conv2d", "filters": 2}
    block = [{**kind, "name": "block"}, {"kind": "tanh", "name": "act"}]
    layers = [{"kind": "tanh", "name": "first"}, *block, {"kind": "add", "name": "add", "over": 2}]
    net = build(shape, [*layers, {"kind": "flatten"} if len(shape) == 3 else {"kind": "linear"}])
    x = np.random.default_rng(0).standard_normal((3, *shape))
    using = net.at(3)
    using.forward(x)
    tensors = using.tensors()
    np.testing.assert_array_equal(tensors["add.y"], tensors["first.a"] + tensors["act.a"])
    assert np.abs(tensors["act.a"]).min() > 0


def test_past_a_block_that_does_nothing_numbers_and_gradients_go_unchanged():
    block = [{"kind": "dense", "units": 3, "initializer": "constant"}, {"kind": "tanh"}]
    first = {"kind": "dense", "name": "first", "units": 3}
    net = build([3], [first, *(4 * [*block, {"kind": "add", "over": 2}])])
    net.parameters()["first.W"][...] = np.eye(3)
    for name, one in net.parameters().items():
        if not name.startswith("first"):
            one[...] = 0
    x, y = np.random.default_rng(0).standard_normal((2, 5, 3))
    using = net.at(5)
    np.testing.assert_array_equal(using.forward(x), x)
    using.loss(y)
    using.backward()
    tensors = using.tensors()
    np.testing.assert_array_equal(tensors["first.dz"], tensors["add4.dy"])
    np.testing.assert_allclose(tensors["first.dz"], 2 * (x - y) / 15)
