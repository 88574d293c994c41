"""The networks whose loss surface is looked at, and what they learn from."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.exhibits.controls import Choice, Option, Value
from engine.exhibits.training import recipe_of
from engine.export.recipe import Recipe
from engine.nn.network import Network

VALIDATION_SIZE = {"moons": 100, "circles": 100, "xor": 100, "spirals": 100, "digits": 360}
"""Samples that training does not see."""

MEASURED = 256
"""The most samples over which the surface's loss is taken."""

SMALL_WIDTH = 16
"""Units of both hidden layers of the small network."""

WIDTH, BLOCKS = 8, 8
"""Units of each hidden layer of a deep network, and how many of them stand one upon another."""

MAPS, MAP_BLOCKS = 6, 4
"""Maps of each convolution of a deep network of pictures, and how many convolutions."""

DATA = Choice(
    name="data",
    label="Data",
    help="What the network learns to tell apart.",
    options=(
        Option("moons", "Two moons"),
        Option("circles", "Two circles"),
        Option("xor", "Four squares (XOR)"),
        Option("spirals", "Two spirals"),
        Option("digits", "8×8 digits"),
    ),
    default="moons",
    effect="reset",
)

NETWORK = Choice(
    name="network",
    label="Network",
    help="Small, or deep: then without or with a way past each layer.",
    options=(
        Option("small", "Small"),
        Option("deep", "Deep, plain"),
        Option("residual", "Deep, residual"),
    ),
    default="small",
    effect="reset",
)


def describe(kind: str, data: Dataset) -> dict[str, Any]:
    """Return the description of the network `kind` for this data."""
    pictures = data.x.ndim == 4
    layers = (_of_pictures if pictures else _of_points)(kind, len(data.classes))
    return {
        "input": list(data.x.shape[1:]),
        "layers": layers,
        "loss": "categorical_cross_entropy",
    }


def _of_points(kind: str, classes: int) -> list[dict[str, Any]]:
    if kind == "small":
        hidden = [*_dense(1, SMALL_WIDTH), *_dense(2, SMALL_WIDTH)]
        last = 3
    else:
        hidden = _dense(1, WIDTH)
        for number in range(2, BLOCKS + 2):
            hidden += _dense(number, WIDTH) + _way_past(kind, number)
        last = BLOCKS + 2
    return [*hidden, *_end(last, classes)]


def _of_pictures(kind: str, classes: int) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = [
        *_convolution(1),
        {"kind": "max_pool2d", "name": "pool1", "size": 2, "stride": 2},
    ]
    for number in range(2, 2 if kind == "small" else MAP_BLOCKS + 2):
        layers += _convolution(number) + _way_past(kind, number)
    return [*layers, {"kind": "flatten", "name": "flatten"}, *_end(1, classes)]


def _dense(number: int, units: int) -> list[dict[str, Any]]:
    dense = {"kind": "dense", "name": f"dense{number}", "units": units, "initializer": "he"}
    return [dense, {"kind": "relu", "name": f"act{number}"}]


def _convolution(number: int) -> list[dict[str, Any]]:
    shape = {"filters": MAPS, "size": 3, "padding": "same", "initializer": "he"}
    name = {"kind": "conv2d", "name": f"conv{number}"}
    return [{**name, **shape}, {"kind": "relu", "name": f"act{number}"}]


def _way_past(kind: str, number: int) -> list[dict[str, Any]]:
    """Return what adds to a layer's output, after its activation, what went into the layer."""
    return [{"kind": "add", "name": f"add{number}", "over": 2}] if kind == "residual" else []


def _end(number: int, classes: int) -> list[dict[str, Any]]:
    dense = {"kind": "dense", "name": f"dense{number}", "units": classes}
    return [dense, {"kind": "softmax", "name": "softmax"}]


def build_recipe(values: Mapping[str, Value], seed: int, library: Library) -> Recipe:
    """Return the training before its first step: what the run does, and what scripts repeat."""
    data = library.open(str(values["data"]))

    def network(_: tuple[int, ...]) -> Network:
        description = describe(str(values["network"]), data)
        return Network(description, rng=np.random.default_rng([seed, 0]))

    return recipe_of(values, seed, library, validation_size=VALIDATION_SIZE, network=network)


def measured(recipe: Recipe) -> Dataset:
    """Return the samples over which the loss of the surface is taken: of the training set."""
    train = recipe.train
    return train.take(np.arange(min(len(train), MEASURED)))
