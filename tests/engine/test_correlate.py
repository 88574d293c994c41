"""The sliding window against a reference that spells out every index."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValueError
from engine.nn.correlate import Sliding, turned


def at(x: np.ndarray, channel: int, row: int, column: int, border: str) -> float:
    """Return a pixel of the unpadded picture, or what stands outside it; one step at a time."""
    place = []
    for index, length in ((row, x.shape[1]), (column, x.shape[2])):
        if border == "zeros" and not 0 <= index < length:
            return 0.0
        if border == "edge":
            place.append(0 if index < 0 else length - 1 if index >= length else index)
        else:
            back = index
            while not 0 <= back < length:
                back = -back if back < 0 else 2 * (length - 1) - back
            place.append(back)
    return float(x[channel, place[0], place[1]])


def margins(length: int, reach: int, stride: int, padding: str | int) -> tuple[int, int]:
    """Return how far windows may reach out before and after."""
    if padding == "none":
        return 0, 0
    if padding == "same":
        windows = -(-length // stride)
        total = max(0, (windows - 1) * stride + reach - length)
        return total // 2, total - total // 2
    return int(padding), int(padding)


def slowly(x, k, *, stride, dilation, padding, border, flip) -> np.ndarray:
    filters, channels, size, _ = k.shape
    reach = (size - 1) * dilation + 1
    (top, bottom), (left, right) = (
        margins(length, reach, stride, padding) for length in x.shape[1:]
    )
    rows = (x.shape[1] + top + bottom - reach) // stride + 1
    columns = (x.shape[2] + left + right - reach) // stride + 1
    y = np.zeros((filters, rows, columns))
    for f in range(filters):
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    for u in range(size):
                        for v in range(size):
                            weight = k[f, c, size - 1 - u, size - 1 - v] if flip else k[f, c, u, v]
                            row = i * stride + u * dilation - top
                            column = j * stride + v * dilation - left
                            y[f, i, j] += weight * at(x, c, row, column, border)
    return y


@st.composite
def cases(draw: Callable) -> dict:
    channels, filters = draw(st.sampled_from([1, 3])), draw(st.integers(1, 3))
    size, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    padding = draw(st.sampled_from(["none", "same", 0, 1, 2, 3]))
    border = draw(st.sampled_from(["zeros", "edge", "mirror"]))
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return {
        "x": rng.integers(-9, 10, (channels, *shape)).astype(np.float64),
        "k": rng.integers(-4, 5, (filters, channels, size, size)).astype(np.float64),
        "stride": draw(st.integers(1, 4)),
        "dilation": dilation,
        "padding": padding,
        "border": border,
        "flip": draw(st.booleans()),
    }


def is_possible(case: dict) -> bool:
    reach = (case["k"].shape[-1] - 1) * case["dilation"] + 1
    for length in case["x"].shape[1:]:
        before, after = margins(length, reach, case["stride"], case["padding"])
        if length + before + after < reach:
            return False
        if case["border"] == "mirror" and max(before, after) >= length:
            return False
    return True


def open_case(case: dict) -> Sliding:
    settings = {name: case[name] for name in ("stride", "dilation", "padding", "border")}
    return Sliding(case["x"].shape[1:], case["k"].shape[-1], **settings)


@given(cases())
def test_it_agrees_with_the_slow_reference_and_refuses_exactly_what_is_impossible(case):
    if not is_possible(case):
        with pytest.raises(InvalidValueError, match=r"the window reaches over|can be mirrored by"):
            open_case(case)
        return
    sliding = open_case(case)
    kernels = turned(case["k"]) if case["flip"] else case["k"]
    made = sliding.correlate(sliding.pad(case["x"]), kernels)
    np.testing.assert_array_equal(made, slowly(**case))
    assert sliding.count == made[0].size


@given(cases().filter(is_possible))
def test_every_cell_of_the_padding_knows_which_pixel_it_repeats(case):
    sliding, x = open_case(case), case["x"]
    padded = sliding.pad(x)
    for row in range(padded.shape[1]):
        for column in range(padded.shape[2]):
            source = sliding.source(row, column)
            expected = 0.0 if source is None else x[0, source[0], source[1]]
            assert padded[0, row, column] == expected


@given(cases().filter(is_possible))
def test_visits_count_the_windows_over_each_cell(case):
    sliding = open_case(case)
    padded = sliding.pad(case["x"])
    counted = np.zeros(padded.shape[1:], int)
    for position in range(sliding.count):
        counted[sliding.cells(*sliding.place(position))] += 1
    np.testing.assert_array_equal(sliding.visits(), counted)


def test_turning_twice_is_not_turning_and_a_symmetric_kernel_is_itself():
    k = np.arange(18.0).reshape(1, 2, 3, 3)
    np.testing.assert_array_equal(turned(turned(k)), k)
    assert (turned(k) != k).any()
    symmetric = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    np.testing.assert_array_equal(turned(symmetric), symmetric)


def test_single_precision_stays_single():
    sliding = Sliding((8, 8), 3)
    made = sliding.correlate(np.ones((1, 8, 8), np.float32), np.ones((1, 1, 3, 3)))
    assert made.dtype == np.float32
    assert (made == 9).all()
