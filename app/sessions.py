"""All sessions: who may have one, who comes back to one, and when one ends."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Callable
from typing import Any

from app import wire
from app.commands import Hello
from app.metrics import Metrics
from app.posts import Opening, SeatPost
from app.session import Line, Session
from app.settings import Settings
from app.worker import load_exhibits
from app.workers import Pool

DEFAULT_SEED = 1
"""So that all who come without one see the same."""

PATIENCE = 30.0
"""Seconds that opening a run may take."""

GOODBYES = 1.5
"""Seconds that sockets get to be closed when the server ends."""

TICK = 0.05
HOUSEKEEPING_TICKS = 5
REPORT_TICKS = 20
"""Each tick measures how late it comes; every so many of them, the sessions and the workers are
looked after."""

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """A session could not be had.

    Attributes
    ----------
    message : dict
        The error for the visitor.
    """

    def __init__(self, message: dict[str, Any]) -> None:
        self.message = message
        super().__init__(message["text"])


class Sessions:
    """The table of sessions, and the pool that computes for them.

    Parameters
    ----------
    settings : Settings
    exhibits : str
        Where the exhibits are, as `module:NAME`.

    Attributes
    ----------
    metrics : Metrics
    pool : Pool
    slugs : frozenset of str
        The exhibits there are.
    closing : bool
        Whether the server is about to end.
    """

    def __init__(self, settings: Settings, exhibits: str = "engine.exhibits:EXHIBITS") -> None:
        self.metrics = Metrics()
        self.slugs = frozenset(load_exhibits(exhibits))
        self.closing = False
        self.pool = Pool(
            settings,
            deliver=self._deliver,
            lost=self._lost,
            metrics=self.metrics,
            exhibits=exhibits,
        )
        self._settings = settings
        self._by_token: dict[str, Session] = {}
        self._by_seat: dict[int, Session] = {}
        self._lines: set[Line] = set()
        self._seats = itertools.count(1)
        self._clock: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the workers and the clock."""
        await self.pool.start()
        self._clock = asyncio.create_task(self._tick())

    async def close(self) -> None:
        """Close all sockets with 1001 and end the workers; a second call does nothing."""
        if self.closing:
            return
        self.closing = True
        for line in self._lines:
            line.end(1001, "The server is shutting down.")
        if self._lines:
            await asyncio.wait([line.gone for line in self._lines], timeout=GOODBYES)
        if self._clock is not None:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
        await self.pool.close()

    def attach(self) -> Line:
        """Return the line of a socket that has just opened."""
        line = Line()
        self._lines.add(line)
        self.metrics.sockets += 1
        return line

    def detach(self, line: Line) -> None:
        """Take note that a socket has gone; its session waits for another one."""
        line.gone.set_result(None)
        self._lines.discard(line)
        self.metrics.sockets -= 1
        if line.session is not None:
            line.session.leave()

    def find(self, token: str | None) -> Session | None:
        """Return the session of that token, if there still is one."""
        return self._by_token.get(token or "")

    async def enter(self, line: Line, hello: Hello, slug: str, address: str) -> Session:
        """Resume the session that `hello` names, or open one; return it once it is welcomed.

        Raises
        ------
        RefusedError
            If there is no room, or a value breaks a rule.
        """
        if hello.version != wire.VERSION:
            text = f"hello.version: expected {wire.VERSION}, got {hello.version}; reload the page"
            raise RefusedError(wire.error("version", text, fatal=True))
        session = self.find(hello.resume)
        if session is not None and session.slug == slug:
            session.resume(line)
        else:
            session = self._begin(line, hello, slug, address)
        try:
            async with asyncio.timeout(PATIENCE):
                error = await asyncio.shield(session.welcomed)
        except TimeoutError:
            self._forget(session)
            text = f"The server could not open a run within {PATIENCE:g} s; try again later."
            raise RefusedError(wire.error("worker", text, fatal=True)) from None
        if error is not None:
            raise RefusedError(error)
        return session

    def _begin(self, line: Line, hello: Hello, slug: str, address: str) -> Session:
        settings = self._settings
        if hello.step is not None and hello.step > settings.step_cap:
            text = f"step: expected at most {settings.step_cap}, got {hello.step}"
            raise RefusedError(wire.error("bad_value", text, field="step"))
        self._make_room(
            settings.max_sessions_per_address,
            lambda session: session.address == address,
            "too_many_from_address",
            "for one address",
        )
        self._make_room(settings.max_sessions, lambda session: True, "too_many_sessions", "at once")
        opening = Opening(
            slug=slug,
            values=hello.values or {},
            changes=hello.changes or [],
            seed=DEFAULT_SEED if hello.seed is None else hello.seed,
            step=hello.step or 0,
            looks=hello.looks or {},
        )
        session = Session(
            next(self._seats),
            opening,
            line,
            address=address,
            pool=self.pool,
            metrics=self.metrics,
            ended=self._forget,
        )
        self._by_token[session.token] = session
        self._by_seat[session.seat] = session
        self.metrics.sessions += 1
        self.metrics.sessions_opened += 1
        return session

    def _make_room(
        self, most: int, counts: Callable[[Session], bool], code: str, where: str
    ) -> None:
        """Raise `RefusedError` if `most` sessions count; one that its visitor left gives way."""
        counted = [session for session in self._by_token.values() if counts(session)]
        if len(counted) < most:
            return
        left = [session for session in counted if session.line is None]
        if not left:
            text = f"This server holds at most {most} sessions {where}; try again later."
            raise RefusedError(wire.error(code, text, fatal=True))
        self._forget(min(left, key=lambda session: session.left_at))

    def _forget(self, session: Session) -> None:
        if self._by_token.pop(session.token, None) is None:
            return
        del self._by_seat[session.seat]
        self.pool.close_seat(session.seat)
        session.exports.give_up("This run has ended.")
        self.metrics.sessions -= 1
        if session.line is not None:
            session.line.session = None

    def _deliver(self, post: SeatPost) -> None:
        self._by_seat[post.seat].deliver(post)

    def _lost(self, seat: int) -> None:
        self.metrics.sessions_rebuilt += 1
        self._by_seat[seat].reopen()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        for tick in itertools.count():
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self.metrics.lag.observe(max(0.0, loop.time() - due))
            try:
                if tick % HOUSEKEEPING_TICKS == 0:
                    self._look_after()
                if tick % REPORT_TICKS == 0:
                    self.pool.ask_for_reports()
            except Exception:
                logger.exception("the sessions could not be looked after")

    def _look_after(self) -> None:
        linger = self._settings.session_linger
        for session in list(self._by_token.values()):
            if session.line is None and time.monotonic() - session.left_at > linger:
                self._forget(session)
            else:
                session.look_after(self._settings)
