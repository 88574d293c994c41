"""A real `perceptarium` in a process of its own, on loopback."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

COMMAND = Path(sys.executable).parent / "perceptarium"

START_WITHIN = 20.0
END_WITHIN = 10.0


@dataclass(frozen=True)
class Server:
    """A server that has answered."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def start(cls, *options: str) -> Self:
        port = free_port()
        server = cls(subprocess.Popen([COMMAND, "--no-open", f"--port={port}", *options]), port)
        deadline = time.monotonic() + START_WITHIN
        while not server.answers():
            assert server.process.poll() is None, "the server ended while it started"
            assert time.monotonic() < deadline, f"no answer within {START_WITHIN:g} s"
            time.sleep(0.02)
        return server

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                return True
        except OSError:
            return False

    def end(self) -> int:
        """Ask it to end; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


StartServer = Callable[..., Server]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
