"""Where a function of two variables is nought, from its values on a grid."""

from typing import NamedTuple

import numpy as np

from engine.snapshot import Array


class Crossing(NamedTuple):
    """Segments of the curve on which the values change their sign.

    Attributes
    ----------
    places : ndarray of shape (segments, 2, 2)
        Both ends of each: (x, y).
    edges : ndarray of shape (segments, 2, 3), int
        The edge of the grid that each end lies on: 0 for one along x or 1 for one along y, then the
        row and the column at which it begins.
    shares : ndarray of shape (segments, 2)
        How far along its edge each end lies, 0 to 1.
    """

    places: Array
    edges: Array
    shares: Array


def zero_level(x: Array, y: Array, z: Array) -> Crossing:
    """Return the curve z = 0, straight within each square of the grid (marching squares).

    Parameters
    ----------
    x : ndarray of shape (columns,)
    y : ndarray of shape (rows,)
    z : ndarray of shape (rows, columns)
        What is not finite is crossed by nothing.

    Source: W. Lorensen, H. Cline, *Marching cubes*, SIGGRAPH 1987, in two dimensions.
    """
    along_x = _crossed(z[:, :-1], z[:, 1:])
    along_y = _crossed(z[:-1], z[1:])
    # the edges of each square: below, left, right, above
    sides = np.stack([along_x[:-1], along_y[:, :-1], along_y[:, 1:], along_x[1:]], axis=-1)
    rows, columns, which = np.nonzero(sides)
    ends = np.stack(
        [
            np.isin(which, (1, 2)).astype(np.int64),
            rows + (which == 3),
            columns + (which == 2),
        ],
        axis=-1,
    )
    # a square's ends come one after the other, and there are two of them, or four
    edges = ends.reshape(-1, 2, 3)
    axis, row, column = np.moveaxis(edges, -1, 0)
    first, second = z[row, column], z[row + axis, column + 1 - axis]
    shares = first / (first - second)
    across = x[column] + np.where(axis == 0, shares * (x[1] - x[0]), 0.0)
    up = y[row] + np.where(axis == 1, shares * (y[1] - y[0]), 0.0)
    return Crossing(np.stack([across, up], axis=-1), edges, shares)


def _crossed(one: Array, other: Array) -> Array:
    crossed: Array = (one > 0) != (other > 0)
    return crossed & np.isfinite(one) & np.isfinite(other)
