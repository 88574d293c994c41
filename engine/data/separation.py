"""How well the simplest rule tells two classes apart: a threshold of one number, or a line."""

from typing import NamedTuple

import numpy as np

from engine.snapshot import Array

DIRECTIONS = 720
"""Directions of a line that are tried, a quarter of a degree apart."""


class Threshold(NamedTuple):
    """The rule “class 1 above `at`”, or below it.

    Attributes
    ----------
    at : float
        Halfway between two values; −inf or inf where one class alone is said.
    above : bool
        Whether it is class 1 that lies above.
    right : ndarray of shape (n,), bool
        Which of the values it gets right.
    """

    at: float
    above: bool
    right: Array

    @property
    def share(self) -> float:
        """The share that it gets right."""
        return float(self.right.mean())


class Line(NamedTuple):
    """The rule “class 1 where w · x + b > 0”.

    Attributes
    ----------
    w : ndarray of shape (2,)
        Of length 1.
    b : float
    right : ndarray of shape (n,), bool
        Which of the points it gets right.
    """

    w: Array
    b: float
    right: Array

    @property
    def share(self) -> float:
        """The share that it gets right."""
        return float(self.right.mean())


def best_threshold(values: Array, y: Array) -> Threshold:
    """Return the threshold that gets the most values right; every possible one is tried.

    Parameters
    ----------
    values : ndarray of shape (n,)
    y : ndarray of shape (n,)
        The class of each, 0 or 1.
    """
    at, above, _ = _best_cuts(np.asarray(values, np.float64)[None], y)
    return _threshold(values, y, float(at[0]), above=bool(above[0]))


def best_line(x: Array, y: Array) -> Line:
    """Return the line that gets the most points right, of `DIRECTIONS` and every offset.

    Parameters
    ----------
    x : ndarray of shape (n, 2)
    y : ndarray of shape (n,)
        The class of each, 0 or 1.
    """
    x = np.asarray(x, np.float64)
    angles = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    at, above, counts = _best_cuts(normals @ x.T, y)
    which = int(counts.argmax())
    found = _threshold(x @ normals[which], y, float(at[which]), above=bool(above[which]))
    # where one class alone is said, the line lies beyond all points
    far = float(np.abs(x).sum(axis=1).max()) + 1
    offset = float(np.clip(found.at, -far, far))
    sign = 1.0 if found.above else -1.0
    return Line(sign * normals[which], -sign * offset, found.right)


def _threshold(values: Array, y: Array, at: float, *, above: bool) -> Threshold:
    return Threshold(at, above, ((values > at) == above) == (y == 1))


def _best_cuts(values: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return for each row the best threshold, on which side class 1 is, and how many are right.

    Parameters
    ----------
    values : ndarray of shape (rows, n)
    y : ndarray of shape (n,)
    """
    rows, n = values.shape
    order = np.argsort(values, axis=1, kind="stable")
    ranked = np.take_along_axis(values, order, axis=1)
    ones = (np.asarray(y)[order] == 1).astype(np.int64)
    below = np.concatenate([np.zeros((rows, 1), np.int64), ones.cumsum(axis=1)], axis=1)
    # with the first k below the threshold: their zeros and the others' ones are right
    right = np.arange(n + 1) - below + (below[:, -1:] - below)
    # equal values cannot be separated
    apart = np.ones((rows, n + 1), bool)
    apart[:, 1:-1] = ranked[:, 1:] > ranked[:, :-1]
    up = np.where(apart, right, -1)
    down = np.where(apart, n - right, -1)
    best_up, best_down = up.max(axis=1), down.max(axis=1)
    above = best_up >= best_down
    cut = np.where(above, up.argmax(axis=1), down.argmax(axis=1))
    padded = np.concatenate(
        [np.full((rows, 1), -np.inf), ranked, np.full((rows, 1), np.inf)], axis=1
    )
    each = np.arange(rows)
    low, high = padded[each, cut], padded[each, cut + 1]
    # at the ends, one of both is infinite, and so is their mean
    return (low + high) / 2, above, np.maximum(best_up, best_down)
