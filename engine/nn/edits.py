"""Parameters that were set by hand since the last step, and what they were before."""

import json
from typing import NamedTuple

import numpy as np

from engine.nn.network import Network
from engine.snapshot import Array

Place = tuple[str, tuple[int, ...]]
"""A parameter's tensor (`conv1.W`) and the index of one of its elements."""


class Edit(NamedTuple):
    """One element, set by hand.

    Attributes
    ----------
    step : int
        How many updates had been made.
    before : float
        What the last update, or the initializer, had made it.
    """

    step: int
    before: float


class Edits:
    """What was set by hand since the last step: the next step makes it part of the past.

    Parameters
    ----------
    network : Network
        Whose parameters are set.

    Attributes
    ----------
    places : dict of (tensor, index) to Edit
    """

    def __init__(self, network: Network) -> None:
        self.places: dict[Place, Edit] = {}
        self._network = network

    def set(self, tensor: str, index: tuple[int, ...], value: float, *, step: int) -> Edit:
        """Set an element of a parameter that exists; return what it was before the first time."""
        parameter = self._network.parameters()[tensor]
        was = Edit(step, float(parameter[index]))
        parameter[index] = value
        return self.places.setdefault((tensor, index), was)

    def forget(self) -> None:
        """Take note that a step has been made."""
        self.places.clear()

    def save(self) -> Array:
        """Return all that `load` needs, as bytes."""
        # a float's own text gives the same float back; one that is not finite has one, too
        told = [[*place, edit.step, repr(edit.before)] for place, edit in self.places.items()]
        return np.frombuffer(json.dumps(told).encode(), np.uint8)

    def load(self, state: Array) -> None:
        """Know again what `save` told."""
        self.places = {
            (tensor, tuple(index)): Edit(step, float(before))
            for tensor, index, step, before in json.loads(state.tobytes())
        }
