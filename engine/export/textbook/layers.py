"""Each layer forward and backward. In a gradient's name, d stands for ∂loss/∂."""

import numpy as np


def dense(x, W, b):
    """Compute z = W x + b for each sample: every unit sums all inputs, each with its weight."""
    return x @ W.T + b


def dense_backward(dz, x, W):
    """Return dx, dW, db: each weight joined one input to one unit, so it collects dz · x."""
    return dz @ W, dz.T @ x, dz.sum(axis=0)


def windows(x, size, stride, dilation=1):
    """Return what each window covers: (batch, channels, rows, columns, size, size), a view."""
    reach = (size - 1) * dilation + 1
    every = np.lib.stride_tricks.sliding_window_view(x, (reach, reach), axis=(2, 3))
    return every[:, :, ::stride, ::stride, ::dilation, ::dilation]


def conv2d(x, W, b, padding, stride=1, dilation=1):
    """Slide each filter over the picture; z is the sum of what it covers, times its weights."""
    padded = np.pad(x, ((0, 0), (0, 0), *padding))
    covered = windows(padded, W.shape[2], stride, dilation)
    z = np.tensordot(covered, W, axes=((1, 4, 5), (1, 2, 3)))  # (batch, rows, columns, filters)
    return z.transpose(0, 3, 1, 2) + b[:, None, None]


def conv2d_backward(dz, x, W, padding, stride=1, dilation=1):
    """Return dx, dW, db: a weight was used at every place, so it collects dz · x over them all."""
    padded = np.pad(x, ((0, 0), (0, 0), *padding))
    covered = windows(padded, W.shape[2], stride, dilation)
    dW = np.tensordot(dz, covered, axes=((0, 2, 3), (0, 2, 3)))
    db = dz.sum(axis=(0, 2, 3))
    # a pixel was under each cell of the kernel in turn, and collects W · dz from all of them
    dpadded = np.zeros_like(padded)
    rows, columns = dz.shape[2] * stride, dz.shape[3] * stride
    for u, v in np.ndindex(*W.shape[2:]):
        top, left = u * dilation, v * dilation
        part = np.tensordot(dz, W[:, :, u, v], axes=(1, 0)).transpose(0, 3, 1, 2)
        dpadded[:, :, top : top + rows : stride, left : left + columns : stride] += part
    (above, _), (before, _) = padding
    return dpadded[:, :, above : above + x.shape[2], before : before + x.shape[3]], dW, db


def max_pool2d(x, size, stride, beyond=(0, 0)):
    """Keep the largest number of each window; windows may reach `beyond` the last row, column."""
    borders = ((0, 0), (0, 0), (0, beyond[0]), (0, beyond[1]))
    return windows(np.pad(x, borders, constant_values=-np.inf), size, stride).max(axis=(4, 5))


def max_pool2d_backward(dy, x, size, stride, beyond=(0, 0)):
    """Return dx: the largest number of each window, the first if several are, gets all of dy."""
    borders = ((0, 0), (0, 0), (0, beyond[0]), (0, beyond[1]))
    covered = windows(np.pad(x, borders, constant_values=-np.inf), size, stride)
    winner = covered.reshape(*dy.shape, size * size).argmax(axis=-1)
    dx = np.zeros_like(np.pad(x, borders))
    rows, columns = dy.shape[2] * stride, dy.shape[3] * stride
    for cell in range(size * size):
        u, v = divmod(cell, size)
        dx[:, :, u : u + rows : stride, v : v + columns : stride] += dy * (winner == cell)
    return dx[:, :, : x.shape[2], : x.shape[3]]


def avg_pool2d(x, size, stride, beyond=(0, 0)):
    """Take the mean of each window, of the cells that lie on the picture."""
    borders = ((0, 0), (0, 0), (0, beyond[0]), (0, beyond[1]))
    cells = windows(np.pad(np.ones_like(x[:1, :1]), borders), size, stride).sum(axis=(4, 5))
    return windows(np.pad(x, borders), size, stride).sum(axis=(4, 5)) / cells


def avg_pool2d_backward(dy, x, size, stride, beyond=(0, 0)):
    """Return dx: the cells of a window share its dy equally."""
    borders = ((0, 0), (0, 0), (0, beyond[0]), (0, beyond[1]))
    cells = windows(np.pad(np.ones_like(x[:1, :1]), borders), size, stride).sum(axis=(4, 5))
    dx = np.zeros_like(np.pad(x, borders))
    rows, columns = dy.shape[2] * stride, dy.shape[3] * stride
    for u, v in np.ndindex(size, size):
        dx[:, :, u : u + rows : stride, v : v + columns : stride] += dy / cells
    return dx[:, :, : x.shape[2], : x.shape[3]]


def dropout_mask(rng, shape, rate):
    """Draw 0 for what is left out and 1 / (1 − rate) for what stays."""
    if rate == 0:
        return np.ones(shape, np.float32)
    if len(shape) == 2:  # drawn with the batch as the last axis, as the page's engine does
        kept = rng.random(shape[::-1], np.float32).T >= rate
    else:
        batch, channels, rows, columns = shape
        kept = rng.random((rows, channels, columns, batch), np.float32) >= rate
        kept = kept.transpose(3, 1, 0, 2)
    return (kept / (1 - rate)).astype(np.float32)


def sigmoid(z):
    """Squash each number into 0 to 1."""
    return 1 / (1 + np.exp(-z))


def sigmoid_backward(da, a):
    """Return dz: the slope of the sigmoid is a (1 − a)."""
    return da * a * (1 - a)


def tanh_backward(da, a):
    """Return dz: the slope of tanh is 1 − a²."""
    return da * (1 - a * a)


def relu(z):
    """Keep what is positive, make 0 of the rest."""
    return np.maximum(z, 0)


def relu_backward(da, z):
    """Return dz: what was cut off has no influence."""
    return da * (z > 0)


def leaky_relu(z, slope):
    """Keep what is positive; what is negative leaks through a little."""
    return np.maximum(z, slope * z)


def leaky_relu_backward(da, z, slope):
    """Return dz: what was negative has `slope` as much influence."""
    return np.where(z > 0, da, slope * da)


def softmax(z):
    """Make shares of the scores: positive, and each sample's add up to 1."""
    e = np.exp(z - z.max(axis=1, keepdims=True))  # the same shares, and exp cannot overflow
    return e / e.sum(axis=1, keepdims=True)


def softmax_backward(da, a):
    """Return dz: raising one score takes from all other shares."""
    return a * (da - (da * a).sum(axis=1, keepdims=True))
