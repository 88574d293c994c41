"""The data sets that come along as files; `files/SOURCES.md` says where they are from."""

import csv
from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset

FILES = Path(__file__).parent / "files"

IRIS_SOURCE = (
    "R. A. Fisher (1936), Iris, UCI Machine Learning Repository, "
    "https://doi.org/10.24432/C56C76, CC BY 4.0; the values are those of the printed paper"
)
DIGITS_SOURCE = (
    "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits (its test part), "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0"
)


def iris() -> Dataset:
    """Return 150 iris flowers of 3 species: 4 lengths and widths in centimetres each."""
    with (FILES / "iris.csv").open(encoding="ascii", newline="") as file:
        header, *rows = csv.reader(file)
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    x = np.array([row[:-1] for row in rows], np.float32)
    y = np.array([species.index(row[-1]) for row in rows], np.int32)
    features = tuple(f"{name} (cm)" for name in header[:-1])
    return Dataset(x, y, species, features, IRIS_SOURCE)


def digits() -> Dataset:
    """Return 1 797 handwritten digits, x of shape (1797, 1, 8, 8).

    A pixel counts the inked ones among 4 × 4 pixels of the scan; 0 to 16 become 0 to 1.
    """
    with np.load(FILES / "digits.npz", allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    x = images[:, None].astype(np.float32) / 16
    return Dataset(x, labels, tuple("0123456789"), source=DIGITS_SOURCE)
