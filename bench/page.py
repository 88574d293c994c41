"""The page in a real Chromium: first view, key press to painted step, painting while it trains.

The page's acknowledgement of a frame is what it sends in the animation frame that painted it, so
`probe.js` notes each one and, right after the browser has rendered that animation frame, the time.
"""

import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.running import Running, serving
from bench.table import print_table, quantile
from tests.browser.chromium import launch_options

PROBE = Path(__file__).with_name("probe.js").read_text()
ADDRESS = "/e/digits"
PRESSES = 100
WARM_UP = 10
SECONDS = 10.0


def main() -> None:
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        print_table(
            ("first view, compressed", "bytes", "with headers", "requests"),
            _first_view(page, server),
        )
        print_table(("key press to painted step", "p50", "p95", "slowest"), _key_presses(page))
        print_table(
            ("training", "painted/s", "animation/s", "steps/s", "bytes a frame", "tasks > 50 ms"),
            _training(page),
        )
        browser.close()


def _first_view(page: Page, server: Running) -> list[tuple[str, ...]]:
    """Open the exhibit and count what it loads until its first frame is painted."""
    kinds: dict[str, str] = {}
    headers: dict[str, int] = {}
    sizes: dict[str, int] = {}

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"].lower()
        headers[event["requestId"]] = event["response"]["encodedDataLength"]

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    network = page.context.new_cdp_session(page)
    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", finished)
    network.send("Network.enable")
    page.add_init_script(PROBE)
    page.goto(f"http://127.0.0.1:{server.port}{ADDRESS}", wait_until="networkidle")
    page.wait_for_function("() => probe.painted.length > 0")
    network.detach()
    rows = []
    for kind in ("all", *sorted(set(kinds.values()))):
        numbers = [number for number in sizes if kind in ("all", kinds[number])]
        whole = sum(sizes[number] for number in numbers)
        body = whole - sum(headers[number] for number in numbers)
        rows.append((kind, f"{body:,}", f"{whole:,}", str(len(numbers))))
    return rows


def _key_presses(page: Page) -> list[tuple[str, ...]]:
    """Press → and wait until the next step is on the screen, again and again."""
    times = []
    for number in range(WARM_UP + PRESSES):
        page.evaluate("probe.pressed = 0")
        step = page.evaluate("probe.painted.at(-1).step")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("step => probe.painted.at(-1).step > step", arg=step)
        taken = page.evaluate(
            "step => probe.painted.find((frame) => frame.step > step).time - probe.pressed", step
        )
        if number >= WARM_UP:
            times.append(taken)
        page.wait_for_timeout(20)
    shown = (statistics.median(times), quantile(times, 0.95), max(times))
    return [(f"→, {PRESSES} times", *(f"{milliseconds:.1f} ms" for milliseconds in shown))]


def _training(page: Page) -> list[tuple[str, ...]]:
    """Let it train as fast as it goes and count what is painted.

    Fewer frames painted than animation frames: the page waited for the server. Fewer animation
    frames than the screen has: painting took too long.
    """
    page.keyboard.press("Space")
    page.wait_for_function("() => probe.painted.at(-1).playing")
    page.evaluate("probe.countAnimationFrames()")
    page.evaluate("probe.painted.length = probe.longTasks.length = probe.animationFrames = 0")
    time.sleep(SECONDS)
    painted, long_tasks, animation_frames = page.evaluate(
        "[probe.painted, probe.longTasks, probe.animationFrames]"
    )
    page.keyboard.press("Space")
    seconds = (painted[-1]["time"] - painted[0]["time"]) / 1000
    return [
        (
            f"digits, 8×8, {SECONDS:.0f} s",
            f"{(len(painted) - 1) / seconds:.1f}",
            f"{animation_frames / seconds:.1f}",
            f"{(painted[-1]['step'] - painted[0]['step']) / seconds:,.0f}",
            f"{statistics.median(frame['bytes'] for frame in painted):,.0f}",
            f"{len(long_tasks)}" + (f" (≤ {max(long_tasks):.0f} ms)" if long_tasks else ""),
        )
    ]


if __name__ == "__main__":
    main()
