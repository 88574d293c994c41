"""Grounds with names, each there for what it does to one who walks down.

Sources: Rosenbrock (1960), Himmelblau (1972), Beale (1958) and Rastrigin (1974) as they stand in
Jamil & Yang, "A literature survey of benchmark functions for global optimization problems" (2013);
the others are made for this project.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

from engine.errors import InvalidValueError
from engine.landscape.expression import Expression, parse
from engine.landscape.formula import TWO as TWICE
from engine.landscape.formula import Node, Variable, add, number, power, times


def _one(title: str, text: str, low: float, high: float, start: float) -> Expression:
    return parse(text, ("w",), bounds=((low, high),), start=(start,), title=title)


def _two(
    title: str,
    text: str,
    start: tuple[float, float],
    *bounds: tuple[float, float],
) -> Expression:
    return parse(text, ("w1", "w2"), bounds=bounds, start=start, title=title)


def bowl(condition: float = 10.0, angle: float = 30.0) -> Expression:
    """Return the bowl J = (u² + κv²)/2, turned.

    u is the distance along the direction of `angle`, v the distance across it: the curvature is
    1 along, κ across.

    Parameters
    ----------
    condition : float
        κ, how many times more it curves across; at least 1.
    angle : float
        Of the gentle direction against the axis of w1, in degrees.

    Raises
    ------
    InvalidValueError
        If the condition is below 1 or a parameter is not finite.
    """
    if not 1 <= condition < math.inf:
        raise InvalidValueError(f"condition: expected a number from 1, got {condition:g}")
    if not math.isfinite(angle):
        raise InvalidValueError(f"angle: expected a number of degrees, got {angle:g}")
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    w1, w2 = Variable("w1"), Variable("w2")

    def term(coefficient: float, of: Node) -> Node:
        return times(number(round(coefficient / 2, 12)), of)

    tree = add(
        term(cos**2 + condition * sin**2, power(w1, TWICE)),
        term(2 * (1 - condition) * cos * sin, times(w1, w2)),
        term(sin**2 + condition * cos**2, power(w2, TWICE)),
    )
    start = 2.5 * cos - 0.9 * sin, 2.5 * sin + 0.9 * cos
    return Expression(tree, ("w1", "w2"), start=start, title="Bowl")


ONE: Mapping[str, Expression] = MappingProxyType(
    {
        # curvature 2 everywhere: the largest stable rate is exactly 1
        "bowl": _one("Bowl", "w^2", -3, 3, -2.4),
        # two minima, the left one deeper: where one ends depends on where one begins
        "double_well": _one("Double well", "w^4 - 2w^2 + 0.3w", -1.8, 1.8, 1.6),
        # far from the minimum the slope is almost 0, and so are the steps
        "plateau": _one("Plateau", "1 - exp(-w^2)", -3.5, 3.5, 2.6),
        # the walls curve 25 times more than the floor: what is fast below diverges above
        "steep_valley": _one("Steep valley", "w^4 + w^2", -2.2, 2.2, 2.0),
        # at 0 the slope is 0 and there is no minimum: the curve goes on downward
        "saddle": _one("Flat place that is no minimum", "3w^4 + 4w^3", -1.5, 1.1, 0.9),
        # a bowl with a minimum at every crest of the cosine
        "many_minima": _one("Many minima", "w^2 / 10 + 1 - cos(3w)", -5, 5, 4.4),
        # ripples, fine and always the same, on a bowl
        "noisy": _one("Noisy bowl", "w^2 / 2 + 0.06sin(17w) + 0.05sin(29w + 1)", -2.5, 2.5, 2.1),
        # the narrow one is deeper, but one who takes large steps steps over it
        "narrow_and_wide": _one(
            "Narrow and wide well",
            "w^2 / 40 + 2 - 1.5exp(-40(w + 1)^2) - exp(-(w - 1.5)^2)",
            -3.5,
            4.5,
            -2.6,
        ),
    }
)
"""Grounds of one variable, w."""

TWO: Mapping[str, Expression] = MappingProxyType(
    {
        "bowl": bowl(),
        # a bent valley: easy to find, hard to follow; its minimum is 0 at (1, 1)
        "rosenbrock": _two(
            "Rosenbrock's valley", "(1 - w1)^2 + 100(w2 - w1^2)^2", (-1.5, 2), (-2, 2), (-1, 3)
        ),
        # four minima, all of them 0
        "himmelblau": _two(
            "Himmelblau's four minima",
            "(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2",
            (-0.5, -1),
            (-5, 5),
            (-5, 5),
        ),
        # at (0, 0) down along w2 and up along w1; minima at (0, −1) and (0, 1)
        "saddle": _two(
            "Saddle", "w1^2 / 2 - w2^2 / 2 + w2^4 / 4", (-1.6, 0.01), (-2, 2), (-1.6, 1.6)
        ),
        # far from (0, 0) it is flat
        "plateau": _two("Plateau", "1 - exp(-(w1^2 + w2^2) / 2)", (2.2, 1.8), (-4, 4), (-4, 4)),
        # Rastrigin's function: a minimum near each pair of whole numbers
        "many_minima": _two(
            "Many minima (Rastrigin)",
            "20 + w1^2 - 10cos(2pi * w1) + w2^2 - 10cos(2pi * w2)",
            (1.7, -1.3),
            (-2.5, 2.5),
            (-2.5, 2.5),
        ),
        # steep in the corners, flat between; its minimum is 0 at (3, 0.5)
        "beale": _two(
            "Beale's function",
            "(1.5 - w1 + w1 * w2)^2 + (2.25 - w1 + w1 * w2^2)^2 + (2.625 - w1 + w1 * w2^3)^2",
            (1, 1.5),
            (-1, 4.5),
            (-1.5, 2),
        ),
    }
)
"""Grounds of two variables, w1 and w2; `bowl` may have any conditioning."""
