"""Which ground favours whom: every racer at its best rate on every ground, measured."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, replace

import numpy as np

from engine.landscape.lowest import lowest_known
from engine.landscape.named import TWO, bowl
from engine.landscape.race import RACERS, Rules
from engine.landscape.rates import Found, RateSearch
from engine.landscape.small_network import Place, SmallNetwork, small_network
from engine.snapshot import Array

GROUNDS: Mapping[str, str] = {
    "bowl10": "Bowl, condition 10",
    "bowl100": "Bowl, condition 100",
    "rosenbrock": "Rosenbrock",
    "himmelblau": "Himmelblau",
    "saddle": "Saddle",
    "plateau": "Plateau",
    "many_minima": "Many minima",
    "beale": "Beale",
    "network": "Small network",
}
"""What is compared, and what people call it; each from its own start."""

MOST_KNOWN = 128

_known: dict[tuple[object, ...], Mapping[str, Found]] = {}
"""What was measured before: it is a function of ground, rules and seed."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a race on a ground ends.

    Attributes
    ----------
    lowest : float
        The lowest J that is known.
    line : float
        J at the finish.
    """

    lowest: float
    line: float


def ending(course: Place, start: Array, tolerance: float) -> Ending:
    """Return the finish: what is left is `tolerance` of the height of the start."""
    # a cross-entropy is never below 0
    lowest = 0.0 if isinstance(course, SmallNetwork) else lowest_known(course)
    height = float(course.value(start)) - lowest
    return Ending(lowest, lowest + tolerance * height)


class Comparison:
    """The search for every racer's best rate, ground by ground.

    Parameters
    ----------
    rules : Rules
        Their finishing line is replaced by each ground's own; their price too, for a ground with
        another number of parameters.
    tolerance : float
    seed : int
    by_parameters : bool
        Whether a gradient counts for one evaluation more than there are parameters.

    Attributes
    ----------
    found : dict of str to mapping of str to Found
        By ground and by racer; a ground is there once all of its racers are.
    done, total : float
        How far it is, in races.
    """

    def __init__(
        self, rules: Rules, tolerance: float, *, seed: int, by_parameters: bool = False
    ) -> None:
        self._rules, self._tolerance, self._seed = rules, tolerance, seed
        self._by_parameters = by_parameters
        self.found: dict[str, Mapping[str, Found]] = {}
        self.done, self.total = 0.0, float(len(GROUNDS))
        self._work: Iterator[None] | None = self._compare()

    @property
    def over(self) -> bool:
        """Whether all is measured."""
        return self._work is None

    def work(self) -> None:
        """Do a bit of it."""
        if self._work is not None and next(self._work, self) is self:
            self._work = None

    def winner(self, ground: str) -> str | None:
        """Return who is first on a ground, None while it is not measured."""
        found = self.found.get(ground)
        if found is None:
            return None
        return min(RACERS, key=lambda kind: (found[kind].evaluations, found[kind].J))

    def _compare(self) -> Iterator[None]:
        for number, name in enumerate(GROUNDS):
            rest = astuple(replace(self._rules, line=0.0))
            key = name, self._tolerance, self._seed, self._by_parameters, *rest
            if key not in _known:
                course = _course(name, self._seed)
                start = np.array(course.start)
                price = len(start) + 1 if self._by_parameters else self._rules.price
                line = ending(course, start, self._tolerance).line
                rules = replace(self._rules, line=line, price=price)
                search = RateSearch(course, start, RACERS, rules, seed=self._seed)
                while not search.over:
                    search.work()
                    self.done = number + search.done / search.total
                    yield
                while len(_known) >= MOST_KNOWN:
                    del _known[next(iter(_known))]
                _known[key] = search.found
            self.found[name] = _known[key]
            self.done = number + 1.0
            yield


def _course(name: str, seed: int) -> Place:
    if name == "network":
        return small_network(seed)
    return bowl(float(name.removeprefix("bowl"))) if name.startswith("bowl") else TWO[name]
