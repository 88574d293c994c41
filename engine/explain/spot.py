"""A place on a ground, and what its numbers are called."""

from dataclasses import dataclass, field

import numpy as np

from engine.explain.ledger import Index, Reference
from engine.landscape.ground import Ground
from engine.snapshot import Array


@dataclass(frozen=True, slots=True)
class Data:
    """What the tensors that a ground is made of are called.

    Attributes
    ----------
    x, y : str
        A regression's data, of shape (n, features) and (n,).
    errors : str or None
        Of shape (n,), at the place that is asked about; None where it is not published.
    rows : tuple of int, optional
        Which row of these tensors each sample is, where it is not its own number: a minibatch's.
    bumps : str or None
        Of shape (n, 4), what a sculpted ground is made of; None where they are not published.
    """

    x: str = "x"
    y: str = "y"
    errors: str | None = None
    rows: tuple[int, ...] | None = None
    bumps: str | None = None

    def row(self, i: int) -> int:
        """Return which row of the tensors sample i is."""
        return i if self.rows is None else self.rows[i]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a ground.

    Attributes
    ----------
    ground : Ground
    w : ndarray of shape (d,)
        As it is published.
    where : tuple of Reference
        For each coordinate, the element of a tensor that it is.
    data : Data
        What the tensors that the ground is made of are called.
    """

    ground: Ground
    w: Array
    where: tuple[Reference, ...]
    data: Data = field(default_factory=Data)


def spot(
    ground: Ground, w: Array, tensor: str = "w", prefix: Index = (), data: Data | None = None
) -> Spot:
    """Return a place whose coordinates are the elements `tensor[*prefix, i]`."""
    where = tuple(Reference(tensor, (*prefix, i)) for i in range(len(ground.names)))
    return Spot(ground, np.asarray(w, np.float64), where, data or Data())


def short(tensor: str) -> str:
    """Return what a tensor is called in code: the last part of its name."""
    return tensor.rpartition(".")[2]
