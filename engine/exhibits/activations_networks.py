"""The same small network with each activation, on the same points: what each of them can draw."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.exhibits.activations_parts import TITLES
from engine.exhibits.activations_team import NOTES, TeamRun, describe, loss_of, points_of
from engine.exhibits.controls import Value
from engine.exhibits.questions import Solution
from engine.explain.arithmetic import Paging, constant, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.numbers import Numbers
from engine.nn.network import Network
from engine.snapshot import Array

NAMES = tuple(TITLES)

UNITS = 8
"""Of the hidden layer."""

FAR_AHEAD = 300
"""So many steps the question looks ahead."""

FAMILIES = (
    *("data.x", "data.y", "score.*"),
    *(f"{name}.dense*" for name in NAMES),
    *(f"{name}.regions.*" for name in NAMES),
)

HISTORY = tuple(f"loss_{name}" for name in NAMES)


class Scores(Numbers):
    """How well each network does on all points.

    Parameters
    ----------
    networks : mapping of str to Network
    data : Dataset
    """

    def __init__(self, networks: Mapping[str, Network], data: Dataset) -> None:
        super().__init__({"data.x": data.x, "data.y": data.y.astype(np.int32)})
        self.notes |= NOTES
        losses, rights = [], []
        self._right: list[Array] = []
        for network in networks.values():
            using = network.at(len(data), "stage")
            out = using.forward(data.x)
            losses.append(using.loss(data.y))
            right = out.argmax(axis=1) == data.y
            self._right.append(right)
            rights.append(right.mean())
        self._names = tuple(networks)
        self.arrays |= {"score.loss": np.array(losses, np.float32), "score.right": np.array(rights)}
        self.explainers |= {"score.loss": self._loss, "score.right": self._share}

    def _loss(self, index: Index, page: int) -> Ledger:
        value = self.value("score.loss", index)
        of = f"{self._names[index[0]]}.stage.loss"
        arithmetic = short_sum(
            times(Factor("loss", value, of, ())),
            general=r"\mathrm{loss}",
            code="loss",
            symbols={},
            note="Over all points, as the network is now.",
        )
        return self.found("score.loss", index, arithmetic)

    def _share(self, index: Index, page: int) -> Ledger:
        right = self._right[index[0]]
        arithmetic = total(
            right.astype(np.float64),
            lambda n: constant(rf"r_{{{n}}}", float(right[n])),
            Paging(page=page),
            combine="mean",
            general=r"\mathrm{mean}\, r",
            code="(p.argmax(axis=1) == y).mean()",
            symbols={},
            note=f"r is 1 for a point that is told right: {int(right.sum())} of {len(right)}.",
        )
        return self.found("score.right", index, arithmetic, page=page)


class NetworksRun(TeamRun):
    """Five networks 2-8-2 with one seed; only the activation differs.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the points and of the first weights.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._seed = seed
        networks = {name: self._copy(name) for name in NAMES}
        super().__init__(values, seed, points_of(values, seed, library), networks, rate="rate")

    def _copy(self, name: str) -> Network:
        description = describe(name, [UNITS], initializer="xavier")
        return Network(description, rng=np.random.default_rng([self._seed, 0]))

    def _work(self) -> Scores:
        return Scores(self._networks, self._data)

    def scalars(self) -> Mapping[str, float]:
        """Return each network's loss over all points, `loss_<name>`."""
        losses = self._numbers.arrays["score.loss"]
        return {f"loss_{name}": float(losses[k]) for k, name in enumerate(NAMES)}

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        return {"worst": self._worst}

    def _worst(self) -> Solution:
        """Return which network has the greatest loss some hundred steps on."""
        rate = float(self._values["rate"])
        ahead = self._ahead(FAR_AHEAD, rate)
        scores = {name: loss_of(network, self._data) for name, network in ahead.items()}
        listed = ", ".join(f"{TITLES[name]} {loss:.3f}" for name, (loss, _) in scores.items())
        answer = max(scores, key=lambda name: scores[name][0])
        return Solution(
            answer,
            f"{FAR_AHEAD} steps on, at the rate {rate:g}, the losses are: {listed}. "
            f"{TITLES[answer]} tells {scores[answer][1]:.0%} of the points right.",
        )
