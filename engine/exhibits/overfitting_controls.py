"""The controls of the exhibit `overfitting`, and the two networks that they ask for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.exhibits.controls import Choice, Control, Option, Slider, Value
from engine.exhibits.points import MOST_SAMPLES, data_controls

WITHOUT, WITH = SIDES = "without", "with"
"""The two networks; what their tensors' names begin with."""

HIDDEN: dict[str, tuple[int, ...]] = {"small": (3,), "large": (8, 8), "larger": (8, 8, 8)}
"""Units of the hidden layers, by the value of the control `network`."""

REMEDIES = {
    "l2": "L2: a price on weights",
    "dropout": "Dropout",
    "augment": "Noise on the points",
    "more": "More points",
    "none": "Nothing: the same twice",
}

DATA = data_controls("circles", "moons", "xor", "spirals", default="circles", samples=30, noise=0.2)

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="remedy",
        label="The second network gets",
        help="What it has against overfitting; all else is the same, the seed too.",
        options=tuple(Option(name, label) for name, label in REMEDIES.items()),
        default="l2",
        effect="reset",
    ),
    Slider(
        name="l2",
        label="L2: λ",
        help="The price on weights: λ/2 times the sum of their squares is added to its loss.",
        low=0.0001,
        high=0.3,
        default=0.01,
        scale="log",
        effect="reset",
        when={"remedy": ("l2",)},
    ),
    Slider(
        name="dropout",
        label="Dropout: p",
        help="With this probability a hidden neuron is left out, anew for each point and step.",
        low=0.1,
        high=0.8,
        step=0.05,
        default=0.5,
        effect="reset",
        when={"remedy": ("dropout",)},
    ),
    Slider(
        name="jitter",
        label="Noise on the points",
        help="Standard deviation by which each training point is moved, anew in each step.",
        low=0.02,
        high=1.0,
        step=0.02,
        default=0.2,
        effect="reset",
        when={"remedy": ("augment",)},
    ),
    Slider(
        name="times",
        label="Times as many points",
        help=f"How many times as many it learns from; {MOST_SAMPLES} are the most there are.",
        low=2,
        high=16,
        default=8,
        integer=True,
        step=1,
        unit="×",
        effect="reset",
        when={"remedy": ("more",)},
    ),
    Slider(
        name="patience",
        label="Early stopping: patience",
        help="Pause when a network's validation loss has not fallen for so many steps; 0: never.",
        low=0,
        high=300,
        step=10,
        default=0,
        integer=True,
        unit="steps",
    ),
    Choice(
        name="shown",
        label="Points shown",
        help="Which points lie on the two pictures.",
        options=(
            Option("training", "Training points"),
            Option("validation", "Validation points"),
            Option("both", "Both"),
        ),
        default="training",
        effect="view",
    ),
    Choice(
        name="network",
        label="Networks",
        help="The hidden layers of both networks; all have tanh behind them.",
        options=tuple(
            Option(name, f"2-{'-'.join(map(str, units))}-1") for name, units in HIDDEN.items()
        ),
        default="large",
        effect="reset",
    ),
    *(replace(control, advanced=True) for control in DATA),
    Slider(
        name="learning_rate",
        label="Learning rate",
        help="How far a step goes, in both networks; both learn by Adam, from all points at once.",
        low=1e-4,
        high=1.0,
        default=0.02,
        scale="log",
        advanced=True,
    ),
    Slider(
        name="example",
        label="Point in the networks",
        help="Which training point the two drawings of networks show; or click a point.",
        low=0,
        high=MOST_SAMPLES - 1,
        default=0,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
    Choice(
        name="edges",
        label="Edges show",
        help="What the lines of the two drawings are.",
        options=(Option("W", "weights W"), Option("dW", "gradients dW")),
        default="W",
        effect="view",
        advanced=True,
    ),
)


def describe_network(side: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the description of one of the two networks."""
    helped = side == WITH
    thinned = helped and values["remedy"] == "dropout"
    layers: list[dict[str, Any]] = []
    for number, units in enumerate(HIDDEN[str(values["network"])], start=1):
        dense = {"kind": "dense", "name": f"dense{number}", "initializer": "glorot"}
        layers += [{**dense, "units": units}, {"kind": "tanh", "name": f"act{number}"}]
        if thinned:
            dropout = {"kind": "dropout", "rate": float(values["dropout"])}
            layers.append({**dropout, "name": f"dropout{number}"})
    last = {"kind": "dense", "name": f"dense{len(HIDDEN[str(values['network'])]) + 1}"}
    layers += [
        {**last, "units": 1, "initializer": "glorot"},
        {"kind": "sigmoid", "name": "sigmoid"},
    ]
    return {
        "input": [2],
        "layers": layers,
        "loss": "binary_cross_entropy",
        "l2": float(values["l2"]) if helped and values["remedy"] == "l2" else 0.0,
    }
