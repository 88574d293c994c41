"""What is done to a data set before training: holding samples back, bringing columns to scale."""

from dataclasses import dataclass, replace
from hashlib import sha256
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import InvalidValueError
from engine.snapshot import Array

_parts: WeakKeyDictionary[Dataset, WeakValueDictionary[bytes, Dataset]] = WeakKeyDictionary()
"""The parts in use, by the data set they were taken from and their samples' numbers."""


def split(
    dataset: Dataset, validation_size: int, *, rng: np.random.Generator
) -> tuple[Dataset, Dataset]:
    """Return the samples to train on and `validation_size` others to validate with, both shuffled.

    Where there are classes, each has the same share in both parts, to within one sample.
    Who splits a data set alike gets the same parts: many people with one seed need the memory once.

    Parameters
    ----------
    dataset : Dataset
    validation_size : int
        From 1 to one less than there are samples.
    rng : numpy.random.Generator

    Raises
    ------
    InvalidValueError
        If one of the two parts would be empty.
    """
    labels = dataset.y if dataset.classes else None
    training, held_back = divide(len(dataset), labels, validation_size, rng=rng)
    return _take(dataset, training), _take(dataset, held_back)


def divide(
    samples: int, labels: Array | None, validation_size: int, *, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return which samples to train on and which to validate with, both shuffled.

    Parameters
    ----------
    samples : int
        How many there are.
    labels : ndarray of shape (samples,), int, or None
        Their classes, each of which has the same share in both parts, to within one sample.
    validation_size : int
        From 1 to one less than there are samples.
    rng : numpy.random.Generator

    Returns
    -------
    training : ndarray of shape (samples − validation_size,)
    held_back : ndarray of shape (validation_size,)

    Raises
    ------
    InvalidValueError
        If one of the two parts would be empty.
    """
    if not 1 <= validation_size < samples:
        raise InvalidValueError(
            f"validation size: expected from 1 to {samples - 1}, got {validation_size}"
        )
    order = rng.permutation(samples)
    if labels is None:
        return order[validation_size:], order[:validation_size]
    shuffled = labels[order]
    held_back = np.zeros(samples, bool)
    for label, count in enumerate(_shares(np.bincount(shuffled), validation_size)):
        held_back[np.flatnonzero(shuffled == label)[:count]] = True
    return order[~held_back], order[held_back]


def _take(dataset: Dataset, samples: Array) -> Dataset:
    known = _parts.setdefault(dataset, WeakValueDictionary())
    key = sha256(samples.tobytes()).digest()
    part = known.get(key)
    if part is None:
        part = known[key] = dataset.take(samples)
    return part


def _shares(counts: Array, total: int) -> Array:
    """Divide `total` in the ratio of `counts`; the largest remainders are rounded up."""
    exact = counts * (total / counts.sum())
    shares: Array = np.floor(exact).astype(int)
    missing = total - shares.sum()
    largest = np.argsort(shares - exact, kind="stable")[:missing]
    shares[largest] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Scaling:
    """An affine map of each column, or of each channel of pictures: (x − offset) / scale.

    It is made from the training samples alone and applied to all: the validation samples stand for
    those that nobody has seen yet.

    A column that is constant in training has scale 1: it becomes 0, and says no more than it did.

    Attributes
    ----------
    offset, scale : ndarray of shape (columns,)
        Or (channels,) for pictures.
    """

    offset: Array
    scale: Array

    @classmethod
    def min_max(cls, training: Dataset) -> "Scaling":
        """Return the scaling that brings the training samples' smallest value to 0, largest to 1.

        Other samples may come to lie outside.
        """
        axes = _all_but_columns(training.x)
        low, high = training.x.min(axis=axes), training.x.max(axis=axes)
        return cls(low, _without_zeros(high - low))

    @classmethod
    def z_score(cls, training: Dataset) -> "Scaling":
        """Return the scaling that gives the training samples mean 0 and standard deviation 1.

        The deviation is the population's (divided by n, not by n − 1).
        """
        return cls.z_score_of(training.x)

    @classmethod
    def z_score_of(cls, x: Array) -> "Scaling":
        """Return that scaling for samples that are no data set yet, of shape (samples, columns)."""
        axes = _all_but_columns(x)
        x = x.astype(np.float64)
        constant = x.min(axis=axes) == x.max(axis=axes)
        # rounding can leave a constant column a deviation just above 0
        deviation = np.where(constant, 0.0, x.std(axis=axes))
        return cls(x.mean(axis=axes), _without_zeros(deviation))

    def apply(self, dataset: Dataset) -> Dataset:
        """Return `dataset` with its columns to scale."""
        return replace(dataset, x=self.scaled(dataset.x))

    def scaled(self, x: Array) -> Array:
        """Return samples, of shape (samples, columns, ...), to scale."""
        columns = (-1,) + (1,) * (x.ndim - 2)
        to_scale: Array = (x - self.offset.reshape(columns)) / self.scale.reshape(columns)
        return to_scale


def _all_but_columns(x: Array) -> tuple[int, ...]:
    return tuple(axis for axis in range(x.ndim) if axis != 1)


def _without_zeros(scale: Array) -> Array:
    return np.where(scale == 0, np.ones_like(scale), scale)
