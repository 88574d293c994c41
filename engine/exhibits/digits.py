"""A convolutional network learns to read handwritten digits.

Longer than other files: an exhibit is one file, and this one declares a dozen controls.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from engine.data.drawing import centre
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Value
from engine.exhibits.drawings import SHOWN, read_drawing
from engine.exhibits.edits import EDIT, edit
from engine.exhibits.opened import OpenedTraining
from engine.exhibits.questions import Solution, judge
from engine.exhibits.training import (
    ACTIVATION,
    INITIALIZER,
    recipe_of,
    set_training,
    training_controls,
)
from engine.explain.explain import explain
from engine.explain.ledger import Ledger
from engine.explain.moments import OpenStep
from engine.explain.nudge import nudge, read_nudge
from engine.explain.scene import STAGE_LOSS, Scene
from engine.explain.simple import Operand, count, element, given, response
from engine.export.recipe import Recipe
from engine.nn.network import Network
from engine.snapshot import Array, Snapshot, freeze

VALIDATION_SIZE = {"digits": 360, "mnist": 1000}
VALIDATE_EVERY = {"digits": 10, "mnist": 25}
"""Steps between two looks at the validation images."""

WALL = 18
"""The most misread images that are published."""

PATCHES = 9
"""How many of a filter's favourite patches are published."""

PATCH_IMAGES = 64
"""The validation images among which a filter's favourite patches are looked for."""

PIXEL = "a pixel of the picture"

NETWORK_TENSORS = (
    *("conv1.x", "conv1.W", "conv1.b", "conv1.z", "act1.a", "pool1.y"),
    *("conv2.W", "conv2.b", "conv2.z", "act2.a", "pool2.y"),
    *("flatten.y", "dense1.W", "dense1.b", "dense1.z", "softmax.a"),
)
"""Parameters, and what the image on the stage makes of them."""

GRADIENTS = ("conv1.dW", "conv1.db", "conv2.dW", "conv2.db", "dense1.dW", "dense1.db")
"""Of the minibatch that made the last step, at the parameters before it."""

MISTAKES = ("misread.x", "misread.label", "misread.said", "misread.example", "confusion")
"""The first misread validation images, and how often each class (row) is read as each (column)."""

PATCH_ARRAYS = ("patches.filter", "patches.x", "patches.z")
"""The filter looked at, the patches that excite it most, and what it computes from them."""

OF_VALIDATION = {
    "misread.x": PIXEL,
    "misread.label": "the class that the image has",
    "misread.said": "the class with the greatest share for this image",
    "misread.example": "the number of the image among the validation images",
    "confusion": "",
    "label": "the class of the image on the stage; −1 for a drawing",
    "patches.filter": "the filter whose patches are shown, counted from 0",
    "patches.x": PIXEL,
    "patches.z": "",
}
"""What is published of the validation images, and what a number of it is."""

SCALARS = ("loss", "accuracy", "val_loss", "val_accuracy", "misread", "epoch")

CONTROLS = (
    *training_controls(learning_rate=0.008),
    Choice(
        name="data",
        label="Images",
        help="What the network learns to read.",
        options=(
            Option("digits", "8×8 digits (1,797)"),
            Option("mnist", "28×28 MNIST", dataset="mnist"),
        ),
        default="digits",
        effect="reset",
    ),
    Choice(
        name="filters",
        label="Filters",
        help="How many filters the first and the second convolution have.",
        options=(Option("4", "4 and 8"), Option("8", "8 and 16"), Option("12", "12 and 24")),
        default="8",
        effect="reset",
        advanced=True,
    ),
    Choice(
        name="kernel_size",
        label="Kernel size",
        help="The side of the square of weights that slides over the image.",
        options=(Option("3", "3×3"), Option("5", "5×5")),
        default="3",
        effect="reset",
        advanced=True,
    ),
    ACTIVATION,
    Choice(
        name="pooling",
        label="Pooling",
        help="Which number stands for a square of four.",
        options=(Option("max_pool2d", "Maximum"), Option("avg_pool2d", "Average")),
        default="max_pool2d",
        effect="reset",
        advanced=True,
    ),
    INITIALIZER,
    Slider(
        name="example",
        label="Image on the stage",
        help="Which of the validation images, which the network never trains on, is shown.",
        low=0,
        high=VALIDATION_SIZE["digits"] - 1,
        default=3,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
    SHOWN,
    Slider(
        name="filter",
        label="Filter looked at",
        help="The filter of the first convolution whose favourite patches are shown.",
        low=0,
        high=11,
        default=0,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
)


def describe_network(values: Mapping[str, Value], image: tuple[int, ...]) -> dict[str, Any]:
    """Return the network's description: two convolutions with pooling, then a dense layer."""
    filters = int(values["filters"])
    convolution = {
        "kind": "conv2d",
        "size": int(values["kernel_size"]),
        "padding": "same",
        "initializer": values["initializer"],
    }
    activation = {"kind": values["activation"]}
    pooling = {"kind": values["pooling"], "size": 2, "stride": 2}
    return {
        "input": list(image),
        "layers": [
            {**convolution, "name": "conv1", "filters": filters},
            {**activation, "name": "act1"},
            {**pooling, "name": "pool1"},
            {**convolution, "name": "conv2", "filters": 2 * filters},
            {**activation, "name": "act2"},
            {**pooling, "name": "pool2"},
            {"kind": "flatten", "name": "flatten"},
            {"kind": "dropout", "name": "dropout", "rate": values["dropout"]},
            {
                "kind": "dense",
                "name": "dense1",
                "units": 10,
                "initializer": values["initializer"],
            },
            {"kind": "softmax", "name": "softmax"},
        ],
        "loss": "categorical_cross_entropy",
    }


def build_recipe(values: Mapping[str, Value], seed: int, library: Library) -> Recipe:
    """Return the training before its first step: what the run does, and what scripts repeat."""

    def network(image: tuple[int, ...]) -> Network:
        return Network(describe_network(values, image), rng=np.random.default_rng([seed, 0]))

    return recipe_of(values, seed, library, validation_size=VALIDATION_SIZE, network=network)


class DigitsRun:
    """Training, one minibatch a step, with one image on the stage.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the split, the initial weights, the order of the images and dropout.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._data = str(values["data"])
        recipe = build_recipe(values, seed, library)
        self._network = recipe.network
        self._trainer = recipe.trainer(validate_every=VALIDATE_EVERY[self._data])
        assert recipe.validation is not None
        self._validation = recipe.validation
        self._stage = self._network.at(1, "stage")
        self._opened = OpenedTraining(self._trainer, self._stage, input_note=PIXEL)
        self._filter_gradient = self._network.gradients()["conv1.dW"]
        self._drawing = np.zeros((1, *self._network.input_shape), np.float32)
        self._windows = _windows(self._validation.x[:PATCH_IMAGES], int(values["kernel_size"]))
        self._patches: dict[str, Array] = {}
        self._patches_of: tuple[int, bytes, float] | None = None
        """The filter, its weights and its bias for which `_patches` were found."""
        self._scalars: dict[str, float] = {"epoch": 0.0}
        self._trainer.validate()
        self._look_at_validation()
        self._untrained = self._scalars["val_accuracy"]
        self._outdated = False  # whether the last look was before a weight was set by hand
        self._questions = {"untrained": self._untrained_accuracy, "pooled": self._pooled_size}

    @property
    def position(self) -> int:
        """How many minibatches have been learned from."""
        return self._trainer.index

    def step(self) -> tuple[Event, ...]:
        """Learn from one minibatch."""
        self._catch_up()
        alive = self.position == 0 or self._filter_gradient.any()
        step = self._trainer.step()
        self._scalars |= {"loss": step.loss, "accuracy": step.accuracy, "epoch": float(step.epoch)}
        if step.val_loss is not None:
            self._look_at_validation()
        return self._died() if alive and not self._filter_gradient.any() else ()

    def scalars(self) -> Mapping[str, float]:
        """Return `loss` and `accuracy` of the minibatch, `val_loss`, `val_accuracy`, `epoch`."""
        self._catch_up()
        return self._scalars

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the network with the image on the stage in it, and its mistakes."""
        self._catch_up()
        self._stage.forward(self._image())
        available = self._stage.tensors() | self._network.gradients() | self._mistakes
        wanted = [name for name in EXHIBIT.publishes if names is None or name in names]
        if inside := self._opened.inside():
            available |= inside.tensors()
            wanted += [name for name in inside.made if name not in wanted]
        available["label"] = inside.label if inside else self._label()
        if any(name.startswith("patches.") for name in wanted):
            available |= self._favourite_patches()
        return freeze(self.position, self._scalars, {name: available[name] for name in wanted})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of the network, of the minibatch, or of its mistakes."""
        if tensor in OF_VALIDATION:
            self._catch_up()
            inside = self._opened.inside()
            available = self._mistakes | {"label": inside.label if inside else self._label()}
            if tensor.startswith("patches."):
                available |= self._favourite_patches()
            return self._explain_validation(tensor, index, available[tensor], page)
        if inside := self._opened.inside():
            return inside.ledger(tensor, index, page=page)
        scene = self._scene()
        if tensor == STAGE_LOSS and not scene.judged:
            raise InvalidValueError(f"{tensor}: expected an image with a label, got a drawing")
        return explain(scene, tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change what holds from the next step on, or what is looked at."""
        self._values |= values
        set_training(self._trainer, values)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Set a weight (`edit`), take a drawing (`draw`), `judge` a prediction, or `nudge`."""
        if name == EDIT:
            edited = edit(self._trainer, args)
            self._outdated = True
            return (edited,)
        if name == "nudge":
            return (self._nudge(args),)
        if name == "judge":
            return (judge(self._questions, args),)
        self._drawing[0] = centre(read_drawing(args), like=self._data)
        return ()

    @property
    def moment_count(self) -> int:
        """How many moments a minibatch opens up into."""
        return self._opened.moment_count

    def open_step(self) -> OpenStep | None:
        """Return the last minibatch, opened up; None before the first."""
        return self._opened.open_step()

    def look_inside(self, moment: int | None, sample: int = 0) -> None:
        """Show the stage at a moment of the last minibatch, with one of its images."""
        self._opened.look_inside(moment, sample)

    def save(self) -> dict[str, Array]:
        """Return the state of the training."""
        self._catch_up()
        scalars = np.array([self._scalars.get(name, np.nan) for name in SCALARS])
        return {**self._trainer.save(), "scalars": scalars}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._trainer.load(state)
        self._look_at_validation()
        self._outdated = False
        pairs = zip(SCALARS, state["scalars"].tolist(), strict=True)
        self._scalars = {name: value for name, value in pairs if np.isfinite(value)}

    def _image(self) -> Array:
        """Return the image on the stage, of shape (1, 1, rows, columns)."""
        if self._values["shown"] == "drawing":
            return self._drawing
        example = int(self._values["example"])
        return self._validation.x[example : example + 1]

    def _label(self) -> Array:
        """Return the class of the image on the stage, −1 for a drawing."""
        if self._values["shown"] == "drawing":
            return np.array([-1], np.int32)
        example = int(self._values["example"])
        return self._validation.y[example : example + 1]

    def _catch_up(self) -> None:
        """Look at the validation images once more if a weight was set by hand since.

        Not at once: many weights may be set at one step of a run that is made again.
        """
        if self._outdated:
            self._outdated = False
            self._trainer.validate()
            self._look_at_validation()

    def _look_at_validation(self) -> None:
        """Find out what the trainer's last look at the validation images says."""
        outputs, truth = self._trainer.validation_outputs, self._validation.y
        said = outputs.argmax(axis=1).astype(np.int32)
        wrong = np.flatnonzero(said != truth)[:WALL].astype(np.int32)
        confusion = np.zeros((10, 10), np.int32)
        np.add.at(confusion, (truth, said), 1)
        self._mistakes = {
            "misread.x": self._validation.x[wrong],
            "misread.label": truth[wrong],
            "misread.said": said[wrong],
            "misread.example": wrong,
            "confusion": confusion,
        }
        self._scalars |= {
            "val_loss": self._trainer.val_loss,
            "val_accuracy": float((said == truth).mean()),
            "misread": float((said != truth).sum()),
        }

    def _favourite_patches(self) -> dict[str, Array]:
        """Find the patches that excite the filter looked at the most, at most one an image."""
        parameters = self._parameters()
        weights, biases = parameters["conv1.W"], parameters["conv1.b"]
        chosen = min(int(self._values["filter"]), len(weights) - 1)  # there may be fewer now
        key = chosen, weights[chosen].tobytes(), float(biases[chosen])
        if key == self._patches_of:
            return self._patches
        responses = self._windows @ weights[chosen].ravel()  # (images, positions)
        best = responses.max(axis=1)
        images = np.argsort(-best, kind="stable")[:PATCHES]
        patches = self._windows[images, responses[images].argmax(axis=1)]
        self._patches_of = key
        self._patches = {
            "patches.filter": np.array([chosen], np.int32),
            "patches.x": patches.reshape(len(images), *weights.shape[1:]),
            "patches.z": best[images] + biases[chosen],
        }
        return self._patches

    def _parameters(self) -> dict[str, Array]:
        """Return the parameters on the stage."""
        inside = self._opened.inside()
        return inside.parameters() if inside else self._network.parameters()

    def _died(self) -> tuple[Event, ...]:
        """Say which layer was silent for the whole minibatch, so that no gradient passed it."""
        tensors = self._trainer.training_pass.tensors()
        silent = [name for name in ("act1.a", "act2.a") if not tensors[name].any()]
        if not silent:  # nothing was left to learn: the loss is 0
            return ()
        data = {
            "tensor": silent[0],
            "step": self.position,
            "images": len(tensors["act1.a"]),
            "learning_rate": self._trainer.learning_rate,
            "last_alive": self.position - 1,
        }
        return (Event("died", data, pauses=True),)

    def _judge_stage(self) -> bool:
        """Compute the image on the stage and, if it has a label, its own loss."""
        self._stage.forward(self._image())
        label = self._label()
        judged = bool(label[0] >= 0)
        if judged:
            self._stage.loss(label)
        return judged

    def _scene(self) -> Scene:
        trainer = self._trainer
        passes = self._stage, trainer.training_pass
        return Scene.training(
            *passes,
            trainer.last_update,
            input_note=PIXEL,
            edits=trainer.edits.places,
            judged=self._judge_stage(),
        )

    def _nudge(self, args: Mapping[str, Any]) -> Event:
        """Compare a gradient with what a nudged parameter does to the minibatch's loss."""
        tensor, index, eps = read_nudge(args)
        exact = Network(
            describe_network(self._values, self._network.input_shape),
            rng=np.random.default_rng(0),  # its weights are overwritten
            dtype=np.float64,
        )
        return Event("nudged", asdict(nudge(self._scene(), exact, tensor, index, eps=eps)))

    def _explain_validation(
        self, tensor: str, index: tuple[int, ...], array: Array, page: int
    ) -> Ledger:
        """Explain what was found out about the validation images, or is known of them."""
        if tensor == "confusion":
            index, _ = element(tensor, array, index)
            said = self._trainer.validation_outputs.argmax(axis=1)
            images = np.flatnonzero((self._validation.y == index[0]) & (said == index[1]))
            return count(tensor, index, images, "images of this class that are read so", page=page)
        if tensor == "patches.z":
            (place,), _ = element(tensor, array, index)
            weights = self._parameters()
            chosen = min(int(self._values["filter"]), len(weights["conv1.W"]) - 1)
            return response(
                Operand("patches.x", self._favourite_patches()["patches.x"], place),
                Operand("conv1.W", weights["conv1.W"], chosen),
                Operand("conv1.b", weights["conv1.b"], chosen),
                float(array[place]),
                page=page,
            )
        return given(tensor, array, index, OF_VALIDATION[tensor])

    def _untrained_accuracy(self) -> Solution:
        options = {"tenth": 0.1, "half": 0.5, "most": 0.9}
        nearest = min(options, key=lambda name: abs(options[name] - self._untrained))
        right = round(self._untrained * len(self._validation))
        return Solution(
            nearest,
            f"With its initial weights it reads {right} of the {len(self._validation)} validation "
            f"images: {100 * self._untrained:.1f} %. Guessing one of ten classes gives 10 % on "
            "average.",
        )

    def _pooled_size(self) -> Solution:
        tensors = self._stage.tensors()
        rows, columns = tensors["pool1.y"].shape[2:]
        before = tensors["act1.a"].shape[2:]
        return Solution(
            rows * columns,
            f"{before[0]}×{before[1]} numbers fall into {rows}×{columns} squares of four; "
            f"each keeps one number, so {rows * columns} are left.",
        )


def _windows(images: Array, size: int) -> Array:
    """Return every window of a `size`×`size` filter with padding "same".

    Parameters
    ----------
    images : ndarray of shape (images, 1, rows, columns)

    Returns
    -------
    ndarray of shape (images, rows × columns, size × size)
    """
    side = size // 2
    padded = np.pad(images[:, 0], ((0, 0), (side, side), (side, side)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return windows.reshape(len(images), -1, size * size).copy()


EXHIBIT = Exhibit(
    slug="digits",
    title="A network learns to read",
    hall="vision",
    promise="You will know what a convolutional network keeps, drops and learns on the way from "
    "pixels to an answer.",
    controls=CONTROLS,
    publishes=(*NETWORK_TENSORS, *GRADIENTS, *MISTAKES, *PATCH_ARRAYS, "label"),
    build=DigitsRun,
    actions=(EDIT,),
    view_actions=("draw",),
    questions=("judge", "nudge"),
    history=("loss", "accuracy", "val_loss", "val_accuracy"),
    rate=120.0,
    recipe=build_recipe,
)
