"""Losses: one number that says how wrong a batch is, and its gradient.

The cross-entropies are computed from the logits, the numbers before the last activation: neither
their value nor their gradient, (a − y) over the batch, then takes the logarithm of, or divides
by, a number that may have become 0. They stand in for the last activation's backward.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.nn.activations import SigmoidPass, SoftmaxPass
from engine.nn.layer import Layer, LayerPass
from engine.nn.signal import spell
from engine.snapshot import Array


class Targets(NamedTuple):
    """What the network should say.

    Attributes
    ----------
    values : ndarray of shape (samples, outputs)
        Class numbers as one-hot rows, or as 0 and 1 for a single output; else as given.
    labels : ndarray of shape (samples,) or None
        Class numbers; None for a regression.
    """

    values: Array
    labels: Array | None


class Loss:
    """One kind of loss.

    Attributes
    ----------
    kind : str
        What the description calls it.
    """

    kind: ClassVar[str]

    def check(self, layers: Sequence[Layer]) -> None:
        """Raise `ShapeError` or `InvalidValueError` if the loss does not fit the last layer."""
        shape = layers[-1].output_shape
        if len(shape) != 1:
            raise ShapeError(
                f"{self.kind}: expected a vector from {layers[-1].name}, got {spell(shape)}; "
                "put a flatten layer at the end"
            )

    def targets(self, y: Array, outputs: int) -> Targets:
        """Return `y` as this loss takes it.

        Parameters
        ----------
        y : ndarray of shape (samples,), whole numbers, or (samples, outputs)
            Class numbers, or what each output should be.
        outputs : int
            How many outputs the network has.

        Raises
        ------
        InvalidValueError
            If a class number has no output, or a value is none that the outputs could take.
        ShapeError
            If `y` has not one row per sample and one column per output.
        """
        y = np.asarray(y)
        if y.ndim == 1 and y.dtype.kind in "iu":
            classes = max(outputs, 2)
            if y.size and not (y.min() >= 0 and y.max() < classes):
                raise InvalidValueError(
                    f"{self.kind}: expected classes from 0 to {classes - 1}, "
                    f"got {y.min()} to {y.max()}"
                )
            values = y[:, None] if outputs == 1 else y[:, None] == np.arange(outputs)
            return Targets(values.astype(np.float64), y)
        if y.ndim == 1 and outputs == 1:
            y = y[:, None]
        if y.ndim != 2 or y.shape[1] != outputs:
            raise ShapeError(
                f"{self.kind}: expected targets of shape (samples, {outputs}), got {y.shape}"
            )
        return self.check_values(y)

    def check_values(self, y: Array) -> Targets:
        """Return targets from values of shape (samples, outputs)."""
        return Targets(y, None)

    def at(self, last: LayerPass) -> "LossPass":
        """Return a pass behind the network's last layer."""
        raise NotImplementedError


class LossPass:
    """One loss at work on batches of one size.

    Attributes
    ----------
    batch : int
        Samples.
    target : ndarray of shape (outputs, batch)
        What the network should say; to be filled before `value`.
    gradient : ndarray
        Where `backward` writes to; exists from `allocate_backward` on.
    stands_in : bool
        Whether `backward` also does the last layer's backward.
    """

    stands_in: ClassVar[bool] = False

    def __init__(self, last: LayerPass) -> None:
        self.last = last
        self.batch = last.out.batch
        self.target = np.zeros_like(last.out.value)

    def value(self) -> float:
        """Return the loss of the last forward."""
        raise NotImplementedError

    def allocate_backward(self) -> None:
        """Find the gradient's buffer."""
        signal = self.last.x if self.stands_in else self.last.out
        self.gradient = signal.allocate_gradient()

    def backward(self) -> None:
        """Compute the loss's gradient, after `value`."""
        raise NotImplementedError

    def output_gradient(self) -> Array:
        """Compute, only to be looked at, the gradient of an output that the loss stands in for.

        Returns
        -------
        ndarray of shape (outputs, batch)
            It is cut off where the output has become too small to divide by.
        """
        raise NotImplementedError


class MeanSquaredError(Loss):
    """L = 1/(batch · outputs) Σ (a − y)²."""

    kind = "mean_squared_error"

    def at(self, last: LayerPass) -> "SquaredErrorPass":
        """Return a pass behind the network's last layer."""
        return SquaredErrorPass(last, 1.0 / last.out.value.size)


class HalfMeanSquaredError(Loss):
    """L = 1/(2 · batch) Σ (a − y)²: the J of linear regression, whose gradient has no 2 in it."""

    kind = "half_mean_squared_error"

    def at(self, last: LayerPass) -> "SquaredErrorPass":
        """Return a pass behind the network's last layer."""
        return SquaredErrorPass(last, 0.5 / last.out.batch)


class SquaredErrorPass(LossPass):
    """A squared error at work: L = scale · Σ (a − y)².

    Attributes
    ----------
    scale : float
    """

    def __init__(self, last: LayerPass, scale: float) -> None:
        super().__init__(last)
        self.scale = scale
        self._slope = np.array(2 * scale, self.target.dtype)
        self._error = np.empty_like(self.target)
        self._errors = self._error.reshape(-1)

    def value(self) -> float:
        """Return the loss of the last forward."""
        np.subtract(self.last.out.value, self.target, self._error)
        return self.scale * float(self._errors.dot(self._errors))

    def backward(self) -> None:
        """Compute da = 2 · scale · (a − y)."""
        np.multiply(self._error, self._slope, self.gradient)


class BinaryCrossEntropy(Loss):
    """L = −1/(batch · outputs) Σ y log a + (1 − y) log(1 − a), with a = sigmoid(z)."""

    kind = "binary_cross_entropy"

    def check(self, layers: Sequence[Layer]) -> None:
        """Raise if the last layer is no sigmoid, or no vector."""
        super().check(layers)
        _need_last(self.kind, layers, "sigmoid")

    def check_values(self, y: Array) -> Targets:
        """Return targets from probabilities."""
        if y.size and not (y.min() >= 0 and y.max() <= 1):
            raise InvalidValueError(
                f"{self.kind}: expected targets from 0 to 1, got {y.min():g} to {y.max():g}"
            )
        return Targets(y, None)

    def at(self, last: LayerPass) -> "BinaryCrossEntropyPass":
        """Return a pass behind the network's last layer."""
        assert isinstance(last, SigmoidPass)
        return BinaryCrossEntropyPass(last)


class BinaryCrossEntropyPass(LossPass):
    """A binary cross-entropy and its sigmoid's backward at work."""

    stands_in = True
    last: SigmoidPass

    def __init__(self, last: SigmoidPass) -> None:
        super().__init__(last)
        self._size = self.target.size
        self._each = np.empty_like(self.target)
        self._product = np.empty_like(self.target)
        self._share = np.array(1.0 / self._size, self.target.dtype)

    def value(self) -> float:
        """Return the loss of the last forward, as Σ log(exp 0 + exp z) − y z."""
        np.logaddexp(self.last.z, 0, self._each)
        np.multiply(self.last.z, self.target, self._product)
        np.subtract(self._each, self._product, self._each)
        return float(np.add.reduce(self._each, None)) / self._size

    def backward(self) -> None:
        """Compute dz = (a − y) / (batch · outputs)."""
        np.subtract(self.last.a, self.target, self._each)
        np.multiply(self._each, self._share, self.gradient)

    def output_gradient(self) -> Array:
        """Compute da = (a − y) / (a (1 − a)) / (batch · outputs)."""
        a, da = self.last.a, self.last.out.allocate_gradient()
        np.divide(self.gradient, np.maximum(a * (1 - a), np.finfo(a.dtype).tiny), da)
        return da


class CategoricalCrossEntropy(Loss):
    """L = −1/batch Σ y log a, with a = softmax(z)."""

    kind = "categorical_cross_entropy"

    def check(self, layers: Sequence[Layer]) -> None:
        """Raise if the last layer is no softmax of at least two classes."""
        super().check(layers)
        _need_last(self.kind, layers, "softmax")
        if layers[-1].output_shape[0] < 2:
            raise ShapeError(f"{layers[-1].name}: expected at least 2 features, got 1")

    def check_values(self, y: Array) -> Targets:
        """Return targets from rows of probabilities."""
        if y.size and not (y.min() >= 0 and np.allclose(y.sum(axis=1), 1, atol=1e-5)):
            raise InvalidValueError(f"{self.kind}: expected each row of targets to add up to 1")
        return Targets(y, y.argmax(axis=1))

    def at(self, last: LayerPass) -> "CategoricalCrossEntropyPass":
        """Return a pass behind the network's last layer."""
        assert isinstance(last, SoftmaxPass)
        return CategoricalCrossEntropyPass(last)


class CategoricalCrossEntropyPass(LossPass):
    """A categorical cross-entropy and its softmax's backward at work."""

    stands_in = True
    last: SoftmaxPass

    def __init__(self, last: SoftmaxPass) -> None:
        super().__init__(last)
        self._log_total = np.empty_like(last.total)
        self._error = np.empty_like(self.target)
        self._share = np.array(1.0 / self.batch, self.target.dtype)
        self._shifted, self._targets = last.shifted.reshape(-1), self.target.reshape(-1)

    def value(self) -> float:
        """Return the loss of the last forward, as Σ log Σ exp(z − max z) − y (z − max z)."""
        np.log(self.last.total, self._log_total)
        chosen = float(self._targets.dot(self._shifted))
        return (float(np.add.reduce(self._log_total)) - chosen) / self.batch

    def backward(self) -> None:
        """Compute dz = (a − y) / batch."""
        np.subtract(self.last.a, self.target, self._error)
        np.multiply(self._error, self._share, self.gradient)

    def output_gradient(self) -> Array:
        """Compute da = −y / a / batch."""
        a, da = self.last.a, self.last.out.allocate_gradient()
        np.divide(self.target, np.maximum(a, np.finfo(a.dtype).tiny), da)
        np.multiply(da, -self._share, da)
        return da


LOSSES: dict[str, Loss] = {
    loss.kind: loss
    for loss in (
        MeanSquaredError(),
        HalfMeanSquaredError(),
        BinaryCrossEntropy(),
        CategoricalCrossEntropy(),
    )
}
"""Each loss by name."""


def _need_last(loss: str, layers: Sequence[Layer], kind: str) -> None:
    if layers[-1].kind != kind:
        raise InvalidValueError(
            f"{loss}: expected a {kind} as the last layer, "
            f"got {layers[-1].name} ({layers[-1].kind})"
        )
