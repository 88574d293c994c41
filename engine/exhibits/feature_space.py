"""A neuron, and what it sees: inputs, features made by hand, or what hidden layers make of them.

All three are one run: a network whose last layer is one neuron, trained on all points at each step.
Longer than other files: what is shown of the run is made here, and each array is a line or two.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.data.separation import Line, best_line, best_threshold
from engine.exhibits.contract import Event
from engine.exhibits.controls import Value
from engine.exhibits.edits import EDIT, edit
from engine.exhibits.feature_controls import (
    describe_network,
    features_of,
    made_by_hand,
    open_data,
)
from engine.exhibits.feature_questions import questions
from engine.exhibits.points import READ, read
from engine.exhibits.questions import judge
from engine.explain.explain import explain
from engine.explain.ledger import Factor, Ledger
from engine.explain.named import Named
from engine.explain.nudge import nudge, read_nudge
from engine.explain.scene import Scene
from engine.explain.seen import GROUPS, Seen
from engine.explain.simple import copied, element
from engine.export.recipe import Recipe
from engine.landscape.level import Crossing, zero_level
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.snapshot import Array, Snapshot, freeze

SIDE = 61
"""Cells of a side of the input plane's picture."""

SPACE_SIDE = 41
"""Cells of a side of the picture of the plane of features."""

LINES, ALONG = 13, 49
"""Lines of the grid in each direction, and places on each of them."""

ROOM = 0.12
"""Of the points' range: how much more is drawn on either side."""

LIMITS = {"tanh": (-1.1, 1.1), "sigmoid": (-0.1, 1.1)}
"""What is drawn of the outputs of units that cannot leave it."""

SCALARS = ("loss", "accuracy", "epoch", "right")

FAMILIES = (
    *("x", "y", "phi", "plane.u", "plane.v", "plane.axes", "right.share", "alone.share"),
    *("mesh.x", "mesh.u", "mesh.v", "regions.x1", "regions.x2", "regions.p"),
    *("space.mean", "space.u", "space.v", "space.p", "line.u", "line.v"),
    *("boundary.x1", "boundary.x2"),
    *("best.w", "best.b", "best.share", "best.u", "best.v"),
    *("all.*.z", "all.*.a", "dense?.*", "act?.*", "sigmoid.a"),
)
"""What is published, the layers among them."""


class Box(NamedTuple):
    """What is drawn of a plane: the ends of both axes."""

    low: Array
    high: Array

    def axis(self, which: int, count: int) -> Array:
        """Return so many places from one end of an axis to the other."""
        return np.linspace(self.low[which], self.high[which], count)


def build_recipe(values: Mapping[str, Value], seed: int, library: Library) -> Recipe:
    """Return the training before its first step: what the run does, and what scripts repeat."""
    return _recipe_for(open_data(values, seed, library), values, seed)


def _recipe_for(data: Dataset, values: Mapping[str, Value], seed: int) -> Recipe:
    """Return the training on data that are open already."""
    train = features_of(data, made_by_hand(values))
    return Recipe(
        network=Network(
            describe_network(values, train.x.shape[1]), rng=np.random.default_rng([seed, 0])
        ),
        train=train,
        optimizer="adam",
        learning_rate=float(values["learning_rate"]),
        batch_size=len(train),
        seed=seed,
    )


class SpaceRun:
    """Training by all points at each step, seen in the plane of two of the last neuron's inputs.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values; the mode is not `count`.
    seed : int
        Of the points and of the initial weights.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._seed = seed
        self._made = list(made_by_hand(values).values())
        self._data = open_data(values, seed, library)
        recipe = _recipe_for(self._data, values, seed)
        self._network, self._train = recipe.network, recipe.train
        self._trainer = recipe.trainer()
        self._neuron = self._network.layers[-2].name
        self._hidden = [one.name for one in self._network.layers[:-2]]
        self._input = "phi" if self._made else "x"
        self._unit = f"{self._hidden[-1]}.a" if self._hidden else self._input
        self._box = _box(self._data.x)
        self._best: Line | None = None
        if values["mode"] == "raw":
            self._best = best_line(self._data.x, self._data.y)
        self._places = {"": self._data.x, "mesh.": self._lay_mesh(), "cells.": self._lay_cells()}
        self._ran: set[str] = set()
        self._found: dict[str, Array] = {}
        self._crossing: Crossing | None = None
        self._own, self._named = self._list_own(), self._list_named()
        self._scalars: dict[str, float] = {"epoch": 0.0}
        self._count_right()

    @property
    def position(self) -> int:
        """How many steps have been made."""
        return self._trainer.index

    def step(self) -> tuple[Event, ...]:
        """Learn from all points once."""
        self._forget()
        step = self._trainer.step()
        self._scalars |= {"loss": step.loss, "accuracy": step.accuracy, "epoch": float(step.epoch)}
        self._count_right()
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `loss` and `accuracy` of the last step's weights, `right` of the present ones."""
        return self._scalars

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the points, where they have been carried to, and what the neuron says of both."""
        published = self._published()
        wanted = published if names is None else [name for name in published if name in names]
        return freeze(self.position, self._scalars, {name: self._array(name) for name in wanted})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of the network, or of what the neuron sees."""
        if tensor in self._own or tensor in self._named:
            return self._explained().explain(tensor, index, page=page)
        for group in GROUPS:
            prefix = group or "all."
            if tensor.startswith(prefix):
                using = self._run(group)
                outside = f"{group}{self._input}"
                named = Named(scene=Scene.of(using), prefix=prefix, owner="", x=outside)
                return named.explain(tensor, index, page=page)
        if tensor == "dense1.x":
            return self._input_ledger(index)
        return explain(self._scene(), tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate, or what is looked at."""
        self._values |= values
        if "learning_rate" in values:
            self._trainer.learning_rate = float(values["learning_rate"])
        self._forget()

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Set a weight (`edit`), `judge` a prediction, `nudge` a parameter, `read` a table."""
        if name == EDIT:
            edited = edit(self._trainer, args)
            self._forget()
            self._count_right()
            return (edited,)
        if name == "nudge":
            return (self._nudge(args),)
        if name == READ:
            return (read(args),)
        return (judge(questions(self._values, self._seed, self._data), args),)

    def save(self) -> dict[str, Array]:
        """Return the state of the training."""
        scalars = np.array([self._scalars.get(name, np.nan) for name in SCALARS])
        return {**self._trainer.save(), "scalars": scalars}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._trainer.load(state)
        pairs = zip(SCALARS, state["scalars"].tolist(), strict=True)
        self._scalars = {name: value for name, value in pairs if np.isfinite(value)}
        self._forget()

    def _scene(self) -> Scene:
        trainer = self._trainer
        return Scene.training(
            self._stage(),
            trainer.training_pass,
            trainer.last_update,
            input_note="a number that the network is given",
            edits=trainer.edits.places,
        )

    def _nudge(self, args: Mapping[str, Any]) -> Event:
        """Compare a gradient with what a nudged parameter does to the loss of the last step."""
        tensor, index, eps = read_nudge(args)
        exact = Network(
            describe_network(self._values, self._network.input_shape[0]),
            rng=np.random.default_rng(0),  # its weights are overwritten
            dtype=np.float64,
        )
        return Event("nudged", asdict(nudge(self._scene(), exact, tensor, index, eps=eps)))

    def _count_right(self) -> None:
        """Take down which share of the points the present weights get right."""
        self._scalars["right"] = float(self._array("right.share"))

    def _forget(self) -> None:
        """Take note that the weights, or what is looked at, are others."""
        self._ran.clear()
        self._found.clear()
        self._crossing = None

    def _lay_mesh(self) -> Array:
        """Return the places on the lines of a grid, those of each line one after the other."""
        first, second = (self._box.axis(axis, LINES) for axis in (0, 1))
        along, upright = (self._box.axis(axis, ALONG) for axis in (0, 1))
        down = [np.stack([np.full(ALONG, at), upright], axis=1) for at in first]
        across = [np.stack([along, np.full(ALONG, at)], axis=1) for at in second]
        return np.concatenate([*down, *across]).astype(np.float32)

    def _lay_cells(self) -> Array:
        across, up = (self._box.axis(axis, SIDE) for axis in (0, 1))
        return np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2).astype(np.float32)

    def _list_own(self) -> dict[str, Callable[[], Array]]:
        """Return how each array that no layer computes is made."""
        makers: dict[str, Callable[[], Array]] = {
            "y": lambda: self._data.y,
            "space.mean": lambda: self._seen("").mean(axis=0, dtype=np.float64),
            "plane.axes": lambda: np.array(self._axes, np.int32) + 1,
            "right.share": lambda: np.array(self._array("right").mean()),
            "alone.share": lambda: self._array("alone").mean(axis=1),
            "regions.x1": lambda: self._box.axis(0, SIDE),
            "regions.x2": lambda: self._box.axis(1, SIDE),
            "regions.p": lambda: self._array("cells.sigmoid.a").reshape(SIDE, SIDE),
        }
        for group, places in self._places.items():
            makers[f"{group}x"] = partial(np.asarray, places)
            if self._made:
                makers[f"{group}phi"] = partial(self._features, places)
        for axis, name in enumerate("uv"):
            makers |= {
                f"plane.{name}": partial(self._coordinate, "", axis),
                f"mesh.{name}": partial(self._carried, axis),
                f"space.{name}": partial(self._space_axis, axis),
                f"line.{name}": partial(self._end, axis),
            }
        if self._best is None:  # where the neuron sees the inputs, it is the line itself
            makers |= {
                "boundary.x1": lambda: self._boundary.places[..., 0],
                "boundary.x2": lambda: self._boundary.places[..., 1],
            }
        makers |= {"space.p": lambda: 1 / (1 + np.exp(-self._array("space.z")))}
        if (best := self._best) is not None:
            ends = ends_of_line(best.w, best.b, self._box)
            makers |= {
                "best.w": lambda: best.w,
                "best.b": lambda: np.array(best.b),
                "best.share": lambda: np.array(best.share),
                "best.u": lambda: ends[:, 0],
                "best.v": lambda: ends[:, 1],
            }
        return makers

    def _list_named(self) -> dict[str, Callable[[], Array]]:
        """Return how each array is made that is not published, and that ledgers name."""
        return {
            "right": lambda: (self._array("all.sigmoid.a")[:, 0] > 0.5) == self._data.y,
            "alone": lambda: np.stack(
                [best_threshold(column, self._data.y).right for column in self._seen("").T]
            ),
            "space.held": lambda: np.array(self._equation[1]),
            "space.z": self._scores,
        }

    @property
    def _boundary(self) -> Crossing:
        """Where the network gives both classes a half, in the plane of the inputs."""
        if self._crossing is None:
            scores = self._array(f"cells.{self._neuron}.z").astype(np.float64)
            x1, x2 = self._array("regions.x1"), self._array("regions.x2")
            self._crossing = zero_level(x1, x2, scores.reshape(SIDE, SIDE))
        return self._crossing

    def _published(self) -> list[str]:
        hidden = () if self._made else ("phi",)
        own = [
            name
            for name in self._own
            if not name.startswith("cells.") and name not in ("mesh.phi", *hidden)
        ]
        layers = [
            one
            for one in self._stage().tensors()
            # what goes into a later layer has left the one before under its own name
            if one not in ("target", "loss") and (one == "dense1.x" or not one.endswith(".x"))
        ]
        seen = [f"all.{self._unit}"] if self._hidden else []
        neuron = [f"all.{self._neuron}.z", "all.sigmoid.a"]
        return [*own, *seen, *neuron, *dict.fromkeys([*layers, *self._network.gradients()])]

    def _array(self, name: str) -> Array:
        """Return a tensor as it is now."""
        maker = self._own.get(name) or self._named.get(name)
        if maker is not None:
            if name not in self._found:
                with np.errstate(all="ignore"):  # what is not finite is shown as what it is
                    self._found[name] = maker()
            return self._found[name]
        for group in GROUPS:
            prefix = group or "all."
            if name.startswith(prefix):
                return self._run(group).tensors()[name.removeprefix(prefix)]
        gradients = self._network.gradients()
        return gradients[name] if name in gradients else self._stage().tensors()[name]

    def _run(self, group: str) -> Pass:
        """Return the pass over a group's places, gone forward with the present weights."""
        inputs = self._array(f"{group}{self._input}")
        using = self._network.at(len(inputs), group or "all.")
        if group not in self._ran:
            using.forward(inputs)
            self._ran.add(group)
        return using

    def _stage(self) -> Pass:
        """Return the pass of the point that is looked at."""
        using = self._network.at(1, "stage")
        if "stage" not in self._ran:
            using.forward(self._train.x[self._point : self._point + 1])
            self._ran.add("stage")
        return using

    @property
    def _point(self) -> int:
        return min(int(self._values["point"]), len(self._data) - 1)

    @property
    def _axes(self) -> tuple[int, int]:
        """Which two of the numbers that the neuron sees are shown."""
        last = self._network.layers[-2].input_shape[0] - 1
        if self._values["mode"] == "raw":
            return 0, 1
        across, up = (min(int(self._values[name]) - 1, last) for name in ("across", "up"))
        if across == up:  # a plane needs two
            up = across - 1 if across else 1
        return across, up

    def _features(self, places: Array) -> Array:
        columns = [one.value(places) for one in self._made]
        return np.stack(columns, axis=1).astype(np.float32)

    def _seen(self, group: str) -> Array:
        """Return what the neuron sees of a group's places, of shape (places, numbers)."""
        return self._array(f"{(group or 'all.') if self._hidden else group}{self._unit}")

    def _coordinate(self, group: str, axis: int) -> Array:
        return self._seen(group)[:, self._axes[axis]]

    def _carried(self, axis: int) -> Array:
        return self._coordinate("mesh.", axis).reshape(2 * LINES, ALONG)

    @property
    def _space(self) -> Box:
        """What is drawn of the plane of two features."""
        if not self._hidden:
            return self._box if not self._made else _box(self._seen("")[:, self._axes])
        ends = LIMITS.get(str(self._values["activation"]))
        if ends is not None:
            return Box(np.full(2, ends[0]), np.full(2, ends[1]))
        return _box(self._seen("")[:, self._axes])

    def _space_axis(self, axis: int) -> Array:
        return self._space.axis(axis, SPACE_SIDE)

    @property
    def _equation(self) -> tuple[Array, float]:
        """Return w and b of the neuron's line w · (u, v) + b = 0 in the plane that is shown."""
        W, b = (self._network.parameters()[f"{self._neuron}.{one}"] for one in "Wb")
        weights, axes = W[0].astype(np.float64), list(self._axes)
        others = np.delete(np.arange(len(weights)), axes)
        held = weights[others] @ self._array("space.mean")[others] + float(b[0])
        return weights[axes], float(held)

    def _end(self, axis: int) -> Array:
        return ends_of_line(*self._equation, self._space)[:, axis]

    def _scores(self) -> Array:
        (a, b), held = self._equation
        u, v = (self._array(f"space.{axis}") for axis in "uv")
        scores: Array = a * u + b * v[:, None] + held
        return scores

    def _explained(self) -> Seen:
        """Return what answers for the arrays that no layer computes."""
        names = [*self._own, *self._named, f"{self._neuron}.W", f"{self._neuron}.b"]
        names += [f"{group or 'all.'}{self._unit}" for group in GROUPS if self._hidden]
        arrays = {name: self._array(name) for name in [*names, "cells.sigmoid.a"]}
        flags = {"right.share": arrays["right"], "alone.share": arrays["alone"]}
        if self._best is not None:
            flags["best.share"] = self._best.right
        return Seen(
            arrays,
            features=self._made,
            unit=self._unit,
            axes=self._axes,
            neuron=self._neuron,
            flags=flags,
            crossing=None if self._best else self._boundary,
        )

    def _input_ledger(self, index: tuple[int, ...]) -> Ledger:
        """Explain what goes into the network of the point that is looked at."""
        place, value = element("dense1.x", self._stage().tensors()["dense1.x"], index)
        of = self._input, (self._point, place[1])
        note = f"Of point {self._point + 1}, which is looked at."
        return copied("dense1.x", place, Factor(of[0], value, *of), symbol="x", note=note)


def ends_of_line(w: Array, b: float, box: Box) -> Array:
    """Return where the line w · (u, v) + b = 0 leaves what is drawn.

    Parameters
    ----------
    w : ndarray of shape (2,)
    b : float
    box : Box

    Returns
    -------
    ndarray of shape (2, 2), or (0, 2)
        A row for each end; none where the line is not in the picture.
    """
    found = []
    for axis in (0, 1):
        if w[1 - axis] == 0:
            continue
        for border in (box.low[axis], box.high[axis]):
            with np.errstate(over="ignore"):  # of a line that is all but level: far outside
                other = -(w[axis] * border + b) / w[1 - axis]
            if box.low[1 - axis] <= other <= box.high[1 - axis]:
                found.append((border, other) if axis == 0 else (other, border))
    if not found:
        return np.zeros((0, 2))
    ends = np.array(found)
    far = np.hypot(*(ends - ends[0]).T).argmax()
    return ends[[0, far]]


def _box(points: Array) -> Box:
    """Return the box that holds all points, with some room about them."""
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    room = np.where(high > low, ROOM * (high - low), 0.5)  # all may lie on one line
    return Box(low - room, high + room)
