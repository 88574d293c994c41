"""The convolution: each filter slides over the picture and sums what it covers."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.nn.initializers import Initializer, InitializerRule
from engine.nn.kernels.convolution import (
    ConsecutiveInputGradient,
    Forward,
    Geometry,
    InputGradient,
    ParameterGradients,
)
from engine.nn.layer import ParameterLayer, ParameterPass, ParameterViews
from engine.nn.rules import Padding, Rule, Whole
from engine.nn.signal import Shape, Signal, spell
from engine.nn.windows import convolution_windows
from engine.snapshot import Array


@dataclass(eq=False, kw_only=True)
class Conv2D(ParameterLayer):
    """z[n, f, i, j] = b[f] + Σ W[f, c, u, v] x[n, c, i·stride + u·dilation − padding, …].

    The kernel is not flipped (a cross-correlation, as everywhere in the field). Tensors:
    `x` (batch, channels, rows, columns), `W` (filters, channels, size, size), `b` (filters,),
    `z` (batch, filters, out rows, out columns).

    Source: Dumoulin, Visin, *A guide to convolution arithmetic for deep learning*, 2016.
    """

    kind: ClassVar[str] = "conv2d"
    rules: ClassVar[dict[str, Rule]] = {
        "filters": Whole(1, 512),
        "size": Whole(1, 31, default=3),
        "stride": Whole(1, 16, default=1),
        "padding": Padding(64),
        "dilation": Whole(1, 16, default=1),
        "initializer": InitializerRule("he"),
    }

    filters: int
    size: int
    stride: int
    padding: str | int
    dilation: int
    initializer: Initializer

    def shape_of_output(self) -> Shape:
        """Return (filters, out rows, out columns).

        Raises
        ------
        ShapeError
            If the input is no picture or smaller than the kernel.
        InvalidValueError
            If the padding is so wide that windows would lie wholly outside the picture.
        """
        channels, rows, columns = self.need_picture()
        self.channels = channels
        reach = (self.size - 1) * self.dilation
        if isinstance(self.padding, int) and self.padding > reach:
            raise InvalidValueError(
                f"{self.name}: padding: expected at most {reach}, (size − 1)·dilation, "
                f"got {self.padding}"
            )
        self.rows, self.columns = (
            convolution_windows(length, self.size, self.stride, self.dilation, self.padding)
            for length in (rows, columns)
        )
        if self.rows.count < 1 or self.columns.count < 1:
            needed = self.rows.extent - self.rows.before - self.rows.after
            raise ShapeError(
                f"{self.name}: expected at least {needed} × {needed} pixels (size {self.size}, "
                f"dilation {self.dilation}, padding {self.padding}), got {spell((rows, columns))}"
            )
        return self.filters, self.rows.count, self.columns.count

    @property
    def parameter_count(self) -> int:
        """How many numbers this layer learns."""
        return self.filters * (self.channels * self.size**2 + 1)

    @property
    def parameter_formula(self) -> str:
        """How `parameter_count` comes about, with the numbers in it."""
        return f"{self.filters}·{self.channels}·{self.size}·{self.size} + {self.filters}"

    def place(self, theta: Array, gradient: Array) -> None:
        """Keep the parameters in `theta` and their gradients in `gradient` from now on.

        The weights lie there as (filters, kernel rows, channels, kernel columns); see
        `engine/nn/kernels/convolution.py` for why.
        """
        self.stored = ParameterViews(*self._as_stored(theta), *self._as_stored(gradient))
        self.views = ParameterViews(*self.split(theta), *self.split(gradient))

    def split(self, flat: Array) -> tuple[Array, Array]:
        """Return views of W and b in a vector that lies as the parameters do."""
        W, b = self._as_stored(flat)
        return W.transpose(0, 2, 1, 3), b

    def _as_stored(self, flat: Array) -> tuple[Array, Array]:
        shape = self.filters, self.size, self.channels, self.size
        return flat[: -self.filters].reshape(shape), flat[-self.filters :]

    def initialize(self, *, rng: np.random.Generator) -> None:
        """Draw the first weights; the bias starts at 0."""
        cells = self.size**2
        self.views.W[...] = self.initializer.draw(
            self.views.W.shape, self.channels * cells, self.filters * cells, rng=rng
        )
        self.views.b[...] = 0

    def at(self, x: Signal) -> "ConvPass":
        """Return a pass over batches that arrive in `x`."""
        return ConvPass(self, x)


class ConvPass(ParameterPass):
    """A convolution at work; `kernels/convolution.py` does the sums."""

    def __init__(self, layer: Conv2D, x: Signal) -> None:
        geometry = Geometry(layer.rows, layer.columns, layer.channels, layer.filters, x.batch)
        out = Signal(layer.output_shape, x.batch, x.dtype, gradient_rows=geometry.gradient_rows)
        super().__init__(layer, x, out)
        self._geometry = geometry
        self._stored = layer.stored
        self._forward = Forward(geometry, x.value, layer.stored.W, layer.stored.b, out.value)
        self._parameter_gradients: ParameterGradients | None = None
        self._input_gradient: InputGradient | ConsecutiveInputGradient | None = None

    def forward(self) -> None:
        """Compute z = W ∗ x + b."""
        self._forward()

    def backward_parameters(self) -> None:
        """Compute dW[f, c, u, v] = Σ dz[n, f, i, j] x[n, c, i·stride + u·dilation − padding, …]."""
        if self._parameter_gradients is None:
            self._parameter_gradients = ParameterGradients(
                *(self._geometry, self._forward.patches, self.dout),
                *(self._stored.dW, self._stored.db),
            )
        self._parameter_gradients()

    def backward(self) -> None:
        """Compute dx: each number collects W·dz from every window that it was in."""
        if self._input_gradient is None:
            consecutive = self._geometry.consecutive
            kernel = ConsecutiveInputGradient if consecutive else InputGradient
            self._input_gradient = kernel(
                self._geometry, self.out.padded_gradient, self._stored.W, self.dx
            )
        self._input_gradient()
