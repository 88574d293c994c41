"""One layer by itself: its input is given, and so is the gradient of its output."""

from collections.abc import Mapping
from itertools import islice

from engine.explain import conv, dense, pool, tex
from engine.explain.arithmetic import Arithmetic, Paging, leaf
from engine.explain.asking import Asked, Explainer
from engine.explain.feeds import MOST
from engine.explain.ledger import Index, Ledger, Reference
from engine.explain.scene import Scope, element
from engine.explain.simple import worked
from engine.nn.layer import Layer
from engine.snapshot import Array

EXPLAINERS: Mapping[str, Explainer] = {
    kind: explainer
    for module in (conv, dense, pool)
    for kind, explainer in module.EXPLAINERS.items()
}


class Alone(Scope):
    """A layer that no network surrounds, with the numbers that it computed.

    Parameters
    ----------
    layer : Layer
        Connected.
    tensors : mapping of str to ndarray
        By their short names, in the usual order: `x`, the output, and where they are known the
        gradients of both.
    out : str
        The output's short name.
    notes : mapping of str to str
        What a number of a given tensor is, by its short name.
    """

    def __init__(
        self, layer: Layer, tensors: Mapping[str, Array], *, out: str, notes: Mapping[str, str]
    ) -> None:
        self.prefix = ""
        self._layer = layer
        self._arrays = dict(tensors)
        self._out = out
        self._notes = notes

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The one layer."""
        return (self._layer,)

    def name(self, number: int, short: str) -> str:
        """Return what tensor `short` is called."""
        return f"{self._layer.name}.{short}"

    def out_name(self, number: int) -> str:
        """Return the short name of the output."""
        return self._out

    def array(self, number: int, short: str) -> Array:
        """Return tensor `short`."""
        return self._arrays[short]

    def explain(self, short: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element of tensor `short` came about.

        Raises
        ------
        InvalidValueError
            If there is no such element.
        """
        tensor = self.name(0, short)
        index, value = element(tensor, self.array(0, short), index)
        asked = Asked(self, 0, index, value, Paging(page=page))
        explainer = EXPLAINERS[self._layer.kind]
        arithmetic = self._arithmetic(short, asked, explainer)
        feeds = self._feeds(short, index, explainer)
        return worked(tensor, index, value, arithmetic, symbol=short, page=page, feeds=feeds)

    def _arithmetic(self, short: str, asked: Asked, explainer: Explainer) -> Arithmetic:
        if short == self._out:
            return explainer.output(asked)
        if short == "dx":
            return explainer.input_gradient(asked)
        return leaf("given", tex.symbol(short), asked.value, self._notes.get(short, ""))

    def _feeds(self, short: str, index: Index, explainer: Explainer) -> tuple[Reference, ...]:
        """Return the first places where a number goes next."""
        if short == "x":
            places, to = explainer.uses(self._layer, index), self._out
        elif short == f"d{self._out}" and "dx" in self._arrays:
            places, to = explainer.used(self._layer, index), "dx"
        else:
            return ()
        return tuple(Reference(self.name(0, to), place) for place in islice(places, MOST))
