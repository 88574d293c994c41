"""The course of a run's scalars over its steps, thinned to what a chart can show."""

from collections.abc import Mapping

import numpy as np

from engine.snapshot import Array

POINTS = 512
"""The most points of a published course."""


class Metrics:
    """Named scalars, one float32 a step; NaN where one was not measured.

    Parameters
    ----------
    names : tuple of str
        The scalars to keep; others are passed over.

    Attributes
    ----------
    head : int
        The last step recorded, −1 before the first.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.head = -1
        self._table = np.full((1024, len(names)), np.nan, np.float32)

    def record(self, step: int, scalars: Mapping[str, float]) -> None:
        """Keep the scalars of `step`; steps come in order, or again."""
        if step >= len(self._table):
            more = np.full_like(self._table, np.nan)
            self._table = np.concatenate([self._table, more])
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite in a chart
            self._table[step] = [scalars.get(name, np.nan) for name in self.names]
        self.head = max(self.head, step)

    def truncate(self, head: int) -> None:
        """Forget all steps after `head`."""
        self._table[head + 1 : self.head + 1] = np.nan
        self.head = min(self.head, head)

    def at(self, step: int) -> dict[str, float]:
        """Return the scalars of a step that was recorded, those that are finite."""
        row = self._table[step].tolist()
        return {name: x for name, x in zip(self.names, row, strict=True) if np.isfinite(x)}

    def copy(self) -> "Metrics":
        """Return the same courses, for a run that goes on elsewhere."""
        other = Metrics(self.names)
        other.load(self.save())
        return other

    def arrays(self) -> dict[str, Array]:
        """Return the courses as `history.step` and a `history.<name>` each.

        Beyond `POINTS` steps, each point stands for 2, 4, 8, … steps: the mean of what was
        measured in them, at the first of them. A power of two, so that points stay where they
        are while the run grows.

        Returns
        -------
        dict of str to ndarray of shape (points,)
            `history.step` int32, the others float32.
        """
        steps = self.head + 1
        width = 1 << max(0, (steps - 1) // POINTS).bit_length()
        starts = np.arange(0, steps, width)
        table = self._table[:steps]
        finite = np.isfinite(table)
        sums = np.add.reduceat(np.where(finite, table, 0), starts, axis=0, dtype=np.float64)
        counts = np.add.reduceat(finite, starts, axis=0, dtype=np.int64)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)
        courses = {f"history.{name}": means[:, i] for i, name in enumerate(self.names)}
        return {"history.step": starts.astype(np.int32), **courses}

    def table(self) -> dict[str, Array]:
        """Return all that was recorded: of each scalar an array of shape (steps,), copied."""
        table = self._table[: self.head + 1].copy()
        return {name: table[:, i] for i, name in enumerate(self.names)}

    def save(self) -> Array:
        """Return all that was recorded, of shape (steps, names)."""
        return self._table[: self.head + 1].copy()

    def load(self, table: Array) -> None:
        """Take over what `save` returned."""
        self.head = len(table) - 1
        self._table = np.full((max(1024, 2 * len(table)), len(self.names)), np.nan, np.float32)
        self._table[: len(table)] = table
