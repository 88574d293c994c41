"""Named arrays in `.npz` files, never with pickled objects in them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine.errors import DataError
from engine.snapshot import Array


def save_npz(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write `arrays` to `path`, which keeps its name whatever its suffix.

    Raises
    ------
    DataError
        If an array holds objects: they could only be stored by pickling.
    """
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise DataError(f"{name}: expected numbers, got objects")
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **dict(arrays))


def load_npz(path: Path) -> dict[str, Array]:
    """Read what `save_npz` wrote.

    Raises
    ------
    DataError
        If the file is missing, truncated, foreign, or holds pickled objects.
    """
    try:
        # a zip file first of all: np.load would also take other files
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
        if broken is not None:
            raise DataError(f"{path.name}: {broken} is damaged")
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise DataError(f"{path.name}: no such file") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name}: not a whole .npz file of numbers: {error}") from error
