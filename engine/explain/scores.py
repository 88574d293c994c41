"""Scores on their way through softmax to the negative log-likelihood, number by number.

z → eᶻ → their sum → p = eᶻ / sum → −ln p of the right class, and the gradient p − y. With scores
as small as those that people type, no exponential overflows, so none is taken of z − max z, as the
engine's own softmax does: the numbers are those of the formula.
"""

import numpy as np

from engine.explain.arithmetic import Arithmetic, constant, leaf, short_sum, times
from engine.explain.ledger import Factor, Index, Ledger, Reference
from engine.explain.scene import element
from engine.explain.simple import worked
from engine.snapshot import Array

SHORT = ("z", "exp", "sum", "p", "y", "loss", "dz")

ORDER = ("exp", "sum", "p", "loss", "dz")
"""The order in which the numbers are worked out; those of a vector class by class."""

SYMBOLS = {"exp": "e", "sum": "S", "loss": "loss", "dz": "dz"}

FEEDS = {"z": ("exp",), "exp": ("sum", "p"), "sum": ("p",), "p": ("loss", "dz")}


class Scores:
    """Scores, the right class, and all that follows.

    Parameters
    ----------
    given : ndarray of shape (classes,)
        The scores as they were given.
    shift : float
        What is added to all of them.
    right : int
        The right class.

    Attributes
    ----------
    arrays : dict of str to ndarray
        By their short names; all of shape (classes,), but `sum` and `loss` are single numbers.
    """

    def __init__(self, given: Array, shift: float, right: int) -> None:
        self._given, self._shift, self._right = given, shift, right
        z = given + shift
        exp = np.exp(z)
        whole = exp.sum()
        y = np.zeros_like(z)
        y[right] = 1.0
        p = exp / whole
        self.arrays = {
            "z": z,
            "exp": exp,
            "sum": np.array(whole),
            "p": p,
            "y": y,
            "loss": np.array(-np.log(p[right])),
            "dz": p - y,
        }

    @property
    def places(self) -> list[tuple[str, Index]]:
        """Every number that is worked out, in order: its tensor's short name and its place."""
        arrays = self.arrays
        return [(short, place) for short in ORDER for place in np.ndindex(arrays[short].shape)]

    def until(self, step: int) -> dict[str, Array]:
        """Return the arrays with the first `step` numbers worked out, and NaN for the others."""
        arrays = {short: array.copy() for short, array in self.arrays.items()}
        for short, place in self.places[step:]:
            arrays[short][place] = np.nan
        return arrays

    def ledger(self, short: str, index: Index) -> Ledger:
        """Return how an element of one of its tensors came about."""
        tensor = f"softmax.{short}"
        index, value = element(tensor, self.arrays[short], index)
        arithmetic = getattr(self, f"_{short}")(index)
        feeds = tuple(
            Reference(f"softmax.{to}", place)
            for to in FEEDS.get(short, ())
            if (place := self._fed(short, to, index)) is not None
        )
        symbol = SYMBOLS.get(short, short)
        return worked(tensor, index, value, arithmetic, symbol=symbol, feeds=feeds)

    def _fed(self, short: str, to: str, index: Index) -> Index | None:
        """Return the place of `to` that a number goes to, the first of several; None for none."""
        if self.arrays[to].ndim == 0:
            return () if short != "p" or index == (self._right,) else None
        return index or (0,)

    def _factor(self, short: str, index: Index = (), symbol: str = "") -> Factor:
        value = float(self.arrays[short][index])
        symbol = symbol or SYMBOLS.get(short, short)
        return Factor(symbol, value, f"softmax.{short}", index)

    def _z(self, index: Index) -> Arithmetic:
        given = float(self._given[index])
        note = "The score as it was given"
        if not self._shift:
            return leaf("given", "z", given, note + ".")
        return short_sum(
            constant("z", given),
            constant("c", self._shift),
            general="z + c",
            code=f"{given!r} + {self._shift!r}",
            symbols={},
            note=note + ", and what is added to all.",
        )

    def _exp(self, index: Index) -> Arithmetic:
        z = self._factor("z", index)
        power = Factor("e^z", float(self.arrays["exp"][index]), z.tensor, index, z.value)
        return short_sum(
            times(power),
            general=f"e^{{{z.value:.4g}}}",
            code=f"np.exp(z[{index[0]}])",
            symbols={"z": "softmax.z"},
            note="Whatever the score, this is above 0; one more in the score makes it 2.718 times "
            "as great.",
        )

    def _sum(self, index: Index) -> Arithmetic:
        return short_sum(
            *(times(self._factor("exp", (k,))) for k in range(len(self._given))),
            general=r"\sum_k e^{z_k}",
            code="e.sum()",
            symbols={"e": "softmax.exp"},
            note="All that there is to share.",
        )

    def _p(self, index: Index) -> Arithmetic:
        whole = self._factor("sum")
        share = Factor(r"\frac{1}{S}", 1 / whole.value, whole.tensor, (), whole.value)
        return short_sum(
            times(self._factor("exp", index), share),
            general=r"\frac{e^{z}}{S}",
            code=f"e[{index[0]}] / S",
            symbols={"e": "softmax.exp", "S": "softmax.sum"},
            note="Its share of the sum: a probability.",
        )

    def _y(self, index: Index) -> Arithmetic:
        note = "1 for the right class, 0 for the others."
        return leaf("given", "y", float(self.arrays["y"][index]), note)

    def _loss(self, index: Index) -> Arithmetic:
        place = (self._right,)
        p = self._factor("p", place)
        surprise = Factor(r"(-\ln p)", float(self.arrays["loss"]), p.tensor, place, p.value)
        return short_sum(
            times(surprise),
            general=rf"-\ln p_{{{self._right}}}",
            code=f"-np.log(p[{self._right}])",
            symbols={"p": "softmax.p"},
            note="Minus the logarithm of the probability that the right class was given. The other "
            "classes count only through their share of the sum.",
        )

    def _dz(self, index: Index) -> Arithmetic:
        return short_sum(
            times(self._factor("p", index)),
            times(Factor("-1", -1.0), self._factor("y", index)),
            general="p - y",
            code=f"p[{index[0]}] - y[{index[0]}]",
            symbols={"p": "softmax.p", "y": "softmax.y"},
            note="∂loss/∂z: above 0 the score should go down, below 0 up.",
        )


SHARES = np.linspace(0.005, 1.0, 200)
"""The probabilities over which −ln p is drawn; they are called `surprise.p`."""


def surprise(index: Index) -> Ledger:
    """Return the ledger of an element of the curve of −ln p, `surprise.loss`."""
    index, p = element("surprise.p", SHARES, index)
    value = float(-np.log(p))
    arithmetic = short_sum(
        times(Factor(r"(-\ln p)", value, "surprise.p", index, p)),
        general=r"-\ln p",
        code=f"-np.log(p[{index[0]}])",
        symbols={"p": "surprise.p"},
        note="What it costs to have given this probability to the right class.",
    )
    return worked("surprise.loss", index, value, arithmetic, symbol="loss")
