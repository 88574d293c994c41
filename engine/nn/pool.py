"""Pooling: each window of a feature map becomes one number."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.errors import ShapeError
from engine.nn.kernels.pooling import PairPool, WindowPool
from engine.nn.layer import Layer, LayerPass
from engine.nn.rules import Flag, Rule, Whole
from engine.nn.signal import Shape, Signal, spell
from engine.nn.windows import pooling_windows


@dataclass(eq=False, kw_only=True)
class Pool2D(Layer):
    """What both poolings share: windows of `size`×`size`, `stride` apart, on each channel.

    With `partial`, windows that reach over the border are kept and have fewer cells; without, what
    they would cover is dropped. Tensors: `x` (batch, channels, rows, columns),
    `y` (batch, channels, out rows, out columns).
    """

    rules: ClassVar[dict[str, Rule]] = {
        "size": Whole(1, 64, default=2),
        "stride": Whole(1, 64, default=2),
        "partial": Flag(default=False),
    }

    size: int
    stride: int
    partial: bool

    def shape_of_output(self) -> Shape:
        """Return (channels, out rows, out columns).

        Raises
        ------
        ShapeError
            If the input is no picture or smaller than a whole window.
        """
        channels, rows, columns = self.need_picture()
        self.rows, self.columns = (
            pooling_windows(length, self.size, self.stride, self.partial)
            for length in (rows, columns)
        )
        if self.rows.count < 1 or self.columns.count < 1:
            raise ShapeError(
                f"{self.name}: expected at least {self.size} × {self.size} pixels "
                f"(or partial windows), got {spell((rows, columns))}"
            )
        return channels, self.rows.count, self.columns.count


@dataclass(eq=False, kw_only=True)
class MaxPool2D(Pool2D):
    """y = the greatest number of each window.

    Backward, the first winner in row order gets all of the window's gradient.
    """

    kind: ClassVar[str] = "max_pool2d"

    def at(self, x: Signal) -> "MaxPoolPass":
        """Return a pass over batches that arrive in `x`."""
        return MaxPoolPass(self, x)


class MaxPoolPass(LayerPass):
    """A max pooling at work; `kernels/pooling.py` does the comparisons."""

    def __init__(self, layer: MaxPool2D, x: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        whole = layer.rows.after == 0 and layer.columns.after == 0
        kernel = PairPool if layer.size == layer.stride == 2 and whole else WindowPool
        self._kernel = kernel(layer.rows, layer.columns, x.value, self.out.value)

    def forward(self) -> None:
        """Compute y = max of each window."""
        self._kernel.forward()

    def allocate_backward(self) -> None:
        """Make the gradients' buffers and bind the kernel to them."""
        super().allocate_backward()
        self._kernel.bind(self.dout, self.dx)

    def backward(self) -> None:
        """Compute dx = dy at each window's first winner, else 0; overlapping windows add up."""
        self._kernel.backward()


@dataclass(eq=False, kw_only=True)
class AvgPool2D(Pool2D):
    """y = the mean of each window; a partial window's is the mean of the cells it has."""

    kind: ClassVar[str] = "avg_pool2d"

    def at(self, x: Signal) -> "AvgPoolPass":
        """Return a pass over batches that arrive in `x`."""
        return AvgPoolPass(self, x)


class AvgPoolPass(LayerPass):
    """An average pooling at work: the same cell of all windows is one strided slice."""

    def __init__(self, layer: AvgPool2D, x: Signal) -> None:
        super().__init__(x, Signal(layer.output_shape, x.batch, x.dtype))
        self._cells = [
            (out_rows, outs, rows, columns)
            for out_rows, rows in map(layer.rows.inside, range(layer.size))
            for outs, columns in map(layer.columns.inside, range(layer.size))
        ]
        counts = np.zeros((layer.rows.count, 1, layer.columns.count, 1), x.dtype)
        for out_rows, outs, _, _ in self._cells:
            counts[out_rows, :, outs] += 1
        self._share = 1 / counts

    def forward(self) -> None:
        """Compute y = Σ of each window / its cells."""
        y = self.out.value
        y.fill(0)
        for out_rows, outs, rows, columns in self._cells:
            part = y[out_rows, :, outs]
            np.add(part, self.x.value[rows, :, columns], part)
        np.multiply(y, self._share, y)

    def allocate_backward(self) -> None:
        """Make the gradients' buffers."""
        super().allocate_backward()
        self._each = np.empty_like(self.out.value)

    def backward(self) -> None:
        """Compute dx = dy / cells for every cell of a window; overlapping windows add up."""
        np.multiply(self.dout, self._share, self._each)
        dx = self.dx
        dx.fill(0)
        for out_rows, outs, rows, columns in self._cells:
            part = dx[rows, :, columns]
            np.add(part, self._each[out_rows, :, outs], part)
