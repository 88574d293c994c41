"""The bowl of a linear regression over two weights, and what scaling its features makes of it.

The intercept needs no steps: for any weights its best value is ȳ − w1 x̄₁ − w2 x̄₂. With it there,
J is a function of the two weights alone: J = 1/(2n) Σᵢ ((xᵢ − x̄)·w − (yᵢ − ȳ))². (That a linear
parameter can be left out in this way is variable projection: G. Golub & V. Pereyra, "The
differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate",
1973.)
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.landscape.regression import Regression
from engine.landscape.stability import Curvature, curvature
from engine.snapshot import Array

KINDS = ("none", "minmax", "zscore")
FREE = ("w1", "w2")

MARGIN = 0.85
"""How far from the middle between the start and the least point is drawn, as a share of the larger
of their distances along the two axes."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of the columns of some samples, all of shape (columns,) and in float64."""

    mean: Array
    variance: Array
    std: Array
    min: Array
    max: Array
    range: Array

    @classmethod
    def of(cls, x: Array) -> "Columns":
        """Return it for x of shape (samples, columns); the variance is divided by n, not n − 1."""
        mean = x.mean(axis=0)
        variance = ((x - mean) ** 2).mean(axis=0)
        low, high = x.min(axis=0), x.max(axis=0)
        return cls(mean, variance, np.sqrt(variance), low, high, high - low)

    def scaling(self, kind: str) -> tuple[Array, Array]:
        """Return what is subtracted from each column, and what it is divided by then."""
        one = np.ones_like(self.mean)
        return {
            "none": (np.zeros_like(self.mean), one),
            "minmax": (self.min, self.range),
            "zscore": (self.mean, self.std),
        }[kind]

    def scale(self, x: Array, kind: str) -> Array:
        """Return samples with their columns to scale; others than those it was made from, too."""
        offset, divisor = self.scaling(kind)
        return (x - offset) / divisor


def bowl_of(x: Array, y: Array) -> Regression:
    """Return J over the two weights, with the intercept at its best.

    What is drawn of it is a square, so that the bowl's true shape is seen.

    Parameters
    ----------
    x : ndarray of shape (n, 2)
    y : ndarray of shape (n,)
    """
    centred, wanted = x - x.mean(axis=0), y - y.mean()
    least = Regression(centred, wanted, names=FREE).least()
    reach = MARGIN * float(np.abs(least).max()) or 1.0
    bounds = tuple((float(one / 2 - reach), float(one / 2 + reach)) for one in least)
    return Regression(centred, wanted, names=FREE, bounds=bounds)


@dataclass(frozen=True, slots=True)
class Bowl:
    """J over the two weights for one scaling.

    Attributes
    ----------
    ground : Regression
    hessian : ndarray of shape (2, 2)
    curved : Curvature
    parts : ndarray of shape (2,)
        How much of J at w = 0 is there to lose along each direction: λ c²/2.
    """

    ground: Regression
    hessian: Array
    curved: Curvature
    parts: Array

    @classmethod
    def of(cls, x: Array, y: Array) -> "Bowl":
        """Return it for scaled features of shape (n, 2)."""
        ground = bowl_of(x, y)
        hessian = ground.hessian(np.zeros(2))
        curved = curvature(hessian)
        along = curved.vectors.T @ ground.least()
        return cls(ground, hessian, curved, curved.values * along**2 / 2)

    @property
    def condition(self) -> float:
        """λmax/λmin."""
        return self.curved.condition or math.inf

    @property
    def stable(self) -> float:
        """The largest stable rate, 2/λmax."""
        return self.curved.largest_stable_rate or math.inf

    def left(self, rate: float, steps: int) -> float:
        """Return which share of what J has to lose is left after so many steps from w = 0.

        Each step multiplies the distance along a direction by 1 − ηλ, exactly: J is a bowl.
        """
        factors = 1 - rate * self.curved.values
        with np.errstate(over="ignore"):
            return float((self.parts * factors ** (2 * steps)).sum() / self.parts.sum())

    def steps(self, rate: float, share: float) -> int | None:
        """Return after how many steps from w = 0 that share is left; None if it never is."""
        if not (np.abs(1 - rate * self.curved.values) < 1).all():
            return None
        high = 1
        while self.left(rate, high) > share:
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.left(rate, middle) > share else (low, middle)
        return high
