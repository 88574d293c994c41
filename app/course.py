"""A run with a history that can be opened again elsewhere, standing where it stood."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from app.posts import Opening, Terms
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.recorder import Change, Recorder

MOST_KEPT = 4 << 20
"""Bytes of a saved state; a larger one is left out, and the steps are made again instead."""


class Course:
    """A recorder, and what it was opened with.

    Parameters
    ----------
    opening : Opening
    exhibit : Exhibit
    library : Library
    terms : Terms

    Attributes
    ----------
    recorder : Recorder
        At step 0, or where the opening's state stood; going on to its step is the caller's.

    Raises
    ------
    EngineError
        If a value of the opening breaks a rule.
    """

    def __init__(self, opening: Opening, exhibit: Exhibit, library: Library, terms: Terms) -> None:
        self._exhibit = exhibit
        values = dict(opening.values)
        first, later = _divide(opening.changes)
        values |= first
        self.recorder = Recorder(
            exhibit,
            values,
            opening.seed,
            library,
            changes=later,
            memory=terms.history_bytes,
        )
        self._first = dict(self.recorder.values)
        self._looks = dict(opening.looks)
        for name in self._looks:
            if name not in exhibit.view_actions:
                known = ", ".join(exhibit.view_actions) or "nothing"
                raise InvalidValueError(f"looks: expected one of {known}, got {name!r}")
        if opening.state is not None:
            with np.load(io.BytesIO(opening.state), allow_pickle=False) as state:
                self.recorder.load(dict(state))
        else:
            for name, args in self._looks.items():
                self.recorder.act(name, args)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take an action, and remember it if it is one of those that only look."""
        events = self.recorder.act(name, args)
        if name in self._exhibit.view_actions:
            self._looks.pop(name, None)  # so that the newest is taken last when taken again
            self._looks[name] = args
        return events

    @property
    def looks(self) -> dict[str, Any]:
        """The newest arguments of each view action."""
        return dict(self._looks)

    def settings(self) -> dict[str, Any]:
        """Return what makes this run: with it in a link, the same run opens elsewhere."""
        return {
            "values": dict(self.recorder.values),
            "changes": _from_the_start(self.recorder.changes, self._first),
            "seed": self.recorder.seed,
            "length": self.recorder.length,
        }

    def again(self, values: Mapping[str, Value], seed: int | None) -> Opening:
        """Return the opening of a new run; what is not given is as it is here."""
        return Opening(
            slug=self._exhibit.slug,
            values={**self.recorder.values, **values},
            changes=[],
            seed=self.recorder.seed if seed is None else seed,
            looks=self._looks,
        )

    def here(self, *, run: int, seq: int, watch: tuple[str, ...] | None) -> Opening:
        """Return the opening of this very run where it stands."""
        file = io.BytesIO()
        # by name, all of them: mypy takes an array for savez's own `allow_pickle`
        np.savez(file, **self.recorder.save())  # type: ignore[arg-type]
        return Opening(
            slug=self._exhibit.slug,
            values=self._first,
            changes=self.recorder.changes,
            seed=self.recorder.seed,
            step=self.recorder.position,
            run=run,
            seq=seq,
            watch=watch,
            looks=dict(self._looks),
            state=file.getvalue() if file.tell() <= MOST_KEPT else None,
        )


def _from_the_start(changes: list[Change], first: Mapping[str, Value]) -> list[Change]:
    """Return `changes` with what the changed controls were at step 0.

    A link carries the values as they are now; this says what they were before.
    """
    start, later = _divide(changes)
    changed = [name for change in later if len(change) == 2 for name in change[1]]
    start = {name: first[name] for name in changed} | start
    return [(0, start), *later] if start else later


def _divide(changes: list[Change]) -> tuple[dict[str, Value], list[Change]]:
    """Return the controls that were set before all else at step 0, and what was done later."""
    first: dict[str, Value] = {}
    for done, change in enumerate(changes):
        if change[0] > 0 or len(change) == 3:
            return first, changes[done:]
        first |= change[1]
    return first, []
