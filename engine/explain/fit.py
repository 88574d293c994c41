"""A model of one weight and one bias, fitted to points: its numbers, and how each came about.

The formulae are those of `engine/landscape/mean_loss.py`, where their sources stand. Longer than
other files: how each of its sixteen tensors comes about is read off the same few factors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.explain.arithmetic import (
    Arithmetic,
    Paging,
    constant,
    identity,
    leaf,
    short_sum,
    times,
    total,
)
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.scene import element
from engine.explain.simple import worked
from engine.landscape.mean_loss import CrossEntropy, MeanLoss, Squared
from engine.snapshot import Array

OF_A_LINE = (
    *("w", "z", "error", "loss", "J", "dz", "dw", "norm", "update", "curvature"),
    *("H", "H.values", "path.w", "path.b", "path.J", "model"),
)
"""The short names of a linear regression's tensors."""

OF_A_CLASSIFIER = (*OF_A_LINE, "p", "slope")
"""The short names of a logistic regression's tensors: it has a probability, and σ' as well."""

SYMBOLS = {"H.values": "eigenvalues", "path.w": "w", "path.b": "b", "path.J": "J"}
"""What formula and code call a tensor, where it is not its short name."""

FEEDS = {
    "z": ("p", "error"),
    "p": ("error", "slope", "loss"),
    "error": ("loss", "dz"),
    "slope": ("dz",),
    "loss": ("J",),
    "dz": ("dw",),
    "dw": ("norm", "update"),
}
"""Where a number goes next: to the same place of another tensor, or to the only one."""


@dataclass(frozen=True, slots=True)
class Came:
    """The step that brought a ball to where it lies.

    Attributes
    ----------
    w, dw : ndarray of shape (2,)
        Where it lay, and the gradient there.
    rate : float
        The learning rate.
    """

    w: Array
    dw: Array
    rate: float


class Fit:
    """A ground, and a ball on it.

    Parameters
    ----------
    name : str
        What the names of its tensors begin with.
    data : str
        What the names of the points' tensors `x`, `y` and `plot` begin with.
    ground : MeanLoss
    path : ndarray of shape (steps + 1, 2)
        Where the ball lay after each step, from where it was released to where it lies.
    rate : float
        The learning rate of the next step.
    plot : ndarray of shape (samples,)
        Where the model is drawn.
    came : Came or None
        None where it was released.

    Attributes
    ----------
    arrays : dict of str to ndarray
        By their short names.
    """

    def __init__(
        self,
        name: str,
        data: str,
        ground: MeanLoss,
        path: Array,
        *,
        rate: float,
        plot: Array,
        came: Came | None,
    ) -> None:
        self.name, self.data, self.ground = name, data, ground
        self._rate, self._came = rate, came
        self._plot = plot
        w, loss = path[-1], ground.loss
        z = ground.scores(w)
        dw = ground.gradient(w)
        self.arrays = {
            "w": w,
            "z": z,
            "error": loss.error(z, ground.y),
            "loss": loss.value(z, ground.y),
            "J": ground.value(w),
            "dz": loss.slope(z, ground.y),
            "dw": dw,
            "norm": np.array(np.hypot(*dw)),
            "update": -rate * dw,
            "curvature": loss.curvature(z, ground.y),
            "H": ground.hessian(w),
            "H.values": ground.eigenvalues(w),
            "path.w": path[:, 0],
            "path.b": path[:, 1],
            "path.J": ground.value(path),
            "model": loss.output(w[0] * plot + w[1]),
        }
        if not self._is_line:
            self.arrays |= {"p": loss.output(z), "slope": loss.output_slope(z)}

    def ledger(self, short: str, index: Index, page: int) -> Ledger:
        """Return how an element of one of its tensors came about."""
        index, value = element(f"{self.name}.{short}", self.arrays[short], index)
        arithmetic = self._rules[short](index, page)
        feeds = tuple(
            Reference(f"{self.name}.{to}", (0,) if to == "dw" else index[: self.arrays[to].ndim])
            for to in FEEDS.get(short, ())
            if to in self.arrays
        )
        name = f"{self.name}.{short}"
        symbol = SYMBOLS.get(short, short)
        return worked(name, index, value, arithmetic, symbol=symbol, page=page, feeds=feeds)

    def way(self, steps: int) -> float:
        """Return how far so many steps will take the ball from here, as the crow flies."""
        start = w = self.arrays["w"]
        for _ in range(steps):
            w = w - self._rate * self.ground.gradient(w)
        return float(np.hypot(*(w - start)))

    @property
    def _is_line(self) -> bool:
        return isinstance(self.ground.loss, Squared)

    @property
    def _is_entropy(self) -> bool:
        return isinstance(self.ground.loss, CrossEntropy)

    @property
    def _rules(self) -> dict[str, Callable[[Index, int], Arithmetic]]:
        return {
            "w": self._w,
            "z": self._z,
            "p": self._p,
            "slope": self._slope,
            "error": self._said_wrong,
            "loss": self._loss,
            "J": self._J,
            "dz": self._dz,
            "dw": self._dw,
            "norm": self._norm,
            "update": self._update,
            "curvature": self._curvature,
            "H": self._H,
            "H.values": self._values,
            "path.w": partial(self._went, 0),
            "path.b": partial(self._went, 1),
            "path.J": self._path_J,
            "model": self._model,
        }

    def _factor(self, short: str, index: Index, symbol: str = "") -> Factor:
        value = float(self.arrays[short][index])
        return Factor(symbol or short, value, f"{self.name}.{short}", index)

    def _x(self, index: Index) -> Factor:
        return Factor("x", float(self.ground.x[index]), f"{self.data}.x", index)

    def _y(self, index: Index, symbol: str = "y", value: float | None = None) -> Factor:
        y = float(self.ground.y[index])
        of = None if value is None else y
        return Factor(symbol, y if value is None else value, f"{self.data}.y", index, of)

    def _error(self, index: Index) -> Factor:
        """Return what the model says less what it should say."""
        return self._factor("error", index, "(z - y)" if self._is_line else "(p - y)")

    def _symbols(self, *names: str) -> dict[str, str]:
        return {
            one: f"{self.data if one in ('x', 'y', 'plot') else self.name}.{one}" for one in names
        }

    def _w(self, index: Index, page: int) -> Arithmetic:
        which = ("the weight", "the bias")[index[0]]
        if self._came is None:
            note = f"Where the ball was released: {which}."
            return leaf("given", "w", float(self.arrays["w"][index]), note)
        steps = len(self.arrays["path.w"])
        path = f"{self.name}.path.{'wb'[index[0]]}"
        before = Factor("wb"[index[0]], float(self._came.w[index]), path, (steps - 2,))
        rate = Factor(r"-\eta", -self._came.rate)
        dw = Factor(r"\mathrm{dw}", float(self._came.dw[index]))
        return short_sum(
            times(before),
            times(rate, dw),
            general=r"w - \eta \cdot \mathrm{dw}",
            code=f"w[{index[0]}] - {self._came.rate!r} * dw[{index[0]}]",
            symbols=self._symbols("dw"),
            note=f"{which.capitalize()} before the step, less the learning rate times the "
            "gradient that it met there.",
        )

    def _z(self, index: Index, page: int) -> Arithmetic:
        w, b = self._factor("w", (0,)), self._factor("w", (1,), "b")
        note = "What the line says at this x." if self._is_line else "The score of this point."
        return short_sum(
            times(w, self._x(index)),
            times(b),
            general="w x + b",
            code=f"w[0] * x[{index[0]}] + w[1]",
            symbols=self._symbols("w", "x"),
            note=note,
        )

    def _p(self, index: Index, page: int) -> Arithmetic:
        return Arithmetic(
            combine="function",
            function="sigmoid",
            terms=(times(self._factor("z", index)),),
            general=r"\sigma(z) = \frac{1}{1 + e^{-z}}",
            numbers="",
            code=f"1 / (1 + np.exp(-z[{index[0]}]))",
            symbols=self._symbols("z"),
            note="The probability of class 1 that the model gives this point.",
        )

    def _slope(self, index: Index, page: int) -> Arithmetic:
        z = float(self.arrays["z"][index])
        p = self._factor("p", index)
        # σ(−z), and not 1 − p, which is 0 where p is rounded to 1
        rest = Factor("(1 - p)", float(self.ground.loss.output(np.array(-z))), p.tensor, index)
        rest = Factor(rest.symbol, rest.value, p.tensor, index, p.value)
        return short_sum(
            times(p, rest),
            general=r"p \cdot (1 - p)",
            code=f"p[{index[0]}] * (1 - p[{index[0]}])",
            symbols=self._symbols("p"),
            note="σ'(z): by how much p grows when z grows by a little. Near 0 where the model is "
            "sure, rightly or wrongly.",
        )

    def _said_wrong(self, index: Index, page: int) -> Arithmetic:
        short = "z" if self._is_line else "p"
        note = "What the line says, less what it should say: the residual."
        if not self._is_line:
            note = "The probability of class 1, less the class: how wrong it is, and which way."
        return short_sum(
            times(self._factor(short, index)),
            times(Factor("-1", -1.0), self._y(index)),
            general=f"{short} - y",
            code=f"{short}[{index[0]}] - y[{index[0]}]",
            symbols=self._symbols(short, "y"),
            note=note,
        )

    def _loss(self, index: Index, page: int) -> Arithmetic:
        at = index[0]
        if not self._is_entropy:
            error = self._error(index)
            return short_sum(
                times(error, error),
                general=f"{error.symbol}^2",
                code=f"error[{at}] ** 2",
                symbols=self._symbols("error"),
                note="The squared error of this point alone.",
            )
        z, y = float(self.arrays["z"][index]), float(self.ground.y[index])
        p = self._factor("p", index)
        happened = Factor(r"(-\ln p)", float(np.logaddexp(0, -z)), p.tensor, index, p.value)
        other = Factor(r"(-\ln(1 - p))", float(np.logaddexp(0, z)), p.tensor, index, p.value)
        return short_sum(
            times(self._y(index), happened),
            times(self._y(index, "(1 - y)", 1 - y), other),
            general=r"-y \ln p - (1 - y) \ln(1 - p)",
            code=f"-y[{at}] * np.log(p[{at}]) - (1 - y[{at}]) * np.log(1 - p[{at}])",
            symbols=self._symbols("p", "y"),
            note=f"This point's class is {y:g}: minus the logarithm of the probability that it "
            "was given, nothing else.",
        )

    def _J(self, index: Index, page: int) -> Arithmetic:
        return self._mean(
            self.arrays["loss"],
            lambda i: times(self._factor("loss", (i,), r"\ell")),
            page,
            general=r"\frac{1}{n} \sum \ell",
            code="loss.mean()",
            symbols=self._symbols("loss"),
            note=f"The mean of what the {len(self.ground.x)} points cost.",
        )

    def _dz(self, index: Index, page: int) -> Arithmetic:
        names, general, note = self._pull
        return short_sum(
            times(*self._pulls(index[0])),
            general=general,
            code=" * ".join(f"{one}[{index[0]}]" if one != "2" else one for one in names),
            symbols=self._symbols(*(one for one in names if one != "2")),
            note=note,
        )

    def _dw(self, index: Index, page: int) -> Arithmetic:
        is_weight = index[0] == 0
        names, general, _ = self._pull
        slope = self.arrays["dz"]

        def term(i: int) -> Term:
            return times(*self._pulls(i), *([self._x((i,))] if is_weight else []))

        factors = [*names, "x"] if is_weight else names
        return self._mean(
            slope * self.ground.x if is_weight else slope,
            term,
            page,
            general=rf"\frac{{1}}{{n}} \sum {general}" + (r" \, x" if is_weight else ""),
            code=f"({' * '.join(factors)}).mean()",
            symbols=self._symbols(*(one for one in factors if one != "2")),
            note=f"∂J/∂{'w' if is_weight else 'b'}: each point pulls with its own gradient; this "
            "is the mean of them.",
        )

    @property
    def _pull(self) -> tuple[list[str], str, str]:
        """What ∂ℓ/∂z is the product of, by names; the same in TeX; and a note."""
        if self._is_entropy:
            return ["error"], "(p - y)", "∂ℓ/∂z: the error itself. There is no σ' in it."
        if self._is_line:
            return ["2", "error"], "2 (z - y)", "∂ℓ/∂z: twice the residual."
        note = "∂ℓ/∂z: the error, times σ'(z), which is nearly 0 where the model is sure."
        return ["2", "error", "slope"], r"2 (p - y) \, \sigma'(z)", note

    def _pulls(self, at: int) -> list[Factor]:
        """Return the factors of ∂ℓ/∂z of a point."""
        factors = {"2": Factor("2", 2.0), "error": self._error((at,))}
        if not self._is_line:
            factors["slope"] = self._factor("slope", (at,), r"\sigma'(z)")
        return [factors[name] for name in self._pull[0]]

    def _norm(self, index: Index, page: int) -> Arithmetic:
        return Arithmetic(
            combine="function",
            function="length",
            terms=tuple(times(self._factor("dw", (i,), r"\mathrm{dw}")) for i in (0, 1)),
            general=r"\sqrt{\mathrm{dw}_0^2 + \mathrm{dw}_1^2}",
            numbers="",
            code="np.hypot(dw[0], dw[1])",
            symbols=self._symbols("dw"),
            note="The length of the gradient: how steep the ground is under the ball.",
        )

    def _update(self, index: Index, page: int) -> Arithmetic:
        return short_sum(
            times(Factor(r"-\eta", -self._rate), self._factor("dw", index, r"\mathrm{dw}")),
            general=r"-\eta \cdot \mathrm{dw}",
            code=f"-{self._rate!r} * dw[{index[0]}]",
            symbols=self._symbols("dw"),
            note="What the next step will add.",
        )

    def _curvature(self, index: Index, page: int) -> Arithmetic:
        note = "∂²ℓ/∂z²: how this point's loss bends. Below 0 it bends down like the top of a hill."
        at = index[0]
        if self._is_line:
            return leaf("given", r"\ell''", 2.0, "The square bends upwards alike everywhere: 2.")
        slope = self._factor("slope", index, r"\sigma'(z)")
        if self._is_entropy:
            assert slope.tensor is not None
            return identity("slope", slope.tensor, index, slope.value, note)
        p = float(self.arrays["p"][index])
        z = float(self.arrays["z"][index])
        bend = Factor("(1 - 2p)", -float(np.tanh(z / 2)), f"{self.name}.p", index, p)
        two = Factor("2", 2.0)
        return short_sum(
            times(two, slope, slope),
            times(two, self._error(index), slope, bend),
            general=r"2 \sigma'(z)^2 + 2 (p - y) \, \sigma'(z) (1 - 2p)",
            code=f"2 * slope[{at}] * (slope[{at}] + error[{at}] * (1 - 2 * p[{at}]))",
            symbols=self._symbols("slope", "error", "p"),
            note=note,
        )

    def _H(self, index: Index, page: int) -> Arithmetic:
        power = 2 - sum(index)
        weights = self.ground.x**power

        def term(i: int) -> Term:
            bend = self._factor("curvature", (i,), r"\ell''")
            return times(bend, *[self._x((i,))] * power)

        by = "".join((r" \, x", r" \, x")[:power])
        factors = " * x" * power
        return self._mean(
            self.arrays["curvature"] * weights,
            term,
            page,
            general=rf"\frac{{1}}{{n}} \sum \ell''{by}",
            code=f"(curvature{factors}).mean()",
            symbols=self._symbols("curvature", *(["x"] if power else [])),
            note="How the slope in one direction changes as one goes in another.",
        )

    def _values(self, index: Index, page: int) -> Arithmetic:
        return eigenvalue(self.arrays["H"], index, self._factor, self._symbols("H"))

    def _went(self, which: int, index: Index, page: int) -> Arithmetic:
        """Return how a number of `path.w` (0) or `path.b` (1) came about."""
        if index[0] == len(self.arrays["path.w"]) - 1:
            value = float(self.arrays["w"][which])
            return identity("w", f"{self.name}.w", (which,), value, "Where the ball lies now.")
        symbol = "wb"[which]
        value = float(self.arrays[f"path.{symbol}"][index])
        note = f"Where the ball lay {index[0]} steps after its release."
        return leaf("before", symbol, value, note)

    def _path_J(self, index: Index, page: int) -> Arithmetic:
        w = np.array([self.arrays[f"path.{axis}"][index[0]] for axis in "wb"])
        losses = self.ground.loss.value(self.ground.scores(w), self.ground.y)
        return self._mean(
            losses,
            lambda i: constant(r"\ell", float(losses[i])),
            page,
            general=r"\frac{1}{n} \sum \ell",
            code=f"J(w[{index[0]}], b[{index[0]}])",
            symbols={"w": f"{self.name}.path.w", "b": f"{self.name}.path.b"},
            note="The height of the ground, with the points as they are now, where the ball lay "
            f"{index[0]} steps after its release.",
        )

    def _model(self, index: Index, page: int) -> Arithmetic:
        w, b = self._factor("w", (0,)), self._factor("w", (1,), "b")
        x = Factor("x", float(self._plot[index]), f"{self.data}.plot", index)
        if self._is_line:
            return short_sum(
                times(w, x),
                times(b),
                general="w x + b",
                code=f"w[0] * plot[{index[0]}] + w[1]",
                symbols=self._symbols("w", "plot"),
                note="The line, where it is drawn.",
            )
        z = w.value * x.value + b.value
        return Arithmetic(
            combine="function",
            function="sigmoid",
            terms=(times(Factor("(w x + b)", z, x.tensor, index, x.value)),),
            general=r"\sigma(w x + b)",
            numbers="",
            code=f"1 / (1 + np.exp(-(w[0] * plot[{index[0]}] + w[1])))",
            symbols=self._symbols("w", "plot"),
            note="The curve of the probability, where it is drawn.",
        )

    def _mean(
        self,
        values: Array,
        term: Callable[[int], Term],
        page: int,
        *,
        general: str,
        code: str,
        symbols: dict[str, str],
        note: str,
    ) -> Arithmetic:
        return total(
            values,
            term,
            Paging(page=page),
            combine="mean",
            general=general,
            code=code,
            symbols=symbols,
            note=note,
        )


def eigenvalue(
    H: Array, index: Index, factor: Callable[[str, Index], Factor] | None, symbols: dict[str, str]
) -> Arithmetic:
    """Return how an eigenvalue of a symmetric 2×2 matrix comes about: half the trace ∓ a root.

    Parameters
    ----------
    H : ndarray of shape (2, 2)
    index : tuple of int
        Ending in 0 for the smaller one, 1 for the other.
    factor : callable or None
        Gives an element of H as a factor; None where H is not published.
    symbols : dict of str to str
    """
    root = float(np.hypot((H[0, 0] - H[1, 1]) / 2, H[0, 1]))
    half = Factor(r"\frac{1}{2}", 0.5)
    corners = [
        factor("H", place) if factor else Factor(f"H_{{{place[0]},{place[1]}}}", float(H[place]))
        for place in ((0, 0), (1, 1))
    ]
    sign = "-" if index[-1] == 0 else "+"
    return short_sum(
        *(times(half, corner) for corner in corners),
        constant(
            r"\mathrm{root}" if sign == "+" else r"-\mathrm{root}", root if sign == "+" else -root
        ),
        general=r"\frac{H_{00} + H_{11}}{2} "
        rf"{sign} \sqrt{{\left(\frac{{H_{{00}} - H_{{11}}}}{{2}}\right)^2 + H_{{01}}^2}}",
        code=f"(H[0, 0] + H[1, 1]) / 2 {sign} np.hypot((H[0, 0] - H[1, 1]) / 2, H[0, 1])",
        symbols=symbols,
        note="An eigenvalue of the Hessian: how the ground bends in one of its two own "
        "directions. Above 0 it bends up like a bowl, below 0 down like a hill.",
    )
