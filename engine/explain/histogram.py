"""Histograms: how many numbers of a tensor lie in each of some intervals, and which they are.

The intervals are half-open, [e₀, e₁), [e₁, e₂), …; the last one holds its right end too. What is
not finite is in none of them.
"""

from dataclasses import dataclass

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import Paging, at, floats, leaf, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.simple import worked
from engine.snapshot import Array

DECADES = 30
"""The most powers of ten that a scale of sizes reaches over."""


def even_edges(low: float, high: float, bins: int) -> Array:
    """Return the edges of intervals of one width.

    Parameters
    ----------
    low, high : float
        The outer ends; where they are the same, a half is left on either side.
    bins : int

    Returns
    -------
    ndarray of shape (bins + 1,), float64
    """
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1)


def size_edges(smallest: float, largest: float, bins: int) -> Array:
    """Return edges for sizes |v|: an interval that begins at 0, then equal steps of the exponent.

    Parameters
    ----------
    smallest, largest : float
        Of the sizes above 0. The edges reach from a power of ten to a power of ten; the first
        interval, [0, 10ᵃ), holds what is smaller, and 0 itself.
    bins : int

    Returns
    -------
    ndarray of shape (bins + 1,), float64
    """
    top = np.ceil(np.log10(largest)) if largest > 0 else 0.0
    bottom = np.floor(np.log10(smallest)) if smallest > 0 else top - 1
    bottom = max(min(bottom, top - 1), top - DECADES)
    edges = np.concatenate([[0.0], np.logspace(bottom, top, bins)])
    # the powers of ten themselves, which logspace may miss by a bit
    edges[1], edges[-1] = (float(f"1e{int(exponent)}") for exponent in (bottom, top))
    return edges


def histogram(values: Array, edges: Array) -> Array:
    """Count values by interval.

    Parameters
    ----------
    values : ndarray
    edges : ndarray of shape (bins + 1,)
        Increasing.

    Returns
    -------
    ndarray of shape (bins,), int32
    """
    counts, _ = np.histogram(_finite(values), edges)
    return counts.astype(np.int32)


def members(values: Array, edges: Array, bin_number: int) -> Array:
    """Return which values lie in an interval: their places in the flattened array."""
    flat = floats(values)
    low, high = edges[bin_number], edges[bin_number + 1]
    last = bin_number == len(edges) - 2
    inside = (flat >= low) & ((flat <= high) if last else (flat < high))
    return np.flatnonzero(inside)


@dataclass(frozen=True, kw_only=True)
class Binned:
    """A tensor that was sorted into intervals.

    Attributes
    ----------
    tensor : str
        What it is called.
    array : ndarray
    edges : ndarray of shape (bins + 1,)
    sizes : bool
        Whether |v| is counted, and not v.
    """

    tensor: str
    array: Array
    edges: Array
    sizes: bool = False

    @property
    def values(self) -> Array:
        """What is counted, in float64."""
        exact = np.asarray(self.array, np.float64)
        return np.abs(exact) if self.sizes else exact

    def counts(self) -> Array:
        """Return how many there are, of shape (bins,), int32."""
        return histogram(self.values, self.edges)

    def explain_count(self, counted: str, index: Index, *, page: int = 0) -> Ledger:
        """Return the ledger of a count: a one for each of the tensor's numbers that lie there.

        Parameters
        ----------
        counted : str
            What the counts are called.
        index : tuple of int
            Of the count there; its last number says which interval.
        """
        which = index[-1]
        places = members(self.values, self.edges, which)
        symbol = self.tensor.rpartition(".")[2]
        shown = rf"\left|{tex.symbol(symbol)}\right|" if self.sizes else tex.symbol(symbol)
        low, high = (tex.number(float(one)) for one in self.edges[which : which + 2])
        last = which == len(self.edges) - 2
        below = r"\le" if last else "<"
        rule = rf"{low} \le {shown} {below} {high}"

        def one(number: int) -> Term:
            place = tuple(int(i) for i in np.unravel_index(places[number], self.array.shape))
            of = float(self.array[place])
            return Term(1.0, (Factor(at(symbol, place), 1.0, self.tensor, place, of),))

        code = f"abs({symbol})" if self.sizes else symbol
        arithmetic = total(
            np.ones(len(places)),
            one,
            Paging(page=page),
            general=rf"\sum [{rule}]",
            code=f"(({float(self.edges[which])!r} <= {code}) & "
            f"({code} {'<=' if last else '<'} {float(self.edges[which + 1])!r})).sum()",
            symbols={symbol: self.tensor},
            note=f"Of the {self.array.size} numbers of {self.tensor}, these lie there: each counts "
            "one."
            if len(places)
            else f"None of the {self.array.size} numbers of {self.tensor} lies there.",
        )
        name = counted.rpartition(".")[2]
        return worked(counted, index, float(len(places)), arithmetic, symbol=name, page=page)


def explain_edge(tensor: str, index: Index, value: float, note: str) -> Ledger:
    """Return the ledger of an edge: it was chosen, and `note` says how."""
    return worked(tensor, index, value, leaf("given", "e", value, note), symbol="edges")


def _finite(values: Array) -> Array:
    flat = floats(values)
    return flat[np.isfinite(flat)]
