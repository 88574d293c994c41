"""Formulae as trees: what the nodes are, and how they are put together in their shortest form."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written: finite, and never below 0 (see `Negative`)."""

    value: float


@dataclass(frozen=True, slots=True)
class Constant:
    """A number with a name: a key of `CONSTANTS`."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One of the names that the formula is a function of."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """−u."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    """Two or more terms, none of them a sum itself; what is subtracted is a `Negative`."""

    terms: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Product:
    """Left times right."""

    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Quotient:
    """Above over below."""

    above: "Node"
    below: "Node"


@dataclass(frozen=True, slots=True)
class Power:
    """Base to the exponent."""

    base: "Node"
    exponent: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `engine.landscape.functions.FUNCTIONS` of one or two arguments."""

    name: str
    arguments: "tuple[Node, ...]"


Node = Number | Constant | Variable | Negative | Sum | Product | Quotient | Power | Call

CONSTANTS = {"pi": float(np.pi), "e": float(np.e)}

ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)


def children(node: Node) -> tuple[Node, ...]:
    """Return the branches of a node."""
    match node:
        case Negative(of):
            return (of,)
        case Sum(terms):
            return terms
        case Product(left, right) | Quotient(left, right) | Power(left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
    return ()


def order(*roots: Node) -> list[Node]:
    """Return each node under `roots` once, branches before what they belong to."""
    seen: set[int] = set()
    ordered: list[Node] = []
    waiting: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while waiting:  # no recursion: second derivatives are deep
        node, ready = waiting.pop()
        if ready:
            ordered.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting += [(child, False) for child in reversed(children(node))]
    return ordered


def size(node: Node) -> int:
    """Return how many nodes it takes to write the formula out, shared branches each time."""
    sizes: dict[int, int] = {}
    for one in order(node):
        sizes[id(one)] = 1 + sum(sizes[id(child)] for child in children(one))
    return sizes[id(node)]


def depth(node: Node) -> int:
    """Return how many operations stand one inside the other."""
    depths: dict[int, int] = {}
    for one in order(node):
        below = [depths[id(child)] for child in children(one)]
        depths[id(one)] = 1 + max(below) if below else 0
    return depths[id(node)]


def variables(node: Node) -> set[str]:
    """Return the names that the formula is a function of."""
    return {one.name for one in order(node) if isinstance(one, Variable)}


def negative(of: Node) -> Node:
    """Return −u in its shortest form."""
    return of.of if isinstance(of, Negative) else ZERO if of == ZERO else Negative(of)


def add(*terms: Node) -> Node:
    """Return a sum in its shortest form: no 0 in it, numbers added, no sum within."""
    flat = [one for one in chain.from_iterable(map(_terms, terms)) if one != ZERO]
    known = [number for number in map(_number, flat) if number is not None]
    if len(known) > 1 and np.isfinite(sum(known)):
        flat = [one for one in flat if _number(one) is None]
        flat += [] if sum(known) == 0 else [number(sum(known))]
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def times(left: Node, right: Node) -> Node:
    """Return a product in its shortest form: a sign and one number in front, no 1 in it."""
    if isinstance(left, Negative):
        return negative(times(left.of, right))
    if isinstance(right, Negative):
        return negative(times(left, right.of))
    (first, one), (second, other) = _in_front(left), _in_front(right)
    product = first * second
    if not np.isfinite(product):
        return Product(left, right)
    rest = other if one == ONE else one if other == ONE else Product(one, other)
    if product == 0 or rest == ONE:
        return Number(product)
    return rest if product == 1 else Product(Number(product), rest)


def _in_front(node: Node) -> tuple[float, Node]:
    """Return the number that a product begins with, and what it is multiplied by."""
    if isinstance(node, Number):
        return node.value, ONE
    if isinstance(node, Product) and isinstance(node.left, Number):
        return node.left.value, node.right
    return 1.0, node


def over(above: Node, below: Node) -> Node:
    """Return a quotient in its shortest form."""
    if above == ZERO or below == ONE:
        return above
    if isinstance(above, Negative):
        return negative(over(above.of, below))
    factor, rest = _in_front(above)
    if isinstance(below, Number) and below.value and rest is not above:
        return times(Number(factor / below.value), rest)
    return Quotient(above, below)


def power(base: Node, exponent: Node) -> Node:
    """Return a power in its shortest form."""
    if exponent == ONE:
        return base
    return ONE if exponent == ZERO else Power(base, exponent)


def number(value: float) -> Node:
    """Return a number of either sign."""
    return Number(value) if value >= 0 else Negative(Number(-value))


def _terms(node: Node) -> Iterator[Node]:
    """Yield the terms of a sum, also of one that is subtracted."""
    if isinstance(node, Sum):
        yield from node.terms
    elif isinstance(node, Negative) and isinstance(node.of, Sum):
        yield from (negative(one) for one in node.of.terms)
    else:
        yield node


def _number(node: Node) -> float | None:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Negative) and isinstance(node.of, Number):
        return -node.of.value
    return None
