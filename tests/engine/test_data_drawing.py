"""Drawings become images like those of the data set: shape, place, size and stroke."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.data.drawing import centre
from engine.data.packaged import digits

ROUND = [(0.5, 0), (0.15, 0.2), (0, 0.5), (0.15, 0.8), (0.5, 1)]
LOOPS = [(0.5, 0.45), (0.05, 0.2), (0.5, 0), (0.95, 0.2), (0.5, 0.45), (0, 0.75), (0.5, 1)]
STROKES = {
    0: [[*ROUND, (0.85, 0.8), (1, 0.5), (0.85, 0.2), (0.5, 0)]],
    1: [[(0.0, 0.25), (0.35, 0.0), (0.35, 1.0)]],
    2: [[(0, 0.2), (0.3, 0), (0.8, 0.05), (0.9, 0.3), (0, 1), (1, 1)]],
    3: [[(0, 0.05), (0.7, 0), (0.9, 0.25), (0.4, 0.47), (1, 0.7), (0.7, 1), (0, 0.95)]],
    4: [[(0.2, 0), (0, 0.6), (1, 0.6)], [(0.75, 0.3), (0.65, 1)]],
    5: [[(0.9, 0), (0.1, 0), (0.05, 0.45), (0.7, 0.42), (0.95, 0.7), (0.6, 1), (0, 0.95)]],
    6: [[(0.6, 0), (0.1, 0.5), (0, 0.8), (0.4, 1), (0.9, 0.8), (0.6, 0.55), (0.1, 0.7)]],
    7: [[(0, 0), (0.95, 0), (0.35, 1)], [(0.2, 0.5), (0.9, 0.5)]],
    8: [[*LOOPS, (1, 0.75), (0.5, 0.45)]],
    9: [[(0.9, 0.3), (0.5, 0.5), (0.05, 0.3), (0.5, 0), (0.9, 0.3), (0.8, 0.7), (0.3, 1)]],
}


def draw(digit, *, rows=40, columns=40, box=(5, 4, 24, 32), pen=1.5):
    """Draw a digit's strokes into the box (left, top, width, height) with a round pen."""
    left, top, width, height = box
    row, column = np.indices((rows, columns)) + 0.5
    raster = np.zeros((rows, columns))
    for stroke in STROKES[digit]:
        points = np.array(stroke) * (width, height) + (left, top)
        for start, end in pairwise(points):
            along = end - start
            t = ((column - start[0]) * along[0] + (row - start[1]) * along[1]) / (along @ along)
            t = np.clip(t, 0, 1)
            away = np.hypot(column - start[0] - t * along[0], row - start[1] - t * along[1])
            raster = np.maximum(raster, np.clip(pen + 0.5 - away, 0, 1))
    return raster


def nearest(image):
    dataset = digits()
    distance = ((dataset.x - image) ** 2).sum(axis=(1, 2, 3))
    return dataset.y[np.argsort(distance)[:5]].tolist()


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_lies_among_the_real_ones(digit):
    assert nearest(centre(draw(digit), "digits")).count(digit) >= 3


@pytest.mark.parametrize("like", ["digits", "mnist"])
@pytest.mark.parametrize("digit", [2, 4, 7, 8])
def test_where_and_how_large_it_is_drawn_makes_hardly_a_difference(digit, like):
    usual = centre(draw(digit), like)
    moved = centre(draw(digit, box=(11, 5, 24, 32)), like)
    larger = centre(draw(digit, rows=64, columns=64, box=(8, 6, 38.4, 51.2), pen=2.7), like)
    assert np.abs(usual - moved).mean() < 1e-6
    assert np.abs(usual - larger).mean() < 0.09


@pytest.mark.parametrize("digit", [0, 2, 4, 7, 9])
def test_a_thin_and_a_thick_pen_make_like_strokes_of_the_8x8_digits(digit):
    thin = centre(draw(digit, pen=0.4), "digits")
    thick = centre(draw(digit, pen=2.5), "digits")
    assert 1 / 1.5 < thin.sum() / thick.sum() < 1.5
    assert nearest(thin).count(digit) >= 3
    assert nearest(thick).count(digit) >= 3


def test_a_slanted_digit_is_set_upright_among_the_8x8_digits():
    slanted = np.zeros((40, 40))
    for row in range(4, 36):
        slanted[row, 28 - row // 2 : 31 - row // 2] = 1
    upright = np.zeros((40, 40))
    upright[4:36, 18:21] = 1
    one, other = centre(slanted, "digits"), centre(upright, "digits")
    assert np.abs(one - other).mean() < 0.06
    assert one[0, :, [0, 1, 6, 7]].max() < 0.3


def test_drawings_have_the_ink_and_the_place_of_the_8x8_digits():
    images = np.array(
        [centre(draw(digit, pen=pen), "digits") for digit in range(10) for pen in (1, 2)]
    )
    real = digits().x
    assert images.sum(axis=(1, 2, 3)).min() >= np.percentile(real.sum(axis=(1, 2, 3)), 1)
    assert images.sum(axis=(1, 2, 3)).max() <= np.percentile(real.sum(axis=(1, 2, 3)), 99)
    assert images.mean(axis=(0, 1, 2)) == pytest.approx(real.mean(axis=(0, 1, 2)), abs=0.12)
    assert images.mean(axis=(0, 1, 3)) == pytest.approx(real.mean(axis=(0, 1, 3)), abs=0.12)
    assert images[..., 0, :].max(axis=-1).min() > 0.2
    assert images[..., 7, :].max(axis=-1).min() > 0.2


def test_real_8x8_digits_drawn_large_come_back_as_the_same_digit():
    dataset = digits().take(np.arange(0, 1797, 6))
    back = [centre(np.kron(image[0], np.ones((5, 5))), "digits") for image in dataset.x]
    same = [nearest(image)[0] == label for image, label in zip(back, dataset.y, strict=True)]
    assert np.mean(same) > 0.9


@pytest.mark.parametrize("digit", range(10))
def test_a_drawing_fills_20_pixels_and_balances_on_pixel_14_like_mnist(digit):
    image = centre(draw(digit), "mnist")[0].astype(float)
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    middle = (np.indices(image.shape) + 0.5).reshape(2, -1) @ image.ravel() / image.sum()
    assert np.floor(middle + 1e-6).tolist() == [14, 14]
    assert image.max() == 1


@pytest.mark.parametrize("digit", range(10))
def test_an_image_like_mnist_comes_back_as_it_was(digit):
    image = centre(draw(digit), "mnist")
    assert centre(image[0], "mnist") == pytest.approx(image, abs=1e-6)


@pytest.mark.parametrize("like", ["digits", "mnist"])
@settings(max_examples=60)
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 64), st.integers(1, 64)),
        elements=st.floats(0, 1, width=32),
        fill=st.just(0),
    )
)
def test_any_scribble_gives_an_image_in_range(like, raster):
    image = centre(raster, like)
    assert image.shape == ((1, 28, 28) if like == "mnist" else (1, 8, 8))
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    assert image.any() == raster.any()
    if like == "digits":
        assert np.array_equal(image * 16, np.rint(image * 16))
