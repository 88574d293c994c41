"""Who may speak to the server, and what its answers forbid."""

import socket
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.security import (
    PAGE_HEADERS,
    POLICY_OF_FILES,
    SHARED_HEADERS,
    Guard,
    allowed_host,
    allowed_origin,
)
from app.settings import Settings


def settings(**given: Any) -> Settings:
    return Settings(**{"host": "127.0.0.1", "allowed_hosts": (), **given})


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000"],
)
def test_loopback_names_are_allowed(host: str) -> None:
    assert allowed_host(host, settings())


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "evil.example@localhost",
        "localhost@evil.example",
        "localhost:8000@evil.example",
        "localhost/evil.example",
        "localhost#evil.example",
        "localhost:port",
        "localhost:999999",
        "localhost; script-src *",
        "localhost,evil.example",
        "localhost evil.example",
        "[::1",
        "[::1]evil.example",
        "127.0.0.2",
        "192.168.1.5:8000",
    ],
)
def test_other_and_malformed_hosts_are_not(host: str) -> None:
    assert not allowed_host(host, settings())


def test_the_operator_may_allow_a_name() -> None:
    lab = settings(allowed_hosts=("lab.example",))
    assert allowed_host("Lab.Example:8000", lab)
    assert not allowed_host("not-lab.example", lab)
    assert not allowed_host("x.lab.example", lab)


def test_the_address_listened_on_is_allowed() -> None:
    assert allowed_host("10.0.0.7:8000", settings(host="10.0.0.7"))


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_a_server_on_every_address_answers_to_addresses_and_own_names(wildcard: str) -> None:
    everywhere = settings(host=wildcard)
    assert allowed_host("192.168.1.5:8000", everywhere)
    assert allowed_host("[fe80::1]:8000", everywhere)
    assert allowed_host(f"{socket.gethostname()}:8000", everywhere)
    assert not allowed_host("rebound.example:8000", everywhere)


@given(st.text(max_size=40))
def test_whatever_the_host_says_only_names_on_the_list_pass(host: str) -> None:
    if allowed_host(host, settings()):
        assert host.lower().startswith(("localhost", "127.0.0.1", "[::1]"))
        assert not set(host) & set(" ;,/@#?'\"\\")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://LOCALHOST:8000", "localhost:8000"),
        (None, "localhost:8000"),  # no browser
    ],
)
def test_the_own_page_may_open_a_websocket(origin: str | None, host: str) -> None:
    assert allowed_origin(origin, host, settings())


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "localhost:8000"),
        ("http://evil.example", "evil.example"),  # DNS rebinding: the two agree, and are wrong
        (None, "evil.example"),
        ("http://localhost:3000", "localhost:8000"),  # another program of this machine
        ("null", "localhost:8000"),  # a sandboxed frame, a file
        ("", "localhost:8000"),
        ("file://", "localhost:8000"),
        ("ws://localhost:8000", "localhost:8000"),
        ("http://localhost:8000@evil.example", "localhost:8000"),
        ("http://localhost:8000.evil.example", "localhost:8000"),
    ],
)
def test_another_page_may_not(origin: str | None, host: str) -> None:
    assert not allowed_origin(origin, host, settings())


def test_an_allowed_name_may_stand_behind_a_proxy() -> None:
    lab = settings(allowed_hosts=("lab.example",))
    assert allowed_origin("https://lab.example", "lab.example", lab)
    assert allowed_origin("https://lab.example", "127.0.0.1:8000", lab)
    assert not allowed_origin("https://evil.example", "lab.example", lab)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(Guard, settings=settings())

    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        return "<p>fine"

    @app.get("/file")
    def file() -> str:
        return "fine"

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the secret of line 7")

    return TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False)


def test_an_unknown_host_gets_one_clear_line(client: TestClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example:8000"})
    assert answer.status_code == 421
    assert answer.text.count("\n") == 1
    assert "'evil.example:8000'" in answer.text
    assert "--allowed-host" in answer.text


@pytest.mark.parametrize("path", ["/", "/file", "/nowhere", "/broken"])
def test_every_answer_carries_a_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in SHARED_HEADERS.items():
        assert answer.headers[name] == value
    if path != "/":
        assert answer.headers["content-security-policy"] == POLICY_OF_FILES


def test_a_page_carries_more(client: TestClient) -> None:
    answer = client.get("/")
    for name, value in PAGE_HEADERS.items():
        assert answer.headers[name] == value


def test_the_policy_lets_nothing_inline_run_and_nothing_foreign_load(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert directives["script-src"] == ["'self'"]
    assert directives["style-src"] == ["'self'"]
    assert directives["connect-src"] == ["'self'", "ws://localhost:8000", "wss://localhost:8000"]
    assert "unsafe" not in policy
    assert "*" not in policy


def test_a_failure_says_that_and_no_more(client: TestClient) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
