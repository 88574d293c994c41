"""What is to be seen of one of the networks at one moment, and how each of its numbers came about.

Two passes have names here. The one over the samples that every network is looked at on has plain
names (`dense1.z`), its gradients among them. The minibatch that made the last step has names of its
own (`batch.dense1.z`, `batch.dense1.dW`), and from it come the weights.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from engine.data.dataset import Dataset
from engine.explain.explain import explain
from engine.explain.flow import Flow
from engine.explain.ledger import Ledger
from engine.explain.scene import BATCH, Scene
from engine.explain.twins import Twins
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.nn.trainer import Trainer
from engine.snapshot import Array

INPUT = "a coordinate of a sample"
OF_THE_MINIBATCH = ("dW", "db", "loss")
"""What a scene of a training calls plainly, although it is the minibatch's."""


class Moment:
    """One network at one moment.

    Parameters
    ----------
    trainer : Trainer
        Its training.
    copy : Network
        Of the same layers; its weights are overwritten, and kept until the next moment.
    probe : Dataset
        The samples that it is looked at on.
    start : mapping of str to ndarray
        Its parameters at step 0.
    scale : str
        Of the histograms; see `Flow`.
    """

    def __init__(
        self,
        trainer: Trainer,
        copy: Network,
        probe: Dataset,
        *,
        start: Mapping[str, Array],
        scale: str,
    ) -> None:
        self._trainer = trainer
        self._start = start
        self._scale = scale
        copy.theta[...] = trainer.network.theta
        self._pass = copy.at(len(probe), "stage")
        self._pass.forward(probe.x)
        self._pass.loss(probe.y)
        self._pass.backward()

    @cached_property
    def flow(self) -> Flow:
        """The sizes of the signal and of the gradient, and the histograms."""
        return Flow(self._pass, scale=self._scale)

    @cached_property
    def twins(self) -> Twins:
        """How alike the neurons are, and what has moved."""
        layers = [layer.name for layer in self._pass.network.layers]
        return Twins(self._pass.network.parameters(), self._start, layers[::2], layers[1::2])

    @cached_property
    def tensors(self) -> dict[str, Array]:
        """The tensors of the network, by name."""
        return self._pass.tensors()

    @property
    def using(self) -> Pass:
        """The pass over the samples that all networks are looked at on."""
        return self._pass

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number of this network came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor, or no such element.
        """
        for numbers in (self.flow, self.twins):
            if tensor in numbers.arrays:
                return numbers.explain(tensor, index, page=page)
        if tensor.startswith(BATCH) or _is_learned(tensor):
            inside = explain(self._training(), _inside(tensor), index, page=page)
            return inside.renamed(_outside)
        return explain(self._seen(), tensor, index, page=page)

    def _seen(self) -> Scene:
        scene = Scene.of(self._pass)
        return Scene(stage=scene.stage, learned=scene.learned, input_note=INPUT)

    def _training(self) -> Scene:
        trainer = self._trainer
        idle = trainer.network.at(1, "idle")  # the scene has no other numbers under plain names
        passes = idle, trainer.training_pass
        edits = trainer.edits.places
        return Scene.training(*passes, trainer.last_update, input_note=INPUT, edits=edits)


def _is_learned(tensor: str) -> bool:
    """Return whether `tensor` is a parameter, or what an optimizer remembers of one."""
    return tensor.split(".")[1:2] in (["W"], ["b"])


def _inside(tensor: str) -> str:
    """Return what a scene of the training calls a tensor."""
    plain = tensor.removeprefix(BATCH)
    return plain if plain.rpartition(".")[2] in OF_THE_MINIBATCH else tensor


def _outside(tensor: str) -> str:
    """Return what a tensor of a scene of the training is called."""
    return f"{BATCH}{tensor}" if tensor.rpartition(".")[2] in OF_THE_MINIBATCH else tensor


def starts_of(trainers: Sequence[Trainer]) -> list[Mapping[str, Array]]:
    """Return each training's parameters as they are now, kept."""
    return [
        {name: np.array(array) for name, array in one.network.parameters().items()}
        for one in trainers
    ]
