"""Ledgers of grounds: they recompute, their NumPy line computes, their factors are elements."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledgers import mathml
from engine.explain.ground import Data, bend_ledger, slope_ledger, spot, value_ledger
from engine.explain.regression import error_ledger, sample_slope_ledger
from engine.landscape.expression import parse
from engine.landscape.named import ONE, TWO
from engine.landscape.regression import Regression, two_samples
from engine.landscape.sculpted import Sculpted

RNG = np.random.default_rng(5)
SOME = Regression(RNG.normal(size=(9, 2)), RNG.normal(size=9), names=("w2", "w0"), fixed={"w1": -2})
LAW = 1e-6


def ledgers(here):
    """Return the ledgers of J and of all its first and second derivatives, each with its value."""
    d = len(here.ground.names)
    yield value_ledger(here), float(here.ground.value(here.w))
    for i in range(d):
        yield slope_ledger(here, i), here.ground.gradient(here.w)[i]
        for j in range(d):
            yield bend_ledger(here, i, j), here.ground.hessian(here.w)[i, j]


def assert_law(ledger, value):
    assert ledger.value == value
    largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
    tiny = 1e-300  # below it floats lose digits
    assert abs(ledger.recompute() - ledger.value) <= LAW * largest + tiny
    for term in ledger.terms:
        product = math.prod(factor.value for factor in term.factors)
        assert product == pytest.approx(term.value, rel=1e-12, abs=1e-300)


def run_line(ledger, **scope):
    return eval(ledger.code.split(" = ", 1)[1], {"np": np, **scope})


@pytest.mark.parametrize("ground", [*ONE.values(), *TWO.values()], ids=lambda one: one.title)
@given(data=st.data())
@settings(max_examples=10)
def test_every_number_of_a_named_ground_recomputes_and_its_line_computes_it(ground, data):
    w = np.array([data.draw(st.floats(low, high)) for low, high in ground.bounds])
    here = spot(ground, w, "path.w", (4,))
    path = np.zeros((5, len(w)))
    path[4] = w
    for ledger, value in ledgers(here):
        assert_law(ledger, value)
        scale = max(abs(value), *(abs(term.value) for term in ledger.terms))
        assert run_line(ledger, w=path) == pytest.approx(value, rel=1e-9, abs=1e-9 * scale)
        for term in ledger.terms:
            for factor in term.factors:
                if factor.tensor:
                    element = {"path.w": path}[factor.tensor][factor.index]
                    assert element == (factor.value if factor.of is None else factor.of)


@pytest.mark.parametrize("errors", [None, "now.errors"])
@pytest.mark.parametrize("rows", [None, (3, 0, 2, 8, 5, 6, 7, 1, 4)])
@pytest.mark.parametrize("ground", [SOME, two_samples()], ids=["two", "all"])
def test_every_number_of_a_regression_is_a_sum_over_its_samples(ground, rows, errors):
    n, d = len(ground.y), len(ground.names)
    rows = rows and tuple(one for one in rows if one < n)
    data = Data(x="data.x", y="data.y", errors=errors, rows=rows)
    w = np.arange(1.0, d + 1) / 3
    here = spot(ground, w, data=data)
    place = np.argsort(rows) if rows else np.arange(n)
    tensors = {
        "w": w,
        "data.x": ground.x[place],
        "data.y": ground.y[place],
        "now.errors": ground.errors(w)[place],
    }
    scope = {name.rpartition(".")[2]: array for name, array in tensors.items()}
    scope |= {"rows": list(rows or ()), "n": n}
    for ledger, value in ledgers(here):
        assert_law(ledger, pytest.approx(value, rel=1e-12))
        assert len(ledger.terms) == n
        assert run_line(ledger, **scope) == pytest.approx(value)
        assert_elements(ledger, tensors)
    for i in range(n):
        row = data.row(i)
        ledger = error_ledger(here, i)
        assert ledger.index == (row,)
        assert_law(ledger, pytest.approx(ground.errors(w)[i], rel=1e-12))
        assert run_line(ledger, **scope) == pytest.approx(ledger.value)
        assert_elements(ledger, tensors)
        predicted = error_ledger(here, i, "predicted", minus_y=False)
        assert_law(predicted, pytest.approx(ground.predict(w)[i]))
        for j in range(d):
            own = sample_slope_ledger(here, i, j)
            assert own.index == (row, j)
            assert_law(own, pytest.approx(ground.sample_gradients(w)[i, j], rel=1e-12))
            assert run_line(own, **scope) == pytest.approx(own.value)
            assert_elements(own, tensors)


def assert_elements(ledger, tensors):
    for term in ledger.terms:
        for factor in term.factors:
            if factor.tensor:
                element = tensors[factor.tensor][factor.index]
                assert element == (factor.value if factor.of is None else factor.of)


def test_the_worked_gradient_is_written_as_samples_times_errors():
    ledger = slope_ledger(spot(two_samples(), np.zeros(3)), 2)
    values = [[factor.value for factor in term.factors] for term in ledger.terms]
    assert values == [[0.5, -1.8, 3.0], [0.5, -3.2, 5.0]]
    assert ledger.value == pytest.approx(-10.7)


def test_a_long_sum_has_pages_and_each_recomputes():
    ground = Regression(RNG.normal(size=(40, 1)), RNG.normal(size=40))
    here = spot(ground, np.ones(2))
    for page in range(4):
        ledger = slope_ledger(here, 1, page=page)
        assert (ledger.page, ledger.pages, ledger.rest.count) == (page, 4, 30)
        assert ledger.recompute() == pytest.approx(ledger.value, rel=1e-9)


def test_the_formula_has_the_numbers_in_it_and_its_symbols_name_tensors():
    ledger = slope_ledger(spot(TWO["saddle"], np.array([0.5, -2.0])), 1)
    assert r"\frac{\partial J}{\partial w_{2}} = -w_{2} + w_{2}^{3}" in ledger.formula
    assert r"\left(-2\right)^{3} = -6" in ledger.formula
    assert 'data-tensor="w"' in mathml(ledger)
    assert ledger.code == "dw[1] = -w[1] + w[1]**3"


def test_where_j_is_not_defined_the_ledger_says_so():
    ledger = slope_ledger(spot(parse("ln(w)", ("w",)), np.array([-1.0])), 0)
    assert math.isnan(ledger.value)
    assert ledger.note.startswith("J is not defined at w = −1.")


def test_a_formula_too_long_to_be_written_out_still_has_its_terms():
    text = "*".join(["(w + 1)"] * 20)
    here = spot(parse(text, ("w",)), np.array([0.1]))
    for ledger, value in ledgers(here):
        assert_law(ledger, pytest.approx(value))
        assert len(ledger.formula) < 20_000
        mathml(ledger)


@given(data=st.data())
@settings(max_examples=20)
def test_every_number_of_a_sculpted_ground_is_what_lies_below_and_a_term_a_bump(data):
    bumps = [(-1, 0.5, 2, 0.7), (1, 1, -1.5, 0.4), (2, -2, 0.5, 1.5)]
    ground = Sculpted(bumps)
    w = np.array([data.draw(st.floats(-3, 3)) for _ in range(2)])
    tensors = {"w": w, "ground.bumps": ground.bumps}
    for ledger, value in ledgers(spot(ground, w, data=Data(bumps="ground.bumps"))):
        assert_law(ledger, value)
        assert_elements(ledger, {**tensors})
        assert run_line(ledger, w=w, bumps=ground.bumps) == pytest.approx(value, abs=1e-9)
        assert (
            sum(factor.tensor == "ground.bumps" for t in ledger.terms for factor in t.factors) == 3
        )
        mathml(ledger)
    bare = Sculpted()
    for ledger, value in ledgers(spot(bare, w)):
        assert_law(ledger, value)
