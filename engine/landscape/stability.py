"""What the curvature at a place says of the steps that one may take there."""

from dataclasses import dataclass

import numpy as np

from engine.snapshot import Array


@dataclass(frozen=True, slots=True)
class Curvature:
    """The curvature of a ground at one place.

    Attributes
    ----------
    values : ndarray of shape (d,)
        The Hessian's eigenvalues, the least first: the curvature along each direction.
    vectors : ndarray of shape (d, d)
        The directions, of length 1, as columns in the same order; the largest part of each is
        positive, so that they do not flip from place to place without need.
    """

    values: Array
    vectors: Array

    @property
    def largest_stable_rate(self) -> float | None:
        """The learning rate 2/λmax, above which plain gradient descent on a bowl diverges.

        None where the ground curves upward in no direction.

        Source: on J = λw²/2 a step makes w into (1 − ηλ)w, which shrinks while |1 − ηλ| < 1.
        """
        most = float(self.values[-1])
        return 2 / most if most > 0 else None

    @property
    def condition(self) -> float | None:
        """λmax/λmin, how many times steeper the steepest direction is; None where λmin ≤ 0."""
        least = float(self.values[0])
        return float(self.values[-1]) / least if least > 0 else None


def curvature(hessian: Array) -> Curvature:
    """Return the curvature that a Hessian says, of shape (d, d); NaN if it is not finite."""
    d = len(hessian)
    if not np.isfinite(hessian).all():
        return Curvature(np.full(d, np.nan), np.full((d, d), np.nan))
    values, vectors = np.linalg.eigh(hessian)
    largest = vectors[
        np.argmax(np.abs(vectors) > np.abs(vectors).max(axis=0) - 1e-9, axis=0), range(d)
    ]
    return Curvature(values, vectors * np.where(largest < 0, -1.0, 1.0))


def largest_stable_rate(hessian: Array) -> float | None:
    """Return 2/λmax of a Hessian, or None; see `Curvature`."""
    return curvature(hessian).largest_stable_rate
