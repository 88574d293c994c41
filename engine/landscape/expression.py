"""A ground from a formula: J of one or a few variables, with exact slopes."""

from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np

from engine.landscape.calculus import derivative
from engine.landscape.formula import Node
from engine.landscape.ground import Bounds
from engine.landscape.parsing import parse_tree
from engine.landscape.tape import Tape
from engine.landscape.writing import code, tex, text
from engine.snapshot import Array

REACH = 3.0
"""How far from 0 is drawn where nobody says."""


def parse(
    text: str,
    names: Sequence[str],
    *,
    bounds: Bounds | None = None,
    start: Sequence[float] | None = None,
    title: str = "",
) -> "Expression":
    """Return the ground of a formula such as `w^4 - 2w^2 + 0.3w`.

    Parameters
    ----------
    text : str
    names : sequence of str
        The variables; not all of them need occur.
    bounds, start, title
        As in `Expression`.

    Raises
    ------
    InvalidValueError
        If it is no formula; the message names the character and its place, counted from 1.
    """
    return Expression(parse_tree(text, names), names, bounds=bounds, start=start, title=title)


class Expression:
    """A ground from a formula; see `Ground`.

    Parameters
    ----------
    tree : Node
    names : sequence of str
    bounds : tuple of (float, float), optional
        For each variable; −3 to 3 if nobody says.
    start : sequence of float, optional
        Two thirds of the way to the upper bounds if nobody says.
    title : str
        What people call it.
    """

    def __init__(
        self,
        tree: Node,
        names: Sequence[str],
        *,
        bounds: Bounds | None = None,
        start: Sequence[float] | None = None,
        title: str = "",
    ) -> None:
        self.tree = tree
        self.names = tuple(names)
        self.bounds: Bounds = bounds or ((-REACH, REACH),) * len(self.names)
        middle_to_end = [(low + 5 * high) / 6 for low, high in self.bounds]
        self.start = tuple(float(one) for one in (start or middle_to_end))
        self.title = title
        self.partial = cache(self._partial)

    def __str__(self) -> str:
        return text(self.tree)

    @cached_property
    def tex(self) -> str:
        """J in TeX, the right-hand side."""
        return tex(self.tree)

    @cached_property
    def code(self) -> str:
        """J as one NumPy expression of the names."""
        return code(self.tree)

    def value(self, w: Array) -> Array:
        """Return J of w, of shape (..., d), as an array of shape (...)."""
        return self._values.run(w)[0]

    def gradient(self, w: Array) -> Array:
        """Return ∂J/∂wᵢ at w, both of shape (..., d); NaN where J is not defined."""
        value, *slopes = self._slopes.run(w)
        return _where_defined(value, np.stack(slopes, axis=-1))

    def hessian(self, w: Array) -> Array:
        """Return ∂²J/∂wᵢ∂wⱼ at w, of shape (..., d, d); NaN where J is not defined."""
        value, *bends = self._bends.run(w)
        d = len(self.names)
        matrix = np.empty((*value.shape, d, d))
        for (i, j), bend in zip(_pairs(d), bends, strict=True):
            matrix[..., i, j] = matrix[..., j, i] = bend
        return _where_defined(value, matrix)

    def _partial(self, *which: int) -> Node:
        """Return the formula of ∂J/∂wᵢ, or with two numbers of ∂²J/∂wᵢ∂wⱼ."""
        if not which:
            return self.tree
        return derivative(self.partial(*which[:-1]), self.names[which[-1]])

    @cached_property
    def _values(self) -> Tape:
        return Tape([self.tree], self.names)

    @cached_property
    def _slopes(self) -> Tape:
        return Tape([self.tree, *map(self.partial, range(len(self.names)))], self.names)

    @cached_property
    def _bends(self) -> Tape:
        pairs = _pairs(len(self.names))
        return Tape([self.tree, *(self.partial(i, j) for i, j in pairs)], self.names)


def _pairs(d: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(d) for j in range(i, d)]


def _where_defined(value: Array, slopes: Array) -> Array:
    # 1/w is a number at −1, where ln w is none: a slope of nothing is nothing
    slopes[np.isnan(value)] = np.nan
    return slopes
