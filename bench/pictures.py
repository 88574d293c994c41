"""Pictures: a whole one, 256×256×3, filtered with 5×5 weights while one of them is dragged.

The engine's share is measured alone, then all of it in a real Chromium: the mouse drags a weight,
and what counts is how often a newly filtered picture is painted.
"""

import statistics
import time
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.running import Running, serving
from bench.table import print_table, quantile
from engine.data.library import Library
from engine.exhibits import EXHIBITS
from engine.recorder import Recorder
from tests.browser.chromium import launch_options

PROBE = Path(__file__).with_name("probe.js").read_text()
VALUES = {"input": "scene", "colour": True, "kernel": "gaussian_5", "padding": "same"}
QUERY = "?input=scene&colour=true&kernel=gaussian_5&padding=same"
WATCHED = ("x", "k", "y", "products", "window", "photo", "photo.y")
ROUNDS = 200

MOVES = """([x, y]) => {
  const box = document.querySelector("[data-view=k] .tensor-box");
  let number = 0;
  const move = () => {
    number += 1;
    const at = { clientX: x, clientY: y - 12 * (number % 40), pointerId: 1, pointerType: "mouse" };
    box.dispatchEvent(new PointerEvent("pointermove", { ...at, bubbles: true }));
    requestAnimationFrame(move);
  };
  move();
}"""
"""Another weight at each animation frame: a test's mouse moves thirty times a second at most."""
SECONDS = 10.0
TARGET = 30
SEARCH_WITHIN = 10.0


def main() -> None:
    print_table(("engine: a weight changes, 256×256×3, 5×5", "p50", "p95", "a second"), _engine())
    print_table(("Sobel x from noise to 0.01", "steps", "seconds"), _search())
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        rows = [_drag(page, server)]
        browser.close()
    print_table(("dragging a weight", "painted/s", f"≥ {TARGET}", "gap p95", "bytes a frame"), rows)


def _engine() -> list[tuple[str, ...]]:
    recorder = Recorder(EXHIBITS["convolution"], VALUES, 1, Library())
    weights = recorder.snapshot(("k",)).arrays["k"].ravel().tolist()
    recorder.set({"kernel": "own", "kernel_size": 5})
    times = []
    for number in range(ROUNDS):
        begin = time.perf_counter()
        weights[12] = number / ROUNDS
        args = {"filters": 1, "channels": 3, "size": 5, "weights": weights}
        recorder.act("kernel", args)
        recorder.snapshot(WATCHED)
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    shown = (f"{1000 * median:.1f} ms", f"{1000 * quantile(times, 0.95):.1f} ms")
    return [("weights in, levels out", *shown, f"{1 / median:.0f}")]


def _search() -> list[tuple[str, ...]]:
    rows = []
    for name in ("figure", "digit", "scene"):
        recorder = Recorder(EXHIBITS["convolution"], {"mode": "learn", "input": name}, 1, Library())
        begin = time.perf_counter()
        while not any(event.name == "found" for event in recorder.step()):
            if time.perf_counter() - begin > SEARCH_WITHIN:
                raise RuntimeError(f"{name}: not found within {SEARCH_WITHIN:g} s")
        taken = time.perf_counter() - begin
        rows.append((name, str(recorder.position), f"{taken:.2f}"))
    return rows


def _drag(page: Page, server: Running) -> tuple[str, ...]:
    page.add_init_script(PROBE)
    page.goto(f"http://127.0.0.1:{server.port}/e/convolution{QUERY}")
    page.wait_for_function("() => document.querySelector('[data-tensor=\"photo.y\"]').tensor")
    box = page.locator("[data-view=k] .tensor-box").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 12)
    page.evaluate(MOVES, [x, y])
    page.evaluate("probe.painted.length = 0")
    time.sleep(SECONDS)
    painted = page.evaluate("probe.painted")
    page.mouse.up()
    times = [frame["time"] for frame in painted]
    gaps = [after - before for before, after in pairwise(times)]
    rate = 1000 * len(gaps) / (times[-1] - times[0])
    size = statistics.median(frame["bytes"] for frame in painted)
    shown = f"{rate:.1f}", "yes" if rate >= TARGET else "NO", f"{quantile(gaps, 0.95):.0f} ms"
    return (f"256×256×3, 5×5, {SECONDS:.0f} s", *shown, f"{size:,.0f}")


if __name__ == "__main__":
    main()
