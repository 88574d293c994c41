"""Going down a regression's ground by gradients of some of its samples at a time.

Whole batch, one sample (stochastic) and minibatch are the same walker with batches of another size.
Within an epoch every sample has its turn once; the order is drawn anew for each.

Source: L. Bottou, F. Curtis and J. Nocedal, "Optimization methods for large-scale machine
learning", 2018, sections 3 and 4; H. Robbins and S. Monro, "A stochastic approximation method",
1951, for the rates that shrink as 1/t.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.landscape.regression import Regression
from engine.snapshot import Array

MOST_POINTS = 400
"""The most points of a path; then every other one is forgotten."""

RECENT = 80
"""Over so many of its last updates a walker's spread is measured."""

SCHEDULES = ("constant", "inverse", "steps")
"""How the rate shrinks: not at all, as 1/t, by half again and again."""

RATES = (0.0125, 0.025, 0.05, 0.1, 0.2)
"""With these it is measured how far a walker is scattered in the end."""

ROUNDING = 1e-9
"""What is scattered no further than this, is at rest but for rounding."""

SETTLING, MEASURED = 10, 60
"""Epochs that pass before that is measured, and over which it is measured."""


def scheduled(rate: float, epochs: float, schedule: str, half: float) -> float:
    """Return the learning rate after some epochs.

    Parameters
    ----------
    rate : float
        At the start.
    epochs : float
        How many times each sample has been seen; not whole within an epoch.
    schedule : str
        One of `SCHEDULES`.
    half : float
        After so many epochs the rate is half of what it was.
    """
    return rate * share(epochs, schedule, half)


def share(epochs: float, schedule: str, half: float) -> float:
    """Return what is left of the rate, from 1 at the start; the parameters are `scheduled`'s."""
    if schedule == "inverse":
        return 1 / (1 + epochs / half)
    return 0.5 ** (epochs // half) if schedule == "steps" else 1.0


def order(seed: int, epoch: int, n: int) -> Array:
    """Return the order of n samples in an epoch: the same for every walker of a seed."""
    return np.random.default_rng([seed, 1, epoch]).permutation(n)


def slices(n: int, size: int) -> int:
    """Return how many batches an epoch has; the last one holds what is left."""
    return -(-n // size)


@dataclass(frozen=True, slots=True)
class Update:
    """One update: where it was made, of which samples, with which rate."""

    w: Array
    rows: Array
    rate: float


class Sampled:
    """One who goes down by the gradient of a batch at a time.

    Parameters
    ----------
    ground : Regression
    size : int
        How many samples a batch has.
    seed : int
        Of the order of the samples.

    Attributes
    ----------
    w : ndarray of shape (d,)
    updates, seen : int
        How many updates it has made, and of how many samples it has taken gradients.
    last : Update or None
        None before the first.
    """

    def __init__(self, ground: Regression, size: int, *, seed: int) -> None:
        self.ground, self.size, self._seed = ground, size, seed
        self._epoch, self._order = -1, np.arange(0)
        self.drop(np.array(ground.start))

    def drop(self, w: Array) -> None:
        """Begin anew at `w`."""
        self.w: Array = np.array(w, np.float64)
        self.updates = self.seen = 0
        self.last: Update | None = None
        self._spacing = 1
        self._points = [(self.w, 0)]
        self._recent = [self.w]

    @property
    def epochs(self) -> float:
        """How many times it has seen each sample, not whole within an epoch."""
        return self.seen / len(self.ground.y)

    @property
    def rows(self) -> Array:
        """The samples of the next batch."""
        n = len(self.ground.y)
        epoch, place = divmod(self.seen, n)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, order(self._seed, epoch, n)
        return self._order[place : place + self.size]

    def gradient(self) -> Array:
        """Return the mean gradient of the next batch, of shape (d,)."""
        design = self.ground.design[self.rows]
        with np.errstate(all="ignore"):
            errors = self.ground.errors(self.w)[self.rows]
            return np.asarray(errors @ design / len(errors))

    def update(self, rate: float) -> None:
        """Make an update by the next batch."""
        rows = self.rows.copy()
        self.last = Update(self.w, rows, rate)
        with np.errstate(all="ignore"):
            self.w = self.w - rate * self.gradient()
        self.updates += 1
        self.seen += len(rows)
        self._recent = [*self._recent[1 - RECENT :], self.w]
        self._record()

    @property
    def recent(self) -> Array:
        """Where it was after its last updates, at most `RECENT`, of shape (k, d)."""
        return np.array(self._recent)

    def path(self) -> tuple[Array, Array]:
        """Return where it was, of shape (n, d), and how many samples it had seen then, (n,).

        The last is the present. Thinned to `MOST_POINTS`; what is kept depends on the number of
        updates alone.
        """
        points = list(self._points)
        if points[-1][1] != self.seen:
            points.append((self.w, self.seen))
        return np.array([w for w, _ in points]), np.array([seen for _, seen in points], np.int32)

    def save(self, name: str) -> dict[str, Array]:
        """Return the state: all but the ground, under names that begin with `name`."""
        last = self.last
        return {
            f"{name}.counts": np.array([self.updates, self.seen, self._spacing], np.int64),
            f"{name}.points": np.array([[*w, seen] for w, seen in self._points]),
            f"{name}.recent": self.recent,
            f"{name}.w": self.w,
            f"{name}.last": np.array([] if last is None else [*last.w, last.rate]),
            f"{name}.rows": np.array([] if last is None else last.rows, np.int64),
        }

    def load(self, name: str, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self.updates, self.seen, self._spacing = state[f"{name}.counts"].tolist()
        self._points = [(row[:-1].copy(), int(row[-1])) for row in state[f"{name}.points"]]
        self._recent = [row.copy() for row in state[f"{name}.recent"]]
        self.w = np.array(state[f"{name}.w"])
        last = state[f"{name}.last"]
        rows = np.array(state[f"{name}.rows"])
        self.last = Update(last[:-1].copy(), rows, float(last[-1])) if last.size else None

    def _record(self) -> None:
        if self.updates % self._spacing:
            return
        self._points.append((self.w, self.seen))
        if len(self._points) > MOST_POINTS:
            self._spacing *= 2
            del self._points[1::2]


def centre(places: Array) -> Array:
    """Return the mean of places of shape (k, d)."""
    return np.asarray(places.mean(axis=0))


def variance(places: Array) -> float:
    """Return the mean squared distance of places, of shape (k, d), from their centre."""
    with np.errstate(all="ignore"):
        return float(((places - centre(places)) ** 2).sum(axis=1).mean())


def noise_ball(
    ground: Regression, size: int, *, seed: int, rates: tuple[float, ...] = RATES
) -> Array:
    """Return how far a walker is scattered in the end with each of `rates`, of shape (rates,).

    It begins at the least point, so that there is nothing to arrive at; after `SETTLING` epochs the
    spread (the root of the mean squared distance from their own centre) of each `RECENT` updates in
    a row is taken, and the root mean square of those over `MEASURED` epochs. Infinite for a rate
    with which it runs away.
    """
    n, design = len(ground.y), ground.design
    w = np.tile(ground.least(), (len(rates), 1))
    eta = np.array(rates)[:, None]
    places = []
    with np.errstate(all="ignore"):
        per_epoch = slices(n, size)
        epochs = max(SETTLING + MEASURED, SETTLING + -(-2 * RECENT // per_epoch))
        target = ground.y - ground.predict(np.zeros(design.shape[1]))
        for epoch in range(epochs):
            mixed = order(seed, epoch, n)
            for start in range(0, n, size):
                rows = mixed[start : start + size]
                columns = design[rows]
                w = w - eta * ((w @ columns.T - target[rows]) @ columns / len(rows))
                if epoch >= SETTLING:
                    places.append(w)
        whole = len(places) // RECENT * RECENT
        windows = np.array(places[:whole]).reshape(-1, RECENT, len(rates), design.shape[1])
        away = windows - windows.mean(axis=1, keepdims=True)
        found = np.sqrt((away**2).sum(axis=-1).mean(axis=(0, 1)))
    found[found < ROUNDING] = 0.0
    return np.where(np.isfinite(found), found, np.inf)
