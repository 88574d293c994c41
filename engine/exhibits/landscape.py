"""The loss surface of a real network: planes through its weights, while it is in training.

Longer than other files: an exhibit is one file, and this one publishes the loss on three planes,
the way of the weights as each of them shows it, and what the network makes of its data.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Toggle, Value
from engine.exhibits.landscape_ledgers import Ledgers
from engine.exhibits.landscape_moment import Moment, Slice
from engine.exhibits.landscape_networks import (
    DATA,
    NETWORK,
    VALIDATION_SIZE,
    build_recipe,
    measured,
)
from engine.exhibits.questions import Solution, judge
from engine.exhibits.surveys import PLANES, PRINCIPAL, RANDOM, Plane, Survey, plane_of
from engine.exhibits.training import set_training, training_controls
from engine.explain.ledger import Ledger
from engine.landscape.evaluator import Evaluator
from engine.landscape.grid import Line
from engine.landscape.trajectory import Trajectory
from engine.nn.passes import Pass
from engine.nn.rules import Number
from engine.snapshot import Array, Snapshot, freeze

EVERY = (1, 10, 50)
"""Steps between two surveys, to choose from."""

SIDE = 33
"""Points a side of the plane of data at which the network is asked."""

ROOM = 0.3
"""How far that reaches beyond the data."""

SLICED = np.arange(-10, 31) / 20
"""Where on the line between two networks the loss is taken: 0 is this one, 1 the other."""

AHEAD = 60
"""Steps that are made to see whether the loss goes on falling."""

FAR = 1e3
"""The furthest coordinate that weights are taken from."""

SCALARS = ("loss", "accuracy", "J", "val_accuracy", "epoch", "parameters")

OF_A_PLANE = ("J", "a", "b", "path", "seen", "held")
OF_THE_PATH = ("path.step", "path.J", "path.moved", "survey.step", "slice.t", "slice.J")
OF_POINTS = ("data.x", "data.y", "regions.p", "regions.x1", "regions.x2")
OF_PICTURES = ("conv1.x", "act1.a", "softmax.a", "label")
OF_DATA = (*OF_POINTS, *OF_PICTURES)
"""What the network makes of its data: of points in the plane, or of a picture."""

OF_PLANES = tuple(f"{plane}.{short}" for plane in PLANES for short in OF_A_PLANE)

TRAINING = tuple(
    replace(one, advanced=one.name == "optimizer")
    for one in training_controls(learning_rate=0.01, batch_size=20)
    if one.name != "dropout"
)

CONTROLS = (
    DATA,
    NETWORK,
    Choice(
        name="plane",
        label="Directions",
        help="Which plane through the weights is shown.",
        options=(
            Option(RANDOM[0], "Random, A"),
            Option(RANDOM[1], "Random, B"),
            Option(PRINCIPAL, "Principal, of the path"),
        ),
        default=RANDOM[0],
        effect="view",
    ),
    *TRAINING,
    Choice(
        name="every",
        label="New surface",
        help="How often the surface is computed anew, around the weights of that step.",
        options=tuple(
            Option(str(n), "Every step" if n == 1 else f"Every {n} steps") for n in EVERY
        ),
        default="10",
        effect="view",
        advanced=True,
    ),
    Toggle(
        name="three",
        label="Three planes",
        help="Show the same path on all three planes.",
        effect="view",
        advanced=True,
    ),
    Slider(
        name="example",
        label="Picture",
        help="Which of the pictures that training does not see is shown.",
        low=0,
        high=VALIDATION_SIZE["digits"] - 1,
        default=3,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
        when={"data": ("digits",)},
    ),
)


class LandscapeRun:
    """Training, one minibatch a step, and surveys of the loss around its weights.

    A survey is around the weights of the newest step that `every` divides, as that step's update
    left them, so that it is a function of the step. It is worked out besides the steps.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the split, the initial weights, the order of the samples and the random directions.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._seed = seed
        self._library = library
        recipe = build_recipe(values, seed, library)
        assert recipe.validation is not None
        self._network = recipe.network
        self._trainer = recipe.trainer()
        self._trainer.validate()
        self._measured = measured(recipe)
        self._validation = recipe.validation
        self._pass = self._network.at(len(self._measured), "survey")
        evaluators = [
            Evaluator(self._network, self._measured.x, self._measured.y) for _ in range(2)
        ]
        self._survey, self._line_evaluator = Survey(evaluators[0], seed), evaluators[1]
        self._trajectory = Trajectory(self._network.theta.size)
        self._centers = np.repeat(self._network.theta[None], len(EVERY), axis=0)
        self._taken: tuple[float, float, str, int] | None = None
        self._cut: Slice | None = None
        self._aimed: tuple[int, int, bytes] | None = None
        self._moment: Moment | None = None
        self._losses: dict[int, float] = {}
        self._scalars: dict[str, float] = {"epoch": 0.0, "parameters": self._network.theta.size}
        self._arrive()
        self._stage, self._places = self._prepare_stage()
        self._ledgers = Ledgers(
            network=self._network,
            measured=self._measured,
            trainer=self._trainer,
            stage=self._stage,
            copy=build_recipe(values, seed, library).network,
        )
        self._questions = {"held": self._held_by_chance, "bottom": self._goes_on_falling}

    @property
    def position(self) -> int:
        """How many minibatches have been learned from."""
        return self._trainer.index

    def step(self) -> tuple[Event, ...]:
        """Learn from one minibatch."""
        self._taken = None
        try:
            step = self._trainer.step()
        except DivergedError:
            self._forget()
            self._scalars["J"] = np.nan
            raise
        self._scalars |= {"loss": step.loss, "accuracy": step.accuracy, "epoch": float(step.epoch)}
        for row, every in enumerate(EVERY):
            if self.position % every == 0:
                self._centers[row] = self._network.theta
        self._arrive()
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `loss` and `accuracy` of the minibatch, `J` of all samples, and the like."""
        return self._scalars

    @property
    def busy(self) -> bool:
        """Whether something of the surfaces, or of the slice, is not known yet."""
        if self._cut is not None and not self._cut.line.done:
            return True
        return self._is_finite and self._surveyed().missing(self._wanted) is not None

    def work(self) -> tuple[Event, ...]:
        """Compute the slice, or some of the surfaces, for a few milliseconds."""
        if self._cut is not None and not self._cut.line.done:
            self._cut.line.advance()
        else:
            self._surveyed().work(self._wanted)
        return ()

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the surfaces, the path on them, and what the network makes of its data."""
        wanted = [name for name in self._names() if names is None or name in names]
        available: dict[str, Array] = {}
        if any(name in OF_PLANES or name in OF_THE_PATH for name in wanted):
            available = self._looked().arrays()
        available |= self._of_data(wanted)
        return freeze(self.position, self._scalars, {name: available[name] for name in wanted})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of a surface, of the path, or of the network."""
        self._of_data(self._names())
        arrays = self._looked().arrays() | self._data_arrays()
        return self._ledgers.explain(self._looked(), arrays, tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change what holds from the next step on, or what is looked at."""
        self._values |= values
        set_training(self._trainer, values)
        self._moment = None

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take other weights (`take`), `judge` a prediction, or `slice` through to another run."""
        if name == "judge":
            return (judge(self._questions, args),)
        if name == "slice":
            return (self._slice(args),)
        return (self._take(args),)

    def save(self) -> dict[str, Array]:
        """Return the state of the training, of its path, and of what was taken."""
        a, b, plane, every = self._taken or (np.nan, np.nan, PLANES[0], EVERY[0])
        return {
            **self._trainer.save(),
            **{f"trajectory.{name}": one for name, one in self._trajectory.save().items()},
            "centers": self._centers.copy(),
            "losses": np.array([[*one] for one in self._losses.items()]),
            "taken": np.array([a, b, PLANES.index(plane), EVERY.index(every)], np.float64),
            "scalars": np.array([self._scalars.get(name, np.nan) for name in SCALARS]),
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._trainer.load(state)
        self._trajectory.load(
            {name: state[f"trajectory.{name}"] for name in self._trajectory.save()}
        )
        self._centers[...] = state["centers"]
        self._losses = {int(step): float(loss) for step, loss in state["losses"]}
        a, b, plane, every = state["taken"].tolist()
        self._taken = None if np.isnan(a) else (a, b, PLANES[int(plane)], EVERY[int(every)])
        pairs = zip(SCALARS, state["scalars"].tolist(), strict=True)
        self._scalars = {name: value for name, value in pairs if np.isfinite(value)}
        self._forget()

    def _names(self) -> list[str]:
        return [*EXHIBIT.publishes, *(OF_PICTURES if self._places is None else OF_POINTS)]

    def _forget(self) -> None:
        """Take note that the weights are others."""
        self._moment = None
        self._cut = None

    def _arrive(self) -> None:
        """Take the weights of this step down, and the loss that they have."""
        self._forget()
        self._trajectory.see(self.position, self._network.theta)
        width = self._trajectory.width
        self._losses = {step: loss for step, loss in self._losses.items() if step % width == 0}
        self._measure()

    def _measure(self) -> None:
        """Measure the loss of the present weights over all samples."""
        self._pass.forward(self._measured.x)
        loss = self._pass.loss(self._measured.y)
        self._scalars |= {"J": loss, "val_accuracy": self._trainer.val_accuracy}
        if self.position % self._trajectory.width == 0:
            self._losses.setdefault(self.position, loss)

    @property
    def _is_finite(self) -> bool:
        return bool(np.isfinite(self._scalars.get("J", np.nan)))

    @property
    def _wanted(self) -> list[str]:
        """The planes that are computed, the one on the stage first."""
        first = str(self._values["plane"])
        return (
            [first, *(one for one in PLANES if one != first)] if self._values["three"] else [first]
        )

    def _center(self, every: int) -> tuple[int, Array]:
        """Return around which step's weights a survey is, and the weights on the way there."""
        step = self.position // every * every
        _, vectors = self._trajectory.until(step, self._centers[EVERY.index(every)])
        return step, vectors

    def _surveyed(self) -> Survey:
        """Return the survey of this step."""
        every = int(self._values["every"])
        step = self.position // every * every
        center = self._centers[EVERY.index(every)]
        aimed = step, self._trajectory.width, center.tobytes()
        if aimed != self._aimed:
            self._survey.aim(self._center(every)[1])
            self._aimed = aimed
            self._moment = None
        return self._survey

    def _looked(self) -> Moment:
        """Return what there is to see of surfaces and path."""
        survey = self._surveyed()
        if self._moment is None:
            steps, vectors = self._trajectory.until(self.position, self._network.theta)
            losses = [self._losses[int(step)] for step in steps[:-1]]
            now = self._scalars.get("J", np.nan)
            if not np.isfinite(now):
                steps, vectors = steps[:-1], vectors[:-1]
            every = int(self._values["every"])
            self._moment = Moment(
                survey=survey,
                wanted=self._wanted,
                center_step=self.position // every * every,
                steps=steps,
                vectors=vectors,
                losses=np.array([*losses, now][: len(steps)], np.float32),
                taken=self._taken_from(),
                cut=self._cut,
            )
        return self._moment

    def _taken_from(self) -> tuple[Plane, float, float] | None:
        """Return the plane from which the present weights were taken, and the place on it."""
        if self._taken is None:
            return None
        a, b, plane, every = self._taken
        return plane_of(plane, self._center(every)[1], self._network, self._seed), a, b

    def _prepare_stage(self) -> tuple[Pass, Array | None]:
        """Return the pass of what is on the stage, and the places of the plane of data it is of."""
        if len(self._network.input_shape) > 1:
            return self._network.at(1, "stage"), None
        x = self._measured.x
        low, high = x.min(axis=0) - ROOM, x.max(axis=0) + ROOM
        x1, x2 = (np.linspace(low[axis], high[axis], SIDE, dtype=np.float32) for axis in (0, 1))
        places = np.stack(np.meshgrid(x1, x2), axis=-1)
        return self._network.at(SIDE * SIDE, "stage"), places

    def _of_data(self, wanted: Collection[str]) -> dict[str, Array]:
        """Return what the network makes of its data, if that is wanted."""
        if not any(name in wanted for name in OF_DATA):
            return {}
        if self._places is None:
            example = int(self._values["example"])
            self._stage.forward(self._validation.x[example : example + 1])
        elif "regions.p" in wanted:
            self._stage.forward(self._places.reshape(-1, 2))
        return self._data_arrays()

    def _data_arrays(self) -> dict[str, Array]:
        tensors = self._stage.tensors()
        if self._places is None:
            example = int(self._values["example"])
            label = self._validation.y[example : example + 1]
            return {"label": label, **{name: tensors[name] for name in OF_PICTURES[:-1]}}
        return {
            "data.x": self._measured.x,
            "data.y": self._measured.y,
            "regions.p": tensors["softmax.a"][:, 1].reshape(SIDE, SIDE),
            "regions.x1": self._places[0, :, 0],
            "regions.x2": self._places[:, 0, 1],
        }

    def _take(self, args: Mapping[str, Any]) -> Event:
        """Have the network take the weights at a place of a plane."""
        plane, every = args.get("plane"), args.get("every")
        if plane not in PLANES:
            raise InvalidValueError(f"plane: expected one of {', '.join(PLANES)}, got {plane!r}")
        if every not in EVERY:
            known = ", ".join(map(str, EVERY))
            raise InvalidValueError(f"every: expected one of {known}, got {every!r}")
        a, b = (Number(-FAR, FAR).check(args.get(name), name) for name in ("a", "b"))
        there = plane_of(plane, self._center(every)[1], self._network, self._seed)
        self._network.theta[...] = there.weights(a, b)
        self._taken = a, b, plane, every
        self._forget()
        self._measure()
        loss = float(self._scalars["J"])
        return Event("taken", {"a": a, "b": b, "plane": plane, "J": loss})

    def _slice(self, args: Mapping[str, Any]) -> Event:
        """Begin to compute the loss on the line from these weights to another run's."""
        theirs = args["theirs"]["theta"]
        mine = self._network.theta
        if theirs.shape != mine.shape:
            raise InvalidValueError(
                f"line: expected a run of the same network, of {mine.size} parameters, "
                f"got {theirs.size}"
            )
        line = Line(self._line_evaluator, mine, theirs, SLICED)
        self._cut = Slice(mine.copy(), theirs, line)
        self._moment = None
        return Event("sliced", {"line": args["line"], "step": self.position})

    def _held_by_chance(self) -> Solution:
        """Say how much of the movement a plane holds that knows nothing of it."""
        looked = self._looked()
        share = float(looked.arrays()[f"{RANDOM[0]}.held"])
        if not np.isfinite(share):
            raise InvalidValueError("held: expected weights that have moved; make a step first")
        principal = float(looked.arrays()[f"{PRINCIPAL}.held"])
        answer = "most" if share > 0.5 else "some" if share > 0.05 else "hardly"
        text = (
            f"{share:.2%} of the movement lies in random plane A. There are "
            f"{self._network.theta.size} dimensions, and it has 2 of them."
        )
        if np.isfinite(principal):
            text += f" The principal plane, made from the path itself, holds {principal:.1%}."
        return Solution(answer, text)

    def _goes_on_falling(self) -> Solution:
        """Say whether the loss falls further from here, by training a copy of the network."""
        recipe = build_recipe(self._values, self._seed, self._library)
        trainer = recipe.trainer(validate_every=AHEAD)
        trainer.load(self._trainer.save())
        try:
            for _ in range(AHEAD):
                trainer.step()
        except DivergedError:
            return Solution("rise", "Training diverges from here.")
        using = recipe.network.at(len(self._measured), "survey")
        using.forward(self._measured.x)
        later, now = using.loss(self._measured.y), float(self._scalars["J"])
        answer = "fall" if later < 0.95 * now else "stay" if later < 1.05 * now else "rise"
        lowest = float(np.nanmin(self._looked().arrays()[f"{RANDOM[0]}.J"], initial=np.inf))
        text = f"After {AHEAD} steps more the loss is {later:.3g}; here it is {now:.3g}"
        if np.isfinite(lowest):
            text += f", and the lowest point known of random plane A has {lowest:.3g}"
        return Solution(answer, f"{text}.")


EXHIBIT = Exhibit(
    slug="landscape",
    title="The loss surface of a real network",
    hall="learning",
    promise="You will be able to say what a picture of a loss surface shows of a network with "
    "hundreds of weights, and what it cannot show.",
    controls=CONTROLS,
    publishes=(*OF_PLANES, *OF_THE_PATH),
    families=OF_DATA,
    build=LandscapeRun,
    actions=("take",),
    view_actions=("judge",),
    questions=("slice",),
    meetings=("slice",),
    history=("loss", "J"),
    gradual=(*(f"{plane}.{short}" for plane in PLANES for short in ("J", "held")), "slice.J"),
    rate=20.0,
    recipe=build_recipe,
)
