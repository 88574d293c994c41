"""The predictions that the exhibit `losses` asks for, worked out by the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.questions import Solution
from engine.explain.fit import Fit
from engine.explain.fit_surface import FitSurface
from engine.explain.scores import Scores

PAIR = ("mse", "ce")
"""The two losses that are compared."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the stage.

    Attributes
    ----------
    fits, surfaces : mapping of str to Fit, FitSurface
        By model.
    scores : Scores
    point : int
        Which point of the regression is looked at.
    """

    fits: Mapping[str, Fit]
    surfaces: Mapping[str, FitSurface]
    scores: Scores
    point: int


def questions(shown: Shown) -> dict[str, Callable[[], Solution]]:
    """Return how each question is worked out, by its name."""
    solutions = {
        "doubled": _doubled,
        "mean": _mean_loss,
        "further": _further,
        "convex": _convex,
        "loss": _softmax_loss,
        "shifted": _shifted,
        "pushed": _pushed,
    }
    return {name: partial(solve, shown) for name, solve in solutions.items()}


def _doubled(shown: Shown) -> Solution:
    at = shown.point
    ground = shown.fits["linear"].ground
    residual = float(shown.fits["linear"].arrays["z"][at] - ground.y[at])
    if residual == 0:
        raise InvalidValueError("doubled: this point has no residual; drag it off the line")
    once, twice = residual**2, (2 * residual) ** 2
    return Solution(
        round(twice / once, 6),
        f"Point {at + 1} has the residual {residual:.4g} and costs {once:.4g}; with twice the "
        f"residual it would cost {twice:.4g}.",
        tolerance=0.001,
    )


def _mean_loss(shown: Shown) -> Solution:
    losses = shown.fits["linear"].arrays["loss"]
    listed = " + ".join(f"{one:.4g}" for one in losses)
    value = float(losses.mean())
    return Solution(value, f"({listed}) / {len(losses)} = {value:.4g}.", tolerance=0.05)


def _further(shown: Shown) -> Solution:
    mse, ce = (shown.fits[name].way(20) for name in PAIR)
    answer = "mse" if mse > 1.05 * ce else ("ce" if ce > 1.05 * mse else "same")
    return Solution(
        answer,
        f"In 20 steps from here the ball of the squared error comes {mse:.3g} far, that of "
        f"cross-entropy {ce:.3g}.",
    )


def _convex(shown: Shown) -> Solution:
    """Return which of the two grounds bends down nowhere on the map."""
    bent = {
        name: int((shown.surfaces[name].arrays["surface.values"][..., 0] < 0).sum())
        for name in PAIR
    }
    places = shown.surfaces["mse"].arrays["surface.sign"].size
    free = [name for name, cells in bent.items() if not cells]
    answer = "both" if len(free) == 2 else (free[0] if free else "neither")
    return Solution(
        answer,
        f"Of {places} places on each map, an eigenvalue is negative at {bent['mse']} for the "
        f"squared error, and at {bent['ce']} for cross-entropy.",
    )


def _softmax_loss(shown: Shown) -> Solution:
    arrays = shown.scores.arrays
    p, loss = float(arrays["p"] @ arrays["y"]), float(arrays["loss"])
    return Solution(loss, f"−ln {p:.4g} = {loss:.4g}.", tolerance=0.02)


def _shifted(shown: Shown) -> Solution:
    now = shown.scores
    more = Scores(now.arrays["z"], 3.0, int(now.arrays["y"].argmax()))
    before, after = float(now.arrays["loss"]), float(more.arrays["loss"])
    answer = "same" if np.isclose(before, after) else ("more" if after > before else "less")
    by = float(more.arrays["sum"] / now.arrays["sum"])
    return Solution(
        answer,
        f"The loss is {before:.4g} now and {after:.4g} with 3 more: every exponential and "
        f"their sum become {by:.4g} times as great, and the shares stay.",
    )


def _pushed(shown: Shown) -> Solution:
    arrays = shown.scores.arrays
    down = [k for k, slope in enumerate(arrays["dz"]) if slope < 0]
    right = int(arrays["y"].argmax())
    answer = "right" if down == [right] else "other"
    listed = ", ".join(f"{one:.3g}" for one in arrays["dz"])
    return Solution(
        answer,
        f"The gradient p − y is {listed}: below 0 for class {right} alone, so only this score "
        "is pushed up.",
    )
