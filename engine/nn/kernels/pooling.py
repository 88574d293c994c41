"""Max pooling as a tournament: pairwise maxima forward, pairwise masks backward.

The common pool, 2×2 windows that lie side by side, needs no search. Left against right gives the
winner of each pair of columns, then upper against lower the winner of the window: two `np.maximum`
over whole pictures. Backward walks down the same tournament: a comparison says who won a pair, and
the winner gets all of the gradient. No argmax, no scatter.

All other windows are gone through cell by cell: the same cell of all windows is one strided slice.

Ties: the first winner in row order (upper row first, then left column) gets all the gradient, in
both ways. ReLU makes ties common: a window of four zeros.
"""

import numpy as np
from numpy.typing import DTypeLike

from engine.nn.windows import Windows
from engine.snapshot import Array


class PairPool:
    """Max pooling of 2×2 windows with stride 2; an odd last row or column is in no window.

    Parameters
    ----------
    rows, columns : Windows
        The windows along both axes.
    channels, batch : int
        Channels, samples.
    dtype : dtype
        float32 or float64.
    """

    def __init__(
        self, rows: Windows, columns: Windows, channels: int, batch: int, dtype: DTypeLike
    ) -> None:
        self._rows, self._columns = 2 * rows.count, 2 * columns.count
        self._winners = np.empty((self._rows, channels, columns.count, batch), dtype)
        self._backward_ready = False

    def forward(self, x: Array, y: Array) -> None:
        """Compute each window's maximum.

        Parameters
        ----------
        x : ndarray of shape (rows, channels, columns, batch)
        y : ndarray of shape (out rows, channels, out columns, batch)
            Receives the result.
        """
        left, right = self._pairs_of_columns(x)
        np.maximum(left, right, out=self._winners)
        np.maximum(self._winners[0::2], self._winners[1::2], out=y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array) -> None:
        """Give each window's gradient to its winner; uses the last `forward`'s winners.

        Parameters
        ----------
        x, y, dy : ndarray
            As in `forward`; `dy` is shaped as `y`.
        dx : ndarray shaped as `x`
            Receives the gradient. What is in no window must already be 0 and stays so.
        """
        if not self._backward_ready:
            self._dwinners = np.empty_like(self._winners)
            self._upper = np.empty(y.shape, bool)
            self._left = np.empty(self._winners.shape, bool)
            self._backward_ready = True
        np.greater_equal(self._winners[0::2], self._winners[1::2], self._upper)
        np.multiply(dy, self._upper, self._dwinners[0::2])
        np.subtract(dy, self._dwinners[0::2], self._dwinners[1::2])
        left, right = self._pairs_of_columns(x)
        np.greater_equal(left, right, self._left)
        dleft, dright = self._pairs_of_columns(dx)
        np.multiply(self._dwinners, self._left, dleft)
        np.subtract(self._dwinners, dleft, dright)

    def _pairs_of_columns(self, array: Array) -> tuple[Array, Array]:
        inside = array[: self._rows]
        return inside[:, :, 0 : self._columns : 2], inside[:, :, 1 : self._columns : 2]


class WindowPool:
    """Max pooling of any windows: overlapping, with gaps, or partial at the border.

    Parameters
    ----------
    rows, columns : Windows
        The windows along both axes.
    """

    def __init__(self, rows: Windows, columns: Windows) -> None:
        self._cells = [
            (out_rows, outs, at_rows, at_columns)
            for out_rows, at_rows in map(rows.inside, range(rows.size))
            for outs, at_columns in map(columns.inside, range(columns.size))
        ]

    def forward(self, x: Array, y: Array) -> None:
        """Compute each window's maximum; a partial window's is that of the cells it has.

        Parameters
        ----------
        x : ndarray of shape (rows, channels, columns, batch)
        y : ndarray of shape (out rows, channels, out columns, batch)
            Receives the result.
        """
        y.fill(-np.inf)
        for out_rows, outs, rows, columns in self._cells:
            part = y[out_rows, :, outs]
            np.maximum(part, x[rows, :, columns], out=part)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array) -> None:
        """Give each window's gradient to its winner; where windows overlap, gradients add up.

        Parameters
        ----------
        x, y, dy, dx : ndarray
            As in `PairPool.backward`.
        """
        dx.fill(0)
        left_to_give = dy.copy()
        for out_rows, outs, rows, columns in self._cells:
            rest = left_to_give[out_rows, :, outs]
            given = rest * (x[rows, :, columns] == y[out_rows, :, outs])
            rest -= given
            part = dx[rows, :, columns]
            np.add(part, given, part)
