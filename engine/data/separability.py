"""Whether a straight line separates two sets of points; where none does, why not.

Two finite sets of the plane can be told apart by a line if and only if their convex hulls share no
place (the separating hyperplane theorem). By Radon and Kirchberger, hulls that share one already do
so for at most four of the points: two coincide, a point lies on a segment of the others, two
segments cross, or a point lies in a triangle. Those cases are looked through with whole numbers,
so that the answer is exact.

Source: P. Kirchberger, Über Tschebyschefsche Annäherungsmethoden, Math. Annalen 57 (1903).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from engine.errors import InvalidValueError
from engine.snapshot import Array

Place = tuple[int, int]
Mix = dict[int, Fraction]
"""Which points, by their numbers, and how much of each; all of it is 1."""

GRAIN = 100
"""Coordinates are multiples of one over this."""


@dataclass(frozen=True, slots=True)
class Common:
    """A place that both hulls share: no line has all of one class on one side.

    A score w·x + b of the place would be the same mix of the scores of the first class and of
    those of the second one: at once below nought and not below it.

    Attributes
    ----------
    place : ndarray of shape (2,)
    shares : ndarray of shape (n,)
        How much of each point makes it up: those of either class add up to 1.
    """

    place: Array
    shares: Array


def common_place(x: Array, y: Array) -> Common | None:
    """Return a place in both hulls, or None: then a line separates the two classes.

    Parameters
    ----------
    x : ndarray of shape (n, 2)
        Points, with coordinates that are whole multiples of 0.01.
    y : ndarray of shape (n,)
        The class of each, 0 or 1.

    Raises
    ------
    InvalidValueError
        If a coordinate is no whole multiple of 0.01.
    """
    exact = np.rint(x * GRAIN).astype(np.int64)
    if not np.allclose(exact, x * GRAIN, rtol=0, atol=1e-6):
        raise InvalidValueError("x: expected whole multiples of 0.01, got others")
    places = [(int(a), int(b)) for a, b in exact]
    classes = [[i for i in range(len(places)) if (y[i] > 0) == one] for one in (False, True)]
    found = next(_shared(places, *classes), None)
    if found is None:
        return None
    shares = np.zeros(len(places))
    for mix in found:
        for i, share in mix.items():
            shares[i] = float(share)
    # of the exact mix, not of its rounded shares
    place = [float(sum(s * places[i][k] for i, s in found[0].items()) / GRAIN) for k in (0, 1)]
    return Common(np.array(place), shares)


def _shared(places: list[Place], first: list[int], second: list[int]) -> Iterator[tuple[Mix, Mix]]:
    """Yield ways in which the two hulls share a place, the plainest first."""
    whole = Fraction(1)
    at = {places[i]: i for i in first}
    for j in second:
        if places[j] in at:
            yield {at[places[j]]: whole}, {j: whole}
    for one, other in combinations(first, 2):
        for third, fourth in combinations(second, 2):
            mixes = _crossing(*(places[i] for i in (one, other, third, fourth)))
            if mixes:
                (a, b), (c, d) = mixes
                yield {one: a, other: b}, {third: c, fourth: d}
    for points, others, turned in ((first, second, False), (second, first, True)):
        for corners in _simplices(points):
            for j in others:
                mix = _inside([places[i] for i in corners], places[j])
                if mix:
                    pair = dict(zip(corners, mix, strict=True)), {j: whole}
                    yield pair[::-1] if turned else pair


def _simplices(points: list[int]) -> Iterator[tuple[int, ...]]:
    yield from combinations(points, 2)
    yield from combinations(points, 3)


def _cross(o: Place, a: Place, b: Place) -> int:
    """Return twice the area of the triangle, positive if it turns to the left."""
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


Pair = tuple[Fraction, Fraction]


def _crossing(a: Place, b: Place, c: Place, d: Place) -> tuple[Pair, Pair] | None:
    """Return where two segments cross, in shares of their ends; None if they do not cross."""
    one, other = _cross(c, d, a), _cross(c, d, b)
    third, fourth = _cross(a, b, c), _cross(a, b, d)
    if one == other or third == fourth or one * other > 0 or third * fourth > 0:
        return None
    t, s = Fraction(one, one - other), Fraction(third, third - fourth)
    return (1 - t, t), (1 - s, s)


def _inside(corners: list[Place], place: Place) -> list[Fraction] | None:
    """Return a place as a mix of two or three corners; None if it is none of theirs."""
    if len(corners) == 2:
        a, b = corners
        if _cross(a, b, place) != 0:
            return None
        along = [b[0] - a[0], b[1] - a[1]]
        length = along[0] ** 2 + along[1] ** 2
        if length == 0:
            return None
        gone = (place[0] - a[0]) * along[0] + (place[1] - a[1]) * along[1]
        return [1 - Fraction(gone, length), Fraction(gone, length)] if 0 <= gone <= length else None
    a, b, c = corners
    area = _cross(a, b, c)
    if area == 0:  # its segments have been looked at
        return None
    shares = [Fraction(_cross(*pair, place), area) for pair in ((b, c), (c, a), (a, b))]
    return shares if min(shares) >= 0 else None
