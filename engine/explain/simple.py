"""Ledgers of numbers that no layer computes: given ones, counts, and a filter's response."""

from dataclasses import dataclass

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import Paging, constant, floats, times, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.scene import element
from engine.snapshot import Array

__all__ = ["Operand", "count", "element", "given", "response"]


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

    def term(at: int) -> Term:
        if at == len(products) - 1:
            return times(b.factor("b"))
        place = tuple(int(i) for i in np.unravel_index(at, shape))
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
