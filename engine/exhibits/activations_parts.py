"""What the modes of `activations` without a network have in common, and the names they go by."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.contract import Event
from engine.exhibits.controls import Value
from engine.exhibits.questions import Solution, judge
from engine.explain.ledger import Ledger
from engine.explain.numbers import Numbers
from engine.explain.scene import element
from engine.snapshot import Array, Snapshot, freeze

TITLES = {
    "linear": "Linear",
    "sigmoid": "Sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
}
"""The activations, by the names of their layers."""


class NumbersRun:
    """A finite run whose position and values alone say what there is to see.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    """

    length: int

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)
        self.position = 0
        self._known: Numbers | None = None

    def _work(self) -> Numbers:
        """Work out what there is at this position."""
        raise NotImplementedError

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        """Return how each question is worked out, by its name."""
        raise NotImplementedError

    @property
    def _numbers(self) -> Numbers:
        if self._known is None:
            self._known = self._work()
        return self._known

    def step(self) -> tuple[Event, ...]:
        """Go on by one."""
        self.position += 1
        self._known = None
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return nothing: there is no course to keep."""
        return {}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return all numbers, those of `names` or all."""
        arrays = self._numbers.arrays
        wanted = {name: arrays[name] for name in arrays if names is None or name in names}
        return freeze(self.position, self.scalars(), wanted)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or element, or it is not there yet.
        """
        numbers = self._numbers
        if tensor.startswith("chain.") and tensor in numbers.arrays:
            index, value = element(tensor, numbers.arrays[tensor], index)
            if np.isnan(value):
                raise InvalidValueError(
                    f"{tensor}{list(index)}: not there yet; it comes at step {index[0]}"
                )
        return numbers.explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Look at something else."""
        self._values |= values
        self._known = None

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Judge a prediction."""
        return (judge(self._questions(), args),)

    def save(self) -> dict[str, Array]:
        """Return the position: there is nothing else."""
        return {"position": np.array(self.position)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved position."""
        self.position = int(state["position"])
        self._known = None
