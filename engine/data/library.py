"""The data sets by name: the small ones that come along, and those in the data folder."""

from collections.abc import Callable, Mapping
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from engine.data.dataset import Dataset
from engine.data.generated import blobs, circles, moons, spirals, xor
from engine.data.mnist import find_mnist, mnist
from engine.data.packaged import digits, iris
from engine.errors import DataError

GENERATED: dict[str, Callable[..., Dataset]] = {
    "xor": xor,
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "blobs": blobs,
}
GENERATED_SIZE = 300
GENERATED_SEED = 1
"""What the library opens under a generated name is always the same: 300 points with the default
noise from `np.random.default_rng(1)`. Whoever wants others calls the function."""

PACKAGED: dict[str, Callable[[], Dataset]] = {"iris": iris, "digits": digits}

NAMES = (*GENERATED, *PACKAGED, "mnist")
"""Everything that `Library.open` knows."""


Made = TypeVar("Made")


class Library:
    """Opens data sets by name and keeps what it has opened.

    Parameters
    ----------
    folder : Path or None
        Where the data sets that do not come along are looked for; None means nowhere.

    Attributes
    ----------
    brought : mapping of str to mapping
        What a person has brought for one run, such as a table: arguments by the action that took
        them. Empty in a library that many runs share.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.brought: Mapping[str, Mapping[str, Any]] = {}
        self._opened: dict[str, Dataset] = {}
        self._made: dict[str, Any] = {}

    def bringing(self, brought: Mapping[str, Mapping[str, Any]]) -> "Library":
        """Return this library with what somebody has brought; both keep what either has opened."""
        other = copy(self)
        other.brought = dict(brought)
        other._made = {}
        return other

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what `make` makes of what was brought; made once, however often it is asked for.

        A run is built again for each run beside it, and for the code that repeats it.
        """
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made

    def missing(self, name: str) -> str | None:
        """Return why the data set `name` cannot be opened, and what mends that; None if it can.

        Only looks whether the files are there: it is asked for at each page.
        """
        if name not in NAMES:
            return f"There is no data set {name!r}; there are {', '.join(NAMES)}."
        if name != "mnist" or name in self._opened:
            return None
        if self.folder is None:
            return (
                "No data folder is given: get the files with `perceptarium fetch mnist "
                "--data-dir DIR`, then start with `perceptarium --data-dir DIR`."
            )
        if find_mnist(self.folder) is None:
            return (
                f"MNIST's files are not in {self.folder}: get them with `perceptarium fetch mnist "
                f"--data-dir {self.folder}`."
            )
        return None

    def open(self, name: str) -> Dataset:
        """Return the data set `name`.

        Raises
        ------
        DataError
            If there is none of that name, or its files are missing, truncated or foreign.
        """
        if name not in self._opened:
            reason = self.missing(name)
            if reason:
                raise DataError(f"{name}: {reason}")
            self._opened[name] = self._read(name)
        return self._opened[name]

    def _read(self, name: str) -> Dataset:
        if name in GENERATED:
            return GENERATED[name](GENERATED_SIZE, rng=np.random.default_rng(GENERATED_SEED))
        if name in PACKAGED:
            return PACKAGED[name]()
        assert self.folder is not None
        return mnist(self.folder)
