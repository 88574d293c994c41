"""The generated data sets: their shapes are what their names say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.generated import (
    blobs,
    circles,
    conjunction,
    curve,
    moons,
    saddle,
    spirals,
    xor,
)
from engine.errors import InvalidValueError

ALL = (xor, conjunction, moons, circles, spirals, blobs)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("make", ALL)
@given(n=st.integers(3, 200), seed=st.integers(0, 2**32))
def test_the_same_randomness_gives_the_same_bytes_and_classes_differ_by_one_sample(make, n, seed):
    first, second = make(n, rng=rng(seed)), make(n, rng=rng(seed))
    assert first.x.tobytes() == second.x.tobytes()
    assert first.x.shape == (n, 2)
    assert (first.x.dtype, first.y.dtype) == (np.float32, np.int32)
    counts = np.bincount(first.y, minlength=len(first.classes))
    assert len(counts) == len(first.classes)
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("make", ALL)
def test_other_randomness_gives_other_points(make):
    assert not np.array_equal(make(20, rng=rng(1)).x, make(20, rng=rng(2)).x)


def test_xor_is_odd_where_the_signs_differ():
    points = xor(400, noise=0, rng=rng())
    assert np.array_equal(points.y, (points.x[:, 0] * points.x[:, 1] < 0).astype(int))
    assert np.abs(points.x).max() <= 1
    assert len({tuple(signs) for signs in np.sign(points.x)}) == 4


def test_and_is_both_where_both_are_positive_and_fills_all_four_squares():
    points = conjunction(400, noise=0, rng=rng())
    assert np.array_equal(points.y, ((points.x > 0).all(axis=1)).astype(int))
    assert len({tuple(signs) for signs in np.sign(points.x)}) == 4


def test_a_regression_has_the_value_that_its_name_says_and_noise_changes_the_value_alone():
    for make, value in (
        (saddle, lambda x: x.prod(axis=1)),
        (curve, lambda x: np.sin(np.pi * x[:, 0])),
    ):
        exact, moved = make(50, noise=0, rng=rng()), make(50, noise=0.2, rng=rng())
        assert exact.y[:, 0] == pytest.approx(value(exact.x.astype(float)), abs=1e-6)
        assert np.array_equal(exact.x, moved.x)
        assert 0.1 < (moved.y - exact.y).std() < 0.3
        assert exact.classes == ()


@pytest.mark.parametrize("make", [saddle, curve])
def test_a_regression_without_a_point_or_with_negative_noise_is_refused(make):
    with pytest.raises(InvalidValueError, match="at least one point"):
        make(0, rng=rng())
    with pytest.raises(InvalidValueError, match="noise: expected 0 or more"):
        make(4, noise=-0.1, rng=rng())


def test_moons_lie_on_two_half_circles_that_reach_into_each_other():
    points = moons(400, noise=0, rng=rng())
    upper, lower = (points.x[points.y == label].astype(float) for label in (0, 1))
    assert np.hypot(*upper.T) == pytest.approx(1, abs=1e-6)
    assert np.hypot(*(lower - [1, 0.5]).T) == pytest.approx(1, abs=1e-6)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5
    assert lower[:, 1].max() > upper[:, 1].min()


def test_circles_have_the_radii_one_and_inner():
    points = circles(400, inner=0.3, noise=0, rng=rng())
    radii = np.hypot(*points.x.astype(float).T)
    assert radii[points.y == 0] == pytest.approx(1, abs=1e-6)
    assert radii[points.y == 1] == pytest.approx(0.3, abs=1e-6)


def test_each_spiral_arm_is_the_first_one_turned():
    points = spirals(600, arms=3, turns=1.25, noise=0, rng=rng())
    x = points.x.astype(float)
    radii = np.hypot(*x.T)
    assert radii.max() <= 1 + 1e-6
    angles = 2 * np.pi * (1.25 * radii + points.y / 3)
    assert x == pytest.approx(
        np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1), abs=1e-5
    )


def test_blobs_are_gaussian_around_points_of_the_unit_circle():
    points = blobs(40_000, centres=4, noise=0.2, rng=rng())
    for label, centre in enumerate([(1, 0), (0, 1), (-1, 0), (0, -1)]):
        cloud = points.x[points.y == label].astype(float)
        assert cloud.mean(axis=0) == pytest.approx(centre, abs=0.01)
        assert cloud.std(axis=0) == pytest.approx([0.2, 0.2], abs=0.005)


@pytest.mark.parametrize(
    ("make", "arguments", "text"),
    [
        (xor, {"n": 1}, "xor: expected at least one point a class, got 1 of 2"),
        (spirals, {"n": 9, "arms": 0}, "spirals: expected at least one point a class"),
        (moons, {"n": 9, "noise": -0.5}, "moons: noise: expected 0 or more, got -0.5"),
        (blobs, {"n": 9, "noise": float("nan")}, "blobs: noise: expected 0 or more, got nan"),
        (
            circles,
            {"n": 9, "inner": 1.0},
            "circles: inner: expected a radius between 0 and 1, got 1",
        ),
    ],
)
def test_an_impossible_argument_is_named(make, arguments, text):
    with pytest.raises(InvalidValueError, match=text):
        make(**arguments, rng=rng())
