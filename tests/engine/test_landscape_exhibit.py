"""The exhibit of a network's loss surface: what it surveys and when, and whence each number."""

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.landscape import EVERY, EXHIBIT
from engine.exhibits.landscape_networks import build_recipe
from engine.exhibits.surveys import PLANES
from engine.explain.ledger import TOLERANCE
from engine.lines import Lines
from engine.recorder import Recorder

LIBRARY = Library()
SURFACES = [f"{plane}.{short}" for plane in PLANES for short in ("J", "a", "b")]


def recorder_at(step, *, seed=1, **values):
    recorder = Recorder(EXHIBIT, values, seed, LIBRARY)
    recorder.step(step)
    return recorder


def worked(recorder):
    """Return all that there is to see, once nothing is left to compute."""
    while recorder.busy:
        recorder.work()
    arrays = recorder.snapshot().arrays
    return {name: array for name, array in arrays.items() if not name.startswith("history.")}


def bytes_of(arrays):
    return {name: (array.shape, array.tobytes()) for name, array in arrays.items()}


def network_with(weights, **values):
    network = build_recipe(EXHIBIT.defaults() | values, 1, LIBRARY).network
    network.theta[...] = weights
    return network


def test_a_surface_comes_coarse_first_and_each_finer_one_keeps_what_was_known():
    recorder = recorder_at(10)
    assert np.isnan(recorder.snapshot(["random1.J"]).arrays["random1.J"]).all()
    seen = {}
    while recorder.busy:
        recorder.work()
        losses = recorder.snapshot(["random1.J"]).arrays["random1.J"]
        if not np.isnan(losses).any():
            seen[len(losses)] = losses
    assert 41 in seen
    for n, losses in seen.items():
        np.testing.assert_array_equal(losses, seen[41][:: 40 // (n - 1), :: 40 // (n - 1)])


def test_a_surface_has_the_loss_of_a_network_with_those_weights():
    recorder = recorder_at(20, every="1")
    arrays = worked(recorder)
    middle = arrays["random1.J"][20, 20]
    assert middle == pytest.approx(recorder.scalars(20)["J"], rel=1e-5)
    recorder.act("take", {"plane": "random1", "every": 1, "a": 0.25, "b": -0.5})
    j, i = (int(np.argmin(abs(arrays[f"random1.{s}"] - x))) for s, x in (("a", 0.25), ("b", -0.5)))
    assert recorder.scalars(20)["J"] == pytest.approx(float(arrays["random1.J"][i, j]), rel=1e-4)


@pytest.mark.parametrize("every", [str(n) for n in EVERY])
def test_a_step_shows_the_same_surfaces_however_one_got_there(every):
    values = {"every": every, "three": True}
    played = Recorder(EXHIBIT, values, 1, LIBRARY)
    seen = {}
    for step in (0, 1, 3, 40, 67):
        while played.position < step:
            played.step()
            played.work()  # some, as between the steps of a run that plays
        seen[step] = bytes_of(worked(played))
    for step in (67, 40, 3, 0, 1):
        played.seek(step)
        assert bytes_of(worked(played)) == seen[step]
    other = Recorder(EXHIBIT, values, 1, LIBRARY)
    other.load(played.save())
    other.seek(40)
    assert bytes_of(worked(other)) == seen[40]
    assert bytes_of(worked(other.branch())) == seen[40]


def test_what_is_looked_at_changes_nothing_of_the_run():
    plain, looked = recorder_at(0), recorder_at(0)
    for step in range(5, 40, 5):
        looked.set({"plane": PLANES[step % 3], "every": str(EVERY[step % 2]), "three": step > 20})
        looked.seek(step)
        worked(looked)
    plain.seek(35)
    looked.set({name: EXHIBIT.defaults()[name] for name in ("plane", "every", "three")})
    assert bytes_of(worked(looked)) == bytes_of(worked(plain))


def test_a_survey_stays_around_the_step_that_it_is_of_while_the_path_goes_on():
    recorder = recorder_at(20)
    at_20 = worked(recorder)
    recorder.step(9)
    later = worked(recorder)
    assert int(later["survey.step"][0]) == 20
    np.testing.assert_array_equal(later["random1.J"], at_20["random1.J"])
    assert len(later["path.J"]) > len(at_20["path.J"])
    recorder.step()
    assert int(worked(recorder)["survey.step"][0]) == 30
    assert np.any(recorder.snapshot().arrays["random1.J"] != at_20["random1.J"])


def test_the_middle_of_every_plane_is_where_the_weights_are():
    arrays = worked(recorder_at(40, three=True, every="1"))
    for plane in PLANES:
        np.testing.assert_allclose(arrays[f"{plane}.path"][:, -1], 0, atol=1e-6)
    assert arrays["path.moved"][-1] == 0
    assert float(arrays["path.J"][-1]) == pytest.approx(float(arrays["random1.J"][20, 20]), 1e-5)


def test_before_the_second_step_a_path_has_no_plane():
    for step in (0, 1):
        recorder = recorder_at(step, plane="principal", every="1")
        assert np.isnan(worked(recorder)["principal.J"]).all()
    assert np.isfinite(worked(recorder_at(2, plane="principal", every="1"))["principal.J"]).all()


def test_random_planes_hold_hardly_anything_of_the_movement_and_the_principal_plane_nearly_all():
    for seed in (1, 2, 3):
        arrays = worked(recorder_at(120, seed=seed))
        assert float(arrays["random1.held"]) < 0.05
        assert float(arrays["random2.held"]) < 0.05
        assert float(arrays["principal.held"]) > 0.9


def test_weights_that_were_taken_belong_to_history_and_training_goes_on_from_them():
    recorder = recorder_at(30)
    before = worked(recorder)
    (event,) = recorder.act("take", {"plane": "principal", "every": 10, "a": 0.1, "b": -0.2})
    taken = worked(recorder)
    assert event.data["J"] == pytest.approx(recorder.scalars(30)["J"])
    np.testing.assert_allclose(taken["principal.path"][:, -1], (0.1, -0.2), atol=1e-5)
    assert not np.array_equal(taken["regions.p"], before["regions.p"])
    np.testing.assert_array_equal(taken["random1.J"], before["random1.J"])
    recorder.step(15)
    seen = bytes_of(worked(recorder))
    other = Recorder(EXHIBIT, {}, 1, LIBRARY, changes=recorder.changes)
    other.set({"plane": "random2", "every": "50"})  # whatever is looked at
    other.seek(45)
    other.set({"plane": "random1", "every": "10"})
    assert bytes_of(worked(other)) == seen
    recorder.seek(30)
    assert bytes_of(worked(recorder)) == bytes_of(taken)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"plane": "third"}, "plane: expected one of random1, random2, principal, got 'third'"),
        ({"every": 7}, "every: expected one of 1, 10, 50, got 7"),
        ({"a": "x"}, "a: "),
        ({"b": 1e9}, "b: "),
    ],
    ids=str,
)
def test_weights_that_cannot_be_taken_are_refused_and_nothing_changes(wrong, text):
    recorder = recorder_at(3)
    before = bytes_of(worked(recorder))
    with pytest.raises(InvalidValueError) as refused:
        recorder.act("take", {"plane": "random1", "every": 10, "a": 0.0, "b": 0.0} | wrong)
    assert str(refused.value).startswith(text)
    assert bytes_of(worked(recorder)) == before


def assert_explains(recorder, tensor, index, *, depth=3):
    """Ask of a number, and of some of those that it is made of."""
    ledger = recorder.ledger(tensor, index)
    largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
    assert not abs(ledger.recompute() - ledger.value) > TOLERANCE * largest, ledger
    for term in ledger.terms[:2] if depth else ():
        for factor in term.factors:
            if factor.tensor is not None:
                there = assert_explains(recorder, factor.tensor, factor.index, depth=depth - 1)
                assert there.value == (factor.value if factor.of is None else factor.of)
    return ledger


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_every_number_of_a_worked_survey_has_a_ledger_down_to_the_weights(data):
    recorder = recorder_at(14, data=data, three=True, every="10")
    arrays = worked(recorder)
    rng = np.random.default_rng(2)
    for name, array in arrays.items():
        for _ in range(2 if array.size else 0):
            index = tuple(int(rng.integers(n)) for n in array.shape)
            ledger = assert_explains(recorder, name, index)
            assert ledger.value == float(array[index])


def test_a_points_loss_is_the_mean_of_its_samples_losses_at_named_weights():
    recorder = recorder_at(10)
    worked(recorder)
    ledger = recorder.ledger("random1.J", (4, 30))
    assert ledger.combine == "mean"
    assert len(ledger.terms) + ledger.rest.count == 200
    (factor,) = ledger.terms[0].factors
    assert factor.tensor == "random1.4.30.softmax.a"
    weight = recorder.ledger("random1.4.30.dense2.W", (3, 5))
    names = [factor.tensor for term in weight.terms for factor in term.factors]
    assert names == ["center", "random1.a", "random1.d", "random1.b", "random1.d"]


def test_what_is_not_there_is_refused_by_name():
    recorder = recorder_at(4)
    for tensor in ("random1.J.x", "random1.3", "random1.99.0.dense1.W", "path.900.dense1.W"):
        with pytest.raises(InvalidValueError, match="tensor: "):
            recorder.ledger(tensor, (0, 0))
    with pytest.raises(InvalidValueError, match="expected a slice to another run"):
        recorder.ledger("slice.0.dense1.W", (0, 0))


def two_lines(**values):
    """Two runs that parted at step 0 by their batch sizes, both at step 40."""
    recorder = Recorder(EXHIBIT, values, 1, LIBRARY)
    recorder.step(40)
    lines = Lines.one(recorder, 64 << 20)
    lines.recorder.seek(0)
    lines.fork({"batch_size": 100})
    lines.recorder.seek(40)
    return lines


def test_a_slice_goes_from_this_run_to_the_other_and_has_their_losses_at_its_ends():
    lines = two_lines()
    here = lines.recorder
    lines.act("slice", {"line": 1})
    arrays = worked(here)
    t, losses = arrays["slice.t"], arrays["slice.J"]
    mine = float(losses[np.argmin(abs(t))])
    theirs = float(losses[np.argmin(abs(t - 1))])
    assert mine == pytest.approx(here.scalars(40)["J"], rel=1e-4)
    assert theirs == pytest.approx(lines.find(1).recorder.scalars(40)["J"], rel=1e-4)
    for index in ((7,), (20,)):
        assert_explains(here, "slice.J", index, depth=2)
    assert_explains(here, "slice.7.dense1.W", (2, 1))
    here.step()
    assert here.snapshot(["slice.J"]).arrays["slice.J"].shape == (0,)


def test_a_slice_to_a_run_of_another_network_is_refused():
    lines = two_lines()
    lines.pin(1, pinned=True)
    lines.restart(Recorder(EXHIBIT, {"network": "deep"}, 1, LIBRARY))
    with pytest.raises(InvalidValueError, match="line: expected a run of the same network"):
        lines.act("slice", {"line": 1})


def test_a_question_is_judged_by_what_the_planes_hold_and_by_training_on():
    recorder = recorder_at(60)
    before = bytes_of(worked(recorder))
    (judged,) = recorder.act("judge", {"question": "held", "answer": "hardly"})
    assert judged.data["correct"] is True
    (judged,) = recorder.act("judge", {"question": "bottom", "answer": "fall"})
    assert judged.data["correct"] is True
    assert bytes_of(worked(recorder)) == before


def test_a_diverged_run_surveys_nothing_and_shows_the_path_until_there():
    wild = {"network": "deep", "optimizer": "sgd", "learning_rate": 100.0}
    recorder = Recorder(EXHIBIT, wild, 1, LIBRARY)
    recorder.step(50)
    assert recorder.diverged
    assert not recorder.busy
    arrays = worked(recorder)
    assert list(arrays["path.step"]) == list(range(recorder.position))
    assert np.isfinite(arrays["random1.path"]).all()


@pytest.mark.parametrize("seed", range(1, 7))
def test_at_step_60_the_random_plane_shows_a_bottom_that_training_goes_below(seed):
    recorder = recorder_at(60, seed=seed, three=True)
    arrays = worked(recorder)
    here = recorder.scalars(60)["J"]
    assert arrays["random1.J"].size - 1 == 1680
    assert arrays["random1.J"].min() > 0.95 * here
    assert arrays["principal.J"].min() < 0.995 * here
    recorder.step(60)
    assert recorder.scalars(120)["J"] < 0.75 * here


def test_the_small_network_of_the_lesson_has_as_many_weights_as_it_says():
    recorder = Recorder(EXHIBIT, {}, 1, LIBRARY)
    assert recorder.snapshot([]).scalars["parameters"] == 354


def test_from_weights_that_were_taken_on_high_ground_training_finds_a_way_down():
    recorder = recorder_at(60, plane="principal")
    arrays = worked(recorder)
    i, j = np.unravel_index(arrays["principal.J"].argmax(), arrays["principal.J"].shape)
    place = {"a": float(arrays["principal.a"][j]), "b": float(arrays["principal.b"][i])}
    recorder.act("take", {"plane": "principal", "every": 10, **place})
    high = recorder.scalars(60)["J"]
    recorder.step(120)
    assert recorder.scalars(180)["J"] < 0.5 * high
    recorder.seek(60)
    recorder.act("take", {"plane": "principal", "every": 10, "a": 0, "b": 0})
    assert recorder.scalars(60)["J"] == pytest.approx(float(arrays["path.J"][-1]), rel=1e-5)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_between_runs_from_other_first_weights_the_straight_line_leads_over_a_ridge(seed):
    lines = Lines.one(recorder_at(200), 64 << 20)
    lines.pin(1, pinned=True)
    lines.restart(recorder_at(200, seed=seed))
    lines.act("slice", {"line": 1})
    arrays = worked(lines.recorder)
    between = (arrays["slice.t"] > 0) & (arrays["slice.t"] < 1)
    ends = arrays["slice.J"][[10, 30]]
    assert list(arrays["slice.t"][[10, 30]]) == [0, 1]
    assert arrays["slice.J"][between].max() > 5 * ends.max()


def test_the_path_trembles_with_few_samples_in_a_batch_and_is_smooth_with_many():
    def turns(batch_size):
        arrays = worked(recorder_at(60, batch_size=batch_size, plane="principal"))
        steps = np.diff(arrays["principal.path"].astype(np.float64), axis=1)
        return (
            np.linalg.norm(np.diff(steps, axis=1), axis=0).sum()
            / np.linalg.norm(steps, axis=0).sum()
        )

    assert turns(2) > 2 * turns(200)


def roughness(network, seed):
    """Return how much the logarithm of the loss bends from point to point."""
    arrays = worked(recorder_at(60, network=network, seed=seed))
    return np.abs(np.diff(np.log(arrays["random1.J"]), 2, axis=0)).mean()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_around_a_residual_network_the_surface_is_smoother_with_as_many_weights(seed):
    assert roughness("residual", seed) < 0.9 * roughness("deep", seed)
    for network in ("deep", "residual"):
        recorder = Recorder(EXHIBIT, {"network": network}, seed, LIBRARY)
        assert recorder.snapshot([]).scalars["parameters"] == 618
