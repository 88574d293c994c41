"""Activations: a = f(z), number by number; softmax over all features of a sample.

Tensors of each: `x`, which is the layer before's output, and `a`, both of the input's shape.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.nn.layer import Layer, LayerPass
from engine.nn.rules import Number, Rule
from engine.nn.signal import Shape, Signal
from engine.snapshot import Array


class ActivationPass(LayerPass):
    """What all activations at work share: the output has the input's shape.

    Attributes
    ----------
    z, a : ndarray
        The input and the output, with the batch innermost.
    """

    out_name = "a"

    def __init__(self, layer: Layer, x: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        self.z = x.value
        self.a = self.out.value
        self._scratch = np.empty_like(self.a)


@dataclass(eq=False, kw_only=True)
class Linear(Layer):
    """a = z: for comparison; layers with it between them are one linear layer."""

    kind: ClassVar[str] = "linear"

    def at(self, x: Signal) -> "LinearPass":
        """Return a pass over batches that arrive in `x`."""
        return LinearPass(self, x)


class LinearPass(ActivationPass):
    """The identity at work."""

    def forward(self) -> None:
        """Compute a = z."""
        self.a[...] = self.z

    def backward(self) -> None:
        """Compute dz = da."""
        self.dx[...] = self.dout


@dataclass(eq=False, kw_only=True)
class Sigmoid(Layer):
    """a = 1 / (1 + exp(−z)), between 0 and 1."""

    kind: ClassVar[str] = "sigmoid"

    def at(self, x: Signal) -> "SigmoidPass":
        """Return a pass over batches that arrive in `x`."""
        return SigmoidPass(self, x)


class SigmoidPass(ActivationPass):
    """A sigmoid at work."""

    def forward(self) -> None:
        """Compute a = 1 / (1 + exp(−z)); where exp overflows to infinity, a is 0, its limit."""
        np.negative(self.z, self.a)
        np.exp(self.a, self.a)
        np.add(self.a, 1, self.a)
        np.reciprocal(self.a, self.a)

    def backward(self) -> None:
        """Compute dz = da · a (1 − a)."""
        np.multiply(self.a, self.a, self._scratch)
        np.subtract(self.a, self._scratch, self._scratch)
        np.multiply(self.dout, self._scratch, self.dx)


@dataclass(eq=False, kw_only=True)
class Tanh(Layer):
    """a = tanh(z), between −1 and 1."""

    kind: ClassVar[str] = "tanh"

    def at(self, x: Signal) -> "TanhPass":
        """Return a pass over batches that arrive in `x`."""
        return TanhPass(self, x)


class TanhPass(ActivationPass):
    """A hyperbolic tangent at work."""

    def forward(self) -> None:
        """Compute a = tanh(z)."""
        np.tanh(self.z, self.a)

    def backward(self) -> None:
        """Compute dz = da · (1 − a²), as da − da · a²."""
        np.multiply(self.a, self.a, self._scratch)
        np.multiply(self.dout, self._scratch, self._scratch)
        np.subtract(self.dout, self._scratch, self.dx)


@dataclass(eq=False, kw_only=True)
class ReLU(Layer):
    """a = max(z, 0); its slope at 0 is taken as 0.

    Source: Nair, Hinton, *Rectified linear units improve restricted Boltzmann machines*, 2010.
    """

    kind: ClassVar[str] = "relu"

    def at(self, x: Signal) -> "ReLUPass":
        """Return a pass over batches that arrive in `x`."""
        return ReLUPass(self, x)


class ReLUPass(ActivationPass):
    """A rectifier at work."""

    def __init__(self, layer: ReLU, x: Signal) -> None:
        super().__init__(layer, x)
        self._positive = np.empty(self.a.shape, bool)
        # the maximum of two arrays is four times as fast as that of an array and a number
        self._zeros = np.zeros(self.a.shape[1:], self.a.dtype)

    def forward(self) -> None:
        """Compute a = max(z, 0)."""
        np.maximum(self.z, self._zeros, out=self.a)

    def backward(self) -> None:
        """Compute dz = da where z > 0, else 0."""
        np.greater(self.z, 0, self._positive)
        np.multiply(self.dout, self._positive, self.dx)


@dataclass(eq=False, kw_only=True)
class LeakyReLU(Layer):
    """a = z where z > 0, slope · z elsewhere: no unit's gradient is ever wholly 0.

    Source: Maas, Hannun, Ng, *Rectifier nonlinearities improve neural network acoustic models*,
    2013.
    """

    kind: ClassVar[str] = "leaky_relu"
    rules: ClassVar[dict[str, Rule]] = {"slope": Number(0.0, 1.0, default=0.01, below=True)}

    slope: float

    def at(self, x: Signal) -> "LeakyReLUPass":
        """Return a pass over batches that arrive in `x`."""
        return LeakyReLUPass(self, x)


class LeakyReLUPass(ActivationPass):
    """A leaky rectifier at work.

    The layer's slope may be moved between two batches, up to 1, which is linear.
    """

    def __init__(self, layer: LeakyReLU, x: Signal) -> None:
        super().__init__(layer, x)
        self._layer = layer
        self._slope = np.array(layer.slope, x.dtype)
        self._negative = np.empty(self.a.shape, bool)

    @property
    def slope(self) -> float:
        """The slope of the last forward."""
        return float(self._slope)

    def forward(self) -> None:
        """Compute a = max(z, slope · z), as the slope is at most 1."""
        self._slope[...] = self._layer.slope
        np.multiply(self.z, self._slope, self._scratch)
        np.maximum(self.z, self._scratch, out=self.a)

    def backward(self) -> None:
        """Compute dz = da where z > 0, else slope · da."""
        np.less_equal(self.z, 0, self._negative)
        self.dx[...] = self.dout
        np.multiply(self.dout, self._slope, self.dx, where=self._negative)


@dataclass(eq=False, kw_only=True)
class Softmax(Layer):
    """a_k = exp(z_k) / Σ_j exp(z_j): positive numbers that add up to 1, one per class."""

    kind: ClassVar[str] = "softmax"

    def shape_of_output(self) -> Shape:
        """Return (classes,); raise `ShapeError` for a picture."""
        return (self.need_vector(),)

    def at(self, x: Signal) -> "SoftmaxPass":
        """Return a pass over batches that arrive in `x`."""
        return SoftmaxPass(self, x)


class SoftmaxPass(ActivationPass):
    """A softmax at work.

    Attributes
    ----------
    shifted : ndarray of shape (classes, batch)
        z − the sample's greatest z, which the cross-entropy is computed from.
    total : ndarray of shape (batch,)
        Σ exp(shifted).
    """

    def __init__(self, layer: Softmax, x: Signal) -> None:
        super().__init__(layer, x)
        self.shifted = np.empty_like(self.a)
        self.total = np.empty(x.batch, x.dtype)
        self._greatest = np.empty(x.batch, x.dtype)

    def forward(self) -> None:
        """Compute a = exp(z − max z) / Σ exp(z − max z)."""
        # subtract the sample's max: softmax is unchanged, exp cannot overflow
        np.maximum.reduce(self.z, axis=0, out=self._greatest)
        np.subtract(self.z, self._greatest, self.shifted)
        np.exp(self.shifted, self.a)
        np.add.reduce(self.a, axis=0, out=self.total)
        np.divide(self.a, self.total, self.a)

    def backward(self) -> None:
        """Compute dz = a · (da − Σ_k da_k a_k)."""
        np.multiply(self.dout, self.a, self._scratch)
        np.add.reduce(self._scratch, axis=0, out=self._greatest)
        np.subtract(self.dout, self._greatest, self.dx)
        np.multiply(self.dx, self.a, self.dx)


def over(layer: Layer, z: Array) -> tuple[Array, Array]:
    """Return f(z) and f'(z) at each z, as an activation that works number by number has them.

    Parameters
    ----------
    layer : Layer
        Of any kind but softmax; it need not be connected.
    z : ndarray of shape (places,), float64

    Returns
    -------
    tuple of two ndarrays of shape (places,), float64
        The slope is what `backward` makes of a gradient of 1.
    """
    layer.connect((1,))
    x = Signal((1,), len(z), np.float64)
    x.value[0] = z
    using = layer.at(x)
    using.allocate_backward()
    using.dout[...] = 1
    with np.errstate(over="ignore"):  # a sigmoid's exp, far to the left: its limit is right
        using.forward()
        using.backward()
    return using.out.value[0].copy(), using.dx[0].copy()
