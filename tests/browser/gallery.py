"""The views on a bare page with numbers of their own: no engine, no socket."""

from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"


class Handler(SimpleHTTPRequestHandler):
    """The repository's static files and the page beside this file, under the real page's policy."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        name = path.split("?", maxsplit=1)[0].lstrip("/")
        return str((ROOT if name.startswith("static/") else HERE / "views_page") / name)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Gallery:
    """The page with all views on it."""

    def __init__(self, page: Page, address: str, name: str = "index.html") -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{address}/{name}")
        expect(page.locator("body")).to_have_attribute("data-shown", "")

    def _listen(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def tensor(self, name: str) -> Locator:
        return self.page.locator(f"[data-tensor='{name}']")

    def cell(self, label: str) -> Locator:
        return self.page.get_by_role("grid", name=label, exact=True).get_by_role("gridcell")

    def events(self, name: str) -> list:
        return self.page.evaluate("(name) => window.heard.filter((e) => e.name === name)", name)

    def scroll_to(self, name: str) -> None:
        self.tensor(name).scroll_into_view_if_needed()
        self.page.wait_for_function(f"() => document.querySelector('[data-tensor={name}]').seen")

    def wait_for_a_drawing(self) -> dict:
        self.page.wait_for_function("() => window.heard.some((e) => e.name === 'drawn')")
        return self.events("drawn")[-1]["detail"]

    def wait_for_a_blank_sheet(self) -> None:
        self.page.wait_for_function(
            """() => {
              const last = window.heard.findLast((event) => event.name === "drawn");
              return last.detail.pixels.every((ink) => ink === 0);
            }"""
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def pixel(self, name: str, x: float, y: float) -> list[int]:
        """Return the colour drawn at a place in CSS pixels from the first tile's corner."""
        return self.tensor(name).evaluate(
            """(view, [x, y]) => {
              const canvas = view.querySelector("canvas");
              const scale = devicePixelRatio;
              const at = [(x + 4) * scale, (y + 4) * scale];
              return [...canvas.getContext("2d").getImageData(...at, 1, 1).data].slice(0, 3);
            }""",
            [x, y],
        )


def violations(page: Page) -> list[str]:
    """Return what axe objects to."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags, "preload": False}).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
