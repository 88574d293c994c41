"""One gradient checker for everything: backward against central differences."""

from typing import NamedTuple

import numpy as np

from engine.errors import InvalidValueError
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.snapshot import Array


class Check(NamedTuple):
    """How well backward and central differences agree on one tensor.

    Attributes
    ----------
    name : str
        The tensor: `<layer>.W`, `<layer>.b`, or the first layer's `x`.
    error : float
        The greatest |backward − difference| over the tensor's greatest |backward|, or
        over 0.001 if that is less.
    index : tuple of int
        Where that is, in the usual order.
    backward, difference : float
        The two gradients there.
    """

    name: str
    error: float
    index: tuple[int, ...]  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    backward: float
    difference: float


def gradcheck(
    network: Network,
    x: Array,
    y: Array,
    *,
    step: float = 1e-5,
    dropout_seed: int | None = None,
) -> tuple[Check, ...]:
    """Compare each parameter's and each input's gradient with central differences.

    (L(v + step) − L(v − step)) / (2 · step) misses the true slope by about step²; where a ReLU
    bends or two numbers of a pool's window change places within `step`, it says nothing.

    Parameters
    ----------
    network : Network
        In float64: float32's rounding would drown the difference. Its parameters come back as they
        were.
    x : ndarray of shape (batch, …)
        Samples in the usual order.
    y : ndarray
        Targets; see `Loss.targets`.
    step : float
        Half the distance of the two points compared.
    dropout_seed : int, optional
        If given, dropout leaves out what it draws from this seed, the same at each evaluation.

    Returns
    -------
    tuple of Check
        One for each parameter tensor, and one for the input.

    Raises
    ------
    InvalidValueError
        If the network is not in float64.
    """
    if network.dtype != np.float64:
        raise InvalidValueError(f"gradcheck: expected a float64 network, got {network.dtype}")
    x = np.array(x, np.float64)
    using = Pass(network, len(x))

    def loss() -> float:
        training = dropout_seed is not None
        using.forward(x, training=training, rng=np.random.default_rng(dropout_seed))
        return using.loss(y)

    loss()
    using.backward(need_input_gradient=True)
    first = f"{network.layers[0].name}.x"
    gradients = {name[:-2] + name[-1]: one for name, one in network.gradients().items()}
    gradients[first] = using.tensors()[f"{network.layers[0].name}.dx"]
    places = {**network.parameters(), first: x}
    kept = {name: gradient.copy() for name, gradient in gradients.items()}
    checks = []
    for name, values in places.items():
        differences = np.empty(values.shape)
        for index in np.ndindex(values.shape):
            before = values[index]
            values[index] = before + step
            above = loss()
            values[index] = before - step
            differences[index] = (above - loss()) / (2 * step)
            values[index] = before
        checks.append(_compare(name, kept[name], differences))
    loss()
    using.backward(need_input_gradient=True)
    return tuple(checks)


def _compare(name: str, backward: Array, differences: Array) -> Check:
    errors = np.abs(backward - differences) / max(1e-3, float(np.abs(backward).max(initial=0.0)))
    # a NaN is the worst of all errors
    errors = np.where(np.isnan(errors), np.inf, errors)
    worst = tuple(int(i) for i in np.unravel_index(errors.argmax(), errors.shape))
    return Check(
        name,
        float(errors[worst]),
        worst,
        float(backward[worst]),
        float(differences[worst]),
    )
