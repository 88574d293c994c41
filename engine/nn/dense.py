"""The dense layer: each output is a weighted sum of all inputs."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.nn.initializers import Initializer, InitializerRule
from engine.nn.layer import ParameterLayer, ParameterPass, ParameterViews
from engine.nn.rules import Rule, Whole
from engine.nn.signal import Shape, Signal
from engine.snapshot import Array


@dataclass(eq=False, kw_only=True)
class Dense(ParameterLayer):
    """Compute z = W x + b, for each sample.

    Tensors: `x` (batch, inputs), `W` (units, inputs), `b` (units,), `z` (batch, units).

    In the flat vector W and b lie as one matrix (units, inputs + 1) whose last column is b: the
    inputs come with a row of ones below them, so the bias costs nothing of its own.
    """

    kind: ClassVar[str] = "dense"
    rules: ClassVar[dict[str, Rule]] = {
        "units": Whole(1, 4096),
        "initializer": InitializerRule("xavier"),
    }

    units: int
    initializer: Initializer

    def shape_of_output(self) -> Shape:
        """Return (units,); raise `ShapeError` for a picture."""
        self.need_vector()
        return (self.units,)

    @property
    def parameter_count(self) -> int:
        """How many numbers this layer learns."""
        return self.units * (self.input_shape[0] + 1)

    @property
    def parameter_formula(self) -> str:
        """How `parameter_count` comes about, with the numbers in it."""
        return f"{self.units}·{self.input_shape[0]} + {self.units}"

    def place(self, theta: Array, gradient: Array) -> None:
        """Keep the parameters in `theta` and their gradients in `gradient` from now on."""
        self.matrix = theta.reshape(self.units, -1)
        self.dmatrix = gradient.reshape(self.units, -1)
        self.views = ParameterViews(*self.split(theta), *self.split(gradient))

    def split(self, flat: Array) -> tuple[Array, Array]:
        """Return views of W and b in a vector that lies as the parameters do."""
        matrix = flat.reshape(self.units, -1)
        return matrix[:, :-1], matrix[:, -1]

    def initialize(self, *, rng: np.random.Generator) -> None:
        """Draw the first weights; the bias starts at 0."""
        shape = self.views.W.shape
        self.views.W[...] = self.initializer.draw(shape, shape[1], shape[0], rng=rng)
        self.views.b[...] = 0

    def at(self, x: Signal) -> "DensePass":
        """Return a pass over batches that arrive in `x`."""
        return DensePass(self, x)


class DensePass(ParameterPass):
    """A dense layer at work."""

    layer: Dense

    def __init__(self, layer: Dense, x: Signal) -> None:
        super().__init__(layer, x, Signal(layer.output_shape, x.batch, x.dtype))
        # ndarray.dot takes a third of np.matmul's time on matrices this small; bound once
        self._times = layer.matrix.dot
        self._transposed_times = layer.matrix.T.dot

    def forward(self) -> None:
        """Compute z = [W b] [x; 1]: (units, inputs + 1) times (inputs + 1, batch)."""
        self._times(self.x.with_ones, self.out.value)

    def backward_parameters(self) -> None:
        """Compute [dW db] = dz [x; 1]ᵀ: (units, batch) times (batch, inputs + 1)."""
        self._dz_times(self._x_transposed, self.layer.dmatrix)

    def backward(self) -> None:
        """Compute [dx; ·] = [W b]ᵀ dz: (inputs + 1, units) times (units, batch)."""
        self._transposed_times(self.dout, self._dx_with_ones)

    def allocate_backward(self) -> None:
        """Make the gradients' buffers and bind the products to them."""
        super().allocate_backward()
        self._dz_times = self.dout.dot
        self._dx_with_ones = self.x.gradient_with_ones
        self._x_transposed = self.x.with_ones.T
