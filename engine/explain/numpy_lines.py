"""What the layers, the losses and the optimizers do, as lines of NumPy over a whole minibatch.

Tensors have their short names, and the sample as their first axis: `z = x @ W.T + b`. Tests run the
lines and compare what comes of them with what the engine has computed.
"""

from engine.explain.optimizers import RULES
from engine.explain.scene import Scene
from engine.explain.words import GRADIENT_CODE, LOSS_CODE, WORDS, Told


def forward_code(told: Told, x: str = "") -> str:
    """Return what a layer does to its input, `z = x @ W.T + b`; empty where it takes many lines.

    Parameters
    ----------
    told : Told
    x : str
        What its input is called; by default as in a moment's formula.
    """
    code = WORDS[told.layer.kind].forward_code
    written = code.format(x=x or told.input_symbol, slope=_slope(told))
    return f"{told.out_name} = {written}" if code else ""


def backward_code(told: Told, dx: str) -> str:
    """Return how a layer hands the gradient back, `dx = dz @ W`; empty where it takes many lines.

    Parameters
    ----------
    told : Told
    dx : str
        What its input's gradient is called.
    """
    code = WORDS[told.layer.kind].backward_code
    out = told.out_name
    written = code.format(x=told.input_symbol, a=out, dout=f"d{out}", slope=_slope(told))
    return f"{dx} = {written}" if code else ""


def parameter_gradient_code(told: Told, x: str) -> tuple[str, str]:
    """Return the gradients of a dense layer's weights and biases, its input being called `x`."""
    l2 = told.scene.network.l2
    decay = f" + {l2:g} * W" if l2 else ""
    return f"dW = dz.T @ {x}{decay}", "db = dz.sum(axis=0)"


def loss_code(scene: Scene) -> str:
    """Return the loss of the outputs `a`, which should be `y`; the penalty of weights included."""
    l2 = scene.network.l2
    penalty = f" + {l2:g} / 2 * sum((W**2).sum() for W in weights)" if l2 else ""
    return f"{LOSS_CODE[scene.network.loss.kind]}{penalty}"


def loss_gradient_code(kind: str, place: str = "") -> str:
    """Return the gradient with which the way back begins, whole or at one `place`: `[0, 1]`."""
    top, below = GRADIENT_CODE[kind]
    written = top.format(a=f"a{place}", y=f"y{place}")
    return f"{written if written[0].isdigit() else f'({written})'} / {below}"


def update_code(kind: str, part: str, place: str = "") -> str:
    """Return what an optimizer adds to a parameter: `- eta * dW`."""
    remembered = {short: f"{short}{place}" for short in RULES[kind].decays}
    return RULES[kind].code.format(g=f"d{part}{place}", **remembered)


def _slope(told: Told) -> str:
    return str(getattr(told.layer, "slope", ""))
