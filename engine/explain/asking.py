"""What a layer's kind is asked, and what all kinds share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.explain.arithmetic import Arithmetic, Paging, floats, leaf
from engine.explain.ledger import Factor, Index
from engine.explain.scene import Scope
from engine.nn.layer import Layer
from engine.snapshot import Array


@dataclass(frozen=True, slots=True)
class Asked:
    """One element of one tensor of one layer.

    Attributes
    ----------
    scope : Scope
        The pass that it belongs to.
    number : int
        Of the layer.
    index : tuple of int
        In the usual order.
    value : float
        What it is.
    paging : Paging
    """

    scope: Scope
    number: int
    index: Index
    value: float
    paging: Paging

    @property
    def layer(self) -> Any:
        """The layer; of the class that its explainer is for."""
        return self.scope.layers[self.number]

    @property
    def out_name(self) -> str:
        """The short name of the layer's output."""
        return self.scope.out_name(self.number)

    def array(self, short: str) -> Array:
        """Return a tensor of the layer."""
        return self.scope.array(self.number, short)

    def name(self, short: str) -> str:
        """Return what a tensor of the layer is called."""
        return self.scope.name(self.number, short)

    def symbols(self, **shorts: str) -> Mapping[str, str]:
        """Return the tensors' names by symbol, as `symbols(z="x")`: z stands for the input."""
        return {symbol: self.name(short) for symbol, short in shorts.items()}

    def factor(self, symbol: str, short: str, index: Index) -> Factor:
        """Return an element of a tensor of the layer as a factor."""
        return Factor(symbol, float(self.array(short)[index]), self.name(short), index)

    def function_of(self, symbol: str, value: float, short: str, index: Index) -> Factor:
        """Return a function of an element of a tensor of the layer as a factor."""
        return Factor(symbol, value, self.name(short), index, float(self.array(short)[index]))

    def vector(self, short: str, where: tuple[int | slice, ...]) -> Array:
        """Return a part of a tensor of the layer as one axis of float64."""
        return floats(self.array(short)[where])


class Explainer:
    """How the numbers of one kind of layer come about.

    Each method answers for one element; the names of what it is made of lead on.
    """

    def output(self, asked: Asked) -> Arithmetic:
        """Explain an element of the layer's output."""
        raise NotImplementedError

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain an element of the gradient of the layer's input."""
        raise NotImplementedError

    def gradient(self, asked: Asked, short: str) -> Arithmetic:
        """Explain an element of `dW` or `db`, without the penalty."""
        raise NotImplementedError

    def other(self, asked: Asked, short: str) -> Arithmetic:
        """Explain an element of a tensor that only this kind has."""
        return leaf("given", short, asked.value, "")

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the elements of the output that an element of the input goes into."""
        raise NotImplementedError

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the elements of the input that an element of the output is made of."""
        raise NotImplementedError

    def weighs(self, layer: Layer, short: str, index: Index) -> Iterator[Index]:
        """Yield elements of the output, of the first sample, that a parameter goes into."""
        raise NotImplementedError

    def weighed(self, layer: Layer, index: Index) -> Iterator[tuple[str, Index]]:
        """Yield the gradients (`dW` or `db`, index) that an output's gradient goes into."""
        return iter(())
