"""Exhibits for tests: runs that are easy to check, and that go wrong when told to."""

import os
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Toggle
from engine.explain.simple import given
from engine.snapshot import freeze

WHERE = "counter_exhibit:EXHIBITS"


class CounterRun:
    """A random walk; step n is drawn from (seed, n) alone."""

    length: int | None = None

    def __init__(self, values, seed, library):
        self.position = 0
        self._seed = seed
        self._values = dict(values)
        self._x = np.zeros(int(values["size"]), np.float32)
        self._note = 0.0
        if values["trouble"] == "build":
            raise RuntimeError("the counter was told not to be built")

    def step(self):
        self.position += 1
        time.sleep(self._values["sleep_ms"] / 1000)
        if self.position == self._values["at"]:
            self._go_wrong(self._values["trouble"])
        rng = np.random.default_rng([self._seed, self.position])
        self._x += self._values["pace"] * rng.standard_normal(len(self._x), np.float32)
        return (Event("epoch", {"epoch": self.position // 10}),) if self.position % 10 == 0 else ()

    def _go_wrong(self, trouble):
        if trouble == "crash":
            raise RuntimeError("the counter was told to crash")
        if trouble == "die":
            os._exit(3)
        if trouble == "diverge":
            self._x[0] = np.nan
            raise DivergedError("x", self.position, self._values["pace"])

    def scalars(self):
        return {"mean": float(self._x.mean())}

    def snapshot(self, names=None):
        arrays = {"x": self._x, "note": np.array(self._note, np.float32)}
        chosen = {name: a for name, a in arrays.items() if names is None or name in names}
        return freeze(self.position, self.scalars(), chosen)

    def set(self, values):
        self._values |= values

    def act(self, name: str, args: Mapping[str, Any]):
        if name == "note":
            if not isinstance(args.get("value"), int | float):
                raise InvalidValueError(f"value: expected a number, got {args.get('value')!r}")
            self._note = float(args["value"])
            return (Event("noted", {"value": self._note}),)
        if name == "ask":
            return (Event("asked", {"step": self.position}),)
        if name == "break":
            raise KeyError("broken on purpose")
        time.sleep(self._values["sleep_ms"] / 1000)
        self._x += np.float32(args["by"])
        return ()

    def ledger(self, tensor, index, *, page=0):
        arrays = {"x": self._x, "note": np.array(self._note)}
        if tensor not in arrays:
            raise InvalidValueError(f"tensor: expected one of x, note, got {tensor!r}")
        return given(tensor, arrays[tensor], index, "told by a test")

    def save(self):
        return {"x": self._x.copy(), "position": np.array(self.position)}

    def load(self, state):
        self._x[:] = state["x"]
        self.position = int(state["position"])


class FiniteRun(CounterRun):
    length = 25


class BusyRun(CounterRun):
    """When asked, it counts to ten besides its steps."""

    _left = 0

    @property
    def busy(self):
        return self._left > 0

    def work(self):
        self._left -= 1
        self._note += 1
        return () if self._left else (Event("counted", {"to": self._note}),)

    def act(self, name, args):
        self._left = 10 if name == "ask" else self._left
        return super().act(name, args)


class MeetingRun(CounterRun):
    """One that can be asked about another beside it."""

    def act(self, name, args):
        if name == "ask":
            return (Event("asked", {"theirs": float(args["theirs"]["x"][0])}),)
        return super().act(name, args)


class BringingRun(CounterRun):
    """One whose walk begins where somebody wants."""

    def __init__(self, values, seed, library):
        super().__init__(values, seed, library)
        if values["begin"] == "brought":
            if "bring" not in library.brought:
                raise InvalidValueError("begin: nothing has been brought")
            start = library.brought["bring"].get("start")
            if not isinstance(start, int | float):
                raise InvalidValueError(f"start: expected a number, got {start!r}")
            self._x += np.float32(library.once("start", lambda: start))


def _exhibit(slug: str, run: type) -> Exhibit:
    return Exhibit(
        slug=slug,
        title=slug.title(),
        hall="tests",
        promise="",
        controls=(
            Slider(name="pace", label="Pace", low=0, high=10, default=1.0),
            Slider(name="sleep_ms", label="Sleep", low=0, high=1000, default=0.0),
            Toggle(name="shown", label="Shown", effect="view"),
            Slider(
                name="size", label="Size", low=1, high=1e6, default=8, integer=True, effect="reset"
            ),
            Slider(name="at", label="At", low=-1, high=1e6, default=-1, integer=True),
            Choice(
                name="trouble",
                label="Trouble",
                options=tuple(
                    Option(name, name) for name in ("none", "build", "crash", "die", "diverge")
                ),
                default="none",
            ),
            Choice(
                name="begin",
                label="Begin",
                options=(Option("zero", "At 0"), Option("brought", "Where one wants")),
                default="zero",
                effect="reset",
            ),
        ),
        publishes=("x", "note"),
        build=run,
        actions=("push",),
        view_actions=("note", "break"),
        questions=("ask",),
        brings={"bring": {"begin": "brought"}} if run is BringingRun else {},
        meetings=("ask",) if run is MeetingRun else (),
        history=("mean",),
    )


EXHIBITS = {
    exhibit.slug: exhibit
    for exhibit in (
        _exhibit("counter", CounterRun),
        _exhibit("finite", FiniteRun),
        _exhibit("busy", BusyRun),
        _exhibit("meeting", MeetingRun),
        _exhibit("bringing", BringingRun),
    )
}
