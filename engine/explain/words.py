"""What each kind of layer and loss does, in words with the engine's numbers, and its formula.

The formulae are those of `engine/nn`, where their sources stand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.explain.scene import BATCH, Scene
from engine.nn.layer import ParameterPass
from engine.nn.shaping import Dropout
from engine.snapshot import Array

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Told:
    """A layer of the minibatch's pass, of which is told.

    Attributes
    ----------
    scene : Scene
    number : int
        Of the layer.
    """

    scene: Scene
    number: int

    @property
    def layer(self) -> Any:
        """The layer; of the class that its words are for."""
        return self.scene.network.layers[self.number]

    @property
    def batch(self) -> int:
        """Samples."""
        return self.scene.learned.using.batch

    @property
    def noun(self) -> str:
        """What a sample is called."""
        return noun(self.scene)

    def array(self, short: str) -> Array:
        """Return a tensor of the layer."""
        return self.scene.learned.array(self.number, short)

    @property
    def out(self) -> Array:
        """What the layer hands on, of shape (batch, …)."""
        return self.array(self.out_name)

    @property
    def out_name(self) -> str:
        """Its short name."""
        return self.scene.learned.out_name(self.number)

    @property
    def dx(self) -> Array:
        """The gradient of what comes in, of shape (batch, …)."""
        return self.array("dx")

    @property
    def own(self) -> tuple[str, ...]:
        """The short names of its parameters, and of a dropout's mask."""
        if isinstance(self.scene.learned.using.layers[self.number], ParameterPass):
            return ("W", "b")
        return ("mask",) if isinstance(self.layer, Dropout) else ()

    @property
    def input_symbol(self) -> str:
        """What its input is called in a formula: not as its output, which may be an `a` as well."""
        called = symbol_of(self.name("x"))
        return "x" if called == self.out_name else called

    def name(self, short: str) -> str:
        """Return what a tensor of the layer is called on the stage."""
        return self.scene.learned.name(self.number, short).removeprefix(BATCH)


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of layer does.

    Attributes
    ----------
    forward, backward : callable of Told -> str
        What it does to what comes in, and to the gradient of what it hands on; the layer's name, or
        the gradient's, and a colon come before.
    forward_tex, backward_tex : str
        TeX of what it computes; `{x}`, `{a}` and `{dout}` are the symbols of its input, its output
        and the output's gradient.
    forward_code, backward_code : str
        The same as NumPy; empty where that is more than a line.
    """

    forward: Callable[[Told], str]
    forward_tex: str
    backward: Callable[[Told], str]
    backward_tex: str
    forward_code: str = ""
    backward_code: str = ""


def noun(scene: Scene) -> str:
    """Return what a sample of the training set is called."""
    return "image" if len(scene.network.input_shape) == 3 else "sample"


def whole(count: int) -> str:
    """Return a count as people write it: 16,384."""
    return f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count and what is counted."""
    return f"{whole(count)} {one if count == 1 else many or one + 's'}"


def short(value: float) -> str:
    """Return a number with three digits, as people write it: −0.0312, 1.2·10⁻⁷."""
    if not np.isfinite(value):
        return {True: "∞", False: "−∞"}[value > 0] if np.isinf(value) else "NaN"
    digits, _, power = f"{value:.3g}".partition("e")
    digits = digits.replace("-", "−")
    return f"{digits}·10{str(int(power)).translate(SUPERSCRIPTS)}" if power else digits


def symbol_of(tensor: str) -> str:
    """Return the symbol of a tensor: `z` of `conv1.z`."""
    return tensor.rpartition(".")[2]


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _sums(told: Told) -> str:
    size = told.out.size
    return f"{_times(told.out.shape)} = {whole(size)}"


def _convolution(told: Told) -> str:
    layer = told.layer
    each = layer.channels * layer.size**2
    filters = "the one filter" if layer.filters == 1 else f"each of {layer.filters} filters"
    return (
        f"{filters} slides over each {told.noun}: {_sums(told)} weighted sums, "
        f"of {counted(each, 'product')} and a bias each."
    )


def _dense(told: Told) -> str:
    layer = told.layer
    units = "the one unit" if layer.units == 1 else f"each of {layer.units} units"
    return (
        f"{units} weighs all {whole(layer.input_shape[0])} numbers of each {told.noun}: "
        f"{_sums(told)} weighted sums."
    )


def _from_to(array: Array) -> str:
    return f"from {short(array.min())} to {short(array.max())}"


def _open(told: Told) -> tuple[str, str]:
    z = told.array("x")
    return whole(int((z > 0).sum())), whole(z.size)


def _relu(told: Told) -> str:
    kept, all_of_them = _open(told)
    return f"ReLU keeps the {kept} of {all_of_them} numbers that are above 0; the others become 0."


def _leaky(told: Told) -> str:
    z = told.array("x")
    below = whole(int((z < 0).sum()))
    return f"{below} of {whole(z.size)} numbers are below 0: times {told.layer.slope:g}."


def _softmax(told: Told) -> str:
    become = f"each {told.noun}'s {told.layer.input_shape[0]} scores become shares that add up to 1"
    labels = told.scene.learned.using.labels
    if labels is None or told.layer is not told.scene.network.layers[-1]:
        return f"{become}; the greatest is {short(told.out.max())}."
    true = float(told.out[np.arange(len(labels)), labels].mean())
    return f"{become}; the true class gets {short(true)} on average."


def _pool(which: str) -> Callable[[Told], str]:
    def tell(told: Told) -> str:
        layer = told.layer
        return (
            f"{which} of each {layer.size}×{layer.size} window, {layer.stride} apart: "
            f"{_times(layer.input_shape[1:])} become {_times(layer.output_shape[1:])}, "
            f"{whole(told.out.size)} numbers in all."
        )

    return tell


def _flatten(told: Told) -> str:
    layer = told.layer
    return (
        f"the {_times(layer.input_shape)} numbers of each {told.noun} in one row of "
        f"{layer.output_shape[0]}."
    )


def _add(told: Told) -> str:
    start = told.scene.learned.name(told.number - told.layer.over, "x").removeprefix(BATCH)
    return (
        f"what went in, {start}, is added to what the last {counted(told.layer.over, 'layer')} "
        f"made of it: {whole(told.out.size)} sums."
    )


def _dropout(told: Told) -> str:
    mask = told.array("mask")
    lost = int((mask == 0).sum())
    if not lost:
        return f"nothing is left out: all {whole(mask.size)} numbers pass as they are."
    return (
        f"leaves {whole(lost)} of {whole(mask.size)} numbers out; the others are multiplied by "
        f"{short(mask.max())}, so that the sums keep their size."
    )


def _not_zero(told: Told) -> str:
    gradient = told.dx
    return f"{whole(int((gradient != 0).sum()))} of {whole(gradient.size)} are not 0"


def _largest(told: Told) -> str:
    return f"at most {short(np.abs(told.dx).max())}"


def _dense_back(told: Told) -> str:
    return (
        f"the gradient goes back through the same {whole(told.array('W').size)} weights, the other "
        f"way: {_largest(told)}."
    )


def _convolution_back(told: Told) -> str:
    layer = told.layer
    return (
        f"each number went into the sums of up to {layer.filters * layer.size**2} windows; their "
        f"gradients come back times the same weights: {_largest(told)}."
    )


def _slope(words: str) -> Callable[[Told], str]:
    return lambda told: f"{words}: {_not_zero(told)}, {_largest(told)}."


def _max_back(told: Told) -> str:
    return f"only the number that won its window gets the gradient: {_not_zero(told)}."


def _mean_back(told: Told) -> str:
    return f"each window's gradient is shared out among its numbers equally: {_largest(told)}."


def _flatten_back(told: Told) -> str:
    return f"the same gradients, put back in {_times(told.layer.input_shape)}."


def _dropout_back(told: Told) -> str:
    if told.array("mask").all():
        return f"nothing was left out, so the gradient passes as it is: {_largest(told)}."
    return f"what was left out gets no gradient: {_not_zero(told)}."


DENSE_DX = r" = W^\top {dout}"
SLOPED = "times the slope of the curve at each number"

WORDS: dict[str, Words] = {
    "dense": Words(_dense, r" = W {x} + b", _dense_back, DENSE_DX, "{x} @ W.T + b", "{dout} @ W"),
    "conv2d": Words(
        _convolution, r" = \sum W \cdot {x} + b", _convolution_back, r" = \sum W \cdot {dout}"
    ),
    "linear": Words(
        lambda told: f"linear: all {whole(told.out.size)} numbers pass as they are.",
        " = {x}",
        lambda told: f"the slope is 1, so the gradient passes as it is: {_largest(told)}.",
        " = {dout}",
        "{x}",
        "{dout}",
    ),
    "sigmoid": Words(
        lambda told: f"sigmoid squeezes each number between 0 and 1: {_from_to(told.out)}.",
        r" = \frac{{1}}{{1 + e^{{-{x}}}}}",
        _slope(SLOPED),
        r" = {dout} \cdot {a} (1 - {a})",
        "1 / (1 + np.exp(-{x}))",
        "{dout} * {a} * (1 - {a})",
    ),
    "tanh": Words(
        lambda told: f"tanh squeezes each number between −1 and 1: {_from_to(told.out)}.",
        r" = \tanh {x}",
        _slope(SLOPED),
        r" = {dout} \cdot (1 - {a}^2)",
        "np.tanh({x})",
        "{dout} * (1 - {a}**2)",
    ),
    "relu": Words(
        _relu,
        r" = \max(0, {x})",
        _slope("the gradient passes where the number was above 0"),
        r" = {dout} \cdot [{x} > 0]",
        "np.maximum({x}, 0)",
        "{dout} * ({x} > 0)",
    ),
    "leaky_relu": Words(
        _leaky,
        r" = \max({x}, {slope} \cdot {x})",
        _slope("the gradient passes above 0 and shrinks below"),
        r" = {dout} \cdot \begin{{cases}} 1 & {x} > 0 \\ {slope} & {x} \le 0 \end{{cases}}",
        "np.where({x} > 0, {x}, {slope} * {x})",
        "np.where({x} > 0, {dout}, {slope} * {dout})",
    ),
    "softmax": Words(
        _softmax,
        r"_k = \frac{{e^{{{x}_k}}}}{{\sum_j e^{{{x}_j}}}}",
        _slope("each score moves all shares"),
        r"_k = \sum_j {dout}_j \cdot {a}_k ([j = k] - {a}_j)",
        "np.exp({x}) / np.exp({x}).sum(axis=1, keepdims=True)",
        "{a} * ({dout} - ({dout} * {a}).sum(axis=1, keepdims=True))",
    ),
    "max_pool2d": Words(
        _pool("the greatest number"), r" = \max {x}", _max_back, r" = \sum {dout} \cdot [{x} = y]"
    ),
    "avg_pool2d": Words(
        _pool("the mean"),
        r" = \mathrm{{mean}}\, {x}",
        _mean_back,
        r" = \sum \frac{{{dout}}}{{\mathrm{{cells}}}}",
    ),
    "flatten": Words(
        _flatten, " = {x}", _flatten_back, " = {dout}", "{x}.reshape(len({x}), -1)", ""
    ),
    "add": Words(
        _add,
        r" = {x} + s",
        lambda told: f"a sum hands its gradient on to both as it is: {_largest(told)}.",
        " = {dout}",
        backward_code="{dout}",
    ),
    "dropout": Words(
        _dropout,
        r" = {x} \cdot \mathrm{{mask}}",
        _dropout_back,
        r" = {dout} \cdot \mathrm{{mask}}",
        "{x} * mask",
        "{dout} * mask",
    ),
}
"""Each kind of layer's words."""

LOSSES = {
    "categorical_cross_entropy": (
        "the mean of −ln(share of the true class)",
        r"-\frac{{1}}{{{n}}} \sum y \ln a",
    ),
    "binary_cross_entropy": (
        "the mean of −ln(share of the truth)",
        r"-\frac{{1}}{{{nk}}} \sum (y \ln a + (1 - y) \ln(1 - a))",
    ),
    "mean_squared_error": (
        "the mean of the squared errors",
        r"\frac{{1}}{{{nk}}} \sum (a - y)^2",
    ),
    "half_mean_squared_error": (
        "half the mean of each sample's summed squared errors",
        r"\frac{{1}}{{2 \cdot {n}}} \sum (a - y)^2",
    ),
}
"""Each loss in words and TeX; `{n}` is the batch's size, `{nk}` that times the outputs."""

GRADIENTS = {
    "categorical_cross_entropy": ("a − y", "{n}"),
    "binary_cross_entropy": ("a − y", "{nk}"),
    "mean_squared_error": ("2 · (a − y)", "{nk}"),
    "half_mean_squared_error": ("a − y", "{n}"),
}
"""What each loss's gradient divides by what."""

LOSS_CODE = {
    "categorical_cross_entropy": "-(y * np.log(a)).sum() / len(a)",
    "binary_cross_entropy": "-(y * np.log(a) + (1 - y) * np.log(1 - a)).mean()",
    "mean_squared_error": "((a - y) ** 2).mean()",
    "half_mean_squared_error": "((a - y) ** 2).sum() / (2 * len(a))",
}
"""Each loss as NumPy; `y` is one-hot for classes."""

GRADIENT_CODE = {
    "categorical_cross_entropy": ("{a} - {y}", "len(a)"),
    "binary_cross_entropy": ("{a} - {y}", "a.size"),
    "mean_squared_error": ("2 * ({a} - {y})", "a.size"),
    "half_mean_squared_error": ("{a} - {y}", "len(a)"),
}
"""What each loss's gradient divides by what, as NumPy."""
