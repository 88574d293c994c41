"""Formulae that people type: what is read, what is refused and how, exact slopes."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValueError
from engine.landscape.expression import parse
from engine.landscape.formula import (
    Call,
    Constant,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    depth,
)
from engine.landscape.functions import FUNCTIONS
from engine.landscape.parsing import DEEPEST, LONGEST, parse_tree
from engine.landscape.writing import text

NAMES = ("w1", "w2")

AWAY = 0.003, 0.0047
"""So far from round numbers, and from each other, that no bend of a tree lies just there."""

numbers = st.one_of(
    st.integers(0, 50).map(float), st.floats(1e-6, 1e6), st.just(1e-300), st.just(1.5e300)
)
few = st.integers(0, 9).map(float)
"""With larger ones sums would lose the variables in rounding."""


def _sum(terms):
    flat = [part for one in terms for part in (one.terms if isinstance(one, Sum) else (one,))]
    return Sum(tuple(flat))


def _branches(inner):
    one = sorted(name for name, function in FUNCTIONS.items() if function.arity == 1)
    two = sorted(name for name, function in FUNCTIONS.items() if function.arity == 2)
    return st.one_of(
        st.builds(Negative, inner),
        st.lists(inner, min_size=2, max_size=4).map(_sum),
        st.builds(Product, inner, inner),
        st.builds(Quotient, inner, inner),
        st.builds(Power, inner, inner),
        st.builds(Call, st.sampled_from(one), st.tuples(inner)),
        st.builds(Call, st.sampled_from(two), st.tuples(inner, inner)),
    )


def trees(of):
    leaves = st.one_of(
        st.builds(Number, of),
        st.builds(Variable, st.sampled_from(NAMES)),
        st.builds(Constant, st.sampled_from(("pi", "e"))),
    )
    return st.recursive(leaves, _branches, max_leaves=12)


@given(trees(numbers))
def test_what_is_written_is_read_back_as_the_same_tree(tree):
    assume(len(text(tree)) <= LONGEST)
    assert parse_tree(text(tree), NAMES) == tree


PIECES = ["w1", "w2", "w", "2", "3.5", ".5", "1e9", "sin", "ln", "max", "pi", "e", "(", ")", "+"]
PIECES += ["-", "*", "/", "^", "**", ",", " ", "$", "__import__", "lambda", "[", "'", "é", "π", "−"]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
@settings(max_examples=400)
def test_any_text_is_read_or_refused_with_a_place_and_nothing_else_happens(typed):
    try:
        ground = parse(typed, NAMES)
    except InvalidValueError as error:
        place = int(str(error).removeprefix("character ").partition(":")[0])
        assert 1 <= place <= len(typed) + 1
    else:
        w = np.array([[0.3, -2.0], [-1.0, 0.0]])
        assert ground.value(w).shape == (2,)
        assert ground.gradient(w).shape == (2, 2)


@given(
    trees(few), st.tuples(*(st.integers(-99, 99).map(lambda i, at=at: at + i / 50) for at in AWAY))
)
@settings(max_examples=300)
def test_slopes_are_exact_where_central_differences_can_tell(tree, at):
    assume(len(text(tree)) <= LONGEST)
    ground = parse(text(tree), NAMES)
    w = np.array(at)
    for exact, function in (
        (ground.gradient(w), ground.value),
        (ground.hessian(w), ground.gradient),
    ):
        with np.errstate(all="ignore"):
            here = function(w)[..., None]
            ahead, behind = (_beside(function, w, h) - here for h in (1e-6, -1e-6))
            far = _beside(function, w, 3e-6) - _beside(function, w, -3e-6)
            found = (ahead - behind) / 2e-6
            # where J bends or leaps, or is so steep that differences round, they are no judge
            told = (np.abs(exact) < 1e8) & (
                np.abs(far / 6e-6 - found) <= 1e-6 * (1 + np.abs(found))
            )
            told &= np.abs(ahead + behind) <= 1e-9 * (1 + np.abs(found))
            told &= np.broadcast_to(np.abs(here) < 100, found.shape)
        np.testing.assert_allclose(exact[told], found[told], rtol=1e-4, atol=1e-4)


def _beside(function, w, h):
    return np.stack([function(w + h * e) for e in np.eye(len(w))], axis=-1)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_has_its_slope_and_its_curvature(name):
    arguments = "w1, w2" if FUNCTIONS[name].arity == 2 else "w1 * w2"
    ground = parse(f"{name}({arguments})", NAMES)
    w = np.random.default_rng(2).uniform(0.1, 1.2, (50, 2))
    for exact, function in ((ground.gradient, ground.value), (ground.hessian, ground.gradient)):
        steps = 1e-6 * np.eye(2)
        found = np.stack([(function(w + e) - function(w - e)) / 2e-6 for e in steps], axis=-1)
        np.testing.assert_allclose(exact(w), found, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("typed", "w", "expected"),
    [
        ("-w^2", 3, -9),
        ("2^-w", 1, 0.5),
        ("2^w^2", 3, 512),
        ("2w", 3, 6),
        ("2w^2", 3, 18),
        ("3(w + 1)", 3, 12),
        ("(w + 1)(w - 1)", 3, 8),
        ("8/w/2", 2, 2),
        ("6 - w - 1", 2, 3),
        ("6 - (w - 1)", 2, 5),
        ("2 * -w", 2, -4),
        ("- -w", 2, 2),
        ("2π", 0, 2 * np.pi),
        ("2e", 0, 2 * np.e),
        ("2e3", 0, 2000),
        ("2exp(w)", 0, 2),
        ("log(e^w)", 2.5, 2.5),
        ("w ** 2 × 3 · 2 ÷ 4 − 1", 2, 5),
        ("max(w, -w) + min(1, w)", -3, 0),
        ("relu(w) + sigmoid(0 w)", 2, 2.5),
    ],
)
def test_it_is_read_as_mathematics_is(typed, w, expected):
    assert parse(typed, ("w",)).value(np.array([w])) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("w + $", 'character 5: expected a number, w, a function or "(", got "$"'),
        ("", 'character 1: expected a number, w, a function or "(", got the end'),
        ("w +", 'character 4: expected a number, w, a function or "(", got the end'),
        ("(w", 'character 3: expected an operator or ")", got the end'),
        ("w)", 'character 2: expected an operator or the end, got ")"'),
        ("w w", 'character 3: expected an operator or the end, got "w"'),
        ("x^2", 'character 1: expected a number, w, a function or "(", got "x"'),
        ("sin w", 'character 5: expected "(" after sin, got "w"'),
        ("max(w)", 'character 6: expected an operator or "," and a second argument, got ")"'),
        ("sin(w, 2)", 'character 6: expected an operator or ")", got ","'),
        ("1/2w", 'character 4: expected an operator or the end, got "w"'),
        ("w^2w", 'character 4: expected an operator or the end, got "w"'),
        ("1e999", 'character 1: expected a number below 1.8e308, got "1e999"'),
        ("w.real", 'character 2: expected an operator or the end, got "."'),
        ("__import__('os')", 'character 1: expected a number, w, a function or "(", got "_"'),
        ("w" * 201, "character 201: expected a formula of at most 200 characters, got 201"),
        ("(" * 60, "character 41: expected at most 40 operations one inside the other"),
        ("-" * 199 + "w", "character 42: expected at most 40 operations one inside the other"),
        (
            "*".join(["w"] * 60),
            "character 120: expected at most 40 operations one inside the other",
        ),
    ],
)
def test_an_error_names_the_character_and_its_place(typed, says):
    with pytest.raises(InvalidValueError) as error:
        parse(typed, ("w",))
    assert str(error.value) == says


def test_the_largest_formulae_stay_small():
    worst = "w" + "^w" * (DEEPEST - 1)
    ground = parse(worst, ("w",))
    assert depth(ground.tree) == DEEPEST - 1
    for function in (ground.value, ground.gradient, ground.hessian):
        assert np.isfinite(function(np.array([1.0]))).all()
    many = parse("+".join(["w"] * 100), ("w",))
    assert many.gradient(np.array([1.0])) == 100


def test_what_overflows_is_infinite_and_nothing_is_raised():
    ground = parse("exp(exp(w)) + 9^9^9^w", ("w",))
    assert ground.value(np.array([100.0])) == np.inf
    ground.hessian(np.array([100.0]))


def test_without_bounds_and_start_there_are_some():
    ground = parse("w1 + w2", NAMES, title="Slope")
    assert ground.bounds == ((-3, 3), (-3, 3))
    assert ground.start == (2, 2)
    assert str(ground) == "w1 + w2"
    assert ground.title == "Slope"
