"""Loss surfaces of networks: every point is the loss of the network with those parameters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValueError, ShapeError
from engine.landscape.directions import (
    frame,
    held,
    principal_directions,
    project,
    random_directions,
)
from engine.landscape.evaluator import NUMBERS, Evaluator
from engine.landscape.grid import Grid, Line, loss_grid, loss_line
from engine.landscape.stacked import HEADS
from engine.landscape.trajectory import Trajectory
from engine.nn.losses import LOSSES
from engine.nn.network import Network

DENSE, TANH, RELU, SIGMOID = ({"kind": kind} for kind in ("dense", "tanh", "relu", "sigmoid"))
CONV, SOFTMAX, FLATTEN = {"kind": "conv2d"}, {"kind": "softmax"}, {"kind": "flatten"}

NETWORKS = {
    "regression": ([2], [{**DENSE, "units": 8}, TANH, {**DENSE, "units": 1}], "mean_squared_error"),
    "two outputs": ([3], [{**DENSE, "units": 2}], "half_mean_squared_error"),
    "yes or no": (
        [2],
        [{**DENSE, "units": 5}, {"kind": "leaky_relu"}, {**DENSE, "units": 1}, SIGMOID],
        "binary_cross_entropy",
    ),
    "classes": (
        [4],
        [{**DENSE, "units": 6}, RELU, {"kind": "dropout"}, {**DENSE, "units": 3}, SOFTMAX],
        "categorical_cross_entropy",
    ),
    "an activation before the first weights": (
        [2],
        [SIGMOID, {**DENSE, "units": 3}, SOFTMAX, {**DENSE, "units": 2}],
        "mean_squared_error",
    ),
    "pictures": (
        [1, 8, 8],
        [
            *({**CONV, "filters": 3}, RELU, {"kind": "max_pool2d"}),
            *({**CONV, "filters": 4, "dilation": 2}, TANH, {"kind": "avg_pool2d", "partial": True}),
            *(FLATTEN, {**DENSE, "units": 3}, SOFTMAX),
        ],
        "categorical_cross_entropy",
    ),
    "pictures seen flat": (
        [2, 3, 3],
        [FLATTEN, {**DENSE, "units": 4}, TANH, {**DENSE, "units": 3}, SOFTMAX],
        "categorical_cross_entropy",
    ),
    "residual": (
        [3],
        [
            *({**DENSE, "units": 3}, TANH, {"kind": "add", "over": 2}),
            *({**DENSE, "units": 3}, TANH, {"kind": "add", "over": 2}, {"kind": "dropout"}),
            *({"kind": "add", "over": 7}, {**DENSE, "units": 3}, SOFTMAX),
        ],
        "categorical_cross_entropy",
    ),
    "residual pictures": (
        [2, 6, 6],
        [
            *(
                {"kind": "max_pool2d"},
                TANH,
                {**CONV, "filters": 2},
                RELU,
                {"kind": "add", "over": 3},
            ),
            *({**CONV, "filters": 2}, RELU, {"kind": "add", "over": 2}),
            *(FLATTEN, {**DENSE, "units": 3}, SOFTMAX),
        ],
        "categorical_cross_entropy",
    ),
    "pooled before the first weights": (
        [1, 6, 6],
        [{"kind": "max_pool2d"}, {**CONV, "filters": 2, "size": 2}, FLATTEN, {**DENSE, "units": 2}],
        "mean_squared_error",
    ),
}


def make_network(name, *, l2=0.0, seed=0, dtype=np.float32):
    shape, layers, loss = NETWORKS[name]
    description = {"input": shape, "layers": layers, "loss": loss, "l2": l2}
    network = Network(description, rng=np.random.default_rng(seed), dtype=dtype)
    # biases that are not 0 can be in the wrong place
    network.theta += 0.1 * np.random.default_rng(seed).standard_normal(network.theta.size)
    return network


def make_samples(network, samples, *, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((samples, *network.input_shape)).astype(np.float32)
    outputs = network.layers[-1].output_shape[0]
    if network.loss.kind.endswith("squared_error"):
        return x, rng.standard_normal((samples, outputs)).astype(np.float32)
    return x, rng.integers(0, max(outputs, 2), samples).astype(np.int32)


def make_plane(network, *, seed=0):
    """Any plane: directions that move the biases as well."""
    rng = np.random.default_rng(seed)
    directions = 0.5 * rng.standard_normal((2, network.theta.size))
    return network.theta.copy(), directions.astype(network.dtype)


def loss_with(network, theta, x, y):
    """The textbook way: set the parameters, run forward, ask for the loss, put them back."""
    before = network.theta.copy()
    network.theta[...] = theta
    using = network.at(len(x), "textbook")
    using.forward(x)
    loss = using.loss(y)
    network.theta[...] = before
    return loss


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_every_point_is_the_loss_of_the_network_with_those_parameters(name, l2):
    network = make_network(name, l2=l2)
    x, y = make_samples(network, 37)
    center, directions = make_plane(network)
    a, b = np.linspace(-1, 1, 7), np.linspace(-2, 1, 5)
    found = loss_grid(network, x, y, center, directions, a=a, b=b)
    for i, j in np.ndindex(5, 7):
        theta = center + a[j] * directions[0] + b[i] * directions[1]
        assert found[i, j] == pytest.approx(loss_with(network, theta, x, y), rel=1e-5, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(sorted(NETWORKS)),
    samples=st.integers(1, 70),
    seed=st.integers(0, 1000),
    reach=st.floats(0.01, 3),
)
def test_a_point_of_any_plane_is_the_loss_there(name, samples, seed, reach):
    network = make_network(name, seed=seed)
    x, y = make_samples(network, samples, seed=seed)
    center, directions = make_plane(network, seed=seed + 1)
    evaluator = Evaluator(network, x, y)
    evaluator.aim(center, directions)
    points = np.random.default_rng(seed).uniform(-reach, reach, (2, 11))
    for a, b, loss in zip(*points, evaluator.losses(*points), strict=True):
        theta = center + a * directions[0] + b * directions[1]
        assert loss == pytest.approx(loss_with(network, theta, x, y), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", ["regression", "pictures"])
def test_more_samples_than_fit_at_once_are_all_counted(name):
    network = make_network(name)
    widest = max(int(np.prod(layer.output_shape)) for layer in network.layers)
    x, y = make_samples(network, min(4000, 2 * NUMBERS // widest + 5))
    evaluator = Evaluator(network, x, y)
    center, directions = make_plane(network)
    evaluator.aim(center, directions)
    loss = evaluator.losses(np.array([0.5]), np.array([-0.25]))[0]
    theta = center + 0.5 * directions[0] - 0.25 * directions[1]
    assert loss == pytest.approx(loss_with(network, theta, x, y), rel=1e-5)


def test_a_double_precision_network_is_computed_in_double_precision():
    network = make_network("pictures", dtype=np.float64)
    x, y = make_samples(network, 5)
    center, directions = make_plane(network)
    loss = loss_grid(network, x, y, center, directions, a=[0.5], b=[0.5])[0, 0]
    theta = center + 0.5 * directions.sum(axis=0)
    assert loss == pytest.approx(loss_with(network, theta, x, y), rel=1e-12)


def test_every_loss_has_a_surface():
    assert set(HEADS) == set(LOSSES)


def test_the_network_itself_is_left_alone():
    network = make_network("pictures")
    x, y = make_samples(network, 9)
    using = network.at(9)
    using.forward(x)
    using.loss(y)
    using.backward()
    before = {name: one.copy() for name, one in using.tensors().items()}
    loss_grid(network, x, y, *make_plane(network), a=[-1, 0, 1], b=[-1, 1])
    for name, tensor in using.tensors().items():
        assert tensor.tobytes() == before[name].tobytes(), name


@pytest.mark.parametrize("name", NETWORKS)
def test_where_the_network_overflows_the_surface_is_infinite_not_unknown(name):
    network = make_network(name, dtype=np.float32)
    x, y = make_samples(network, 4)
    center, directions = make_plane(network)
    found = loss_grid(network, x, y, center, directions, a=[1e38], b=[1e38])
    assert not np.isnan(found).any()
    assert found[0, 0] > 1e3


def test_saturated_logits_give_the_loss_and_not_infinity():
    network = make_network("yes or no")
    x, y = make_samples(network, 50)
    center, directions = make_plane(network)
    found = loss_grid(network, x, y, center, directions, a=[30], b=[30])[0, 0]
    theta = center + 30 * directions.sum(axis=0)
    assert found > 100
    assert found == pytest.approx(loss_with(network, theta, x, y), rel=1e-5)


# the grid


def test_a_finer_grid_keeps_the_coarser_ones_points():
    network = make_network("classes")
    grid = Grid(Evaluator(network, *make_samples(network, 40)), *make_plane(network))
    grid.finish(11)
    coarse, a, b = grid.losses.copy(), grid.a.copy(), grid.b.copy()
    assert (grid.level, grid.known, coarse.shape) == (11, 121, (11, 11))
    grid.finish()
    assert (grid.level, grid.known, grid.done) == (41, 41 * 41, True)
    assert (grid.losses[::4, ::4] == coarse).all()
    assert (grid.a[::4] == a).all()
    assert (grid.b[::4] == b).all()


def test_rows_are_b_and_columns_are_a():
    network = make_network("regression")
    x, y = make_samples(network, 20)
    center, directions = make_plane(network)
    bounds = {"a_bounds": (0.0, 1.0), "b_bounds": (-3.0, -1.0)}
    grid = Grid(Evaluator(network, x, y), center, directions, **bounds, sizes=(3, 5))
    grid.finish()
    theta = center + 0.25 * directions[0] - 1.0 * directions[1]
    assert (grid.a[1], grid.b[4]) == (0.25, -1.0)
    assert grid.losses[4, 1] == pytest.approx(loss_with(network, theta, x, y), rel=1e-5)


def test_in_slices_the_grid_becomes_the_same_bytes_and_is_unknown_till_then():
    network = make_network("pictures")
    evaluator = Evaluator(network, *make_samples(network, 40))
    at_once = Grid(evaluator, *make_plane(network), sizes=(5, 9))
    at_once.finish()
    grid = Grid(evaluator, *make_plane(network), sizes=(5, 9))
    seen = []
    while grid.advance(0.0):
        seen.append(np.count_nonzero(np.isnan(grid.losses)))
    assert seen[0] == 25
    assert len(seen) > 20
    assert seen[-1] == 0
    assert grid.losses.tobytes() == at_once.losses.tobytes()


def test_an_evaluator_can_be_aimed_again():
    network = make_network("classes")
    x, y = make_samples(network, 30)
    evaluator = Evaluator(network, x, y)
    first = Grid(evaluator, *make_plane(network), sizes=(3,))
    first.finish()
    network.theta += 1
    again = Grid(evaluator, *make_plane(network, seed=5), sizes=(3,))
    again.finish()
    assert again.losses[1, 1] == pytest.approx(loss_with(network, network.theta, x, y), rel=1e-5)
    assert not np.isclose(again.losses, first.losses).any()


# slices


@pytest.mark.parametrize("name", ["regression", "pictures"])
def test_the_ends_of_a_slice_are_the_losses_of_its_networks(name):
    network = make_network(name)
    x, y = make_samples(network, 30)
    first, second = network.theta.copy(), make_network(name, seed=1).theta
    alpha = np.linspace(-0.5, 1.5, 9)
    found = loss_line(network, x, y, first, second, alpha=alpha)
    assert found[2] == pytest.approx(loss_with(network, first, x, y), rel=1e-5)
    assert found[6] == pytest.approx(loss_with(network, second, x, y), rel=1e-5)
    half = (first + second) / 2
    assert found[4] == pytest.approx(loss_with(network, half, x, y), rel=1e-5)


def test_a_slice_is_known_bit_by_bit():
    network = make_network("regression")
    evaluator = Evaluator(network, *make_samples(network, 30))
    line = Line(evaluator, network.theta, -network.theta, np.linspace(-0.5, 1.5, 41))
    assert not line.done
    while line.advance(0.0):
        pass
    assert line.done


# directions


@pytest.mark.parametrize("name", ["classes", "pictures"])
def test_filter_normalised_rows_are_as_long_as_the_weights_and_biases_stay(name):
    network = make_network(name)
    for direction in random_directions(network, rng=np.random.default_rng(3)):
        named = network.named(direction)
        for tensor, values in network.parameters().items():
            if tensor.endswith(".b"):
                assert not named[tensor].any()
                continue
            for row, weights in zip(named[tensor], values, strict=True):
                assert np.linalg.norm(row) == pytest.approx(np.linalg.norm(weights), rel=1e-5)
                assert not np.allclose(row, weights)


def test_a_unit_without_weights_is_not_moved():
    network = make_network("classes")
    network.parameters()["dense1.W"][2] = 0
    named = network.named(random_directions(network, rng=np.random.default_rng(0))[0])
    assert not named["dense1.W"][2].any()
    assert named["dense1.W"][1].all()


def test_without_filter_normalisation_only_the_whole_length_is_the_weights():
    network = make_network("classes")
    rng = np.random.default_rng(3)
    direction = random_directions(network, rng=rng, filter_normalised=False)[0]
    weights = [one for name, one in network.parameters().items() if name.endswith(".W")]
    whole = np.sqrt(sum(np.square(one).sum() for one in weights))
    assert np.linalg.norm(direction) == pytest.approx(whole, rel=1e-5)
    row = network.named(direction)["dense1.W"][0]
    assert np.linalg.norm(row) != pytest.approx(np.linalg.norm(weights[0][0]), rel=1e-2)


def test_the_same_generator_draws_the_same_directions():
    network = make_network("pictures")
    first, again = (random_directions(network, rng=np.random.default_rng(7)) for _ in range(2))
    assert first.tobytes() == again.tobytes()


def spiral_in_a_plane(parameters=50, steps=30):
    rng = np.random.default_rng(1)
    plane = np.linalg.qr(rng.standard_normal((parameters, 2)))[0].T
    turn = np.linspace(0, 6, steps)
    points = np.stack([3 * turn * np.cos(turn), turn * np.sin(turn)], axis=1)
    return rng.standard_normal(parameters) + points @ plane


def test_principal_directions_hold_all_of_a_movement_in_a_plane():
    trajectory = spiral_in_a_plane()
    directions, share = principal_directions(trajectory)
    assert held(trajectory, trajectory[-1], directions) == pytest.approx(1.0)
    assert share.sum() == pytest.approx(1.0)
    assert share[0] > share[1] > 0
    assert directions @ directions.T == pytest.approx(np.eye(2), abs=1e-12)


def test_principal_directions_are_the_first_two_of_the_svd():
    rng = np.random.default_rng(4)
    trajectory = np.cumsum(rng.standard_normal((12, 40)), axis=0)
    directions, share = principal_directions(trajectory)
    _, lengths, vectors = np.linalg.svd(trajectory - trajectory[-1])
    assert np.abs((directions * vectors[:2]).sum(axis=1)) == pytest.approx([1, 1])
    assert share == pytest.approx(lengths[:2] ** 2 / (lengths**2).sum())
    assert share.sum() == pytest.approx(held(trajectory, trajectory[-1], directions))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_plane_holds_more_than_the_principal_one(seed):
    rng = np.random.default_rng(seed)
    trajectory = np.cumsum(rng.standard_normal((9, 20)), axis=0)
    center = trajectory[-1]
    best = held(trajectory, center, principal_directions(trajectory)[0])
    assert 0 <= held(trajectory, center, rng.standard_normal((2, 20))) <= best + 1e-12


def test_a_run_along_a_line_has_one_direction_and_zeros():
    trajectory = np.outer(np.arange(5.0), np.ones(7))
    directions, share = principal_directions(trajectory)
    assert np.linalg.norm(directions[0]) == pytest.approx(1)
    assert not directions[1].any()
    assert share == pytest.approx([1, 0])
    assert held(trajectory, trajectory[-1], directions) == pytest.approx(1)


def test_a_run_that_has_not_moved_has_no_direction():
    directions, share = principal_directions(np.ones((1, 4)))
    assert not directions.any()
    assert not share.any()
    assert held(np.ones((1, 4)), np.ones(4), directions) == 1.0


def test_projecting_a_point_of_the_plane_returns_its_coordinates():
    rng = np.random.default_rng(0)
    center, directions = rng.standard_normal(30), rng.standard_normal((2, 30))
    points = rng.standard_normal((6, 2))
    assert project(center + points @ directions, center, directions) == pytest.approx(points)
    assert held(center + points @ directions, center, directions) == pytest.approx(1)


def test_what_is_at_right_angles_to_the_plane_is_projected_to_its_center():
    directions = np.eye(5)[:2] + 0.0
    moved = np.array([[0, 0, 3.0, 4.0, 0]])
    assert project(1 + moved, np.ones(5), directions) == pytest.approx(np.zeros((1, 2)))
    assert held(1 + moved, np.ones(5), directions) == 0
    assert held(1 + moved + [5, 0, 0, 0, 0], np.ones(5), directions) == pytest.approx(0.5)


def test_a_frame_holds_all_points_and_the_center_with_room():
    (left, right), (low, high) = frame(np.array([[1.0, 2.0], [3.0, 2.5]]), margin=0.1)
    assert (left, right, low, high) == pytest.approx((-0.3, 3.3, -0.3, 2.8))


# the record of a run


def play(trajectory, start, stop):
    for step in range(start, stop + 1):
        trajectory.see(step, np.array([step, -step], np.float32))


@settings(max_examples=60, deadline=None)
@given(stop=st.integers(0, 300), back=st.integers(0, 300), most=st.integers(2, 20))
def test_what_is_kept_of_a_run_depends_on_the_step_alone(stop, back, most):
    straight = Trajectory(2, most=most)
    play(straight, 0, stop)
    other = Trajectory(2, most=most)
    play(other, 0, min(back, stop))
    state = other.save()
    play(other, min(back, stop) + 1, stop + 40)  # further than is wanted, then back
    other.load(state)
    play(other, min(back, stop) + 1, stop)
    assert (other.steps == straight.steps).all()
    assert other.vectors.tobytes() == straight.vectors.tobytes()
    assert len(straight.steps) <= most
    assert (straight.vectors[:, 0] == straight.steps).all()
    assert stop - straight.steps[-1] < straight.width


def test_a_trajectory_ends_where_the_run_stands():
    trajectory = Trajectory(2, most=4)
    play(trajectory, 0, 10)
    steps, vectors = trajectory.until(10, np.array([10.0, -10.0]))
    assert steps.tolist() == [0, 4, 8, 10]
    assert vectors[:, 0].tolist() == [0, 4, 8, 10]
    play(trajectory, 11, 12)
    assert trajectory.until(12, np.array([12.0, -12.0]))[0].tolist() == [0, 4, 8, 12]


# errors


def test_what_does_not_fit_is_named():
    network = make_network("classes")
    x, y = make_samples(network, 5)
    evaluator = Evaluator(network, x, y)
    center, directions = make_plane(network)
    with pytest.raises(ShapeError, match="landscape: expected samples of 4 features, got 3"):
        Evaluator(network, x[:, :3], y)
    with pytest.raises(InvalidValueError, match="landscape: expected at least 1 sample, got 0"):
        Evaluator(network, x[:0], y[:0])
    with pytest.raises(ShapeError, match="landscape: expected 5 targets, got 4"):
        Evaluator(network, x, y[:4])
    with pytest.raises(ShapeError, match="center: expected 51 parameters"):
        evaluator.aim(center[1:], directions)
    with pytest.raises(ShapeError, match="directions: expected 2, got 1"):
        evaluator.aim(center, directions[:1])
    with pytest.raises(InvalidValueError, match="direction: expected finite numbers"):
        evaluator.aim(center, directions * np.inf)
    with pytest.raises(InvalidValueError, match="a: expected bounds from low to high, got 1 to 1"):
        Grid(evaluator, center, directions, a_bounds=(1, 1))
    with pytest.raises(InvalidValueError, match="sizes: expected each to be twice"):
        Grid(evaluator, center, directions, sizes=(11, 20))
    with pytest.raises(InvalidValueError, match="most: expected at least 2 moments, got 1"):
        Trajectory(3, most=1)
    with pytest.raises(InvalidValueError, match="trajectory: expected step 1 next, got 2"):
        begun_trajectory().see(2, np.zeros(2))
    with pytest.raises(ShapeError, match="trajectory: expected at most 64 vectors of 3"):
        Trajectory(3).load({"vectors": np.zeros((2, 4)), "width": np.array(1)})


def begun_trajectory():
    trajectory = Trajectory(2)
    trajectory.see(0, np.zeros(2))
    return trajectory
