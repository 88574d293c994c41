"""Reading IDX files, the format in which MNIST is handed on.

An IDX file is a big-endian header (two zero bytes, one for the element type, one for the number of
axes, then four bytes for each axis' length) and the elements, the last axis innermost. Format after
Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits" (1998).
"""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.errors import DataError
from engine.snapshot import Array

UNSIGNED_BYTE = 0x08
"""IDX's code of the only element type that is read here."""


def read_idx(path: Path, *, axes: int, most: int) -> Array:
    """Return the unsigned bytes of an IDX file, gzip-compressed if the name ends in `.gz`.

    Parameters
    ----------
    path : Path
    axes : int
        How many axes the array must have.
    most : int
        The most elements to accept. The header is checked against it before anything is read, so
        that a small file which unpacks to a huge one does no harm.

    Returns
    -------
    ndarray of uint8, with `axes` axes

    Raises
    ------
    DataError
        If the file cannot be read, is of another kind, or is shorter or longer than its header
        says.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            shape = _read_header(file, path, axes)
            count = math.prod(shape)
            if count > most:
                raise DataError(f"{path}: expected at most {most} elements, header says {count}")
            content = file.read(count)
            rest = file.read(1)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: expected an intact gzip file, got: {error}") from error
    except EOFError as error:
        raise DataError(f"{path}: expected a whole gzip file, it ends too early") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(content) != count:
        raise DataError(f"{path}: expected {count} bytes after the header, got {len(content)}")
    if rest:
        raise DataError(f"{path}: expected {count} bytes after the header, got more")
    return np.frombuffer(content, np.uint8).reshape(shape)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _read_header(file: _Readable, path: Path, axes: int) -> tuple[int, ...]:
    expected = UNSIGNED_BYTE << 8 | axes
    header = file.read(4 + 4 * axes)
    if len(header) >= 4:
        (magic,) = struct.unpack_from(">I", header)
        if magic != expected:
            raise DataError(f"{path}: expected magic number {expected:#010x}, got {magic:#010x}")
    if len(header) < 4 + 4 * axes:
        raise DataError(f"{path}: expected a header of {4 + 4 * axes} bytes, got {len(header)}")
    return struct.unpack_from(f">{axes}I", header, 4)
