"""Convolution and pooling as a textbook has them: one window after the other.

Slow and plain, in the usual order (batch, channels, rows, columns), with nothing shared with the
fast kernels: what the tests compare those with.
"""

import numpy as np

from engine.snapshot import Array

Padding = int | str
"""Zeros at each border, or `"same"`: as many as give ⌈length / stride⌉ windows."""


def conv2d(
    x: Array, W: Array, b: Array, *, stride: int = 1, padding: Padding = 0, dilation: int = 1
) -> Array:
    """Return z[n, f, i, j] = b[f] + Σ W[f, c, u, v] x[n, c, i·stride + u·dilation − padding, …].

    Parameters
    ----------
    x : ndarray of shape (batch, channels, rows, columns)
    W : ndarray of shape (filters, channels, size, size)
    b : ndarray of shape (filters,)

    Returns
    -------
    ndarray of shape (batch, filters, out rows, out columns)
    """
    padded = np.pad(x, _borders(x, W, stride, padding, dilation))
    rows, columns = (_count(n, _extent(W, dilation), stride) for n in padded.shape[2:])
    z = np.empty((len(x), len(W), rows, columns), x.dtype)
    for i, j in np.ndindex(rows, columns):
        window = _span(i, j, W, stride, dilation)
        z[:, :, i, j] = np.einsum("ncuv,fcuv->nf", padded[:, :, *window], W) + b
    return z


def conv2d_gradients(
    x: Array, W: Array, dz: Array, *, stride: int = 1, padding: Padding = 0, dilation: int = 1
) -> tuple[Array, Array, Array]:
    """Return dx, dW and db of `conv2d`, given dz: each window hands its part back.

    Parameters
    ----------
    x, W : ndarray
        As in `conv2d`.
    dz : ndarray of shape (batch, filters, out rows, out columns)

    Returns
    -------
    dx, dW, db : ndarray
        Shaped as x, W and b.
    """
    borders = _borders(x, W, stride, padding, dilation)
    padded = np.pad(x, borders)
    dpadded, dW = np.zeros_like(padded), np.zeros_like(W)
    for i, j in np.ndindex(dz.shape[2:]):
        window = _span(i, j, W, stride, dilation)
        dW += np.einsum("nf,ncuv->fcuv", dz[:, :, i, j], padded[:, :, *window])
        dpadded[:, :, *window] += np.einsum("nf,fcuv->ncuv", dz[:, :, i, j], W)
    (top, _), (left, _) = borders[2:]
    dx = dpadded[:, :, top : top + x.shape[2], left : left + x.shape[3]]
    return dx, dW, dz.sum(axis=(0, 2, 3))


def max_pool2d(x: Array, size: int, stride: int, *, partial: bool = False) -> Array:
    """Return the maximum of each window.

    Parameters
    ----------
    x : ndarray of shape (batch, channels, rows, columns)
    partial : bool
        Whether windows that reach over the border are kept, with the cells that they have.

    Returns
    -------
    ndarray of shape (batch, channels, out rows, out columns)
    """
    y = np.empty((*x.shape[:2], *_pooled(x, size, stride, partial)), x.dtype)
    for i, j in np.ndindex(y.shape[2:]):
        y[:, :, i, j] = _window(x, i, j, size, stride).max(axis=(2, 3))
    return y


def max_pool2d_gradient(
    x: Array, dy: Array, size: int, stride: int, *, partial: bool = False
) -> Array:
    """Return dx of `max_pool2d`: the first winner in row order gets its window's gradient.

    Parameters
    ----------
    x : ndarray of shape (batch, channels, rows, columns)
    dy : ndarray of shape (batch, channels, out rows, out columns)

    Returns
    -------
    ndarray shaped as x
    """
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex((*x.shape[:2], *_pooled(x, size, stride, partial))):
        window = _window(x, i, j, size, stride)[n, c]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * stride + row, j * stride + column] += dy[n, c, i, j]
    return dx


def avg_pool2d(x: Array, size: int, stride: int, *, partial: bool = False) -> Array:
    """Return the mean of each window; as `max_pool2d` otherwise."""
    y = np.empty((*x.shape[:2], *_pooled(x, size, stride, partial)), x.dtype)
    for i, j in np.ndindex(y.shape[2:]):
        y[:, :, i, j] = _window(x, i, j, size, stride).mean(axis=(2, 3))
    return y


def avg_pool2d_gradient(
    x: Array, dy: Array, size: int, stride: int, *, partial: bool = False
) -> Array:
    """Return dx of `avg_pool2d`: a window's cells share its gradient equally."""
    dx = np.zeros_like(x)
    for i, j in np.ndindex(_pooled(x, size, stride, partial)):
        window = _window(dx, i, j, size, stride)
        cells = window.shape[2] * window.shape[3]
        window += dy[:, :, i, j, None, None] / cells
    return dx


def _extent(W: Array, dilation: int) -> int:
    return int((W.shape[2] - 1) * dilation + 1)


def _count(length: int, extent: int, stride: int) -> int:
    """Return how many windows begin and end on the axis."""
    return sum(1 for start in range(0, length, stride) if start + extent <= length)


def _borders(
    x: Array, W: Array, stride: int, padding: Padding, dilation: int
) -> list[tuple[int, int]]:
    """Return the zeros before and after each axis."""
    if isinstance(padding, int):
        return [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    borders = [(0, 0), (0, 0)]
    for length in x.shape[2:]:
        wanted = -(-length // stride)
        total = 0
        while _count(length + total, _extent(W, dilation), stride) < wanted:
            total += 1
        borders.append((total // 2, total - total // 2))
    return borders


def _span(i: int, j: int, W: Array, stride: int, dilation: int) -> tuple[slice, slice]:
    """Return the rows and columns that the window of z[…, i, j] covers."""
    extent = _extent(W, dilation)
    top, left = i * stride, j * stride
    return slice(top, top + extent, dilation), slice(left, left + extent, dilation)


def _pooled(x: Array, size: int, stride: int, partial: bool) -> tuple[int, int]:
    """Return how many windows there are along rows and columns."""
    rows, columns = x.shape[2:]
    if not partial:
        return _count(rows, size, stride), _count(columns, size, stride)
    return _count_partial(rows, size, stride), _count_partial(columns, size, stride)


def _count_partial(length: int, size: int, stride: int) -> int:
    """Return how many windows begin on the axis after windows that have not seen its end."""
    starts = range(0, length, stride)
    return sum(1 for start in starts if start == 0 or start - stride + size < length)


def _window(x: Array, i: int, j: int, size: int, stride: int) -> Array:
    """Return what lies in a window, fewer cells at the border."""
    return x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
