"""The networks of the exhibit `backprop`: what can be set of them, and their descriptions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import EngineError, InvalidValueError
from engine.exhibits.controls import Choice, Control, Option, Slider, Text, Value
from engine.exhibits.points import MOST_SAMPLES, Points, data_controls, open_points
from engine.exhibits.training import INITIALIZER, training_controls
from engine.export.recipe import Recipe
from engine.nn.hidden import describe_hidden, normal_hidden, read_hidden
from engine.nn.network import Network

SETS = (
    *("xor4", "and4", "xor", "and", "moons", "circles", "spirals", "blobs", "iris"),
    *("regression", "drawn", "pasted"),
)
SURE = 6.0
"""Bias of an output that is sure from the start: its sigmoid is 0.9975."""

NETWORK: tuple[Control, ...] = (
    Text(
        name="hidden",
        label="Hidden layers",
        help="Neurons and activation of each, such as 4 tanh, 3 relu; none for no hidden layer.",
        default="3 tanh, 2 tanh",
        normal=normal_hidden,
        effect="reset",
        advanced=True,
    ),
    Choice(
        name="loss",
        label="Loss",
        help="What the network is blamed for; a value is always judged by the squared error.",
        options=(
            Option("ce", "Cross-entropy"),
            Option("mse", "Mean squared error"),
        ),
        default="ce",
        effect="reset",
    ),
    Choice(
        name="output",
        label="Outputs",
        help="For two classes one sigmoid is enough; more than two need an output each.",
        options=(
            Option("one", "One sigmoid, where it is enough"),
            Option("each", "One per class: softmax"),
        ),
        default="one",
        effect="reset",
        advanced=True,
    ),
    replace(
        INITIALIZER,
        options=(*INITIALIZER.options, Option("zeros", "All zero")),
        default="xavier",
    ),
    Choice(
        name="start",
        label="Start",
        help="Whether the output begins undecided, or sure of the last class.",
        options=(Option("drawn", "As drawn"), Option("sure", "Sure of the last class")),
        default="drawn",
        effect="reset",
        advanced=True,
    ),
)

LOOKING: tuple[Control, ...] = (
    Slider(
        name="example",
        label="Example on the stage",
        help="Which of the training points goes through the network.",
        low=0,
        high=MOST_SAMPLES - 1,
        default=3,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
    Choice(
        name="edges",
        label="Lines show",
        help="What is drawn on the lines between the neurons.",
        options=(
            Option("W", "Weights"),
            Option("dW", "Gradients"),
            Option("update", "Last step"),
        ),
        default="W",
        effect="view",
        advanced=True,
    ),
    Choice(
        name="shown",
        label="Below the network",
        help="Which of the panels stands below the network.",
        options=(
            Option("sheet", "Matrices"),
            Option("paths", "Paths"),
            Option("sums", "Minibatch"),
            Option("curve", "Loss curve"),
        ),
        default="paths",
        effect="view",
        advanced=True,
    ),
    Choice(
        name="together",
        label="Paths together",
        help="What is made of the products of all paths.",
        options=(
            Option("open", "?"),
            Option("sum", "Σ added"),
            Option("product", "Π multiplied"),
        ),
        default="sum",
        effect="view",
        advanced=True,
    ),
)


def _training() -> tuple[Control, ...]:
    """Return the controls of the training: a plain step, one example or a few at a time."""
    found: list[Control] = []
    for one in training_controls(learning_rate=0.5, batch_size=4):
        if isinstance(one, Choice) and one.name == "optimizer":
            found.append(replace(one, default="sgd"))
        elif isinstance(one, Slider) and one.name == "batch_size":
            found.append(replace(one, high=MOST_SAMPLES, help="How many points one step looks at."))
        elif one.name == "learning_rate":
            found.append(one)
    return tuple(found)


CONTROLS = (
    *data_controls(*SETS, default="xor4", samples=200, noise=0.05),
    *_training(),
    *NETWORK,
    *LOOKING,
)


def describe(values: Mapping[str, Value], points: Points) -> dict[str, Any]:
    """Return the description of the network that `values` ask for, for these data.

    A value has one linear output and the squared error; two classes have one sigmoid unless one
    output a class is wanted; more classes always have a softmax.
    """
    layers = read_hidden(str(values["hidden"]))
    options = {"initializer": values["initializer"]}
    if points.is_regression:
        units, activation, loss = 1, "linear", "mean_squared_error"
    elif points.outputs == 2 and values["output"] == "one":
        units, activation, loss = 1, "sigmoid", "binary_cross_entropy"
    else:
        units, activation, loss = points.outputs, "softmax", "categorical_cross_entropy"
    if values["loss"] == "mse":
        loss = "mean_squared_error"
    last = {"kind": "dense", "name": f"dense{len(layers) + 1}", "units": units, **options}
    return {
        "input": [points.inputs],
        "layers": [
            *describe_hidden(layers, **options),
            last,
            {"kind": activation, "name": activation},
        ],
        "loss": loss,
    }


def build_network(values: Mapping[str, Value], points: Points, seed: int) -> Network:
    """Return the network before its first step.

    Raises
    ------
    InvalidValueError
        If it cannot be; the text names the layer, the rule and the value.
    """
    try:
        network = Network(describe(values, points), rng=np.random.default_rng([seed, 0]))
    except EngineError as error:
        raise InvalidValueError(f"hidden: {error}") from None
    if values["start"] == "sure" and not points.is_regression:
        parameters = network.parameters()
        parameters[list(parameters)[-1]][-1] = SURE
    return network


def build_recipe(values: Mapping[str, Value], seed: int, library: Library) -> Recipe:
    """Return the training before its first step: what the run does, and what scripts repeat."""
    return recipe_for(open_points(values, seed, library), values, seed)


def recipe_for(points: Points, values: Mapping[str, Value], seed: int) -> Recipe:
    """Return the training on data that are open already."""
    return Recipe(
        network=build_network(values, points, seed),
        train=points.train,
        validation=points.validation,
        optimizer=str(values["optimizer"]),
        learning_rate=float(values["learning_rate"]),
        batch_size=int(values["batch_size"]),
        seed=seed,
    )
