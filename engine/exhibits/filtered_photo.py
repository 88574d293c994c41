"""A whole photograph and what the kernel makes of it, in grey levels that can be looked at."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.errors import InvalidValueError
from engine.explain.arithmetic import Arithmetic, leaf, times
from engine.explain.correlation import Named, ledger_of, window_sum
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.sliding import SlidingWindow
from engine.nn.correlate import Sliding
from engine.snapshot import Array

ARRAYS = ("photo", "photo.y")

MIDDLE = 128
"""The grey level that stands for 0 where sums have both signs."""


class FilteredPhoto:
    """A photograph under the filter that is looked at.

    Parameters
    ----------
    photo : ndarray of shape (channels, rows, columns), uint8
    sliding : Sliding
        How the window moves over it.
    moment : SlidingWindow
        With the same kernels on fewer pixels.
    """

    def __init__(self, photo: Array, sliding: Sliding, moment: SlidingWindow) -> None:
        self._photo = photo
        self._sliding = sliding
        self._moment = moment
        self._kernel = moment.kernels[moment.looked_at]

    @cached_property
    def scale(self) -> float:
        """What a sum is divided by, so that it is a grey level again.

        The sum of the weights if that is above 1 (a blur); a quarter of their sizes if they cancel
        out (edges), if that is above 1; else 1.
        """
        weight, size = float(self._kernel.sum()), float(np.abs(self._kernel).sum())
        return max(1.0, weight if self.middle == 0 else size / 4)

    @cached_property
    def middle(self) -> int:
        """The grey level of 0: 128 where the weights cancel out, else 0, black."""
        return MIDDLE if abs(float(self._kernel.sum())) < 1e-6 and self._kernel.any() else 0

    @cached_property
    def sums(self) -> Array:
        """The sums, of shape (out rows, out columns), float32."""
        padded = self._sliding.pad(self._photo.astype(np.float32))
        looked_at = self._moment.looked_at
        sums: Array = self._sliding.correlate(padded, self._moment.met[looked_at, None])[0]
        sums += self._moment.biases[looked_at]
        return sums

    @cached_property
    def levels(self) -> Array:
        """The sums as grey levels, uint8; see `FUNCTIONS["grey_level"]`."""
        levels = self.sums.astype(np.float64)
        levels *= 1 / self.scale
        levels += self.middle
        np.rint(levels, out=levels)
        return np.clip(levels, 0, 255, out=levels).astype(np.uint8)

    def arrays(self, names: Collection[str]) -> dict[str, Array]:
        """Return those of `ARRAYS` that are among `names`."""
        found = {"photo": self._photo} if "photo" in names else {}
        return found | ({"photo.y": self.levels} if "photo.y" in names else {})

    def scalars(self) -> dict[str, float]:
        """Return how sums become grey levels, and what a dense layer would have to learn."""
        inputs, outputs = self._photo.size, self._sliding.count
        return {
            "photo_scale": self.scale,
            "photo_middle": self.middle,
            "photo_inputs": inputs,
            "photo_outputs": outputs,
            "photo_dense_parameters": outputs * (inputs + 1),
        }

    def ledger(self, tensor: str, index: Index, *, page: int = 0) -> Ledger:
        """Return how a grey level, or a sum (`photo.z`), came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or element.
        """
        if tensor not in (*ARRAYS, "photo.z"):
            raise InvalidValueError(f"tensor: expected one of {', '.join(ARRAYS)}, got {tensor!r}")
        if tensor == "photo":
            photo = Named.of("photo", self._photo)
            full, value = photo.element(index)
            return ledger_of(photo, full, leaf("given", "x", value, "a grey level"), page=page)
        sums = Named.of("photo.z", self.sums)
        if tensor == "photo.z":
            full, _ = sums.element(index)
            return ledger_of(sums, full, self._sum(full, page), page=page)
        levels = Named.of("photo.y", self.levels)
        full, _ = levels.element(index)
        return ledger_of(levels, full, self._level(sums, full), page=page)

    def _level(self, sums: Named, full: Index) -> Arithmetic:
        """Explain a grey level: the sum, scaled, and put where 0 is, then rounded and cut off."""
        share, middle = 1 / self.scale, float(self.middle)
        terms = times(sums.factor(full), Factor("s", share)), times(Factor("m", middle))
        return Arithmetic(
            combine="function",
            function="grey_level",
            terms=terms,
            general=r"z \cdot s + m",
            numbers="",
            code=f"np.clip(np.rint(z[{full[0]}, {full[1]}] * {share!r} + {middle:g}), 0, 255)",
            symbols={"z": "photo.z"},
            note="rounded to a whole number, cut off at 0 (black) and 255 (white)",
        )

    def _sum(self, full: Index, page: int) -> Arithmetic:
        moment = self._moment
        return window_sum(
            self._sliding,
            _PaddedPhoto.of_photo(self._photo, self._sliding),
            moment.k,
            (moment.looked_at, full[0], full[1]),
            channels=slice(0, len(self._photo)),
            bias=moment.b,
            page=page,
        )


@dataclass(frozen=True, eq=False)
class _PaddedPhoto(Named):
    """A photograph with its border, whose cells are named as the pixels that they repeat."""

    sliding: Sliding

    @classmethod
    def of_photo(cls, photo: Array, sliding: Sliding) -> "_PaddedPhoto":
        padded = sliding.pad(photo)
        symbol = "x" if padded is photo else "padded"
        return cls("photo", symbol, padded, (True, True, True), sliding)

    def factor(self, full: Index) -> Factor:
        """Return a pixel as a factor, or the zero that stands in the padding."""
        source = self.sliding.source(full[1], full[2])
        if source is None:
            return Factor("0", 0.0)
        return Factor("x", float(self.array[full]), self.name, (full[0], *source))
