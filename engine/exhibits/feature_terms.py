"""How many terms there are: polynomials of many inputs, counted, and their terms written out.

A step writes the next term out.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations_with_replacement, islice
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event
from engine.exhibits.controls import Value
from engine.exhibits.feature_controls import MOST_DEGREE, MOST_INPUTS
from engine.exhibits.feature_questions import counting
from engine.exhibits.points import READ, read
from engine.exhibits.questions import judge
from engine.explain.ledger import Ledger
from engine.explain.terms import Terms, terms_of, terms_of_exactly
from engine.snapshot import Array, Snapshot, freeze

LONGEST = 2000
"""The most terms that a run writes out."""

DRAWN = 6
"""The degrees for which the growth is drawn."""

GROWTH = np.unique(np.geomspace(1, MOST_INPUTS, 61).round())
"""The numbers of inputs for which it is drawn."""

PUBLISHES = (
    *("inputs", "degree", "count.degree", "count.exact", "count.terms", "count.megabytes"),
    *("growth.n", "growth.x", "growth.log", "growth.here", "term.inputs"),
)


class TermsRun:
    """The terms of a polynomial, one a step, and how many there are.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Nothing is drawn at random.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self.position = 0
        self._n, self._degree = int(values["inputs"]), int(values["degree"])
        degrees = range(1, MOST_DEGREE + 1)
        terms = np.array([float(terms_of(self._n, one)) for one in degrees])
        self._arrays: dict[str, Array] = {
            "inputs": np.array(float(self._n)),
            "degree": np.array(float(self._degree)),
            "count.degree": np.array(degrees, np.float64),
            "count.exact": np.array([float(terms_of_exactly(self._n, one)) for one in degrees]),
            "count.terms": terms,
            "count.megabytes": terms * 4 / 1e6,
            "growth.n": GROWTH,
            "growth.x": np.log10(GROWTH),
            "growth.here": np.log10([float(self._n), terms[self._degree - 1]]),
            "growth.log": np.log10(
                [
                    [float(terms_of(int(n), degree)) for n in GROWTH]
                    for degree in range(1, DRAWN + 1)
                ]
            ),
        }
        self._written = np.array(
            [
                (*which, *(0 for _ in range(self._degree - len(which))))
                for which in islice(_terms(self._n, self._degree), self.length)
            ],
            np.int32,
        )

    @property
    def length(self) -> int:
        """How many terms are written out."""
        return min(LONGEST, terms_of(self._n, self._degree))

    def step(self) -> tuple[Event, ...]:
        """Write the next term out."""
        self.position += 1
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return nothing: all that is counted has a ledger."""
        return {}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the counts, and the terms that are written out."""
        arrays = self._now()
        found = {name: one for name, one in arrays.items() if names is None or name in names}
        return freeze(self.position, {}, found)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        return Terms(self._now()).explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change nothing: all that is counted begins a new run."""

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Judge a prediction (`judge`), or `read` a table.

        Raises
        ------
        InvalidValueError
            If it is about a network: there is none.
        """
        if name == READ:
            return (read(args),)
        if name != "judge":
            raise InvalidValueError(f"{name}: nothing is trained where terms are counted")
        return (judge(counting(self._n), args),)

    def save(self) -> dict[str, Array]:
        """Return how many terms are written out."""
        return {"position": np.array(self.position)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self.position = int(state["position"])

    def _now(self) -> dict[str, Array]:
        return {**self._arrays, "term.inputs": self._written[: self.position]}


def _terms(n: int, degree: int) -> Iterator[tuple[int, ...]]:
    """Yield the inputs, counted from 1, that each term multiplies: none at first, then one."""
    for factors in range(degree + 1):
        yield from combinations_with_replacement(range(1, n + 1), factors)
