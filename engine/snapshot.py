"""What leaves the engine: frozen, copied, read-only named arrays and scalars."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DTYPES = ("<f4", "<f8", "<i4", "|u1")
"""The element types that may leave, as NumPy spells them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a run.

    Attributes
    ----------
    step : int
        How many steps the run had made.
    scalars : mapping of str to float
        Named single numbers; one that is not finite is left out.
    arrays : mapping of str to ndarray
        Named arrays in the usual order (batch, channels, rows, columns): C-contiguous,
        read-only, of one of `DTYPES`.
    """

    step: int
    scalars: Mapping[str, float]
    arrays: Mapping[str, Array]


def freeze(step: int, scalars: Mapping[str, float], arrays: Mapping[str, Array]) -> Snapshot:
    """Copy `scalars` and `arrays` into a snapshot that nobody can change.

    Raises
    ------
    TypeError
        If an array has an element type that may not leave the engine.
    """
    frozen: dict[str, Array] = {}
    for name, array in arrays.items():
        if array.dtype.str not in DTYPES:
            raise TypeError(f"{name}: dtype {array.dtype.str} is not one of {', '.join(DTYPES)}")
        copy = np.array(array, order="C", copy=True)
        copy.flags.writeable = False
        frozen[name] = copy
    finite = {name: float(value) for name, value in scalars.items() if np.isfinite(value)}
    return Snapshot(step, MappingProxyType(finite), MappingProxyType(frozen))
