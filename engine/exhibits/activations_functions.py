"""Activations as functions: value, slope, where it is flat, and what layers leave of a gradient."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.data.library import Library
from engine.exhibits.activations_parts import TITLES, NumbersRun
from engine.exhibits.controls import Choice, Control, Option, Slider, Value
from engine.exhibits.questions import Solution
from engine.explain.slopes import FAR, LAYERS, NAMES, Slopes

HERE: Mapping[str, tuple[str, ...]] = {"mode": ("functions",)}

FAMILIES = (
    *("curve.z", "at.*", "most.df", "flat.z", "tangent.*", "chain.*"),
    *(f"{of}.{name}" for name in NAMES for of in ("curve", "slope")),
)
"""What this mode publishes."""

GRADUAL = tuple(f"chain.{name}" for name in NAMES)

QUESTION_LAYERS = 10
"""Through how many layers the question about what is left follows a gradient."""

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="function",
        label="Activation",
        help="Which function is drawn with its slope and its tangent.",
        options=tuple(Option(name, TITLES[name]) for name in NAMES),
        default="sigmoid",
        effect="view",
        when=HERE,
    ),
    Slider(
        name="z",
        label="Weighted sum z",
        help="What goes into the function; drag the ball on the curve instead, if you like.",
        low=-FAR,
        high=FAR,
        default=0.0,
        step=0.1,
        effect="view",
        when=HERE,
    ),
    Slider(
        name="small",
        label="Flat means a slope below",
        help="Where the size of the slope is less than this, the plot is shaded.",
        low=0.01,
        high=0.25,
        default=0.1,
        step=0.01,
        effect="view",
        advanced=True,
        when=HERE,
    ),
    Slider(
        name="leak",
        label="Leaky ReLU's slope left of 0",
        help="What the leaky ReLU multiplies negative sums with.",
        low=0.0,
        high=0.9,
        default=0.1,
        step=0.01,
        effect="view",
        advanced=True,
        when=HERE,
    ),
)


class FunctionsRun(NumbersRun):
    """A gradient goes back, one layer a step, through activations that all have the same z.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Nothing is drawn at random.
    library : Library
    """

    length = LAYERS

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        super().__init__(values)

    def _work(self) -> Slopes:
        return self._at(float(self._values["z"]), self.position)

    def _at(self, z: float, made: int) -> Slopes:
        values = self._values
        return Slopes(
            z,
            slope=float(values["leak"]),
            chosen=str(values["function"]),
            small=float(values["small"]),
            made=made,
        )

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        return {"steepest": self._steepest, "left": self._left}

    def _steepest(self) -> Solution:
        """Return the greatest slope of the sigmoid."""
        slopes = self._at(0.0, 0)
        k = NAMES.index("sigmoid")
        value = float(slopes.arrays["most.df"][k])
        z = float(slopes.arrays["curve.z"][slopes.arrays["slope.sigmoid"].argmax()])
        half = float(slopes.arrays["at.f"][k])
        return Solution(
            value,
            f"At z = {z:g} the sigmoid is {half:g}, and its slope {half:g} · (1 − {half:g}) = "
            f"{value:g}. Of the {len(slopes.arrays['curve.z'])} places drawn none is steeper.",
            tolerance=0.01,
        )

    def _left(self) -> Solution:
        """Return which power of ten the sigmoid's best leaves after ten layers."""
        arrays = self._at(0.0, QUESTION_LAYERS).arrays
        left = float(arrays["chain.sigmoid"][QUESTION_LAYERS])
        options = {"tenth": 0.1, "thousandth": 1e-3, "millionth": 1e-6}
        answer = min(options, key=lambda name: abs(np.log(options[name] / left)))
        tanh = float(arrays["chain.tanh"][QUESTION_LAYERS])
        return Solution(
            answer,
            f"0.25 multiplied {QUESTION_LAYERS} times is {left:.3g}. And this is the sigmoid's "
            f"best: anywhere but at z = 0 less is left. tanh, at z = 0, leaves {tanh:g}.",
        )
