"""The dense layer: z = W x + b.

Source: Goodfellow, Bengio, Courville, *Deep learning*, 2016, section 6.5.6 (the gradients).
"""

from collections.abc import Iterator

from engine.explain.arithmetic import Arithmetic, times, total
from engine.explain.asking import Asked, Explainer
from engine.explain.ledger import Index, Term
from engine.explain.weighted import with_bias
from engine.nn.dense import Dense
from engine.nn.layer import Layer

EVERY = slice(None)


class DenseExplainer(Explainer):
    """Sums over inputs, units or samples."""

    def output(self, asked: Asked) -> Arithmetic:
        """Explain z[n, u] = Σ_i W[u, i] x[n, i] + b[u]."""
        n, u = asked.index
        products = asked.vector("x", (n,)) * asked.vector("W", (u,))

        def term(i: int) -> Term:
            return times(asked.factor("x", "x", (n, i)), asked.factor("W", "W", (u, i)))

        return with_bias(asked, products, term, (u,), code=f"(x[{n}] * W[{u}]).sum() + b[{u}]")

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dx[n, i] = Σ_u W[u, i] dz[n, u]."""
        n, i = asked.index

        def term(u: int) -> Term:
            return times(asked.factor(r"\mathrm{dz}", "dz", (n, u)), asked.factor("W", "W", (u, i)))

        return total(
            asked.vector("dz", (n,)) * asked.vector("W", (EVERY, i)),
            term,
            asked.paging,
            general=r"\sum \mathrm{dz} \cdot W",
            code=f"(dz[{n}] * W[:, {i}]).sum()",
            symbols=asked.symbols(dz="dz", W="W"),
        )

    def gradient(self, asked: Asked, short: str) -> Arithmetic:
        """Explain dW[u, i] = Σ_n dz[n, u] x[n, i] and db[u] = Σ_n dz[n, u]."""
        u = asked.index[0]
        products = asked.vector("dz", (EVERY, u))
        if short == "db":
            return total(
                products,
                lambda n: times(asked.factor(r"\mathrm{dz}", "dz", (n, u))),
                asked.paging,
                general=r"\sum \mathrm{dz}",
                code=f"dz[:, {u}].sum()",
                symbols=asked.symbols(dz="dz"),
            )
        i = asked.index[1]

        def term(n: int) -> Term:
            return times(asked.factor(r"\mathrm{dz}", "dz", (n, u)), asked.factor("x", "x", (n, i)))

        return total(
            products * asked.vector("x", (EVERY, i)),
            term,
            asked.paging,
            general=r"\sum \mathrm{dz} \cdot x",
            code=f"(dz[:, {u}] * x[:, {i}]).sum()",
            symbols=asked.symbols(dz="dz", x="x"),
        )

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield all units of the sample."""
        return ((index[0], u) for u in range(layer.output_shape[0]))

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield all inputs of the sample."""
        return ((index[0], i) for i in range(layer.input_shape[0]))

    def weighs(self, layer: Layer, short: str, index: Index) -> Iterator[Index]:
        """Yield the parameter's unit."""
        return iter([(0, index[0])])

    def weighed(self, layer: Layer, index: Index) -> Iterator[tuple[str, Index]]:
        """Yield the unit's bias and weights."""
        u = index[1]
        yield "db", (u,)
        for i in range(layer.input_shape[0]):
            yield "dW", (u, i)


EXPLAINERS = {Dense.kind: DenseExplainer()}
