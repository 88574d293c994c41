"""The one type that every data set returns."""

from dataclasses import dataclass

from engine.snapshot import Array


@dataclass(frozen=True, slots=True)
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
    """

    x: Array
    y: Array
    classes: tuple[str, ...]
    features: tuple[str, ...] = ()
    source: str = ""

    def __len__(self) -> int:
        return len(self.x)
