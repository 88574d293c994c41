"""Ledgers of a walk on a surface: its grid, the curvature in the picture, a regression's data."""

from collections.abc import Mapping

import numpy as np

from engine.explain.arithmetic import times
from engine.explain.ground import value_ledger
from engine.explain.ledger import Factor, Index, Ledger, Reference
from engine.explain.numbers import Explainer
from engine.explain.regression import error_ledger, sample_slope_ledger
from engine.explain.spot import Data, Spot
from engine.explain.walked import Walked
from engine.landscape.outlook import Outlook
from engine.landscape.regression import Regression
from engine.landscape.walk import Walk
from engine.snapshot import Array

ERRORS = "errors"

NOTES = {
    "pair": "The number of a variable that is drawn, counted from 0.",
    "surface.w1": "A place of the grid along the first variable that is drawn.",
    "surface.w2": "A place of the grid along the second variable that is drawn.",
    "x": "A number of the data: a feature of a sample.",
    "y": "A number of the data: what a sample wants.",
    "line.x": "Where the line ends: a little beyond the data.",
}


class WalkedSurface(Walked):
    """Explains every number of a walk on a surface."""

    def __init__(self, walk: Walk, ahead: Outlook, arrays: Mapping[str, Array]) -> None:
        data = Data(errors=ERRORS) if isinstance(walk.ground, Regression) else None
        super().__init__(walk, ahead, arrays, data)
        self._pair = tuple(int(i) for i in arrays["pair"])
        self.arrays["cross.H"] = arrays["H"][np.ix_(self._pair, self._pair)]
        self.notes |= NOTES
        self.explainers |= {
            "surface.J": self._surface,
            "cross": self._cross,
            "cross.H": self._block,
            "cross.values": self._curvature("cross.values", "cross.vectors", "cross.H"),
            "cross.vectors": self._direction("cross.vectors", "cross.values", "cross.H"),
            "pointer": self._pointer,
            "predictions": self._of_sample("predictions", minus_y=False),
            ERRORS: self._of_sample(ERRORS, minus_y=True),
            "samples.dw": self._sample_slope,
            "line.y": self._line,
        }

    def _surface(self, index: Index, page: int) -> Ledger:
        row, column = index
        w = self.arrays["w"].copy()
        where = [Reference("w", (k,)) for k in range(len(w))]
        drawn = zip(self._pair, ("surface.w1", "surface.w2"), (column, row), strict=True)
        for k, tensor, at in drawn:
            w[k] = self.arrays[tensor][at]
            where[k] = Reference(tensor, (at,))
        value = float(self.arrays["surface.J"][index])
        here = Spot(self.walk.ground, w, tuple(where))
        return value_ledger(here, "surface.J", index, value=value, page=page)

    def _block(self, index: Index, _: int) -> Ledger:
        i, j = (self._pair[k] for k in index)
        return self.same("cross.H", index, "H", (i, j), "Of the two variables that are drawn.")

    def _cross(self, index: Index, _: int) -> Ledger:
        arm, axis = index
        k, sign = arm // 2, (1.0 if arm % 2 == 0 else -1.0)
        length = sign * float(np.hypot(*self.arrays["cross"][arm]))
        return self.sum_of(
            "cross",
            index,
            times(
                Factor(r"\ell", length),
                self.factor("cross.vectors", (axis, k), f"v_{{{axis}}}"),
            ),
            general=rf"\ell \cdot v_{{{axis}}}",
            code=f"{length!r} * vectors[{axis}, {k}]",
            note="An arm of the cross at the ball, along a direction of curvature: the more J "
            "curves along it, the longer it is.",
        )

    def _pointer(self, index: Index, _: int) -> Ledger:
        i = self._pair[index[0]]
        slope = float(self.arrays["dw"][i])
        drawn = float(self.arrays["pointer"][index])
        return self.sum_of(
            "pointer",
            index,
            times(Factor("c", drawn / slope if slope else 0.0), self.factor("dw", (i,))),
            general=rf"c \cdot \mathrm{{dw}}_{{{i}}}",
            code=f"c * dw[{i}]",
            note="The gradient, drawn as long everywhere: its arrow shows the direction only.",
        )

    def _of_sample(self, tensor: str, *, minus_y: bool) -> Explainer:
        def explain(index: Index, _: int) -> Ledger:
            value = float(self.arrays[tensor][index])
            here = self.spot("w", data=self.data)
            (i,) = index
            return error_ledger(here, i, tensor, minus_y=minus_y, value=value)

        return explain

    def _sample_slope(self, index: Index, _: int) -> Ledger:
        i, j = index
        value = float(self.arrays["samples.dw"][index])
        return sample_slope_ledger(self.spot("w", data=self.data), i, j, value=value)

    def _line(self, index: Index, _: int) -> Ledger:
        (k,) = index
        if self.arrays["x"].shape[1] > 1:
            note = "Where a prediction would be as it is wanted."
            return self.same("line.y", index, "line.x", index, note)
        return self.sum_of(
            "line.y",
            index,
            times(self.factor("w", (0,), "w_{0}")),
            times(self.factor("w", (1,), "w_{1}"), self.factor("line.x", index, "x")),
            general=r"w_{0} + w_{1} \cdot x",
            code=f"w[0] + w[1] * x[{k}]",
            note="What the ball's two weights say of this place.",
        )
