"""A seat: one run in a worker, here without the worker."""

import pytest
from desk import CAP, Desk, x

from app.posts import Framed, Told, Welcomed
from app.teller import FRAME_GAP, NOTICE_GAP
from engine.errors import InvalidValueError


def test_a_greeting_says_what_there_is_and_shows_it() -> None:
    desk = Desk(values={"pace": 2}, seed=5)
    (welcome,) = desk.take(Welcomed)
    said = welcome.message
    assert welcome.seat == 7
    assert said["exhibit"]["slug"] == "counter"
    assert [control["name"] for control in said["controls"]][:2] == ["pace", "sleep_ms"]
    assert said["values"]["pace"] == 2
    assert (said["seed"], said["run"], said["step"], said["head"]) == (5, 1, 0, 0)
    assert (said["length"], said["playing"], said["cap"]) == (None, False, CAP)
    frame = desk.frame()
    assert (frame.run, frame.seq, frame.snapshot.step, frame.playing) == (1, 0, 0, False)
    assert {"x", "note", "history.step", "history.mean"} == set(frame.snapshot.arrays)


def test_a_value_that_breaks_a_rule_is_refused_at_the_opening() -> None:
    with pytest.raises(InvalidValueError, match="pace"):
        Desk(values={"pace": 11})


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("watch", {"names": ["x"]}),
        ("step", {"n": 1}),
        ("step", {"n": -1}),
        ("seek", {"step": 0}),
        ("set", {"values": {"pace": 2}}),
        ("reset", {}),
        ("act", {"name": "push", "args": {"by": 1}}),
        ("pause", {}),
    ],
    ids=str,
)
def test_a_frame_follows_every_command_also_while_paused(kind, fields) -> None:
    desk = Desk()
    desk.frames()
    desk.do(kind, **fields)
    assert len(desk.frames()) == 1


def test_a_watched_frame_carries_only_what_is_watched() -> None:
    desk = Desk()
    desk.do("watch", names=["x", "history.mean", "nothing"])
    assert set(desk.frame().snapshot.arrays) == {"x", "history.mean"}


def test_steps_go_back_and_forth_to_the_same_bytes() -> None:
    desk = Desk()
    seen = [x(desk.frame())]
    for _ in range(20):
        desk.do("step", n=1)
        seen.append(x(desk.frame()))
    assert len(set(seen)) == 21
    desk.do("step", n=-5)
    frame = desk.frame()
    assert (frame.snapshot.step, frame.head, x(frame)) == (15, 20, seen[15])
    desk.do("seek", step=3)
    assert x(desk.frame()) == seen[3]
    desk.do("step", n=-10_000)
    assert desk.frame().snapshot.step == 0


def test_playing_sends_a_frame_only_when_one_is_wanted() -> None:
    desk = Desk()
    desk.do("play")
    assert desk.frame().playing
    desk.slices(20)
    assert desk.frames() == []
    desk.seat.want()
    desk.slices(5)
    assert len(desk.frames()) == 1


def test_frames_of_a_playing_run_keep_a_screens_pace() -> None:
    desk = Desk()
    desk.do("play")
    desk.frames()
    start = desk.clock.now
    count = 0
    while desk.clock.now < start + 1:
        desk.seat.want()
        desk.slices()
        count += len(desk.frames())
    assert 40 <= count <= 1 / FRAME_GAP + 1


def test_a_rate_is_kept_and_lateness_is_not_made_up_for_without_end() -> None:
    desk = Desk()
    desk.do("play", rate=20)
    desk.frames()
    for _ in range(100):
        due = desk.seat.due()
        desk.clock.now += due
        desk.slices()
    desk.do("pause")
    assert desk.frame().snapshot.step == pytest.approx(20 * desk.clock.now, rel=0.1)
    desk.do("play", rate=20)
    desk.slices()
    desk.clock.now += 60
    desk.slices(3)
    desk.do("pause")
    assert desk.frame().snapshot.step < 20 * 8


def test_a_run_works_besides_its_steps_in_slices_and_shows_what_has_come_of_it() -> None:
    desk = Desk("busy")
    desk.frames()
    assert desk.seat.due() is None
    desk.do("act", name="ask")
    assert desk.seat.due() == 0
    assert [int(frame.snapshot.arrays["note"]) for frame in desk.frames()] == [0]
    desk.seat.want()
    desk.clock.now += FRAME_GAP
    desk.slices(length=0.001)
    (frame,) = desk.frames()
    assert 0 < int(frame.snapshot.arrays["note"]) < 10
    desk.do("step", n=3)
    assert desk.frame().snapshot.step == 3
    desk.until_idle()
    (counted,) = (one for one in desk.told() if one.get("name") == "counted")
    assert counted["data"] == {"to": 10}
    assert int(desk.frame().snapshot.arrays["note"]) == 10


def test_a_run_with_much_to_do_besides_makes_its_steps_however_short_a_slice() -> None:
    desk = Desk("busy")
    desk.do("play")
    reached = []
    for _ in range(5):
        desk.do("act", name="ask")
        desk.slices(length=0.0002)
        desk.do("set", values={"shown": not reached or len(reached) % 2 == 0})
        reached.append(desk.frames()[-1].snapshot.step)
    assert reached == sorted(set(reached))


def test_nothing_is_worked_at_while_nobody_is_there() -> None:
    desk = Desk("busy")
    desk.do("act", name="ask")
    desk.seat.hold()
    desk.until_idle()
    assert "counted" not in desk.names()
    desk.seat.greet()
    desk.until_idle()
    assert "counted" in desk.names()


def test_want_brings_the_frame_of_a_step_that_was_made_before() -> None:
    desk = Desk()
    desk.do("play", rate=0.5)
    desk.slices()
    desk.frames()
    desk.clock.now += 1
    desk.slices()
    assert desk.frames() == []
    desk.seat.want()
    assert desk.seat.due() == 0
    desk.clock.now += FRAME_GAP
    desk.seat.settle()
    assert desk.frame().snapshot.step == 1


def test_pausing_shows_where_it_stopped_and_says_why() -> None:
    desk = Desk()
    desk.do("play", rate=None)
    desk.slices(3)
    desk.frames()
    desk.told()
    desk.do("pause", reason="hidden")
    frame = desk.frame()
    assert not frame.playing
    assert frame.snapshot.step == frame.head > 0
    last = desk.told()[-1]
    assert (last["name"], last["data"], last["step"]) == (
        "paused",
        {"reason": "hidden"},
        frame.head,
    )
    desk.slices(3)
    desk.do("watch", names=[])
    assert desk.frame().snapshot.step == frame.head


def test_a_step_pauses_a_run_that_plays() -> None:
    desk = Desk()
    desk.do("play")
    desk.slices(2)
    desk.do("step", n=1)
    assert desk.names()[-1] == "paused"
    assert not desk.frame().playing


def test_an_opening_at_a_step_gets_there_and_is_the_same_run() -> None:
    walked = Desk(seed=3)
    walked.do("step", n=4)
    walked.do("set", values={"pace": 5.0})
    walked.do("step", n=4)
    settings = walked.told()[-1]["data"]
    assert settings["changes"] == [(0, {"pace": 1.0}), (4, {"pace": 5.0})]
    linked = Desk(seed=3, values=settings["values"], changes=settings["changes"], step=8)
    linked.until_idle()
    assert x(linked.frame()) == x(walked.frame())
    (welcome,) = linked.take(Welcomed)
    assert welcome.message["changes"] == settings["changes"]


def test_a_link_takes_actions_and_what_was_looked_at_with_it() -> None:
    walked = Desk(seed=3)
    walked.do("act", name="push", args={"by": 2})
    walked.do("step", n=4)
    walked.do("set", values={"pace": 5.0})
    walked.do("act", name="push", args={"by": -1})
    walked.do("act", name="note", args={"value": 6})
    walked.do("step", n=4)
    settings = [message["data"] for message in walked.told() if message["name"] == "values"][-1]
    assert settings["changes"] == [
        (0, {"pace": 1.0}),
        (0, "push", {"by": 2}),
        (4, {"pace": 5.0}),
        (4, "push", {"by": -1}),
    ]
    parts = {name: settings[name] for name in ("values", "changes", "seed")}
    linked = Desk(**parts, step=8, looks={"note": {"value": 6}})
    linked.until_idle()
    shown, there = linked.frame(), walked.frame()
    assert x(shown) == x(there)
    assert shown.snapshot.arrays["note"] == there.snapshot.arrays["note"] == 6
    (welcome,) = linked.take(Welcomed)
    assert welcome.message["changes"] == settings["changes"]
    assert welcome.message["looks"] == {"note": {"value": 6}}
    linked.do("seek", step=4)
    linked.do("reset")
    assert linked.told()[-1]["data"]["changes"] == []


@pytest.mark.parametrize(
    ("opening", "says"),
    [
        ({"looks": {"push": {"by": 1}}}, "looks: expected one of note, break, got 'push'"),
        ({"looks": {"note": {"value": "x"}}}, "value: expected a number, got 'x'"),
        ({"changes": [(3, "note", {"value": 1})]}, "changes: expected one of push, got 'note'"),
    ],
)
def test_a_link_that_asks_for_what_is_not_is_refused(opening, says) -> None:
    with pytest.raises(InvalidValueError, match=says):
        Desk(**opening)


def test_a_bad_value_changes_nothing_and_names_its_field() -> None:
    desk = Desk()
    desk.do("set", values={"shown": True, "pace": 99})
    (error,) = desk.told()
    assert (error["code"], error["field"], error["fatal"]) == ("bad_value", "pace", False)
    assert "from 0 to 10, got 99" in error["text"]
    desk.do("set", values={"size": 3})
    assert desk.told()[0]["text"] == "size: a new value starts a new run"
    desk.do("act", name="juggle")
    assert "expected one of push, note, break, ask, got 'juggle'" in desk.told()[0]["text"]
    desk.do("act", name="note", args={"value": "x"})
    assert desk.told()[0]["field"] == "value"
    desk.do("seek", step=CAP + 1)
    assert desk.told()[0]["field"] == "step"


def test_a_reset_begins_a_new_run_and_keeps_what_is_not_given() -> None:
    desk = Desk(values={"pace": 2.0}, seed=5)
    desk.do("act", name="note", args={"value": 3})
    desk.do("step", n=7)
    first = x(desk.frame())
    desk.do("reset")
    frame = desk.frame()
    assert (frame.run, frame.snapshot.step, frame.head) == (2, 0, 0)
    assert frame.snapshot.arrays["note"] == 3, "what was only looked at stays"
    assert desk.names()[-1] == "values", "also if it is like the old one"
    desk.do("step", n=7)
    assert x(desk.frame()) == first
    desk.do("reset", values={"size": 3}, seed=6)
    told = desk.told()[-1]["data"]
    assert (told["values"]["size"], told["values"]["pace"], told["seed"]) == (3, 2.0, 6)
    assert desk.frame().snapshot.arrays["x"].shape == (3,)


def test_a_reset_goes_on_playing() -> None:
    desk = Desk()
    desk.do("play")
    desk.slices(30)
    desk.do("reset")
    assert desk.frame().playing
    desk.slices(2)
    desk.do("pause")
    frame = desk.frame()
    assert frame.run == 2
    assert 0 < frame.head < 500


def test_an_action_tells_its_events_before_its_frame() -> None:
    desk = Desk()
    desk.posts.clear()
    desk.do("act", name="note", args={"value": 2})
    assert [type(post) for post in desk.posts] == [Told, Framed]
    assert desk.told()[0]["data"] == {"value": 2.0}


def test_events_of_playing_come_at_a_pace_with_the_newest_of_each_name() -> None:
    desk = Desk()
    desk.do("play")
    desk.told()
    start = desk.clock.now
    while desk.clock.now < start + 1:
        desk.slices()
    epochs = [message["data"]["epoch"] for message in desk.told() if message["name"] == "epoch"]
    assert 3 <= len(epochs) <= 1 / NOTICE_GAP + 1
    assert epochs == sorted(set(epochs))
    for _ in range(5):
        desk.seat.serve(desk.clock.now + NOTICE_GAP / 10)
    desk.do("pause")
    assert desk.names()[-2:] == ["epoch", "paused"], "none is kept back"


def test_steps_made_again_tell_their_events_only_once() -> None:
    desk = Desk()
    desk.do("step", n=10)
    desk.until_idle()
    assert "epoch" in desk.names()
    desk.do("seek", step=5)
    desk.do("seek", step=10)
    desk.until_idle()
    assert desk.names() == []


def test_a_finite_run_stops_at_its_end() -> None:
    desk = Desk("finite")
    assert desk.take(Welcomed)[0].message["length"] == 25
    desk.do("play")
    desk.slices(30)
    assert desk.frame().snapshot.step == 25
    assert [name for name in desk.names() if name != "epoch"] == ["played", "finished", "paused"]
    desk.do("play")
    assert desk.names() == ["finished"]
    assert not desk.frame().playing
    desk.do("seek", step=400)
    assert desk.frame().snapshot.step == 25


def test_a_link_beyond_the_end_of_a_finite_run_opens_at_its_end() -> None:
    desk = Desk("finite", step=400)
    desk.until_idle()
    seeking = [message["data"] for message in desk.told() if message.get("name") == "seeking"]
    assert [data["target"] for data in seeking if data["target"] > 25] == []
    assert desk.frame().snapshot.step == 25


def test_a_run_pauses_at_the_cap_and_goes_no_further() -> None:
    desk = Desk(cap=60)
    desk.do("play")
    desk.slices(60)
    frame = desk.frame()
    assert (frame.snapshot.step, frame.playing) == (60, False)
    assert desk.told()[-1]["data"] == {"reason": "cap"}
    for kind, fields in (("play", {}), ("step", {"n": 1})):
        desk.do(kind, **fields)
        (error,) = desk.told()
        assert error["code"] == "cap"
        assert "60 steps" in error["text"]
    desk.do("step", n=-1)
    desk.do("step", n=5)
    assert desk.frame().snapshot.step == 60
