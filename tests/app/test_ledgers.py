"""Ledgers on their way to the page: the message, and when a seat sends it."""

import json
import math

import numpy as np
import pytest
from desk import Desk

from app import wire
from app.ledgers import ledger_message, quantity
from app.posts import Framed, Told
from engine.data.library import Library
from engine.exhibits.digits import EXHIBIT
from engine.explain.ledger import Factor, Ledger, Reference, Rest, Term
from engine.recorder import Recorder


def decode(text: str) -> Ledger:
    """Read a ledger back from its message; null is what `nonfinite` says."""
    message = json.loads(text)

    def number(said: dict) -> float:
        assert (said["value"] is None) == ("nonfinite" in said)
        return float(said["nonfinite"]) if said["value"] is None else said["value"]

    def factor(said: dict) -> Factor:
        index = tuple(said["index"]) if "index" in said else None
        return Factor(said["symbol"], number(said), said.get("tensor"), index, said.get("of"))

    return Ledger(
        tensor=message["tensor"],
        index=tuple(message["index"]),
        value=number(message),
        combine=message["combine"],
        function=message["function"],
        terms=tuple(
            Term(number(term), tuple(map(factor, term["factors"]))) for term in message["terms"]
        ),
        rest=Rest(message["rest"]["count"], number(message["rest"])),
        page=message["page"],
        pages=message["pages"],
        formula="",
        code=message["code"],
        symbols=message["symbols"],
        feeds=tuple(Reference(one["tensor"], tuple(one["index"])) for one in message["feeds"]),
        note=message["note"],
    )


@pytest.mark.parametrize(
    ("tensor", "index"),
    [
        ("conv1.z", (0, 2, 3, 4)),
        ("softmax.a", (0, 3)),
        ("conv1.dW", (0, 0, 1, 1)),
        ("conv1.W", (0, 0, 1, 1)),
        ("loss", ()),
        ("confusion", (3, 3)),
    ],
)
def test_a_ledger_comes_back_from_its_message_to_the_bit(tensor, index) -> None:
    recorder = Recorder(EXHIBIT, {}, 1, Library())
    recorder.step(4)
    ledger = recorder.ledger(tensor, index)
    message = ledger_message(7, 3, 4, ledger)
    assert (message["kind"], message["id"], message["run"], message["step"]) == ("ledger", 7, 3, 4)
    assert message["mathml"].startswith('<math display="block"')
    assert f'data-tensor="{tensor}"' in message["mathml"]
    back = decode(wire.text(message))
    expected = {name: getattr(ledger, name) for name in ledger.__slots__ if name != "formula"}
    assert {name: getattr(back, name) for name in expected} == expected
    assert back.recompute() == ledger.recompute()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null_and_named(value) -> None:
    assert quantity(value) == {"value": None, "nonfinite": str(value)}
    terms = (Term(value, (Factor("x", value, "x", (0,)), Factor("W", 1.0))),)
    ledger = Ledger(
        tensor="z", index=(0,), value=value, combine="sum", terms=terms, formula="z", code="z = x"
    )
    back = decode(wire.text(ledger_message(1, 1, 1, ledger)))
    np.testing.assert_equal([back.value, back.terms[0].value], [value, value])


def ask(desk: Desk, number: int = 5, tensor: str = "x", index: tuple[int, ...] = (2,)) -> None:
    desk.do("explain", id=number, tensor=tensor, index=list(index), page=0, terms=10)


def test_a_question_is_answered_in_order_and_brings_no_frame() -> None:
    desk = Desk()
    desk.do("step", n=3)
    desk.posts.clear()
    ask(desk)
    assert [type(post) for post in desk.posts] == [Told]
    (ledger,) = desk.told()
    assert (ledger["kind"], ledger["id"], ledger["run"], ledger["step"]) == ("ledger", 5, 1, 3)
    desk.do("watch", names=["x"])
    assert ledger["value"] == float(desk.frame().snapshot.arrays["x"][2])


def test_a_question_is_answered_while_it_plays_and_it_plays_on() -> None:
    desk = Desk()
    desk.do("play")
    desk.slices(3)
    desk.told()
    ask(desk)
    (ledger,) = [message for message in desk.told() if message["kind"] == "ledger"]
    desk.slices(3)
    ask(desk)
    (later,) = [message for message in desk.told() if message["kind"] == "ledger"]
    assert later["step"] > ledger["step"] > 0


def test_a_question_during_a_seek_is_answered_about_the_step_it_goes_to() -> None:
    desk = Desk()
    desk.do("seek", step=900)
    ask(desk)
    desk.do("act", name="ask")
    assert desk.names() == []
    desk.until_idle()
    told = [message for message in desk.told() if message.get("name") != "seeking"]
    answers = [one for one in told if one["kind"] == "ledger" or one["name"] == "asked"]
    assert [one["step"] for one in answers] == [900, 900]


def test_an_answer_is_of_a_past_step_and_of_the_run_that_is() -> None:
    desk = Desk()
    desk.do("step", n=5)
    ask(desk)
    first = desk.told()[-1]
    desk.do("step", n=7)
    desk.do("seek", step=5)
    desk.until_idle()
    ask(desk)
    assert desk.told()[-1] == first
    desk.do("reset")
    ask(desk)
    assert desk.told()[-1]["run"] == 2


@pytest.mark.parametrize(
    ("tensor", "index", "field", "says"),
    [
        ("y", (0,), "tensor", "tensor: expected one of x, note, got 'y'"),
        ("x", (8,), "index", "index: expected 1 whole numbers from 0, each less than"),
        ("x", (0, 0), "index", "got [0, 0]"),
    ],
)
def test_a_question_about_what_there_is_not_is_refused_by_its_id(
    tensor, index, field, says
) -> None:
    desk = Desk()
    desk.take(Framed)
    ask(desk, 9, tensor, index)
    (error,) = desk.told()
    assert (error["code"], error["field"], error["id"]) == ("bad_value", field, 9)
    assert says in error["text"]
    assert not desk.take(Framed)


def test_an_action_that_only_asks_is_not_done_again() -> None:
    desk = Desk()
    desk.do("act", name="ask")
    assert desk.names() == ["asked"]
    desk.do("reset")
    assert "asked" not in desk.names()
