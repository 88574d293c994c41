"""The server: start-up, and the event loop's lag, frames and steps with two runs flat out."""

import json
import re
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from bench.running import FINE_LAG, Running, serving
from bench.table import print_table

T = TypeVar("T")

STARTS = 5
RUNS = 2
SECONDS = 20.0
SCREEN = 1 / 60
"""Seconds between two pictures of a client's screen; it acknowledges a frame with the next one."""


@dataclass(slots=True)
class Visit:
    """What one client saw: the frames' lengths, and each one's step."""

    sizes: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)


def main() -> None:
    starts = []
    for _ in range(STARTS):
        with serving() as server:
            starts.append(server.started_in)
    print_table(
        ("start-up", "median", "slowest"),
        [
            (
                f"process start to first 200, {STARTS} starts",
                f"{statistics.median(starts):.2f} s",
                f"{max(starts):.2f} s",
            )
        ],
    )
    with serving(("-c", FINE_LAG)) as server:
        idle, _ = _lag(server, lambda: time.sleep(SECONDS / 2))
        busy, visits = _lag(server, lambda: _visit(server))
    print_table(
        ("event-loop lag", "p50", "p99", "samples"),
        [
            (what, *(f"{1000 * _quantile(lag, share):.2f} ms" for share in (0.5, 0.99)), str(count))
            for what, lag in (("idle", idle), (f"{RUNS} runs flat out", busy))
            if (count := sum(lag.values()))
        ],
    )
    print_table(
        ("digits, 8×8, as published", "frames/s", "bytes per frame", "steps/s"),
        [
            (
                f"run {number}",
                f"{len(visit.sizes) / SECONDS:.0f}",
                f"{statistics.median(visit.sizes):,.0f}",
                f"{(visit.steps[-1] - visit.steps[0]) / SECONDS:,.0f}",
            )
            for number, visit in enumerate(visits, 1)
        ],
    )


def _visit(server: Running) -> list[Visit]:
    """Let each of `RUNS` clients play one run as fast as it goes."""
    with ThreadPoolExecutor(RUNS) as clients:
        return list(clients.map(_play, [server] * RUNS))


def _play(server: Running) -> Visit:
    visit = Visit()
    with server.playing() as socket:
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            message = socket.recv(timeout=10)
            if isinstance(message, str):
                _complain(message)
                continue
            (length,) = struct.unpack_from("<I", message)
            header = json.loads(message[4 : 4 + length])
            visit.sizes.append(len(message))
            visit.steps.append(header["step"])
            time.sleep(SCREEN - time.perf_counter() % SCREEN)
            socket.send(json.dumps({"kind": "ack", "seq": header["seq"]}))
    return visit


def _complain(message: str) -> None:
    told = json.loads(message)
    if told["kind"] == "error" or told.get("name") in ("paused", "diverged"):
        raise RuntimeError(f"the run did not go on: {message[:300]}")


def _lag(server: Running, work: Callable[[], T]) -> tuple[dict[float, int], T]:
    """Return how many lags fell into each class while `work` was done, and what it gave."""
    before = dict(_classes(server))
    done = work()
    after = dict(_classes(server))
    cumulated = {end: count - before[end] for end, count in after.items()}
    lags, below = {}, 0
    for end, count in cumulated.items():
        lags[end], below = count - below, count
    return lags, done


def _classes(server: Running) -> Iterator[tuple[float, int]]:
    pattern = r'perceptarium_loop_lag_seconds_bucket\{le="(.+?)"\} (\d+)'
    for end, count in re.findall(pattern, server.get("/metrics")):
        yield float(end.replace("+Inf", "inf")), int(count)


def _quantile(lags: dict[float, int], share: float) -> float:
    wanted = share * sum(lags.values())
    for end, count in sorted(lags.items()):
        wanted -= count
        if wanted <= 0:
            return end
    raise AssertionError("the classes hold all lags")


if __name__ == "__main__":
    main()
