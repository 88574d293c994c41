"""A seat: one run in a worker, here without the worker."""

import numpy as np
import pytest
from counter_exhibit import EXHIBITS

from app import wire
from app.posts import Framed, Kept, Opening, Refused, Terms, Told, Welcomed
from app.seat import KEEP_AFTER_COMMAND, MOST_WAITING, Seat
from app.teller import FRAME_GAP, NOTICE_GAP
from engine.data.library import Library
from engine.errors import InvalidValueError

CAP = 20_000


class Clock:
    """Each look at it takes a fifth of a millisecond."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.0002
        return self.now


class Desk:
    """A seat with somebody who gives it orders and reads what it sends."""

    def __init__(self, slug="counter", *, cap=CAP, **opening):
        self.clock = Clock()
        self.posts = []
        opening = {"values": {}, "changes": [], "seed": 1} | opening
        self.seat = Seat(
            7,
            Opening(slug=slug, **opening),
            exhibit=EXHIBITS[slug],
            library=Library(),
            terms=Terms(exhibits="", data_dir=None, step_cap=cap, history_bytes=1 << 20),
            send=self.posts.append,
            clock=self.clock,
        )
        self.seat.greet()
        self.seat.settle()

    def do(self, kind, **fields):
        defaults = {
            "play": {"rate": None},
            "reset": {"values": None, "seed": None},
            "act": {"args": {}},
        }
        self.seat.do(kind, defaults.get(kind, {}) | fields)
        self.seat.settle()

    def slices(self, count=1, *, length=0.010):
        for _ in range(count):
            self.seat.serve(self.clock.now + length)

    def until_idle(self, most=2000):
        while (due := self.seat.due()) is not None:
            assert most, "it is never done"
            most -= 1
            self.clock.now += due
            self.slices()

    def take(self, kind):
        """All posts of a kind so far, of which each is taken once."""
        taken = [post for post in self.posts if isinstance(post, kind)]
        self.posts[:] = [post for post in self.posts if not isinstance(post, kind)]
        return taken

    def frames(self):
        return [wire.decode(post.frame) for post in self.take(Framed)]

    def frame(self):
        return self.frames()[-1]

    def told(self):
        return [post.message for post in self.take(Told)]

    def names(self):
        return [message.get("name", message.get("code")) for message in self.told()]


def x(frame):
    return frame.snapshot.arrays["x"].tobytes()


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


def test_a_far_seek_is_done_in_slices_and_says_so() -> None:
    desk = Desk(values={"sleep_ms": 0})
    desk.frames()
    desk.do("seek", step=2000)
    assert desk.frames() == [], "no frame until there"
    start = desk.clock.now
    desk.until_idle()
    took = desk.clock.now - start
    frames = desk.frames()
    assert [frame.snapshot.step for frame in frames] == [2000]
    seeking = [message for message in desk.told() if message.get("name") == "seeking"]
    assert 1 <= len(seeking) <= took * 4 + 1
    assert seeking[0]["data"]["target"] == 2000
    assert 0 < seeking[0]["data"]["step"] < 2000


def test_a_pause_or_another_seek_ends_a_far_seek() -> None:
    desk = Desk()
    desk.do("seek", step=2000)
    desk.do("pause")
    desk.slices()
    frame = desk.frame()
    assert 0 < frame.snapshot.step < 2000
    assert "paused" not in desk.names(), "it was not playing"
    desk.do("seek", step=2000)
    desk.do("seek", step=2)
    desk.slices()
    assert desk.frame().snapshot.step == 2


def test_what_comes_during_a_far_seek_is_done_when_it_is_there() -> None:
    desk = Desk()
    desk.frames()
    desk.do("seek", step=2000)
    desk.do("set", values={"pace": 3.0})
    desk.do("step", n=1)
    desk.do("step", n=4)
    assert desk.frames() == []
    desk.until_idle()
    assert desk.frame().snapshot.step == 2005
    told = [message for message in desk.told() if message.get("name") == "values"]
    assert [message["step"] for message in told] == [2000]
    assert told[0]["data"]["changes"] == [(0, {"pace": 1.0}), (2000, {"pace": 3.0})]


def test_what_waited_for_a_seek_is_not_lost_with_it() -> None:
    desk = Desk()
    desk.do("seek", step=2000)
    desk.do("set", values={"pace": 3.0})
    desk.do("play")
    desk.do("pause")
    desk.until_idle()
    frame = desk.frame()
    assert 0 < frame.snapshot.step < 2000
    assert [name for name in desk.names() if name != "epoch"] == ["values", "played", "paused"]
    assert not frame.playing


def test_what_only_looks_need_not_wait_for_a_seek() -> None:
    desk = Desk()
    desk.do("seek", step=2000)
    desk.do("act", name="note", args={"value": 1})
    desk.do("set", values={"shown": True})
    assert [name for name in desk.names() if name in ("noted", "values")] == ["noted", "values"]
    desk.do("watch", names=["note"])
    desk.until_idle()
    assert set(desk.frame().snapshot.arrays) == {"note"}


def test_who_has_had_more_than_a_share_waits_for_a_turn() -> None:
    desk = Desk()
    desk.frames()
    desk.seat.do("step", {"n": 1}, at_once=False)
    desk.seat.do("act", {"name": "note", "args": {"value": 1}}, at_once=False)
    desk.seat.settle()
    assert desk.frames() == desk.told() == []
    assert desk.seat.due() == 0
    desk.slices()
    assert desk.frame().snapshot.step == 1
    assert desk.names() == ["noted"]


def test_not_everything_can_wait_for_a_seek() -> None:
    desk = Desk()
    desk.do("seek", step=2000)
    for _ in range(MOST_WAITING + 1):
        desk.do("act", name="push", args={"by": 1})
    (error,) = [message for message in desk.told() if message["kind"] == "error"]
    assert error["code"] == "busy"
    desk.until_idle()
    assert desk.frame().snapshot.step == 2000


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


def test_values_are_told_when_a_seek_crosses_a_change() -> None:
    desk = Desk()
    desk.do("step", n=4)
    desk.do("set", values={"pace": 5.0})
    desk.do("step", n=1)
    desk.told()
    desk.do("seek", step=2)
    (values,) = desk.told()
    assert (values["name"], values["data"]["values"]["pace"]) == ("values", 1.0)
    desk.do("seek", step=3)
    assert desk.told() == []


def test_a_bad_value_changes_nothing_and_names_its_field() -> None:
    desk = Desk()
    desk.do("set", values={"shown": True, "pace": 99})
    (error,) = desk.told()
    assert (error["code"], error["field"], error["fatal"]) == ("bad_value", "pace", False)
    assert "from 0 to 10, got 99" in error["text"]
    desk.do("set", values={"size": 3})
    assert desk.told()[0]["text"] == "size: a new value starts a new run"
    desk.do("act", name="juggle")
    assert "expected one of push, note, break, got 'juggle'" in desk.told()[0]["text"]
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


def test_a_diverged_run_pauses_and_names_tensor_step_and_rate() -> None:
    desk = Desk(values={"trouble": "diverge", "at": 12, "pace": 3.0})
    desk.do("play")
    desk.slices(5)
    frame = desk.frame()
    assert (frame.snapshot.step, frame.playing) == (12, False)
    assert np.isnan(frame.snapshot.arrays["x"][0])
    told = {message["name"]: message for message in desk.told()}
    assert told["diverged"]["data"] == {
        "tensor": "x",
        "step": 12,
        "learning_rate": 3.0,
        "last_finite": 11,
    }
    assert told["paused"]["data"] == {"reason": "diverged"}
    for kind, fields in (("play", {}), ("step", {"n": 1})):
        desk.do(kind, **fields)
        (error,) = desk.told()
        assert error["code"] == "diverged"
        assert error["text"].startswith("x stopped being finite at step 12 with learning rate 3")
    desk.do("seek", step=11)
    frame = desk.frame()
    assert frame.snapshot.step == 11
    assert np.isfinite(frame.snapshot.arrays["x"]).all()
    desk.do("set", values={"at": -1})
    desk.do("step", n=2)
    assert desk.frame().snapshot.step == 13


def test_a_run_that_fails_is_set_up_again_paused_and_its_visitor_is_told() -> None:
    desk = Desk(values={"trouble": "crash", "at": 30})
    desk.do("step", n=20)
    desk.until_idle()
    kept = x(desk.frame())
    assert desk.take(Kept)[-1].opening.step == 20
    desk.do("play")
    desk.slices(5)
    frame = desk.frame()
    assert (frame.snapshot.step, frame.playing, x(frame)) == (20, False, kept)
    told = [message for message in desk.told() if message.get("name") not in ("epoch", "played")]
    assert [message.get("name", message.get("code")) for message in told] == [
        "crashed",
        "paused",
        "rebuilt",
    ]
    assert "failed at step 30" in told[0]["text"]
    assert "told to crash" in told[0]["text"]
    assert not told[0]["fatal"]


def test_an_action_that_fails_takes_nothing_else_with_it() -> None:
    desk = Desk()
    desk.do("step", n=3)
    desk.until_idle()
    desk.told()
    desk.do("act", name="break")
    assert desk.names() == ["crashed", "rebuilt"]
    assert desk.frame().snapshot.step == 3
    desk.do("step", n=1)
    assert desk.frame().snapshot.step == 4


def test_a_run_number_never_comes_back() -> None:
    desk = Desk()
    desk.do("reset")
    assert desk.frame().run == 2
    desk.do("act", name="break")  # before the new run has been kept
    assert desk.frame().run == 3


def test_a_run_that_cannot_be_set_up_again_is_given_up(monkeypatch) -> None:
    desk = Desk()
    monkeypatch.setattr("app.seat.Course", lambda *_: 1 / 0)
    desk.do("act", name="break")
    (refused,) = desk.take(Refused)
    assert refused.message["fatal"]


def test_what_is_kept_opens_the_same_run_where_it_stood() -> None:
    desk = Desk(seed=9)
    desk.do("watch", names=["x", "note"])
    desk.do("act", name="note", args={"value": 4})
    desk.do("step", n=37)
    desk.do("set", values={"pace": 0.5, "shown": True})
    desk.do("act", name="push", args={"by": 2})
    desk.until_idle()
    frame = desk.frame()
    opening = desk.take(Kept)[-1].opening
    assert opening.state is not None
    assert (opening.step, opening.run, opening.seq) == (37, 1, frame.seq + 1)
    fields = {name: getattr(opening, name) for name in opening.__slots__ if name != "slug"}
    again = Desk(**fields)
    back = again.frame()
    assert (back.seq, back.snapshot.step) == (frame.seq + 1, 37)
    assert set(back.snapshot.arrays) == {"x", "note"}
    assert back.snapshot.arrays["note"] == 4
    for one in (desk, again):
        one.do("step", n=10)
    assert x(again.frame()) == x(desk.frame())


def test_a_state_that_is_too_large_is_made_again_from_its_settings(monkeypatch) -> None:
    monkeypatch.setattr("app.course.MOST_KEPT", 10)
    desk = Desk()
    desk.do("act", name="note", args={"value": 4})
    desk.do("step", n=37)
    desk.until_idle()
    opening = desk.take(Kept)[-1].opening
    assert opening.state is None
    again = Desk(
        values=opening.values, changes=opening.changes, looks=opening.looks, step=opening.step
    )
    again.until_idle()
    frame = again.frame()
    assert x(frame) == x(desk.frame())
    assert frame.snapshot.arrays["note"] == 4


def test_commands_are_kept_together_and_playing_from_time_to_time() -> None:
    desk = Desk()
    for _ in range(5):
        desk.do("step", n=1)
    assert desk.take(Kept) == []
    desk.clock.now += KEEP_AFTER_COMMAND
    desk.seat.settle()
    assert len(desk.take(Kept)) == 1
    desk.do("play", rate=50)
    start = desk.clock.now
    while desk.clock.now < start + 9:
        desk.clock.now += desk.seat.due()
        desk.slices()
    assert 2 <= len(desk.take(Kept)) <= 3


def test_a_held_run_stands_still_and_goes_on_when_greeted() -> None:
    desk = Desk()
    desk.do("play")
    desk.slices(2)
    desk.do("watch", names=["x"])
    at = desk.frame().snapshot.step
    desk.seat.hold()
    desk.until_idle()
    desk.seat.want()
    desk.slices(5)
    assert desk.frames() == []
    desk.take(Welcomed)
    desk.seat.greet()
    desk.seat.settle()
    (welcome,) = desk.take(Welcomed)
    assert (welcome.message["step"], welcome.message["playing"]) == (at, True)
    assert desk.frame().snapshot.step == at
    desk.slices(1)
    desk.do("pause")
    assert desk.frame().snapshot.step > at
