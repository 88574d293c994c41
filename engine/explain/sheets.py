"""A layer's sheet: what it computes as matrices, as mathematics and as NumPy, neuron by neuron.

A dense layer and the activation behind it, in one direction: forward (z = W x + b, a = f(z)),
backward (dz = da f'(z), dW = dz xᵀ, db = dz, dx = Wᵀ dz), or the update. For each line there is the
whole and, for each neuron that it makes a number of, that neuron's part. In formulae a sample's
numbers stand below each other, as in books; in NumPy samples stand below each other, so that there
W is turned where it is not in books, and the other way round.

Source: Goodfellow, Bengio, Courville, *Deep learning*, 2016, section 6.5.6.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from engine.explain.numpy_lines import (
    forward_code,
    loss_gradient_code,
    parameter_gradient_code,
    update_code,
)
from engine.explain.optimizers import RULES
from engine.explain.scene import Scene
from engine.explain.sheet import Direction, Line, Operand, Row, Sheet
from engine.explain.tex import Formula, symbol
from engine.explain.words import GRADIENTS, WORDS, Told
from engine.nn.activations import ActivationPass, Softmax

FEW = 4
"""Inputs, or units, up to which a neuron's sum is written out."""

CALLED = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "softmax": "softmax",
}
"""Each activation as people write it."""

DA, DB, DW, DX, DZ = (rf"\mathrm{{{name}}}" for name in ("da", "db", "dW", "dx", "dz"))


def sheet(
    scene: Scene,
    layer: str,
    direction: Direction,
    *,
    called: Callable[[str], str] = lambda name: name,
) -> Sheet:
    """Return the sheet of the dense layer `layer`.

    Parameters
    ----------
    scene : Scene
        Its `learned` pass is told of; forward and backward of one sample, or of a minibatch.
    layer : str
    direction : str
        `forward`, `backward` or `update`.
    called : callable of str -> str
        What a tensor is called on the page.
    """
    number = [one.name for one in scene.network.layers].index(layer)
    teller = _Lines(scene, number, called)
    if direction == "update" and scene.update is None:
        return Sheet(layer, direction, (), "No step has been made yet: there is no update.")
    return Sheet(layer, direction, tuple(getattr(teller, direction)()))


class _Lines:
    """The lines of one dense layer and its activation."""

    def __init__(self, scene: Scene, number: int, called: Callable[[str], str]) -> None:
        self.scene = scene
        self.number = number
        self.called = called
        self.dense = Told(scene, number)
        passes = scene.learned.using.layers
        after = passes[number + 1 : number + 2]
        follows = bool(after) and isinstance(after[0], ActivationPass)
        self.act = Told(scene, number + 1) if follows else None
        self.units, self.inputs = self.dense.layer.units, self.dense.layer.input_shape[0]
        # of one sample the code may say which: of a minibatch it takes all
        self.at = "0" if self.dense.batch == 1 else ":"
        named = {short: self.dense.name(short) for short in ("x", "dx", "W", "b", "z", "dz")}
        named |= {short: f"{self.dense.layer.name}.{short}" for short in ("dW", "db")}
        if self.act:
            named |= {"a": self.act.name("a"), "da": self.act.name("da")}
        self.named = {short: called(name) for short, name in named.items()}

    def forward(self) -> Iterator[Line]:
        """Yield z, and a."""
        yield self._line(
            "z",
            "z = W x + b",
            forward_code(self.dense, "x"),
            [("=", "W", False), ("·", "x", False), ("+", "b", False)],
            [
                (
                    f"z_{{{u}}} = {self._sum(u, 'W', 'x', self.inputs)} + b_{{{u}}}",
                    f"z[{self.at}, {u}] = x[{self.at}] @ W[{u}] + b[{u}]".replace("x[:]", "x"),
                )
                for u in range(self.units)
            ],
        )
        if self.act:
            yield self._activation(self.act)

    def _activation(self, act: Told) -> Line:
        kind = act.layer.kind
        words = WORDS[kind]
        slope = getattr(act.layer, "slope", "")
        whole = f"a{words.forward_tex.format(x='z', slope=slope)}"
        if kind == Softmax.kind:
            formulas = [
                rf"a_{{{u}}} = \frac{{e^{{z_{{{u}}}}}}}{{\sum_j e^{{z_j}}}}"
                for u in range(self.units)
            ]
            codes = [
                f"a[0, {u}] = np.exp(z[0, {u}]) / np.exp(z[0]).sum()"
                if self.at == "0"
                else f"a[:, {u}] = np.exp(z[:, {u}]) / np.exp(z).sum(axis=1)"
                for u in range(self.units)
            ]
        else:
            formulas = [
                f"a_{{{u}}}{words.forward_tex.format(x=f'z_{{{u}}}', slope=slope)}"
                for u in range(self.units)
            ]
            codes = [
                f"a{self._place(u)} = "
                f"{words.forward_code.format(x=f'z{self._place(u)}', slope=slope)}"
                for u in range(self.units)
            ]
        sign = f"= {CALLED[kind]} of" if kind in CALLED else "="
        return self._line(
            "a",
            whole,
            forward_code(act, "z"),
            [(sign, "z", False)],
            zip(formulas, codes, strict=True),
        )

    def backward(self) -> Iterator[Line]:
        """Yield da where the loss makes it, dz, dW, db, and dx."""
        loss = self.scene.learned.using.loss_pass
        last = len(self.scene.network.layers) - 1
        ends = self.number + (1 if self.act else 0) == last
        if ends and (loss.stands_in or not self.act):
            yield self._loss_gradient("dz")
        elif self.act:
            if ends:
                yield self._loss_gradient("da")
            yield self._slope(self.act)
        yield from self._parameter_gradients()
        if self.number > 0:
            yield self._input_gradient()

    def _loss_gradient(self, short: str) -> Line:
        using, kind = self.scene.learned.using, self.scene.network.loss.kind
        top, bottom = GRADIENTS[kind]
        below = bottom.format(n=using.batch, nk=using.target.size)
        made = symbol(short)
        output = "a" if self.act else "z"
        shown = top.replace(" · ", r" \cdot ").replace("−", "-").replace("a", output)

        def over(formula: str) -> str:
            return formula if below == "1" else rf"\frac{{{formula}}}{{{below}}}"

        def own(u: int) -> str:
            return shown.replace(output, f"{output}_{{{u}}}").replace("y", f"y_{{{u}}}")

        def code(place: str) -> str:
            written = loss_gradient_code(kind, place)
            return f"{short}{place} = {written.replace('a[', f'{output}[') if place else written}"

        line = self._line(
            short,
            f"{made} = {over(shown)}",
            code(""),
            [("=", output, False), ("−", "y", False)],
            [(f"{made}_{{{u}}} = {over(own(u))}", code(self._place(u))) for u in range(self.units)],
            more={"y": self.called("target")},
        )
        factor = "2 · " if "2" in top else ""
        if below == "1" and not factor:
            return line
        mean = f": the loss is a mean over {below}" if below != "1" else ""
        return replace(line, note=f"Each difference is multiplied by {factor}1/{below}{mean}.")

    def _slope(self, act: Told) -> Line:
        kind = act.layer.kind
        words = WORDS[kind]
        slope = getattr(act.layer, "slope", "")

        def written(template: str, da: str, z: str, a: str) -> str:
            return template.format(dout=da, x=z, a=a, slope=slope)

        whole = f"{DZ}{written(words.backward_tex, DA, 'z', 'a')}"
        if kind == Softmax.kind:
            formulas = [
                rf"{DZ}_{{{u}}} = \sum_j {DA}_j \cdot a_{{{u}}} ([j = {u}] - a_j)"
                for u in range(self.units)
            ]
            codes = [
                f"dz[0, {u}] = a[0, {u}] * (da[0, {u}] - (da[0] * a[0]).sum())"
                if self.at == "0"
                else f"dz[:, {u}] = a[:, {u}] * (da[:, {u}] - (da * a).sum(axis=1))"
                for u in range(self.units)
            ]
        else:
            below = [(f"{DA}_{{{u}}}", f"z_{{{u}}}", f"a_{{{u}}}") for u in range(self.units)]
            formulas = [
                f"{DZ}_{{{u}}}{written(words.backward_tex, *below[u])}" for u in range(self.units)
            ]
            codes = [
                f"dz{p} = {written(words.backward_code, f'da{p}', f'z{p}', f'a{p}')}"
                for p in map(self._place, range(self.units))
            ]
        of = "z" if "z" in written(words.backward_code, "", "z", "") else "a"
        operands = [("=", "da", False)]
        if kind != "linear":
            operands.append(("· slope, from", of, False))
        code = f"dz = {written(words.backward_code, 'da', 'z', 'a')}"
        return self._line("dz", whole, code, operands, zip(formulas, codes, strict=True))

    def _parameter_gradients(self) -> Iterator[Line]:
        weights, biases = parameter_gradient_code(self.dense, "x")
        l2 = self.scene.network.l2
        one = self.at == "0"
        penalty = r" + \lambda W" if l2 else ""
        end = f" + {l2:g} * W[{{u}}]" if l2 else ""
        whole = rf"{DW} = {DZ} \cdot x^\top" if one else rf"{DW} = \sum {DZ} \cdot x^\top"
        each = "" if one else r"\sum "
        extra = [("+ λ ·", "W", False)] if l2 else []
        yield self._line(
            "dW",
            f"{whole}{penalty}",
            weights,
            [(self._added, "dz", False), ("·", "x", True), *extra],
            [
                (
                    rf"{DW}_{{{u},i}} = {each}{DZ}_{{{u}}} \cdot x_i"
                    + (rf" + \lambda W_{{{u},i}}" if l2 else ""),
                    (f"dW[{u}] = dz[0, {u}] * x[0]" if one else f"dW[{u}] = dz[:, {u}] @ x")
                    + end.format(u=u),
                )
                for u in range(self.units)
            ],
        )
        yield self._line(
            "db",
            f"{DB} = {each}{DZ}",
            biases,
            [(self._added, "dz", False)],
            [
                (
                    f"{DB}_{{{u}}} = {each}{DZ}_{{{u}}}",
                    f"db[{u}] = dz[0, {u}]" if one else f"db[{u}] = dz[:, {u}].sum()",
                )
                for u in range(self.units)
            ],
        )

    @property
    def _added(self) -> str:
        """What stands before what is added up over the samples."""
        batch = self.dense.batch
        return "=" if batch == 1 else f"= Σ over {batch}:"

    def _input_gradient(self) -> Line:
        line = self._line(
            "dx",
            rf"{DX} = W^\top \cdot {DZ}",
            "dx = dz @ W",
            [("=", "W", True), ("·", "dz", False)],
            [
                (
                    f"{DX}_{{{i}}} = {self._sum(i, 'W', DZ, self.units, turned=True)}",
                    f"dx[{self.at}, {i}] = dz[{self.at}] @ W[:, {i}]".replace("dz[:]", "dz"),
                )
                for i in range(self.inputs)
            ],
        )
        return replace(
            line,
            by="input",
            note="Row i of Wᵀ is column i of W: the same weights, read the other way.",
        )

    def update(self) -> Iterator[Line]:
        """Yield what the last step added to the weights and to the biases."""
        update = self.scene.update
        assert update is not None
        kind, layer = update.optimizer.kind, self.dense.layer.name
        rule = RULES[kind]
        for part in ("W", "b"):
            tensor = self.called(f"{layer}.{part}")
            gradient = self.called(f"{layer}.d{part}")
            names = {memory: self.called(f"{layer}.{part}.{memory}") for memory in rule.decays}
            written = update_code(kind, part)
            step = rf"{{\Delta {part}}}"
            symbols = {part: tensor, f"d{part}": gradient, step: f"{tensor}.update"} | names
            uses = [("= −η ·", f"d{part}", False)] if f"d{part}" in written else []
            below = ",i" if part == "W" else ""

            def at(u: int, below: str = below) -> str:
                return f"_{{{u}{below}}}"

            yield Line(
                tensor=f"{tensor}.update",
                head=_occurring(step, symbols),
                formula=_occurring(rf"{step} = {rule.general.format(p=part)}", symbols),
                code=f"{part}_update = {written}",
                names={**symbols, f"{part}_update": f"{tensor}.update"},
                operands=self._operands(uses, symbols),
                rows=tuple(
                    Row(
                        _occurring(
                            rf"{step}{at(u)} = {_below(rule.general.format(p=part), at(u))}",
                            symbols,
                        ),
                        f"{part}_update[{u}] = {update_code(kind, part, f'[{u}]')}",
                    )
                    for u in range(self.units)
                ),
                note=f"The learning rate η is {update.learning_rate:g}.",
            )

    def _line(
        self,
        short: str,
        formula: str,
        code: str,
        operands: list[tuple[str, str, bool]],
        rows: Iterable[tuple[str, str]],
        *,
        more: Mapping[str, str] | None = None,
    ) -> Line:
        names = {**self.named, **(more or {})}
        return Line(
            tensor=names[short],
            head=_head(short, names),
            formula=_occurring(formula, names),
            code=code,
            names=names,
            operands=self._operands(operands, names),
            rows=tuple(Row(_occurring(one, names), line) for one, line in rows),
        )

    def _operands(
        self, operands: list[tuple[str, str, bool]], names: Mapping[str, str]
    ) -> tuple[Operand, ...]:
        return tuple(
            Operand(
                sign,
                names[short],
                _head(short, names, turned=turned),
                turned,
                shared=sign == "·" and short in ("x", "dz"),  # what is summed over, or spread out
            )
            for sign, short, turned in operands
        )

    def _sum(self, own: int, W: str, other: str, count: int, *, turned: bool = False) -> str:
        """Return Σ of a neuron's weights times what comes along them, written out if short."""

        def weight(i: int | str) -> str:
            return f"{W}_{{{i},{own}}}" if turned else f"{W}_{{{own},{i}}}"

        if count > FEW:
            index = "u" if turned else "i"
            return rf"\sum_{index} {weight(index)} \cdot {other}_{index}"
        return " + ".join(rf"{weight(i)} \cdot {other}_{{{i}}}" for i in range(count))

    def _place(self, unit: int) -> str:
        return f"[{self.at}, {unit}]"


def _head(short: str, names: Mapping[str, str], *, turned: bool = False) -> Formula:
    shown = symbol(short)
    return Formula(rf"{shown}^\top" if turned else shown, {short: names[short]})


def _occurring(formula: str, names: Mapping[str, str]) -> Formula:
    """Return a formula with those of the names that occur in it."""
    found = {
        short: tensor
        for short, tensor in names.items()
        if (short if "\\" in short else symbol(short)) in formula
        and (len(short) > 1 or re.search(rf"(?<![A-Za-z\\]){short}(?![A-Za-z])", formula))
    }
    return Formula(formula, found)


def _below(general: str, place: str) -> str:
    """Return an optimizer's rule with `place` below the symbols of what it goes by."""
    for gradient in (symbol("dW"), symbol("db")):
        general = general.replace(gradient, f"{gradient}{place}")
    for memory in ("{m}", r"\sqrt{v}", r"\sqrt{s}"):
        if memory in general:
            general = general.replace(memory, f"{memory[:-1]}{place}}}")
    return general.replace(r"\cdot v", rf"\cdot v{place}")
