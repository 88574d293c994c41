"""The lines of a session, which can be opened again elsewhere, standing where they stood."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from app.posts import KeptLine, Opening, Terms
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.lines import Line, Lines
from engine.recorder import Change, Recorder

MOST_KEPT = 4 << 20
"""Bytes of a saved state; a larger one is left out, and the steps are made again instead."""


class Course:
    """Up to three recorders, and what they were opened with.

    Parameters
    ----------
    opening : Opening
    exhibit : Exhibit
    library : Library
    terms : Terms

    Attributes
    ----------
    lines : Lines
        The one on the stage stands at step 0, or where the opening's state stood; going on to
        the opening's step is the caller's.

    Raises
    ------
    EngineError
        If a value of the opening breaks a rule.
    """

    def __init__(self, opening: Opening, exhibit: Exhibit, library: Library, terms: Terms) -> None:
        self._exhibit = exhibit
        self._library = library
        self._memory = terms.history_bytes
        looks = opening.looks.items()
        self._looks = {name: args for name, args in looks if name not in exhibit.brings}
        self._kept: dict[int, KeptLine] = {}
        recorder = self._record(opening)
        self.lines = Lines.one(recorder, self._memory)
        if opening.lines:
            lines = [self._line(kept, recorder) for kept in opening.lines]
            current = next(line for line in lines if line.recorder is recorder)
            self.lines = Lines(lines, current, self._memory)

    @property
    def recorder(self) -> Recorder:
        """The recorder of the line on the stage."""
        return self.lines.recorder

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take an action, and remember it if it is one of those that only look.

        One that brings what a run is made of begins a new run.

        Raises
        ------
        EngineError
            If the action cannot be taken, or there is no room for another run.
        """
        if name in self._exhibit.brings:
            self._begin(self._exhibit.brings[name], None, name, {name: args})
            return ()
        events = self.lines.act(name, args)
        if name in self._exhibit.view_actions:
            self._looks.pop(name, None)  # so that the newest is taken last when taken again
            self._looks[name] = args
        return events

    @property
    def looks(self) -> dict[str, Any]:
        """What was brought for this run, and the newest arguments of each view action."""
        return self.recorder.brought | self._looks

    def settings(self) -> dict[str, Any]:
        """Return what makes this run: with it in a link, the same run opens elsewhere."""
        return {
            "values": dict(self.recorder.values),
            "changes": _from_the_start(self.recorder.changes, self.recorder.first_values),
            "seed": self.recorder.seed,
            "length": self.recorder.length,
        }

    def reset(self, values: Mapping[str, Value], seed: int | None) -> None:
        """Begin a new run; what is not given is as it is here.

        Raises
        ------
        EngineError
            If a value breaks a rule, or there is no room for another run.
        """
        self._begin(values, seed, next(iter(values), "reset"), {})

    def _begin(
        self,
        values: Mapping[str, Value],
        seed: int | None,
        thing: str,
        brought: Mapping[str, Mapping[str, Any]],
    ) -> None:
        opening = Opening(
            slug=self._exhibit.slug,
            values={**self.recorder.values, **values},
            changes=[],
            seed=self.recorder.seed if seed is None else seed,
            looks={**self.looks, **brought},
        )
        self.lines.restart(self._record(opening), thing)

    def here(self, *, run: int, seq: int, watch: tuple[str, ...] | None) -> Opening:
        """Return the opening of these very lines where they stand."""
        lines = tuple(self._keep(line) for line in self.lines.all)
        opening = self._opening(self.recorder)
        return replace(opening, run=run, seq=seq, watch=watch, lines=lines)

    def _record(self, opening: Opening) -> Recorder:
        """Return a recorder that stands where the opening's state stood, else at step 0."""
        first, later = _divide(opening.changes)
        values = {**opening.values, **first}
        brings = self._exhibit.brings
        for name in opening.looks:
            if name not in self._exhibit.view_actions and name not in brings:
                known = ", ".join((*self._exhibit.view_actions, *brings)) or "nothing"
                raise InvalidValueError(f"looks: expected one of {known}, got {name!r}")
        looks = {name: args for name, args in opening.looks.items() if name not in brings}
        recorder = Recorder(
            self._exhibit,
            values,
            opening.seed,
            self._library,
            changes=later,
            brought={name: args for name, args in opening.looks.items() if name in brings},
            memory=self._memory,
        )
        if opening.state is not None:
            with np.load(io.BytesIO(opening.state), allow_pickle=False) as state:
                recorder.load(dict(state))
        else:
            for name, args in looks.items():
                recorder.act(name, args)
        return recorder

    def _opening(self, recorder: Recorder) -> Opening:
        file = io.BytesIO()
        # by name, all of them: mypy takes an array for savez's own `allow_pickle`
        np.savez(file, **recorder.save())  # type: ignore[arg-type]
        return Opening(
            slug=self._exhibit.slug,
            values=recorder.first_values,
            changes=recorder.changes,
            seed=recorder.seed,
            step=recorder.position,
            looks=recorder.brought | self._looks,
            state=file.getvalue() if file.tell() <= MOST_KEPT else None,
        )

    def _keep(self, line: Line) -> KeptLine:
        """Return how to open a line again; a ghost's is worked out once, as it stands still."""
        known = max(line.known, line.recorder.head)
        ghost = self._kept.get(line.id)
        opening = None
        if line is not self.lines.current:
            kept_before = ghost.opening if ghost and ghost.known == known else None
            opening = kept_before or self._opening(line.recorder)
        kept = KeptLine(
            id=line.id,
            place=line.place,
            root=line.root,
            parent=line.parent,
            step=line.step,
            pinned=line.pinned,
            known=known,
            opening=opening,
        )
        self._kept[line.id] = kept
        return kept

    def _line(self, kept: KeptLine, current: Recorder) -> Line:
        recorder = current if kept.opening is None else self._record(kept.opening)
        return Line(
            id=kept.id,
            place=kept.place,
            recorder=recorder,
            root=kept.root,
            parent=kept.parent,
            step=kept.step,
            pinned=kept.pinned,
            known=kept.known,
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
