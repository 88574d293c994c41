"""What one point costs by its score, as a curve, and the slope of it where a ball has it."""

import numpy as np

from engine.explain.arithmetic import constant, short_sum, times
from engine.explain.fit import Fit
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.scene import element
from engine.explain.simple import worked
from engine.snapshot import Array

REACH = 2.0
"""How far a tangent goes to either side, in units of the score."""


class FitCurve:
    """The loss of one point of a fit over its score.

    Parameters
    ----------
    fit : Fit
    point : int
        Which of the points.
    z : ndarray of shape (samples,)
        The scores at which it is drawn; they are called `one.z`.

    Attributes
    ----------
    arrays : dict of str to ndarray
        `curve` of shape (samples,), and `tangent` of shape (2, 2): its two ends, each a score and
        a loss.
    """

    def __init__(self, fit: Fit, point: int, z: Array) -> None:
        self._fit, self._point, self._z = fit, point, z
        y = np.full_like(z, fit.ground.y[point])
        at, loss, slope = (float(fit.arrays[one][point]) for one in ("z", "loss", "dz"))
        ends = np.array([-REACH, REACH])
        self.arrays = {
            "curve": fit.ground.loss.value(z, y),
            "tangent": np.stack([at + ends, loss + ends * slope], -1),
        }

    def ledger(self, short: str, index: Index) -> Ledger:
        """Return how an element of one of its tensors came about."""
        fit, point = self._fit, self._point
        tensor = f"{fit.name}.{short}"
        index, value = element(tensor, self.arrays[short], index)
        if short == "curve":
            z = float(self._z[index])
            arithmetic = short_sum(
                times(Factor(rf"\ell({z:.4g})", value, "one.z", index, z)),
                general=fit.ground.loss.tex,
                code=f"loss(z[{index[0]}])",
                symbols={"z": "one.z"},
                note=f"What point {point + 1} would cost with this score.",
            )
            return worked(tensor, index, value, arithmetic, symbol="loss")
        reach = (-REACH, REACH)[index[0]]
        if index[1] == 0:
            terms = times(self._factor("z", "z")), constant("r", reach)
            general, code = "z + r", f"z[{point}] + {reach!r}"
        else:
            slope = times(Factor("r", reach), self._factor("dz", r"\ell'"))
            terms = times(self._factor("loss", r"\ell")), slope
            general, code = r"\ell + r \cdot \ell'", f"loss[{point}] + {reach!r} * dz[{point}]"
        arithmetic = short_sum(
            *terms,
            general=general,
            code=code,
            symbols={one: f"{fit.name}.{one}" for one in ("z", "loss", "dz") if one in code},
            note="An end of the tangent: the curve's slope goes straight on.",
        )
        return worked(tensor, index, value, arithmetic, symbol="tangent")

    def _factor(self, short: str, symbol: str) -> Factor:
        value = float(self._fit.arrays[short][self._point])
        return Factor(symbol, value, f"{self._fit.name}.{short}", (self._point,))
