"""Optimizers: how a gradient g moves the parameters θ.

Each works on flat vectors, in place, and allocates nothing after its start. η is the learning rate.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from engine.errors import InvalidValueError
from engine.snapshot import Array


class Optimizer:
    """What all optimizers share.

    Parameters
    ----------
    theta : ndarray of shape (parameters,)
        The parameters; only the shape and the dtype are kept.
    learning_rate : float
        η, finite and not negative.

    Attributes
    ----------
    kind : str
        What the trainer and the page call it.
    """

    kind: ClassVar[str]

    def __init__(self, theta: Array, *, learning_rate: float) -> None:
        self._scratch = np.empty_like(theta)
        self._rate = np.zeros((), theta.dtype)
        self.learning_rate = learning_rate

    @property
    def learning_rate(self) -> float:
        """η; may be changed between two updates."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        if not (math.isfinite(rate) and rate >= 0):
            raise InvalidValueError(f"learning_rate: expected a number from 0, got {rate!r}")
        self._learning_rate = float(rate)
        # arithmetic with an array without axes is twice as fast as with a Python number
        self._rate[...] = rate

    def update(self, theta: Array, gradient: Array) -> None:
        """Move `theta` in place, given the loss's `gradient` there; both (parameters,)."""
        raise NotImplementedError

    def constants(self) -> dict[str, float]:
        """Return the numbers beside η in the rule, as they are computed with."""
        return {}

    def state(self) -> dict[str, Array]:
        """Return what the optimizer remembers: flat arrays by name, not copied."""
        return {}

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what another optimizer of this kind remembered."""
        for name, array in self.state().items():
            array[...] = state[name]


class SGD(Optimizer):
    """θ ← θ − η g."""

    kind = "sgd"

    def update(self, theta: Array, gradient: Array) -> None:
        """Move `theta` in place, given the loss's `gradient` there."""
        np.multiply(gradient, self._rate, self._scratch)
        np.subtract(theta, self._scratch, theta)


class Momentum(Optimizer):
    """v ← μ v + g; θ ← θ − η v.

    Source: Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964; with η
    outside v, so that a new learning rate holds at once.

    Parameters
    ----------
    momentum : float
        μ.
    """

    kind = "momentum"

    def __init__(self, theta: Array, *, learning_rate: float, momentum: float = 0.9) -> None:
        super().__init__(theta, learning_rate=learning_rate)
        self._momentum = np.array(momentum, theta.dtype)
        self._v = np.zeros_like(theta)

    def update(self, theta: Array, gradient: Array) -> None:
        """Move `theta` in place, given the loss's `gradient` there."""
        np.multiply(self._v, self._momentum, self._v)
        np.add(self._v, gradient, self._v)
        np.multiply(self._v, self._rate, self._scratch)
        np.subtract(theta, self._scratch, theta)

    def constants(self) -> dict[str, float]:
        """Return μ."""
        return {"momentum": float(self._momentum)}

    def state(self) -> dict[str, Array]:
        """Return the velocity v."""
        return {"v": self._v}


class Nesterov(Momentum):
    """v ← μ v + g; θ ← θ − η (g + μ v): momentum that looks one step ahead.

    Source: Sutskever, Martens, Dahl, Hinton, *On the importance of initialization and momentum in
    deep learning*, 2013, with θ standing for the point looked ahead to.
    """

    kind = "nesterov"

    def update(self, theta: Array, gradient: Array) -> None:
        """Move `theta` in place, given the loss's `gradient` there."""
        np.multiply(self._v, self._momentum, self._v)
        np.add(self._v, gradient, self._v)
        np.multiply(self._v, self._momentum, self._scratch)
        np.add(self._scratch, gradient, self._scratch)
        np.multiply(self._scratch, self._rate, self._scratch)
        np.subtract(theta, self._scratch, theta)


class RMSprop(Optimizer):
    """s ← ρ s + (1 − ρ) g²; θ ← θ − η g / (√s + ε).

    Source: Tieleman, Hinton, *Lecture 6.5: divide the gradient by a running average of its recent
    magnitude*, 2012.

    Parameters
    ----------
    decay, epsilon : float
        ρ and ε.
    """

    kind = "rmsprop"

    def __init__(
        self, theta: Array, *, learning_rate: float, decay: float = 0.9, epsilon: float = 1e-8
    ) -> None:
        super().__init__(theta, learning_rate=learning_rate)
        self._decay = np.array(decay, theta.dtype)
        self._rest = np.array(1 - decay, theta.dtype)
        self._epsilon = np.array(epsilon, theta.dtype)
        self._s = np.zeros_like(theta)

    def update(self, theta: Array, gradient: Array) -> None:
        """Move `theta` in place, given the loss's `gradient` there."""
        scratch = self._scratch
        np.multiply(gradient, gradient, scratch)
        np.multiply(scratch, self._rest, scratch)
        np.multiply(self._s, self._decay, self._s)
        np.add(self._s, scratch, self._s)
        np.sqrt(self._s, scratch)
        np.add(scratch, self._epsilon, scratch)
        np.divide(gradient, scratch, scratch)
        np.multiply(scratch, self._rate, scratch)
        np.subtract(theta, scratch, theta)

    def constants(self) -> dict[str, float]:
        """Return ρ and ε."""
        return {"decay": float(self._decay), "epsilon": float(self._epsilon)}

    def state(self) -> dict[str, Array]:
        """Return the running mean of squares s."""
        return {"s": self._s}


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − η m̂ / (√v̂ + ε).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo that m and v start at 0. Computed in the second
    form of the source's section 2, with both corrections in one factor.

    Source: Kingma, Ba, *Adam: a method for stochastic optimization*, 2015, algorithm 1.

    Parameters
    ----------
    beta1, beta2, epsilon : float
        β₁, β₂ and ε.
    """

    kind = "adam"

    def __init__(
        self,
        theta: Array,
        *,
        learning_rate: float,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(theta, learning_rate=learning_rate)
        self._betas = beta1, beta2
        self._epsilon = epsilon
        self._beta1, self._rest1 = np.array([beta1, 1 - beta1], theta.dtype).reshape(2, 1)
        self._beta2, self._rest2 = np.array([beta2, 1 - beta2], theta.dtype).reshape(2, 1)
        self._factor = np.zeros((), theta.dtype)
        self._shift = np.zeros((), theta.dtype)
        self._m = np.zeros_like(theta)
        self._v = np.zeros_like(theta)
        self._t = np.zeros(1)

    def update(self, theta: Array, gradient: Array) -> None:
        """Move `theta` in place, given the loss's `gradient` there."""
        scratch = self._scratch
        self._t += 1
        t = float(self._t[0])
        root = math.sqrt(1 - self._betas[1] ** t)
        self._factor[...] = self._learning_rate * root / (1 - self._betas[0] ** t)
        self._shift[...] = self._epsilon * root
        np.multiply(self._m, self._beta1, self._m)
        np.multiply(gradient, self._rest1, scratch)
        np.add(self._m, scratch, self._m)
        np.multiply(gradient, gradient, scratch)
        np.multiply(scratch, self._rest2, scratch)
        np.multiply(self._v, self._beta2, self._v)
        np.add(self._v, scratch, self._v)
        np.sqrt(self._v, scratch)
        np.add(scratch, self._shift, scratch)
        np.divide(self._m, scratch, scratch)
        np.multiply(scratch, self._factor, scratch)
        np.subtract(theta, scratch, theta)

    def constants(self) -> dict[str, float]:
        """Return β₁, β₂, ε and the count of updates t, from which the corrections come."""
        beta1, beta2 = self._betas
        return {"beta1": beta1, "beta2": beta2, "epsilon": self._epsilon, "t": float(self._t[0])}

    def state(self) -> dict[str, Array]:
        """Return the running means m and v, and the count of updates t."""
        return {"m": self._m, "v": self._v, "t": self._t}


OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.kind: optimizer for optimizer in (SGD, Momentum, Nesterov, RMSprop, Adam)
}
"""Each optimizer by name."""


def make_optimizer(kind: str, theta: Array, *, learning_rate: float) -> Optimizer:
    """Return a new optimizer; raise `InvalidValueError` if there is none of that name."""
    if kind not in OPTIMIZERS:
        raise InvalidValueError(f"optimizer: expected one of {', '.join(OPTIMIZERS)}, got {kind!r}")
    return OPTIMIZERS[kind](theta, learning_rate=learning_rate)
