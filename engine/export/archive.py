"""Named arrays as a compressed `.npz`, written a bit at a time so that others get their turn.

Samples are stored as the smallest type that gives every number back: a picture's bytes, not its
float32.
"""

import io
import zipfile
from collections.abc import Generator, Mapping

import numpy as np

from engine.errors import InvalidValueError
from engine.snapshot import Array

Work = Generator[None, None, bytes]
"""Yields between two bits of work of some milliseconds; returns a file's content."""

CHUNK = 1 << 18
"""Numbers or bytes handled between two yields."""

MOST_BYTES = 64 << 20
"""Of a file's arrays before they are compressed."""

SCALES = (1, 16, 255)
"""What makes whole numbers of samples: counts, the 8×8 digits' inks, bytes of a picture."""


class TooLargeError(InvalidValueError):
    """A file would be larger than a server may spend on one visitor."""


def compact(parts: Mapping[str, Array]) -> Generator[None, None, tuple[dict[str, Array], Array]]:
    """Return arrays as small as they go, and the scale: dividing by it gives each back, exactly.

    Parameters
    ----------
    parts : mapping of str to ndarray of float32

    Returns
    -------
    arrays : dict of str to ndarray
        Of uint8 or float16, or as they were.
    scale : ndarray of shape (), float32
        One for all of them.

    Raises
    ------
    TooLargeError
        If they would need more than `MOST_BYTES`.
    """
    for scale in SCALES:
        if (yield from _all_keep(parts, scale, np.uint8)):
            return (yield from _made(parts, scale, np.uint8)), np.array(scale, np.float32)
    if (yield from _all_keep(parts, 1, np.float16)):
        return (yield from _made(parts, 1, np.float16)), np.array(1, np.float32)
    check_size(parts)
    return dict(parts), np.array(1, np.float32)


def check_size(arrays: Mapping[str, Array]) -> None:
    """Raise `TooLargeError` if the arrays have more than `MOST_BYTES`."""
    size = sum(array.nbytes for array in arrays.values())
    if size > MOST_BYTES:
        raise TooLargeError(
            f"arrays: expected at most {MOST_BYTES >> 20} MiB of samples and weights, "
            f"got {size >> 20} MiB"
        )


def _all_keep(parts: Mapping[str, Array], scale: int, kind: type) -> Generator[None, None, bool]:
    """Return whether every number comes back from being stored so."""
    for array in parts.values():
        for chunk in _chunks(array):
            with np.errstate(all="ignore"):
                scaled = chunk * np.float32(scale)
                stored: Array = scaled.astype(kind)
            fits = kind is not np.uint8 or (scaled.min() >= 0 and scaled.max() <= 255)
            again = stored.astype(np.float32) / np.float32(scale)
            if not fits or again.tobytes() != chunk.tobytes():
                return False
            yield
    return True


def _made(
    parts: Mapping[str, Array], scale: int, kind: type
) -> Generator[None, None, dict[str, Array]]:
    stored: dict[str, Array] = {name: np.empty(array.shape, kind) for name, array in parts.items()}
    check_size(stored)
    for name, array in parts.items():
        for target, chunk in zip(_chunks(stored[name]), _chunks(array), strict=True):
            target[...] = chunk * np.float32(scale)
            yield
    return stored


def _chunks(array: Array) -> list[Array]:
    flat = array.reshape(-1)
    return [flat[start : start + CHUNK] for start in range(0, flat.size, CHUNK)]


def smallest_whole(labels: Array) -> Array:
    """Return whole numbers in the smallest type that holds them."""
    return labels.astype(np.min_scalar_type(int(labels.max(initial=0))))


def write_npz(arrays: Mapping[str, Array]) -> Work:
    """Return the content of an `.npz`; `np.load` needs no pickle for it.

    Raises
    ------
    TooLargeError
        If there is too much.
    """
    check_size(arrays)
    return (yield from write_zip({f"{name}.npy": _npy(array) for name, array in arrays.items()}))


def write_zip(members: Mapping[str, bytes]) -> Work:
    """Return the content of a zip file with these members, compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # the same content gives the same file, whenever it is made
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            view = memoryview(content)
            with archive.open(info, "w") as member:
                for start in range(0, len(view), CHUNK):
                    member.write(view[start : start + CHUNK])
                    yield
    return file.getvalue()


def _npy(array: Array) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return file.getvalue()
