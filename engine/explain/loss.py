"""The losses: what each sample adds, and where the gradients begin.

As the engine does, the cross-entropies take their logarithms from the logits: they are exact also
where a share has become 0. Sources of the formulae: `engine/nn/losses.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.explain.arithmetic import (
    Arithmetic,
    Paging,
    at,
    constant,
    short_sum,
    times,
    total,
)
from engine.explain.asking import Asked
from engine.explain.ledger import Factor, Index, Term
from engine.explain.scene import Scope
from engine.nn.losses import (
    BinaryCrossEntropyPass,
    CategoricalCrossEntropyPass,
    LossPass,
    SquaredErrorPass,
)
from engine.snapshot import Array


@dataclass(frozen=True)
class End:
    """The end of a pass: outputs, targets and the loss behind them."""

    scope: Scope

    @property
    def loss_pass(self) -> LossPass:
        """The loss at work."""
        return self.scope.using.loss_pass

    @property
    def last(self) -> int:
        """The number of the last layer."""
        return len(self.scope.network.layers) - 1

    @property
    def name(self) -> str:
        """What the output is called."""
        return self.scope.name(self.last, self.scope.out_name(self.last))

    @property
    def out(self) -> Array:
        """The output, of shape (batch, outputs)."""
        return self.scope.array(self.last, self.scope.out_name(self.last))

    @property
    def target(self) -> Array:
        """What it should be."""
        return self.scope.tensors["target"]

    @property
    def symbols(self) -> Mapping[str, str]:
        """The names of both."""
        return {"a": self.name, "y": f"{self.scope.prefix}target"}

    def a(self, index: Index) -> Factor:
        """Return an output as a factor."""
        return Factor("a", float(self.out[index]), self.name, index)

    def y(self, index: Index) -> Factor:
        """Return a target as a factor."""
        return Factor("y", float(self.target[index]), f"{self.scope.prefix}target", index)

    def of_a(self, symbol: str, value: float, index: Index) -> Factor:
        """Return a function of an output as a factor."""
        return Factor(symbol, value, self.name, index, float(self.out[index]))


def explain_loss(scope: Scope, paging: Paging) -> Arithmetic:
    """Explain the loss of a pass: a mean over its samples, and the penalty if there is one."""
    end = End(scope)
    match end.loss_pass:
        case CategoricalCrossEntropyPass():
            return _with_penalty(scope, _categorical(end, paging))
        case BinaryCrossEntropyPass():
            return _with_penalty(scope, _binary(end, paging))
        case _:
            return _with_penalty(scope, _squared(end, paging))


def _categorical(end: End, paging: Paging) -> Arithmetic:
    loss_pass = end.loss_pass
    assert isinstance(loss_pass, CategoricalCrossEntropyPass)
    with np.errstate(all="ignore"):
        shifted = loss_pass.last.shifted.astype(np.float64)
        # (batch, classes); −ln a of 0 may be infinite, and 0 · ∞ is not a number
        surprise = (np.log(loss_pass.last.total.astype(np.float64)) - shifted).T
    target = end.target.astype(np.float64)
    places = np.argwhere(target != 0)
    share = Factor(rf"\frac{{1}}{{{loss_pass.batch}}}", 1 / loss_pass.batch)
    weights = target[*places.T] * share.value
    whole = len(places) == loss_pass.batch and bool((target[*places.T] == 1).all())

    def term(number: int) -> Term:
        n, k = (int(i) for i in places[number])
        symbol = r"(-\ln a)"
        factor = end.of_a(symbol, float(surprise[n, k]), (n, k))
        if whole and not end.scope.network.l2:
            return times(factor)
        return times(share, factor) if whole else times(share, end.y((n, k)), factor)

    code = "-(y * np.log(a)).sum() / len(a)"
    if whole and not end.scope.network.l2:
        return total(
            surprise[*places.T],
            term,
            paging,
            combine="mean",
            general=rf"-\frac{{1}}{{{loss_pass.batch}}} \sum y \cdot \ln a",
            code=code,
            symbols=end.symbols,
        )
    return total(
        weights * surprise[*places.T],
        term,
        paging,
        general=rf"-\frac{{1}}{{{loss_pass.batch}}} \sum y \cdot \ln a",
        code=code,
        symbols=end.symbols,
    )


def _binary(end: End, paging: Paging) -> Arithmetic:
    loss_pass = end.loss_pass
    assert isinstance(loss_pass, BinaryCrossEntropyPass)
    z = loss_pass.last.z.T.astype(np.float64)
    each = np.logaddexp(z, 0) - end.target.astype(np.float64) * z
    return _mean(
        end,
        paging,
        each,
        lambda index: times(
            end.of_a(r"(-y \ln a - (1 - y) \ln(1 - a))", float(each[index]), index)
        ),
        general=r"\mathrm{mean}\,(-y \ln a - (1 - y) \ln(1 - a))",
        code="-(y * np.log(a) + (1 - y) * np.log(1 - a)).mean()",
    )


def _squared(end: End, paging: Paging) -> Arithmetic:
    loss_pass = end.loss_pass
    assert isinstance(loss_pass, SquaredErrorPass)
    error = end.out.astype(np.float64) - end.target

    def describe(index: Index) -> Term:
        factor = end.of_a("(a - y)", float(error[index]), index)
        return times(factor, factor)

    halved = end.scope.network.loss.kind == "half_mean_squared_error"
    if not halved:
        general, code = r"\mathrm{mean}\,(a - y)^2", "((a - y) ** 2).mean()"
        return _mean(end, paging, error**2, describe, general=general, code=code)
    general = rf"\frac{{1}}{{2 \cdot {loss_pass.batch}}} \sum (a - y)^2"
    code = "((a - y) ** 2).sum() / (2 * len(a))"
    share = Factor(rf"\frac{{1}}{{2 \cdot {loss_pass.batch}}}", loss_pass.scale)
    return _sum(end, paging, error**2, describe, share, general=general, code=code)


def _mean(
    end: End,
    paging: Paging,
    each: Array,
    describe: Callable[[Index], Term],
    *,
    general: str,
    code: str,
) -> Arithmetic:
    """Return the mean of `each`, of shape (batch, outputs); as a sum where a penalty follows."""
    if end.scope.network.l2:
        share = Factor(rf"\frac{{1}}{{{each.size}}}", 1 / each.size)
        return _sum(end, paging, each, describe, share, general=general, code=code)
    return total(
        each.ravel(),
        lambda i: describe(_place(i, each)),
        paging,
        combine="mean",
        general=general,
        code=code,
        symbols=end.symbols,
    )


def _sum(
    end: End,
    paging: Paging,
    each: Array,
    describe: Callable[[Index], Term],
    share: Factor,
    *,
    general: str,
    code: str,
) -> Arithmetic:
    """Return the sum of `each`, of shape (batch, outputs), times `share`."""
    return total(
        each.ravel() * share.value,
        lambda i: times(share, *describe(_place(i, each)).factors),
        paging,
        general=general,
        code=code,
        symbols=end.symbols,
    )


def _place(number: int, array: Array) -> Index:
    row, column = divmod(number, array.shape[1])
    return row, column


def _with_penalty(scope: Scope, arithmetic: Arithmetic) -> Arithmetic:
    network = scope.network
    if not network.l2:
        return arithmetic
    squares = sum(
        float(np.square(array, dtype=np.float64).sum())
        for name, array in scope.parameters.items()
        if name.endswith(".W")
    )
    penalty = short_sum(
        times(Factor(r"\frac{\lambda}{2}", network.l2 / 2), Factor(r"\sum W^2", squares)),
        general=r"\frac{\lambda}{2} \sum W^2",
        code=f"{network.l2 / 2!r} * {squares!r}",
        symbols={},
    )
    return plus(arithmetic, penalty)


def plus(first: Arithmetic, second: Arithmetic) -> Arithmetic:
    """Return a sum with a few terms more."""
    return replace(
        first,
        terms=(*first.terms, *second.terms),
        general=f"{first.general} + {second.general}",
        numbers=f"{first.numbers} + {second.numbers}",
        code=f"{first.code} + {second.code}",
        symbols={**first.symbols, **second.symbols},
    )


def explain_gradient(asked: Asked, *, of_output: bool) -> Arithmetic:
    """Explain where the gradients begin: at the output, or at the logits before it.

    Parameters
    ----------
    asked : Asked
        An element of either.
    of_output : bool
        Whether it is the output's gradient.
    """
    end, index = End(asked.scope), asked.index
    loss_pass = end.loss_pass
    if isinstance(loss_pass, SquaredErrorPass):
        return _difference(end, index, 2 * loss_pass.scale)
    size = loss_pass.batch
    if isinstance(loss_pass, BinaryCrossEntropyPass):
        size = loss_pass.target.size
    if not of_output:
        return _difference(end, index, 1 / size)
    tiny = float(np.finfo(asked.scope.network.dtype).tiny)
    a = float(end.out[index])
    if isinstance(loss_pass, BinaryCrossEntropyPass):
        dz = asked.scope.array(end.last, "dx")
        return short_sum(
            times(
                Factor(r"\mathrm{dz}", float(dz[index]), asked.scope.name(end.last, "dx"), index),
                end.of_a(r"\frac{1}{a \cdot (1 - a)}", 1 / max(a * (1 - a), tiny), index),
            ),
            general=r"\mathrm{dz} \cdot \frac{1}{a \cdot (1 - a)}",
            code=f"{at('dz', index)} / ({at('a', index)} * (1 - {at('a', index)}))",
            symbols={"dz": asked.scope.name(end.last, "dx"), "a": end.name},
        )
    return short_sum(
        times(
            Factor(rf"-\frac{{1}}{{{size}}}", -1 / size),
            end.y(index),
            end.of_a(r"\frac{1}{a}", 1 / max(a, tiny), index),
        ),
        general=rf"-\frac{{1}}{{{size}}} \cdot y \cdot \frac{{1}}{{a}}",
        code=f"-{at('y', index)} / {at('a', index)} / {size}",
        symbols=end.symbols,
    )


def _difference(end: End, index: Index, share: float) -> Arithmetic:
    """Return (a − y) · share."""
    part = constant(r"\mathrm{share}", share).factors[0]
    return short_sum(
        times(part, end.a(index)),
        times(Factor(r"-\mathrm{share}", -share), end.y(index)),
        general=r"\mathrm{share} \cdot (a - y)",
        code=f"({at('a', index)} - {at('y', index)}) * {share!r}",
        symbols=end.symbols,
        note=f"The share, {share:.6g}, is what one difference weighs in the loss's mean.",
    )
