"""The network, its passes and the names of their tensors."""

import numpy as np
import pytest

from engine.errors import InvalidValueError, ShapeError
from engine.nn.network import MAX_PASSES, Network

CNN = {
    "input": [2, 6, 5],
    "layers": [
        {"kind": "conv2d", "name": "conv1", "filters": 3},
        {"kind": "relu", "name": "act1"},
        {"kind": "max_pool2d", "name": "pool1"},
        {"kind": "flatten", "name": "flatten"},
        {"kind": "dropout", "name": "drop", "rate": 0.5},
        {"kind": "dense", "name": "dense1", "units": 4},
        {"kind": "softmax", "name": "softmax"},
    ],
    "loss": "categorical_cross_entropy",
}
FORWARD = {
    **{"conv1.x": (7, 2, 6, 5), "conv1.W": (3, 2, 3, 3), "conv1.b": (3,)},
    **{"conv1.z": (7, 3, 6, 5), "act1.x": (7, 3, 6, 5), "act1.a": (7, 3, 6, 5)},
    **{"pool1.x": (7, 3, 6, 5), "pool1.y": (7, 3, 3, 2)},
    **{"flatten.x": (7, 3, 3, 2), "flatten.y": (7, 18)},
    **{"drop.x": (7, 18), "drop.mask": (7, 18), "drop.y": (7, 18)},
    **{"dense1.x": (7, 18), "dense1.W": (4, 18), "dense1.b": (4,), "dense1.z": (7, 4)},
    **{"softmax.x": (7, 4), "softmax.a": (7, 4), "target": (7, 4), "loss": ()},
}
BACKWARD = {
    **{"softmax.da": (7, 4), "softmax.dx": (7, 4), "dense1.dz": (7, 4), "dense1.dW": (4, 18)},
    **{"dense1.db": (4,), "dense1.dx": (7, 18), "drop.dy": (7, 18), "drop.dx": (7, 18)},
    **{"flatten.dy": (7, 18), "flatten.dx": (7, 3, 3, 2), "pool1.dy": (7, 3, 3, 2)},
    **{"pool1.dx": (7, 3, 6, 5), "act1.da": (7, 3, 6, 5), "act1.dx": (7, 3, 6, 5)},
    **{"conv1.dz": (7, 3, 6, 5), "conv1.dW": (3, 2, 3, 3), "conv1.db": (3,)},
}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def net(rng):
    return Network(CNN, rng=rng)


def batch(rng, size):
    x = rng.standard_normal((size, 2, 6, 5)).astype(np.float32)
    return x, rng.integers(0, 4, size)


def shapes(one):
    return {name: array.shape for name, array in one.tensors().items()}


def test_every_tensor_has_its_name_and_its_usual_shape(net, rng):
    one = net.at(7)
    x, y = batch(rng, 7)
    one.forward(x, training=True, rng=rng)
    one.loss(y)
    assert shapes(one) == FORWARD
    one.backward()
    assert shapes(one) == FORWARD | BACKWARD
    one.backward(need_input_gradient=True)
    assert shapes(one) == FORWARD | BACKWARD | {"conv1.dx": (7, 2, 6, 5)}
    assert {array.dtype for array in one.tensors().values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(one.tensors()["conv1.x"], x)


def test_float64_on_request(rng):
    one = Network(CNN, rng=rng, dtype=np.float64).at(2)
    x, y = batch(rng, 2)
    assert one.forward(x).dtype == np.float64
    one.loss(y)
    one.backward()
    assert {array.dtype for array in one.tensors().values()} == {np.dtype(np.float64)}


def test_the_first_weights_depend_on_the_seed_and_not_on_the_dtype():
    single, double, other = (
        Network(CNN, rng=np.random.default_rng(seed), dtype=dtype).theta
        for seed, dtype in ((1, np.float32), (1, np.float64), (2, np.float64))
    )
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert not np.isclose(double, other).all()


def test_parameters_and_gradients_are_views_into_two_flat_vectors(net):
    for views, flat in ((net.parameters(), net.theta), (net.gradients(), net.grad)):
        assert sum(view.size for view in views.values()) == flat.size
        for number, view in enumerate(views.values(), start=1):
            view[...] = number
        assert sorted(set(flat.tolist())) == [1, 2, 3, 4]
    assert set(net.parameters()) == {"conv1.W", "conv1.b", "dense1.W", "dense1.b"}
    assert set(net.gradients()) == {"conv1.dW", "conv1.db", "dense1.dW", "dense1.db"}


def test_the_output_is_a_view_of_the_last_tensor_and_every_tensor_is_a_view(net, rng):
    one = net.at(3)
    x, _ = batch(rng, 3)
    out = one.forward(x)
    t = one.tensors()
    np.testing.assert_array_equal(out, t["softmax.a"])
    assert np.shares_memory(out, t["softmax.a"])
    assert np.shares_memory(t["conv1.z"], t["act1.x"])
    assert not np.shares_memory(t["conv1.z"], t["act1.a"])
    kept = t["conv1.z"].copy()
    one.forward(2 * x)
    np.testing.assert_allclose(t["conv1.z"], 2 * kept, rtol=1e-4, atol=1e-5)


def test_passes_of_one_network_do_not_disturb_each_other(net, rng):
    x, y = batch(rng, 5)
    training, probe, same_size = net.at(5, "training"), net.at(1), net.at(5, "validation")
    training.forward(x)
    training.loss(y)
    training.backward()
    before = {name: array.copy() for name, array in training.tensors().items()}
    probe.forward(x[:1] + 1)
    same_size.forward(x + 2)
    same_size.loss(y)
    for name, array in training.tensors().items():
        np.testing.assert_array_equal(array, before[name], name)
    assert net.at(5, "training") is training
    assert net.at(5, "validation") is same_size


def test_one_sample_gives_the_same_alone_and_in_a_batch(net, rng):
    x, _ = batch(rng, 9)
    together = net.at(9).forward(x).copy()
    for number in range(9):
        alone = net.at(1).forward(x[number : number + 1])
        np.testing.assert_allclose(alone[0], together[number], rtol=1e-4, atol=1e-6)


def test_only_some_passes_are_kept_and_those_that_fall_out_still_work(net, rng):
    first = net.at(1)
    for size in range(2, MAX_PASSES + 2):
        net.at(size)
    assert net.at(1) is not first
    x, _ = batch(rng, 1)
    np.testing.assert_array_equal(first.forward(x), net.at(1).forward(x))


def test_the_summary_counts_parameters(net):
    rows = {row.name: row for row in net.summary()}
    assert rows["conv1"][1:] == ("conv2d", (2, 6, 5), (3, 6, 5), 57, "3·2·3·3 + 3")
    assert rows["dense1"][1:] == ("dense", (18,), (4,), 76, "4·18 + 4")
    assert rows["pool1"][1:] == ("max_pool2d", (3, 6, 5), (3, 3, 2), 0, "")
    assert sum(row.parameters for row in net.summary()) == net.theta.size


def test_the_loss_counts_the_weights_but_not_the_biases_as_penalty(rng):
    plain = Network(CNN, rng=np.random.default_rng(0), dtype=np.float64)
    penalized = Network({**CNN, "l2": 0.2}, rng=np.random.default_rng(0), dtype=np.float64)
    x, y = batch(rng, 4)
    losses = []
    for net in (plain, penalized):
        net.parameters()["dense1.b"][...] = 3
        net.at(4).forward(x)
        losses.append(net.at(4).loss(y))
        net.at(4).backward()
    weights = [net.parameters()[name] for name in ("conv1.W", "dense1.W")]
    assert losses[1] - losses[0] == pytest.approx(0.1 * sum((w**2).sum() for w in weights))
    for name in ("conv1", "dense1"):
        difference = penalized.gradients()[f"{name}.dW"] - plain.gradients()[f"{name}.dW"]
        np.testing.assert_allclose(difference, 0.2 * plain.parameters()[f"{name}.W"], atol=1e-12)
        np.testing.assert_array_equal(
            penalized.gradients()[f"{name}.db"], plain.gradients()[f"{name}.db"]
        )


def test_accuracy_is_the_share_of_right_classes(net, rng):
    one = net.at(8)
    x, _ = batch(rng, 8)
    said = one.forward(x).argmax(axis=1)
    y = said.copy()
    y[:3] = (y[:3] + 1) % 4
    one.loss(y)
    assert one.accuracy() == 5 / 8


def test_accuracy_of_a_single_output_asks_on_which_side_of_a_half_it_is():
    description = {"input": [1], "layers": [{"kind": "sigmoid"}], "loss": "binary_cross_entropy"}
    one = Network(description, rng=np.random.default_rng(0)).at(4)
    one.forward(np.array([[-0.1], [-2.0], [0.1], [2.0]]))
    one.loss(np.array([0, 1, 1, 1]))
    assert one.accuracy() == 0.75
    one.loss(np.array([[0.0], [1.0], [1.0], [1.0]]))
    assert np.isnan(one.accuracy())


def place_nan(array):
    array[(0,) * array.ndim] = np.nan


def test_the_first_tensor_that_is_not_finite_is_named_in_the_order_of_the_computation(net, rng):
    one = net.at(3)
    x, y = batch(rng, 3)

    def compute():
        one.forward(x)
        one.loss(y)
        one.backward()

    compute()
    assert one.first_non_finite() is None
    order = [
        *("conv1.x", "conv1.z", "act1.a", "pool1.y", "flatten.y", "drop.mask", "drop.y"),
        *("dense1.z", "softmax.a", "loss", "dense1.dz", "dense1.dW", "dense1.db", "drop.dy"),
        *("flatten.dy", "pool1.dy", "act1.da", "conv1.dz", "conv1.dW", "conv1.db"),
        *("conv1.W", "conv1.b", "dense1.W", "dense1.b"),
    ]
    for name in reversed(order):
        place_nan(one.tensors()[name])
        assert one.first_non_finite() == name


def test_a_weight_that_overflows_makes_the_next_forward_overflow_without_a_warning(net, rng):
    x, y = batch(rng, 3)
    net.parameters()["dense1.W"][...] = 3e38
    one = net.at(3)
    one.forward(np.abs(x) + 10)
    one.loss(y)
    one.backward()
    assert one.first_non_finite() == "dense1.z"


def test_inputs_and_targets_that_do_not_fit_say_why(net, rng):
    one = net.at(3)
    x, y = batch(rng, 3)
    with pytest.raises(ShapeError, match="input: expected 3 × 2 × 6 × 5, got 3 × 2 × 6 × 4"):
        one.forward(x[..., :4])
    with pytest.raises(ShapeError, match="input: expected 3 × 2 × 6 × 5, got 2 × 2 × 6 × 5"):
        one.forward(x[:2])
    with pytest.raises(InvalidValueError, match="rng: expected a generator for dropout, got None"):
        one.forward(x, training=True)
    one.forward(x)
    with pytest.raises(ShapeError, match="targets: expected 3 samples, got 2"):
        one.loss(y[:2])
    with pytest.raises(InvalidValueError, match="batch: expected a whole number from 1 to 4096"):
        net.at(0)
