"""One visitor's run: commands in, frames and events out; it outlives its socket for a while."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app import wire
from app.commands import Ack, Command, Hello, Ping
from app.exports import Exports
from app.mailbox import Mailbox
from app.metrics import Metrics
from app.posts import (
    Exported,
    Framed,
    Kept,
    NotExported,
    Opening,
    Refused,
    SeatPost,
    Told,
    Welcomed,
)
from app.settings import Settings
from app.workers import Pool

MOST_REBUILDS = 5
"""How often a run may lose its worker; one that loses it more often may be the reason."""


@dataclass(frozen=True, slots=True)
class Close:
    """How a socket ends: the websocket's close code, and a reason for people."""

    code: int
    reason: str


class Line:
    """One socket, as the sessions know it.

    Attributes
    ----------
    session : Session or None
        Whose socket it is, once that is known.
    mailbox : Mailbox
        What is to be sent on it from then on.
    ended : Future of Close
        Done when the server wants the socket closed.
    gone : Future of None
        Done when it is closed.
    """

    def __init__(self) -> None:
        self.session: Session | None = None
        self.mailbox = Mailbox()
        self.ended: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self, code: int, reason: str) -> None:
        """Ask for the socket to be closed; the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(Close(code, reason))


class Session:
    """A visitor's run.

    Parameters
    ----------
    seat : int
        Its place in the pool.
    opening : Opening
    line : Line
        The socket on which it was asked for.
    address : str
        Where its visitor came from.
    pool : Pool
    metrics : Metrics
    ended : callable of (session)
        Hears that there will be no more of it.

    Attributes
    ----------
    token : str
        What resumes it.
    line : Line or None
        Its socket, if there is one now.
    left_at : float
        When its last socket went.
    opening : Opening
        How to open its run again, should its worker die.
    welcomed : Future of dict or None
        Done when its run is open: the error for its visitor, or None if all is well.
    exports : Exports
        The files that its visitor takes away.
    """

    def __init__(
        self,
        seat: int,
        opening: Opening,
        line: Line,
        *,
        address: str,
        pool: Pool,
        metrics: Metrics,
        ended: Callable[["Session"], None],
    ) -> None:
        self.token = secrets.token_urlsafe(18)
        self.seat = seat
        self.address = address
        self.line: Line | None = line
        self.left_at = 0.0
        self.welcomed = _future()
        self.opening = opening
        self._pool = pool
        self._metrics = metrics
        self._ended = ended
        self._mailbox = line.mailbox
        self._asked = False  # its seat for a frame
        self._playing = False
        self._commanded_at = time.monotonic()
        self._resumed = False
        self._run = opening.run
        self._next_seq = opening.seq
        self._rebuilds = 0
        self.exports = Exports(self._ask_for_file)
        line.session = self
        pool.open(seat, opening)

    @property
    def slug(self) -> str:
        """Its exhibit."""
        return self.opening.slug

    def resume(self, line: Line) -> None:
        """Go on with another socket; one that is still there is closed."""
        if self.line is not None:
            # a code after which a page does not connect again, or two would fight for ever
            self.line.end(1008, "This run goes on in another window.")
            self.line.session = None
        self._mailbox = self._mailbox.successor()
        self.line = line
        line.session = self
        line.mailbox = self._mailbox
        if self.welcomed.done():
            self.welcomed = _future()
        self._resumed = True
        self._asked = False
        self._commanded_at = time.monotonic()
        self._pool.tell(self.seat, "greet")

    def leave(self) -> None:
        """Do without a socket for now: the run stands still."""
        if self.line is not None:
            self.line.session = None
        self.line = None
        self.left_at = time.monotonic()
        self._mailbox = self._mailbox.successor()
        self._pool.tell(self.seat, "hold")

    def handle(self, command: Command) -> None:
        """Do what the visitor asks for."""
        match command:
            case Hello():
                self._tell(wire.error("hello_twice", "hello: it has been said already"))
            case Ack(seq=seq):
                if not self._mailbox.ack(seq):
                    text = f"ack.seq: expected the number of a frame that was sent, got {seq}"
                    self._tell(wire.error("bad_message", text, field="seq"))
                self._feed()
            case Ping(t=t):
                self._tell({"kind": "pong", "t": t})
            case _:
                self._commanded_at = time.monotonic()
                self._pool.tell(self.seat, command.kind, **command.model_dump(exclude={"kind"}))

    def refuse(self, message: Mapping[str, Any]) -> None:
        """Answer something that could not be taken for a command."""
        self._tell(message)

    def sent(self, item: str | bytes) -> None:
        """Take note of what has gone out."""
        if isinstance(item, str):
            self._metrics.events_sent += 1
        else:
            self._metrics.frames_sent += 1
            self._metrics.frame_bytes += len(item)
        self._feed()

    def deliver(self, post: SeatPost) -> None:
        """Take what its seat sends."""
        match post:
            case Framed(run=run, seq=seq, frame=frame):
                self._run, self._next_seq = run, seq + 1
                self._asked = False
                self._metrics.frames_replaced += self._mailbox.put_frame(seq, frame)
                self._feed()
            case Told(message=message):
                self._listen(message)
                self._tell(message)
            case Kept(opening=opening):
                self.opening = opening
            case Exported() | NotExported():
                self.exports.deliver(post)
            case Welcomed(message=message):
                self._welcome(message)
            case Refused(message=message):
                self._give_up(message)

    def reopen(self) -> None:
        """Set the run up again as it was last kept: its worker has died."""
        self._rebuilds += 1
        self.exports.give_up("The worker that held this run has ended; try again.")
        if self._rebuilds > MOST_REBUILDS:
            text = f"This run has lost its worker {self._rebuilds} times and is given up."
            self._give_up(wire.error("worker", text, fatal=True))
            return
        kept = self.opening
        # what was kept may be of a run before the last reset
        run = self._run if kept.run == self._run else self._run + 1
        self.opening = replace(kept, run=run, seq=self._next_seq)
        self._asked = False
        self._pool.open(self.seat, self.opening)

    def look_after(self, settings: Settings) -> None:
        """Pause a run that nobody seems to look at."""
        if not self._playing or self.line is None:
            return
        if self._mailbox.unpainted > settings.stalled_pause:
            self._pause("hidden")
        elif time.monotonic() - self._commanded_at > settings.idle_pause:
            self._pause("idle")

    def _pause(self, reason: str) -> None:
        self._playing = False
        self._pool.tell(self.seat, "pause", reason=reason)

    def _welcome(self, message: dict[str, Any]) -> None:
        if self._rebuilds and self.welcomed.done():
            self._tell_rebuilt(message)
            return
        self._playing = message["playing"]
        whose = {"session": self.token, "resumed": self._resumed}
        self._mailbox.open(wire.text({**message, **whose}))
        if not self.welcomed.done():
            self.welcomed.set_result(None)
        self._feed()

    def _tell_rebuilt(self, message: Mapping[str, Any]) -> None:
        """Say what a new worker has made of the run."""
        run, step = message["run"], self.opening.step
        if self._playing:
            self._playing = False
            self._tell(wire.event("paused", run, step, {"reason": "rebuilt"}))
        settings = {key: message[key] for key in ("values", "changes", "seed", "length")}
        self._tell(wire.event("values", run, step, settings))
        self._tell(wire.event("rebuilt", run, step, {"step": step}))

    def _give_up(self, message: dict[str, Any]) -> None:
        self._ended(self)
        if not self.welcomed.done():
            self.welcomed.set_result(message)
        elif self.line is not None:
            self.line.end(1011, message["text"])

    def _ask_for_file(self, number: int, kind: str) -> None:
        self._pool.tell(self.seat, "export", number=number, file=kind)

    def _listen(self, message: Mapping[str, Any]) -> None:
        if message.get("name") == "played":
            self._playing = True
        elif message.get("name") == "paused":
            self._playing = False

    def _tell(self, message: Mapping[str, Any]) -> None:
        """Queue a message; a visitor who has let too many wait is cut off, and may come back."""
        if self._mailbox.put_event(wire.text(message)):
            return
        self._mailbox = Mailbox()  # what is lost with the old one, the next welcome says anew
        if self.line is not None:
            self.line.end(1013, "Too many messages waited to be sent; connect again.")
            self.leave()

    def _feed(self) -> None:
        """Ask for a frame if the socket may take one."""
        if self._mailbox.hungry and not self._asked:
            self._asked = True
            self._pool.tell(self.seat, "want")


def _future() -> asyncio.Future[dict[str, Any] | None]:
    return asyncio.get_running_loop().create_future()
