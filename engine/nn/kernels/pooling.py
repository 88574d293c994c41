"""Max pooling as a tournament: pairwise maxima forward, pairwise masks backward.

The common pool, 2×2 windows that lie side by side, needs no search. Left against right gives the
winner of each pair of columns, then upper against lower the winner of the window: two `np.maximum`
over whole pictures. Backward walks down the same tournament: a comparison says who won a pair, and
the winner gets all of the gradient. No argmax, no scatter.

All other windows are gone through cell by cell: the same cell of all windows is one strided slice.

Ties: the first winner in row order (upper row first, then left column) gets all the gradient, in
both ways. ReLU makes ties common: a window of four zeros.

As in `convolution.py`, a kernel is bound to its arrays once, so that no view is made twice.
"""

import numpy as np

from engine.nn.windows import Windows
from engine.snapshot import Array


class PairPool:
    """Max pooling of 2×2 windows with stride 2; an odd last row or column is in no window.

    Parameters
    ----------
    rows, columns : Windows
        The windows along both axes.
    x : ndarray of shape (rows, channels, columns, batch)
    y : ndarray of shape (out rows, channels, out columns, batch)
        Receives the maxima.
    """

    def __init__(self, rows: Windows, columns: Windows, x: Array, y: Array) -> None:
        self._rows, self._columns = 2 * rows.count, 2 * columns.count
        self._y = y
        self._left, self._right = self._pairs_of_columns(x)
        self._winners = np.empty(self._left.shape, x.dtype)
        self._upper, self._lower = self._winners[0::2], self._winners[1::2]

    def forward(self) -> None:
        """Compute each window's maximum."""
        np.maximum(self._left, self._right, out=self._winners)
        np.maximum(self._upper, self._lower, out=self._y)

    def bind(self, dy: Array, dx: Array) -> None:
        """Make ready for `backward`.

        Parameters
        ----------
        dy : ndarray shaped as y
        dx : ndarray shaped as x
            Receives the gradient. What is in no window must already be 0 and stays so.
        """
        self._dy = dy
        self._dleft, self._dright = self._pairs_of_columns(dx)
        self._dwinners = np.empty_like(self._winners)
        self._dupper, self._dlower = self._dwinners[0::2], self._dwinners[1::2]
        self._given = np.empty_like(self._winners)
        self._upper_won = np.empty(dy.shape, bool)
        self._left_won = np.empty(self._winners.shape, bool)

    def backward(self) -> None:
        """Give each window's gradient to its winner; uses the last `forward`'s winners."""
        np.greater_equal(self._upper, self._lower, self._upper_won)
        np.multiply(self._dy, self._upper_won, self._dupper)
        np.subtract(self._dy, self._dupper, self._dlower)
        # columns lie apart in memory, winners do not: as few steps as possible touch columns
        np.equal(self._left, self._winners, self._left_won)
        np.multiply(self._dwinners, self._left_won, self._given)
        self._dleft[...] = self._given
        np.subtract(self._dwinners, self._given, self._dright)

    def _pairs_of_columns(self, array: Array) -> tuple[Array, Array]:
        inside = array[: self._rows]
        return inside[:, :, 0 : self._columns : 2], inside[:, :, 1 : self._columns : 2]


class WindowPool:
    """Max pooling of any windows: overlapping, with gaps, or partial at the border.

    Parameters
    ----------
    rows, columns : Windows
        The windows along both axes.
    x, y : ndarray
        As in `PairPool`. A partial window's maximum is that of the cells it has.
    """

    def __init__(self, rows: Windows, columns: Windows, x: Array, y: Array) -> None:
        self._y = y
        self._cells = [
            (out_rows, outs, at_rows, at_columns)
            for out_rows, at_rows in map(rows.inside, range(rows.size))
            for outs, at_columns in map(columns.inside, range(columns.size))
        ]
        self._seen = [
            (x[rows, :, columns], y[out_rows, :, outs])
            for out_rows, outs, rows, columns in self._cells
        ]

    def forward(self) -> None:
        """Compute each window's maximum."""
        self._y.fill(-np.inf)
        for cells, maxima in self._seen:
            np.maximum(maxima, cells, out=maxima)

    def bind(self, dy: Array, dx: Array) -> None:
        """Make ready for `backward`; the arrays are as in `PairPool.bind`."""
        self._dy, self._dx = dy, dx
        self._to_give = np.empty_like(dy)
        self._given = [
            (self._to_give[out_rows, :, outs], dx[rows, :, columns])
            for out_rows, outs, rows, columns in self._cells
        ]

    def backward(self) -> None:
        """Give each window's gradient to its first winner; where windows overlap, they add up."""
        self._dx[...] = 0
        self._to_give[...] = self._dy
        for (cells, maxima), (rest, dcells) in zip(self._seen, self._given, strict=True):
            given = rest * (cells == maxima)
            np.subtract(rest, given, rest)
            np.add(dcells, given, dcells)
