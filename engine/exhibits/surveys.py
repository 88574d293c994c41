"""A survey: the loss on planes through a network's weights, computed a little at a time.

Two planes are spanned by random directions, one by those in which the weights have moved most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.landscape.directions import (
    frame,
    principal_directions,
    project,
    random_directions,
)
from engine.landscape.evaluator import Evaluator
from engine.landscape.grid import SIZES, Grid
from engine.nn.network import Network
from engine.snapshot import Array

RANDOM = ("random1", "random2")
PRINCIPAL = "principal"
PLANES = (*RANDOM, PRINCIPAL)
"""The planes, by the names that their tensors begin with."""

REACH = 1.0
"""How far a random plane is looked at: as long as the weights themselves."""

BIT = 0.003
"""Seconds of work in one go: what else a slice is for, is not kept waiting."""

FEWEST = 3
"""Weights of so many moments span a plane, and of fewer none."""


@dataclass(frozen=True)
class Plane:
    """θ(a, b) = center + a·directions[0] + b·directions[1].

    Attributes
    ----------
    name : str
    center : ndarray of shape (parameters,)
    directions : ndarray of shape (2, parameters)
    bounds : ((float, float), (float, float))
        What is looked at, of a and of b.
    """

    name: str
    center: Array
    directions: Array
    bounds: tuple[tuple[float, float], ...]

    @property
    def there(self) -> bool:
        """Whether the directions are two: of a run that has not moved there are none."""
        return all(direction.any() for direction in self.directions)

    def weights(self, a: float, b: float) -> Array:
        """Return θ(a, b), of shape (parameters,)."""
        d = self.directions
        exact = self.center.astype(np.float64) + a * d[0].astype(np.float64) + b * d[1]
        return np.asarray(exact, self.center.dtype)

    def shadows(self, vectors: Array) -> Array:
        """Return a and b of the points of the plane nearest to `vectors`, (vectors, 2)."""
        if not self.there:
            return np.zeros((len(vectors), 2))
        return project(vectors, self.center, self.directions)


def plane_of(name: str, trajectory: Array, network: Network, seed: int) -> Plane:
    """Return a plane through the last weights of a trajectory.

    Parameters
    ----------
    name : str
        One of `PLANES`.
    trajectory : ndarray of shape (moments, parameters)
        The weights on the way there, the last ones last.
    network : Network
        Its layers are meant, not its weights.
    seed : int
        From it the random directions are drawn.
    """
    center = trajectory[-1]
    square = ((-REACH, REACH), (-REACH, REACH))
    if name in RANDOM:
        rng = np.random.default_rng([seed, 5, RANDOM.index(name)])
        return Plane(name, center, random_directions(network, rng=rng, center=center), square)
    if len(trajectory) < FEWEST:
        return Plane(name, center, np.zeros((2, len(center)), center.dtype), square)
    directions, _ = principal_directions(trajectory)
    bounds = frame(project(trajectory, center, directions))
    return Plane(name, center, directions, bounds)


class Survey:
    """The planes through one moment's weights, and the loss on them as far as it is known.

    Parameters
    ----------
    evaluator : Evaluator
        Of the network, on the samples that the loss is taken over.
    seed : int
        From it the random directions are drawn.

    Attributes
    ----------
    planes : dict of str to Plane
    """

    def __init__(self, evaluator: Evaluator, seed: int) -> None:
        self._evaluator = evaluator
        self._seed = seed
        self.planes: dict[str, Plane] = {}
        self._grids: dict[str, Grid] = {}
        self._under_way: Grid | None = None

    def aim(self, trajectory: Array) -> None:
        """Look at the planes through the last weights of a trajectory; nothing of them is known."""
        network = self._evaluator.network
        self.planes = {name: plane_of(name, trajectory, network, self._seed) for name in PLANES}
        self._grids = {}

    def missing(self, wanted: Sequence[str]) -> str | None:
        """Return the first of the planes `wanted` of which something is not known; None if none."""
        for name in wanted:
            if self.planes[name].there and not (name in self._grids and self._grids[name].done):
                return name
        return None

    def work(self, wanted: Sequence[str]) -> None:
        """Compute for a few milliseconds: of the first plane first, coarse, then finer."""
        name = self.missing(wanted)
        if name is None:
            return
        grid = self._grids.get(name)
        if grid is None or grid is not self._under_way:
            # another grid has aimed the evaluator elsewhere meanwhile, if there was one: begin anew
            plane = self.planes[name]
            a, b = plane.bounds
            grid = Grid(self._evaluator, plane.center, plane.directions, a_bounds=a, b_bounds=b)
            self._under_way = self._grids[name] = grid
        grid.advance(BIT)

    def known(self, name: str, *, shown: bool = True) -> tuple[Array, Array, Array]:
        """Return a, b and the losses of the finest grid of a plane that is whole.

        Of the coarsest one what there is, NaN elsewhere; all NaN if it is not to be shown.

        Returns
        -------
        a, b : ndarray of shape (n,), float64
        losses : ndarray of shape (n, n), float32
            Row b, column a.
        """
        grid = self._grids.get(name)
        if grid is None or not shown:
            a, b = (np.linspace(*bounds, SIZES[0]) for bounds in self.planes[name].bounds)
            return a, b, np.full((SIZES[0], SIZES[0]), np.nan, np.float32)
        every = (len(grid.a) - 1) // ((grid.level or len(grid.a)) - 1)
        return grid.a[::every], grid.b[::every], grid.losses[::every, ::every]
