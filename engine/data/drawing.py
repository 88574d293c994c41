"""Bringing a drawing into a data set's form, the way the data set itself was made.

A network reads what looks like its training images, so a drawing is treated as those were. What
their authors tell is followed; what they leave open was read off the images (see each function).
"""

from typing import Literal

import numpy as np

from engine.snapshot import Array

MNIST_FIELD = 28
MNIST_BOX = 20
"""MNIST: a digit fills a box of 20 × 20 pixels, its shape kept, in a field of 28 × 28."""

BITMAP = 32
BLOCK = 4
"""UCI digits: a bitmap of 32 × 32; each pixel of the image counts one block of 4 × 4."""

BITMAP_WIDTH = 20
"""UCI digits: they stand in 20 columns of their 32 × 32: columns 1 and 6 of the 8 are reached by
nearly every image and hardly ever filled to more than half, 0 and 7 are nearly always empty."""

STRETCH = 1.5
"""A narrow digit is widened at most by this: a 1 stays one (of 1, 1.25, 1.5, 2 and no limit the
one with which a nearest neighbour among the UCI digits reads most of MNIST's)."""

LEAST_INK, MOST_INK = 256, 352
"""UCI digits: strokes were thinned or thickened until so many of the 1 024 pixels are inked;
nine of ten images lie between, and each class piles up at both ends."""

INKED = 0.4
"""From this share of the darkest grey on a pixel counts as inked where a bitmap is made."""

FINER = 4
"""So much finer is the grid on which a drawing is set upright."""


def centre(raster: Array, like: Literal["digits", "mnist"] | str) -> Array:
    """Return a drawing as an image of a data set.

    Parameters
    ----------
    raster : ndarray of shape (rows, columns)
        From 0 (paper) to 1 (ink).
    like : {"digits", "mnist"}
        The data set.

    Returns
    -------
    ndarray of shape (1, 8, 8) or (1, 28, 28), float32, in [0, 1]
        Without ink all zeros.
    """
    make, side = (_like_mnist, 28) if like == "mnist" else (_like_digits, 8)
    image = make(raster) if raster.any() else np.zeros((side, side))
    return image[None].astype(np.float32)


def _like_mnist(raster: Array) -> Array:
    """Fit the ink into 20 × 20, then move its centre of mass into the middle of 28 × 28.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (1998), section III.A. That it is moved by whole
    pixels, so that the centre lies in pixel (14, 14), holds for each of the 10 000 test images.
    """
    drawn = _crop(raster, raster > 0)
    scale = MNIST_BOX / max(drawn.shape)
    rows, columns = (max(1, round(side * scale)) for side in drawn.shape)
    fitted = resize(drawn, rows, columns)
    fitted /= fitted.max()
    mass = fitted.sum()
    field = np.zeros((MNIST_FIELD, MNIST_FIELD))
    start = []
    for axis, length in enumerate(fitted.shape):
        middle = (fitted.sum(axis=1 - axis) @ (np.arange(length) + 0.5)) / mass
        # a symmetric drawing balances on an edge between pixels; rounding must not choose its side
        pixel = int(middle + 1e-6)
        start.append(int(np.clip(MNIST_FIELD // 2 - pixel, 0, MNIST_FIELD - length)))
    field[start[0] : start[0] + rows, start[1] : start[1] + columns] = fitted
    return field


def _like_digits(raster: Array) -> Array:
    """Normalise the ink to a bitmap of 32 × 32 and count its blocks of 4 × 4.

    The order is that of the NIST form reader with which the set was made: set upright, scale to
    the full height, bring the strokes to one width, centre. Source: M. D. Garris et al., "NIST
    form-based handprint recognition system", NISTIR 5469 (1994); E. Alpaydin, C. Kaynak, "Cascading
    classifiers", Kybernetika 34 (1998).
    """
    drawn = _crop(raster, raster >= INKED * raster.max())
    upright = _set_upright(np.kron(drawn, np.ones((FINER, FINER))))
    height, width = upright.shape
    columns = int(np.clip(round(STRETCH * BITMAP * width / height), 1, BITMAP_WIDTH))
    coverage = resize(upright, BITMAP, columns)
    bitmap = np.zeros((BITMAP, BITMAP), bool)
    left = (BITMAP - columns) // 2
    bitmap[:, left : left + columns] = coverage >= INKED * coverage.max()
    bitmap = _centred(_even_strokes(bitmap))
    blocks = BITMAP // BLOCK
    counts: Array = bitmap.reshape(blocks, BLOCK, blocks, BLOCK).sum(axis=(1, 3))
    return counts / BLOCK**2


def _set_upright(drawn: Array) -> Array:
    """Shear the rows sideways until the ink's columns no longer drift with its rows.

    The slant is the slope of the regression of column on row, each pixel weighed by its ink.
    """
    rows, columns = np.indices(drawn.shape)
    mass = drawn.sum()
    row = rows - (drawn * rows).sum() / mass
    spread = (drawn * row**2).sum()
    slant = (drawn * row * columns).sum() / spread if spread > 0 else 0.0
    # a stroke that lies down is no slanted one: at most 45°
    slant = float(np.clip(slant, -1, 1))
    height = len(drawn)
    wide = np.pad(drawn, ((0, 0), (height, height)))
    shifts = np.rint(slant * row[:, 0]).astype(int)
    sources = (np.arange(wide.shape[1]) + shifts[:, None]) % wide.shape[1]
    sheared = np.take_along_axis(wide, sources, axis=1)
    return _crop(sheared, sheared > 0)


def _even_strokes(bitmap: Array) -> Array:
    """Thicken or thin a bitmap's strokes until it has as much ink as the UCI digits have."""
    while bitmap.sum() < LEAST_INK:
        bitmap = _grown(bitmap)
    while bitmap.sum() > MOST_INK:
        thinner = ~_grown(~bitmap, beyond=True)
        if thinner.sum() < LEAST_INK:
            break
        bitmap = thinner
    return bitmap


def _grown(bitmap: Array, *, beyond: bool = False) -> Array:
    """Return the bitmap with the four neighbours of each set pixel set.

    Beyond the edge all pixels are as `beyond` says.
    """
    padded = np.pad(bitmap, 1, constant_values=beyond)
    middle = slice(1, -1)
    neighbours: Array = (
        padded[:-2, middle] | padded[2:, middle] | padded[middle, :-2] | padded[middle, 2:]
    )
    return bitmap | neighbours


def _centred(bitmap: Array) -> Array:
    """Return the bitmap with the box around its ink in the middle."""
    box = _crop(bitmap, bitmap)
    centred = np.zeros_like(bitmap)
    top, left = ((field - side) // 2 for field, side in zip(bitmap.shape, box.shape, strict=True))
    centred[top : top + box.shape[0], left : left + box.shape[1]] = box
    return centred


def _crop(image: Array, ink: Array) -> Array:
    """Return the smallest part of the image with all of the ink in it."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resize(image: Array, rows: int, columns: int) -> Array:
    """Return the image on another grid: each new pixel is the mean over the area it covers.

    Parameters
    ----------
    image : ndarray of shape (old rows, old columns)
    rows, columns : int
        Of the other grid.

    Returns
    -------
    ndarray of shape (rows, columns)
    """
    return _overlap(image.shape[0], rows) @ image @ _overlap(image.shape[1], columns).T


def _overlap(old: int, new: int) -> Array:
    """Return the share of each of `old` equal parts in each of `new`, of shape (new, old)."""
    edges = np.arange(new + 1) * (old / new)
    parts = np.arange(old)
    ends = np.minimum(edges[1:, None], parts + 1)
    starts = np.maximum(edges[:-1, None], parts)
    overlap: Array = np.clip(ends - starts, 0, None)
    return overlap * (new / old)
