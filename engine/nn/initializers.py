"""Where weights start. Biases always start at 0."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.errors import InvalidValueError
from engine.nn.rules import REQUIRED, Number, Rule, check_options
from engine.snapshot import Array


class Initializer(Protocol):
    """Draws the first weights of a layer."""

    def draw(
        self, shape: tuple[int, ...], n_in: int, n_out: int, *, rng: np.random.Generator
    ) -> Array:
        """Return weights.

        Parameters
        ----------
        shape : tuple of int
            The shape of the weights, in the usual order.
        n_in, n_out : int
            How many inputs one output is made of, and how many outputs one input goes to.
        rng : Generator
            The source of randomness.

        Returns
        -------
        ndarray of shape `shape`, float64
        """


@dataclass(frozen=True)
class Constant:
    """All weights the same: all units of a layer then compute and learn the same, for ever."""

    value: float

    def draw(
        self, shape: tuple[int, ...], n_in: int, n_out: int, *, rng: np.random.Generator
    ) -> Array:
        """Return `value` everywhere; nothing is drawn."""
        return np.full(shape, self.value)


@dataclass(frozen=True)
class Gaussian:
    """Weights from a Gaussian of mean 0 and standard deviation `scale`, whatever the layer."""

    scale: float

    def draw(
        self, shape: tuple[int, ...], n_in: int, n_out: int, *, rng: np.random.Generator
    ) -> Array:
        """Return `scale` times standard normal numbers."""
        return self.scale * rng.standard_normal(shape)


class Xavier:
    """Weights from a Gaussian of variance 1 / n_in: the signal keeps its size going forward.

    Source: LeCun, Bottou, Orr, Müller, *Efficient BackProp*, 1998, section 4.6; the form that is
    commonly called Xavier's.
    """

    def draw(
        self, shape: tuple[int, ...], n_in: int, n_out: int, *, rng: np.random.Generator
    ) -> Array:
        """Return standard normal numbers over √n_in."""
        return rng.standard_normal(shape) / math.sqrt(n_in)


class Glorot:
    """Uniform weights of variance 2 / (n_in + n_out): a compromise of forward and backward.

    Source: Glorot, Bengio, *Understanding the difficulty of training deep feedforward neural
    networks*, 2010, equation 16.
    """

    def draw(
        self, shape: tuple[int, ...], n_in: int, n_out: int, *, rng: np.random.Generator
    ) -> Array:
        """Return uniform numbers between ±√(6 / (n_in + n_out))."""
        limit = math.sqrt(6.0 / (n_in + n_out))
        return rng.uniform(-limit, limit, shape)


class He:
    """Weights from a Gaussian of variance 2 / n_in: a ReLU lets half of the signal through.

    Source: He, Zhang, Ren, Sun, *Delving deep into rectifiers*, 2015, equation 10.
    """

    def draw(
        self, shape: tuple[int, ...], n_in: int, n_out: int, *, rng: np.random.Generator
    ) -> Array:
        """Return standard normal numbers times √(2 / n_in)."""
        return rng.standard_normal(shape) * math.sqrt(2.0 / n_in)


INITIALIZERS: dict[str, tuple[type[Any], dict[str, Rule]]] = {
    "constant": (Constant, {"value": Number(-10.0, 10.0, default=0.1)}),
    "zeros": (Constant, {"value": Number(0.0, 0.0, default=0.0)}),
    "gaussian": (Gaussian, {"scale": Number(0.0, 10.0, default=0.1)}),
    "xavier": (Xavier, {}),
    "glorot": (Glorot, {}),
    "he": (He, {}),
}
"""Each initializer by name, with its options."""


@dataclass(frozen=True)
class InitializerRule:
    """An initializer's name, or `{"kind": name}` with its options."""

    default: Any = REQUIRED

    def check(self, value: object, where: str) -> Initializer:
        """Return the initializer."""
        given = dict(value) if isinstance(value, dict) else {"kind": value}
        kind = given.pop("kind", None)
        if not isinstance(kind, str) or kind not in INITIALIZERS:
            known = ", ".join(INITIALIZERS)
            raise InvalidValueError(f"{where}: expected one of {known}, got {kind!r}")
        make, rules = INITIALIZERS[kind]
        initializer: Initializer = make(**check_options(given, rules, where, kind))
        return initializer
