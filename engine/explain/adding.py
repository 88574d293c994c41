"""The residual link: two numbers added, and a gradient that comes back on two ways."""

from collections.abc import Iterator
from dataclasses import replace

from engine.explain import tex
from engine.explain.activation import ElementwiseExplainer
from engine.explain.arithmetic import Arithmetic, at, identity, short_sum, times
from engine.explain.asking import Asked
from engine.explain.ledger import Factor, Rest
from engine.explain.loss import plus
from engine.explain.scene import Scope
from engine.nn.add import Add
from engine.nn.layer import Layer


class AddExplainer(ElementwiseExplainer):
    """y = x + s, where s went into the block and x came out of it."""

    def output(self, asked: Asked) -> Arithmetic:
        """Explain y = x + s."""
        index, start = asked.index, asked.number - asked.layer.over
        link = Factor(
            "s", float(asked.scope.array(start, "x")[index]), asked.scope.name(start, "x"), index
        )
        return short_sum(
            times(asked.factor("x", "x", index)),
            times(link),
            general="x + s",
            code=f"{at('x', index)} + {at('s', index)}",
            symbols={"x": asked.name("x"), "s": link.tensor or ""},
            note=f"s is what went in {asked.layer.over} layers before: the way past the block.",
        )

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dx = dy."""
        return identity("dy", asked.name("dy"), asked.index, asked.value)


def links_from(scope: Scope, number: int) -> Iterator[int]:
    """Yield the numbers of the residual links that take the input of layer `number` with them."""
    for end, layer in enumerate(scope.layers):
        if isinstance(layer, Add) and end - layer.over == number:
            yield end


def with_links(asked: Asked, arithmetic: Arithmetic) -> Arithmetic:
    """Add to the arithmetic of an input's gradient what residual links hand back to it."""
    scope, index = asked.scope, asked.index
    for end in links_from(scope, asked.number):
        layer = scope.layers[end]
        value = float(scope.array(end, "dy")[index])
        dy = Factor(dy_of(layer), value, scope.name(end, "dy"), index)
        code = f"dy_{layer.name}"
        handed = short_sum(
            times(dy),
            general=dy.symbol,
            code=at(code, index),
            symbols={code: scope.name(end, "dy")},
        )
        if not arithmetic.terms:
            arithmetic = handed
            continue
        if arithmetic.combine == "function":
            arithmetic = _as_sum(scope, arithmetic)
        arithmetic = plus(arithmetic, handed)
    return arithmetic


def dy_of(link: Layer) -> str:
    """Return the symbol of the gradient that a residual link hands back, TeX."""
    name = link.name.replace("_", r"\_")
    return rf"\mathrm{{dy}}_{{\mathrm{{{name}}}}}"


def _as_sum(scope: Scope, same: Arithmetic) -> Arithmetic:
    """Return the arithmetic of a number that is another one as a sum of that alone."""
    ((factor,),) = (term.factors for term in same.terms)
    array = scope.tensors[(factor.tensor or "").removeprefix(scope.prefix)]
    terms = (times(replace(factor, value=float(array[factor.index]))),)
    numbers = tex.combined("sum", terms, Rest())
    return replace(same, combine="sum", function=None, terms=terms, numbers=numbers)


EXPLAINERS = {Add.kind: AddExplainer()}
