"""Ledgers of how many terms a polynomial has."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from math import comb

import numpy as np

from engine.explain.arithmetic import constant, short_sum, times
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.numbers import Numbers
from engine.snapshot import Array

BYTES = 4
"""Of a number in float32."""

EXACT, LONG = 10_000, 10**16
"""From where on a count is written out before it is rounded, and where it would be too long."""

GIVEN = {
    "inputs": "How many numbers go in; it is chosen.",
    "degree": "The most factors that a term has; it is chosen.",
    "count.degree": "The most factors that a term has.",
    "term.inputs": "Which input is a factor of this term, counted from 1; 0 stands for none.",
    "growth.n": "A number of inputs for which the curves are drawn.",
}
"""Numbers that nothing computes."""


def terms_of(n: int, degree: int) -> int:
    """Return how many terms of n inputs have at most so many factors, the constant 1 included.

    Source: multisets of at most d of n things, C(n + d, d).
    """
    return comb(n + degree, degree)


def terms_of_exactly(n: int, degree: int) -> int:
    """Return how many terms of n inputs have exactly so many factors: C(n + d − 1, d)."""
    return comb(n + degree - 1, degree)


class Terms(Numbers):
    """Counts, explained.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        super().__init__(arrays)
        self.notes = dict(GIVEN)
        self.explainers = {
            "count.exact": partial(self._count, "count.exact"),
            "count.terms": partial(self._count, "count.terms"),
            "count.megabytes": self._megabytes,
            "growth.x": self._power,
            "growth.log": self._growth,
            "growth.here": self._here,
        }

    @property
    def _n(self) -> int:
        return int(self.arrays["inputs"])

    def _count(self, tensor: str, index: Index, page: int) -> Ledger:
        """Explain C(n + d − 1, d) or C(n + d, d): a product of as many quotients as the degree."""
        exact = tensor == "count.exact"
        n, degree = self._n, int(self.arrays["count.degree"][index])
        first = n if exact else n + 1
        factors = [
            Factor(rf"\frac{{{first + at}}}{{{at + 1}}}", (first + at) / (at + 1))
            for at in range(degree)
        ]
        above = "n + d - 1" if exact else "n + d"
        what = f"exactly {degree}" if exact else f"at most {degree}"
        whole = terms_of_exactly(n, degree) if exact else terms_of(n, degree)
        arithmetic = short_sum(
            Term(self.value(tensor, index), tuple(factors)),
            general=rf"\binom{{{above}}}{{d}}",
            code=f"math.comb({first + degree - 1}, {degree})",
            symbols={},
            note=f"Ways to choose {what} of {n:,} inputs as factors, where one input may be chosen "
            f"again and the order does not matter: {whole:,}.",
        )
        above_all = r" \cdot ".join(str(first + at) for at in range(degree))
        below_all = r" \cdot ".join(str(at + 1) for at in range(degree))
        exactly = f" = {whole}" if EXACT <= whole < LONG else ""
        numbers = rf"\frac{{{above_all}}}{{{below_all}}}{exactly}"
        return self.found(tensor, index, replace(arithmetic, numbers=numbers))

    def _megabytes(self, index: Index, page: int) -> Ledger:
        return self.sum_of(
            "count.megabytes",
            index,
            times(
                self.factor("count.terms", index, "terms"),
                Factor("4", float(BYTES)),
                Factor("10^{-6}", 1e-6),
            ),
            general=r"\mathrm{terms} \cdot 4 \cdot 10^{-6}",
            code=f"terms[{index[0]}] * 4 / 1e6",
            note="In megabytes: one weight for each term, of a single neuron, 4 bytes each.",
        )

    def _power(self, index: Index, page: int) -> Ledger:
        n = self.value("growth.n", index)
        arithmetic = short_sum(
            constant(rf"\lg {n:g}", float(np.log10(n))),
            general=r"\lg n",
            code=f"math.log10({n:.0f})",
            symbols={},
            note="The power of ten of the number of inputs.",
        )
        return self.found("growth.x", index, arithmetic)

    def _here(self, index: Index, page: int) -> Ledger:
        n, degree = self._n, int(self.arrays["degree"])
        if index[0]:
            count = terms_of(n, degree)
            what, code = f"{count:,} terms", f"math.comb({n + degree}, {degree})"
        else:
            count, what, code = n, f"{n:,} inputs", f"{n}"
        arithmetic = short_sum(
            constant(rf"\lg {count}", math.log10(count)),
            general=r"\lg \binom{n + d}{d}" if index[0] else r"\lg n",
            code=f"math.log10({code})",
            symbols={},
            note=f"The power of ten of {what}: where n and d stand among the curves.",
        )
        return self.found("growth.here", index, arithmetic)

    def _growth(self, index: Index, page: int) -> Ledger:
        row, column = index
        n, degree = int(self.arrays["growth.n"][column]), row + 1
        parts = [
            constant(rf"\lg \frac{{{n + at}}}{{{at}}}", float(np.log10((n + at) / at)))
            for at in range(1, degree + 1)
        ]
        arithmetic = short_sum(
            *parts,
            general=r"\lg \binom{n + d}{d}",
            code=f"math.log10(math.comb({n + degree}, {degree}))",
            symbols={},
            note=f"The power of ten of {terms_of(n, degree):,} terms of at most {degree} factors.",
        )
        return self.found("growth.log", index, arithmetic)
