"""A network's layers as one short line: `conv8k3-relu-max2-flatten-dense10-softmax`.

Short enough for a link, and read back exactly.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import InvalidValueError

BETWEEN = "-"

ACTIVATIONS = {
    "relu": "relu",
    "leaky": "leaky_relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "linear": "linear",
    "softmax": "softmax",
}
"""The word for each activation, and its kind."""

_CONV = re.compile(
    r"conv(\d{1,4})k(\d{1,4})(?:s(\d{1,4}))?(?:p(same|none|\d{1,4}))?(?:d(\d{1,4}))?"
)
_POOL = re.compile(r"(max|avg)(\d{1,4})(?:s(\d{1,4}))?(p)?")
_ONE_NUMBER = re.compile(r"(dense|add)(\d{1,5})")
_NUMBER_OF = {"dense": "units", "add": "over"}
"""Kinds whose word is their name and one number, and what that is called."""

EXAMPLES = "conv8k3, relu, max2, flatten, dense10, softmax"


def read_layers(text: str) -> list[dict[str, Any]]:
    """Return the layers that a line names, as a description has them, each with a name.

    The words, joined by `-`: `conv<filters>k<kernel>` and perhaps `s<stride>`, `p<padding>` (same,
    none or a number; same if left out), `d<dilation>`; `max<size>` or `avg<size>` and perhaps
    `s<stride>` (its size if left out), `p` (keeps partial windows); `dense<units>`; `flatten`;
    `add<layers>`, a residual link over so many layers; an activation of `ACTIVATIONS`. What the
    numbers may be, the network's description says.

    Raises
    ------
    InvalidValueError
        If a word is none of these.
    """
    layers = []
    counts: dict[str, int] = {}
    for number, word in enumerate(text.split(BETWEEN), start=1):
        spec = _read_word(word.strip())
        if spec is None:
            raise InvalidValueError(f"layer {number}: expected one of {EXAMPLES}, … got {word!r}")
        stem = _stem(spec["kind"])
        counts[stem] = counts.get(stem, 0) + 1
        only_one = stem in ("flatten", "softmax") and counts[stem] == 1
        layers.append({**spec, "name": stem if only_one else f"{stem}{counts[stem]}"})
    return layers


def write_layers(layers: Sequence[Mapping[str, Any]]) -> str:
    """Return the line that names these layers, without what goes without saying."""
    return BETWEEN.join(_write_word(layer) for layer in layers)


def _read_word(word: str) -> dict[str, Any] | None:
    """Return a layer's kind and options, None for a word that means nothing."""
    if word in ACTIVATIONS:
        return {"kind": ACTIVATIONS[word]}
    if word == "flatten":
        return {"kind": "flatten"}
    if found := _ONE_NUMBER.fullmatch(word):
        return {"kind": found[1], _NUMBER_OF[found[1]]: int(found[2])}
    if found := _POOL.fullmatch(word):
        size = int(found[2])
        return {
            "kind": f"{found[1]}_pool2d",
            "size": size,
            "stride": int(found[3] or size),
            "partial": found[4] is not None,
        }
    if found := _CONV.fullmatch(word):
        padding = found[4] or "same"
        return {
            "kind": "conv2d",
            "filters": int(found[1]),
            "size": int(found[2]),
            "stride": int(found[3] or 1),
            "padding": int(padding) if padding.isdigit() else padding,
            "dilation": int(found[5] or 1),
        }
    return None


def _write_word(layer: Mapping[str, Any]) -> str:
    kind = layer["kind"]
    if kind in _NUMBER_OF:
        return f"{kind}{layer[_NUMBER_OF[kind]]}"
    if kind in ("max_pool2d", "avg_pool2d"):
        stride = "" if layer["stride"] == layer["size"] else f"s{layer['stride']}"
        return f"{kind[:3]}{layer['size']}{stride}{'p' if layer['partial'] else ''}"
    if kind == "conv2d":
        stride = "" if layer["stride"] == 1 else f"s{layer['stride']}"
        padding = "" if layer["padding"] == "same" else f"p{layer['padding']}"
        dilation = "" if layer["dilation"] == 1 else f"d{layer['dilation']}"
        return f"conv{layer['filters']}k{layer['size']}{stride}{padding}{dilation}"
    words = {kind: word for word, kind in ACTIVATIONS.items()}
    return words.get(kind, str(kind))


def _stem(kind: str) -> str:
    """Return what the names of layers of a kind begin with."""
    stems = {"conv2d": "conv", "max_pool2d": "pool", "avg_pool2d": "pool"}
    if kind in stems:
        return stems[kind]
    return kind if kind in ("dense", "flatten", "softmax", "add") else "act"
