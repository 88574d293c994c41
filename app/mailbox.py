"""What waits for one socket: the newest frame wins, events keep their order."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

WINDOW = 2
"""Frames in flight: sent, and not yet acknowledged as painted."""

MOST_EVENTS = 256


class Mailbox:
    """Between a run and one socket.

    It is closed at first: what comes in waits until `open` has put the welcome before it.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._events: deque[str] = deque()
        self._frame: tuple[int, bytes] | None = None
        self._in_flight: deque[tuple[int, float]] = deque()
        self._last_sent = -1
        self._is_open = False
        self._changed = asyncio.Event()

    def open(self, welcome: str) -> None:
        """Let everything out, `welcome` first."""
        self._events.appendleft(welcome)
        self._is_open = True
        self._changed.set()

    def put_event(self, text: str) -> bool:
        """Queue an event; return False if there is no room for it."""
        if len(self._events) >= MOST_EVENTS:
            return False
        self._events.append(text)
        self._changed.set()
        return True

    def put_frame(self, seq: int, frame: bytes) -> bool:
        """Let `frame` be the next; return whether it replaced one that was never sent."""
        replaced = self._frame is not None
        self._frame = (seq, frame)
        self._changed.set()
        return replaced

    def next(self) -> str | bytes | None:
        """Return what may be sent now and count it as sent; None if there is nothing."""
        if not self._is_open:
            return None
        if self._events:
            return self._events.popleft()
        if self._frame is None or len(self._in_flight) >= WINDOW:
            return None
        (seq, frame), self._frame = self._frame, None
        self._in_flight.append((seq, self._clock()))
        self._last_sent = seq
        return frame

    async def take(self) -> str | bytes:
        """Wait for what may be sent next, and count it as sent."""
        while (item := self.next()) is None:
            self._changed.clear()
            await self._changed.wait()
        return item

    def ack(self, seq: int) -> bool:
        """Take note that frame `seq` is on the screen; return False if it was never sent."""
        while self._in_flight and self._in_flight[0][0] <= seq:
            self._in_flight.popleft()
        self._changed.set()
        return seq <= self._last_sent

    @property
    def hungry(self) -> bool:
        """Whether a frame put in now would be sent at once."""
        return self._is_open and self._frame is None and len(self._in_flight) < WINDOW

    @property
    def unpainted(self) -> float:
        """For how many seconds the oldest frame in flight has not been acknowledged."""
        return self._clock() - self._in_flight[0][1] if self._in_flight else 0.0

    def successor(self) -> "Mailbox":
        """Return the mailbox of the next socket: events go on waiting, frames are forgotten."""
        heir = Mailbox(self._clock)
        heir._events, self._events = self._events, deque()
        self._frame = None
        self._is_open = False
        return heir
