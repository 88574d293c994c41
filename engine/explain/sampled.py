"""Ledgers of walkers who go down by batches: batch, stochastic and minibatch gradient descent."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.explain.arithmetic import Paging, times, total
from engine.explain.ground import slope_ledger, value_ledger
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.numbers import Explainer, Numbers
from engine.explain.regression import error_ledger, sample_slope_ledger
from engine.explain.simple import given
from engine.explain.spot import Data, Spot, spot
from engine.landscape.regression import Regression
from engine.landscape.sampled import Sampled, share
from engine.snapshot import Array

ALL = "all.dw"
"""The mean gradient of all samples where the one who is followed stands."""

NOTES = {
    "x": "A number of the data: the feature of a sample.",
    "y": "A number of the data: what a sample wants.",
    "line.x": "Where the lines end: a little beyond the data.",
    "surface.w1": "A place of the grid along w0.",
    "surface.w2": "A place of the grid along w1.",
    "rows": "A sample of the next batch, by its number from 0.",
    "walkers.updates": "How many updates this walker has made.",
    "walkers.seen": "How many samples this walker has taken gradients of.",
    "waiting": "How many samples the batch walker has seen since its last update.",
    "fan.scale": "The longest arrow of the fan has a certain length on the map.",
    "inside": "1 for a sample of the next batch, 0 for another one.",
    "least": "Where J is least: there the gradients of all samples add up to 0.",
    "noise.rate": "A learning rate with which it was measured how far a walker is scattered.",
    "noise.sgd": "How far it is scattered in the end by single samples, measured: it began at the "
    "least point, and the spread of 80 updates in a row was taken again and again.",
    "noise.mini": "How far it is scattered in the end by these minibatches, measured: it began at "
    "the least point, and the spread of 80 updates in a row was taken again and again.",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """How the rate goes: what it is at the start, and how it shrinks."""

    rate: float
    schedule: str
    half: float


class SampledNumbers(Numbers):
    """Explains every number of such walks.

    Parameters
    ----------
    ground : Regression
        Over w0 and w1.
    walkers : mapping of str to Sampled
        By the prefix of their tensors; `walkers.*` has a number for each, in this order.
    followed : str
        Whose tensors have plain names as well.
    pace : Pace
    arrays : mapping of str to ndarray
        What is published at this moment.
    """

    def __init__(
        self,
        ground: Regression,
        walkers: Mapping[str, Sampled],
        followed: str,
        *,
        pace: Pace,
        arrays: Mapping[str, Array],
    ) -> None:
        super().__init__(arrays)
        self.ground, self.walkers, self.followed, self.pace = ground, walkers, followed, pace
        self.errors = Data(errors="errors")
        self.notes = dict(NOTES)
        self.arrays["walkers.variance"] = self.arrays["walkers.spread"] ** 2
        for name, walker in walkers.items():
            self._of_walker(name, walker)
        for name in ("w", "path.w", "path.J"):
            self.explainers[name] = self._copy(name)
        self.explainers |= {
            "J": self._loss,
            "dw": self._slope,
            "update": self._update,
            ALL: self._slope_of_all,
            "errors": self._error,
            "samples.dw": self._sample_slope,
            "surface.J": self._surface,
            "walkers.J": self._loss_of_walker,
            "walkers.epochs": self._epochs,
            "walkers.rate": self._rate,
            "walkers.variance": self._variance,
            "walkers.spread": self._spread,
            "fan": self._fan("fan", "samples.dw"),
            "fan.batch": self._fan("fan.batch", "dw"),
            "fan.all": self._fan("fan.all", ALL),
        }

    def _of_walker(self, name: str, walker: Sampled) -> None:
        """Take what one walker publishes, and what it was before its last update."""
        last = walker.last
        self.notes[f"{name}.recent"] = "Where it was after one of its last updates."
        self.notes[f"{name}.path.seen"] = "How many samples it had seen at this point of its path."
        if last is not None:
            part = _subset(self.ground, last.rows)
            self.arrays[f"{name}.before.w"] = last.w
            self.arrays[f"{name}.before.dw"] = part.gradient(last.w)
            self.notes[f"{name}.before.w"] = "Where it was before its last update: go back to see."
            self.explainers[f"{name}.before.dw"] = self._slope_before(name, part, last.rows)
        self.explainers |= {
            f"{name}.w": self._w(name, walker),
            f"{name}.path.w": self._path(name),
            f"{name}.path.J": self._losses(name),
            f"{name}.centre": self._centre(name),
            f"{name}.line": self._line(name),
        }

    def _named(self, k: int) -> str:
        return list(self.walkers)[k]

    @property
    def _number(self) -> int:
        """The number of the one who is followed."""
        return list(self.walkers).index(self.followed)

    def _copy(self, tensor: str) -> Explainer:
        """Explain what is the same number of the one who is followed."""
        return lambda index, _: self.same(tensor, index, f"{self.followed}.{tensor}", index)

    def _w(self, name: str, walker: Sampled) -> Explainer:
        tensor, last = f"{name}.w", walker.last

        def explain(index: Index, _: int) -> Ledger:
            if last is None:
                return given(tensor, self.arrays[tensor], index, "Where it begins.")
            (i,) = index
            return self.sum_of(
                tensor,
                index,
                times(self.factor(f"{name}.before.w", index, f"w_{{{i}}}")),
                times(
                    Factor(r"-\eta", -last.rate),
                    self.factor(f"{name}.before.dw", index, rf"\mathrm{{dw}}_{{{i}}}"),
                ),
                general=rf"w_{{{i}}} - \eta \cdot \mathrm{{dw}}_{{{i}}}",
                code=f"w[{i}] - {last.rate!r} * dw[{i}]",
                note=f"Both as they were before its update number {walker.updates}.",
            )

        return explain

    def _slope_before(self, name: str, part: Regression, rows: Array) -> Explainer:
        data = Data(rows=tuple(rows.tolist()))

        def explain(index: Index, page: int) -> Ledger:
            here = spot(part, self.arrays[f"{name}.before.w"], f"{name}.before.w", data=data)
            return slope_ledger(here, index[0], f"{name}.before.dw", page=page)

        return explain

    def _loss(self, index: Index, _: int) -> Ledger:
        return self.same("J", index, "walkers.J", (self._number,))

    def _loss_of_walker(self, index: Index, page: int) -> Ledger:
        place = f"{self._named(index[0])}.w"
        here = spot(self.ground, self.arrays[place], place)
        value = self.value("walkers.J", index)
        return value_ledger(here, "walkers.J", index, value=value, page=page)

    def _losses(self, name: str) -> Explainer:
        place, tensor = f"{name}.path.w", f"{name}.path.J"

        def explain(index: Index, page: int) -> Ledger:
            here = spot(self.ground, self.arrays[place][index], place, index)
            return value_ledger(here, tensor, index, value=self.value(tensor, index), page=page)

        return explain

    def _path(self, name: str) -> Explainer:
        tensor = f"{name}.path.w"

        def explain(index: Index, _: int) -> Ledger:
            point, i = index
            if point == len(self.arrays[tensor]) - 1:
                return self.same(tensor, index, f"{name}.w", (i,), "Here it is now.")
            seen = int(self.arrays[f"{name}.path.seen"][point])
            return given(tensor, self.arrays[tensor], index, f"Where it was after {seen} samples.")

        return explain

    def _slope(self, index: Index, page: int) -> Ledger:
        """Explain the gradient of the next batch: the mean of its samples' own."""
        rows = self.arrays["rows"]
        data = Data(errors="errors", rows=tuple(rows.tolist()))
        here = spot(_subset(self.ground, rows), self.arrays["w"], data=data)
        note = f"The mean over the {len(rows)} samples of the next batch."
        feeds = (Reference("update", index),)
        value = self.value("dw", index)
        return slope_ledger(here, index[0], value=value, feeds=feeds, note=note, page=page)

    def _update(self, index: Index, _: int) -> Ledger:
        (i,) = index
        rate, at = "walkers.rate", (self._number,)
        eta = self.of(r"-\eta", -self.value(rate, at), rate, at)
        return self.sum_of(
            "update",
            index,
            times(eta, self.factor("dw", index)),
            general=rf"-\eta \cdot \mathrm{{dw}}_{{{i}}}",
            code=f"-rate[{at[0]}] * dw[{i}]",
            note="What the next update adds.",
        )

    def _slope_of_all(self, index: Index, page: int) -> Ledger:
        here = spot(self.ground, self.arrays["w"], data=self.errors)
        note = "The mean over all samples: the gradient that batch gradient descent goes by."
        value = self.value(ALL, index)
        return slope_ledger(here, index[0], ALL, value=value, note=note, page=page)

    def _error(self, index: Index, _: int) -> Ledger:
        here = spot(self.ground, self.arrays["w"])
        return error_ledger(here, index[0], value=self.value("errors", index))

    def _sample_slope(self, index: Index, _: int) -> Ledger:
        i, j = index
        here = spot(self.ground, self.arrays["w"], data=self.errors)
        return sample_slope_ledger(here, i, j, value=self.value("samples.dw", index))

    def _surface(self, index: Index, page: int) -> Ledger:
        row, column = index
        places = (Reference("surface.w1", (column,)), Reference("surface.w2", (row,)))
        w = np.array([self.value(one.tensor, one.index) for one in places])
        here = Spot(self.ground, w, places)
        value = self.value("surface.J", index)
        return value_ledger(here, "surface.J", index, value=value, page=page)

    def _fan(self, tensor: str, of: str) -> Explainer:
        scale = float(self.arrays["fan.scale"][0])

        def explain(index: Index, _: int) -> Ledger:
            return self.sum_of(
                tensor,
                index,
                times(
                    self.of("-c", -scale, "fan.scale", (0,)),
                    self.factor(of, index, rf"\mathrm{{dw}}_{{{index[-1]}}}"),
                ),
                general=rf"-c \cdot \mathrm{{dw}}_{{{index[-1]}}}",
                code=f"-scale[0] * dw{list(index)}",
                note="Against the gradient: where it would go. All arrows are drawn in one scale.",
            )

        return explain

    def _epochs(self, index: Index, _: int) -> Ledger:
        n = len(self.ground.y)
        return self.sum_of(
            "walkers.epochs",
            index,
            times(Factor(r"\frac{1}{n}", 1 / n), self.factor("walkers.seen", index)),
            general=rf"\frac{{1}}{{n}} \cdot \mathrm{{seen}}_{{{index[0]}}}",
            code=f"seen[{index[0]}] / {n}",
            note="An epoch is as many samples as there are: each had its turn once.",
        )

    def _rate(self, index: Index, _: int) -> Ledger:
        pace, half, k = self.pace, repr(self.pace.half), index[0]
        tex, code, note = {
            "constant": ("1", "1", "It stays what it is."),
            "inverse": (
                r"\frac{1}{1 + t / T}",
                f"1 / (1 + epochs[{k}] / {half})",
                "t is the number of epochs; after T of them the rate is half as large.",
            ),
            "steps": (
                r"0.5^{\lfloor t / T \rfloor}",
                f"0.5 ** (epochs[{k}] // {half})",
                "t is the number of epochs; after every T of them the rate is halved.",
            ),
        }[pace.schedule]
        left = share(self.value("walkers.epochs", index), pace.schedule, pace.half)
        return self.sum_of(
            "walkers.rate",
            index,
            times(Factor(r"\eta_{0}", pace.rate), self.of(tex, left, "walkers.epochs", index)),
            general=rf"\eta_{{0}} \cdot {tex}",
            code=f"{pace.rate!r} * {code}",
            note=note,
        )

    def _centre(self, name: str) -> Explainer:
        def explain(index: Index, page: int) -> Ledger:
            (i,) = index
            recent = self.arrays[f"{name}.recent"]

            def term(k: int) -> Term:
                return times(self.factor(f"{name}.recent", (k, i), f"w_{{{k},{i}}}"))

            arithmetic = total(
                recent[:, i],
                term,
                Paging(page=page),
                combine="mean",
                general=rf"\mathrm{{mean}}_{{k}}\, w_{{k,{i}}}",
                code=f"recent[:, {i}].mean()",
                symbols={"recent": f"{name}.recent"},
                note="The middle of its last places.",
            )
            return self.found(f"{name}.centre", index, arithmetic, page=page)

        return explain

    def _variance(self, index: Index, page: int) -> Ledger:
        name = self._named(index[0])
        recent, middle = self.arrays[f"{name}.recent"], self.arrays[f"{name}.centre"]
        k, d = recent.shape
        squares = ((recent - middle) ** 2).ravel()

        def term(at: int) -> Term:
            place = divmod(at, d)
            symbol = rf"(w_{{{place[0]},{place[1]}}} - c_{{{place[1]}}})^{{2}}"
            square = self.of(symbol, float(squares[at]), f"{name}.recent", place)
            return times(Factor(r"\frac{1}{k}", 1 / k), square)

        arithmetic = total(
            squares / k,
            term,
            Paging(page=page),
            general=r"\frac{1}{k} \sum (w - c)^{2}",
            code="((recent - centre) ** 2).sum(axis=1).mean()",
            symbols={"recent": f"{name}.recent", "centre": f"{name}.centre"},
            note="The mean squared distance of its last places from their middle c.",
        )
        return self.found("walkers.variance", index, arithmetic, page=page)

    def _spread(self, index: Index, _: int) -> Ledger:
        places = len(self.arrays[f"{self._named(index[0])}.recent"])
        value = self.value("walkers.spread", index)
        return self.sum_of(
            "walkers.spread",
            index,
            times(self.of(r"\sqrt{v}", value, "walkers.variance", index)),
            general=r"\sqrt{v}",
            code=f"np.sqrt(variance[{index[0]}])",
            note=f"v is the mean squared distance of its last {places} places from their middle.",
        )

    def _line(self, name: str) -> Explainer:
        def explain(index: Index, _: int) -> Ledger:
            (k,) = index
            return self.sum_of(
                f"{name}.line",
                index,
                times(self.factor(f"{name}.w", (0,), "w_{0}")),
                times(self.factor(f"{name}.w", (1,), "w_{1}"), self.factor("line.x", index, "x")),
                general=r"w_{0} + w_{1} \cdot x",
                code=f"w[0] + w[1] * x[{k}]",
                note="What its two weights say of this place.",
            )

        return explain


def _subset(ground: Regression, rows: Array) -> Regression:
    """Return the regression on some of the samples."""
    return Regression(ground.x[rows], ground.y[rows], bounds=ground.bounds)
