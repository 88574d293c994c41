"""Backpropagation that one can check by hand: a small network, and every number in it.

One example is on the stage: it goes forward through the network as it stands, and its error goes
back. A network of its own, in float64, does that, so that looking does not disturb the training,
and nudging a weight can check a gradient. Its tensors have plain names; the gradients of the
example's own loss begin with `stage.`, as `dense1.dW` is the minibatch's.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.backprop_networks import CONTROLS, build_recipe, describe, recipe_for
from engine.exhibits.backprop_questions import delta, fan_out, largest, moved, place, sign, stalled
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.exhibits.edits import EDIT, edit
from engine.exhibits.opened import OpenedTraining
from engine.exhibits.points import BRINGS, READ, open_points, read
from engine.exhibits.questions import Solution, judge
from engine.exhibits.training import set_training
from engine.explain.accumulated import EACH, Accumulated
from engine.explain.arithmetic import short_sum, times
from engine.explain.explain import explain
from engine.explain.ledger import Factor, Ledger
from engine.explain.moments import OpenStep
from engine.explain.nudge import compared, nudge, read_nudge, read_place
from engine.explain.paths import EPSILON, PATHS, Paths
from engine.explain.regions import RegionNumbers
from engine.explain.scene import BATCH, OF_THE_NETWORK, STAGE_LOSS, Scene, Scope, element
from engine.explain.sheet import read_sheet
from engine.explain.sheets import sheet
from engine.explain.simple import given, worked
from engine.nn.layer import ParameterLayer
from engine.nn.network import Network
from engine.nn.regions import CELLS, Regions
from engine.snapshot import Array, Snapshot, freeze

FEATURE = "a number of the example: what goes in"
STAGE = "stage."
"""What the names of the example's own loss and of its gradients begin with."""

UPDATE = ".update"
"""What the name of a parameter's last movement ends with."""

VALIDATE_EVERY = 10

SCALARS = ("loss", "accuracy", "val_loss", "val_accuracy", "epoch")

OF_THE_DATA = {
    "x": "a number of a training point",
    "y": "what the network should say of a training point",
    "example": "which training point is on the stage, counted from 0",
    "look.index": "where in its tensor the parameter is that is looked at",
    "look.layer": "of which layer the parameter is that is looked at: 1 is the first",
}
"""What is published beside the network's tensors, and what a number of it is."""


class BackpropRun:
    """Training, one minibatch a step, with one example on the stage.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the points, the initial weights and the order of the points.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._seed = seed
        self._points = open_points(values, seed, library)
        recipe = recipe_for(self._points, values, seed)
        self._network = recipe.network
        self._trainer = recipe.trainer(validate_every=VALIDATE_EVERY)
        self._twin = self._exact(self._values)
        self._stage = self._twin.at(1, "stage")
        self._plain = self._network.at(1, "stage")  # lends its tensors' names; nothing runs in it
        self._opened = OpenedTraining(self._trainer, self._plain, input_note=FEATURE)
        self._grid: tuple[int, RegionNumbers] | None = None
        """The regions, and the example at which further inputs are held; −1 where there is none."""
        self._look: tuple[str, tuple[int, ...]] | None = None
        self._scalars: dict[str, float] = {"epoch": 0.0}
        if self._trainer.validation is not None:
            self._trainer.validate()
            self._see_validation()
        self._questions = {
            "largest": self._largest,
            "sign": self._sign,
            "delta": self._delta,
            "fanout": lambda: fan_out(self._paths()),
            "stalled": self._stalled,
            "moved": self._moved,
        }

    @property
    def position(self) -> int:
        """How many minibatches have been learned from."""
        return self._trainer.index

    def step(self) -> tuple[Event, ...]:
        """Learn from one minibatch."""
        step = self._trainer.step()
        self._scalars |= {"loss": step.loss, "accuracy": step.accuracy, "epoch": float(step.epoch)}
        if step.val_loss is not None:
            self._see_validation()
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `loss` and `accuracy` of the minibatch, `val_loss`, `val_accuracy`, `epoch`."""
        return self._scalars

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the network with the example in it, forward and back, and what was asked for."""

        def wanted(prefix: str) -> bool:
            return names is None or any(name.startswith(prefix) for name in names)

        self._run_stage()
        available = self._of_the_stage() | self._of_the_training() | self._of_the_data()
        if wanted("paths."):
            available |= self._paths().arrays()
        if wanted("each."):
            available |= self._accumulated().arrays()
        regions = self._regions()
        if regions is not None:
            available |= regions.arrays(names)
        kept = [name for name in available if names is None or name in names]
        if inside := self._opened.inside():
            available |= inside.tensors()
            kept += [name for name in inside.made if name not in kept]
        return freeze(self.position, self._scalars, {name: available[name] for name in kept})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: the example's, the minibatch's, or one of the paths'."""
        self._run_stage()
        if tensor in (*PATHS, *EACH):
            which = self._paths() if tensor in PATHS else self._accumulated()
            return which.explain(tensor, index, page=page)
        regions = self._regions()
        if regions is not None and regions.has(tensor):
            return regions.ledger(tensor, index, page=page)
        if tensor in OF_THE_DATA:
            return given(tensor, self._of_the_data()[tensor], index, OF_THE_DATA[tensor])
        if tensor.startswith(STAGE):
            return self._explain_stage(tensor.removeprefix(STAGE), index, page)
        inside = self._opened.inside()
        return (
            inside.ledger(tensor, index, page=page)
            if inside
            else self._explain(tensor, index, page)
        )

    def _explain(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        """Explain a number of the example, or of the training."""
        if tensor.endswith(UPDATE):
            return self._explain_update(tensor.removesuffix(UPDATE), index)
        if tensor in self._stage_names() and not _is_parameter(tensor):
            return self._explain_stage(tensor, index, page)
        return explain(self._scene(), tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change what holds from the next step on, or what is looked at."""
        self._values |= values
        set_training(self._trainer, values)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Set a parameter (`edit`), `look` at one, `judge`, `nudge`, tell of `data`, a `sheet`."""
        if name == EDIT:
            return (edit(self._trainer, args),)
        if name == "nudge":
            return (self._nudge(args),)
        if name == "sheet":
            return (self._sheet(args),)
        if name in ("data", READ):
            return (self._tell_data() if name == "data" else read(args),)
        if name == "judge":
            self._run_stage()
            return (judge(self._questions, args),)
        self._look = read_place(args)
        return ()

    @property
    def moment_count(self) -> int:
        """How many moments a minibatch opens up into."""
        return self._opened.moment_count

    def open_step(self) -> OpenStep | None:
        """Return the last minibatch, opened up; None before the first."""
        return self._opened.open_step()

    def look_inside(self, moment: int | None, sample: int = 0) -> None:
        """Show the stage at a moment of the last minibatch, with one of its examples."""
        self._opened.look_inside(moment, sample)

    def save(self) -> dict[str, Array]:
        """Return the state of the training."""
        scalars = np.array([self._scalars.get(name, np.nan) for name in SCALARS])
        return {**self._trainer.save(), "scalars": scalars}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._trainer.load(state)
        pairs = zip(SCALARS, state["scalars"].tolist(), strict=True)
        self._scalars = {name: value for name, value in pairs if np.isfinite(value)}

    def _exact(self, values: Mapping[str, Value]) -> Network:
        """Return a network of the same layers in float64; its parameters are overwritten."""
        described = describe(values, self._points)
        return Network(described, rng=np.random.default_rng(0), dtype=np.float64)

    def _see_validation(self) -> None:
        self._scalars |= {
            "val_loss": self._trainer.val_loss,
            "val_accuracy": self._trainer.val_accuracy,
        }

    def _example(self) -> int:
        """Return which training point is on the stage: in slow motion one of the minibatch's."""
        if inside := self._opened.inside():
            return int(self._trainer.last_samples[inside.sample])
        return min(int(self._values["example"]), len(self._points.train) - 1)

    def _run_stage(self) -> None:
        """Let the example go forward and back, through the parameters that the stage shows.

        In slow motion those are the ones that the minibatch met.
        """
        update = self._trainer.last_update
        before = update is not None and self._opened.inside() is not None
        self._twin.theta[...] = update.before if update and before else self._network.theta
        train, at = self._points.train, self._example()
        self._stage.forward(train.x[at : at + 1])
        self._stage.loss(train.y[at : at + 1])
        self._stage.backward(True)

    def _scope(self) -> Scope:
        return Scope("", self._stage, self._twin.parameters())

    def _scene(self) -> Scene:
        """Return the scene of the training: parameters, the last minibatch, the optimizer."""
        trainer = self._trainer
        return Scene.training(
            self._plain,
            trainer.training_pass,
            trainer.last_update,
            input_note=FEATURE,
            edits=trainer.edits.places,
        )

    def _stage_names(self) -> Collection[str]:
        return self._stage.tensors().keys()

    def _explain_stage(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        return explain(self._stage_scene(), tensor, index, page=page).renamed(_outside)

    def _stage_scene(self) -> Scene:
        """Return the scene of the example alone."""
        scope = self._scope()
        return Scene(stage=scope, learned=scope, input_note=FEATURE)

    def _sheet(self, args: Mapping[str, Any]) -> Event:
        """Tell a layer's arithmetic: the example's; of an update, or inside a step, the batch's."""
        self._run_stage()
        scene = self._stage_scene()
        layer, direction = read_sheet(args, scene)
        if direction == "update" or self._opened.inside():
            told = sheet(self._scene(), layer, direction)
        else:
            told = sheet(scene, layer, direction, called=_outside)
        return Event("sheet", told.message())

    def _explain_update(self, parameter: str, index: tuple[int, ...]) -> Ledger:
        """Explain how far the last step moved a parameter."""
        name = f"{parameter}{UPDATE}"
        moved = self._of_the_training()
        if name not in moved:
            raise InvalidValueError(f"tensor: expected a tensor of this run, got {name!r}")
        index, value = element(name, moved[name], index)
        update = self._trainer.last_update
        if update is None:
            return given(name, moved[name], index, "no step has been made yet")
        symbol = parameter.rpartition(".")[2]
        before = rf"{symbol}_{{\mathrm{{before}}}}"
        old = float(self._network.named(update.before)[parameter][index])
        arithmetic = short_sum(
            times(Factor(symbol, float(moved[parameter][index]), parameter, index)),
            times(Factor("(-1)", -1.0), Factor(before, old, f"{BATCH}{parameter}", index)),
            general=f"{symbol} - {before}",
            code=f"{symbol}{list(index)} - {symbol}_before{list(index)}",
            symbols={symbol: parameter, before: f"{BATCH}{parameter}"},
        )
        return worked(name, index, value, arithmetic, symbol="update")

    def _of_the_stage(self) -> dict[str, Array]:
        """Return what the example made of itself, and what its error says."""
        tensors = self._stage.tensors()
        layers = self._twin.layers
        names = [f"{layers[0].name}.x", f"{layers[0].name}.dx", "target"]
        for layer, one in zip(layers, self._stage.layers, strict=True):
            names += [f"{layer.name}.{one.out_name}", f"{layer.name}.d{one.out_name}"]
        found = {name: tensors[name] for name in names}
        gradients = {_outside(name): one for name, one in self._twin.gradients().items()}
        return found | gradients | {STAGE_LOSS: tensors["loss"]}

    def _of_the_training(self) -> dict[str, Array]:
        """Return the parameters, the gradients of the last minibatch, and what the step did."""
        parameters = self._network.parameters()
        update = self._trainer.last_update
        before = parameters if update is None else self._network.named(update.before)
        moved = {f"{name}{UPDATE}": now - before[name] for name, now in parameters.items()}
        return {**parameters, **self._network.gradients(), **moved}

    def _of_the_data(self) -> dict[str, Array]:
        train = self._points.train
        tensor, index = self._looked()
        layer = int(tensor.partition(".")[0].removeprefix("dense"))
        return {
            "x": train.x,
            "y": train.y.reshape(len(train)),
            "example": np.array([self._example()], np.int32),
            "look.layer": np.array([layer], np.int32),
            "look.index": np.array(index, np.int32),
        }

    def _looked(self) -> tuple[str, tuple[int, ...]]:
        """Return the parameter that is looked at; the first weight if this network has it not."""
        first = ("dense1.W", (0, 0))
        if self._look is None:
            return first
        tensor, index = self._look
        layer, _, short = tensor.removeprefix(STAGE).partition(".")
        tensor = f"{layer}.{short.removeprefix('d').partition('.')[0]}"
        array = self._network.parameters().get(tensor)
        if array is None or len(index) != array.ndim:
            return first
        there = all(0 <= at < n for at, n in zip(index, array.shape, strict=True))
        return (tensor, index) if there else first

    def _regions(self) -> RegionNumbers | None:
        """Return what the network says over the plane of its first two inputs, if it has two.

        Others are held where the example on the stage has them.
        """
        train = self._points.train
        if self._points.inputs < 2:
            return None
        held = self._example() if self._points.inputs > 2 else -1
        if self._grid is None or self._grid[0] != held:
            (low1, high1), (low2, high2) = self._points.bounds()[:2]
            axes = np.linspace(low1, high1, CELLS), np.linspace(low2, high2, CELLS)
            regions = Regions(self._network, *axes, at=train.x[held] if held >= 0 else None)
            self._grid = held, RegionNumbers(regions)
        return self._grid[1]

    def _paths(self) -> Paths:
        return Paths(self._scope(), *self._looked())

    def _accumulated(self) -> Accumulated:
        return Accumulated(self._scene(), self._trainer.last_samples, *self._looked())

    def _nudge(self, args: Mapping[str, Any]) -> Event:
        """Compare a gradient with what a nudged parameter does to the loss that it is of."""
        tensor, index, eps = read_nudge(args)
        self._run_stage()
        if not tensor.startswith(STAGE):
            exact = self._exact(self._values)
            return Event("nudged", asdict(nudge(self._scene(), exact, tensor, index, eps=eps)))
        paths = Paths(self._scope(), tensor.removeprefix(STAGE).replace(".d", "."), index)
        gradient = self._explain_stage(tensor.removeprefix(STAGE), index, 0).value
        seen = *paths.losses, paths.quotient
        found = compared(tensor, index, EPSILON, seen, gradient)
        return Event("nudged", asdict(found))

    def _tell_data(self) -> Event:
        """Tell what the columns and the classes of the data are called."""
        train = self._points.train
        told = {"features": list(train.features), "classes": list(train.classes)}
        return Event("data", {**told, "samples": len(train)})

    def _weights(self) -> list[str]:
        return [f"{one.name}.W" for one in self._twin.layers if isinstance(one, ParameterLayer)]

    def _largest(self) -> Solution:
        gradients = self._twin.gradients()
        return largest({name: gradients[name.replace(".W", ".dW")] for name in self._weights()})

    def _sign(self) -> Solution:
        tensor, index = self._looked()
        layer, _, short = tensor.partition(".")
        tensors = self._stage.tensors()
        source = float(tensors[f"{layer}.x"][0, index[1]]) if short == "W" else 1.0
        gradient = float(self._twin.gradients()[f"{layer}.d{short}"][index])
        return sign(place(tensor, index), self._dz(layer, index[0]), source, gradient)

    def _delta(self) -> Solution:
        tensor, index = self._looked()
        name = f"{tensor.partition('.')[0]}.dz"
        told = self._explain_stage(name, (0, index[0]), 0)
        return delta(name, index[0], told.value, f"Ask it “why?” to see: {told.code}.")

    def _dz(self, layer: str, unit: int) -> float:
        return self._explain_stage(f"{layer}.dz", (0, unit), 0).value

    def _stalled(self) -> Solution:
        """Compare δ of the output under both losses, where it is largest."""
        train, at = self._points.train, self._example()
        found = []
        for loss in ("mse", "ce"):
            other = self._exact({**self._values, "loss": loss})
            other.theta[...] = self._twin.theta
            using = other.at(1)
            using.forward(train.x[at : at + 1])
            using.loss(train.y[at : at + 1])
            using.backward()
            last = [one.name for one in other.layers if isinstance(one, ParameterLayer)][-1]
            tensors = using.tensors()
            dz = tensors[f"{last}.dz"][0]
            found.append(float(dz[np.abs(dz).argmax()]))
        out, target = tensors[f"{other.layers[-1].name}.a"][0], tensors["target"][0]
        worst = int(np.abs(out - target).argmax())
        return stalled(found[0], found[1], float(out[worst]), float(target[worst]))

    def _moved(self) -> Solution:
        """Find what the gradient of all training points would change."""
        train = self._points.train
        using = self._twin.at(len(train), "all")
        using.forward(train.x)
        using.loss(train.y)
        using.backward()
        gradients = self._twin.gradients()
        names = self._twin.parameters()
        found = {name: gradients[f"{name[:-1]}d{name[-1]}"].copy() for name in names}
        self._run_stage()
        return moved(found)


def _is_parameter(tensor: str) -> bool:
    return tensor.rpartition(".")[2] in ("W", "b", *OF_THE_NETWORK) or tensor == "loss"


def _outside(name: str) -> str:
    """Return what a tensor of the example's own scene is called outside."""
    short = name.rpartition(".")[2]
    return f"{STAGE}{name}" if short in OF_THE_NETWORK or name == "loss" else name


EXHIBIT = Exhibit(
    slug="backprop",
    title="Backprop you can check by hand",
    hall="networks",
    promise="You will be able to work out any gradient of a small network with a pocket "
    "calculator, and say why the error goes back along the same lines.",
    controls=CONTROLS,
    publishes=("target", STAGE_LOSS, *OF_THE_DATA, *PATHS, *EACH),
    families=("*.x", "*.W", "*.b", "*.z", "*.a", "*.d?", "*.update", "regions.*", "units.*"),
    build=BackpropRun,
    actions=(EDIT,),
    view_actions=("look",),
    brings=BRINGS,
    questions=("judge", "nudge", "sheet", "data", READ),
    history=("loss", "accuracy", "val_loss", "val_accuracy"),
    rate=20.0,
    recipe=build_recipe,
)
