"""The command: what it says when it cannot, and how it ends."""

import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app import cli
from app.settings import ENV_PREFIX, Settings
from tests.serving import COMMAND, StartServer, free_port


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith(ENV_PREFIX)}
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**clean, f"{ENV_PREFIX}OPEN": "false", **environment},
    )


def assert_one_line(answer: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("perceptarium: ")
    assert answer.stderr.count("\n") == 1
    for part in parts:
        assert part in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--port", "eighty"), ("--port", "integer", "'eighty'")),
        (("--port", "70000"), ("--port", "65535", "'70000'")),
        (("--workers", "0"), ("--workers", "1", "'0'")),
        (("--host", ""), ("--host",)),
        (("--host", "no.such.host.invalid"), ("no.such.host.invalid",)),
        (("--data-dir", "/no/such/folder"), ("--data-dir", "no such folder: /no/such/folder")),
        (("--allowed-host", "http://lab"), ("--allowed-host", "'http://lab'")),
        (("--prot", "80"), ("--prot",)),
        (("--port",), ("--port",)),
        (("serve",), ("serve",)),
        (("fetch",), ("dataset",)),
        (("fetch", "imagenet", "--data-dir", "x"), ("imagenet", "mnist")),
        (("fetch", "mnist"), ("--data-dir",)),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert_one_line(run(*arguments), *parts)


def test_a_bad_variable_is_named_as_such() -> None:
    answer = run(PERCEPTARIUM_SESSION_LINGER="-1")
    assert_one_line(answer, "PERCEPTARIUM_SESSION_LINGER", "greater than 0", "'-1'")


def test_a_busy_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert_one_line(run("--port", str(port)), f"port {port}", "busy", "--port")


def test_fetching_from_nowhere_fails_with_one_line(tmp_path: Path) -> None:
    source = f"http://127.0.0.1:{free_port()}/"
    answer = run("fetch", "mnist", "--data-dir", str(tmp_path), "--from", source)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "cannot be reached" in answer.stderr


def test_the_version_is_the_distributions() -> None:
    answer = run("--version")
    assert answer.returncode == 0
    assert answer.stdout.startswith("perceptarium 0.")


def test_each_setting_has_an_option_and_help_names_it() -> None:
    text = run("--help").stdout
    for name, field in Settings.model_fields.items():
        assert cli.option(name) in text
        assert field.description


def test_an_option_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERCEPTARIUM_PORT", "9001")
    monkeypatch.setenv("PERCEPTARIUM_ALLOWED_HOSTS", "lab.example, Other.Example")
    assert Settings().port == 9001
    assert Settings(port=9002).port == 9002
    assert Settings().allowed_hosts == ("lab.example", "other.example")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_0_when_asked_to(start_server: StartServer, number: signal.Signals) -> None:
    server = start_server("--workers", "1")
    server.process.send_signal(number)
    assert server.process.wait(10) == 0


def test_it_takes_leave_of_its_visitors(start_server: StartServer) -> None:
    server = start_server("--workers", "1")
    address = f"ws://127.0.0.1:{server.port}/ws/digits"
    with connect(address, subprotocols=["perceptarium.v1"]) as visitor:
        assert server.end() == 0
        with contextlib.suppress(ConnectionClosed):
            while True:  # what was under way, until the end
                visitor.recv(timeout=5)
        assert visitor.close_code == 1001


def test_no_process_outlives_it(start_server: StartServer) -> None:
    server = start_server("--workers", "2")
    workers = psutil.Process(server.process.pid).children(recursive=True)
    assert len(workers) == 2
    assert server.end() == 0
    gone, alive = psutil.wait_procs(workers, timeout=5)
    assert len(gone) == 2
    assert alive == []


def test_it_opens_the_browser_at_its_address(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    opener.chmod(0o755)
    port = free_port()
    environment = {**os.environ, "BROWSER": str(opener), f"{ENV_PREFIX}OPEN": "true"}
    command = [COMMAND, f"--port={port}", "--workers=1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port} " in process.stdout.readline()
        for _ in range(500):
            if seen.exists() and seen.read_text():
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.01)
        process.terminate()
        assert process.wait(10) == 0
    assert seen.read_text() == f"http://127.0.0.1:{port}\n"
