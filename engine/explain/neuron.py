"""The numbers of one neuron on a set of points, and how each came about.

The formulae are those of `engine/landscape/neuron.py`, where their sources stand. Longer than
other files: it holds what each of twenty tensors is made of.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.explain.arithmetic import Arithmetic, Paging, floats, leaf, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.numbers import Numbers
from engine.landscape.neuron import Neuron, Step
from engine.snapshot import Array

SHORT = (
    *("w", "b", "products", "z", "a", "error", "loss", "J", "wrong", "mistakes"),
    *("pull", "tips", "dw", "db", "update", "norm"),
    *("distance", "line", "arrow", "across", "regions"),
)
"""The short names of a neuron's tensors, as they are published."""

WITHOUT_A_LINE = ("distance", "line", "arrow", "across")
"""Those that are not there while both weights are 0."""

SCALE = 0.3
"""In the plane an arrow is so long, as a share of the numbers that it stands for."""

CUT = 1.5
"""The longest that the arrow of the weights is drawn."""

REACH = 4.0
"""How far to either side the line is drawn."""

MIDDLE = 0.5
"""Either coordinate of the middle of the plane; the arrow stands on the line as near as can be."""


@dataclass(frozen=True, slots=True)
class Came:
    """The step that brought a neuron to its weights.

    Attributes
    ----------
    theta, gradient : ndarray of shape (3,)
        The weights and the bias before it, and the gradient there.
    rate : float
        The learning rate.
    """

    theta: Array
    gradient: Array
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a neuron looks at.

    Attributes
    ----------
    x : ndarray of shape (n, 2)
    y : ndarray of shape (n,)
    grid : tuple of ndarray
        The places at which the plane is coloured, of either input.
    across : ndarray of shape (samples,)
        The distances from the line at which the output is drawn.
    rate : float
        The learning rate of the next step.
    point : int or None
        Which point the next step looks at; None: all of them.
    """

    x: Array
    y: Array
    grid: tuple[Array, Array]
    across: Array
    rate: float
    point: int | None


class NeuronNumbers(Numbers):
    """A neuron on a set of points.

    Parameters
    ----------
    name : str
        What the names of its tensors begin with.
    neuron : Neuron
    setting : Setting
        Its arrays are published as `x`, `y`, `regions.x1`, `regions.x2` and `across.d`.
    came : Came or None
        None where somebody has set the weights.
    """

    def __init__(self, name: str, neuron: Neuron, setting: Setting, came: Came | None) -> None:
        self.name, self.neuron, self.setting, self.came = name, neuron, setting, came
        x, y, unit = setting.x, setting.y, neuron.unit
        w, b = neuron.theta[:2], neuron.theta[2]
        z = neuron.score(x)
        error = unit.error(z, y)
        loss = unit.loss(z, y)
        gradients = neuron.gradients(x, y)
        next_one = gradients.mean(0) if setting.point is None else gradients[setting.point]
        wrong = neuron.wrong(x, y).astype(np.float64)
        norm = float(np.hypot(*w))
        own = {
            "w": w,
            "b": np.array(b),
            "products": np.column_stack([x * w, np.full(len(x), b)]),
            "z": z,
            "a": unit.output(z),
            "error": error,
            "loss": loss,
            "J": np.array(loss.mean()),
            "wrong": wrong,
            "mistakes": np.array(wrong.sum()),
            "pull": 0.0 - gradients,
            "tips": x - SCALE * gradients[:, :2],
            "dw": next_one[:2],
            "db": np.array(next_one[2]),
            "update": 0.0 - setting.rate * next_one,
            "norm": np.array(norm),
            **self._of_the_line(z, norm),
        }
        super().__init__({f"{name}.{short}": np.asarray(one) for short, one in own.items()})
        self.arrays |= {
            "x": x,
            "y": y,
            "regions.x1": setting.grid[0],
            "regions.x2": setting.grid[1],
            "across.d": setting.across,
        }
        explainers: dict[str, Callable[[Index, int], Ledger]] = {
            "w": self._weight,
            "b": self._weight,
            "products": self._product,
            "z": self._z,
            "a": self._a,
            "error": self._error,
            "loss": self._loss,
            "J": self._mean_loss,
            "wrong": self._wrong,
            "mistakes": self._mistakes,
            "pull": self._pull,
            "tips": self._tip,
            "dw": self._gradient,
            "db": self._gradient,
            "update": self._update,
            "norm": self._norm,
            "distance": self._distance,
            "line": self._line,
            "arrow": self._arrow,
            "across": self._across,
            "regions": self._region,
            "regions.z": self._region_score,
        }
        self.explainers = {f"{name}.{short}": one for short, one in explainers.items()}

    def colour(self) -> None:
        """Work out what it says all over the plane: `regions`, and the scores behind it."""
        if f"{self.name}.regions" in self.arrays:
            return
        x1, x2 = self.setting.grid
        z = self.neuron.score(np.stack(np.meshgrid(x1, x2), -1))
        said = self.neuron.unit.output(z)
        self.arrays[f"{self.name}.regions.z"] = z
        self.arrays[f"{self.name}.regions"] = said.astype(np.uint8 if self._steps else np.float32)

    @property
    def _steps(self) -> bool:
        return isinstance(self.neuron.unit, Step)

    def _of_the_line(self, z: Array, norm: float) -> dict[str, Array]:
        """Return what there is of the line; NaN while the weights make none."""
        w = self.neuron.theta[:2]
        across = self.setting.across
        if norm == 0:
            nothing = {"distance": z, "line": np.zeros((2, 2)), "arrow": np.zeros((2, 2))}
            return {name: np.full_like(one, np.nan) for name, one in nothing.items()} | {
                "across": np.full_like(across, np.nan)
            }
        foot = MIDDLE - self._middle_score() / norm**2 * w
        along = np.array([-w[1], w[0]]) / norm
        return {
            "distance": z / norm,
            "line": np.stack([foot - REACH * along, foot + REACH * along]),
            "arrow": np.stack([foot, foot + self._share(norm) * w]),
            "across": self.neuron.unit.output(norm * across),
        }

    def _middle_score(self) -> float:
        return float(self.neuron.score(np.array([MIDDLE, MIDDLE])))

    def _share(self, norm: float) -> float:
        """Return by what share of their length the weights are drawn."""
        return min(SCALE, CUT / norm)

    def _own(self, short: str, index: Index = (), symbol: str = "") -> Factor:
        return self.factor(f"{self.name}.{short}", index, symbol)

    def _x(self, point: int, k: int) -> Factor:
        """Return what a gradient is multiplied by: an input, or the 1 that the bias has."""
        return Factor("1", 1.0) if k == 2 else self.factor("x", (point, k), f"x_{k + 1}")

    def _weight_of(self, k: int) -> Factor:
        return self._own("b", (), "b") if k == 2 else self._own("w", (k,), f"w_{k + 1}")

    def _next(self, short: str, index: Index = ()) -> tuple[Reference, ...]:
        return (Reference(f"{self.name}.{short}", index),)

    def _sum(
        self,
        short: str,
        index: Index,
        *terms: Term,
        general: str,
        code: str,
        note: str,
        feeds: tuple[Reference, ...] = (),
    ) -> Ledger:
        return self.sum_of(
            f"{self.name}.{short}", index, *terms, general=general, code=code, note=note,
            feeds=feeds,
        )  # fmt: skip

    def _weight(self, index: Index, page: int) -> Ledger:
        k = index[0] if index else 2
        short = "w" if index else "b"
        called = f"w_{k + 1}" if index else "b"
        tensor = f"{self.name}.{short}"
        if self.came is None:
            note = "As it was set by hand, or as the run began."
            return self.found(tensor, index, leaf("given", called, self.value(tensor, index), note))
        before, gradient = self.came.theta[k], self.came.gradient[k]
        slope = "db" if k == 2 else f"dw[{k}]"
        return self._sum(
            short,
            index,
            times(Factor(called, float(before))),
            times(
                Factor(r"-\eta", -self.came.rate),
                Factor(r"\mathrm{d" + ("b" if k == 2 else f"w_{k + 1}") + "}", float(gradient)),
            ),
            general=rf"{called} - \eta \cdot \mathrm{{d{'b' if k == 2 else 'w'}}}",
            code=f"{float(before)!r} - {self.came.rate!r} * {slope}",
            note="What it was before the step, less the learning rate times the gradient that "
            "was met there. Step back (←) to ask that gradient how it came about.",
        )

    def _product(self, index: Index, page: int) -> Ledger:
        point, k = index
        factors = (self._weight_of(k),) if k == 2 else (self._weight_of(k), self._x(point, k))
        return self._sum(
            "products",
            index,
            times(*factors),
            general="b" if k == 2 else rf"w_{k + 1} \, x_{k + 1}",
            code="b" if k == 2 else f"w[{k}] * x[{point}, {k}]",
            note="The bias: the same for every point." if k == 2 else "A weight times its input.",
            feeds=self._next("z", (point,)),
        )

    def _z(self, index: Index, page: int) -> Ledger:
        (i,) = index
        return self._sum(
            "z",
            index,
            *(times(self._weight_of(k), self._x(i, k)) for k in (0, 1)),
            times(self._weight_of(2)),
            general="w_1 x_1 + w_2 x_2 + b",
            code=f"w @ x[{i}] + b",
            note="The score of this point: 0 on the line, above 0 on the side to which w points.",
            feeds=(*self._next("a", index), *self._next("distance", index))
            if self.value(f"{self.name}.norm", ())
            else self._next("a", index),
        )

    def _output(self, of: Term, general: str, code: str, symbols: dict[str, str]) -> Arithmetic:
        step = self._steps
        return Arithmetic(
            combine="function",
            function=self.neuron.unit.function,
            terms=(of,),
            general=general,
            numbers="",
            code=f"float({code} >= 0)" if step else f"1 / (1 + np.exp(-({code})))",
            symbols=symbols,
            note="1 where the score is 0 or more, else 0: a step."
            if step
            else "The sigmoid of the score: the probability of class 1 that the neuron gives.",
        )

    @property
    def _function(self) -> str:
        return r"\mathrm{step}" if self._steps else r"\sigma"

    def _a(self, index: Index, page: int) -> Ledger:
        (i,) = index
        of = times(self._own("z", index, "z"))
        arithmetic = self._output(of, rf"{self._function}(z)", f"z[{i}]", self._named("z"))
        return self.found(
            f"{self.name}.a", index, arithmetic, feeds=self._next("error", index)
        )  # fmt: skip

    def _named(self, *shorts: str) -> dict[str, str]:
        return {one: f"{self.name}.{one}" for one in shorts}

    def _error(self, index: Index, page: int) -> Ledger:
        (i,) = index
        return self._sum(
            "error",
            index,
            times(self._own("a", index, "a")),
            times(Factor("-1", -1.0), self.factor("y", index, "y")),
            general="a - y",
            code=f"a[{i}] - y[{i}]",
            note="What the neuron says, less what it should say.",
            feeds=self._next("pull", (i, 0)),
        )

    def _loss(self, index: Index, page: int) -> Ledger:
        (i,) = index
        if self._steps:
            return self._sum(
                "loss",
                index,
                times(self._own("error", index, "(a - y)"), self._own("z", index, "z")),
                general="(a - y) \\, z",
                code=f"(a[{i}] - y[{i}]) * z[{i}]",
                note="How far on the wrong side it is, counted in z; 0 on the right one.",
                feeds=self._next("J"),
            )
        z, y = (self.value(name, index) for name in (f"{self.name}.z", "y"))
        tensor = f"{self.name}.a"
        happened = self.of(r"(-\ln a)", float(np.logaddexp(0, -z)), tensor, index)
        other = self.of(r"(-\ln(1 - a))", float(np.logaddexp(0, z)), tensor, index)
        return self._sum(
            "loss",
            index,
            times(self.factor("y", index, "y"), happened),
            times(self.of("(1 - y)", 1 - y, "y", index), other),
            general=r"-y \ln a - (1 - y) \ln(1 - a)",
            code=f"-y[{i}] * np.log(a[{i}]) - (1 - y[{i}]) * np.log(1 - a[{i}])",
            note="The cross-entropy: minus the logarithm of the probability that the neuron gave "
            "to what the point is.",
            feeds=self._next("J"),
        )

    def _mean_loss(self, index: Index, page: int) -> Ledger:
        name = f"{self.name}.loss"
        arithmetic = total(
            floats(self.arrays[name]),
            lambda i: times(self.factor(name, (i,), r"\ell")),
            Paging(page=page),
            combine="mean",
            general=r"\frac{1}{n} \sum \ell",
            code="loss.mean()",
            symbols=self._named("loss"),
            note=f"The mean of what the {len(self.setting.x)} points cost.",
        )
        return self.found(f"{self.name}.J", index, arithmetic, page=page)

    def _wrong(self, index: Index, page: int) -> Ledger:
        (i,) = index
        z, y = self.value(f"{self.name}.z", index), self.value("y", index)
        said = float(z >= 0)
        tensor = f"{self.name}.z"
        return self._sum(
            "wrong",
            index,
            times(
                self.of("(z \\ge 0)", said, tensor, index), self.of("(1 - y)", 1 - y, "y", index)
            ),
            times(self.of("(z < 0)", 1 - said, tensor, index), self.factor("y", index, "y")),
            general=r"(z \ge 0)(1 - y) + (z < 0) \, y",
            code=f"float((z[{i}] >= 0) != y[{i}])",
            note="1 if the point is on the wrong side of the line, else 0.",
            feeds=self._next("mistakes"),
        )

    def _mistakes(self, index: Index, page: int) -> Ledger:
        name = f"{self.name}.wrong"
        arithmetic = total(
            floats(self.arrays[name]),
            lambda i: times(self.factor(name, (i,))),
            Paging(page=page),
            general=r"\sum \mathrm{wrong}",
            code="wrong.sum()",
            symbols=self._named("wrong"),
            note="How many points are on the wrong side of the line.",
        )
        return self.found(f"{self.name}.mistakes", index, arithmetic, page=page)

    def _pull(self, index: Index, page: int) -> Ledger:
        i, k = index
        what = "b" if k == 2 else f"w_{k + 1}"
        return self._sum(
            "pull",
            index,
            times(
                self.of("(y - a)", 0.0 - self._error_of(i), f"{self.name}.error", (i,)),
                self._x(i, k),
            ),
            general="(y - a)" + ("" if k == 2 else rf" \, x_{k + 1}"),
            code=f"(y[{i}] - a[{i}])" + ("" if k == 2 else f" * x[{i}, {k}]"),
            note=f"What this point asks {plain(what)} for: the learning rate times this is added "
            "when it is its turn.",
            feeds=self._next("tips", index) if k < 2 else (),
        )

    def _error_of(self, i: int) -> float:
        return self.value(f"{self.name}.error", (i,))

    def _tip(self, index: Index, page: int) -> Ledger:
        i, k = index
        return self._sum(
            "tips",
            index,
            times(self._x(i, k)),
            times(Factor(f"{SCALE:g}", SCALE), self._own("pull", index)),
            general=rf"x + {SCALE:g} \cdot \mathrm{{pull}}",
            code=f"x[{i}, {k}] + {SCALE:g} * pull[{i}, {k}]",
            note="Where the arrow of the point's pull ends in the plane.",
        )

    def _gradient(self, index: Index, page: int) -> Ledger:
        k = index[0] if index else 2
        tensor = f"{self.name}.{'dw' if index else 'db'}"
        feeds = self._next("update", (k,))

        def term(i: int) -> Term:
            return times(self._own("error", (i,), "(a - y)"), self._x(i, k))

        general = "(a - y)" + ("" if k == 2 else rf" \, x_{k + 1}")
        code = "error" + ("" if k == 2 else f" * x[:, {k}]")
        symbols = self._named("error") | {"x": "x"}
        one = self.setting.point
        if one is not None:
            code = f"error[{one}]" + ("" if k == 2 else f" * x[{one}, {k}]")
            note = f"Of point {one + 1}, whose turn it is."
            arithmetic = short_sum(
                term(one), general=general, code=code, symbols=symbols, note=note
            )  # fmt: skip
            return self.found(tensor, index, arithmetic, feeds=feeds)
        arithmetic = total(
            -self.arrays[f"{self.name}.pull"][:, k],
            term,
            Paging(page=page),
            combine="mean",
            general=rf"\frac{{1}}{{n}} \sum {general}",
            code=f"({code}).mean()",
            symbols=symbols,
            note="The mean of what all points contribute.",
        )
        return self.found(tensor, index, arithmetic, feeds=feeds, page=page)

    def _update(self, index: Index, page: int) -> Ledger:
        (k,) = index
        gradient = self._own("db", (), "\\mathrm{db}") if k == 2 else self._own("dw", (k,))
        return self._sum(
            "update",
            index,
            times(Factor(r"-\eta", -self.setting.rate), gradient),
            general=rf"-\eta \cdot \mathrm{{d{'b' if k == 2 else 'w'}}}",
            code=f"-{self.setting.rate!r} * {'db' if k == 2 else f'dw[{k}]'}",
            note="What the next step adds.",
        )

    def _norm(self, index: Index, page: int) -> Ledger:
        arithmetic = Arithmetic(
            combine="function",
            function="length",
            terms=tuple(times(self._weight_of(k)) for k in (0, 1)),
            general=r"\sqrt{w_1^2 + w_2^2}",
            numbers="",
            code="np.hypot(*w)",
            symbols=self._named("w"),
            note="The length of w: how fast z grows on the way straight away from the line.",
        )
        return self.found(f"{self.name}.norm", index, arithmetic)

    def _per_norm(self, symbol: str, value: float) -> Factor:
        return self.of(symbol, value, f"{self.name}.norm", ())

    def _distance(self, index: Index, page: int) -> Ledger:
        norm = self.value(f"{self.name}.norm", ())
        return self._sum(
            "distance",
            index,
            times(self._own("z", index, "z"), self._per_norm(r"\frac{1}{|w|}", 1 / norm)),
            general=r"\frac{z}{|w|}",
            code=f"z[{index[0]}] / np.hypot(*w)",
            note="How far the point is from the line, counted towards where w points.",
        )

    def _foot(self, k: int) -> tuple[Term, Term]:
        """Return the terms of the place on the line that is nearest to the plane's middle."""
        norm = self.value(f"{self.name}.norm", ())
        back = self._per_norm(r"\frac{-z(m)}{|w|^2}", -self._middle_score() / norm**2)
        return times(Factor("m", MIDDLE)), times(back, self._weight_of(k))

    def _line(self, index: Index, page: int) -> Ledger:
        end, k = index
        norm = self.value(f"{self.name}.norm", ())
        sign = (-1 if end == 0 else 1) * (-1 if k == 0 else 1)
        far = self._per_norm(rf"\frac{{{sign * REACH:g}}}{{|w|}}", sign * REACH / norm)
        return self._sum(
            "line",
            index,
            *self._foot(k),
            times(far, self._weight_of(1 - k)),
            general=r"m_k - \frac{z(m)}{|w|^2} w_k \pm \frac{4}{|w|} (-w_2, w_1)_k",
            code=f"m[{k}] - z_m / (w @ w) * w[{k}] + {sign * REACH:g} / np.hypot(*w) * w[{1 - k}]",
            note="An end of the line as it is drawn: from its place nearest to the plane's middle "
            "m, four to either side, at a right angle to w.",
        )

    def _arrow(self, index: Index, page: int) -> Ledger:
        end, k = index
        share = self._share(self.value(f"{self.name}.norm", ()))
        tip = [times(self._per_norm("s", share), self._weight_of(k))] if end else []
        return self._sum(
            "arrow",
            index,
            *self._foot(k),
            *tip,
            general=r"m_k - \frac{z(m)}{|w|^2} w_k" + (r" + s \, w_k" if end else ""),
            code=f"m[{k}] - z_m / (w @ w) * w[{k}]" + (f" + {share:.4g} * w[{k}]" if end else ""),
            note="The arrow of w begins on the line and is drawn shorter than w is: by 0.3, "
            "and 1.5 at the most.",
        )

    def _across(self, index: Index, page: int) -> Ledger:
        (j,) = index
        of = times(self._own("norm", (), "|w|"), self.factor("across.d", index, "d"))
        symbols = self._named("norm") | {"d": "across.d"}
        arithmetic = self._output(of, rf"{self._function}(|w| \, d)", f"norm * d[{j}]", symbols)
        return self.found(f"{self.name}.across", index, arithmetic)

    def _region(self, index: Index, page: int) -> Ledger:
        of = times(self._own("regions.z", index, "z"))
        code = f"z[{index[0]}, {index[1]}]"
        arithmetic = self._output(
            of, rf"{self._function}(z)", code, {"z": f"{self.name}.regions.z"}
        )  # fmt: skip
        return self.found(f"{self.name}.regions", index, arithmetic)

    def _region_score(self, index: Index, page: int) -> Ledger:
        row, column = index
        return self._sum(
            "regions.z",
            index,
            times(self._weight_of(0), self.factor("regions.x1", (column,), "x_1")),
            times(self._weight_of(1), self.factor("regions.x2", (row,), "x_2")),
            times(self._weight_of(2)),
            general="w_1 x_1 + w_2 x_2 + b",
            code=f"w[0] * x1[{column}] + w[1] * x2[{row}] + b",
            note="The score of this place of the plane.",
            feeds=self._next("regions", index),
        )


def plain(symbol: str) -> str:
    """Return a symbol of one letter and a number as a word: `w1`."""
    return symbol.replace("_", "")
