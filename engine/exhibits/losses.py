"""What a loss is: points to fit, the ground that their loss makes, and a ball that rolls down it.

In a regression and in a classification a step is a step of gradient descent; the latter has two
balls, one for each loss, released at one place. With softmax a step works out the next number.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import DivergedError, InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.exhibits.loss_controls import CONTROLS, FAR, numbers
from engine.exhibits.loss_questions import Shown, questions
from engine.exhibits.questions import judge
from engine.explain import fit, fit_surface, scores
from engine.explain.fit import Came, Fit
from engine.explain.fit_curve import FitCurve
from engine.explain.fit_surface import FitSurface
from engine.explain.ledger import Ledger
from engine.explain.scene import element
from engine.explain.scores import Scores
from engine.explain.simple import given
from engine.landscape.mean_loss import (
    CrossEntropy,
    MeanLoss,
    PointLoss,
    Squared,
    SquaredProbability,
)
from engine.nn.rules import Number
from engine.snapshot import Array, Snapshot, freeze

LENGTH = 300
"""Steps of gradient descent that a run has."""

CELLS = 41
"""Rows and columns of a drawn ground."""

MODELS: dict[str, tuple[str, PointLoss]] = {
    "linear": ("points", Squared()),
    "mse": ("classes", SquaredProbability()),
    "ce": ("classes", CrossEntropy()),
}
"""Each model by the name that its tensors begin with: its points, and its loss."""

BALLS = {"regression": ("linear",), "classification": ("mse", "ce"), "softmax": ()}
"""Which models a step moves, by mode."""

BOUNDS = {"points": ((-1.5, 3.0), (-3.0, 3.5)), "classes": ((-6.0, 6.0), (-6.0, 6.0))}
"""What is drawn of w and b."""

START = {"points": (-0.8, 1.5), "classes": (-5.0, 0.0)}
"""Where a ball is released; for the classes where each is told apart surely, and wrongly."""

RATES = {"points": "rate", "classes": "logistic_rate"}
"""The control that holds the learning rate."""

PLOT = np.linspace(-FAR, FAR, 81)
"""Where a model is drawn."""

FIXED = {
    "points.x": "What is known of a point; drag the point to change it.",
    "points.y": "What the line should say at this point; drag the point to change it.",
    "classes.x": "What is known of a point; drag the point to change it.",
    "classes.y": "The class of a point, 0 or 1; drag the point to the other line to change it.",
    "points.plot": "A place at which the line is drawn.",
    "classes.plot": "A place at which the curve is drawn.",
    "points.surface.w": "A weight at which the loss is worked out for the drawing.",
    "points.surface.b": "A bias at which the loss is worked out for the drawing.",
    "classes.surface.w": "A weight at which the losses are worked out for the drawing.",
    "classes.surface.b": "A bias at which the losses are worked out for the drawing.",
    "one.z": "A score at which the loss of one point is drawn.",
    "surprise.p": "A probability at which −ln p is drawn.",
}
"""Numbers that nothing computes."""

CURVE = ("curve", "tangent")

OF_MODELS = tuple(
    f"{name}.{short}"
    for name in MODELS
    for short in (
        *(fit.OF_A_LINE if name == "linear" else fit.OF_A_CLASSIFIER),
        *fit_surface.SHORT,
        *CURVE,
    )
)

OF_SOFTMAX = tuple(f"softmax.{short}" for short in scores.SHORT)

PUBLISHES = (*FIXED, *OF_MODELS, *OF_SOFTMAX, "surprise.loss")


class LossesRun:
    """Balls on the grounds that points make; or softmax, one number after the other.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)
        self.position = 0
        self._texts: dict[str, str] = {}
        self._grounds: dict[str, MeanLoss] = {}
        self._surfaces: dict[str, FitSurface] = {}
        self._axes = {
            f"{data}.surface.{axis}": np.linspace(*bounds, CELLS)
            for data, both in BOUNDS.items()
            for axis, bounds in zip("wb", both, strict=True)
        }
        self._paths = {name: np.array([START[data]]) for name, (data, _) in MODELS.items()}
        self._came: dict[str, Came] = {}
        self._work()

    @property
    def length(self) -> int:
        """How many steps there are; with softmax, how many numbers are worked out."""
        return len(self._scores.places) if self._mode == "softmax" else LENGTH

    def step(self) -> tuple[Event, ...]:
        """Roll the balls on by a step of gradient descent, or work out the next number."""
        self.position += 1
        for name in BALLS[self._mode]:
            w, dw, rate = self._paths[name][-1], self._fits[name].arrays["dw"], self._rate(name)
            self._came[name] = Came(w, dw, rate)
            self._paths[name] = np.vstack([self._paths[name], w - rate * dw])
        self._fit()
        for name in BALLS[self._mode]:
            arrays = self._fits[name].arrays
            for short in ("J", "w"):
                if not np.isfinite(arrays[short]).all():
                    raise DivergedError(f"{name}.{short}", self.position, self._rate(name))
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return the loss of each model, and how many times cross-entropy is steeper (`ratio`)."""
        mse, ce = (float(self._fits[name].arrays["norm"]) for name in ("mse", "ce"))
        losses = {name: float(one.arrays["J"]) for name, one in self._fits.items()}
        return {**losses, "ratio": ce / mse if mse else np.inf}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the points, the models, their grounds, and the numbers of softmax."""
        wanted = PUBLISHES if names is None else [name for name in PUBLISHES if name in names]
        return freeze(self.position, self.scalars(), {one: self._array(one) for one in wanted})

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        if tensor not in PUBLISHES:
            raise InvalidValueError(
                f"tensor: expected one of the {len(PUBLISHES)} that are published, such as mse.dw, "
                f"got {tensor!r}"
            )
        if tensor in FIXED:
            return given(tensor, self._array(tensor), index, FIXED[tensor])
        name, _, short = tensor.partition(".")
        if name == "surprise":
            return scores.surprise(index)
        if name == "softmax":
            return self._so_far(short, index)
        if short in CURVE:
            return self._curves[name].ledger(short, index)
        if short in fit_surface.SHORT:
            return self._surfaces[name].ledger(short, index, page)
        return self._fits[name].ledger(short, index, page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the points, a learning rate, or what is looked at."""
        self._values |= values
        self._work()

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Release the balls at a place (`drop`; without one, at the first), or judge a prediction.

        Raises
        ------
        InvalidValueError
            If the place is none of the ground that is drawn, or there is no ball.
        """
        if name == "judge":
            shown = Shown(self._fits, self._surfaces, self._scores, self._point("linear"))
            return (judge(questions(shown), args),)
        balls = BALLS[self._mode]
        if not balls:
            raise InvalidValueError("drop: there is no ball here; choose another mode")
        data, _ = MODELS[balls[0]]
        place = START[data]
        if args:
            w, b = (
                round(float(Number(low, high).check(args.get(axis), axis)), 3)
                for axis, (low, high) in zip("wb", BOUNDS[data], strict=True)
            )
            place = w, b
        for ball in balls:
            self._paths[ball] = np.array([place], np.float64)
            self._came.pop(ball, None)
        self._fit()
        return ()

    def save(self) -> dict[str, Array]:
        """Return where the balls lie and how they came there."""
        state: dict[str, Array] = {"position": np.array(self.position)}
        for name, path in self._paths.items():
            state[f"{name}.path"] = path
            if came := self._came.get(name):
                state[f"{name}.came"] = np.array([*came.w, *came.dw, came.rate])
        return state

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the balls back."""
        self.position = int(state["position"])
        self._came = {}
        for name in MODELS:
            self._paths[name] = np.array(state[f"{name}.path"])
            if (came := state.get(f"{name}.came")) is not None:
                self._came[name] = Came(came[:2], came[2:4], float(came[4]))
        self._fit()

    @property
    def _mode(self) -> str:
        return str(self._values["mode"])

    def _rate(self, name: str) -> float:
        return float(self._values[RATES[MODELS[name][0]]])

    def _work(self) -> None:
        """Take over what was set: the points' grounds, the scores, and what follows."""
        for data, bounds in BOUNDS.items():
            text = str(self._values[data])
            if self._texts.get(data) == text:
                continue
            self._texts[data] = text
            x, y = np.array(numbers(text)).T
            axes = (self._axes[f"{data}.surface.{axis}"] for axis in "wb")
            w, b = axes
            for name, (of, loss) in MODELS.items():
                if of == data:
                    ground = MeanLoss(loss, x, y, bounds=bounds, start=START[data])
                    self._grounds[name] = ground
                    self._surfaces[name] = FitSurface(name, f"{data}.surface", ground, w, b)
        typed = np.array(numbers(str(self._values["scores"]))[0])
        right = min(int(self._values["right"]), len(typed) - 1)
        self._scores = Scores(typed, float(self._values["shift"]), right)
        self._fit()

    def _fit(self) -> None:
        """Work out the numbers of each model where its ball lies."""
        with np.errstate(all="ignore"):  # that it has diverged is said by `step`
            self._fits = {
                name: Fit(
                    name,
                    data,
                    self._grounds[name],
                    self._paths[name],
                    rate=self._rate(name),
                    plot=PLOT,
                    came=self._came.get(name),
                )
                for name, (data, _) in MODELS.items()
            }
            self._z = self._scale()
            self._curves = {
                name: FitCurve(one, self._point(name), self._z) for name, one in self._fits.items()
            }

    def _point(self, name: str) -> int:
        """Return which point's loss is drawn."""
        return min(int(self._values["point"]), len(self._grounds[name].x) - 1)

    def _scale(self) -> Array:
        """Return the scores over which a point's loss is drawn: all that the balls have, and 8."""
        balls = BALLS[self._mode] or ("linear",)
        there = [abs(float(self._fits[name].arrays["z"][self._point(name)])) for name in balls]
        reach = max(8.0, *(np.ceil(one) + 2 for one in there if np.isfinite(one)), 0.0)
        return np.linspace(-reach, reach, 121)

    def _array(self, tensor: str) -> Array:
        name, _, short = tensor.partition(".")
        if tensor in self._axes:
            return self._axes[tensor]
        if tensor == "one.z":
            return self._z
        if name == "surprise":
            return scores.SHARES if short == "p" else -np.log(scores.SHARES)
        if name == "softmax":
            return self._softmax[short]
        if name in BOUNDS:
            ground = self._grounds["linear" if name == "points" else "mse"]
            return {"x": ground.x, "y": ground.y, "plot": PLOT}[short]
        for of in (self._curves[name], self._surfaces[name], self._fits[name]):
            if short in of.arrays:
                return of.arrays[short]
        raise AssertionError(tensor)

    @property
    def _softmax(self) -> dict[str, Array]:
        """The numbers of softmax as far as they are worked out; in another mode, all of them."""
        return self._scores.until(self.position) if self._mode == "softmax" else self._scores.arrays

    def _so_far(self, short: str, index: tuple[int, ...]) -> Ledger:
        """Return a ledger of softmax; a number that is still to come is not spoken of."""
        tensor, there = f"softmax.{short}", self._softmax
        index, value = element(tensor, there[short], index)
        if np.isnan(value):
            step = 1 + self._scores.places.index((short, index))
            place = f"{tensor}{list(index)}"
            raise InvalidValueError(f"{place}: not there yet; it is worked out at step {step}")
        ledger = self._scores.ledger(short, index)
        feeds = (
            one for one in ledger.feeds if not np.isnan(there[one.tensor.split(".")[1]][one.index])
        )
        return replace(ledger, feeds=tuple(feeds))


def build(values: Mapping[str, Value], seed: int, library: Library) -> LossesRun:
    """Open a run; nothing in it is drawn at random."""
    return LossesRun(values)


EXHIBIT = Exhibit(
    slug="losses",
    title="What a loss is",
    hall="learning",
    promise="You will be able to say what a loss measures, why its shape decides how fast a model "
    "learns, and why classes are learned with cross-entropy.",
    controls=CONTROLS,
    publishes=PUBLISHES,
    build=build,
    actions=("drop",),
    questions=("judge",),
    gradual=tuple(f"softmax.{short}" for short in scores.ORDER),
    seeded=False,
    rate=5.0,
)
