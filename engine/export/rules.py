"""How each loss and each optimizer is written down, in NumPy and in PyTorch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.export.textbook import losses, optimizers
from engine.nn.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    HalfMeanSquaredError,
    MeanSquaredError,
)
from engine.nn.optimizers import make_optimizer


@dataclass(frozen=True)
class LossWords:
    """How one loss is written.

    Attributes
    ----------
    stands_in : bool
        Whether it is computed from the last activation's input, and goes backward through it.
    value, gradient : callable
        The textbook functions.
    torch : str
        The PyTorch expression of `out` and `y`.
    """

    stands_in: bool
    value: Callable[..., Any]
    gradient: Callable[..., Any]
    torch: str


LOSS_WORDS: dict[str, LossWords] = {
    MeanSquaredError.kind: LossWords(
        False, losses.mean_squared_error, losses.mean_squared_error_backward, "F.mse_loss(out, y)"
    ),
    HalfMeanSquaredError.kind: LossWords(
        False,
        losses.half_mean_squared_error,
        losses.half_mean_squared_error_backward,
        '0.5 * F.mse_loss(out, y, reduction="sum") / len(y)',
    ),
    BinaryCrossEntropy.kind: LossWords(
        True,
        losses.binary_cross_entropy,
        losses.binary_cross_entropy_backward,
        "F.binary_cross_entropy_with_logits(out, y)",
    ),
    CategoricalCrossEntropy.kind: LossWords(
        True,
        losses.categorical_cross_entropy,
        losses.categorical_cross_entropy_backward,
        "F.cross_entropy(out, y)",
    ),
}
"""Each loss by its kind."""


@dataclass(frozen=True)
class OptimizerWords:
    """How one optimizer is written.

    Attributes
    ----------
    function : callable
        The textbook function.
    torch : str
        PyTorch's optimizer; `{parameters}`, `{rate}` and the constants by name are filled in.
    """

    function: Callable[..., Any]
    torch: str

    @property
    def kind(self) -> str:
        """The optimizer's name, which is the function's."""
        return self.function.__name__

    @property
    def constants(self) -> dict[str, float]:
        """What the engine computes with beside η, as short as the numbers can be written."""
        used = make_optimizer(self.kind, np.zeros(1, np.float32), learning_rate=0.0).constants()
        return {name: _short(value) for name, value in used.items() if name != "t"}

    def numpy_call(self, rate: str) -> str:
        """Return the call that moves `p`."""
        options = "".join(f", {name}={value!r}" for name, value in self.constants.items())
        return f"{self.kind}(p, gradients, memory, {rate}{options})"

    def torch_call(self, rate: str) -> str:
        """Return the expression of PyTorch's optimizer."""
        return self.torch.format(parameters="net.parameters()", rate=rate, **self.constants)


def _short(value: float) -> float:
    """Return 0.9 for the float32 next to it: in float32 both are the same."""
    return float(str(np.float32(value))) if np.float32(value) == value else value


OPTIMIZER_WORDS: dict[str, OptimizerWords] = {
    words.kind: words
    for words in (
        OptimizerWords(optimizers.sgd, "torch.optim.SGD({parameters}, lr={rate})"),
        OptimizerWords(
            optimizers.momentum, "torch.optim.SGD({parameters}, lr={rate}, momentum={momentum})"
        ),
        OptimizerWords(
            optimizers.nesterov,
            "torch.optim.SGD({parameters}, lr={rate}, momentum={momentum}, nesterov=True)",
        ),
        OptimizerWords(
            optimizers.rmsprop,
            "torch.optim.RMSprop({parameters}, lr={rate}, alpha={decay}, eps={epsilon})",
        ),
        OptimizerWords(
            optimizers.adam,
            "torch.optim.Adam({parameters}, lr={rate}, betas=({beta1}, {beta2}), eps={epsilon})",
        ),
    )
}
"""Each optimizer by its name.

PyTorch's own are the same rules as the engine's, given these options: its momentum has η outside
v and starts with v = g, its RMSprop and Adam add ε outside the root, its Adam corrects both means.
"""
