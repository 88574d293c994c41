"""A ground as numbers to draw."""

import numpy as np

from engine.errors import InvalidValueError
from engine.landscape.ground import Bounds, Ground
from engine.snapshot import Array


def grid(ground: Ground, bounds: Bounds | None = None, n: int = 41) -> tuple[Array, Array, Array]:
    """Return J over a grid of the two variables.

    Parameters
    ----------
    ground : Ground
        Of two variables.
    bounds : tuple of (float, float), optional
        The ground's own if nobody says.
    n : int
        How many places along each axis.

    Returns
    -------
    xs, ys : ndarray of shape (n,)
        Of the first and the second variable.
    J : ndarray of shape (n, n)
        A row for each of `ys`; NaN where J is not defined.

    Raises
    ------
    InvalidValueError
        If the ground has another number of variables.
    """
    xs, ys = _axes(ground, bounds, n, d=2)
    w = np.stack(np.meshgrid(xs, ys), axis=-1)
    return xs, ys, ground.value(w)


def curve(ground: Ground, bounds: Bounds | None = None, n: int = 241) -> tuple[Array, Array]:
    """Return places of the one variable and J there, both of shape (n,).

    The parameters and errors are those of `grid`.
    """
    (xs,) = _axes(ground, bounds, n, d=1)
    return xs, ground.value(xs[:, None])


def _axes(ground: Ground, bounds: Bounds | None, n: int, *, d: int) -> list[Array]:
    if len(ground.names) != d:
        raise InvalidValueError(f"ground: expected {d} variables, got {len(ground.names)}")
    return [np.linspace(low, high, n) for low, high in bounds or ground.bounds]
