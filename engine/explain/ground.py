"""Ledgers of a ground: how J, each ∂J/∂wᵢ and each ∂²J/∂wᵢ∂wⱼ came about at a place.

Of a formula, the terms of its sum, each with its factors; of a regression, one term a sample; of a
sculpted ground, one a bump. The place is told by the elements that it is made of, so that from any
number one may walk on to the parameters and to the data, whatever an exhibit calls them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.explain import regression, sculpted
from engine.explain.arithmetic import MOST_TERMS, Arithmetic, Paging, at, total
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.simple import worked
from engine.explain.spot import Data, Spot, short, spot
from engine.explain.tex import number as tex_number
from engine.landscape.expression import Expression
from engine.landscape.formula import ONE as _ONE
from engine.landscape.formula import Negative, Node, Product, Quotient, Sum, Variable, variables
from engine.landscape.ground import undefined
from engine.landscape.regression import Regression
from engine.landscape.sculpted import Sculpted
from engine.landscape.tape import Tape
from engine.landscape.writing import code, legible, tex, variable_tex

__all__ = ["Data", "Spot", "bend_ledger", "of_formula", "slope_ledger", "spot", "value_ledger"]


def value_ledger(
    here: Spot,
    tensor: str = "J",
    index: Index = (),
    *,
    value: float | None = None,
    feeds: tuple[Reference, ...] = (),
    note: str = "",
    page: int = 0,
) -> Ledger:
    """Return how J came about.

    Parameters
    ----------
    here : Spot
    tensor : str
    index : tuple of int
        Which element of `tensor` it is.
    value : float, optional
        The element as it is published, if it was rounded or computed among others.
    feeds, note, page
        As in `worked`.
    """
    found = float(here.ground.value(here.w)) if value is None else value
    head = "J" if short(tensor) != "J" else ""
    return _ledger(
        here, (), tensor, index, value=found, head=head, feeds=feeds, note=note, page=page
    )


def slope_ledger(
    here: Spot,
    i: int,
    tensor: str = "dw",
    index: Index | None = None,
    *,
    value: float | None = None,
    feeds: tuple[Reference, ...] = (),
    note: str = "",
    page: int = 0,
) -> Ledger:
    """Return how ∂J/∂wᵢ came about; the parameters are those of `value_ledger`."""
    found = float(here.ground.gradient(here.w)[i]) if value is None else value
    where = (i,) if index is None else index
    return _ledger(
        here,
        (i,),
        tensor,
        where,
        value=found,
        head=_slope_tex(here, i),
        feeds=feeds,
        note=note,
        page=page,
    )


def bend_ledger(
    here: Spot,
    i: int,
    j: int,
    tensor: str = "H",
    index: Index | None = None,
    *,
    value: float | None = None,
    feeds: tuple[Reference, ...] = (),
    note: str = "",
    page: int = 0,
) -> Ledger:
    """Return how ∂²J/∂wᵢ∂wⱼ came about; the parameters are those of `value_ledger`."""
    found = float(here.ground.hessian(here.w)[i, j]) if value is None else value
    where = (i, j) if index is None else index
    return _ledger(
        here,
        (i, j),
        tensor,
        where,
        value=found,
        head=_bend_tex(here, i, j),
        feeds=feeds,
        note=note,
        page=page,
    )


def _ledger(
    here: Spot,
    which: tuple[int, ...],
    tensor: str,
    index: Index,
    *,
    value: float,
    head: str,
    feeds: tuple[Reference, ...],
    note: str,
    page: int,
) -> Ledger:
    ground, paging = here.ground, Paging(page=page)
    with np.errstate(all="ignore"):  # what is not finite is shown as what it is
        if isinstance(ground, Regression):
            arithmetic = regression.explain(ground, here, which, paging)
        elif isinstance(ground, Expression):
            arithmetic = of_formula(ground, here, which, paging)
        elif isinstance(ground, Sculpted):
            base = of_formula(ground.base, here, which, Paging(terms=MOST_TERMS))
            arithmetic = sculpted.explain(ground, here, which, base, paging)
        else:
            raise TypeError(f"ground: no ledgers are known for {ground!r}")
    general = " = ".join(part for part in (head, arithmetic.general) if part)
    notes = " ".join(filter(None, (_sentence(undefined(ground, here.w)), note)))
    return worked(
        tensor,
        index,
        value,
        replace(arithmetic, general=general),
        symbol=short(tensor),
        page=page,
        feeds=feeds,
        note=notes,
    )


def of_formula(
    ground: Expression, here: Spot, which: tuple[int, ...], paging: Paging
) -> Arithmetic:
    """Return how a formula, or a derivative of it (`which`), came about at a place."""
    tree = ground.partial(*which)
    written = _Written(ground.names, here)
    terms = [written.term(one) for one in (tree.terms if isinstance(tree, Sum) else (tree,))]
    values = np.array([one.value for one in terms])
    clear = legible(tree)
    arithmetic = total(
        values,
        lambda i: terms[i],
        paging,
        general=tex(tree) if clear else "",
        code=code(tree, written.places) if clear else repr(float(values.sum())),
        symbols=written.symbols,
    )
    return replace(arithmetic, numbers=tex(tree, written.numbers)) if clear else arithmetic


class _Written:
    """The variables at a place: as numbers, as elements, as factors."""

    def __init__(self, names: Sequence[str], here: Spot) -> None:
        pairs = list(zip(names, here.where, strict=True))
        self._names = tuple(names)
        self._w = here.w
        self._where = dict(pairs)
        self.places = {name: at(short(one.tensor), one.index) for name, one in pairs}
        self.numbers = {
            name: _in_parentheses(float(w)) for name, w in zip(names, here.w, strict=True)
        }
        self.symbols: Mapping[str, str] = {
            **{short(one.tensor): one.tensor for _, one in pairs},
            **{variable_tex(name): one.tensor for name, one in pairs},
        }

    def term(self, node: Node) -> Term:
        """Return a term as the product of its factors."""
        sign, factors = self._factors(node)
        if sign < 0:
            first = factors[0]
            if first.tensor is None:
                factors[0] = replace(first, symbol=f"-{first.symbol}", value=-first.value)
            else:
                factors.insert(0, Factor("-1", -1.0))
        value = 1.0
        for one in factors:
            value *= one.value
        return Term(value, tuple(factors))

    def _factors(self, node: Node) -> tuple[float, list[Factor]]:
        """Return the sign of a product, and its factors."""
        match node:
            case Negative(of):
                sign, factors = self._factors(of)
                return -sign, factors
            case Product(left, right):
                first, factors = self._factors(left)
                second, more = self._factors(right)
                return first * second, factors + more
            case Quotient(above, below) if above != _ONE:
                sign, factors = self._factors(above)
                return sign, [*factors, self._factor(Quotient(_ONE, below))]
        return 1.0, [self._factor(node)]

    def _factor(self, node: Node) -> Factor:
        value = self._value(node)
        symbol = tex(node) if legible(node) else r"\ldots"
        names = variables(node)
        if len(names) != 1:  # a number, or a function of several elements
            return Factor(symbol, value)
        (name,) = names
        own = float(self._w[self._names.index(name)])
        reference = self._where[name]
        of = None if isinstance(node, Variable) else own
        return Factor(symbol, value, reference.tensor, reference.index, of)

    def _value(self, node: Node) -> float:
        return float(Tape([node], self._names).run(self._w)[0])


def _slope_tex(here: Spot, i: int) -> str:
    names = here.ground.names
    if len(names) == 1:
        return rf"\frac{{dJ}}{{d{names[0]}}}"
    return rf"\frac{{\partial J}}{{\partial {variable_tex(names[i])}}}"


def _bend_tex(here: Spot, i: int, j: int) -> str:
    names = [variable_tex(name) for name in here.ground.names]
    if len(names) == 1:
        return rf"\frac{{d^{{2}}J}}{{d{names[0]}^{{2}}}}"
    if i == j:
        return rf"\frac{{\partial^{{2}} J}}{{\partial {names[i]}^{{2}}}}"
    return rf"\frac{{\partial^{{2}} J}}{{\partial {names[i]} \partial {names[j]}}}"


def _in_parentheses(value: float) -> str:
    written = tex_number(value)
    return rf"\left({written}\right)" if written.startswith("-") else written


def _sentence(text: str) -> str:
    return f"{text}." if text else ""
