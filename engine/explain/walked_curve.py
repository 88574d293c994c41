"""Ledgers of a walk in one variable: the curve and the tangent besides the ball's own numbers."""

from collections.abc import Mapping

import numpy as np

from engine.explain.arithmetic import times
from engine.explain.ground import value_ledger
from engine.explain.ledger import Factor, Index, Ledger, Reference
from engine.explain.spot import Spot
from engine.explain.walked import Walked
from engine.landscape.outlook import Outlook
from engine.landscape.walk import Walk
from engine.snapshot import Array

PLACES = {
    "curve.w": "A place at which the curve is drawn.",
    "tangent.w": "Where the tangent ends: it is drawn as long as can be seen.",
}


class WalkedCurve(Walked):
    """Explains every number of a walk on a curve."""

    def __init__(self, walk: Walk, ahead: Outlook, arrays: Mapping[str, Array]) -> None:
        super().__init__(walk, ahead, arrays)
        self.notes |= PLACES
        self.explainers |= {
            "curve.J": self._curve,
            "tangent.J": self._tangent,
        }

    def _curve(self, index: Index, page: int) -> Ledger:
        w = self.arrays["curve.w"][[index[0]]]
        here = Spot(self.walk.ground, np.asarray(w), (Reference("curve.w", index),))
        value = float(self.arrays["curve.J"][index])
        return value_ledger(here, "curve.J", index, value=value, page=page)

    def _tangent(self, index: Index, _: int) -> Ledger:
        (k,) = index
        slope = self.factor("dw", (0,), r"\frac{dJ}{dw}")
        return self.sum_of(
            "tangent.J",
            index,
            times(self.factor("J", (0,), "J")),
            times(slope, self.factor("tangent.w", index, "x")),
            times(Factor("-1", -1.0), slope, self.factor("w", (0,), "w")),
            general=r"J + \frac{dJ}{dw} \cdot (x - w)",
            code=f"J[0] + dw[0] * (x[{k}] - w[0])",
            note="The straight line that touches the curve where the ball is.",
        )
