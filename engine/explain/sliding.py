"""A kernel that slides over a picture of numbers, at one moment: what it has made so far."""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.explain.correlation import Kernel, Named
from engine.nn.correlate import Sliding, turned
from engine.snapshot import Array

ARRAYS = (
    "x",
    "x.padded",
    "k",
    "k.turned",
    "b",
    "window",
    "places",
    "products",
    "sums",
    "y",
    "visits",
)
"""What a moment publishes."""


@dataclass(frozen=True, eq=False)
class SlidingWindow:
    """One moment: the window has made the first numbers of the feature map.

    Parameters
    ----------
    sliding : Sliding
    picture : ndarray of shape (channels, rows, columns), float32
    kernels : ndarray of shape (filters, channels, size, size), float32
    biases : ndarray of shape (filters,), float32
    flip : bool
        Whether the kernels are turned by 180° before they are laid on the picture.
    known : int
        How many positions have been computed.
    looked_at : int
        The filter whose products are shown.
    pixel_note, kernel_note : str
        What a number of the picture, and one of the kernel, is.
    """

    sliding: Sliding
    picture: Array
    kernels: Array
    biases: Array
    flip: bool
    known: int
    looked_at: int
    pixel_note: str
    kernel_note: str

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the feature map that the window makes, or is about to make."""
        return self.sliding.place(max(self.known - 1, 0))

    @cached_property
    def x(self) -> Named:
        """The picture."""
        return Named.of("x", self.picture, leading=1)

    @cached_property
    def padded(self) -> Named:
        """The picture with its border; the picture itself, where there is none."""
        padded = self.sliding.pad(self.picture)
        if padded is self.picture:
            return self.x
        return Named.of("x.padded", padded, leading=1, symbol="x")

    @cached_property
    def k(self) -> Kernel:
        """The kernels."""
        named = Named.of("k", self.kernels, leading=2)
        return Kernel(named.name, named.symbol, named.array, named.kept, self.flip)

    @cached_property
    def b(self) -> Named:
        """The biases."""
        return Named.of("b", self.biases)

    @cached_property
    def met(self) -> Array:
        """The kernels as the window meets them."""
        return turned(self.kernels) if self.flip else self.kernels

    @cached_property
    def whole(self) -> Array:
        """The whole feature map, computed ahead: questions are judged by it."""
        padded = self.padded.array.astype(np.float64)
        sums = self.sliding.correlate(padded, self.met)
        return (sums + self.biases[:, None, None]).astype(np.float32)

    @cached_property
    def y(self) -> Named:
        """The feature map as far as it is known; NaN where there is no number yet."""
        y = self.whole.reshape(len(self.whole), -1).copy()
        y[:, self.known :] = np.nan
        return Named.of("y", y.reshape(self.whole.shape), leading=1)

    @cached_property
    def window(self) -> Named:
        """The numbers under the window."""
        window = self.sliding.window(self.padded.array, *self.place)
        return Named.of("window", window, leading=1)

    @cached_property
    def places(self) -> Named:
        """Where the numbers under the window lie among those of the padded picture."""
        shape = self.padded.array.shape
        everywhere = np.arange(self.padded.array.size, dtype=np.int32).reshape(shape)
        return Named.of("places", self.sliding.window(everywhere, *self.place), leading=1)

    @cached_property
    def products(self) -> Named:
        """Window times kernel, of the filter that is looked at."""
        products = self.window.array * self.met[self.looked_at]
        return Named.of("products", products, leading=1)

    @cached_property
    def sums(self) -> Named:
        """The products' sum in each channel."""
        sums = self.products.array.astype(np.float64).sum(axis=(1, 2))
        return Named.of("sums", sums.astype(np.float32))

    def arrays(self, names: Collection[str]) -> dict[str, Array]:
        """Return those of `ARRAYS` that are among `names`."""
        makers = {
            "x": lambda: self.x.shown,
            "x.padded": lambda: self.padded.shown,
            "k": lambda: self.k.shown,
            "k.turned": lambda: replace(self.k, array=turned(self.kernels)).shown,
            "b": lambda: self.b.shown,
            "window": lambda: self.window.shown,
            "places": lambda: self.places.shown,
            "products": lambda: self.products.shown,
            "sums": lambda: self.sums.shown,
            "y": lambda: self.y.shown,
            "visits": self.sliding.visits,
        }
        return {name: make() for name, make in makers.items() if name in names}

    def scalars(self) -> dict[str, float]:
        """Return the single numbers that the page writes."""
        sliding, (row, column) = self.sliding, self.place
        rows, columns = sliding.rows, sliding.columns
        channels, height, width = self.picture.shape
        filters, _, size, _ = self.kernels.shape
        outputs = filters * sliding.count
        found = {
            "position": max(self.known - 1, 0),
            "looked_at": self.looked_at,
            "row": row,
            "column": column,
            "in_rows": height,
            "in_columns": width,
            "channels": channels,
            "filters": filters,
            "size": size,
            "extent": rows.extent,
            "top_row": row * sliding.stride - rows.before,
            "left_column": column * sliding.stride - columns.before,
            "stride": sliding.stride,
            "above": rows.before,
            "below": rows.after,
            "left": columns.before,
            "right": columns.after,
            "out_rows": rows.count,
            "out_columns": columns.count,
            "never": int((sliding.visits() == 0).sum()),
            "greatest": _power_above(float(np.abs(self.whole).max())),
            "bias": float(self.biases[self.looked_at]),
            "parameters": filters * (channels * size * size + 1),
            "dense_parameters": outputs * (self.picture.size + 1),
            "outputs": outputs,
            "inputs": self.picture.size,
        }
        if self.known:
            found["value"] = float(self.whole[self.looked_at, row, column])
        return found

    @cached_property
    def partial(self) -> Named:
        """The sum of each channel alone, (filters, channels, out rows, out columns)."""
        padded = self.padded.array.astype(np.float64)
        parts = [
            self.sliding.correlate(padded[c : c + 1], self.met[:, c : c + 1])
            for c in range(len(padded))
        ]
        return Named.of("partial", np.stack(parts, axis=1).astype(np.float32), leading=1)

    def ahead(self) -> "SlidingWindow":
        """Return the moment one step further."""
        return replace(self, known=self.known + 1)


def _power_above(size: float) -> float:
    """Return the smallest power of two that is no smaller: the range of the map's colours."""
    return 2.0 ** math.ceil(math.log2(size)) if size > 0 else 1.0
