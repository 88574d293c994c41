"""The course material's numbers, through these layers."""

import numpy as np
import pytest

from engine.data.dataset import Dataset
from engine.nn.network import Network
from engine.nn.trainer import Trainer

IMAGE = np.zeros((7, 7))
for place in ((2, 3), (3, 2), (3, 3), (4, 3), (5, 3)):
    IMAGE[place] = 1

PHOTO = [
    [35, 40, 41, 45, 50],
    [40, 40, 42, 46, 52],
    [42, 46, 50, 55, 55],
    [48, 52, 56, 58, 60],
    [56, 60, 65, 70, 75],
]


def build(shape, layers, loss="mean_squared_error"):
    description = {"input": shape, "layers": layers, "loss": loss}
    return Network(description, rng=np.random.default_rng(0))


def convolve(image, kernel):
    image = np.array(image, float)
    layer = {"kind": "conv2d", "name": "conv", "filters": 1, "padding": "none"}
    net = build([1, *image.shape], [layer, {"kind": "flatten"}])
    net.parameters()["conv.W"][...] = kernel
    one = net.at(1)
    one.forward(image[None, None])
    return one.tensors()["conv.z"][0, 0]


def test_convolution_of_the_small_figure():
    expected = [
        [0, 1, 1, 0, 0],
        [1, 3, 1, 1, 0],
        [1, 2, 2, 2, 0],
        [0, 2, 2, 2, 0],
        [0, 1, 0, 2, 0],
    ]
    assert convolve(IMAGE, [[1, 0, 0], [1, 0, 1], [0, 1, 1]]).tolist() == expected


def test_a_kernel_with_one_1_above_its_centre_takes_the_number_above():
    found = convolve(PHOTO, [[0, 1, 0], [0, 0, 0], [0, 0, 0]])
    assert found.tolist() == [[40, 41, 45], [40, 42, 46], [46, 50, 55]]
    assert found[1, 1] == 42


@pytest.mark.parametrize(
    ("kernel", "flat", "edge"),
    [
        ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 7, 14),
        ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], 0, -7),
        ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 63, 42),
        ([[0, 0, 0], [-1, 1, 0], [0, 0, 0]], 0, 0),
    ],
)
def test_the_named_kernels_on_a_flat_picture_and_at_its_edge(kernel, flat, edge):
    picture = np.full((3, 4), 7.0)
    picture[:, 3] = 0
    assert convolve(picture, kernel).tolist() == [[flat, edge]]


def test_max_pooling_with_partial_windows():
    x = np.array(
        [[1, 0, 1, 2, 0], [1, 2, 0, 2, 1], [1, 0, 0, 1, 0], [1, 1, 2, 3, 0], [0, 0, 1, 0, 0]]
    )
    pool = {"kind": "max_pool2d", "name": "pool", "size": 2, "stride": 2, "partial": True}
    one = build([1, 5, 5], [pool, {"kind": "flatten"}]).at(1)
    one.forward(x[None, None])
    assert one.tensors()["pool.y"][0, 0].tolist() == [[2, 2, 1], [1, 3, 0], [0, 1, 0]]


def test_gradient_descent_on_two_samples():
    net = build([2], [{"kind": "dense", "name": "w", "units": 1}], "half_mean_squared_error")
    net.theta[...] = 0
    samples = Dataset(
        np.array([[2, 3], [4, 5]], np.float32), np.array([[1.8], [3.2]], np.float32), ()
    )
    trainer = Trainer(net, samples, learning_rate=0.01, batch_size=2, seed=0)

    def weights():
        return [net.parameters()["w.b"][0], *net.parameters()["w.W"][0]]

    losses = []
    expected = (
        (0.025, 0.082, 0.107),
        (0.04301, 0.14114, 0.18415),
        (0.0559797, 0.1837962, 0.2397759),
    )
    for number, after in enumerate(expected):
        losses.append(trainer.step().loss)
        if number == 0:
            gradient = [net.gradients()["w.db"][0], *net.gradients()["w.dW"][0]]
            assert gradient == pytest.approx([-2.5, -8.2, -10.7], rel=1e-6)
        assert weights() == pytest.approx(after, rel=1e-5)
    losses.append(trainer.step().loss)
    assert losses == pytest.approx([3.37, 1.752361, 0.91126938, 0.47394354], rel=1e-5)


def test_descent_ends_where_the_gradient_vanishes():
    net = build([1], [{"kind": "dense", "name": "w", "units": 1}], "half_mean_squared_error")
    x = np.array([[0.0], [1.0], [2.0]], np.float32)
    trainer = Trainer(net, Dataset(x, 3 * x - 1, ()), learning_rate=0.3, batch_size=3, seed=0)
    for _ in range(2000):
        trainer.step()
        if np.linalg.norm(net.gradient) < 1e-6:
            break
    assert np.linalg.norm(net.gradient) < 1e-6
    assert net.parameters()["w.W"].item() == pytest.approx(3, abs=1e-4)
    assert net.parameters()["w.b"].item() == pytest.approx(-1, abs=1e-4)


def test_squared_error_is_convex_for_a_linear_model_and_not_for_a_logistic_one():
    def bends(kind, loss):
        net = build([1], [{"kind": "dense", "name": "w", "units": 1}, {"kind": kind}], loss)
        one, losses = net.at(1), []
        for w in np.linspace(-6, 6, 49):
            net.theta[...] = [w, 0]
            one.forward(np.array([[1.0]]))
            losses.append(one.loss(np.array([1])))
        return np.diff(losses, 2)

    assert (bends("linear", "mean_squared_error") > 0).all()
    assert (bends("sigmoid", "mean_squared_error") < -1e-4).any()
    assert (bends("sigmoid", "binary_cross_entropy") > -1e-6).all()


def test_a_network_with_one_hot_outputs_learns_xor():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], np.float32)
    layers = [{"kind": "dense", "units": 8}, {"kind": "tanh"}, {"kind": "dense", "units": 2}]
    net = build([2], [*layers, {"kind": "softmax"}], "categorical_cross_entropy")
    data = Dataset(x, y, ("0", "1"))
    trainer = Trainer(net, data, optimizer="adam", learning_rate=0.05, batch_size=4, seed=0)
    for _ in range(200):
        step = trainer.step()
    assert step.accuracy == 1
    assert step.loss < 0.05
