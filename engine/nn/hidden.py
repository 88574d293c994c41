"""The hidden layers of a small network as one short line: `4 tanh, 3 relu`.

Short enough for a link, and read back exactly.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.errors import InvalidValueError
from engine.nn.shorthand import ACTIVATIONS

MOST_HIDDEN = 4
MOST_UNITS = 8
NONE = "none"
"""The line of a network without hidden layers."""

WORDS = {word: kind for word, kind in ACTIVATIONS.items() if word != "softmax"}
"""The word for each activation that a hidden layer may have, and its kind."""

_LAYER = re.compile(r"(\d{1,4})\s*(\S.*)?", re.ASCII)


class Hidden(NamedTuple):
    """One hidden layer: how many neurons, and the kind of their activation."""

    units: int
    activation: str


def read_hidden(text: str) -> tuple[Hidden, ...]:
    """Return the hidden layers that a line names, the first one first.

    For each its neurons and the word of its activation (tanh if it is left out), separated by
    commas; `none`, or nothing, is no hidden layer at all.

    Raises
    ------
    InvalidValueError
        If a layer is not of this form, or there are too many layers or neurons.
    """
    if text.strip().lower() in ("", NONE):
        return ()
    words = [word.strip().lower() for word in text.split(",")]
    if len(words) > MOST_HIDDEN:
        raise InvalidValueError(f"expected at most {MOST_HIDDEN} layers, got {len(words)}")
    return tuple(_read(word, number) for number, word in enumerate(words, start=1))


def write_hidden(layers: Sequence[Hidden]) -> str:
    """Return the line that names these layers."""
    words = {kind: word for word, kind in WORDS.items()}
    return ", ".join(f"{one.units} {words[one.activation]}" for one in layers) or NONE


def normal_hidden(text: str) -> str:
    """Return a line in the one form that links and scripts have; raise as `read_hidden` does."""
    return write_hidden(read_hidden(text))


def describe_hidden(layers: Sequence[Hidden], **options: Any) -> list[dict[str, Any]]:
    """Return the layers as a network's description has them, called `dense1`, `act1`, `dense2` ….

    Parameters
    ----------
    layers : sequence of Hidden
    **options
        Of every dense layer, such as its initializer.
    """
    described: list[dict[str, Any]] = []
    for number, (units, activation) in enumerate(layers, start=1):
        described.append({"kind": "dense", "name": f"dense{number}", "units": units, **options})
        described.append({"kind": activation, "name": f"act{number}"})
    return described


def _read(word: str, number: int) -> Hidden:
    where = f"layer {number}"
    found = _LAYER.fullmatch(word)
    if found is None:
        raise InvalidValueError(
            f"{where}: expected its neurons and an activation, such as 4 tanh, got {word!r}"
        )
    units, activation = int(found[1]), found[2] or "tanh"
    if not 1 <= units <= MOST_UNITS:
        raise InvalidValueError(f"{where}: neurons: expected 1 to {MOST_UNITS}, got {units}")
    known = WORDS | {kind: kind for kind in WORDS.values()}
    if activation not in known:
        raise InvalidValueError(
            f"{where}: activation: expected one of {', '.join(WORDS)}, got {activation!r}"
        )
    return Hidden(units, known[activation])
