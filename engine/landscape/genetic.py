"""A genetic algorithm on numbers: a population, of which the lower have the more children."""

from collections.abc import Mapping

import numpy as np

from engine.landscape.annealing import Draws
from engine.snapshot import Array

POPULATION = 12

BLEND = 0.5
"""How far a child may lie outside its parents, of their distance: α."""

FINEST = 1e-3
"""The mutations at the end, of those at the beginning."""


class Genetic:
    """Children c = a + u (b − a) + σ f^p z, of parents a and b who each won a tournament of two.

    For each number of a child, u is uniform from −α to 1 + α, and z is normal. The best of a
    generation lives on. At the share p of the budget, mutations are f^p of what they were.
    The first population is the start itself and places drawn around it, σ apart.

    Sources: the tournament, Goldberg, Deb, *A comparative analysis of selection schemes used in
    genetic algorithms*, 1991; the crossover (BLX-α), Eshelman, Schaffer, *Real-coded genetic
    algorithms and interval-schemata*, 1993; mutations that fade, Michalewicz, *Genetic algorithms +
    data structures = evolution programs*, 1992; that the best survives, De Jong, *An analysis of
    the behavior of a class of genetic adaptive systems*, 1975.

    Parameters
    ----------
    start : ndarray of shape (d,)
    rate : float
        σ, the standard deviation of the first mutations.
    rng : callable of int -> Generator
        Called with the number of the generation.

    Attributes
    ----------
    population, parents : ndarray of shape (POPULATION, d)
        This generation, its best first, and the one before it in its own order.
    J_all, J_parents : ndarray of shape (POPULATION,)
    a, b, u, z
        Of each child: its parents' numbers, and what was drawn; of shapes (POPULATION,) and
        (POPULATION, d).
    sigma : float
        The mutations' present standard deviation.
    """

    kind = "genetic"
    by_gradient = False

    def __init__(self, start: Array, *, rate: float, rng: Draws) -> None:
        self.w = np.array(start, np.float64)
        self.J = np.nan
        self.rate = rate
        self.sigma = rate
        self._rng = rng
        self.generation = 0
        d = len(self.w)
        self.population = np.tile(self.w, (POPULATION, 1))
        self.parents = self.population.copy()
        self.J_all, self.J_parents = (np.full(POPULATION, np.nan) for _ in range(2))
        self.a, self.b = (np.zeros(POPULATION, np.int64) for _ in range(2))
        self.u, self.z = (np.zeros((POPULATION, d)) for _ in range(2))

    @property
    def wants(self) -> int:
        """At how many places it asks for its next move: the best of a generation is known."""
        return POPULATION - 1 if self.generation else POPULATION

    def ask(self) -> Array:
        """Return the children; at first, all of the population."""
        if self.generation == 0:
            return self.population + self._first()
        a, b, u, z = self._breed()
        first, second = self.population[a], self.population[b]
        children: Array = first + u * (second - first) + self.sigma * z
        return children[1:]

    def tell(self, told: Array, progress: float) -> None:
        """Let the next generation live: the best of this one, and the children."""
        asked = self.ask()
        if self.generation == 0:
            self.z[:] = self._first()
            self._take(asked, told)
        else:
            drawn = self._breed()
            self.parents[:], self.J_parents[:] = self.population, self.J_all
            self.a[:], self.b[:], self.u[:], self.z[:] = drawn
            self.z *= self.sigma
            self._take(np.concatenate([self.w[None], asked]), np.concatenate([[self.J], told]))
        self.generation += 1
        self.sigma = self.rate * FINEST**progress

    def _first(self) -> Array:
        """Draw how far each of the first population is from the start; one is the start."""
        z = self._rng(0).standard_normal(self.population.shape)
        z[0] = 0
        return self.rate * z

    def _breed(self) -> tuple[Array, Array, Array, Array]:
        """Draw each child's parents and what mixes and changes them; the best is its own child."""
        rng = self._rng(self.generation)
        rivals = rng.integers(0, POPULATION, (2, 2, POPULATION))
        # the population stands in order, the lowest J first: the winner has the lower number
        a, b = rivals.min(axis=0)
        u = rng.uniform(-BLEND, 1 + BLEND, self.population.shape)
        z = rng.standard_normal(self.population.shape)
        a[0] = b[0] = 0
        u[0] = z[0] = 0
        return a, b, u, z

    def _take(self, population: Array, J: Array) -> None:
        """Stand in order, what has no J last; what made each child comes along."""
        order = np.argsort(np.where(np.isfinite(J), J, np.inf), kind="stable")
        self.population[:], self.J_all[:] = population[order], J[order]
        for made in (self.a, self.b, self.u, self.z):
            made[:] = made[order]
        self.w[:], self.J = self.population[0], float(self.J_all[0])

    def state(self) -> dict[str, Array]:
        """Return the population, what made it, and how large mutations will be."""
        return {
            "population": self.population,
            "J_all": self.J_all,
            "parents": self.parents,
            "J_parents": self.J_parents,
            "a": self.a.astype(np.int32),
            "b": self.b.astype(np.int32),
            "u": self.u,
            "mutation": self.z,
            "sigma": np.array([self.sigma]),
            "generation": np.array([self.generation], np.int32),
        }

    def save(self) -> dict[str, Array]:
        """Return the population and what made it."""
        state = {name: one.copy() for name, one in self.state().items()}
        return state | {"w": self.w.copy(), "J": np.array(self.J)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what was saved."""
        for name in ("w", "population", "J_all", "parents", "J_parents", "a", "b", "u"):
            getattr(self, name)[:] = state[name]
        self.z[:] = state["mutation"]
        self.J, self.sigma = float(state["J"]), float(state["sigma"][0])
        self.generation = int(state["generation"][0])
