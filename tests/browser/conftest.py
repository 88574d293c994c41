"""A page that the tests of a module share, and the gallery of views for theirs."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.gallery import Gallery, Handler
from tests.serving import Server


@pytest.fixture(scope="module")
def still_page(browser: Browser, server: Server) -> Iterator[Page]:
    """One page for all tests of a module, fit for axe: nothing moves, and axe may write styles."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1440, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_gallery(browser: Browser, address):
    opened = []

    def open_one(name: str = "index.html", **options) -> Gallery:
        context = browser.new_context(**options)
        gallery = Gallery(context.new_page(), address, name)
        opened.append((context, gallery))
        return gallery

    yield open_one
    for context, gallery in opened:
        context.close()
        assert gallery.complaints == []


@pytest.fixture
def gallery(open_gallery) -> Gallery:
    return open_gallery(viewport={"width": 1200, "height": 900})
