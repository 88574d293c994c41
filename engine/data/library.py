"""The data sets by name: the small ones that come along, and those in the data folder."""

from pathlib import Path

from engine.data.dataset import Dataset


class Library:
    """Opens data sets by name and keeps what it has opened.

    Parameters
    ----------
    folder : Path or None
        Where the data sets that do not come along are looked for; None means nowhere.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._opened: dict[str, Dataset] = {}

    def missing(self, name: str) -> str | None:
        """Return why the data set `name` cannot be opened, and what mends that; None if it can."""
        raise NotImplementedError(name)

    def open(self, name: str) -> Dataset:
        """Return the data set `name`.

        Raises
        ------
        DataError
            If there is none of that name, or its files are missing, truncated or foreign.
        """
        raise NotImplementedError(name)
