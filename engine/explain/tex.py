"""Numbers and sums as TeX."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.explain.ledger import Combine, Rest, Term

MOST_TERMS = 10
"""The most terms that are written out in a formula."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that goes to a page as part of an event; it arrives there set, as MathML.

    Attributes
    ----------
    tex : str
    symbols : mapping of str to str
        Symbols, and the tensors that they stand for; not all of them need occur.
    """

    tex: str
    symbols: Mapping[str, str] = field(default_factory=dict)


def number(value: float) -> str:
    r"""Return `value` with four digits: `0.4213`, `-1.2 \cdot 10^{-7}`."""
    if math.isnan(value):
        return r"\mathrm{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    digits, _, power = f"{value:.4g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits


def symbol(name: str) -> str:
    """Return a tensor's short name as one symbol: `W`, and upright `dW`."""
    return name if len(name) == 1 else rf"\mathrm{{{name}}}"


def element(name: str, index: Iterable[int]) -> str:
    """Return a symbol with its index."""
    below = ",".join(map(str, index))
    return f"{symbol(name)}_{{{below}}}" if below else symbol(name)


def product(term: Term) -> str:
    """Return a term's factors, those with a sign in parentheses."""
    factors = [number(one.value) for one in term.factors]
    return r" \cdot ".join(f"({one})" if one.startswith("-") else one for one in factors)


def combined(combine: Combine, terms: tuple[Term, ...], rest: Rest) -> str:
    """Return how `terms` and `rest` combine, with the numbers.

    What is not written out is one number, and below it stands for how many terms: it
    would be read as one more term.
    """
    shown = [product(term) for term in terms[:MOST_TERMS]]
    hidden = len(terms) - len(shown) + rest.count
    if hidden:
        left = number(_together(combine, terms[MOST_TERMS:], rest))
        left = f"({left})" if left.startswith("-") else left
        shown.append(rf"\underset{{\text{{{hidden} more}}}}{{{left}}}")
    if combine == "max":
        listed = r",\; ".join(shown)
        return rf"\max({listed})"
    total = " + ".join(shown) or "0"
    if combine == "mean":
        return rf"\frac{{1}}{{{len(terms) + rest.count}}} ({total})"
    return total


def _together(combine: Combine, terms: tuple[Term, ...], rest: Rest) -> float:
    """Return what terms that are not written out make, with `rest`: their sum, or the greatest."""
    values = [term.value for term in terms] + [rest.value] * (rest.count > 0)
    return max(values) if combine == "max" else sum(values)
