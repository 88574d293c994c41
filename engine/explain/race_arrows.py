"""The arrows that show what a racer has in mind: what its next move is put together from.

Each arrow is told by terms, so that what is drawn and what a ledger says of it is one thing. Moves
are often too short to be seen: all parts of a move are drawn so many times as long.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.explain.arithmetic import times
from engine.explain.ledger import Factor, Term
from engine.landscape.annealing import Annealing
from engine.landscape.race import RACERS
from engine.landscape.racer import Descender, Racer
from engine.snapshot import Array

ARROWS = 4
"""Two parts of the move, one behind the other or side by side; then one along each axis."""

COLUMNS = ("x", "y", "dx", "dy")

Sum = tuple[Term, ...]
Part = Callable[[int], Sum]
"""One coordinate of an arrow, as terms."""


@dataclass(frozen=True, slots=True)
class Arrows:
    """The arrows of a racer.

    Attributes
    ----------
    terms : dict of (arrow, column) to tuple of Term
    times : float
        How many times as long as they are they are drawn.
    """

    terms: dict[tuple[int, int], Sum]
    times: float = 1.0

    def values(self) -> Array:
        """Return them as numbers, of shape (ARROWS, 4); NaN where there is none."""
        found = np.full((ARROWS, len(COLUMNS)), np.nan)
        for place, terms in self.terms.items():
            found[place] = sum(term.value for term in terms)
        return found


def arrows_of(racer: Racer, slope: Callable[[Array], Array], reach: float) -> Arrows:
    """Return the arrows of a racer's next move.

    Of gradient descent, the update. Of momentum, what the memory adds, then what the gradient
    adds. Of Nesterov, what the gradient adds, which leads to the ball, then the look ahead. Of
    RMSprop and Adam, the update, and plain downhill of the same length; then how far a slope of
    one and the same size moves each coordinate. Of the annealing, the proposal, and how wide
    proposals are drawn. Of the genetic algorithm none: its population is seen.

    Parameters
    ----------
    racer : Racer
        In the plane; it is not changed.
    slope : callable of ndarray of shape (places, 2) -> ndarray
        The ground's gradient.
    reach : float
        How long the longest arrow is drawn, at least.
    """
    if isinstance(racer, Annealing) and racer.made:
        return _of_proposal(racer, reach)
    if not isinstance(racer, Descender):
        return Arrows({})
    dw = slope(racer.ask())
    if not np.isfinite(dw).all():
        return Arrows({})
    following = Descender(racer.kind, racer.w, rate=racer.rate, momentum=racer.momentum)
    following.load(racer.save())
    following.tell(dw, 0.0)
    parts, axes = _of_descent(racer, following, reach)
    return _drawn(racer, parts, axes, reach, chained=racer.kind in ("momentum", "nesterov"))


def _of_descent(racer: Descender, following: Descender, reach: float) -> tuple[list[Part], Array]:
    """Return the parts of the next move, and the lengths of the axes; none are no number."""
    state = following.state()
    eta, mu = Factor(r"-\eta", -racer.rate), Factor(r"\mu", racer.momentum)

    def part(*factors: Factor, by: Array) -> Part:
        return lambda i: (times(*factors, Factor("g", float(by[i]))),)

    gradient, axes = part(eta, by=state["dw"]), np.full(2, np.nan)
    if racer.kind == "sgd":
        return [gradient], axes
    if racer.kind == "momentum":
        return [part(eta, mu, by=following.remembered["v"]), gradient], axes
    if racer.kind == "nesterov":
        return [gradient, part(eta, mu, by=state["v"])], axes
    size = float(np.linalg.norm(state["update"]) / (np.linalg.norm(state["dw"]) or 1.0))
    plain = part(Factor("-1", -1.0), Factor(r"\text{length}", size), by=state["dw"])
    scale = state["scale"]
    return [part(by=state["update"]), plain], reach * scale / float(scale.max() or 1.0)


def _of_proposal(racer: Annealing, reach: float) -> Arrows:
    proposal = racer.ask()[0]

    def part(i: int) -> Sum:
        here = Factor("-w", -float(racer.w[i]))
        return times(Factor("w'", float(proposal[i]))), times(here)

    return _drawn(racer, [part], np.full(2, racer.sigma), reach, chained=False)


def _drawn(racer: Racer, parts: list[Part], axes: Array, reach: float, *, chained: bool) -> Arrows:
    """Return arrows from where the racer stands, long enough to be seen."""
    vectors = np.array([[sum(t.value for t in part(i)) for i in range(2)] for part in parts])
    longest = float(np.linalg.norm(vectors, axis=1).max())
    if not (math.isfinite(longest) and longest > 0):
        return Arrows({})
    larger = max(1.0, reach / longest)
    drawn = Factor(r"\text{drawn as}", larger)
    k = RACERS.index(racer.kind)
    found: dict[tuple[int, int], Sum] = {}
    for i in range(2):
        here: Sum = (times(Factor("w", float(racer.w[i]), "racers.w", (k, i))),)
        for row, part in enumerate(parts):
            vector = tuple(times(drawn, *term.factors) for term in part(i))
            found[row, i], found[row, 2 + i] = here, vector
            here = here + vector if chained else here
        for axis, length in enumerate(axes.tolist()):
            if math.isfinite(length):
                # proposals are drawn as wide as they are; rates have no length of their own
                own = larger if isinstance(racer, Annealing) else 1.0
                along = Factor(r"\text{along}", own * length if axis == i else 0.0)
                found[2 + axis, i] = (times(Factor("w", float(racer.w[i]), "racers.w", (k, i))),)
                found[2 + axis, 2 + i] = (times(along),)
    return Arrows(found, larger)
