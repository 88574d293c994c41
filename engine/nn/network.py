"""The network: layers made from a description, and their parameters in one flat vector."""

import copy
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from engine.errors import InvalidValueError
from engine.nn.description import read_description
from engine.nn.layer import ParameterLayer
from engine.nn.passes import Pass
from engine.nn.rules import Whole
from engine.nn.signal import Shape
from engine.snapshot import Array

MAX_PASSES = 8
"""Passes kept for their next use; one that falls out still works for who holds it."""

MAX_BATCH = 4096


class SummaryRow(NamedTuple):
    """One layer in a network's summary.

    Attributes
    ----------
    name, kind : str
    input_shape, output_shape : Shape
        Usual shapes of one sample.
    parameters : int
        How many numbers the layer learns.
    formula : str
        How that number comes about, empty for a layer without parameters.
    """

    name: str
    kind: str
    input_shape: Shape
    output_shape: Shape
    parameters: int
    formula: str


class Network:
    """A feed-forward network.

    Parameters
    ----------
    description : mapping
        Its input shape, layers, loss and L2; see `read_description`.
    rng : Generator
        What the first weights are drawn from.
    dtype : dtype
        float32, or float64 where numbers are checked.

    Attributes
    ----------
    theta, gradient : ndarray of shape (parameters,)
        All parameters, and the loss's gradient there as of the last backward; the layers' W, b, dW
        and db are views into them.
    both : ndarray of shape (2 · parameters,)
        The memory of `theta` and `gradient`, so that one sum looks at both.
    l2 : float
        λ of the penalty λ/2 · Σ W², which is part of the loss; biases are left out.
    decay : ndarray of shape (parameters,)
        λ for weights, 0 for biases.

    Raises
    ------
    InvalidValueError, ShapeError
        If the description breaks a rule.
    """

    def __init__(
        self,
        description: Mapping[str, Any],
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        read = read_description(description)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise InvalidValueError(f"dtype: expected float32 or float64, got {self.dtype}")
        self.input_shape, self.layers, self.loss = read.input_shape, read.layers, read.loss
        self.l2 = read.l2
        parametric = [one for one in self.layers if isinstance(one, ParameterLayer)]
        size = sum(one.parameter_count for one in parametric)
        self.both = np.zeros(2 * size, self.dtype)
        self.theta, self.gradient = self.both[:size], self.both[size:]
        start = 0
        for layer in parametric:
            stop = start + layer.parameter_count
            layer.place(self.theta[start:stop], self.gradient[start:stop])
            layer.initialize(rng=rng)
            start = stop
        self.decay = self._decay()
        self._passes: OrderedDict[tuple[int, str], Pass] = OrderedDict()

    @property
    def grad(self) -> Array:
        """The loss's gradient as of the last backward: `gradient` by its short name."""
        return self.gradient

    def at(self, batch: int, use: str = "") -> Pass:
        """Return the pass for batches of this size, the same one at every call.

        Parameters
        ----------
        batch : int
            Samples, from 1 to `MAX_BATCH`.
        use : str
            What for: passes of one size for different uses do not disturb each other's tensors.
        """
        key = Whole(1, MAX_BATCH).check(batch, "batch"), use
        if key not in self._passes:
            self._passes[key] = Pass(self, batch)
            if len(self._passes) > MAX_PASSES:
                self._passes.popitem(last=False)
        self._passes.move_to_end(key)
        return self._passes[key]

    def without_penalty(self) -> "Network":
        """Return a network of the same layers and parameters whose loss has no penalty.

        It shares all memory of layers and parameters, so it is always at the same place; its passes
        are its own.
        """
        other = copy.copy(self)
        other.l2 = 0.0
        other.decay = np.zeros_like(self.decay)
        other._passes = OrderedDict()
        return other

    def forget(self, use: str) -> None:
        """Make new passes for this use from now on."""
        for key in [key for key in self._passes if key[1] == use]:
            del self._passes[key]

    def parameters(self) -> dict[str, Array]:
        """Return `<layer>.W` and `<layer>.b` of all layers: views in the usual order."""
        return dict(self._views("W", "b"))

    def gradients(self) -> dict[str, Array]:
        """Return `<layer>.dW` and `<layer>.db` of all layers: views in the usual order."""
        return dict(self._views("dW", "db"))

    def named(self, flat: Array) -> dict[str, Array]:
        """Return `<layer>.W` and `<layer>.b` of a vector that lies as `theta`: views.

        Parameters
        ----------
        flat : ndarray of shape (parameters,)
            Parameters of another moment, or what an optimizer remembers of them.
        """
        found: dict[str, Array] = {}
        start = 0
        for layer in self.layers:
            if isinstance(layer, ParameterLayer):
                stop = start + layer.parameter_count
                found[f"{layer.name}.W"], found[f"{layer.name}.b"] = layer.split(flat[start:stop])
                start = stop
        return found

    def summary(self) -> tuple[SummaryRow, ...]:
        """Return what each layer takes, gives and learns."""
        rows = []
        for one in self.layers:
            count, formula = 0, ""
            if isinstance(one, ParameterLayer):
                count, formula = one.parameter_count, one.parameter_formula
            shapes = one.input_shape, one.output_shape
            rows.append(SummaryRow(one.name, one.kind, *shapes, count, formula))
        return tuple(rows)

    def _views(self, *shorts: str) -> Iterator[tuple[str, Array]]:
        for layer in self.layers:
            if isinstance(layer, ParameterLayer):
                for short in shorts:
                    yield f"{layer.name}.{short}", getattr(layer.views, short)

    def _decay(self) -> Array:
        """Write λ where weights are and 0 where biases are, by way of the layers' own views."""
        kept = self.theta.copy()
        self.theta[...] = 0
        for _, view in self._views("W"):
            view[...] = self.l2
        decay = self.theta.copy()
        self.theta[...] = kept
        return decay
