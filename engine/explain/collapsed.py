"""Two dense layers as one: the matrix W₂W₁, the matrix that comes nearest, and how far off it is.

Without an activation between them, W₂ (W₁ x + b₁) + b₂ = (W₂W₁) x + (W₂b₁ + b₂): one layer. With
one, no single layer says the same at every point; the one that misses least, by the mean of the
squares, is found from the points at once: its parameters are P z, where P = (XᵀX)⁻¹Xᵀ is made of
the points alone (X has a column of ones) and z is what the two layers say.
"""

from collections.abc import Mapping

import numpy as np

from engine.explain.arithmetic import Paging, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.numbers import Numbers
from engine.snapshot import Array

NOTES = {
    "fit.P": "How much a point counts in the nearest single layer: an element of (XᵀX)⁻¹Xᵀ, which "
    "is made of the points alone.",
    "best.line": "An end of the line on which the nearest single layer gives both classes the same "
    "score, where it leaves the plot.",
    "alpha": "How much of the bend there is: 0 is linear, 1 is ReLU.",
}


class Collapsed(Numbers):
    """One layer that stands for two.

    Parameters
    ----------
    first, second : (ndarray, ndarray)
        W and b of the two layers.
    said : ndarray of shape (points, outputs)
        What the two layers say at each point; called `all.dense2.z`.
    points : ndarray of shape (points, inputs)
        Called `data.x`.
    x : ndarray of shape (inputs,)
        The point that is looked at; called `net.dense1.x`.
    z : ndarray of shape (outputs,)
        What the two layers say there; called `net.dense2.z`.
    given : mapping of str to ndarray
        What else is published, each with its note in `NOTES`, and the notes of the others.
    notes : mapping of str to str
    bounds : ((float, float), (float, float))
        Of the plot, along both inputs.
    """

    def __init__(
        self,
        first: tuple[Array, Array],
        second: tuple[Array, Array],
        *,
        said: Array,
        points: Array,
        x: Array,
        z: Array,
        given: Mapping[str, Array],
        notes: Mapping[str, str],
        bounds: tuple[tuple[float, float], tuple[float, float]],
    ) -> None:
        super().__init__(given)
        self.notes |= {**NOTES, **notes}
        self._first, self._second = first, second
        self._said, self._points, self._x, self._z = said, points, x, z
        (w1, b1), (w2, b2) = first, second
        one, b = w2 @ w1, w2 @ b1 + b2
        design = np.column_stack([points, np.ones(len(points))])
        weigh = np.linalg.pinv(design)
        best = weigh @ said
        missed = said - design @ best
        self.arrays |= {
            "one.M": one,
            "one.c": b,
            "one.z": one @ x + b,
            "apart": z - (one @ x + b),
            "best.M": best[:-1].T,
            "best.c": best[-1],
            "best.missed": missed,
            "best.error": np.array(np.square(missed).mean()),
            "best.line": _line(best, bounds),
            "fit.P": weigh,
        }
        self.explainers |= {
            "one.M": self._product,
            "one.c": self._bias,
            "one.z": lambda i, _: self._says(i),
            "apart": lambda i, _: self._apart(i),
            "best.M": lambda i, page: self._weight("best.M", i, i[1], page),
            "best.c": lambda i, page: self._weight("best.c", i, len(x), page),
            "best.missed": lambda i, _: self._missed(i),
            "best.error": lambda i, page: self._error(page),
        }

    def _product(self, index: Index, page: int) -> Ledger:
        o, i = index
        w1, w2 = self._first[0], self._second[0]

        def term(h: int):  # type: ignore[no-untyped-def]
            return times(
                Factor("W_2", float(w2[o, h]), "net.dense2.W", (o, h)),
                Factor("W_1", float(w1[h, i]), "net.dense1.W", (h, i)),
            )

        arithmetic = total(
            w2[o] * w1[:, i],
            term,
            Paging(page=page),
            general=rf"\sum_h W_{{2,\,{o} h}} \cdot W_{{1,\,h {i}}}",
            code=f"W2[{o}] @ W1[:, {i}]",
            symbols={"W1": "net.dense1.W", "W2": "net.dense2.W"},
            note="Row by column: all ways from this input to this output, each with the product of "
            "its two weights.",
        )
        return self.found("one.M", index, arithmetic, page=page)

    def _bias(self, index: Index, page: int) -> Ledger:
        (o,) = index
        b1, (w2, b2) = self._first[1], self._second
        last = len(b1)

        def term(h: int):  # type: ignore[no-untyped-def]
            if h == last:
                return times(Factor("b_2", float(b2[o]), "net.dense2.b", (o,)))
            return times(
                Factor("W_2", float(w2[o, h]), "net.dense2.W", (o, h)),
                Factor("b_1", float(b1[h]), "net.dense1.b", (h,)),
            )

        arithmetic = total(
            np.append(w2[o] * b1, b2[o]),
            term,
            Paging(page=page),
            general=rf"\sum_h W_{{2,\,{o} h}} \cdot b_{{1,\,h}} + b_{{2,\,{o}}}",
            code=f"W2[{o}] @ b1 + b2[{o}]",
            symbols={"b1": "net.dense1.b", "W2": "net.dense2.W", "b2": "net.dense2.b"},
            note="What the first layer's biases become on their way, and the second's own.",
        )
        return self.found("one.c", index, arithmetic, page=page)

    def _says(self, index: Index) -> Ledger:
        (o,) = index
        terms = (
            times(
                self.factor("one.M", (o, i), "M"),
                Factor("x", float(self._x[i]), "net.dense1.x", (0, i)),
            )
            for i in range(len(self._x))
        )
        return self.sum_of(
            "one.z",
            index,
            *terms,
            times(self.factor("one.c", (o,), "c")),
            general=r"(W_2 W_1) x + (W_2 b_1 + b_2)",
            code=f"M[{o}] @ x + c[{o}]",
            note="One layer, without the hidden one.",
        )

    def _apart(self, index: Index) -> Ledger:
        (o,) = index
        arithmetic = short_sum(
            times(Factor("z", float(self._z[o]), "net.dense2.z", (0, o))),
            times(Factor("-1", -1.0), self.factor("one.z", (o,), "z_1")),
            general=r"z - z_{\mathrm{one}}",
            code=f"z[{o}] - z_one[{o}]",
            symbols={},
            note="What the two layers say, less what the one matrix says. A number with e−16 in it "
            "is the rounding of the last digit.",
        )
        return self.found("apart", index, arithmetic)

    def _weight(self, tensor: str, index: Index, row: int, page: int) -> Ledger:
        o = index[0]
        weigh = self.arrays["fit.P"]
        arithmetic = total(
            weigh[row] * self._said[:, o],
            lambda n: times(
                self.factor("fit.P", (row, n), "P"),
                Factor("z", float(self._said[n, o]), "all.dense2.z", (n, o)),
            ),
            Paging(page=page),
            general=r"\sum_n P_n \cdot z_n",
            code=f"P[{row}] @ z[:, {o}]",
            symbols={"P": "fit.P", "z": "all.dense2.z"},
            note="Of the single layer that misses the two layers' outputs least, by the mean of "
            "the squares over all points.",
        )
        return self.found(tensor, index, arithmetic, page=page)

    def _missed(self, index: Index) -> Ledger:
        n, o = index
        terms = (
            times(
                Factor("-1", -1.0),
                self.factor("best.M", (o, i), "M"),
                Factor("x", float(self._points[n, i]), "data.x", (n, i)),
            )
            for i in range(self._points.shape[1])
        )
        return self.sum_of(
            "best.missed",
            index,
            times(Factor("z", float(self._said[n, o]), "all.dense2.z", (n, o))),
            *terms,
            times(Factor("-1", -1.0), self.factor("best.c", (o,), "c")),
            general=r"z - (M x + c)",
            code=f"z[{n}, {o}] - (M[{o}] @ x[{n}] + c[{o}])",
            note="What the two layers say at this point, less what the nearest single layer says.",
        )

    def _error(self, page: int) -> Ledger:
        missed = self.arrays["best.missed"]
        places = list(np.ndindex(missed.shape))
        arithmetic = total(
            np.square(missed).ravel(),
            lambda k: times(
                self.factor("best.missed", places[k], "r"),
                self.factor("best.missed", places[k], "r"),
            ),
            Paging(page=page),
            combine="mean",
            general=r"\mathrm{mean}\, r^2",
            code="(r**2).mean()",
            symbols={"r": "best.missed"},
            note="Over all points and both outputs.",
        )
        return self.found("best.error", (), arithmetic, page=page)


def _line(best: Array, bounds: tuple[tuple[float, float], tuple[float, float]]) -> Array:
    """Return the ends of the line of equal scores inside the plot, (2, 2); NaN where there is none.

    Parameters
    ----------
    best : ndarray of shape (inputs + 1, outputs)
        The weights, then the biases, of a single layer with two inputs and two outputs.
    """
    w1, w2, b = best[:, 1] - best[:, 0]
    (left, right), (low, high) = bounds
    ends = []
    with np.errstate(all="ignore"):
        for x1 in (left, right):
            x2 = -(w1 * x1 + b) / w2
            if low <= x2 <= high:
                ends.append((x1, x2))
        for x2 in (low, high):
            x1 = -(w2 * x2 + b) / w1
            if left < x1 < right:
                ends.append((x1, x2))
    return np.array(ends[:2]) if len(ends) >= 2 else np.full((2, 2), np.nan)
