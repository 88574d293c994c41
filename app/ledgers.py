"""A ledger as a message: what is not finite spelt out, and the formula set."""

import math
from collections.abc import Mapping
from typing import Any

from app.maths import TexError, tex
from engine.explain.ledger import Factor, Ledger, Term
from engine.explain.tex import Formula, symbol


def ledger_message(number: int, run: int, step: int, ledger: Ledger) -> dict[str, Any]:
    """Return the answer to the question with the id `number`.

    Parameters
    ----------
    number, run, step : int
    ledger : Ledger
    """
    return {
        "kind": "ledger",
        "id": number,
        "run": run,
        "step": step,
        "tensor": ledger.tensor,
        "index": list(ledger.index),
        **quantity(ledger.value),
        "combine": ledger.combine,
        "function": ledger.function,
        "terms": [_term(term) for term in ledger.terms],
        "rest": {"count": ledger.rest.count, **quantity(ledger.rest.value)},
        "page": ledger.page,
        "pages": ledger.pages,
        "mathml": mathml(ledger),
        "code": ledger.code,
        "symbols": dict(ledger.symbols),
        "feeds": [{"tensor": one.tensor, "index": list(one.index)} for one in ledger.feeds],
        "note": ledger.note,
    }


def quantity(value: float, key: str = "value") -> dict[str, Any]:
    """Return a number for JSON, which has no word for one that is not finite.

    Such a one is null, and `nonfinite` says which: `nan`, `inf` or `-inf`.
    """
    if math.isfinite(value):
        return {key: value}
    return {key: None, "nonfinite": str(value)}


def mathml(ledger: Ledger) -> str:
    """Return the formula, its symbols marked with their tensors."""
    return set_formula(ledger.formula, ledger.symbols)


def ready(data: Any) -> Any:
    """Return an event's data with its formulae set, for JSON."""
    if isinstance(data, Formula):
        return set_formula(data.tex, data.symbols)
    if isinstance(data, Mapping):
        return {key: ready(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)([ready(value) for value in data])
    return data


def set_formula(formula: str, symbols: Mapping[str, str]) -> str:
    """Return a formula, with those of `symbols` that occur in it marked with their tensors."""
    named = {
        short if "\\" in short or "{" in short else symbol(short): tensor
        for short, tensor in symbols.items()
    }
    try:
        return str(tex(formula, named, display=True))
    except TexError:  # a symbol of the code that the formula does without
        return str(tex(formula, _found(formula, named), display=True))


def _found(formula: str, named: dict[str, str]) -> dict[str, str]:
    """Return those that occur; the longest first, as `w` within `w_{1}` belongs to that one."""
    found: dict[str, str] = {}
    for one in sorted(named, key=len, reverse=True):
        try:
            tex(formula, {**found, one: named[one]}, display=True)
        except TexError:
            continue
        found[one] = named[one]
    return found


def _term(term: Term) -> dict[str, Any]:
    return {**quantity(term.value), "factors": [_factor(one) for one in term.factors]}


def _factor(factor: Factor) -> dict[str, Any]:
    message = {"symbol": factor.symbol, **quantity(factor.value)}
    if factor.tensor is not None and factor.index is not None:
        message |= {"tensor": factor.tensor, "index": list(factor.index)}
    if factor.of is not None:
        message |= {"of": factor.of if math.isfinite(factor.of) else None}
    return message
