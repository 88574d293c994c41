"""What a run is made of can be brought: it begins a new run, stays, and is told when it changes."""

import numpy as np
import pytest
from counter_exhibit import EXHIBITS
from desk import Desk

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.lines import Lines
from engine.recorder import Recorder

FAR = {"bring": {"start": 100.0}}


def start(desk):
    return float(desk.frame().snapshot.arrays["x"][0])


@pytest.fixture
def desk():
    desk = Desk("bringing")
    desk.do("step", n=5)
    desk.told()
    desk.frames()
    return desk


def test_to_bring_something_begins_a_new_run_with_it(desk):
    desk.do("act", name="bring", args={"start": 100.0})
    told = {one["name"]: one for one in desk.told()}
    assert told["values"]["data"]["values"]["begin"] == "brought"
    assert told["values"]["data"]["changes"] == []
    assert told["brought"]["data"] == {"looks": FAR}
    assert told["brought"]["run"] == 2
    frame = desk.frame()
    assert (frame.snapshot.step, frame.run) == (0, 2)
    assert (frame.snapshot.arrays["x"] == 100).all()


def test_what_was_brought_stays_through_resets_and_is_not_told_again(desk):
    desk.do("act", name="bring", args={"start": 100.0})
    desk.told()
    desk.do("set", values={"pace": 2.0})
    desk.do("step", n=3)
    desk.do("reset", seed=4)
    desk.do("reset", values={"begin": "zero"})
    assert start(desk) == 0
    desk.do("reset", values={"begin": "brought"})
    assert start(desk) == 100
    assert "brought" not in desk.names()


def test_what_is_refused_changes_nothing(desk):
    desk.do("act", name="bring", args={"start": "far"})
    (error,) = desk.told()
    assert (error["code"], error["field"]) == ("bad_value", "start")
    assert "expected a number, got 'far'" in error["text"]
    assert desk.frames() == []
    desk.do("reset", values={"begin": "brought"})
    assert desk.told()[0]["text"] == "begin: nothing has been brought"
    desk.do("step", n=1)
    assert desk.frame().snapshot.step == 6


def test_it_ends_a_seek_on_its_way(desk):
    desk.do("seek", step=5000)
    desk.do("act", name="bring", args={"start": 7.0})
    desk.until_idle()
    frame = desk.frame()
    assert frame.snapshot.step == 0
    assert frame.snapshot.arrays["x"][0] == 7


def test_a_pinned_line_keeps_what_it_was_made_of(desk):
    desk.do("act", name="bring", args={"start": 1.0})
    desk.do("pin", line=None, pinned=True)
    desk.do("act", name="bring", args={"start": 2.0})
    assert start(desk) == 2
    desk.told()
    desk.do("switch", line=desk.seat._course.lines.ghosts[0].id)
    assert start(desk) == 1
    brought = [one for one in desk.told() if one.get("name") == "brought"]
    assert [one["data"]["looks"]["bring"]["start"] for one in brought] == [1.0]


def test_a_seat_that_is_opened_again_has_it_on_every_line(desk):
    desk.do("act", name="bring", args={"start": 1.0})
    desk.do("pin", line=None, pinned=True)
    desk.do("act", name="bring", args={"start": 2.0})
    desk.do("step", n=4)
    here = desk.frame().snapshot.arrays["x"].tobytes()
    kept = desk.seat._course.here(run=3, seq=9, watch=None)
    fields = {name: getattr(kept, name) for name in ("values", "changes", "seed", "step", "looks")}
    again = Desk("bringing", **fields, state=kept.state, lines=kept.lines)
    assert again.frame().snapshot.arrays["x"].tobytes() == here
    again.do("switch", line=again.seat._course.lines.ghosts[0].id)
    again.until_idle()
    again.do("seek", step=0)
    assert start(again) == 1


def test_a_link_brings_it_along():
    desk = Desk(
        "bringing", values={"begin": "brought"}, looks={**FAR, "note": {"value": 3}}, step=2
    )
    desk.until_idle()
    frame = desk.frame()
    assert frame.snapshot.step == 2
    assert frame.snapshot.arrays["note"] == 3
    assert frame.snapshot.arrays["x"][0] > 90


def test_after_a_crash_the_run_begins_again_with_what_was_brought(desk):
    desk.do("act", name="bring", args={"start": 100.0})
    desk.clock.now += 60
    desk.slices()
    desk.do("act", name="break", args={})
    desk.until_idle()
    assert "rebuilt" in desk.names()
    assert start(desk) == 100


def recorder(brought, **values):
    return Recorder(EXHIBITS["bringing"], values, 1, Library(), brought=brought)


def test_runs_made_of_something_else_part_at_the_first_step_if_they_use_it():
    one, other = recorder(FAR, begin="brought"), recorder({"bring": {"start": 1}}, begin="brought")
    assert one.parting(other) == 0
    assert recorder(FAR).parting(recorder({})) is None


def test_a_run_beside_it_is_made_of_the_same():
    one = recorder(FAR, begin="brought")
    one.step(3)
    lines = Lines.one(one, 1 << 20)
    lines.fork({"pace": 3.0})
    lines.recorder.seek(0)
    assert np.all(lines.recorder.snapshot().arrays["x"] == 100)


def test_only_what_the_exhibit_says_can_be_brought():
    with pytest.raises(InvalidValueError, match="looks: expected one of note, break, bring"):
        Desk("bringing", looks={"other": {}})
