"""One visitor's run, in a worker: commands in, frames and events out.

A seat never computes for long: far seeks and playing are done in slices, which the worker deals
out in turn. Longer than other files, as every command of the protocol ends here.
"""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

from app import wire
from app.course import Course
from app.exporter import Exporter
from app.posts import Kept, Opening, Post, Refused, Terms
from app.teller import Teller
from engine.data.library import Library
from engine.errors import EngineError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.lines import Standing
from engine.recorder import Recorder

SLICE = 0.010
"""Seconds of computing at most before others get their turn."""

LEAST = 0.001
"""Seconds that are left for steps, whatever else a slice was spent on."""

KEEP_AFTER_COMMAND = 0.5
KEEP_WHILE_PLAYING = 5.0

MOST_LATE = 0.25
"""Seconds by which a run that plays at a rate may be late and still catch up."""

SUPERSEDING = frozenset({"pause", "seek", "reset"})
"""Commands that end a seek on its way, as does what brings a new run. Those that change the run
wait for it, or the run would depend on when they came."""

ANSWERED = frozenset({"explain", "compare"})
"""Commands that are answered by a message of their own, and need no frame."""

MOST_WAITING = 64

END = object()
Comparison = Generator[None, None, list[Standing]]

logger = logging.getLogger(__name__)


def never() -> bool:
    """Nothing interrupts."""
    return False


class Seat:
    """A run with its visitor's wishes.

    Parameters
    ----------
    number : int
        Which seat this is; goes into every post.
    opening : Opening
    exhibit : Exhibit
    library : Library
    terms : Terms
    send : callable
        Takes what is for the visitor.
    clock : callable
        Seconds that only go forward.

    Raises
    ------
    EngineError
        If a value of the opening breaks a rule.
    """

    def __init__(
        self,
        number: int,
        opening: Opening,
        *,
        exhibit: Exhibit,
        library: Library,
        terms: Terms,
        send: Callable[[Post], None],
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.number = number
        self._opening = opening
        self._exhibit = exhibit
        self._library = library
        self._terms = terms
        self._send = send
        self._clock = clock
        self._playing = False
        self._rate: float | None = None
        self._next_step = 0.0
        self._goal: int | None = None
        self._goal_moment = 0
        self._slow = opening.slow
        self._waiting: deque[tuple[str, Mapping[str, Any]]] = deque()
        self._comparisons: deque[tuple[int, int, Comparison]] = deque()
        self._search: Iterator[None] | None = None
        self._keep_at: float | None = None
        self._exporter = Exporter(number, send=send, clock=clock)
        self._course = self._open(opening)
        self._teller = Teller(number, self._course, opening, send=send, clock=clock)

    @property
    def _recorder(self) -> Recorder:
        return self._course.recorder

    def greet(self) -> None:
        """Send the welcome, and owe a frame: a socket has come, or come back."""
        described = self._exhibit.describe(self._library)
        self._teller.welcome(described, playing=self._playing, cap=self._terms.step_cap)
        self._next_step = self._clock()

    def hold(self) -> None:
        """Stand still, still playing, until somebody is greeted: the socket has gone."""
        self._teller.held = True

    def export(self, number: int, file: str) -> None:
        """Make a file of this kind, once the run stands where it is to stand."""
        self._exporter.ask(number, file)

    def want(self) -> None:
        """Send a frame once there is news: the socket may take one."""
        self._teller.want()

    def do(self, kind: str, fields: Mapping[str, Any], *, at_once: bool = True) -> None:
        """Carry out a command, or have it wait for its turn.

        A bad one is answered by an error and changes nothing.

        Parameters
        ----------
        kind : str
        fields : mapping
        at_once : bool
            Whether this seat has not had more than its share of the time already.
        """
        waits = self._goal is not None or len(self._waiting) > 0
        if at_once and (not waits or self._only_looks(kind, fields)):
            self._obey(kind, fields)
        else:
            self._put_off(kind, fields)
        self._keep_within(KEEP_AFTER_COMMAND)

    def due(self) -> float | None:
        """Return in how many seconds this seat has something to do; None for not by itself."""
        if self._goal is not None or self._waiting:
            return 0.0
        if self._has_errands() or self._exporter.busy:
            return 0.0
        now = self._clock()
        times = self._teller.times()
        if self._playing and not self._teller.held:
            times.append(self._next_step if self._rate else now)
        if self._keep_at is not None:
            times.append(self._keep_at)
        return max(0.0, min(times) - now) if times else None

    def serve(self, deadline: float, interrupted: Callable[[], bool] = never) -> None:
        """Compute until `deadline` or until interrupted, at least one step if one is due."""
        while self._waiting and self._goal is None and self._clock() < deadline:
            self._obey(*self._waiting.popleft())
            if any(self._supersedes(*command) for command in self._waiting):
                self._goal = None
        with self._guarded():
            self._run_errands(deadline, interrupted)
            if self._goal is None:
                now = self._clock()
                self._exporter.go_on(self._recorder, now + (deadline - now) / 2)
            # errands are done a bit at a time, the last of which may have taken all that was left
            self._advance(max(deadline, self._clock() + LEAST), interrupted)
        self.settle()

    def settle(self) -> None:
        """Send what has become due: events, a frame, a checkpoint."""
        with self._guarded():
            self._teller.settle(self._goal, playing=self._playing)
            if self._keep_at is not None and self._clock() >= self._keep_at:
                self._keep()

    def _only_looks(self, kind: str, fields: Mapping[str, Any]) -> bool:
        """Return whether a command leaves the run's history alone, and so need not wait."""
        if kind == "act":
            return fields["name"] in self._exhibit.view_actions
        if kind == "set":
            views = {one.name for one in self._exhibit.controls if one.effect == "view"}
            return views.issuperset(fields["values"])
        return kind == "watch"

    def _supersedes(self, kind: str, fields: Mapping[str, Any]) -> bool:
        """Return whether a command ends a seek on its way."""
        return kind in SUPERSEDING or (kind == "act" and fields["name"] in self._exhibit.brings)

    def _put_off(self, kind: str, fields: Mapping[str, Any]) -> None:
        if self._supersedes(kind, fields):
            self._goal = None
        last, before = self._waiting[-1] if self._waiting else ("", {})
        if kind == last == "step" and before.get("moments") == fields.get("moments"):
            self._waiting[-1] = (kind, {**fields, "n": before["n"] + fields["n"]})
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append((kind, fields))
        else:
            text = f"{kind}: {MOST_WAITING} commands wait already; more are not taken"
            self._teller.refuse("busy", text, answers=fields.get("id"))

    def _obey(self, kind: str, fields: Mapping[str, Any]) -> None:
        with self._guarded():
            try:
                self._carry_out(kind, fields)
                # an answer alone: whoever asks while it plays has frames enough
                self._teller.owed |= kind not in ANSWERED
            except EngineError as error:
                named = fields.get("values", fields.get("args"))
                if kind not in {"set", "reset", "act"}:
                    named = {**fields, **(named or {})}
                field = _field(str(error), named)
                self._teller.refuse("bad_value", str(error), field, answers=fields.get("id"))

    def _carry_out(self, kind: str, fields: Mapping[str, Any]) -> None:
        match kind:
            case "watch" | "slow":
                self._look(kind, fields)
            case "play":
                self._play(fields["rate"])
            case "pause":
                self._stop(fields.get("reason", "command"))
            case "step":
                self._step_by(*self._way(fields))
            case "seek":
                self._seek(fields["step"])
            case "set":
                with self._another_run():
                    self._course.lines.set(fields["values"])
                self._teller.tell_settings()
            case "reset":
                self._reset(fields["values"] or {}, fields["seed"])
            case "act":
                with self._another_run():
                    events = self._course.act(fields["name"], fields["args"])
                if self._supersedes(kind, fields):
                    self._begin_anew()
                for event in events:
                    self._teller.tell(event.name, event.data)
                self._teller.tell_settings()
            case "explain":
                place = tuple(fields["index"])
                shown = {"page": fields["page"], "terms": fields["terms"]}
                ledger = self._recorder.ledger(fields["tensor"], place, **shown)
                self._teller.answer(fields["id"], ledger)
            case _:
                self._carry_out_beside(kind, fields)

    def _carry_out_beside(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Carry out what concerns the lines."""
        lines = self._course.lines
        match kind:
            case "fork":
                self._fork(fields["step"], fields["values"])
            case "branch":
                self._branch(fields["step"], fields["values"])
            case "switch":
                step = self._recorder.position
                with self._another_run():
                    lines.switch(fields["line"])
                self._stop("command")
                self._go(min(step, self._recorder.head))
            case "pin":
                line = lines.current.id if fields["line"] is None else fields["line"]
                lines.pin(line, pinned=fields["pinned"])
            case "drop":
                lines.drop(fields["line"])
            case "compare":
                step = self._recorder.position if fields["step"] is None else fields["step"]
                numbers = [(one["tensor"], tuple(one["index"])) for one in fields["numbers"]]
                comparison = lines.compare(step, numbers)
                self._comparisons.append((fields["id"], step, comparison))

    def _play(self, rate: float | None) -> None:
        recorder = self._recorder
        if recorder.diverged:
            self._teller.refuse("diverged", _divergence(recorder.diverged))
        elif recorder.position >= self._terms.step_cap:
            self._teller.refuse("cap", self._cap_text())
        elif recorder.position == recorder.length:
            self._teller.tell("finished", {"length": recorder.length})
        else:
            self._playing = True
            self._rate = rate
            self._next_step = self._clock()
            self._teller.tell("played", {"rate": rate})

    def _stop(self, reason: str) -> None:
        self._teller.tell_notices()
        self._teller.owed = True
        if self._playing:
            self._playing = False
            self._teller.tell("paused", {"reason": reason})

    def _way(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """Return by how many steps a `step` goes, and in slow motion to which moment there."""
        if not (fields.get("moments") and self._slow):
            return fields["n"], 0
        step, moment = self._recorder.slow.after(fields["n"])
        return step - self._recorder.position, moment

    def _step_by(self, n: int, moment: int) -> None:
        recorder, cap = self._recorder, self._terms.step_cap
        self._stop("command")
        if n > 0 and recorder.position >= cap:
            self._teller.refuse("cap", self._cap_text())
        elif n > 0 and recorder.diverged:
            self._teller.refuse("diverged", _divergence(recorder.diverged))
        else:
            self._go(min(recorder.position + n, max(cap, recorder.position)), moment)

    def _look(self, kind: str, fields: Mapping[str, Any]) -> None:
        if kind == "watch":
            self._teller.watch = tuple(fields["names"])
        else:
            self._set_slow(fields["on"], fields.get("sample"))

    def _set_slow(self, on: bool, sample: int | None) -> None:
        """Open or close the steps; at step 0, where nothing is to be opened, go to the first."""
        slow, before = self._recorder.slow, self._slow
        if on:
            slow.look(slow.moment or 0, sample)
        elif slow.possible:
            slow.end()
        self._slow = slow.on
        if on and not before:
            self._stop("command")
            if self._recorder.position == 0:
                self._go(1)
        self._teller.tell_slow()

    def _seek(self, step: int) -> None:
        self._stop("command")
        if step > self._terms.step_cap:
            rule = f"step: expected at most {self._terms.step_cap}, got {step}"
            self._teller.refuse("bad_value", f"{rule}. {self._cap_text()}", "step")
        else:
            self._go(step)

    def _go(self, target: int, moment: int = 0) -> None:
        """Set out for a step, and in slow motion for one of its moments; near, it is there now."""
        length = self._recorder.length
        target = max(0, target if length is None else min(target, length))
        self._recorder.approach(target)
        self._goal, self._goal_moment = target, moment
        self._teller.begin_seek()
        self._advance(self._clock() + SLICE, never)

    def _reset(self, values: Mapping[str, Value], seed: int | None) -> None:
        with self._another_run():
            self._course.reset(values, seed)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._goal = None
        self._next_step = self._clock()

    def _fork(self, step: int, values: Mapping[str, Value]) -> None:
        """Go to a step, and begin another future there."""
        recorder = self._recorder
        if step > recorder.head:
            rule = f"expected at most {recorder.head}, the furthest step made, got {step}"
            raise InvalidValueError(f"step: {rule}")
        recorder.ends_future(values)  # says what is wrong with them before the stage moves
        self._stop("command")
        if recorder.position != step:
            self._go(step)
        # before all that waits already: it is the rest of a command whose turn it is
        self._waiting.appendleft(("branch", {"step": step, "values": values}))
        if self._goal is None:
            self._obey(*self._waiting.popleft())

    def _branch(self, step: int, values: Mapping[str, Value]) -> None:
        if self._recorder.position != step:
            here = self._recorder.position
            raise InvalidValueError(
                f"fork: expected to stand at step {step}, but the way there was ended at {here}"
            )
        with self._another_run():
            self._course.lines.fork(values)

    @contextmanager
    def _another_run(self) -> Iterator[None]:
        """If another run comes to the stage meanwhile, say so, and drop what was of the old one."""
        before = self._recorder
        yield
        if self._recorder is not before:
            if self._slow:
                self._recorder.slow.follow(before.slow)
            self._teller.forget_steps()
            self._teller.run += 1
            self._teller.tell_settings(anyway=True)
            self._forget_errands()

    def _open(self, opening: Opening) -> Course:
        """Return a course that stands, or is on its way to, where `opening` says."""
        course = Course(opening, self._exhibit, self._library, self._terms)
        if self._slow:
            course.recorder.slow.look(0)
        self._goal_moment = 0
        # a link may be of a time when the run had more steps
        length = course.recorder.length
        step = opening.step if length is None else min(opening.step, length)
        self._goal = step if step != course.recorder.position else None
        return course

    def _has_errands(self) -> bool:
        if self._comparisons or self._search is not None:
            return True
        works = self._recorder.busy and self._goal is None  # on the way nobody sees what comes
        return not self._teller.held and (self._course.lines.undecided or works)

    def _run_errands(self, deadline: float, interrupted: Callable[[], bool]) -> None:
        """Compare lines and do the run's other work until `deadline`.

        A run that is under way gets half of the time.
        """
        now = self._clock()
        if self._playing or self._goal is not None:
            deadline = (now + deadline) / 2
        while self._has_errands() and self._clock() < deadline:
            if self._comparisons:
                self._go_on_comparing()
            elif self._search is not None:
                if next(self._search, END) is END:
                    self._search = None
            elif self._course.lines.undecided:
                self._search = self._course.lines.search()
            else:
                self._work()
            if interrupted():
                break

    def _work(self) -> None:
        """Do a bit of the run's other work; what it shows by now goes with the next frame."""
        for event in self._recorder.work():
            self._teller.tell(event.name, event.data)
        self._teller.moved = True
        self._teller.owed |= not self._recorder.busy

    def _go_on_comparing(self) -> None:
        number, step, comparison = self._comparisons[0]
        try:
            next(comparison)
        except StopIteration as end:
            self._comparisons.popleft()
            self._teller.compared(number, step, end.value)
        except EngineError as error:
            self._comparisons.popleft()
            self._teller.refuse("bad_value", str(error), answers=number)

    def _forget_errands(self) -> None:
        """Drop what has to do with where the lines stood; whoever asked is told."""
        self._search = None
        while self._comparisons:
            number, *_ = self._comparisons.popleft()
            text = "compare: another run has come to the stage meanwhile; ask again"
            self._teller.refuse("superseded", text, answers=number)

    def _advance(self, deadline: float, interrupted: Callable[[], bool]) -> None:
        """Make steps towards the goal, or as many as playing brings, until a frame is due."""
        while (now := self._clock()) < deadline:
            if self._goal is not None:
                if not self._step_towards(self._goal):
                    self._arrive_at(self._goal)
                    self._goal = None
                    self._teller.owed = True
                    break
            elif not self._playing or self._teller.held or self._teller.frame_is_due(now):
                break
            elif self._rate is None:
                self._step_playing()
            elif now >= self._next_step:
                self._next_step = max(self._next_step + 1 / self._rate, now - MOST_LATE)
                self._step_playing()
            else:
                break
            if interrupted():
                break

    def _step_towards(self, goal: int) -> bool:
        """Make one step towards `goal`; return False once there, or where it does not go on."""
        before = self._recorder.position
        if before < goal:
            self._step()
        return before < self._recorder.position < goal and self._recorder.diverged is None

    def _arrive_at(self, goal: int) -> None:
        """Look at the moment that was asked for, if this is its step."""
        if self._slow and self._recorder.position == goal:
            self._recorder.slow.look(self._goal_moment)

    def _step_playing(self) -> None:
        if self._go_within_step():
            return
        reason = self._step()
        if reason:
            self._stop(reason)
        elif self._recorder.position >= self._terms.step_cap:
            self._stop("cap")

    def _go_within_step(self) -> bool:
        """In slow motion go on by one moment; return False where the step has no more of them."""
        slow = self._recorder.slow
        if not self._slow or slow.after(1)[0] != self._recorder.position:
            return False
        slow.look(slow.after(1)[1])
        self._teller.moved = True
        return True

    def _step(self) -> str | None:
        """Make one step; return what stops a playing run there, if anything does."""
        recorder, teller = self._recorder, self._teller
        is_new = recorder.position == recorder.head
        reason = None
        for event in recorder.step():
            if event.pauses:
                teller.tell_notices()
                teller.tell(event.name, event.data)
                reason = event.name
            elif is_new:
                teller.notice(event)
        if recorder.position == recorder.length:
            teller.tell_notices()
            teller.tell("finished", {"length": recorder.length})
            reason = "finished"
        teller.moved = True
        if self._keep_at is None:
            self._keep_within(KEEP_WHILE_PLAYING)
        return reason

    def _keep_within(self, seconds: float) -> None:
        at = self._clock() + seconds
        self._keep_at = at if self._keep_at is None else min(at, self._keep_at)

    def _keep(self) -> None:
        """Let the server's process know how to open this seat again as it stands."""
        teller = self._teller
        here = self._course.here(run=teller.run, seq=teller.seq, watch=teller.watch)
        self._opening = replace(here, slow=self._slow)
        self._keep_at = None
        self._send(Kept(self.number, self._opening))

    def _cap_text(self) -> str:
        return (
            f"A run may have {self._terms.step_cap} steps on this server, so that others get "
            "their share; go back, or reset to begin a new one."
        )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Survive whatever goes wrong in a run."""
        try:
            yield
        except ConnectionError:
            raise  # not the run has failed: the server has gone
        except Exception as error:
            logger.exception("seat %d: the run of %s failed", self.number, self._exhibit.slug)
            self._recover(error)

    def _recover(self, error: Exception) -> None:
        """Set the run up again as it was last kept, paused; else at its beginning."""
        failed_at = self._recorder.position
        was_playing, self._playing = self._playing, False
        was_slow, self._slow = self._slow, False  # it may have been the look that failed
        self._waiting.clear()
        self._forget_errands()
        self._keep_at = None
        self._teller.forget_steps()
        looks, brings = self._opening.looks.items(), self._exhibit.brings
        brought = {name: args for name, args in looks if name in brings}
        beginning = replace(self._opening, step=0, state=None, looks=brought, lines=())
        for opening in (self._opening, beginning):
            try:
                self._course = self._teller.course = self._open(opening)
                break
            except Exception:
                logger.exception("seat %d: it cannot be set up again", self.number)
        else:
            text = f"The run failed at step {failed_at} and cannot be set up again: {error!r}."
            self._send(Refused(self.number, wire.error("crashed", text, fatal=True)))
            return
        if self._teller.run != self._opening.run:
            self._teller.run += 1  # what was kept is of a run before the last reset
        text = f"The run failed at step {failed_at}, through no fault of yours: {error!r}."
        self._teller.refuse("crashed", text)
        if was_playing:
            self._teller.tell("paused", {"reason": "crashed"})
        self._teller.tell("rebuilt", {"step": self._recorder.position})
        if was_slow:
            self._teller.tell_slow()
        self._teller.tell_settings()
        self._teller.tell_lines()
        self._teller.owed = True


def _divergence(event: Event) -> str:
    data = event.data
    return (
        f"{data['tensor']} stopped being finite at step {data['step']} with learning rate "
        f"{data['learning_rate']:g}; go back to step {data['last_finite']}, or reset."
    )


def _field(text: str, values: Mapping[str, Any] | None) -> str | None:
    """Return the control that an error's text begins with, if it is one of `values`."""
    name = text.partition(":")[0]
    return name if values and name in values else None
