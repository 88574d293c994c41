"""How long many numbers are together: the root of the sum of their squares, or of the mean."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import Arithmetic, Paging, floats, listed
from engine.explain.ledger import Rest, Term
from engine.snapshot import Array


def length_of(array: Array) -> float:
    """Return √Σ v², in float64."""
    return float(np.sqrt(np.square(floats(array)).sum()))


def size_of(array: Array) -> float:
    """Return √(Σ v² / n), the root mean square, in float64: how large a number typically is."""
    return float(np.sqrt(np.square(floats(array)).mean()))


def explain_length(
    values: Array,
    describe: Callable[[int], Term],
    *,
    symbol: str,
    code: str,
    symbols: Mapping[str, str],
    mean: bool = False,
    page: int = 0,
    note: str = "",
) -> Arithmetic:
    """Return the arithmetic of a length, or with `mean` of a root mean square.

    Parameters
    ----------
    values : ndarray of shape (terms,)
        What each term is.
    describe : callable of int -> Term
    symbol : str
        TeX of one of them.
    code : str
        The whole line in NumPy.
    """
    terms, rest, pages = listed(np.square(floats(values)), describe, Paging(page=page))
    left = math.sqrt(rest.value)
    below = _squares(terms, rest)
    n = len(values)
    return Arithmetic(
        combine="function",
        function="root_mean_square" if mean else "length",
        terms=terms,
        rest=Rest(rest.count, left),
        pages=pages,
        general=rf"\sqrt{{\frac{{1}}{{{n}}} \sum {symbol}^2}}"
        if mean
        else rf"\sqrt{{\sum {symbol}^2}}",
        numbers=rf"\sqrt{{\frac{{1}}{{{n}}} ({below})}}" if mean else rf"\sqrt{{{below}}}",
        code=code,
        symbols=symbols,
        note=note,
    )


def _squares(terms: tuple[Term, ...], rest: Rest) -> str:
    """Return the squares of the terms with the numbers, and of what is not written out as one."""
    shown = []
    for term in terms[: tex.MOST_TERMS]:
        number = tex.number(term.value)
        plain = not (number.startswith("-") or "cdot" in number)
        shown.append(f"{number}^2" if plain else f"({number})^2")
    hidden = terms[tex.MOST_TERMS :]
    count = len(hidden) + rest.count
    if count:
        left = sum(term.value**2 for term in hidden) + rest.value
        shown.append(rf"\underset{{\text{{{count} more}}}}{{{tex.number(left)}}}")
    return " + ".join(shown) or "0"
