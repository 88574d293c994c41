"""The functions that a formula may call, each with its derivative, its TeX and its NumPy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.landscape.formula import (
    ONE,
    TWO,
    Call,
    Negative,
    Node,
    add,
    negative,
    over,
    power,
    times,
)
from engine.snapshot import Array


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes
    ----------
    compute : callable of ndarrays -> ndarray
        What it is.
    slopes : callable of Nodes -> tuple of Node
        Its derivative by each of its arguments, as formulae of them.
    tex, code : str
        With `{0}` and `{1}` for the arguments.
    arity : int
        How many arguments it takes.
    """

    compute: Callable[..., Array]
    slopes: Callable[..., tuple[Node, ...]]
    tex: str
    code: str
    arity: int = 1


def _of(name: str, *arguments: Node) -> Node:
    return Call(name, arguments)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))  # where exp overflows, the quotient is its limit 0


def _sigmoid_slope(u: Node) -> tuple[Node, ...]:
    s = _of("sigmoid", u)
    return (times(s, add(ONE, Negative(s))),)


def _chooses(u: Node, v: Node) -> tuple[Node, Node]:
    """Return 1 and 0 where u is the greater, 0 and 1 where v is."""
    u_greater = _of("step", add(u, negative(v)))
    return u_greater, add(ONE, Negative(u_greater))


def _angle_slopes(y: Node, x: Node) -> tuple[Node, Node]:
    """Return how the angle turns with y and with x: x/(x² + y²) and −y/(x² + y²)."""
    square = add(power(x, TWO), power(y, TWO))
    return over(x, square), negative(over(y, square))


def _plain(name: str) -> tuple[str, str]:
    return rf"\{name}\left({{0}}\right)", f"np.{name}({{0}})"


FUNCTIONS: Mapping[str, Function] = {
    "sin": Function(np.sin, lambda u: (_of("cos", u),), *_plain("sin")),
    "cos": Function(np.cos, lambda u: (negative(_of("sin", u)),), *_plain("cos")),
    "tan": Function(np.tan, lambda u: (add(ONE, power(_of("tan", u), TWO)),), *_plain("tan")),
    "exp": Function(np.exp, lambda u: (_of("exp", u),), "e^{{{0}}}", "np.exp({0})"),
    "ln": Function(np.log, lambda u: (over(ONE, u),), r"\ln\left({0}\right)", "np.log({0})"),
    "sqrt": Function(
        np.sqrt,
        lambda u: (over(ONE, times(TWO, _of("sqrt", u))),),
        r"\sqrt{{{0}}}",
        "np.sqrt({0})",
    ),
    "abs": Function(np.abs, lambda u: (_of("sign", u),), r"\left|{0}\right|", "np.abs({0})"),
    "tanh": Function(
        np.tanh, lambda u: (add(ONE, Negative(power(_of("tanh", u), TWO))),), *_plain("tanh")
    ),
    "sigmoid": Function(
        _sigmoid, _sigmoid_slope, r"\sigma\left({0}\right)", "(1 / (1 + np.exp(-({0}))))"
    ),
    "relu": Function(
        lambda z: np.maximum(z, 0.0),
        lambda u: (_of("step", u),),
        r"\mathrm{{relu}}\left({0}\right)",
        "np.maximum({0}, 0)",
    ),
    "sign": Function(
        np.sign, lambda u: (add(),), r"\mathrm{{sign}}\left({0}\right)", "np.sign({0})"
    ),
    "step": Function(
        lambda z: np.heaviside(z, 0.0),
        lambda u: (add(),),
        r"\mathrm{{step}}\left({0}\right)",
        "np.heaviside({0}, 0)",
    ),
    "max": Function(
        np.maximum, _chooses, r"\max\left({0}, {1}\right)", "np.maximum({0}, {1})", arity=2
    ),
    "min": Function(
        np.minimum,
        lambda u, v: _chooses(v, u),
        r"\min\left({0}, {1}\right)",
        "np.minimum({0}, {1})",
        arity=2,
    ),
    "atan2": Function(
        np.arctan2,
        _angle_slopes,
        r"\mathrm{{atan2}}\left({0}, {1}\right)",
        "np.arctan2({0}, {1})",
        arity=2,
    ),
}
"""Each function by its name.

`step` is 1 above 0 and 0 elsewhere, the slope of `relu`; `sign` is that of `abs`. At a bend the
slope is taken as a network's is: that of relu at 0 is 0. `atan2(y, x)` is the angle of the place
(x, y), from −π to π; where it jumps from one to the other it has the slope of either side.
"""

ALIASES = {"log": "ln"}
"""Other names of a function."""
