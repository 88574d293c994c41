"""Where a number goes next: forward to the loss, backward to the parameters."""

from collections.abc import Iterator, Mapping
from itertools import islice

from engine.explain.adding import links_from
from engine.explain.asking import Explainer
from engine.explain.ledger import Index, Reference
from engine.explain.scene import OF_THE_NETWORK, STAGE_LOSS, Found
from engine.nn.add import Add

MOST = 32
"""The most places that are named."""


def feeds(found: Found, index: Index, explainers: Mapping[str, Explainer]) -> tuple[Reference, ...]:
    """Return where an element goes next, the first `MOST` places.

    Parameters
    ----------
    found : Found
    index : tuple of int
    explainers : mapping of str to Explainer
        By the layer's kind.
    """
    known = set(found.scene.names())
    places = (Reference(*place) for place in _places(found, index, explainers))
    return tuple(islice((one for one in places if one.tensor in known), MOST))


def _places(
    found: Found, index: Index, explainers: Mapping[str, Explainer]
) -> Iterator[tuple[str, Index]]:
    scope, number, short = found.scope, found.number, found.short
    if number < 0:
        if short == "target":
            yield from _loss(found)
        return
    layer = scope.network.layers[number]
    out = scope.out_name(number)
    explainer = explainers[layer.kind]
    if found.memory:
        if (f"{layer.name}.{short}", index) not in found.scene.edits:
            yield f"{layer.name}.{short}", index
    elif short in OF_THE_NETWORK:
        parameter = f"{layer.name}.{short[1:]}"
        for memory in found.scene.memory:
            yield f"{parameter}.{memory}", index
        if found.scene.update is not None and (parameter, index) not in found.scene.edits:
            yield parameter, index
    elif short in ("W", "b"):
        name = scope.name(number, out)
        yield from ((name, place) for place in explainer.weighs(layer, short, index))
    elif short == out:
        yield from _forward(found, number + 1, index, explainers)
    elif short == "x":
        yield from _forward(found, number, index, explainers)
    elif short in (f"d{out}", "dx"):
        yield from _backward(found, number if short != "dx" else number - 1, index, explainers)
    else:
        yield scope.name(number, out), index


def _loss(found: Found) -> Iterator[tuple[str, Index]]:
    """Yield the loss of a pass, if it has one."""
    scene = found.scene
    if found.scope is scene.stage and scene.judged:
        yield STAGE_LOSS, ()
    elif found.scope.has_gradients:
        yield "loss", ()


def _forward(
    found: Found, number: int, index: Index, explainers: Mapping[str, Explainer]
) -> Iterator[tuple[str, Index]]:
    """Yield what layer `number` makes of an element of its input."""
    scope = found.scope
    if number == len(scope.network.layers):
        yield from _loss(found)
        return
    layer = scope.network.layers[number]
    name = scope.name(number, scope.out_name(number))
    # a residual link is one more place, and would be lost behind many sums
    yield from ((scope.name(end, "y"), index) for end in links_from(scope, number))
    yield from ((name, place) for place in explainers[layer.kind].uses(layer, index))


def _backward(
    found: Found, number: int, index: Index, explainers: Mapping[str, Explainer]
) -> Iterator[tuple[str, Index]]:
    """Yield what layer `number` makes of an element of its output's gradient."""
    if number < 0:
        return
    scope = found.scope
    layer = scope.network.layers[number]
    explainer = explainers[layer.kind]
    weighed = ((scope.name(number, d), place) for d, place in explainer.weighed(layer, index))
    # the bias and some weights, and some of what goes further down
    yield from islice(weighed, MOST // 2)
    if isinstance(layer, Add):
        yield scope.name(number - layer.over, "dx"), index
    name = scope.name(number, "dx")
    yield from ((name, place) for place in explainer.used(layer, index))
