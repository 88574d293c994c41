"""Simulated annealing: a step to a random neighbour, also uphill while it is hot."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from engine.snapshot import Array

Draws = Callable[[int], np.random.Generator]
"""The generator for a block of random numbers, so that no generator has to be remembered."""

BLOCK = 64
"""Proposals whose random numbers are drawn at once."""

FIRST = 8
"""Neighbours of the start that are looked at to see how much J differs from place to place."""

COLDEST = 1e-6
"""The temperature at the end, of that at the beginning."""

SINGLE = (
    *("T", "T0", "sigma", "T_before", "sigma_before"),
    *("J_before", "J_proposed", "chance", "u"),
)

DOWN, UP, REJECTED = range(3)
"""What came of a proposal."""


class Annealing:
    """Propose w' = w + σ √(T/T₀) z, z normal; go there if u < exp(−(J' − J) / T), u uniform.

    T falls from T₀ by the same factor with each evaluation: T = T₀ · c^p at the share p of the
    budget. T₀ is `heat` times the mean difference in J to `FIRST` neighbours of the start.

    Sources: the acceptance, Metropolis et al., *Equation of state calculations by fast computing
    machines*, 1953; the falling temperature, Kirkpatrick, Gelatt, Vecchi, *Optimization by
    simulated annealing*, 1983; a variance of the proposals proportional to T, Szu, Hartley, *Fast
    simulated annealing*, 1987 (what it calls Boltzmann annealing); T₀ from differences in J,
    White, *Concepts of scale in simulated annealing*, 1984.

    Parameters
    ----------
    start : ndarray of shape (d,)
    rate : float
        σ, the standard deviation of the first proposals.
    heat : float
        T₀ over the mean difference.
    rng : callable of int -> Generator

    Attributes
    ----------
    T, T0, sigma : float
        The temperature, the first one, and the proposals' present standard deviation.
    T_before, sigma_before : float
        What they were for the last move.
    counts : ndarray of shape (3,)
        Proposals accepted downhill, accepted uphill, rejected.
    proposal, z, before : ndarray of shape (d,)
        Of the last move; NaN before any.
    """

    kind = "annealing"
    by_gradient = False

    def __init__(self, start: Array, *, rate: float, heat: float = 1.0, rng: Draws) -> None:
        self.w = np.array(start, np.float64)
        self.J = np.nan
        self.rate, self.heat = rate, heat
        self._rng = rng
        self._block = -1
        self.made = 0
        self.T = self.T0 = np.nan
        self.sigma = rate
        self.counts = np.zeros(3, np.int64)
        self.before, self.proposal, self.z = (np.full_like(self.w, np.nan) for _ in range(3))
        self.J_before = self.J_proposed = self.chance = self.u = np.nan
        self.T_before = self.sigma_before = np.nan

    @property
    def wants(self) -> int:
        """At how many places it asks for its next move."""
        return 1 if self.made else 1 + FIRST

    def ask(self) -> Array:
        """Return the proposal; at first, the start and some of its neighbours."""
        if self.made == 0:
            first = self._draw(0)[0][:FIRST]
            return np.concatenate([self.w[None], self.w + self.rate * first])
        return (self.w + self.sigma * self._number(self.made)[0])[None]

    def tell(self, told: Array, progress: float) -> None:
        """Go to the proposal or stay, and cool down."""
        if self.made == 0:
            self.J = float(told[0])
            differences = np.abs(told[1:] - told[0])
            self.T0 = self.heat * _mean(differences[np.isfinite(differences)])
            self.made = FIRST
        else:
            z, self.u = self._number(self.made)
            self.before[:], self.z[:], self.J_before = self.w, z, self.J
            self.T_before, self.sigma_before = self.T, self.sigma
            self.proposal[:], self.J_proposed = self.w + self.sigma * z, float(told[0])
            self.made += 1
            self._judge()
        self.T = self.T0 * COLDEST**progress
        self.sigma = self.rate * COLDEST ** (progress / 2)

    def _judge(self) -> None:
        rise = self.J_proposed - self.J
        if rise <= 0:
            self.chance = 1.0
        else:
            self.chance = math.exp(-rise / self.T) if self.T > 0 and math.isfinite(rise) else 0.0
        if rise <= 0 or self.u < self.chance:
            self.w[:], self.J = self.proposal, self.J_proposed
            self.counts[DOWN if rise <= 0 else UP] += 1
        else:
            self.counts[REJECTED] += 1

    def state(self) -> dict[str, Array]:
        """Return the last proposal and what came of it, and how hot it is."""
        found = {name: np.array([getattr(self, name)]) for name in SINGLE}
        own = {"before": self.before, "proposal": self.proposal, "z": self.z}
        return found | own | {"counts": self.counts.astype(np.int32)}

    def save(self) -> dict[str, Array]:
        """Return where it stands, its temperature and its last move."""
        state = {name: one.copy() for name, one in self.state().items()}
        return state | {"w": self.w.copy(), "J": np.array(self.J), "made": np.array(self.made)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what was saved."""
        for name in SINGLE:
            setattr(self, name, float(state[name][0]))
        for name in ("w", "before", "proposal", "z", "counts"):
            getattr(self, name)[:] = state[name]
        self.J, self.made = float(state["J"]), int(state["made"])

    def _number(self, made: int) -> tuple[Array, float]:
        """Return z and u of the proposal with this number."""
        block, at = divmod(made, BLOCK)
        z, u = self._draw(block)
        return z[at], float(u[at])

    def _draw(self, block: int) -> tuple[Array, Array]:
        if block != self._block:
            rng = self._rng(block)
            self._block = block
            self._drawn = rng.standard_normal((BLOCK, len(self.w))), rng.random(BLOCK)
        return self._drawn


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else 0.0
