"""Scaling of features: what it makes of the bowl, and what the lesson says about it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import EXHIBITS
from engine.landscape.regression import Regression
from engine.landscape.scaled import KINDS, Bowl, Columns, bowl_of
from engine.recorder import Recorder

EXHIBIT = EXHIBITS["normalisation"]
NONE, MINMAX, ZSCORE = range(3)
seeds = st.integers(0, 2**16)


def opened(seed=1, **values):
    return Recorder(EXHIBIT, values, seed, Library())


def numbers(seed=1, **values):
    return opened(seed, **values).snapshot().arrays


def samples(seed, n=20):
    rng = np.random.default_rng(seed)
    x = rng.normal([3, -2], [1, 5], (n, 2))
    return x, np.sign(x[:, 0] + rng.normal(0, 1, n) - 3)


def judged(recorder, question):
    [event] = recorder.act("judge", {"question": question})
    return event.data["answer"]


@given(seeds)
def test_the_bowl_is_the_regression_with_its_intercept_at_its_best(seed):
    x, y = samples(seed)
    bowl, whole = bowl_of(x, y), Regression(x, y)
    for w in np.random.default_rng(seed).normal(0, 1, (5, 2)):
        w0 = y.mean() - w @ x.mean(axis=0)
        here = whole.value(np.array([w0, *w]))
        assert bowl.value(w) == pytest.approx(here)
        others = whole.value(np.array([[w0 + off, *w] for off in (-0.1, 0.1)]))
        assert (others > here).all()
        np.testing.assert_allclose(bowl.gradient(w), whole.gradient(np.array([w0, *w]))[1:])


@given(seeds, st.sampled_from(KINDS))
def test_scaling_changes_neither_the_least_loss_nor_the_model_that_has_it(seed, kind):
    x, y = samples(seed)
    columns = Columns.of(x)
    raw, scaled = bowl_of(x, y), bowl_of(columns.scale(x, kind), y)
    assert scaled.value(scaled.least()) == pytest.approx(raw.value(raw.least()))
    _, divisor = columns.scaling(kind)
    np.testing.assert_allclose(scaled.least() / divisor, raw.least(), rtol=1e-6)


@given(seeds, st.floats(1, 100))
def test_what_is_scaled_knows_nothing_of_a_stretch(seed, stretch):
    x, _ = samples(seed)
    stretched = x * [1, stretch]
    for kind in KINDS[1:]:
        np.testing.assert_allclose(
            Columns.of(stretched).scale(stretched, kind), Columns.of(x).scale(x, kind), atol=1e-9
        )


@given(seeds)
def test_no_scaling_of_single_features_makes_a_rounder_bowl_than_z_scores(seed):
    x, y = samples(seed)
    best = Bowl.of(Columns.of(x).scale(x, "zscore"), y).condition
    for kind in KINDS:
        assert Bowl.of(Columns.of(x).scale(x, kind), y).condition >= best - 1e-9
    for factor in (0.5, 0.9, 1.1, 3):
        assert Bowl.of(Columns.of(x).scale(x, "zscore") * [1, factor], y).condition > best


@given(seeds)
def test_the_largest_curvature_of_two_z_scores_is_never_above_two(seed):
    x, y = samples(seed)
    values = Bowl.of(Columns.of(x).scale(x, "zscore"), y).curved.values
    assert values.sum() == pytest.approx(2)
    assert 1 - 1e-9 <= values[1] <= 2 + 1e-9


@given(seeds, st.sampled_from(KINDS))
def test_just_below_the_largest_stable_rate_one_arrives_and_just_above_one_runs_away(seed, kind):
    x, y = samples(seed)
    bowl = Bowl.of(Columns.of(x).scale(x, kind), y)
    assert bowl.steps(0.99 * bowl.stable, 0.01) is not None
    assert bowl.steps(1.01 * bowl.stable, 0.01) is None
    least = bowl.ground.value(bowl.ground.least())
    for share, shrinks in ((0.99, True), (1.01, False)):
        w = bowl.ground.least() + bowl.curved.vectors[:, 1]
        before = bowl.ground.value(w) - least
        for _ in range(50):
            w = w - share * bowl.stable * bowl.ground.gradient(w)
        assert (bowl.ground.value(w) - least < before) == shrinks


@pytest.mark.parametrize("scaling", KINDS)
@pytest.mark.parametrize("data", ["made", "iris"])
def test_the_counted_steps_are_those_that_the_ball_makes(data, scaling):
    recorder = opened(data=data, scaling=scaling)
    wanted = int(recorder.snapshot().arrays["compare.steps"][KINDS.index(scaling)])
    for step in range(1, wanted + 1):
        names = [event.name for event in recorder.step(1)]
        assert ("arrived" in names) == (step == wanted)


@pytest.mark.parametrize("seed", range(1, 13))
def test_a_stretch_makes_a_valley_of_the_made_data_and_scaling_brings_it_back(seed):
    plain, stretched = numbers(seed, stretch=1.0), numbers(seed)
    condition = stretched["compare.condition"]
    assert plain["compare.condition"][NONE] < 5
    assert condition[NONE] > 30
    assert condition[MINMAX] < 5
    assert condition[ZSCORE] < 5
    assert judged(opened(seed), "doubled") == "four"
    assert judged(opened(seed), "slower") in ("few", "many")


@pytest.mark.parametrize("seed", range(1, 6))
def test_what_the_lesson_says_of_the_flowers_is_so(seed):
    plain, stretched = (
        numbers(seed, data="iris", pair="sepal_width petal_length", stretch=stretch)
        for stretch in (1.0, 10.0)
    )
    assert plain["std"][1] > 3 * plain["std"][0], "petals vary far more in length"
    assert plain["compare.condition"][NONE] > 4 * plain["compare.condition"][ZSCORE]
    assert stretched["compare.steps"][NONE] > 100 * stretched["compare.steps"][ZSCORE]
    for name in ("compare.condition", "compare.steps"):
        np.testing.assert_allclose(stretched[name][1:], plain[name][1:])
    correlated = opened(seed, data="iris", pair="petal_length petal_width", stretch=1.0)
    assert judged(correlated, "mends") == "valley"


@pytest.mark.parametrize("seed", range(1, 6))
def test_one_rate_of_a_half_fits_z_scores_and_runs_away_without_them(seed):
    steps = numbers(seed, by="fixed", learning_rate=0.5)["compare.steps"]
    assert steps[ZSCORE] > 0
    assert steps[NONE] == -1
    recorder = opened(seed, by="fixed", learning_rate=0.5)
    names = [event.name for _ in range(10) for event in recorder.step(1)]
    assert names == ["escaped"]


@pytest.mark.parametrize("data", ["made", "iris"])
def test_mean_and_deviation_are_taken_from_the_training_samples_alone(data):
    found = numbers(data=data, scaling="zscore")
    np.testing.assert_allclose(found["x"].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found["x"].std(axis=0), 1)
    assert (np.abs(found["held.x"].mean(axis=0)) > 1e-3).any()
    np.testing.assert_allclose(
        found["held.x"], (found["held.raw"] - found["mean"]) / found["std"], atol=1e-12
    )
    scaled = numbers(data=data, scaling="minmax")["x"]
    np.testing.assert_allclose([scaled.min(axis=0), scaled.max(axis=0)], [[0, 0], [1, 1]])


@pytest.mark.parametrize("scaling", KINDS)
def test_the_weights_in_raw_units_say_the_same_of_every_sample(scaling):
    recorder = opened(scaling=scaling)
    recorder.step(5)
    found = recorder.snapshot().arrays
    scaled = found["w0"] + found["x"] @ found["w"]
    np.testing.assert_allclose(found["raw.w0"] + found["raw.x"] @ found["raw.w"], scaled)


def test_the_ball_is_put_down_where_somebody_wants_it():
    recorder = opened()
    recorder.act("drop", {"w1": -0.2, "w2": 0.6})
    np.testing.assert_allclose(recorder.snapshot().arrays["w"], [-0.2, 0.6])
    with pytest.raises(InvalidValueError, match="drop: w2: expected a number from"):
        recorder.act("drop", {"w1": 0, "w2": 1e9})
    with pytest.raises(InvalidValueError, match="drop: w1: expected a number from"):
        recorder.act("drop", {})


@pytest.mark.parametrize("scaling", KINDS)
def test_every_number_recomputes_whatever_the_scaling(scaling):
    recorder = opened(2, scaling=scaling, data="iris")
    recorder.step(3)
    rng = np.random.default_rng(0)
    for name in EXHIBIT.publishes:
        array = recorder.snapshot().arrays[name]
        for _ in range(3):
            index = tuple(int(rng.integers(length)) for length in array.shape)
            ledger = recorder.ledger(name, index)
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            assert abs(ledger.recompute() - ledger.value) <= 1e-6 * largest, name
