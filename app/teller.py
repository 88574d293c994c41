"""What a seat says to its visitor: events at a bearable pace, and frames when they are due."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app import wire
from app.course import Course
from app.ledgers import ledger_message, ready
from app.moments import moment_message
from app.posts import Framed, Opening, Post, Told, Welcomed
from app.sides import compared_message, lines_message
from engine.exhibits.contract import Event
from engine.explain.ledger import Ledger
from engine.lines import Standing

FRAME_GAP = 1 / 120
"""Seconds between two frames of a playing run, at the least. The browser asks for each, so this
only bounds one that asks faster than any screen shows."""

NOTICE_GAP = 0.1
"""Seconds between two events of one name that the steps of a playing run bring."""

SEEKING_GAP = 0.25


class Teller:
    """The visitor's end of a seat.

    Parameters
    ----------
    seat : int
        Which seat it is; goes into every post.
    course : Course
        The lines that are told of.
    opening : Opening
    send : callable
        Takes what is for the visitor.
    clock : callable
        Seconds that only go forward.

    Attributes
    ----------
    run, seq : int
        Which run of the session it is, and the next frame's number.
    watch : tuple of str or None
        The arrays that the page draws.
    owed : bool
        Whether a frame has to follow a command.
    moved : bool
        Whether the run has moved since the last frame.
    held : bool
        Whether nobody is there.
    """

    def __init__(
        self,
        seat: int,
        course: Course,
        opening: Opening,
        *,
        send: Callable[[Post], None],
        clock: Callable[[], float],
    ) -> None:
        self.course = course
        self.run = opening.run
        self.seq = opening.seq
        self.watch = opening.watch
        self.owed = False
        self.moved = False
        self.held = False
        self._seat = seat
        self._send = send
        self._clock = clock
        self._wanted = False
        self._last_frame = -FRAME_GAP
        self._notices: dict[str, Event] = {}
        self._last_notices = -NOTICE_GAP
        self._next_seeking = 0.0
        self._settings: dict[str, Any] = {}
        self._brought: dict[str, Any] = {}
        self._told_lines = course.lines.revision
        self._several = False

    def welcome(self, described: Mapping[str, Any], *, playing: bool, cap: int) -> None:
        """Say all that a page needs to begin; a frame has to follow."""
        recorder = self.course.recorder
        self._settings = self.course.settings()
        self._brought = recorder.brought
        message = {
            "kind": "welcome",
            "version": wire.VERSION,
            "exhibit": {key: value for key, value in described.items() if key != "controls"},
            "controls": described["controls"],
            **self._settings,
            "looks": self.course.looks,
            "run": self.run,
            "step": recorder.position,
            "head": recorder.head,
            "playing": playing,
            "slow": recorder.slow.on if recorder.slow.possible else None,
            "cap": cap,
        }
        self._send(Welcomed(self._seat, message))
        self._several |= self.seq > 0  # a page that comes back may know of lines that are gone
        self.tell_lines()
        if recorder.diverged:
            self.tell(recorder.diverged.name, recorder.diverged.data)
        self.held = False
        self.owed = True

    def want(self) -> None:
        """Take note that the socket may take a frame."""
        self._wanted = True

    def tell(self, name: str, data: Mapping[str, Any]) -> None:
        """Send an event."""
        message = wire.event(name, self.run, self.course.recorder.position, ready(data))
        self._send(Told(self._seat, message))

    def refuse(
        self, code: str, text: str, field: str | None = None, *, answers: int | None = None
    ) -> None:
        """Send an error; `answers` is the id of the question that it answers instead."""
        self._send(Told(self._seat, wire.error(code, text, field=field, answers=answers)))

    def answer(self, number: int, ledger: Ledger) -> None:
        """Send how a number came about, in answer to the question with this id."""
        message = ledger_message(number, self.run, self.course.recorder.position, ledger)
        self._send(Told(self._seat, message))

    def compared(self, number: int, step: int, standings: Sequence[Standing]) -> None:
        """Send what each line says at a step, in answer to the question with this id."""
        self._send(Told(self._seat, compared_message(number, self.run, step, standings)))

    def notice(self, event: Event) -> None:
        """Send an event of a step soon; a newer one of the same name replaces it until then."""
        self._notices[event.name] = event

    def tell_notices(self) -> None:
        """Send the events of steps now: something comes that has to come after them."""
        for event in self._notices.values():
            self.tell(event.name, event.data)
        self._notices.clear()
        self._last_notices = self._clock()

    def tell_settings(self, *, anyway: bool = False) -> None:
        """Send values and changes if they are not what the page was last told.

        So with what was brought for the run, which may be long: it is told when it is another one.
        """
        if self.course.recorder.brought != self._brought:
            self._brought = self.course.recorder.brought
            self.tell("brought", {"looks": self._brought})
        settings = self.course.settings()
        if anyway or settings != self._settings:
            self._settings = settings
            self.tell("values", settings)

    def tell_lines(self) -> None:
        """Send what is known of the lines; of one alone there is nothing to say."""
        lines = self.course.lines
        self._told_lines = lines.revision
        several = len(lines.all) > 1 or lines.current.pinned
        if several or self._several:
            self.tell("lines", lines_message(lines))
        self._several = several

    def tell_slow(self) -> None:
        """Say whether steps are opened up into their moments."""
        slow = self.course.recorder.slow
        self.tell("slow", {"on": slow.on, "sample": slow.sample})

    def begin_seek(self) -> None:
        """Take note that a seek begins: a short one is not worth a word."""
        self.moved = True
        self._next_seeking = self._clock() + NOTICE_GAP

    def settle(self, goal: int | None, *, playing: bool) -> None:
        """Send what has become due, on the way to `goal` if there is one: then no frame."""
        now = self._clock()
        if self._notices and now >= self._last_notices + NOTICE_GAP:
            self.tell_notices()
        if self.course.recorder.values != self._settings["values"]:
            self.tell_settings()
        if self.course.lines.revision != self._told_lines:
            self.tell_lines()
        if goal is None:
            if self.owed or self.frame_is_due(now):
                self._send_frame(playing)
        elif now >= self._next_seeking:
            self.tell("seeking", {"step": self.course.recorder.position, "target": goal})
            self._next_seeking = now + SEEKING_GAP

    def frame_is_due(self, now: float) -> bool:
        """Return whether a playing run should send a frame."""
        return self._wanted and self.moved and now >= self._last_frame + FRAME_GAP

    def times(self) -> list[float]:
        """Return when something will be due that is not yet."""
        times: list[float] = []
        if self._notices:
            times.append(self._last_notices + NOTICE_GAP)
        if self._wanted and self.moved and not self.held:
            times.append(self._last_frame + FRAME_GAP)
        return times

    def forget_steps(self) -> None:
        """Drop the events of steps that are no longer part of the run."""
        self._notices.clear()

    def _send_frame(self, playing: bool) -> None:
        if self.held:
            return
        recorder = self.course.recorder
        snapshot = recorder.snapshot(self.watch)
        root = self.course.lines.current.root
        moment = moment_message(recorder.slow)
        frame = wire.Frame(self.run, root, self.seq, recorder.head, playing, snapshot, moment)
        self._send(Framed(self._seat, self.run, self.seq, wire.encode(frame)))
        self.seq += 1
        self.owed = self.moved = self._wanted = False
        self._last_frame = self._clock()
