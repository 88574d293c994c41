"""What the server's process and its workers say to each other, and how it travels.

These are pickled, over a socket pair that no one else holds; of a client's words they carry only
plain values that `commands` has checked.
"""

import asyncio
import pickle
import select
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.exhibits.controls import Value
from engine.export.files import File
from engine.recorder import Change

_LENGTH = struct.Struct("<I")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a worker must know of the settings.

    Attributes
    ----------
    exhibits : str
        Where the exhibits are, as `module:NAME`.
    data_dir : Path or None
    step_cap, history_bytes : int
        See `Settings`.
    """

    exhibits: str
    data_dir: Path | None
    step_cap: int
    history_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a run is opened: a new one, or one that stood somewhere already.

    Attributes
    ----------
    slug : str
    values : mapping of str to value
        The controls at step 0.
    changes : list of (step, values) or (step, action, arguments)
        What was done to the run, to be done again when it gets there.
    seed, step, run : int
        The seed, the step to go to, and which run of the session this is.
    seq : int
        The number of the next frame.
    watch : tuple of str or None
        The arrays that the page draws; None means all.
    looks : mapping of str to mapping
        What was brought for the run, and the newest arguments of each view action.
    state : bytes or None
        What the recorder saved at `step`; without it the steps are made again.
    lines : tuple of KeptLine
        All lines of the session, that of this opening among them; none for a new run.
    slow : bool
        Whether steps are opened up into their moments.
    """

    slug: str
    values: Mapping[str, Value]
    changes: list[Change]
    seed: int
    step: int = 0
    run: int = 1
    seq: int = 0
    watch: tuple[str, ...] | None = None
    looks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    state: bytes | None = None
    lines: tuple["KeptLine", ...] = ()
    slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """How a line is opened again; for what the fields mean, see `engine.lines.Line`.

    Attributes
    ----------
    opening : Opening or None
        How to open its run; None for the line on the stage, whose opening holds this.
    """

    id: int
    place: int
    root: int
    parent: int | None
    step: int
    pinned: bool
    known: int
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Order:
    """To a worker: what a seat shall do. Without a seat, `report` asks the worker for a report.

    `open` (with an opening), `close`, `want` (the socket may take a frame), `greet` (a socket has
    come back), `hold` and `release`, `export` (make a file), and the kinds of the visitor's
    commands.
    """

    seat: int
    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Welcomed:
    """From a worker: the seat is open; `message` becomes the visitor's welcome."""

    seat: int
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """From a worker: the seat could not be opened, and why."""

    seat: int
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """From a worker: an event or an error for the visitor."""

    seat: int
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Framed:
    """From a worker: a frame for the visitor."""

    seat: int
    run: int
    seq: int
    frame: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """From a worker: how to open this seat again as it stands, should the worker die."""

    seat: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class Exported:
    """From a worker: the file number `number` that was asked for."""

    seat: int
    number: int
    file: File


@dataclass(frozen=True, slots=True)
class NotExported:
    """From a worker: there is no such file, and why; `status` is what HTTP calls it."""

    seat: int
    number: int
    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """From a worker: how long the slices took since the last report, in seconds."""

    slices: list[float]


SeatPost = Welcomed | Refused | Told | Framed | Kept | Exported | NotExported
Post = SeatPost | Report


def pack(message: object) -> bytes:
    """Return `message` as bytes behind their length."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(content)) + content


async def read(stream: asyncio.StreamReader) -> Any:
    """Return the next message.

    Raises
    ------
    asyncio.IncompleteReadError, ConnectionError
        If the other side has gone.
    """
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    return pickle.loads(await stream.readexactly(length))


class Channel:
    """A worker's end: it may wait, as the server's never does.

    Parameters
    ----------
    line : socket
        One of a pair, blocking.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._poll = select.poll()
        self._poll.register(line, select.POLLIN)

    def waiting(self, seconds: float | None = 0.0) -> bool:
        """Return whether something has come, within `seconds`; None waits for it."""
        return bool(self._poll.poll(None if seconds is None else seconds * 1000))

    def receive(self) -> Any:
        """Return the next message.

        Raises
        ------
        EOFError
            If the server has gone.
        """
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return pickle.loads(self._exactly(length))

    def send(self, message: object) -> None:
        """Send `message`, however long it takes."""
        self._line.sendall(pack(message))

    def _exactly(self, count: int) -> bytes:
        content = bytearray()
        while len(content) < count:
            part = self._line.recv(min(_CHUNK, count - len(content)))
            if not part:
                raise EOFError("the server has gone")
            content += part
        return bytes(content)
