"""Formulae as people type them, read by hand: nothing of a text is ever evaluated.

The grammar::

    sum     = ('+' | '-')? product (('+' | '-') product)*
    product = unary (('*' | '/') unary)*
    unary   = ('+' | '-') unary | power
    power   = atom (('^' | '**') unary)?
    atom    = number | name | function '(' sum (',' sum)* ')' | '(' sum ')'

A number right before a name or a parenthesis multiplies it, and so does a parenthesis right before
another one; but not after `/` or `^`, where `1/2w` could mean either.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import InvalidValueError
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
    depth,
)
from engine.landscape.functions import ALIASES, FUNCTIONS

LONGEST = 200
"""The most characters of a formula."""

DEEPEST = 40
"""The most operations that may stand one inside the other."""

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*|π)"
    r"|(?P<sign>\*\*|[-+*/^(),])"
    r"|(?P<other>\S)"
)

_TYPED = str.maketrans("−·×÷", "-**/")
"""Signs that mean the same."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str | None
    text: str
    at: int


def parse_tree(text: str, names: Sequence[str]) -> Node:
    """Return the formula that a text says.

    Parameters
    ----------
    text : str
        Of at most `LONGEST` characters.
    names : sequence of str
        The variables that it may be a function of.

    Raises
    ------
    InvalidValueError
        If it is no formula; the message names the character and its place, counted from 1.
    """
    if len(text) > LONGEST:
        raise InvalidValueError(
            f"character {LONGEST + 1}: expected a formula of at most {LONGEST} characters, "
            f"got {len(text)}"
        )
    return _Reader(text, names).read()


class _Reader:
    """The tokens of a text, and how far they have been read."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._tokens = list(_split(text))
        self._place = 0
        self._depth = 0

    def read(self) -> Node:
        """Return the whole text as a tree."""
        node = self._sum()
        if self._now.kind != "end":
            raise self._expected("an operator or the end")
        if depth(node) > DEEPEST:
            raise self._too_deep()
        return node

    def _sum(self) -> Node:
        terms = [self._signed(self._take("+", "-"))]
        while sign := self._take("+", "-"):
            terms.append(self._signed(sign))
        flat: list[Node] = []
        for one in terms:
            flat += one.terms if isinstance(one, Sum) else (one,)
        return flat[0] if len(flat) == 1 else Sum(tuple(flat))

    def _signed(self, sign: str) -> Node:
        product = self._product()
        return Negative(product) if sign == "-" else product

    def _product(self) -> Node:
        node = self._unary()
        alone = True
        while True:
            if self._take("*"):
                node, alone = Product(node, self._unary()), True
            elif self._take("/"):
                node, alone = Quotient(node, self._unary()), False
            elif alone and self._multiplies():
                node = Product(node, self._power())
            else:
                return node

    def _multiplies(self) -> bool:
        """Return whether what comes is multiplied without a sign: `2w`, `3(w + 1)`, `(…)(…)`."""
        before, now = self._tokens[self._place - 1], self._now
        if before.kind == "number":
            power = self._place > 1 and self._tokens[self._place - 2].text in ("^", "**")
            return not power and (now.kind == "name" or now.text == "(")
        return before.text == ")" and now.text == "("

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._too_deep()
        sign = self._take("+", "-")
        if sign:
            of = self._unary()
            node = Negative(of) if sign == "-" else of
        else:
            node = self._power()
        self._depth -= 1
        return node

    def _power(self) -> Node:
        base = self._atom()
        return Power(base, self._unary()) if self._take("^", "**") else base

    def _atom(self) -> Node:
        token = self._now
        name = ALIASES.get(token.text, token.text)
        if token.kind == "number":
            return self._number(token)
        if token.text in self._names:
            self._place += 1
            return Variable(token.text)
        if name in CONSTANTS:
            self._place += 1
            return Constant(name)
        if name in FUNCTIONS:
            self._place += 1
            return self._call(name)
        if self._take("("):
            inner = self._sum()
            self._close("an operator or")
            return inner
        known = ", ".join(self._names)
        raise self._expected(f'a number, {known}, a function or "("')

    def _number(self, token: _Token) -> Node:
        value = float(token.text)
        if not np.isfinite(value):
            raise self._expected("a number below 1.8e308")
        self._place += 1
        return Number(value)

    def _call(self, name: str) -> Node:
        if not self._take("("):
            raise self._expected(f'"(" after {name}')
        arguments = [self._sum()]
        for _ in range(FUNCTIONS[name].arity - 1):
            if not self._take(","):
                raise self._expected('an operator or "," and a second argument')
            arguments.append(self._sum())
        self._close("an operator or")
        return Call(name, tuple(arguments))

    def _close(self, others: str) -> None:
        if not self._take(")"):
            raise self._expected(f'{others} ")"')

    @property
    def _now(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *signs: str) -> str:
        """Read the next token if it is one of `signs`, and return it; else nothing."""
        token = self._now
        if token.kind != "sign" or token.text not in signs:
            return ""
        self._place += 1
        return token.text

    def _expected(self, what: str) -> InvalidValueError:
        token = self._now
        got = f'"{token.text}"' if token.text else "the end"
        return InvalidValueError(f"character {token.at + 1}: expected {what}, got {got}")

    def _too_deep(self) -> InvalidValueError:
        return InvalidValueError(
            f"character {self._now.at + 1}: expected at most {DEEPEST} operations "
            "one inside the other"
        )


def _split(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text.translate(_TYPED)):
        kind, at = found.lastgroup, found.start()
        written = found.group() if kind != "other" else text[at]
        yield _Token(kind, "pi" if written == "π" else written, at)
    yield _Token("end", "", len(text))
