"""How the numbers of a loss surface came about: every point is the loss of a network of its own.

The points of a surface, the moments of the path and the points of a slice are networks with other
weights than the present ones. What such a network computes is explained like any other pass, under
a prefix: `random1.3.17.softmax.a` is of the point in row 3 and column 17 of that plane, `path.4.…`
of the path's moment 4, `slice.9.…` of the slice's point 9. Longer than other files: each kind of
number has its arithmetic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import InvalidValueError
from engine.exhibits.landscape_moment import Moment, products
from engine.exhibits.surveys import PLANES, PRINCIPAL, Plane
from engine.explain.arithmetic import Paging, constant, short_sum, times, total
from engine.explain.explain import explain
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.loss import explain_loss
from engine.explain.named import Named
from engine.explain.scene import Scene
from engine.explain.simple import copied, element, given, worked
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.nn.trainer import Trainer
from engine.snapshot import Array

NOT_THERE = "not there yet"

NO_PLANE = "Before the second step there are no two directions of the path: the middle is shown."
OF_RANDOM = (
    "Drawn from a normal distribution; then the weights of each unit, or filter, are made as long "
    "as the network's own. Biases are left alone."
)
OF_PRINCIPAL = (
    "The direction of length 1 in which the weights have moved most on their way, or, at right "
    "angles to it, moved most of the rest: a singular vector of the path."
)

GIVEN = {
    "data.x": "A coordinate of a training sample.",
    "data.y": "The class of a training sample.",
    "regions.x1": "Where the network is asked: across the data, and a little beyond.",
    "regions.x2": "Where the network is asked: across the data, and a little beyond.",
    "label": "The class of the picture on the stage.",
    "path.step": "The step of this moment of the path.",
    "survey.step": "The step around whose weights the surfaces are.",
    "slice.t": "The place on the line: 0 is this run's network, 1 the other run's.",
}
"""What ends the way back, and what is said of it."""


class Ledgers:
    """Answers for the numbers of the exhibit.

    Parameters
    ----------
    network : Network
        The one in training.
    measured : Dataset
        The samples over which the loss of a surface is taken.
    trainer : Trainer
    stage : Pass
        Of what is on the stage.
    copy : Network
        Of the same layers; its weights are overwritten.
    """

    def __init__(
        self, *, network: Network, measured: Dataset, trainer: Trainer, stage: Pass, copy: Network
    ) -> None:
        self._network = network
        self._measured = measured
        self._trainer = trainer
        self._stage = stage
        self._copy = copy

    def explain(
        self,
        moment: Moment,
        arrays: Mapping[str, Array],
        tensor: str,
        index: Index,
        *,
        page: int = 0,
    ) -> Ledger:
        """Return how an element came about.

        Parameters
        ----------
        moment : Moment
        arrays : mapping of str to ndarray
            All that is published.
        tensor, index, page
            As a run is asked.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or element, or it is not known yet.
        """
        asked = _Asked(self, moment, arrays, tensor, index, page)
        if tensor in arrays:
            index, value = element(tensor, arrays[tensor], index)
            if np.isnan(value):
                raise InvalidValueError(f"{tensor}{list(index)}: {NOT_THERE}")
            asked = replace(asked, index=index, value=value)
        return asked.answer()

    def of_network(self, tensor: str, index: Index, page: int) -> Ledger:
        """Return how a number of the network in training came about, or of the stage."""
        update = self._trainer.last_update
        scene = Scene.training(
            self._stage, self._trainer.training_pass, update, input_note="a place in the plane"
        )
        if len(self._network.input_shape) > 1:
            return explain(replace(scene, input_note="a pixel"), tensor, index, page=page)
        named = Named(scene=scene, prefix="regions.", owner="", x="regions.x")
        return named.explain(tensor, index, page=page)

    def elsewhere(self, prefix: str, weights: Array) -> tuple[Named, Scene]:
        """Return what a network with other weights makes of the samples, under a prefix."""
        self._copy.theta[...] = weights
        using = self._copy.at(len(self._measured), "elsewhere")
        using.forward(self._measured.x)
        using.loss(self._measured.y)
        using.backward()
        scene = Scene.of(using)
        return Named(scene=scene, prefix=prefix, owner=prefix, x=f"{prefix}x"), scene

    def is_parameter(self, tensor: str) -> bool:
        """Return whether `tensor` is one of the network's weights or biases."""
        return tensor in self._copy.parameters()

    def named(self, vector: Array) -> Mapping[str, Array]:
        """Return a vector of weights by name."""
        return self._copy.named(vector)

    def place_of(self, name: str, index: Index) -> tuple[Index, int]:
        """Return the index of a parameter, checked, and where it lies among all of them."""
        numbers = self._copy.named(np.arange(self._network.theta.size))
        index, place = element(name, numbers[name], index)
        return index, int(place)


@dataclass(frozen=True)
class _Asked:
    """One question.

    Attributes
    ----------
    ledgers : Ledgers
    moment : Moment
    arrays : mapping of str to ndarray
    tensor : str
    index : tuple of int
    page : int
    value : float
        The element, if its tensor is published.
    """

    ledgers: Ledgers
    moment: Moment
    arrays: Mapping[str, Array]
    tensor: str
    index: Index
    page: int
    value: float = float("nan")

    def answer(self) -> Ledger:
        """Return the answer, by what kind of number it is."""
        head, _, rest = self.tensor.partition(".")
        moment = self.moment
        if self.tensor in GIVEN:
            ledger = self._given(self.arrays[self.tensor], GIVEN[self.tensor])
        elif self.tensor == "regions.p":
            ledger = self._share()
        elif self.tensor == "center":
            note = f"A weight after step {moment.center_step}, through which all planes go."
            ledger = self._given(moment.center, note)
        elif head in PLANES:
            ledger = self._of_plane(moment.survey.planes[head], rest)
        elif head == "path":
            ledger = self._of_path(rest)
        elif head == "slice":
            ledger = self._of_slice(rest)
        elif moment.taken is not None and self.ledgers.is_parameter(self.tensor):
            plane, a, b = moment.taken
            ledger = self._mixed("", self.tensor, plane, Factor("a", a), Factor("b", b))
        else:
            ledger = self.ledgers.of_network(self.tensor, self.index, self.page)
        return ledger

    def _of_plane(self, plane: Plane, short: str) -> Ledger:
        answers: dict[str, Callable[[Plane], Ledger]] = {
            "J": self._height,
            "a": self._coordinate,
            "b": self._coordinate,
            "path": self._shadow,
            "seen": self._seen,
            "held": self._held,
            "d": self._direction,
        }
        if short in answers:
            return answers[short](plane)
        row, column, inner = self._split(short, 2)
        n = len(self.arrays[f"{plane.name}.a"])
        i, j = self._place(row, n), self._place(column, n)
        prefix = f"{plane.name}.{i}.{j}."
        if self.ledgers.is_parameter(inner):
            a, b = (self._factor(s, f"{plane.name}.{s}", (at,)) for s, at in (("a", j), ("b", i)))
            return self._mixed(prefix, inner, plane, a, b)
        return self._inside(prefix, self._point(plane, i, j))

    def _of_path(self, short: str) -> Ledger:
        if short == "J":
            at = self.index[0]
            return self._loss(f"path.{at}.", self.moment.vectors[at])
        if short == "moved":
            return self._moved()
        number, inner = self._split(short, 1)
        at = self._place(number, len(self.moment.steps))
        weights = self.moment.vectors[at]
        if self.ledgers.is_parameter(inner):
            note = f"A weight after step {int(self.moment.steps[at])}."
            return self._given(self.ledgers.named(weights)[inner], note)
        return self._inside(f"path.{at}.", weights)

    def _of_slice(self, short: str) -> Ledger:
        cut = self.moment.cut
        if cut is None:
            raise InvalidValueError(
                f"{self.tensor}: expected a slice to another run, there is none"
            )
        if short == "J":
            at = self.index[0]
            return self._loss(f"slice.{at}.", cut.weights(at))
        number, inner = self._split(short, 1)
        at = self._place(number, len(cut.line.alpha))
        if not self.ledgers.is_parameter(inner):
            return self._inside(f"slice.{at}.", cut.weights(at))
        index, place = self.ledgers.place_of(inner, self.index)
        share = self._factor("t", "slice.t", (at,))
        terms = (
            times(replace(share, symbol="(1-t)", value=1 - share.value, of=share.value),
                  Factor(r"\theta", float(cut.mine[place]))),
            times(share, Factor(r"\theta'", float(cut.theirs[place]))),
        )  # fmt: skip
        code = "(1 - t) * mine + t * theirs"
        mix = short_sum(*terms, general=r"(1-t)\,\theta + t\,\theta'", code=code, symbols={})
        note = "A weight on the straight line from this run's network to the other run's."
        value = float(cut.weights(at)[place])
        return worked(self.tensor, index, value, mix, symbol=inner.partition(".")[2], note=note)

    def _given(self, array: Array, note: str) -> Ledger:
        return given(self.tensor, array, self.index, note)

    def _factor(self, symbol: str, tensor: str, index: Index) -> Factor:
        return Factor(symbol, float(self.arrays[tensor][index]), tensor, index)

    def _split(self, short: str, numbers: int) -> list[str]:
        parts = short.split(".", numbers)
        if len(parts) <= numbers:
            raise InvalidValueError(f"tensor: expected a tensor of this run, got {self.tensor!r}")
        return parts

    def _place(self, text: str, n: int) -> int:
        if not text.isdecimal() or int(text) >= n:
            rule = f"expected a whole number from 0 to {n - 1}, got {text!r}"
            raise InvalidValueError(f"tensor: {self.tensor}: {rule}")
        return int(text)

    def _point(self, plane: Plane, i: int, j: int) -> Array:
        a, b = self.arrays[f"{plane.name}.a"], self.arrays[f"{plane.name}.b"]
        return plane.weights(float(a[j]), float(b[i]))

    def _share(self) -> Ledger:
        """Explain the share of the second class at a place of the plane of data."""
        i, j = self.index
        place = i * self.arrays["regions.p"].shape[1] + j, 1
        factor = Factor("a", self.value, "regions.softmax.a", place)
        note = "The share of the second class that the network gives to this place."
        return copied(self.tensor, self.index, factor, symbol="p", note=note)

    def _loss(self, prefix: str, weights: Array) -> Ledger:
        """Explain the loss of a network with these weights, over all samples."""
        named, scene = self.ledgers.elsewhere(prefix, weights)
        mean = explain_loss(scene.stage, Paging(page=self.page))
        ledger = worked(self.tensor, self.index, self.value, mean, symbol="J", page=self.page)
        return ledger.renamed(lambda name: name if name == self.tensor else named.outside(name))

    def _inside(self, prefix: str, weights: Array) -> Ledger:
        named, _ = self.ledgers.elsewhere(prefix, weights)
        return named.explain(self.tensor, self.index, page=self.page)

    def _mixed(self, prefix: str, inner: str, plane: Plane, a: Factor, b: Factor) -> Ledger:
        """Explain a weight of a place of a plane: center + a·d₁ + b·d₂."""
        index, place = self.ledgers.place_of(inner, self.index)
        value = float(plane.weights(a.value, b.value)[place])
        first, second = (
            Factor(f"d_{n + 1}", float(plane.directions[n, place]), f"{plane.name}.d", (n, place))
            for n in (0, 1)
        )
        if plane.center is not self.moment.center or a.tensor is None:
            # it was taken from a plane that may no longer be there
            first, second = (replace(one, tensor=None, index=None) for one in (first, second))
            start = Factor(r"\theta_0", float(plane.center[place]))
        else:
            start = Factor(r"\theta_0", float(plane.center[place]), "center", (place,))
        mix = short_sum(
            times(start),
            times(a, first),
            times(b, second),
            general=r"\theta_0 + a\,d_1 + b\,d_2",
            code="center + a * d[0] + b * d[1]",
            symbols={} if a.tensor is None else {"d": f"{plane.name}.d", "center": "center"},
            note="A weight at this place of the plane.",
        )
        symbol = inner.partition(".")[2]
        return worked(f"{prefix}{inner}", index, value, mix, symbol=symbol)

    def _height(self, plane: Plane) -> Ledger:
        i, j = self.index
        return self._loss(f"{plane.name}.{i}.{j}.", self._point(plane, i, j))

    def _direction(self, plane: Plane) -> Ledger:
        note = OF_PRINCIPAL if plane.name == PRINCIPAL else OF_RANDOM
        return self._given(plane.directions, note)

    def _coordinate(self, plane: Plane) -> Ledger:
        short = self.tensor[-1]
        at, n = self.index[0], len(self.arrays[self.tensor])
        low, high = plane.bounds["ab".index(short)]
        step = Factor(r"\Delta", (high - low) / (n - 1))
        line = short_sum(
            constant(f"{short}_0", low),
            times(Factor("n", float(at)), step),
            general=rf"{short}_0 + n\,\Delta",
            code=f"np.linspace({low!r}, {high!r}, {n})[{at}]",
            symbols={},
            note=f"{n} places at equal distances.",
        )
        return worked(self.tensor, self.index, self.value, line, symbol=short)

    def _shadow(self, plane: Plane) -> Ledger:
        """Explain where the plane shows a moment: Σ (θ − center) · (one column of D⁺)."""
        axis, at = self.index
        if not plane.there:
            return self._given(self.arrays[self.tensor], NO_PLANE)
        away = self.moment.vectors[at].astype(np.float64) - plane.center
        column = np.linalg.pinv(plane.directions.astype(np.float64))[:, axis]

        def term(k: int) -> Term:
            return times(Factor(r"\Delta\theta", float(away[k])), Factor("D^+", float(column[k])))

        note = (
            "The nearest point of the plane to the weights of this moment (least squares). D⁺ is "
            "the pseudoinverse of the two directions; where they are at right angles and of length "
            "1, it is the directions themselves."
        )
        parts = total(
            away * column,
            term,
            Paging(page=self.page),
            general=r"\sum_k \Delta\theta_k\,D^+_k",
            code=f"(theta - center) @ np.linalg.pinv(d)[:, {axis}]",
            symbols={},
            note=note,
        )
        return worked(self.tensor, self.index, self.value, parts, symbol="path", page=self.page)

    def _seen(self, plane: Plane) -> Ledger:
        """Explain the square of the length of a moment's shadow."""
        at, squares = self.index[0], products(plane)
        a, b = (
            self._factor(symbol, f"{plane.name}.path", (axis, at))
            for axis, symbol in enumerate("ab")
        )
        length = short_sum(
            times(a, a, Factor(r"|d_1|^2", float(squares[0, 0]))),
            times(Factor("2", 2.0), a, b, Factor(r"(d_1 \cdot d_2)", float(squares[0, 1]))),
            times(b, b, Factor(r"|d_2|^2", float(squares[1, 1]))),
            general=r"|a\,d_1 + b\,d_2|^2",
            code="np.square(a * d[0] + b * d[1]).sum()",
            symbols={"a": f"{plane.name}.path", "b": f"{plane.name}.path"},
            note="The square of the length of the shadow that this moment casts on the plane.",
        )
        return worked(self.tensor, self.index, self.value, length, symbol="seen")

    def _held(self, plane: Plane) -> Ledger:
        """Explain a plane's share of the movement: Σ seen / Σ moved."""
        seen = self.arrays[f"{plane.name}.seen"]
        whole = float(self.arrays["path.moved"].sum())
        share = Factor(r"\frac{1}{\sum \mathrm{moved}}", 1 / whole)
        parts = total(
            seen / whole,
            lambda at: times(self._factor("s", f"{plane.name}.seen", (at,)), share),
            Paging(page=self.page),
            general=r"\frac{\sum \mathrm{seen}}{\sum \mathrm{moved}}",
            code="seen.sum() / moved.sum()",
            symbols={"seen": f"{plane.name}.seen", "moved": "path.moved"},
            note="Of the squared distances from the middle of the plane, what lies in the plane.",
        )
        return worked(self.tensor, self.index, self.value, parts, symbol="held", page=self.page)

    def _moved(self) -> Ledger:
        """Explain the squared distance of a moment's weights from the middle of the planes."""
        away = self.moment.vectors[self.index[0]].astype(np.float64) - self.moment.center

        def term(k: int) -> Term:
            one = Factor(r"\Delta\theta", float(away[k]))
            return times(one, one)

        parts = total(
            np.square(away),
            term,
            Paging(page=self.page),
            general=r"\sum_k (\theta_k - \theta_{0,k})^2",
            code="np.square(theta - center).sum()",
            symbols={},
            note=f"Over all {len(away)} weights and biases.",
        )
        return worked(self.tensor, self.index, self.value, parts, symbol="moved", page=self.page)
