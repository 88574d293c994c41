"""What a person drew on the page, as the arguments of an action."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.controls import Choice, Option
from engine.snapshot import Array

MOST_PIXELS = 64
"""The longest side of a drawing."""

INK = 255
"""What a pixel that is all ink is on the wire: whole numbers are short, also in a link."""

SHOWN = Choice(
    name="shown",
    label="On the stage",
    help="A validation image, or what you drew.",
    options=(Option("example", "Validation image"), Option("drawing", "Your drawing")),
    default="example",
    effect="view",
    advanced=True,
)
"""Which image is on the stage; `draw` brings the drawing."""


def read_drawing(args: Mapping[str, Any]) -> Array:
    """Return the drawing in `args`: `rows` × `columns` whole numbers from 0 (paper) to 255 (ink).

    Returns
    -------
    ndarray of shape (rows, columns), float32, in [0, 1]

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
    if not all(type(pixel) is int and 0 <= pixel <= INK for pixel in pixels):
        raise InvalidValueError(
            f"draw: pixels: expected whole numbers from 0 (paper) to {INK} (ink)"
        )
    return np.array(pixels, np.float32).reshape(rows, columns) / np.float32(INK)


def _side(name: str, args: Mapping[str, Any]) -> int:
    side = args.get(name)
    if type(side) is not int or not 1 <= side <= MOST_PIXELS:
        raise InvalidValueError(
            f"draw: {name}: expected a whole number from 1 to {MOST_PIXELS}, got {side!r}"
        )
    return side
