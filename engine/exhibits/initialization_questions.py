"""What is asked of the networks: the answers come from measuring or from training copies."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.controls import Value
from engine.exhibits.initialization_networks import LABELS, NAMES, PROBED, build_trainers
from engine.exhibits.questions import Solution
from engine.explain.flow import SCALES, Flow
from engine.explain.twins import least_similarity
from engine.nn.trainer import Trainer

MUCH = 100.0
"""A size that becomes so many times as large, or as small, has exploded or vanished."""

AHEAD = {"zeros": 30, "alike": 100, "best": 150}
"""Steps that copies are trained for to find an answer."""

ROUNDED = 1e-6
"""Neurons are the same as far as a rounding error may be."""


class Questions:
    """The questions of the exhibit.

    Parameters
    ----------
    values : mapping of str to value
        The run's own, which may change.
    seed : int
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = values
        self._seed = seed
        self._library = library

    def at(self, trainers: Sequence[Trainer]) -> dict[str, Callable[[], Solution]]:
        """Return how each question is answered at a moment.

        Parameters
        ----------
        trainers : sequence of Trainer
            In the order of `NAMES`.
        """
        return {
            "relu": self._relu,
            "sigmoid": self._sigmoid,
            "zeros": lambda: self._zeros(trainers),
            "alike": lambda: self._alike(trainers),
            "best": lambda: self._best(trainers),
        }

    def _relu(self) -> Solution:
        """Say what ReLU and Xavier's weights leave of the signal after 20 layers."""
        sizes = self._flow({"activation": "relu", "depth": 20}).arrays["forward.size"]
        layers = len(sizes) - 1
        return _carried(
            sizes[-1], sizes[0], f"a number of hidden layer {layers}", "one of the input"
        )

    def _sigmoid(self) -> Solution:
        """Say what the sigmoid and Xavier's weights leave of the gradient of 10 layers."""
        sizes = self._flow({"activation": "sigmoid", "depth": 10}).arrays["backward.size"]
        return _carried(sizes[0], sizes[-1], "dz in the first layer", "dz in the last one")

    def _flow(self, values: Mapping[str, Value]) -> Flow:
        """Measure a network with Xavier's weights that is otherwise as on the stage."""
        trainer = self._copies(values)["xavier"]
        probe = trainer.train.take(np.arange(PROBED))
        using = trainer.network.at(PROBED, "stage")
        using.forward(probe.x)
        using.loss(probe.y)
        using.backward()
        return Flow(using, scale=SCALES[0])

    def _zeros(self, trainers: Sequence[Trainer]) -> Solution:
        """Say which parameters move when all of them begin at 0."""
        copy, steps = self._ahead(trainers, "zeros")
        network = copy.network
        begun = self._copies()["zeros"].network.parameters()
        moved = {
            name: int(np.count_nonzero(array != begun[name]))
            for name, array in network.parameters().items()
        }
        last = network.layers[-2].name
        names = [name for name, number in moved.items() if number]
        everywhere = {name.partition(".")[0] for name in names}
        layers = {layer.name for layer in network.layers[::2]}
        if not names:
            answer = "none"
        elif names == [f"{last}.b"]:
            answer = "bias"
        elif everywhere == {last}:
            answer = "last"
        else:
            answer = "all" if everywhere == layers else "some"
        total = network.theta.size
        told = ", ".join(names) if len(names) <= 3 else f"in {len(everywhere)} layers"
        text = (
            f"After {steps} steps {sum(moved.values())} of the {total} parameters "
            f"{'has' if sum(moved.values()) == 1 else 'have'} moved: {told or 'none'}."
        )
        return Solution(answer, text)

    def _alike(self, trainers: Sequence[Trainer]) -> Solution:
        """Say whether the neurons of the constant network stay the same neuron."""
        copy, steps = self._ahead(trainers, "alike", "constant")
        hidden = [layer.name for layer in copy.network.layers[:-2:2]]
        least = least_similarity(copy.network.parameters(), hidden)
        answer = "one" if least > 1 - ROUNDED else "less"
        shown = f"1 less {1 - least:.1g}" if 0 < 1 - least <= ROUNDED else f"{least:.4g}"
        return Solution(
            answer,
            f"After {steps} steps more the two neurons of a layer that are the least alike have a "
            f"similarity of {shown}.",
        )

    def _best(self, trainers: Sequence[Trainer]) -> Solution:
        """Say which network's loss is the least after some steps more."""
        probe = trainers[0].train
        losses: dict[str, float] = {}
        for name in NAMES:
            copy, steps = self._ahead(trainers, "best", name)
            using = copy.network.at(len(probe), "probe")
            using.forward(probe.x)
            loss = using.loss(probe.y)
            losses[name] = loss if np.isfinite(loss) else np.inf
        best = min(losses, key=lambda name: losses[name])
        told = ", ".join(
            f"{LABELS[name]} {'diverged' if np.isinf(loss) else f'{loss:.3g}'}"
            for name, loss in losses.items()
        )
        return Solution(best, f"The losses over all samples, after {steps} steps more: {told}.")

    def _copies(self, values: Mapping[str, Value] | None = None) -> dict[str, Trainer]:
        """Return all trainings before their first step, with other values if there are any."""
        return build_trainers({**self._values, **(values or {})}, self._seed, self._library)

    def _ahead(
        self, trainers: Sequence[Trainer], question: str, name: str = "zeros"
    ) -> tuple[Trainer, int]:
        """Return a copy of a training that has gone on, and by how many steps."""
        copy = self._copies()[name]
        copy.load(trainers[NAMES.index(name)].save())
        steps = AHEAD[question]
        for _ in range(steps):
            try:
                copy.step()
            except DivergedError:
                break
        return copy, steps


def _carried(now: float, before: float, what: str, of: str) -> Solution:
    """Say how many times as large a size is as another."""
    if not before:
        raise InvalidValueError("judge: expected a signal that begins at more than 0")
    ratio = float(now / before)
    answer = "grows" if ratio > MUCH else "vanishes" if ratio < 1 / MUCH else "stays"
    times = f"{ratio:.3g} times" if ratio else "0 times"
    return Solution(answer, f"The size of {what} is {times} that of {of}.")
