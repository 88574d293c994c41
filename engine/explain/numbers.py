"""Published arrays that explain themselves: what the explainers of grounds' exhibits share."""

from collections.abc import Callable, Mapping

from engine.errors import InvalidValueError
from engine.explain.arithmetic import Arithmetic, identity, short_sum
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.scene import element
from engine.explain.simple import given, worked
from engine.explain.spot import short
from engine.explain.tex import element as tex_element
from engine.snapshot import Array

Explainer = Callable[[Index, int], Ledger]
"""From an index and a page to the ledger."""


class Numbers:
    """Explains every number of some named arrays.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        What is published at this moment, and what its ledgers name besides.

    Attributes
    ----------
    explainers : dict of str to Explainer
        By the tensor.
    notes : dict of str to str
        Of tensors that have no arithmetic of their own, what a number of one is.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = dict(arrays)
        self.explainers: dict[str, Explainer] = {}
        self.notes: dict[str, str] = {}

    def explain(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor, or no such element.
        """
        if tensor not in self.arrays:
            known = ", ".join(self.arrays)
            raise InvalidValueError(f"tensor: expected one of {known}, got {tensor!r}")
        index, _ = element(tensor, self.arrays[tensor], index)
        if tensor in self.explainers:
            return self.explainers[tensor](index, page)
        return given(tensor, self.arrays[tensor], index, self.notes[tensor])

    def symbol(self, tensor: str) -> str:
        """Return what a tensor is called in formulae and in code."""
        return short(tensor)

    def value(self, tensor: str, index: Index) -> float:
        """Return an element."""
        return float(self.arrays[tensor][index])

    def factor(self, tensor: str, index: Index, symbol: str = "") -> Factor:
        """Return an element as a factor."""
        called = symbol or tex_element(self.symbol(tensor), index)
        return Factor(called, self.value(tensor, index), tensor, index)

    def of(self, symbol: str, value: float, tensor: str, index: Index) -> Factor:
        """Return a function of an element as a factor."""
        return Factor(symbol, value, tensor, index, of=self.value(tensor, index))

    def sum_of(
        self,
        tensor: str,
        index: Index,
        *terms: Term,
        general: str,
        code: str,
        note: str = "",
        feeds: tuple[Reference, ...] = (),
    ) -> Ledger:
        """Return the ledger of an element that is a sum of a few products."""
        symbols = {
            self.symbol(one.tensor): one.tensor
            for term in terms
            for one in term.factors
            if one.tensor is not None and self.symbol(one.tensor) != self.symbol(tensor)
        }
        arithmetic = short_sum(*terms, general=general, code=code, symbols=symbols, note=note)
        return self.found(tensor, index, arithmetic, feeds=feeds)

    def found(
        self,
        tensor: str,
        index: Index,
        arithmetic: Arithmetic,
        *,
        feeds: tuple[Reference, ...] = (),
        page: int = 0,
    ) -> Ledger:
        """Return the ledger of an element that `arithmetic` makes."""
        value = self.value(tensor, index)
        return worked(
            tensor, index, value, arithmetic, symbol=self.symbol(tensor), feeds=feeds, page=page
        )

    def same(self, tensor: str, index: Index, of: str, at: Index, note: str = "") -> Ledger:
        """Return the ledger of a number that is another one, unchanged."""
        return self.found(
            tensor, index, identity(self.symbol(of), of, at, self.value(of, at), note)
        )
