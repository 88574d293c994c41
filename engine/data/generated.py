"""Data sets of points, mostly in the plane, drawn as many as one likes.

Each function returns a `Dataset` with x of shape (n, 2), or (n, 1) where it says so, and takes its
randomness by the keyword `rng`. Where there are classes, they alternate sample by sample, so that
they differ by one sample at most.
"""

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import InvalidValueError
from engine.snapshot import Array


def xor(n: int, *, noise: float = 0.0, rng: np.random.Generator) -> Dataset:
    """Return points of the square [−1, 1]², `odd` where the signs of x1 and x2 differ.

    Parameters
    ----------
    n : int
        How many points; at least one a class.
    noise : float
        Standard deviation of the shift that each point gets after it has its class.
    rng : numpy.random.Generator

    Raises
    ------
    InvalidValueError
        If there are fewer points than classes, or the noise is negative.
    """
    labels = _labels("xor", n, 2, noise)
    sizes = rng.uniform(0.0, 1.0, (n, 2))
    left = rng.integers(0, 2, n)
    below = left ^ labels
    points = sizes * (1 - 2 * np.stack([left, below], axis=1))
    return _dataset(points, labels, ("even", "odd"), noise, rng)


def conjunction(n: int, *, noise: float = 0.0, rng: np.random.Generator) -> Dataset:
    """Return points of the square [−1, 1]², `both` where x1 and x2 are both positive (and).

    Half of the points are of each class. Parameters and errors are those of `xor`.
    """
    labels = _labels("and", n, 2, noise)
    sizes = rng.uniform(0.0, 1.0, (n, 2))
    # of the three quarters of the square that are not both: which
    quarter = rng.integers(0, 3, n)
    negative = np.stack([quarter != 0, quarter != 1], axis=1) & (labels == 0)[:, None]
    return _dataset(sizes * (1 - 2 * negative), labels, ("not both", "both"), noise, rng)


def moons(n: int, *, noise: float = 0.1, rng: np.random.Generator) -> Dataset:
    """Return two half circles of radius 1 that reach into each other.

    The upper one is around (0, 0), the lower one around (1, 0.5).

    Parameters and errors are those of `xor`.
    """
    labels = _labels("moons", n, 2, noise)
    angles = rng.uniform(0.0, np.pi, n)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    lower = np.array([1.0, 0.5]) - upper
    points = np.where(labels[:, None] == 0, upper, lower)
    return _dataset(points, labels, ("upper", "lower"), noise, rng)


def circles(
    n: int, *, inner: float = 0.5, noise: float = 0.05, rng: np.random.Generator
) -> Dataset:
    """Return two circles around (0, 0), of radius 1 and of radius `inner`.

    Parameters and errors are those of `xor`.
    """
    labels = _labels("circles", n, 2, noise)
    if not 0 < inner < 1:
        raise InvalidValueError(f"circles: inner: expected a radius between 0 and 1, got {inner:g}")
    angles = rng.uniform(0.0, 2 * np.pi, n)
    radii = np.where(labels == 0, 1.0, inner)
    return _dataset(_polar(radii, angles), labels, ("outer", "inner"), noise, rng)


def spirals(
    n: int,
    *,
    arms: int = 2,
    turns: float = 1.0,
    noise: float = 0.02,
    rng: np.random.Generator,
) -> Dataset:
    """Return `arms` spirals from (0, 0) to the circle of radius 1, each turned by an equal angle.

    Along an arm radius and angle grow together (Archimedes); points are denser by a square root
    outside, so that the distance of neighbours on an arm stays about equal.

    Parameters and errors are those of `xor`.
    """
    labels = _labels("spirals", n, arms, noise)
    radii = np.sqrt(rng.uniform(0.0, 1.0, n))
    angles = 2 * np.pi * (turns * radii + labels / arms)
    names = tuple(f"arm {arm + 1}" for arm in range(arms))
    return _dataset(_polar(radii, angles), labels, names, noise, rng)


def blobs(n: int, *, centres: int = 3, noise: float = 0.25, rng: np.random.Generator) -> Dataset:
    """Return Gaussian clouds of standard deviation `noise` around points of the unit circle.

    The centres are evenly spaced, the first one is at (1, 0).

    Parameters and errors are those of `xor`.
    """
    labels = _labels("blobs", n, centres, noise)
    points = _polar(np.ones(n), 2 * np.pi * labels / centres)
    names = tuple(f"blob {centre + 1}" for centre in range(centres))
    return _dataset(points, labels, names, noise, rng)


def saddle(n: int, *, noise: float = 0.0, rng: np.random.Generator) -> Dataset:
    """Return points of the square [−1, 1]² with the value y = x1 · x2: no plane comes near it.

    A regression: y has shape (n, 1).

    Parameters
    ----------
    n : int
        How many points; at least one.
    noise : float
        Standard deviation of what is added to each value.
    rng : numpy.random.Generator

    Raises
    ------
    InvalidValueError
        If there is no point, or the noise is negative.
    """
    _labels("saddle", n, 1, noise)
    points = rng.uniform(-1.0, 1.0, (n, 2))
    return _regression(points, points.prod(axis=1), ("x1", "x2"), noise, rng)


def curve(n: int, *, noise: float = 0.1, rng: np.random.Generator) -> Dataset:
    """Return numbers x from −1 to 1 with the value y = sin(π x): one input, a curve to fit.

    Parameters and errors are those of `saddle`.
    """
    _labels("curve", n, 1, noise)
    points = rng.uniform(-1.0, 1.0, (n, 1))
    return _regression(points, np.sin(np.pi * points[:, 0]), ("x",), noise, rng)


def _labels(name: str, n: int, classes: int, noise: float) -> Array:
    if classes < 1 or n < classes:
        raise InvalidValueError(
            f"{name}: expected at least one point a class, got {n} of {classes}"
        )
    if not noise >= 0:
        raise InvalidValueError(f"{name}: noise: expected 0 or more, got {noise:g}")
    return np.arange(n) % classes


def _polar(radii: Array, angles: Array) -> Array:
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _regression(
    points: Array, values: Array, features: tuple[str, ...], noise: float, rng: np.random.Generator
) -> Dataset:
    moved = values + noise * rng.standard_normal(len(values))
    return Dataset(points, moved[:, None], (), features, "generated")


def _dataset(
    points: Array, labels: Array, classes: tuple[str, ...], noise: float, rng: np.random.Generator
) -> Dataset:
    moved = points + noise * rng.standard_normal(points.shape)
    return Dataset(moved, labels, classes, ("x1", "x2"), "generated")
