"""A window that slides over a picture, outside any network: padding, stride, dilation, channels.

What people call a convolution is a cross-correlation: the kernel is laid on the picture as it is.
The true convolution turns it by 180° first; `turned` does.

Source: Dumoulin, Visin, *A guide to convolution arithmetic for deep learning*, 2016.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from engine.errors import InvalidValueError
from engine.nn.windows import Windows, convolution_windows
from engine.snapshot import Array

Border = Literal["zeros", "edge", "mirror"]
"""What lies around the picture: zeros, its outermost pixels again, or its mirror image."""

MODES = {"zeros": "constant", "edge": "edge", "mirror": "reflect"}


@dataclass(frozen=True)
class Sliding:
    """Where a window stands on a picture, position by position, row by row.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of the picture.
    size : int
        Side of the kernel.
    stride, dilation : int
    padding : str or int
        `"none"`, `"same"` or a number of pixels on each side.
    border : {"zeros", "edge", "mirror"}

    Raises
    ------
    InvalidValueError
        If the window is larger than the padded picture, or a mirror would have to show more than
        the picture has.
    """

    shape: tuple[int, int]
    size: int
    stride: int = 1
    dilation: int = 1
    padding: str | int = "none"
    border: Border = "zeros"

    def __post_init__(self) -> None:
        for length, windows in zip(self.shape, (self.rows, self.columns), strict=True):
            if windows.count < 1:
                raise InvalidValueError(
                    f"the window reaches over {windows.extent} pixels, "
                    f"(size − 1)·dilation + 1 with size {self.size} and dilation {self.dilation}; "
                    f"the padded picture has {windows.padded}"
                )
            around = max(windows.before, windows.after)
            if self.border == "mirror" and around >= length:
                raise InvalidValueError(
                    f"a picture of {length} pixels can be mirrored by at most {length - 1}, "
                    f"padding asks for {around}"
                )

    @cached_property
    def rows(self) -> Windows:
        """The windows along the columns' axis, from top to bottom."""
        return self._along(0)

    @cached_property
    def columns(self) -> Windows:
        """The windows from left to right."""
        return self._along(1)

    def _along(self, axis: int) -> Windows:
        length = self.shape[axis]
        return convolution_windows(length, self.size, self.stride, self.dilation, self.padding)

    @property
    def count(self) -> int:
        """How many positions there are."""
        return self.rows.count * self.columns.count

    def place(self, position: int) -> tuple[int, int]:
        """Return the row and column of the feature map that a position makes."""
        return divmod(position, self.columns.count)

    def cells(self, row: int, column: int) -> tuple[slice, slice]:
        """Return what the window covers of the padded picture, for an element of the map."""
        top, left = row * self.stride, column * self.stride
        reach = self.rows.extent
        step = self.dilation
        return slice(top, top + reach, step), slice(left, left + reach, step)

    def pad(self, x: Array) -> Array:
        """Return a picture of shape (channels, rows, columns) with its border around it."""
        sides = [(0, 0), *((one.before, one.after) for one in (self.rows, self.columns))]
        if not any(map(any, sides)):
            return x
        return np.pad(x, sides, mode=MODES[self.border])  # type: ignore[call-overload,no-any-return]

    def source(self, row: int, column: int) -> tuple[int, int] | None:
        """Return which pixel a cell of the padded picture repeats; None where it is a zero."""
        found = []
        for at, windows in ((row, self.rows), (column, self.columns)):
            pixel, last = at - windows.before, windows.length - 1
            if self.border == "zeros" and not 0 <= pixel <= last:
                return None
            if self.border == "edge":
                pixel = min(max(pixel, 0), last)
            elif self.border == "mirror":
                pixel = last - abs(last - abs(pixel))
            found.append(pixel)
        return found[0], found[1]

    def visits(self) -> Array:
        """Return how many windows cover each cell of the padded picture: 0 is never reached."""
        along = []
        for windows in (self.rows, self.columns):
            visits = np.zeros(windows.padded, np.int32)
            for window in range(windows.count):
                start = window * windows.stride
                visits[start : start + windows.extent : windows.dilation] += 1
            along.append(visits)
        return np.outer(*along)

    def window(self, padded: Array, row: int, column: int) -> Array:
        """Return the numbers under the window, of shape (channels, size, size)."""
        return padded[(slice(None), *self.cells(row, column))]

    def correlate(self, padded: Array, kernels: Array) -> Array:
        """Return each kernel's sum at each position.

        Parameters
        ----------
        padded : ndarray of shape (channels, rows, columns)
            From `pad`.
        kernels : ndarray of shape (filters, channels, size, size)

        Returns
        -------
        ndarray of shape (filters, out rows, out columns)
            y[f, i, j] = Σ k[f, c, u, v] x[c, i·stride + u·dilation, j·stride + v·dilation]; its
            dtype is that of `padded`.
        """
        y = np.zeros((len(kernels), self.rows.count, self.columns.count), padded.dtype)
        product = np.empty(y.shape[1:], padded.dtype)
        # one shifted picture for each weight: nothing is expanded, and weights of 0 cost nothing
        for f, c, u, v in zip(*np.nonzero(kernels), strict=True):
            np.multiply(
                self.shifted(padded[c], u, v), padded.dtype.type(kernels[f, c, u, v]), product
            )
            y[f] += product
        return y

    def shifted(self, plane: Array, u: int, v: int) -> Array:
        """Return what weight (u, v) meets, position by position, of one channel."""
        top, left = u * self.dilation, v * self.dilation
        down = slice(top, top + (self.rows.count - 1) * self.stride + 1, self.stride)
        right = slice(left, left + (self.columns.count - 1) * self.stride + 1, self.stride)
        return plane[down, right]


def turned(kernels: Array) -> Array:
    """Return kernels turned by 180°: with them a cross-correlation is a convolution."""
    return kernels[..., ::-1, ::-1]
