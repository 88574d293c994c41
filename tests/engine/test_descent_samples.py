"""Going down by batches: what is claimed of batch, stochastic and minibatch gradient descent."""

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.descent import EXHIBIT
from engine.exhibits.descent_samples import SAMPLES, WALKERS, samples
from engine.landscape.regression import Regression
from engine.landscape.sampled import (
    MOST_POINTS,
    RECENT,
    Sampled,
    noise_ball,
    order,
    scheduled,
    slices,
    variance,
)
from engine.recorder import Recorder

LAW = 1e-6
GD, SGD, MINI = range(3)


def ground(scatter=0.5, seed=1):
    return Regression(*samples(scatter, seed))


def record(changes=(), **values):
    return Recorder(EXHIBIT, {"mode": "samples", **values}, 1, Library(), changes=changes)


def of(recorder, *names):
    arrays = recorder.snapshot(names).arrays
    return arrays[names[0]] if len(names) == 1 else [arrays[name] for name in names]


def walk(walker, updates, rate):
    for _ in range(updates):
        walker.update(rate)
    return walker


@pytest.mark.parametrize("size", [1, 7, 8, SAMPLES])
def test_the_batches_of_an_epoch_hold_each_sample_once_in_the_order_of_the_epoch(size):
    walker = Sampled(ground(), size, seed=3)
    for epoch in range(3):
        rows = []
        for _ in range(slices(SAMPLES, size)):
            rows += walker.rows.tolist()
            walker.update(0.1)
        assert rows == order(3, epoch, SAMPLES).tolist()
        assert sorted(rows) == list(range(SAMPLES))
        assert walker.epochs == epoch + 1
    assert order(3, 0, SAMPLES).tolist() != order(3, 1, SAMPLES).tolist()


def test_the_gradient_of_a_batch_is_the_mean_of_its_samples_and_over_an_epoch_that_of_all():
    regression = ground()
    walker = Sampled(regression, 8, seed=1)
    w = walker.w.copy()
    each = regression.sample_gradients(w)
    found = []
    for _ in range(5):
        np.testing.assert_allclose(walker.gradient(), each[walker.rows].mean(axis=0), rtol=1e-12)
        found.append(walker.gradient())
        walker.update(0.0)  # it stays where it is and goes on to the next batch
    np.testing.assert_allclose(np.mean(found, axis=0), regression.gradient(w), rtol=1e-12)


def test_a_batch_of_all_samples_is_plain_gradient_descent():
    regression = ground()
    walker = walk(Sampled(regression, SAMPLES, seed=1), 30, 0.3)
    w = np.array(regression.start)
    for _ in range(30):
        w = w - 0.3 * regression.gradient(w)
    np.testing.assert_allclose(walker.w, w, rtol=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_the_noise_ball_shrinks_with_the_rate_and_with_larger_batches(seed):
    regression = ground(seed=seed)
    single, small, half = (noise_ball(regression, size, seed=seed) for size in (1, 4, 20))
    for found in (single, small, half):
        assert (np.diff(found) > 0).all()
    ratios = single[:-1] / single[1:]  # each rate is half of the next
    assert ((ratios > 0.45) & (ratios < 0.65)).all()
    assert (small < single / 2).all()
    assert (half < small).all()


def test_there_is_no_noise_ball_for_a_whole_batch_nor_where_all_samples_lie_on_a_line():
    assert not noise_ball(ground(), SAMPLES, seed=1).any()
    assert not noise_ball(ground(scatter=0.0), 1, seed=1).any()


def test_a_rate_with_which_it_runs_away_has_an_endless_noise_ball():
    assert noise_ball(ground(), 1, seed=1, rates=(0.1, 30.0)).tolist()[1] == np.inf


def test_what_is_measured_in_the_end_is_what_a_walker_does():
    regression = ground()
    expected = noise_ball(regression, 1, seed=1, rates=(0.1,))[0]
    found = []
    walker = walk(Sampled(regression, 1, seed=1), 400, 0.1)
    for _ in range(20):
        found.append(variance(walk(walker, RECENT, 0.1).recent))
    assert np.sqrt(np.mean(found)) == pytest.approx(expected, rel=0.15)


def test_rates_shrink_as_they_say():
    assert [scheduled(0.2, t, "inverse", 5) for t in (0, 5, 10, 15)] == pytest.approx(
        [0.2, 0.1, 0.2 / 3, 0.05]
    )
    assert [scheduled(0.2, t, "steps", 5) for t in (0, 4.9, 5, 9.9, 10)] == pytest.approx(
        [0.2, 0.2, 0.1, 0.1, 0.05]
    )
    assert scheduled(0.2, 1000, "constant", 5) == 0.2


def test_a_path_is_thinned_by_the_number_of_updates_alone_and_ends_where_it_is():
    walker = walk(Sampled(ground(), 1, seed=1), 3 * MOST_POINTS + 1, 0.1)
    places, seen = walker.path()
    assert len(places) <= MOST_POINTS + 1
    assert (places[-1] == walker.w).all()
    assert seen[-1] == walker.seen
    assert (np.diff(seen[:-1]) == seen[1]).all()


def test_in_a_step_each_looks_at_as_many_samples_and_the_whole_batch_waits():
    recorder = record(batch_size=8)
    for step in range(1, 11):
        recorder.step(1)
        updates, seen, waiting = of(recorder, "walkers.updates", "walkers.seen", "waiting")
        assert updates.tolist() == [step // 5, 8 * step, step]
        assert seen[SGD] == seen[MINI] == seen[GD] + waiting[0] == 8 * step


def test_a_last_batch_that_is_smaller_counts_as_what_it_is():
    recorder = record(batch_size=7)
    recorder.step(6)
    assert of(recorder, "walkers.updates").tolist() == [1, SAMPLES, 6]
    assert of(recorder, "walkers.epochs").tolist() == [1, 1, 1]


def test_or_in_a_step_each_makes_one_update_whatever_it_costs():
    recorder = record(batch_size=8, pace="updates")
    recorder.step(10)
    assert of(recorder, "walkers.updates").tolist() == [10, 10, 10]
    assert of(recorder, "walkers.seen").tolist() == [400, 10, 80]


@pytest.mark.parametrize("followed", WALKERS)
@pytest.mark.parametrize("pace", ["samples", "updates"])
def test_the_plain_names_are_of_the_one_who_is_followed_and_the_update_is_made(followed, pace):
    recorder = record(followed=followed, pace=pace, batch_size=SAMPLES)
    before, update, place = of(recorder, "w", "update", f"{followed}.w")
    assert (before == place).all()
    recorder.step(1)
    if pace == "updates" or followed != "sgd":  # else it has made forty
        np.testing.assert_allclose(of(recorder, "w"), before + update, rtol=1e-12)


def test_the_fan_points_against_the_gradients_in_one_scale_and_its_mean_is_their_mean():
    recorder = record(followed="mini")
    recorder.step(3)
    fan, inside, batch, whole, w = of(recorder, "fan", "inside", "fan.batch", "fan.all", "w")
    each = ground().sample_gradients(w)
    np.testing.assert_allclose(fan, each * (fan[0, 0] / each[0, 0]), rtol=1e-9)
    assert fan[0, 0] * each[0, 0] < 0
    np.testing.assert_allclose(fan[inside == 1].mean(axis=0), batch, rtol=1e-9)
    np.testing.assert_allclose(fan.mean(axis=0), whole, rtol=1e-9)
    assert inside.sum() == 8


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"pace": "updates", "followed": "sgd", "decay": "inverse"},
        {"followed": "gd", "decay": "steps", "noise": 0.0, "batch_size": 7},
    ],
)
def test_every_number_is_explained(values):
    recorder = record(**values)
    rng = np.random.default_rng(0)
    for steps in (0, 1, 40):
        recorder.step(steps)
        for name, array in recorder.snapshot().arrays.items():
            if name.startswith("history."):
                continue
            for _ in range(2):
                index = tuple(int(rng.integers(n)) for n in array.shape)
                assert_explained(recorder, name, index, float(array[index]))


def assert_explained(recorder, name, index, value):
    ledger = recorder.ledger(name, index)
    assert ledger.value == value
    largest = max(map(abs, [value, *(term.value for term in ledger.terms)]))
    assert abs(ledger.recompute() - value) <= LAW * largest, ledger
    for factor in (one for term in ledger.terms[:3] for one in term.factors):
        if factor.tensor is not None:
            there = recorder.ledger(factor.tensor, factor.index)
            assert there.value == (factor.value if factor.of is None else factor.of)


def test_a_weight_is_what_it_was_less_the_rate_times_the_mean_of_its_batch():
    recorder = record()
    recorder.step(4)
    ledger = recorder.ledger("mini.w", (1,))
    assert [one.tensor for term in ledger.terms for one in term.factors] == [
        "mini.before.w",
        None,
        "mini.before.dw",
    ]
    slope = recorder.ledger("mini.before.dw", (1,))
    assert len(slope.terms) == 8
    rows = {factor.index[0] for term in slope.terms for factor in term.factors if factor.tensor}
    assert rows == set(order(1, 0, SAMPLES)[24:32].tolist())


def test_all_three_are_put_elsewhere_together_and_begin_anew():
    recorder = record()
    recorder.step(3)
    recorder.act("drop", {"names": ["w0", "w1"], "at": [1.0, 2.0]})
    for name in WALKERS:
        assert of(recorder, f"{name}.w").tolist() == [1, 2]
    assert not of(recorder, "walkers.seen").any()
    recorder.step(2)
    recorder.step(-2)
    assert of(recorder, "w").tolist() == [1, 2]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({"names": ["w1", "w2"], "at": [0, 0]}, "drop: expected two numbers in `at`"),
        ({"names": ["w0", "w1"], "at": [0]}, "drop: expected two numbers in `at`"),
        ({"names": ["w0", "w1"], "at": [0, 99]}, "drop: w1: expected a number from -0.9 to 3.3"),
    ],
)
def test_a_place_that_is_none_is_refused(args, says):
    with pytest.raises(InvalidValueError, match=says):
        record().act("drop", args)


def test_a_rate_that_is_too_large_for_single_samples_diverges_and_says_whose():
    recorder = record(learning_rate=9.0)
    (event,) = [one for one in recorder.step(2000) if one.name == "diverged"]
    assert event.data["tensor"] == "sgd.w"


def ask(recorder, question, answer):
    (event,) = recorder.act("judge", {"question": question, "answer": answer})
    return event.data


def test_the_questions_of_the_lesson_are_judged_by_what_happens():
    recorder = record()
    assert ask(recorder, "updates", 5)["correct"]
    assert ask(record(batch_size=7), "updates", 6)["correct"]
    assert ask(recorder, "nearest", "sgd")["correct"]
    told = ask(recorder, "shrinks", "narrow")
    assert told["correct"]
    assert "After 40 epochs" in told["text"]
    with pytest.raises(InvalidValueError, match="shrinks: expected samples off the line"):
        ask(record(noise=0.0), "shrinks", "same")


def test_after_one_epoch_the_stochastic_walker_is_nearest_whatever_the_seed():
    for seed in range(8):
        recorder = Recorder(EXHIBIT, {"mode": "samples"}, seed, Library())
        assert ask(recorder, "nearest", "sgd")["correct"]
