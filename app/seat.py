"""One visitor's run, in a worker: commands in, frames and events out.

A seat never computes for long: far seeks and playing are done in slices, which the worker deals
out in turn.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

from app import wire
from app.course import Course
from app.posts import Framed, Kept, Opening, Post, Refused, Terms, Told, Welcomed
from engine.data.library import Library
from engine.errors import EngineError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.recorder import Recorder

SLICE = 0.010
"""Seconds of computing at most before others get their turn."""

FRAME_GAP = 1 / 60
"""Seconds between two frames of a playing run: a screen shows no more."""

NOTICE_GAP = 0.1
"""Seconds between two events of one name that the steps of a playing run bring."""

SEEKING_GAP = 0.25
KEEP_AFTER_COMMAND = 0.5
KEEP_WHILE_PLAYING = 5.0

MOST_LATE = 0.25
"""Seconds by which a run that plays at a rate may be late and still catch up."""

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
        self._run = opening.run
        self._seq = opening.seq
        self._watch = opening.watch
        self._playing = False
        self._rate: float | None = None
        self._next_step = 0.0
        self._held = False
        self._goal: int | None = None
        self._next_seeking = 0.0
        self._owed = False  # a frame that follows a command
        self._wanted = False  # the socket may take a frame
        self._moved = False  # since the last frame
        self._last_frame = -FRAME_GAP
        self._notices: dict[str, Event] = {}
        self._last_notices = -NOTICE_GAP
        self._keep_at: float | None = None
        self._told: dict[str, Any] = {}
        self._course = self._open(opening)

    @property
    def _recorder(self) -> Recorder:
        return self._course.recorder

    def greet(self) -> None:
        """Send the welcome, and owe a frame: a socket has come, or come back."""
        recorder = self._recorder
        described = self._exhibit.describe(self._library)
        self._told = self._course.settings()
        message = {
            "kind": "welcome",
            "version": wire.VERSION,
            "exhibit": {key: value for key, value in described.items() if key != "controls"},
            "controls": described["controls"],
            **self._told,
            "seed": recorder.seed,
            "run": self._run,
            "step": recorder.position,
            "head": recorder.head,
            "length": recorder.length,
            "playing": self._playing,
            "cap": self._terms.step_cap,
        }
        self._send(Welcomed(self.number, message))
        self._held = False
        self._next_step = self._clock()
        self._owed = True

    def hold(self) -> None:
        """Stand still, still playing, until somebody is greeted: the socket has gone."""
        self._held = True

    def want(self) -> None:
        """Send a frame once there is news: the socket may take one."""
        self._wanted = True

    def do(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Carry out a command; a bad one is answered by an error and changes nothing."""
        with self._guarded():
            try:
                self._obey(kind, fields)
            except EngineError as error:
                self._refuse("bad_value", str(error), _field(str(error), fields.get("values")))
        self._keep_within(KEEP_AFTER_COMMAND)

    def due(self) -> float | None:
        """Return in how many seconds this seat has something to do; None for not by itself."""
        now = self._clock()
        times: list[float] = []
        if self._goal is not None:
            return 0.0
        if self._playing and not self._held:
            times.append(self._next_step if self._rate else now)
        if self._wanted and self._moved and not self._held:
            times.append(self._last_frame + FRAME_GAP)
        if self._notices:
            times.append(self._last_notices + NOTICE_GAP)
        if self._keep_at is not None:
            times.append(self._keep_at)
        return max(0.0, min(times) - now) if times else None

    def serve(self, deadline: float, interrupted: Callable[[], bool] = never) -> None:
        """Compute until `deadline` or until interrupted, at least one step if one is due."""
        with self._guarded():
            self._advance(deadline, interrupted)
        self.settle()

    def settle(self) -> None:
        """Send what has become due: events, a frame, a checkpoint."""
        with self._guarded():
            now = self._clock()
            if self._notices and now >= self._last_notices + NOTICE_GAP:
                self._tell_notices()
            if self._recorder.values != self._told.get("values"):
                self._tell_settings()
            if self._goal is not None:
                self._tell_seeking(now)
            elif not self._held and (self._owed or self._frame_is_due(now)):
                self._push()
            if self._keep_at is not None and now >= self._keep_at:
                self._keep()

    def _obey(self, kind: str, fields: Mapping[str, Any]) -> None:
        match kind:
            case "watch":
                self._watch = tuple(fields["names"])
            case "play":
                self._play(fields["rate"])
            case "pause":
                self._stop(fields.get("reason", "command"))
            case "step":
                self._step_by(fields["n"])
            case "seek":
                self._seek(fields["step"])
            case "set":
                self._recorder.set(fields["values"])
                self._tell_settings()
            case "reset":
                self._reset(fields["values"] or {}, fields["seed"])
            case "act":
                for event in self._course.act(fields["name"], fields["args"]):
                    self._tell(event.name, event.data)
                self._tell_settings()
        self._owed = True

    def _play(self, rate: float | None) -> None:
        recorder = self._recorder
        if recorder.diverged:
            self._refuse("diverged", _divergence(recorder.diverged))
        elif recorder.position >= self._terms.step_cap:
            self._refuse("cap", self._cap_text())
        elif recorder.position == recorder.length:
            self._tell("finished", {"length": recorder.length})
        else:
            self._goal = None
            self._playing = True
            self._rate = rate
            self._next_step = self._clock()
            self._tell("played", {"rate": rate})

    def _stop(self, reason: str) -> None:
        self._tell_notices()
        self._goal = None
        self._owed = True
        if self._playing:
            self._playing = False
            self._tell("paused", {"reason": reason})

    def _step_by(self, n: int) -> None:
        recorder, cap = self._recorder, self._terms.step_cap
        self._stop("command")
        if n > 0 and recorder.position >= cap:
            self._refuse("cap", self._cap_text())
        elif n > 0 and recorder.diverged:
            self._refuse("diverged", _divergence(recorder.diverged))
        else:
            self._go(min(recorder.position + n, max(cap, recorder.position)))

    def _seek(self, step: int) -> None:
        self._stop("command")
        if step > self._terms.step_cap:
            rule = f"step: expected at most {self._terms.step_cap}, got {step}"
            self._refuse("bad_value", f"{rule}. {self._cap_text()}", "step")
        else:
            self._go(step)

    def _go(self, target: int) -> None:
        """Set out for a step; a near one is reached at once."""
        length = self._recorder.length
        target = max(0, target if length is None else min(target, length))
        self._recorder.approach(target)
        self._moved = True
        self._goal = target
        now = self._clock()
        self._next_seeking = now + NOTICE_GAP
        self._advance(now + SLICE, never)

    def _reset(self, values: Mapping[str, Value], seed: int | None) -> None:
        self._course = self._open(self._course.again(values, seed))
        self._notices.clear()
        self._run += 1
        self._next_step = self._clock()
        self._told = {}  # a new run is told even if it is like the old one
        self._tell_settings()

    def _open(self, opening: Opening) -> Course:
        """Return a course that stands, or is on its way to, where `opening` says."""
        course = Course(opening, self._exhibit, self._library, self._terms)
        self._goal = opening.step if opening.step != course.recorder.position else None
        return course

    def _advance(self, deadline: float, interrupted: Callable[[], bool]) -> None:
        while self._goal is not None or (self._playing and not self._held):
            now = self._clock()
            if now >= deadline:
                break
            if self._goal is not None:
                if not self._step_towards(self._goal):
                    self._goal = None
                    self._owed = True
                    break
            elif self._rate and now < self._next_step:
                break
            else:
                if self._rate:
                    self._next_step = max(self._next_step + 1 / self._rate, now - MOST_LATE)
                self._step_playing()
            if interrupted():
                break

    def _step_towards(self, goal: int) -> bool:
        """Make one step towards `goal`; return False once there, or where it does not go on."""
        before = self._recorder.position
        if before < goal:
            self._step()
        return before < self._recorder.position < goal and self._recorder.diverged is None

    def _step_playing(self) -> None:
        recorder = self._recorder
        self._step()
        if recorder.diverged:
            self._stop("diverged")
        elif recorder.position == recorder.length:
            self._stop("finished")
        elif recorder.position >= self._terms.step_cap:
            self._stop("cap")

    def _step(self) -> None:
        recorder = self._recorder
        is_new = recorder.position == recorder.head
        for event in recorder.step():
            if event.name == "diverged":
                self._tell_notices()
                self._tell(event.name, event.data)
            elif is_new:
                self._notices[event.name] = event
        if recorder.position == recorder.length:
            self._tell_notices()
            self._tell("finished", {"length": recorder.length})
        self._moved = True
        if self._keep_at is None:
            self._keep_within(KEEP_WHILE_PLAYING)

    def _frame_is_due(self, now: float) -> bool:
        return self._wanted and self._moved and now >= self._last_frame + FRAME_GAP

    def _push(self) -> None:
        snapshot = self._recorder.snapshot(self._watch)
        frame = wire.Frame(self._run, self._seq, self._recorder.head, self._playing, snapshot)
        self._send(Framed(self.number, self._run, self._seq, wire.encode(frame)))
        self._seq += 1
        self._owed = self._wanted = self._moved = False
        self._last_frame = self._clock()

    def _tell(self, name: str, data: Mapping[str, Any]) -> None:
        message = wire.event(name, self._run, self._recorder.position, data)
        self._send(Told(self.number, message))

    def _refuse(self, code: str, text: str, field: str | None = None) -> None:
        self._send(Told(self.number, wire.error(code, text, field=field)))

    def _tell_notices(self) -> None:
        for event in self._notices.values():
            self._tell(event.name, event.data)
        self._notices.clear()
        self._last_notices = self._clock()

    def _tell_seeking(self, now: float) -> None:
        if now >= self._next_seeking:
            self._tell("seeking", {"step": self._recorder.position, "target": self._goal})
            self._next_seeking = now + SEEKING_GAP

    def _tell_settings(self) -> None:
        settings = self._course.settings()
        if settings != self._told:
            self._told = settings
            self._tell("values", settings)

    def _keep_within(self, seconds: float) -> None:
        at = self._clock() + seconds
        self._keep_at = at if self._keep_at is None else min(at, self._keep_at)

    def _keep(self) -> None:
        """Let the server's process know how to open this seat again as it stands."""
        self._opening = self._course.here(run=self._run, seq=self._seq, watch=self._watch)
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
        except Exception as error:
            logger.exception("seat %d: the run of %s failed", self.number, self._exhibit.slug)
            self._recover(error)

    def _recover(self, error: Exception) -> None:
        """Set the run up again as it was last kept, paused; else at its beginning."""
        failed_at = self._recorder.position
        was_playing, self._playing = self._playing, False
        self._notices.clear()
        self._keep_at = None
        beginning = replace(self._opening, step=0, state=None, looks={})
        for opening in (self._opening, beginning):
            try:
                self._course = self._open(opening)
                break
            except Exception:
                logger.exception("seat %d: it cannot be set up again", self.number)
        else:
            text = f"The run failed at step {failed_at} and cannot be set up again: {error!r}."
            self._send(Refused(self.number, wire.error("crashed", text, fatal=True)))
            return
        if self._run != self._opening.run:
            self._run += 1  # what was kept is of a run before the last reset
        text = f"The run failed at step {failed_at}, through no fault of yours: {error!r}."
        self._refuse("crashed", text)
        if was_playing:
            self._tell("paused", {"reason": "crashed"})
        self._tell("rebuilt", {"step": self._recorder.position})
        self._tell_settings()
        self._owed = True


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
