"""The gradient of one parameter, accumulated over the samples of a minibatch, one after the other.

Δ begins at 0; each sample adds δ · a, its own gradient; Δ over the number of samples is the
gradient of the minibatch's mean loss.
"""

import numpy as np

from engine.errors import InvalidValueError
from engine.explain.arithmetic import Paging, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.scene import Scene, element
from engine.explain.simple import copied, given, worked
from engine.snapshot import Array

LISTED = 10
"""How many samples are published; the others are one number."""

NAMES = ("sample", "dz", "x", "gradient", "sum", "count", "rest", "total", "mean")
EACH = tuple(f"each.{name}" for name in NAMES)
"""What is published of them: a row for each of the first samples, then what they come to."""

NO_STEP = "no step has been made yet"
NOTES = {
    "each.sample": "which sample of the training set it is, counted from 0",
    "each.count": "how many samples the minibatch of the last step had",
    "each.rest": "every sample is listed",
}
DZ = r"\mathrm{dz}"


class Accumulated:
    """What each sample of the last minibatch adds to the gradient of one parameter.

    Parameters
    ----------
    scene : Scene
        Of a training.
    samples : ndarray of shape (batch,)
        Which training samples the minibatch was made of; empty before the first step.
    tensor : str
        `<layer>.W` or `<layer>.b` of a dense layer.
    index : tuple of int
        Of an element that exists.
    """

    def __init__(self, scene: Scene, samples: Array, tensor: str, index: tuple[int, ...]) -> None:
        self.tensor, self.index = tensor, index
        self._scene = scene
        self._scope = scene.learned
        self.samples = samples
        self.count = len(samples)
        layer, _, self._short = tensor.partition(".")
        self._number = [one.name for one in self._scope.layers].index(layer)
        dz, x = np.zeros(0), np.ones(0)
        if self.count:
            # the loss is a mean, so its dz are so many times smaller than each sample's own
            dz = self._scope.array(self._number, "dz")[:, index[0]].astype(np.float64) * self.count
            x = np.ones(self.count)
            if self._short == "W":
                x = self._scope.array(self._number, "x")[:, index[1]].astype(np.float64)
        self._dz, self._x = dz, x
        self._gradients = dz * x

    @property
    def mean(self) -> float:
        """The gradient of the minibatch; 0 before the first step."""
        return float(self._gradients.sum() / max(1, self.count))

    def arrays(self) -> dict[str, Array]:
        """Return what is published, by name."""
        first = slice(0, LISTED)
        return {
            "each.sample": self.samples[first].astype(np.int32),
            "each.dz": self._dz[first],
            "each.x": self._x[first],
            "each.gradient": self._gradients[first],
            "each.sum": self._gradients[first].cumsum(),
            "each.count": np.array([self.count], np.int32),
            "each.rest": np.array([self._gradients[LISTED:].sum()]),
            "each.total": np.array([self._gradients.sum()]),
            "each.mean": np.array([self.mean]),
        }

    def explain(self, name: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element of a published array came about.

        Raises
        ------
        InvalidValueError
            If there is no such array or element.
        """
        arrays = self.arrays()
        if name not in arrays:
            raise InvalidValueError(f"tensor: expected one of {', '.join(EACH)}, got {name!r}")
        index, value = element(name, arrays[name], index)
        at, short = index[0], name.partition(".")[2]
        if short in ("sample", "count") or not self.count or (short == "rest" and not self._rest):
            note = NOTES.get(name, "") if self.count or short == "count" else NO_STEP
            return given(name, arrays[name], index, note)
        if short == "x":
            return self._input(at)
        if short in ("rest", "total"):
            return self._total(name, value, page)
        layer = self._scope.layers[self._number].name
        tensor = f"{layer}.d{self._short}"
        if short == "dz":
            term = times(self._of_batch("dz", at, self.index[0]), Factor("N", float(self.count)))
            general, code = rf"{DZ} \cdot N", f"dz[{at}, {self.index[0]}] * {self.count}"
            symbols = {"dz": self._scope.name(self._number, "dz")}
            note = "δ of this sample's own loss: the mean of the losses had divided it by N."
            terms: tuple[Term, ...] = (term,)
        elif short == "gradient":
            terms = (times(self._own("dz", at), self._own("x", at)),)
            general, code = r"\delta \cdot a", f"dz[{at}] * x[{at}]"
            symbols = {"dz": "each.dz", "x": "each.x"}
            note = "What this sample alone would have the parameter change by."
        elif short == "sum":
            before = [times(self._own("sum", at - 1))] if at else []
            terms = (*before, times(self._own("gradient", at)))
            general = r"\Delta + \delta \cdot a" if at else r"0 + \delta \cdot a"
            code = f"sum[{at - 1}] + gradient[{at}]" if at else f"gradient[{at}]"
            symbols = {"gradient": "each.gradient"}
            note = "Δ after this sample."
        else:
            share = Factor(r"\frac{1}{N}", 1 / self.count)
            terms = (times(Factor(r"\Delta", self._sum, "each.total", (0,)), share),)
            general, code = r"\frac{\Delta}{N}", f"total / {self.count}"
            symbols = {"total": "each.total"}
            note = f"It is {tensor}{list(self.index)}, the gradient that the step was made with."
        arithmetic = short_sum(*terms, general=general, code=code, symbols=symbols, note=note)
        return worked(name, index, value, arithmetic, symbol=short)

    @property
    def _rest(self) -> bool:
        return self.count > LISTED

    @property
    def _sum(self) -> float:
        return float(self._gradients.sum())

    def _own(self, short: str, at: int) -> Factor:
        """Return an element of what is published as a factor."""
        values = {"dz": self._dz, "x": self._x, "gradient": self._gradients}
        array = values[short] if short in values else self._gradients[:LISTED].cumsum()
        symbol = {"dz": r"\delta", "x": "a", "gradient": r"\mathrm{gradient}", "sum": r"\Delta"}
        return Factor(symbol[short], float(array[at]), f"each.{short}", (at,))

    def _of_batch(self, short: str, at: int, place: int) -> Factor:
        """Return an element of the minibatch's tensor of the layer as a factor."""
        index: Index = (at, place)
        value = float(self._scope.array(self._number, short)[index])
        symbol = DZ if short == "dz" else "a"
        return Factor(symbol, value, self._scope.name(self._number, short), index)

    def _input(self, at: int) -> Ledger:
        if self._short == "b":
            note = "A bias goes into its sum as it is: when it grows by 1, so does z."
            return given("each.x", self._x[:LISTED], (at,), note)
        factor = self._of_batch("x", at, self.index[1])
        return copied("each.x", (at,), factor, symbol="x")

    def _total(self, name: str, value: float, page: int) -> Ledger:
        """Explain what the samples add up to: all of them, or those that are not listed."""
        start = LISTED if name == "each.rest" else 0

        def term(at: int) -> Term:
            at += start
            if at < LISTED:
                return times(self._own("gradient", at))
            own = self._of_batch("dz", at, self.index[0])
            count = Factor("N", float(self.count))
            if self._short == "b":
                return times(own, count)
            return times(own, count, self._of_batch("x", at, self.index[1]))

        arithmetic = total(
            self._gradients[start:],
            term,
            Paging(page=page),
            general=r"\sum \delta \cdot a",
            code=f"gradient[{start}:].sum()" if start else "gradient.sum()",
            symbols={"gradient": "each.gradient"},
            note="Over all samples of the minibatch." if not start else "Over the other samples.",
        )
        return worked(name, (0,), value, arithmetic, symbol=name.partition(".")[2], page=page)
