"""Cross-correlation and true convolution side by side, for two kernels."""

from collections.abc import Collection

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.kernels import FIRST_OWN, KERNELS
from engine.explain.arithmetic import leaf
from engine.explain.correlation import Kernel, Named, ledger_of, window_sum
from engine.explain.ledger import Index, Ledger
from engine.nn.correlate import Sliding, turned
from engine.snapshot import Array

ARRAYS = ("flip.k", "flip.turned", "flip.correlation", "flip.convolution")

BOTH = np.stack([KERNELS["edges"], FIRST_OWN[0, 0]])[:, None]
"""A kernel that is itself when it is turned, and one that is not."""


class Flipping:
    """What both operations make of the first channel of a picture, without padding.

    Parameters
    ----------
    picture : ndarray of shape (channels, rows, columns)
        At least as large as the kernels.
    """

    def __init__(self, picture: Array) -> None:
        self._sliding = Sliding((picture.shape[1], picture.shape[2]), BOTH.shape[-1])
        self._x = Named.of("x", picture, leading=1)

    def arrays(self, names: Collection[str]) -> dict[str, Array]:
        """Return those of `ARRAYS` that are among `names`."""
        return {name: self._array(name) for name in ARRAYS if name in names}

    def _array(self, name: str) -> Array:
        if name == "flip.k":
            return BOTH[:, 0]
        if name == "flip.turned":
            return turned(BOTH)[:, 0]
        kernels = turned(BOTH) if name == "flip.convolution" else BOTH
        first = self._x.array[:1].astype(np.float64)
        return self._sliding.correlate(first, kernels).astype(np.float32)

    def ledger(self, tensor: str, index: Index, *, page: int = 0) -> Ledger:
        """Return how an element of one of `ARRAYS` came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or element.
        """
        if tensor not in ARRAYS:
            raise InvalidValueError(f"tensor: expected one of {', '.join(ARRAYS)}, got {tensor!r}")
        named = Named.of(tensor, self._array(tensor))
        full, value = named.element(index)
        kernel = Kernel(
            "flip.k", "k", BOTH, (True, False, True, True), tensor == "flip.convolution"
        )
        if tensor == "flip.k":
            arithmetic = leaf("given", "k", value, "one of two kernels to compare")
        elif tensor == "flip.turned":
            f, u, v = full
            last = BOTH.shape[-1] - 1
            arithmetic = kernel.identity((f, 0, last - u, last - v), "the kernel turned by 180°")
        else:
            f, i, j = full
            arithmetic = window_sum(
                self._sliding,
                self._x,
                kernel,
                (f, i, j),
                channels=slice(0, 1),
                bias=None,
                page=page,
            )
        return ledger_of(named, full, arithmetic, page=page)
