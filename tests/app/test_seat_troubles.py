"""A seat whose run diverges, fails, is kept, is opened again, or has nobody who looks at it."""

import numpy as np
from desk import Desk, x

from app.posts import Kept, Refused, Welcomed
from app.seat import KEEP_AFTER_COMMAND


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
