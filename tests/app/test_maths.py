"""Equations: TeX to MathML, with the tensors of its symbols named."""

import re
from xml.etree import ElementTree

import pytest

from app.maths import TexError, tex


def named(markup: str) -> dict[str, list[str]]:
    """Return the texts of all elements with `data-tensor`, by its value."""
    found: dict[str, list[str]] = {}
    for element in ElementTree.fromstring(markup).iter():
        if "data-tensor" in element.attrib:
            text = "".join(element.itertext())
            found.setdefault(element.attrib["data-tensor"], []).append(text)
    return found


def test_a_symbol_carries_its_tensor_wherever_it_occurs() -> None:
    markup = tex(r"z = W x + W^2 b", {"W": "conv1.W", "z": "conv1.z"})
    assert named(markup) == {"conv1.W": ["W", "W"], "conv1.z": ["z"]}


def test_a_symbol_carries_its_tensor_inside_an_index_or_a_fraction() -> None:
    markup = tex(r"\frac{\partial L}{\partial W_{ij}}", {"W": "dense1.W"})
    assert named(markup) == {"dense1.W": ["W"]}


def test_a_compound_symbol_is_named_as_a_whole() -> None:
    markup = tex(r"\hat{y}_i - y + W_1", {r"\hat{y}": "softmax.a", "y": "y", "W_1": "dense1.W"})
    assert named(markup) == {"softmax.a": ["y^"], "y": ["y"], "dense1.W": ["W1"]}


def test_the_larger_symbol_wins() -> None:
    markup = tex(r"W_1 + W", {"W": "a", "W_1": "b"})
    assert named(markup) == {"b": ["W1"], "a": ["W"]}


def test_the_formula_is_its_own_alternative_text() -> None:
    root = ElementTree.fromstring(tex(r'a < b \text{ "&" }'))
    assert root.tag == "math"
    assert root.attrib["alttext"] == r'a < b \text{ "&" }'
    assert "".join(root.itertext()).replace("\xa0", " ") == 'a<b "&" '


def test_what_stands_in_a_formula_cannot_become_markup() -> None:
    markup = tex(r"\text{<script>alert(1)</script>}")
    assert "<script" not in markup


def test_a_formula_may_stand_on_its_own_line() -> None:
    assert 'display="block"' in tex("x", display=True)
    assert 'display="inline"' in tex("x")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{1}",
        r"\unknown x",
        "x_",
        "{",
        "a}",
        r"\left(x",
        r"\sqrt",
        r"\begin{cases} x",
    ],
)
def test_bad_tex_is_an_error_that_shows_it(latex: str) -> None:
    with pytest.raises(TexError, match=re.escape(latex)):
        tex(latex)


def test_a_symbol_that_is_not_there_is_an_error() -> None:
    with pytest.raises(TexError, match=r"expected the symbol V of conv1\.V, found none"):
        tex("z = W x", {"V": "conv1.V"})


def test_a_symbol_of_several_parts_is_an_error() -> None:
    with pytest.raises(TexError, match=r"W x: expected one symbol, got 2"):
        tex("z = W x", {"W x": "conv1.W"})
