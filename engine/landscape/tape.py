"""Formulae made ready to be computed: a list of operations, one after the other."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.landscape.formula import (
    CONSTANTS,
    Call,
    Constant,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    order,
)
from engine.landscape.functions import FUNCTIONS
from engine.snapshot import Array


class Tape:
    """Several formulae of the same variables, computed together; what they share is computed once.

    Parameters
    ----------
    roots : sequence of Node
    names : sequence of str
        The variables in the order of w's last axis.
    """

    def __init__(self, roots: Sequence[Node], names: Sequence[str]) -> None:
        slots: dict[int, int] = {}
        self._first: list[Array | float] = []
        self._reads: list[tuple[int, int]] = []
        self._steps: list[tuple[int, Callable[..., Array], tuple[int, ...]]] = []
        for node in order(*roots):
            slot = slots[id(node)] = len(self._first)
            self._first.append(0.0)
            match node:
                case Number(value):
                    self._first[slot] = value
                case Constant(name):
                    self._first[slot] = CONSTANTS[name]
                case Variable(name):
                    self._reads.append((slot, list(names).index(name)))
                case Negative(of):
                    self._steps.append((slot, np.negative, (slots[id(of)],)))
                case Sum(terms):
                    self._steps.append((slot, _sum, tuple(slots[id(one)] for one in terms)))
                case Product(left, right):
                    self._steps.append((slot, np.multiply, (slots[id(left)], slots[id(right)])))
                case Quotient(above, below):
                    self._steps.append((slot, np.divide, (slots[id(above)], slots[id(below)])))
                case Power(base, exponent):
                    self._steps.append((slot, np.power, (slots[id(base)], slots[id(exponent)])))
                case Call(name, arguments):
                    places = tuple(slots[id(one)] for one in arguments)
                    self._steps.append((slot, FUNCTIONS[name].compute, places))
        self._roots = [slots[id(root)] for root in roots]

    def run(self, w: Array) -> list[Array]:
        """Return the value of each formula.

        Parameters
        ----------
        w : ndarray of shape (..., d)

        Returns
        -------
        list of ndarray of shape (...)
        """
        w = np.asarray(w, np.float64)
        values: list[Array | float] = list(self._first)
        for slot, which in self._reads:
            values[slot] = w[..., which]
        with np.errstate(all="ignore"):  # what is not defined is NaN, and shown as what it is
            for slot, function, places in self._steps:
                values[slot] = function(*(values[place] for place in places))
        shape = w.shape[:-1]
        return [np.array(np.broadcast_to(values[slot], shape)) for slot in self._roots]


def _sum(*terms: Array) -> Array:
    total = terms[0] + terms[1]
    for one in terms[2:]:
        total = total + one
    return total
