"""Activations: a = f(z), and the slope by which each hands its gradient back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import Arithmetic, constant, listed, short_sum, times, total
from engine.explain.asking import Asked, Explainer
from engine.explain.ledger import Index, Term
from engine.explain.scene import Scope
from engine.nn.activations import LeakyReLU, LeakyReLUPass, Linear, ReLU, Sigmoid, Softmax, Tanh
from engine.nn.layer import Layer

DA = r"\mathrm{da}"


class ElementwiseExplainer(Explainer):
    """What activations share whose every output is made of one input."""

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the same place."""
        return iter([index])

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the same place."""
        return iter([index])


@dataclass(frozen=True)
class ActivationExplainer(ElementwiseExplainer):
    """One activation.

    Attributes
    ----------
    function : str
        Its name in `FUNCTIONS`.
    general : str
        TeX of f(z), with `{z}` where z stands, and `{slope}` where the layer's slope does.
    code : str
        NumPy of f(z), likewise.
    slope : callable of (z, a, slope) -> float
        f'(z); the last is a leaky layer's own slope.
    slope_symbol, slope_code : str
        The same in TeX and in NumPy.
    slope_of : str
        Of which tensor the slope is a function: `x`, the activation's z, or `a`.
    """

    function: str
    general: str
    code: str
    slope: Callable[[float, float, float], float]
    slope_symbol: str
    slope_code: str
    slope_of: str = "x"

    def output(self, asked: Asked) -> Arithmetic:
        """Explain a = f(z)."""
        index = asked.index
        z = asked.factor("z", "x", index)
        terms = [times(z)]
        if isinstance(asked.layer, LeakyReLU):
            terms.append(constant(r"\mathrm{slope}", leak(asked.scope, asked.number)))
        slope = leak(asked.scope, asked.number)
        place = f"z[{', '.join(map(str, index))}]"
        return Arithmetic(
            combine="function",
            function=self.function,
            terms=tuple(terms),
            general=self.general.format(z="z", slope=r"\mathrm{slope}"),
            numbers=self.general.format(z=_in_parentheses(z.value), slope=tex.number(slope)),
            code=self.code.format(z=place, slope=slope),
            symbols=asked.symbols(z="x"),
        )

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dz = da · f'(z)."""
        index, out = asked.index, asked.out_name
        z, a = (float(asked.array(short)[index]) for short in ("x", out))
        with np.errstate(all="ignore"):
            slope = float(self.slope(z, a, leak(asked.scope, asked.number)))
        of = out if self.slope_of == "a" else "x"
        place = f"[{', '.join(map(str, index))}]"
        code = self.slope_code.format(
            z=f"z{place}", a=f"a{place}", slope=leak(asked.scope, asked.number)
        )
        used = {"da": f"d{out}"} | ({"a": out} if self.slope_of == "a" else {"z": "x"})
        return short_sum(
            times(
                asked.factor(DA, f"d{out}", index),
                asked.function_of(self.slope_symbol, slope, of, index),
            ),
            general=rf"{DA} \cdot {self.slope_symbol}",
            code=f"da{place} * {code}",
            symbols=asked.symbols(**used),
        )


def leak(scope: Scope, number: int) -> float:
    """Return a leaky layer's slope, as the pass that is asked about had it; 0 of other layers."""
    layer = scope.layers[number]
    if not isinstance(layer, LeakyReLU):
        return 0.0
    using = getattr(scope, "using", None)  # a layer by itself has no pass
    at_work = using.layers[number] if using else None
    return at_work.slope if isinstance(at_work, LeakyReLUPass) else layer.slope


def _in_parentheses(value: float) -> str:
    shown = tex.number(value)
    return f"({shown})" if shown.startswith("-") else shown


class SoftmaxExplainer(Explainer):
    """a_k = exp(z_k − max z) / Σ_j exp(z_j − max z)."""

    def output(self, asked: Asked) -> Arithmetic:
        """Explain a class's share: its exponential, then those of all classes."""
        n, k = asked.index
        z = asked.vector("x", (n,))
        greatest = z.max()
        with np.errstate(all="ignore"):
            exponentials = np.exp(z - greatest)

        def term(j: int) -> Term:
            value = float(exponentials[j])
            return times(asked.function_of(rf"e^{{z_{{{j}}} - \max z}}", value, "x", (n, j)))

        terms, rest, pages = listed(exponentials, term, asked.paging)
        below = tex.combined("sum", terms, rest)
        return Arithmetic(
            combine="function",
            function="softmax",
            terms=(term(k), *terms),
            rest=rest,
            pages=pages,
            general=rf"\frac{{e^{{z_{{{k}}} - \max z}}}}{{\sum_j e^{{z_j - \max z}}}}",
            numbers=rf"\frac{{{tex.number(float(exponentials[k]))}}}{{{below}}}",
            code=f"np.exp(z[{n}, {k}] - z[{n}].max()) / np.exp(z[{n}] - z[{n}].max()).sum()",
            symbols=asked.symbols(z="x"),
            note=f"The greatest z of this sample, {greatest:.6g}, is subtracted first: the shares "
            "stay as they are, and no exponential overflows.",
        )

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dz_k = Σ_j da_j · a_k · ([j = k] − a_j): the slopes of all classes' shares.

        Where a loss computes dz from the logits, it explains it itself.
        """
        n, k = asked.index
        a = asked.vector("a", (n,))
        own = np.arange(len(a)) == k
        slopes = own - a

        def term(j: int) -> Term:
            symbol = r"(1 - a)" if j == k else r"(-a)"
            return times(
                asked.factor(DA, "da", (n, j)),
                asked.factor("a", "a", (n, k)),
                asked.function_of(symbol, float(slopes[j]), "a", (n, j)),
            )

        return total(
            asked.vector("da", (n,)) * a[k] * slopes,
            term,
            asked.paging,
            general=rf"\sum_j {DA} \cdot a \cdot ([j = {k}] - a)",
            code=f"a[{n}, {k}] * (da[{n}, {k}] - (da[{n}] * a[{n}]).sum())",
            symbols=asked.symbols(da="da", a="a"),
        )

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield all classes of the sample, its own first."""
        n, k = index
        yield index
        yield from ((n, j) for j in range(layer.output_shape[0]) if j != k)

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield all classes of the sample, its own first."""
        return self.uses(layer, index)


_SIGMOID = r"\frac{{1}}{{1 + e^{{-{z}}}}}"

EXPLAINERS = {
    Linear.kind: ActivationExplainer("identity", "{z}", "{z}", lambda z, a, slope: 1.0, "1", "1.0"),
    ReLU.kind: ActivationExplainer(
        "relu",
        r"\max({z},\; 0)",
        "max({z}, 0)",
        lambda z, a, slope: float(z > 0),
        "[z > 0]",
        "({z} > 0)",
    ),
    LeakyReLU.kind: ActivationExplainer(
        "leaky_relu",
        r"\max({z},\; {slope} \cdot {z})",
        "max({z}, {slope} * {z})",
        lambda z, a, slope: 1.0 if z > 0 else slope,
        "f'(z)",
        "(1.0 if {z} > 0 else {slope})",
    ),
    Sigmoid.kind: ActivationExplainer(
        "sigmoid",
        _SIGMOID,
        "1 / (1 + np.exp(-{z}))",
        lambda z, a, slope: a * (1 - a),
        r"a \cdot (1 - a)",
        "({a} * (1 - {a}))",
        slope_of="a",
    ),
    Tanh.kind: ActivationExplainer(
        "tanh",
        r"\tanh({z})",
        "np.tanh({z})",
        lambda z, a, slope: 1 - a * a,
        "(1 - a^2)",
        "(1 - {a}**2)",
        slope_of="a",
    ),
    Softmax.kind: SoftmaxExplainer(),
}
