"""History: steps back and forth over a run, to the byte."""

from collections.abc import Collection, Mapping
from typing import Any

from engine.data.library import Library
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.snapshot import Array, Snapshot


class Recorder:
    """A run with a history.

    Parameters
    ----------
    exhibit : Exhibit
    values : mapping
        Control values, complete or not; what is missing takes its default.
    seed : int
    library : Library
    memory : int
        The most bytes that checkpoints and metrics may take.
    """

    exhibit: Exhibit
    values: dict[str, Value]
    """Every control's present value."""
    seed: int

    def __init__(self, exhibit: Exhibit, values: Mapping[str, object], seed: int, library: Library,
                 *, memory: int = 64 << 20) -> None: ...

    @property
    def position(self) -> int:
        """The step on the stage."""

    @property
    def head(self) -> int:
        """The furthest step made so far: up to here one can seek without training further."""

    @property
    def length(self) -> int | None:
        """The number of steps of a finite run, else None."""

    def step(self, n: int = 1) -> tuple[Event, ...]:
        """Go n steps (n may be negative): stops at 0, at the end of a finite run, and where the
        run diverges (an Event `diverged` with data tensor, step, learning_rate, last_finite)."""

    def seek(self, step: int) -> tuple[Event, ...]:
        """Go to a step: recomputed from the checkpoint before it, identical to what was."""

    def set(self, values: Mapping[str, object]) -> None:
        """Change live and view controls. Raises InvalidValueError (also for reset controls)."""

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]: ...

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """This moment, with the metrics' course as `history.*` arrays."""

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs to stand here again, view state included, in another process."""

    def load(self, state: Mapping[str, Array]) -> None: ...
