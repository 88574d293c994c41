"""The action `edit` of exhibits that train: one parameter is set by hand."""

from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidValueError
from engine.exhibits.contract import Event
from engine.explain.nudge import read_place
from engine.explain.scene import element
from engine.nn.rules import Number
from engine.nn.trainer import Trainer

EDIT = "edit"
"""What exhibits call it among their `actions`."""

MOST = 1e4
"""The largest size of a parameter that is set: what it makes of a picture is still finite."""

_VALUE = Number(-MOST, MOST)


def edit(trainer: Trainer, args: Mapping[str, Any]) -> Event:
    """Set the parameter that `args` name (`tensor`, `index`) to their `value`.

    Returns
    -------
    Event
        `edited`, with `tensor`, `index`, `value` as the network has it, and `before`.

    Raises
    ------
    InvalidValueError
        If there is no such parameter or element, or the value is no number from −10,000 to 10,000.
    """
    tensor, index = read_place(args)
    parameters = trainer.network.parameters()
    if tensor not in parameters:
        raise InvalidValueError(f"tensor: expected one of {', '.join(parameters)}, got {tensor!r}")
    index, _ = element(tensor, parameters[tensor], index)
    value = _VALUE.check(args.get("value"), "value")
    before = trainer.set_by_hand(tensor, index, value)
    now = float(parameters[tensor][index])
    return Event("edited", {"tensor": tensor, "index": list(index), "value": now, "before": before})
