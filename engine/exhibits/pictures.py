"""The pictures that a window slides over: a few that come along, and a visitor's own.

A picture of numbers has shape (channels, rows, columns), float32; a photograph has grey levels
from 0 (black) to 255 (white), uint8, in the same order of axes.
"""

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from engine.data.drawing import resize
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.controls import Value
from engine.snapshot import Array

MOST_NUMBERS = 64
"""The longest side of a picture whose numbers are looked at."""

MOST_PIXELS = 256
"""The longest side of a photograph."""

LEAST_PIXELS = 3

LARGEST_NUMBER = 1000.0
"""The largest size of a number that a person may write into a picture."""

DRAWING_SIDE = 16

DIGIT = 3
"""Which of the handwritten digits is shown."""

LUMINANCE = np.array([0.299, 0.587, 0.114])
"""How bright red, green and blue look: Rec. ITU-R BT.601."""


class Pictures:
    """All pictures that can be chosen, with what a person has done to them.

    Parameters
    ----------
    library : Library
        Where the handwritten digits are.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._photo: Array | None = None
        self._edited: tuple[str, Array] | None = None

    def copy(self) -> "Pictures":
        """Return the same pictures, to come back to."""
        same = Pictures(self._library)
        same._photo, same._edited = self._photo, self._edited
        return same

    def take(self, name: str, args: Mapping[str, Any]) -> None:
        """Take a photograph (`photo`), or a drawn or edited picture (`picture`).

        An edited picture belongs to the `input` that it is a version of; without `pixels` that
        input is as it was again.

        Raises
        ------
        InvalidValueError
            If the arguments break a rule.
        """
        if name == "photo":
            self._photo = read_photo(args)
            return
        of = args.get("input")
        if of not in INPUTS:
            raise InvalidValueError(f"picture: input: expected one of {INPUTS}, got {of!r}")
        self._edited = (of, read_numbers(args)) if "pixels" in args else None

    def numbers(self, values: Mapping[str, Value]) -> Array:
        """Return the picture that `values` ask for, of shape (channels, rows, columns), float32."""
        of = str(values["input"])
        original = self._original(of, values)
        return self._version(of, original) if self._edited else original

    def is_edited(self, values: Mapping[str, Value]) -> bool:
        """Return whether somebody has changed the picture that `values` ask for."""
        of = str(values["input"])
        return self._version(of, self._original(of, values)) is self._edited_pixels

    @property
    def _edited_pixels(self) -> Array | None:
        return self._edited[1] if self._edited else None

    def _version(self, of: str, original: Array) -> Array:
        """Return what was made of an input, or the input itself."""
        edited = self._edited_pixels
        if self._edited is None or edited is None or self._edited[0] != of:
            return original
        # a version of another size was made before the control values changed
        return edited if of == "drawing" or edited.shape == original.shape else original

    def photo(self, values: Mapping[str, Value]) -> Array | None:
        """Return the whole photograph, of shape (channels, rows, columns), uint8, if it is one."""
        if values["input"] not in PHOTOGRAPHS:
            return None
        own = self._photo if values["input"] == "photo" else None
        photo = scene() if own is None else own
        return photo if values["colour"] else grey(photo)

    def note(self, values: Mapping[str, Value]) -> str:
        """Return what a number of the picture is."""
        return NOTES[str(values["input"])]

    def _original(self, of: str, values: Mapping[str, Value]) -> Array:
        photo = self.photo(values)
        if photo is not None:
            return shrink(photo, int(values["detail"]))
        if of == "digit":
            return np.array(16 * self._library.open("digits").x[DIGIT], np.float32)
        if of == "drawing":
            return np.zeros((1, DRAWING_SIDE, DRAWING_SIDE), np.float32)
        return {"figure": figure, "greys": greys, "colours": colours}[of]()


NOTES = {
    "figure": "a pixel: 1 where there is ink",
    "greys": "a pixel's grey level, from 0 (black) to 255 (white)",
    "digit": "how many of the sixteen dots of a pixel are inked",
    "colours": "how strong the colour of this channel is",
    "scene": "a pixel's level, from 0 (dark) to 255 (bright)",
    "drawing": "a pixel's share of ink",
    "photo": "a pixel's level, from 0 (dark) to 255 (bright)",
}
"""Each input, and what a number of it is."""

INPUTS = tuple(NOTES)
PHOTOGRAPHS = ("scene", "photo")


def figure() -> Array:
    """Return the worked example of 7 × 7: a small 1 drawn with ones."""
    x = np.zeros((1, 7, 7), np.float32)
    for row, column in ((2, 3), (3, 2), (3, 3), (4, 3), (5, 3)):
        x[0, row, column] = 1
    return x


def greys() -> Array:
    """Return the worked example of 5 × 5 grey levels."""
    levels = (
        *((35, 40, 41, 45, 50), (40, 40, 42, 46, 52), (42, 46, 50, 55, 55)),
        *((48, 52, 56, 58, 60), (56, 60, 65, 70, 75)),
    )
    return np.array([levels], np.float32)


def colours() -> Array:
    """Return a picture of 6 × 6 in three colours, its levels from 0 to 3."""
    x = np.zeros((3, 6, 6), np.float32)
    x[0, 1:4, 1:4] = 2  # a red square
    x[1, range(6), range(6)] = 3  # a green diagonal, yellow where it crosses
    x[2, 4, :] = 1  # a blue line
    return x


@cache
def scene() -> Array:
    """Return a photograph of 256 × 256 that nobody took: hills, a sun, a house; seedless."""
    side = MOST_PIXELS
    row, column = np.mgrid[0:side, 0:side].astype(np.float64)
    sky = np.stack([120 + row * 0.45, 165 + row * 0.28, 225 - row * 0.05])
    picture = sky
    paint(picture, (row - 58) ** 2 + (column - 196) ** 2 < 24**2, (250, 214, 92))
    hills = 150 + 22 * np.sin(column / 31) + 9 * np.sin(column / 11 + 1)
    paint(picture, row > hills, (104, 142, 84))
    field = 190 + 10 * np.sin(column / 43 + 2)
    furrows = 18 * (np.sin((row - field) * 0.9 + column * 0.12) > 0)
    paint(picture, row > field, (158 + furrows, 128 + furrows, 70 + furrows))
    house = (abs(column - 78) < 34) & (row > 128) & (row < 196)
    paint(picture, house, (214, 96, 74))
    roof = (row > 94) & (row <= 128) & (abs(column - 78) < (row - 94) * 1.3)
    paint(picture, roof, (96, 58, 66))
    joints = (row % 8 == 0) | ((column + 6 * (row // 8)) % 12 == 0)
    paint(picture, house & joints, (178, 74, 58))
    window = (abs(column - 62) < 8) & (abs(row - 156) < 10)
    paint(picture, window, (246, 236, 178))
    paint(picture, window & ((abs(column - 62) < 1.5) | (abs(row - 156) < 1.5)), (70, 50, 50))
    paint(picture, (abs(column - 94) < 7) & (row > 162) & (row < 196), (84, 58, 44))
    trunk = (abs(column - 208) < 5) & (row > 138) & (row < 204)
    paint(picture, trunk, (92, 66, 46))
    for up, right, radius in ((124, 208, 26), (140, 190, 18), (142, 226, 17)):
        paint(picture, (row - up) ** 2 + (column - right) ** 2 < radius**2, (56, 104, 62))
    photo = np.array(np.clip(np.rint(picture), 0, 255), np.uint8)
    photo.flags.writeable = False
    return photo


def paint(picture: Array, where: Array, colour: tuple[Any, Any, Any]) -> None:
    """Give the pixels of `where` a colour; each of its parts is a number or a whole plane."""
    for plane, part in zip(picture, colour, strict=True):
        plane[where] = part[where] if isinstance(part, np.ndarray) else part


def grey(photo: Array) -> Array:
    """Return a photograph of shape (3, rows, columns) in grey levels, (1, rows, columns)."""
    levels = np.tensordot(LUMINANCE, photo.astype(np.float64), axes=1)[None]
    return np.array(np.rint(levels), np.uint8)


def shrink(photo: Array, most: int = MOST_NUMBERS) -> Array:
    """Return a photograph's numbers, no side longer than `most`: means of what a pixel covers.

    Returns
    -------
    ndarray of shape (channels, rows, columns), float32
        Whole numbers from 0 to 255.
    """
    longest = max(photo.shape[1:])
    if longest <= most:
        return photo.astype(np.float32)
    rows, columns = (
        max(LEAST_PIXELS, round(length * most / longest)) for length in photo.shape[1:]
    )
    planes = [resize(plane, rows, columns) for plane in photo.astype(np.float64)]
    return np.array(np.rint(planes), np.float32)


def read_photo(args: Mapping[str, Any]) -> Array:
    """Return the photograph in `args`: `rows` × `columns` pixels, red, green, blue, in base64.

    Raises
    ------
    InvalidValueError
        If a side is not from 3 to 256, or `rgb` is no base64 of so many bytes.
    """
    rows, columns = (_side(name, args, MOST_PIXELS) for name in ("rows", "columns"))
    data = _bytes("rgb", args, 3 * rows * columns)
    return np.frombuffer(data, np.uint8).reshape(rows, columns, 3).transpose(2, 0, 1).copy()


def read_numbers(args: Mapping[str, Any]) -> Array:
    """Return the picture of numbers in `args`: `pixels`, little-endian float32 in base64.

    Raises
    ------
    InvalidValueError
        If a length breaks its rule, or the pixels are too few, too many or no such numbers.
    """
    channels = args.get("channels", 1)
    if type(channels) is not int or channels not in (1, 3):
        raise InvalidValueError(f"picture: channels: expected 1 or 3, got {channels!r}")
    rows, columns = (_side(name, args, MOST_NUMBERS) for name in ("rows", "columns"))
    shape = channels, rows, columns
    data = _bytes("pixels", args, 4 * channels * rows * columns)
    pixels = np.frombuffer(data, "<f4").reshape(shape).astype(np.float32)
    if not (np.abs(pixels) <= LARGEST_NUMBER).all():
        wrong = pixels[~(np.abs(pixels) <= LARGEST_NUMBER)][0]
        raise InvalidValueError(
            f"picture: pixels: expected numbers from -{LARGEST_NUMBER:g} to {LARGEST_NUMBER:g}, "
            f"got {wrong:g}"
        )
    return pixels


def _bytes(name: str, args: Mapping[str, Any], count: int) -> bytes:
    text = args.get(name)
    try:
        data = base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except binascii.Error:
        raise InvalidValueError(f"picture: {name}: expected base64") from None
    if len(data) != count:
        raise InvalidValueError(f"picture: {name}: expected {count} bytes, got {len(data)}")
    return data


def _side(name: str, args: Mapping[str, Any], most: int) -> int:
    side = args.get(name)
    if type(side) is not int or not LEAST_PIXELS <= side <= most:
        raise InvalidValueError(
            f"picture: {name}: expected a whole number from {LEAST_PIXELS} to {most}, got {side!r}"
        )
    return side
