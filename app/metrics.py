"""What the server counts about itself, and how `/metrics` says it."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

SLICE_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
LAG_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)


class Histogram:
    """How often a measured time was at most each of some bounds.

    Parameters
    ----------
    bounds : sequence of float
        In seconds, growing.

    Attributes
    ----------
    counts : list of int
        One more than there are bounds; the last is of what exceeds them all.
    total : float
        The sum of what was observed, in seconds.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds

    def observe_all(self, times: Iterable[float]) -> None:
        """Count each of `times`."""
        for seconds in times:
            self.observe(seconds)

    def lines(self, name: str, explanation: str) -> Iterable[str]:
        """Return the histogram in Prometheus' text format."""
        yield from _head(name, explanation, "histogram")
        count = 0
        for bound, more in zip((*self.bounds, "+Inf"), self.counts, strict=True):
            count += more
            yield f'{name}_bucket{{le="{bound}"}} {count}'
        yield f"{name}_sum {self.total:.6f}"
        yield f"{name}_count {count}"


@dataclass(slots=True)
class Metrics:
    """The counts of one server since it started."""

    sessions: int = 0
    sockets: int = 0
    sessions_opened: int = 0
    sessions_rebuilt: int = 0
    workers_lost: int = 0
    frames_sent: int = 0
    frame_bytes: int = 0
    frames_replaced: int = 0
    events_sent: int = 0
    commands: int = 0
    commands_refused: int = 0
    slices: Histogram = field(default_factory=lambda: Histogram(SLICE_BOUNDS))
    lag: Histogram = field(default_factory=lambda: Histogram(LAG_BOUNDS))


class Measured(Protocol):
    """What has metrics."""

    @property
    def metrics(self) -> Metrics:
        """Its counts."""


GAUGES = {
    "sessions": "Sessions, with or without a socket.",
    "sockets": "Open websockets.",
}

COUNTERS = {
    "sessions_opened": "Sessions opened.",
    "sessions_rebuilt": "Sessions set up again after their worker died.",
    "workers_lost": "Workers that died.",
    "frames_sent": "Frames sent.",
    "frame_bytes": "Bytes of the frames sent.",
    "frames_replaced": "Frames that gave way to newer ones before they were sent.",
    "events_sent": "Text messages sent.",
    "commands": "Messages received from browsers.",
    "commands_refused": "Messages that broke a rule.",
}


def render(measured: Measured) -> str:
    """Return the counts in Prometheus' text format."""
    metrics = measured.metrics
    lines: list[str] = []
    for name, explanation in GAUGES.items():
        lines += _head(f"perceptarium_{name}", explanation, "gauge")
        lines.append(f"perceptarium_{name} {getattr(metrics, name)}")
    for name, explanation in COUNTERS.items():
        lines += _head(f"perceptarium_{name}_total", explanation, "counter")
        lines.append(f"perceptarium_{name}_total {getattr(metrics, name)}")
    lines += metrics.slices.lines(
        "perceptarium_slice_seconds", "How long a run computed in its turn."
    )
    lines += metrics.lag.lines(
        "perceptarium_loop_lag_seconds", "How late the event loop came to what was due."
    )
    return "\n".join(lines) + "\n"


def _head(name: str, explanation: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {explanation}", f"# TYPE {name} {kind}"
