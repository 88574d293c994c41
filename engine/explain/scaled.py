"""Ledgers of a regression whose features are brought to scale: columns, bowl, the way back.

Longer than other files: it holds the arithmetic of every number of one exhibit, most of it a line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.explain.arithmetic import Paging, times, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.numbers import Explainer
from engine.explain.simple import given
from engine.explain.walked import Walked
from engine.explain.words import counted, short
from engine.landscape.outlook import Outlook
from engine.landscape.scaled import KINDS
from engine.landscape.walk import Walk
from engine.snapshot import Array

NOTES = {
    "y": "What the model is to say of this sample: 1 for the one class, −1 for the other.",
    "held.y": "What the model is to say of this sample that is held back: 1 or −1.",
    "before.dw": "The gradient before the last step; go back a step to see why.",
    "surface.w1": "A place of the grid along the first weight.",
    "surface.w2": "A place of the grid along the second weight.",
    "plane.x1": "A place of the grid along the first feature, in the units on the stage.",
    "plane.x2": "A place of the grid along the second feature, in the units on the stage.",
}

TRAINING_ONLY = "Taken from the training samples alone."


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledgers must know besides the numbers.

    Attributes
    ----------
    kind : str
        The scaling on the stage, of `KINDS`.
    stretch : float
        What the second feature was multiplied by.
    share : float or None
        Which share of its largest stable rate each scaling's rate is; None for one fixed rate.
    source : str
        What a number of the data is, as a sentence.
    left : ndarray of shape (3, 2)
        Of each scaling: the share of what J has to lose that is left at its count of steps, and
        one step earlier.
    """

    kind: str
    stretch: float
    share: float | None
    source: str
    left: Array


class WalkedScaled(Walked):
    """Explains every number of a walk down the bowl of a regression with scaled features."""

    def __init__(
        self, walk: Walk, ahead: Outlook, arrays: Mapping[str, Array], facts: Facts
    ) -> None:
        super().__init__(walk, ahead, arrays)
        self.facts = facts
        self.notes |= NOTES
        self.explainers.pop("before.dw")
        self.explainers |= {
            "raw.x": self._raw("raw.x"),
            "held.raw": self._raw("held.raw"),
            "mean": self._mean("raw.x"),
            "variance": self._variance,
            "std": self._std,
            "min": self._extreme("min"),
            "max": self._extreme("max"),
            "range": self._range,
            "x": self._scaled("raw.x"),
            "held.x": self._scaled("held.raw"),
            "scaled.x": self._each_scaled,
            "x.mean": self._mean("x"),
            "scaled.mean": self._each_mean,
            "y.mean": self._wanted_mean,
            "y.variance": self._wanted_variance,
            "c": self._covariance,
            "w0": self._intercept,
            "errors": self._error("x", "y"),
            "held.errors": self._error("held.x", "held.y"),
            "J": self._loss("errors"),
            "held.J": self._loss("held.errors"),
            "dw": self._gradient,
            "H": self._bend_of("x", "x.mean"),
            "path.J": self._path_loss,
            "surface.J": self._height,
            "plane.y": self._said,
            "raw.w": self._raw_weight,
            "raw.w0": self._raw_intercept,
            "compare.H": self._bend_of("scaled.x", "scaled.mean"),
            "compare.values": self._each_curvature,
            "compare.condition": self._condition,
            "compare.stable": self._each_stable,
            "compare.rate": self._each_rate,
            "compare.steps": self._steps,
            "compare.vectors": self._each_direction,
            "rate": self._rate,
        }

    # the columns

    def _raw(self, tensor: str) -> Explainer:
        def explain(index: Index, _: int) -> Ledger:
            array = self.arrays[tensor]
            stretch = self.facts.stretch
            if index[-1] == 0 or stretch == 1:
                return given(tensor, array, index, self.facts.source)
            measured = float(array[index]) / stretch
            return self.sum_of(
                tensor,
                index,
                times(Factor("s", stretch), Factor("x", measured)),
                general=r"s \cdot x",
                code=f"{stretch!r} * {measured!r}",
                note=f"{self.facts.source} The second feature is stretched {short(stretch)} times.",
            )

        return explain

    def _column_mean(
        self,
        tensor: str,
        index: Index,
        values: Array,
        term: Callable[[int], Term],
        *,
        general: str,
        code: str,
        page: int,
        note: str = "",
        symbols: Mapping[str, str] | None = None,
    ) -> Ledger:
        """Return the ledger of a mean over samples."""
        arithmetic = total(
            values,
            term,
            Paging(page=page),
            combine="mean",
            general=general,
            code=code,
            symbols=symbols or {},
            note=note,
        )
        return self.found(tensor, index, arithmetic, page=page)

    def _mean(self, of: str) -> Explainer:
        tensor = {"raw.x": "mean", "x": "x.mean"}[of]

        def explain(index: Index, page: int) -> Ledger:
            (j,) = index
            return self._column_mean(
                tensor,
                index,
                self.arrays[of][:, j],
                lambda i: times(self.factor(of, (i, j))),
                general=rf"\frac{{1}}{{n}} \sum_{{i}} x_{{i,{j}}}",
                code=f"x[:, {j}].mean()",
                page=page,
                note=TRAINING_ONLY,
                symbols={"x": of},
            )

        return explain

    def _variance(self, index: Index, page: int) -> Ledger:
        (j,) = index
        mean = float(self.arrays["mean"][j])
        x = self.arrays["raw.x"][:, j]

        def term(i: int) -> Term:
            away = self.of("(x - \\mu)", float(x[i]) - mean, "raw.x", (i, j))
            return times(away, away)

        return self._column_mean(
            "variance",
            index,
            (x - mean) ** 2,
            term,
            general=rf"\frac{{1}}{{n}} \sum_{{i}} (x_{{i,{j}}} - \mu_{{{j}}})^{{2}}",
            code=f"((x[:, {j}] - mean[{j}]) ** 2).mean()",
            page=page,
            note=f"{TRAINING_ONLY} μ is the column's mean.",
            symbols={"x": "raw.x", "mean": "mean"},
        )

    def _std(self, index: Index, _: int) -> Ledger:
        variance = float(self.arrays["variance"][index])
        root = self.of(r"\frac{1}{\sqrt{v}}", 1 / np.sqrt(variance), "variance", index)
        return self.sum_of(
            "std",
            index,
            times(self.factor("variance", index, "v"), root),
            general=r"\sqrt{v} = v \cdot \frac{1}{\sqrt{v}}",
            code=f"np.sqrt(variance[{index[0]}])",
            note="The standard deviation σ: how far a sample typically is from the mean.",
        )

    def _extreme(self, tensor: str) -> Explainer:
        which = {"min": "least", "max": "greatest"}[tensor]

        def explain(index: Index, _: int) -> Ledger:
            (j,) = index
            column = self.arrays["raw.x"][:, j]
            i = int(column.argmin() if tensor == "min" else column.argmax())
            note = f"The {which} of the column. {TRAINING_ONLY}"
            return self.same(tensor, index, "raw.x", (i, j), note)

        return explain

    def _range(self, index: Index, _: int) -> Ledger:
        (j,) = index
        return self.sum_of(
            "range",
            index,
            times(self.factor("max", index)),
            times(Factor("-1", -1.0), self.factor("min", index)),
            general=rf"\max_{{{j}}} - \min_{{{j}}}",
            code=f"max[{j}] - min[{j}]",
        )

    def _scaled(self, of: str) -> Explainer:
        tensor = {"raw.x": "x", "held.raw": "held.x"}[of]
        return lambda index, _: self._brought(tensor, index, of, index, self.facts.kind)

    def _each_scaled(self, index: Index, _: int) -> Ledger:
        return self._brought("scaled.x", index, "raw.x", index[1:], KINDS[index[0]])

    def _brought(self, tensor: str, index: Index, of: str, at: Index, kind: str) -> Ledger:
        """Return the ledger of a number that was brought to scale."""
        i, j = at
        if kind == "none":
            return self.same(tensor, index, of, at, "Not scaled.")
        shift, by, name = ("mean", "std", r"\mu") if kind == "zscore" else ("min", "range", r"\min")
        below = r"\sigma" if kind == "zscore" else r"(\max - \min)"
        inverse = self.of(rf"\frac{{1}}{{{below}}}", 1 / float(self.arrays[by][j]), by, (j,))
        less = self.of(f"-{name}", -float(self.arrays[shift][j]), shift, (j,))
        held = " A sample that is held back is scaled by the same numbers." if of != "raw.x" else ""
        ledger = self.sum_of(
            tensor,
            index,
            times(self.factor(of, at, r"\mathrm{raw}"), inverse),
            times(less, inverse),
            general=rf"\frac{{\mathrm{{raw}}_{{{i},{j}}} - {name}_{{{j}}}}}{{{below}_{{{j}}}}}",
            code=f"(raw[{i}, {j}] - {shift}[{j}]) / {by}[{j}]",
            note=TRAINING_ONLY.replace("Taken", f"{shift} and {by} are taken") + held,
        )
        return replace(ledger, symbols={**ledger.symbols, "raw": of})

    def _each_mean(self, index: Index, page: int) -> Ledger:
        k, j = index
        return self._column_mean(
            "scaled.mean",
            index,
            self.arrays["scaled.x"][k, :, j],
            lambda i: times(self.factor("scaled.x", (k, i, j))),
            general=rf"\frac{{1}}{{n}} \sum_{{i}} x_{{{k},i,{j}}}",
            code=f"x[{k}, :, {j}].mean()",
            page=page,
            symbols={"x": "scaled.x"},
        )

    # the bowl

    def _wanted_mean(self, index: Index, page: int) -> Ledger:
        return self._column_mean(
            "y.mean",
            index,
            self.arrays["y"],
            lambda i: times(self.factor("y", (i,))),
            general=r"\frac{1}{n} \sum_{i} y_{i}",
            code="y.mean()",
            page=page,
            symbols={"y": "y"},
        )

    def _wanted_variance(self, index: Index, page: int) -> Ledger:
        y, mean = self.arrays["y"], float(self.arrays["y.mean"][0])

        def term(i: int) -> Term:
            away = self.of(r"(y - \bar{y})", float(y[i]) - mean, "y", (i,))
            return times(away, away)

        return self._column_mean(
            "y.variance",
            index,
            (y - mean) ** 2,
            term,
            general=r"\frac{1}{n} \sum_{i} (y_{i} - \bar{y})^{2}",
            code="((y - y.mean()) ** 2).mean()",
            page=page,
            symbols={"y": "y"},
        )

    def _covariance(self, index: Index, page: int) -> Ledger:
        (j,) = index
        x, y = self.arrays["x"][:, j], self.arrays["y"]
        mean, wanted = float(self.arrays["x.mean"][j]), float(self.arrays["y.mean"][0])

        def term(i: int) -> Term:
            return times(
                self.of(r"(x - \bar{x})", float(x[i]) - mean, "x", (i, j)),
                self.of(r"(y - \bar{y})", float(y[i]) - wanted, "y", (i,)),
            )

        return self._column_mean(
            "c",
            index,
            (x - mean) * (y - wanted),
            term,
            general=rf"\frac{{1}}{{n}} \sum_{{i}} (x_{{i,{j}}} - \bar{{x}}_{{{j}}})"
            r"(y_{i} - \bar{y})",
            code=f"((x[:, {j}] - x[:, {j}].mean()) * (y - y.mean())).mean()",
            page=page,
            symbols={"x": "x", "y": "y"},
        )

    def _intercept(self, index: Index, _: int) -> Ledger:
        return self.sum_of(
            "w0",
            index,
            times(self.factor("y.mean", (0,), r"\bar{y}")),
            *(
                times(
                    Factor("-1", -1.0),
                    self.factor("w", (j,), f"w_{{{j + 1}}}"),
                    self.factor("x.mean", (j,), rf"\bar{{x}}_{{{j + 1}}}"),
                )
                for j in range(2)
            ),
            general=r"\bar{y} - w_{1} \bar{x}_{1} - w_{2} \bar{x}_{2}",
            code="y.mean() - w @ x.mean(axis=0)",
            note="The intercept is not learned in steps: for these two weights, this one is the "
            "best there is.",
        )

    def _terms_of(self, of: str, i: int) -> tuple[Term, ...]:
        """Return w0 + w1 x1 + w2 x2 of a sample, as terms."""
        return (
            times(self.factor("w0", (0,), "w_{0}")),
            *(
                times(
                    self.factor("w", (j,), f"w_{{{j + 1}}}"),
                    self.factor(of, (i, j), f"x_{{{j + 1}}}"),
                )
                for j in range(2)
            ),
        )

    def _error(self, of: str, wanted: str) -> Explainer:
        tensor = wanted.replace("y", "errors")

        def explain(index: Index, _: int) -> Ledger:
            (i,) = index
            return self.sum_of(
                tensor,
                index,
                *self._terms_of(of, i),
                times(Factor("-1", -1.0), self.factor(wanted, index, "y")),
                general=r"w_{0} + w_{1} x_{1} + w_{2} x_{2} - y",
                code=f"w0 + w @ x[{i}] - y[{i}]",
                note="What the model says of this sample, less what it should say.",
            )

        return explain

    def _loss(self, errors: str) -> Explainer:
        tensor = errors.replace("errors", "J")

        def explain(index: Index, page: int) -> Ledger:
            found = self.arrays[errors]

            def term(i: int) -> Term:
                error = self.factor(errors, (i,), r"\mathrm{error}")
                return times(Factor(r"\frac{1}{2}", 0.5), error, error)

            return self._column_mean(
                tensor,
                index,
                found**2 / 2,
                term,
                general=r"\frac{1}{n} \sum_{i} \frac{1}{2}\, \mathrm{error}_{i}^{2}",
                code="(errors ** 2).mean() / 2",
                page=page,
                symbols={"errors": errors},
            )

        return explain

    def _gradient(self, index: Index, page: int) -> Ledger:
        (j,) = index
        errors, x = self.arrays["errors"], self.arrays["x"][:, j]
        return self._column_mean(
            "dw",
            index,
            errors * x,
            lambda i: times(
                self.factor("errors", (i,), r"\mathrm{error}"), self.factor("x", (i, j))
            ),
            general=rf"\frac{{1}}{{n}} \sum_{{i}} \mathrm{{error}}_{{i}} \cdot x_{{i,{j}}}",
            code=f"(errors * x[:, {j}]).mean()",
            page=page,
            symbols={"errors": "errors", "x": "x"},
        )

    def _bend_of(self, of: str, mean: str) -> Explainer:
        tensor = "H" if of == "x" else "compare.H"

        def explain(index: Index, page: int) -> Ledger:
            *prefix, j, k = index
            x = self.arrays[of][tuple(prefix)]
            middle = self.arrays[mean][tuple(prefix)]

            def away(i: int, column: int) -> Factor:
                value = float(x[i, column] - middle[column])
                at = (*prefix, i, column)
                return self.of(rf"(x_{{{column}}} - \bar{{x}}_{{{column}}})", value, of, at)

            return self._column_mean(
                tensor,
                index,
                (x[:, j] - middle[j]) * (x[:, k] - middle[k]),
                lambda i: times(away(i, j), away(i, k)),
                general=rf"\frac{{1}}{{n}} \sum_{{i}} (x_{{i,{j}}} - \bar{{x}}_{{{j}}})"
                rf"(x_{{i,{k}}} - \bar{{x}}_{{{k}}})",
                code=f"((x[:, {j}] - x[:, {j}].mean()) * (x[:, {k}] - x[:, {k}].mean())).mean()",
                page=page,
                note="How J curves is how the features spread: their variance, and what two of "
                "them have in common. The same at every w.",
                symbols={"x": of},
            )

        return explain

    def _path_loss(self, index: Index, _: int) -> Ledger:
        (point,) = index
        if point == len(self.arrays["path.J"]) - 1:
            return self.same("path.J", index, "J", (0,), "The last point of the path is here.")
        step = int(self.arrays["path.step"][point])
        note = f"What J was at step {step}; go back there to see why."
        return given("path.J", self.arrays["path.J"], index, note)

    def _height(self, index: Index, _: int) -> Ledger:
        row, column = index
        half = Factor(r"\frac{1}{2}", 0.5)
        w = (
            self.factor("surface.w1", (column,), "w_{1}"),
            self.factor("surface.w2", (row,), "w_{2}"),
        )
        minus = Factor("-1", -1.0)
        return self.sum_of(
            "surface.J",
            index,
            times(half, self.factor("y.variance", (0,), "v_{y}")),
            *(times(minus, w[j], self.factor("c", (j,))) for j in range(2)),
            *(times(half, w[j], w[j], self.factor("H", (j, j))) for j in range(2)),
            times(w[0], w[1], self.factor("H", (0, 1))),
            general=r"\frac{1}{2} v_{y} - w \cdot c + \frac{1}{2} w^{\mathsf{T}} H w",
            code="(y_variance - 2 * w @ c + w @ H @ w) / 2",
            note="The mean of the squared errors over 2, multiplied out; the intercept is the best "
            "one at this place.",
        )

    def _said(self, index: Index, _: int) -> Ledger:
        row, column = index
        return self.sum_of(
            "plane.y",
            index,
            times(self.factor("w0", (0,), "w_{0}")),
            times(self.factor("w", (0,), "w_{1}"), self.factor("plane.x1", (column,), "x_{1}")),
            times(self.factor("w", (1,), "w_{2}"), self.factor("plane.x2", (row,), "x_{2}")),
            general=r"w_{0} + w_{1} x_{1} + w_{2} x_{2}",
            code=f"w0 + w[0] * x1[{column}] + w[1] * x2[{row}]",
            note="What the model says of this place: above 0 it is taken for the one class, below "
            "for the other.",
        )

    # the way back

    def _raw_weight(self, index: Index, _: int) -> Ledger:
        (j,) = index
        name, note = f"w_{{{j + 1}}}", "The weight for the feature in its own units."
        if self.facts.kind == "none":
            return self.same("raw.w", index, "w", index, note + " Nothing was scaled.")
        by, sigma = ("std", r"\sigma") if self.facts.kind == "zscore" else ("range", "r")
        inverse = self.of(rf"\frac{{1}}{{{sigma}}}", 1 / float(self.arrays[by][j]), by, index)
        return self.sum_of(
            "raw.w",
            index,
            times(self.factor("w", index, name), inverse),
            general=rf"\frac{{{name}}}{{{sigma}_{{{j + 1}}}}}",
            code=f"w[{j}] / {by}[{j}]",
            note=note,
        )

    def _raw_intercept(self, index: Index, _: int) -> Ledger:
        note = "The intercept that belongs to the weights in the features' own units."
        if self.facts.kind == "none":
            return self.same("raw.w0", index, "w0", index, note)
        shift, name = ("mean", r"\mu") if self.facts.kind == "zscore" else ("min", r"\min")
        less = (
            times(
                Factor("-1", -1.0),
                self.factor("raw.w", (j,), f"w_{{{j + 1}}}"),
                self.factor(shift, (j,), f"{name}_{{{j + 1}}}"),
            )
            for j in range(2)
        )
        return self.sum_of(
            "raw.w0",
            index,
            times(self.factor("w0", (0,), "w_{0}")),
            *less,
            general=rf"w_{{0}} - w_{{1}} {name}_{{1}} - w_{{2}} {name}_{{2}}",
            code=f"w0 - raw_w @ {shift}",
            note=note,
        )

    # side by side

    def _each_curvature(self, index: Index, _: int) -> Ledger:
        s, k = index
        terms = [
            times(
                self.factor("compare.vectors", (s, i, k), f"v_{{{i}}}"),
                self.factor("compare.H", (s, i, j), f"H_{{{i},{j}}}"),
                self.factor("compare.vectors", (s, j, k), f"v_{{{j}}}"),
            )
            for i in range(2)
            for j in range(2)
        ]
        return self.sum_of(
            "compare.values",
            index,
            *terms,
            general=r"\sum_{i,j} v_{i} \cdot H_{i,j} \cdot v_{j}",
            code=f"vectors[{s}, :, {k}] @ H[{s}] @ vectors[{s}, :, {k}]",
            note="How much J curves along one of its two directions: an eigenvalue of H.",
        )

    def _each_direction(self, index: Index, _: int) -> Ledger:
        s, i, k = index
        value = float(self.arrays["compare.values"][s, k])
        terms = (
            times(
                self.of(r"\frac{1}{\lambda}", 1 / value, "compare.values", (s, k)),
                self.factor("compare.H", (s, i, j), f"H_{{{i},{j}}}"),
                self.factor("compare.vectors", (s, j, k), f"v_{{{j}}}"),
            )
            for j in range(2)
        )
        return self.sum_of(
            "compare.vectors",
            index,
            *terms,
            general=rf"\frac{{1}}{{\lambda}} \sum_{{j}} H_{{{i},j}} \cdot v_{{j}}",
            code=f"np.linalg.eigh(H[{s}])[1][{i}, {k}]",
            note="A direction of length 1 that H only stretches: an eigenvector.",
        )

    def _rate(self, index: Index, _: int) -> Ledger:
        here = (KINDS.index(self.facts.kind),)
        return self.same("rate", index, "compare.rate", here, "Of the scaling on the stage.")

    def _condition(self, index: Index, _: int) -> Ledger:
        (s,) = index
        least = float(self.arrays["compare.values"][s, 0])
        return self.sum_of(
            "compare.condition",
            index,
            times(
                self.factor("compare.values", (s, 1), r"\lambda_{\max}"),
                self.of(r"\frac{1}{\lambda_{\min}}", 1 / least, "compare.values", (s, 0)),
            ),
            general=r"\frac{\lambda_{\max}}{\lambda_{\min}}",
            code=f"values[{s}, 1] / values[{s}, 0]",
            note="The condition number: how many times as much J curves across the valley as "
            "along it.",
        )

    def _each_stable(self, index: Index, _: int) -> Ledger:
        (s,) = index
        most = float(self.arrays["compare.values"][s, 1])
        return self.sum_of(
            "compare.stable",
            index,
            times(
                Factor("2", 2.0),
                self.of(r"\frac{1}{\lambda_{\max}}", 1 / most, "compare.values", (s, 1)),
            ),
            general=r"\frac{2}{\lambda_{\max}}",
            code=f"2 / values[{s}, 1]",
            note="With a larger rate each step lands further up the other side.",
        )

    def _each_rate(self, index: Index, _: int) -> Ledger:
        share = self.facts.share
        if share is None:
            note = "The same rate for all three, as it is set."
            return given("compare.rate", self.arrays["compare.rate"], index, note)
        return self.sum_of(
            "compare.rate",
            index,
            times(Factor("q", share), self.factor("compare.stable", index, r"\eta_{\max}")),
            general=r"q \cdot \eta_{\max}",
            code=f"{share!r} * stable[{index[0]}]",
            note="A share q of its own largest stable rate.",
        )

    def _steps(self, index: Index, _: int) -> Ledger:
        (s,) = index
        steps = int(self.arrays["compare.steps"][s])
        after, before = self.facts.left[s]
        if steps < 0:
            note = "−1 stands for never: this rate is not below the largest stable one."
        else:
            note = (
                f"After {counted(steps, 'step')} from w = 0, {short(100 * after)} % of what J has "
                f"to lose is left; one step earlier it was {short(100 * before)} %."
            )
        return given("compare.steps", self.arrays["compare.steps"], index, note)
