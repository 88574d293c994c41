"""Ledgers of numbers that no layer computes: given ones, copies, counts, a filter's response."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import (
    Arithmetic,
    Paging,
    at,
    constant,
    floats,
    identity,
    short_sum,
    times,
    total,
)
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.scene import element
from engine.snapshot import Array

__all__ = ["Operand", "copied", "count", "element", "given", "mean", "response", "sum_of", "worked"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A row of a named tensor.

    Attributes
    ----------
    tensor : str
    array : ndarray
    row : int
        Which of its rows.
    """

    tensor: str
    array: Array
    row: int

    def factor(self, symbol: str, place: Index = ()) -> Factor:
        """Return an element of the row as a factor."""
        index = self.row, *place
        return Factor(symbol, float(self.array[index]), self.tensor, index)


def worked(
    tensor: str,
    index: Index,
    value: float,
    arithmetic: Arithmetic,
    *,
    symbol: str,
    page: int = 0,
    feeds: tuple[Reference, ...] = (),
    note: str = "",
) -> Ledger:
    """Return the ledger of an element that `arithmetic` makes.

    Parameters
    ----------
    symbol : str
        What the element's tensor is called in the formula and in the code.
    note : str
        What is to be said besides the arithmetic's own note.
    """
    head = tex.element(symbol, index)
    parts = [head, arithmetic.general, arithmetic.numbers, tex.number(value)]
    return Ledger(
        tensor=tensor,
        index=index,
        value=value,
        combine=arithmetic.combine,
        function=arithmetic.function,
        terms=arithmetic.terms,
        rest=arithmetic.rest,
        page=min(page, arithmetic.pages - 1),
        pages=arithmetic.pages,
        formula=" = ".join(part for part in parts if part),
        code=f"{at(symbol, index)} = {arithmetic.code}",
        symbols={symbol: tensor, **arithmetic.symbols},
        feeds=feeds,
        note=" ".join(filter(None, (arithmetic.note, note))),
    )


def copied(tensor: str, index: Index, factor: Factor, *, symbol: str, note: str = "") -> Ledger:
    """Return the ledger of a number that is another tensor's, unchanged.

    Parameters
    ----------
    factor : Factor
        The other element.
    """
    assert factor.tensor is not None
    assert factor.index is not None
    same = identity(factor.symbol, factor.tensor, factor.index, factor.value, note)
    return worked(tensor, index, factor.value, same, symbol=symbol)


def mean(
    tensor: str, index: Index, of: str, array: Array, note: str, *, symbol: str, page: int = 0
) -> Ledger:
    """Return the ledger of the mean of all elements of an array, called `of`."""
    source = of.rpartition(".")[2]

    def term(at: int) -> Term:
        place = tuple(int(i) for i in np.unravel_index(at, array.shape))
        return times(Factor(source, float(array[place]), of, place))

    arithmetic = total(
        floats(array),
        term,
        Paging(page=page),
        combine="mean",
        general=rf"\mathrm{{mean}}\, {tex.symbol(source)}",
        code=f"{source}.mean()",
        symbols={source: of},
        note=note,
    )
    return worked(tensor, index, float(floats(array).mean()), arithmetic, symbol=symbol, page=page)


def sum_of(
    tensor: str,
    index: Index,
    terms: tuple[Term, ...],
    note: str,
    *,
    code: str,
    symbols: Mapping[str, str] | None = None,
) -> Ledger:
    """Return the ledger of a sum of a few products: a number of parameters, of outputs."""
    symbol = tensor.rpartition(".")[2]
    arithmetic = short_sum(*terms, general="", code=code, symbols=symbols or {}, note=note)
    return worked(tensor, index, sum(one.value for one in terms), arithmetic, symbol=symbol)


def given(tensor: str, array: Array, index: tuple[int, ...], note: str) -> Ledger:
    """Return the ledger of a number that was found or given, not computed from named tensors.

    Raises
    ------
    InvalidValueError
        If there is no such element.
    """
    index, value = element(tensor, array, index)
    symbol = tensor.rpartition(".")[2]
    return Ledger(
        tensor=tensor,
        index=index,
        value=value,
        combine="function",
        function="given",
        terms=(constant(tex.symbol(symbol), value),),
        formula=f"{tex.element(symbol, index)} = {tex.number(value)}",
        code=f"{symbol}{list(index)} = {value!r}",
        symbols={symbol: tensor},
        note=note,
    )


def count(tensor: str, index: Index, members: Array, what: str, *, page: int = 0) -> Ledger:
    """Return the ledger of a count: a one for each member.

    Parameters
    ----------
    members : ndarray of shape (members,)
        The number of each.
    what : str
        What is counted.
    """

    def one(number: int) -> Term:
        return constant(rf"1_{{{int(members[number])}}}", 1.0)

    symbols = {tensor: tensor}
    ones = np.ones(len(members))
    parts = total(ones, one, Paging(page=page), general="", code="", symbols=symbols)
    numbers = ", ".join(map(str, members[:20].tolist()))
    return Ledger(
        tensor=tensor,
        index=index,
        value=float(len(members)),
        combine="sum",
        terms=parts.terms,
        rest=parts.rest,
        page=min(page, parts.pages - 1),
        pages=parts.pages,
        formula=rf"{tex.element(tensor, index)} = \sum 1 = {len(members)}",
        code=f"{tensor}{list(index)} = ((label == {index[0]}) & (said == {index[1]})).sum()",
        symbols=symbols,
        note=f"Counts the {what}" + (f": numbers {numbers}." if len(members) else ": none."),
    )


def response(x: Operand, W: Operand, b: Operand, value: float, *, page: int = 0) -> Ledger:
    """Return the ledger of a filter's answer to one patch: Σ x W + b."""
    shape = x.array.shape[1:]
    products = np.append(floats(x.array[x.row]) * floats(W.array[W.row]), float(b.array[b.row]))

    def term(number: int) -> Term:
        if number == len(products) - 1:
            return times(b.factor("b"))
        place = tuple(int(i) for i in np.unravel_index(number, shape))
        return times(x.factor("x", place), W.factor("W", place))

    parts = total(products, term, Paging(page=page), general="", code="", symbols={})
    head = tex.element("z", (x.row,))
    return Ledger(
        tensor="patches.z",
        index=(x.row,),
        value=value,
        combine="sum",
        terms=parts.terms,
        rest=parts.rest,
        page=min(page, parts.pages - 1),
        pages=parts.pages,
        formula=rf"{head} = \sum x \cdot W + b = {parts.numbers} = {tex.number(value)}",
        code=f"z[{x.row}] = (x[{x.row}] * W[{W.row}]).sum() + b[{b.row}]",
        symbols={"x": x.tensor, "W": W.tensor, "b": b.tensor, "z": "patches.z"},
    )
