"""A seat on a long way, and the commands that come meanwhile."""

from desk import Desk

from app.seat import MOST_WAITING


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
