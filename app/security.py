"""Who may speak to this server, and what a page of it may do.

A page on another site can make a visitor's browser send requests here, and with a DNS name that
it points at this machine (DNS rebinding) even read the answers. So each request must name this
server by a host on the allow-list, and a websocket must come from a page of such a host too.
"""

import ipaddress
import re
import socket
from functools import cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
AUTHORITY = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")
WILDCARDS = frozenset({"0.0.0.0", "::"})

SHARED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer says, whatever it is."""

PAGE_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What a page says beside its own policy. They would do nothing on the seventy files that a page
loads, and there they would weigh as much as a view."""

POLICY_OF_FILES = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page: should somebody open it as one, it may do nothing."""

FAILED = PlainTextResponse("Something failed on this server; its log says what.\n", status_code=500)


def allowed_host(host_header: str, settings: Settings) -> bool:
    """Return whether a request may name this server so.

    Allowed are the loopback names, `settings.host` and `settings.allowed_hosts`. A server that
    listens on every address (0.0.0.0 or ::) also answers to this machine's own names and to any
    bare IP address: DNS rebinding needs a name of the attacker's, which an address is not.

    Parameters
    ----------
    host_header : str
        The value of the `Host` header, with or without a port.
    settings : Settings
    """
    host = _host_name(host_header)
    if host is None:
        return False
    if host in LOOPBACK or host == settings.host.lower() or host in settings.allowed_hosts:
        return True
    return settings.host in WILDCARDS and (_is_address(host) or host in _own_names())


def allowed_origin(origin: str | None, host_header: str, settings: Settings) -> bool:
    """Return whether a page of `origin` may open a websocket to `host_header`.

    Both must be allowed hosts, and the same authority, so that a page of another port of this
    machine stays out; a name in `settings.allowed_hosts` is trusted on any port, because a proxy
    may stand in front. Every browser sends an origin; a client without one is no browser, so
    nobody's page can be behind it.

    Parameters
    ----------
    origin : str or None
        The value of the `Origin` header.
    host_header : str
        The value of the `Host` header.
    settings : Settings
    """
    if not allowed_host(host_header, settings):
        return False
    if origin is None:
        return True
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not allowed_host(parts.netloc, settings):
        return False
    trusted = _host_name(parts.netloc) in settings.allowed_hosts
    return trusted or parts.netloc.lower() == host_header.lower()


def content_security_policy(host_header: str) -> str:
    """Return the policy of a page that was reached at `host_header`, an allowed host.

    Everything comes from this server alone; nothing inline runs. The websocket's address is
    spelt out, for browsers in which 'self' does not cover it.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' ws://{host_header} wss://{host_header}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


class Guard:
    """ASGI middleware: turns unknown hosts away, and puts the security headers on every answer.

    Websockets pass: `live` checks them itself, as it must check their origin too.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        known = allowed_host(host, self.settings)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                is_page = known and headers.get("content-type", "").startswith("text/html")
                headers.update(SHARED_HEADERS)
                headers.update(PAGE_HEADERS if is_page else {})
                headers["Content-Security-Policy"] = (
                    content_security_policy(host) if is_page else POLICY_OF_FILES
                )
            await send(message)

        try:
            app = self.app if known else _misdirected(host)
            await app(scope, receive, send_with_headers)
        except Exception:
            # answered here, because what starlette itself would answer goes round this middleware
            if not started:
                await FAILED(scope, receive, send_with_headers)
            raise


def _misdirected(host: str) -> ASGIApp:
    text = (
        f"This server does not answer to the host {host[:100]!r}. "
        "Whoever runs it can allow the name with --allowed-host.\n"
    )
    return PlainTextResponse(text, status_code=421)


def _host_name(authority: str) -> str | None:
    """Return the host of `host[:port]` in lower case, without brackets; None if it is malformed."""
    match = AUTHORITY.fullmatch(authority.lower())
    return (match["address"] or match["name"]) if match else None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@cache
def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    # `.local` is what the machine calls itself to its neighbours (mDNS)
    return frozenset({name, f"{name}.local"})
