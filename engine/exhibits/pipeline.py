"""From pixels to an answer: one picture on its way through a network that people put together.

Any number of any layer can be picked: what it has seen of the picture, and what it can still
change, is lit. The network trains, one minibatch a step.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from math import prod
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import EngineError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Text, Value
from engine.exhibits.questions import Solution, judge
from engine.exhibits.training import recipe_of, set_training, training_controls
from engine.explain.arithmetic import constant, times
from engine.explain.explain import explain
from engine.explain.ledger import Factor, Ledger, Term
from engine.explain.nudge import nudge, read_nudge
from engine.explain.scene import Scene, element
from engine.explain.simple import given, sum_of
from engine.export.recipe import Recipe
from engine.nn.conv import Conv2D
from engine.nn.dense import Dense
from engine.nn.layer import Layer, ParameterLayer
from engine.nn.network import Network
from engine.nn.receptive import connected, field_sides, signal_shapes
from engine.nn.shorthand import read_layers, write_layers
from engine.nn.signal import spell
from engine.snapshot import Array, Snapshot, freeze

LAYERS = "conv8k3-relu-max2-conv16k3-relu-max2-flatten-dense10-softmax"
CLASSES = 10

MOST_LAYERS = 16
MOST_PARAMETERS = 60_000
MOST_NUMBERS = 30_000
MOST_PRODUCTS = 800_000
"""Caps of this exhibit: a step of such a network takes a few hundredths of a second."""

VALIDATION_SIZE = {"digits": 360, "mnist": 500}
VALIDATE_EVERY = {"digits": 10, "mnist": 50}

PIXEL = "a pixel of the picture"

COUNTS = ("numbers", "parameters", "side")
"""What is counted of each signal, in the order of the columns of `layers.counts`."""

OF_THE_LOOK = {
    "label": "the class of the picture on the stage",
    "lit.signal": "which signal the picked number is of: 0 the input, n the n-th layer's output; "
    "−1 where none is picked",
    "lit.places": "the place of a lit number in its own signal, counted in the usual order",
    "lit.starts": "where in lit.places the places of a signal begin",
    "lit.count": "how many numbers of a signal are lit",
}
"""What is published beside the network's tensors, and what a number of it is."""

TRAINING = tuple(one for one in training_controls(learning_rate=0.01) if one.name != "dropout")

CONTROLS = (
    Text(
        name="layers",
        label="Layers",
        help="The network as one line; the table on the stage writes it.",
        default=LAYERS,
        normal=lambda text: write_layers(read_layers(text)),
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="example",
        label="Picture",
        help="Which of the validation pictures, which the network never trains on, is shown.",
        low=0,
        high=VALIDATION_SIZE["digits"] - 1,
        default=3,
        integer=True,
        step=1,
        effect="view",
    ),
    *TRAINING,
    Choice(
        name="data",
        label="Pictures",
        help="What goes in.",
        options=(
            Option("digits", "8×8 digits (1,797)"),
            Option("mnist", "28×28 MNIST", dataset="mnist"),
        ),
        default="digits",
        effect="reset",
        advanced=True,
    ),
)


def describe_network(line: str, image: tuple[int, ...]) -> dict[str, Any]:
    """Return the network's description."""
    return {
        "input": list(image),
        "layers": read_layers(line),
        "loss": "categorical_cross_entropy",
    }


def build_network(line: str, image: tuple[int, ...], seed: int) -> Network:
    """Return the network that a line names.

    Raises
    ------
    InvalidValueError
        If it cannot be; the text names the layer, the rule and the value.
    """
    try:
        description = describe_network(line, image)
        count = len(description["layers"])
        if count > MOST_LAYERS:
            raise InvalidValueError(f"network: expected at most {MOST_LAYERS} layers, got {count}")
        network = Network(description, rng=np.random.default_rng([seed, 0]))
        _check_end(network)
        _check_size(network)
    except EngineError as error:
        raise InvalidValueError(f"layers: {error}") from None
    return network


def _check_end(network: Network) -> None:
    last = network.layers[-1]
    if last.kind != "softmax" or last.output_shape != (CLASSES,):
        raise InvalidValueError(
            f"{last.name}: expected a softmax of {CLASSES} at the end, a share for each digit, "
            f"got {last.kind} of {spell(last.output_shape)}"
        )


def _check_size(network: Network) -> None:
    parameters = network.theta.size
    if parameters > MOST_PARAMETERS:
        raise InvalidValueError(
            f"network: expected at most {MOST_PARAMETERS} parameters, got {parameters}"
        )
    numbers = sum(prod(layer.output_shape) for layer in network.layers)
    if numbers > MOST_NUMBERS:
        raise InvalidValueError(
            f"network: expected at most {MOST_NUMBERS} numbers for one picture, got {numbers}"
        )
    learning = (one for one in network.layers if isinstance(one, ParameterLayer))
    products = sum(prod(one.output_shape) * prod(one.views.W.shape[1:]) for one in learning)
    if products > MOST_PRODUCTS:
        raise InvalidValueError(
            f"network: expected at most {MOST_PRODUCTS} products of a weight and a number for one "
            f"picture, got {products}"
        )


def build_recipe(values: Mapping[str, Value], seed: int, library: Library) -> Recipe:
    """Return the training before its first step: what the run does, and what scripts repeat."""

    def network(image: tuple[int, ...]) -> Network:
        return build_network(str(values["layers"]), image, seed)

    return recipe_of(values, seed, library, validation_size=VALIDATION_SIZE, network=network)


class PipelineRun:
    """Training, one minibatch a step, with one picture on the stage.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the split, the initial weights and the order of the pictures.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        recipe = build_recipe(values, seed, library)
        self._network = recipe.network
        self._trainer = recipe.trainer(validate_every=VALIDATE_EVERY[str(values["data"])])
        assert recipe.validation is not None
        self._validation = recipe.validation
        self._stage = self._network.at(1, "stage")
        self._signals = self._names_of_signals()
        self._look: tuple[str, tuple[int, ...]] | None = None
        self._trainer.validate()
        self._scalars: dict[str, float] = {"epoch": 0.0}
        self._see_validation()
        self._questions = {"field": self._field, "parameters": self._most_parameters}

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
        """Return every layer's output for the picture, what is counted, and what is lit."""
        self._stage.forward(self._picture())
        tensors = self._stage.tensors()
        available = {name: tensors[name] for name in self._signals} | self._beside()
        found = {name: array for name, array in available.items() if names is None or name in names}
        return freeze(self.position, self._scalars, found)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of the network, or of what is counted."""
        if tensor == "layers.counts":
            return self._count_ledger(index)
        if tensor in OF_THE_LOOK:
            return given(tensor, self._beside()[tensor], index, OF_THE_LOOK[tensor])
        self._stage.forward(self._picture())
        return explain(self._scene(), tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change what holds from the next step on, or what is looked at."""
        self._values |= values
        set_training(self._trainer, values)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Light what belongs to a number (`look`), `judge` a prediction, or `nudge` a parameter.

        A look at a number that this network does not have lights nothing: it is kept for when the
        layers are as they were.
        """
        if name == "judge":
            return (judge(self._questions, args),)
        if name == "nudge":
            return (self._nudge(args),)
        self._look = _read_look(args)
        return ()

    def save(self) -> dict[str, Array]:
        """Return the state of the training."""
        scalars = np.array([self._scalars.get(name, np.nan) for name in SCALARS])
        return {**self._trainer.save(), "scalars": scalars}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._trainer.load(state)
        pairs = zip(SCALARS, state["scalars"].tolist(), strict=True)
        self._scalars = {name: value for name, value in pairs if np.isfinite(value)}

    def _names_of_signals(self) -> list[str]:
        """Return the tensors that go from layer to layer: the input, then each layer's output."""
        layers = zip(self._network.layers, self._stage.layers, strict=True)
        outputs = [f"{layer.name}.{one.out_name}" for layer, one in layers]
        return [f"{self._network.layers[0].name}.x", *outputs]

    def _picture(self) -> Array:
        example = int(self._values["example"])
        return self._validation.x[example : example + 1]

    def _beside(self) -> dict[str, Array]:
        """Return what is counted of the layers, and what is lit."""
        layers = self._network.layers
        signal, place = self._looked()
        masks = [np.zeros(shape, bool) for shape in signal_shapes(layers)]
        if signal >= 0:
            masks = connected(layers, signal, place)
        places = [np.flatnonzero(mask).astype(np.int32) for mask in masks]
        counts = np.array([len(one) for one in places], np.int32)
        example = int(self._values["example"])
        return {
            "layers.counts": self._counts(),
            "label": self._validation.y[example : example + 1],
            "lit.signal": np.array([signal], np.int32),
            "lit.places": np.concatenate(places),
            "lit.starts": np.concatenate([[0], counts.cumsum()]).astype(np.int32),
            "lit.count": counts,
        }

    def _looked(self) -> tuple[int, tuple[int, ...]]:
        """Return the signal and the place of the picked number; −1 if this network has none."""
        if self._look is None or self._look[0] not in self._signals:
            return -1, ()
        tensor, index = self._look
        signal = self._signals.index(tensor)
        shape = signal_shapes(self._network.layers)[signal]
        fits = len(index) == len(shape) + 1 and index[0] == 0
        if not fits or any(at >= n for at, n in zip(index[1:], shape, strict=True)):
            return -1, ()
        return signal, index[1:]

    def _counts(self) -> Array:
        """Return `COUNTS` of each signal, of shape (signals, counts)."""
        sides = field_sides(self._network.layers)
        shapes = signal_shapes(self._network.layers)
        rows = []
        for number, (shape, (before, more, jump)) in enumerate(zip(shapes, sides, strict=True)):
            layer = self._network.layers[number - 1] if number else None
            learned = layer.parameter_count if isinstance(layer, ParameterLayer) else 0
            rows.append((prod(shape), learned, before + more * jump))
        return np.array(rows, np.int32)

    def _count_ledger(self, index: tuple[int, ...]) -> Ledger:
        index, _ = element("layers.counts", self._counts(), index)
        number, counted = index[0], COUNTS[index[1]]
        layers = self._network.layers
        layer = layers[number - 1] if number else None
        shape = signal_shapes(layers)[number]
        if counted == "numbers":
            names = ("maps", "rows", "columns") if len(shape) == 3 else ("features",)
            terms: tuple[Term, ...] = (_product(dict(zip(names, shape, strict=True))),)
            note = f"The output of {layer.name}." if layer else "The picture."
        elif counted == "parameters":
            terms = _parameter_terms(layer)
            note = "" if terms else "Nothing is learned here."
        else:
            before, more, jump = field_sides(layers)[number]
            terms = (constant(r"\mathrm{before}", float(before)),)
            if more:
                terms += (_product({"window less one": more, "jump": jump}),)
            note = (
                "Rows of the picture that one of its numbers looks at, the border not heeded: the "
                "side before, and the window less one times the distance of two neighbours."
            )
        if not terms:
            return given("layers.counts", self._counts(), index, note)
        products = (" * ".join(f"{one.value:g}" for one in term.factors) for term in terms)
        return sum_of("layers.counts", index, terms, note, code=" + ".join(products))

    def _see_validation(self) -> None:
        self._scalars |= {
            "val_loss": self._trainer.val_loss,
            "val_accuracy": self._trainer.val_accuracy,
        }

    def _scene(self) -> Scene:
        trainer = self._trainer
        passes = self._stage, trainer.training_pass
        return Scene.training(
            *passes, trainer.last_update, input_note=PIXEL, edits=trainer.edits.places
        )

    def _nudge(self, args: Mapping[str, Any]) -> Event:
        """Compare a gradient with what a nudged parameter does to the minibatch's loss."""
        tensor, index, eps = read_nudge(args)
        exact = Network(
            describe_network(str(self._values["layers"]), self._network.input_shape),
            rng=np.random.default_rng(0),  # its weights are overwritten
            dtype=np.float64,
        )
        return Event("nudged", asdict(nudge(self._scene(), exact, tensor, index, eps=eps)))

    def _field(self) -> Solution:
        layers = self._network.layers
        second = [at for at, one in enumerate(layers, start=1) if isinstance(one, Conv2D)][1:2]
        if not second:
            raise InvalidValueError("field: expected a second convolution, this network has none")
        signal = second[0]
        shape = signal_shapes(layers)[signal]
        middle = shape[1] // 2, shape[2] // 2
        pixels = int(connected(layers, signal, (0, *middle))[0].any(axis=0).sum())
        before, more, jump = field_sides(layers)[signal]
        side = before + more * jump
        return Solution(
            side,
            f"A number before it looks at a square of {before}, the window reaches {more} further, "
            f"and two neighbours are {jump} apart: {before} + {more} · {jump} = {side}. Where the "
            f"square hangs over the border, fewer pixels count: {pixels} for the number in row "
            f"{middle[0] + 1}, column {middle[1] + 1}.",
        )

    def _most_parameters(self) -> Solution:
        learning = [one for one in self._network.layers if isinstance(one, ParameterLayer)]
        most = max(learning, key=lambda layer: layer.parameter_count)
        listed = ", ".join(f"{one.name} {one.parameter_formula}" for one in learning)
        return Solution(
            most.name, f"{most.name} has {most.parameter_count}. What each learns: {listed}."
        )


SCALARS = ("loss", "accuracy", "val_loss", "val_accuracy", "epoch")


def _product(factors: Mapping[str, int]) -> Term:
    return times(*(Factor(rf"\text{{{name}}}", float(n)) for name, n in factors.items()))


def _parameter_terms(layer: Layer | None) -> tuple[Term, ...]:
    """Return the products that add up to a layer's parameters; none for a layer without."""
    if isinstance(layer, Conv2D):
        weights = {"filters": layer.filters, "maps before": layer.channels}
        kernel = {"kernel rows": layer.size, "kernel columns": layer.size}
        return _product({**weights, **kernel}), _product({"biases": layer.filters})
    if isinstance(layer, Dense):
        weights = {"units": layer.units, "inputs": layer.input_shape[0]}
        return _product(weights), _product({"biases": layer.units})
    return ()


def _read_look(args: Mapping[str, Any]) -> tuple[str, tuple[int, ...]]:
    tensor, index = args.get("tensor"), args.get("index")
    if not isinstance(tensor, str):
        raise InvalidValueError(f"look: tensor: expected a name, got {tensor!r}")
    whole = isinstance(index, list) and all(type(at) is int and at >= 0 for at in index)
    if not isinstance(index, list) or not whole:
        raise InvalidValueError(f"look: index: expected whole numbers from 0, got {index!r}")
    return tensor, tuple(index)


EXHIBIT = Exhibit(
    slug="pipeline",
    title="From pixels to an answer",
    hall="vision",
    promise="You will be able to say of any number in a convolutional network which pixels it has "
    "seen, what it can still change, and how many parameters each layer costs.",
    controls=CONTROLS,
    publishes=("layers.counts", *OF_THE_LOOK),
    families=("*.x", "*.z", "*.a", "*.y"),
    build=PipelineRun,
    view_actions=("look", "judge"),
    questions=("nudge",),
    history=("loss", "val_accuracy"),
    rate=20.0,
    recipe=build_recipe,
)
