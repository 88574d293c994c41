"""Plain gradient descent on a ground: w ← w − η ∂J/∂w, one step at a time.

Source: A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847;
the rule of when to stop as in J. Nocedal & S. Wright, *Numerical optimization*, 2006, section 3.1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import DivergedError
from engine.landscape.ground import Ground
from engine.snapshot import Array

MOST_POINTS = 1024
"""Beyond so many points of a path every other one is forgotten, again and again."""

FAR = 5.0
"""So many times as wide as what is drawn: one who is further from its middle has left."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a walk: the variables, J and its gradient there."""

    w: Array
    J: float
    dw: Array

    @property
    def slope(self) -> float:
        """The length of the gradient."""
        return math.hypot(*self.dw)

    @property
    def is_finite(self) -> bool:
        """Whether all of it is."""
        return bool(np.isfinite([self.J, *self.w, *self.dw]).all())


class Walk:
    """A ball that goes down a ground.

    Parameters
    ----------
    ground : Ground
        May be replaced while the ball stands on it.
    rate : float
        The learning rate η; may be changed.
    tolerance : float
        The ball stops where the gradient is shorter; may be changed.

    Attributes
    ----------
    position : int
        How many steps have been made; those in which the ball stood still count.
    here, before : Place
        Where the ball is, and where it was before the last step; the same until it has moved.
    rate_before : float
        The learning rate of the last step.
    began : int
        The step at which the ball was put where its path begins.
    """

    def __init__(self, ground: Ground, *, rate: float, tolerance: float) -> None:
        self.ground = ground
        self.rate = rate
        self.tolerance = tolerance
        self.position = 0
        self.drop(ground.start)

    def drop(self, w: Sequence[float] | Array) -> None:
        """Put the ball at `w`, of length d: its path begins here."""
        self.here = self.before = self.place(np.array(w, np.float64))
        self.rate_before = self.rate
        self.began = self.position
        self._spacing = 1
        self._steps = [self.position]
        self._points = [self.here]

    def place(self, w: Array) -> Place:
        """Return what J and its gradient are at a place of shape (d,)."""
        ground = self.ground
        return Place(w, float(ground.value(w)), np.asarray(ground.gradient(w), np.float64))

    @property
    def update(self) -> Array:
        """What the next step adds to w: −η ∂J/∂w, of shape (d,); 0 for a ball that has stopped."""
        with np.errstate(all="ignore"):
            update: Array = -self.rate * self.here.dw
        return np.zeros_like(update) if self.has_stopped else update

    @property
    def next(self) -> Place:
        """Where the next step leads."""
        with np.errstate(all="ignore"):
            return self.place(self.here.w + self.update)

    @property
    def has_stopped(self) -> bool:
        """Whether the gradient is shorter than the tolerance."""
        return self.here.slope < self.tolerance

    @property
    def moved(self) -> bool:
        """Whether the ball has made a step since it was put where its path begins."""
        return self.position > self.began

    @property
    def is_far(self) -> bool:
        """Whether the ball is far outside what is drawn of its ground."""
        return self._far(self.here.w)

    @property
    def has_turned(self) -> bool:
        """Whether the gradient now points against the last one: the step went across a valley."""
        with np.errstate(all="ignore"):
            return self.moved and float(self.here.dw @ self.before.dw) < 0

    def step(self) -> None:
        """Go one step down, unless the ball has stopped.

        Raises
        ------
        DivergedError
            If w, J or the gradient stopped being finite; the step counts as made.
        """
        following = self.here if self.has_stopped else self.next
        self.before, self.here = self.here, following
        self.rate_before = self.rate
        self.position += 1
        self._record()
        if not following.is_finite:
            parts = {"w": following.w, "J": np.array(following.J), "dw": following.dw}
            broken = next(name for name, part in parts.items() if not np.isfinite(part).all())
            raise DivergedError(broken, self.position, self.rate)

    def has_just_left(self) -> bool:
        """Return whether the last step led far outside of what is drawn."""
        return self.is_far and not self._far(self.before.w)

    def ahead(self) -> "Walk":
        """Return another walk that begins here, to look ahead with."""
        other = Walk(self.ground, rate=self.rate, tolerance=self.tolerance)
        other.drop(self.here.w)
        return other

    def path(self) -> dict[str, Array]:
        """Return where the ball has been since it was put down, thinned to `MOST_POINTS`.

        Returns
        -------
        dict of str to ndarray
            `path.step` of shape (n,), `path.w` (n, d), `path.J` (n,); the last is the present.
        """
        steps, points = list(self._steps), list(self._points)
        if steps[-1] != self.position:
            steps.append(self.position)
            points.append(self.here)
        return {
            "path.step": np.array(steps, np.int32),
            "path.w": np.array([one.w for one in points], np.float64),
            "path.J": np.array([one.J for one in points], np.float64),
        }

    def save(self) -> dict[str, Array]:
        """Return the state: all but the ground, the rate and the tolerance."""
        points = [self.here, self.before, *self._points]
        return {
            "walk.steps": np.array(self._steps, np.int64),
            "walk.places": np.array([[*one.w, one.J, *one.dw] for one in points], np.float64),
            "walk.counts": np.array([self.position, self.began, self._spacing], np.int64),
            "walk.rate": np.array(self.rate_before),
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        d = len(self.ground.names)
        places = [
            Place(row[:d].copy(), float(row[d]), row[d + 1 :]) for row in state["walk.places"]
        ]
        self.here, self.before, *self._points = places
        self._steps = state["walk.steps"].tolist()
        self.position, self.began, self._spacing = state["walk.counts"].tolist()
        self.rate_before = float(state["walk.rate"])

    def _far(self, w: Array) -> bool:
        low, high = np.array(self.ground.bounds, np.float64).T
        with np.errstate(all="ignore"):
            return bool(np.any(np.abs(w - (low + high) / 2) > FAR * (high - low)))

    def _record(self) -> None:
        """Keep this place if its turn has come; forget every other one when there are too many."""
        since = self.position - self.began
        if since % self._spacing:
            return
        self._steps.append(self.position)
        self._points.append(self.here)
        if len(self._steps) > MOST_POINTS:
            self._spacing *= 2
            del self._steps[1::2]
            del self._points[1::2]
