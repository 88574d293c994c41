"""Weights that are set by hand: what follows from them, and that history keeps them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import EXHIBITS
from engine.exhibits.digits import EXHIBIT
from engine.exhibits.edits import EDIT
from engine.explain.ledger import TOLERANCE
from engine.recorder import Recorder

LIBRARY = Library()
EDITABLE = [exhibit for exhibit in EXHIBITS.values() if EDIT in exhibit.actions]

WEIGHT = {"tensor": "conv1.W", "index": [2, 0, 1, 1]}
BIAS = {"tensor": "dense1.b", "index": [7]}


def digits(**arguments):
    return Recorder(EXHIBIT, {"filters": "4"}, 1, LIBRARY, **arguments)


def shown(recorder):
    snapshot = recorder.snapshot()
    upto = recorder.position + 1  # of what comes later, one may know more than another
    courses = [name for name in snapshot.arrays if name.startswith("history.")]
    arrays = {
        name: (array[:upto] if name in courses else array).tobytes()
        for name, array in snapshot.arrays.items()
    }
    return arrays, {name: float(value) for name, value in snapshot.scalars.items()}


def edit(recorder, place, value):
    (event,) = recorder.act(EDIT, {**place, "value": value})
    return event


def ledger_of(recorder, place):
    return recorder.ledger(place["tensor"], tuple(place["index"]))


def test_the_stage_and_the_validation_images_follow_at_once():
    recorder = digits()
    recorder.step(35)
    before = recorder.snapshot()
    event = edit(recorder, BIAS, 100)
    assert (event.name, event.data["value"]) == ("edited", 100.0)
    assert event.data["before"] == float(before.arrays["dense1.b"][7])
    after = recorder.snapshot()
    assert after.arrays["dense1.b"][7] == 100
    assert after.arrays["softmax.a"][0, 7] > 0.999
    assert after.arrays["confusion"][:, 7].sum() == 360, "each image is read as a 7 now"
    sevens = int(after.arrays["confusion"][7, 7])
    assert after.scalars["misread"] == 360 - sevens
    course = after.arrays["history.val_accuracy"]
    assert course[35] == pytest.approx(after.scalars["val_accuracy"])
    assert course[34] == before.arrays["history.val_accuracy"][34]
    assert after.scalars["loss"] == before.scalars["loss"], "of the minibatch before it"
    recorder.step(1)
    assert recorder.snapshot().arrays["dense1.b"][7] == pytest.approx(100, abs=0.1)


def test_the_last_steps_gradients_and_their_check_stay_what_they_were():
    recorder = digits()
    recorder.step(4)
    place = {"tensor": "conv1.dW", "index": WEIGHT["index"]}
    (before,) = recorder.act("nudge", place)
    edit(recorder, WEIGHT, 3.0)
    (after,) = recorder.act("nudge", place)
    assert after == before
    assert after.data["agreement"] > 0.99


LEDGERS = ["conv1.W", "conv1.z", "conv1.dW", "dense1.b", "softmax.a", "conv1.W.m", "batch.conv1.W"]


@pytest.mark.parametrize("steps", [0, 3])
def test_every_ledger_recomputes_also_after_an_edit_and_after_the_step_behind_it(steps):
    recorder = digits()
    recorder.step(steps)
    was = ledger_of(recorder, WEIGHT).value
    edit(recorder, WEIGHT, 0.75)
    edit(recorder, WEIGHT, 0.5)
    by_hand = ledger_of(recorder, WEIGHT)
    assert (by_hand.function, by_hand.value) == ("set_by_hand", 0.5)
    shown_before = f"{was:.4g}".replace("-", "−")
    assert by_hand.note == f"set by hand at step {steps}; it was {shown_before}"
    assert_law(recorder)
    if steps:
        gradient = recorder.ledger("conv1.dW", (2, 0, 1, 1))
        assert all(place.tensor != "conv1.W" for place in gradient.feeds), "it did not make it"
        beside = recorder.ledger("conv1.dW", (2, 0, 1, 2))
        assert any(place.tensor == "conv1.W" for place in beside.feeds)
    recorder.step(1)
    later = ledger_of(recorder, WEIGHT)
    assert (later.combine, later.terms[0].value) == ("sum", 0.5)
    assert_law(recorder)


def assert_law(recorder):
    arrays = recorder.snapshot().arrays
    names = LEDGERS if recorder.position else [name for name in LEDGERS if name in arrays]
    for name in names:
        size = 1 if name in ("dense1.b", "softmax.a") else 2
        for index in [(7,), (2,)] if size == 1 else [(2, 0, 1, 1), (1, 0, 0, 2)]:
            whole = (0, *index) if name == "softmax.a" else index
            if name == "conv1.z":
                whole = (0, index[0], 3, 4)
            ledger = recorder.ledger(name, whole)
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            assert abs(ledger.recompute() - ledger.value) <= TOLERANCE * largest, ledger


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 25),
            st.sampled_from(["edit", "bias", "rate", "look"]),
            st.floats(-3, 3, width=32),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_edits_come_back_to_the_byte_however_one_gets_there(course):
    recorder = digits()
    for at, kind, amount in course:
        recorder.seek(at)
        if kind == "rate":
            recorder.set({"learning_rate": 0.01 * (1 + abs(amount))})
        elif kind == "look":
            ledger_of(recorder, WEIGHT)  # looking makes no difference
        else:
            edit(recorder, WEIGHT if kind == "edit" else BIAS, amount)
    here = recorder.position
    expected, explained = shown(recorder), ledger_of(recorder, WEIGHT)
    recorder.step(2)
    later = shown(recorder)
    linked = digits(changes=recorder.changes)
    opened = digits()
    opened.load(recorder.save())
    for other in (recorder, linked, opened):
        other.seek(here)
        assert shown(other) == expected
        assert ledger_of(other, WEIGHT) == explained
        other.seek(here + 2)
        assert shown(other) == later
        assert other.changes == recorder.changes


def test_an_edit_ends_the_future_that_was_known():
    recorder = digits()
    recorder.step(30)
    recorder.seek(20)
    edit(recorder, WEIGHT, 1.0)
    assert recorder.head == 20
    recorder.seek(10)
    edit(recorder, WEIGHT, 1.0)
    assert recorder.changes == [(10, "edit", {**WEIGHT, "value": 1.0})]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({}, "tensor: expected the name of a parameter, got None"),
        ({"tensor": "conv1.z", "index": [0]}, "tensor: expected one of conv1.W, .* got 'conv1.z'"),
        ({"tensor": "conv1.W", "index": 3}, "index: expected a list of whole numbers, got 3"),
        ({"tensor": "conv1.W", "index": [0, 0, 3, 0]}, "index: expected 4 whole .* conv1.W"),
        ({"tensor": "conv1.W", "index": [-1, 0, 0, 0]}, "index: expected 4 whole numbers from 0"),
        (WEIGHT, "value: expected a number from -10000 to 10000, got None"),
        ({**WEIGHT, "value": "1"}, "value: expected a number from -10000 to 10000, got '1'"),
        ({**WEIGHT, "value": 10001}, "value: .* got 10001"),
        ({**WEIGHT, "value": float("nan")}, "value: .* got nan"),
        ({**WEIGHT, "value": True}, "value: .* got True"),
    ],
)
def test_a_bad_edit_says_why_and_changes_nothing(args, says):
    recorder = digits()
    recorder.step(2)
    before = shown(recorder)
    with pytest.raises(InvalidValueError, match=says):
        recorder.act(EDIT, args)
    assert shown(recorder) == before
    assert recorder.changes == []
    with pytest.raises(InvalidValueError, match=says):
        digits(changes=[(40, EDIT, args)])


def test_the_largest_weights_leave_a_picture_that_is_finite():
    recorder = digits()
    recorder.step(2)
    for tensor, array in recorder.snapshot().arrays.items():
        if tensor.endswith((".W", ".b")):
            for place in np.ndindex(array.shape[:1]):
                index = [*place, *(0 for _ in array.shape[1:])]
                edit(recorder, {"tensor": tensor, "index": index}, 1e4)
    arrays = recorder.snapshot(EXHIBIT.publishes).arrays
    assert all(np.isfinite(array).all() for array in arrays.values())
    assert arrays["conv2.W"][0, 0, 0, 0] == 1e4


@pytest.mark.parametrize("exhibit", EDITABLE, ids=lambda exhibit: exhibit.slug)
def test_every_exhibit_with_weights_to_set_keeps_the_law_of_ledgers(exhibit):
    recorder = Recorder(exhibit, {}, 1, LIBRARY)
    recorder.step(2)
    arrays = recorder.snapshot().arrays
    layers = [name.removesuffix(".W") for name in arrays if name.endswith(".W")]
    parameters = {
        f"{layer}.{short}": arrays[f"{layer}.{short}"] for layer in layers for short in "Wb"
    }
    for name, array in parameters.items():
        index = tuple(0 for _ in array.shape)
        edit(recorder, {"tensor": name, "index": list(index)}, 0.25)
        ledger = recorder.ledger(name, index)
        assert (ledger.function, ledger.value, ledger.recompute()) == ("set_by_hand", 0.25, 0.25)
    assert parameters
    now = shown(recorder)
    recorder.step(1)
    recorder.step(-1)
    assert shown(recorder) == now
