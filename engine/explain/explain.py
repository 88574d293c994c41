"""The one question: how a number came about, and where it goes."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.errors import InvalidValueError
from engine.explain import activation, adding, conv, dense, loss, pool, shaping, tex
from engine.explain.arithmetic import Arithmetic, Paging, identity, leaf, short_sum, times
from engine.explain.asking import Asked, Explainer
from engine.explain.feeds import feeds
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.optimizers import explain_memory, explain_parameter
from engine.explain.scene import OF_THE_NETWORK, STAGE_LOSS, Found, Scene
from engine.explain.simple import worked

EXPLAINERS: Mapping[str, Explainer] = {
    kind: explainer
    for module in (dense, conv, activation, pool, shaping, adding)
    for kind, explainer in module.EXPLAINERS.items()
}
"""Each layer's explainer by the layer's kind."""

OF_THE_STAGE = "Of what is on the stage alone: the loss that training lowers is the minibatch's."
NO_LABEL = "Nobody has said what the answer should be, so there is no loss to go on to."


def explain(scene: Scene, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
    """Return how an element of a tensor came about.

    Parameters
    ----------
    scene : Scene
    tensor : str
        Its name: one of `scene.names()`.
    index : tuple of int
        Where, in the usual order of axes; empty for the loss.
    page : int
        Which of the terms, from 0; past the last page is the last. `listing` says how many a page
        lists.

    Raises
    ------
    InvalidValueError
        If there is no such tensor or no such element, or `page` breaks its rule.
    """
    if page < 0:
        raise InvalidValueError(f"page: expected a number from 0, got {page}")
    found = scene.find(tensor)
    index, value = found.element(index)
    with np.errstate(all="ignore"):  # what is not finite is shown as what it is
        arithmetic = _explain(found, index, value, Paging(page=page))
    short = found.memory or found.short
    if short in arithmetic.symbols:
        short = "dx"  # one dz is made of another: it is the gradient of that layer's input
    return worked(
        tensor,
        index,
        value,
        arithmetic,
        symbol=short,
        page=page,
        feeds=feeds(found, index, EXPLAINERS),
        note=_no_label(found),
    )


def _no_label(found: Found) -> str:
    """Say why an output of the stage leads no further, where another pass has a loss."""
    scene, scope = found.scene, found.scope
    last = len(scope.network.layers) - 1
    ends = found.number == last and found.short == scope.out_name(last)
    if ends and scope is scene.stage is not scene.learned and not scene.judged:
        return NO_LABEL
    return ""


def _explain(found: Found, index: Index, value: float, paging: Paging) -> Arithmetic:
    scope, short = found.scope, found.short
    if found.memory:
        return explain_memory(found, index, value)
    if found.tensor == STAGE_LOSS:
        return replace(loss.explain_loss(scope, paging), note=OF_THE_STAGE)
    if short in ("loss", *OF_THE_NETWORK) and not scope.has_gradients:
        return leaf("given", tex.symbol(short), value, "no step has been made yet")
    if found.number >= 0:
        return _of_layer(found, Asked(scope, found.number, index, value, paging))
    if short == "loss":
        return loss.explain_loss(scope, paging)
    return leaf("given", "y", value, "what the network should say")


def _of_layer(found: Found, asked: Asked) -> Arithmetic:
    """Explain a tensor of a layer, by what kind of tensor it is."""
    explainer, short, out = EXPLAINERS[asked.layer.kind], found.short, asked.out_name
    if short == out:
        arithmetic = explainer.output(asked)
    elif short in ("W", "b"):
        arithmetic = explain_parameter(found, asked.index, asked.value)
    elif short in OF_THE_NETWORK:
        arithmetic = _with_penalty(asked, explainer, short)
    elif short == "x":
        arithmetic = _input(found, asked)
    elif short in (f"d{out}", "dx"):
        arithmetic = _gradient(asked, short)
    else:
        arithmetic = explainer.other(asked, short)
    return arithmetic


def _input(found: Found, asked: Asked) -> Arithmetic:
    if asked.number == 0:
        return leaf("given", "x", asked.value, found.scene.input_note)
    name = asked.name("x")
    return identity(asked.scope.out_name(asked.number - 1), name, asked.index, asked.value)


def _gradient(asked: Asked, short: str) -> Arithmetic:
    """Explain the gradient of a layer's input, or of its output: the next layer's input."""
    last = len(asked.scope.network.layers) - 1
    number = asked.number if short == "dx" else asked.number + 1
    if number > last or (number == last and asked.scope.using.loss_pass.stands_in):
        return loss.explain_gradient(asked, of_output=number > last)
    below = replace(asked, number=number)
    return adding.with_links(below, EXPLAINERS[below.layer.kind].input_gradient(below))


def _with_penalty(asked: Asked, explainer: Explainer, short: str) -> Arithmetic:
    """Explain dW or db; weights have the slope of the penalty λ/2 · Σ W² as well."""
    arithmetic = explainer.gradient(asked, short)
    decay = asked.scope.network.l2
    if short != "dW" or not decay:
        return arithmetic
    place = "W" + str(list(asked.index))
    penalty = short_sum(
        times(Factor(r"\lambda", decay), asked.factor("W", "W", asked.index)),
        general=r"\lambda \cdot W",
        code=f"{decay!r} * {place}",
        symbols=asked.symbols(W="W"),
    )
    return loss.plus(arithmetic, penalty)
