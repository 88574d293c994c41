"""What walks of one and of two variables have in common: the ball, its actions, its questions."""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event
from engine.exhibits.controls import Value
from engine.exhibits.questions import Solution, judge
from engine.explain.ledger import Ledger
from engine.explain.walked import Walked
from engine.explain.words import counted, short
from engine.landscape.ground import Ground, undefined
from engine.landscape.outlook import REGIMES, Outlook, outlook
from engine.landscape.walk import FAR, Walk
from engine.nn.rules import Number
from engine.snapshot import Array, Snapshot, freeze

COMMON = ("w", "J", "dw", "update", "path.w", "path.J")
"""What the runs of every mode publish."""

OF_A_WALK = (
    *("next.w", "next.J", "path.step", "H", "H.values"),
    *("factor", "along", "stable", "left"),
)
"""What walks of one and of two variables publish besides."""

FORESIGHT = 3000
"""So many steps a question looks ahead."""


class WalkRun:
    """A ball goes down a ground, one step of gradient descent at a time.

    Parameters
    ----------
    ground : Ground
    values : mapping of str to value
        With `learning_rate` and `tolerance`.

    Raises
    ------
    InvalidValueError
        If the ground is not defined where the ball begins.
    """

    length = None

    def __init__(self, ground: Ground, values: Mapping[str, Value]) -> None:
        trouble = undefined(ground, np.array(ground.start))
        if trouble:
            raise InvalidValueError(f"{trouble}, where the ball begins")
        self._values = dict(values)
        self._walk = Walk(
            ground, rate=float(values["learning_rate"]), tolerance=float(values["tolerance"])
        )
        self._now: tuple[Outlook, dict[str, Array]] | None = None
        self._questions: dict[str, Callable[[], Solution]] = {
            "sign": self._sign,
            "next": self._where_next,
            "fate": self._fate,
            "stable": self._stable,
            "steps": self._steps,
        }

    @property
    def position(self) -> int:
        """How many steps have been made."""
        return self._walk.position

    def step(self) -> tuple[Event, ...]:
        """Let the ball make a step; say so where it stops by itself, and where it runs away."""
        walk = self._walk
        self._now = None
        moving = not walk.has_stopped
        walk.step()
        here = walk.here
        facts = {
            "step": walk.position,
            "learning_rate": walk.rate,
            "tolerance": walk.tolerance,
            "gradient": here.slope,
            "J": here.J,
        }
        if walk.has_stopped:
            return (Event("stopped", {**facts, "moved": moving}, pauses=True),)
        if walk.has_just_left():
            far = int(np.abs(here.w).argmax())
            which = {
                "tensor": "w",
                "name": walk.ground.names[far],
                "value": float(here.w[far]),
                "overshot": walk.has_turned,
                "last_inside": walk.position - 1,
            }
            return (Event("escaped", facts | which, pauses=True),)
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `J`, `gradient` (its length) and what the walk is up to.

        `regime` is a number in `REGIMES`. `steps_left` is how many steps there are still, if that
        can be seen from here. `far` is 1 for a ball that has left what is drawn, `turned` is 1 if
        the last step went across a valley, `began` the step at which the ball was put down.
        """
        walk, (ahead, _) = self._walk, self._moment()
        left = {"steps_left": float(math.ceil(ahead.left.max()))} if ahead.left.size else {}
        return left | {
            "J": walk.here.J,
            "gradient": walk.here.slope,
            "regime": float(REGIMES.index(ahead.regime)),
            "far": float(walk.is_far),
            "turned": float(walk.has_turned),
            "began": float(walk.began),
        }

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return where the ball is, where it has been, and the ground."""
        arrays = self._moment()[1]
        wanted = {name: x for name, x in arrays.items() if names is None or name in names}
        return freeze(self.position, self.scalars(), wanted)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        ahead, arrays = self._moment()
        return self._explained(ahead, arrays).explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate, the tolerance, or what is looked at."""
        self._now = None
        self._values |= values
        self._walk.rate = float(self._values["learning_rate"])
        self._walk.tolerance = float(self._values["tolerance"])

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Put the ball somewhere else (`drop`), or judge a prediction (`judge`)."""
        if name == "judge":
            return (judge(self._questions, args),)
        if name != "drop":
            raise InvalidValueError(f"action: there is nothing to {name} on this ground")
        self._drop(args)
        return ()

    def save(self) -> dict[str, Array]:
        """Return where the ball is and has been."""
        return self._walk.save()

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the ball back."""
        self._now = None
        self._walk.load(state)

    def _of_the_ground(self, ahead: Outlook) -> dict[str, Array]:
        """Return what a walk on this kind of ground publishes besides."""
        raise NotImplementedError

    def _explained(self, ahead: Outlook, arrays: Mapping[str, Array]) -> Walked:
        """Return what explains the arrays."""
        return Walked(self._walk, ahead, arrays)

    def _moment(self) -> tuple[Outlook, dict[str, Array]]:
        """Return the outlook from here, and all arrays of this moment."""
        if self._now is None:
            walk = self._walk
            here, following = walk.here, walk.next
            hessian = np.asarray(walk.ground.hessian(here.w), np.float64)
            ahead = outlook(hessian, here.dw, rate=walk.rate, tolerance=walk.tolerance)
            arrays = {
                "w": here.w,
                "J": np.array([here.J]),
                "dw": here.dw,
                "update": walk.update,
                "next.w": following.w,
                "next.J": np.array([following.J]),
                "H": hessian,
                "H.values": ahead.values,
                "factor": ahead.factor,
                "along": ahead.along,
                "stable": ahead.stable,
                "left": ahead.left,
                **walk.path(),
            }
            self._now = ahead, arrays | self._of_the_ground(ahead)
        return self._now

    def _drop(self, args: Mapping[str, Any]) -> None:
        """Put the ball where `at` says, for the variables of `names`; the others stay."""
        walk = self._walk
        ground = walk.ground
        names, at = args.get("names"), args.get("at")
        if not isinstance(names, list) or not isinstance(at, list) or len(names) != len(at):
            raise InvalidValueError(
                "drop: expected as many numbers in `at` as variables in `names`"
            )
        w = walk.here.w.copy()
        for name, value in zip(names, at, strict=True):
            if name not in ground.names:
                known = ", ".join(ground.names)
                raise InvalidValueError(f"drop: expected a variable of {known}, got {name!r}")
            i = ground.names.index(name)
            low, high = ground.bounds[i]
            reach = FAR * (high - low)
            middle = (low + high) / 2
            w[i] = Number(middle - reach, middle + reach).check(value, f"drop: {name}")
        trouble = undefined(ground, w)
        if trouble:
            raise InvalidValueError(f"drop: {trouble}")
        self._now = None
        walk.drop(w)

    def _simulated(self, most: int = FORESIGHT) -> tuple[Walk, int, str]:
        """Return where the walk leads, how often it went across a valley, and how it ended.

        It ends as `stopped`, `away`, or `going` after `most` steps.
        """
        walk = self._walk.ahead()
        turns = 0
        for _ in range(most):
            try:
                walk.step()
            except DivergedError:
                return walk, turns, "away"
            if walk.has_stopped:
                return walk, turns, "stopped"
            if walk.is_far:
                return walk, turns, "away"
            turns += walk.has_turned
        return walk, turns, "going"

    def _sign(self) -> Solution:
        """Say which sign the slope has where the ball is."""
        slope = float(self._walk.here.dw[0])
        name = self._walk.ground.names[0]
        answer = "zero" if slope == 0 else ("negative" if slope < 0 else "positive")
        moves = {"zero": "stays", "negative": "grows", "positive": "shrinks"}[answer]
        return Solution(
            answer,
            f"dJ/d{name} is {short(slope)} here. The step is −{short(self._walk.rate)} times that, "
            f"so {name} {moves}.",
        )

    def _where_next(self) -> Solution:
        """Say where the next step leads."""
        walk = self._walk
        name, w, slope = walk.ground.names[0], float(walk.here.w[0]), float(walk.here.dw[0])
        following = float(walk.next.w[0])
        return Solution(
            following,
            f"{name} − η·dJ/d{name} = {short(w)} − {short(walk.rate)} · ({short(slope)}) = "
            f"{short(following)}.",
            max(0.02 * abs(float(walk.update[0])), 0.005),
        )

    def _fate(self) -> Solution:
        """Say whether the ball arrives with this rate, and how."""
        walk, turns, end = self._simulated()
        made = walk.position
        rate = short(self._walk.rate)
        limit = self._moment()[0].stable
        why = f" The largest stable rate here is {short(float(limit[0]))}." if limit.size else ""
        if end == "away":
            text = f"With a rate of {rate} it is far outside after {counted(made, 'step')}."
            return Solution("away", text + why)
        if end == "going":
            text = f"After {counted(made, 'step')} the gradient is still {short(walk.here.slope)}."
            return Solution("going", text + why)
        across = f", {turns} of them across the valley" if turns else ", none of them across"
        text = f"It stops after {counted(made, 'step')}{across}."
        return Solution("swings" if turns > made / 2 else "slides", text + why)

    def _stable(self) -> Solution:
        """Say what the largest stable rate is here."""
        ahead = self._moment()[0]
        if not ahead.stable.size:
            raise InvalidValueError("stable: the ground curves upward in no direction here")
        most, largest = float(ahead.values[-1]), float(ahead.stable[0])
        text = f"The largest curvature here is {short(most)}, and 2 / {short(most)} is the limit."
        return Solution(largest, text, 0.02 * largest)

    def _steps(self) -> Solution:
        """Say how many steps there are still."""
        walk, _, end = self._simulated()
        if end != "stopped":
            raise InvalidValueError(
                f"steps: expected a walk that stops within {FORESIGHT} steps, this one does not"
            )
        made = walk.position
        text = f"It stops after {counted(made, 'more step')}, at J = {short(walk.here.J)}."
        return Solution(made, text, math.ceil(0.1 * made))
