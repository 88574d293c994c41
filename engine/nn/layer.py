"""What all layers share: a description with rules, shapes, and passes that compute."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from engine.errors import ShapeError
from engine.nn.rules import Rule
from engine.nn.signal import Shape, Signal, spell, usual
from engine.snapshot import Array


@dataclass(eq=False, kw_only=True)
class Layer:
    """One layer as described: its options and its shapes. It holds no numbers of a batch.

    Attributes
    ----------
    kind : str
        What the description calls this class.
    rules : dict of str to Rule
        The options and what they accept.
    name : str
        What its tensors' names begin with.
    input_shape, output_shape : Shape
        Usual shapes of one sample; set by `connect`.
    link_shapes : tuple of Shape
        Of what arrives besides; empty but for a residual link.
    """

    kind: ClassVar[str]
    rules: ClassVar[dict[str, Rule]] = {}

    name: str

    def takes(self, number: int) -> tuple[int, ...]:
        """Return which signals arrive here, if this is layer `number`; the input comes first.

        Signal 0 is the network's input, signal n the output of the n-th layer.
        """
        return (number,)

    def connect(self, input_shape: Shape, *link_shapes: Shape) -> Shape:
        """Take the shapes of the signals that arrive, and return the output's shape.

        Raises
        ------
        ShapeError
            If this layer cannot take what the layer before it gives.
        """
        self.input_shape, self.link_shapes = input_shape, link_shapes
        self.output_shape = self.shape_of_output()
        return self.output_shape

    def shape_of_output(self) -> Shape:
        """Return the usual shape of one sample's output, from `input_shape`."""
        return self.input_shape

    def at(self, x: Signal) -> "LayerPass":
        """Return a pass over batches that arrive in `x`."""
        raise NotImplementedError

    def need_vector(self) -> int:
        """Return the number of input features; raise `ShapeError` if the input is a picture."""
        if len(self.input_shape) != 1:
            raise ShapeError(
                f"{self.name}: expected a vector, got {spell(self.input_shape)}; "
                "put a flatten layer before it"
            )
        return self.input_shape[0]

    def need_picture(self) -> tuple[int, int, int]:
        """Return channels, rows, columns; raise `ShapeError` if the input is a vector."""
        if len(self.input_shape) != 3:
            raise ShapeError(
                f"{self.name}: expected channels × rows × columns, got {spell(self.input_shape)}"
            )
        channels, rows, columns = self.input_shape
        return channels, rows, columns


class ParameterViews(NamedTuple):
    """A layer's parameters and their gradients in the usual order: views into flat vectors."""

    W: Array
    b: Array
    dW: Array
    db: Array


class ParameterLayer(Layer):
    """A layer with weights W and a bias b.

    Attributes
    ----------
    views : ParameterViews
        In the usual order; exist from `place` on.
    """

    views: ParameterViews

    @property
    def parameter_count(self) -> int:
        """How many numbers this layer learns."""
        raise NotImplementedError

    @property
    def parameter_formula(self) -> str:
        """How `parameter_count` comes about, with the numbers in it."""
        raise NotImplementedError

    def place(self, theta: Array, gradient: Array) -> None:
        """Keep the parameters in `theta` and their gradients in `gradient` from now on.

        Parameters
        ----------
        theta, gradient : ndarray of shape (parameter_count,)
            This layer's parts of the network's flat vectors.
        """
        raise NotImplementedError

    def split(self, flat: Array) -> tuple[Array, Array]:
        """Return views of W and b, in the usual order, in a vector that lies as the parameters do.

        Parameters
        ----------
        flat : ndarray of shape (parameter_count,)
        """
        raise NotImplementedError

    def initialize(self, *, rng: np.random.Generator) -> None:
        """Draw the first weights; the bias starts at 0."""
        raise NotImplementedError


class LayerPass:
    """One layer at work on batches of one size, with its own buffers.

    Parameters
    ----------
    x : Signal
        What arrives.
    out : Signal
        What it hands on.

    Attributes
    ----------
    out_name : str
        The output's tensor name: `z` for weighted sums, `a` for activations, `y` for the rest.
    dout, dx : ndarray
        The loss's gradients there, from `allocate_backward` on.
    """

    out_name: ClassVar[str] = "y"

    def __init__(self, x: Signal, out: Signal) -> None:
        self.x = x
        self.out = out
        self.dx: Array
        self.dout: Array

    def forward(self) -> None:
        """Compute `out.value` from `x.value`."""
        raise NotImplementedError

    def backward(self) -> None:
        """Compute `dx` from `dout`, for the last `forward`."""
        raise NotImplementedError

    def allocate_backward(self) -> None:
        """Make the buffers that `backward` needs: both signals' gradients, and its own."""
        self.dout = self.out.allocate_gradient()
        self.dx = self.x.allocate_gradient()

    def forward_tensors(self) -> dict[str, Array]:
        """Return views, in the usual order, of what `forward` computed, in that order."""
        return {self.out_name: usual(self.out.value)}


class ParameterPass(LayerPass):
    """A layer with parameters at work.

    Attributes
    ----------
    layer : ParameterLayer
        Whose parameters it uses.
    """

    out_name = "z"

    def __init__(self, layer: ParameterLayer, x: Signal, out: Signal) -> None:
        super().__init__(x, out)
        self.layer = layer

    def backward_parameters(self) -> None:
        """Compute dW and db from `dout`, for the last `forward`."""
        raise NotImplementedError
