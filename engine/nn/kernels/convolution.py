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
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from engine.nn.windows import Windows
from engine.snapshot import Array


class Convolution:
    """The buffers and products of one convolution at one batch size.

    Parameters
    ----------
    rows, columns : Windows
        The windows along both axes.
    channels, filters, batch : int
        Channels of the input, channels of the output, samples.
    dtype : dtype
        float32 or float64.
    """

    def __init__(
        self,
        rows: Windows,
        columns: Windows,
        *,
        channels: int,
        filters: int,
        batch: int,
        dtype: DTypeLike,
    ) -> None:
        self.rows, self.columns = rows, columns
        self.channels, self.filters, self.batch = channels, filters, batch
        self.dtype = dtype
        # the padding around the picture is never written to and so stays zero
        self.patches = np.zeros((rows.padded, channels, columns.size, columns.count, batch), dtype)
        self._windows = self._stack_of_windows()
        self._partial: Array | None = None
        self._dweights: Array | None = None
        self._spread: Array | None = None

    def forward(self, x: Array, weights: Array, bias: Array, z: Array) -> None:
        """Compute z = weights ∗ x + bias.

        Parameters
        ----------
        x : ndarray of shape (rows, channels, columns, batch)
        weights : ndarray of shape (filters, kernel rows, channels, kernel columns), contiguous
        bias : ndarray of shape (filters,)
        z : ndarray of shape (out rows, filters, out columns, batch)
            Receives the result.
        """
        self._write_patches(x)
        out = z.reshape(len(z), self.filters, -1)
        matrix = weights.reshape(self.filters, self.rows.size, -1)
        if self._windows is not None:
            np.matmul(matrix.reshape(self.filters, -1), self._windows, out)
        else:
            if self._partial is None:
                self._partial = np.empty_like(out)
            np.matmul(matrix[:, 0], self._kernel_row(0), out)
            for cell in range(1, self.rows.size):
                np.matmul(matrix[:, cell], self._kernel_row(cell), self._partial)
                np.add(out, self._partial, out)
        np.add(out, bias[:, None], out)

    def parameter_gradients(self, dz: Array, dweights: Array, dbias: Array) -> None:
        """Compute the gradients of the weights and the bias from the last `forward`'s patches.

        dW = Σ over out rows of dz · windowsᵀ, and db = Σ dz; each out row is one matrix product
        of the stack, and the stack is summed afterwards.

        Parameters
        ----------
        dz : ndarray of shape (out rows, filters, out columns, batch), contiguous
        dweights : ndarray shaped as the weights, contiguous
            Receives the gradient.
        dbias : ndarray of shape (filters,)
            Receives the gradient.
        """
        dparts = self._dweights
        if dparts is None:
            dparts = self._allocate_parameter_gradients()
        stack = dz.reshape(len(dz), self.filters, -1)
        if self._windows is not None:
            np.matmul(stack, self._windows.transpose(0, 2, 1), dparts)
            np.add.reduce(dparts, axis=0, out=dweights.reshape(self.filters, -1))
        else:
            matrix = dweights.reshape(self.filters, self.rows.size, -1)
            for cell in range(self.rows.size):
                np.matmul(stack, self._kernel_row(cell).transpose(0, 2, 1), dparts)
                np.add.reduce(dparts, axis=0, out=matrix[:, cell])
        # a product with ones sums the long axis three times as fast as np.add.reduce does
        np.matmul(stack, self._ones, self._dbias)
        np.add.reduce(self._dbias, axis=0, out=dbias[:, None])

    @property
    def gradient_rows(self) -> tuple[int, int]:
        """Rows of zeros that `input_gradient` needs above and below dz."""
        if not self._dense:
            return 0, 0
        return self.rows.size - 1 - self.rows.before, self.rows.size - 1 - self.rows.after

    def input_gradient(self, dz: Array, padded_dz: Array, weights: Array, dx: Array) -> None:
        """Compute dx: each number collects from every window that it was in.

        Parameters
        ----------
        dz : ndarray of shape (out rows, filters, out columns, batch)
        padded_dz : ndarray of shape (above + out rows + below, filters, out columns, batch)
            The same between its `gradient_rows` of zeros.
        weights : ndarray of shape (filters, kernel rows, channels, kernel columns), contiguous
        dx : ndarray of shape (rows, channels, columns, batch)
            Receives the gradient.
        """
        spread = self._spread
        if spread is None:
            spread = self._allocate_input_gradient()
        if self._dense:
            self._input_gradient_dense(padded_dz, weights, dx, spread)
        else:
            self._input_gradient_general(dz, weights, dx, spread)

    def _input_gradient_dense(
        self, padded_dz: Array, weights: Array, dx: Array, spread: Array
    ) -> None:
        """Stride and dilation 1: one batched product over rows, shifted adds over columns.

        Row r of dx is made of `size` consecutive rows of dz, so dz between its rows of zeros is a
        stack of overlapping matrices just as the patches are. The product leaves, for each kernel
        column j, what out column o gives to column o + j − before.
        """
        size = self.rows.size
        # kernel rows are met from the bottom up: the uppermost out row saw this row lowest
        np.copyto(self._turned, weights[:, ::-1].transpose(3, 2, 1, 0))
        turned = self._turned.reshape(size * self.channels, -1)
        row = padded_dz.strides[0]
        item = padded_dz.itemsize
        inner = self.columns.count * self.batch
        windows = as_strided(
            padded_dz,
            (self.rows.length, size * self.filters, inner),
            (row, inner * item, item),
        )
        np.matmul(turned, windows, spread)
        given = spread.reshape(
            self.rows.length, size, self.channels, self.columns.count, self.batch
        )
        whole = self.columns.before if self.columns.count == self.columns.length else None
        if whole is None:
            dx.fill(0)
        else:  # "same" padding: the middle kernel column reaches all of dx, so it comes first
            np.copyto(dx, given[:, whole])
        for cell in range(size):
            if cell != whole:
                outs, positions = self.columns.inside(cell)
                part = dx[:, :, positions]
                np.add(part, given[:, cell, :, outs], part)

    def _input_gradient_general(self, dz: Array, weights: Array, dx: Array, spread: Array) -> None:
        """Any stride and dilation: one batched product and `size` strided adds per kernel row."""
        dx.fill(0)
        stack = dz.reshape(len(dz), self.filters, -1)
        given = spread.reshape(
            len(dz), self.channels, self.columns.size, self.columns.count, self.batch
        )
        matrix = weights.reshape(self.filters, self.rows.size, -1)
        for row_cell in range(self.rows.size):
            np.matmul(matrix[:, row_cell].T, stack, spread)
            out_rows, rows = self.rows.inside(row_cell)
            for cell in range(self.columns.size):
                outs, columns = self.columns.inside(cell)
                part = dx[rows, :, columns]
                np.add(part, given[out_rows, :, cell, outs], part)

    @property
    def _dense(self) -> bool:
        return self.rows.stride == 1 and self.rows.dilation == 1

    def _stack_of_windows(self) -> Array | None:
        """Return the overlapping matrices of all out rows, or None with a dilation."""
        if self.rows.dilation > 1:
            return None
        row, _, _, column, item = self.patches.strides
        inner = self.channels * self.columns.size
        return as_strided(
            self.patches,
            (self.rows.count, self.rows.size * inner, self.columns.count * self.batch),
            (self.rows.stride * row, self.columns.count * column, item),
        )

    def _kernel_row(self, cell: int) -> Array:
        """Return what one kernel row sees: (out rows, channels · kernel columns, out · batch)."""
        start = cell * self.rows.dilation
        stop = start + (self.rows.count - 1) * self.rows.stride + 1
        seen = self.patches[start : stop : self.rows.stride]
        return seen.reshape(self.rows.count, self.channels * self.columns.size, -1)

    def _write_patches(self, x: Array) -> None:
        inner = self.patches[self.rows.before : self.rows.before + self.rows.length]
        for cell in range(self.columns.size):
            outs, positions = self.columns.inside(cell)
            inner[:, :, cell, outs] = x[:, :, positions]

    def _allocate_parameter_gradients(self) -> Array:
        """Allocate what only the parameters' gradients need; a pass that predicts stays small."""
        inner = self.channels * self.columns.size
        width = inner if self._windows is None else inner * self.rows.size
        self._dbias = np.empty((self.rows.count, self.filters, 1), self.dtype)
        self._ones = np.ones((self.columns.count * self.batch, 1), self.dtype)
        self._dweights = np.empty((self.rows.count, self.filters, width), self.dtype)
        return self._dweights

    def _allocate_input_gradient(self) -> Array:
        """Allocate what only the input's gradient needs; the first layer of a network has none."""
        size = self.columns.size
        length = self.rows.length if self._dense else self.rows.count
        self._turned = np.empty((size, self.channels, self.rows.size, self.filters), self.dtype)
        self._spread = np.empty(
            (length, size * self.channels, self.columns.count * self.batch), self.dtype
        )
        return self._spread
