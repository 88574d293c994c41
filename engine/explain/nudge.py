"""The ∇-check of one parameter: nudge it both ways, and see what the loss does.

Source of the central difference: Nocedal, Wright, *Numerical optimization*, 2006, section 8.1. It
misses the true slope by about ε²; where a ReLU bends or a pool's winner changes within ε, it says
something else than backpropagation, and both are right.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidValueError
from engine.explain.scene import OF_THE_NETWORK, Scene, element
from engine.nn.network import Network
from engine.nn.rules import Number

EPSILON = 1e-6
"""Where it is not said: with 1e-5, of 40 parameters of `digits` six had a ReLU bend on the way."""
_SIZE = Number(1e-9, 1.0, default=EPSILON)


@dataclass(frozen=True, slots=True)
class Nudge:
    """What came of it.

    Attributes
    ----------
    tensor : str
        The parameter.
    index : tuple of int
    eps : float
        How far it was nudged.
    loss_plus, loss_minus : float
        The minibatch's loss above and below, in float64.
    quotient : float
        (loss_plus − loss_minus) / (2 · eps).
    gradient : float
        What backpropagation gave.
    agreement : float
        1 − |quotient − gradient| / the larger of both, not below 0; 1 where both are 0.
    """

    tensor: str
    index: tuple[int, ...]
    eps: float
    loss_plus: float
    loss_minus: float
    quotient: float
    gradient: float
    agreement: float


def read_nudge(args: Mapping[str, Any]) -> tuple[str, tuple[int, ...], float]:
    """Return the tensor, the index and ε of an action's arguments.

    Raises
    ------
    InvalidValueError
        If one is missing or breaks its rule.
    """
    return *read_place(args), _SIZE.check(args.get("eps", EPSILON), "eps")


def read_place(args: Mapping[str, Any]) -> tuple[str, tuple[int, ...]]:
    """Return the tensor and the index of an action's arguments.

    Raises
    ------
    InvalidValueError
        If one is missing or is no name or no whole numbers.
    """
    tensor, index = args.get("tensor"), args.get("index")
    if not isinstance(tensor, str):
        raise InvalidValueError(f"tensor: expected the name of a parameter, got {tensor!r}")
    if not isinstance(index, list) or any(type(i) is not int for i in index):
        raise InvalidValueError(f"index: expected a list of whole numbers, got {index!r}")
    return tensor, tuple(index)


def nudge(
    scene: Scene, exact: Network, tensor: str, index: tuple[int, ...], *, eps: float = EPSILON
) -> Nudge:
    """Nudge a parameter on the minibatch of the last step, as it was before that step's update.

    Parameters
    ----------
    scene : Scene
    exact : Network
        Of the same description, in float64: float32 would drown the difference. Its parameters are
        overwritten.
    tensor : str
        A parameter (`conv1.W`) or its gradient (`conv1.dW`).
    index : tuple of int
    eps : float

    Raises
    ------
    InvalidValueError
        If there is no such parameter or element, or no step has been made.
    """
    if scene.update is None or not scene.learned.has_gradients:
        raise InvalidValueError("nudge: expected a run that has made a step, got one at step 0")
    layer, _, short = tensor.partition(".")
    parameter = f"{layer}.{short[1:]}" if short in OF_THE_NETWORK else tensor
    exact.theta[...] = scene.update.before
    values = exact.parameters().get(parameter)
    if values is None:
        known = ", ".join(exact.parameters())
        raise InvalidValueError(f"tensor: expected one of {known}, got {tensor!r}")
    index, before = element(parameter, values, index)
    using = exact.at(scene.learned.using.batch, "nudge")
    using.follow(scene.learned.using)
    above, below = before + eps, before - eps
    values[index] = above
    plus = using.evaluate()
    values[index] = below
    minus = using.evaluate()
    layer, _, short = parameter.partition(".")
    gradient = float(scene.network.gradients()[f"{layer}.d{short}"][index])
    quotient = (plus - minus) / (above - below)  # not 2 ε: both points have been rounded
    return compared(parameter, index, eps, (plus, minus, quotient), gradient)


def compared(
    tensor: str,
    index: tuple[int, ...],
    eps: float,
    found: tuple[float, float, float],
    gradient: float,
) -> Nudge:
    """Return what a nudge found, the losses above and below and their quotient, and the gradient.

    It says how well the quotient and the gradient agree.
    """
    return Nudge(tensor, index, eps, *found, gradient, _agreement(found[-1], gradient))


def _agreement(quotient: float, gradient: float) -> float:
    larger = max(abs(quotient), abs(gradient))
    if larger == 0:
        return 1.0
    share = 1 - abs(quotient - gradient) / larger
    return max(0.0, share) if math.isfinite(share) else 0.0
