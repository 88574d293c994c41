"""Text with columns (CSV): its lines, how they are separated, and the numbers written in them.

The quoting is read by Python's `csv`; here stands what that leaves open: which character separates
the columns, whether decimals have a point or a comma, and on which line of the text a cell stands.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.errors import InvalidValueError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may stand between two columns, and what that is called."""

Decimal = Literal[".", ","]
MARKS: tuple[Decimal, ...] = (".", ",")

NUMBERS: dict[Decimal, re.Pattern[str]] = {
    ".": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII),
    ",": re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d{1,6})?", re.ASCII),
}
"""How a number is written, by its decimal mark. Thousands are not grouped."""

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
"""A number with a comma that may as well group thousands."""

MOST_SHOWN = 40
"""The most characters of a cell that an error repeats."""


class Record(NamedTuple):
    """One row of cells, and the line of the text on which it begins, counted from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Records:
    """A text cut into rows of equally many cells, without spaces around them.

    Attributes
    ----------
    rows : list of Record
        At least one; lines without anything are left out.
    separator : str
        A key of `SEPARATORS`.
    decimal : {".", ","}
        What decimals are written with; a point where there are none.
    """

    rows: list[Record]
    separator: str
    decimal: Decimal

    def number(self, cell: str) -> float | None:
        """Return the number that a cell is, perhaps too large to be finite; None if it is none."""
        return as_number(cell, self.decimal)


def as_number(cell: str, decimal: Decimal = ".") -> float | None:
    """Return the number that a cell is, perhaps too large to be finite; None if it is none."""
    text = cell.replace("−", "-")  # the sign that word processors write
    return float(text.replace(",", ".")) if NUMBERS[decimal].fullmatch(text) else None


def read_records(text: str, separator: str, decimal: Decimal | None = None) -> Records:
    """Cut a text into rows and cells.

    Parameters
    ----------
    text : str
        Its lines end as on any system.
    separator : str
        A key of `SEPARATORS`.
    decimal : {".", ","} or None
        None: as the numbers say. Where commas separate the columns, it is a point unless numbers
        stand in quotes.

    Raises
    ------
    InvalidValueError
        If there is nothing, quotes are open, or rows have not equally many cells; if decimals are
        written with points and with commas, or the commas may group thousands.
    """
    rows = _rows(text, separator)
    if not rows:
        raise InvalidValueError("line 1: expected a table, got nothing")
    first = rows[0]
    for line, cells in rows:
        if len(cells) != len(first.cells):
            expected = f"expected {len(first.cells)} columns between {SEPARATORS[separator]}"
            raise InvalidValueError(
                f"line {line}: {expected}, as in line {first.line}, got {len(cells)}"
            )
    return Records(rows, separator, decimal or _decimal(rows))


def _rows(text: str, separator: str) -> list[Record]:
    if "\0" in text:
        line = 1 + text[: text.index("\0")].count("\n")
        raise InvalidValueError(f"line {line}: expected a text, got a byte of 0: a binary file?")
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    rows = []
    begins = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if len(stripped) > 1 or any(stripped):
                rows.append(Record(begins, stripped))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InvalidValueError(f"line {begins}: {_explained(str(error), separator)}") from None
    return rows


def _explained(error: str, separator: str) -> str:
    """Return what `csv` says of a text in our words."""
    if "unexpected end of data" in error:
        return 'expected a closing quote ("), got the end of the text'
    if "expected after" in error:
        what = SEPARATORS[separator].removesuffix("s")
        return f'expected a {what} or the end of the line after a closing quote ("), got more text'
    if "field larger" in error:
        return f"expected a cell of at most {csv.field_size_limit()} characters, got a longer one"
    return f"expected a table, got text that cannot be read as one ({error})"


def _decimal(rows: Sequence[Record]) -> Decimal:
    """Return what decimals are written with."""
    found: tuple[Decimal, Record, int] | None = None
    sure = False
    for row in rows:
        for column, cell in enumerate(row.cells):
            mark = _mark(cell)
            if mark is None:
                continue
            if found is None:
                found = mark, row, column
            elif mark != found[0]:
                words = {".": "point", ",": "comma"}
                raise InvalidValueError(
                    f"line {row.line}, column {column + 1}: expected a decimal {words[found[0]]}, "
                    f"as in line {found[1].line}, got {quoted(cell)}"
                )
            sure = sure or mark == "." or not THOUSANDS.fullmatch(cell)
    if found is None:
        return "."
    mark, row, column = found
    if not sure:
        cell = row.cells[column]
        raise InvalidValueError(
            f"line {row.line}, column {column + 1}: expected decimals that cannot be read as "
            f"thousands, got {quoted(cell)} and none that tells which is meant; write "
            f"{cell.replace(',', '')} or {cell.replace(',', '.')}"
        )
    return mark


def _mark(cell: str) -> Decimal | None:
    """Return the decimal mark of a cell that is a number with one."""
    for mark in MARKS:
        if mark in cell and as_number(cell, mark) is not None:
            return mark
    return None


def quoted(cell: str) -> str:
    """Return a cell as an error repeats it."""
    if not cell:
        return "nothing"
    short = " ".join(cell.split())
    return f'"{short}"' if len(short) <= MOST_SHOWN else f'"{short[: MOST_SHOWN - 1]}…"'
