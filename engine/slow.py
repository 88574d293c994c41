"""Slow motion: where in the step on the stage one looks."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import InvalidValueError
from engine.exhibits.contract import OpenableRun, Run
from engine.explain.moments import OpenStep


class SlowMotion:
    """A look into the steps of a run, moment by moment.

    Step t, which was made last, is opened: one looks at the moments of the minibatch that made it.
    Step 0 has none. A run that moves on is looked at in its first moment.

    Parameters
    ----------
    run : Run

    Attributes
    ----------
    sample : int
        Which sample of the minibatch is on the stage.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._inside = run if isinstance(run, OpenableRun) else None
        self._moment: int | None = None
        self.sample = 0

    @property
    def possible(self) -> bool:
        """Whether the run's steps can be opened."""
        return self._inside is not None

    @property
    def on(self) -> bool:
        """Whether steps are looked into."""
        return self._moment is not None

    @property
    def moment(self) -> int | None:
        """Which moment of the step on the stage is looked at; None where none is."""
        return self._moment if self._run.position else None

    def open_step(self) -> OpenStep | None:
        """Return the step on the stage, opened; None if there is none or it cannot be."""
        return self._inside.open_step() if self._inside else None

    def look(self, moment: int, sample: int | None = None) -> None:
        """Look at a moment of the step on the stage.

        Parameters
        ----------
        moment : int
            From 0; past the last is the last.
        sample : int, optional
            Which sample of the minibatch, from 0; by default the one looked at.

        Raises
        ------
        InvalidValueError
            If this run's steps cannot be opened.
        """
        run = self._inside
        if run is None:
            raise InvalidValueError("slow: expected an exhibit that trains a network, got another")
        self._moment = max(0, min(moment, run.moment_count - 1))
        self.sample = self.sample if sample is None else sample
        run.look_inside(self._moment, self.sample)

    def end(self) -> None:
        """Look at whole steps again."""
        self._moment = None
        if self._inside:
            self._inside.look_inside(None)

    def follow(self, other: "SlowMotion") -> None:
        """Look where `other` looks, whose run leaves the stage and is looked into no longer."""
        self.look(other.moment or 0, other.sample)
        other.end()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Look at the whole step for a while."""
        run, moment = self._inside, self._moment
        if run is None or moment is None:
            yield
            return
        run.look_inside(None)
        try:
            yield
        finally:
            run.look_inside(moment, self.sample)

    def arrive(self) -> None:
        """Take note that the run stands at another step."""
        if self.on:
            self.look(0)

    def after(self, n: int) -> tuple[int, int]:
        """Return the step and the moment n moments on from the one looked at; n may be negative.

        Step 0 lies before the first moment of step 1, and nothing before it.
        """
        count = self._inside.moment_count if self._inside else 1
        here = -1 if self.moment is None else (self._run.position - 1) * count + self.moment
        step, moment = divmod(max(-1, here + n), count)
        return (step + 1, moment) if step >= 0 else (0, 0)
