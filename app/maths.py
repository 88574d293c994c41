"""Equations for templates: TeX to MathML on the server, with the tensors of its symbols named."""

import html
from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markupsafe import Markup

CHILDREN = {
    "mfrac": 2,
    "mover": 2,
    "mroot": 2,
    "msub": 2,
    "msubsup": 3,
    "msup": 2,
    "munder": 2,
    "munderover": 3,
}
"""How many children an element must have; the converter lets a missing one pass."""


class TexError(ValueError):
    """A formula that cannot be set."""


def tex(latex: str, tensors: Mapping[str, str] | None = None, *, display: bool = False) -> Markup:
    r"""Set a formula.

    Parameters
    ----------
    latex : str
        The formula in TeX, without dollar signs; also its spoken form (`alttext`).
    tensors : mapping of str to str, optional
        Symbol, in TeX as in the formula, to the name of the tensor it stands for:
        ``{"W": "conv1.W", r"\hat{y}": "softmax.a"}``. Each occurrence of the symbol carries
        ``data-tensor`` with the name, so that it lights up with the tensor. A symbol within
        another one that is named, too, belongs to the larger.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    Markup
        A ``<math>`` element.

    Raises
    ------
    TexError
        If the formula is not valid, or does not contain a symbol of `tensors`.
    """
    return _tex(latex, tuple((tensors or {}).items()), display)


@lru_cache(maxsize=1024)
def _tex(latex: str, tensors: tuple[tuple[str, str], ...], display: bool) -> Markup:
    math = _parse(latex, display)
    math.set("alttext", latex)
    names = {_shape(_only_child(symbol)): name for symbol, name in tensors}
    found = set(_name_symbols(math, names))
    for symbol, name in tensors:
        if _shape(_only_child(symbol)) not in found:
            raise TexError(f"{latex}: expected the symbol {symbol} of {name}, found none")
    return Markup("".join(_serialise(math)))


def _parse(latex: str, display: bool) -> Element:
    try:
        math = convert_to_element(latex, display="block" if display else "inline")
    except Exception as error:  # the converter has a dozen, with no common base and no text
        raise TexError(f"{latex}: {type(error).__name__.removesuffix('Error')}") from error
    for element in math.iter():
        text = html.unescape(element.text or "")
        if text.startswith("\\") and text != "\\":
            raise TexError(f"{latex}: {text} is not known")
        if text in ("\\", "{", "}") and element.tag == "mi":
            raise TexError(f"{latex}: {text} stands alone")
        if len(element) != CHILDREN.get(element.tag, len(element)):
            raise TexError(f"{latex}: a part of {element.tag} is missing")
    return math


def _only_child(symbol: str) -> Element:
    row = _parse(symbol, display=False)[0]
    if len(row) != 1:
        raise TexError(f"{symbol}: expected one symbol, got {len(row)}")
    return row[0]


def _shape(element: Element) -> str:
    """Return what two occurrences of the same symbol have in common."""
    return "".join(_serialise(element))


def _name_symbols(element: Element, names: Mapping[str, str]) -> Iterator[str]:
    """Put `data-tensor` on the outermost symbols of `names`; yield the shapes that were found."""
    shape = _shape(element)
    if shape in names:
        element.set("data-tensor", names[shape])
        yield shape
        return
    for child in element:
        yield from _name_symbols(child, names)


def _serialise(element: Element) -> Iterator[str]:
    # ElementTree's own writer would escape twice: the converter leaves entities in the texts
    attributes = "".join(
        f' {name}="{html.escape(html.unescape(value))}"'
        for name, value in element.attrib.items()
        if name != "xmlns"  # needless in HTML
    )
    yield f"<{element.tag}{attributes}>"
    yield html.escape(html.unescape(element.text or ""), quote=False)
    for child in element:
        yield from _serialise(child)
        yield html.escape(html.unescape(child.tail or ""), quote=False)
    yield f"</{element.tag}>"
