"""The command `perceptarium`: serve, or fetch a data set.

Whatever is wrong with what was asked for is one line on stderr and exit code 2.
"""

import argparse
import errno
import importlib.metadata
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from app.fetch import FetchError, fetch
from app.main import create_app
from app.settings import ENV_PREFIX, Settings

FAILED = 1
USAGE_ERROR = 2
METAVARS = {"host": "ADDRESS", "data_dir": "DIR"}
GRACE = 5
"""Seconds that open requests get when the server ends."""


class CommandError(Exception):
    """The command cannot be carried out as asked; the text is one line for people."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["fetch"]:
            return _fetch(**vars(_fetch_parser().parse_args(given[1:])))
        return _serve(_settings(vars(_serve_parser().parse_args(given))))
    except CommandError as error:
        print(f"perceptarium: {error}", file=sys.stderr)
        return USAGE_ERROR


def _serve_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="perceptarium",
        description="See how every number in a neural network comes about.",
        epilog=(
            f"Each option is also an environment variable: --port is {ENV_PREFIX}PORT. "
            "`perceptarium fetch mnist --data-dir DIR` downloads a data set."
        ),
        allow_abbrev=False,
    )
    version = importlib.metadata.version("perceptarium")
    parser.add_argument("--version", action="version", version=f"perceptarium {version}")
    for name, field in Settings.model_fields.items():
        described: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
        if name == "open":
            parser.add_argument(
                "--no-open", action="store_false", help="do not open the browser", **described
            )
        elif name == "allowed_hosts":
            parser.add_argument(
                "--allowed-host",
                action="append",
                metavar="NAME",
                help=f"{field.description}; may be given several times",
                **described,
            )
        else:
            shown = "" if field.default is None or field.default_factory else f" ({field.default})"
            parser.add_argument(
                option(name),
                metavar=METAVARS.get(name, "NUMBER"),
                help=f"{field.description}{shown}",
                **described,
            )
    return parser


def _fetch_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="perceptarium fetch",
        description="Download a data set into a folder.",
        allow_abbrev=False,
    )
    parser.add_argument("dataset", choices=("mnist",), help="which one")
    parser.add_argument("--data-dir", type=Path, required=True, metavar="DIR", help="the folder")
    parser.add_argument(
        "--from", dest="base_url", default=argparse.SUPPRESS, metavar="URL", help="another source"
    )
    return parser


def option(setting: str) -> str:
    """Return the command's option for a setting."""
    return {"open": "--no-open", "allowed_hosts": "--allowed-host"}.get(
        setting, "--" + setting.replace("_", "-")
    )


def _settings(given: dict[str, Any]) -> Settings:
    """Return the settings from the options that were given, the environment and the defaults."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        source = option(name) if name in given else f"{ENV_PREFIX}{name.upper()}"
        text = first["msg"].removeprefix("Value error, ").replace("Input should", "should")
        got = "" if first["type"] == "value_error" else f", got {first['input']!r}"
        raise CommandError(f"{source}: {text}{got}") from error


def _serve(settings: Settings) -> int:
    listener = _listen(settings.host, settings.port)
    # uvicorn shuts down on these signals, then raises them again for whoever handled them before:
    # that is here, and it ends the process with 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="websockets-sansio",
        ws_max_size=max(settings.message_bytes, settings.action_bytes),
        ws_per_message_deflate=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE,
    )
    _Server(config, app).run(sockets=[listener])
    return 0


class _Server(uvicorn.Server):
    """Says when it answers, and takes leave of the visitors before it ends."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settings: Settings = self.app.state.settings
        address = _address(settings)
        print(f"Perceptarium is at {address} (Ctrl+C ends it)", flush=True)
        if settings.open:
            # a thread: some systems' openers return only when the browser is closed
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # before uvicorn's own turn, which would close websockets with 1012, "try again"
        await self.app.state.sessions.close()
        await super().shutdown(sockets)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port now: a busy one is reported before anything else is started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        raise CommandError(_why_not(error, host, port)) from error
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is busy; choose another one with --port"
    if error.errno == errno.EACCES:
        return f"port {port} of {host} needs more rights; choose one from 1024 with --port"
    return f"cannot listen on {host}: {error.strerror or error}"


def _address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _fetch(dataset: str, data_dir: Path, **source: str) -> int:
    try:
        fetch(dataset, data_dir, progress=sys.stdout, **source)
    except FetchError as error:
        print(f"perceptarium: {error}", file=sys.stderr)
        return FAILED
    print(f"Now start it with: perceptarium --data-dir {data_dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
