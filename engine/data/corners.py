"""The four corners of the unit square, with which logic is taught: small enough to do by hand."""

from collections.abc import Callable

import numpy as np

from engine.data.dataset import Dataset

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The inputs, in the order of a truth table."""


def xor_corners() -> Dataset:
    """Return exclusive or: class 1 where the two inputs differ. No line tells the classes apart."""
    return _truth_table(lambda x1, x2: x1 != x2)


def and_corners() -> Dataset:
    """Return and: class 1 where both inputs are 1."""
    return _truth_table(lambda x1, x2: x1 == 1 and x2 == 1)


def or_corners() -> Dataset:
    """Return or: class 1 where at least one input is 1."""
    return _truth_table(lambda x1, x2: x1 == 1 or x2 == 1)


def _truth_table(says: Callable[[int, int], bool]) -> Dataset:
    labels = np.array([says(*corner) for corner in CORNERS], np.int32)
    return Dataset(np.array(CORNERS, np.float32), labels, ("0", "1"), ("x1", "x2"), "a truth table")
