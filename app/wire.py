"""What travels over the websocket: a snapshot as bytes, everything else as JSON text.

A frame is a little-endian u32, the length of the header; the header, UTF-8 JSON padded with
spaces so that what follows starts on a multiple of 8; then the arrays, each padded to a multiple
of 8. The length counts the padding. Its twin is `static/js/core/wire.js`; both read
`tests/golden/frame.bin`.
"""

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.snapshot import DTYPES, Array, Snapshot

VERSION = 1
"""What `hello` must say."""

SUBPROTOCOL = "perceptarium.v1"

ALIGNMENT = 8
"""Bytes; the widest element, so that a typed array can be laid over the message."""

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Frame:
    """One snapshot and where it belongs.

    Attributes
    ----------
    run : int
        Which run of the session; grows at each reset, fork and switch, so that a stale frame can
        be told.
    root : int
        The same for all lines that one reset began: what a page scales to its values may stay.
    seq : int
        Which frame of the session; what `ack` names.
    head : int
        The furthest step the run has reached.
    playing : bool
        Whether the run goes on by itself.
    snapshot : Snapshot
    moment : mapping, optional
        Which moment of the step it shows, in slow motion; see `app.moments`.
    """

    run: int
    root: int
    seq: int
    head: int
    playing: bool
    snapshot: Snapshot
    moment: Mapping[str, Any] | None = None


def encode(frame: Frame) -> bytes:
    """Return `frame` as one binary message."""
    described: list[dict[str, Any]] = []
    payload: list[bytes | memoryview] = []
    offset = 0
    for name, array in frame.snapshot.arrays.items():
        described.append(
            {
                "name": name,
                "dtype": array.dtype.str,
                "shape": array.shape,
                "offset": offset,
                "bytes": array.nbytes,
            }
        )
        padding = -array.nbytes % ALIGNMENT
        payload += (array.data, bytes(padding))
        offset += array.nbytes + padding
    header = text(
        {
            "kind": "frame",
            "run": frame.run,
            "root": frame.root,
            "seq": frame.seq,
            "step": frame.snapshot.step,
            "head": frame.head,
            "playing": frame.playing,
            "scalars": dict(frame.snapshot.scalars),
            **({} if frame.moment is None else {"moment": frame.moment}),
            "arrays": described,
        }
    ).encode()
    header += b" " * (-(_LENGTH.size + len(header)) % ALIGNMENT)
    return b"".join((_LENGTH.pack(len(header)), header, *payload))


def decode(message: bytes) -> Frame:
    """Return the frame that `encode` wrote; its arrays are read-only views over `message`.

    Raises
    ------
    ValueError
        If the message is no frame.
    """
    if len(message) < _LENGTH.size:
        raise ValueError(f"frame: expected at least {_LENGTH.size} bytes, got {len(message)}")
    (length,) = _LENGTH.unpack_from(message)
    start = _LENGTH.size + length
    if start % ALIGNMENT or start > len(message):
        raise ValueError(f"frame: a header of {length} bytes in a message of {len(message)}")
    header = json.loads(message[_LENGTH.size : start])
    arrays = {
        part["name"]: _array(message, start + part["offset"], part) for part in header["arrays"]
    }
    snapshot = Snapshot(header["step"], header["scalars"], arrays)
    fields = {key: header[key] for key in ("run", "root", "seq", "head", "playing")}
    return Frame(**fields, snapshot=snapshot, moment=header.get("moment"))


def _array(message: bytes, offset: int, part: Mapping[str, Any]) -> Array:
    if part["dtype"] not in DTYPES:
        raise ValueError(f"{part['name']}: dtype {part['dtype']} is not one of {DTYPES}")
    count = math.prod(part["shape"])
    dtype = np.dtype(part["dtype"])
    if count * dtype.itemsize != part["bytes"] or offset + part["bytes"] > len(message):
        raise ValueError(f"{part['name']}: {part['bytes']} bytes cannot hold {part['shape']}")
    return np.frombuffer(message, dtype, count, offset).reshape(part["shape"])


def text(message: Mapping[str, Any]) -> str:
    """Return `message` as JSON; what is not finite in it becomes null, as JSON has no word for it.

    Raises
    ------
    TypeError
        If a value is neither JSON nor a NumPy number or array.
    """
    try:
        return _dump(message)
    except ValueError:
        return _dump(_without_nonfinite(message))


def _dump(message: object) -> str:
    return json.dumps(
        message, allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=_plain
    )


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot travel as JSON")


def _without_nonfinite(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return _without_nonfinite(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nonfinite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nonfinite(item) for item in value]
    return value


def event(name: str, run: int, step: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message of something that happened in a run."""
    return {"kind": "event", "name": name, "run": run, "step": step, "data": dict(data)}


def error(
    code: str,
    explanation: str,
    *,
    fatal: bool = False,
    field: str | None = None,
    answers: int | None = None,
) -> dict[str, Any]:
    """Return the message of what went wrong.

    Parameters
    ----------
    code : str
        For the page: which error it is.
    explanation : str
        For people: the thing, the rule and the value.
    fatal : bool
        Whether the socket closes, and connecting again does not help.
    field : str, optional
        The control or the field it is about.
    answers : int, optional
        The `id` of the question that it answers.
    """
    message = {"kind": "error", "code": code, "text": explanation, "fatal": fatal}
    more = {"field": field, "id": answers}
    return message | {key: value for key, value in more.items() if value is not None}
