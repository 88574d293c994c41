"""What a ground is: a function of a few variables that one walks down."""

from typing import Protocol

import numpy as np

from engine.snapshot import Array

Bounds = tuple[tuple[float, float], ...]
"""The least and the greatest of each variable."""


class Ground(Protocol):
    """A function J(w), with exact first and second derivatives.

    All three functions take any leading axes, compute in float64, and give NaN or infinity, not a
    warning, where J is not defined or too large.

    Attributes
    ----------
    names : tuple of str
        The variables, ("w",) or ("w1", "w2"); d of them.
    bounds : tuple of (float, float)
        What is drawn, for each variable.
    start : tuple of float
        A good place to begin.
    tex : str
        J in TeX, the right-hand side.
    code : str
        J as one NumPy expression of the names.
    """

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def bounds(self) -> Bounds: ...  # noqa: D102
    @property
    def start(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def tex(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102

    def value(self, w: Array) -> Array:
        """Return J of w, of shape (..., d), as an array of shape (...)."""

    def gradient(self, w: Array) -> Array:
        """Return ∂J/∂wᵢ at w, both of shape (..., d)."""

    def hessian(self, w: Array) -> Array:
        """Return ∂²J/∂wᵢ∂wⱼ at w, of shape (..., d, d)."""


def undefined(ground: Ground, w: Array) -> str:
    """Return what to say where J or a slope of it is no finite number, and nothing elsewhere.

    Parameters
    ----------
    w : ndarray of shape (d,)
    """
    value = float(ground.value(w))
    if np.isfinite(value) and np.isfinite(ground.gradient(w)).all():
        return ""
    pairs = zip(ground.names, w, strict=True)
    place = ", ".join(f"{name} = {one:.6g}" for name, one in pairs).replace("-", "−")
    if np.isnan(value):
        return f"J is not defined at {place}"
    return f"{'The slope of J' if np.isfinite(value) else 'J'} is not finite at {place}"
