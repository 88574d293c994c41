"""Derivatives of formulae, as formulae.

A derivative shares the branches of what it is the derivative of, so it is at most a few times as
large, however it would look when written out.
"""

from collections.abc import Callable

from engine.landscape.formula import (
    ONE,
    TWO,
    ZERO,
    Call,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    add,
    negative,
    order,
    over,
    power,
    times,
)
from engine.landscape.functions import FUNCTIONS


def derivative(node: Node, name: str) -> Node:
    """Return the derivative by the variable `name`.

    Source: the rules of calculus for sums, products, quotients, powers and chains; what each
    function's own derivative is stands in `engine.landscape.functions`.
    """
    found: dict[int, Node] = {}
    for one in order(node):
        found[id(one)] = _derivative(one, name, lambda of: found[id(of)])
    return found[id(node)]


def _derivative(node: Node, name: str, slope: Callable[[Node], Node]) -> Node:
    found: Node = ZERO
    match node:
        case Variable(own) if own == name:
            found = ONE
        case Negative(of):
            found = negative(slope(of))
        case Sum(terms):
            found = add(*map(slope, terms))
        case Product(left, right):
            found = add(times(slope(left), right), times(left, slope(right)))
        case Quotient(above, below):
            falls = over(times(above, slope(below)), power(below, TWO))
            found = add(over(slope(above), below), negative(falls))
        case Power(base, exponent):
            found = _of_power(node, base, exponent, slope)
        case Call(function, arguments):
            outer = FUNCTIONS[function].slopes(*arguments)
            pairs = zip(outer, arguments, strict=True)
            found = add(*(times(one, slope(argument)) for one, argument in pairs))
    return found


def _of_power(node: Node, base: Node, exponent: Node, slope: Callable[[Node], Node]) -> Node:
    """Return v·u^(v−1)·u' + u^v·ln(u)·v', without the part that is 0."""
    by_base, by_exponent = slope(base), slope(exponent)
    lower = add(exponent, Negative(ONE))
    moves = times(times(exponent, power(base, lower)), by_base) if by_base != ZERO else ZERO
    if by_exponent == ZERO:
        return moves
    return add(moves, times(times(node, Call("ln", (base,))), by_exponent))
