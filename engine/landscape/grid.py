"""Loss surfaces and slices: coarse first, then finer, in slices of a few milliseconds."""

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from engine.errors import InvalidValueError
from engine.landscape.directions import Bounds
from engine.landscape.evaluator import Evaluator
from engine.nn.network import Network
from engine.snapshot import Array

SIZES = (11, 21, 41)
"""Points a side: coarse first; each has the points of the one before it, and those half-way."""

SLICE = 0.006
"""Seconds of work in one go: with the piece that is under way, less than a worker's 10 ms."""


class Grid:
    """The losses on a square of a plane through a network's parameters.

    Parameters
    ----------
    evaluator : Evaluator
        Aimed here at the plane; nobody else may aim it elsewhere until the grid is done.
    center : ndarray of shape (parameters,)
    directions : ndarray of shape (2, parameters)
    a_bounds, b_bounds : (float, float)
        What to look at along each direction.
    sizes : sequence of int
        Points a side, each twice the one before it less one.

    Attributes
    ----------
    a, b : ndarray of shape (n,), float64
        Where the columns and the rows of `losses` lie.
    losses : ndarray of shape (n, n), float32
        Row b, column a. NaN where not known yet; infinite where the network's loss is not finite.
    level : int
        Points a side of the finest grid that is wholly known; 0 at first.
    known : int
        How many points have been computed.

    Raises
    ------
    InvalidValueError
        If the bounds or the sizes break their rule.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        center: Array,
        directions: Array,
        *,
        a_bounds: Bounds = (-1.0, 1.0),
        b_bounds: Bounds = (-1.0, 1.0),
        sizes: Sequence[int] = SIZES,
    ) -> None:
        _check_sizes(sizes)
        evaluator.aim(center, directions)
        self._evaluator = evaluator
        # the axes of coarser grids are parts of the finest one's, to the last bit
        self._axes = [
            np.linspace(*_check_bounds(name, bounds), sizes[-1])
            for name, bounds in (("a", a_bounds), ("b", b_bounds))
        ]
        self._sizes = tuple(sizes)
        self.level = self.known = 0
        self._open(sizes[0])
        self._work = self._levels()

    @property
    def done(self) -> bool:
        """Whether the finest grid is known."""
        return self.level == self._sizes[-1]

    def advance(self, seconds: float = SLICE) -> bool:
        """Compute for a while; return whether there is more to do.

        How far a call comes depends on the machine, what it computes does not.
        """
        return _work_for(seconds, self._work)

    def finish(self, size: int | None = None) -> None:
        """Compute all of the grid of `size` points a side, or of the finest one."""
        while self.level < (size or self._sizes[-1]):
            next(self._work)

    def _open(self, size: int) -> None:
        step = (self._sizes[-1] - 1) // (size - 1)
        self.a, self.b = (axis[::step] for axis in self._axes)
        self.losses = np.full((size, size), np.nan, np.float32)

    def _levels(self) -> Iterator[None]:
        for size in self._sizes:
            if self.level:
                coarser = self.losses
                self._open(size)
                self.losses[::2, ::2] = coarser
            rows, columns = np.nonzero(np.isnan(self.losses))
            found = np.full(len(rows), np.nan)
            for _ in self._evaluator.pieces(self.a[columns], self.b[rows], found):
                self._show(rows, columns, found)
                yield
            self._show(rows, columns, found)
            self.known += len(rows)
            self.level = size
            yield

    def _show(self, rows: Array, columns: Array, found: Array) -> None:
        with np.errstate(over="ignore"):  # a float64 may be too great for a float32
            self.losses[rows, columns] = found


class Line:
    """The losses on the straight line through two networks' parameters.

    θ(α) = (1 − α) · first + α · second: at α = 0 stands the first, at α = 1 the second.

    Parameters
    ----------
    evaluator : Evaluator
        Aimed here at the line; nobody else may aim it elsewhere until the line is done.
    first, second : ndarray of shape (parameters,)
    alpha : ndarray of shape (points,)

    Attributes
    ----------
    losses : ndarray of shape (points,), float64
        NaN where not known yet; infinite where the network's loss is not finite.

    Notes
    -----
    Source: Goodfellow, Vinyals, Saxe, *Qualitatively characterizing neural network optimization
    problems*, 2015.
    """

    def __init__(self, evaluator: Evaluator, first: Array, second: Array, alpha: Array) -> None:
        away = np.asarray(second) - np.asarray(first)
        evaluator.aim(first, np.stack([away, np.zeros_like(away)]))
        self.alpha = np.asarray(alpha, np.float64)
        self.losses = np.full(len(self.alpha), np.nan)
        self._work = evaluator.pieces(self.alpha, np.zeros(len(self.alpha)), self.losses)

    @property
    def done(self) -> bool:
        """Whether all is known."""
        return not np.isnan(self.losses).any()

    def advance(self, seconds: float = SLICE) -> bool:
        """Compute for a while; return whether there is more to do."""
        return _work_for(seconds, self._work)


def loss_grid(
    network: Network, x: Array, y: Array, center: Array, directions: Array, *, a: Array, b: Array
) -> Array:
    """Return the network's loss at center + a·directions[0] + b·directions[1], all at once.

    Parameters
    ----------
    network : Network
        Its layers and loss; its parameters are neither used nor changed.
    x, y : ndarray
        Samples and targets.
    center : ndarray of shape (parameters,)
    directions : ndarray of shape (2, parameters)
    a, b : ndarray of shape (columns,) and (rows,)

    Returns
    -------
    ndarray of shape (rows, columns), float64
    """
    evaluator = Evaluator(network, x, y)
    evaluator.aim(center, directions)
    columns, rows = np.meshgrid(np.asarray(a, np.float64), np.asarray(b, np.float64))
    return evaluator.losses(columns.reshape(-1), rows.reshape(-1)).reshape(columns.shape)


def loss_line(
    network: Network, x: Array, y: Array, first: Array, second: Array, *, alpha: Array
) -> Array:
    """Return the network's loss at (1 − α) · first + α · second, all at once; see `Line`.

    Returns
    -------
    ndarray of shape (points,), float64
    """
    line = Line(Evaluator(network, x, y), first, second, alpha)
    while line.advance(float("inf")):
        pass
    return line.losses


def _work_for(seconds: float, work: Iterator[None]) -> bool:
    """Return whether work was left when the time was over."""
    end = time.perf_counter() + seconds
    return any(time.perf_counter() >= end for _ in work)


def _check_bounds(name: str, bounds: Bounds) -> Bounds:
    low, high = map(float, bounds)
    if not (np.isfinite([low, high]).all() and low < high):
        raise InvalidValueError(
            f"{name}: expected bounds from low to high, got {low:g} to {high:g}"
        )
    return low, high


def _check_sizes(sizes: Sequence[int]) -> None:
    doubled = all(finer == 2 * coarser - 1 for coarser, finer in pairwise(sizes))
    if not sizes or sizes[0] < 2 or not doubled:
        raise InvalidValueError(
            f"sizes: expected each to be twice the one before less one, got {list(sizes)}"
        )
