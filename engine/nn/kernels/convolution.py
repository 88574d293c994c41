"""Convolution as one batched matrix product.

A convolution multiplies each window, written as a column, by the filters, written as rows. Writing
the windows down ("im2col") copies each number size² times. Here only the kernel's *column* axis is
written out, so each number is copied size times, into a buffer

    patches[padded row, channel, kernel column, out column, batch]

One row of it holds, for all out columns and the whole batch, what one kernel row sees. Rows that
lie below each other in the picture lie behind each other in memory, so `size` consecutive rows ARE
the matrix of all windows of one out row, with nothing copied:

    (kernel row · channel · kernel column,  out column · batch)

The next out row's matrix begins `stride` rows later and overlaps this one. `as_strided` gives the
stack of all of them, and one `matmul` over that stack is the convolution. Its result,
(out row, filter, out column · batch), is already in the order of the next layer.

The weights are kept as (filter, kernel row, channel, kernel column), which makes them the left
matrix of that product as they are.

With a dilation the rows of a window are not consecutive; then there is one such product for each
kernel row, and they are added up.

A kernel is bound to its arrays once: each view is made here and never again, because on networks of
a size that people can look at, making views would take as long as the arithmetic.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.nn.windows import Windows
from engine.snapshot import Array

# With AVX-512, OpenBLAS multiplies matrices of up to this many multiplications where they lie, and
# copies larger ones into another order first, which here costs more than it gains. So larger ones
# are split; without AVX-512 that makes no difference.
UNPACKED_PRODUCT = 1_000_000


class Geometry(NamedTuple):
    """The windows along both axes, and how many of everything else."""

    rows: Windows
    columns: Windows
    channels: int
    filters: int
    batch: int

    @property
    def spread(self) -> int:
        """The length of the innermost axes together: out columns · batch."""
        return self.columns.count * self.batch

    @property
    def row_cells(self) -> int:
        """Channels · kernel columns: the cells of one kernel row."""
        return self.channels * self.columns.size

    @property
    def consecutive(self) -> bool:
        """Whether dx, too, is a stack of products over consecutive rows."""
        return self.rows.stride == 1 and self.rows.dilation == 1

    @property
    def gradient_rows(self) -> tuple[int, int]:
        """Rows of zeros that the input's gradient needs above and below dz."""
        if not self.consecutive:
            return 0, 0
        return self.rows.size - 1 - self.rows.before, self.rows.size - 1 - self.rows.after


class Forward:
    """z = weights ∗ x + bias.

    Parameters
    ----------
    geometry : Geometry
    x : ndarray of shape (rows, channels, columns, batch)
    weights : ndarray of shape (filters, kernel rows, channels, kernel columns), contiguous
    bias : ndarray of shape (filters,)
    z : ndarray of shape (out rows, filters, out columns, batch), contiguous
        Receives the result.

    Attributes
    ----------
    patches : ndarray of shape (padded rows, channels · kernel columns, out columns · batch)
        What the last call saw; the weights' gradient needs it again.
    """

    def __init__(self, geometry: Geometry, x: Array, weights: Array, bias: Array, z: Array) -> None:
        rows, columns, channels, filters, batch = geometry
        # the padding around the picture is never written to and so stays zero
        shape = (rows.padded, channels, columns.size, columns.count, batch)
        patches = np.zeros(shape, x.dtype)
        inner = patches[rows.before : rows.before + rows.length]
        self._copies = []
        for cell in range(columns.size):
            outs, positions = columns.inside(cell)
            self._copies.append((inner[:, :, cell, outs], x[:, :, positions]))
        self.patches = patches.reshape(rows.padded, geometry.row_cells, geometry.spread)
        self._bias = bias[:, None]
        self._bias_row = np.empty((filters, geometry.spread), x.dtype)
        self._z = z.reshape(rows.count, filters, geometry.spread)
        self._partial = None if rows.dilation == 1 else np.empty_like(self._z)
        if self._partial is None:
            height = rows.size * geometry.row_cells
            pieces = _pieces(geometry.spread, UNPACKED_PRODUCT // (filters * height))
            self._weights = weights.reshape(filters, height)
            self._windows = _overlapping(self.patches, rows.size, rows.stride, rows.count, pieces)
            self._products = _split(self._z, pieces)
        else:
            self._kernel_rows = [
                (matrix, _kernel_row(self.patches, rows, cell))
                for cell, matrix in enumerate(
                    weights.reshape(filters, rows.size, -1).swapaxes(0, 1)
                )
            ]

    def __call__(self) -> None:
        """Compute z."""
        for patch, seen in self._copies:
            patch[...] = seen
        if self._partial is None:
            np.matmul(self._weights, self._windows, self._products)
        else:
            self._z[...] = 0
            for matrix, seen in self._kernel_rows:
                np.matmul(matrix, seen, self._partial)
                np.add(self._z, self._partial, self._z)
        # written out once for a whole out row, the bias is added in half the time
        self._bias_row[...] = self._bias
        np.add(self._z, self._bias_row, self._z)


class ParameterGradients:
    """dWᵀ = Σ over out rows of windows · dzᵀ, and db = Σ dz.

    Each out row is one matrix product of a stack, and the stack is summed afterwards. dWᵀ and not
    dW, because the BLAS is faster when the taller matrix is on the left.

    Parameters
    ----------
    geometry : Geometry
    patches : ndarray
        Of `Forward`.
    dz : ndarray of shape (out rows, filters, out columns, batch), contiguous
    dweights : ndarray of shape (filters, kernel rows, channels, kernel columns), contiguous
        Receives the gradient.
    dbias : ndarray of shape (filters,)
        Receives the gradient.
    """

    def __init__(
        self, geometry: Geometry, patches: Array, dz: Array, dweights: Array, dbias: Array
    ) -> None:
        rows, filters = geometry.rows, geometry.filters
        if rows.dilation == 1:
            windows = [_overlapping(patches, rows.size, rows.stride, rows.count, 1)[:, 0]]
            targets = [dweights.reshape(filters, -1)]
        else:
            windows = [_kernel_row(patches, rows, cell) for cell in range(rows.size)]
            targets = list(dweights.reshape(filters, rows.size, -1).swapaxes(0, 1))
        self._products = [(one, to.T) for one, to in zip(windows, targets, strict=True)]
        self._dz = dz.reshape(rows.count, filters, geometry.spread)
        self._dz_transposed = self._dz.swapaxes(1, 2)
        self._parts = np.empty((*windows[0].shape[:2], filters), dz.dtype)
        self._ones = np.ones((geometry.spread, 1), dz.dtype)
        self._row_sums = np.empty((rows.count, filters, 1), dz.dtype)
        self._dbias = dbias[:, None]

    def __call__(self) -> None:
        """Compute dweights and dbias."""
        for windows, target in self._products:
            np.matmul(windows, self._dz_transposed, self._parts)
            np.add.reduce(self._parts, axis=0, out=target)
        # a product with ones sums the long axis three times as fast as np.add.reduce does
        np.matmul(self._dz, self._ones, self._row_sums)
        np.add.reduce(self._row_sums, axis=0, out=self._dbias)


class InputGradient:
    """dx: each number collects from every window that it was in. For any stride and dilation.

    One batched product for each kernel row says what each out row gives to each kernel cell, and
    that is added wherever the cell had been.

    Parameters
    ----------
    geometry : Geometry
    padded_dz : ndarray of shape (above + out rows + below, filters, out columns, batch), contiguous
        dz between the geometry's `gradient_rows` of zeros.
    weights : ndarray of shape (filters, kernel rows, channels, kernel columns), contiguous
    dx : ndarray of shape (rows, channels, columns, batch)
        Receives the gradient.
    """

    def __init__(self, geometry: Geometry, padded_dz: Array, weights: Array, dx: Array) -> None:
        rows, columns, channels, filters, batch = geometry
        dz = padded_dz.reshape(rows.count, filters, geometry.spread)
        given = np.empty((rows.count, channels, columns.size, columns.count, batch), dx.dtype)
        results = given.reshape(rows.count, geometry.row_cells, geometry.spread)
        by_row = weights.reshape(filters, rows.size, -1).transpose(1, 2, 0)
        self._dx = dx
        self._steps = []
        for matrix, (out_rows, at_rows) in zip(
            by_row, map(rows.inside, range(rows.size)), strict=True
        ):
            spans = enumerate(map(columns.inside, range(columns.size)))
            adds = [
                (dx[at_rows, :, at], given[out_rows, :, cell, outs]) for cell, (outs, at) in spans
            ]
            self._steps.append((matrix, dz, results, adds))

    def __call__(self) -> None:
        """Compute dx."""
        self._dx[...] = 0
        for matrix, dz, results, adds in self._steps:
            np.matmul(matrix, dz, results)
            for part, given in adds:
                np.add(part, given, part)


class ConsecutiveInputGradient:
    """The same for stride and dilation 1, as one batched product and one sum.

    Row r of dx is made of `size` consecutive rows of dz, so dz between rows of zeros is a stack of
    overlapping matrices just as the patches are. Their product leaves, for each kernel column j,
    what out column o gives to column o + j − before of dx. So column q of dx is the sum over j of
    columns q + before − j: a diagonal, and a view with the right strides makes it an axis.

    Parameters
    ----------
    geometry, padded_dz, weights, dx
        As in `InputGradient`.
    """

    def __init__(self, geometry: Geometry, padded_dz: Array, weights: Array, dx: Array) -> None:
        rows, columns, channels, filters, batch = geometry
        size = columns.size
        # kernel rows are met from the bottom up: the uppermost out row saw this row lowest
        self._from_bottom = weights[:, ::-1].transpose(3, 2, 1, 0)
        self._turned = np.empty(self._from_bottom.shape, dx.dtype)
        height = rows.size * filters
        pieces = _pieces(geometry.spread, UNPACKED_PRODUCT // (geometry.row_cells * height))
        self._matrix = self._turned.reshape(geometry.row_cells, height)
        dz = padded_dz.reshape(len(padded_dz), filters, geometry.spread)
        self._windows = _overlapping(dz, rows.size, 1, rows.length, pieces)
        # zeros on both sides, which nobody writes to: diagonals may begin and end there
        given = np.zeros((rows.length, size, channels, columns.length + size - 1, batch), dx.dtype)
        start = size - 1 - columns.before
        inside = given[:, :, :, start : start + columns.count]
        results = inside.reshape(rows.length, geometry.row_cells, geometry.spread)
        self._products = _split(results, pieces)
        row, cell, channel, column, item = given.strides
        self._diagonals = as_strided(
            given[:, :, :, size - 1 :],
            (rows.length, size, channels, columns.length, batch),
            (row, cell - column, channel, column, item),
        )
        self._dx = dx

    def __call__(self) -> None:
        """Compute dx."""
        np.copyto(self._turned, self._from_bottom)
        np.matmul(self._matrix, self._windows, self._products)
        np.add.reduce(self._diagonals, axis=1, out=self._dx)


def _overlapping(stack: Array, size: int, stride: int, count: int, pieces: int) -> Array:
    """Return `count` matrices of `size` consecutive rows of `stack`, `stride` rows apart.

    Parameters
    ----------
    stack : ndarray of shape (rows, height, width), contiguous

    Returns
    -------
    ndarray of shape (count, pieces, size · height, width / pieces)
        A view; each matrix is cut into pieces side by side.
    """
    _, height, width = stack.shape
    row, line, item = stack.strides
    piece = width // pieces
    shape = (count, pieces, size * height, piece)
    return as_strided(stack, shape, (stride * row, piece * item, line, item))


def _split(stack: Array, pieces: int) -> Array:
    """Return (count, pieces, height, width / pieces): a view of (count, height, width)."""
    count, height, width = stack.shape
    return stack.reshape(count, height, pieces, width // pieces).swapaxes(1, 2)


def _kernel_row(patches: Array, rows: Windows, cell: int) -> Array:
    """Return what one kernel row sees: (out rows, channels · kernel columns, out · batch)."""
    start = cell * rows.dilation
    stop = start + (rows.count - 1) * rows.stride + 1
    return patches[start : stop : rows.stride]


def _pieces(length: int, limit: int, *, least: int = 32) -> int:
    """Return in how few equal pieces of at most `limit`, at least `least`, to cut `length`."""
    if length <= limit:
        return 1
    cuts = (pieces for pieces in range(2, length // least + 1) if length % pieces == 0)
    return next((pieces for pieces in cuts if length // pieces <= limit), 1)
