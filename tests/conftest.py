"""A real server and a real browser, for the tests that need them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket, sync_playwright

from tests.browser.chromium import MissingChromiumError, launch_options

START_WITHIN = 20.0
END_WITHIN = 10.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # last, because the slowest; and Playwright occupies the main thread's event loop until the end
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@dataclass(frozen=True)
class Server:
    """A running `perceptarium`, on loopback."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self) -> int:
        """Ask it to end; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[..., Server]]:
    """Starts servers: `start_server("--workers", "1")`; they end with the tests, with 0."""
    servers: list[Server] = []

    def start(*options: str) -> Server:
        port = free_port()
        command = (Path(sys.executable).parent / "perceptarium", "--no-open", f"--port={port}")
        server = Server(subprocess.Popen([*command, *options]), port)
        servers.append(server)
        deadline = time.monotonic() + START_WITHIN
        while not _answers(server):
            assert server.process.poll() is None, "the server ended while it started"
            assert time.monotonic() < deadline, f"no answer within {START_WITHIN:g} s"
            time.sleep(0.02)
        return server

    yield start
    assert [server.end() for server in servers] == [0] * len(servers)


def _answers(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """One server that tests share."""
    return start_server()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium that tests share; without one, skipped, except where nothing may be."""
    try:
        options = launch_options()
    except MissingChromiumError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


class Problems(list[str]):
    """What must not happen on any page: errors in the console, requests to another host.

    A test that provokes some looks at them and clears them.
    """

    def watch(self, page: Page, host: str) -> None:
        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.append(f"console: {message.text}")

        def on_request(request: Request | WebSocket) -> None:
            address = urlsplit(request.url)
            if address.scheme not in ("data", "blob") and address.netloc != host:
                self.append(f"request to another host: {request.url}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.append(f"uncaught: {error}"))
        page.on("request", on_request)
        page.on("websocket", on_request)


@pytest.fixture
def problems() -> Problems:
    """The problems of the test's page; whatever is left in it at the end fails the test."""
    return Problems()


@pytest.fixture
def page(browser: Browser, server: Server, problems: Problems) -> Iterator[Page]:
    """A page of its own in a fresh profile: `page.goto("/e/digits")`."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    problems.watch(page, urlsplit(server.url).netloc)
    yield page
    context.close()
    assert problems == []
