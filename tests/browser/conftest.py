"""The gallery of views, for the tests of views."""

import threading
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.browser.gallery import Gallery, Handler


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
