"""Gradient descent in one variable: the curve, the ball on it, and its tangent."""

from collections.abc import Mapping

import numpy as np

from engine.data.library import Library
from engine.exhibits.controls import Choice, Control, Option, Text, Value
from engine.exhibits.descent_grounds import own_ground, reach_control
from engine.exhibits.descent_walk import WalkRun
from engine.explain.walked import Walked
from engine.explain.walked_curve import WalkedCurve
from engine.landscape.expression import parse
from engine.landscape.named import ONE
from engine.landscape.outlook import Outlook
from engine.landscape.surface import curve
from engine.snapshot import Array

NAMES = ("w",)

FAMILIES = ("curve.*", "tangent.*")
"""What a walk on a curve publishes besides."""

OWN = "w^2 / 4 + sin(3w)"

TANGENT = 0.2
"""How far the tangent goes to either side, as a share of what is drawn."""

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="curve",
        label="Curve",
        help="The loss J as a function of one weight w.",
        options=(
            *(Option(name, ground.title) for name, ground in ONE.items()),
            Option("own", "Your own formula"),
        ),
        default="bowl",
        effect="reset",
        when={"mode": ("one",)},
    ),
    Text(
        name="formula",
        label="J(w) =",
        help="A formula of w: numbers, + − * / ^, parentheses, sin, cos, tan, exp, ln, sqrt, abs, "
        "tanh, sigmoid, relu, max, min, pi, e.",
        default=OWN,
        normal=lambda text: str(parse(text, NAMES)),
        effect="reset",
        when={"mode": ("one",), "curve": ("own",)},
    ),
    reach_control("reach", {"mode": ("one",), "curve": ("own",)}),
)


class CurveRun(WalkRun):
    """A ball on a curve.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Nothing is drawn at random.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        name = str(values["curve"])
        ground = (
            own_ground(str(values["formula"]), NAMES, float(values["reach"]), "formula")
            if name == "own"
            else ONE[name]
        )
        self._curve = curve(ground)
        super().__init__(ground, values)

    def _of_the_ground(self, ahead: Outlook) -> dict[str, Array]:
        here = self._walk.here
        places, heights = self._curve
        with np.errstate(all="ignore"):
            # as long as can be seen: not steeper out of the picture than it is wide
            across = TANGENT * np.ptp(places)
            up = TANGENT * np.ptp(heights[np.isfinite(heights)]) / abs(here.dw[0])
            ends = here.w[0] + np.array([-1.0, 1.0]) * np.fmin(across, up)
            tangent = here.J + here.dw[0] * (ends - here.w[0])
        return {
            "curve.w": places,
            "curve.J": heights,
            "tangent.w": ends,
            "tangent.J": tangent,
        }

    def _explained(self, ahead: Outlook, arrays: Mapping[str, Array]) -> Walked:
        return WalkedCurve(self._walk, ahead, arrays)
