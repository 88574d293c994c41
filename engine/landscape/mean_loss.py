"""Losses of one weight and one bias as grounds: what each point costs by its score, and their mean.

A point (x, y) has the score z = w x + b, and its loss is a function ℓ of the score. All that is
asked of the mean over n points follows from ℓ, ℓ' and ℓ'' by the chain rule, since ∂z/∂(w, b) is
(x, 1) and z has no second derivative:

    J        = 1/n Σ ℓ(zᵢ)
    gradient = 1/n Σ ℓ'(zᵢ) (xᵢ, 1)
    Hessian  = 1/n Σ ℓ''(zᵢ) (xᵢ, 1)(xᵢ, 1)ᵀ

The Hessian is a sum of matrices vvᵀ, none of which has a negative eigenvalue, each weighed by ℓ'':
where ℓ'' ≥ 0 at every score, J is convex, whatever the points are (Boyd and Vandenberghe, Convex
Optimization, 2004, sections 3.1.4 and 3.2).
"""

from typing import ClassVar, Protocol

import numpy as np

from engine.snapshot import Array


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e⁻ᶻ), of the shape of `z`, without overflow."""
    small = np.exp(-np.abs(z))
    share: Array = np.where(z >= 0, 1.0, small) / (1 + small)
    return share


class PointLoss(Protocol):
    """What one point costs by its score; all methods take and give arrays of one shape.

    Attributes
    ----------
    tex : str
        The loss of the score z, or of the probability p = σ(z), and the target y, in TeX.
    code : str
        The same in NumPy, with `{z}` for the score and `{p}` for the probability.
    """

    tex: ClassVar[str]
    code: ClassVar[str]

    def output(self, z: Array) -> Array:
        """Return what the model says, of its score."""

    def output_slope(self, z: Array) -> Array:
        """Return the derivative of the output by the score."""

    def error(self, z: Array, y: Array) -> Array:
        """Return what the model says, less what it should say."""

    def value(self, z: Array, y: Array) -> Array:
        """Return the loss ℓ."""

    def slope(self, z: Array, y: Array) -> Array:
        """Return ℓ', its derivative by the score."""

    def curvature(self, z: Array, y: Array) -> Array:
        """Return ℓ'', its second derivative by the score."""


class Squared:
    """The squared error of the score itself: ℓ = (z − y)², ℓ' = 2 (z − y), ℓ'' = 2."""

    tex: ClassVar[str] = "(z - y)^2"
    code: ClassVar[str] = "({z} - y) ** 2"

    def output(self, z: Array) -> Array:
        """Return the score."""
        return z

    def output_slope(self, z: Array) -> Array:
        """Return 1."""
        return np.ones_like(z)

    def error(self, z: Array, y: Array) -> Array:
        """Return z − y, the residual."""
        error: Array = z - y
        return error

    def value(self, z: Array, y: Array) -> Array:
        """Return (z − y)²."""
        loss: Array = (z - y) ** 2
        return loss

    def slope(self, z: Array, y: Array) -> Array:
        """Return 2 (z − y)."""
        slope: Array = 2 * (z - y)
        return slope

    def curvature(self, z: Array, y: Array) -> Array:
        """Return 2, whatever the score."""
        return np.full_like(z + y, 2.0)


class _Logistic:
    """A model that says p = σ(z), the probability of class 1."""

    def output(self, z: Array) -> Array:
        """Return p = σ(z)."""
        return sigmoid(z)

    def output_slope(self, z: Array) -> Array:
        """Return σ'(z) = p (1 − p).

        As σ(z) σ(−z): 1 − p would be 0 too early where p is near 1.
        """
        slope: Array = sigmoid(z) * sigmoid(-z)
        return slope

    def error(self, z: Array, y: Array) -> Array:
        """Return p − y; for y = 1 as −σ(−z), so that nothing is lost where p is near 1."""
        error: Array = np.where(y == 1, -sigmoid(-z), sigmoid(z) - y)
        return error


class SquaredProbability(_Logistic):
    """The squared error of the probability.

    ℓ = (p − y)², ℓ' = 2 (p − y) σ', ℓ'' = 2 σ'² + 2 (p − y) σ' (1 − 2p), since σ'' = σ' (1 − 2p).
    """

    tex: ClassVar[str] = "(p - y)^2"
    code: ClassVar[str] = "({p} - y) ** 2"

    def value(self, z: Array, y: Array) -> Array:
        """Return (p − y)²."""
        return self.error(z, y) ** 2

    def slope(self, z: Array, y: Array) -> Array:
        """Return 2 (p − y) σ'(z)."""
        slope: Array = 2 * self.error(z, y) * self.output_slope(z)
        return slope

    def curvature(self, z: Array, y: Array) -> Array:
        """Return 2 σ'(z)² + 2 (p − y) σ'(z) (1 − 2p); 1 − 2p is −tanh(z/2)."""
        slope = self.output_slope(z)
        bend: Array = 2 * slope * (slope - self.error(z, y) * np.tanh(z / 2))
        return bend


class CrossEntropy(_Logistic):
    """Binary cross-entropy, minus the logarithm of the probability of what happened.

    ℓ = −y ln p − (1 − y) ln(1 − p) = ln(1 + eᶻ) − y z, ℓ' = p − y, ℓ'' = σ'(z) > 0.
    """

    tex: ClassVar[str] = r"-y \ln p - (1 - y) \ln(1 - p)"
    code: ClassVar[str] = "-y * np.log({p}) - (1 - y) * np.log(1 - {p})"

    def value(self, z: Array, y: Array) -> Array:
        """Return ln(1 + eᶻ) − y z; for y = 1 as ln(1 + e⁻ᶻ), which is the same without loss."""
        loss: Array = np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z) - y * z)
        return loss

    def slope(self, z: Array, y: Array) -> Array:
        """Return p − y."""
        return self.error(z, y)

    def curvature(self, z: Array, y: Array) -> Array:
        """Return σ'(z)."""
        curvature: Array = self.output_slope(z) + 0 * y
        return curvature


class MeanLoss:
    """The mean loss of points over one weight and one bias; see `Ground`.

    Parameters
    ----------
    loss : PointLoss
    x, y : ndarray of shape (n,)
        What is known of each point, and what should be said: a number, or a class 0 or 1.
    bounds, start
        As in `Ground`.
    """

    names: tuple[str, ...] = ("w", "b")

    def __init__(
        self,
        loss: PointLoss,
        x: Array,
        y: Array,
        *,
        bounds: tuple[tuple[float, float], ...] = ((-6.0, 6.0), (-6.0, 6.0)),
        start: tuple[float, ...] = (-4.0, 0.0),
    ) -> None:
        self.loss = loss
        self.x = np.asarray(x, np.float64)
        self.y = np.asarray(y, np.float64)
        self.bounds = bounds
        self.start = start

    @property
    def tex(self) -> str:
        """J in TeX, the right-hand side."""
        mean = rf"\frac{{1}}{{{len(self.x)}}} \sum \left({self.loss.tex}\right)"
        return rf"{mean}, \quad z = w x + b"

    @property
    def code(self) -> str:
        """J as one NumPy expression of the names, with the data `x` and `y`."""
        z = "(w * x + b)"
        return f"({self.loss.code.format(z=z, p=f'(1 / (1 + np.exp(-{z})))')}).mean()"

    def scores(self, w: Array) -> Array:
        """Return z = w x + b of each point, of shape (…, n), for parameters of shape (…, 2)."""
        w = np.asarray(w, np.float64)
        with np.errstate(all="ignore"):
            scores: Array = w[..., :1] * self.x + w[..., 1:]
        return scores

    def value(self, w: Array) -> Array:
        """Return J of shape (…) for parameters of shape (…, 2)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.loss.value(self.scores(w), self.y).mean(-1))

    def sample_gradients(self, w: Array) -> Array:
        """Return the gradient of each point's own loss, of shape (…, n, 2)."""
        with np.errstate(all="ignore"):
            slope = self.loss.slope(self.scores(w), self.y)
            return np.stack([slope * self.x, slope], -1)

    def gradient(self, w: Array) -> Array:
        """Return the gradient of J, of shape (…, 2)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.sample_gradients(w).mean(-2))

    def hessian(self, w: Array) -> Array:
        """Return the Hessian of J, of shape (…, 2, 2)."""
        xx, x, one = self._moments(self._curvature(w))
        return np.stack([np.stack([xx, x], -1), np.stack([x, one], -1)], -2)

    def eigenvalues(self, w: Array) -> Array:
        """Return the Hessian's two eigenvalues, the smaller first, of shape (…, 2).

        Its determinant is, by Lagrange's identity, 1/n² Σ ℓ''ᵢ ℓ''ⱼ (xᵢ − xⱼ)² over all pairs of
        points. Taken so, nothing cancels where all ℓ'' are positive, and an eigenvalue's sign is
        right also where the ground is nearly flat. The one of the greater size is half the trace
        and the root; the other is what the determinant leaves.
        """
        bend = self._curvature(w)
        first, second = np.triu_indices(len(self.x), 1)
        with np.errstate(all="ignore"):
            pairs = bend[..., first] * bend[..., second] * (self.x[first] - self.x[second]) ** 2
            determinant = pairs.sum(-1) / len(self.x) ** 2
            xx, x, one = self._moments(bend)
            half = (xx + one) / 2
            root = np.hypot((xx - one) / 2, x)
            large = half + np.where(half >= 0, root, -root)
            small = np.divide(determinant, large, out=np.zeros_like(large), where=large != 0)
        return np.sort(np.stack([small, large], -1), -1)

    def _curvature(self, w: Array) -> Array:
        """Return ℓ'' of each point, of shape (…, n)."""
        with np.errstate(all="ignore"):
            return self.loss.curvature(self.scores(w), self.y)

    def _moments(self, bend: Array) -> tuple[Array, Array, Array]:
        """Return 1/n Σ ℓ'' x², 1/n Σ ℓ'' x and 1/n Σ ℓ'', each of shape (…)."""
        with np.errstate(all="ignore"):
            return (bend * self.x**2).mean(-1), (bend * self.x).mean(-1), bend.mean(-1)
