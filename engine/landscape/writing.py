"""Formulae written out: as one types them, as NumPy, as TeX."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.landscape.formula import (
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
    size,
)
from engine.landscape.functions import FUNCTIONS

LEGIBLE = 150
"""The most nodes of a formula that is written out for people."""

SUM, PRODUCT, POWER, ATOM = range(4)
"""How strongly a node holds together: what is weaker than its place wants parentheses."""


def legible(node: Node) -> bool:
    """Return whether a formula is short enough to be written out."""
    return size(node) <= LEGIBLE


def text(node: Node) -> str:
    """Return the formula as one types it; `parse` reads it back as the same tree."""
    return _Writer(call=_typed).write(node, SUM)


def code(node: Node, named: Mapping[str, str] | None = None) -> str:
    """Return the formula as a NumPy expression.

    Parameters
    ----------
    named : mapping of str to str, optional
        What to write for a variable instead of its name.
    """
    return _Writer(
        variable=lambda name: (named or {}).get(name, name),
        constant=lambda name: f"np.{name}",
        power="{0}**{1}",
        call=_coded,
    ).write(node, SUM)


def tex(node: Node, named: Mapping[str, str] | None = None) -> str:
    r"""Return the formula in TeX.

    Parameters
    ----------
    named : mapping of str to str, optional
        What to write for each variable: its number, for instance. Without it `w1` is `w_{1}`.
    """

    def variable(name: str) -> str:
        return named[name] if named and name in named else variable_tex(name)

    return _Tex(
        variable=variable,
        constant=lambda name: {"pi": r"\pi"}.get(name, name),
        number=_tex_number,
        product=r"{0} \cdot {1}",
        quotient=r"\frac{{{0}}}{{{1}}}",
        power="{0}^{{{1}}}",
        parentheses=r"\left({0}\right)",
        call=_set,
    ).write(node, SUM)


def variable_tex(name: str) -> str:
    """Return a variable's name in TeX, its number below."""
    letters = name.rstrip("0123456789")
    below = name[len(letters) :]
    return f"{letters}_{{{below}}}" if below else letters


def _shortest(value: float) -> str:
    """Return the shortest decimal that is read back as the same number."""
    return repr(value).removesuffix(".0")


@dataclass(frozen=True, slots=True)
class _Writer:
    """How each kind of node is written.

    Attributes
    ----------
    product, quotient, power, parentheses : str
        With `{0}` and `{1}` for the parts.
    call : callable of (name, arguments) -> str
    """

    call: Callable[[str, list[str]], str]
    variable: Callable[[str], str] = str
    constant: Callable[[str], str] = str
    number: Callable[[float], str] = _shortest
    product: str = "{0} * {1}"
    quotient: str = "{0} / {1}"
    power: str = "{0}^{1}"
    parentheses: str = "({0})"

    def write(self, node: Node, place: int) -> str:
        """Return the node for a place that holds together as strongly as `place`."""
        written, strength = self._write(node)
        return written if strength >= place else self.parentheses.format(written)

    def _write(self, node: Node) -> tuple[str, int]:
        written, strength = "", ATOM
        match node:
            case Number(value):
                written = self.number(value)
            case Constant(name):
                written = self.constant(name)
            case Variable(name):
                written = self.variable(name)
            case Negative(of):
                written, strength = f"-{self.write(of, PRODUCT)}", SUM
            case Sum(terms):
                written, strength = self._sum(terms), SUM
            case Product(left, right):
                written, strength = self._product(left, right), PRODUCT
            case Quotient(above, below):
                written, strength = self._quotient(above, below), PRODUCT
            case Power(base, exponent):
                written, strength = self._power(base, exponent), POWER
            case Call(name, arguments):
                written = self.call(name, [self.write(one, SUM) for one in arguments])
        return written, strength

    def _sum(self, terms: tuple[Node, ...]) -> str:
        written = ""
        for one in terms:
            if isinstance(one, Negative):
                written += f"{' - ' if written else '-'}{self.write(one.of, PRODUCT)}"
            else:
                written += f"{' + ' if written else ''}{self.write(one, PRODUCT)}"
        return written

    def _product(self, left: Node, right: Node) -> str:
        return self.product.format(self.write(left, PRODUCT), self.write(right, POWER))

    def _quotient(self, above: Node, below: Node) -> str:
        return self.quotient.format(self.write(above, PRODUCT), self.write(below, POWER))

    def _power(self, base: Node, exponent: Node) -> str:
        return self.power.format(self.write(base, ATOM), self.write(exponent, POWER))


class _Tex(_Writer):
    """TeX has two dimensions, and needs fewer parentheses."""

    def _product(self, left: Node, right: Node) -> str:
        first, second = self.write(left, PRODUCT), self.write(right, PRODUCT)
        close = isinstance(left, Number) and not second[:1].isdigit() and second[:1] != "("
        return f"{first} {second}" if close else self.product.format(first, second)

    def _quotient(self, above: Node, below: Node) -> str:
        return self.quotient.format(self.write(above, SUM), self.write(below, SUM))

    def _power(self, base: Node, exponent: Node) -> str:
        held = self.write(base, ATOM)
        if isinstance(base, Call) and base.name == "exp":  # it is a power already
            held = self.parentheses.format(held)
        return self.power.format(held, self.write(exponent, SUM))


def _typed(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def _coded(name: str, arguments: list[str]) -> str:
    return FUNCTIONS[name].code.format(*arguments)


def _set(name: str, arguments: list[str]) -> str:
    return FUNCTIONS[name].tex.format(*arguments)


def _tex_number(value: float) -> str:
    digits, _, exponent = f"{value:.6g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits
