"""Runs side by side: from a past step another future, while the one that was known stays."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from string import ascii_uppercase
from typing import Any

from engine.errors import InvalidValueError
from engine.exhibits.contract import Event
from engine.recorder import Recorder
from engine.snapshot import Array

MOST_LINES = 3

MOST_SEARCHED = 64
"""Steps after two lines have parted among which their first difference is looked for."""


@dataclass(slots=True)
class Line:
    """One course of a run.

    Attributes
    ----------
    id : int
        Never given twice.
    place : int
        Counted from 1 since the last reset that left no line; gives the name.
    recorder : Recorder
    root : int
        The line that a reset began and from which this one comes: itself, if it was not forked.
    parent : int or None
        The line it was forked from, even if that one is gone.
    step : int
        Where it left its parent.
    pinned : bool
        Whether it stays until somebody says otherwise.
    known : int
        How far it had come when it was kept; what its recorder lacks of that is made again.
    """

    id: int
    place: int
    recorder: Recorder
    root: int
    parent: int | None = None
    step: int = 0
    pinned: bool = False
    known: int = 0

    @property
    def name(self) -> str:
        """A, B, C, …, and after Z A1, B1, ..."""
        turn, letter = divmod(self.place - 1, len(ascii_uppercase))
        return f"{ascii_uppercase[letter]}{turn or ''}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line says at a step.

    Attributes
    ----------
    line : int
    scalars : mapping of str to float, or None
        None where the line has not come so far.
    numbers : tuple of (float or None)
        The elements that were asked for; None where there is none, or no such step.
    """

    line: int
    scalars: Mapping[str, float] | None
    numbers: tuple[float | None, ...]


@dataclass(slots=True)
class _Pair:
    """How far two lines have been held against each other."""

    parting: int | None = None
    searched: int = -1
    step: int | None = None


class Lines:
    """Up to three courses, one of which is on the stage; the others are its ghosts.

    Parameters
    ----------
    lines : iterable of Line
        The oldest first; at least one.
    current : Line
        The one of them that is on the stage.
    memory : int
        The most bytes that the checkpoints of all lines together may take.

    Attributes
    ----------
    current : Line
        The one on the stage.
    all : list of Line
        The oldest first.
    revision : int
        Grows with each change of what `all`, their settings and `differences` say; not with
        each step.
    """

    def __init__(self, lines: Iterable[Line], current: Line, memory: int) -> None:
        self.all = list(lines)
        self.current = current
        self.revision = 0
        self._memory = memory
        self._last_id = max(line.id for line in self.all)
        self._last_place = max(line.place for line in self.all)
        self._pairs: dict[tuple[int, int], _Pair] = {}
        self._settle()

    @classmethod
    def one(cls, recorder: Recorder, memory: int) -> "Lines":
        """Return one line alone."""
        line = Line(1, 1, recorder, root=1)
        return cls([line], line, memory)

    @property
    def recorder(self) -> Recorder:
        """The recorder of the line on the stage."""
        return self.current.recorder

    @property
    def ghosts(self) -> list[Line]:
        """All lines but the one on the stage."""
        return [line for line in self.all if line is not self.current]

    def fork(self, values: Mapping[str, object]) -> None:
        """Begin another future at the step on the stage, with other values of live controls.

        Raises
        ------
        InvalidValueError
            If a value breaks its control's rule or begins a new run, if the run has diverged
            here, or if there is no room for another line.
        """
        here = self.recorder
        if here.diverged:
            tensor, last = (here.diverged.data[key] for key in ("tensor", "last_finite"))
            raise InvalidValueError(
                f"step: {tensor} stopped being finite at step {here.position}; "
                f"expected at most {last}, got {here.position}"
            )
        here.ends_future(values)  # raises what is wrong with them, before anything is made
        keep = self._room(next(iter(values), "fork"))
        branch = here.branch()
        branch.set(values)
        self._put(keep, branch, parent=self.current)

    def set(self, values: Mapping[str, object]) -> None:
        """Change live and view controls; where a future is known already, it stays as a ghost.

        Raises
        ------
        InvalidValueError
            As `Recorder.set`, or if there is no room for another line.
        """
        if self.recorder.ends_future(values):
            self.fork(values)
        else:
            self.recorder.set(values)
            self.revision += 1

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take an action; where it ends a future that is known, that stays as a ghost.

        Raises
        ------
        InvalidValueError
            As `Recorder.act`, or if there is no room for another line.
        """
        here = self.recorder
        if name in here.exhibit.meetings:
            return here.act(name, {**args, "theirs": self._beside(args.get("line"))})
        if name not in here.exhibit.actions:
            return here.act(name, args)
        self.revision += 1
        if not here.has_future:
            return here.act(name, args)
        keep = self._room(name)
        branch = here.branch()
        events = branch.act(name, args)
        self._put(keep, branch, parent=self.current)
        return events

    def _beside(self, number: object) -> dict[str, Array]:
        """Return the state of a ghost at the step on the stage, or as far as it has come.

        A ghost is at most the steps between two checkpoints away from there.

        Raises
        ------
        InvalidValueError
            If there is no such ghost.
        """
        ghost = next((line for line in self.ghosts if line.id == number), None)
        if ghost is None:
            known = ", ".join(f"{line.id} ({line.name})" for line in self.ghosts)
            known = known or "a run beside this one, and there is none"
            raise InvalidValueError(f"line: expected {known}, got {number!r}")
        recorder = ghost.recorder
        recorder.seek(min(self.recorder.position, recorder.head))
        return recorder.state()

    def restart(self, recorder: Recorder, thing: str = "reset") -> None:
        """Take `recorder` for the line on the stage; of the others, those that are pinned stay.

        Raises
        ------
        InvalidValueError
            If as many are pinned as there may be.
        """
        keep = [line for line in self.all if line.pinned]
        if len(keep) == MOST_LINES:
            raise InvalidValueError(_no_room(thing, keep))
        if not keep:
            self._last_place = 0
        self._put(keep, recorder)

    def switch(self, number: int) -> None:
        """Take another line to the stage: it looks at what the one there looks at.

        Raises
        ------
        InvalidValueError
            If there is no such line.
        """
        line = self.find(number)
        if line is not self.current:
            line.recorder.look_as(self.recorder)
            self.current = line
            line.known = 0
            self.revision += 1

    def pin(self, number: int, *, pinned: bool) -> None:
        """Have a line stay whatever comes, or no longer.

        Raises
        ------
        InvalidValueError
            If there is no such line.
        """
        self.find(number).pinned = pinned
        self.revision += 1

    def drop(self, number: int) -> None:
        """Do without a ghost.

        Raises
        ------
        InvalidValueError
            If there is no such line, or it is on the stage.
        """
        line = self.find(number)
        if line is self.current:
            raise InvalidValueError(f"line: expected one that is not on the stage, got {line.name}")
        self.all.remove(line)
        self._settle()

    def find(self, number: int) -> Line:
        """Return the line with that id.

        Raises
        ------
        InvalidValueError
            If there is none.
        """
        for line in self.all:
            if line.id == number:
                return line
        known = ", ".join(f"{line.id} ({line.name})" for line in self.all)
        raise InvalidValueError(f"line: expected one of {known}, got {number}")

    def compare(
        self, step: int, numbers: Sequence[tuple[str, tuple[int, ...]]]
    ) -> Generator[None, None, list[Standing]]:
        """Work out what each line says at a step; yields at most a step of training apart.

        Parameters
        ----------
        step : int
        numbers : sequence of (tensor, index)
            Elements whose values are wanted, each as its ledger gives it.
        """
        standings = []
        for line in self.all:
            if step > line.recorder.head:
                standings.append(Standing(line.id, None, (None,) * len(numbers)))
                continue
            values: list[float | None] = []
            if numbers:
                reader = self._reader(line, step)
                yield from _go(reader, step)
                values = [_element(reader, *number) for number in numbers]
            standings.append(Standing(line.id, line.recorder.scalars(step), tuple(values)))
        return standings

    @property
    def differences(self) -> list[tuple[int, int, int | None]]:
        """Per two lines, the first step at which they are known to differ, or None."""
        return [
            (one.id, other.id, self._pair(one, other).step)
            for one, other in combinations(self.all, 2)
        ]

    @property
    def undecided(self) -> bool:
        """Whether `search` has something to do."""
        if len(self.all) == 1:
            return False
        grow = any(line.recorder.head < line.known for line in self.ghosts)
        return grow or any(self._to_search(*pair) for pair in combinations(self.all, 2))

    def search(self) -> Iterator[None]:
        """Look for the first steps at which lines differ, to the byte of a published array.

        Lines cannot differ before something else was done to them, so the search begins there.
        Ghosts that were opened again without their steps make them first. Yields at most a step
        of training, a twin or a snapshot apart.
        """
        for line in self.ghosts:
            yield from _grow(line)
        readers: dict[int, Recorder] = {}
        for one, other in combinations(self.all, 2):
            pair = self._pair(one, other)
            for step in self._to_search(one, other):
                for line in (one, other):
                    if line.id not in readers or readers[line.id].head < step:
                        readers[line.id] = line.recorder.twin()
                        yield
                    yield from _go(readers[line.id], step)
                    yield
                pair.searched = step
                if not _same(*(self._published(readers[line.id]) for line in (one, other))):
                    pair.step = step
                    self.revision += 1
                    break

    def _to_search(self, one: Line, other: Line) -> range:
        pair = self._pair(one, other)
        parting = one.recorder.parting(other.recorder)
        if parting != pair.parting:
            pair.parting, pair.searched = parting, -1
        if parting is None or pair.step is not None:
            return range(0)
        known = min(one.recorder.head, other.recorder.head)
        return range(max(parting, pair.searched + 1), min(known, parting + MOST_SEARCHED) + 1)

    def _pair(self, one: Line, other: Line) -> _Pair:
        return self._pairs.setdefault((one.id, other.id), _Pair())

    def _reader(self, line: Line, step: int) -> Recorder:
        """Return a recorder of a line that may be sent to `step`, looking at the same as all."""
        if line is not self.current:
            line.recorder.look_as(self.recorder)
            return line.recorder
        here = line.recorder
        return here if here.position == step else here.twin()

    def _published(self, reader: Recorder) -> Mapping[str, Array]:
        """Return what would be on the stage; the scalars' course is of more than this step."""
        reader.look_as(self.recorder)
        return reader.snapshot(reader.exhibit.publishes).arrays

    def _room(self, thing: str) -> list[Line]:
        """Return the lines that stay when another one comes: the oldest ghost may have to go."""
        if len(self.all) < MOST_LINES:
            return self.all
        oldest = next((line for line in self.ghosts if not line.pinned), None)
        if oldest is None:
            raise InvalidValueError(_no_room(thing, self.ghosts))
        return [line for line in self.all if line is not oldest]

    def _put(self, keep: list[Line], recorder: Recorder, parent: Line | None = None) -> None:
        self._last_id += 1
        self._last_place += 1
        line = Line(self._last_id, self._last_place, recorder, root=self._last_id)
        if parent is not None:
            line.root, line.parent, line.step = parent.root, parent.id, recorder.position
        self.current = line
        self.all = [*keep, line]
        self._settle()

    def _settle(self) -> None:
        """Share the memory among the lines that are there, and forget what is gone."""
        self.revision += 1
        known = {line.id for line in self.all}
        self._pairs = {pair: of for pair, of in self._pairs.items() if known.issuperset(pair)}
        for line in self.all:
            line.recorder.memory = self._memory // len(self.all)


def _no_room(thing: str, pinned: Sequence[Line]) -> str:
    names = " and ".join(line.name for line in pinned)
    return (
        f"{thing}: expected at most {MOST_LINES} runs side by side, and {names} are pinned; "
        "unpin or drop one of them first"
    )


def _go(recorder: Recorder, step: int) -> Iterator[None]:
    """Go to a step that is known, and yield before each one that is made again."""
    recorder.approach(step)
    while recorder.position < step:
        yield
        recorder.step()


def _grow(line: Line) -> Iterator[None]:
    """Make the steps again that a line had made."""
    recorder = line.recorder
    recorder.approach(line.known)
    while recorder.position < line.known and not recorder.diverged:
        yield
        recorder.step()
    line.known = 0


def _element(recorder: Recorder, tensor: str, index: tuple[int, ...]) -> float | None:
    try:
        with recorder.slow.closed():
            return recorder.ledger(tensor, index).value
    except InvalidValueError:
        return None


def _same(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    return one.keys() == other.keys() and all(
        array.shape == other[name].shape and array.tobytes() == other[name].tobytes()
        for name, array in one.items()
    )
