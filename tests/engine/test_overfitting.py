"""The exhibit `overfitting`: two networks of one seed, what is measured, and the remedies."""

import math

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.overfitting import EXHIBIT
from engine.exhibits.overfitting_controls import REMEDIES
from engine.explain.ledger import TOLERANCE
from engine.recorder import Recorder

every_remedy = pytest.mark.parametrize("remedy", REMEDIES)


def run(step=0, **values):
    recorder = Recorder(EXHIBIT, values, 1, Library())
    recorder.seek(step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def judge(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    (event,) = recorder.act("judge", args)
    return event.data


def forward(found, name, x):
    """Return p of each point, in float64, by the published parameters; and all weights."""
    said, weights = np.asarray(x, np.float64), []
    count = sum(key.startswith(f"{name}.dense") and key.endswith(".W") for key in found)
    for n in range(1, count + 1):
        W, b = (found[f"{name}.dense{n}.{short}"].astype(np.float64) for short in "Wb")
        weights.append(W)
        z = said @ W.T + b
        said = np.tanh(z) if n < count else 1 / (1 + np.exp(-z))
    return said[:, 0], weights


def surprise(p, y):
    return -np.where(y == 1, np.log(p), np.log(1 - p)).mean()


def test_with_nothing_for_either_both_take_the_same_course_to_the_byte():
    recorder = run(remedy="none")
    for step in (0, 1, 37):
        recorder.seek(step)
        found = arrays(recorder)
        names = [name for name in found if name.startswith("without.")]
        assert len(names) > 20
        for name in names:
            other = found[name.replace("without.", "with.", 1)]
            assert found[name].tobytes() == other.tobytes(), name


@every_remedy
def test_both_begin_with_the_same_weights(remedy):
    found = arrays(run(remedy=remedy))
    for name in (name for name in found if name.startswith("without.dense")):
        if name.endswith((".W", ".b")):
            np.testing.assert_array_equal(found[name], found[name.replace("without", "with", 1)])


@every_remedy
def test_the_losses_that_are_compared_are_of_the_whole_network_without_penalty(remedy):
    found = arrays(run(40, remedy=remedy))
    parts = {"train": "points", "valid": "validation"}
    for name in ("without", "with"):
        for part, points in parts.items():
            prefix = "" if points == "validation" else f"{name}."
            if remedy == "augment" and part == "train" and name == "with":
                prefix = "without."  # judged where they are, not where the step had moved them
            x, y = found[f"{prefix}{points}.x"], found[f"{prefix}{points}.y"]
            p, weights = forward(found, name, x)
            assert found[f"{name}.{part}.loss"] == pytest.approx(surprise(p, y), rel=1e-4)
            assert found[f"{name}.{part}.right"] == pytest.approx(((p > 0.5) == y).mean())
        squares = sum((W**2).sum() for W in weights)
        assert found[f"{name}.squares"] == pytest.approx(squares, rel=1e-5)
        gap = float(found[f"{name}.valid.loss"]) - float(found[f"{name}.train.loss"])
        assert found[f"{name}.gap"] == pytest.approx(gap)


def test_what_a_step_makes_smaller_has_the_penalty_in_it_and_so_has_each_weights_gradient():
    recorder = run(60, remedy="l2", l2=0.02)
    before = arrays(recorder)
    recorder.step(1)
    found = arrays(recorder)
    assert found["with.penalty"] == pytest.approx(0.01 * found["with.squares"])
    assert found["without.penalty"] == 0
    loss = float(before["with.train.loss"]) + float(before["with.penalty"])
    assert found["with.loss"] == pytest.approx(loss, rel=1e-5)
    assert found["without.loss"] == pytest.approx(float(before["without.train.loss"]), rel=1e-5)
    for index in ((0, 0), (3, 5)):
        *_, last = recorder.ledger("with.dense2.dW", index).terms
        assert [one.symbol for one in last.factors] == [r"\lambda", "W"]
        assert last.value == pytest.approx(0.02 * float(before["with.dense2.W"][index]), rel=1e-6)
        plain = recorder.ledger("without.dense2.dW", index)
        assert not any(one.symbol == r"\lambda" for term in plain.terms for one in term.factors)


@every_remedy
def test_every_gradient_is_what_nudging_its_parameter_finds(remedy):
    recorder = run(20, remedy=remedy)
    with pytest.raises(InvalidValueError, match="expected a run that has made a step"):
        run(remedy=remedy).act("nudge", {"tensor": "with.dense1.dW", "index": [0, 0]})
    rng = np.random.default_rng(0)
    for name, array in arrays(recorder).items():
        if not name.endswith((".dW", ".db")):
            continue
        index = [int(rng.integers(length)) for length in array.shape]
        (event,) = recorder.act("nudge", {"tensor": name, "index": index})
        assert event.data["tensor"] == name[:-2] + name[-1]
        largest = float(np.abs(array).max())
        assert event.data["quotient"] == pytest.approx(
            float(array[tuple(index)]), rel=1e-3, abs=1e-4 * largest
        )


def test_a_price_that_is_too_high_leaves_a_network_that_says_one_half_everywhere():
    found = arrays(run(400, remedy="l2", l2=0.1))
    assert found["with.squares"] < 1e-3
    assert found["with.valid.loss"] == pytest.approx(math.log(2), abs=1e-3)
    np.testing.assert_allclose(found["with.regions.p"], 0.5, atol=0.01)


def test_the_large_network_learns_by_heart_and_the_small_one_cannot():
    large, small = (arrays(run(400, remedy="none", network=name)) for name in ("large", "small"))
    assert large["without.train.loss"] < 0.01
    assert large["without.train.right"] == 1
    assert large["without.best.step"] < 100
    assert large["without.valid.loss"] > 1.5 * large["without.best.loss"]
    assert small["without.train.loss"] > 0.1
    weights = sum(
        found.size
        for name, found in large.items()
        if name.startswith("without.dense") and name.endswith((".W", ".b"))
    )
    assert weights == 105


@pytest.mark.parametrize("remedy", ["l2", "dropout", "augment", "more"])
def test_every_remedy_has_the_lower_validation_loss_in_the_end(remedy):
    found = arrays(run(400, remedy=remedy))
    assert found["with.valid.loss"] < found["without.valid.loss"]
    assert found["with.train.loss"] > found["without.train.loss"]


def test_dropout_shows_the_point_as_the_last_step_had_it_thinned():
    recorder = run(3, remedy="dropout", dropout=0.4)
    masks = []
    for example in range(8):
        recorder.set({"example": example})
        found = arrays(recorder)
        for n in (1, 2):
            mask = found[f"with.dropout{n}.mask"]
            assert set(np.unique(mask)) <= {np.float32(0), np.float32(1 / 0.6)}
            a, y = found[f"with.act{n}.a"], found[f"with.dropout{n}.y"]
            np.testing.assert_allclose(y, a * mask)
            masks.append(mask.tobytes())
        assert not any(name.startswith("without.dropout") for name in found)
    assert len(set(masks)) > 4


def test_thinned_networks_share_the_weights_and_their_mean_is_near_the_whole_network():
    recorder = run(200, remedy="dropout")
    found = arrays(recorder)
    pictures = np.array([found[f"thin{k}.regions.p"] for k in range(8)], np.float64)
    np.testing.assert_allclose(found["thin.mean"], pictures.mean(axis=0))
    whole = found["with.regions.p"][::2, ::2]
    far = np.abs(pictures - whole).mean(axis=(1, 2))
    assert np.abs(found["thin.mean"] - whole).mean() < np.median(far)
    ledger = recorder.ledger("thin.mean", (4, 7))
    assert [term.factors[0].tensor for term in ledger.terms] == [
        f"thin{k}.regions.p" for k in range(8)
    ]
    (neuron,) = recorder.ledger("thin3.regions.p", (4, 7)).terms
    z = recorder.ledger(neuron.factors[0].tensor, neuron.factors[0].index)
    weights = {one.tensor: one.index for term in z.terms for one in term.factors}
    assert recorder.ledger("with.dense3.W", weights["with.dense3.W"]).value == pytest.approx(
        float(found["with.dense3.W"][weights["with.dense3.W"]])
    )
    assert not any(name.startswith("thin") for name in arrays(run(remedy="l2")))


def test_noise_moves_the_points_of_each_step_and_nothing_else():
    recorder = run(remedy="augment", jitter=0.3)
    home = arrays(recorder)["without.points.x"]
    np.testing.assert_array_equal(arrays(recorder)["with.points.x"], home)
    seen = []
    for _ in range(40):
        recorder.step(1)
        found = arrays(recorder)
        np.testing.assert_array_equal(found["without.points.x"], home)
        seen.append(found["with.points.x"] - home)
    assert np.std(seen) == pytest.approx(0.3, rel=0.05)
    assert np.abs(np.mean(seen, axis=0)).max() < 0.25
    ledger = recorder.ledger("with.points.x", (5, 1))
    assert next(term.value for term in ledger.terms) == float(home[5, 1])


def test_more_points_are_added_to_those_that_were_there():
    found = arrays(run(remedy="more", times=3))
    assert len(found["with.points.x"]) == 3 * len(found["without.points.x"]) == 90
    np.testing.assert_array_equal(found["with.points.x"][:30], found["without.points.x"])


def test_it_stops_once_when_patience_is_over_and_remembers_the_best_step():
    recorder = run(remedy="none", patience=50)
    events = []
    while recorder.position < 200:
        for event in recorder.step(1):
            events.append((recorder.position, event))
    assert [event.name for _, event in events] == ["early", "early"]
    (step, first), (_, second) = events
    assert first.pauses
    assert (first.data["network"], second.data["network"]) == ("without", "with")
    assert step == first.data["best"] + 50 == first.data["step"]
    losses = []
    for at in range(201):
        recorder.seek(at)
        losses.append(float(arrays(recorder)["without.valid.loss"]))
    best = int(np.argmin(losses))
    assert best == first.data["best"]
    found = arrays(recorder)
    assert (int(found["without.best.step"]), float(found["without.best.loss"])) == (
        best,
        pytest.approx(losses[best], rel=1e-6),
    )
    recorder.seek(best - 10)
    assert arrays(recorder)["without.best.step"] <= best - 10


def test_without_patience_it_never_stops():
    recorder = run(remedy="none")
    assert not [event for _ in range(20) for event in recorder.step(8)]


def test_predictions_are_judged_by_what_the_engine_finds():
    assert judge(run(remedy="none"), "lower")["answer"] == "same"
    recorder = run(5, remedy="l2")
    told = judge(recorder, "lower", "without")
    assert (told["answer"], told["correct"]) == ("with", False)
    assert judge(recorder, "turn", "early")["correct"]
    assert recorder.position == 5
    W = arrays(recorder)["with.dense2.W"]
    largest = W.flat[np.abs(W).argmax()]
    assert judge(recorder, "pull", 0.01 * float(largest))["correct"]
    assert not judge(recorder, "pull", -0.01 * float(largest))["correct"]
    recorder = run(5, remedy="dropout", dropout=0.5)
    a = float(arrays(recorder)["with.act1.a"][0, 0])
    assert judge(recorder, "kept", 2 * a)["correct"]
    for question in ("pull", "kept"):
        with pytest.raises(InvalidValueError, match=f"{question}: .* choose"):
            judge(run(remedy="none"), question)


@every_remedy
def test_every_number_of_every_remedy_explains_itself(remedy):
    recorder = run(2, remedy=remedy, network="larger")
    rng = np.random.default_rng(0)
    for name, array in arrays(recorder).items():
        index = tuple(int(rng.integers(length)) for length in array.shape)
        ledger = recorder.ledger(name, index)
        np.testing.assert_equal(ledger.value, float(array[index]))
        largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
        assert abs(ledger.recompute() - ledger.value) <= TOLERANCE * largest, ledger
        for term in ledger.terms:
            for one in term.factors:
                if one.tensor is not None:
                    assert recorder.ledger(one.tensor, one.index).tensor == one.tensor
