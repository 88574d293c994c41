"""A real server and a real browser, for the tests that need them."""

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import hypothesis
import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)

from tests.browser.chromium import MissingChromiumError, launch_options
from tests.serving import Server, StartServer

Launch = Callable[..., Browser]

# A busy machine is no failure: speed is the benchmarks' business. And what must pass before a
# change is taken may not hang on luck: there, the examples are the same every time.
hypothesis.settings.register_profile(
    "perceptarium",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("perceptarium")
expect.set_options(timeout=40_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # last, because the slowest; and Playwright occupies the main thread's event loop until the end
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def start_server() -> Iterator[StartServer]:
    """Starts servers: `start_server("--workers", "1")`; they end with the tests, with 0."""
    servers: list[Server] = []

    def start(*options: str) -> Server:
        servers.append(Server.start(*options))
        return servers[-1]

    yield start
    assert [server.end() for server in servers] == [0] * len(servers)


@pytest.fixture(scope="session")
def server(start_server: StartServer) -> Server:
    """One server that tests share."""
    return start_server()


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Starts Chromiums with options; without one, skipped, except where nothing may be."""
    try:
        options = launch_options()
    except MissingChromiumError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        launched: list[Browser] = []

        def start(*arguments: str) -> Browser:
            launched.append(playwright.chromium.launch(**options, args=arguments))
            return launched[-1]

        yield start
        for browser in launched:
            browser.close()


@pytest.fixture(scope="session")
def browser(launch: Launch) -> Browser:
    """One Chromium that tests share.

    WebGL is off, so that contours stand where surfaces would: in software, a surface takes the
    processor from everything else.
    """
    return launch("--disable-3d-apis")


@pytest.fixture(scope="session")
def webgl_browser(launch: Launch) -> Browser:
    """Another, for the tests that are about a surface."""
    return launch()


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
    yield from _watched(browser, server, problems)


@pytest.fixture
def webgl_page(webgl_browser: Browser, server: Server, problems: Problems) -> Iterator[Page]:
    """The same where surfaces are drawn."""
    yield from _watched(webgl_browser, server, problems)


def _watched(browser: Browser, server: Server, problems: Problems) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    problems.watch(page, urlsplit(server.url).netloc)
    yield page
    context.close()
    assert problems == []
