"""The update: where a parameter came from, and what the optimizer remembers of its gradients.

What an optimizer remembered before the step is not kept: it is worked out from what it remembers
after it, which each rule allows (v = μ v' + g gives v' = (v − g) / μ). Decision 0012 says why.
Sources of the rules: `engine/nn/optimizers.py`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.explain.arithmetic import Arithmetic, at, leaf, short_sum, times
from engine.explain.ledger import Factor, Index, Term
from engine.explain.scene import BATCH, Found
from engine.nn.optimizers import SGD, Adam, Momentum, Nesterov, Optimizer, RMSprop

ROUNDING = 1e-6
"""Of what is remembered now: what was remembered before is 0 if it is less than this."""


@dataclass(frozen=True)
class Moved:
    """One parameter's update.

    Attributes
    ----------
    optimizer : Optimizer
    rate : float
        η of the step.
    name : str
        The parameter's tensor.
    index : tuple of int
    g : Factor
        Its gradient.
    remembered : mapping of str to float
        What the optimizer remembers of it, after the step.
    """

    optimizer: Optimizer
    rate: float
    name: str
    index: Index
    g: Factor
    remembered: dict[str, float]

    def memory(self, short: str) -> Factor:
        """Return what is remembered as a factor."""
        return Factor(short, self.remembered[short], f"{self.name}.{short}", self.index)

    def function_of(self, short: str, symbol: str, value: float) -> Factor:
        """Return a function of what is remembered as a factor."""
        of = self.remembered[short]
        return Factor(symbol, value, f"{self.name}.{short}", self.index, of)


@dataclass(frozen=True)
class Rule:
    """One optimizer's rule, as ledgers.

    Attributes
    ----------
    step : callable of Moved -> tuple of Term
        What is added to the parameter.
    general, code : str
        That in TeX and in NumPy; `{i}` is the place.
    decays : mapping of str to (str, str)
        For each memory, the constant by which it fades, as the optimizer and as TeX call it.
    """

    step: Callable[[Moved], tuple[Term, ...]]
    general: str
    code: str
    decays: dict[str, tuple[str, str]]


def _sgd(moved: Moved) -> tuple[Term, ...]:
    return (times(Factor(r"-\eta", -moved.rate), moved.g),)


def _momentum(moved: Moved) -> tuple[Term, ...]:
    return (times(Factor(r"-\eta", -moved.rate), moved.memory("v")),)


def _nesterov(moved: Moved) -> tuple[Term, ...]:
    mu = moved.optimizer.constants()["momentum"]
    eta = Factor(r"-\eta", -moved.rate)
    return (times(eta, moved.g), times(eta, Factor(r"\mu", mu), moved.memory("v")))


def _rmsprop(moved: Moved) -> tuple[Term, ...]:
    root = _inverse_root(moved.remembered["s"], moved.optimizer.constants()["epsilon"])
    by_root = moved.function_of("s", r"\frac{1}{\sqrt{s} + \varepsilon}", root)
    return (times(Factor(r"-\eta", -moved.rate), moved.g, by_root),)


def _adam(moved: Moved) -> tuple[Term, ...]:
    """Return −η m̂ / (√v̂ + ε) with the corrections of m̂ and v̂ in the constants, as it computes."""
    constants = moved.optimizer.constants()
    t = constants["t"]
    root = math.sqrt(1 - constants["beta2"] ** t)
    rate = moved.rate * root / (1 - constants["beta1"] ** t)
    inverse = _inverse_root(moved.remembered["v"], constants["epsilon"] * root)
    by_root = moved.function_of("v", r"\frac{1}{\sqrt{v} + \hat{\varepsilon}}", inverse)
    return (times(Factor(r"-\hat{\eta}", -rate), moved.memory("m"), by_root),)


def _inverse_root(value: float, epsilon: float) -> float:
    below = math.sqrt(value) + epsilon if value >= 0 else math.nan
    return 1 / below if below else math.inf


RULES: dict[str, Rule] = {
    SGD.kind: Rule(_sgd, r"- \eta \cdot \mathrm{{d{p}}}", "- eta * {g}", {}),
    Momentum.kind: Rule(_momentum, r"- \eta \cdot v", "- eta * {v}", {"v": ("momentum", r"\mu")}),
    Nesterov.kind: Rule(
        _nesterov,
        r"- \eta \cdot (\mathrm{{d{p}}} + \mu \cdot v)",
        "- eta * ({g} + mu * {v})",
        {"v": ("momentum", r"\mu")},
    ),
    RMSprop.kind: Rule(
        _rmsprop,
        r"- \eta \cdot \frac{{\mathrm{{d{p}}}}}{{\sqrt{{s}} + \varepsilon}}",
        "- eta * {g} / (np.sqrt({s}) + epsilon)",
        {"s": ("decay", r"\rho")},
    ),
    Adam.kind: Rule(
        _adam,
        r"- \hat{{\eta}} \cdot \frac{{m}}{{\sqrt{{v}} + \hat{{\varepsilon}}}}",
        "- eta_t * {m} / (np.sqrt({v}) + epsilon_t)",
        {"m": ("beta1", r"\beta_1"), "v": ("beta2", r"\beta_2")},
    ),
}
"""Each optimizer's rule by its name."""

USES_GRADIENT = (SGD.kind, Nesterov.kind, RMSprop.kind)
"""Optimizers whose formula has the gradient itself in it."""

OF_SQUARES = {RMSprop.kind: ("s",), Adam.kind: ("v",)}
"""What is remembered of the gradient's square."""


def explain_parameter(found: Found, index: Index, value: float) -> Arithmetic:
    """Explain a parameter: as the last step's update, as what the initializer drew, or as set."""
    scene, short = found.scene, found.short
    if found.scope is not scene.stage:
        return leaf("before", short, value, "as it was before the last step: go back to see why")
    layer = scene.network.layers[found.number].name
    edit = scene.edits.get((f"{layer}.{short}", index))
    if edit is not None:
        was = f"{edit.before:.4g}".replace("-", "−")
        return leaf("set_by_hand", short, value, f"set by hand at step {edit.step}; it was {was}")
    if scene.update is None:
        what = "drawn by the initializer" if short == "W" else "a bias starts at 0"
        return leaf("drawn", short, value, what)
    moved = _moved(found, index)
    rule = RULES[moved.optimizer.kind]
    before = Factor(
        rf"{short}_{{\mathrm{{before}}}}",
        float(scene.learned.parameters[f"{layer}.{short}"][index]),
        f"{BATCH}{moved.name}",
        index,
    )
    names = {one: at(one, index) for one in moved.remembered}
    general = rule.general.format(p=short)
    symbols = {one: f"{moved.name}.{one}" for one in moved.remembered if _occurs(one, general)}
    if moved.optimizer.kind in USES_GRADIENT:
        assert moved.g.tensor is not None
        symbols[f"d{short}"] = moved.g.tensor
    return short_sum(
        times(before),
        *rule.step(moved),
        general=rf"{before.symbol} {general}",
        code=f"{at(f'{short}_before', index)} "
        + rule.code.format(g=at(f"d{short}", index), **names),
        symbols=symbols,
    )


def explain_memory(found: Found, index: Index, value: float) -> Arithmetic:
    """Explain what the optimizer remembers of a parameter's gradients, or of their squares."""
    moved = _moved(found, index)
    short, kind, g = found.memory, moved.optimizer.kind, moved.g
    constant, symbol = RULES[kind].decays[short]
    fading = moved.optimizer.constants()[constant]
    mean = kind in (RMSprop.kind, Adam.kind)
    squared = short in OF_SQUARES.get(kind, ())
    factors = (g, g) if squared else (g,)
    if mean:
        factors = (Factor(rf"(1 - {symbol})", 1 - fading), *factors)
    news = times(*factors)
    before = (value - news.value) / fading if fading else 0.0
    if abs(before) < ROUNDING * abs(value):
        before = 0.0
    gradient = rf"\mathrm{{d{found.short}}}"
    power = "^2" if squared else ""
    share = rf"(1 - {symbol}) \cdot " if mean else ""
    place = at(f"d{found.short}", index) + (" ** 2" if squared else "")
    assert g.tensor is not None
    return short_sum(
        times(Factor(symbol, fading), Factor(rf"{short}_{{\mathrm{{before}}}}", before)),
        news,
        general=rf"{symbol} \cdot {short}_{{\mathrm{{before}}}} + {share}{gradient}{power}",
        code=f"{fading!r} * {before!r} + {f'{1 - fading!r} * ' if mean else ''}{place}",
        symbols={f"d{found.short}": g.tensor},
        note="What it was before is worked out from what it is now and the gradient.",
    )


def _moved(found: Found, index: Index) -> Moved:
    scene = found.scene
    update = scene.update
    assert update is not None
    layer, short = scene.network.layers[found.number].name, found.short
    name, gradient = f"{layer}.{short}", f"{layer}.d{short}"
    g = float(scene.network.gradients()[gradient][index])
    remembered = {memory: float(named[name][index]) for memory, named in scene.memory.items()}
    return Moved(
        update.optimizer,
        update.learning_rate,
        name,
        index,
        Factor(rf"\mathrm{{d{short}}}", g, gradient, index),
        remembered,
    )


def _occurs(short: str, general: str) -> bool:
    return short in general.replace(r"\varepsilon", "").replace(r"\sqrt", "").replace(r"\frac", "")
