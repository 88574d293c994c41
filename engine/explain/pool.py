"""Poolings: the greatest number of a window, or its mean."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from engine.explain.arithmetic import Arithmetic, floats, times, total
from engine.explain.asking import Asked, Explainer
from engine.explain.ledger import Combine, Factor, Index, Term
from engine.nn.layer import Layer
from engine.nn.pool import AvgPool2D, MaxPool2D, Pool2D
from engine.snapshot import Array

DY = r"\mathrm{dy}"
MOST_NAMED = 8
"""The most tied cells that a note lists."""


class PoolExplainer(Explainer):
    """What both poolings share: which window holds which cells."""

    combine: Combine
    general: str
    method: str

    def output(self, asked: Asked) -> Arithmetic:
        """Explain y by the cells of its window, in row order."""
        window, rows, columns = _window(asked, asked.index)
        n, c = asked.index[:2]
        width = window.shape[1]

        def term(at: int) -> Term:
            row, column = divmod(at, width)
            place = n, c, rows.start + row, columns.start + column
            return times(asked.factor("x", "x", place))

        part = f"{rows.start}:{rows.stop}, {columns.start}:{columns.stop}"
        return total(
            floats(window),
            term,
            asked.paging,
            combine=self.combine,
            general=self.general,
            code=f"x[{n}, {c}, {part}].{self.method}()",
            symbols=asked.symbols(x="x"),
            note=self.note(window, rows.start, columns.start),
        )

    def note(self, window: Array, row: int, column: int) -> str:
        """Return what there is to say of a window that begins at (row, column)."""
        return ""

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dx by the windows that the number was in: its share of each one's dy."""
        n, c, r, s = asked.index
        layer: Pool2D = asked.layer
        outs = [
            (n, c, i, j)
            for (i, _), (j, _) in product(layer.rows.covering(r), layer.columns.covering(s))
        ]
        shares = [self.share(asked, out, (r, s)) for out in outs]
        dy = np.array([asked.array("dy")[out] for out in outs], np.float64)

        def term(at: int) -> Term:
            return times(asked.factor(DY, "dy", outs[at]), shares[at])

        windows = [list(out[2:]) for out in outs]
        return total(
            dy * np.array([one.value for one in shares]),
            term,
            asked.paging,
            general=rf"\sum {DY} \cdot {self.share_symbol}",
            code=" + ".join(
                f"dy[{n}, {c}, {i}, {j}] * {share.value!r}"
                for (i, j), share in zip(windows, shares, strict=True)
            )
            or "0.0",
            symbols=asked.symbols(dy="dy") if outs else {},
            note="" if outs else "No window covers it.",
        )

    share_symbol: str

    def share(self, asked: Asked, out: Index, cell: tuple[int, int]) -> Factor:
        """Return which share of a window's gradient a cell gets."""
        raise NotImplementedError

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the windows that cover the number."""
        assert isinstance(layer, Pool2D)
        n, c, r, s = index
        for (i, _), (j, _) in product(layer.rows.covering(r), layer.columns.covering(s)):
            yield n, c, i, j

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the cells of the window."""
        assert isinstance(layer, Pool2D)
        n, c, i, j = index
        rows, columns = layer.rows.cells(i)[1], layer.columns.cells(j)[1]
        for r in range(rows.start, rows.stop):
            for s in range(columns.start, columns.stop):
                yield n, c, r, s


def _window(asked: Asked, index: Index) -> tuple[Array, slice, slice]:
    """Return a window's cells, of shape (rows, columns), and where they lie."""
    layer: Pool2D = asked.layer
    n, c, i, j = index
    rows, columns = layer.rows.cells(i)[1], layer.columns.cells(j)[1]
    return asked.array("x")[n, c, rows, columns], rows, columns


class MaxPoolExplainer(PoolExplainer):
    """The greatest number of each window; the first in row order wins a tie."""

    combine = "max"
    general = r"\max x"
    method = "max"
    share_symbol = r"[\mathrm{won}]"

    def note(self, window: Array, row: int, column: int) -> str:
        """Say which cell has won, and which others are as great; words count from 1."""
        winner = _first_winner(window)
        won = f"Row {row + winner[0] + 1}, column {column + winner[1] + 1} wins"
        tied = np.argwhere(window == window[winner]).tolist()[1:]
        if not tied:
            return f"{won}."
        named = ((row + r + 1, column + c + 1) for r, c in tied[:MOST_NAMED])
        cells = "; ".join(f"row {r}, column {c}" for r, c in named)
        more = f" and {len(tied) - MOST_NAMED} more" if len(tied) > MOST_NAMED else ""
        return f"{won} as the first in row order; as great: {cells}{more}."

    def share(self, asked: Asked, out: Index, cell: tuple[int, int]) -> Factor:
        """Return 1 for the first winner in row order, else 0."""
        window, rows, columns = _window(asked, out)
        row, column = _first_winner(window)
        won = (rows.start + row, columns.start + column) == cell
        return Factor(self.share_symbol, float(won))


def _first_winner(window: Array) -> tuple[int, int]:
    row, column = divmod(int(window.argmax()), window.shape[1])
    return row, column


class AvgPoolExplainer(PoolExplainer):
    """The mean of each window; a partial window's is the mean of the cells it has."""

    combine = "mean"
    general = r"\mathrm{mean}\, x"
    method = "mean"
    share_symbol = r"\frac{1}{\mathrm{cells}}"

    def share(self, asked: Asked, out: Index, cell: tuple[int, int]) -> Factor:
        """Return one over the window's cells."""
        return Factor(self.share_symbol, 1 / _window(asked, out)[0].size)


EXPLAINERS = {MaxPool2D.kind: MaxPoolExplainer(), AvgPool2D.kind: AvgPoolExplainer()}
