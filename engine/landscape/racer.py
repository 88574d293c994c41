"""Those who race down a ground: what they ask of it, and the descenders among them.

A racer says where it wants to know J (`ask`), is told (`tell`), and moves. So a field of racers, or
one racer at many rates, is evaluated in one call.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from engine.nn.optimizers import OPTIMIZERS, Optimizer
from engine.snapshot import Array

DESCENDERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
"""The racers that go by the gradient."""


class Racer(Protocol):
    """One who looks for the lowest place of a ground.

    Attributes
    ----------
    kind : str
    by_gradient : bool
        Whether it asks for the gradient, too.
    wants : int
        At how many places it asks for its next move.
    w : ndarray of shape (d,)
        Where it stands.
    J : float
        J there, as far as it has been told; NaN if it has not.
    """

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def by_gradient(self) -> bool: ...  # noqa: D102
    @property
    def wants(self) -> int: ...  # noqa: D102
    @property
    def w(self) -> Array: ...  # noqa: D102

    J: float

    def ask(self) -> Array:
        """Return where it wants to know J for its next move, of shape (wants, d)."""

    def tell(self, told: Array, progress: float) -> None:
        """Move, given what was asked for.

        Parameters
        ----------
        told : ndarray of shape (wants,), or (wants, d) for one who goes by the gradient
            J at each place, or the gradient.
        progress : float
            Which share of the budget is spent, from 0 to 1, this move's included.
        """

    def state(self) -> Mapping[str, Array]:
        """Return what it knows and has done last, by its names in the ledgers; not copied."""

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs to go on to the byte."""

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what was saved."""


class Descender:
    """One who goes by the gradient: one update of an optimizer is a move.

    Parameters
    ----------
    kind : {"sgd", "momentum", "nesterov", "rmsprop", "adam"}
    start : ndarray of shape (d,)
    rate : float
        η.
    momentum : float
        μ, where the optimizer has one.

    Attributes
    ----------
    optimizer : Optimizer
        The very one that trains networks: `engine/nn/optimizers.py` has the rules' sources.
    before, dw, update : ndarray of shape (d,)
        Of the last move: where it stood, the gradient there, and what was added. NaN before any.
    remembered : dict of str to ndarray
        What the optimizer remembered before the last move.
    """

    by_gradient = True
    wants = 1

    def __init__(self, kind: str, start: Array, *, rate: float, momentum: float = 0.9) -> None:
        self.kind = kind
        self.rate = rate
        self.momentum = momentum
        self.w = np.array(start, np.float64)
        options = {"momentum": momentum} if kind in ("momentum", "nesterov") else {}
        self.optimizer: Optimizer = OPTIMIZERS[kind](self.w, learning_rate=rate, **options)
        self.J = np.nan
        self.before, self.dw, self.update = (np.full_like(self.w, np.nan) for _ in range(3))
        self.remembered = {name: one.copy() for name, one in self.optimizer.state().items()}

    def ask(self) -> Array:
        """Return where it stands."""
        return self.w[None]

    def tell(self, told: Array, progress: float) -> None:
        """Take one update."""
        self.before[:], self.dw[:] = self.w, told[0]
        for name, one in self.optimizer.state().items():
            self.remembered[name][:] = one
        with np.errstate(all="ignore"):  # who runs away is told so by the race
            self.optimizer.update(self.w, self.dw)
        self.J = np.nan

    def state(self) -> dict[str, Array]:
        """Return the last move, and what the optimizer remembers now and remembered before."""
        now = self.optimizer.state()
        found = {"before": self.before, "dw": self.dw, "update": self._update(now), **now}
        found |= {f"{name}_before": one for name, one in self.remembered.items() if name != "t"}
        if self.kind == "nesterov":
            found["ball"] = self.w + self.rate * self.momentum * now["v"]
        if self.kind in ("rmsprop", "adam"):
            found["scale"] = self._scale(now)
        if self.kind == "adam":
            found |= self.corrected(now)
        return found

    def corrected(self, now: Mapping[str, Array]) -> dict[str, Array]:
        """Return Adam's m̂ and v̂, which undo that m and v began at 0; NaN before any move."""
        constants, t = self.optimizer.constants(), float(now["t"][0])
        if not t:
            return {name: np.full_like(self.w, np.nan) for name in ("m_hat", "v_hat")}
        rest1, rest2 = (1 - constants[beta] ** t for beta in ("beta1", "beta2"))
        return {"m_hat": now["m"] / rest1, "v_hat": now["v"] / rest2}

    def _update(self, now: Mapping[str, Array]) -> Array:
        """Return what the rule adds, from what is remembered: exact where w − before rounds."""
        if np.isnan(self.before[0]):
            return self.update
        if self.kind == "momentum":
            return -self.rate * now["v"]
        if self.kind == "nesterov":
            return -self.rate * (self.dw + self.momentum * now["v"])
        if self.kind == "rmsprop":
            return -self._scale(now) * self.dw
        if self.kind == "adam":
            return -self._scale(now) * self.corrected(now)["m_hat"]
        return -self.rate * self.dw

    def _scale(self, now: Mapping[str, Array]) -> Array:
        """Return the rate that each coordinate has: η over the root of its mean square."""
        if np.isnan(self.before[0]):
            return np.full_like(self.w, np.nan)
        squares = now["s"] if self.kind == "rmsprop" else self.corrected(now)["v_hat"]
        return self.rate / (np.sqrt(squares) + self.optimizer.constants()["epsilon"])

    def save(self) -> dict[str, Array]:
        """Return where it stands, its last move and what the optimizer remembers."""
        own = {"w": self.w, "before": self.before, "dw": self.dw, "J": np.array(self.J)}
        own |= {f"now.{name}": one for name, one in self.optimizer.state().items()}
        own |= {f"was.{name}": one for name, one in self.remembered.items()}
        return {name: one.copy() for name, one in own.items()}

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what was saved."""
        self.w[:], self.before[:], self.dw[:] = state["w"], state["before"], state["dw"]
        self.J = float(state["J"])
        memory = self.optimizer.state()
        self.optimizer.load({name: state[f"now.{name}"] for name in memory})
        for name, one in self.remembered.items():
            one[:] = state[f"was.{name}"]
