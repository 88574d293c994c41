"""Gradient descent by samples: the whole batch, one sample, a minibatch, side by side.

Three walkers begin at the same place and meet the samples in the same order; they differ in how
many of them make one update.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event
from engine.exhibits.controls import Choice, Control, Option, Slider, Value
from engine.exhibits.questions import Solution, judge
from engine.explain.ledger import Ledger
from engine.explain.sampled import ALL, Pace, SampledNumbers
from engine.explain.words import counted, short
from engine.landscape.regression import Regression
from engine.landscape.sampled import (
    RATES,
    SCHEDULES,
    Sampled,
    centre,
    noise_ball,
    scheduled,
    slices,
    variance,
)
from engine.landscape.surface import grid
from engine.nn.rules import Number
from engine.snapshot import Array, Snapshot, freeze

SAMPLES = 40
"""How many there are."""

TRUE = (0.5, 1.2)
"""The line that they are scattered about: w0 and w1."""

START = (-1.5, 1.9)
"""From here the samples pull in all directions of a fan, none much more than the others."""

BOUNDS = ((-2.1, 2.1), (-0.9, 3.3))
"""What is drawn of w0 and w1."""

LONGEST = 0.3
"""The fan's longest arrow, as a share of what is drawn."""

FAR_EPOCHS = 40
"""So many epochs ahead it is asked how wide a noise ball is."""

WALKERS = {"gd": "Batch", "sgd": "Stochastic", "mini": "Minibatch"}
"""The three, by the prefix of their tensors."""

OF_A_WALKER = ("w", "path.w", "path.J", "path.seen", "recent", "centre", "line")

OF_EACH = ("updates", "seen", "epochs", "rate", "J", "spread")
"""Of each walker a number."""

FAMILIES = (
    *(f"{name}.{short}" for name in WALKERS for short in OF_A_WALKER),
    *(f"walkers.{short}" for short in OF_EACH),
    *("x", "y", "errors", "samples.dw", ALL, "rows", "inside", "least", "waiting"),
    *("fan", "fan.batch", "fan.all", "fan.scale"),
    *("surface.w1", "surface.w2", "surface.J", "line.x"),
    *("noise.rate", "noise.sgd", "noise.mini"),
)
"""What these walks publish besides."""

HERE = {"mode": ("samples",)}

CONTROLS: tuple[Control, ...] = (
    Slider(
        name="batch_size",
        label="Minibatch",
        help="How many samples make one update of the minibatch walker.",
        low=1,
        high=SAMPLES,
        default=8,
        step=1,
        integer=True,
        unit="samples",
        effect="reset",
        when=HERE,
    ),
    Choice(
        name="pace",
        label="One step is",
        help="The same number of samples for all three, which is the same work; or one update "
        "each, however many samples it takes.",
        options=(
            Option("samples", "as many samples for each"),
            Option("updates", "one update for each"),
        ),
        default="samples",
        effect="reset",
        when=HERE,
    ),
    Choice(
        name="decay",
        label="Learning rate",
        help="Whether it stays the same or shrinks as the epochs go by.",
        options=(
            Option("constant", "stays constant"),
            Option("inverse", "shrinks as 1/t"),
            Option("steps", "is halved in steps"),
        ),
        default="constant",
        when=HERE,
    ),
    Slider(
        name="half",
        label="Half after",
        help="After so many epochs a rate that shrinks is half as large.",
        low=1,
        high=50,
        default=5,
        step=1,
        integer=True,
        unit="epochs",
        advanced=True,
        when={**HERE, "decay": SCHEDULES[1:]},
    ),
    Choice(
        name="followed",
        label="Fan of",
        help="At whose place the gradients of the samples are drawn.",
        options=tuple(Option(name, title) for name, title in WALKERS.items()),
        default="mini",
        effect="view",
        advanced=True,
        when=HERE,
    ),
    Slider(
        name="noise",
        label="Scatter",
        help="How far the samples lie off the line that they were made with.",
        low=0.0,
        high=1.5,
        default=0.5,
        step=0.1,
        effect="reset",
        advanced=True,
        when=HERE,
    ),
)


def samples(scatter: float, seed: int) -> tuple[Array, Array]:
    """Return the samples: x of shape (n, 1), and y about the line, of shape (n,)."""
    rng = np.random.default_rng([seed, 7])
    x = rng.uniform(-1.2, 1.8, (SAMPLES, 1))
    return x, TRUE[0] + TRUE[1] * x[:, 0] + scatter * rng.normal(size=SAMPLES)


class SampleRun:
    """Three walkers on the loss of one set of samples.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the samples and of their order.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values, self._seed = dict(values), seed
        x, y = samples(float(values["noise"]), seed)
        self._ground = Regression(x, y, bounds=BOUNDS, start=START)
        sizes = {"gd": SAMPLES, "sgd": 1, "mini": int(values["batch_size"])}
        self._walkers = {
            name: Sampled(self._ground, size, seed=seed) for name, size in sizes.items()
        }
        self.position = 0
        self._drawn = self._of_the_ground()
        self._noise: dict[str, Array] | None = None
        self._now: dict[str, Array] | None = None
        self._questions = {
            "updates": self._updates_in_an_epoch,
            "nearest": self._nearest,
            "shrinks": self._shrinks,
        }

    def step(self) -> tuple[Event, ...]:
        """Let each make an update, or let each see as many samples as a minibatch has.

        Raises
        ------
        DivergedError
            If one of them stopped being finite; the step counts as made.
        """
        self._now = None
        self.position += 1
        gd, sgd, mini = self._walkers.values()
        if self._values["pace"] == "updates":
            for walker in self._walkers.values():
                walker.update(self._rate(walker))
        else:
            count = len(mini.rows)
            mini.update(self._rate(mini))
            for _ in range(count):
                sgd.update(self._rate(sgd))
            if mini.seen - gd.seen >= SAMPLES:  # it waits until it has seen them all
                gd.update(self._rate(gd))
        for name, walker in self._walkers.items():
            if not np.isfinite([*walker.w, self._ground.value(walker.w)]).all():
                raise DivergedError(f"{name}.w", self.position, self._rate(walker))
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `J` of the one who is followed, and its epochs."""
        walker = self._walkers[self._followed]
        return {"J": float(self._ground.value(walker.w)), "epoch": walker.epochs}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return where the three are and were, and the gradients of the samples."""
        arrays = self._arrays()
        wanted = {name: x for name, x in arrays.items() if names is None or name in names}
        return freeze(self.position, self.scalars(), wanted)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        values = self._values
        pace = Pace(float(values["learning_rate"]), str(values["decay"]), float(values["half"]))
        numbers = SampledNumbers(
            self._ground, self._walkers, self._followed, pace=pace, arrays=self._arrays()
        )
        return numbers.explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the rate, how it shrinks, or what is looked at."""
        self._now = None
        self._values |= values

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Put all three at another start (`drop`), or judge a prediction (`judge`)."""
        if name == "judge":
            return (judge(self._questions, args),)
        if name != "drop":
            raise InvalidValueError(f"action: there is nothing to {name} on this ground")
        place = _place(args)
        self._now = None
        for walker in self._walkers.values():
            walker.drop(place)
        return ()

    def save(self) -> dict[str, Array]:
        """Return where the three are and were."""
        state = {"position": np.array(self.position)}
        for name, walker in self._walkers.items():
            state |= walker.save(name)
        return state

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the three back."""
        self._now = None
        self.position = int(state["position"])
        for name, walker in self._walkers.items():
            walker.load(name, state)

    @property
    def _followed(self) -> str:
        return str(self._values["followed"])

    def _rate(self, walker: Sampled) -> float:
        values = self._values
        rate, half = float(values["learning_rate"]), float(values["half"])
        return scheduled(rate, walker.epochs, str(values["decay"]), half)

    def _of_the_ground(self) -> dict[str, Array]:
        ground = self._ground
        w0, w1, heights = grid(ground)
        x = ground.x[:, 0]
        margin = 0.1 * float(np.ptp(x))
        return {
            "x": ground.x,
            "y": ground.y,
            "least": ground.least(),
            "line.x": np.array([x.min() - margin, x.max() + margin]),
            "surface.w1": w0,
            "surface.w2": w1,
            "surface.J": heights,
        }

    def _measured(self) -> dict[str, Array]:
        """Return how far the walkers are scattered in the end, by the rate."""
        if self._noise is None:
            self._noise = {"noise.rate": np.array(RATES)} | {
                f"noise.{name}": noise_ball(self._ground, self._walkers[name].size, seed=self._seed)
                for name in ("sgd", "mini")
            }
        return self._noise

    def _arrays(self) -> dict[str, Array]:
        """Return all arrays of this moment."""
        if self._now is None:
            arrays = {**self._drawn, **self._measured(), **self._counts()}
            for name, walker in self._walkers.items():
                found = self._of_walker(walker)
                arrays |= {f"{name}.{short}": array for short, array in found.items()}
            of = self._followed
            arrays |= {name: arrays[f"{of}.{name}"] for name in ("w", "path.w", "path.J")}
            arrays["J"] = arrays["walkers.J"][[list(WALKERS).index(of)]]
            self._now = arrays | self._fan(self._walkers[of])
        return self._now

    def _counts(self) -> dict[str, Array]:
        """Return what is one number of each walker."""
        walkers, ground = self._walkers.values(), self._ground
        gd, mini = self._walkers["gd"], self._walkers["mini"]
        waiting = mini.seen - gd.seen if self._values["pace"] == "samples" else 0
        return {
            "walkers.updates": np.array([one.updates for one in walkers], np.int32),
            "walkers.seen": np.array([one.seen for one in walkers], np.int32),
            "walkers.epochs": np.array([one.epochs for one in walkers]),
            "walkers.rate": np.array([self._rate(one) for one in walkers]),
            "walkers.J": np.array([ground.value(one.w) for one in walkers]),
            "walkers.spread": np.sqrt([variance(one.recent) for one in walkers]),
            "waiting": np.array([waiting], np.int32),
        }

    def _of_walker(self, walker: Sampled) -> dict[str, Array]:
        ground, recent = self._ground, walker.recent
        path, seen = walker.path()
        return {
            "w": walker.w,
            "path.w": path,
            "path.J": ground.value(path),
            "path.seen": seen,
            "recent": recent,
            "centre": centre(recent),
            "line": ground.predict(walker.w, self._drawn["line.x"][:, None]),
        }

    def _fan(self, walker: Sampled) -> dict[str, Array]:
        """Return each sample's gradient where a walker stands, their means, and both as arrows."""
        ground, w, rows = self._ground, walker.w, walker.rows
        each, batch, whole = ground.sample_gradients(w), walker.gradient(), ground.gradient(w)
        inside = np.zeros(SAMPLES, np.int32)
        inside[rows] = 1
        with np.errstate(all="ignore"):
            longest = float(np.hypot(*each.T).max())
            span = min(high - low for low, high in BOUNDS)
            scale = LONGEST * span / longest if longest > 0 else 0.0
            return {
                "errors": ground.errors(w),
                "samples.dw": each,
                "dw": batch,
                ALL: whole,
                "update": -self._rate(walker) * batch,
                "rows": rows.astype(np.int32),
                "inside": inside,
                "fan": -scale * each,
                "fan.batch": -scale * batch,
                "fan.all": -scale * whole,
                "fan.scale": np.array([scale]),
            }

    def _updates_in_an_epoch(self) -> Solution:
        """Say how many updates a minibatch walker makes in an epoch."""
        size = self._walkers["mini"].size
        per = slices(SAMPLES, size)
        text = f"{SAMPLES} samples in batches of {size}: {counted(per, 'update')}."
        return Solution(per, text + f" The stochastic walker makes {SAMPLES}, the batch walker 1.")

    def _nearest(self) -> Solution:
        """Say which of the three is nearest to the least point when an epoch is over."""
        walkers = self._after(1)
        least = self._ground.least()
        away = {name: float(np.hypot(*(one.w - least))) for name, one in walkers.items()}
        told = ", ".join(f"{WALKERS[name].lower()} {short(far)}" for name, far in away.items())
        answer = min(away, key=lambda name: away[name])
        return Solution(answer, f"After one epoch they are so far from the least point: {told}.")

    def _shrinks(self) -> Solution:
        """Say how much narrower the stochastic walker's noise ball is when the rate shrinks."""
        wide, narrow = (
            float(np.sqrt(variance(self._after(FAR_EPOCHS, decay=decay)["sgd"].recent)))
            for decay in ("constant", "inverse")
        )
        if not 1e-9 < wide < np.inf:
            raise InvalidValueError(
                "shrinks: expected samples off the line and a rate that does not run away"
            )
        ratio = narrow / wide
        answer = "same" if ratio > 0.75 else ("half" if ratio > 0.4 else "narrow")
        text = f"After {FAR_EPOCHS} epochs it is {short(wide)} with a constant rate, "
        return Solution(answer, f"{text}{short(narrow)} with one that shrinks as 1/t.")

    def _after(self, epochs: int, **changed: str) -> dict[str, Sampled]:
        """Return where the three are so many epochs after the start, at equal samples seen."""
        run = SampleRun({**self._values, "pace": "samples", **changed}, self._seed, Library())
        while run._walkers["gd"].updates < epochs:
            run.step()
        return run._walkers


def _place(args: Mapping[str, Any]) -> Array:
    """Return the place that `drop` says: `at`, for the parameters of `names`, w0 and w1."""
    names, at = args.get("names"), args.get("at")
    if names != ["w0", "w1"] or not isinstance(at, list) or len(at) != 2:
        raise InvalidValueError("drop: expected two numbers in `at`, for w0 and w1")
    pairs = zip(names, BOUNDS, at, strict=True)
    return np.array([Number(*ends).check(value, f"drop: {name}") for name, ends, value in pairs])
