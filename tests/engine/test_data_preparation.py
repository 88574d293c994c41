"""Splitting and scaling, as properties."""

import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.data.dataset import Dataset
from engine.data.preparation import Scaling, split
from engine.errors import InvalidValueError


@st.composite
def labelled(draw):
    counts = draw(st.lists(st.integers(1, 12), min_size=1, max_size=5).filter(lambda c: sum(c) > 1))
    labels = np.repeat(np.arange(len(counts)), counts)
    numbers = np.arange(len(labels), dtype=np.float32)[:, None]
    return Dataset(numbers, labels, tuple("abcde"[: len(counts)]))


@given(dataset=labelled(), data=st.data())
def test_a_split_keeps_each_sample_once_and_each_class_in_proportion(dataset, data):
    size = data.draw(st.integers(1, len(dataset) - 1))
    training, validation = split(dataset, size, rng=np.random.default_rng(0))
    assert len(validation) == size
    both = np.concatenate([training.x, validation.x])[:, 0]
    assert sorted(both) == list(range(len(dataset)))
    for part in (training, validation):
        assert np.array_equal(dataset.y[part.x[:, 0].astype(int)], part.y)
        shares = np.bincount(dataset.y) * len(part) / len(dataset)
        assert np.abs(np.bincount(part.y, minlength=len(shares)) - shares).max() < 1


def test_a_split_is_shuffled_by_the_randomness_it_is_given():
    dataset = Dataset(np.arange(60)[:, None], np.arange(60) % 3, tuple("abc"))
    first = split(dataset, 12, rng=np.random.default_rng(1))
    again = split(dataset, 12, rng=np.random.default_rng(1))
    other = split(dataset, 12, rng=np.random.default_rng(2))
    for a, b, c in zip(first, again, other, strict=True):
        assert np.array_equal(a.x, b.x)
        assert not np.array_equal(a.x, c.x)
        assert not np.array_equal(a.x, np.sort(a.x, axis=0))


def test_who_splits_alike_shares_the_parts_for_as_long_as_someone_holds_them():
    dataset = Dataset(np.arange(60)[:, None], np.arange(60) % 3, tuple("abc"))
    held = split(dataset, 12, rng=np.random.default_rng(1))
    again = split(dataset, 12, rng=np.random.default_rng(1))
    other = split(dataset, 12, rng=np.random.default_rng(2))
    assert [a is b for a, b in zip(held, again, strict=True)] == [True, True]
    assert not np.shares_memory(held[0].x, other[0].x)
    part = weakref.ref(other[0])
    del other
    assert part() is None


def test_a_regression_is_split_too():
    dataset = Dataset(np.arange(5)[:, None], np.arange(5)[:, None] / 2, ())
    training, validation = split(dataset, 2, rng=np.random.default_rng(0))
    assert (len(training), len(validation)) == (3, 2)
    assert np.array_equal(validation.y, validation.x / 2)


@pytest.mark.parametrize("size", [0, 3, -1])
def test_an_empty_part_is_refused(size):
    dataset = Dataset(np.zeros((3, 1)), np.zeros(3), ("a",))
    with pytest.raises(InvalidValueError, match=f"expected from 1 to 2, got {size}"):
        split(dataset, size, rng=np.random.default_rng(0))


columns = hnp.arrays(
    np.float32,
    st.tuples(st.integers(2, 20), st.integers(1, 4)),
    elements=st.floats(-1000, 1000, width=32).map(lambda value: round(value, 1)),
)


def unlabelled(x):
    return Dataset(x, np.zeros((len(x), 1)), ())


@given(columns)
def test_min_max_fills_zero_to_one_and_a_constant_column_becomes_zero(x):
    x = unlabelled(x).x
    scaled = Scaling.min_max(unlabelled(x)).apply(unlabelled(x)).x
    constant = x.min(axis=0) == x.max(axis=0)
    assert (scaled.min(axis=0) == 0).all()
    assert np.array_equal(scaled.max(axis=0), np.where(constant, 0, 1))


@given(columns)
def test_z_scores_have_mean_0_and_deviation_1_and_a_constant_column_becomes_zero(x):
    x = unlabelled(x).x
    scaled = Scaling.z_score(unlabelled(x)).apply(unlabelled(x)).x.astype(np.float64)
    constant = x.min(axis=0) == x.max(axis=0)
    assert scaled[:, constant] == pytest.approx(0, abs=1e-6)
    assert scaled.mean(axis=0) == pytest.approx(0, abs=1e-4)
    assert scaled.std(axis=0)[~constant] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("fit", [Scaling.min_max, Scaling.z_score])
def test_validation_samples_are_scaled_by_what_was_seen_in_training(fit):
    training = unlabelled(np.array([[0.0, 5.0], [2.0, 5.0]]))
    scaling = fit(training)
    validation = scaling.apply(unlabelled(np.array([[4.0, 6.0]])))
    step = np.diff(scaling.apply(training).x[:, 0])[0]
    assert validation.x[0, 0] == pytest.approx(scaling.apply(training).x[1, 0] + step)
    assert validation.x[0, 1] == 1


def test_pictures_are_scaled_channel_by_channel():
    x = np.stack([np.arange(8.0).reshape(2, 2, 2), 10 * np.ones((2, 2, 2))], axis=1)
    scaled = Scaling.min_max(unlabelled(x)).apply(unlabelled(x)).x
    assert scaled[:, 0] == pytest.approx(x[:, 0] / 7)
    assert (scaled[:, 1] == 0).all()
