"""Gradient descent in two variables: the surface, the curvature where the ball is, regressions."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event
from engine.exhibits.controls import Choice, Control, Option, Slider, Text, Value
from engine.exhibits.descent_grounds import own_ground, reach_control
from engine.exhibits.descent_walk import WalkRun
from engine.exhibits.questions import Solution
from engine.explain.walked import Walked
from engine.explain.walked_surface import WalkedSurface
from engine.explain.words import counted, short
from engine.landscape.expression import parse
from engine.landscape.ground import Ground
from engine.landscape.named import TWO, bowl
from engine.landscape.outlook import Outlook
from engine.landscape.regression import Regression, two_samples
from engine.landscape.sculpted import Sculpted
from engine.landscape.stability import curvature
from engine.landscape.walk import Walk
from engine.snapshot import Array

NAMES = ("w1", "w2")

OWN = "w1^2 + w2^2 / 4 + sin(2w1) * cos(w2)"

FAMILIES = (
    *("surface.*", "pair", "cross", "cross.values", "cross.vectors", "pointer"),
    *("x", "y", "predictions", "errors", "samples.dw", "line.*"),
)
"""What a walk on a surface publishes besides."""

SIDE = 41
"""Places along each axis of the surface."""

ARM = 0.16
"""Half of the longest line of the curvature's cross, as a share of what is drawn."""

SHORTEST = 0.08
"""No line of it is shorter than this share of the longest, so that it can be seen."""

POINTER = 0.14
"""The gradient's arrow, as a share of what is drawn; its direction is what it shows."""

LINE_X = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
LINE_Y = (-0.8, -0.1, 0.2, 0.3, 1.1, 1.2, 1.9, 1.9)
"""Points about a line, made for this exhibit."""

PAIRS = {"w1_w2": (1, 2), "w0_w1": (0, 1), "w0_w2": (0, 2)}
"""Which two of three parameters are drawn."""

MOST_STEPS = 20_000
"""So far a bowl is gone down to answer how much slower a narrow one is."""

SCULPTING = ("sculpt", "level")
"""The actions that change the ground to sculpt."""

DEPTH, BREADTH = 0.5, 0.5
"""Of the hollow that one touch digs, where the ground goes from −3 to 3."""

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="ground",
        label="Ground",
        help="The loss J as a function of two weights; of three, two are drawn.",
        options=(
            Option("two_samples", "Regression on two samples"),
            Option("line", "A line through eight points"),
            *(Option(name, ground.title) for name, ground in TWO.items()),
            Option("own", "Your own formula"),
            Option("sculpted", "Sculpt it yourself"),
        ),
        default="two_samples",
        effect="reset",
        when={"mode": ("two",)},
    ),
    Text(
        name="formula2",
        label="J(w1, w2) =",
        help="A formula of w1 and w2: numbers, + − * / ^, parentheses, sin, cos, tan, exp, ln, "
        "sqrt, abs, tanh, sigmoid, relu, max, min, pi, e.",
        default=OWN,
        normal=lambda text: str(parse(text, NAMES)),
        effect="reset",
        when={"mode": ("two",), "ground": ("own",)},
    ),
    Slider(
        name="condition",
        label="Condition number",
        help="How many times more the bowl curves across than along; 1 is round.",
        low=1.0,
        high=1000.0,
        default=10.0,
        scale="log",
        effect="reset",
        when={"mode": ("two",), "ground": ("bowl",)},
    ),
    Slider(
        name="angle",
        label="Turned by",
        help="The angle between the bowl's gentle direction and the axis of w1.",
        low=-90.0,
        high=90.0,
        default=30.0,
        step=5.0,
        unit="°",
        effect="reset",
        advanced=True,
        when={"mode": ("two",), "ground": ("bowl",)},
    ),
    Choice(
        name="pair",
        label="Drawn",
        help="Which two of the three weights span the picture; the third is held where it is.",
        options=(
            Option("w1_w2", "w1 and w2"),
            Option("w0_w1", "w0 and w1"),
            Option("w0_w2", "w0 and w2"),
        ),
        default="w1_w2",
        effect="view",
        when={"mode": ("two",), "ground": ("two_samples",)},
    ),
    reach_control("reach2", {"mode": ("two",), "ground": ("own",)}),
)


def ground_of(values: Mapping[str, Value]) -> Ground:
    """Return the ground that the controls say."""
    name = str(values["ground"])
    if name == "two_samples":
        return two_samples()
    if name == "line":
        return Regression(np.array(LINE_X)[:, None], np.array(LINE_Y), start=(-0.6, -0.9))
    if name == "bowl":
        return bowl(float(values["condition"]), float(values["angle"]))
    if name == "own":
        return own_ground(str(values["formula2"]), NAMES, float(values["reach2"]), "formula2")
    return Sculpted() if name == "sculpted" else TWO[name]


class SurfaceRun(WalkRun):
    """A ball on a surface.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Nothing is drawn at random.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._surface: tuple[Ground, tuple[float, ...], dict[str, Array]] | None = None
        super().__init__(ground_of(values), values)
        self._questions |= {
            "first": self._first_weight,
            "which": self._which_minimum,
            "slower": self._how_much_slower,
        }

    @property
    def pair(self) -> tuple[int, int]:
        """Which two variables are drawn."""
        return PAIRS[str(self._values["pair"])] if len(self._walk.here.w) == 3 else (0, 1)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Dig along a stroke or pile up (`sculpt`), undo all of it (`level`), or as any walk."""
        if name not in SCULPTING:
            return super().act(name, args)
        ground = self._walk.ground
        if not isinstance(ground, Sculpted):
            raise InvalidValueError(f"{name}: expected the ground to sculpt, got another one")
        self._walk.ground = Sculpted() if name == "level" else _stroked(ground, args)
        # what lies under the ball is another ground: its path begins here
        self._now = None
        self._walk.drop(self._walk.here.w)
        return ()

    def save(self) -> dict[str, Array]:
        """Return where the ball is and has been, and what the ground has become."""
        ground = self._walk.ground
        sculpted = {"bumps": ground.bumps} if isinstance(ground, Sculpted) else {}
        return super().save() | sculpted

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the ball back, and the ground under it."""
        if "bumps" in state:
            self._walk.ground = Sculpted(state["bumps"])
        super().load(state)

    def _of_the_ground(self, ahead: Outlook) -> dict[str, Array]:
        walk = self._walk
        i, j = self.pair
        bounds = np.array(walk.ground.bounds)[[i, j]]
        span = bounds[:, 1] - bounds[:, 0]
        block = np.asarray(walk.ground.hessian(walk.here.w))[np.ix_((i, j), (i, j))]
        curved = curvature(block)
        with np.errstate(all="ignore"):
            sizes = np.abs(curved.values)
            share = np.maximum(sizes / (sizes.max() or 1.0), SHORTEST)
            arms = (curved.vectors * (ARM * span.min() * share)).T
            slope = walk.here.dw[[i, j]]
            length = math.hypot(*slope) or 1.0
            pointer = slope * (POINTER * span.min() / length)
        arrays = {
            "pair": np.array([i, j], np.int32),
            "cross": np.stack([arms, -arms], axis=1).reshape(4, 2),
            "cross.values": curved.values,
            "cross.vectors": curved.vectors,
            "pointer": pointer,
            **self._drawn(),
        }
        return arrays | self._of_the_data()

    def _drawn(self) -> dict[str, Array]:
        """Return the surface over the two variables that are drawn, the others held."""
        ground, w = self._walk.ground, self._walk.here.w
        i, j = self.pair
        held = [float(one) for k, one in enumerate(w) if k not in (i, j)]
        key = (i, j, *held)
        former = self._surface
        if former is None or former[0] is not ground or former[1] != key:
            axes = [np.linspace(*ground.bounds[k], SIDE) for k in (i, j)]
            places = np.empty((SIDE, SIDE, len(w)))
            places[:] = w
            places[..., i], places[..., j] = np.meshgrid(*axes)
            heights = ground.value(places)
            drawn = {"surface.w1": axes[0], "surface.w2": axes[1], "surface.J": heights}
            former = self._surface = ground, key, drawn
        return former[2]

    def _of_the_data(self) -> dict[str, Array]:
        """Return the samples of a regression, and what the ball's weights make of them."""
        ground, w = self._walk.ground, self._walk.here.w
        if not isinstance(ground, Regression):
            return {}
        found = {
            "x": ground.x,
            "y": ground.y,
            "predictions": ground.predict(w),
            "errors": ground.errors(w),
            "samples.dw": ground.sample_gradients(w),
        }
        flat = ground.x.shape[1] == 1
        across = ground.x if flat else ground.y
        margin = 0.15 * float(np.ptp(across))
        ends = np.array([across.min() - margin, across.max() + margin])
        # of more features than one no line can be drawn: there it is where predictions are right
        line = ground.predict(w, ends[:, None]) if flat else ends
        return found | {"line.x": ends, "line.y": line}

    def _explained(self, ahead: Outlook, arrays: Mapping[str, Array]) -> Walked:
        return WalkedSurface(self._walk, ahead, arrays)

    def _first_weight(self) -> Solution:
        """Say where the next step leads the last weight."""
        walk = self._walk
        name = walk.ground.names[-1]
        w, slope, following = walk.here.w[-1], walk.here.dw[-1], float(walk.next.w[-1])
        return Solution(
            following,
            f"{name} − η·∂J/∂{name} = {short(w)} − {short(walk.rate)} · ({short(slope)}) = "
            f"{short(following)}.",
            max(0.02 * abs(float(walk.update[-1])), 0.0005),
        )

    def _which_minimum(self) -> Solution:
        """Say in which quarter of the picture the ball comes to rest."""
        walk, _, end = self._simulated()
        if end == "away":
            raise InvalidValueError(
                "which: with this rate the ball runs away; choose a smaller one"
            )
        i, j = self.pair
        middle = [sum(walk.ground.bounds[k]) / 2 for k in (i, j)]
        x, y = float(walk.here.w[i]), float(walk.here.w[j])
        answer = ("upper " if y > middle[1] else "lower ") + ("right" if x > middle[0] else "left")
        names = walk.ground.names
        text = f"After {counted(walk.position, 'step')} it is at {names[i]} = {short(x)}, "
        return Solution(answer.replace(" ", "_"), text + f"{names[j]} = {short(y)}.")

    def _how_much_slower(self) -> Solution:
        """Say how many more steps a bowl of ten times the condition number takes."""
        if self._values["ground"] != "bowl":
            raise InvalidValueError("slower: expected the bowl on the stage, got another ground")
        angle = float(self._values["angle"])
        conditions = [float(self._values["condition"]) * more for more in (1, 10)]
        steps = []
        for condition in conditions:
            # each with nine tenths of its own largest stable rate
            walk = Walk(bowl(condition, angle), rate=1.8 / condition, tolerance=1e-3)
            while not walk.has_stopped and walk.position < MOST_STEPS:
                walk.step()
            steps.append(walk.position)
        times = steps[1] / steps[0]
        answer = "same" if times < 1.5 else ("few" if times < 5 else "many")
        return Solution(
            answer,
            f"With nine tenths of its largest stable rate each: {counted(steps[0], 'step')} for a "
            f"condition number of {conditions[0]:g}, {counted(steps[1], 'step')} for "
            f"{conditions[1]:g}.",
        )


def _stroked(ground: Sculpted, args: Mapping[str, Any]) -> Sculpted:
    """Return the ground after the stroke through the places (`x`, `y`), dug if it is `down`."""
    x, y, down = args.get("x"), args.get("y"), args.get("down")
    if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y):
        raise InvalidValueError("sculpt: expected as many numbers in `x` as in `y`")
    if not isinstance(down, bool):
        raise InvalidValueError(f"down: expected true or false, got {down!r}")
    points = list(zip(x, y, strict=True))
    return ground.with_stroke(points, height=-DEPTH if down else DEPTH, width=BREADTH)
