"""Layers that rearrange or leave out numbers: flatten and dropout."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.nn.layer import Layer, LayerPass
from engine.nn.rules import Number, Rule
from engine.nn.signal import Shape, Signal, usual
from engine.snapshot import Array


@dataclass(eq=False, kw_only=True)
class Flatten(Layer):
    """A picture as one vector: channel by channel, row by row.

    Tensors: `x` (batch, channels, rows, columns), `y` (batch, channels · rows · columns).
    """

    kind: ClassVar[str] = "flatten"

    def shape_of_output(self) -> Shape:
        """Return (features,)."""
        return (int(np.prod(self.input_shape)),)

    def at(self, x: Signal) -> "FlattenPass":
        """Return a pass over batches that arrive in `x`."""
        return FlattenPass(self, x)


class FlattenPass(LayerPass):
    """A flatten layer at work: from (rows, channels, columns, batch) to (features, batch)."""

    def __init__(self, layer: Flatten, x: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        self._from = _channels_first(x.value)
        self._to = self.out.value.reshape(self._from.shape)

    def forward(self) -> None:
        """Compute y = the numbers of x in the usual order."""
        self._to[...] = self._from

    def allocate_backward(self) -> None:
        """Make the gradients' buffers."""
        super().allocate_backward()
        self._dx = _channels_first(self.dx)
        self._dy = self.dout.reshape(self._dx.shape)

    def backward(self) -> None:
        """Compute dx = dy, put back."""
        self._dx[...] = self._dy


def _channels_first(array: Array) -> Array:
    return array if array.ndim == 2 else array.transpose(1, 0, 2, 3)


@dataclass(eq=False, kw_only=True)
class Dropout(Layer):
    """While training, each number is left out with probability `rate`.

    What stays is divided by 1 − rate, so that the sum keeps its size and nothing changes when not
    training ("inverted" dropout). Tensors: `x`, `y` and `mask`, all of one shape; the mask holds
    0 or 1 / (1 − rate), and ones when not training.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, *Dropout: a simple way to
    prevent neural networks from overfitting*, 2014.
    """

    kind: ClassVar[str] = "dropout"
    rules: ClassVar[dict[str, Rule]] = {"rate": Number(0.0, 1.0, default=0.5, below=True)}

    rate: float

    def at(self, x: Signal) -> "DropoutPass":
        """Return a pass over batches that arrive in `x`."""
        return DropoutPass(self, x)


class DropoutPass(LayerPass):
    """A dropout layer at work: `draw` or `keep_all` first, then `forward`."""

    def __init__(self, layer: Dropout, x: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        self.layer = layer
        self.mask = np.ones_like(x.value)
        self._keeps_all = True

    def draw(self, *, rng: np.random.Generator) -> None:
        """Draw what is left out of the next batch; at rate 0 nothing is drawn."""
        if self.layer.rate == 0:
            self.keep_all()
            return
        self._keeps_all = False
        kept = rng.random(self.mask.shape, np.float32) >= self.layer.rate
        np.divide(kept, 1 - self.layer.rate, out=self.mask, casting="same_kind")

    def keep_all(self) -> None:
        """Leave nothing out of the next batch."""
        if not self._keeps_all:
            self.mask.fill(1)
            self._keeps_all = True

    def keep(self, mask: Array) -> None:
        """Multiply every sample of the next batch by one mask, of shape (units,)."""
        self.mask[...] = np.asarray(mask)[:, None]
        self._keeps_all = False

    def follow(self, other: "DropoutPass") -> None:
        """Leave out of the next batch what `other` has left out of its last."""
        self.mask[...] = other.mask
        self._keeps_all = False

    def forward(self) -> None:
        """Compute y = x · mask."""
        np.multiply(self.x.value, self.mask, self.out.value)

    def backward(self) -> None:
        """Compute dx = dy · mask."""
        np.multiply(self.dout, self.mask, self.dx)

    def forward_tensors(self) -> dict[str, Array]:
        """Return views of the mask and the output."""
        return {"mask": usual(self.mask), **super().forward_tensors()}
