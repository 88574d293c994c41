"""30 epochs of a spiral in the real page, painted: frames a second, and the longest task.

A step is a minibatch of 10 of 200 points, so 30 epochs are 600 steps. At 60 steps a second each
may be seen: as many frames as animation frames, and none late, is all that a screen can show. What
the page's main thread spends on a frame is its own processor time, whatever else the machine does:
what is left of 16.7 ms, a frame of 60 in a second, is reserve.
"""

import itertools
import statistics
import time

from playwright.sync_api import Browser, CDPSession, sync_playwright

from bench.page import PROBE
from bench.running import Running, serving
from bench.table import print_table
from tests.browser.chromium import launch_options

EPOCHS = 30
SAMPLES = 200
BATCH = 10
STEPS = EPOCHS * SAMPLES // BATCH
PAGES = {
    "backprop, 2-8-8-1": (
        f"/e/backprop?data=spirals&samples={SAMPLES}&hidden=8+tanh%2C+8+tanh&batch_size={BATCH}"
        "&optimizer=adam&learning_rate=0.02"
    ),
    "overfitting, 2-8-8-1 twice": "/e/overfitting",
}
SPEEDS = ("60 steps/s", "fastest")


def main() -> None:
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        print_table(
            (
                *(f"{STEPS} steps painted", "steps/s", "painted/s", "animation/s"),
                *("main thread a frame", "slowest frame", "tasks > 50 ms", "bytes a frame"),
            ),
            [
                _played(browser, server, name, path, speed)
                for name, path in PAGES.items()
                for speed in SPEEDS
            ],
        )
        browser.close()


def _played(browser: Browser, server: Running, name: str, path: str, speed: str) -> tuple[str, ...]:
    """Play from the first step on and count what is painted."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(PROBE)
    page.goto(f"http://127.0.0.1:{server.port}{path}", wait_until="networkidle")
    page.wait_for_function("() => probe.painted.length > 0")
    page.locator("transport-bar select").select_option(label=speed)
    page.evaluate("probe.countAnimationFrames()")
    performance = page.context.new_cdp_session(page)
    performance.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.keyboard.press("Space")
    page.wait_for_function("() => probe.painted.at(-1).playing")
    page.evaluate("probe.painted.length = probe.longTasks.length = probe.animationFrames = 0")
    start, spent = time.perf_counter(), _spent(performance)
    page.wait_for_function(
        "last => (probe.painted.at(-1)?.step ?? 0) >= last", arg=STEPS, polling=100
    )
    painted, long_tasks, animation_frames = page.evaluate(
        "[probe.painted, probe.longTasks, probe.animationFrames]"
    )
    spent = _spent(performance) - spent
    page.close()
    seconds = (painted[-1]["time"] - painted[0]["time"]) / 1000
    apart = [b["time"] - a["time"] for a, b in itertools.pairwise(painted)]
    return (
        f"{name}, {speed}",
        f"{(painted[-1]['step'] - painted[0]['step']) / seconds:,.0f}",
        f"{(len(painted) - 1) / seconds:.1f}",
        f"{animation_frames / (time.perf_counter() - start):.1f}",
        f"{1000 * spent / len(painted):.1f} ms",
        f"{max(apart):.0f} ms",
        f"{len(long_tasks)}" + (f" (≤ {max(long_tasks):.0f} ms)" if long_tasks else ""),
        f"{statistics.median(frame['bytes'] for frame in painted):,.0f}",
    )


def _spent(performance: CDPSession) -> float:
    """Return the processor time of the page's main thread, in seconds."""
    found = performance.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in found if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
