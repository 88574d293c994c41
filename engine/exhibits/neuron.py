"""One neuron on two inputs: its arithmetic, its line, and two rules by which it learns.

Two neurons, a perceptron and a logistic one, begin with the same weights and look at the same
points. A step is one point, or all of them.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.data.separability import Common, common_place
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.exhibits.neuron_controls import CONTROLS, HIGH, LOW, Points, points_of, theta_of
from engine.exhibits.neuron_questions import Shown, questions
from engine.exhibits.questions import judge
from engine.explain.arithmetic import times
from engine.explain.ledger import Ledger
from engine.explain.neuron import SHORT, WITHOUT_A_LINE, Came, NeuronNumbers, Setting
from engine.explain.scene import element
from engine.explain.simple import Operand, given, sum_of
from engine.landscape.neuron import Neuron, Sigmoid, Step, Unit
from engine.snapshot import Array, Snapshot, freeze

UNITS: dict[str, Unit] = {"perceptron": Step(), "logistic": Sigmoid()}
"""The two neurons by the name that their tensors begin with."""

MARGIN = 0.5
"""How far beyond what is seen the plane is coloured: a figure may be wider than high."""

GRID = np.linspace(LOW - MARGIN, HIGH + MARGIN, 81)
ACROSS = np.linspace(-1.5, 1.5, 121)

KEPT = 64
"""So many states of the perceptron are kept, to find out that it comes back to one."""

FIXED = {
    "x": "An input of a point; drag the point to change it.",
    "y": "The class of a point, 0 or 1: what the neuron should say.",
    "turn": "Which point the next step looks at, from 0.",
    "regions.x1": "Where the plane is coloured.",
    "regions.x2": "Where the plane is coloured.",
    "across.d": "A distance from the line, towards where w points.",
    "common.share": "How much of this point is in the mix; the shares of either class make 1.",
}
"""Numbers that nothing computes, or that were found by looking through all cases."""

PUBLISHES = (*FIXED, "common.x", *(f"{name}.{short}" for name in UNITS for short in SHORT))

GRADUAL = (
    "common.x",
    "common.share",
    *(f"{name}.{short}" for name in UNITS for short in WITHOUT_A_LINE),
)


class NeuronRun:
    """A perceptron and a logistic neuron on the same points.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        What the clouds of points are drawn from.
    """

    def __init__(self, values: Mapping[str, Value], seed: int) -> None:
        self._values = dict(values)
        self._seed = seed
        self.position = 0
        self._points, self._common = self._read_points()
        self._neurons: dict[str, Neuron] = {}
        self._came: dict[str, Came] = {}
        self._turn = self._made = self._corrections = self._quiet = self._cycle = self._said = (
            self._last
        ) = 0
        self._visited = np.zeros((0, 4))
        self._place()
        self._work()

    @property
    def length(self) -> None:
        """There is always another step."""
        return None

    def step(self) -> tuple[Event, ...]:
        """Let both neurons look at the next point, or at all of them."""
        self.position += 1
        x, y = self._points.x, self._points.y
        point = self._point
        wrong = self._neurons["perceptron"].wrong(x, y)
        for name, neuron in self._neurons.items():
            gradients = neuron.gradients(x, y)
            gradient = gradients.mean(0) if point is None else gradients[point]
            self._came[name] = Came(neuron.theta, gradient, self._rate)
            self._neurons[name] = neuron.moved(x, y, self._rate, point)
        erred = bool(wrong.any() if point is None else wrong[point])
        self._made += 1
        self._corrections += erred
        self._last = self._made if erred else self._last
        self._quiet = 0 if erred else min(self._quiet + (len(y) if point is None else 1), len(y))
        self._turn = 0 if point is None else (point + 1) % len(y)
        self._work()
        return self._told()

    def scalars(self) -> Mapping[str, float]:
        """Return the mistakes and the losses, and how far the perceptron has come.

        `made`: steps since the perceptron was set; `corrections`: how many of them changed it;
        `last`: which was the last of those; `quiet`: how many points in a row it has been right
        at, up to all of them; `cycle`: after how many steps all comes back, 0 if it has not;
        `separable`: whether there is a line.
        """
        of = {name: numbers.arrays for name, numbers in self._numbers.items()}
        return {
            "perceptron_mistakes": float(of["perceptron"]["perceptron.mistakes"]),
            "logistic_mistakes": float(of["logistic"]["logistic.mistakes"]),
            "perceptron_loss": float(of["perceptron"]["perceptron.J"]),
            "logistic_loss": float(of["logistic"]["logistic.J"]),
            "separable": float(self._common is None),
            "made": float(self._made),
            "corrections": float(self._corrections),
            "quiet": float(self._quiet),
            "last": float(self._last),
            "cycle": float(self._cycle),
        }

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the points and the numbers of both neurons."""
        wanted = PUBLISHES if names is None else [name for name in PUBLISHES if name in names]
        return freeze(self.position, self.scalars(), {one: self._array(one) for one in wanted})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        name = tensor.partition(".")[0]
        if tensor not in PUBLISHES and tensor not in (f"{one}.regions.z" for one in UNITS):
            raise InvalidValueError(
                f"tensor: expected one of the {len(PUBLISHES)} that are published, such as "
                f"logistic.dw, got {tensor!r}"
            )
        index, value = element(tensor, self._array(tensor), index)
        if np.isnan(value):
            why = "both weights are 0, so there is no line"
            if name == "common":
                why = "a line separates the classes, so they have no place in common"
            raise InvalidValueError(f"{tensor}{list(index)}: not there yet: {why}")
        if tensor in FIXED:
            return given(tensor, self._array(tensor), index, FIXED[tensor])
        if tensor == "common.x":
            return self._common_ledger(index)
        return self._numbers[name].explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change points, weights, the learning rate, or what is looked at."""
        self._values |= values
        if "data" in values or "points" in values:
            self._points, self._common = self._read_points()
            self._turn = min(self._turn, len(self._points.y) - 1)
        if "weights" in values:
            self._place()
        elif values.keys() & {"data", "points", "rate", "batch"}:
            self._begin_to_count()
        self._work()

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Judge a prediction."""
        shown = Shown(
            self._neurons, self._points, self._common, self._rate, self._turn, self._chosen
        )
        return (judge(questions(shown), args),)

    def save(self) -> dict[str, Array]:
        """Return the weights, how they came about, and what has been counted."""
        state: dict[str, Array] = {
            "position": np.array(self.position),
            "counts": np.array(
                [
                    *(self._turn, self._made, self._corrections, self._quiet),
                    *(self._last, self._cycle, self._said),
                ]
            ),
            "visited": self._visited,
        }
        for name, neuron in self._neurons.items():
            state[f"{name}.theta"] = neuron.theta
            if came := self._came.get(name):
                state[f"{name}.came"] = np.array([*came.theta, *came.gradient, came.rate])
        return state

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the weights back, and what was counted."""
        self.position = int(state["position"])
        counts = [int(one) for one in state["counts"]]
        self._turn, self._made, self._corrections, self._quiet = counts[:4]
        self._last, self._cycle, self._said = counts[4:]
        self._visited = np.array(state["visited"])
        self._came = {}
        for name, unit in UNITS.items():
            self._neurons[name] = Neuron(unit, np.array(state[f"{name}.theta"]))
            if (came := state.get(f"{name}.came")) is not None:
                self._came[name] = Came(came[:3], came[3:6], float(came[6]))
        self._work()

    @property
    def _rate(self) -> float:
        return float(self._values["rate"])

    @property
    def _seen(self) -> bool:
        """Whether the perceptron stands on the stage: what is not seen stops nothing."""
        return self._values["show"] == "two" or self._values["output"] == "step"

    @property
    def _chosen(self) -> int:
        """Which point is worked out."""
        return min(int(self._values["point"]), len(self._points.y) - 1)

    @property
    def _point(self) -> int | None:
        """Which point the next step looks at; None: all of them."""
        return self._turn if self._values["batch"] == "one" else None

    def _read_points(self) -> tuple[Points, Common | None]:
        data, own = str(self._values["data"]), str(self._values["points"])
        points = points_of(data, own, self._seed)
        return points, common_place(points.x, points.y)

    def _place(self) -> None:
        """Give both neurons the weights that were set by hand, and begin with the first point."""
        theta = theta_of(str(self._values["weights"]))
        self._neurons = {name: Neuron(unit, theta) for name, unit in UNITS.items()}
        self._came = {}
        self._turn = 0
        self._begin_to_count()

    def _begin_to_count(self) -> None:
        """Forget what has been counted: it was about other points, or another rule."""
        self._made = self._corrections = self._quiet = self._cycle = self._said = self._last = 0
        self._visited = np.zeros((0, 4))

    def _told(self) -> tuple[Event, ...]:
        """Return what is to be said of the perceptron after a step, once each."""
        if self._said:
            return ()
        facts = {"last": self._last, "corrections": self._corrections}
        if self._quiet == len(self._points.y):
            self._said = 1
            return (Event("converged", facts, pauses=self._seen),)
        state = np.append(self._neurons["perceptron"].theta, self._turn)
        # the same weights and the same turn lead to the same again: what follows is a circle
        back = np.flatnonzero((self._visited == state).all(1))
        self._visited = np.vstack([self._visited, state])[-KEPT:]
        if not back.size:
            return ()
        self._cycle = int(len(self._visited) - 1 - back[-1])
        self._said = 1
        return (Event("cycles", {**facts, "cycle": self._cycle}, pauses=self._seen),)

    def _work(self) -> None:
        """Work out the numbers of both neurons."""
        self._numbers = {
            name: NeuronNumbers(
                name,
                neuron,
                Setting(
                    x=self._points.x,
                    y=self._points.y,
                    grid=(GRID, GRID),
                    across=ACROSS,
                    rate=self._rate,
                    point=self._point,
                ),
                self._came.get(name),
            )
            for name, neuron in self._neurons.items()
        }

    def _array(self, tensor: str) -> Array:
        if tensor == "turn":
            return np.array(self._turn, np.int32)
        if tensor == "common.x":
            return np.full(2, np.nan) if self._common is None else self._common.place
        if tensor == "common.share":
            nothing = np.full(len(self._points.y), np.nan)
            return nothing if self._common is None else self._common.shares
        name = tensor.partition(".")[0]
        numbers = self._numbers.get(name, self._numbers["perceptron"])
        if tensor.startswith(f"{name}.regions") and name in self._numbers:
            numbers.colour()
        return numbers.arrays[tensor]

    def _common_ledger(self, index: tuple[int, ...]) -> Ledger:
        assert self._common is not None
        (k,) = index
        members = np.flatnonzero((self._points.y == 0) & (self._common.shares > 0))
        terms = (
            times(
                Operand("common.share", self._common.shares, int(i)).factor("s"),
                Operand("x", self._points.x, int(i)).factor("x", (k,)),
            )
            for i in members
        )
        return sum_of(
            "common.x",
            index,
            tuple(terms),
            "A mix of points of class 0, and just as well one of points of class 1. Its score is "
            "the same mix of theirs, and cannot be below 0 and not below 0.",
            code=f"(share * x[:, {k}])[y == 0].sum()",
            symbols={"share": "common.share", "x": "x", "y": "y"},
        )


def build(values: Mapping[str, Value], seed: int, library: Library) -> NeuronRun:
    """Open a run; the seed matters for the clouds of points alone."""
    return NeuronRun(values, seed)


EXHIBIT = Exhibit(
    slug="neuron",
    title="One neuron",
    hall="networks",
    promise="You will be able to work out what a neuron says, to see its weights and its bias as a "
    "line, and to make the steps by which it learns, up to the point where no line helps.",
    controls=CONTROLS,
    publishes=PUBLISHES,
    build=build,
    questions=("judge",),
    gradual=GRADUAL,
    history=("perceptron_mistakes", "logistic_mistakes", "perceptron_loss", "logistic_loss"),
    seeded=False,
    rate=5.0,
)
