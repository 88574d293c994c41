"""A ball that goes down a ground: its steps, where it stops, and what can be seen ahead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DivergedError
from engine.landscape.expression import parse
from engine.landscape.named import ONE, TWO, bowl
from engine.landscape.outlook import outlook
from engine.landscape.regression import two_samples
from engine.landscape.walk import MOST_POINTS, Walk

conditions = st.floats(1, 500)
angles = st.floats(-90, 90)
places = st.tuples(st.floats(0.1, 3), st.floats(0.1, 3))


def ahead_of(walk):
    hessian = walk.ground.hessian(walk.here.w)
    return outlook(hessian, walk.here.dw, rate=walk.rate, tolerance=walk.tolerance)


def test_the_worked_example_takes_its_three_steps():
    walk = Walk(two_samples(), rate=0.01, tolerance=1e-6)
    np.testing.assert_allclose(walk.here.J, 3.37)
    np.testing.assert_allclose(walk.here.dw, [-2.5, -8.2, -10.7])
    for w, J in (
        ((0.025, 0.082, 0.107), 1.752361),
        ((0.04301, 0.14114, 0.18415), 0.91126938),
        ((0.0559797, 0.1837962, 0.2397759), 0.47394354),
    ):
        walk.step()
        np.testing.assert_allclose(walk.here.w, w, atol=1e-12)
        np.testing.assert_allclose(walk.here.J, J, atol=1e-8)


@given(conditions, angles, places, st.floats(0.9, 0.999))
def test_on_any_bowl_a_rate_just_below_the_largest_stable_one_comes_nearer(
    condition, angle, place, share
):
    walk = Walk(bowl(condition, angle), rate=share * 2 / condition, tolerance=1e-12)
    walk.drop(place)
    start = walk.here.J
    np.testing.assert_allclose(ahead_of(walk).stable, [2 / condition], rtol=1e-6)
    for _ in range(400):
        walk.step()
    assert start > walk.here.J


@given(conditions, angles, places, st.floats(1.01, 1.5))
def test_on_any_bowl_a_rate_just_above_the_largest_stable_one_runs_away(
    condition, angle, place, share
):
    ground = bowl(condition, angle)
    walk = Walk(ground, rate=share * 2 / condition, tolerance=1e-12)
    walk.drop(place)
    steepest = ahead_of(walk).vectors[:, -1]
    if abs(steepest @ place) < 1e-3:
        return  # nothing along the one direction that is unstable
    assert ahead_of(walk).regime == "runs away"
    for _ in range(2000):
        walk.step()
        if walk.is_far:
            return
    raise AssertionError("it should have left")


@settings(max_examples=30)  # some of these walks are thousands of steps long
@given(conditions, angles, places, st.floats(0.05, 0.95))
def test_on_any_bowl_the_steps_that_are_left_are_seen_from_the_start(
    condition, angle, place, share
):
    walk = Walk(bowl(condition, angle), rate=share * 2 / condition, tolerance=1e-4)
    walk.drop(place)
    predicted = ahead_of(walk).left.max()
    while not walk.has_stopped:
        walk.step()
    # of two directions that are as slow, the gradient is longer than each: by at most √2
    slowest = max(np.abs(ahead_of(walk).factor).max(), 1e-9)  # 0 where one step arrives
    room = 2 + np.log(np.sqrt(2)) / -np.log(slowest)
    assert predicted - 1 <= walk.position <= predicted + room


def test_the_ball_stops_where_the_gradient_is_shorter_than_the_tolerance_and_stays():
    walk = Walk(ONE["bowl"], rate=0.1, tolerance=1e-3)
    while not walk.has_stopped:
        assert walk.here.slope >= 1e-3
        walk.step()
    there = walk.here.w.copy()
    walk.step()
    np.testing.assert_array_equal(walk.here.w, there)
    np.testing.assert_array_equal(walk.update, [0.0])
    walk.tolerance = 1e-6
    walk.step()
    assert abs(walk.here.w[0]) < abs(there[0])


@pytest.mark.parametrize(
    ("rate", "regime"),
    [(0.1, "strides"), (0.4999, "strides"), (0.6, "swings"), (1.01, "runs away"), (1e-3, "crawls")],
)
def test_what_a_rate_does_on_the_bowl_is_named_before_it_happens(rate, regime):
    walk = Walk(ONE["bowl"], rate=rate, tolerance=1e-6)
    assert ahead_of(walk).regime == regime
    walk.step()
    assert walk.has_turned == (rate > 0.5)


def test_a_crest_a_saddle_and_a_minimum_are_told_apart():
    def regime(ground, place, rate=0.1):
        walk = Walk(ground, rate=rate, tolerance=1e-9)
        walk.drop(place)
        return ahead_of(walk).regime

    assert regime(ONE["double_well"], (0.3,)) == "slides off"
    assert regime(TWO["saddle"], (0.5, 0.1)) == "parts"
    assert regime(TWO["saddle"], (0.1, 0.9)) == "strides"
    assert regime(TWO["saddle"], (0.0, 1.0)) == "stopped"


def test_what_is_flat_by_rounding_alone_is_flat():
    walk = Walk(two_samples(), rate=0.01, tolerance=1e-6)
    ahead = ahead_of(walk)
    assert ahead.values[0] == 0
    assert ahead.regime == "crawls"
    assert ahead.left.size == 3


def test_a_walk_off_the_finite_numbers_says_what_broke_and_by_which_rate():
    walk = Walk(parse("exp(w^2)", ("w",)), rate=10.0, tolerance=1e-6)
    with pytest.raises(DivergedError, match="step 1 with learning rate 10") as caught:
        walk.step()
    assert caught.value.tensor in ("J", "dw")
    assert walk.position == 1


def test_a_ball_that_leaves_what_is_drawn_is_noticed_once():
    walk = Walk(ONE["bowl"], rate=1.2, tolerance=1e-6)
    left = []
    for _ in range(40):
        walk.step()
        left += [walk.position] if walk.has_just_left() else []
    assert len(left) == 1
    assert walk.is_far
    assert walk.has_turned


def test_a_path_is_thinned_and_still_ends_where_the_ball_is():
    walk = Walk(ONE["bowl"], rate=1e-4, tolerance=1e-9)
    for _ in range(3 * MOST_POINTS):
        walk.step()
    path = walk.path()
    assert len(path["path.step"]) <= MOST_POINTS + 1
    assert path["path.step"][0] == 0
    assert path["path.step"][-1] == walk.position
    assert (np.diff(path["path.step"]) > 0).all()
    np.testing.assert_array_equal(path["path.w"][-1], walk.here.w)


def test_a_ball_put_elsewhere_begins_a_path_of_its_own():
    walk = Walk(ONE["double_well"], rate=0.05, tolerance=1e-6)
    for _ in range(5):
        walk.step()
    walk.drop((-1.5,))
    assert not walk.moved
    walk.step()
    np.testing.assert_array_equal(walk.path()["path.step"], [5, 6])
    np.testing.assert_array_equal(walk.path()["path.w"][0], [-1.5])


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_walk_that_was_saved_goes_on_to_the_byte(before, after):
    walk, other = (Walk(TWO["rosenbrock"], rate=0.0008, tolerance=1e-6) for _ in range(2))
    for _ in range(before):
        walk.step()
    other.load(walk.save())
    for one in (walk, other):
        for _ in range(after):
            one.step()
    for name, array in walk.path().items():
        assert array.tobytes() == other.path()[name].tobytes()
