"""What a ledger is: the terms that make one number, and how they combine.

The law: `Ledger.recompute` of its terms and its rest gives the tensor's element. It holds to 1e-6
of the largest term in float64, and to `TOLERANCE` of it in float32, where the engine itself rounds
after every operation.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Index = tuple[int, ...]
Combine = Literal["sum", "max", "mean", "function"]

TOLERANCE = 1e-4
"""Of the largest term (or of the value, if that is larger): how far float32 may be off."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a term.

    Attributes
    ----------
    symbol : str
        As the formula has it, in TeX.
    value : float
    tensor : str or None
        The element that it is, or is a function of; None for a constant.
    index : tuple of int or None
    of : float or None
        The element's own value, where the factor is a function of it (`1/(√v + ε)` of v); None
        where the factor is the element.
    """

    symbol: str
    value: float
    tensor: str | None = None
    index: Index | None = None
    of: float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A product of factors."""

    value: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """The terms that are not listed: how many, and what they combine to (for a mean: their sum)."""

    count: int = 0
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """An element of a named tensor."""

    tensor: str
    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """How one number came about.

    Attributes
    ----------
    tensor : str
    index : tuple of int
        In the usual order of axes; empty for the loss.
    value : float
        The tensor's element.
    combine : str
        `sum`, `max`, `mean`, or `function`: then `function` names it, and the terms are its
        arguments in order.
    function : str or None
        A key of `FUNCTIONS`.
    terms : tuple of Term
        All of them in their own order, or a page of them, the largest first.
    rest : Rest
        What is on other pages.
    page, pages : int
        Which page of the terms this is, from 0, and how many there are.
    formula : str
        TeX: in symbols, then with the numbers, then the value.
    code : str
        The NumPy line that computes it.
    symbols : mapping of str to str
        The names in `code` and the symbols in `formula`, and the tensors that they stand for.
    feeds : tuple of Reference
        Where the number goes next; not more than the first of them.
    note : str
        A sentence for people where the arithmetic does not say all: ties, padding, leaves.
    """

    tensor: str
    index: Index
    value: float
    combine: Combine
    function: str | None = None
    terms: tuple[Term, ...]
    rest: Rest = field(default_factory=Rest)
    page: int = 0
    pages: int = 1
    formula: str
    code: str
    symbols: Mapping[str, str] = field(default_factory=dict)
    feeds: tuple[Reference, ...] = ()
    note: str = ""

    def renamed(self, name: Callable[[str], str]) -> "Ledger":
        """Return the ledger with each tensor called as `name` says."""
        terms = tuple(
            Term(
                term.value,
                tuple(
                    one if one.tensor is None else replace(one, tensor=name(one.tensor))
                    for one in term.factors
                ),
            )
            for term in self.terms
        )
        return replace(
            self,
            tensor=name(self.tensor),
            terms=terms,
            symbols={symbol: name(tensor) for symbol, tensor in self.symbols.items()},
            feeds=tuple(Reference(name(one.tensor), one.index) for one in self.feeds),
        )

    def recompute(self) -> float:
        """Return what the terms and the rest combine to."""
        values = [term.value for term in self.terms]
        if self.combine == "function":
            assert self.function is not None
            return FUNCTIONS[self.function](values, self.rest)
        if self.combine == "max":
            return max([*values, self.rest.value] if self.rest.count else values)
        total = math.fsum(values) if all(map(math.isfinite, values)) else sum(values)
        total += self.rest.value
        return total / (len(values) + self.rest.count) if self.combine == "mean" else total


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0  # beyond it exp overflows: its limit


def _metropolis(proposed: float, now: float, temperature: float) -> float:
    """Return the chance of a proposal: 1 downhill, and less the higher it goes and the colder."""
    rise = proposed - now
    if rise <= 0:
        return 1.0
    return math.exp(-rise / temperature) if temperature > 0 and math.isfinite(rise) else 0.0


def _softmax(values: list[float], rest: Rest) -> float:
    """Return the first exponential over the sum of the others: all of them, itself once more."""
    return values[0] / (math.fsum(values[1:]) + rest.value)


FUNCTIONS: dict[str, Callable[[list[float], Rest], float]] = {
    "identity": lambda values, _: values[0],
    "given": lambda values, _: values[0],
    "drawn": lambda values, _: values[0],
    "before": lambda values, _: values[0],
    "set_by_hand": lambda values, _: values[0],
    "relu": lambda values, _: values[0] if values[0] > 0 else 0.0,
    "leaky_relu": lambda values, _: values[0] if values[0] > 0 else values[0] * values[1],
    "step": lambda values, _: 1.0 if values[0] >= 0 else 0.0,
    "sigmoid": lambda values, _: _sigmoid(values[0]),
    "tanh": lambda values, _: math.tanh(values[0]),
    "softmax": _softmax,
    "argmax": lambda values, _: float(max(range(len(values)), key=values.__getitem__)),
    "length": lambda values, rest: math.hypot(*values, rest.value),
    "root_mean_square": lambda values, rest: (
        math.hypot(*values, rest.value) / math.sqrt(len(values) + rest.count)
    ),
    "metropolis": lambda values, _: _metropolis(values[0], values[1], values[2]),
    "grey_level": lambda values, _: float(min(255, max(0, round(values[0] + values[1])))),
}
"""What `function` may name.

`given`, `drawn`, `before` and `set_by_hand` are leaves, where the way back ends: a number of the
data, of the initializer or of a mask, a parameter as it was before the step, and one that a person
has set. `softmax` is its first argument, exp(z_k − max z), over the sum of the others, the
exponentials of all classes. `step` is 1 from 0 upwards, and 0 below. `argmax` is the place of the
greatest, from 0, of equals that of the first. `length` is the root of the sum of the squares,
`root_mean_square` that of their mean; the rest of both is the length of what is not listed.
`metropolis` is the chance to go from the second J to the first at the temperature that is the
third. `grey_level` rounds the sum of both and cuts it off at 0 and 255.
"""
