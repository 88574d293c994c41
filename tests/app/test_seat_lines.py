"""A seat with several lines: forks, switches, pins, comparisons, and what is told of them."""

import json

import pytest
from desk import Desk, x

from app import wire
from app.posts import Kept, Told, Welcomed
from app.seat import SLICE


def compare(desk, number=1, numbers=(("x", (0,)),), step=None):
    numbers = [{"tensor": tensor, "index": list(index)} for tensor, index in numbers]
    desk.do("compare", id=number, numbers=numbers, step=step)


def lines(desk):
    """What was last told of the lines."""
    told = [message for message in desk.told() if message.get("name") == "lines"]
    return told[-1]["data"] if told else None


def forked(**opening):
    """Line A has come to step 20; line B left it at 12 and stands there."""
    desk = Desk(**opening)
    desk.do("step", n=20)
    desk.frames()
    desk.told()
    desk.do("fork", step=12, values={"pace": 3.0})
    return desk


def test_a_fork_goes_to_its_step_and_begins_another_future() -> None:
    desk = forked()
    (frame,) = desk.frames()
    assert (frame.run, frame.root, frame.snapshot.step, frame.head) == (2, 1, 12, 12)
    told = desk.told()
    values = next(message for message in told if message["name"] == "values")
    assert values["data"]["changes"] == [(0, {"pace": 1.0}), (12, {"pace": 3.0})]
    (message,) = [message for message in told if message["name"] == "lines"]
    data = json.loads(wire.text(message))["data"]
    first, second = data["lines"]
    assert data["current"] == second["line"]
    assert (first["name"], first["parent"], first["head"], first["changes"]) == ("A", None, 20, [])
    assert (second["name"], second["parent"], second["step"]) == ("B", first["line"], 12)
    assert second["changes"] == [[12, {"pace": [1.0, 3.0]}]]
    assert len(first["course"]["mean"]) == len(first["course"]["step"]) == 21
    assert data["differences"] == [{"a": 1, "b": 2, "step": None}]


def test_the_first_difference_is_told_once_it_is_known() -> None:
    desk = forked()
    desk.told()
    desk.do("step", n=3)
    desk.until_idle()
    assert lines(desk)["differences"] == [{"a": 1, "b": 2, "step": 13}]
    desk.do("step", n=3)
    desk.until_idle()
    assert lines(desk) is None, "no event for each step"


def test_a_course_is_told_with_the_floats_that_were_measured_and_null_for_the_rest() -> None:
    desk = forked(values={"trouble": "diverge", "at": 20})
    course = lines(desk)["lines"][0]["course"]
    desk.do("switch", line=1)
    desk.do("seek", step=11)
    measured = desk.frame().snapshot.arrays["history.mean"]
    assert course["mean"][11] == pytest.approx(float(measured[11]), rel=1e-7)
    assert course["mean"][-1] is None


def test_switching_back_shows_the_bytes_that_were_there() -> None:
    desk = Desk()
    desk.do("step", n=20)
    last = x(desk.frame())
    desk.do("step", n=-5)
    there = x(desk.frame())
    desk.do("set", values={"pace": 3.0})
    desk.do("step", n=30)
    assert x(desk.frame()) != last
    desk.do("switch", line=1)
    frame = desk.frame()
    assert (frame.run, frame.root, frame.snapshot.step, frame.head) == (3, 1, 20, 20)
    assert x(frame) == last, "45 is beyond this line's end"
    desk.do("seek", step=15)
    assert x(desk.frame()) == there
    desk.do("switch", line=2)
    assert desk.frame().snapshot.step == 15


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("set", {"values": {"pace": 3.0}}),
        ("act", {"name": "push", "args": {"by": 1}}),
    ],
    ids=str,
)
def test_a_change_in_the_past_forks_by_itself_and_goes_on_playing(kind, fields) -> None:
    desk = Desk()
    desk.do("step", n=20)
    desk.do("step", n=-10)
    desk.told()
    desk.do("play")
    desk.do(kind, **fields)
    frame = desk.frame()
    assert (frame.run, frame.head, frame.playing) == (2, frame.snapshot.step, True)
    told = lines(desk)
    assert [line["name"] for line in told["lines"]] == ["A", "B"]
    assert told["lines"][0]["head"] == 20


def test_a_far_fork_is_on_its_way_and_can_be_called_off() -> None:
    desk = Desk()
    desk.do("seek", step=3000)
    desk.until_idle()
    desk.seat._recorder.memory = 100  # few checkpoints, so that the way there is long
    desk.do("seek", step=0)
    desk.told()
    desk.frames()
    desk.do("fork", step=1990, values={"pace": 3.0})
    desk.do("step", n=1)
    assert desk.frames() == []
    desk.until_idle()
    frame = desk.frame()
    assert (frame.run, frame.snapshot.step) == (2, 1991), "what came behind it is done behind it"
    desk.do("switch", line=1)
    desk.until_idle()
    desk.do("seek", step=0)
    desk.told()
    desk.do("fork", step=1990, values={"pace": 4.0})
    desk.do("pause")
    desk.until_idle()
    (error,) = [message for message in desk.told() if message["kind"] == "error"]
    assert "expected to stand at step 1990, but the way there was ended at" in error["text"]
    assert desk.frame().run == 3


def test_bad_forks_switches_and_drops_are_refused_with_the_rule() -> None:
    desk = forked()
    desk.told()
    for kind, fields, field, text in (
        ("fork", {"step": 13, "values": {}}, "step", "at most 12, the furthest step made, got 13"),
        ("fork", {"step": 3, "values": {"size": 3}}, "size", "a new value starts a new run"),
        ("fork", {"step": 3, "values": {"pace": 99}}, "pace", "from 0 to 10, got 99"),
        ("switch", {"line": 9}, "line", "expected one of 1 (A), 2 (B), got 9"),
        ("pin", {"line": 9, "pinned": True}, "line", "got 9"),
        ("drop", {"line": 2}, "line", "expected one that is not on the stage, got B"),
    ):
        desk.do(kind, **fields)
        (error,) = desk.told()
        assert (error["code"], error["field"]) == ("bad_value", field)
        assert text in error["text"]
    frame = desk.frame()
    assert (frame.run, frame.snapshot.step) == (2, 12)


def test_pins_survive_a_reset_and_the_rest_goes() -> None:
    desk = forked()
    desk.do("pin", line=1, pinned=True)
    assert [line["pinned"] for line in lines(desk)["lines"]] == [True, False]
    desk.do("reset", values={"size": 3}, seed=None)
    told = lines(desk)
    assert [(line["name"], line["pinned"]) for line in told["lines"]] == [("A", True), ("C", False)]
    assert told["lines"][1]["changes"] == [(0, {"pace": (1.0, 3.0), "size": (8, 3)})]
    frame = desk.frame()
    assert (frame.run, frame.root, frame.snapshot.step) == (3, 3, 0)
    desk.do("pin", line=1, pinned=False)
    desk.do("reset")
    assert [line["name"] for line in lines(desk)["lines"]] == ["A"], "told, as there were two"
    desk.do("reset")
    assert lines(desk) is None, "of one line there is nothing to say"


def test_a_reset_that_has_no_room_names_the_control_and_changes_nothing() -> None:
    desk = forked()
    desk.do("fork", step=12, values={})
    for line in (1, 2, 3):
        desk.do("pin", line=line, pinned=True)
    desk.told()
    desk.do("reset", values={"size": 3}, seed=None)
    (error,) = desk.told()
    assert (error["field"], error["code"]) == ("size", "bad_value")
    assert "A and B and C are pinned" in error["text"]
    assert desk.frame().run == 3


def test_a_comparison_says_what_each_line_says_at_the_step() -> None:
    desk = forked()
    desk.do("step", n=6)
    here = desk.frame()
    desk.told()
    compare(desk, 4, [("x", (2,)), ("x", (99,)), ("y", ())])
    desk.until_idle()
    (answer,) = [message for message in desk.told() if message["kind"] == "compared"]
    assert (answer["id"], answer["run"], answer["step"]) == (4, 2, 18)
    ghost, current = answer["lines"]
    assert current["numbers"] == [{"value": here.snapshot.arrays["x"][2]}, None, None]
    assert current["scalars"]["mean"] == pytest.approx(here.snapshot.scalars["mean"], rel=1e-6)
    desk.do("switch", line=1)
    there = desk.frame()
    assert there.snapshot.step == 18
    assert ghost["numbers"][0] == {"value": there.snapshot.arrays["x"][2]}


def test_a_comparison_beyond_a_lines_end_says_nothing_of_it() -> None:
    desk = forked()
    desk.told()
    compare(desk, step=15)
    desk.until_idle()
    (answer,) = [message for message in desk.told() if message["kind"] == "compared"]
    ghost, current = answer["lines"]
    assert ghost["scalars"]["mean"]
    assert (current["scalars"], current["numbers"]) == (None, [None])


def test_a_far_comparison_is_made_in_slices_and_a_switch_calls_it_off() -> None:
    desk = Desk()
    desk.do("seek", step=3000)
    desk.until_idle()
    desk.do("fork", step=2990, values={})
    desk.do("step", n=9)
    desk.until_idle()
    desk.seat._course.lines.ghosts[0].recorder.memory = 100
    desk.told()
    compare(desk, 8, step=1900)
    start = desk.clock.now
    desk.slices()
    assert desk.clock.now - start < SLICE + 0.002
    assert desk.seat.due() == 0
    desk.do("switch", line=1)
    (error,) = [message for message in desk.told() if message["kind"] == "error"]
    assert (error["code"], error["id"]) == ("superseded", 8)


def test_a_run_goes_on_playing_while_lines_are_compared() -> None:
    desk = forked()
    desk.do("play")
    compare(desk)
    desk.slices(4)
    desk.do("pause")
    assert desk.frame().snapshot.step > 12
    assert any(message["kind"] == "compared" for message in desk.told())


def test_who_comes_back_is_told_of_the_lines_behind_the_welcome() -> None:
    desk = forked()
    desk.seat.hold()
    desk.posts.clear()
    desk.seat.greet()
    desk.seat.settle()
    assert isinstance(desk.posts[0], Welcomed)
    assert isinstance(desk.posts[1], Told)
    assert desk.posts[1].message["name"] == "lines"


@pytest.mark.parametrize("most_kept", [4 << 20, 10], ids=["from states", "from inputs"])
def test_what_is_kept_opens_the_same_lines(monkeypatch, most_kept) -> None:
    monkeypatch.setattr("app.course.MOST_KEPT", most_kept)
    desk = forked()
    desk.do("pin", line=1, pinned=True)
    desk.do("act", name="note", args={"value": 4})
    desk.do("step", n=5)
    desk.until_idle()
    before = lines(desk)
    opening = desk.take(Kept)[-1].opening
    fields = {name: getattr(opening, name) for name in opening.__slots__ if name != "slug"}
    again = Desk(**fields)
    again.until_idle()
    after = lines(again)
    assert after == before
    frame = again.frame()
    assert (frame.root, frame.snapshot.step, x(frame)) == (1, 17, x(desk.frame()))
    for one in (desk, again):
        one.do("switch", line=1)
        one.do("seek", step=20)
        one.until_idle()
    assert x(again.frame()) == x(desk.frame())
    for one in (desk, again):
        one.do("fork", step=3, values={})
    assert lines(again)["lines"][-1]["name"] == lines(desk)["lines"][-1]["name"] == "C"


def test_a_run_that_fails_comes_back_with_its_lines() -> None:
    desk = forked()
    desk.until_idle()
    desk.do("act", name="break")
    told = lines(desk)
    assert [line["name"] for line in told["lines"]] == ["A", "B"]
    assert told["current"] == 2


def test_a_question_about_two_runs_gets_the_state_of_the_other_one_at_the_step_on_the_stage():
    desk = Desk("meeting")
    desk.do("seek", step=20)
    desk.until_idle()
    theirs = desk.frames()[-1].snapshot.arrays["x"][0]
    desk.do("fork", step=12, values={"pace": 3.0})
    desk.do("seek", step=30)  # the other one has come to 20 only
    desk.until_idle()
    desk.told()
    desk.do("act", name="ask", args={"line": 1})
    (asked,) = [message for message in desk.told() if message.get("name") == "asked"]
    assert asked["data"]["theirs"] == float(theirs)
    desk.do("seek", step=12)
    shared = desk.frames()[-1].snapshot.arrays["x"][0]
    desk.do("act", name="ask", args={"line": 1})
    (asked,) = [message for message in desk.told() if message.get("name") == "asked"]
    assert asked["data"]["theirs"] == float(shared)


def test_a_question_about_a_run_that_is_not_there_says_which_there_are():
    desk = Desk("meeting")
    desk.do("act", name="ask", args={"line": 9})
    (refused,) = [message for message in desk.told() if message["kind"] == "error"]
    expected = "line: expected a run beside this one, and there is none, got 9"
    assert (refused["text"], refused["field"]) == (expected, "line")


def test_a_run_that_is_still_alone_can_be_pinned_as_the_one_on_the_stage():
    desk = Desk()
    desk.do("pin", line=None, pinned=True)
    desk.do("reset", seed=5)
    told = lines(desk)
    assert [(line["line"], line["pinned"]) for line in told["lines"]] == [(1, True), (2, False)]
