"""The contract of an exhibit: what it declares, and what its run can do."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from engine.data.library import Library
from engine.exhibits.controls import Control, Value, check_values
from engine.explain.ledger import Ledger
from engine.explain.moments import OpenStep
from engine.export.files import kinds
from engine.export.recipe import Recipe, Story, repeatable
from engine.snapshot import Array, Snapshot


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and must not be lost, such as `diverged` or `judged`.

    Attributes
    ----------
    name : str
    data : mapping
        What there is to know, as JSON values.
    pauses : bool
        Whether a run that plays stops here, so that people see it.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    pauses: bool = False


class Run(Protocol):
    """One course of an exhibit from a seed: finite (window positions) or endless (training).

    The same exhibit, values, seed and inputs give the same bytes.
    """

    @property
    def position(self) -> int:
        """How many steps have been made."""

    @property
    def length(self) -> int | None:
        """How many steps there are, or None for an endless run."""

    def step(self) -> tuple[Event, ...]:
        """Make one step.

        Raises
        ------
        DivergedError
            If a tensor stopped being finite. The step counts as made: `position` has grown,
            and `snapshot` shows the tensors with what is not finite in them.
        """

    def scalars(self) -> Mapping[str, float]:
        """Return the single numbers of this moment (`loss`, `accuracy`, …)."""

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return this moment's arrays, those of `names` or all; names not published are ignored."""

    def set(self, values: Mapping[str, Value]) -> None:
        """Change live and view controls; the values have been checked."""

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take an action of the exhibit's own (a drawn digit, a prediction).

        Raises
        ------
        InvalidValueError
            If the exhibit has no such action or its arguments break a rule.
        """

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element of a tensor came about, at this moment.

        Every array that is published has ledgers, and so has every tensor that one names.

        Parameters
        ----------
        tensor : str
        index : tuple of int
            Where, in the usual order of axes.
        page : int
            Which of the terms, from 0, where there are many.

        Raises
        ------
        InvalidValueError
            If there is no such tensor, or no such element.
        """

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs to go on to the byte: arrays only, no objects.

        What is only looked at (view controls, view actions) is not part of it.
        """

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""


@runtime_checkable
class OpenableRun(Protocol):
    """A run whose steps can be opened up into moments, for slow motion; a run may do without."""

    @property
    def moment_count(self) -> int:
        """How many moments every step has."""

    def open_step(self) -> OpenStep | None:
        """Return the step that was made last, opened; None before the first."""

    def look_inside(self, moment: int | None, sample: int = 0) -> None:
        """Show what there is at a moment of the last step, for one sample of its minibatch.

        Until None ends it, `snapshot` has the tensors of that sample under their plain names, all
        that have been computed among them, asked for or not, and `ledger` answers for them. This
        is only a look: it changes nothing of the run and is not part of what is saved.
        """


@runtime_checkable
class BusyRun(Protocol):
    """A run that may have work besides its steps: a search, a grid that gets finer.

    It is done between the steps, a slice at a time, while somebody is there. What comes of it is
    only looked at: it changes nothing of the run, and is no part of what is saved.
    """

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""

    def work(self) -> tuple[Event, ...]:
        """Do a bit of it, of a few milliseconds; `snapshot` may have news after each."""


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One exhibit, declared.

    Attributes
    ----------
    slug : str
        Its name in URLs, and of its three files: `engine/exhibits/<slug>.py`,
        `static/js/exhibits/<slug>.js`, `templates/exhibits/<slug>.html`.
    title, hall : str
        What the page calls it, and the hall it stands in.
    promise : str
        One sentence: what one understands afterwards.
    controls : tuple of Control
        What a person may change.
    publishes : tuple of str
        The names of all arrays that its run publishes.
    families : tuple of str
        Patterns of further names, such as `*.z`, where it depends on the values which layers
        there are.
    build : callable of (values, seed, library) -> Run
        Opens a run on checked, complete values.
    actions : tuple of str
        Actions that change the run; they belong to its history.
    view_actions : tuple of str
        Actions that change only what is looked at; the newest of each is part of a link.
    brings : mapping of str to mapping
        Actions that bring what a run is made of, such as a table of data, each with the controls'
        values that use it. Such an action begins a new run with those values. The newest arguments
        of each are there when a run is built, as `library.brought`; they stay through resets, and
        go into a link while they are used.
    questions : tuple of str
        Actions that ask something of this very step: they are not remembered, and wait for a seek.
    meetings : tuple of str
        Those of `questions` that are about this run and another beside it: their argument `line`
        names that one, and the run is handed what it would `save` there, as `theirs`.
    history : tuple of str
        The scalars whose course over the steps is published as arrays (see `Recorder`).
    gradual : tuple of str
        Those of `publishes` that fill up as the run goes on: NaN where there is no number yet,
        and asking for such a number is refused.
    seeded : bool
        Whether the seed makes a difference with the default values.
    rate : float or None
        Steps a second at which Play begins; None is as fast as it goes.
    recipe : callable of (values, seed, library) -> Recipe or None, or None
        What its run trains, before the first step; from it code is written that repeats the run.
        Such a run keeps its parameters as `theta` in `save`, as a trainer does. None for an exhibit
        that trains nothing; it returns None where only some of its runs train.
    """

    slug: str
    title: str
    hall: str
    promise: str
    controls: tuple[Control, ...]
    publishes: tuple[str, ...]
    build: Callable[[Mapping[str, Value], int, Library], Run]
    families: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    view_actions: tuple[str, ...] = ()
    brings: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    gradual: tuple[str, ...] = ()
    seeded: bool = True
    rate: float | None = None
    recipe: Callable[[Mapping[str, Value], int, Library], Recipe | None] | None = None

    def defaults(self) -> dict[str, Value]:
        """Return each control's default value."""
        return {control.name: control.default for control in self.controls}

    def check(self, values: Mapping[str, object], library: Library) -> dict[str, Value]:
        """Return the checked values among `values`; raise `InvalidValueError` for a bad one."""
        return check_values(self.controls, values, library)

    def effect(self, name: str) -> str:
        """Return when the control `name` applies: `live`, `reset` or `view`."""
        return next(control.effect for control in self.controls if control.name == name)

    def uses(self, name: str, values: Mapping[str, Value]) -> bool:
        """Return whether a run with these values uses what the action `name` brings."""
        return all(values[control] == value for control, value in self.brings[name].items())

    @property
    def exports(self) -> list[str]:
        """The kinds of files that its runs can be taken away as."""
        return kinds(trains=self.recipe is not None, measures=bool(self.history))

    def story(
        self,
        values: Mapping[str, Value],
        seed: int,
        library: Library,
        *,
        changes: Iterable[tuple[Any, ...]],
        run: Run,
    ) -> Story | None:
        """Return what a script needs to do again what a run did; None if it trains nothing.

        Parameters
        ----------
        values : mapping of str to value
            The controls at step 0.
        seed, library
            As the run was built with.
        changes : iterable of (step, values) or (step, action, arguments)
            What was done to it since.
        run : Run
            As it stands.

        Raises
        ------
        InvalidValueError
            If something was done to it that no script could repeat.
        """
        if self.recipe is None:
            return None
        live, edits = repeatable(changes)
        recipe = self.recipe({**values, **live.pop(0, {})}, seed, library)
        if recipe is None:
            return None
        return Story(
            slug=self.slug,
            title=self.title,
            recipe=recipe,
            changes=live,
            edits=edits,
            steps=run.position,
            parameters=recipe.network.named(run.save()["theta"]),
        )

    def describe(self, library: Library) -> dict[str, Any]:
        """Return the declaration as JSON values, for `/api/exhibits` and `welcome`."""
        return {
            "slug": self.slug,
            "title": self.title,
            "hall": self.hall,
            "promise": self.promise,
            "controls": [control.describe(library) for control in self.controls],
            "publishes": list(self.publishes),
            "actions": list(self.actions),
            "view_actions": list(self.view_actions),
            "brings": {name: dict(values) for name, values in self.brings.items()},
            "rate": self.rate,
            "exports": self.exports,
        }
