"""Ledgers of what the last neuron of a network sees: features, its line between them, thresholds.

The places that are looked at are of three kinds, each with a prefix of its own: the points of the
data, the places on the lines of a grid (`mesh.`), and the cells of a picture (`cells.`). What a
network makes of them is explained by its own layers; here is the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import Arithmetic, Paging, constant, floats, times, total
from engine.explain.ground import of_formula
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.numbers import Numbers
from engine.explain.spot import Spot
from engine.landscape.expression import Expression
from engine.landscape.level import Crossing
from engine.snapshot import Array

GROUPS = ("", "mesh.", "cells.")
"""What the names of the points', the grid's and the cells' tensors begin with."""

GIVEN = {
    "x": "A number of the data: where the point lies.",
    "y": "The class of the point, 0 or 1.",
    "plane.axes": "Which of the numbers that the neuron sees is shown on this axis, from 1.",
    "mesh.x": "A place on a line of the grid, which is drawn at even distances.",
    "regions.x1": "Where a cell of the picture lies, from left to right.",
    "regions.x2": "Where a cell of the picture lies, from below.",
    "space.u": "Where a cell of the picture lies, from left to right.",
    "space.v": "Where a cell of the picture lies, from below.",
    "best.w": "Found by trying: 720 directions a quarter of a degree apart, each with every offset "
    "that separates the points in another way. This one gets the most points right.",
    "best.b": "The offset of the best line that was found; see best.w.",
}
"""Numbers that nothing computes, and ones that were found by trying."""


class Seen(Numbers):
    """What there is to see in the plane of two features, explained.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        What is published, and what its ledgers name besides.
    features : sequence of Expression
        Made by hand; none where the neuron sees the inputs or a hidden layer.
    unit : str
        What the tensor is called that the neuron sees, without a group's prefix: `x`, `phi`, or a
        hidden layer's `act2.a`.
    axes : (int, int)
        Which of its columns are shown.
    neuron : str
        The layer of the last neuron.
    flags : mapping of str to ndarray of bool
        By tensor, which points each of its elements gets right, of shape (elements, points).
    crossing : Crossing, optional
        The boundary in the plane of the inputs.
    """

    def __init__(
        self,
        arrays: Mapping[str, Array],
        *,
        features: Sequence[Expression],
        unit: str,
        axes: tuple[int, int],
        neuron: str,
        flags: Mapping[str, Array],
        crossing: Crossing | None = None,
    ) -> None:
        super().__init__(arrays)
        self._features, self._unit, self._axes = features, unit, axes
        self._neuron, self._flags, self._crossing = neuron, flags, crossing
        self.notes = dict(GIVEN)
        for group in GROUPS:
            self.explainers[f"{group}phi"] = partial(self._feature, group)
        for axis, name in enumerate(("u", "v")):
            self.explainers[f"plane.{name}"] = partial(self._point, axis)
            self.explainers[f"mesh.{name}"] = partial(self._on_mesh, axis)
            self.explainers[f"line.{name}"] = partial(self._end, "line", axis)
            self.explainers[f"best.{name}"] = partial(self._end, "best", axis)
            self.explainers[f"boundary.x{axis + 1}"] = partial(self._bound, axis)
        self.explainers |= {
            "cells.x": self._cell,
            "regions.p": self._region,
            "space.mean": self._mean,
            "space.held": self._held,
            "space.z": self._score,
            "space.p": self._share,
            **{name: partial(self._told, name) for name in flags},
        }

    def _name(self, group: str) -> str:
        """Return what the neuron sees of a group's places."""
        if self._unit in ("x", "phi"):
            return f"{group}{self._unit}"
        return f"{group or 'all.'}{self._unit}"

    def _feature(self, group: str, index: Index, page: int) -> Ledger:
        tensor, place = f"{group}phi", index[0]
        x = self.arrays[f"{group}x"][place]
        where = tuple(Reference(f"{group}x", (place, axis)) for axis in range(len(x)))
        here = Spot(self._features[index[1]], np.asarray(x, np.float64), where)
        with np.errstate(all="ignore"):  # what is not finite is shown as what it is
            arithmetic = of_formula(self._features[index[1]], here, (), Paging(page=page))
        place_words = ", ".join(f"x{axis + 1} = {one:.4g}" for axis, one in enumerate(x))
        note = f"A feature made by hand, at {place_words}.".replace("-", "−")
        feeds = (Reference(f"{group or 'all.'}{self._neuron}.z", (place, 0)),)
        return self.found(tensor, index, replace(arithmetic, note=note), feeds=feeds, page=page)

    def _point(self, axis: int, index: Index, page: int) -> Ledger:
        at = (index[0], self._axes[axis])
        note = f"Number {self._axes[axis] + 1} of those that the neuron sees, shown on this axis."
        return self.same(f"plane.{'uv'[axis]}", index, self._name(""), at, note)

    def _on_mesh(self, axis: int, index: Index, page: int) -> Ledger:
        tensor = f"mesh.{'uv'[axis]}"
        place = index[0] * self.arrays[tensor].shape[1] + index[1]
        note = "Where the grid's place has been carried to."
        return self.same(tensor, index, self._name("mesh."), (place, self._axes[axis]), note)

    def _cell(self, index: Index, page: int) -> Ledger:
        columns = len(self.arrays["regions.x1"])
        row, column = divmod(index[0], columns)
        of, at = ("regions.x1", column) if index[1] == 0 else ("regions.x2", row)
        return self.same("cells.x", index, of, (at,))

    def _region(self, index: Index, page: int) -> Ledger:
        place = index[0] * self.arrays["regions.p"].shape[1] + index[1]
        note = "The probability of class 1 that the network gives a point at this place."
        return self.same("regions.p", index, "cells.sigmoid.a", (place, 0), note)

    def _mean(self, index: Index, page: int) -> Ledger:
        of, column = self._name(""), index[0]
        values = self.arrays[of][:, column]

        def term(at: int) -> Term:
            return times(self.factor(of, (at, column)))

        symbol = self.symbol(of)
        arithmetic = total(
            floats(values),
            term,
            Paging(page=page),
            combine="mean",
            general=rf"\mathrm{{mean}}\, {tex.symbol(symbol)}",
            code=f"{symbol}[:, {column}].mean()",
            symbols={symbol: of},
            note="The mean over the points: where a feature is held that has no axis of its own.",
        )
        return self.found("space.mean", index, arithmetic, page=page)

    @property
    def _weights(self) -> str:
        return f"{self._neuron}.W"

    def _weight(self, column: int) -> Factor:
        return self.factor(self._weights, (0, column))

    def _held(self, index: Index, page: int) -> Ledger:
        others = [at for at in range(self.arrays[self._weights].shape[1]) if at not in self._axes]
        terms = [times(self._weight(at), self.factor("space.mean", (at,))) for at in others]
        return self.sum_of(
            "space.held",
            index,
            *terms,
            times(self.factor(f"{self._neuron}.b", (0,))),
            general="W m + b" if terms else "b",
            code=" + ".join([*(f"W[0, {at}] * mean[{at}]" for at in others), "b[0]"]),
            note="What the two axes do not show: the bias, and the features that are held at their "
            "mean.",
        )

    def _score(self, index: Index, page: int) -> Ledger:
        row, column = index
        a, b = self._axes
        return self.sum_of(
            "space.z",
            index,
            times(self._weight(a), self.factor("space.u", (column,))),
            times(self._weight(b), self.factor("space.v", (row,))),
            times(self.factor("space.held", ())),
            general="W u + W v + b",
            code=f"W[0, {a}] * u[{column}] + W[0, {b}] * v[{row}] + held",
        )

    def _share(self, index: Index, page: int) -> Ledger:
        row, column = index
        arithmetic = Arithmetic(
            combine="function",
            function="sigmoid",
            terms=(times(self.factor("space.z", index)),),
            general=r"\sigma(z) = \frac{1}{1 + e^{-z}}",
            numbers="",
            code=f"1 / (1 + np.exp(-z[{row}, {column}]))",
            symbols={"z": "space.z"},
            note="The probability of class 1 that the last neuron alone gives this place.",
        )
        return self.found("space.p", index, arithmetic)

    def _end(self, line: str, axis: int, index: Index, page: int) -> Ledger:
        """Explain where a line leaves what is drawn: on a border, or by its equation."""
        tensor, other = f"{line}.{'uv'[axis]}", f"{line}.{'vu'[axis]}"
        border = self.arrays[f"space.{'uv'[axis]}"]
        value = self.value(tensor, index)
        on_border = np.isclose(value, [border[0], border[-1]], rtol=0, atol=1e-12)
        if on_border.any():
            at = 0 if on_border[0] else len(border) - 1
            note = "The line ends here, at the border of what is drawn."
            return self.same(tensor, index, f"space.{'uv'[axis]}", (at,), note)
        of, rest, columns = self._equation(line)
        mine, others = self.factor(of, columns[axis]), self.factor(of, columns[1 - axis])
        over = Factor(f"(-1 / {mine.symbol})", -1 / mine.value, of, columns[axis], mine.value)
        return self.sum_of(
            tensor,
            index,
            times(others, self.factor(other, index), over),
            times(rest, over),
            general=rf"-\frac{{w_{{{'vu'[axis]}}} {'vu'[axis]} + b}}{{w_{{{'uv'[axis]}}}}}",
            code=f"-({others.value!r} * {'vu'[axis]}[{index[0]}] + {rest.value!r}) / "
            f"{mine.value!r}",
            note="On the line z = 0 the neuron gives both classes the same probability, a half.",
        )

    def _bound(self, axis: int, index: Index, page: int) -> Ledger:
        """Explain an end of a piece of the boundary: on an edge between two cells."""
        assert self._crossing is not None
        along, row, column = self._crossing.edges[index]
        share = float(self._crossing.shares[index])
        tensor, of = f"boundary.x{axis + 1}", f"regions.x{axis + 1}"
        first = int(column if axis == 0 else row)
        if along != axis:
            return self.same(tensor, index, of, (first,), "On an edge between two cells.")
        return self.sum_of(
            tensor,
            index,
            times(self.factor(of, (first,)), Factor("(1 - t)", 1 - share)),
            times(self.factor(of, (first + 1,)), Factor("t", share)),
            general=r"(1 - t)\, a + t\, b",
            code=f"x{axis + 1}[{first}] + {share!r} * (x{axis + 1}[{first + 1}] - "
            f"x{axis + 1}[{first}])",
            note="Between two cells whose scores z have different signs: so far from the one to "
            "the other, t, as z takes to become 0 if it changes evenly.",
        )

    def _equation(self, line: str) -> tuple[str, Factor, tuple[Index, Index]]:
        """Return a line's weights, the rest of its equation, and where its two weights stand."""
        if line == "best":
            return "best.w", self.factor("best.b", ()), ((0,), (1,))
        a, b = self._axes
        return self._weights, self.factor("space.held", ()), ((0, a), (0, b))

    def _told(self, tensor: str, index: Index, page: int) -> Ledger:
        flags = self._flags[tensor][index]

        def one(at: int) -> Term:
            return constant(
                rf"1_{{{at + 1}}}" if flags[at] else rf"0_{{{at + 1}}}", float(flags[at])
            )

        arithmetic = total(
            floats(flags),
            one,
            Paging(page=page),
            combine="mean",
            general=r"\mathrm{mean}\, \mathrm{right}",
            code="right.mean()",
            symbols={},
            note=f"A 1 for each of the {int(flags.sum())} points that it gets right, a 0 for "
            f"each of the others; {WHAT[tensor]}",
        )
        return self.found(tensor, index, arithmetic, page=page)


WHAT = {
    "alone.share": "the rule is the best threshold of this number alone.",
    "best.share": "the rule is the best line that was found.",
    "right.share": "right means that more than a half is given to the point's class.",
}
"""What the rule is that a share is about."""
