"""Learning a kernel: a picture and its filtered version are given, gradient descent finds it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from engine.data.dataset import Dataset
from engine.exhibits.contract import Event
from engine.exhibits.controls import Value
from engine.exhibits.kernels import KERNELS
from engine.exhibits.training import set_training
from engine.explain.arithmetic import Arithmetic, leaf
from engine.explain.correlation import Kernel, Named, ledger_of, window_sum
from engine.explain.explain import explain
from engine.explain.ledger import Index, Ledger
from engine.explain.scene import Scene
from engine.nn.correlate import Sliding
from engine.nn.network import Network
from engine.nn.trainer import Trainer
from engine.snapshot import Array

ARRAYS = (
    *("conv1.x", "conv1.W", "conv1.b", "conv1.z", "conv1.dW", "conv1.db"),
    *("target", "teacher"),
)
"""What the search publishes."""

LIVE = ("learning_rate", "optimizer")
"""The controls that work while it runs."""

NEAR = 1e-2
"""A kernel no weight of which is further off has been found."""

NOISE = 0.5
"""Standard deviation of the first weights."""


class KernelSearch:
    """One convolution that learns to make the target of the picture.

    Parameters
    ----------
    picture : ndarray of shape (channels, rows, columns)
        Its channels are averaged, and its largest number becomes 1.
    values : mapping of str to value
        `target`, the kernel to find, and the controls of a training.
    seed : int
        Of the first weights.

    Raises
    ------
    InvalidValueError
        If the picture is smaller than the kernel.
    """

    def __init__(self, picture: Array, values: Mapping[str, Value], seed: int) -> None:
        name = str(values["target"])
        kernel = KERNELS[name]
        self._kernel_note = f"the kernel that made the target: {name}"
        x = picture.mean(axis=0, keepdims=True)
        x = (x / (np.abs(x).max() or 1)).astype(np.float32)
        self._sliding = Sliding((x.shape[1], x.shape[2]), len(kernel))
        target = self._sliding.correlate(x.astype(np.float64), kernel[None, None])[0]
        self._x = x[None]
        self._teacher = Kernel("teacher", "k", kernel[None, None], (False, False, True, True))
        self._target = Named.of("target", target.astype(np.float32))
        self._network = Network(
            {
                "input": list(x.shape),
                "layers": [
                    {
                        "kind": "conv2d",
                        "name": "conv1",
                        "filters": 1,
                        "size": len(kernel),
                        "padding": "none",
                        "initializer": {"kind": "gaussian", "scale": NOISE},
                    },
                    {"kind": "flatten", "name": "flatten"},
                ],
                "loss": "mean_squared_error",
            },
            rng=np.random.default_rng([seed, 0]),
        )
        self._trainer = Trainer(
            self._network,
            Dataset(x[None], self._target.array.reshape(1, -1), ()),
            optimizer=str(values["optimizer"]),
            learning_rate=float(values["learning_rate"]),
            batch_size=1,
            seed=seed,
        )
        self._stage = self._network.at(1, "stage")
        self._scalars: dict[str, float] = {"distance": self._distance()}

    @property
    def position(self) -> int:
        """How many steps of gradient descent have been made."""
        return self._trainer.index

    def step(self) -> tuple[Event, ...]:
        """Go one step down the gradient."""
        before = self._distance()
        loss = self._trainer.step().loss
        distance = self._distance()
        self._scalars = {"loss": loss, "distance": distance}
        if distance < NEAR <= before:
            return (Event("found", {"step": self.position, "distance": distance}, pauses=True),)
        return ()

    def scalars(self) -> dict[str, float]:
        """Return the loss before the last step, the furthest weight's distance, what there is."""
        there = {"windows": self._target.array.size, "weights": self._teacher.array.size}
        return self._scalars | there

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate or the optimizer."""
        set_training(self._trainer, {name: values[name] for name in LIVE if name in values})

    def arrays(self, names: Collection[str]) -> dict[str, Array]:
        """Return those of `ARRAYS` that are among `names`."""
        self._stage.forward(self._x)
        available = self._stage.tensors() | self._network.gradients()
        available |= {"target": self._target.array, "teacher": self._teacher.shown}
        return {name: available[name] for name in ARRAYS if name in names}

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of the search, or of what it is given."""
        if tensor == "teacher":
            full, value = self._teacher.element(index)
            note = leaf("given", "k", value, self._kernel_note)
            return ledger_of(self._teacher, full, note, page=page)
        if tensor == "target":
            (i, j), _ = self._target.element(index)
            return ledger_of(self._target, (i, j), self._target_sum(i, j, page), page=page)
        self._stage.forward(self._x)
        passes = self._stage, self._trainer.training_pass
        scene = Scene.training(
            *passes, self._trainer.last_update, input_note="a pixel, from 0 to 1"
        )
        return explain(scene, tensor, index, page=page)

    def save(self) -> dict[str, Array]:
        """Return the state of the training."""
        scalars = [self._scalars.get(name, np.nan) for name in ("loss", "distance")]
        return {**self._trainer.save(), "scalars": np.array(scalars)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._trainer.load(state)
        pairs = zip(("loss", "distance"), state["scalars"].tolist(), strict=True)
        self._scalars = {name: value for name, value in pairs if np.isfinite(value)}

    def _distance(self) -> float:
        """Return how far the furthest weight is from the kernel to find."""
        learned = self._network.parameters()["conv1.W"]
        return float(np.abs(learned - self._teacher.array).max())

    def _target_sum(self, i: int, j: int, page: int) -> Arithmetic:
        """Explain an element of the target: the picture's window times the kernel to find."""
        x = _OneOfABatch("conv1.x", "x", self._x[0], (True, True, True))
        one = slice(0, 1)
        arithmetic = window_sum(
            self._sliding, x, self._teacher, (0, i, j), channels=one, bias=None, page=page
        )
        n = self._sliding.size
        return replace(arithmetic, code=f"(x[0, 0, {i}:{i + n}, {j}:{j + n}] * k).sum()")


class _OneOfABatch(Named):
    """The one picture of a batch, whose elements are named with the batch's axis."""

    def index(self, full: Index) -> Index:
        """Return an index in the batch."""
        return 0, *full
