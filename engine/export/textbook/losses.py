"""Each loss: one number that says how wrong a minibatch is; and its gradient."""

import numpy as np


def mean_squared_error(a, y):
    """Return the mean of (a − y)²."""
    return float(((a - y) ** 2).mean())


def mean_squared_error_backward(a, y):
    """Return da."""
    return 2 * (a - y) / a.size


def half_mean_squared_error(a, y):
    """Return Σ (a − y)² over twice the number of samples: its gradient has no 2 in it."""
    return float(((a - y) ** 2).sum() / (2 * len(a)))


def half_mean_squared_error_backward(a, y):
    """Return da."""
    return (a - y) / len(a)


def binary_cross_entropy(z, y):
    """Return the mean of −(y log a + (1 − y) log(1 − a)) for a = sigmoid(z).

    It is computed from z, so that there is never a logarithm of 0 to take.
    """
    return float((np.logaddexp(z, np.float32(0)) - y * z).mean())


def binary_cross_entropy_backward(a, y):
    """Return dz, of sigmoid and cross-entropy together: the slopes cancel to a − y."""
    return (a - y) / a.size


def categorical_cross_entropy(z, y):
    """Return the mean over the samples of −Σ y log a for a = softmax(z).

    It is computed from z, so that there is never a logarithm of 0 to take.
    """
    shifted = z - z.max(axis=1, keepdims=True)
    logs = np.log(np.exp(shifted).sum(axis=1))
    return float((logs.sum() - (y * shifted).sum()) / len(z))


def categorical_cross_entropy_backward(a, y):
    """Return dz, of softmax and cross-entropy together: what was said minus what is right."""
    return (a - y) / len(a)
