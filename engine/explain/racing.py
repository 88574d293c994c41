"""Ledgers of racers: where each stands, its last move, and what it remembers.

A racer's numbers are called `<racer>.<short>`, as its `state` has them. What was before the last
move ends the way back: one goes a step back to ask why.
Sources of the rules: `engine/nn/optimizers.py`, `engine/landscape/annealing.py` and `genetic.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from engine.explain.arithmetic import Arithmetic, at, leaf, short_sum, times
from engine.explain.ground import slope_ledger, spot, value_ledger
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.optimizers import OF_SQUARES, RULES, Moved, Rule
from engine.explain.simple import Operand, given, worked
from engine.landscape.annealing import Annealing
from engine.landscape.expression import Expression
from engine.landscape.genetic import Genetic
from engine.landscape.racer import Descender, Racer
from engine.landscape.sculpted import Sculpted
from engine.landscape.small_network import Place
from engine.snapshot import Array

BEFORE = "as it was before the last move: go a step back to see why"

NOTES = {
    "annealing.z": "drawn from a normal distribution for this proposal",
    "annealing.u": "drawn from 0 to 1: the proposal is taken if this is less than the chance",
    "annealing.counts": "how many proposals were accepted downhill, accepted uphill, rejected",
    "annealing.T_before": BEFORE,
    "annealing.sigma_before": BEFORE,
    "annealing.before": BEFORE,
    "annealing.J_before": BEFORE,
    "genetic.a": "the first parent: the winner of a tournament of two, by its place in the "
    "generation before",
    "genetic.b": "the second parent, chosen like the first",
    "genetic.u": "drawn from −0.5 to 1.5: 0 is the first parent's number, 1 the second's",
    "genetic.mutation": "drawn from a normal distribution, and as large as mutations were then",
    "genetic.parents": BEFORE,
    "genetic.J_parents": BEFORE,
    "genetic.generation": "how many generations have been evaluated",
    "adam.t": "how many updates have been made",
}


def _adam(moved: Moved) -> tuple[Term, ...]:
    """Return −η m̂ / (√v̂ + ε), the corrections of m̂ and v̂ as numbers of their own."""
    scale = moved.remembered["scale"]
    m_hat = moved.remembered["m_hat"]
    return (
        times(
            Factor("-1", -1.0),
            Factor(r"\frac{\eta}{\sqrt{\hat{v}} + \varepsilon}", scale, "adam.scale", moved.index),
            Factor(r"\hat{m}", m_hat, "adam.m_hat", moved.index),
        ),
    )


def _rmsprop(moved: Moved) -> tuple[Term, ...]:
    scale = Factor(
        r"\frac{\eta}{\sqrt{s} + \varepsilon}",
        moved.remembered["scale"],
        "rmsprop.scale",
        moved.index,
    )
    return (times(Factor("-1", -1.0), scale, moved.g),)


OWN_RULES: Mapping[str, Rule] = RULES | {
    "rmsprop": replace(RULES["rmsprop"], step=_rmsprop),
    "adam": Rule(
        _adam,
        r"- \eta \cdot \frac{{\hat{{m}}}}{{\sqrt{{\hat{{v}}}} + \varepsilon}}",
        "- eta * {m_hat} / (np.sqrt({v_hat}) + epsilon)",
        RULES["adam"].decays,
    ),
}
"""As elsewhere; of Adam in the textbook's form, since m̂ and v̂ are seen here."""


class Racing:
    """The ledgers of all racers of a race.

    Parameters
    ----------
    ground : Place
        Of a formula, or else one whose J cannot be written out.
    racers : mapping of str to Racer
    start : ndarray of shape (d,)
    progress : callable of str -> float
        Which share of the budget each racer has used.
    """

    def __init__(
        self,
        ground: Place,
        racers: Mapping[str, Racer],
        start: Array,
        progress: Callable[[str], float],
    ) -> None:
        self._ground = ground
        self._racers = racers
        self._start = start
        self._progress = progress

    def state(self, kind: str, short: str, array: Array, index: Index, page: int) -> Ledger:
        """Return how an element of `<kind>.<short>` came about; it is a number."""
        tensor, value = f"{kind}.{short}", float(array[index])
        if tensor in NOTES or short.endswith("_before"):
            return given(tensor, array, index, NOTES.get(tensor, BEFORE))
        racer = self._racers[kind]
        if short in ("J_all", "J_proposed"):
            place = "population" if short == "J_all" else "proposal"
            where = Operand(f"{kind}.{place}", racer.state()[place], index[0])
            return self.height(tensor, index, value, where, page)
        if isinstance(racer, Descender):
            if short == "dw":
                return self._slope(racer, index, value, page)
            if short == "before":
                return given(tensor, array, index, BEFORE)
            found = self._of_descent(racer, short, index, value)
        elif isinstance(racer, Annealing):
            found = self._of_annealing(racer, short, index, value)
        else:
            assert isinstance(racer, Genetic)
            found = self._of_breeding(racer, short, index, value)
        return worked(tensor, index, value, found, symbol=short)

    def place(self, kind: str, tensor: str, index: Index, value: float, *, out: bool) -> Ledger:
        """Return how a coordinate of where a racer stands came about."""
        racer, (i,) = self._racers[kind], index[-1:]
        if out:
            note = "it ran away to where J is no number: this is where it stood last"
            return worked(tensor, index, value, leaf("given", "w", value, note), symbol="w")
        state = racer.state()
        if isinstance(racer, Genetic) and racer.generation:
            best = Factor("p", float(state["population"][0, i]), "genetic.population", (0, i))
            return self._same(tensor, index, best, "the best of its population")
        if isinstance(racer, Annealing) and not np.isnan(state["chance"][0]):
            taken = bool((racer.w == racer.proposal).all())
            name = "proposal" if taken else "before"
            note = "the proposal was taken" if taken else "the proposal was not taken"
            one = Factor(name, float(state[name][i]), f"annealing.{name}", (i,))
            return self._same(tensor, index, one, note)
        if isinstance(racer, Descender) and not np.isnan(racer.before[0]):
            before = Factor(r"w_{\mathrm{before}}", float(racer.before[i]), f"{kind}.before", (i,))
            step = Factor(r"\mathrm{update}", float(state["update"][i]), f"{kind}.update", (i,))
            parts = short_sum(
                times(before),
                times(step),
                general=r"w_{\mathrm{before}} + \mathrm{update}",
                code=f"before[{i}] + update[{i}]",
                symbols={"before": f"{kind}.before", "update": f"{kind}.update"},
            )
            return worked(tensor, index, value, parts, symbol="w")
        first = Factor(r"w_{\mathrm{start}}", float(self._start[i]), "start", (i,))
        return self._same(tensor, index, first, "it has not moved yet")

    def height(
        self,
        tensor: str,
        index: Index,
        value: float,
        where: Operand,
        page: int,
    ) -> Ledger:
        """Return how J came about at the place whose coordinates are a row of a tensor."""
        ground = self._ground
        prefix = () if where.array.ndim == 1 else (where.row,)
        if isinstance(ground, Expression | Sculpted):
            here = spot(ground, where.array[prefix], where.tensor, prefix)
            return value_ledger(here, tensor, index, value=value, page=page)
        symbol = tensor.rpartition(".")[2]
        note = f"computed by the network with the parameters {where.tensor}{list(prefix)}"
        found = replace(leaf("given", "J", value, note), general=ground.tex, code=ground.code)
        return worked(tensor, index, value, found, symbol=symbol)

    def _slope(self, racer: Descender, index: Index, value: float, page: int) -> Ledger:
        tensor, (i,) = f"{racer.kind}.dw", index
        ground = self._ground
        if isinstance(ground, Expression | Sculpted):
            here = spot(ground, racer.before, f"{racer.kind}.before")
            return slope_ledger(here, i, tensor, index, value=value, page=page)
        note = f"∂J/∂{ground.names[i]}, by backpropagation through the network"
        return worked(tensor, index, value, leaf("given", "dw", value, note), symbol="dw")

    def _same(self, tensor: str, index: Index, one: Factor, note: str) -> Ledger:
        parts = short_sum(
            times(one),
            general="",
            code=at(one.symbol, one.index or ()),
            symbols={one.symbol: one.tensor or ""},
            note=f"{note[0].upper()}{note[1:]}.",
        )
        return worked(tensor, index, one.value, parts, symbol="w")

    def _of_descent(self, racer: Descender, short: str, index: Index, value: float) -> Arithmetic:
        kind, state = racer.kind, racer.state()
        if short == "update":
            return self._update(racer, index)
        if short == "ball":
            return self._ball(racer, index)
        if short in ("m_hat", "v_hat"):
            return _corrected(racer, short, index)
        if short == "scale":
            return _scale(racer, index)
        if np.isnan(racer.before[0]):
            return leaf("given", short, value, "nothing is remembered before the first move")
        name, letter = RULES[kind].decays[short]
        fading = racer.optimizer.constants()[name]
        g = _factor(r"\mathrm{dw}", kind, "dw", state, index)
        squared = short in OF_SQUARES.get(kind, ())
        factors = (g, g) if squared else (g,)
        mean = kind in ("rmsprop", "adam")
        if mean:
            factors = (Factor(rf"(1 - {letter})", 1 - fading), *factors)
        was = _factor(rf"{short}_{{\mathrm{{before}}}}", kind, f"{short}_before", state, index)
        share = rf"(1 - {letter}) \cdot " if mean else ""
        own = f"{1 - fading:.6g} * " if mean else ""
        return short_sum(
            times(Factor(letter, fading), was),
            times(*factors),
            general=rf"{letter} \cdot {was.symbol} + {share}\mathrm{{dw}}{'^2' if squared else ''}",
            code=f"{fading!r} * {at(f'{short}_before', index)} + {own}{at('dw', index)}"
            f"{' ** 2' if squared else ''}",
            symbols={f"{short}_before": f"{kind}.{short}_before", "dw": f"{kind}.dw"},
        )

    def _update(self, racer: Descender, index: Index) -> Arithmetic:
        kind, state = racer.kind, racer.state()
        rule = OWN_RULES[kind]
        remembered = {
            name: float(one[index]) for name, one in state.items() if one.shape == racer.w.shape
        }
        g = _factor(r"\mathrm{dw}", kind, "dw", state, index)
        moved = Moved(racer.optimizer, racer.rate, kind, index, g, remembered)
        names = {name: at(name, index) for name in remembered}
        return short_sum(
            *rule.step(moved),
            general=rule.general.format(p="w"),
            code=rule.code.format(g=at("dw", index), **names),
            symbols={name: f"{kind}.{name}" for name in remembered if name in rule.code}
            | {"dw": f"{kind}.dw"},
        )

    def _ball(self, racer: Descender, index: Index) -> Arithmetic:
        w = float(racer.w[index])
        number = tuple(self._racers).index(racer.kind)
        v = _factor("v", racer.kind, "v", racer.state(), index)
        return short_sum(
            times(Factor("w", w, "racers.w", (number, *index))),
            times(Factor(r"\eta", racer.rate), Factor(r"\mu", racer.momentum), v),
            general=r"w + \eta \cdot \mu \cdot v",
            code=f"{at('w', (number, *index))} + eta * mu * {at('v', index)}",
            symbols={"w": "racers.w", "v": f"{racer.kind}.v"},
            note="Where the ball is; w is where it looks ahead to.",
        )

    def _of_annealing(self, racer: Annealing, short: str, index: Index, value: float) -> Arithmetic:
        state = racer.state()
        if short == "proposal":
            before = _factor(r"w_{\mathrm{before}}", "annealing", "before", state, index)
            sigma = _factor(r"\sigma_{\mathrm{before}}", "annealing", "sigma_before", state, (0,))
            z = _factor("z", "annealing", "z", state, index)
            return short_sum(
                times(before),
                times(sigma, z),
                general=r"w_{\mathrm{before}} + \sigma \cdot z",
                code=f"{at('before', index)} + sigma_before[0] * {at('z', index)}",
                symbols={
                    "before": "annealing.before",
                    "sigma_before": "annealing.sigma_before",
                    "z": "annealing.z",
                },
            )
        if short == "chance":
            names = ("J_proposed", "J_before", "T_before")
            symbols = ("J'", "J", "T")
            factors = [
                _factor(symbol, "annealing", name, state, (0,))
                for symbol, name in zip(symbols, names, strict=True)
            ]
            return Arithmetic(
                combine="function",
                function="metropolis",
                terms=tuple(times(one) for one in factors),
                general=r"\min\left(1,\; e^{-(J' - J) / T}\right)",
                numbers="",
                code="min(1, np.exp(-(J_proposed[0] - J_before[0]) / T_before[0]))",
                symbols={name: f"annealing.{name}" for name in names},
                note="Downhill is always taken; uphill, the less likely the colder it is.",
            )
        if short == "T0":
            note = f"{racer.heat:g} times the mean difference in J to neighbours of the start"
            return leaf("given", "T", value, note)
        return self._cooled(racer, short, value)

    def _cooled(self, racer: Annealing, short: str, value: float) -> Arithmetic:
        """Explain T or σ: the first one, times what is left of it after this many evaluations."""
        first = racer.T0 if short == "T" else racer.rate
        of = (
            Factor("T_0", first, "annealing.T0", (0,))
            if short == "T"
            else Factor("\\sigma_0", first)
        )
        power = "p" if short == "T" else "p / 2"
        left = value / first if first else 1.0
        share = self._progress("annealing")
        return short_sum(
            times(of, Factor(rf"c^{{{power}}}", left)),
            general=rf"{of.symbol} \cdot c^{{{power}}}",
            code=f"{first!r} * {left!r}",
            symbols={},
            note=f"p = {share:.3g} is the share of the budget that is used, and c = 0.000001.",
        )

    def _of_breeding(self, racer: Genetic, short: str, index: Index, value: float) -> Arithmetic:
        if short == "sigma":
            share = self._progress("genetic")
            left = value / racer.rate if racer.rate else 1.0
            return short_sum(
                times(Factor(r"\sigma_0", racer.rate), Factor("f^{p}", left)),
                general=r"\sigma_0 \cdot f^{p}",
                code=f"{racer.rate!r} * {left!r}",
                symbols={},
                note=f"p = {share:.3g} is the share of the budget that is used, and f = 0.001.",
            )
        child, i = index
        state = racer.state()
        a, b = int(state["a"][child]), int(state["b"][child])
        u = float(state["u"][child, i])
        first = _factor("a", "genetic", "parents", state, (a, i))
        second = _factor("b", "genetic", "parents", state, (b, i))
        rest = Factor("(1 - u)", 1 - u, "genetic.u", index, u)
        return short_sum(
            times(rest, first),
            times(_factor("u", "genetic", "u", state, index), second),
            times(_factor("z", "genetic", "mutation", state, index)),
            general=r"(1 - u) \cdot a + u \cdot b + \sigma \cdot z",
            code=f"(1 - u[{child}, {i}]) * parents[{a}, {i}] + u[{child}, {i}] * "
            f"parents[{b}, {i}] + mutation[{child}, {i}]",
            symbols={
                "u": "genetic.u",
                "parents": "genetic.parents",
                "mutation": "genetic.mutation",
            },
        )


def _factor(symbol: str, kind: str, short: str, state: Mapping[str, Array], index: Index) -> Factor:
    return Factor(symbol, float(state[short][index]), f"{kind}.{short}", index)


def _corrected(racer: Descender, short: str, index: Index) -> Arithmetic:
    constants, state = racer.optimizer.constants(), racer.state()
    memory = short[0]
    beta = constants["beta1" if memory == "m" else "beta2"]
    number = "1" if memory == "m" else "2"
    t = constants["t"]
    below = rf"1 - \beta_{number}^t"
    return short_sum(
        times(
            _factor(memory, racer.kind, memory, state, index),
            Factor(rf"\frac{{1}}{{{below}}}", 1 / (1 - beta**t), "adam.t", (0,), t),
        ),
        general=rf"\frac{{{memory}}}{{{below}}}",
        code=f"{at(memory, index)} / (1 - {beta!r} ** t[0])",
        symbols={memory: f"adam.{memory}", "t": "adam.t"},
        note=f"{memory} began at 0; this undoes it.",
    )


def _scale(racer: Descender, index: Index) -> Arithmetic:
    kind, state = racer.kind, racer.state()
    short, symbol = ("s", "s") if kind == "rmsprop" else ("v_hat", r"\hat{v}")
    square = float(state[short][index])
    epsilon = racer.optimizer.constants()["epsilon"]
    root = rf"\frac{{1}}{{\sqrt{{{symbol}}} + \varepsilon}}"
    by_root = Factor(root, 1 / (square**0.5 + epsilon), f"{kind}.{short}", index, square)
    return short_sum(
        times(Factor(r"\eta", racer.rate), by_root),
        general=rf"\frac{{\eta}}{{\sqrt{{{symbol}}} + \varepsilon}}",
        code=f"eta / (np.sqrt({at(short, index)}) + epsilon)",
        symbols={short: f"{kind}.{short}"},
        note="The rate that this coordinate has.",
    )


def share_of(tensor: str, index: Index, value: float, terms: tuple[Term, ...], note: str) -> Ledger:
    """Return the ledger of a number that is a short sum of constants."""
    parts = short_sum(
        *terms,
        general="",
        code=" + ".join(f"{one.value:g}" for one in terms) or "0",
        symbols={},
        note=note,
    )
    return worked(tensor, index, value, parts, symbol=tensor.rpartition(".")[2])
