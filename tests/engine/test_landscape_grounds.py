"""Grounds: exact slopes, the named ones' promises, the worked regression, stability."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValueError
from engine.landscape.expression import parse
from engine.landscape.ground import undefined
from engine.landscape.named import ONE, TWO, bowl
from engine.landscape.regression import Regression, two_samples
from engine.landscape.sculpted import MOST_BUMPS, Sculpted, stroke
from engine.landscape.stability import curvature, largest_stable_rate
from engine.landscape.surface import curve, grid

RNG = np.random.default_rng(3)
SOME = Regression(RNG.normal(size=(7, 2)), RNG.normal(size=7), names=("w2", "w0"), fixed={"w1": -2})
GROUNDS = {
    **{f"one-{name}": ground for name, ground in ONE.items()},
    **{f"two-{name}": ground for name, ground in TWO.items()},
    "sculpted": Sculpted(RNG.uniform((-3, -3, -2, 0.3), (3, 3, 2, 2), (20, 4))),
    "sculpted-by-nobody": Sculpted(),
    "regression": two_samples(),
    "regression-of-two": SOME,
}

every_ground = pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS.keys())


def places(ground, n=20):
    low, high = np.array(ground.bounds).T
    return np.random.default_rng(1).uniform(low, high, (n, len(low)))


def central(function, w, h):
    """Return central differences of a function of shape (...) or (..., d), a new axis last."""
    steps = h * np.eye(w.shape[-1])
    return np.stack([(function(w + e) - function(w - e)) / (2 * h) for e in steps], axis=-1)


def agree(exact, found, scale):
    np.testing.assert_allclose(exact, found, rtol=1e-5, atol=1e-6 * np.abs(scale).max())


@every_ground
def test_the_gradient_and_the_hessian_are_what_central_differences_find(ground):
    w = places(ground)
    agree(ground.gradient(w), central(ground.value, w, 1e-5), ground.gradient(w))
    agree(ground.hessian(w), central(ground.gradient, w, 1e-5), ground.hessian(w))


@every_ground
def test_many_places_at_once_are_the_same_as_one_after_the_other(ground):
    w = places(ground, 6).reshape(2, 3, -1)
    for function in (ground.value, ground.gradient, ground.hessian):
        together = function(w)
        for i, j in np.ndindex(2, 3):
            np.testing.assert_allclose(together[i, j], function(w[i, j]), rtol=1e-12)


@every_ground
def test_one_begins_within_what_is_drawn_and_not_at_the_bottom(ground):
    assert len(ground.start) == len(ground.names) == len(ground.bounds)
    for at, (low, high) in zip(ground.start, ground.bounds, strict=True):
        assert low < at < high
    assert np.abs(ground.gradient(np.array(ground.start))).max() > 1e-3


@every_ground
def test_its_numpy_expression_is_its_value(ground):
    scope = {"np": np} | {name: getattr(ground, name, None) for name in ("x", "y", "bumps")}
    for w in places(ground, 4):
        found = eval(ground.code, scope | dict(zip(ground.names, w, strict=True)))
        np.testing.assert_allclose(found, ground.value(w), rtol=1e-12)


def test_there_are_eight_of_one_variable_and_at_least_six_of_two():
    assert len(ONE) == 8
    assert {"bowl", "rosenbrock", "himmelblau", "saddle", "plateau", "many_minima"} <= set(TWO)


@pytest.mark.parametrize(
    ("name", "minima"),
    [
        ("rosenbrock", [(1, 1)]),
        (
            "himmelblau",
            [(3, 2), (-2.805118, 3.131312), (-3.77931, -3.283186), (3.584428, -1.848127)],
        ),
        ("beale", [(3, 0.5)]),
        ("many_minima", [(0, 0)]),
    ],
)
def test_the_published_minima_are_0_and_minima(name, minima):
    for at in np.array(minima, float):
        assert TWO[name].value(at) == pytest.approx(0, abs=1e-9)
        np.testing.assert_allclose(TWO[name].gradient(at), 0, atol=1e-3)
        assert curvature(TWO[name].hessian(at)).values.min() > 0


def test_the_saddle_curves_up_one_way_and_down_the_other():
    least, most = curvature(TWO["saddle"].hessian(np.zeros(2))).values
    assert least == pytest.approx(-1)
    assert most == pytest.approx(1)
    np.testing.assert_allclose(TWO["saddle"].gradient(np.zeros(2)), 0, atol=1e-12)


def test_at_the_flat_place_there_is_no_slope_and_still_it_goes_down():
    flat = ONE["saddle"]
    assert flat.gradient(np.zeros(1)) == 0
    assert flat.value(np.array([-0.1])) < flat.value(np.zeros(1)) < flat.value(np.array([0.1]))


@given(st.floats(1, 1000), st.floats(-180, 180))
def test_a_bowl_has_the_condition_and_the_direction_that_were_wanted(condition, angle):
    found = curvature(bowl(condition, angle).hessian(np.zeros(2)))
    assert found.condition == pytest.approx(condition, rel=1e-6)
    assert found.largest_stable_rate == pytest.approx(2 / condition, rel=1e-6)
    if condition > 1.01:
        turn = np.radians(angle)
        along = abs(found.vectors[:, 0] @ [np.cos(turn), np.sin(turn)])
        assert along == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("condition", [0.5, float("inf"), float("nan")])
def test_a_bowl_of_a_condition_that_cannot_be_is_refused(condition):
    with pytest.raises(InvalidValueError, match=r"condition: expected a number from 1, got"):
        bowl(condition)


@given(st.floats(0.05, 20), st.floats(0.1, 30), st.floats(-5, 5).filter(lambda w: abs(w) > 0.01))
def test_below_the_largest_stable_rate_a_bowl_is_walked_down_and_above_it_up(share, curve, w):
    ground = parse(f"{curve!r} * w^2 / 2", ("w",))
    rate = largest_stable_rate(ground.hessian(np.zeros(1)))
    step = np.array([w]) - share / 10 * rate * ground.gradient(np.array([w]))
    assert (ground.value(step) < ground.value(np.array([w]))) == (share < 10)


def test_where_nothing_curves_upward_there_is_no_largest_rate():
    assert curvature(np.array([[-1.0, 0], [0, -3]])).largest_stable_rate is None
    assert curvature(np.array([[-1.0, 0], [0, 3]])).condition is None
    assert np.isnan(curvature(np.full((2, 2), np.nan)).values).all()


def test_the_worked_regression_gives_the_worked_numbers():
    ground = two_samples()
    w = np.zeros(3)
    assert ground.value(w) == pytest.approx(3.37, abs=1e-12)
    np.testing.assert_allclose(ground.gradient(w), (-2.5, -8.2, -10.7), rtol=1e-12)
    steps = [(0.025, 0.082, 0.107), (0.04301, 0.14114, 0.18415), (0.0559797, 0.1837962, 0.2397759)]
    for at, loss in zip(steps, (1.752361, 0.91126938, 0.47394354), strict=True):
        w = w - 0.01 * ground.gradient(w)
        np.testing.assert_allclose(w, at, rtol=1e-6)
        assert ground.value(w) == pytest.approx(loss, rel=1e-7)


def test_the_gradient_is_the_mean_of_the_samples_own_and_j_that_of_their_losses():
    for ground in (two_samples(), SOME):
        w = places(ground, 5)
        each = ground.sample_gradients(w)
        assert each.shape == (5, len(ground.y), len(ground.names))
        np.testing.assert_allclose(each.mean(axis=-2), ground.gradient(w), rtol=1e-12)
        np.testing.assert_allclose(ground.sample_losses(w).mean(axis=-1), ground.value(w))


def test_the_least_point_of_a_regression_has_no_slope_and_is_drawn():
    for ground in (two_samples(), SOME):
        least = ground.least()
        np.testing.assert_allclose(ground.gradient(least), 0, atol=1e-12)
        assert all(low < at < high for at, (low, high) in zip(least, ground.bounds, strict=True))


def test_parameters_that_are_held_keep_their_number():
    whole = SOME.whole(np.array([[5.0, 7.0], [1.0, 2.0]]))
    np.testing.assert_array_equal(whole, [[7, -2, 5], [2, -2, 1]])


def test_a_regression_without_samples_or_with_a_strange_parameter_is_refused():
    with pytest.raises(InvalidValueError, match=r"got \(0, 2\) and \(0,\)"):
        Regression(np.zeros((0, 2)), np.zeros(0))
    with pytest.raises(InvalidValueError, match="expected some of w0, w1, got w7"):
        Regression(np.zeros((1, 1)), np.zeros(1), names=("w7",))


def test_a_grid_has_a_row_for_each_second_variable():
    xs, ys, J = grid(TWO["rosenbrock"], n=5)
    assert J.shape == (5, 5)
    assert J[3, 1] == TWO["rosenbrock"].value(np.array([xs[1], ys[3]]))
    with pytest.raises(InvalidValueError, match="expected 2 variables, got 1"):
        grid(ONE["bowl"])


def test_a_curve_covers_the_bounds():
    xs, J = curve(ONE["bowl"], n=7)
    assert (xs[0], xs[-1]) == ONE["bowl"].bounds[0]
    np.testing.assert_array_equal(J, xs**2)


def test_where_j_is_not_defined_it_and_its_slopes_are_nan_and_a_sentence_says_so():
    ground = parse("ln(w)", ("w",))
    at = np.array([-1.0])
    assert np.isnan(ground.value(at))
    assert np.isnan(ground.gradient(at)).all()
    assert np.isnan(ground.hessian(at)).all()
    assert undefined(ground, at) == "J is not defined at w = −1"
    assert undefined(ground, np.zeros(1)) == "J is not finite at w = 0"
    assert undefined(ground, np.ones(1)) == ""
    assert (
        undefined(parse("sqrt(w)", ("w",)), np.zeros(1)) == "The slope of J is not finite at w = 0"
    )


BOUNDS = ((-3.0, 3.0), (-3.0, 3.0))


def test_a_stroke_lays_bumps_half_a_width_apart_however_slow_the_pointer_was():
    slow = [(x / 100, 0.0) for x in range(-100, 101)]
    laid = stroke(slow, height=0.5, width=0.4, bounds=BOUNDS)
    assert len(laid) == 10
    np.testing.assert_allclose(np.diff(laid[:, 0]), 0.2, atol=0.011)
    np.testing.assert_array_equal(laid[:, 2:], [(0.5, 0.4)] * 10)
    assert len(stroke([(1, 1)] * 50, height=1, width=1, bounds=BOUNDS)) == 1


def test_what_is_pushed_down_is_lower_and_the_ground_before_stays_as_it_was():
    before = Sculpted()
    after = before.with_stroke([(1.0, 1.0), (1.5, 1.0)], height=-2, width=0.5)
    assert after.value(np.array([1.0, 1.0])) < before.value(np.array([1.0, 1.0])) - 1.9
    assert len(before.bumps) == 0
    assert after.value(np.array([-3.0, -3.0])) == pytest.approx(
        before.value(np.array([-3.0, -3.0]))
    )


@pytest.mark.parametrize(
    ("points", "height", "width", "says"),
    [
        ([], 1, 1, "points: expected pairs of numbers, got shape"),
        ([(1, 2, 3)], 1, 1, "points: expected pairs of numbers, got shape"),
        ("here", 1, 1, "points: expected pairs of numbers, got others"),
        ([(1, 9)], 1, 1, "points: expected places within the ground, got 1, 9"),
        ([(1, float("nan"))], 1, 1, "points: expected places within the ground, got 1, nan"),
        ([(1, 1)], 11, 1, "height: expected -10 to 10, got 11"),
        ([(1, 1)], 1, 0.01, "width: expected 0.1 to 3, got 0.01"),
    ],
)
def test_a_stroke_that_cannot_be_is_refused(points, height, width, says):
    with pytest.raises(InvalidValueError, match=says):
        stroke(points, height=height, width=width, bounds=BOUNDS)


def test_a_ground_has_only_so_many_bumps():
    one = (0.0, 0.0, 1.0, 1.0)
    with pytest.raises(InvalidValueError, match=f"bumps: expected at most {MOST_BUMPS}, got"):
        Sculpted([one] * (MOST_BUMPS + 1))
    with pytest.raises(InvalidValueError, match="bumps: expected four numbers each"):
        Sculpted([(1, 2, 3), (1,)])
