"""The best rate of each racer, found by racing at many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.landscape.race import Course, Race, Rules, make_racer
from engine.landscape.racer import DESCENDERS
from engine.snapshot import Array

COARSE: tuple[float, ...] = tuple(float(f"{10 ** (k / 2):.3g}") for k in range(-8, 3))
"""From 0.0001 to 10, two to each power of ten."""

FINE = (-0.375, -0.25, -0.125, 0.125, 0.25, 0.375)
"""Around the best of those, as powers of ten."""

REPEATS = 3
"""Races with other random numbers, of those who draw them; their median counts."""

AT_ONCE = 3
"""Evaluations of each racer between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search.

    Attributes
    ----------
    rate : float
    evaluations : float
        After how many it arrives at that rate; infinite if not within the budget.
    J : float
        J where it stands at the end.
    """

    rate: float
    evaluations: float
    J: float


class RateSearch:
    """Race each racer at many rates, all with the same rules, and keep the best of each.

    The best is the one that arrives after the fewest evaluations; if none arrives, the one that
    stands lowest in the end. First `COARSE`, then `FINE` around the best. The start and the ground
    are those of the race, the random numbers are others.

    Parameters
    ----------
    course : Course
    start : ndarray of shape (d,)
    kinds : tuple of str
        Whose rates are looked for.
    rules : Rules
    seed : int

    Attributes
    ----------
    done, total : int
        How far it is, in races made and to be made.
    found : dict of str to Found
    """

    def __init__(
        self, course: Course, start: Array, kinds: tuple[str, ...], rules: Rules, *, seed: int
    ) -> None:
        self._course, self._start, self._rules, self._seed = course, start, rules, seed
        self.done = 0.0
        self.total = sum(_repeats(kind) * (len(COARSE) + len(FINE)) for kind in kinds)
        self.found: dict[str, Found] = {}
        self._work: Iterator[None] | None = self._search(kinds)

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do."""
        return self._work is None

    def work(self) -> None:
        """Do a bit of it: a few moves of each racer."""
        if self._work is not None and next(self._work, self) is self:
            self._work = None

    def _search(self, kinds: tuple[str, ...]) -> Iterator[None]:
        for kind in kinds:
            tried: dict[float, Found] = {}
            yield from self._try(kind, COARSE, tried)
            middle = _best(tried).rate
            finer = tuple(float(f"{middle * 10**power:.3g}") for power in FINE)
            yield from self._try(kind, finer, tried)
            self.found[kind] = _best(tried)

    def _try(
        self, kind: str, rates: tuple[float, ...], tried: dict[float, Found]
    ) -> Iterator[None]:
        """Race at each of these rates at once."""
        arrived, lowest = [], []
        for repeat in range(_repeats(kind)):
            seed = self._seed, 10 + repeat
            racers = [make_racer(kind, self._start, rate, self._rules, seed=seed) for rate in rates]
            race = Race(self._course, racers, self._rules)
            before = self.done
            while not race.over:
                race.advance(AT_ONCE)
                self.done = before + len(racers) * race.allowed / self._rules.budget
                yield
            arrived.append(np.where(np.isnan(race.arrived), np.inf, race.arrived))
            lowest.append(race.J)
        middle, low = np.median(arrived, axis=0), np.median(lowest, axis=0)
        for rate, evaluations, J in zip(rates, middle, low, strict=True):
            tried[rate] = Found(rate, float(evaluations), float(J))


def _repeats(kind: str) -> int:
    return 1 if kind in DESCENDERS else REPEATS


def _best(tried: Mapping[float, Found]) -> Found:
    return min(tried.values(), key=lambda one: (one.evaluations, one.J, one.rate))
