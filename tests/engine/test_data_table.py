"""Tables that people bring: understood in one way, or refused with line and column."""

import csv
import io
import re

import numpy as np
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from engine.data.table import MOST_BYTES, MOST_ROWS, Choices, read_table
from engine.errors import InvalidValueError

GOOD = "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n"


def refused(text, **choices):
    with pytest.raises(InvalidValueError) as caught:
        read_table(text, Choices(**choices))
    return str(caught.value)


def test_a_plain_table_has_its_names_numbers_and_classes():
    table = read_table(GOOD)
    assert table.features == ("a", "b")
    assert table.x.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert (table.target, table.classes, table.y.tolist()) == ("kind", ("x", "y"), [0, 1, 0, 1])
    assert (table.x.dtype, table.y.dtype) == (np.float64, np.int32)
    with pytest.raises(ValueError, match="read-only"):
        table.x[0, 0] = 3
    assert table.reading == {
        "separator": ",",
        "decimal": ".",
        "header": True,
        "kind": "classes",
        "why": "they are words",
    }


def test_the_report_says_what_was_understood():
    assert read_table(GOOD).report() == {
        **{"rows": 4, "target": "kind", "separator": ",", "decimal": ".", "header": True},
        **{"kind": "classes", "why": "they are words"},
        "inputs": [
            {"name": "a", "low": 1.0, "high": 7.0, "mean": 4.0},
            {"name": "b", "low": 2.0, "high": 8.0, "mean": 5.0},
        ],
        "classes": [{"name": "x", "count": 2}, {"name": "y", "count": 2}],
    }
    value = read_table("1,0.5\n2,1.5\n3,2.5\n4,3.5").report()
    assert value["value"] == {"low": 0.5, "high": 3.5, "mean": 2.0}
    assert "classes" not in value


SAME = {
    "a mark of the byte order": "\ufeff" + GOOD,
    "line ends of Windows": GOOD.replace("\n", "\r\n"),
    "line ends of old Macs": GOOD.replace("\n", "\r"),
    "no line end at the end": GOOD.rstrip("\n"),
    "empty lines": "\n\n" + GOOD.replace("\n", "\n\n"),
    "lines of spaces": GOOD.replace("\n", "\n  \n"),
    "spaces around cells": GOOD.replace(",", " , "),
    "quotes": "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in GOOD.split()),
    "semicolons": GOOD.replace(",", ";"),
    "tabs": GOOD.replace(",", "\t"),
    "numbers in other forms": "a,b,kind\n+1,2.,x\n3e0,.4e1,y\n0.5E+1,06,x\n70e-1,8.0,y",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_another_form_of_the_same_table_is_the_same_table(text):
    table, plain = read_table(text), read_table(GOOD)
    assert np.array_equal(table.x, plain.x)
    assert np.array_equal(table.y, plain.y)
    assert (table.features, table.classes) == (plain.features, plain.classes)


def test_quotes_hold_separators_doubled_quotes_and_line_ends():
    text = 'a,"the ""b""",y\n1,2,"x, or\ny"\n3,4,"x, or\ny"\n5,6,z\n7,8,z\n9,oops,z'
    assert refused(text) == 'line 8, column 2 ("the "b""): expected a number, got "oops"'
    table = read_table(text.replace("oops", "0"))
    assert table.features == ("a", 'the "b"')
    assert table.classes == ("x, or y", "z")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_are_understood_where_commas_do_not_separate(separator):
    text = "1,5;-2,25;0\n,5;1e3;1\n3;4,;0\n7,125;0,5;1".replace(";", separator)
    table = read_table(text)
    assert table.x.tolist() == [[1.5, -2.25], [0.5, 1000], [3, 4], [7.125, 0.5]]
    assert (table.reading["decimal"], table.classes) == (",", ("0", "1"))


def test_decimal_commas_in_quotes_are_understood_between_commas():
    table = read_table('"1,5","2,5",a\n"3,5","4,5",b\n1,2,a\n3,4,b')
    assert table.x.tolist() == [[1.5, 2.5], [3.5, 4.5], [1, 2], [3, 4]]


def test_decimal_points_and_decimal_commas_in_one_table_are_refused():
    text = "a;b;y\n1.5;2;0\n1;2,5;1\n1;2;0\n1;2;1"
    assert refused(text) == ('line 3, column 2: expected a decimal point, as in line 2, got "2,5"')
    assert 'expected a number, got "1.5"' in refused(text, decimal=",")


def test_commas_that_may_group_thousands_are_refused_until_it_is_said_what_they_are():
    text = "1,500;1;0\n2,250;2;1\n1,000;3;0\n4;4;1"
    assert refused(text) == (
        "line 1, column 1: expected decimals that cannot be read as thousands, got "
        '"1,500" and none that tells which is meant; write 1500 or 1.500'
    )
    assert read_table(text, Choices(decimal=",")).x[:, 0].tolist() == [1.5, 2.25, 1, 4]
    assert read_table(text.replace("2,250", "0,250")).x[1, 0] == 0.25
    assert 'expected a number, got "1,500"' in refused(text, decimal=".")


def test_a_text_that_is_a_table_in_two_ways_is_refused_until_one_is_chosen():
    text = "1,2;a\n3,2;a\n5,4;b\n7,4;b"
    assert refused(text) == (
        "line 1: expected columns that can be told apart in one way; both commas and semicolons "
        "between the columns make a table: choose one"
    )
    assert read_table(text, Choices(separator=";")).x.tolist() == [[1.2], [3.2], [5.4], [7.4]]
    assert read_table(text, Choices(separator=",")).classes == ("2;a", "4;b")


def test_a_line_of_names_is_one_without_a_number():
    assert read_table("1,2,x\n3,4,y\n5,6,x\n7,8,y").features == ("column 1", "column 2")
    assert len(read_table("1,2,x\n3,4,y\n5,6,x\n7,8,y")) == 4
    assert read_table("x,,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1").features == ("x", "column 2")
    years = "2019,2020,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1"
    assert 'line 1, column 3 ("column 3"): expected a number' in refused(years)
    assert read_table(years, Choices(header=True)).features == ("2019", "2020")
    assert 'line 1, column 1 ("column 1"): expected a number, got "a"' in refused(
        GOOD, header=False
    )


def test_the_target_is_the_last_column_or_the_one_that_is_chosen():
    numbers = "a,b,c\n1,2,0.5\n1,3,0.25\n0,4,1.5\n0,5,2.5"
    table = read_table(numbers, Choices(target="a"))
    assert (table.target, table.features, table.classes) == ("a", ("b", "c"), ("0", "1"))
    assert table.y.tolist() == [1, 1, 0, 0]
    assert refused(numbers, target="d") == 'target: expected one of a, b, c, got "d"'
    assert 'line 2, column 3 ("kind"): expected a number, got "x"' in refused(GOOD, target="a")


@pytest.mark.parametrize(
    ("column", "kind", "why"),
    [
        ("0 1 0 1", "classes", "they are whole numbers, only 2 different ones"),
        ("1.0 2 1 2.00", "classes", "they are whole numbers, only 2 different ones"),
        ("0.5 1 0.5 1", "value", "they are numbers with decimals"),
        (" ".join(map(str, range(11))), "value", "they are numbers, more than 10 different ones"),
        ("red blue red blue", "classes", "they are words"),
    ],
)
def test_it_says_what_the_target_was_taken_for_and_why(column, kind, why):
    text = "\n".join(f"{i},{cell}" for i, cell in enumerate(column.split()))
    reading = read_table(text).reading
    assert (reading["kind"], reading["why"]) == (kind, why)


def test_the_other_kind_may_be_chosen():
    numbers = "\n".join(f"{i},{i % 3}" for i in range(9))
    assert read_table(numbers).classes == ("0", "1", "2")
    value = read_table(numbers, Choices(kind="value"))
    assert value.classes == ()
    assert value.y[:, 0].tolist() == [i % 3 for i in range(9)]
    halves = "1,0.5\n2,-1\n3,0.5\n4,-1"
    assert read_table(halves, Choices(kind="classes")).classes == ("-1", "0.5")
    assert 'expected a number, got "x"' in refused(GOOD, kind="value")


# a text, and what is said of it
REFUSED = {
    "nothing": ("", "line 1: expected a table, got nothing"),
    "lines without anything": ("\n \n\n", "line 1: expected a table, got nothing"),
    "one column": ("a\n1\n2\n", "line 1: expected columns between commas, semicolons or tabs, got"),
    "names alone": ("a,b,y\n", "line 1: expected at least 4 rows of numbers, got 0"),
    "few rows": ("a,y\n1,2\n3,4\n", "line 3: expected at least 4 rows of numbers, got 2"),
    "a row that is short": (
        GOOD + "1,2",
        "line 6: expected 3 columns between commas, as in line 1",
    ),
    "a row that is long": (
        GOOD + "1,2,x,",
        "line 6: expected 3 columns between commas, as in line 1, got 4",
    ),
    "a word": (GOOD + "1,Paris,x", 'line 6, column 2 ("b"): expected a number, got "Paris"'),
    "a column of words": (
        "a,b,y\n" + "x,1,2\n" * 4,
        'line 2, column 1 ("a"): expected a number, got "x"',
    ),
    "n/a": (GOOD + "n/a,2,x", 'line 6, column 1 ("a"): expected a number, got "n/a"'),
    "no value": (GOOD + ",2,x", 'line 6, column 1 ("a"): expected a number, got nothing'),
    "NaN": (GOOD + "NaN,2,x", 'line 6, column 1 ("a"): expected a number, got "NaN"'),
    "inf": (GOOD + "1,-inf,x", 'line 6, column 2 ("b"): expected a number, got "-inf"'),
    "huge": (
        GOOD + "1,1e300,x",
        'line 6, column 2 ("b"): expected a number from -1e+30 to 1e+30, got "1e300"',
    ),
    "beyond float64": (GOOD + "1,1e999,x", 'expected a number from -1e+30 to 1e+30, got "1e999"'),
    "percent": (GOOD + "1,5%,x", 'expected a number, got "5%"'),
    "grouped thousands": (GOOD + "1,1 000,x", 'expected a number, got "1 000"'),
    "an underscore": (GOOD + "1,1_000,x", 'expected a number, got "1_000"'),
    "digits of another script": (GOOD + "1,٣,x", 'expected a number, got "٣"'),
    "no class": (GOOD + "1,2,", 'line 6, column 3 ("kind"): expected a class, got nothing'),
    "a class that is missing": (
        GOOD + "1,2,NA",
        'line 6, column 3 ("kind"): expected a class, got "NA"',
    ),
    "one class": (
        GOOD.replace("y", "x"),
        'line 5, column 3 ("kind"): expected at least 2 classes, got "x" in',
    ),
    "a class of one": (
        GOOD + "1,2,z",
        'line 6, column 3 ("kind"): expected at least 2 rows of each class, got "z"',
    ),
    "eleven classes": (
        "\n".join(f"{i},{'abcdefghijk'[i % 11]}" for i in range(22)),
        'line 11, column 2 ("column 2"): expected at most 10 classes, got "k", the 11th of 11',
    ),
    "one value": (
        "1,0.5\n" * 4,
        'line 4, column 2 ("column 2"): expected values that differ, got "0.5"',
    ),
    "a word among numbers": (
        "1,1\n2,2\n3,n/a\n4,1\n5,2",
        'line 3, column 2 ("column 2"): expected a number, as in line 1, got "n/a"; or choose',
    ),
    "a number among words": (
        "1,a\n2,b\n3,3\n4,a\n5,b",
        'line 3, column 2 ("column 2"): expected a word, as in line 1, got "3"; or choose',
    ),
    "a name twice": (
        "a,b,a\n1,2,3",
        'line 1, column 3: expected another name than in column 1, got "a"',
    ),
    "a long name": (
        f"{'n' * 41},y\n1,2",
        "line 1, column 1: expected a name of at most 40 characters",
    ),
    "a long class": (f"1,{'n' * 41}\n" * 4, "expected a class of at most 40 characters"),
    "nine inputs": ("1,2,3,4,5,6,7,8,9,0\n" * 4, "line 1: expected from 2 to 9 columns"),
    "an open quote": (GOOD + '1,"2,x\n3,4,y', 'line 6: expected a closing quote ("), got the end'),
    "text behind a quote": (
        GOOD + '1,"2"3,x',
        "line 6: expected a comma or the end of the line after",
    ),
    "a byte of 0": ("a,b\n\0,1", "line 2: expected a text, got a byte of 0"),
    "many rows": (
        "1,2\n" * (MOST_ROWS + 7),
        f"line {MOST_ROWS + 1}: expected at most 2000 rows, got 2007",
    ),
    "200 kB": (
        "1.0,2.0\n" * 30_000,
        "line 25001: expected at most 200 kB, which end in this line, got 240 kB",
    ),
}


@pytest.mark.parametrize(("text", "rule"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_and_the_text_names_line_column_rule_and_value(text, rule):
    assert rule in refused(text)


def test_a_table_of_the_largest_size_is_read():
    rows = "\n".join(",".join(f"{i}.{column}2345" for column in range(9)) for i in range(2000))
    assert len(rows) < MOST_BYTES
    table = read_table(rows)
    assert table.x.shape == (2000, 8)


def test_an_umlaut_counts_as_the_bytes_it_takes():
    padding = "ä" * (MOST_BASE := MOST_BYTES // 2)
    assert f"got {MOST_BASE * 2 // 1000 + 1} kB" in refused(f"{padding},1,2\n")


ALPHABET = st.sampled_from(
    [*"0123456789.,;\t\n\r\"' +-eEax\ufeffä−?", "1,2\n", "nan", '""', "\r\n"]
)


@st.composite
def changed(draw):
    """A good table with a little of it replaced."""
    at, length = draw(st.integers(0, len(GOOD))), draw(st.integers(0, 3))
    return GOOD[:at] + "".join(draw(st.lists(ALPHABET, max_size=2))) + GOOD[at + length :]


@given(st.one_of(st.text(), st.lists(ALPHABET, max_size=60).map("".join), changed()))
@example("1,2\n" * 4)
@example('"\n')
@example("a;b\n1,5;2\n1,5;3\n2,5;2\n2;3")
def test_any_text_is_a_table_or_is_refused_by_its_line(text):
    try:
        table = read_table(text)
    except InvalidValueError as error:
        problem = str(error)
        event("refused")
        line = int(re.match(r"line (\d+)[:,]", problem)[1])
        assert 1 <= line <= 1 + len(text)
    else:
        event("a table")
        assert np.isfinite(table.x).all()
        assert np.isfinite(table.y).all()
        assert len(table.x) == len(table.y) >= 4
        table.report()


numbers = st.floats(-1e30, 1e30, allow_subnormal=True)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@st.composite
def tables(draw):
    columns = draw(st.integers(1, 8))
    row = st.lists(numbers, min_size=columns, max_size=columns)
    rows = draw(st.lists(row, min_size=4, max_size=12))
    clean = words.map(lambda word: "c" + " ".join(word.split()))
    names = draw(st.lists(clean, min_size=2, max_size=2, unique=True))
    return rows, [names[number % 2] for number in range(len(rows))]


@given(tables(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_a_program_writes_comes_back(table, separator, end, comma):
    rows, names = table
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator=end)
    writer.writerow([*(f"in {number}" for number in range(len(rows[0]))), "out"])
    for row, name in zip(rows, names, strict=True):
        writer.writerow([*(repr(x).replace(".", "," if comma else ".") for x in row), name])
    decimal = "," if comma else "."
    read = read_table(file.getvalue(), Choices(separator=separator, decimal=decimal))
    assert read.x.tolist() == rows
    assert [read.classes[label] for label in read.y] == names
