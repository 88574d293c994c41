"""Softmax: how hot, how far up or down, and where float32 breaks."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.activations_parts import NumbersRun
from engine.exhibits.controls import Control, Slider, Text, Value
from engine.exhibits.loss_controls import numbers, scores
from engine.exhibits.questions import Solution
from engine.explain.tempered import GREATEST, WAYS, Tempered, shares

HERE: Mapping[str, tuple[str, ...]] = {"mode": ("softmax",)}

FAMILIES = (
    *("logits", "c", "T", "scaled", "max", "safe.x", "heat.*", "shift.*"),
    *(f"{way}.{of}" for way in WAYS for of in ("exp", "sum", "p")),
)
"""What this mode publishes."""

LENGTH = 120
"""The most that is added to every logit."""

MOST_LOGIT = 200.0
"""How far from 0 a logit may be."""

VERY_HOT = 1e4
"""A temperature that is as good as without end."""

CONTROLS: tuple[Control, ...] = (
    Text(
        name="logits",
        label="Logits",
        help="The scores of the classes; two to five numbers.",
        default="2 1 -1",
        normal=lambda text: scores(text, MOST_LOGIT),
        effect="view",
        when=HERE,
    ),
    Slider(
        name="temperature",
        label="Temperature T",
        help="Every logit is divided by it before softmax.",
        low=0.02,
        high=20.0,
        default=1.0,
        scale="log",
        effect="view",
        when=HERE,
    ),
)


class SoftmaxRun(NumbersRun):
    """Softmax of some logits to all of which c is added; each step adds 1 to c.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Nothing is drawn at random.
    library : Library
    """

    length = LENGTH

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        super().__init__(values)

    @property
    def _logits(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array(numbers(str(self._values["logits"]))[0])

    @property
    def _temperature(self) -> float:
        return float(self._values["temperature"])

    def _work(self) -> Tempered:
        return Tempered(self._logits, self.position, self._temperature)

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        return {"breaks": self._breaks, "hot": self._hot}

    def _breaks(self) -> Solution:
        """Return the least c at which softmax as the formula stands is no number."""
        logits = self._logits
        for c in range(LENGTH + 1):
            scaled = ((logits + c) / self._temperature).astype(np.float32)
            _, _, whole, p = shares(scaled, "naive")
            if np.isnan(p).any():
                break
        else:
            raise InvalidValueError(
                f"breaks: with these logits and this temperature it holds up to c = {LENGTH}"
            )
        most = float(scaled.max())
        before = float((logits.max() + c - 1) / self._temperature)
        return Solution(
            float(c),
            f"At c = {c} the greatest exponent is {most:.4g}, and e^{most:.4g} is more than "
            f"{GREATEST:.3g}, the greatest number of float32; one step before it is "
            f"{before:.4g}, and e^{before:.4g} = {np.exp(before):.3g} still fits."
            if c
            else f"It is broken already at c = 0: the sum of the powers is {float(whole):g}.",
            tolerance=1.0,
        )

    def _hot(self) -> Solution:
        """Return what the shares come to when the temperature grows without end."""
        logits = self._logits
        _, _, _, p = shares((logits / VERY_HOT).astype(np.float32), "safe")
        apart = float(p.max() - p.min())
        answer = "equal" if apart < 0.05 else ("one" if p.max() > 0.95 else "stay")
        listed = ", ".join(f"{one:.4f}" for one in p)
        return Solution(
            answer,
            f"At T = {VERY_HOT:,.0f} the shares are {listed}: divided by so much, all logits are "
            "nearly 0, and e⁰ is 1 for each.",
        )
