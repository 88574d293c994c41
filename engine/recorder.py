"""History: steps back and forth over a run, to the byte.

The recorder keeps what a person did (the inputs, with the step at which they came), a
checkpoint of the run every so many steps, and the course of the run's scalars. Any step is the
checkpoint before it plus a few steps made again; since a run is deterministic, what comes back
is what was. Longer than other files: going to a step, changing what comes after it and opening a
run again all rest on the same few fields.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import astuple, dataclass, replace
from typing import Any, Literal

import numpy as np

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import BusyRun, Event, Exhibit
from engine.exhibits.controls import Value
from engine.explain.arithmetic import PAGE, listing
from engine.explain.course import explain_course
from engine.explain.ledger import Ledger
from engine.export.files import Material
from engine.metrics import Metrics
from engine.slow import SlowMotion
from engine.snapshot import Array, Snapshot, freeze

Change = tuple[int, dict[str, Value]] | tuple[int, str, dict[str, Any]]
"""A step, and the live controls that were changed there; or the action that was taken there, and
its arguments."""

Turn = tuple[Value | None, Value | None]
"""A control's value before a change and after it; nothing of either for an action."""

FIRST_SPACING = 16
"""Steps between checkpoints at first; doubled each time that the memory is full."""


@dataclass(frozen=True, slots=True)
class _Input:
    """What a person did to the run when it stood at `step`."""

    step: int
    kind: Literal["set", "act"]
    name: str
    payload: Mapping[str, Any]


class Recorder:
    """A run with a history.

    Parameters
    ----------
    exhibit : Exhibit
    values : mapping of str to value
        Control values as they came, complete or not; what is missing takes its default.
    seed : int
    library : Library
    changes : iterable of (step, values) or (step, action, arguments)
        What was done to the run, to be done again when it gets there.
    brought : mapping of str to mapping
        What was brought for the run, such as a table: arguments by one of `Exhibit.brings`.
    memory : int
        The most bytes that checkpoints may take.

    Attributes
    ----------
    values : dict
        Every control's value at the step on the stage.
    slow : SlowMotion
        Where in the step on the stage one looks: no part of history, nor of what is saved.

    Raises
    ------
    InvalidValueError
        If a value is unknown or breaks its control's rule, or an action cannot be taken.
    """

    def __init__(
        self,
        exhibit: Exhibit,
        values: Mapping[str, object],
        seed: int,
        library: Library,
        *,
        changes: Iterable[Change] = (),
        brought: Mapping[str, Mapping[str, Any]] | None = None,
        memory: int = 64 << 20,
    ) -> None:
        self.exhibit = exhibit
        self.seed = seed
        self._library = library.bringing(brought) if brought else library
        self._memory = memory
        self._first_values = {**exhibit.defaults(), **exhibit.check(values, library)}
        self._inputs: dict[int, list[_Input]] = {}
        for change in changes:
            self._note(self._read(change))
        self._looks: dict[str, dict[str, Any]] = {}
        self._diverged: Event | None
        self._checkpoints: dict[int, dict[str, Array]]
        self._metrics: Metrics
        self._open()
        self._try_actions()

    @property
    def position(self) -> int:
        """The step on the stage."""
        return self._run.position

    @property
    def head(self) -> int:
        """The furthest step made so far."""
        return self._metrics.head

    @property
    def length(self) -> int | None:
        """The number of steps of a finite run, else None."""
        return self._run.length

    @property
    def spacing(self) -> int:
        """Steps between two checkpoints."""
        return self._spacing

    @property
    def held(self) -> int:
        """The bytes that checkpoints take."""
        return self._bytes

    @property
    def changes(self) -> list[Change]:
        """What was done to the run, in the order in which it was done."""
        inputs = [one for step in sorted(self._inputs) for one in self._inputs[step]]
        return [
            (one.step, dict(one.payload))
            if one.kind == "set"
            else (one.step, one.name, dict(one.payload))
            for one in inputs
        ]

    @property
    def first_values(self) -> dict[str, Value]:
        """Every control's value as the run was opened."""
        return dict(self._first_values)

    @property
    def brought(self) -> dict[str, Mapping[str, Any]]:
        """What was brought for the run: arguments by the action that took them."""
        return dict(self._library.brought)

    @property
    def has_future(self) -> bool:
        """Whether something is known to come after the step on the stage."""
        return self.head > self.position or any(at > self.position for at in self._inputs)

    @property
    def memory(self) -> int:
        """The most bytes that checkpoints may take; set to less, it thins them at once."""
        return self._memory

    @memory.setter
    def memory(self, most: int) -> None:
        self._memory = most
        self._thin()

    @property
    def diverged(self) -> Event | None:
        """What happened, if the run stands at a step that is not finite."""
        if self._diverged and self.position == self._diverged.data["step"]:
            return self._diverged
        return None

    @property
    def busy(self) -> bool:
        """Whether the run has work besides its steps."""
        return isinstance(self._run, BusyRun) and self._run.busy

    def work(self) -> tuple[Event, ...]:
        """Do a bit of what the run has to do besides its steps."""
        return self._run.work() if isinstance(self._run, BusyRun) else ()

    def step(self, n: int = 1) -> tuple[Event, ...]:
        """Go n steps; n may be negative.

        Stops at 0, at the end of a finite run, and where the run diverges.

        Returns
        -------
        tuple of Event
            What happened; `diverged` carries `tensor`, `step`, `learning_rate`, `last_finite`.
        """
        if n < 0:
            return self.seek(self.position + n)
        events: list[Event] = []
        for _ in range(n):
            if self.diverged or self.position == self.length:
                break
            try:
                events += self._run.step()
            except DivergedError as error:
                self._diverged = Event(
                    "diverged",
                    {
                        "tensor": error.tensor,
                        "step": self.position,
                        "learning_rate": error.learning_rate,
                        "last_finite": self.position - 1,
                    },
                    pauses=True,
                )
                events.append(self._diverged)
            self._arrive()
        return tuple(events)

    def state(self) -> dict[str, Array]:
        """Return what the run saves where it stands."""
        return self._run.save()

    def approach(self, step: int) -> None:
        """Stand as near before `step` as can be without training: here, or at a checkpoint.

        From there `step` is reached by steps forward, which a caller with other things to do
        may take in slices.
        """
        start = max(at for at in self._checkpoints if at <= max(step, 0))
        if not start <= self.position <= step:
            self._return_to(start)

    def seek(self, step: int) -> tuple[Event, ...]:
        """Go to a step: what is there is what was there."""
        step = max(step, 0)
        self.approach(step)
        return self.step(step - self.position)

    def set(self, values: Mapping[str, object]) -> None:
        """Change live and view controls; a live one ends the future that was known.

        Raises
        ------
        InvalidValueError
            If a value breaks its control's rule, or the control starts a new run.
        """
        changed, live = self._changed(values)
        if live:
            self._forget_future()
            self._note(_Input(self.position, "set", "", live))
        self._apply(changed)
        if live:  # a scalar may be of what was set, as it will be when this is done again
            self._metrics.record(self.position, self._run.scalars())

    def ends_future(self, values: Mapping[str, object]) -> bool:
        """Return whether `set` of these would end a future that is known.

        Raises
        ------
        InvalidValueError
            As `set` would.
        """
        return bool(self._changed(values)[1]) and self.has_future

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take an action of the exhibit's own.

        Raises
        ------
        InvalidValueError
            If the exhibit has no such action or its arguments break a rule.
        """
        exhibit = self.exhibit
        known = exhibit.actions + exhibit.view_actions + exhibit.questions
        if name not in known:
            raise InvalidValueError(f"action: expected one of {', '.join(known)}, got {name!r}")
        events = self._run.act(name, args)
        if name in self.exhibit.actions:
            self._forget_future()
            self._note(_Input(self.position, "act", name, dict(args)))
            self._metrics.record(self.position, self._run.scalars())
        elif name in self.exhibit.view_actions:
            # so that the newest is taken last when they are taken again
            self._looks.pop(name, None)
            self._looks[name] = dict(args)
        return events

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return this moment's arrays, those of `names` or all.

        The course of the scalars up to `head` is among them, as `history.<scalar>` over
        `history.step`: it belongs to the run as far as it is known, not to the step.
        """
        moment = self._run.snapshot(names)
        history = {
            name: array
            for name, array in self._metrics.arrays().items()
            if names is None or name in names
        }
        course = freeze(moment.step, {}, history)
        return replace(moment, arrays={**moment.arrays, **course.arrays})

    def ledger(
        self, tensor: str, index: tuple[int, ...], *, page: int = 0, terms: int = PAGE
    ) -> Ledger:
        """Return how an element of a tensor came about, at the step on the stage.

        Parameters
        ----------
        page : int
            Which of its terms, from 0, where there are many.
        terms : int
            How many a page lists.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or element, or `terms` breaks its rule.
        """
        course = self._metrics.arrays()
        if tensor in course:
            return explain_course(course, tensor, index)
        with listing(terms):
            return self._run.ledger(tensor, index, page=page)

    def material(self) -> Material:
        """Return what this run can be taken away as files from, as it stands.

        Raises
        ------
        InvalidValueError
            If something was done to it that no script could repeat.
        """
        begun = self._first_values, self.seed, self._library
        with self.slow.closed():
            arrays = self._run.snapshot(None).arrays
        return Material(
            name=f"{self.exhibit.slug}-step{self.position}",
            story=self.exhibit.story(*begun, changes=self.changes, run=self._run),
            course=self._metrics.table(),
            arrays=arrays,
        )

    @property
    def courses(self) -> tuple[str, ...]:
        """The names of the arrays that hold the course of the scalars."""
        return ("history.step", *(f"history.{name}" for name in self.exhibit.history))

    def scalars(self, step: int) -> dict[str, float]:
        """Return the scalars of `history` at a step up to `head`, as they were measured there."""
        return self._metrics.at(step)

    def twin(self) -> "Recorder":
        """Return a recorder that knows and shows the same, with a run of its own.

        The checkpoints' arrays are shared: nobody writes to them.
        """
        other = copy(self)
        other._inputs = {at: list(inputs) for at, inputs in self._inputs.items()}
        other._checkpoints = dict(self._checkpoints)
        other._metrics = self._metrics.copy()
        other._looks = {}
        other.values = dict(self.values)
        other._run = self.exhibit.build(self._first_values, self.seed, self._library)
        other.slow = SlowMotion(other._run)
        kept = self._names("live", "view")
        other._run.set({name: self.values[name] for name in kept})
        other._run.load(self._run.save())
        other.look_as(self)
        return other

    def branch(self) -> "Recorder":
        """Return a recorder that stands here as well, and knows no future."""
        other = self.twin()
        other._forget_future()
        return other

    def look_as(self, other: "Recorder") -> None:
        """Look at what `other` looks at: the same view controls, the same view actions."""
        views = {name: other.values[name] for name in self._names("view")}
        self._apply({name: value for name, value in views.items() if self.values[name] != value})
        for name, args in other._looks.items():
            if self._looks.get(name) != args:
                self.act(name, args)

    def parting(self, other: "Recorder") -> int | None:
        """Return the first step at which something else was done here than in `other`.

        Up to there the two are the same, as a run is determined by what is done to it. None if
        the same was done to both.
        """
        mine, theirs = self._determined(), other._determined()
        if mine != theirs:
            return 0
        steps = sorted(self._inputs.keys() | other._inputs.keys())
        return next((at for at in steps if self._done(at) != other._done(at)), None)

    def done_since(self, step: int) -> list[tuple[int, dict[str, Turn]]]:
        """Return the steps from `step` on at which something was done, and what, by its name."""
        values = dict(self._first_values)
        told = []
        for at in sorted(self._inputs):
            here: dict[str, Turn] = {}
            before = dict(values)
            for one in self._inputs[at]:
                if one.kind == "set":
                    values |= one.payload
                    here |= {name: (before[name], values[name]) for name in one.payload}
                else:
                    here[one.name] = (None, None)
            if at >= step:
                told.append((at, here))
        return told

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs to stand here again in another process."""
        start = max(at for at in self._checkpoints if at <= self.position)
        story = {
            "position": self.position,
            "start": start,
            "first_values": self._first_values,
            "values": self.values,
            "inputs": [astuple(one) for step in self._inputs.values() for one in step],
            "looks": self._looks,
        }
        checkpoint = {f"run.{name}": array for name, array in self._checkpoints[start].items()}
        text = np.frombuffer(json.dumps(story, allow_nan=False).encode(), np.uint8)
        return {"story": text, "metrics": self._metrics.save(), **checkpoint}

    def load(self, state: Mapping[str, Array]) -> None:
        """Stand where `save` stood, with all that was looked at."""
        story = json.loads(state["story"].tobytes())
        self._first_values = story["first_values"]
        self._inputs = {}
        for one in story["inputs"]:
            self._note(_Input(*one))
        self._open()
        self._metrics.load(state["metrics"])
        self._keep(
            story["start"],
            {name[4:]: array for name, array in state.items() if name.startswith("run.")},
        )
        self.values = story["values"]
        self._return_to(story["start"])
        self.seek(story["position"])
        for name, args in story["looks"].items():
            self.act(name, args)

    def _read(self, change: Change) -> _Input:
        """Return a change that was told as an input, checked as far as can be without the run."""
        if len(change) == 2:
            return _Input(change[0], "set", "", self._check(change[1], ("live",)))
        step, name, args = change
        if name not in self.exhibit.actions:
            known = ", ".join(self.exhibit.actions) or "no action: this exhibit has none"
            raise InvalidValueError(f"changes: expected one of {known}, got {name!r}")
        return _Input(step, "act", name, dict(args))

    def _try_actions(self) -> None:
        """Take each action that waits for its step once, so that a bad one is refused now."""
        actions = [one for at in self._inputs if at for one in self._inputs[at] if one.name]
        if actions:
            for one in actions:
                self._run.act(one.name, one.payload)
            self._return_to(0)

    def _open(self) -> None:
        """Stand at step 0 of a run about which nothing else is known."""
        self.values = dict(self._first_values)
        self._diverged = None
        self._metrics = Metrics(self.exhibit.history)
        self._spacing = FIRST_SPACING
        self._checkpoints = {}
        self._bytes = 0
        self._run = self.exhibit.build(self.values, self.seed, self._library)
        self.slow = SlowMotion(self._run)
        self._arrive()

    def _arrive(self) -> None:
        """Record where the run now stands, and do again what was done to it here."""
        at = self.position
        self.slow.arrive()
        if at % self._spacing == 0 and at not in self._checkpoints and not self.diverged:
            self._keep(at, self._run.save())
        for one in self._inputs.get(at, ()):
            if one.kind == "set":
                self._apply(one.payload)
            else:
                self._run.act(one.name, one.payload)
        self._metrics.record(at, self._run.scalars())

    def _keep(self, at: int, state: dict[str, Array]) -> None:
        """Keep a checkpoint; when the memory is full, drop every other one."""
        self._checkpoints[at] = state
        self._bytes += _size(state)
        self._thin()

    def _thin(self) -> None:
        while self._bytes > self._memory and self._spacing < max(self._checkpoints):
            self._spacing *= 2
            for old in [at for at in self._checkpoints if at % self._spacing]:
                self._bytes -= _size(self._checkpoints.pop(old))

    def _return_to(self, start: int) -> None:
        """Take the run back to the checkpoint at `start`; what is looked at stays."""
        looks = {name: self.values[name] for name in self._names("view")}
        self.values = self._first_values | looks
        for at in sorted(at for at in self._inputs if at < start):
            for one in self._inputs[at]:
                self.values |= one.payload if one.kind == "set" else {}
        self._run.set({name: self.values[name] for name in self._names("live", "view")})
        self._run.load(self._checkpoints[start])
        self._arrive()

    def _apply(self, values: Mapping[str, Value]) -> None:
        self._run.set(values)
        self.values |= values

    def _note(self, one: _Input) -> None:
        """Add to what was done; what is set twice at a step is one change."""
        here = self._inputs.setdefault(one.step, [])
        if here and here[-1].kind == one.kind == "set":
            one = replace(one, payload={**here.pop().payload, **one.payload})
        here.append(one)

    def _forget_future(self) -> None:
        here = self.position
        self._metrics.truncate(here)
        self._inputs = {at: inputs for at, inputs in self._inputs.items() if at <= here}
        for at in [at for at in self._checkpoints if at > here]:
            self._bytes -= _size(self._checkpoints.pop(at))
        if self._diverged and not self.diverged:
            self._diverged = None

    def _determined(self) -> tuple[int, dict[str, Value], dict[str, Any]]:
        """Return what determines the run before anything is done to it."""
        first = self._first_values
        views = self._names("view")
        values = {name: x for name, x in first.items() if name not in views}
        uses = self.exhibit.uses
        used = {name: args for name, args in self.brought.items() if uses(name, first)}
        return self.seed, values, used

    def _done(self, at: int) -> list[tuple[str, str, dict[str, Any]]]:
        return [(one.kind, one.name, dict(one.payload)) for one in self._inputs.get(at, ())]

    def _names(self, *effects: str) -> list[str]:
        return [one.name for one in self.exhibit.controls if one.effect in effects]

    def _changed(self, values: Mapping[str, object]) -> tuple[dict[str, Value], dict[str, Value]]:
        """Return what of `values` is new, and what of that is part of history."""
        checked = self._check(values, ("live", "view"))
        again = {one.name for one in self.exhibit.controls if one.again}
        changed = {
            name: value
            for name, value in checked.items()
            if value != self.values[name] or name in again
        }
        live = self._names("live")
        return changed, {name: value for name, value in changed.items() if name in live}

    def _check(self, values: Mapping[str, object], effects: tuple[str, ...]) -> dict[str, Value]:
        checked = self.exhibit.check(values, self._library)
        for name in checked:
            if self.exhibit.effect(name) not in effects:
                raise InvalidValueError(f"{name}: a new value starts a new run")
        return checked


def _size(state: Mapping[str, Array]) -> int:
    return sum(array.nbytes for array in state.values())
