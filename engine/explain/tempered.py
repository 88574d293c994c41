"""Softmax with a temperature, twice: as the formula stands, and as programs compute it.

Both work in float32, the numbers that networks are trained with. The first takes e to the power of
each logit and overflows where a logit is greater than ln 3.4·10³⁸ ≈ 88.7; the second subtracts the
greatest logit first, so that no power is greater than 1. Tensors of the first begin with `naive.`,
of the second with `safe.`.
"""

from functools import partial

import numpy as np

from engine.explain.arithmetic import Paging, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.numbers import Numbers
from engine.snapshot import Array

WAYS = ("naive", "safe")

TEMPERATURES = np.linspace(0.1, 10.0, 100)
"""Over which the shares are drawn."""

GREATEST = float(np.finfo(np.float32).max)
"""The greatest number that float32 holds."""


def shares(scaled: Array, way: str) -> tuple[Array, Array, Array, Array]:
    """Return the exponents, their powers of e, the sum of these and the shares, in float32.

    Parameters
    ----------
    scaled : ndarray of shape (classes,), float32
    way : {"naive", "safe"}
    """
    with np.errstate(all="ignore"):  # that it overflows is what is shown
        x = scaled - scaled.max() if way == "safe" else scaled
        exp = np.exp(x)
        whole = exp.sum(dtype=np.float32)
        return x, exp, np.array(whole), exp / whole


class Tempered(Numbers):
    """Softmax of (logits + c) / T, and what came of it for each c so far.

    Parameters
    ----------
    logits : ndarray of shape (classes,)
        As they were given.
    shift : int
        c: what is added to all of them.
    temperature : float
        T.
    """

    def __init__(self, logits: Array, shift: int, temperature: float) -> None:
        super().__init__({})
        self._k = int(logits.argmax())
        self._temperature = temperature
        self.arrays |= {
            "logits": logits,
            "c": np.array(float(shift)),
            "T": np.array(temperature),
            "scaled": self._scaled(logits, shift),
            "heat.T": TEMPERATURES,
            "heat.p": self._over_temperatures(logits),
            "shift.c": np.arange(shift + 1, dtype=np.float64),
        }
        self.arrays["max"] = np.array(self.arrays["scaled"].max())
        for way in WAYS:
            x, exp, whole, p = shares(self.arrays["scaled"], way)
            if way == "safe":
                self.arrays["safe.x"] = x
            self.arrays |= {f"{way}.exp": exp, f"{way}.sum": whole, f"{way}.p": p}
            self.arrays[f"shift.{way}"] = np.array(
                [shares(self._scaled(logits, c), way)[3][self._k] for c in range(shift + 1)]
            )
            self.explainers |= {
                f"{way}.exp": partial(self._exp, way),
                f"{way}.sum": partial(self._sum, way),
                f"{way}.p": partial(self._p, way),
                f"shift.{way}": partial(self._shifted, way),
            }
        self.notes |= {
            "logits": "The score of a class as it was given.",
            "c": "What is added to every logit: the number of the step.",
            "T": "The temperature: every logit is divided by it.",
            "heat.T": "A temperature at which the shares are drawn.",
            "shift.c": "What was added to every logit at this step.",
        }
        self.explainers |= {
            "scaled": lambda i, _: self._divided(i),
            "max": lambda _, page: self._greatest(page),
            "safe.x": lambda i, _: self._lowered(i),
            "heat.p": lambda i, _: self._heated(i),
        }

    @property
    def greatest(self) -> int:
        """Which class has the greatest logit."""
        return self._k

    def _scaled(self, logits: Array, shift: float) -> Array:
        scaled: Array = ((logits + shift) / self._temperature).astype(np.float32)
        return scaled

    def _over_temperatures(self, logits: Array) -> Array:
        """Return the shares at each temperature, exactly, of shape (temperatures, classes)."""
        x = (logits - logits.max()) / TEMPERATURES[:, None]
        exp = np.exp(x)
        return np.asarray(exp / exp.sum(axis=1, keepdims=True))

    def _divided(self, index: Index) -> Ledger:
        part = Factor(r"\frac{1}{T}", 1 / self._temperature, "T", (), self._temperature)
        return self.sum_of(
            "scaled",
            index,
            times(self.factor("logits", index, "z"), part),
            times(self.factor("c", (), "c"), part),
            general=r"\frac{z + c}{T}",
            code=f"np.float32((z[{index[0]}] + c) / T)",
            note="Rounded to float32, which keeps about seven digits.",
        )

    def _greatest(self, page: int) -> Ledger:
        scaled = self.arrays["scaled"]
        arithmetic = total(
            scaled.astype(np.float64),
            lambda k: times(self.factor("scaled", (k,), "x")),
            Paging(page=page),
            combine="max",
            general=r"\max_k x_k",
            code="x.max()",
            symbols={"x": "scaled"},
        )
        return self.found("max", (), arithmetic, page=page)

    def _lowered(self, index: Index) -> Ledger:
        return self.sum_of(
            "safe.x",
            index,
            times(self.factor("scaled", index, "x")),
            times(Factor("-1", -1.0), self.factor("max", (), r"\max x")),
            general=r"x - \max x",
            code=f"x[{index[0]}] - x.max()",
            note="Never above 0, so its power of e is never above 1.",
        )

    def _exp(self, way: str, index: Index, page: int) -> Ledger:
        of = "scaled" if way == "naive" else "safe.x"
        tensor = f"{way}.exp"
        value = self.value(tensor, index)
        note = ""
        if np.isinf(value):
            note = (
                f"float32 holds no number greater than {GREATEST:.3g}, and this power would be "
                "greater: what is left is infinity."
            )
        elif value == 0:
            note = "Less than the smallest number that float32 holds: what is left is 0."
        power = self.of("e^x", value, of, index)
        arithmetic = short_sum(
            times(power),
            general="e^{x}",
            code=f"np.exp(x[{index[0]}])",
            symbols={"x": of},
            note=note,
        )
        return self.found(tensor, index, arithmetic)

    def _sum(self, way: str, index: Index, page: int) -> Ledger:
        powers = f"{way}.exp"
        count = len(self.arrays[powers])
        return self.sum_of(
            f"{way}.sum",
            (),
            *(times(self.factor(powers, (k,), "e")) for k in range(count)),
            general=r"\sum_k e^{x_k}",
            code="e.sum()",
        )

    def _p(self, way: str, index: Index, page: int) -> Ledger:
        whole = self.value(f"{way}.sum", ())
        with np.errstate(all="ignore"):
            part = float(np.float64(1) / whole)
        note = "Its share of the sum."
        if np.isnan(self.value(f"{way}.p", index)):
            note = (
                "Infinity divided by infinity could be any number, so the processor answers with "
                "none: NaN, “not a number”. Whatever is computed from it is NaN as well."
                if np.isinf(whole)
                else "0 divided by 0 could be any number, so the processor answers with none: NaN."
            )
        return self.sum_of(
            f"{way}.p",
            index,
            times(
                self.factor(f"{way}.exp", index, "e"),
                self.of(r"\frac{1}{S}", part, f"{way}.sum", ()),
            ),
            general=r"\frac{e^{x}}{\sum_k e^{x_k}}",
            code=f"e[{index[0]}] / e.sum()",
            note=note,
        )

    def _shifted(self, way: str, index: Index, page: int) -> Ledger:
        c = index[0]
        if c == self.arrays["shift.c"][-1]:
            return self.same(f"shift.{way}", index, f"{way}.p", (self._k,))
        x, exp, whole, _ = shares(self._scaled(self.arrays["logits"], c), way)
        with np.errstate(all="ignore"):
            part = float(np.float64(1) / np.float64(whole))
        arithmetic = short_sum(
            times(
                self.of(r"e^{x}", float(exp[self._k]), "logits", (self._k,)),
                Factor(r"\frac{1}{S}", part),
            ),
            general=r"\frac{e^{x}}{S}",
            code="e.max() / e.sum()",
            symbols={},
            note=f"The share of class {self._k} with {c} added to every logit: e to the power of "
            f"{float(x[self._k]):.5g}, over a sum of {float(whole):.4g}.",
        )
        return self.found(f"shift.{way}", index, arithmetic)

    def _heated(self, index: Index) -> Ledger:
        at, k = index
        logits, hot = self.arrays["logits"], float(TEMPERATURES[at])
        powers = np.exp((logits - logits.max()) / hot)
        part = Factor(r"\frac{1}{S}", 1 / float(powers.sum()))
        arithmetic = short_sum(
            times(self.of(r"e^{z / T}", float(powers[k]), "logits", (k,)), part),
            general=r"\frac{e^{z / T}}{S}",
            code=f"softmax(z / {hot:.4g})[{k}]",
            symbols={"z": "logits"},
            note=f"At temperature {hot:.4g}, with the greatest logit subtracted first; S is the "
            "sum of all these powers.",
        )
        return self.found("heat.p", index, arithmetic)
