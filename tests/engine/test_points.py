"""The data of exhibits with points: every set opens, split and to scale as it says."""

import numpy as np
import pytest

from engine.data.corners import CORNERS as PLACES
from engine.data.library import Library
from engine.exhibits.points import (
    CORNERS,
    GENERATED,
    IRIS_COLUMNS,
    LABELS,
    MOST_SAMPLES,
    ONE_INPUT,
    REGRESSIONS,
    data_controls,
    open_points,
)

CONTROLS = data_controls(*LABELS, default="xor4")


def opened(data, seed=1, **values):
    defaults = {control.name: control.default for control in CONTROLS}
    return open_points({**defaults, "data": data, **values}, seed, Library())


@pytest.mark.parametrize(
    ("data", "labels"), [("xor4", [0, 1, 1, 0]), ("and4", [0, 0, 0, 1]), ("or4", [0, 1, 1, 1])]
)
def test_the_four_corners_are_exact_and_all_trained_on(data, labels):
    points = opened(data)
    assert [tuple(place) for place in points.train.x.tolist()] == list(PLACES)
    assert points.train.y.tolist() == labels
    assert points.validation is None
    assert points.scaling is None
    assert (points.inputs, points.outputs) == (2, 2)


@pytest.mark.parametrize("data", GENERATED)
def test_a_generated_set_has_as_many_points_as_are_asked_for_and_others_to_validate_with(data):
    points = opened(data, samples=37)
    assert len(points.train) == 37
    assert len(points.validation) == 100
    assert points.is_regression == (data in REGRESSIONS)
    assert points.inputs == (1 if data in ONE_INPUT else 2)
    assert points.outputs == (len(points.train.classes) or 1)
    assert len(np.unique(np.concatenate([points.train.x, points.validation.x]), axis=0)) == 137


@pytest.mark.parametrize("data", GENERATED)
def test_more_samples_are_added_to_those_that_were_there(data):
    few, many = opened(data, samples=10), opened(data, samples=MOST_SAMPLES)
    assert np.array_equal(few.train.x, many.train.x[:10])
    assert np.array_equal(few.validation.x, many.validation.x)


@pytest.mark.parametrize("data", [name for name in LABELS if name not in CORNERS])
def test_the_seed_decides_which_points_there_are(data):
    first, again, other = opened(data, 1), opened(data, 1), opened(data, 2)
    assert first.train.x.tobytes() == again.train.x.tobytes()
    assert first.train.x.tobytes() != other.train.x.tobytes()


@pytest.mark.parametrize("columns", IRIS_COLUMNS)
def test_iris_is_standardised_by_its_training_part_and_comes_back_unscaled(columns):
    points = opened("iris", columns=columns)
    assert points.train.x.mean(axis=0) == pytest.approx(0, abs=1e-6)
    assert points.train.x.std(axis=0) == pytest.approx(1, abs=1e-6)
    assert points.validation.x.mean(axis=0) != pytest.approx(0, abs=1e-3)
    flowers = Library().open("iris")
    chosen = [flowers.features.index(name) for name in points.train.features]
    both = np.concatenate([points.train.x, points.validation.x])
    measured = both * points.scaling.scale + points.scaling.offset
    ours = sorted(map(tuple, measured.round(1).tolist()))
    assert ours == sorted(map(tuple, flowers.x[:, chosen].astype(float).round(1).tolist()))


def test_iris_holds_a_quarter_back_with_each_species_in_its_share():
    points = opened("iris")
    assert np.bincount(points.validation.y).tolist() in ([13, 13, 12], [13, 12, 13], [12, 13, 13])
    assert np.bincount(points.train.y).sum() == 112


def test_nothing_is_held_back_where_nobody_wants_it():
    values = {control.name: control.default for control in CONTROLS}
    for data in ("moons", "iris"):
        points = open_points({**values, "data": data}, 1, Library(), validation=0, share=0)
        assert points.validation is None


def test_bounds_hold_every_point():
    points = opened("moons")
    for axis, (low, high) in enumerate(points.bounds()):
        for part in (points.train, points.validation):
            assert low < part.x[:, axis].min() <= part.x[:, axis].max() < high


def test_controls_that_mean_nothing_for_a_set_say_so():
    by_name = {control.name: control for control in CONTROLS}
    assert set(by_name) == {"data", "samples", "noise", "columns"}
    for name in LABELS:
        applies = {one for one, control in by_name.items() if control.applies({"data": name})}
        assert ("samples" in applies) == ("noise" in applies) == (name in GENERATED)
        assert ("columns" in applies) == (name == "iris")
    assert [one.name for one in data_controls("xor4", "and4", default="xor4")] == ["data"]
