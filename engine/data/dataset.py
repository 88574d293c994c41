"""The one type that every data set returns."""

from dataclasses import dataclass, replace

import numpy as np

from engine.errors import DataError
from engine.snapshot import Array


# compared as the object it is: arrays have no one answer to ==
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Dataset:
    """Samples and their labels; immutable.

    Attributes
    ----------
    x : ndarray of shape (samples, ...), float32, read-only
        Inputs: (samples, features), or (samples, channels, rows, columns) for pictures in [0, 1].
    y : ndarray of shape (samples,), int32, or (samples, targets), float32, read-only
        Class numbers, or targets of a regression.
    classes : tuple of str
        The classes' names, empty for a regression.
    features : tuple of str
        The columns' names; for pictures empty.
    source : str
        Where the numbers come from, with the licence.

    Raises
    ------
    DataError
        If there are not as many labels as samples, a label has no class, or names and columns
        do not match.
    """

    x: Array
    y: Array
    classes: tuple[str, ...]
    features: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        # views: the caller's own arrays stay writeable, these do not
        for name, array, dtype in (
            ("x", self.x, np.float32),
            ("y", self.y, np.int32 if self.classes else np.float32),
        ):
            view = np.ascontiguousarray(array, dtype).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)
        if len(self.x) != len(self.y):
            raise DataError(f"y: expected {len(self.x)} labels, one a sample, got {len(self.y)}")
        if self.features and self.x.shape[1:] != (len(self.features),):
            raise DataError(
                f"x: expected the columns {', '.join(self.features)}, got shape {self.x.shape}"
            )
        known = len(self.classes)
        if known and not ((self.y >= 0) & (self.y < known)).all():
            wrong = self.y[(self.y < 0) | (self.y >= known)][0]
            raise DataError(f"y: expected labels from 0 to {known - 1}, got {wrong}")

    def __len__(self) -> int:
        return len(self.x)

    def take(self, samples: Array) -> "Dataset":
        """Return the data set of the samples with these numbers, in this order."""
        return replace(self, x=self.x[samples], y=self.y[samples])
