"""The arithmetic of a number, before it is known whose: what each kind of layer hands back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import numpy as np

from engine.errors import InvalidValueError
from engine.explain import tex
from engine.explain.ledger import Combine, Factor, Index, Rest, Term
from engine.snapshot import Array

PAGE = 10
"""How many terms a page lists, unless somebody wants more."""

MOST_TERMS = 1000

_listed = ContextVar("terms on a page", default=PAGE)


@contextmanager
def listing(terms: int) -> Iterator[None]:
    """List so many terms on a page, of whatever is explained meanwhile.

    It says how much of a ledger is shown, not how the number came about: so it passes by the
    exhibits, which know of pages alone.

    Raises
    ------
    InvalidValueError
        If it is none, or more than `MOST_TERMS`.
    """
    if not 1 <= terms <= MOST_TERMS:
        raise InvalidValueError(f"terms: expected from 1 to {MOST_TERMS}, got {terms}")
    former = _listed.set(terms)
    try:
        yield
    finally:
        _listed.reset(former)


@dataclass(frozen=True, slots=True)
class Paging:
    """How many terms are listed, and which page of them."""

    terms: int = field(default_factory=_listed.get)
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """A ledger without its place; see `Ledger`.

    Attributes
    ----------
    general : str
        The right-hand side in symbols, TeX; empty for a leaf.
    numbers : str
        The same with the numbers.
    code : str
        The right-hand side in NumPy.
    """

    combine: Combine
    terms: tuple[Term, ...]
    general: str
    numbers: str
    code: str
    symbols: Mapping[str, str] = field(default_factory=dict)
    function: str | None = None
    rest: Rest = field(default_factory=Rest)
    pages: int = 1
    note: str = ""


def listed(
    values: Array, describe: Callable[[int], Term], paging: Paging, *, combine: Combine = "sum"
) -> tuple[tuple[Term, ...], Rest, int]:
    """Return the terms of a page, what the others combine to, and the number of pages.

    Few terms stay in their own order; of many, the largest come first.

    Parameters
    ----------
    values : ndarray of shape (terms,)
        What each term is.
    describe : callable of int -> Term
        Called for the terms that are listed, and no others.
    """
    count, size = len(values), paging.terms
    if count <= size:
        return tuple(describe(i) for i in range(count)), Rest(), 1
    pages = -(-count // size)
    start = min(paging.page, pages - 1) * size
    stop = min(start + size, count)
    rank = -values if combine == "max" else -np.abs(values)
    rank = np.where(np.isnan(rank), -np.inf, rank)  # what is no number explains the most
    if stop < count // 4:  # to find the first few is much faster than to sort all
        first = np.sort(np.argpartition(rank, stop)[:stop])
        order = first[np.argsort(rank[first], kind="stable")]
    else:
        order = np.argsort(rank, kind="stable")
    chosen = order[start:stop]
    others = np.delete(values, chosen)
    with np.errstate(all="ignore"):
        value = float(others.max() if combine == "max" else others.sum())
    return tuple(describe(int(i)) for i in chosen), Rest(len(others), value), pages


def total(
    values: Array,
    describe: Callable[[int], Term],
    paging: Paging,
    *,
    general: str,
    code: str,
    symbols: Mapping[str, str],
    combine: Combine = "sum",
    note: str = "",
) -> Arithmetic:
    """Return a sum, a mean or a maximum; the parameters are those of `listed` and `Arithmetic`."""
    terms, rest, pages = listed(values, describe, paging, combine=combine)
    return Arithmetic(
        combine=combine,
        terms=terms,
        rest=rest,
        pages=pages,
        general=general,
        numbers=tex.combined(combine, terms, rest),
        code=code,
        symbols=symbols,
        note=note,
    )


def short_sum(
    *terms: Term, general: str, code: str, symbols: Mapping[str, str], note: str = ""
) -> Arithmetic:
    """Return the sum of a few terms."""
    return Arithmetic(
        combine="sum",
        terms=terms,
        general=general,
        numbers=tex.combined("sum", terms, Rest()),
        code=code,
        symbols=symbols,
        note=note,
    )


def leaf(function: str, symbol: str, value: float, note: str) -> Arithmetic:
    """Return the arithmetic of a number where the way back ends."""
    return Arithmetic(
        combine="function",
        function=function,
        terms=(constant(symbol, value),),
        general="",
        numbers="",
        code=repr(value),
        note=note,
    )


def identity(symbol: str, tensor: str, index: Index, value: float, note: str = "") -> Arithmetic:
    """Return the arithmetic of a number that is another one, unchanged."""
    return Arithmetic(
        combine="function",
        function="identity",
        terms=(times(Factor(symbol, value, tensor, index)),),
        general=tex.element(symbol, index),
        numbers="",
        code=at(symbol, index),
        symbols={symbol: tensor},
        note=note,
    )


def times(*factors: Factor) -> Term:
    """Return the product of `factors`."""
    value = 1.0
    for one in factors:
        value *= one.value
    return Term(value, factors)


def constant(symbol: str, value: float) -> Term:
    """Return a term of one constant."""
    return times(Factor(symbol, value))


def at(name: str, index: Index) -> str:
    """Return an element in NumPy: `z[0, 2, 3, 4]`."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def floats(array: Array) -> Array:
    """Return `array` as one axis of float64, so that no sum of terms rounds as float32 does."""
    return np.asarray(array, np.float64).ravel()
