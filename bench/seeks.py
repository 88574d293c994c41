"""Seeking: how long a jump to any of 10,000 steps takes, and what the history weighs.

A recorder trains the digits network with the memory a session has, and notes a digest of all that
is published at 200 steps. Then it seeks those steps in another order: each must come back to the
byte. With a data directory (PERCEPTARIUM_DATA_DIR), MNIST is measured, too.
"""

import hashlib
import time

import numpy as np
import psutil

from app.settings import Settings
from bench.table import print_table, quantile
from engine.data.library import Library
from engine.exhibits import EXHIBITS
from engine.recorder import Recorder

STEPS = 10_000
SEEKS = 200
MEMORY = 64 << 20
SEED = 1


def main() -> None:
    library = Library(Settings().data_dir)
    rows = [_measure("digits", library)]
    if library.missing("mnist") is None:
        rows.append(_measure("mnist", library))
    print_table(
        (
            *(f"{SEEKS} seeks in {STEPS:,} steps", "p50", "p95", "slowest"),
            *("steps/s", "spacing", "history", "process"),
        ),
        rows,
    )


def _measure(data: str, library: Library) -> tuple[str, ...]:
    chosen = np.random.default_rng(SEED).choice(STEPS, SEEKS, replace=False)
    recorder = Recorder(EXHIBITS["digits"], {"data": data}, SEED, library, memory=MEMORY)
    shown: dict[int, str] = {}
    begin = time.perf_counter()
    for step in sorted(chosen.tolist()):
        recorder.step(step - recorder.position)
        shown[step] = _digest(recorder)
    recorder.step(STEPS - recorder.position)
    speed = STEPS / (time.perf_counter() - begin)
    times = []
    for step in chosen.tolist():
        begin = time.perf_counter()
        recorder.seek(step)
        again = _digest(recorder)
        times.append(time.perf_counter() - begin)
        if again != shown[step]:
            raise RuntimeError(f"step {step}: expected the bytes that were there")
    return (
        data,
        *(f"{1000 * taken:.0f} ms" for taken in (quantile(times, 0.5), quantile(times, 0.95))),
        f"{1000 * max(times):.0f} ms",
        f"{speed:,.0f}",
        f"{recorder.spacing}",
        f"{recorder.held / 2**20:.1f} MB",
        f"{psutil.Process().memory_info().rss / 2**20:.0f} MB",
    )


def _digest(recorder: Recorder) -> str:
    """Return a digest of the numbers at this step, but for the course up to the head."""
    moment = recorder.snapshot(recorder.exhibit.publishes)
    digest = hashlib.blake2b(repr(sorted(moment.scalars.items())).encode())
    for name, array in moment.arrays.items():
        digest.update(name.encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
