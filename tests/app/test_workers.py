"""The pool of processes, without a web server."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import counter_exhibit
import psutil
import pytest

from app import wire
from app.metrics import Metrics
from app.posts import Framed, Kept, Opening, Refused, Told, Welcomed
from app.settings import Settings
from app.workers import Pool


class Office:
    """A pool, and all that it has said."""

    def __init__(self, workers: int, exhibits: str) -> None:
        self.posts: list[Any] = []
        self.lost: list[int] = []
        self.metrics = Metrics()
        self._news = asyncio.Event()
        self.pool = Pool(
            Settings(workers=workers, open=False),
            deliver=self._note,
            lost=self._mourn,
            metrics=self.metrics,
            exhibits=exhibits,
        )

    def _note(self, post: Any) -> None:
        self.posts.append(post)
        self._news.set()

    def _mourn(self, seat: int) -> None:
        self.lost.append(seat)
        self._news.set()

    async def until(self, condition: Callable[[], Any]) -> Any:
        async with asyncio.timeout(15):
            while not (answer := condition()):
                self._news.clear()
                with contextlib.suppress(TimeoutError):  # not all that counts is news
                    await asyncio.wait_for(self._news.wait(), 0.05)
        return answer

    def of(self, kind: type, seat: int) -> list[Any]:
        return [post for post in self.posts if isinstance(post, kind) and post.seat == seat]

    def frames(self, seat: int) -> list[wire.Frame]:
        return [wire.decode(post.frame) for post in self.of(Framed, seat)]

    def open(self, seat: int, **opening: Any) -> None:
        self.pool.open(
            seat, Opening(**{"slug": "counter", "values": {}, "changes": [], "seed": 1} | opening)
        )


@contextlib.asynccontextmanager
async def office(workers: int = 1, exhibits: str = counter_exhibit.WHERE) -> AsyncIterator[Office]:
    office = Office(workers, exhibits)
    await office.pool.start()
    try:
        yield office
    finally:
        await office.pool.close()


def test_workers_are_kind_single_threaded_and_gone_in_the_end() -> None:
    async def story() -> None:
        async with office(2) as one:
            for seat in (1, 2):
                one.open(seat)
                await one.until(lambda seat=seat: one.of(Welcomed, seat))
            processes = [psutil.Process(pid) for pid in one.pool.pids]
            assert len({process.pid for process in processes}) == 2
            for process in processes:
                assert process.nice() >= 10
                assert process.environ()["OPENBLAS_NUM_THREADS"] == "1"
                assert process.num_threads() == 1
            start = time.monotonic()
        assert time.monotonic() - start < 2
        assert not any(process.is_running() for process in processes), "not even a zombie"

    asyncio.run(story())


def test_a_worker_that_computes_is_ended_too(monkeypatch) -> None:
    monkeypatch.setattr("app.workers.SPARE_TIME", 0.3)

    async def story() -> None:
        async with office() as one:
            one.open(1, values={"sleep_ms": 1000})
            await one.until(lambda: one.of(Framed, 1))
            one.pool.tell(1, "seek", step=20)
            await asyncio.sleep(0.1)
            process = psutil.Process(one.pool.pids[0])
            start = time.monotonic()
        assert time.monotonic() - start < 2
        assert not process.is_running()

    asyncio.run(story())


def test_a_pool_may_be_closed_before_it_is_up() -> None:
    async def story() -> None:
        async with office(2) as one:
            one.open(1)
        assert not any(psutil.pid_exists(pid) for pid in one.pool.pids)

    asyncio.run(story())


def test_seats_are_spread_over_the_workers() -> None:
    async def story() -> None:
        async with office(2) as one:
            for seat in range(4):
                one.open(seat)
                await one.until(lambda seat=seat: one.of(Welcomed, seat))
            assert sorted(one.pool.pid(seat) for seat in range(4)) == sorted(one.pool.pids * 2)
            for seat in range(4):
                if one.pool.pid(seat) == one.pool.pids[0]:
                    one.pool.close_seat(seat)
            one.open(4)
            assert one.pool.pid(4) == one.pool.pids[0]

    asyncio.run(story())


def test_a_seat_that_was_given_up_says_nothing_more() -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1)
            await one.until(lambda: one.of(Framed, 1))
            one.pool.close_seat(1)
            one.pool.tell(1, "step", n=1)
            one.open(2)
            await one.until(lambda: one.of(Framed, 2))
            assert len(one.of(Framed, 1)) == 1

    asyncio.run(story())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda s: s.name)
def test_a_worker_that_dies_is_started_again_and_its_seats_are_lost(number) -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1)
            await one.until(lambda: one.of(Framed, 1))
            process = psutil.Process(one.pool.pids[0])
            process.send_signal(number)
            await one.until(lambda: one.lost == [1])
            assert not process.is_running()
            one.open(1, seq=7)  # at once: it waits for the next process
            frame = await one.until(lambda: one.frames(1)[1:])
            assert frame[0].seq == 7
            assert one.pool.pids != [process.pid]
            assert one.metrics.workers_lost == 1

    asyncio.run(story())


def test_ctrl_c_does_not_end_a_worker() -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1)
            await one.until(lambda: one.of(Framed, 1))
            psutil.Process(one.pool.pids[0]).send_signal(signal.SIGINT)
            one.pool.tell(1, "step", n=1)
            await one.until(lambda: one.frames(1)[-1].snapshot.step == 1)
            assert one.lost == []

    asyncio.run(story())


def test_a_worker_that_hangs_is_ended(monkeypatch) -> None:
    monkeypatch.setattr("app.workers.SILENCE", 0.3)

    async def story() -> None:
        async with office() as one:
            one.open(1, values={"sleep_ms": 1000})
            await one.until(lambda: one.of(Framed, 1))
            one.pool.tell(1, "step", n=1)

            def lost() -> bool:
                one.pool.ask_for_reports()
                return one.lost == [1]

            await one.until(lost)

    asyncio.run(story())


def test_a_worker_that_does_not_read_is_ended(monkeypatch) -> None:
    monkeypatch.setattr("app.workers.MOST_UNREAD", 1 << 20)

    async def story() -> None:
        async with office() as one:
            one.open(1, values={"sleep_ms": 1000})
            await one.until(lambda: one.of(Framed, 1))
            one.pool.tell(1, "step", n=1)

            def lost() -> bool:
                one.pool.tell(1, "act", name="note", args={"value": "x" * 100_000})
                return one.lost == [1]

            await one.until(lost)

    asyncio.run(story())


def test_a_worker_that_cannot_start_is_not_tried_without_a_pause() -> None:
    async def story() -> None:
        async with office(exhibits="nowhere:EXHIBITS") as one:
            one.open(1)
            await one.until(lambda: one.metrics.workers_lost >= 2)
            assert one.lost == [1]
            before = one.metrics.workers_lost
            await asyncio.sleep(0.3)
            assert one.metrics.workers_lost <= before + 1

    asyncio.run(story())


PARENT = """
import asyncio, counter_exhibit
from test_workers import office

async def main():
    async with office(2) as one:
        one.open(1)
        await one.until(lambda: one.posts)
        print(*one.pool.pids, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_workers_end_with_a_server_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    with parent:
        assert parent.stdout is not None
        workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2
        parent.kill()
    deadline = time.monotonic() + 5
    while not all(_has_ended(worker) for worker in workers):
        assert time.monotonic() < deadline, "they outlive it"
        time.sleep(0.02)


def _has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or only waits for whoever has adopted it to notice."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_bad_opening_is_refused_and_hurts_nobody() -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1, values={"pace": 99})
            one.open(2, values={"trouble": "build"})
            one.open(3)
            await one.until(lambda: one.of(Framed, 3))
            (bad,), (broken,) = one.of(Refused, 1), one.of(Refused, 2)
            assert (bad.message["code"], bad.message["fatal"]) == ("bad_value", False)
            assert (broken.message["code"], broken.message["fatal"]) == ("crashed", True)
            assert one.lost == []

    asyncio.run(story())


def test_a_run_that_fails_takes_no_other_with_it() -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1, values={"trouble": "crash", "at": 3})
            one.open(2)
            await one.until(lambda: one.of(Framed, 2))
            for seat in (1, 2):
                one.pool.tell(seat, "step", n=3)
            await one.until(lambda: one.frames(2)[-1].snapshot.step == 3)
            names = [post.message.get("code") for post in one.of(Told, 1)]
            assert "crashed" in names
            assert one.lost == []

    asyncio.run(story())


def test_long_steps_do_not_take_more_than_their_share() -> None:
    step = 0.040

    async def story() -> None:
        async with office() as one:
            one.open(1, values={"sleep_ms": 1000 * step})
            one.open(2)
            await one.until(lambda: one.of(Framed, 1) and one.of(Framed, 2))
            for seat in (1, 2):
                one.pool.tell(seat, "play", rate=None)
            start = time.monotonic()
            await asyncio.sleep(1.5)
            for seat in (1, 2):
                one.pool.tell(seat, "pause")
            last = await one.until(
                lambda: (
                    all(not one.frames(seat)[-1].playing for seat in (1, 2))
                    and [one.frames(seat)[-1].snapshot.step for seat in (1, 2)]
                )
            )
            # without regard to their length it would be 40 of every 50 ms
            assert last[0] * step < 0.65 * (time.monotonic() - start)
            assert last[1] > 100

    asyncio.run(story())


def test_a_burst_of_long_commands_does_not_hold_up_the_others() -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1, values={"sleep_ms": 30})
            one.open(2)
            await one.until(lambda: one.of(Framed, 1) and one.of(Framed, 2))
            start = time.monotonic()
            for _ in range(50):
                one.pool.tell(1, "act", name="push", args={"by": 1})
            for n in range(1, 6):
                one.pool.tell(2, "step", n=1)
                await one.until(lambda n=n: one.frames(2)[-1].snapshot.step == n)
            assert time.monotonic() - start < 0.8, "all of the burst takes 1.5 s"
            await one.until(lambda: one.frames(1)[-1].snapshot.arrays["x"][0] == 50)

    asyncio.run(story())


def test_reports_count_the_slices() -> None:
    async def story() -> None:
        async with office() as one:
            one.open(1)
            await one.until(lambda: one.of(Framed, 1))
            one.pool.tell(1, "play", rate=None)

            def counted() -> bool:
                one.pool.ask_for_reports()
                return sum(one.metrics.slices.counts) > 10

            await one.until(counted)
            assert one.metrics.slices.total / sum(one.metrics.slices.counts) < 0.1

    asyncio.run(story())


def test_what_was_kept_goes_on_in_another_process_to_the_byte() -> None:
    async def story() -> None:
        async with office(2) as one:
            one.open(1, seed=5)
            await one.until(lambda: one.of(Framed, 1))
            one.pool.tell(1, "step", n=50)
            kept = await one.until(
                lambda: [post.opening for post in one.of(Kept, 1) if post.opening.step == 50]
            )
            fields = {name: getattr(kept[-1], name) for name in kept[-1].__slots__}
            one.open(2, **fields)
            await one.until(lambda: one.of(Framed, 2))
            assert one.pool.pid(1) != one.pool.pid(2)
            for seat in (1, 2):
                one.pool.tell(seat, "step", n=25)
            await one.until(
                lambda: all(one.frames(seat)[-1].snapshot.step == 75 for seat in (1, 2))
            )
            first, second = (one.frames(seat)[-1].snapshot.arrays["x"] for seat in (1, 2))
            assert first.tobytes() == second.tobytes()

    asyncio.run(story())
