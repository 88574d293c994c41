"""The pool of processes that hold the runs, as the server sees it.

The server speaks of seats alone; behind this interface a cluster could stand instead.
"""

import asyncio
import contextlib
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable

from app.metrics import Metrics
from app.posts import Opening, Order, Post, Report, SeatPost, Terms, pack, read
from app.settings import Settings

SPARE_TIME = 2.0
"""Seconds that a worker gets to end by itself."""

SILENCE = 30.0
"""Seconds without an answer after which a worker is taken for hung, and ended."""

MOST_UNREAD = 32 << 20
"""Bytes of orders that a worker has not read, beyond which it is taken for hung."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
"""Seconds before a worker that died is started again; doubled while it keeps dying."""

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""The other cores go to other workers."""

logger = logging.getLogger(__name__)


class Pool:
    """A fixed number of worker processes; one that dies is started again.

    Parameters
    ----------
    settings : Settings
    deliver : callable of (post)
        Takes what a seat sends.
    lost : callable of (seat)
        Hears that a seat is gone with its worker; it may be opened again at once.
    metrics : Metrics
    exhibits : str
        Where the workers find the exhibits, as `module:NAME`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        deliver: Callable[[SeatPost], None],
        lost: Callable[[int], None],
        metrics: Metrics,
        exhibits: str,
    ) -> None:
        terms = Terms(
            exhibits=exhibits,
            data_dir=settings.data_dir,
            step_cap=settings.step_cap,
            history_bytes=settings.history_bytes,
        )
        self._deliver = deliver
        self._lost = lost
        self._metrics = metrics
        self._workers = [_Worker(terms, self._receive, self._bury) for _ in range(settings.workers)]
        self._of_seat: dict[int, _Worker] = {}

    async def start(self) -> None:
        """Start the workers."""
        for worker in self._workers:
            worker.start()

    async def close(self) -> None:
        """End the workers."""
        await asyncio.gather(*(worker.close() for worker in self._workers))

    def open(self, seat: int, opening: Opening) -> None:
        """Open a seat where there are the fewest."""
        counts = dict.fromkeys(self._workers, 0)
        for worker in self._of_seat.values():
            counts[worker] += 1
        self._of_seat[seat] = min(self._workers, key=counts.__getitem__)
        self.tell(seat, "open", opening=opening)

    def tell(self, seat: int, kind: str, **fields: object) -> None:
        """Give an order to a seat; one that has been given up hears nothing."""
        if worker := self._of_seat.get(seat):
            worker.send(Order(seat, kind, fields))

    def close_seat(self, seat: int) -> None:
        """Give up a seat."""
        self.tell(seat, "close")
        self._of_seat.pop(seat, None)

    def ask_for_reports(self) -> None:
        """Have every worker report; one that stays silent for long is ended."""
        for worker in self._workers:
            worker.ask_for_report()

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid for worker in self._workers if worker.process]

    def pid(self, seat: int) -> int | None:
        """Return the process that holds a seat, if it is held by one now."""
        process = self._of_seat[seat].process
        return process.pid if process else None

    def _receive(self, post: Post) -> None:
        if isinstance(post, Report):
            self._metrics.slices.observe_all(post.slices)
        elif post.seat in self._of_seat:
            self._deliver(post)

    def _bury(self, dead: "_Worker") -> None:
        self._metrics.workers_lost += 1
        for seat, worker in list(self._of_seat.items()):
            if worker is dead:
                del self._of_seat[seat]
                self._lost(seat)


class _Worker:
    """One process, started again when it dies.

    Orders given while there is none wait for the next one.
    """

    def __init__(
        self,
        terms: Terms,
        receive: Callable[[Post], None],
        bury: Callable[["_Worker"], None],
    ) -> None:
        self._terms = terms
        self._receive = receive
        self._bury = bury
        self.process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: list[Order] = []
        self._asked_at: float | None = None
        self._lives: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        self._lives = asyncio.create_task(self._live())

    async def close(self) -> None:
        self._closing = True
        if self._lives is None:
            return
        if self._writer is not None:
            self._writer.close()  # what the process reads next is the end
        else:
            self._lives.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._lives

    def send(self, order: Order) -> None:
        if self._writer is None:
            self._waiting.append(order)
        elif self._writer.transport.get_write_buffer_size() > MOST_UNREAD:
            self._end("does not read its orders")
        else:
            self._writer.write(pack(order))

    def ask_for_report(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._writer is None:
            return
        if self._asked_at is None:
            self._asked_at = now
            self.send(Order(-1, "report"))
        elif now - self._asked_at > SILENCE:
            self._end(f"has been silent for {SILENCE:g} s")

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            born = loop.time()
            try:
                await self._live_once()
            except Exception:
                logger.exception("a worker could not be kept running")
            if self._closing:
                return
            self._bury(self)
            pause = FIRST_PAUSE if loop.time() - born > LONGEST_PAUSE else 2 * pause
            await asyncio.sleep(min(pause, LONGEST_PAUSE))

    async def _live_once(self) -> None:
        """Start the process, pass on what it says, and see it off."""
        here, there = socket.socketpair()
        try:
            with there:
                self.process = _start_process(there)
        except OSError:
            here.close()
            raise
        try:
            reader, self._writer = await asyncio.open_connection(sock=here)
            self._writer.write(pack(self._terms))
            for order in self._waiting:
                self._writer.write(pack(order))
            self._waiting.clear()
            while True:
                self._take(await read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it has ended, or it was told to
        finally:
            if self._writer is not None:
                self._writer.close()
            self._writer = None
            self._asked_at = None
            await _see_off(self.process)
        if not self._closing:
            logger.error("worker %d ended with %d", self.process.pid, self.process.returncode)

    def _take(self, post: Post) -> None:
        self._asked_at = None
        try:
            self._receive(post)
        except Exception:
            # one visitor's trouble is not that of all others on this worker
            logger.exception("a post could not be delivered")

    def _end(self, why: str) -> None:
        if self.process is not None:
            logger.error("worker %d %s; it is ended", self.process.pid, why)
            self.process.kill()


def _start_process(line: socket.socket) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(part or os.getcwd() for part in sys.path)
    return subprocess.Popen(
        # -P: what lies in the current folder must not stand in for a module
        [sys.executable, "-P", "-m", "app.worker", str(line.fileno())],
        pass_fds=(line.fileno(),),
        stdin=subprocess.DEVNULL,
        env=os.environ | ONE_THREAD | {"PYTHONPATH": path},
        process_group=0,  # a Ctrl+C in the terminal is for the server alone
    )


async def _see_off(process: subprocess.Popen[bytes]) -> None:
    """Wait until `process` has ended; one that takes too long is killed."""
    try:
        await asyncio.to_thread(process.wait, SPARE_TIME)
    except subprocess.TimeoutExpired:
        process.kill()
        await asyncio.to_thread(process.wait)
