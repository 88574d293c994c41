"""What the evaluator needs of its own: a dense layer and losses that keep points apart.

Everything else in a network runs as it does in training: whatever has no parameters does not know
that the samples of several points share its batch.
"""

from typing import ClassVar

import numpy as np

from engine.nn.dense import Dense
from engine.nn.layer import LayerPass
from engine.nn.signal import Signal
from engine.snapshot import Array


class StackedDense(LayerPass):
    """A dense layer with other weights for each point.

    Parameters
    ----------
    layer : Dense
    weights : ndarray of shape (points, parameters)
        [W b] of each point; filled by the caller.
    x : Signal
        Features × (point · sample).
    """

    out_name = "z"

    def __init__(self, layer: Dense, weights: Array, x: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        points = len(weights)
        self._matrices = weights.reshape(points, layer.units, -1)
        self._seen = apart(x.with_ones, points).swapaxes(0, 1)
        self._sums = apart(self.out.value, points).swapaxes(0, 1)

    def forward(self) -> None:
        """Compute z = [W b] [x; 1], point by point."""
        np.matmul(self._matrices, self._seen, self._sums)


class Head:
    """A loss that adds up the samples of each point.

    Parameters
    ----------
    z : ndarray of shape (outputs, point · sample)
        What the loss looks at: the network's outputs, or the logits where `from_logits`.
    points : int

    Attributes
    ----------
    from_logits : bool
        Whether the last activation is left out, as the loss is computed from what it gets.
    scale : float
        What the sums are to be multiplied by, and divided by the number of samples.
    target : ndarray of shape (outputs, samples)
        What the network should say; set by the caller.
    """

    from_logits: ClassVar[bool] = True

    def __init__(self, z: Array, points: int) -> None:
        self._z = apart(z, points)
        self._each = np.empty_like(self._z)
        self.scale = 1.0
        self.target: Array

    def sums(self) -> Array:
        """Return the sum over each point's samples, of shape (points,)."""
        raise NotImplementedError


class SquaredErrorHead(Head):
    """Σ (a − y)², for the mean over samples and outputs."""

    from_logits = False

    def __init__(self, z: Array, points: int) -> None:
        super().__init__(z, points)
        self.scale = 1 / len(z)

    def sums(self) -> Array:
        """Return Σ (a − y)² of each point."""
        np.subtract(self._z, self.target[:, None], self._each)
        np.multiply(self._each, self._each, self._each)
        return _over_samples(self._each)


class HalfSquaredErrorHead(SquaredErrorHead):
    """Σ (a − y)², for half the mean over samples."""

    def __init__(self, z: Array, points: int) -> None:
        super().__init__(z, points)
        self.scale = 0.5


class BinaryCrossEntropyHead(Head):
    """Σ log(1 + exp z) − y z, which is −Σ y log a + (1 − y) log(1 − a) with a = sigmoid(z)."""

    def __init__(self, z: Array, points: int) -> None:
        super().__init__(z, points)
        self.scale = 1 / len(z)
        self._size = np.empty_like(self._z)

    def sums(self) -> Array:
        """Return it for each point, as max(z, 0) + log(1 + exp(−|z|)) − y z: nothing overflows."""
        np.abs(self._z, self._size)
        np.negative(self._size, self._size)
        np.exp(self._size, self._size)
        # log1p would be slower and only matter for losses under 1e-7
        np.add(self._size, 1, self._size)
        np.log(self._size, self._size)
        np.maximum(self._z, 0, out=self._each)
        np.add(self._size, self._each, self._size)
        np.multiply(self._z, self.target[:, None], self._each)
        np.subtract(self._size, self._each, self._each)
        return _over_samples(self._each)


class CategoricalCrossEntropyHead(Head):
    """Σ log Σ_k exp z_k − Σ_k y_k z_k, which is −Σ y log a with a = softmax(z)."""

    def __init__(self, z: Array, points: int) -> None:
        super().__init__(z, points)
        self._greatest = np.empty(self._z.shape[1:], z.dtype)
        self._total = np.empty_like(self._greatest)
        self._chosen = np.empty_like(self._greatest)
        self._product = np.empty_like(self._z)

    def sums(self) -> Array:
        """Return it for each point, with z − max z instead of z: exp cannot overflow."""
        np.maximum.reduce(self._z, axis=0, out=self._greatest)
        np.subtract(self._z, self._greatest, self._each)
        np.multiply(self._each, self.target[:, None], self._product)
        np.add.reduce(self._product, axis=0, out=self._chosen)
        np.exp(self._each, self._each)
        np.add.reduce(self._each, axis=0, out=self._total)
        np.log(self._total, self._total)
        np.subtract(self._total, self._chosen, self._total)
        return _over_samples(self._total[None])


HEADS: dict[str, type[Head]] = {
    "mean_squared_error": SquaredErrorHead,
    "half_mean_squared_error": HalfSquaredErrorHead,
    "binary_cross_entropy": BinaryCrossEntropyHead,
    "categorical_cross_entropy": CategoricalCrossEntropyHead,
}
"""The head of each loss of `engine.nn.losses.LOSSES`."""


def apart(array: Array, points: int) -> Array:
    """Return (features, points, samples): a view of (features, point · sample)."""
    return array.reshape(len(array), points, -1)


def _over_samples(each: Array) -> Array:
    """Return the sums over outputs and samples of (outputs, points, samples), in float64."""
    sums: Array = np.add.reduce(np.add.reduce(each, axis=2), axis=0, dtype=np.float64)
    return sums
