"""What one layer hands to the next, in the order in which it is computed.

The engine computes with the batch innermost: vectors as (features, batch), pictures as
(rows, channels, columns, batch). What leaves is in the usual order (batch, channels, rows,
columns); `usual` makes that view without copying.
"""

import numpy as np
from numpy.typing import DTypeLike

from engine.snapshot import Array

Shape = tuple[int, ...]
"""The usual shape of one sample: (features,) or (channels, rows, columns)."""


def usual(array: Array) -> Array:
    """Return a view in the usual order of an array with the batch innermost."""
    return array.T if array.ndim == 2 else array.transpose(3, 1, 0, 2)


def batch_innermost(array: Array) -> Array:
    """Return a view with the batch innermost of an array in the usual order."""
    return array.T if array.ndim == 2 else array.transpose(2, 1, 3, 0)


def batches_innermost(arrays: Array) -> Array:
    """Return the same view of a stack of batches, whose first axis counts them."""
    return arrays.transpose((0, 2, 1) if arrays.ndim == 3 else (0, 3, 2, 4, 1))


def spell(shape: Shape) -> str:
    """Return a shape as people write it: `8 × 4 × 4`, or `64 features` for a vector."""
    return f"{shape[0]} features" if len(shape) == 1 else " × ".join(map(str, shape))


class Signal:
    """A batch of values between two layers and, after backward, the loss's gradient there.

    Parameters
    ----------
    shape : Shape
        The usual shape of one sample.
    batch : int
        Samples.
    dtype : dtype
        float32 or float64.
    gradient_rows : (int, int)
        Rows of zeros kept above and below a picture's gradient, for a convolution's backward.

    Attributes
    ----------
    value : ndarray of shape (features, batch) or (rows, channels, columns, batch)
        The values.
    with_ones : ndarray of shape (features + 1, batch)
        For vectors: the values and below them a row of ones, so that a dense layer's bias is one
        more column of its weights.
    gradient : ndarray shaped as `value`
        dL/d(value); exists from `allocate_gradient` on.
    gradient_with_ones : ndarray of shape (features + 1, batch)
        For vectors: the gradient and, in the last row, the gradient of the ones, which nobody
        needs.
    padded_gradient : ndarray of shape (above + rows + below, channels, columns, batch)
        For pictures: the gradient between its rows of zeros.
    """

    __slots__ = (
        "dtype",
        "gradient",
        "gradient_rows",
        "gradient_with_ones",
        "padded_gradient",
        "shape",
        "value",
        "with_ones",
    )

    def __init__(
        self,
        shape: Shape,
        batch: int,
        dtype: DTypeLike,
        *,
        gradient_rows: tuple[int, int] = (0, 0),
    ) -> None:
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.gradient_rows = gradient_rows
        self.value: Array
        self.with_ones: Array
        self.gradient: Array | None = None
        self.gradient_with_ones: Array
        self.padded_gradient: Array
        if len(shape) == 1:
            self.with_ones = np.zeros((shape[0] + 1, batch), dtype)
            self.with_ones[-1] = 1
            self.value = self.with_ones[:-1]
        else:
            channels, rows, columns = shape
            self.value = np.zeros((rows, channels, columns, batch), dtype)

    @property
    def batch(self) -> int:
        """Samples."""
        return int(self.value.shape[-1])

    def allocate_gradient(self) -> Array:
        """Return the gradient's buffer, made at the first call."""
        if self.gradient is None:
            if len(self.shape) == 1:
                self.gradient_with_ones = np.zeros_like(self.with_ones)
                self.gradient = self.gradient_with_ones[:-1]
            else:
                above, below = self.gradient_rows
                rows, *rest = self.value.shape
                self.padded_gradient = np.zeros((above + rows + below, *rest), self.dtype)
                self.gradient = self.padded_gradient[above : above + rows]
        return self.gradient
