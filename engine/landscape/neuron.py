"""One neuron on two inputs: what it says, what that costs, and what each point asks for.

z = w·x + b, then a step (the perceptron) or the sigmoid (the logistic neuron). Both learn by the
same line, w ← w + η (y − a) x; only what a is differs. For the logistic neuron (y − a) x is minus
the gradient of the cross-entropy; for the perceptron minus a gradient of its own loss, |z| of a
point on the wrong side and 0 of the others, where that has one.

Sources: F. Rosenblatt, The Perceptron, Psychological Review 65 (1958), for the rule; A. Novikoff,
On Convergence Proofs for Perceptrons (1962), for when it ends.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from engine.landscape.mean_loss import CrossEntropy, sigmoid
from engine.snapshot import Array


class Unit(Protocol):
    """What a neuron makes of its score; all methods take and give arrays of one shape.

    Attributes
    ----------
    function : str
        The name of its output function in ledgers.
    """

    function: ClassVar[str]

    def output(self, z: Array) -> Array:
        """Return a, what the neuron says."""

    def error(self, z: Array, y: Array) -> Array:
        """Return a − y."""

    def loss(self, z: Array, y: Array) -> Array:
        """Return what a point costs."""


class Step:
    """The perceptron's: 1 where z ≥ 0, else 0; a point on the wrong side costs |z|."""

    function: ClassVar[str] = "step"

    def output(self, z: Array) -> Array:
        """Return 1 where z ≥ 0, else 0."""
        return np.where(z >= 0, 1.0, 0.0)

    def error(self, z: Array, y: Array) -> Array:
        """Return a − y: 0 where it is right, else 1 or −1."""
        error: Array = self.output(z) - y
        return error

    def loss(self, z: Array, y: Array) -> Array:
        """Return (a − y) z: 0 where it is right, else |z|."""
        loss: Array = self.error(z, y) * z
        return loss


class Sigmoid:
    """The logistic neuron's: σ(z); a point costs its cross-entropy."""

    function: ClassVar[str] = "sigmoid"

    def output(self, z: Array) -> Array:
        """Return σ(z)."""
        return sigmoid(z)

    def error(self, z: Array, y: Array) -> Array:
        """Return a − y."""
        return CrossEntropy().error(z, y)

    def loss(self, z: Array, y: Array) -> Array:
        """Return −ln of the probability that it gave to what the point is."""
        return CrossEntropy().value(z, y)


@dataclass(frozen=True, slots=True)
class Neuron:
    """A unit with its weights and its bias.

    Attributes
    ----------
    unit : Unit
    theta : ndarray of shape (3,)
        w1, w2 and b.
    """

    unit: Unit
    theta: Array

    def score(self, x: Array) -> Array:
        """Return z of shape (…) for points of shape (…, 2), terms added from left to right."""
        w1, w2, b = self.theta
        score: Array = w1 * x[..., 0] + w2 * x[..., 1] + b
        return score

    def gradients(self, x: Array, y: Array) -> Array:
        """Return the gradient of each point's loss by w1, w2 and b: (a − y) (x1, x2, 1).

        Parameters
        ----------
        x : ndarray of shape (n, 2)
        y : ndarray of shape (n,)

        Returns
        -------
        ndarray of shape (n, 3)
        """
        error = self.unit.error(self.score(x), y)
        gradients: Array = error[:, None] * np.column_stack([x, np.ones(len(x))])
        return gradients

    def wrong(self, x: Array, y: Array) -> Array:
        """Return which points are on the wrong side of the line, as booleans of shape (n,)."""
        wrong: Array = (self.score(x) >= 0) != (y > 0)
        return wrong

    def moved(self, x: Array, y: Array, rate: float, point: int | None) -> "Neuron":
        """Return the neuron after a step on one point, or on the mean of all (None)."""
        each = self.gradients(x, y)
        gradient = each.mean(axis=0) if point is None else each[point]
        return Neuron(self.unit, self.theta - rate * gradient)
