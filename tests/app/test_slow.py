"""Slow motion over the wire: commands in, frames that say which moment they show."""

import numpy as np
import pytest
from desk import Desk

from app import wire
from app.commands import BadMessageError, parse
from app.posts import Kept, Welcomed
from engine.exhibits import EXHIBITS

MOMENTS = 30


@pytest.fixture
def desk(monkeypatch):
    """A desk with the network that reads digits, at step 0."""
    monkeypatch.setattr("desk.EXHIBITS", EXHIBITS)
    return Desk("digits", values={"dropout": 0.2})


def place(frame):
    return frame.snapshot.step, frame.moment and frame.moment["index"]


def test_entering_at_the_start_makes_the_first_step_and_stands_at_its_first_moment(desk):
    assert desk.frame().moment is None
    desk.do("slow", on=True)
    frame = desk.frame()
    assert place(frame) == (1, 0)
    moment = frame.moment
    assert moment["phase"] == "batch"
    assert moment["count"] == MOMENTS
    assert moment["phases"] == [
        *(["batch", 1], ["forward", 10], ["loss", 1], ["backward", 12], ["update", 6]),
    ]
    assert moment["made"] == moment["tensors"] == ["conv1.x", "target"]
    assert moment["pending"][0] == "conv1.z"
    assert moment["sample"] == {"place": 0, "of": 32, "number": moment["sample"]["number"]}
    assert str(moment["sample"]["number"]) in moment["caption"]
    assert {"slow", "paused"} >= set(desk.names())


def test_moments_go_forwards_over_steps_and_backwards_to_the_start(desk):
    desk.do("slow", on=True)
    seen = []
    for _ in range(2 * MOMENTS):
        seen.append(place(desk.frame()))
        desk.do("step", n=1, moments=True)
    assert seen == [(step, moment) for step in (1, 2) for moment in range(MOMENTS)]
    assert place(desk.frame()) == (3, 0)
    for expected in reversed(seen):
        desk.do("step", n=-1, moments=True)
        assert place(desk.frame()) == expected
    for _ in range(2):
        desk.do("step", n=-1, moments=True)
        assert place(desk.frame()) == (0, None)
    desk.do("step", n=MOMENTS + 5, moments=True)
    assert place(desk.frame()) == (2, 4)


def test_what_is_seen_of_a_moment_comes_back_the_same(desk):
    desk.do("slow", on=True)
    desk.do("step", n=17, moments=True)
    first = desk.frame()
    desk.do("step", n=40, moments=True)
    assert desk.frame().moment["caption"] != first.moment["caption"]
    desk.do("step", n=-40, moments=True)
    again = desk.frame()
    assert again.moment == first.moment
    # the course of the losses belongs to the run as far as it is known
    arrays = {name for name in first.snapshot.arrays if not name.startswith("history.")}
    for name in arrays:
        was, now = first.snapshot.arrays[name], again.snapshot.arrays[name]
        assert was.tobytes() == now.tobytes()


def test_whole_steps_and_seeks_stand_at_the_first_moment(desk):
    desk.do("slow", on=True)
    desk.do("step", n=9, moments=True)
    desk.do("step", n=3)
    assert place(desk.frame()) == (4, 0)
    desk.do("step", n=9, moments=True)
    desk.do("seek", step=4)
    assert place(desk.frame()) == (4, 0)
    desk.do("seek", step=200)
    desk.until_idle()
    assert place(desk.frame()) == (200, 0)
    desk.do("seek", step=0)
    assert place(desk.frame()) == (0, None)


def test_leaving_shows_whole_steps_again_and_other_commands_stay_as_they_were(desk):
    desk.do("seek", step=5)
    before = desk.frame()
    desk.do("slow", on=True)
    desk.do("step", n=20, moments=True)
    desk.do("slow", on=False)
    after = desk.frame()
    assert after.moment is None
    assert {name: array.tobytes() for name, array in after.snapshot.arrays.items()} == {
        name: array.tobytes() for name, array in before.snapshot.arrays.items()
    }
    desk.do("step", n=1, moments=True)
    assert place(desk.frame()) == (6, None)


def test_playing_goes_moment_by_moment_at_its_rate(desk):
    desk.do("slow", on=True)
    desk.do("play", rate=2.0)
    desk.frames()
    start, seen = desk.clock.now, []
    while len(seen) < MOMENTS + 2:
        desk.seat.want()
        desk.slices()
        seen += [place(frame) for frame in desk.frames()]
        desk.clock.now += desk.seat.due() or 0
    unique = list(dict.fromkeys(seen))
    expected = [(1, moment) for moment in range(1, MOMENTS)] + [(2, moment) for moment in range(9)]
    assert unique == expected[: len(unique)]
    assert desk.clock.now - start > (len(unique) - 1) / 2.0 * 0.9
    desk.do("pause")
    assert desk.names()[-1] == "paused"


def test_frames_inside_carry_what_has_been_computed_and_no_number_that_has_not(desk):
    desk.do("watch", names=["act1.a", "act2.a", "conv1.W"])
    desk.do("slow", on=True)
    desk.do("step", n=15, moments=True)
    frame = desk.frame()
    arrays = frame.snapshot.arrays
    assert {"act1.a", "act2.a", "conv1.W"} | set(frame.moment["made"]) == arrays.keys()
    assert not any(np.isnan(array).any() for array in arrays.values())
    desk.do("step", n=-13, moments=True)
    arrays = desk.frame().snapshot.arrays
    assert np.isnan(arrays["act2.a"]).all()
    assert not np.isnan(arrays["act1.a"]).any()


def test_a_ledger_inside_is_the_minibatchs(desk):
    desk.do("slow", on=True, sample=4)
    desk.do("step", n=2, moments=True)
    value = desk.frame().snapshot.arrays["act1.a"][0, 1, 2, 3]
    desk.told()
    desk.do("explain", id=3, tensor="act1.a", index=[0, 1, 2, 3], page=0, terms=10)
    (ledger,) = desk.told()
    assert (ledger["tensor"], ledger["index"]) == ("batch.act1.a", [4, 1, 2, 3])
    assert ledger["value"] == float(value)
    desk.do("explain", id=4, tensor="conv2.z", index=[0, 1, 2, 3], page=0, terms=10)
    (error,) = desk.told()
    assert error["id"] == 4
    assert "computed at this moment, got 'conv2.z'" in error["text"]


def test_another_sample_of_the_minibatch_can_be_looked_at(desk):
    desk.do("slow", on=True)
    first = desk.frame()
    desk.do("step", n=4, moments=True)
    desk.do("slow", on=True, sample=31)
    last = desk.frame()
    assert place(last) == (1, 4)
    assert last.moment["sample"]["place"] == 31
    assert last.moment["sample"]["number"] != first.moment["sample"]["number"]
    assert (last.snapshot.arrays["conv1.x"] != first.snapshot.arrays["conv1.x"]).any()
    desk.do("slow", on=True, sample=5_000)
    assert desk.frame().moment["sample"]["place"] == 31
    desk.do("slow", on=True)
    assert desk.frame().moment["sample"]["place"] == 31


def test_a_reset_stays_in_slow_motion(desk):
    desk.do("slow", on=True)
    desk.do("reset", seed=5)
    assert place(desk.frame()) == (0, None)
    desk.do("step", n=1, moments=True)
    assert place(desk.frame()) == (1, 0)


def test_the_cap_and_commands_that_wait_hold_for_moments_too(monkeypatch):
    monkeypatch.setattr("desk.EXHIBITS", EXHIBITS)
    desk = Desk("digits", cap=2)
    desk.do("slow", on=True)
    desk.do("step", n=2 * MOMENTS - 1, moments=True)
    assert place(desk.frame()) == (2, MOMENTS - 1)
    desk.told()
    desk.do("step", n=1, moments=True)
    assert desk.names() == ["cap"]
    assert place(desk.frame()) == (2, MOMENTS - 1)
    for fields in ({"n": -2}, {"n": 1, "moments": True}, {"n": 2, "moments": True}):
        desk.seat.do("step", {"moments": False, **fields}, at_once=False)
    desk.until_idle()
    assert place(desk.frame()) == (1, 2)


def test_a_seat_that_is_set_up_again_goes_on_in_slow_motion(desk, monkeypatch):
    desk.do("slow", on=True)
    desk.clock.now += 1
    desk.seat.settle()
    kept = desk.take(Kept)[-1].opening
    assert kept.slow
    fields = {name: getattr(kept, name) for name in ("values", "seed", "step", "state", "slow")}
    assert place(Desk("digits", **fields).frame()) == (1, 0)


def test_a_welcome_says_whether_steps_can_be_opened():
    desk = Desk()
    assert desk.take(Welcomed)[0].message["slow"] is None
    desk.do("slow", on=True)
    (error,) = desk.told()
    assert error["code"] == "bad_value"
    assert error["text"].startswith("slow: expected")
    assert desk.frame().moment is None


def test_a_training_exhibit_says_whether_its_steps_are_opened(desk):
    assert desk.take(Welcomed)[0].message["slow"] is False
    desk.do("slow", on=True)
    desk.seat.greet()
    assert desk.take(Welcomed)[0].message["slow"] is True


def test_the_header_survives_the_wire(desk):
    desk.do("slow", on=True)
    frame = desk.frame()
    assert wire.decode(wire.encode(frame)).moment == frame.moment
    assert len(str(frame.moment)) < 6000


def test_commands_are_checked():
    assert parse('{"kind": "slow", "on": true}').model_dump() == {
        "kind": "slow",
        "on": True,
        "sample": None,
    }
    assert parse('{"kind": "step", "n": -3, "moments": true}').moments is True
    assert parse('{"kind": "step", "n": 1}').moments is False
    with pytest.raises(BadMessageError, match="sample: expected at least 0, got -1"):
        parse('{"kind": "slow", "on": true, "sample": -1}')


def test_another_line_is_looked_into_in_its_stead(desk):
    desk.do("slow", on=True)
    desk.do("step", n=2 * MOMENTS + 4, moments=True)
    desk.do("step", n=-MOMENTS, moments=True)
    assert place(desk.frame()) == (2, 4)
    desk.do("set", values={"learning_rate": 0.5})
    forked = desk.frame()
    assert place(forked) == (2, 4)
    desk.do("slow", on=False)
    desk.until_idle()
    desk.do("compare", id=1, step=2, numbers=[{"tensor": "conv1.W", "index": [0, 0, 1, 1]}])
    desk.until_idle()
    (compared,) = [message for message in desk.told() if message.get("kind") == "compared"]
    values = {line["numbers"][0]["value"] for line in compared["lines"]}
    assert values == {float(desk.frame().snapshot.arrays["conv1.W"][0, 0, 1, 1])}


def test_lines_are_compared_by_whole_steps(desk):
    desk.do("seek", step=3)
    weight = float(desk.frame().snapshot.arrays["conv1.W"][0, 0, 1, 1])
    desk.do("slow", on=True)
    desk.do("compare", id=1, step=3, numbers=[{"tensor": "conv1.W", "index": [0, 0, 1, 1]}])
    desk.until_idle()
    (compared,) = [message for message in desk.told() if message.get("kind") == "compared"]
    assert compared["lines"][0]["numbers"] == [{"value": weight}]
    assert desk.frame().snapshot.arrays["conv1.W"][0, 0, 1, 1] != weight
