"""The data of exhibits with points: every set opens, split and to scale as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.brought import FAR, MOST_POINTS, first_drawing
from engine.data.corners import CORNERS as PLACES
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.points import (
    BRINGS,
    CORNERS,
    GENERATED,
    IRIS_COLUMNS,
    LABELS,
    MOST_SAMPLES,
    ONE_INPUT,
    READ,
    REGRESSIONS,
    data_controls,
    open_points,
    read,
)

CONTROLS = data_controls(*LABELS, default="xor4")
GIVEN = [name for name in LABELS if name not in CORNERS and name not in ("drawn", "pasted")]


def opened(data, seed=1, brought=None, **values):
    defaults = {control.name: control.default for control in CONTROLS}
    library = Library().bringing(brought or {})
    return open_points({**defaults, "data": data, **values}, seed, library)


def draw(*points):
    x1, x2, y = (list(column) for column in zip(*points, strict=True))
    return {"draw": {"x1": x1, "x2": x2, "y": y}}


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


@pytest.mark.parametrize("data", GIVEN)
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


def test_a_drawing_begins_with_points_of_two_classes_and_is_used_as_it_is_drawn():
    points = opened("drawn")
    assert np.array_equal(points.train.x, first_drawing().x)
    assert points.train.classes == ("class 1", "class 2")
    brought = draw((0.12345, 0, 0), (1.5, -1.5, 2), (0, 0, 2))
    points = opened("drawn", brought=brought)
    assert points.train.x.tolist() == pytest.approx(np.array([[0.123, 0], [1.5, -1.5], [0, 0]]))
    assert points.train.y.tolist() == [0, 2, 2]
    assert points.outputs == 3
    assert points.scaling is None
    assert points.validation is None


def test_of_a_drawing_with_a_dozen_points_some_are_held_back_unless_a_class_has_one_alone():
    dozen = [(n / 10, 0, n % 2) for n in range(12)]
    assert len(opened("drawn", brought=draw(*dozen)).validation) == 3
    assert opened("drawn", brought=draw(*dozen, (0, 1, 2))).validation is None


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        ({}, "x1: expected a list of numbers, got None"),
        ({"x1": [0, "a"], "x2": [0, 0], "y": [0, 1]}, "x1: expected a list of numbers"),
        ({"x1": [0, True], "x2": [0, 0], "y": [0, 1]}, "x1: expected a list of numbers"),
        ({"x1": [0, 0], "x2": [0, 1.6], "y": [0, 1]}, "x2: expected from -1.5 to 1.5, got 1.6"),
        ({"x1": [0, 0], "x2": [0, 0], "y": [0, 4]}, "y: expected a list of classes from 0 to 3"),
        ({"x1": [0, 0], "x2": [0, 0], "y": [0, 1.0]}, "y: expected a list of classes from 0 to 3"),
        ({"x1": [0, 0], "x2": [0], "y": [0, 1]}, "x2: expected 2 numbers, one a point, got 1"),
        ({"x1": [0, 0], "x2": [0, 0], "y": [0]}, "y: expected 2 numbers, one a point, got 1"),
        ({"x1": [], "x2": [], "y": []}, "y: expected from 1 to 300 points, got 0"),
        ({"x1": [0, 0], "x2": [0, 0], "y": [1, 1]}, "y: expected points of at least 2 classes"),
        (
            {name: [0, 1] * 200 for name in ("x1", "x2", "y")},
            f"y: expected from 1 to {MOST_POINTS} points, got 400",
        ),
    ],
)
def test_a_drawing_that_breaks_a_rule_is_refused(args, rule):
    with pytest.raises(InvalidValueError) as caught:
        opened("drawn", brought={"draw": args})
    assert rule in str(caught.value)


def test_the_first_drawing_could_be_drawn():
    first = first_drawing()
    assert np.abs(first.x).max() <= FAR
    points = zip(*first.x.astype(float).T.tolist(), first.y.tolist(), strict=True)
    again = opened("drawn", brought=draw(*points)).train
    assert again.x.tobytes() == first.x.tobytes()


def paste(csv, **choices):
    return {"paste": {"csv": csv, **choices}}


ROWS = "\n".join(f"{n * 1000},{n % 5},{n % 3}" for n in range(24))


def test_a_pasted_table_is_standardised_by_its_training_part_in_double_precision():
    points = opened("pasted", brought=paste("time,noise,kind\n" + ROWS))
    assert (len(points.train), len(points.validation)) == (18, 6)
    assert points.train.features == ("time", "noise")
    assert points.train.classes == ("0", "1", "2")
    assert points.train.x.mean(axis=0) == pytest.approx(0, abs=1e-6)
    assert points.train.x.std(axis=0) == pytest.approx(1, abs=1e-6)
    # seconds since 1970 differ in digits that float32 does not have
    late = "\n".join(f"{1700000000 + n},{n % 2}" for n in range(8))
    x = opened("pasted", brought=paste(late)).train.x[:, 0]
    assert np.diff(x) == pytest.approx(np.diff(x)[0], rel=1e-5)
    assert len(set(x.tolist())) == 8


def test_the_value_that_a_regression_learns_is_standardised_as_well():
    rows = "\n".join(f"{n},{1000 + n / 2}" for n in range(24))
    points = opened("pasted", brought=paste(rows))
    assert points.is_regression
    assert points.train.y.shape == (18, 1)
    assert points.train.y.std() == pytest.approx(1, abs=1e-6)
    back = points.train.y * points.target.scale + points.target.offset
    x = points.train.x * points.scaling.scale + points.scaling.offset
    assert back == pytest.approx(1000 + x / 2, rel=1e-6)


def test_a_class_is_never_only_among_what_is_held_back():
    rows = "\n".join(f"{n},{min(n // 2, 4)}" for n in range(30))
    for seed in range(20):
        train = opened("pasted", seed, brought=paste(rows)).train
        assert set(train.y.tolist()) == {0, 1, 2, 3, 4}


@given(st.lists(st.tuples(*[st.floats(-1e30, 1e30)] * 3), min_size=4, max_size=20))
def test_whatever_numbers_are_understood_become_finite_inputs(rows):
    text = "\n".join(",".join(map(repr, row)) for row in rows)
    try:
        points = opened("pasted", brought=paste(text, kind="value", header=False))
    except InvalidValueError as error:
        assert "expected values that differ" in str(error)  # noqa: PT017
    else:
        for part in (points.train, points.validation):
            assert part is None or (np.isfinite(part.x).all() and np.isfinite(part.y).all())


def test_without_a_table_it_says_where_to_paste_one():
    with pytest.raises(InvalidValueError, match="data: no table has come along; open"):
        opened("pasted")


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        ({"csv": 7}, "csv: expected a text, got 7"),
        ({"csv": "a,b"}, "csv: line 1: expected at least 4 rows"),
        ({"csv": ROWS, "target": "z"}, "target: expected one of column 1, column 2, column 3"),
        ({"csv": ROWS, "target": 3}, "target: expected a text, got 3"),
        ({"csv": ROWS, "kind": "words"}, "kind: expected one of 'classes', 'value', got 'words'"),
        ({"csv": ROWS, "header": 1}, "header: expected one of True, False, got 1"),
        ({"csv": ROWS, "separator": "|"}, "separator: expected one of"),
        ({"csv": ROWS, "decimal": 0}, "decimal: expected one of '.', ',', got 0"),
    ],
)
def test_a_paste_that_breaks_a_rule_names_the_argument(args, rule):
    for refuse in (lambda: read(args), lambda: opened("pasted", brought={"paste": args})):
        with pytest.raises(InvalidValueError) as caught:
            refuse()
        assert str(caught.value).startswith(rule)


def test_to_read_a_table_says_what_would_be_trained_on():
    event = read({"csv": ROWS, "target": "column 2", "kind": "value"})
    assert event.name == READ
    assert event.data["target"] == "column 2"
    assert event.data["value"] == {"low": 0.0, "high": 4.0, "mean": pytest.approx(46 / 24)}


def test_to_read_nothing_tells_what_may_be_brought_and_what_a_drawing_begins_with():
    told = read({}).data
    assert told["limits"] == {"bytes": 200_000, "points": 300, "classes": 4, "far": 1.5}
    assert read({"csv": told["example"]}).data["rows"] == 12
    begun = opened("drawn", brought={"draw": told["drawing"]}).train
    assert begun.x.tobytes() == first_drawing().x.tobytes()


def test_what_is_brought_sets_the_data_to_it():
    assert BRINGS == {"draw": {"data": "drawn"}, "paste": {"data": "pasted"}}
    assert {"drawn", "pasted"} < set(LABELS)
