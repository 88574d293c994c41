"""The counts at /metrics."""

import re

from app.metrics import COUNTERS, GAUGES, Histogram, Metrics, render


class Measured:
    def __init__(self) -> None:
        self.metrics = Metrics(sessions=3, sockets=2, frames_sent=41, frames_replaced=7)


def test_a_histogram_counts_what_is_at_most_each_bound() -> None:
    histogram = Histogram((0.01, 0.1))
    histogram.observe_all([0.005, 0.01, 0.05, 3.0])
    lines = list(histogram.lines("slice_seconds", "How long."))
    assert lines == [
        "# HELP slice_seconds How long.",
        "# TYPE slice_seconds histogram",
        'slice_seconds_bucket{le="0.01"} 2',
        'slice_seconds_bucket{le="0.1"} 3',
        'slice_seconds_bucket{le="+Inf"} 4',
        "slice_seconds_sum 3.065000",
        "slice_seconds_count 4",
    ]


def test_every_line_is_one_that_a_scraper_reads() -> None:
    sample = re.compile(r'[a-z_]+(\{le="(\+Inf|[0-9.]+)"\})? [0-9.]+')
    comment = re.compile(r"# (HELP|TYPE) [a-z_]+ .+")
    text = render(Measured())
    assert text.endswith("\n")
    for line in text.splitlines():
        assert sample.fullmatch(line) or comment.fullmatch(line), line


def test_all_counts_are_rendered() -> None:
    text = render(Measured())
    assert "perceptarium_sessions 3\n" in text
    assert "perceptarium_frames_sent_total 41\n" in text
    assert "perceptarium_frames_replaced_total 7\n" in text
    told = {*GAUGES, *COUNTERS, "slices", "lag"}
    assert told == set(Metrics.__slots__)
    assert "perceptarium_slice_seconds_count 0\n" in text
    assert "perceptarium_loop_lag_seconds_count 0\n" in text
