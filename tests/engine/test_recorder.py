"""The recorder, on a run small enough to check by eye: a walk whose steps are drawn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Slider
from engine.metrics import POINTS
from engine.recorder import FIRST_SPACING, Recorder
from engine.snapshot import freeze


class Walk:
    length = None

    def __init__(self, values, seed, library):
        self.position = 0
        self.seed = seed
        self.values = dict(values)
        self.x = np.zeros(64, np.float32)

    def step(self):
        self.position += 1
        rng = np.random.default_rng([self.seed, self.position])
        self.x += self.values["rate"] * rng.standard_normal(64, np.float32)
        if self.values["rate"] > 9 and np.abs(self.x).max() > 100:
            self.x[3] = np.nan
            raise DivergedError("x", self.position, self.values["rate"])
        return (Event("tick", {"step": self.position}),) if self.position % 10 == 0 else ()

    def scalars(self):
        return {"mean": float(self.x.mean()), "length": 1.0}

    def snapshot(self, names=None):
        arrays = {"x": self.x, "shown": self.x[: int(self.values["shown"])]}
        return freeze(self.position, self.scalars(), arrays)

    def set(self, values):
        self.values |= values

    def act(self, name: str, args: Mapping[str, Any]):
        if name == "push":
            if not isinstance(args["by"], int | float):
                raise InvalidValueError(f"by: expected a number, got {args['by']!r}")
            self.x += np.float32(args["by"])
        return ()

    def save(self):
        return {"x": self.x.copy(), "position": np.array(self.position)}

    def load(self, state):
        self.x[:] = state["x"]
        self.position = int(state["position"])


WALK = Exhibit(
    slug="walk",
    title="Walk",
    hall="tests",
    promise="",
    controls=(
        Slider(name="rate", label="rate", low=0, high=10, default=1.0),
        Slider(
            name="shown", label="shown", low=1, high=64, default=64, integer=True, effect="view"
        ),
        Slider(name="size", label="size", low=1, high=2, default=1.0, effect="reset"),
    ),
    publishes=("x", "shown"),
    build=Walk,
    actions=("push",),
    view_actions=("ask",),
    history=("mean",),
)


def walk(seed=0, **arguments):
    return Recorder(WALK, {}, seed, Library(), **arguments)


def x(recorder):
    return recorder.snapshot(["x"]).arrays["x"].tobytes()


def test_every_step_back_shows_the_bytes_it_showed():
    recorder = walk()
    seen = [x(recorder)]
    for _ in range(100):
        recorder.step()
        seen.append(x(recorder))
    for at in reversed(range(101)):
        assert x(recorder) == seen[at]
        recorder.step(-1)
    assert recorder.position == 0
    assert recorder.head == 100


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("step"), st.integers(-40, 60)),
            st.tuples(st.just("seek"), st.integers(0, 120)),
            st.tuples(st.just("rate"), st.sampled_from([0.5, 1.0, 2.0])),
            st.tuples(st.just("push"), st.sampled_from([1.0, -3.0])),
            st.tuples(st.just("reopen"), st.just(0)),
            st.tuples(st.just("link"), st.just(0)),
        ),
        max_size=14,
    )
)
def test_whatever_was_done_a_run_that_does_it_straight_away_shows_the_same(course):
    recorder = walk()
    done: list[tuple[int, str, float]] = []
    for kind, amount in course:
        if kind == "step":
            recorder.step(int(amount))
        elif kind == "seek":
            recorder.seek(int(amount))
        elif kind == "reopen":
            other = walk()
            other.load(recorder.save())
            assert other.position == recorder.position
            assert other.head == recorder.head
            recorder = other
        elif kind == "link":
            other = walk(changes=recorder.changes)
            assert other.changes == recorder.changes
            other.seek(recorder.position)
            recorder = other
        elif kind != "rate" or amount != recorder.values["rate"]:  # else nothing changes
            done = [one for one in done if one[0] <= recorder.position]
            done.append((recorder.position, kind, amount))
            if kind == "rate":
                recorder.set({"rate": amount})
            else:
                recorder.act("push", {"by": amount})
    straight = walk()
    for at, kind, amount in done:
        straight.step(max(0, at - straight.position))
        if at > recorder.position:
            break
        if kind == "rate":
            straight.set({"rate": amount})
        else:
            straight.act("push", {"by": amount})
    straight.seek(recorder.position)
    assert straight.values["rate"] == recorder.values["rate"]
    assert x(straight) == x(recorder)


def test_a_copied_list_of_changes_gives_the_same_run():
    recorder = walk()
    recorder.step(20)
    recorder.set({"rate": 0.5})
    recorder.set({"rate": 0.25})
    recorder.step(20)
    recorder.set({"rate": 2.0})
    recorder.step(20)
    assert recorder.changes == [(20, {"rate": 0.25}), (40, {"rate": 2.0})]
    other = walk(changes=recorder.changes)
    other.seek(60)
    assert x(other) == x(recorder)
    assert other.values == recorder.values


def test_what_was_done_at_one_step_is_done_again_in_its_order():
    recorder = walk()
    recorder.act("push", {"by": 3.0})
    recorder.step(20)
    recorder.set({"rate": 0.5})
    recorder.act("push", {"by": 1.0})
    recorder.set({"rate": 0.25})
    recorder.step(1)
    assert recorder.changes == [
        (0, "push", {"by": 3.0}),
        (20, {"rate": 0.5}),
        (20, "push", {"by": 1.0}),
        (20, {"rate": 0.25}),
    ]
    other = walk(changes=recorder.changes)
    other.seek(21)
    assert x(other) == x(recorder)
    assert other.changes == recorder.changes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((5, "jump", {"by": 1}), "changes: expected one of push, got 'jump'"),
        ((5, "ask", {}), "changes: expected one of push, got 'ask'"),
        ((5, "push", {"by": "far"}), "by: expected a number, got 'far'"),
        ((0, "push", {"by": "far"}), "by: expected a number, got 'far'"),
        ((5, {"size": 2}), "size: a new value starts a new run"),
    ],
)
def test_what_cannot_be_done_is_refused_before_its_step(change, says):
    with pytest.raises(InvalidValueError, match=says):
        walk(changes=[(2, "push", {"by": 1}), change])


def test_a_change_that_waits_for_its_step_has_no_effect_before_it():
    waiting, plain = walk(changes=[(5, "push", {"by": 1})]), walk()
    for _ in range(5):
        assert x(waiting) == x(plain)
        waiting.step()
        plain.step()
    assert x(waiting) != x(plain)


def test_a_live_control_ends_the_known_future_and_a_view_control_does_not():
    recorder = walk()
    recorder.step(50)
    recorder.seek(30)
    recorder.set({"shown": 5})
    assert recorder.head == 50
    assert recorder.snapshot().arrays["shown"].shape == (5,)
    recorder.set({"rate": 3.0})
    assert recorder.head == 30
    recorder.seek(10)
    assert recorder.values == {"rate": 1.0, "shown": 5, "size": 1.0}
    recorder.seek(40)
    assert recorder.values["rate"] == 3.0


class Told(Walk):
    """A walk one of whose scalars is of what is set, not only of what has been walked."""

    def scalars(self):
        return {"mean": float(self.values["rate"])}


def test_a_scalar_of_what_was_set_is_in_the_course_as_it_is_when_the_run_comes_back():
    recorder = Recorder(replace(WALK, build=Told), {}, 0, Library())
    recorder.step(20)
    recorder.set({"rate": 3.0})
    recorder.step(5)
    course = recorder.snapshot().arrays["history.mean"]
    assert course[19:22].tolist() == [1.0, 3.0, 3.0]
    recorder.seek(2)
    recorder.seek(25)
    np.testing.assert_array_equal(recorder.snapshot().arrays["history.mean"], course)


def test_setting_what_is_already_so_changes_nothing():
    recorder = walk()
    recorder.step(50)
    recorder.seek(30)
    recorder.set({"rate": 1.0})
    assert recorder.head == 50
    assert recorder.changes == []


def test_a_control_that_starts_a_new_run_is_refused_with_its_name():
    with pytest.raises(InvalidValueError, match="size: a new value starts a new run"):
        walk().set({"size": 2.0})


def test_a_diverged_run_stops_says_where_and_has_a_way_back():
    recorder = walk()
    recorder.set({"rate": 10.0})
    events = recorder.step(1000)
    (event,) = [event for event in events if event.name == "diverged"]
    at = event.data["step"]
    assert recorder.position == at
    assert recorder.diverged is event
    assert np.isnan(recorder.snapshot().arrays["x"]).any()
    assert recorder.step() == ()
    recorder.seek(event.data["last_finite"])
    assert recorder.diverged is None
    assert np.isfinite(recorder.snapshot().arrays["x"]).all()
    again = recorder.step(2)
    assert [event.data for event in again if event.name == "diverged"] == [event.data]
    recorder.step(-1)
    recorder.set({"rate": 0.1})
    recorder.step(5)
    assert recorder.diverged is None


def test_memory_stays_under_its_bound_and_history_stays_whole():
    memory = 40 * 300
    recorder = walk(memory=memory)
    recorder.step(3)
    third = x(recorder)
    recorder.step(2000)
    kept = recorder._checkpoints
    assert len(kept) > 10
    assert {step % recorder.spacing for step in kept} == {0}
    weight = sum(array.nbytes for state in kept.values() for array in state.values())
    assert weight == recorder.held <= memory
    recorder.seek(3)
    assert x(recorder) == third


def test_the_course_of_a_scalar_is_thinned_to_means_of_equal_stretches():
    recorder = walk()
    recorder.step(3 * POINTS)
    arrays = recorder.snapshot().arrays
    steps, means = arrays["history.step"], arrays["history.mean"]
    assert len(steps) <= POINTS
    assert set(np.diff(steps)) == {4}
    exact = []
    for at in range(8, 12):
        recorder.seek(at)
        exact.append(recorder.snapshot().scalars["mean"])
    assert means[2] == pytest.approx(np.mean(exact), rel=1e-5)


def test_approach_never_trains():
    recorder = walk()
    recorder.step(100)
    recorder.approach(50)
    assert 50 - FIRST_SPACING < recorder.position <= 50
    recorder.approach(500)
    assert recorder.head == 100
    assert recorder.position <= 100


def test_a_snapshot_cannot_be_written_to():
    array = walk().snapshot().arrays["x"]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
