"""Pictures moved: shifted, turned and scaled on a larger sheet of paper.

Each pixel of the moved picture is looked up where it came from. That place lies between four
pixels; the nearer ones weigh more (bilinear interpolation). A shift by whole pixels copies them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import ShapeError
from engine.snapshot import Array

TURN, SCALE = 30.0, 0.3
"""Of random moves: the greatest angle, in degrees, and how far a scale may be from 1."""

_placed: WeakKeyDictionary[Dataset, dict[int, Dataset]] = WeakKeyDictionary()
"""The data sets on larger sheets, by what they were made from and the sheet's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """One move for each of n pictures: scaled and turned about the middle, then shifted.

    Attributes
    ----------
    dx, dy : ndarray of shape (n,)
        To the right and down, in pixels.
    angle : ndarray of shape (n,)
        Clockwise, in degrees.
    scale : ndarray of shape (n,)
        2 is twice as large.
    """

    dx: Array
    dy: Array
    angle: Array
    scale: Array

    @classmethod
    def of(
        cls,
        count: int,
        *,
        dx: Array | float = 0.0,
        dy: Array | float = 0.0,
        angle: Array | float = 0.0,
        scale: Array | float = 1.0,
    ) -> "Moves":
        """Return `count` moves; a single number holds for all of them."""
        every = (np.broadcast_to(np.float64(one), (count,)) for one in (dx, dy, angle, scale))
        return cls(**dict(zip(("dx", "dy", "angle", "scale"), every, strict=True)))

    def __len__(self) -> int:
        return len(self.dx)


class Corner(NamedTuple):
    """One of the four pixels that a moved pixel is made of, and its weight."""

    row: int
    column: int
    weight: float


def placed(dataset: Dataset, side: int) -> Dataset:
    """Return the data set's pictures in the middle of square sheets of bare paper.

    Whoever places a data set alike gets the same one.

    Raises
    ------
    ShapeError
        If the pictures do not fit.
    """
    sheets = _placed.setdefault(dataset, {})
    if side not in sheets:
        sheets[side] = replace(dataset, x=place(dataset.x, side))
    return sheets[side]


def place(images: Array, side: int) -> Array:
    """Return pictures in the middle of square sheets of bare paper (zeros).

    Parameters
    ----------
    images : ndarray of shape (…, rows, columns)

    Returns
    -------
    ndarray of shape (…, side, side)

    Raises
    ------
    ShapeError
        If the pictures do not fit.
    """
    rows, columns = images.shape[-2:]
    if max(rows, columns) > side:
        raise ShapeError(f"sheet: expected a side of {max(rows, columns)} or more, got {side}")
    sheet = np.zeros((*images.shape[:-2], side, side), images.dtype)
    top, left = (side - rows) // 2, (side - columns) // 2
    sheet[..., top : top + rows, left : left + columns] = images
    return sheet


def move(images: Array, moves: Moves, *, paper: float = 0.0) -> Array:
    """Return each picture moved.

    Parameters
    ----------
    images : ndarray of shape (n, side, side), or (1, side, side): one picture, moved n times
    moves : Moves
        n of them.
    paper : float
        What lies beyond a picture's edge.

    Returns
    -------
    ndarray of shape (n, side, side), float32

    Raises
    ------
    ShapeError
        If the pictures are not square, or neither one nor as many as the moves.
    """
    count, side = len(moves), images.shape[-1]
    if images.shape not in ((count, side, side), (1, side, side)):
        raise ShapeError(f"pictures: expected {count} or 1 that are square, got {images.shape}")
    # a ring of two pixels of paper: places further out than one pixel are brought back onto it
    ring = np.pad(images.astype(np.float64), ((0, 0), (2, 2), (2, 2)), constant_values=paper)
    rows, columns = (np.clip(place, -1.5, side + 0.5) + 2 for place in _sources(moves, side))
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = rows - top, columns - left
    flat, width = ring.reshape(-1), side + 4
    start = top * width + left
    if len(images) > 1:
        start += np.arange(count)[:, None, None] * width**2
    upper = flat[start] * (1 - right) + flat[start + 1] * right
    lower = flat[start + width] * (1 - right) + flat[start + width + 1] * right
    moved: Array = (upper * (1 - down) + lower * down).astype(np.float32)
    return moved


def corners(moves: Moves, number: int, row: int, column: int, side: int) -> Iterator[Corner]:
    """Yield what a pixel of a moved picture is made of; weights of 0 and no others are left out.

    Parameters
    ----------
    moves : Moves
    number : int
        Which of them.
    row, column : int
        The pixel of the moved picture.
    side : int
        Of the picture; a corner may lie outside, on the paper around it.
    """
    one = Moves.of(
        1,
        dx=moves.dx[number],
        dy=moves.dy[number],
        angle=moves.angle[number],
        scale=moves.scale[number],
    )
    rows, columns = _sources(one, side)
    y, x = float(rows[0, row, column]), float(columns[0, row, column])
    top, left = int(np.floor(y)), int(np.floor(x))
    down, right = y - top, x - left
    for r, tall in ((top, 1 - down), (top + 1, down)):
        for c, wide in ((left, 1 - right), (left + 1, right)):
            if tall * wide:
                yield Corner(r, c, tall * wide)


def random_moves(count: int, reach: float, *, rng: np.random.Generator) -> Moves:
    """Return moves for augmentation, each drawn by itself.

    A shift is a whole number of half pixels, up to `reach` either way. Every second picture, on
    average, is turned by up to `TURN` and scaled by up to `SCALE` as well; the others stay crisp,
    as pictures that nobody turned are.

    Parameters
    ----------
    count : int
    reach : float
        In pixels.
    rng : numpy.random.Generator
    """
    halves = int(2 * reach)
    dx, dy = rng.integers(-halves, halves + 1, (2, count)) / 2
    turned = rng.random(count) < 0.5
    return Moves(
        dx=dx,
        dy=dy,
        angle=np.where(turned, rng.uniform(-TURN, TURN, count), 0.0),
        scale=np.where(turned, rng.uniform(1 - SCALE, 1 + SCALE, count), 1.0),
    )


def _sources(moves: Moves, side: int) -> tuple[Array, Array]:
    """Return where each pixel of the moved pictures came from, each of shape (n, side, side).

    The inverse of p' = middle + scale · R(angle) · (p − middle) + shift.
    """
    middle = (side - 1) / 2
    rows, columns = np.indices((side, side)) - middle
    dx, dy, angle, scale = (
        one[:, None, None] for one in (moves.dx, moves.dy, moves.angle, moves.scale)
    )
    across, down = columns - dx, rows - dy
    turn = np.deg2rad(angle)
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    return middle + cos * down - sin * across, middle + cos * across + sin * down
