"""A visitor: a websocket client that speaks the protocol, and waits for what it wants to see."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app import wire

PATIENCE = 15
SUBPROTOCOLS = [wire.SUBPROTOCOL]


class Visitor:
    """Acknowledges every frame it receives, unless told not to."""

    def __init__(
        self, server: Any, slug: str = "counter", *, acks: bool = True, **options: Any
    ) -> None:
        self.acks = acks
        self.told: list[dict[str, Any]] = []
        self.frames: list[wire.Frame] = []
        options = {"subprotocols": SUBPROTOCOLS, "max_size": None, "compression": None} | options
        self._connecting = connect(server.url + slug, **options)
        self.socket: ClientConnection

    async def __aenter__(self) -> Self:
        self.socket = await self._connecting
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"kind": kind, **fields}))

    async def hello(self, **fields: Any) -> dict[str, Any]:
        """Say hello and return the welcome."""
        await self.send("hello", version=1, **fields)
        welcome = await self.next()
        assert isinstance(welcome, dict)
        assert welcome["kind"] == "welcome", welcome
        return welcome

    async def next(self) -> dict[str, Any] | wire.Frame:
        """Return what comes next."""
        message = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        if isinstance(message, str):
            self.told.append(json.loads(message))
            return self.told[-1]
        frame = wire.decode(message)
        self.frames.append(frame)
        if self.acks:
            await self.ack(frame)
        return frame

    async def ack(self, frame: wire.Frame) -> None:
        await self.send("ack", seq=frame.seq)

    async def frame(self, wanted: Callable[[wire.Frame], bool] = lambda _: True) -> wire.Frame:
        """Return the next frame that is wanted."""
        async with asyncio.timeout(PATIENCE):
            while True:
                item = await self.next()
                if isinstance(item, wire.Frame) and wanted(item):
                    return item

    async def at(self, step: int) -> wire.Frame:
        """Return the next frame of a step."""
        return await self.frame(lambda frame: frame.snapshot.step == step)

    async def hear(self, name: str) -> dict[str, Any]:
        """Return the next event, error or pong of that name, code or kind."""
        async with asyncio.timeout(PATIENCE):
            while True:
                item = await self.next()
                if isinstance(item, dict) and name in (
                    item.get("name"),
                    item.get("code"),
                    item["kind"],
                ):
                    return item

    async def end(self) -> tuple[int, str]:
        """Read until the server closes the socket; return code and reason."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self.next()
            except ConnectionClosed as closed:
                if closed.rcvd is None:
                    raise  # nobody has closed it, it broke
                return closed.rcvd.code, closed.rcvd.reason


def bytes_of(frame: wire.Frame, name: str = "x") -> bytes:
    return frame.snapshot.arrays[name].tobytes()
