"""The controls of the exhibit `features`, and the features that people make by hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.controls import Choice, Control, Option, Slider, Text, Toggle, Value
from engine.exhibits.points import MOST_SAMPLES, data_controls, open_points
from engine.landscape.expression import Expression, parse

NAMES = ("x1", "x2")
"""What a feature is a formula of."""

MOST = 5
"""The most features."""

FIELDS = tuple(f"phi{number + 1}" for number in range(MOST))
"""The controls that hold the features' formulae."""

HIDDEN = {
    "2-2-1": (2,),
    "2-3-1": (3,),
    "2-3-2-1": (3, 2),
    "2-4-2-1": (4, 2),
    "2-8-2-1": (8, 2),
    "2-8-8-2-1": (8, 8, 2),
}
"""Units of the hidden layers, by option."""

TRAINED = {"mode": ("raw", "hand", "learned")}
BY_HAND = {"mode": ("hand",)}
BY_LEARNING = {"mode": ("learned",)}
COUNTED = {"mode": ("count",)}

MOST_INPUTS = 1_000_000
MOST_DEGREE = 10


def _formula(text: str) -> str:
    """Return a feature in its shortest form, or nothing if there is none."""
    return str(parse(text, NAMES)) if text.strip() else ""


def _needed(text: str) -> str:
    if not text.strip():
        raise InvalidValueError("expected a formula of x1 and x2, got nothing")
    return _formula(text)


def _feature(number: int, default: str) -> Text:
    """Return the control of a feature; the first two are needed."""
    return Text(
        name=FIELDS[number],
        label=f"φ{number + 1} =",
        help="A formula of x1 and x2: numbers, + − * / ^, parentheses, sin, cos, tan, exp, ln, "
        "sqrt, abs, tanh, sigmoid, relu, max, min, atan2(x2, x1), pi, e."
        + (" Empty: no such feature." if number > 1 else ""),
        default=default,
        normal=_formula if number > 1 else _needed,
        effect="reset",
        advanced=number > 1,
        when=BY_HAND,
    )


def _axis(name: str, label: str, default: int) -> Slider:
    return Slider(
        name=name,
        label=label,
        help="Which of the numbers that the neuron sees is shown on this axis, counted from 1; "
        "of fewer, the last.",
        low=1,
        high=MOST,
        default=default,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
        when={"mode": ("hand", "learned")},
    )


SETS = ("circles", "xor", "moons", "spirals", "drawn", "pasted")

DATA = tuple(
    replace(one, when={**one.when, **TRAINED}) for one in data_controls(*SETS, default="circles")
)

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="mode",
        label="What the neuron sees",
        help="The inputs as they are, features made by hand, or ones that a network finds; or how "
        "many features there would be.",
        options=(
            Option("raw", "The inputs as they are"),
            Option("hand", "Features made by hand"),
            Option("count", "How many features are there?"),
            Option("learned", "What a hidden layer finds"),
        ),
        default="raw",
        effect="reset",
    ),
    *DATA,
    Toggle(
        name="best",
        label="Show the best line",
        help="The line that gets the most points right, found by trying.",
        effect="view",
        when={"mode": ("raw",)},
    ),
    _feature(0, "sqrt(x1^2 + x2^2)"),
    _feature(1, "atan2(x2, x1)"),
    *(_feature(number, "") for number in range(2, MOST)),
    Choice(
        name="network",
        label="Units",
        help="How many units the hidden layers have, and the last neuron. The last hidden layer is "
        "what is shown: of three units, two.",
        options=(*(Option(name, name.replace("-", " – ")) for name in HIDDEN),),
        default="2-4-2-1",
        effect="reset",
        when=BY_LEARNING,
    ),
    Choice(
        name="activation",
        label="Activation",
        help="What the weighted sums of the hidden layers go through.",
        options=(
            Option("tanh", "tanh"),
            Option("sigmoid", "Sigmoid"),
            Option("relu", "ReLU"),
            Option("leaky_relu", "Leaky ReLU"),
            Option("linear", "Linear"),
        ),
        default="tanh",
        effect="reset",
        when=BY_LEARNING,
    ),
    Slider(
        name="inputs",
        label="Inputs n",
        help="How many numbers go in: 2 for a point of the plane, 10,000 for a picture of 100×100.",
        low=1,
        high=MOST_INPUTS,
        default=2,
        scale="log",
        integer=True,
        effect="reset",
        when=COUNTED,
    ),
    Slider(
        name="degree",
        label="Degree d",
        help="The most factors that a term has: x1, x1·x2, x1·x1·x2, …",
        low=1,
        high=MOST_DEGREE,
        default=2,
        step=1,
        integer=True,
        effect="reset",
        when=COUNTED,
    ),
    Slider(
        name="learning_rate",
        label="Learning rate",
        help="How far one step goes; the optimizer is Adam.",
        low=1e-3,
        high=1.0,
        default=0.05,
        scale="log",
        advanced=True,
        when=TRAINED,
    ),
    _axis("across", "Shown to the right", 1),
    _axis("up", "Shown upwards", 2),
    Slider(
        name="point",
        label="Point looked at",
        help="Which point the table is about, counted from 0; of fewer, the last. Click a point.",
        low=0,
        high=MOST_SAMPLES - 1,
        default=0,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
        when=TRAINED,
    ),
)


def open_data(values: Mapping[str, Value], seed: int, library: Library) -> Dataset:
    """Return the points.

    Raises
    ------
    InvalidValueError
        If what somebody has brought has not two columns and two classes.
    """
    data = open_points(values, seed, library, validation=0, share=0.0).train
    columns, classes = data.x.shape[1], len(data.classes)
    if columns != len(NAMES) or classes != 2:
        found = f"{classes} classes" if classes else "a value to be told"
        raise InvalidValueError(
            "data: expected two columns of numbers and two classes, which a line may separate; "
            f"got {columns} column{'s' if columns != 1 else ''} and {found}"
        )
    return data


def made_by_hand(values: Mapping[str, Value]) -> dict[str, Expression]:
    """Return the features by the control that each was typed into; none in another mode."""
    if values["mode"] != "hand":
        return {}
    return {name: parse(str(values[name]), NAMES) for name in FIELDS if values[name]}


def features_of(data: Dataset, made: Mapping[str, Expression]) -> Dataset:
    """Return the same samples with their features in place of x1 and x2.

    Raises
    ------
    InvalidValueError
        If a feature is no finite number at one of them.
    """
    if not made:
        return data
    columns = {name: one.value(data.x) for name, one in made.items()}
    for name, column in columns.items():
        with np.errstate(over="ignore"):  # what is too large for the network is no number for it
            kept = column.astype(np.float32)
        if not np.isfinite(kept).all():
            at = int(np.flatnonzero(~np.isfinite(kept))[0])
            place = ", ".join(f"x{axis + 1} = {one:.4g}" for axis, one in enumerate(data.x[at]))
            raise InvalidValueError(
                f"{name}: expected a number at every point, got {column[at]:g} at point {at + 1}, "
                f"where {place}"
            )
    x = np.stack(list(columns.values()), axis=1)
    return Dataset(x, data.y, data.classes, tuple(map(str, made.values())), data.source)


def describe_network(values: Mapping[str, Value], inputs: int) -> dict[str, Any]:
    """Return the description: one neuron, behind hidden layers where these are to find features."""
    layers: list[dict[str, Any]] = []
    hidden = HIDDEN[str(values["network"])] if values["mode"] == "learned" else ()
    for number, units in enumerate(hidden, 1):
        layers += [
            {"kind": "dense", "name": f"dense{number}", "units": units},
            {"kind": str(values["activation"]), "name": f"act{number}"},
        ]
    layers += [
        {"kind": "dense", "name": f"dense{len(hidden) + 1}", "units": 1},
        {"kind": "sigmoid", "name": "sigmoid"},
    ]
    return {"input": [inputs], "layers": layers, "loss": "binary_cross_entropy"}
