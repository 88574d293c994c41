"""Data that a person brings by an action: points drawn in the plane, and a table that is pasted."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from engine.data.dataset import Dataset
from engine.data.delimited import MARKS, SEPARATORS
from engine.data.table import Choices, Table, read_table
from engine.errors import InvalidValueError
from engine.snapshot import Array

FAR = 1.5
"""How far from 0 a point may be drawn, either way."""

MOST_POINTS = 300
MOST_DRAWN_CLASSES = 4

DIGITS = 3
"""Decimals that are kept of a place, as more cannot be seen: so a drawing fits into a link."""

FIRST = {
    0: ((-0.9, 0.6), (-0.6, 0.9), (-0.5, 0.4), (0.7, -0.5), (0.5, -0.9)),
    1: ((0.6, 0.8), (0.9, 0.4), (-0.7, -0.6), (-0.4, -0.9), (0.4, 0.5)),
}
"""What a drawing begins with, by class: something to move and to add to."""


EXAMPLE = """\
weight,roundness,fruit
182,0.93,apple
170,0.9,apple
165,0.95,apple
191,0.91,apple
118,0.35,banana
125,0.31,banana
109,0.38,banana
131,0.33,banana
12,0.97,cherry
9,0.99,cherry
11,0.96,cherry
8,0.98,cherry
"""
"""A table to try the desk with; made up."""


class Given(NamedTuple):
    """Samples as they were given, in double precision: for the fields see `Dataset`."""

    x: Array
    y: Array
    classes: tuple[str, ...]
    features: tuple[str, ...]


def first_drawing() -> Dataset:
    """Return the points that a drawing begins with."""
    places = [place for of_class in FIRST.values() for place in of_class]
    labels = [label for label, of_class in FIRST.items() for _ in of_class]
    return _points(np.array(places), np.array(labels))


def drawn(args: Mapping[str, Any]) -> Dataset:
    """Return the points in the arguments of the action `draw`.

    Parameters
    ----------
    args : mapping
        `x1` and `x2`, the places, from -1.5 to 1.5; `y`, the classes, whole numbers from 0.

    Raises
    ------
    InvalidValueError
        If a list breaks its rule, or there are fewer than two classes.
    """
    columns = [_places(name, args.get(name)) for name in ("x1", "x2")]
    y = args.get("y")
    whole = isinstance(y, list) and all(type(label) is int for label in y)
    if not isinstance(y, list) or not whole or not all(0 <= one < MOST_DRAWN_CLASSES for one in y):
        raise InvalidValueError(
            f"y: expected a list of classes from 0 to {MOST_DRAWN_CLASSES - 1}, got {_short(y)}"
        )
    for name, column in zip(("x2", "y"), (columns[1], y), strict=True):
        if len(column) != len(columns[0]):
            raise InvalidValueError(
                f"{name}: expected {len(columns[0])} numbers, one a point, got {len(column)}"
            )
    if not y or len(y) > MOST_POINTS:
        raise InvalidValueError(f"y: expected from 1 to {MOST_POINTS} points, got {len(y)}")
    if len(set(y)) == 1:
        raise InvalidValueError(f"y: expected points of at least 2 classes, got {len(y)} of one")
    return _points(np.array(columns).T, np.array(y))


def pasted(args: Mapping[str, Any]) -> Table:
    """Return the table in the arguments of the action `paste`.

    Parameters
    ----------
    args : mapping
        `csv`, the text; `target`, `kind`, `separator`, `decimal`, `header`, where a person has
        chosen, as `Choices` has them.

    Raises
    ------
    InvalidValueError
        If it is no table that can be understood; begins with the name of the argument.
    """
    text = args.get("csv")
    if not isinstance(text, str):
        raise InvalidValueError(f"csv: expected a text, got {_short(text)}")
    chosen = {name: args[name] for name in OPTIONS if name in args}
    for name, value in chosen.items():
        _check_option(name, value)
    try:
        return read_table(text, Choices(**chosen))
    except InvalidValueError as error:
        # what is wrong with a choice names that itself
        problem = str(error)
        named = problem.partition(":")[0] in OPTIONS
        raise InvalidValueError(problem if named else f"csv: {problem}") from None


OPTIONS: dict[str, tuple[object, ...] | None] = {
    "target": None,
    "kind": ("classes", "value"),
    "separator": tuple(SEPARATORS),
    "decimal": MARKS,
    "header": (True, False),
}
"""What may be chosen, and the values; None for any text."""


def _check_option(name: str, value: object) -> None:
    known = OPTIONS[name]
    if known is None:
        if not isinstance(value, str):
            raise InvalidValueError(f"{name}: expected a text, got {_short(value)}")
    elif not any(value is one or (value == one and isinstance(value, str)) for one in known):
        listed = ", ".join(repr(one) for one in known)
        raise InvalidValueError(f"{name}: expected one of {listed}, got {_short(value)}")


def _places(name: str, values: object) -> list[float]:
    if not isinstance(values, list) or not all(type(one) in (int, float) for one in values):
        raise InvalidValueError(f"{name}: expected a list of numbers, got {_short(values)}")
    for value in cast(list[float], values):
        if not abs(value) <= FAR:
            raise InvalidValueError(f"{name}: expected from {-FAR} to {FAR}, got {value:g}")
    return values


def _points(places: Array, labels: Array) -> Dataset:
    names = tuple(f"class {number}" for number in range(1, int(labels.max()) + 2))
    return Dataset(np.round(places, DIGITS), labels, names, ("x1", "x2"), "drawn")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
