"""Small dense networks that learn the same points: what the modes with networks share."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.exhibits.contract import Event
from engine.exhibits.controls import Control, Value
from engine.exhibits.points import data_controls, open_points
from engine.exhibits.questions import Solution, judge
from engine.explain.ledger import Ledger
from engine.explain.named import Named
from engine.explain.numbers import Numbers
from engine.explain.regions import RegionNumbers
from engine.explain.scene import Scene
from engine.nn.cohort import Cohort
from engine.nn.network import Network
from engine.nn.regions import Regions, around
from engine.nn.trainer import Trainer
from engine.snapshot import Array, Snapshot, freeze

CELLS = 64
"""Rows and columns of the plane over which each network is asked."""

SAMPLES = 120
"""Points to learn from, unless somebody wants others."""

NOTES = {
    "data.x": "A coordinate of a point that the networks learn from.",
    "data.y": "The class of a point, 0 or 1.",
}


def controls_of_data(*modes: str) -> Iterable[Control]:
    """Return the controls of the points, for some of the modes."""
    sets = ("circles", "moons", "xor", "spirals")
    for control in data_controls(*sets, default="circles", samples=SAMPLES):
        yield replace(control, when={"mode": modes, **control.when})


def describe(
    kind: str, units: Iterable[int], *, initializer: str, **options: float
) -> dict[str, Any]:
    """Return a network's description: dense layers, each with the activation `kind`, and softmax.

    Parameters
    ----------
    kind : str
        An activation.
    units : iterable of int
        Of each hidden layer.
    initializer : str
        Of the weights; networks with one seed begin with the same.
    **options
        The activation's own.
    """
    layers: list[dict[str, Any]] = []
    for number, count in enumerate(units, 1):
        dense = {"kind": "dense", "name": f"dense{number}", "units": count}
        layers += [
            {**dense, "initializer": initializer},
            {"kind": kind, "name": f"act{number}", **options},
        ]
    last = {"kind": "dense", "name": f"dense{len(layers) // 2 + 1}", "units": 2}
    layers += [{**last, "initializer": initializer}, {"kind": "softmax", "name": "softmax"}]
    return {"input": [2], "layers": layers, "loss": "categorical_cross_entropy"}


def points_of(values: Mapping[str, Value], seed: int, library: Library) -> Dataset:
    """Return the points that the values ask for; all are learned from."""
    return open_points(values, seed, library, validation=0).train


class TeamRun:
    """Networks that learn all points at every step, by plain gradient descent.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the points and of the first weights.
    data : Dataset
        Of points in a plane.
    networks : mapping of str to Network
        By what the names of their tensors begin with.
    rate : str
        The control that holds the learning rate.
    """

    length: int | None = None

    def __init__(
        self,
        values: Mapping[str, Value],
        seed: int,
        data: Dataset,
        networks: Mapping[str, Network],
        *,
        rate: str,
    ) -> None:
        self._values = dict(values)
        self._seed = seed
        self._rate = rate
        self._data = data
        self._networks = dict(networks)
        self._cohort = Cohort({name: self._trainer(network) for name, network in networks.items()})
        self._axes = around(data.x, cells=CELLS)
        self._regions: dict[str, RegionNumbers] = {}
        self._look_anew()
        self._known: Numbers | None = None

    def _trainer(self, network: Network) -> Trainer:
        return Trainer(
            network,
            self._data,
            optimizer="sgd",
            learning_rate=float(self._values[self._rate]),
            batch_size=len(self._data),
            seed=self._seed,
        )

    def _work(self) -> Numbers:
        """Work out what there is besides the networks' own tensors."""
        raise NotImplementedError

    def _scenes(self) -> Mapping[str, Named]:
        """Return the scenes by what their tensors' names begin with, without the dot."""
        return {name: self._scene(name) for name in self._networks}

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        raise NotImplementedError

    def _own_tensors(self, name: str) -> Mapping[str, Array]:
        """Return what is published of a network's own tensors, without its name."""
        return self._networks[name].parameters()

    def scalars(self) -> Mapping[str, float]:
        """Return single numbers of this moment."""
        raise NotImplementedError

    @property
    def position(self) -> int:
        """How many steps each network has made."""
        return self._cohort.index

    def step(self) -> tuple[Event, ...]:
        """Let each network make a step."""
        self._known = None
        self._cohort.step()
        return ()

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the points, the networks' parameters and what they say of each place."""
        arrays: dict[str, Array] = dict(self._numbers.arrays)
        for name in self._networks:
            arrays |= {f"{name}.{short}": one for short, one in self._own_tensors(name).items()}
            regions = self._regions[name]
            wanted = [one for one in self._shown(name) if names is None or one in names]
            arrays |= regions.arrays(wanted)
        found = {name: one for name, one in arrays.items() if names is None or name in names}
        return freeze(self.position, self.scalars(), found)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        if tensor in self._numbers.arrays:
            return self._numbers.explain(tensor, index, page=page)
        for regions in self._regions.values():
            if regions.has(tensor):
                return regions.ledger(tensor, index, page=page)
        scenes = self._scenes()
        shared = "data.x" if tensor.startswith("data.") else ""
        head = next(iter(scenes)) if shared else tensor.partition(".")[0]
        scene = scenes.get(head) or next(iter(scenes.values()))
        return scene.explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate, or what is looked at."""
        self._values |= values
        self._known = None
        for trainer in self._cohort.trainers.values():
            trainer.learning_rate = float(self._values[self._rate])

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Judge a prediction."""
        return (judge(self._questions(), args),)

    def save(self) -> dict[str, Array]:
        """Return the state of all trainings."""
        return self._cohort.save()

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._known = None
        self._cohort.load(state)

    @property
    def _numbers(self) -> Numbers:
        if self._known is None:
            with np.errstate(all="ignore"):  # that it has diverged is said by `step`
                self._known = self._work()
        return self._known

    def _look_anew(self) -> None:
        """Forget what the networks said over the plane."""
        self._regions = {
            name: RegionNumbers(Regions(network, *self._axes), prefix=f"{name}.")
            for name, network in self._networks.items()
        }

    def _shown(self, name: str) -> list[str]:
        return [f"{name}.regions.{short}" for short in ("x1", "x2", "p")]

    def _scene(self, name: str) -> Named:
        """Return the scene of a network that has just seen all points."""
        network = self._networks[name]
        using = network.at(len(self._data), "stage")
        with np.errstate(all="ignore"):
            using.forward(self._data.x)
            using.loss(self._data.y)
        trainer = self._cohort.trainers[name]
        scene = Scene.training(
            using,
            trainer.training_pass,
            trainer.last_update,
            input_note=NOTES["data.x"],
            judged=True,
        )
        return Named(scene=scene, prefix=f"{name}.", owner=f"{name}.", x="data.x")

    def _ahead(
        self, steps: int, rate: float, watch: Callable[[Mapping[str, Network]], None] | None = None
    ) -> dict[str, Network]:
        """Return the networks as they would be so many steps on, at this rate.

        Parameters
        ----------
        steps : int
        rate : float
        watch : callable of the networks, optional
            Is shown them after each step.
        """
        found = {name: self._copy(name) for name in self._networks}
        cohort = Cohort({name: self._trainer(network) for name, network in found.items()})
        cohort.load(self._cohort.save())
        for trainer in cohort.trainers.values():
            trainer.learning_rate = rate
        for _ in range(steps):
            cohort.step()
            if watch:
                watch(found)
        return found

    def _copy(self, name: str) -> Network:
        """Return another network like one of them; its weights are set later."""
        raise NotImplementedError


def loss_of(network: Network, data: Dataset) -> tuple[float, float]:
    """Return the mean loss over all points and the share that is told right."""
    using = network.at(len(data), "question")
    with np.errstate(all="ignore"):
        using.forward(data.x)
        loss = using.loss(data.y)
    return float(loss), float(using.count_right()) / len(data)
