"""What the exhibit `backprop` asks, and how the engine finds the answers."""

from collections.abc import Mapping

import numpy as np

from engine.exhibits.questions import Solution
from engine.explain.paths import Paths
from engine.explain.words import short
from engine.snapshot import Array

ROUNDING = 1e-12
"""What sums that cancel may leave."""

CLOSE = 0.05
"""How far from δ a prediction may be, as a share of it."""


def place(tensor: str, index: tuple[int, ...]) -> str:
    """Return how an element is written: `dense1.W[2,0]`, as the page writes it."""
    return f"{tensor}[{','.join(map(str, index))}]"


def way(tensor: str, index: tuple[int, ...]) -> str:
    """Return between which neurons a weight is, as the graph counts them: from 1."""
    layer = int(tensor.removeprefix("dense").partition(".")[0])
    to, source = index
    before = f"neuron {source + 1} of layer {layer - 1}" if layer > 1 else f"input {source + 1}"
    return f"from {before} to neuron {to + 1} of layer {layer}"


def largest(gradients: Mapping[str, Array]) -> Solution:
    """Find the weight with the largest gradient.

    Parameters
    ----------
    gradients : mapping of str to ndarray
        Of the one example, by the names of the weights (`dense1.W`).
    """
    best = max(float(np.abs(one).max()) for one in gradients.values())
    first, *also = (
        (name, tuple(int(at) for at in index))
        for name, one in gradients.items()
        for index in np.argwhere(np.abs(one) >= best * (1 - 1e-9))
    )
    value = short(float(gradients[first[0]][first[1]]))
    where = f"{place(*first)}, {way(*first)},"
    text = f"The gradient at {where} is {value}, and none is larger in size."
    if also:
        text += f" {len(also)} more are as large: it is a tie."
    return Solution(place(*first), text, also=tuple(place(*one) for one in also))


def sign(where: str, dz: float, source: float, gradient: float) -> Solution:
    """Find the sign of a gradient δ · a, of the parameter that is written `where`."""
    names = {-1: "negative", 0: "zero", 1: "positive"}
    which = names[int(np.sign(gradient))]
    does = {
        "negative": "the loss falls when this parameter grows, so a step makes it larger",
        "zero": "this example says nothing about it",
        "positive": "the loss grows with this parameter, so a step makes it smaller",
    }
    return Solution(
        which,
        f"At {where} δ · a = {short(dz)} · {short(source)} = {short(gradient)}: {does[which]}.",
    )


def delta(name: str, unit: int, value: float, how: str) -> Solution:
    """Find δ of a neuron."""
    text = f"δ is {place(name, (0, unit))} = {short(value)}. {how}"
    return Solution(value, text, tolerance=max(CLOSE * abs(value), 5e-4))


def fan_out(paths: Paths) -> Solution:
    """Let the finite difference decide whether the paths' products are added or multiplied."""
    added, multiplied = paths.gradient, paths.multiplied or 0.0  # not −0, which underflow leaves
    nearer = abs(added - paths.quotient) <= abs(multiplied - paths.quotient)
    count = len(paths.products)
    alone = " There is one path alone, so here both are the same." if count == 1 else ""
    return Solution(
        "sum" if nearer else "product",
        f"{count} paths: added up they make {short(added)}, multiplied {short(multiplied)}. "
        f"Nudging the weight and computing the loss again gives {short(paths.quotient)}.{alone}",
    )


def stalled(of_squares: float, of_entropy: float, said: float, target: float) -> Solution:
    """Find with which loss the output's δ is larger in size.

    Parameters
    ----------
    of_squares, of_entropy : float
        Both δ, of the same network and example.
    said, target : float
        The output, and what it should be.
    """
    sizes = abs(of_squares), abs(of_entropy)
    text = (
        f"The output says {short(said)} where {short(target)} is right. "
        f"δ is {short(of_squares)} with the squared error and {short(of_entropy)} with "
        f"cross-entropy"
    )
    if max(sizes) <= 1.1 * min(sizes):
        return Solution("same", f"{text}: about the same.")
    answer = "mse" if sizes[0] > sizes[1] else "ce"
    ratio = max(sizes) / min(sizes) if min(sizes) else np.inf
    return Solution(answer, f"{text}: {short(ratio)} times as large.")


def moved(gradients: Mapping[str, Array]) -> Solution:
    """Find which parameters a step on all data would change.

    Parameters
    ----------
    gradients : mapping of str to ndarray
        Of the whole training set, by the names of the parameters, in order.
    """
    sizes = {name: float(np.abs(one).max()) for name, one in gradients.items()}
    some = [name for name, size in sizes.items() if size > ROUNDING]
    last = list(gradients)[-1]
    answer = "all"
    if not some:
        answer = "none"
    elif some == [last]:
        answer = "bias"
    elif len(some) < len(gradients):
        answer = "some"
    told = {
        "none": "Over all examples every gradient is 0: what single ones ask for is 0 itself, or "
        "is taken back by the others.",
        "bias": f"Only {last} has a gradient, {short(sizes[last])} in size: in the product that "
        "makes any other, one factor is 0.",
        "some": f"The gradient is not 0 in {', '.join(some)}.",
        "all": "None of the gradients is 0 throughout.",
    }
    return Solution(answer, told[answer])
