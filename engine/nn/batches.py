"""The training set in minibatches: a new order for each epoch, gathered some batches ahead."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.data.dataset import Dataset
from engine.nn.losses import Targets
from engine.nn.signal import batches_innermost
from engine.snapshot import Array

GATHERED_NUMBERS = 1 << 16
"""About how many input numbers are gathered in advance: some batches, not the data set."""


Augment = Callable[[Array, np.random.Generator], Array]
"""Makes other samples of a minibatch's, of the same shape; what it draws, it draws from the rng."""


class Place(NamedTuple):
    """Where a minibatch lies: `size` samples after the first `taken` of an epoch."""

    epoch: int
    taken: int
    size: int


class Batch(NamedTuple):
    """A minibatch in the order in which the network computes.

    Attributes
    ----------
    place : Place
    indices : ndarray of shape (size,), read-only
        Which samples of the training set these are.
    x : ndarray of shape (features, size) or (rows, channels, columns, size)
    target : ndarray of shape (outputs, size)
    labels : ndarray of shape (size,) or None
        Class numbers; None for a regression.
    """

    place: Place
    indices: Array
    x: Array
    target: Array
    labels: Array | None


class Batches:
    """Cuts a training set into minibatches; a batch depends on nothing but its place.

    Epoch e takes the samples in the order drawn from the seed (seed, 1, e); what is left of an
    epoch after its last whole batch is left out. A batch is augmented by what is drawn from the
    seed (seed, 4, e, its first sample's place in the epoch).

    Parameters
    ----------
    data : Dataset
    targets : Targets
        Its labels, as the loss takes them, in the network's dtype.
    seed : int
    augment : callable, optional
        Makes the samples that are learned from of those of the data set.
    """

    def __init__(
        self, data: Dataset, targets: Targets, *, seed: int, augment: Augment | None = None
    ) -> None:
        self._data = data
        self._targets = targets
        self._seed = seed
        self._augment = augment
        self._order: tuple[int, Array] | None = None

    def after(self, place: Place, size: int) -> Place:
        """Return where the next batch, of `size` samples, lies."""
        taken = place.taken + place.size
        if taken + size > len(self._data):
            return Place(place.epoch + 1, 0, size)
        return Place(place.epoch, taken, size)

    def gather_from(self, place: Place) -> list[Batch]:
        """Return some batches of one epoch, the first one at `place`."""
        left = (len(self._data) - place.taken) // place.size
        numbers = place.size * self._data.x[0].size
        count = min(left, max(1, GATHERED_NUMBERS // numbers))
        return self._gather(place, count)

    def at(self, place: Place) -> Batch:
        """Return the batch at `place`."""
        return self._gather(place, 1)[0]

    def samples(self, place: Place) -> Array:
        """Return which samples of the training set lie at `place`; shape (size,), read-only."""
        samples: Array = self._choose(place, 1)[0]
        return samples

    def _choose(self, place: Place, count: int) -> Array:
        epoch, taken, size = place
        if self._order is None or self._order[0] != epoch:
            rng = np.random.default_rng([self._seed, 1, epoch])
            self._order = epoch, rng.permutation(len(self._data))
        chosen: Array = self._order[1][taken : taken + count * size].reshape(count, size)
        chosen.flags.writeable = False
        return chosen

    def _gather(self, place: Place, count: int) -> list[Batch]:
        epoch, taken, size = place
        chosen = self._choose(place, count)
        x = self._data.x[chosen]
        if self._augment:
            for number, samples in enumerate(x):
                key = [self._seed, 4, epoch, taken + number * size]
                x[number] = self._augment(samples, np.random.default_rng(key))
        # all batches at once: one by one would cost a small network as much as its arithmetic
        parts = (
            (Place(epoch, taken + number * size, size) for number in range(count)),
            chosen,
            np.ascontiguousarray(batches_innermost(x)),
            np.ascontiguousarray(batches_innermost(self._targets.values[chosen])),
            count * [None] if self._targets.labels is None else self._targets.labels[chosen],
        )
        return [Batch(*each) for each in zip(*parts, strict=True)]
