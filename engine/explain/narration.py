"""What happens at each moment of a step, told with the engine's numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.explain import tex
from engine.explain.adding import dy_of, links_from
from engine.explain.numpy_lines import (
    backward_code,
    forward_code,
    loss_code,
    loss_gradient_code,
    parameter_gradient_code,
    update_code,
)
from engine.explain.optimizers import RULES, USES_GRADIENT
from engine.explain.scene import BATCH, Scene
from engine.explain.words import (
    GRADIENTS,
    LOSSES,
    WORDS,
    Told,
    counted,
    noun,
    short,
    symbol_of,
    whole,
)
from engine.nn.dense import Dense
from engine.snapshot import Array

FEW = 4
"""How many samples of a minibatch are listed."""

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
    """Words, formula and code of a moment; see `Moment`."""

    caption: str
    formula: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


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
        code = forward_code(told)
        caption = f"{told.layer.name}: {words.forward(told)}"
        return Telling(caption, f"{out}{formula}", symbols, code, symbols)

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
        code = f"L = {loss_code(self.scene)}"
        return Telling(caption, rf"L = {formula} = {tex.number(value)}", symbols, code, symbols)

    def loss_gradient(self, number: int, tensor: str) -> Telling:
        """Tell where the gradients begin."""
        using, kind = self.scene.learned.using, self.scene.network.loss.kind
        array = self.scene.learned.tensors[tensor]
        top, bottom = GRADIENTS[kind]
        below = bottom.format(n=using.batch, nk=using.target.size)
        name = symbol_of(tensor)
        what = "score" if using.loss_pass.stands_in else "output"
        difference = top if "(" in top else f"({top})"
        caption = (
            f"{tensor}: how the loss changes with each {what}: {difference} / {below}, "
            f"from {short(array.min())} to {short(array.max())}."
        )
        shown = top.replace(" · ", r" \cdot ").replace("−", "-")
        formula = rf"{tex.symbol(name)} = \frac{{{shown}}}{{{below}}}"
        symbols = {name: tensor, "a": self._output(), "y": "target"}
        return Telling(caption, formula, symbols, f"{name} = {loss_gradient_code(kind)}", symbols)

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
        code = "\n".join(parameter_gradient_code(told, x)) if told.layer.kind == Dense.kind else ""
        return Telling(caption, formula, symbols, code, symbols | {"W": told.name("W")})

    def input_gradient(self, number: int, tensor: str) -> Telling:
        """Tell how a layer hands the gradient back to the one before it."""
        told = Told(self.scene, number)
        words = WORDS[told.layer.kind]
        dout = f"d{told.out_name}"
        dx = symbol_of(tensor)
        if dx == dout:
            dx = "dx"
        x, out = told.input_symbol, told.out_name
        symbols = {dx: tensor, dout: told.name(dout), x: told.name("x"), out: told.name(out)}
        symbols |= {own: told.name(own) for own in told.own}
        formula = words.backward_tex.format(
            x=tex.symbol(x), a="a", dout=tex.symbol(dout), slope=getattr(told.layer, "slope", "")
        )
        code = backward_code(told, dx)
        caption = f"{tensor}: {words.backward(told)}"
        for end in links_from(self.scene.learned, number):
            link = self.scene.network.layers[end]
            caption += f" In it is {link.name}.dy, which came past the block by the residual link."
            formula += f" + {dy_of(link)}"
            symbols[dy_of(link)] = f"{link.name}.dy"
            code = ""  # the link's dy has no name of its own in a line of code
        return Telling(caption, f"{tex.symbol(dx)}{formula}", symbols, code, symbols)

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
        part = symbol_of(tensor)
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
        code = f"{part} = {part}_before {update_code(kind, part)}"
        names = {**symbols, f"{part}_before": f"{BATCH}{tensor}"}
        formula = rf"{part} = {old} {rule.general.format(p=part)}"
        return Telling(caption, formula, symbols, code, names)

    def _output(self) -> str:
        last = len(self.scene.network.layers) - 1
        scope = self.scene.learned
        return scope.name(last, scope.out_name(last)).removeprefix(BATCH)
