"""Pictures that are moved: against a slow reference, and what must hold of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.dataset import Dataset
from engine.data.moving import SCALE, TURN, Moves, corners, move, place, placed, random_moves
from engine.errors import ShapeError


def slowly(image, *, dx, dy, angle, scale, paper):
    """Move a picture pixel by pixel, with a bilinear tent around each pixel of the original."""
    side = len(image)
    middle = (side - 1) / 2
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    moved = np.empty((side, side))
    for row in range(side):
        for column in range(side):
            right, down = column - middle - dx, row - middle - dy
            x = middle + (cos * right + sin * down) / scale
            y = middle + (cos * down - sin * right) / scale
            total = weight = 0.0
            for r in range(side):
                for c in range(side):
                    tent = max(0.0, 1 - abs(x - c)) * max(0.0, 1 - abs(y - r))
                    total += tent * image[r, c]
                    weight += tent
            moved[row, column] = total + (1 - weight) * paper
    return moved


moves = st.fixed_dictionaries(
    {
        "dx": st.floats(-9, 9),
        "dy": st.floats(-9, 9),
        "angle": st.floats(-180, 180),
        "scale": st.floats(0.3, 3),
    }
)


@given(moves, st.integers(1, 7), st.sampled_from([0.0, -0.7]), st.integers(0, 1000))
def test_a_moved_picture_is_that_of_a_slow_reference(one, side, paper, seed):
    image = np.random.default_rng(seed).normal(size=(1, side, side)).astype(np.float32)
    moved = move(image, Moves.of(1, **one), paper=paper)
    expected = slowly(image[0], **one, paper=paper)
    np.testing.assert_allclose(moved[0], expected, rtol=1e-5, atol=1e-5)


@given(st.integers(-6, 6), st.integers(-6, 6))
def test_a_shift_by_whole_pixels_copies_them_to_the_bit(dx, dy):
    image = np.random.default_rng(1).normal(size=(1, 5, 5)).astype(np.float32)
    moved = move(image, Moves.of(1, dx=dx, dy=dy), paper=np.float32(0.1))[0]
    for row in range(5):
        for column in range(5):
            inside = 0 <= row - dy < 5 and 0 <= column - dx < 5
            expected = image[0, row - dy, column - dx] if inside else np.float32(0.1)
            assert moved[row, column] == expected


def test_a_quarter_turn_is_clockwise():
    image = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    turned = move(image, Moves.of(1, angle=90.0))
    np.testing.assert_allclose(turned[0], np.rot90(image[0], -1), atol=1e-6)


@given(moves, st.integers(0, 5), st.integers(0, 5))
def test_the_corners_of_a_pixel_weigh_1_in_all_and_make_it(one, row, column):
    image = np.random.default_rng(2).normal(size=(1, 6, 6)).astype(np.float32)
    many = Moves.of(1, **one)
    found = list(corners(many, 0, row, column, 6))
    assert 1 <= len(found) <= 4
    assert math.fsum(one.weight for one in found) == pytest.approx(1)
    ring = np.pad(image[0], 50)
    total = sum(
        one.weight * float(ring[np.clip(one.row + 50, 0, 105), np.clip(one.column + 50, 0, 105)])
        for one in found
    )
    assert total == pytest.approx(float(move(image, many)[0, row, column]), abs=1e-6)


def test_one_picture_may_be_moved_many_times_and_many_once_each():
    images = np.random.default_rng(3).random((4, 6, 6)).astype(np.float32)
    many = random_moves(4, 2, rng=np.random.default_rng(0))
    each = move(images, many)
    for number in range(4):
        alone = move(images[number : number + 1], many)
        np.testing.assert_array_equal(alone[number], each[number])
    with pytest.raises(ShapeError, match="expected 3 or 1 that are square"):
        move(images, Moves.of(3))


def test_random_moves_stay_in_reach_and_every_second_is_a_shift_alone():
    many = random_moves(2000, 2.5, rng=np.random.default_rng(4))
    assert set(np.unique(many.dx)) == set(np.arange(-2.5, 3, 0.5))
    assert abs(many.angle).max() <= TURN
    assert abs(many.scale - 1).max() <= SCALE
    alone = (many.angle == 0) & (many.scale == 1)
    assert 0.45 < alone.mean() < 0.55
    none = random_moves(10, 0, rng=np.random.default_rng(4))
    assert not none.dx.any()
    assert not none.dy.any()


def test_a_data_set_is_placed_once_for_everybody_in_the_middle_of_bare_paper():
    x = np.ones((2, 1, 2, 2), np.float32)
    pictures = Dataset(x, np.array([0, 1]), ("a", "b"))
    sheets = placed(pictures, 6)
    assert placed(pictures, 6) is sheets
    assert sheets.x.shape == (2, 1, 6, 6)
    assert sheets.x[0, 0, 2:4, 2:4].all()
    assert sheets.x.sum() == x.sum()
    with pytest.raises(ShapeError, match="sheet: expected a side of 2 or more, got 1"):
        place(x, 1)
