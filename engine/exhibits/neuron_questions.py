"""The predictions that the exhibit `neuron` asks for, worked out by the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.data.separability import Common
from engine.exhibits.neuron_controls import Points
from engine.exhibits.questions import Solution
from engine.landscape.neuron import Neuron
from engine.snapshot import Array

MOST_ROUNDS = 500
"""After so many rounds through the points the perceptron is given up."""


LONG = 4_000
"""So many steps of all points at once are made to see where the logistic neuron ends."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the stage.

    Attributes
    ----------
    neurons : mapping of str to Neuron
    points : Points
    common : Common or None
        None if a line separates the points.
    rate : float
    turn : int
        Which point the next step looks at, if it looks at one.
    chosen : int
        Which point is worked out.
    """

    neurons: Mapping[str, Neuron]
    points: Points
    common: Common | None
    rate: float
    turn: int
    chosen: int


def questions(shown: Shown) -> dict[str, Callable[[], Solution]]:
    """Return how each question is worked out, by its name."""
    solutions = {
        "score": _score,
        "bias": _bias,
        "twice": _twice,
        "moves": _moves,
        "settled": _settled,
        "stops": _stops,
        "compromise": _compromise,
    }
    return {name: partial(solve, shown) for name, solve in solutions.items()}


def _score(shown: Shown) -> Solution:
    """Return the chosen point's score if the first weight were greater by 1."""
    now, x = shown.neurons["perceptron"], shown.points.x[shown.chosen]
    more = Neuron(now.unit, now.theta + np.array([1.0, 0.0, 0.0]))
    (w1, w2, b), z = more.theta, float(more.score(x))
    said = float(more.unit.output(np.array(z)))
    return Solution(
        z,
        f"Point {shown.chosen + 1}: {_short(w1)} · {_short(x[0])} + {_short(w2)} · {_short(x[1])} "
        f"+ ({_short(b)}) = {_short(z)}, so the step would say {said:g}.",
        tolerance=0.005 + 0.005 * abs(z),
    )


def _bias(shown: Shown) -> Solution:
    """Return what one more in b does to the line: worked out, not known beforehand."""
    now = shown.neurons["perceptron"].theta
    more = now + np.array([0.0, 0.0, 1.0])
    size = float(np.hypot(*now[:2]))
    if size == 0:
        return Solution("none", "Both weights are 0: there is no line to move.")
    turned = float(now[0] * more[1] - now[1] * more[0]) / size**2
    moved = float(now[2] - more[2]) / size
    answer = "turns" if turned else ("against" if moved < 0 else "along")
    return Solution(
        answer,
        f"The line lies at w · x = −b. With b = {_short(more[2])} instead of "
        f"{_short(now[2])} it lies {abs(moved):.3g} further against the arrow, and turned by "
        f"{turned:g}: w has not changed.",
    )


def _twice(shown: Shown) -> Solution:
    """Return what happens to line and probabilities when all three numbers are doubled."""
    now = shown.neurons["logistic"]
    more = Neuron(now.unit, 2 * now.theta)
    z = now.score(shown.points.x)
    off = np.where(z == 0, np.inf, np.abs(z))  # on the line it is one half before and after
    here = int(off.argmin())
    before, after = (float(one.unit.output(one.score(shown.points.x[here]))) for one in (now, more))
    same = np.array_equal(np.sign(z), np.sign(more.score(shown.points.x)))
    return Solution(
        "steeper" if same else "moves",
        f"z is twice as much everywhere, so it is 0 where it was 0. But point {here + 1}, the "
        f"nearest beside the line, gets {after:.3g} instead of {before:.3g}.",
    )


def _moves(shown: Shown) -> Solution:
    """Return what the perceptron rule does with the next point."""
    neuron, points, i = shown.neurons["perceptron"], shown.points, shown.turn
    z = float(neuron.score(points.x[i]))
    said, y = float(z >= 0), float(points.y[i])
    answer = "nothing" if said == y else ("adds" if y > said else "subtracts")
    does = {
        "nothing": "y − a = 0, and nothing is added to anything",
        "adds": "y − a = 1, and the rate times the point is added to w, the rate to b",
        "subtracts": "y − a = −1, and the rate times the point is taken from w, the rate from b",
    }
    return Solution(
        answer,
        f"Point {i + 1} is of class {y:g} and has z = {_short(z)}, so the perceptron says "
        f"{said:g}: {does[answer]}.",
    )


def _settled(shown: Shown) -> Solution:
    """Return whether the logistic neuron moves on a point that is on the right side."""
    neuron, points = shown.neurons["logistic"], shown.points
    right = np.flatnonzero(~neuron.wrong(points.x, points.y))
    if not right.size:
        return Solution("none", "No point is on the right side now.")
    pulls = np.hypot(*neuron.gradients(points.x, points.y)[right].T[1:])
    i = int(right[pulls.argmax()])
    a, y = float(neuron.unit.output(neuron.score(points.x[i]))), float(points.y[i])
    return Solution(
        "moves" if pulls.max() > 0 else "rests",
        f"Point {i + 1} is on the right side, but the neuron says {a:.4g} and not {y:g}: "
        f"y − a = {_short(y - a)}, and so much of the point is still added.",
    )


def _stops(shown: Shown) -> Solution:
    """Return whether the perceptron will ever have nothing left to correct."""
    points = shown.points
    if shown.common is not None:
        members = ["", ""]
        for one in (0, 1):
            there = np.flatnonzero((shown.common.shares > 0) & (points.y == one))
            members[one] = " and ".join(str(i + 1) for i in there)
        x1, x2 = shown.common.place
        return Solution(
            "never",
            f"The place ({_short(x1)}, {_short(x2)}) is a mix of class 0, points {members[0]}, and "
            f"a mix of class 1, points {members[1]}. A line with all of class 0 on one side has "
            "this place there too; and on the other side, because of class 1: no line does both.",
        )
    rounds, corrections = _rounds(shown)
    times = f"{corrections} correction{'' if corrections == 1 else 's'}"
    text = f"A line separates them. From here, after {times}, nothing is left"
    if rounds is None:
        text = "A line separates them, so it must stop at some time"
    return Solution("stops", f"{text}.")


def _rounds(shown: Shown) -> tuple[int | None, int]:
    """Return after how many rounds the perceptron is done, and how often it corrected itself."""
    neuron, points = shown.neurons["perceptron"], shown.points
    corrections = 0
    for done in range(MOST_ROUNDS):
        if not neuron.wrong(points.x, points.y).any():
            return done, corrections
        for i in _turns(len(points.y), shown.turn):
            corrections += int(neuron.wrong(points.x[i : i + 1], points.y[i : i + 1])[0])
            neuron = neuron.moved(points.x, points.y, shown.rate, i)
    return None, corrections


def _turns(count: int, first: int) -> Array:
    return np.roll(np.arange(count), -first)


def _compromise(shown: Shown) -> Solution:
    """Return what the logistic neuron will say of the points in the end: at its least loss."""
    neuron, points = shown.neurons["logistic"], shown.points
    for _ in range(LONG):
        neuron = neuron.moved(points.x, points.y, 1.0, None)
    a = neuron.unit.output(neuron.score(points.x))
    listed = ", ".join(f"{one:.2f}" for one in a)
    answer = "half" if np.abs(a - 0.5).max() < 0.05 else ("right" if not (
        neuron.wrong(points.x, points.y).any()) else "mixed")  # fmt: skip
    # where a line separates the points there is no least loss, only a smaller one
    then = f"After {LONG:,} further steps" if shown.common is None else "At its least loss"
    return Solution(answer, f"{then} it says {listed}.")


def _short(x: float) -> str:
    """Return a number with four digits, and the minus of mathematics."""
    return f"{x:.4g}".replace("-", "\u2212")
