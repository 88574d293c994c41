"""A worker process: holds many seats and gives each a slice in turn.

Started by `workers` as `python -m app.worker <file descriptor>`.
"""

import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping
from time import perf_counter

from app import wire
from app.posts import Channel, Opening, Order, Refused, Report, Terms
from app.seat import SLICE, Seat
from engine.data.library import Library
from engine.errors import EngineError
from engine.exhibits.contract import Exhibit

ROUND = 0.1
"""Seconds in which every seat gets its turn, where slices of `SHORTEST` allow it."""

SHORTEST = 0.002
GLANCE = 0.001
"""Seconds between two looks for orders within a slice."""

MOST_ORDERS = 100
"""Orders carried out before the seats get their turn again."""

logger = logging.getLogger(__name__)


class Worker:
    """The seats of one process.

    Parameters
    ----------
    channel : Channel
        To the server's process.
    terms : Terms
    """

    def __init__(self, channel: Channel, terms: Terms) -> None:
        self._channel = channel
        self._terms = terms
        self._exhibits = load_exhibits(terms.exhibits)
        self._library = Library(terms.data_dir)
        self._seats: dict[int, Seat] = {}
        self._credit: dict[int, float] = {}
        self._slices: list[float] = []
        self._glanced = 0.0

    def run(self) -> None:
        """Work until the server goes.

        Raises
        ------
        EOFError
            When it has gone.
        """
        while True:
            self._take_orders(self._leisure())
            due = [seat for seat in self._seats.values() if seat.due() == 0]
            quantum = min(SLICE, max(SHORTEST, ROUND / max(1, len(due))))
            for seat in due:
                if seat.number in self._seats:
                    self._give_slice(seat, quantum)
                    self._take_orders(0.0)

    def _leisure(self) -> float | None:
        """Return for how many seconds there is nothing to do but wait; None for no end."""
        times = [time for seat in self._seats.values() if (time := seat.due()) is not None]
        return min(times, default=None)

    def _give_slice(self, seat: Seat, quantum: float) -> None:
        """Let `seat` compute; one whose steps are longer than a slice gets fewer of them."""
        credit = min(quantum, self._credit[seat.number] + quantum)
        if credit > 0:
            start = self._glanced = perf_counter()
            seat.serve(start + credit, self._interrupted)
            taken = perf_counter() - start
            self._slices.append(taken)
            credit -= taken
        self._credit[seat.number] = credit

    def _interrupted(self) -> bool:
        now = perf_counter()
        if now - self._glanced < GLANCE:
            return False
        self._glanced = now
        return self._channel.waiting()

    def _take_orders(self, patience: float | None) -> None:
        touched: dict[int, Seat] = {}
        for _ in range(MOST_ORDERS):
            if not self._channel.waiting(patience):
                break
            order: Order = self._channel.receive()
            self._obey(order)
            if order.seat in self._seats:
                touched[order.seat] = self._seats[order.seat]
            patience = 0.0
        for seat in touched.values():
            seat.settle()

    def _obey(self, order: Order) -> None:
        if order.kind == "report":
            self._channel.send(Report(self._slices))
            self._slices = []
        elif order.kind == "open":
            self._open(order.seat, order.fields["opening"])
        elif order.kind == "close":
            self._seats.pop(order.seat, None)
            self._credit.pop(order.seat, None)
        elif seat := self._seats.get(order.seat):
            match order.kind:
                case "want":
                    seat.want()
                case "greet":
                    seat.greet()
                case "hold":
                    seat.hold()
                case "export":
                    seat.export(**order.fields)
                case _:
                    self._do(seat, order)

    def _do(self, seat: Seat, order: Order) -> None:
        """Have a command carried out now; who has had more than a turn ahead waits for the next."""
        start = perf_counter()
        seat.do(order.kind, order.fields, at_once=self._credit[seat.number] > -SLICE)
        self._credit[seat.number] -= perf_counter() - start

    def _open(self, number: int, opening: Opening) -> None:
        try:
            seat = Seat(
                number,
                opening,
                exhibit=self._exhibits[opening.slug],
                library=self._library,
                terms=self._terms,
                send=self._channel.send,
            )
        except EngineError as error:
            self._channel.send(Refused(number, wire.error("bad_value", str(error))))
            return
        except Exception as error:
            logger.exception("a run of %s could not be opened", opening.slug)
            text = f"The run could not be opened, through no fault of yours: {error!r}."
            self._channel.send(Refused(number, wire.error("crashed", text, fatal=True)))
            return
        self._seats[number] = seat
        self._credit[number] = 0.0
        seat.greet()


def load_exhibits(where: str) -> Mapping[str, Exhibit]:
    """Return the exhibits by slug that `where`, spelt `module:NAME`, names."""
    module, _, name = where.partition(":")
    exhibits: Mapping[str, Exhibit] = getattr(importlib.import_module(module), name)
    return exhibits


def main() -> None:
    """Serve the seats that come over the file descriptor named on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl+C is for the server, which ends this
    os.nice(10)  # the server answers first
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    with contextlib.suppress(EOFError, ConnectionError):  # the server has gone, so may this
        Worker(channel, channel.receive()).run()


if __name__ == "__main__":
    main()
