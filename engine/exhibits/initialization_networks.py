"""The networks of the exhibit of initial weights: one for each way to begin, alike in all else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.data.preparation import Scaling
from engine.exhibits.controls import Choice, Option, Slider, Value
from engine.exhibits.training import ACTIVATION, training_controls
from engine.explain.flow import SCALES
from engine.nn.network import Network
from engine.nn.trainer import Trainer

NAMES = ("zeros", "constant", "small", "large", "xavier", "he")
"""The ways to begin, in the order in which they are compared."""

LABELS = {
    "zeros": "Zeros",
    "constant": "Constant",
    "small": "Too small",
    "large": "Too large",
    "xavier": "Xavier",
    "he": "He",
}

PROBED = 64
"""Samples on which all networks are looked at: the first of the training set."""

DRAWN = 8
"""The most neurons a layer that are drawn one by one."""

RATE, OPTIMIZER, BATCH, _ = training_controls(learning_rate=0.1, batch_size=32)
assert isinstance(OPTIMIZER, Choice)
TRAINING = (
    replace(RATE, advanced=True),
    replace(OPTIMIZER, advanced=True, default="sgd"),
    replace(BATCH, advanced=True),
)

CONTROLS = (
    Choice(
        name="initializer",
        label="Initial weights",
        help="Which of the six networks is on the stage; all of them learn, from the same samples.",
        options=tuple(Option(name, label) for name, label in LABELS.items()),
        default="small",
        effect="view",
    ),
    replace(ACTIVATION, default="tanh", advanced=False),
    Slider(
        name="depth",
        label="Layers",
        help="How many layers of weights there are, the one that answers among them.",
        low=2,
        high=20,
        default=10,
        step=1,
        integer=True,
        effect="reset",
    ),
    Slider(
        name="width",
        label="Neurons a layer",
        help=f"In each hidden layer. Up to {DRAWN} are drawn one by one.",
        low=2,
        high=32,
        default=32,
        step=1,
        integer=True,
        effect="reset",
    ),
    Choice(
        name="show",
        label="On the stage",
        help="What goes through the layers, or the neurons themselves.",
        options=(
            Option("signal", "Signal and gradient"),
            Option("neurons", "The neurons"),
        ),
        default="signal",
        effect="view",
    ),
    Choice(
        name="scale",
        label="Histograms",
        help="What the histograms of the layers are drawn over.",
        options=tuple(
            Option(value, label)
            for value, label in zip(
                SCALES, ("One scale for all layers", "Each its own", "Powers of ten"), strict=True
            )
        ),
        default="shared",
        effect="view",
        advanced=True,
    ),
    Slider(
        name="layer",
        label="Compared layer",
        help="Of which hidden layer's neurons every two are compared.",
        low=1,
        high=19,
        default=1,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
        when={"show": ("neurons",)},
    ),
    *TRAINING,
    Choice(
        name="data",
        label="Data",
        help="What there is to learn: points of two classes, both coordinates at mean 0 and "
        "standard deviation 1.",
        options=(
            Option("moons", "Moons"),
            Option("circles", "Circles"),
            Option("spirals", "Spirals"),
            Option("xor", "XOR"),
        ),
        default="moons",
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="small",
        label="Too small: deviation",
        help="The standard deviation of the weights of “Too small”.",
        low=0.001,
        high=1.0,
        default=0.1,
        scale="log",
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="large",
        label="Too large: deviation",
        help="The standard deviation of the weights of “Too large”.",
        low=0.1,
        high=3.0,
        default=1.0,
        scale="log",
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="constant",
        label="Constant: value",
        help="What every weight of “Constant” is.",
        low=-1.0,
        high=1.0,
        default=0.5,
        step=0.05,
        effect="reset",
        advanced=True,
    ),
)


def samples_of(values: Mapping[str, Value], library: Library) -> Dataset:
    """Return what is learned from, each coordinate at mean 0 and standard deviation 1."""
    data = library.open(str(values["data"]))
    return Scaling.z_score(data).apply(data)


def begins(name: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the initializer of one of `NAMES`, as a description has it."""
    if name == "constant":
        return {"kind": "constant", "value": float(values["constant"])}
    if name in ("small", "large"):
        return {"kind": "gaussian", "scale": float(values[name])}
    return {"kind": name}


def describe(name: str, values: Mapping[str, Value], inputs: int) -> dict[str, Any]:
    """Return the description of the network that begins like one of `NAMES`."""
    depth, width = int(values["depth"]), int(values["width"])
    start = {"initializer": begins(name, values)}
    layers: list[dict[str, Any]] = []
    for number in range(1, depth):
        layers += [
            {"kind": "dense", "name": f"dense{number}", "units": width, **start},
            {"kind": str(values["activation"]), "name": f"act{number}"},
        ]
    layers += [
        {"kind": "dense", "name": f"dense{depth}", "units": 1, **start},
        {"kind": "sigmoid", "name": "sigmoid"},
    ]
    return {"input": [inputs], "layers": layers, "loss": "binary_cross_entropy"}


def build_trainers(values: Mapping[str, Value], seed: int, library: Library) -> dict[str, Trainer]:
    """Return a training for each of `NAMES`, before its first step.

    All draw their weights from the same random numbers, and learn from the same samples in the same
    order: what differs comes from how large the weights are.
    """
    samples = samples_of(values, library)
    return {
        name: Trainer(
            Network(
                describe(name, values, samples.x.shape[1]), rng=np.random.default_rng([seed, 0])
            ),
            samples,
            optimizer=str(values["optimizer"]),
            learning_rate=float(values["learning_rate"]),
            batch_size=int(values["batch_size"]),
            seed=seed,
        )
        for name in NAMES
    }
