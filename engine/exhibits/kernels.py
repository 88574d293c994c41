"""Kernels by name, and a visitor's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.controls import Option
from engine.snapshot import Array

LARGEST = 7
"""The longest side of a kernel."""

STRONGEST = 1000.0
"""The largest size of a weight."""

_SOBEL = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
_BELL = np.outer((1, 2, 1), (1, 2, 1)) / 16
_WIDE_BELL = np.outer((1, 4, 6, 4, 1), (1, 4, 6, 4, 1)) / 256

_NAMED: dict[str, tuple[str, Any]] = {
    "identity": ("Identity", ((0, 0, 0), (0, 1, 0), (0, 0, 0))),
    "shift": ("Shift (the value above)", ((0, 1, 0), (0, 0, 0), (0, 0, 0))),
    "sharpen": ("Sharpen", ((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    "edges": ("Edge detection", ((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    "blur": ("Blur", ((1, 1, 1), (1, 1, 1), (1, 1, 1))),
    "enhance_right": ("Edge enhance, right", ((0, 0, 0), (-1, 1, 0), (0, 0, 0))),
    "enhance_left": ("Edge enhance, left", ((0, 0, 0), (0, 1, -1), (0, 0, 0))),
    "enhance_down": ("Edge enhance, down", ((0, -1, 0), (0, 1, 0), (0, 0, 0))),
    "enhance_up": ("Edge enhance, up", ((0, 0, 0), (0, 1, 0), (0, -1, 0))),
    "sobel_x": ("Sobel x", _SOBEL),
    "sobel_y": ("Sobel y", tuple(zip(*_SOBEL, strict=True))),
    "emboss": ("Emboss", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
    "gaussian_3": ("Gaussian 3×3", _BELL),
    "gaussian_5": ("Gaussian 5×5", _WIDE_BELL),
}

KERNELS: Mapping[str, Array] = {
    name: np.array(weights, np.float32) for name, (_, weights) in _NAMED.items()
}
"""The weights by name, of shape (size, size); each is exact in float32."""

OPTIONS = tuple(Option(name, label) for name, (label, _) in _NAMED.items())
"""The same for a choice."""

COMPANIONS = ("sobel_x", "sobel_y", "edges")
"""What the second, third and fourth filter are, beside the one that was chosen."""

FIRST_OWN = np.array(
    [
        [[1, 0, 0], [1, 0, 1], [0, 1, 1]],
        [[0, 1, 0], [0, 1, 0], [0, 1, 0]],
        [[-1, 0, 0], [0, 0, 0], [0, 0, 1]],
    ],
    np.float32,
)[None]
"""One's own kernel before anybody has changed it, of shape (1, channels, 3, 3)."""


def read_kernel(args: Mapping[str, Any]) -> Array:
    """Return the kernels in `args`: `filters` × `channels` × `size` × `size` numbers.

    Raises
    ------
    InvalidValueError
        If a length breaks its rule, or the weights are too few, too many or no such numbers.
    """
    shape = tuple(
        _whole(name, args, most)
        for name, most in (("filters", 4), ("channels", 3), ("size", LARGEST), ("size", LARGEST))
    )
    weights, count = args.get("weights"), int(np.prod(shape))
    if not isinstance(weights, list) or len(weights) != count:
        got = len(weights) if isinstance(weights, list) else weights
        raise InvalidValueError(f"kernel: weights: expected {count} numbers, got {got!r}")
    for weight in weights:
        if type(weight) not in (int, float) or not -STRONGEST <= weight <= STRONGEST:
            raise InvalidValueError(
                f"kernel: weights: expected numbers from {-STRONGEST:g} to {STRONGEST:g}, "
                f"got {weight!r}"
            )
    return np.array(weights, np.float32).reshape(shape)


def fit(kernels: Array, filters: int, channels: int, size: int) -> Array:
    """Return kernels in another shape: cut or filled with noughts around the middle.

    A channel that they lack takes the weights of their last; a filter that they lack is one of
    `COMPANIONS`.
    """
    slices = [min(channel, kernels.shape[1] - 1) for channel in range(channels)]
    fitted = np.zeros((filters, channels, size, size), np.float32)
    for number in range(filters):
        if number < len(kernels):
            fitted[number] = _resized(kernels[number, slices], size)
        else:
            fitted[number] = _resized(KERNELS[COMPANIONS[number - 1]][None], size)
    return fitted


def _resized(kernel: Array, size: int) -> Array:
    """Return a kernel of shape (channels, side, side) with another side, about its middle."""
    side = kernel.shape[-1]
    start = (size - side) // 2
    out, into = max(0, -start), max(0, start)
    length = min(side, size)
    resized = np.zeros((len(kernel), size, size), np.float32)
    resized[:, into : into + length, into : into + length] = kernel[
        :, out : out + length, out : out + length
    ]
    return resized


def _whole(name: str, args: Mapping[str, Any], most: int) -> int:
    value = args.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise InvalidValueError(
            f"kernel: {name}: expected a whole number from 1 to {most}, got {value!r}"
        )
    return value
