"""A table that somebody brings: columns of numbers that go in, and one that is to be learned.

What is written is understood in one way or refused, with the line and the column; where two
readings are sensible, such as classes or values, the table says which one was taken, and takes the
other one if told so. Longer than other files: each rule has its error, and they are read in this
order.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engine.data.delimited import (
    MARKS,
    SEPARATORS,
    Decimal,
    Record,
    Records,
    as_number,
    quoted,
    read_records,
)
from engine.errors import InvalidValueError
from engine.snapshot import Array

MOST_BYTES = 200_000
MOST_ROWS = 2000
MOST_INPUTS = 8
MOST_CLASSES = 10
LEAST_ROWS = 4
MOST_NAME = 40

LARGEST = 1e30
"""The largest size of a number: squares of such numbers can still be summed in float64."""

MISSING = frozenset({"", "?", "na", "n/a", "#n/a", "nan", "null"})
"""What programs write where there is no value; never taken for a class."""

Kind = Literal["classes", "value"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table, understood.

    Attributes
    ----------
    x : ndarray of shape (rows, inputs), float64, read-only
        The numbers that go in, as they were written.
    y : ndarray of shape (rows,), int32, or (rows, 1), float64, read-only
        Class numbers; or the values of a regression.
    classes : tuple of str
        The classes' names, in the order of the text; of numbers, by size. Empty for a regression.
    features : tuple of str
        The names of the inputs' columns.
    target : str
        The name of the column that is to be learned.
    reading : mapping of str to value
        How the text was read, as JSON values: `separator`, `decimal`, `header`, `kind`, and `why`
        that kind.
    """

    x: Array
    y: Array
    classes: tuple[str, ...]
    features: tuple[str, ...]
    target: str
    reading: dict[str, Any]

    def __post_init__(self) -> None:
        for array in (self.x, self.y):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.x)

    def report(self) -> dict[str, Any]:
        """Return what was understood, as JSON values: for whoever brought it, to look through."""
        columns = [
            {
                "name": name,
                "low": float(column.min()),
                "high": float(column.max()),
                "mean": float(column.mean()),
            }
            for name, column in zip(self.features, self.x.T, strict=True)
        ]
        told = {"rows": len(self), "target": self.target, "inputs": columns, **self.reading}
        if self.classes:
            counts = np.bincount(self.y, minlength=len(self.classes)).tolist()
            pairs = zip(self.classes, counts, strict=True)
            return told | {"classes": [{"name": name, "count": n} for name, n in pairs]}
        low, high, mean = float(self.y.min()), float(self.y.max()), float(self.y.mean())
        return told | {"value": {"low": low, "high": high, "mean": mean}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a person may say about a text; None leaves it to the text.

    Attributes
    ----------
    target : str or None
        The name of the column to be learned; by default the last one.
    kind : {"classes", "value"} or None
        What the target's cells are.
    separator : str or None
        What stands between two columns: `,`, `;` or a tab.
    decimal : {".", ","} or None
        What decimals are written with.
    header : bool or None
        Whether the first line names the columns.
    """

    target: str | None = None
    kind: Kind | None = None
    separator: str | None = None
    decimal: Decimal | None = None
    header: bool | None = None


def read_table(text: str, choices: Choices | None = None) -> Table:
    """Return the table that a text holds.

    The columns are separated by commas, semicolons or tabs. Where semicolons or tabs separate them,
    decimals may have a comma. A cell may stand in quotes (") and hold anything then, a quote
    doubled. The first line names the columns if none of its cells is a number.

    Parameters
    ----------
    text : str
        At most 200 kB in UTF-8, 2000 rows, 8 columns that go in and one to be learned.
    choices : Choices, optional
        What the text leaves open.

    Raises
    ------
    InvalidValueError
        If it is no such table, or can be read in two ways; the text names the line, where there is
        one the column, the rule and what stands there. It begins with the name of a choice if that
        is to blame.
    """
    choices = choices or Choices()
    _check_size(text)
    if choices.separator is not None:
        return _read(text, choices.separator, choices)
    found: dict[str, Table] = {}
    problems: dict[str, InvalidValueError] = {}
    for separator in SEPARATORS:
        if separator in text:
            try:
                found[separator] = _read(text, separator, choices)
            except InvalidValueError as error:
                problems[separator] = error
    if len(found) > 1:
        one, other = [SEPARATORS[each] for each in found][:2]
        raise InvalidValueError(
            f"line 1: expected columns that can be told apart in one way; both {one} and {other} "
            "between the columns make a table: choose one"
        )
    for table in found.values():
        return table
    if not problems:
        raise InvalidValueError(
            "line 1: expected columns between commas, semicolons or tabs, got none of them"
            if text.strip("\ufeff \r\n\t")
            else "line 1: expected a table, got nothing"
        )
    raise problems[_likeliest(text, list(problems))]


def _check_size(text: str) -> None:
    content = text.encode("utf-8", "replace")
    if len(content) > MOST_BYTES:
        line = 1 + content[:MOST_BYTES].count(b"\n")
        raise InvalidValueError(
            f"line {line}: expected at most {MOST_BYTES // 1000} kB, which end in this line, got "
            f"{math.ceil(len(content) / 1000)} kB"
        )


def _likeliest(text: str, separators: Sequence[str]) -> str:
    """Return which separator the writer most likely meant: whose error is worth reading."""
    head = text.lstrip("\ufeff\r\n").partition("\n")[0]
    # a decimal comma is no separator beside one
    rank = {"\t": 2, ";": 1, ",": 0}
    return max(separators, key=lambda one: (one in head, rank[one]))


def _read(text: str, separator: str, choices: Choices) -> Table:
    records = read_records(text, separator, choices.decimal)
    header, rows = _divide(records, choices.header)
    names = _names(header, len(records.rows[0].cells))
    _check_counts(records.rows[0], rows)
    at = _target(names, choices.target)
    inputs = [column for column in range(len(names)) if column != at]
    cells = _Cells(records, names)
    x = np.array([[cells.value(row, column) for column in inputs] for row in rows], np.float64)
    y, classes, why = _learned(cells, rows, at, choices.kind)
    kind: Kind = "classes" if classes else "value"
    return Table(
        x=x,
        y=y,
        classes=classes,
        features=tuple(names[column] for column in inputs),
        target=names[at],
        reading={
            "separator": separator,
            "decimal": records.decimal,
            "header": header is not None,
            "kind": kind,
            "why": why,
        },
    )


def _divide(records: Records, header: bool | None) -> tuple[Record | None, list[Record]]:
    """Return the line of names, if there is one, and the others.

    A row without any number cannot be one of data, as something has to go in.
    """
    first = records.rows[0]
    if header is None:
        header = not any(
            as_number(cell, mark) is not None for cell in first.cells for mark in MARKS
        )
    return (first, records.rows[1:]) if header else (None, records.rows)


def _names(header: Record | None, count: int) -> tuple[str, ...]:
    if header is None:
        return tuple(f"column {number}" for number in range(1, count + 1))
    names: list[str] = []
    for number, cell in enumerate(header.cells, start=1):
        name = " ".join(cell.split()) or f"column {number}"
        place = f"line {header.line}, column {number}"
        if len(name) > MOST_NAME:
            raise InvalidValueError(
                f"{place}: expected a name of at most {MOST_NAME} characters, got {quoted(name)}, "
                f"which has {len(name)}"
            )
        if name in names:
            other = 1 + names.index(name)
            raise InvalidValueError(
                f"{place}: expected another name than in column {other}, got {quoted(name)} again"
            )
        names.append(name)
    return tuple(names)


def _check_counts(first: Record, rows: Sequence[Record]) -> None:
    columns = len(first.cells)
    if not 2 <= columns <= MOST_INPUTS + 1:
        raise InvalidValueError(
            f"line {first.line}: expected from 2 to {MOST_INPUTS + 1} columns, one of them to be "
            f"learned, got {columns}"
        )
    if len(rows) < LEAST_ROWS:
        line = rows[-1].line if rows else first.line
        raise InvalidValueError(
            f"line {line}: expected at least {LEAST_ROWS} rows of numbers, got {len(rows)}"
        )
    if len(rows) > MOST_ROWS:
        raise InvalidValueError(
            f"line {rows[MOST_ROWS].line}: expected at most {MOST_ROWS} rows, got {len(rows)}"
        )


def _target(names: Sequence[str], target: str | None) -> int:
    if target is None:
        return len(names) - 1
    if target not in names:
        listed = ", ".join(names)
        raise InvalidValueError(f"target: expected one of {listed}, got {quoted(target)}")
    return names.index(target)


class _Cells:
    """The cells of a table, by their places."""

    def __init__(self, records: Records, names: Sequence[str]) -> None:
        self._records = records
        self._names = names

    def place(self, row: Record, column: int) -> str:
        return f'line {row.line}, column {column + 1} ("{self._names[column]}")'

    def number(self, row: Record, column: int) -> float | None:
        return self._records.number(row.cells[column])

    def value(self, row: Record, column: int) -> float:
        """Return the number in a cell; raise if it is none, or too large."""
        number, cell = self.number(row, column), row.cells[column]
        place = self.place(row, column)
        if number is None:
            raise InvalidValueError(f"{place}: expected a number, got {quoted(cell)}")
        if not abs(number) <= LARGEST:
            raise InvalidValueError(
                f"{place}: expected a number from -{LARGEST:g} to {LARGEST:g}, got {quoted(cell)}"
            )
        return number

    def text(self, row: Record, column: int) -> str:
        """Return the class in a cell; raise if none is there."""
        cell = " ".join(row.cells[column].split())
        place = self.place(row, column)
        if cell.lower() in MISSING:
            raise InvalidValueError(f"{place}: expected a class, got {quoted(cell)}")
        if len(cell) > MOST_NAME:
            raise InvalidValueError(
                f"{place}: expected a class of at most {MOST_NAME} characters, got {quoted(cell)}, "
                f"which has {len(cell)}"
            )
        return cell


def _learned(
    cells: _Cells, rows: Sequence[Record], at: int, kind: Kind | None
) -> tuple[Array, tuple[str, ...], str]:
    """Return the target's column, its classes, and why it was read like that."""
    numbers = [cells.number(row, at) for row in rows]
    texts = sum(number is None for number in numbers)
    why = "you chose so"
    if kind is None:
        if 0 < texts < len(rows):
            _refuse_mixture(cells, rows, at, numbers)
        kind, why = ("classes", "they are words") if texts else _kind_of(numbers)
    if kind == "value":
        values = np.array([[cells.value(row, at)] for row in rows], np.float64)
        if values.min() == values.max():
            raise InvalidValueError(
                f"{cells.place(rows[-1], at)}: expected values that differ, got "
                f"{quoted(rows[-1].cells[at])} in this row and in all others"
            )
        return values, (), why
    if texts:
        names = [cells.text(row, at) for row in rows]
        classes = list(dict.fromkeys(names))
    else:
        found = [cells.value(row, at) for row in rows]
        names = [_spelled(number) for number in found]
        classes = [_spelled(number) for number in sorted(set(found))]
    _check_classes(cells, rows, at, names)
    numbered = {name: number for number, name in enumerate(classes)}
    return np.array([numbered[name] for name in names], np.int32), tuple(classes), why


def _refuse_mixture(
    cells: _Cells, rows: Sequence[Record], at: int, numbers: Sequence[float | None]
) -> None:
    """Raise: a column of numbers and words is neither; the rarer kind is the one to look at."""
    words = [number is None for number in numbers]
    rare = sum(words) * 2 <= len(words)
    here = words.index(rare)
    expected, as_in = ("a number", words.index(False)) if rare else ("a word", words.index(True))
    raise InvalidValueError(
        f"{cells.place(rows[here], at)}: expected {expected}, as in line {rows[as_in].line}, got "
        f"{quoted(rows[here].cells[at])}; or choose classes"
    )


def _kind_of(numbers: Sequence[float | None]) -> tuple[Kind, str]:
    """Return what a column of numbers is taken for, and why."""
    different = set(numbers)
    whole = all(number is not None and number.is_integer() for number in different)
    if whole and len(different) <= MOST_CLASSES:
        return "classes", f"they are whole numbers, only {len(different)} different ones"
    if whole:
        return "value", f"they are numbers, more than {MOST_CLASSES} different ones"
    return "value", "they are numbers with decimals"


def _check_classes(cells: _Cells, rows: Sequence[Record], at: int, names: Sequence[str]) -> None:
    """Raise if there are too few or too many classes, or one has a single row."""
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        first.setdefault(name, place)
        if len(first) > MOST_CLASSES:
            raise InvalidValueError(
                f"{cells.place(rows[place], at)}: expected at most {MOST_CLASSES} classes, got "
                f"{quoted(name)}, the {MOST_CLASSES + 1}th of {len(set(names))}"
            )
    if len(first) == 1:
        raise InvalidValueError(
            f"{cells.place(rows[-1], at)}: expected at least 2 classes, got {quoted(names[0])} in "
            "this row and in all others"
        )
    for name, place in first.items():
        if names.count(name) == 1:
            raise InvalidValueError(
                f"{cells.place(rows[place], at)}: expected at least 2 rows of each class, got "
                f"{quoted(name)} in this row alone"
            )


def _spelled(number: float) -> str:
    """Return a number as the name of its class."""
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else repr(number)
