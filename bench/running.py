"""A server of this checkout, started for a benchmark and ended with it."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

COMMAND = ("-m", "app.cli")

FINE_LAG = """
import sys
import app.metrics
app.metrics.LAG_BOUNDS = tuple(1e-5 * 1.05**n for n in range(300))
from app.cli import main
sys.exit(main())
"""
"""The same server, but /metrics counts the event loop's lag in classes 5 % apart."""

STEP_CAP = 1_000_000_000
"""A run that is measured must not come to its end."""

START_WITHIN = 60.0
POLL = 0.005


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers.

    Attributes
    ----------
    port : int
        On 127.0.0.1.
    started_in : float
        Seconds from the start of its process to the first 200.
    """

    port: int
    started_in: float

    def get(self, path: str) -> str:
        """Return the body of an answer 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"GET {path}: expected 200, got {answer.status}: {body[:200]}")
            return body

    @contextlib.contextmanager
    def playing(self) -> Iterator[ClientConnection]:
        """Open a run of the digits exhibit that plays as fast as it goes."""
        with connect(
            f"ws://127.0.0.1:{self.port}/ws/digits",
            origin=Origin(f"http://127.0.0.1:{self.port}"),
            subprotocols=[Subprotocol("perceptarium.v1")],
            compression=None,
            max_size=None,
            proxy=None,
        ) as line:
            line.send(json.dumps({"kind": "hello", "version": 1}))
            line.send(json.dumps({"kind": "play"}))
            yield line


@contextlib.contextmanager
def serving(command: tuple[str, ...] = COMMAND) -> Iterator[Running]:
    """Start a server and end it.

    Parameters
    ----------
    command : tuple of str
        What Python is started with.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begin = time.perf_counter()
    options = ("--no-open", "--port", str(port), "--step-cap", str(STEP_CAP))
    process = subprocess.Popen([sys.executable, *command, *options], stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with exit code {process.returncode}")
            if time.perf_counter() - begin > START_WITHIN:
                raise RuntimeError(f"the server gave no 200 within {START_WITHIN:g} s")
            time.sleep(POLL)
        yield Running(port, time.perf_counter() - begin)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        Running(port, 0.0).get("/")
    except (OSError, http.client.HTTPException):
        return False
    return True
