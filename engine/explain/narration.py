"""What happens at a moment, in words with the engine's numbers, and its formula.

Each kind of layer has its words forward and backward in `WORDS`; the formulae are those of
`engine/nn`, where their sources stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.explain import tex
from engine.explain.optimizers import RULES, USES_GRADIENT
from engine.explain.scene import BATCH, Scene
from engine.nn.layer import ParameterPass
from engine.nn.shaping import Dropout
from engine.snapshot import Array

FEW = 4
"""How many samples of a minibatch are listed."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

OPTIMIZERS = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "rmsprop": "RMSprop",
    "adam": "Adam",
}
"""Each optimizer as people write it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Words and formula of a moment; see `Moment`."""

    caption: str
    formula: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)


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
        called = _short(self.name("x"))
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
        TeX of what it computes; `{x}`, `{dx}` and `{dout}` are the symbols of its input, its
        gradient, and the output's.
    """

    forward: Callable[[Told], str]
    forward_tex: str
    backward: Callable[[Told], str]
    backward_tex: str


class Teller:
    """Tells of the moments of one step.

    Parameters
    ----------
    scene : Scene
    step : int
    samples : ndarray of shape (batch,)
    """

    def __init__(self, scene: Scene, step: int, samples: Array) -> None:
        self.scene = scene
        self.step = step
        self.samples = samples

    def batch(self, _number: int, *_tensors: str) -> Telling:
        """Tell which samples are taken."""
        few = ", ".join(str(one) for one in self.samples[:FEW].tolist())
        more = ", …" if len(self.samples) > FEW else ""
        what = counted(len(self.samples), noun(self.scene))
        plural = "number" if len(self.samples) == 1 else "numbers"
        return Telling(
            f"Take minibatch {whole(self.step)}: {what} of the training set ({plural} {few}{more})."
        )

    def forward(self, number: int, *_tensors: str) -> Telling:
        """Tell what a layer makes of what comes in."""
        told = Told(self.scene, number)
        words = WORDS[told.layer.kind]
        x = told.input_symbol
        symbols = {told.out_name: told.name(told.out_name), x: told.name("x")}
        symbols |= {own: told.name(own) for own in told.own}
        formula = words.forward_tex.format(x=tex.symbol(x), slope=getattr(told.layer, "slope", ""))
        out = tex.symbol(told.out_name)
        return Telling(f"{told.layer.name}: {words.forward(told)}", f"{out}{formula}", symbols)

    def loss(self, _number: int, *_tensors: str) -> Telling:
        """Tell how wrong the network is on this minibatch."""
        using = self.scene.learned.using
        what, formula = LOSSES[self.scene.network.loss.kind]
        value = float(self.scene.learned.tensors["loss"])
        over = counted(using.batch, noun(self.scene))
        penalty = ""
        if self.scene.network.l2:
            penalty = f", and the penalty λ/2 · Σ W² with λ = {short(self.scene.network.l2)},"
            formula += r" + \frac{{\lambda}}{{2}} \sum W^2"
        formula = formula.format(n=using.batch, nk=using.target.size)
        symbols = {"L": "loss", "a": self._output(), "y": "target"}
        caption = f"loss: {what} over {over}{penalty} = {short(value)}."
        return Telling(caption, rf"L = {formula} = {tex.number(value)}", symbols)

    def loss_gradient(self, number: int, tensor: str) -> Telling:
        """Tell where the gradients begin."""
        using, kind = self.scene.learned.using, self.scene.network.loss.kind
        array = self.scene.learned.tensors[tensor]
        top, bottom = GRADIENTS[kind]
        below = bottom.format(n=using.batch, nk=using.target.size)
        name = _short(tensor)
        what = "score" if using.loss_pass.stands_in else "output"
        difference = top if "(" in top else f"({top})"
        caption = (
            f"{tensor}: how the loss changes with each {what}: {difference} / {below}, "
            f"from {short(array.min())} to {short(array.max())}."
        )
        shown = top.replace(" · ", r" \cdot ").replace("−", "-")
        formula = rf"{tex.symbol(name)} = \frac{{{shown}}}{{{below}}}"
        return Telling(caption, formula, {name: tensor, "a": self._output(), "y": "target"})

    def parameter_gradients(self, number: int, weights: str, biases: str) -> Telling:
        """Tell how a layer's parameters get their gradients."""
        told = Told(self.scene, number)
        gradients = self.scene.network.gradients()
        count, largest = gradients[weights].size, np.abs(gradients[weights]).max()
        decay = ", and its part of the penalty" if self.scene.network.l2 else ""
        caption = (
            f"{weights}: for each of {whole(count)} weights, gradient times input, added up over "
            f"{counted(told.batch, told.noun)}{decay}: at most {short(largest)}. {biases}: the "
            f"gradients alone, added up."
        )
        x = told.input_symbol
        penalty = r" + \lambda W" if self.scene.network.l2 else ""
        formula = (
            rf"\mathrm{{dW}} = \sum \mathrm{{dz}} \cdot {tex.symbol(x)}{penalty}, \quad "
            r"\mathrm{db} = \sum \mathrm{dz}"
        )
        symbols = {"dW": weights, "db": biases, "dz": told.name("dz"), x: told.name("x")}
        return Telling(caption, formula, symbols)

    def input_gradient(self, number: int, tensor: str) -> Telling:
        """Tell how a layer hands the gradient back to the one before it."""
        told = Told(self.scene, number)
        words = WORDS[told.layer.kind]
        dout = f"d{told.out_name}"
        dx = _short(tensor)
        if dx == dout:
            dx = "dx"
        x, out = told.input_symbol, told.out_name
        symbols = {dx: tensor, dout: told.name(dout), x: told.name("x"), out: told.name(out)}
        symbols |= {own: told.name(own) for own in told.own}
        formula = words.backward_tex.format(
            x=tex.symbol(x), dout=tex.symbol(dout), slope=getattr(told.layer, "slope", "")
        )
        return Telling(f"{tensor}: {words.backward(told)}", f"{tex.symbol(dx)}{formula}", symbols)

    def update(self, number: int, tensor: str) -> Telling:
        """Tell how far a parameter is moved."""
        update = self.scene.update
        assert update is not None
        before = self.scene.learned.parameters[tensor].astype(np.float64)
        after = self.scene.stage.parameters[tensor].astype(np.float64)
        by_hand = {index: one for (name, index), one in self.scene.edits.items() if name == tensor}
        for index, edit in by_hand.items():
            after[index] = edit.before  # as the update had left it
        moved = np.abs(after - before)
        part = _short(tensor)
        what = counted(before.size, *(("weight",) if part == "W" else ("bias", "biases")))
        kind = update.optimizer.kind
        caption = (
            f"{tensor}: {OPTIMIZERS[kind]} moves {what} by at most {short(moved.max())}, "
            f"at learning rate {short(update.learning_rate)}."
        )
        if by_hand:
            caption += f" Since then {whole(len(by_hand))} set by hand."
        rule = RULES[kind]
        old = rf"{part}_{{\mathrm{{before}}}}"
        symbols = {part: tensor, old: f"{BATCH}{tensor}"}
        symbols |= {memory: f"{tensor}.{memory}" for memory in rule.decays}
        if kind in USES_GRADIENT:
            symbols[f"d{part}"] = f"{Told(self.scene, number).layer.name}.d{part}"
        return Telling(caption, rf"{part} = {old} {rule.general.format(p=part)}", symbols)

    def _output(self) -> str:
        last = len(self.scene.network.layers) - 1
        scope = self.scene.learned
        return scope.name(last, scope.out_name(last)).removeprefix(BATCH)


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


def _short(tensor: str) -> str:
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
    "dense": Words(_dense, r" = W {x} + b", _dense_back, DENSE_DX),
    "conv2d": Words(
        _convolution, r" = \sum W \cdot {x} + b", _convolution_back, r" = \sum W \cdot {dout}"
    ),
    "linear": Words(
        lambda told: f"linear: all {whole(told.out.size)} numbers pass as they are.",
        " = {x}",
        lambda told: f"the slope is 1, so the gradient passes as it is: {_largest(told)}.",
        " = {dout}",
    ),
    "sigmoid": Words(
        lambda told: f"sigmoid squeezes each number between 0 and 1: {_from_to(told.out)}.",
        r" = \frac{{1}}{{1 + e^{{-{x}}}}}",
        _slope(SLOPED),
        r" = {dout} \cdot a (1 - a)",
    ),
    "tanh": Words(
        lambda told: f"tanh squeezes each number between −1 and 1: {_from_to(told.out)}.",
        r" = \tanh {x}",
        _slope(SLOPED),
        r" = {dout} \cdot (1 - a^2)",
    ),
    "relu": Words(
        _relu,
        r" = \max(0, {x})",
        _slope("the gradient passes where the number was above 0"),
        r" = {dout} \cdot [{x} > 0]",
    ),
    "leaky_relu": Words(
        _leaky,
        r" = \max({x}, {slope} \cdot {x})",
        _slope("the gradient passes above 0 and shrinks below"),
        r" = {dout} \cdot \begin{{cases}} 1 & {x} > 0 \\ {slope} & {x} \le 0 \end{{cases}}",
    ),
    "softmax": Words(
        _softmax,
        r"_k = \frac{{e^{{{x}_k}}}}{{\sum_j e^{{{x}_j}}}}",
        _slope("each score moves all shares"),
        r"_k = \sum_j {dout}_j \cdot a_k ([j = k] - a_j)",
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
    "flatten": Words(_flatten, " = {x}", _flatten_back, " = {dout}"),
    "dropout": Words(
        _dropout,
        r" = {x} \cdot \mathrm{{mask}}",
        _dropout_back,
        r" = {dout} \cdot \mathrm{{mask}}",
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
