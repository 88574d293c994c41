"""Scaling features: one is stretched, the bowl becomes a valley, and scaling brings it back.

Longer than other files: an exhibit is one file, and this one sets three scalings side by side.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.data.preparation import split
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Value
from engine.exhibits.questions import Solution, judge
from engine.explain.ledger import Ledger
from engine.explain.scaled import Facts, WalkedScaled
from engine.explain.words import counted, short
from engine.landscape.outlook import Outlook, outlook
from engine.landscape.scaled import KINDS, Bowl, Columns
from engine.landscape.surface import grid
from engine.landscape.walk import FAR, Walk
from engine.nn.rules import Number
from engine.snapshot import Array, Snapshot, freeze

SIDE = 41
"""Places along each axis of the surface."""

PLANE_SIDE = 49
"""Places along each axis of the plane of the data."""

TOLERANCE = 1e-9
"""The ball rests where the gradient is shorter."""

ARRIVED = 0.001
"""One has arrived when this share is left of what J has to lose."""

MADE, MADE_HELD = 40, 10
IRIS_HELD = 50
WANTED = "virginica"

PAIRS = {
    "sepal_width petal_length": (1, 2),
    "sepal_width petal_width": (1, 3),
    "sepal_length sepal_width": (0, 1),
    "sepal_length petal_length": (0, 2),
    "sepal_length petal_width": (0, 3),
    "petal_length petal_width": (2, 3),
}

PUBLISHES = (
    *("raw.x", "x", "y", "mean", "variance", "std", "min", "max", "range"),
    *("held.raw", "held.x", "held.y", "held.errors", "held.J"),
    *("x.mean", "y.mean", "y.variance", "c", "w0", "raw.w", "raw.w0", "errors"),
    *("w", "J", "dw", "update", "next.w", "rate", "path.step", "path.w", "path.J"),
    *("H", "H.values", "H.vectors", "factor", "stable"),
    *("surface.w1", "surface.w2", "surface.J", "plane.x1", "plane.x2", "plane.y"),
    *("scaled.x", "scaled.mean", "compare.H", "compare.values", "compare.vectors"),
    *("compare.condition", "compare.stable", "compare.rate", "compare.steps"),
)

CONTROLS = (
    Choice(
        name="data",
        label="Data",
        help="The samples: two clouds that are made from the seed, or real flowers.",
        options=(Option("made", "Two clouds, made"), Option("iris", "Iris flowers")),
        default="made",
        effect="reset",
    ),
    Choice(
        name="pair",
        label="Features",
        help="Which two lengths of the flowers the model sees, in centimetres.",
        options=tuple(
            Option(pair, " and ".join(one.replace("_", " ") for one in pair.split()))
            for pair in PAIRS
        ),
        default="sepal_width petal_length",
        effect="reset",
        when={"data": ("iris",)},
    ),
    Slider(
        name="stretch",
        label="Stretch feature 2",
        help="What the second feature is multiplied by: 10 writes centimetres as millimetres.",
        low=1.0,
        high=100.0,
        default=10.0,
        scale="log",
        effect="reset",
        unit="×",
    ),
    Choice(
        name="scaling",
        label="Scaling",
        help="What is done to both features before the model sees them.",
        options=(
            Option("none", "None"),
            Option("minmax", "Min–max: from 0 to 1"),
            Option("zscore", "Z-score: mean 0, deviation 1"),
        ),
        default="none",
        effect="reset",
    ),
    Slider(
        name="share",
        label="Rate, as a share of the largest stable one",
        help="1 is the limit 2/λmax itself: above it, the ball runs away.",
        low=0.05,
        high=1.2,
        default=0.9,
        step=0.05,
        when={"by": ("share",)},
    ),
    Slider(
        name="learning_rate",
        label="Learning rate η",
        help="How far a step goes: the gradient is multiplied by it.",
        low=1e-5,
        high=10.0,
        default=0.5,
        scale="log",
        when={"by": ("fixed",)},
    ),
    Choice(
        name="by",
        label="The rate is set",
        help="For each scaling by what it can bear, or the same for all.",
        options=(
            Option("share", "as a share of the largest stable one"),
            Option("fixed", "as a number"),
        ),
        default="share",
        advanced=True,
    ),
)


class NormalisationRun:
    """A ball that goes down the bowl of a regression over the two weights.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the clouds, and of which samples are held back.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._stretch = float(values["stretch"])
        training, held = _samples(values, seed, library)
        self._raw, self._y = _stretched(training, self._stretch)
        self._held, self._held_y = _stretched(held, self._stretch)
        self._columns = columns = Columns.of(self._raw)
        self._scaled = np.stack([columns.scale(self._raw, kind) for kind in KINDS])
        self._bowls = [Bowl.of(x, self._y) for x in self._scaled]
        self._kind = str(values["scaling"])
        self._at = KINDS.index(self._kind)
        self._bowl = self._bowls[self._at]
        self._walk = Walk(self._bowl.ground, rate=self._rate(self._bowl), tolerance=TOLERANCE)
        self._least = float(self._bowl.ground.value(self._bowl.ground.least()))
        self._to_lose = float(self._bowl.parts.sum())
        self._fixed = self._of_the_data()
        self._now: tuple[Outlook, dict[str, Array]] | None = None
        self._questions = {
            "doubled": self._doubled,
            "slower": self._slower,
            "mends": self._mends,
        }

    @property
    def position(self) -> int:
        """How many steps have been made."""
        return self._walk.position

    def step(self) -> tuple[Event, ...]:
        """Let the ball make a step; say so where it arrives, and where it runs away."""
        walk = self._walk
        self._now = None
        before = self._left()
        walk.step()
        facts = {"step": walk.position, "learning_rate": walk.rate, "J": walk.here.J}
        if before > ARRIVED >= self._left():
            return (Event("arrived", facts, pauses=True),)
        if walk.has_just_left():
            far = int(np.abs(walk.here.w).argmax())
            which = {
                "tensor": "w",
                "name": walk.ground.names[far],
                "value": float(walk.here.w[far]),
                "overshot": walk.has_turned,
                "last_inside": walk.position - 1,
            }
            return (Event("escaped", facts | which, pauses=True),)
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `J`, and `left`: the share that is left of what J had to lose at w = 0."""
        return {"J": self._walk.here.J, "left": self._left()}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the data, the bowl, the ball, and the three scalings side by side."""
        arrays = self._moment()[1]
        wanted = [name for name in PUBLISHES if names is None or name in names]
        return freeze(self.position, self.scalars(), {name: arrays[name] for name in wanted})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        ahead, arrays = self._moment()
        rates = [self._rate(bowl) for bowl in self._bowls]
        counts = arrays["compare.steps"].tolist()
        left = [
            (bowl.left(rate, int(n)), bowl.left(rate, int(n) - 1)) if n > 0 else (1.0, 1.0)
            for bowl, rate, n in zip(self._bowls, rates, counts, strict=True)
        ]
        facts = Facts(self._kind, self._stretch, self._share, self._source, np.array(left))
        return WalkedScaled(self._walk, ahead, arrays, facts).explain(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate."""
        self._now = None
        self._values |= values
        self._walk.rate = self._rate(self._bowl)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Put the ball elsewhere (`drop`: w1, w2), or judge a prediction (`judge`)."""
        if name == "judge":
            return (judge(self._questions, args),)
        bounds = zip(self._walk.ground.names, self._walk.ground.bounds, strict=True)
        w = [_reachable(low, high).check(args.get(w), f"drop: {w}") for w, (low, high) in bounds]
        self._now = None
        self._walk.drop(w)
        return ()

    def save(self) -> dict[str, Array]:
        """Return where the ball is and has been."""
        return self._walk.save()

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the ball back."""
        self._now = None
        self._walk.load(state)

    @property
    def _share(self) -> float | None:
        return float(self._values["share"]) if self._values["by"] == "share" else None

    @property
    def _source(self) -> str:
        if self._values["data"] == "iris":
            return "Measured on a flower, in centimetres."
        return "A coordinate of a made sample, drawn from the seed."

    def _rate(self, bowl: Bowl) -> float:
        """Return the learning rate for a scaling."""
        share = self._share
        return float(self._values["learning_rate"]) if share is None else share * bowl.stable

    def _left(self) -> float:
        """Return the share that is left of what J had to lose at w = 0."""
        return (self._walk.here.J - self._least) / self._to_lose

    def _of_the_data(self) -> dict[str, Array]:
        """Return what stays the same for the whole run."""
        columns, bowls = self._columns, self._bowls
        x, y = self._scaled[self._at], self._y
        held = columns.scale(self._held, self._kind)
        ground = self._bowl.ground
        xs, ys, heights = grid(ground, n=SIDE)
        low, high = x.min(axis=0), x.max(axis=0)
        # beyond the data: where an axis is longer than the other, more of the plane is seen
        reach = 1.2 * float((high - low).max())
        middle = (low + high) / 2
        plane = [np.linspace(one - reach, one + reach, PLANE_SIDE) for one in middle]
        return {
            "raw.x": self._raw,
            "x": x,
            "y": y,
            "mean": columns.mean,
            "variance": columns.variance,
            "std": columns.std,
            "min": columns.min,
            "max": columns.max,
            "range": columns.range,
            "held.raw": self._held,
            "held.x": held,
            "held.y": self._held_y,
            "x.mean": x.mean(axis=0),
            "y.mean": np.array([y.mean()]),
            "y.variance": np.array([((y - y.mean()) ** 2).mean()]),
            "c": ((x - x.mean(axis=0)) * (y - y.mean())[:, None]).mean(axis=0),
            "surface.w1": xs,
            "surface.w2": ys,
            "surface.J": heights,
            "plane.x1": plane[0],
            "plane.x2": plane[1],
            "scaled.x": self._scaled,
            "scaled.mean": self._scaled.mean(axis=1),
            "compare.H": np.stack([bowl.hessian for bowl in bowls]),
            "compare.values": np.stack([bowl.curved.values for bowl in bowls]),
            "compare.vectors": np.stack([bowl.curved.vectors for bowl in bowls]),
            "compare.condition": np.array([bowl.condition for bowl in bowls]),
            "compare.stable": np.array([bowl.stable for bowl in bowls]),
        }

    def _moment(self) -> tuple[Outlook, dict[str, Array]]:
        """Return the outlook from here, and all arrays of this moment."""
        if self._now is None:
            walk, fixed = self._walk, self._fixed
            here, w = walk.here, walk.here.w
            hessian = self._bowl.hessian
            ahead = outlook(hessian, here.dw, rate=walk.rate, tolerance=TOLERANCE)
            offset, divisor = self._columns.scaling(self._kind)
            with np.errstate(all="ignore"):
                w0 = fixed["y.mean"] - w @ fixed["x.mean"]
                errors = w0 + fixed["x"] @ w - fixed["y"]
                held = w0 + fixed["held.x"] @ w - fixed["held.y"]
                raw = w / divisor
                moving = {
                    "w": w,
                    "w0": w0,
                    "raw.w": raw,
                    "raw.w0": w0 - raw @ offset,
                    "errors": errors,
                    "held.errors": held,
                    "J": np.array([(errors**2).mean() / 2]),
                    "held.J": np.array([(held**2).mean() / 2]),
                    "plane.y": w0
                    + w[0] * fixed["plane.x1"][None, :]
                    + w[1] * fixed["plane.x2"][:, None],
                }
            rates = np.array([self._rate(bowl) for bowl in self._bowls])
            steps = [
                bowl.steps(float(rate), ARRIVED)
                for bowl, rate in zip(self._bowls, rates, strict=True)
            ]
            path = walk.path()
            moving |= {
                "dw": here.dw,
                "update": walk.update,
                "next.w": walk.next.w,
                "rate": np.array([walk.rate]),
                "H": hessian,
                "H.values": ahead.values,
                "H.vectors": ahead.vectors,
                "factor": ahead.factor,
                "stable": ahead.stable,
                "along": ahead.along,
                "left": ahead.left,
                "compare.rate": rates,
                "compare.steps": np.array([-1 if n is None else n for n in steps], np.float64),
                **path,
            }
            # J of the same errors that are shown, to the last bit
            moving["path.J"] = np.append(path["path.J"][:-1], moving["J"])
            self._now = ahead, fixed | moving
        return self._now

    def _doubled(self) -> Solution:
        """Say what becomes of the condition number when the stretch is doubled."""
        raw = self._raw.copy()
        raw[:, 1] *= 2
        now, then = (Bowl.of(x, self._y).condition for x in (self._raw, raw))
        ratio = then / now
        answers = {"same": 1.0, "two": 2.0, "four": 4.0}
        answer = min(answers, key=lambda one: abs(np.log(answers[one] / ratio)))
        return Solution(
            answer,
            f"It goes from {short(now)} to {short(then)}, {short(ratio)} times as much: the "
            "curvature is a mean of squares.",
        )

    def _slower(self) -> Solution:
        """Say how many times as many steps it takes without scaling as with z-scores."""
        counts = [
            bowl.steps(self._rate(bowl), ARRIVED) for bowl in (self._bowls[0], self._bowls[-1])
        ]
        if None in counts:
            raise InvalidValueError("slower: with this rate not both arrive; choose a smaller one")
        raw, scaled = (int(one or 0) for one in counts)
        ratio = raw / scaled
        answer = "same" if ratio < 2 else ("few" if ratio < 5 else "many")
        return Solution(
            answer,
            f"Without scaling it takes {counted(raw, 'step')}, with z-scores "
            f"{counted(scaled, 'step')}, each with its own rate.",
        )

    def _mends(self) -> Solution:
        """Say whether z-scores make this bowl round."""
        condition = self._bowls[-1].condition
        answer = "round" if condition < 2 else ("longer" if condition < 10 else "valley")
        z = self._scaled[-1]
        common = float((z[:, 0] * z[:, 1]).mean())
        return Solution(
            answer,
            f"With z-scores the condition number is {short(condition)}. The correlation of the "
            f"two features is {short(common)}, and no scaling of single features changes that.",
        )


def _reachable(low: float, high: float) -> Number:
    """Return what a weight may be for the ball to be put there: not where it has left already."""
    reach = FAR * (high - low) / 2
    middle = (low + high) / 2
    return Number(middle - reach, middle + reach)


def _samples(values: Mapping[str, Value], seed: int, library: Library) -> tuple[Dataset, Dataset]:
    """Return the samples to train on and those that are held back, of two features each."""
    if values["data"] == "iris":
        pair = list(PAIRS[str(values["pair"])])
        flowers = library.open("iris")
        names = tuple(flowers.features[i] for i in pair)
        is_wanted = (flowers.y == flowers.classes.index(WANTED)).astype(np.int32)
        classes = (f"not {WANTED}", WANTED)
        data = Dataset(flowers.x[:, pair], is_wanted, classes, names, flowers.source)
        return split(data, IRIS_HELD, rng=np.random.default_rng([seed, 0]))
    rng = np.random.default_rng([seed, 1])
    which = np.arange(MADE) % 2
    spread = np.array([[0.5, -0.24], [-0.24, 0.7]])
    middle = np.where(which[:, None] == 1, [2.8, 3.5], [1.2, 2.5])
    x = middle + rng.multivariate_normal([0, 0], spread, MADE)
    data = Dataset(x.round(2), which, ("first", "second"), ("feature 1", "feature 2"))
    return split(data, MADE_HELD, rng=rng)


def _stretched(data: Dataset, stretch: float) -> tuple[Array, Array]:
    """Return features and what is wanted, 1 or −1, in float64; the second feature stretched."""
    # the data has two decimals: what float32 makes of them is not to be seen
    x = data.x.astype(np.float64).round(4) * [1.0, stretch]
    return x, 2.0 * data.y - 1.0


EXHIBIT = Exhibit(
    slug="normalisation",
    title="Features to scale",
    hall="learning",
    promise="You will be able to say why features of different size make gradient descent slow, "
    "what min–max and z-score scaling do about it, and what they cannot mend.",
    controls=CONTROLS,
    publishes=PUBLISHES,
    build=NormalisationRun,
    actions=("drop",),
    questions=("judge",),
    history=("J",),
    rate=5.0,
)
