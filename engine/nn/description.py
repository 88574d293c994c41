"""A network as JSON values: read, checked as a whole, turned into layers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidValueError
from engine.nn.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from engine.nn.add import Add
from engine.nn.conv import Conv2D
from engine.nn.dense import Dense
from engine.nn.layer import Layer, ParameterLayer
from engine.nn.losses import LOSSES, Loss
from engine.nn.pool import AvgPool2D, MaxPool2D
from engine.nn.rules import Number, Whole, check_options
from engine.nn.shaping import Dropout, Flatten
from engine.nn.signal import Shape

LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        *(Dense, Conv2D, MaxPool2D, AvgPool2D, Flatten, Dropout, Add),
        *(Linear, Sigmoid, Tanh, ReLU, LeakyReLU, Softmax),
    )
}
"""Each layer by name."""

MAX_LAYERS = 64
MAX_PARAMETERS = 1_000_000
MAX_NUMBERS = 200_000
"""The most numbers that one sample may become, over all layers' outputs."""


@dataclass(frozen=True)
class Description:
    """A checked description.

    Attributes
    ----------
    input_shape : Shape
        The usual shape of one sample.
    layers : tuple of Layer
        Connected: each has its shapes.
    loss : Loss
    l2 : float
        λ of the penalty λ/2 · Σ W², which is part of the loss; biases are left out.
    """

    input_shape: Shape
    layers: tuple[Layer, ...]
    loss: Loss
    l2: float


def read_description(description: Mapping[str, Any]) -> Description:
    """Check a description as a whole.

    Parameters
    ----------
    description : mapping
        `input` (list of one or three whole numbers), `layers` (list of mappings, each with `kind`,
        perhaps `name`, and the layer's options), `loss` (a name), `l2` (a number, 0 if left out).

    Raises
    ------
    InvalidValueError
        If something is unknown, missing, twice there, or breaks its rule or a cap.
    ShapeError
        If a layer cannot take what the layer before it gives.
    """
    if not isinstance(description, Mapping):
        raise InvalidValueError(f"network: expected a description, got {description!r}")
    for key in description:
        if key not in ("input", "layers", "loss", "l2"):
            raise InvalidValueError(f"network: unknown {key!r}; it has input, layers, loss, l2")
    input_shape = _read_input(description.get("input"))
    layers = _read_layers(description.get("layers"))
    shapes = [input_shape]
    for number, layer in enumerate(layers):
        shapes.append(layer.connect(*(shapes[signal] for signal in layer.takes(number))))
    _check_caps(layers)
    loss = description.get("loss")
    if not isinstance(loss, str) or loss not in LOSSES:
        raise InvalidValueError(f"loss: expected one of {', '.join(LOSSES)}, got {loss!r}")
    LOSSES[loss].check(layers)
    l2 = Number(0.0, 100.0).check(description.get("l2", 0.0), "l2")
    return Description(input_shape, layers, LOSSES[loss], l2)


def _read_input(given: object) -> Shape:
    if not isinstance(given, list | tuple) or len(given) not in (1, 3):
        raise InvalidValueError(
            f"input: expected [features] or [channels, rows, columns], got {given!r}"
        )
    rule = Whole(1, 4096)
    return tuple(rule.check(length, "input") for length in given)


def _read_layers(given: object) -> tuple[Layer, ...]:
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= MAX_LAYERS:
        count = f"{len(given)} layers" if isinstance(given, list | tuple) else repr(given)
        raise InvalidValueError(f"layers: expected a list of 1 to {MAX_LAYERS} layers, got {count}")
    layers: dict[str, Layer] = {}
    counts: dict[str, int] = {}
    for number, spec in enumerate(given, start=1):
        layer = _read_layer(spec, number, counts)
        if layer.name in layers:
            raise InvalidValueError(
                f"layer {number}: expected a name of its own, but {layer.name!r} is taken"
            )
        layers[layer.name] = layer
    return tuple(layers.values())


def _read_layer(spec: object, number: int, counts: dict[str, int]) -> Layer:
    if not isinstance(spec, Mapping):
        raise InvalidValueError(f"layer {number}: expected a description, got {spec!r}")
    kind = spec.get("kind")
    if not isinstance(kind, str) or kind not in LAYERS:
        known = ", ".join(LAYERS)
        raise InvalidValueError(f"layer {number}: kind: expected one of {known}, got {kind!r}")
    counts[kind] = counts.get(kind, 0) + 1
    name = spec.get("name", f"{kind}{counts[kind]}")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        raise InvalidValueError(
            f"layer {number}: name: expected a small letter and up to 31 small letters, digits or "
            f"underscores, got {name!r}"
        )
    options = {key: value for key, value in spec.items() if key not in ("kind", "name")}
    make = LAYERS[kind]
    return make(name=name, **check_options(options, make.rules, name, kind))


def _check_caps(layers: tuple[Layer, ...]) -> None:
    parameters = sum(one.parameter_count for one in layers if isinstance(one, ParameterLayer))
    if parameters > MAX_PARAMETERS:
        raise InvalidValueError(
            f"network: expected at most {MAX_PARAMETERS} parameters, got {parameters}"
        )
    numbers = 0
    for layer in layers:
        size = 1
        for length in layer.output_shape:
            size *= length
        numbers += size
    if numbers > MAX_NUMBERS:
        raise InvalidValueError(
            f"network: expected at most {MAX_NUMBERS} numbers for one sample, got {numbers}"
        )
