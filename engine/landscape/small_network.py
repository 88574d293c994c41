"""The loss of a small real network as a ground: as many dimensions as it has parameters."""

from functools import lru_cache

import numpy as np

from engine.data.generated import moons
from engine.landscape.expression import Expression
from engine.landscape.ground import Bounds
from engine.landscape.racer import Descender
from engine.landscape.sculpted import Sculpted
from engine.nn.network import Network
from engine.snapshot import Array

SAMPLES = 60
NOISE = 0.15
UNITS = 6
DESCRIPTION = {
    "input": [2],
    "layers": [
        {"kind": "dense", "name": "dense1", "units": UNITS, "initializer": "xavier"},
        {"kind": "tanh", "name": "act1"},
        {"kind": "dense", "name": "dense2", "units": 1, "initializer": "xavier"},
        {"kind": "sigmoid", "name": "sigmoid"},
    ],
    "loss": "binary_cross_entropy",
}

SCOUT_RATE = 0.1
SCOUT_UPDATES = 120
"""Of the descent that chooses the plane on which the others' paths are seen."""

MARGIN = 0.3
"""What the plane shows beside that path, of its length."""


class SmallNetwork:
    """J(w): the mean cross-entropy of a network with one hidden layer, on two half moons.

    Every evaluation sees all samples. Computed by `engine/nn` in float64.

    Parameters
    ----------
    seed : int
        Of the samples and of the first weights.

    Attributes
    ----------
    names : tuple of str
        Each parameter as the network calls it: `dense1.W[0, 0]`.
    start : tuple of float
        The first weights.
    center, directions : ndarray of shape (d,) and (2, d)
        The plane that is shown: from the start towards where Adam ends on its way (the first
        direction), and to the side to which that way bends (the second).
    bounds : tuple of (float, float)
        What of the plane is shown, along each direction.
    """

    title = "A small network"
    tex = r"\frac{1}{n} \sum_{i=1}^{n} -\ln P(y_i \mid x_i, w)"
    code = "-np.log(np.where(y == 1, a, 1 - a)).mean()"

    def __init__(self, seed: int) -> None:
        samples = moons(SAMPLES, noise=NOISE, rng=np.random.default_rng([seed, 8]))
        self.network = Network(DESCRIPTION, rng=np.random.default_rng([seed, 9]), dtype=np.float64)
        self._y = samples.y.astype(np.float64)[:, None]
        self._pass = self.network.at(SAMPLES)
        self._x = samples.x.astype(np.float64)
        self.start = tuple(self.network.theta.tolist())
        self.names = tuple(
            f"{name}[{', '.join(map(str, np.unravel_index(at, one.shape)))}]"
            for name, one in self.network.parameters().items()
            for at in range(one.size)
        )
        self.center = np.array(self.start)
        self.directions, self.bounds = self._plane()

    def value(self, w: Array) -> Array:
        """Return J of w, of shape (..., d), as an array of shape (...)."""
        points = w.reshape(-1, w.shape[-1])
        return np.array([self._loss(one) for one in points]).reshape(w.shape[:-1])

    def gradient(self, w: Array) -> Array:
        """Return ∂J/∂wᵢ at w, both of shape (..., d): by backpropagation."""
        points = w.reshape(-1, w.shape[-1])
        slopes = np.empty_like(points)
        for slope, one in zip(slopes, points, strict=True):
            self._loss(one)
            self._pass.backward()
            slope[:] = self.network.gradient
        return slopes.reshape(w.shape)

    def places(self, w: Array) -> Array:
        """Return where on the plane parameters lie, of shape (..., d), as (..., 2)."""
        seen: Array = (w - self.center) @ self.directions.T
        return seen

    def shown(self, w1: Array, w2: Array) -> Array:
        """Return J at places of the plane, of any shape."""
        return self.value(
            self.center + w1[..., None] * self.directions[0] + w2[..., None] * self.directions[1]
        )

    def held(self, w: Array) -> float:
        """Return which share of the squared way from the start to w the plane holds, 0 to 1."""
        whole = float(((w - self.center) ** 2).sum())
        return float((self.places(w) ** 2).sum()) / whole if whole else 1.0

    def _loss(self, w: Array) -> float:
        self.network.theta[:] = w
        with np.errstate(all="ignore"):
            self._pass.forward(self._x)
            return self._pass.loss(self._y)

    def _plane(self) -> tuple[Array, Bounds]:
        scout = Descender("adam", self.center, rate=SCOUT_RATE)
        way = [self.center]
        for _ in range(SCOUT_UPDATES):
            scout.tell(self.gradient(scout.ask()), 0.0)
            way.append(scout.w.copy())
        path = np.stack(way) - self.center
        first = path[-1] / np.linalg.norm(path[-1])
        aside = path - np.outer(path @ first, first)
        second = aside[np.linalg.norm(aside, axis=1).argmax()]
        directions = np.stack([first, second / np.linalg.norm(second)])
        seen = path @ directions.T
        low, high = seen.min(axis=0), seen.max(axis=0)
        # as much on every side of both: the plane is seen without a distortion
        room = MARGIN * float((high - low).max())
        return directions, tuple(
            (float(a - room), float(b + room)) for a, b in zip(low, high, strict=True)
        )


Place = Expression | Sculpted | SmallNetwork
"""What a race may be on."""


@lru_cache(maxsize=8)
def small_network(seed: int) -> SmallNetwork:
    """Return the network of a seed: it is a function of it alone."""
    return SmallNetwork(seed)
