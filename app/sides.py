"""Lines as messages: what is known of each, and what each says at a step."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.ledgers import quantity
from engine.exhibits.controls import Value
from engine.lines import Line, Lines, Standing
from engine.recorder import Recorder, Turn
from engine.snapshot import Array

MOST_TOLD = 16
"""Changes of a line that are told."""


def lines_message(lines: Lines) -> dict[str, Any]:
    """Return all lines, the oldest first, and where they first differ."""
    return {
        "current": lines.current.id,
        "lines": [_line(line, lines) for line in lines.all],
        "differences": [{"a": a, "b": b, "step": step} for a, b, step in lines.differences],
    }


def compared_message(
    number: int, run: int, step: int, standings: Sequence[Standing]
) -> dict[str, Any]:
    """Return the answer to the comparison with the id `number`."""
    return {
        "kind": "compared",
        "id": number,
        "run": run,
        "step": step,
        "lines": [
            {
                "line": one.line,
                "scalars": None if one.scalars is None else dict(one.scalars),
                "numbers": [None if x is None else quantity(x) for x in one.numbers],
            }
            for one in standings
        ],
    }


def _line(line: Line, lines: Lines) -> dict[str, Any]:
    recorder = line.recorder
    return {
        "line": line.id,
        "name": line.name,
        "pinned": line.pinned,
        "parent": line.parent,
        "step": line.step,
        "head": recorder.head,
        "changes": _changes(line, lines)[:MOST_TOLD],
        "course": _course(recorder),
    }


def _changes(line: Line, lines: Lines) -> list[tuple[int, dict[str, Turn]]]:
    """Return what makes a line another one: than its parent, or than the oldest of all."""
    if line.parent is not None:
        return line.recorder.done_since(line.step)
    oldest = lines.all[0].recorder
    before, after = _settings(oldest), _settings(line.recorder)
    unlike: dict[str, Turn] = {
        name: (before[name], x) for name, x in after.items() if x != before[name]
    }
    changes = line.recorder.done_since(0)
    return [(0, unlike), *changes] if unlike else changes


def _settings(recorder: Recorder) -> dict[str, Value]:
    """Return what a run was opened with, what is only looked at aside."""
    exhibit = recorder.exhibit
    values = {
        name: value
        for name, value in recorder.first_values.items()
        if exhibit.effect(name) != "view"
    }
    return {**values, "seed": recorder.seed}


def _course(recorder: Recorder) -> dict[str, list[float | None]]:
    courses = recorder.snapshot(recorder.courses).arrays
    return {name.removeprefix("history."): _numbers(courses[name]) for name in recorder.courses}


def _numbers(array: Array) -> list[float | None]:
    """Return each as the shortest text that gives the same float32 back."""
    # a float32 made a float has digits that say nothing: 0.1 would be 0.10000000149011612
    return [float(str(x)) if np.isfinite(x) else None for x in array]
