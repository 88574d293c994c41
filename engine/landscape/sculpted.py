"""A ground that is shaped by hand: Gaussian bumps and hollows, laid along the pointer's strokes."""

from collections.abc import Sequence

import numpy as np

from engine.errors import InvalidValueError
from engine.landscape.expression import Expression, parse
from engine.landscape.ground import Bounds
from engine.snapshot import Array

MOST_BUMPS = 240
"""The most bumps of a ground."""

HIGHEST, NARROWEST, WIDEST = 10.0, 0.1, 3.0

BASE = "(w1^2 + w2^2) / 10"
"""What is there before anything is shaped: a gentle bowl, so that nothing slides away for ever."""


def stroke(points: object, *, height: float, width: float, bounds: Bounds) -> Array:
    """Return the bumps along a stroke, of shape (n, 4): w1, w2, height and width of each.

    Bumps stand half a width apart, so that a slow pointer makes no higher ridge than a quick one.

    Parameters
    ----------
    points : sequence of (w1, w2)
        Where the pointer was, as it came from outside: checked here.
    height : float
        Of one bump; negative for a hollow.
    width : float
        The distance from its middle at which a bump has lost two fifths of its height: σ.
    bounds : tuple of (float, float)
        Where there is ground.

    Raises
    ------
    InvalidValueError
        If there is no point, one is outside of the bounds, or height or width break their rule.
    """
    bumps: list[tuple[float, float, float, float]] = []
    for place in _read(points, bounds):
        if not bumps or np.hypot(*np.subtract(place, bumps[-1][:2])) >= width / 2:
            bumps.append((place[0], place[1], height, width))
    return check_bumps(bumps, bounds)


def check_bumps(bumps: object, bounds: Bounds) -> Array:
    """Return bumps as an array of shape (n, 4): w1, w2, height and width of each.

    Raises
    ------
    InvalidValueError
        If there are too many, or one of them breaks its rule.
    """
    try:
        found = np.array(bumps, np.float64).reshape(-1, 4)
    except (TypeError, ValueError):
        raise InvalidValueError("bumps: expected four numbers each, got others") from None
    if len(found) > MOST_BUMPS:
        raise InvalidValueError(f"bumps: expected at most {MOST_BUMPS}, got {len(found)}")
    rules = (
        *zip(("w1", "w2"), bounds, strict=True),
        ("height", (-HIGHEST, HIGHEST)),
        ("width", (NARROWEST, WIDEST)),
    )
    for (name, (low, high)), column in zip(rules, found.T, strict=True):
        wrong = column[~((low <= column) & (column <= high))]
        if wrong.size:
            raise InvalidValueError(f"{name}: expected {low:g} to {high:g}, got {wrong[0]:g}")
    return found


class Sculpted:
    """The ground J = base + Σₖ hₖ · exp(−((w1 − aₖ)² + (w2 − bₖ)²) / (2 sₖ²)); see `Ground`.

    Parameters
    ----------
    bumps : ndarray of shape (n, 4)
        aₖ, bₖ, hₖ and sₖ of each; none of them is a ground as well.
    base : Expression, optional
        Of w1 and w2; a gentle bowl if nobody says.
    start : sequence of float, optional

    Raises
    ------
    InvalidValueError
        If there are too many bumps, or one of them breaks its rule.
    """

    def __init__(
        self, bumps: object = (), base: Expression | None = None, start: Sequence[float] = (2, 1.5)
    ) -> None:
        self.base = base or parse(BASE, ("w1", "w2"))
        self.names = self.base.names
        self.bounds = self.base.bounds
        self.start = tuple(float(one) for one in start)
        self.bumps = check_bumps(bumps, self.bounds)

    def with_stroke(self, points: object, *, height: float, width: float) -> "Sculpted":
        """Return the ground with a stroke more; parameters and errors are those of `stroke`."""
        more = stroke(points, height=height, width=width, bounds=self.bounds)
        return Sculpted(np.concatenate([self.bumps, more]), self.base, self.start)

    @property
    def tex(self) -> str:
        """J in TeX, the right-hand side."""
        if not len(self.bumps):
            return self.base.tex
        exponent = (
            r"-\frac{\left(w_{1} - a_{k}\right)^{2} + \left(w_{2} - b_{k}\right)^{2}}{2 s_{k}^{2}}"
        )
        return (
            rf"{self.base.tex} + \sum_{{k=1}}^{{{len(self.bumps)}}} h_{{k}} \cdot e^{{{exponent}}}"
        )

    @property
    def code(self) -> str:
        """J as one NumPy expression of the names, with the array `bumps`."""
        if not len(self.bumps):
            return self.base.code
        return (
            f"{self.base.code} + (bumps[:, 2] * np.exp(-((w1 - bumps[:, 0])**2 "
            "+ (w2 - bumps[:, 1])**2) / (2 * bumps[:, 3]**2))).sum()"
        )

    def value(self, w: Array) -> Array:
        """Return J of w, of shape (..., 2), as an array of shape (...)."""
        return np.asarray(self.base.value(w) + self.parts(w).sum(axis=-1))

    def gradient(self, w: Array) -> Array:
        """Return ∂J/∂wᵢ at w, both of shape (..., 2)."""
        return np.asarray(self.base.gradient(w) + self.part_gradients(w).sum(axis=-2))

    def hessian(self, w: Array) -> Array:
        """Return ∂²J/∂wᵢ∂wⱼ at w, of shape (..., 2, 2)."""
        return np.asarray(self.base.hessian(w) + self.part_hessians(w).sum(axis=-3))

    def parts(self, w: Array) -> Array:
        """Return what each bump adds to J, of shape (..., n)."""
        with np.errstate(all="ignore"):
            away = self._away(w)
            return np.asarray(self.bumps[:, 2] * np.exp(-(away**2).sum(axis=-1) / 2))

    def part_gradients(self, w: Array) -> Array:
        """Return what each bump adds to the gradient, of shape (..., n, 2)."""
        with np.errstate(all="ignore"):
            slopes = -self._away(w) / self.bumps[:, 3:]
            return np.asarray(self.parts(w)[..., None] * slopes)

    def part_hessians(self, w: Array) -> Array:
        """Return what each bump adds to the Hessian, of shape (..., n, 2, 2)."""
        with np.errstate(all="ignore"):
            away = self._away(w)
            bends = away[..., :, None] * away[..., None, :] - np.eye(2)
            return np.asarray(self.parts(w)[..., None, None] * bends / self._squares)

    @property
    def _squares(self) -> Array:
        return self.bumps[:, 3, None, None] ** 2

    def _away(self, w: Array) -> Array:
        """Return the distance from each bump's middle, in its own widths, of shape (..., n, 2)."""
        middles, widths = self.bumps[:, :2], self.bumps[:, 3:]
        return np.asarray((np.asarray(w, np.float64)[..., None, :] - middles) / widths)


def _read(points: object, bounds: Bounds) -> list[tuple[float, float]]:
    try:
        found = np.array(points, np.float64)
    except (TypeError, ValueError):
        raise InvalidValueError("points: expected pairs of numbers, got others") from None
    if found.ndim != 2 or found.shape[1] != 2 or not len(found):
        raise InvalidValueError(f"points: expected pairs of numbers, got shape {found.shape}")
    low, high = np.array(bounds).T
    inside = ((low <= found) & (found <= high)).all(axis=1)
    if not inside.all():
        one, other = found[~inside][0]
        raise InvalidValueError(
            f"points: expected places within the ground, got {one:g}, {other:g}"
        )
    return [(float(one), float(other)) for one, other in found]
