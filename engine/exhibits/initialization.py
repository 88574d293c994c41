"""How weights begin: six networks, alike but for their first weights, learn side by side.

One of them is on the stage: how large the signal is in each of its layers, and the gradient on its
way back, and whether its neurons are different neurons at all.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.exhibits.edits import edit
from engine.exhibits.initialization_networks import (
    CONTROLS,
    DRAWN,
    LABELS,
    NAMES,
    PROBED,
    build_trainers,
    describe,
)
from engine.exhibits.initialization_questions import Questions
from engine.exhibits.initialization_stage import Moment, starts_of
from engine.exhibits.questions import judge
from engine.exhibits.training import set_training
from engine.explain.arithmetic import Paging
from engine.explain.flow import RATIOS, SUMMARIES
from engine.explain.ledger import Factor, Ledger
from engine.explain.loss import explain_loss
from engine.explain.named import Named
from engine.explain.nudge import read_place
from engine.explain.scene import Scene, element
from engine.explain.simple import copied, given, worked
from engine.explain.twins import least_similarity
from engine.nn.cohort import Cohort
from engine.nn.network import Network
from engine.nn.rules import Number
from engine.snapshot import Array, Snapshot, freeze

OF_ALL = ("each.loss", "each.stopped")
"""Of all networks, in the order of `NAMES`."""

OF_TWINS = ("similarity.least", "similarity.apart", "moved.W", "moved.b")

OF_NEURONS = ("*.W", "*.b", "*.a", "*.z", "*.x", "*.dW", "*.db", "strands.*", "similarity")
"""Of the network on the stage, where its neurons are shown."""

STOPPED = (
    "The step at which a number of this network stopped being finite. Its weights are kept as they "
    "were before."
)

KEPT = (
    "Step {step} made a number of this network larger than a computer can hold, and was taken "
    "back. The network stopped there: this is what was so before that step."
)

GOES_ON = Number(-1.0, 1.0)


class InitializationRun:
    """Training of all networks, one minibatch a step, with one of them on the stage.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the random numbers that all first weights are made from, and of the samples' order.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        trainers = build_trainers(values, seed, library)
        self._cohort = Cohort(trainers)
        self._trainers = list(trainers.values())
        self._position = 0
        self._stopped = np.full(len(NAMES), -1, np.int32)
        samples = self._trainers[0].train
        self._probe = samples.take(np.arange(min(len(samples), PROBED)))
        self._starts = starts_of(self._trainers)
        inputs = self._probe.x.shape[1]
        self._copies = [
            Network(describe("zeros", values, inputs), rng=np.random.default_rng(0))
            for _ in range(2)
        ]
        self._hidden = [f"dense{n}" for n in range(1, int(values["depth"]))]
        self._passes = [one.network.at(len(self._probe), "probe") for one in self._trainers]
        for using in self._passes:
            using.forward(self._probe.x)
            using.loss(self._probe.y)
        self._moment: Moment | None = None
        self._losses = np.zeros(len(NAMES), np.float32)
        self._scalars: dict[str, float] = {}
        self._questions = Questions(self._values, seed, library)
        self._measure()

    @property
    def position(self) -> int:
        """How many minibatches have been learned from."""
        return self._position

    def step(self) -> tuple[Event, ...]:
        """Let every network learn from one minibatch; one that diverges stays as it was."""
        self._position += 1
        events: list[Event] = []
        for number, name in enumerate(NAMES):
            if self._stopped[number] >= 0:
                continue
            lost = self._learn(number)
            if lost is not None:
                self._stopped[number] = self._position
                facts = {"network": name, "label": LABELS[name], "tensor": lost}
                events.append(Event("stopped", {**facts, "step": self._position}))
        self._compare()
        return tuple(events)

    def scalars(self) -> Mapping[str, float]:
        """Return of each network that learns its loss, and how alike its neurons are at least."""
        return self._scalars

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the sizes, the histograms, and where they are shown the neurons."""
        moment = self._look()
        twins = moment.twins.arrays
        available = {
            **{name: moment.flow.arrays[name] for name in SUMMARIES},
            **{name: twins[name] for name in OF_TWINS},
            **self._of_all(),
            **{name: moment.tensors[name] for name in ("dense1.W", "dense1.b")},
        }
        if self._values["show"] == "neurons":
            available["similarity"] = twins["similarity"]
            available |= {name: twins[name] for name in twins if name.startswith("strands.")}
            if int(self._values["width"]) <= DRAWN:
                available |= self._neurons(moment)
        found = {name: array for name, array in available.items() if names is None or name in names}
        return freeze(self._position, self._scalars, found)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of the network on the stage, or of one of the others."""
        if tensor in OF_ALL:
            return self._ledger_of_all(tensor, index, page)
        head = tensor.partition(".")[0]
        if head in NAMES:
            return self._elsewhere(NAMES.index(head), tensor, index, page)
        stopped = int(self._stopped[self._on_stage])
        parameters = self._trainers[self._on_stage].network.parameters()
        if stopped >= 0 and tensor in parameters:
            # its last update was taken back, and explains nothing
            return given(tensor, parameters[tensor], index, KEPT.format(step=stopped))
        return self._look().ledger(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change what holds from the next step on, or what is looked at."""
        self._values |= values
        for trainer in self._trainers:
            set_training(trainer, values)
        self._moment = None

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Add a little to one weight of one network (`perturb`), or `judge` a prediction."""
        if name == "judge":
            return (judge(self._questions.at(self._trainers), args),)
        if name != "perturb":
            raise InvalidValueError(f"act: expected perturb or judge, got {name!r}")
        return (self._perturb(args),)

    def save(self) -> dict[str, Array]:
        """Return the state of all trainings."""
        counts = np.array([self._position, *self._stopped], np.int64)
        return {**self._cohort.save(), "counts": counts}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._cohort.load(state)
        self._position = int(state["counts"][0])
        self._stopped[...] = state["counts"][1:]
        self._measure()

    def _learn(self, number: int) -> str | None:
        """Make one step of a network; if a tensor is lost, take it back and return its name."""
        trainer = self._trainers[number]
        before = trainer.network.theta.copy()
        try:
            trainer.step()
        except DivergedError as error:
            lost: str | None = error.tensor
        else:
            loss = self._passes[number].evaluate()
            lost = None if np.isfinite(loss) else "loss"
        if lost is None:
            self._losses[number] = loss
        else:
            trainer.network.theta[...] = before
        return lost

    def _measure(self) -> None:
        """Look at every network on the same samples."""
        self._losses[...] = [using.evaluate() for using in self._passes]
        self._compare()

    def _compare(self) -> None:
        """Find how alike the neurons of every network are that still learns."""
        self._moment = None
        self._scalars = {}
        for number in np.flatnonzero(self._stopped < 0).tolist():
            name, parameters = NAMES[number], self._passes[number].network.parameters()
            self._scalars[f"loss_{name}"] = float(self._losses[number])
            self._scalars[f"alike_{name}"] = least_similarity(parameters, self._hidden)

    @property
    def _on_stage(self) -> int:
        return NAMES.index(str(self._values["initializer"]))

    def _look(self) -> Moment:
        if self._moment is None:
            number = self._on_stage
            self._moment = Moment(
                self._trainers[number],
                self._copies[0],
                self._probe,
                start=self._starts[number],
                scale=str(self._values["scale"]),
            )
        return self._moment

    def _neurons(self, moment: Moment) -> dict[str, Array]:
        """Return all tensors of the network that a drawing of its neurons needs."""
        shorts = ("W", "b", "z", "a", "dW", "db")
        wanted = [name for name in moment.tensors if name.rpartition(".")[2] in shorts]
        return {name: moment.tensors[name] for name in ("dense1.x", *wanted)}

    def _of_all(self) -> dict[str, Array]:
        stopped = np.where(self._stopped < 0, np.nan, self._stopped).astype(np.float32)
        return {"each.loss": self._losses, "each.stopped": stopped}

    def _ledger_of_all(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        array = self._of_all()[tensor]
        index, value = element(tensor, array, index)
        if np.isnan(value):
            raise InvalidValueError(f"{tensor}{list(index)}: not there yet: it still learns")
        if tensor == "each.stopped":
            return given(tensor, array, index, STOPPED)
        number = index[0]
        note = (
            f"The mean loss over the {len(self._probe)} samples that all networks are looked at on."
        )
        if number == self._on_stage:
            factor = Factor("loss", value, "loss", ())
            return copied(tensor, index, factor, symbol="loss", note=note)
        named = self._named(number)
        mean = explain_loss(named.scene.stage, Paging(page=page))
        ledger = worked(tensor, index, value, mean, symbol="loss", page=page, note=note)
        return ledger.renamed(lambda name: name if name == tensor else named.outside(name))

    def _elsewhere(self, number: int, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        """Explain a number of a network that is not on the stage."""
        named = self._named(number)
        inside = named.inside(tensor)
        parameters = named.scene.network.parameters()
        if inside in parameters:
            note = "Put this network on the stage to see how its weights came about."
            return given(tensor, parameters[inside], index, note)
        return named.explain(tensor, index, page=page)

    def _named(self, number: int) -> Named:
        """Return what one of the networks makes of the probe, under its own name."""
        copy = self._copies[1]
        copy.theta[...] = self._trainers[number].network.theta
        using = copy.at(len(self._probe), "elsewhere")
        using.forward(self._probe.x)
        using.loss(self._probe.y)
        using.backward()
        prefix = f"{NAMES[number]}."
        return Named(scene=Scene.of(using), prefix=prefix, owner=prefix, x=f"{prefix}x")

    def _perturb(self, args: Mapping[str, Any]) -> Event:
        """Add `by` to one weight or bias of the network that `args` name."""
        name = args.get("network")
        if name not in NAMES:
            raise InvalidValueError(f"network: expected one of {', '.join(NAMES)}, got {name!r}")
        by = GOES_ON.check(args.get("by"), "by")
        trainer = self._trainers[NAMES.index(str(name))]
        tensor, index = read_place(args)
        parameters = trainer.network.parameters()
        if tensor not in parameters:
            known = ", ".join(parameters)
            raise InvalidValueError(f"tensor: expected one of {known}, got {tensor!r}")
        index, before = element(tensor, parameters[tensor], index)
        event = edit(trainer, {"tensor": tensor, "index": list(index), "value": before + by})
        self._measure()
        return Event(event.name, {**event.data, "network": name})


EXHIBIT = Exhibit(
    slug="initialization",
    title="How weights begin",
    hall="networks",
    promise="You will be able to say from its first weights whether a deep network can learn, and "
    "how large they should be.",
    controls=CONTROLS,
    publishes=(*SUMMARIES, *OF_TWINS, *OF_ALL),
    families=OF_NEURONS,
    build=InitializationRun,
    actions=("perturb",),
    questions=("judge",),
    history=(*(f"loss_{name}" for name in NAMES), *(f"alike_{name}" for name in NAMES)),
    gradual=(*RATIOS, "each.stopped"),
    rate=20.0,
)
