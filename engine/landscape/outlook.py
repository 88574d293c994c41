"""What lies ahead of one who goes down with this learning rate, as far as can be seen from here.

On a bowl the gradient along each direction of curvature is multiplied by 1 − ηλ in every step.
That says whether a rate is stable, whether it overshoots, and how many steps it takes. Elsewhere it
holds while the curvature stays as it is here.

Source: J. Nocedal & S. Wright, *Numerical optimization*, 2006, section 3.3.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.landscape.stability import curvature
from engine.snapshot import Array

CRAWL = 1000
"""From so many steps on, one crawls."""

ROUNDING = 1e-9
"""A curvature so much smaller than the largest is none: that much may come of rounding."""

REGIMES = ("stopped", "runs away", "swings", "crawls", "strides", "slides off", "parts", "unknown")
"""What a walk does with its rate where it is; the number of one is the scalar `regime`.

`stopped`: the gradient is shorter than the tolerance. `runs away`: the rate is above the largest
stable one. `swings`: it is above half of it, so that each step overshoots. `crawls`: `CRAWL` steps
or more are left. `strides`: none of it. `slides off`: the ground curves upward in no direction.
`parts`: it curves upward in some directions only. `unknown`: it is not finite.
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead.

    Attributes
    ----------
    values, vectors : ndarray of shape (d,), (d, d)
        The curvature along each direction, the least first, and the directions as columns.
    along : ndarray of shape (d,)
        The gradient's part along each direction.
    factor : ndarray of shape (d,)
        1 − ηλ: what a step makes of each of these.
    stable : ndarray of shape (1,) or (0,)
        The largest stable rate 2/λmax; nothing where no direction curves upward.
    left : ndarray of shape (d,) or (0,)
        Steps until each part is as short as the tolerance; nothing where some never will be.
    regime : str
        One of `REGIMES`.
    """

    values: Array
    vectors: Array
    along: Array
    factor: Array
    stable: Array
    left: Array
    regime: str


def outlook(hessian: Array, gradient: Array, *, rate: float, tolerance: float) -> Outlook:
    """Return what lies ahead at a place with this Hessian (d, d) and gradient (d,)."""
    curved = curvature(hessian)
    values = curved.values
    # what should be 0 is seldom 0 to the last bit: a line through two samples is flat in one way
    values[np.abs(values) < ROUNDING * np.abs(values).max()] = 0.0
    with np.errstate(all="ignore"):
        along: Array = curved.vectors.T @ gradient
        factor: Array = 1 - rate * values
    largest = curved.largest_stable_rate
    stable = np.array([] if largest is None else [largest])
    left = np.array([])
    waits = np.abs(along) > tolerance
    if np.isfinite(along).all() and (np.abs(factor[waits]) < 1).all():
        pairs = zip(along.tolist(), factor.tolist(), strict=True)
        left = np.array([steps_left(part, each, tolerance) for part, each in pairs])
    regime = _regime(values, math.hypot(*gradient), left, rate, tolerance)
    return Outlook(values, curved.vectors, along, factor, stable, left, regime)


def steps_left(part: float, factor: float, tolerance: float) -> float:
    """Return after how many steps |part · factorⁿ| is the tolerance; 0 if it is shorter already.

    Parameters
    ----------
    factor : float
        Between −1 and 1.
    """
    if abs(part) <= tolerance:
        return 0.0
    if factor == 0:
        return 1.0
    return math.log(tolerance / abs(part)) / math.log(abs(factor))


def _regime(values: Array, slope: float, left: Array, rate: float, tolerance: float) -> str:
    """Return the name of what happens, from the curvatures and the gradient's length."""
    if not np.isfinite([*values, slope]).all():
        return "unknown"
    most, least = float(values[-1]), float(values[0])
    arrives = left.size > 0 and left.max() < CRAWL
    regimes = (
        ("stopped", slope < tolerance),
        ("slides off", most <= 0),
        ("runs away", rate * most > 2),
        ("parts", least < 0),
        ("swings", rate * most > 1),
        ("strides", arrives),
    )
    return next((name for name, holds in regimes if holds), "crawls")
