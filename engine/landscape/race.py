"""A race down a ground: all racers from one start, with equal numbers of evaluations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.landscape.annealing import Annealing
from engine.landscape.genetic import Genetic
from engine.landscape.racer import DESCENDERS, Descender, Racer
from engine.snapshot import Array

RACERS = (*DESCENDERS, Annealing.kind, Genetic.kind)

FARTHEST = 1e6
"""Who is so far from 0 in any direction has run away."""

HIGHEST = 1e3
"""So has who stands so many times as high above the line as the start."""


class Course(Protocol):
    """What one races on: as much of a `Ground` as racers ask of it."""

    def value(self, w: Array) -> Array:
        """Return J of w, of shape (..., d), as an array of shape (...)."""

    def gradient(self, w: Array) -> Array:
        """Return ∂J/∂wᵢ at w, both of shape (..., d)."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What is the same for all.

    Attributes
    ----------
    budget : int
        How many evaluations each racer has.
    price : int
        How many evaluations a gradient counts for.
    line : float
        The finish: who comes to no more than this J, and stays, has arrived.
    momentum, heat : float
        μ of momentum and Nesterov, and how hot the annealing begins.
    """

    budget: int
    price: int
    line: float
    momentum: float = 0.9
    heat: float = 1.0


def make_racer(kind: str, start: Array, rate: float, rules: Rules, *, seed: Sequence[int]) -> Racer:
    """Return a racer at the start; `seed` is for those who draw."""
    if kind in DESCENDERS:
        return Descender(kind, start, rate=rate, momentum=rules.momentum)
    own = RACERS.index(kind)

    def rng(block: int) -> np.random.Generator:
        return np.random.default_rng([*seed, own, block])

    if kind == Annealing.kind:
        return Annealing(start, rate=rate, heat=rules.heat, rng=rng)
    return Genetic(start, rate=rate, rng=rng)


class Race:
    """Several racers on one ground.

    Parameters
    ----------
    course : Course
    racers : sequence of Racer
        They stand at one start.
    rules : Rules

    Attributes
    ----------
    allowed : int
        How many evaluations each racer may have used by now.
    used, moves : ndarray of shape (racers,)
        How many each has used, and its moves.
    J : ndarray of shape (racers,)
        J where each stands.
    arrived : ndarray of shape (racers,)
        Since how many evaluations it has stood at or under the line; NaN for who stands above it,
        though it may have rushed through before.
    out : ndarray of shape (racers,), bool
        Who has run away: it stands where it stood last.
    """

    def __init__(self, course: Course, racers: Sequence[Racer], rules: Rules) -> None:
        self.racers = tuple(racers)
        self.rules = rules
        self._course = course
        n = len(self.racers)
        self.allowed = 0
        self.used, self.moves = np.zeros(n, np.int64), np.zeros(n, np.int64)
        # the referee looks for free, at all alike: J where one stands costs nobody anything
        self.J = self._value(np.stack([racer.w for racer in self.racers]))
        self.arrived = np.where(rules.line >= self.J, 0.0, np.nan)
        start = float(self.J.max())
        self._ceiling = rules.line + HIGHEST * (max(start - rules.line, 0.0) or 1.0)
        self.out = np.zeros(n, bool)

    def advance(self, evaluations: int) -> None:
        """Let each racer make the moves that it can afford with so many evaluations more.

        What one cannot spend yet it keeps; past the budget there is nothing.
        """
        self.allowed = min(self.allowed + evaluations, self.rules.budget)
        while ready := [k for k in range(len(self.racers)) if self._may_move(k)]:
            self._move(ready)

    @property
    def over(self) -> bool:
        """Whether the budget is spent."""
        return self.allowed >= self.rules.budget

    def ranks(self) -> Array:
        """Return each racer's place: one more than there are ahead of it.

        Ahead is who arrived earlier, or else stands lower.
        """
        late = np.where(np.isnan(self.arrived), np.inf, self.arrived)
        ahead = (late < late[:, None]) | ((late == late[:, None]) & (self.J[:, None] > self.J))
        places: Array = 1 + ahead.sum(axis=1)
        return places

    def _cost(self, k: int) -> int:
        racer = self.racers[k]
        return racer.wants * (self.rules.price if racer.by_gradient else 1)

    def _may_move(self, k: int) -> bool:
        return not self.out[k] and int(self.used[k]) + self._cost(k) <= self.allowed

    def _move(self, ready: list[int]) -> None:
        """Let each of these racers make one move."""
        asked = {k: self.racers[k].ask() for k in ready}
        for k in ready:
            self.used[k] += self._cost(k)
            self.moves[k] += 1
        descenders = [k for k in ready if self.racers[k].by_gradient]
        before = {k: self.racers[k].w.copy() for k in descenders}
        if descenders:
            with np.errstate(all="ignore"):
                slopes = self._course.gradient(np.concatenate([asked[k] for k in descenders]))
            self._tell(descenders, slopes)
        others = [k for k in ready if not self.racers[k].by_gradient]
        # one call for those who ask for J and for the referee, who looks where the others stand now
        places = [self.racers[k].w[None] for k in descenders] + [asked[k] for k in others]
        values = self._value(np.concatenate(places))
        for k, J in zip(descenders, values, strict=False):
            self.racers[k].J = float(J)
        self._tell(others, values[len(descenders) :])
        for k in ready:
            self._see(k, before.get(k))

    def _tell(self, who: list[int], told: Array) -> None:
        at = 0
        for k in who:
            racer = self.racers[k]
            wants = racer.wants
            racer.tell(told[at : at + wants], float(self.used[k]) / self.rules.budget)
            at += wants

    def _see(self, k: int, before: Array | None) -> None:
        """Write down where a racer stands; who has run away goes back to where it was."""
        racer = self.racers[k]
        if not (self._ceiling >= racer.J and np.abs(racer.w).max() <= FARTHEST):
            self.out[k] = True
            if before is not None:
                racer.w[:], racer.J = before, float(self.J[k])
            return
        self.J[k] = racer.J
        if self.rules.line < racer.J:
            self.arrived[k] = np.nan
        elif np.isnan(self.arrived[k]):
            self.arrived[k] = self.used[k]

    def _value(self, places: Array) -> Array:
        with np.errstate(all="ignore"):
            return self._course.value(places)

    def save(self) -> dict[str, Array]:
        """Return how each racer stands, and what each remembers."""
        names = ("used", "moves", "J", "arrived", "out")
        state = {name: getattr(self, name).copy() for name in names}
        state["allowed"] = np.array(self.allowed)
        for k, racer in enumerate(self.racers):
            state |= {f"{k}.{name}": one for name, one in racer.save().items()}
        return state

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what was saved."""
        for name in ("used", "moves", "J", "arrived", "out"):
            getattr(self, name)[:] = state[name]
        self.allowed = int(state["allowed"])
        for k, racer in enumerate(self.racers):
            head = f"{k}."
            own = {name: one for name, one in state.items() if name.startswith(head)}
            racer.load({name.removeprefix(head): one for name, one in own.items()})
