"""The residual link: what a block made of its input is added to that input."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.nn.layer import Layer, LayerPass
from engine.nn.rules import Rule, Whole
from engine.nn.signal import Shape, Signal, spell


@dataclass(eq=False, kw_only=True)
class Add(Layer):
    """y = x + s, where s is what went into the block: the last `over` layers before this one.

    With f for the block, y = s + f(s): the block learns what to change, and whatever it does, the
    gradient has a way past it. Any layers that keep the shape can be a block, dense or convolution.

    Tensors: `x`, what the block made; `y`, of the same shape. s has the name that it has
    everywhere, that of the output of the layer before the block.

    Source: He, Zhang, Ren, Sun, *Deep residual learning for image recognition*, 2016, equation 1.
    """

    kind: ClassVar[str] = "add"
    rules: ClassVar[dict[str, Rule]] = {"over": Whole(1, 63)}

    over: int

    def takes(self, number: int) -> tuple[int, ...]:
        """Return which signals arrive: what the block made, and what went into it.

        Raises
        ------
        InvalidValueError
            If there are not so many layers before it.
        """
        if self.over > number:
            raise InvalidValueError(
                f"{self.name}: over: expected at most {number}, the layers before it, "
                f"got {self.over}"
            )
        return number, number - self.over

    def shape_of_output(self) -> Shape:
        """Return the shape of both inputs; raise `ShapeError` if they differ."""
        (link,) = self.link_shapes
        if link != self.input_shape:
            raise ShapeError(
                f"{self.name}: expected {spell(link)}, as went into the block, "
                f"got {spell(self.input_shape)}"
            )
        return self.input_shape

    def at(self, x: Signal, link: Signal | None = None) -> "AddPass":
        """Return a pass over batches that arrive in `x` and in `link`."""
        assert link is not None
        return AddPass(self, x, link)


class AddPass(LayerPass):
    """A residual link at work.

    Attributes
    ----------
    link : Signal
        What went into the block.
    """

    def __init__(self, layer: Add, x: Signal, link: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        self.link = link

    def forward(self) -> None:
        """Compute y = x + s."""
        np.add(self.x.value, self.link.value, self.out.value)

    def allocate_backward(self) -> None:
        """Make the gradients' buffers, the link's as well."""
        super().allocate_backward()
        self._dlink = self.link.allocate_gradient()

    def backward(self) -> None:
        """Compute dx = dy."""
        self.dx[...] = self.dout

    def hand_back(self) -> None:
        """Add dy to the gradient of s; to be called once the block has computed its own part."""
        np.add(self._dlink, self.dout, self._dlink)
