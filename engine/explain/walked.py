"""Ledgers of a ball that goes down a ground: where it is, its step, and what the curvature says."""

import math
from collections.abc import Mapping

import numpy as np

from engine.explain.arithmetic import constant, times
from engine.explain.ground import bend_ledger, slope_ledger, value_ledger
from engine.explain.ledger import Factor, Index, Ledger, Reference
from engine.explain.numbers import Explainer, Numbers
from engine.explain.simple import given
from engine.explain.spot import Data, Spot, spot
from engine.landscape.outlook import ROUNDING, Outlook
from engine.landscape.walk import Walk
from engine.snapshot import Array

NOTES = {
    "path.step": "The step at which the ball was at this point of its path.",
    "before.w": "Where the ball was before the last step; the step before this one says why.",
}
"""What has no arithmetic of its own, and what a number of it is."""


class Walked(Numbers):
    """Explains every number of a walk.

    Parameters
    ----------
    walk : Walk
    ahead : Outlook
        From where the ball is.
    arrays : mapping of str to ndarray
        What is published at this moment.
    data : Data, optional
        What the tensors of a regression's data are called, its errors here among them.
    """

    def __init__(
        self,
        walk: Walk,
        ahead: Outlook,
        arrays: Mapping[str, Array],
        data: Data | None = None,
    ) -> None:
        more = {
            "before.w": walk.before.w,
            "before.dw": walk.before.dw,
            "H.vectors": ahead.vectors,
        }
        super().__init__({**arrays, **more})
        self.walk = walk
        self.data = data or Data()
        self.ahead = ahead
        self.notes |= NOTES
        self.explainers |= {
            "w": self._w,
            "update": self._update,
            "next.w": self._next,
            "path.w": self._path,
            "J": self._value("w", data=self.data),
            "next.J": self._value("next.w"),
            "path.J": self._value("path.w"),
            "dw": self._slope("w", data=self.data),
            "before.dw": self._slope("before.w"),
            "H": self._bend,
            "H.values": self._curvature("H.values", "H.vectors", "H"),
            "H.vectors": self._direction("H.vectors", "H.values", "H"),
            "along": self._along,
            "factor": self._factor,
            "stable": self._stable,
            "left": self._left,
        }

    def symbol(self, tensor: str) -> str:
        """Return what a tensor is called in formulae and in code."""
        return "next" if tensor == "next.w" else super().symbol(tensor)

    def spot(self, tensor: str, prefix: Index = (), data: Data | None = None) -> Spot:
        """Return the place whose coordinates are `tensor[*prefix, :]`."""
        return spot(self.walk.ground, self.arrays[tensor][prefix], tensor, prefix, data)

    def _value(self, place: str, data: Data | None = None) -> Explainer:
        """Explain J at the places of a tensor: one of them, or one a row."""
        tensor = place.replace("w", "J")

        def explain(index: Index, page: int) -> Ledger:
            prefix = index if self.arrays[place].ndim > 1 else ()
            here = self.spot(place, prefix, data)
            value = float(self.arrays[tensor][index])
            return value_ledger(here, tensor, index, value=value, page=page)

        return explain

    def _slope(self, place: str, data: Data | None = None) -> Explainer:
        """Explain the gradient at the place of a tensor."""
        tensor = place.replace("w", "dw")

        def explain(index: Index, page: int) -> Ledger:
            value = float(self.arrays[tensor][index])
            feeds = (Reference("update", index),) if tensor == "dw" else ()
            here = self.spot(place, data=data)
            (i,) = index
            return slope_ledger(here, i, tensor, value=value, feeds=feeds, page=page)

        return explain

    def _bend(self, index: Index, page: int) -> Ledger:
        i, j = index
        value = float(self.arrays["H"][index])
        return bend_ledger(self.spot("w", data=self.data), i, j, value=value, page=page)

    def _w(self, index: Index, _: int) -> Ledger:
        walk = self.walk
        feeds = (Reference("update", index), Reference("next.w", index))
        if not walk.moved:
            how = "its start" if walk.began == 0 else f"where it was put down at step {walk.began}"
            ledger = given("w", self.arrays["w"], index, f"The ball has not moved yet: {how}.")
            return ledger
        if np.array_equal(walk.here.w, walk.before.w):
            note = "The ball has stopped: the gradient is shorter than the tolerance."
            return self.same("w", index, "before.w", index, note)
        i = index[0]
        return self.sum_of(
            "w",
            index,
            times(self.factor("before.w", index)),
            times(self._eta(walk.rate_before), self.factor("before.dw", index)),
            general=rf"w_{{{i}}} - \eta \cdot \frac{{\partial J}}{{\partial w_{{{i}}}}}",
            code=f"w[{i}] - {walk.rate_before!r} * dw[{i}]",
            note="Both as they were before this step.",
            feeds=feeds,
        )

    def _eta(self, rate: float) -> Factor:
        return Factor(r"-\eta", -rate)

    def _update(self, index: Index, _: int) -> Ledger:
        i = index[0]
        feeds = (Reference("next.w", index),)
        if self.walk.has_stopped:
            note = "The ball has stopped: the gradient is shorter than the tolerance."
            return given("update", self.arrays["update"], index, note)
        return self.sum_of(
            "update",
            index,
            times(self._eta(self.walk.rate), self.factor("dw", index)),
            general=rf"-\eta \cdot \frac{{\partial J}}{{\partial w_{{{i}}}}}",
            code=f"-{self.walk.rate!r} * dw[{i}]",
            note="η is the learning rate. The minus turns uphill into downhill.",
            feeds=feeds,
        )

    def _next(self, index: Index, _: int) -> Ledger:
        i = index[0]
        return self.sum_of(
            "next.w",
            index,
            times(self.factor("w", index)),
            times(self.factor("update", index)),
            general=rf"w_{{{i}}} - \eta \cdot \frac{{\partial J}}{{\partial w_{{{i}}}}}",
            code=f"w[{i}] + update[{i}]",
        )

    def _path(self, index: Index, _: int) -> Ledger:
        point, i = index
        if point == len(self.arrays["path.w"]) - 1:
            return self.same("path.w", index, "w", (i,), "The last point of the path is here.")
        step = int(self.arrays["path.step"][point])
        note = f"Where the ball was at step {step}; go back there to see why."
        return given("path.w", self.arrays["path.w"], index, note)

    def _curvature(self, values: str, vectors: str, matrix: str) -> Explainer:
        """Explain eigenvalues by what their directions make of the matrix: Σ vᵢ Hᵢⱼ vⱼ."""

        def explain(index: Index, page: int) -> Ledger:
            (k,) = index
            d = len(self.arrays[matrix])
            terms = [
                times(
                    self.factor(vectors, (i, k), f"v_{{{i}}}"),
                    self.factor(matrix, (i, j), f"H_{{{i},{j}}}"),
                    self.factor(vectors, (j, k), f"v_{{{j}}}"),
                )
                for i in range(d)
                for j in range(d)
            ]
            return self.sum_of(
                values,
                index,
                *terms,
                general=r"\sum_{i,j} v_{i} \cdot H_{i,j} \cdot v_{j}",
                code=f"vectors[:, {k}] @ H @ vectors[:, {k}]",
                note="How much J curves along this direction: an eigenvalue of H.",
            )

        return explain

    def _direction(self, vectors: str, values: str, matrix: str) -> Explainer:
        """Explain a direction by what makes it one: H v is λ v."""

        def explain(index: Index, page: int) -> Ledger:
            i, k = index
            found = self.arrays[values]
            value = float(found[k])
            note = "A direction of length 1 that H only stretches: an eigenvector."
            if not abs(value) > ROUNDING * float(np.abs(found).max()):
                return given(vectors, self.arrays[vectors], index, note)
            terms = [
                times(
                    self.of(r"\frac{1}{\lambda}", 1 / value, values, (k,)),
                    self.factor(matrix, (i, j), f"H_{{{i},{j}}}"),
                    self.factor(vectors, (j, k), f"v_{{{j}}}"),
                )
                for j in range(len(found))
            ]
            return self.sum_of(
                vectors,
                index,
                *terms,
                general=rf"\frac{{1}}{{\lambda}} \sum_{{j}} H_{{{i},j}} \cdot v_{{j}}",
                code=f"np.linalg.eigh(H)[1][{i}, {k}]",
                note=note + " It is found as a whole; this is what makes it one.",
            )

        return explain

    def _along(self, index: Index, _: int) -> Ledger:
        (k,) = index
        terms = [
            times(self.factor("H.vectors", (i, k), f"v_{{{i}}}"), self.factor("dw", (i,)))
            for i in range(len(self.arrays["dw"]))
        ]
        return self.sum_of(
            "along",
            index,
            *terms,
            general=r"\sum_{i} v_{i} \cdot \mathrm{dw}_{i}",
            code=f"vectors[:, {k}] @ dw",
            note="The part of the gradient along this direction of curvature.",
            feeds=(Reference("left", index),) if self.ahead.left.size else (),
        )

    def _factor(self, index: Index, _: int) -> Ledger:
        (k,) = index
        return self.sum_of(
            "factor",
            index,
            constant("1", 1.0),
            times(self._eta(self.walk.rate), self.factor("H.values", index, r"\lambda")),
            general=r"1 - \eta \cdot \lambda",
            code=f"1 - {self.walk.rate!r} * values[{k}]",
            note="What one step makes of the gradient along this direction, on a bowl: it is "
            "multiplied by this. Below 0 the step overshoots; beyond −1 it grows.",
        )

    def _stable(self, index: Index, _: int) -> Ledger:
        last = len(self.ahead.values) - 1
        most = float(self.ahead.values[last])
        term = times(
            Factor("2", 2.0),
            self.of(r"\frac{1}{\lambda_{\max}}", 1 / most, "H.values", (last,)),
        )
        return self.sum_of(
            "stable",
            index,
            term,
            general=r"\frac{2}{\lambda_{\max}}",
            code="2 / values.max()",
            note="With a larger rate the ball goes further up the other side than it came from. "
            "Exact on a bowl; elsewhere as the curvature is here.",
        )

    def _left(self, index: Index, _: int) -> Ledger:
        (k,) = index
        part, each = float(self.ahead.along[k]), float(self.ahead.factor[k])
        tolerance = self.walk.tolerance
        if abs(part) <= tolerance or each == 0:
            short = "is as short as the tolerance already" if each else "is gone after one step"
            note = f"The gradient along this direction {short}."
            return given("left", self.arrays["left"], index, note)
        ratio = math.log(tolerance / abs(part))
        term = times(
            self.of(r"\ln \frac{\tau}{|g|}", ratio, "along", index),
            self.of(r"\frac{1}{\ln |1 - \eta \lambda|}", 1 / math.log(abs(each)), "factor", index),
        )
        return self.sum_of(
            "left",
            index,
            term,
            general=r"\frac{\ln(\tau / |g|)}{\ln |1 - \eta \lambda|}",
            code=f"np.log({tolerance!r} / abs(along[{k}])) / np.log(abs(factor[{k}]))",
            note=f"After so many steps the gradient g along this direction is as short as the "
            f"tolerance τ = {tolerance:g}, if the curvature stays as it is here.",
        )
