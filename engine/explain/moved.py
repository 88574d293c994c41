"""A moved picture's pixel: what the pixels that it came from weigh."""

from collections.abc import Callable

import numpy as np

from engine.data.moving import Moves, corners
from engine.explain.arithmetic import Arithmetic, Paging, times, total
from engine.explain.ledger import Factor, Term
from engine.snapshot import Array

NOTHING = "It came from bare paper alone."
BESIDE = "What lies beside the picture is bare paper, 0, and left out."


def explain_moved(
    source: Callable[[int, int], Factor],
    moves: Moves,
    where: tuple[int, int, int],
    *,
    symbols: dict[str, str],
    like: Array,
    paper: Factor | None = None,
) -> Arithmetic:
    """Return the arithmetic of a moved pixel: Σ weight · pixel over the up to four it lies between.

    Parameters
    ----------
    source : callable of (row, column) -> Factor
        A pixel of the picture that was moved.
    moves : Moves
    where : tuple of int
        Which of the moves, and the row and column of the moved pixel.
    symbols : mapping of str to str
        The sources' symbol and tensor.
    like : ndarray of shape (…, side, side)
        The picture, or one of its size.
    paper : Factor, optional
        What lies beyond the picture's edge; left out where it is 0.
    """
    side = like.shape[-1]
    terms: list[Term] = []
    spelt: list[str] = []
    symbol = next(iter(symbols))
    left_out = False
    for row, column, weight in corners(moves, *where, side):
        inside = 0 <= row < side and 0 <= column < side
        if not inside and paper is None:
            left_out = True
            continue
        pixel = source(row, column) if paper is None or inside else paper
        terms.append(times(Factor("w", weight), pixel))
        spelt.append(f"{weight!r} * " + (f"{symbol}[{row}, {column}]" if inside else pixel.symbol))
    note = (BESIDE if terms else NOTHING) if left_out else ""
    return total(
        np.array([term.value for term in terms]),
        lambda at: terms[at],
        Paging(),
        general=rf"\sum w \cdot {symbol}" if terms else "",
        code=" + ".join(spelt) or "0.0",
        symbols=symbols if terms else {},
        note=note,
    )
