"""The websocket: who may open it, what comes in, what goes out, how it ends."""

import asyncio
import contextlib
import time
from typing import Any

from fastapi import APIRouter, WebSocket
from fastapi.responses import PlainTextResponse
from starlette.websockets import WebSocketDisconnect

from app import wire
from app.commands import BYTES_FOR_A_COMMAND, Allowance, BadMessageError, Command, Hello, parse
from app.security import allowed_host, allowed_origin
from app.session import Close, Session
from app.sessions import RefusedError, Sessions
from app.settings import Settings

HELLO_WITHIN = 10.0
"""Seconds that a socket may stay open without a run."""

CLOSE_WITHIN = 1.0

ACTION = '{"kind":"act",'
"""How a page's actions begin; a long message that does not begin so is not even parsed."""

router = APIRouter()


@router.websocket("/ws/{slug}")
async def live(websocket: WebSocket, slug: str) -> None:
    """Join a visitor's socket to a session of an exhibit, for as long as both hold."""
    sessions: Sessions = websocket.app.state.sessions
    settings: Settings = websocket.app.state.settings
    refusal = _refusal(websocket, slug, sessions, settings)
    if refusal is not None:
        await websocket.send_denial_response(refusal)
        return
    await websocket.accept(subprotocol=wire.SUBPROTOCOL)
    await _Socket(websocket, slug, sessions, settings).serve()


def _refusal(
    websocket: WebSocket, slug: str, sessions: Sessions, settings: Settings
) -> PlainTextResponse | None:
    """Return why this socket may not be opened; None if it may."""
    headers = websocket.headers
    host = headers.get("host", "")
    if not allowed_host(host, settings):
        return PlainTextResponse(f"This server does not answer to the host {host[:100]!r}.", 421)
    if not allowed_origin(headers.get("origin"), host, settings):
        return PlainTextResponse("A page of another site may not open a run here.", 403)
    if slug not in sessions.slugs:
        return PlainTextResponse(f"There is no exhibit {slug[:100]!r}.", 404)
    if wire.SUBPROTOCOL not in websocket.scope["subprotocols"]:
        return PlainTextResponse(f"The subprotocol {wire.SUBPROTOCOL} is needed.", 400)
    if sessions.closing or sessions.metrics.sockets >= 2 * settings.max_sessions:
        return PlainTextResponse("This server takes no more sockets now.", 503)
    return None


class _Socket:
    """An accepted websocket and what is at its other end.

    Parameters
    ----------
    websocket : WebSocket
    slug : str
        An exhibit that exists.
    sessions : Sessions
    settings : Settings
    """

    def __init__(
        self, websocket: WebSocket, slug: str, sessions: Sessions, settings: Settings
    ) -> None:
        self._websocket = websocket
        self._slug = slug
        self._sessions = sessions
        self._settings = settings
        self._line = sessions.attach()
        self._allowance = Allowance(settings.commands_per_second, time.monotonic())

    async def serve(self) -> None:
        """Talk until the visitor goes or the server ends it."""
        talk = asyncio.create_task(self._talk())
        try:
            waiting: set[asyncio.Future[Any]] = {talk, self._line.ended}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            close = talk.result() if talk.done() else self._line.ended.result()
            await _end(talk)
            if close is not None:
                await self._close(close)
        finally:
            talk.cancel()
            self._sessions.detach(self._line)

    async def _talk(self) -> Close | None:
        """Return how to close the socket; None if the visitor has gone."""
        session = await self._greet()
        if not isinstance(session, Session):
            return session
        writer = asyncio.create_task(self._write(session))
        try:
            while True:
                command = await self._receive()
                if command is None or isinstance(command, Close):
                    return command
                if isinstance(command, BadMessageError):
                    session.refuse(_explained(command))
                elif self._line.session is session:  # it may go on on another line by now
                    session.handle(command)
        finally:
            await _end(writer)

    async def _greet(self) -> Session | Close | None:
        """Wait for a hello that can be followed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + HELLO_WITHIN
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    command = await self._receive()
            except TimeoutError:
                return Close(1008, f"No hello came within {HELLO_WITHIN:g} s.")
            match command:
                case None | Close():
                    return command
                case BadMessageError():
                    message = _explained(command)
                case Hello():
                    try:
                        client = self._websocket.client
                        address = client.host if client else ""
                        return await self._sessions.enter(self._line, command, self._slug, address)
                    except RefusedError as error:
                        message = error.message
                case _:
                    message = wire.error(
                        "hello_first", f"{command.kind}: the first message is hello"
                    )
            self._sessions.metrics.commands_refused += 1
            await self._send(wire.text(message))
            if message["fatal"]:
                return Close(1008 if message["code"] == "version" else 1013, message["code"])

    async def _receive(self) -> Command | BadMessageError | Close | None:
        """Return the next command, what is wrong with it, how to close, or None for the end."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            return Close(1003, "Messages are JSON text.")
        most = self._most_bytes(text)
        if len(text) > most:
            return Close(1009, f"A message may have {most} bytes.")
        self._sessions.metrics.commands += 1
        command: Command | BadMessageError
        cost = 1.0
        try:
            command = parse(text)
            cost = command.cost + len(text) // BYTES_FOR_A_COMMAND
        except BadMessageError as error:
            self._sessions.metrics.commands_refused += 1
            command = error
        if not self._allowance.take(cost, time.monotonic()):
            rate = self._settings.commands_per_second
            return Close(1008, f"Too many messages: {rate:g} a second are taken.")
        return command

    def _most_bytes(self, text: str) -> int:
        """Return how long a message that begins like this may be: an action may carry a picture."""
        settings = self._settings
        if text.startswith(ACTION):
            return max(settings.action_bytes, settings.message_bytes)
        return settings.message_bytes

    async def _write(self, session: Session) -> None:
        """Send what the mailbox hands out, for ever."""
        try:
            while True:
                item = await self._line.mailbox.take()
                await self._send(item)
                session.sent(item)
        except WebSocketDisconnect:
            pass  # the reader hears of it too

    async def _send(self, item: str | bytes) -> None:
        if isinstance(item, str):
            await self._websocket.send_text(item)
        else:
            await self._websocket.send_bytes(item)

    async def _close(self, close: Close) -> None:
        """Say good-bye, unless the line is so full that not even that goes through."""
        with contextlib.suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._websocket.close(close.code, close.reason)


async def _end(task: asyncio.Task[Any]) -> None:
    """Cancel `task` and wait until it has ended; raise what it failed with."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _explained(error: BadMessageError) -> dict[str, Any]:
    return wire.error(error.code, error.text, field=error.field)
