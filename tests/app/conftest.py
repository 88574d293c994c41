"""A real server on a loopback port, in a thread, with the test exhibits."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import counter_exhibit
import pytest
import uvicorn
from fastapi import FastAPI

from app import exports, live
from app.security import Guard
from app.sessions import Sessions
from app.settings import Settings


class LiveServer:
    """A server that runs until `stop`."""

    def __init__(self, **settings: Any) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.settings = Settings(**{"workers": 1, "open": False, "port": self.port} | settings)
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"ws://{self.host}/ws/"
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._started.wait(20)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.sessions = sessions = Sessions(self.settings, counter_exhibit.WHERE)
        app = FastAPI()
        app.state.settings = self.settings
        app.state.sessions = sessions
        app.add_middleware(Guard, settings=self.settings)
        app.include_router(exports.router)
        app.include_router(live.router)
        started = self._started

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                started.set()

            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                await sessions.close()
                await super().shutdown(sockets)

        self._server = Server(
            uvicorn.Config(
                app,
                ws="websockets-sansio",
                ws_max_size=max(self.settings.message_bytes, self.settings.action_bytes),
                ws_per_message_deflate=False,
                log_level="warning",
                timeout_graceful_shutdown=3,
            )
        )
        await sessions.start()
        await self._server.serve(sockets=[self.listener])

    def ask(self, question: Callable[[], Any]) -> Any:
        """Call `question` in the server's thread."""

        async def answer() -> Any:
            return question()

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result(10)

    def stop(self) -> None:
        """End the server and wait for it."""
        if self._thread.is_alive():
            self._server.should_exit = True
            self._thread.join(20)
            assert not self._thread.is_alive(), "the server does not end"


@contextlib.contextmanager
def serving(**settings: Any) -> Iterator[LiveServer]:
    server = LiveServer(**settings)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    """One with the default settings, shared by a module."""
    with serving() as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[..., LiveServer]]:
    """Start a server with settings of one's own; it ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(serving(**settings))
