"""What a person drew on the page, as the arguments of an action."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.errors import InvalidValueError
from engine.snapshot import Array

MOST_PIXELS = 64
"""The longest side of a drawing."""


def read_drawing(args: Mapping[str, Any]) -> Array:
    """Return the drawing in `args`: `rows` × `columns` numbers from 0 (paper) to 1 (ink).

    Raises
    ------
    InvalidValueError
        If a side is not from 1 to 64, or the pixels are too few, too many or no such numbers.
    """
    rows, columns = _side("rows", args), _side("columns", args)
    pixels = args.get("pixels")
    if not isinstance(pixels, list) or len(pixels) != rows * columns:
        got = len(pixels) if isinstance(pixels, list) else pixels
        raise InvalidValueError(f"draw: pixels: expected {rows * columns} numbers, got {got!r}")
    if not all(type(pixel) in (int, float) and 0 <= pixel <= 1 for pixel in pixels):
        raise InvalidValueError("draw: pixels: expected numbers from 0 (paper) to 1 (ink)")
    return np.array(pixels, np.float32).reshape(rows, columns)


def _side(name: str, args: Mapping[str, Any]) -> int:
    side = args.get(name)
    if type(side) is not int or not 1 <= side <= MOST_PIXELS:
        raise InvalidValueError(
            f"draw: {name}: expected a whole number from 1 to {MOST_PIXELS}, got {side!r}"
        )
    return side
