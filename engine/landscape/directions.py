"""Planes through a network's parameters: two directions, and how much of a movement they hold.

A network has as many dimensions as parameters; a surface shows two of them. The plane is
θ(a, b) = center + a·directions[0] + b·directions[1].
"""

import math

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.nn.network import Network
from engine.snapshot import Array

Bounds = tuple[float, float]
"""From where to where along a direction."""

NEGLIGIBLE = 1e-7
"""A principal direction is left out if its length is less than this share of the first one's."""


def random_directions(
    network: Network,
    *,
    rng: np.random.Generator,
    filter_normalised: bool = True,
    center: Array | None = None,
) -> Array:
    """Draw two directions from a normal distribution; they leave the biases alone.

    A ReLU network computes the same when one layer's weights are doubled and the next one's are
    halved, but a step of fixed length changes it more where weights are small. Filter
    normalisation takes that out: each row of a direction (what belongs to one unit, or to one
    filter) is given the length of the same row of the weights, so a = 1 is a change as long as the
    weights themselves, everywhere.

    Parameters
    ----------
    network : Network
    rng : Generator
    filter_normalised : bool
        If not, a direction as a whole is given the length of all weights together.
    center : ndarray of shape (parameters,), optional
        The weights that are meant; the network's present ones if left out.

    Returns
    -------
    ndarray of shape (2, parameters)

    Notes
    -----
    Source: Li, Xu, Taylor, Studer, Goldstein, *Visualizing the loss landscape of neural nets*,
    2018, section 4.
    """
    weights = network.theta if center is None else check_vector("center", network, center)
    directions = np.zeros((2, weights.size), weights.dtype)
    wanted = _lengths(network, weights)
    for direction in directions:
        rows = _weights(network, direction)
        for row in rows:
            row[...] = rng.standard_normal(row.shape)
        drawn = _lengths(network, direction)
        if filter_normalised:
            factors = [want / got for want, got in zip(wanted, drawn, strict=True)]
        else:
            factors = [np.array(_together(wanted) / _together(drawn))] * len(rows)
        for row, factor in zip(rows, factors, strict=True):
            np.multiply(row, factor, row)
    return directions


def principal_directions(trajectory: Array, center: Array | None = None) -> tuple[Array, Array]:
    """Return the two directions in which the parameters have moved most.

    They are the first two right singular vectors of the differences to `center`: no other plane
    through `center` lies closer to the trajectory.

    Parameters
    ----------
    trajectory : ndarray of shape (steps, parameters)
        Parameters of a run, the latest last.
    center : ndarray of shape (parameters,), optional
        What the differences are to; the latest parameters if left out.

    Returns
    -------
    directions : ndarray of shape (2, parameters)
        At right angles, of length 1; the greatest number of each is positive. Zeros instead of a
        direction in which there was no movement.
    share : ndarray of shape (2,), float64
        How much of the movement each holds, of 1 in all; zeros if there was no movement.

    Notes
    -----
    Source: Li et al. 2018, section 7, where the trajectory is seen from its last point.
    """
    trajectory = np.asarray(trajectory)
    if trajectory.ndim != 2 or not len(trajectory):
        raise ShapeError(f"trajectory: expected (steps, parameters), got {trajectory.shape}")
    moved = _moved(trajectory, trajectory[-1] if center is None else center)
    directions = np.zeros((2, moved.shape[1]))
    # there are far fewer steps than parameters: the small matrix of the steps' products has the
    # same singular vectors on its side
    squares, mixtures = np.linalg.eigh(moved @ moved.T)
    total = float(np.square(moved).sum())
    for number in range(min(2, len(squares))):
        if squares[-1 - number] <= NEGLIGIBLE**2 * total:
            break
        found = mixtures[:, -1 - number] @ moved
        found -= (directions[0] @ found) * directions[0]  # zeros yet, for the first one
        found *= np.sign(found[np.abs(found).argmax()]) / np.linalg.norm(found)
        directions[number] = found
    share = np.square(moved @ directions.T).sum(axis=0) / (total or 1.0)
    return directions.astype(trajectory.dtype), share


def project(trajectory: Array, center: Array, directions: Array) -> Array:
    """Return the points of the plane that lie closest to the parameters of a run.

    Parameters
    ----------
    trajectory : ndarray of shape (steps, parameters)
    center : ndarray of shape (parameters,)
    directions : ndarray of shape (2, parameters)
        At any angle.

    Returns
    -------
    ndarray of shape (steps, 2), float64
        a and b of each.
    """
    moved = _moved(trajectory, center)
    plane = np.asarray(directions, np.float64)
    # least squares: random directions are not quite at right angles, nor of length 1
    points: Array = moved @ np.linalg.pinv(plane)
    return points


def held(trajectory: Array, center: Array, directions: Array) -> float:
    """Return how much of the movement away from `center` lies in the plane, from 0 to 1.

    It is Σ |shadow in the plane|² / Σ |θ − center|² over the steps; 1 if nothing has moved.

    Parameters are those of `project`.
    """
    moved = _moved(trajectory, center)
    total = float(np.square(moved).sum())
    if total == 0:
        return 1.0
    shadows = project(trajectory, center, directions) @ np.asarray(directions, np.float64)
    return min(1.0, float(np.square(shadows).sum()) / total)


def frame(points: Array, *, margin: float = 0.25) -> tuple[Bounds, Bounds]:
    """Return bounds of a and b within which all `points` and (0, 0) lie, with room around them.

    Parameters
    ----------
    points : ndarray of shape (steps, 2)
        From `project`.
    margin : float
        Room at each end, as a share of the longer side.
    """
    reach = np.concatenate([np.zeros((1, 2)), np.asarray(points, np.float64)])
    low, high = reach.min(axis=0).tolist(), reach.max(axis=0).tolist()
    room = margin * (max(high[0] - low[0], high[1] - low[1]) or 1.0)
    return (low[0] - room, high[0] + room), (low[1] - room, high[1] + room)


def check_vector(name: str, network: Network, vector: Array) -> Array:
    """Return `vector` if it has one number for each of the network's parameters.

    Raises
    ------
    ShapeError
        If it has not.
    InvalidValueError
        If one of them is not finite.
    """
    vector = np.asarray(vector)
    if vector.shape != network.theta.shape:
        raise ShapeError(f"{name}: expected {network.theta.size} parameters, got {vector.shape}")
    if not np.isfinite(vector).all():
        raise InvalidValueError(f"{name}: expected finite numbers")
    return vector


def _weights(network: Network, flat: Array) -> list[Array]:
    """Return a view of each W in `flat`, whose first axis counts units or filters."""
    return [view for name, view in network.named(flat).items() if name.endswith(".W")]


def _lengths(network: Network, flat: Array) -> list[Array]:
    """Return for each W the length of each unit's or filter's weights, to multiply W by."""
    views = _weights(network, flat)
    return [
        np.sqrt(np.square(view).sum(axis=tuple(range(1, view.ndim)), keepdims=True))
        for view in views
    ]


def _together(lengths: list[Array]) -> float:
    return math.sqrt(sum(float(np.square(one).sum()) for one in lengths))


def _moved(trajectory: Array, center: Array) -> Array:
    return np.asarray(trajectory, np.float64) - np.asarray(center, np.float64)
