"""Flatten and dropout: where a number came from, and whether it was kept."""

from collections.abc import Iterator

import numpy as np

from engine.explain.activation import ElementwiseExplainer
from engine.explain.arithmetic import Arithmetic, at, identity, leaf, short_sum, times
from engine.explain.asking import Asked, Explainer
from engine.explain.ledger import Index
from engine.nn.layer import Layer
from engine.nn.shaping import Dropout, Flatten


class FlattenExplainer(Explainer):
    """A picture's numbers in one row: each is the one that it was."""

    def output(self, asked: Asked) -> Arithmetic:
        """Explain y[n, i] = x[n, c, r, s]."""
        (place,) = self.used(asked.layer, asked.index)
        return identity("x", asked.name("x"), place, asked.value)

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dx[n, c, r, s] = dy[n, i]."""
        (place,) = self.uses(asked.layer, asked.index)
        return identity("dy", asked.name("dy"), place, asked.value)

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the number's place in the row."""
        n, *place = index
        yield n, int(np.ravel_multi_index(place, layer.input_shape))

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the number's place in the picture."""
        yield index[0], *map(int, np.unravel_index(index[1], layer.input_shape))


class DropoutExplainer(ElementwiseExplainer):
    """y = x · mask, where the mask is 0, or one over the share that is kept."""

    def output(self, asked: Asked) -> Arithmetic:
        """Explain y = x · mask."""
        return self._masked(asked, "x")

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dx = dy · mask."""
        return self._masked(asked, "dy")

    def other(self, asked: Asked, short: str) -> Arithmetic:
        """Explain the mask: whether the number was kept, and by how much it grew then."""
        return leaf("given", r"\mathrm{mask}", asked.value, _fate(asked.value))

    def _masked(self, asked: Asked, short: str) -> Arithmetic:
        index = asked.index
        mask = asked.factor(r"\mathrm{mask}", "mask", index)
        symbol = "x" if short == "x" else r"\mathrm{dy}"
        return short_sum(
            times(asked.factor(symbol, short, index), mask),
            general=rf"{symbol} \cdot \mathrm{{mask}}",
            code=f"{at(short, index)} * {at('mask', index)}",
            symbols=asked.symbols(**{short: short, "mask": "mask"}),
            note=_fate(mask.value),
        )


def _fate(mask: float) -> str:
    if mask == 0:
        return "Dropped: this step does without it."
    if mask == 1:
        return "Kept as it is: nothing is left out."
    return f"Kept, and multiplied by {mask:.6g}, one over the share that is kept."


EXPLAINERS = {Flatten.kind: FlattenExplainer(), Dropout.kind: DropoutExplainer()}
