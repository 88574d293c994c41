"""MNIST from the IDX files of a folder."""

from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset
from engine.data.idx import read_idx
from engine.errors import DataError

PARTS = ("train", "t10k")
"""The file name's beginnings: 60 000 and 10 000 images; the first part that is there is taken."""

SIDE = 28
MOST_IMAGES = 70_000
SOURCE = (
    "Y. LeCun, C. Cortes, C. J. C. Burges (1998), The MNIST database of handwritten digits; "
    "made from NIST Special Databases 1 and 3"
)


def find_mnist(folder: Path) -> tuple[Path, Path] | None:
    """Return the paths of the images and of their labels, or None if no part is complete."""
    for part in PARTS:
        images = _find(folder, f"{part}-images-idx3-ubyte")
        labels = _find(folder, f"{part}-labels-idx1-ubyte")
        if images and labels:
            return images, labels
    return None


def mnist(folder: Path) -> Dataset:
    """Return the training images of MNIST, or the 10 000 test images if there are no others.

    Parameters
    ----------
    folder : Path
        Where the files lie, under their usual names, gzip-compressed (`.gz`) or not.

    Returns
    -------
    Dataset
        x of shape (samples, 1, 28, 28) in [0, 1].

    Raises
    ------
    DataError
        If the files are not there, or one is truncated, foreign or mislabelled.
    """
    paths = find_mnist(folder)
    if paths is None:
        raise DataError(f"{folder}: expected {PARTS[1]}-images-idx3-ubyte(.gz) and its labels")
    images = read_idx(paths[0], axes=3, most=MOST_IMAGES * SIDE * SIDE)
    labels = read_idx(paths[1], axes=1, most=MOST_IMAGES)
    if images.shape[1:] != (SIDE, SIDE):
        rows, columns = images.shape[1:]
        raise DataError(f"{paths[0]}: expected {SIDE}×{SIDE} pixels, got {rows}×{columns}")
    if len(images) == 0:
        raise DataError(f"{paths[0]}: expected images, got none")
    if len(images) != len(labels):
        raise DataError(f"{paths[1]}: expected {len(images)} labels, got {len(labels)}")
    if labels.max() > 9:
        raise DataError(f"{paths[1]}: expected labels from 0 to 9, got {labels.max()}")
    x = images[:, None].astype(np.float32)
    x /= 255
    return Dataset(x, labels, tuple("0123456789"), source=SOURCE)


def _find(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
