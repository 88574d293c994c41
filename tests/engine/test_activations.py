"""The exhibit `activations`: slopes, softmax in float32, layers that collapse, units that die."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.activations import EXHIBIT
from engine.explain.ledger import TOLERANCE
from engine.explain.slopes import NAMES, flat_zones, layers
from engine.explain.tempered import Tempered, shares
from engine.nn.activations import over
from engine.recorder import Recorder

every_activation = pytest.mark.parametrize("name", NAMES)

logits = st.lists(st.floats(-80, 80), min_size=2, max_size=5)


def run(mode="functions", step=0, seed=1, **values):
    recorder = Recorder(EXHIBIT, {"mode": mode, **values}, seed, Library())
    recorder.seek(step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def answer(recorder, question):
    (event,) = recorder.act("judge", {"question": question})
    return event.data["answer"]


def assert_ledgers_hold(recorder, rng, *, each=3):
    for name, array in arrays(recorder).items():
        if name.startswith("history."):
            continue
        for _ in range(each if array.size else 0):
            index = tuple(int(rng.integers(length)) for length in array.shape)
            if name in EXHIBIT.gradual and np.isnan(array[index]):
                continue
            ledger = recorder.ledger(name, index)
            np.testing.assert_equal(ledger.value, float(array[index]))
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            assert not abs(ledger.recompute() - ledger.value) > TOLERANCE * largest, ledger
            for factor in (one for term in ledger.terms[:3] for one in term.factors):
                if factor.tensor is not None:
                    there = recorder.ledger(factor.tensor, factor.index).value
                    expected = factor.value if factor.of is None else factor.of
                    np.testing.assert_equal(there, expected)


@pytest.mark.parametrize(
    ("mode", "values"),
    [
        ("functions", {"function": "tanh", "z": -1.3}),
        ("functions", {"function": "leaky_relu", "z": 2.0, "leak": 0.3}),
        ("networks", {"data": "moons"}),
        ("collapse", {"alpha": 0.4, "point": 7}),
        ("dying", {}),
        ("softmax", {"temperature": 0.5}),
        ("softmax", {"logits": "-150 -151"}),
    ],
)
def test_every_number_of_every_mode_has_a_ledger_that_leads_on(mode, values):
    recorder, rng = run(mode, **values), np.random.default_rng(0)
    assert_ledgers_hold(recorder, rng)
    recorder.step(9)
    assert_ledgers_hold(recorder, rng)


@every_activation
def test_the_slope_is_what_central_differences_find(name):
    layer, h = layers(0.1)[name], 1e-6
    z = np.array([-3.1, -1.0, -0.2, 0.3, 1.7, 4.0])
    f, slope = over(layer, z)
    ahead, behind = over(layer, z + h)[0], over(layer, z - h)[0]
    np.testing.assert_allclose(slope, (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-9)
    if name == "sigmoid":
        np.testing.assert_allclose(f, 1 / (1 + np.exp(-z)))


@given(small=st.floats(0.02, 0.24))
def test_a_flat_zone_ends_where_the_slope_is_what_counts_as_flat(small):
    for name in ("sigmoid", "tanh"):
        zones = flat_zones(layers(0.1)[name], small)
        assert zones.shape == (2, 2)
        _, slopes = over(layers(0.1)[name], np.array([zones[0, 1], zones[1, 0]]))
        np.testing.assert_allclose(slopes, small, rtol=1e-6)


def test_what_is_flat_of_the_others_is_the_rectifiers_left_side_alone():
    np.testing.assert_allclose(flat_zones(layers(0.1)["relu"], 0.1), [[-8, 0]], atol=1e-9)
    assert flat_zones(layers(0.1)["leaky_relu"], 0.1).size == 0
    assert flat_zones(layers(0.1)["linear"], 0.1).size == 0


def test_ten_sigmoids_leave_a_millionth_and_what_comes_later_is_not_told():
    recorder = run(step=10)
    left = arrays(recorder)["chain.sigmoid"]
    np.testing.assert_allclose(left[:11], 0.25 ** np.arange(11))
    assert np.isnan(left[11:]).all()
    with pytest.raises(InvalidValueError, match="not there yet"):
        recorder.ledger("chain.sigmoid", (11,))
    assert answer(recorder, "left") == "millionth"
    assert answer(recorder, "steepest") == 0.25


@given(z=logits, c=st.floats(-50, 50))
def test_softmax_is_the_same_with_any_number_added_to_all(z, c):
    z = np.array(z)
    before = shares(z.astype(np.float32), "safe")[3]
    after = shares((z + c).astype(np.float32), "safe")[3]
    np.testing.assert_allclose(after, before, atol=3e-5)


@given(z=logits)
def test_both_ways_agree_as_long_as_the_formula_holds(z):
    naive, safe = (shares(np.array(z, np.float32), way)[3] for way in ("naive", "safe"))
    assert np.isfinite(safe).all()
    assert safe.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(naive, safe, rtol=2e-3, atol=1e-6)


def test_the_formula_breaks_at_the_step_that_the_question_finds_and_the_ledger_says_why():
    recorder = run("softmax")
    breaks = int(answer(recorder, "breaks"))
    assert breaks == 87  # 2 + 87 is the first whole number above ln of float32's greatest
    recorder.seek(breaks - 1)
    assert np.isfinite(arrays(recorder)["naive.p"]).all()
    recorder.seek(breaks)
    there = arrays(recorder)
    assert np.isnan(there["naive.p"][0])
    assert np.isinf(there["naive.sum"])
    np.testing.assert_allclose(there["safe.p"], np.exp([2, 1, -1]) / np.exp([2, 1, -1]).sum(), 1e-5)
    ledger = recorder.ledger("naive.p", (0,))
    assert np.isnan(ledger.recompute())
    assert "Infinity divided by infinity" in ledger.note
    assert "greater" in recorder.ledger("naive.exp", (0,)).note


def test_heat_makes_the_shares_equal_and_cold_gives_the_greatest_all():
    p = Tempered(np.array([2.0, 1.0, -1.0]), 0, 1.0).arrays["heat.p"]
    assert p[0].max() > 0.999
    assert np.ptp(p[-1]) < 0.15
    assert (np.diff(p[:, 0]) < 0).all()
    assert answer(run("softmax"), "hot") == "equal"
    assert answer(run("softmax", logits="1 1"), "hot") == "equal"


@pytest.mark.parametrize(
    ("text", "said"),
    [("1", "2 to 5 scores, got 1"), ("300 1", "-200 to 200, got 300"), ("a b", "numbers")],
)
def test_logits_that_mean_nothing_are_refused(text, said):
    with pytest.raises(InvalidValueError, match=said):
        run("softmax", logits=text)


@pytest.mark.parametrize("step", [0, 40])
def test_without_a_bend_one_matrix_says_the_same_at_every_point(step):
    there = arrays(run("collapse", step=step))
    recorder = run("collapse", step=step)
    for point in (0, 50, 119):
        recorder.set({"point": point})
        np.testing.assert_allclose(arrays(recorder)["apart"], 0, atol=1e-14)
    np.testing.assert_allclose(there["one.M"], there["net.dense2.W"] @ there["net.dense1.W"])
    np.testing.assert_allclose(there["best.M"], there["one.M"], atol=1e-12)
    np.testing.assert_allclose(there["best.c"], there["one.c"], atol=1e-12)
    assert there["best.error"] < 1e-25


@given(alpha=st.integers(0, 100).map(lambda n: n / 100))
def test_the_bend_is_so_much_of_a_rectifier_and_the_rest_of_a_line(alpha):
    recorder = run("collapse")
    recorder.set({"alpha": alpha})
    there = arrays(recorder)
    z = there["net.dense1.z"]
    np.testing.assert_allclose(
        there["net.act1.a"], (1 - alpha) * z + alpha * np.maximum(z, 0), atol=1e-15
    )
    assert (there["best.error"] > 1e-12) == (alpha > 0)


def test_no_other_single_layer_misses_less_than_the_nearest():
    there = arrays(run("collapse", step=100, alpha=0.8))
    x, missed = there["data.x"], there["best.missed"]
    np.testing.assert_allclose(np.column_stack([x, np.ones(len(x))]).T @ missed, 0, atol=1e-9)
    ends = there["best.line"]
    scores = ends @ there["best.M"].T + there["best.c"]
    np.testing.assert_allclose(scores[:, 0], scores[:, 1], atol=1e-9)


def test_a_bend_in_the_middle_of_a_run_comes_back_to_the_byte():
    recorder = run("collapse", step=3)
    recorder.set({"alpha": 0.7})
    ledger = recorder.ledger("net.batch.act1.a", (3, 1))  # made before the bend
    assert ledger.recompute() == pytest.approx(ledger.value)
    recorder.step(5)
    seen = {name: array.tobytes() for name, array in arrays(recorder).items()}
    recorder.seek(2)
    assert arrays(recorder)["alpha"] == 0
    recorder.seek(8)
    assert {name: array.tobytes() for name, array in arrays(recorder).items()} == seen


def test_the_questions_about_the_collapse_are_answered_by_trying():
    recorder = run("collapse", step=20)
    assert answer(recorder, "deep") == "line"
    assert answer(recorder, "bent") == "no"


def test_the_five_networks_begin_alike_and_only_the_linear_one_keeps_a_straight_border():
    recorder = run("networks")
    first = arrays(recorder)
    for name in NAMES[1:]:
        np.testing.assert_array_equal(first[f"{name}.dense1.W"], first["linear.dense1.W"])
    worst = answer(recorder, "worst")
    recorder.seek(300)
    there = arrays(recorder)
    losses = dict(zip(NAMES, there["score.loss"], strict=True))
    assert worst == max(losses, key=losses.get) == "linear"
    assert losses["relu"] < 0.1 < losses["sigmoid"]
    for name in ("linear", "relu"):
        p = there[f"{name}.regions.p"].astype(np.float64)
        score = np.log(p) - np.log1p(-p)
        bent = np.abs(np.diff(score, 2, axis=0)).max() / np.ptp(score)
        assert (bent < 1e-4) == (name == "linear")


def test_in_the_first_layer_a_dead_unit_never_comes_back_and_in_the_second_one_may():
    recorder = run("dying")
    asked = answer(recorder, "dead")
    first, second, weights = [], [], None
    for step in range(201):
        recorder.seek(step)
        there = arrays(recorder)
        silent = there["relu.silent1"].astype(bool)
        if weights is not None:
            assert silent[first[-1]].all()
            still = first[-1]
            np.testing.assert_array_equal(there["relu.dense1.W"][still], weights[still])
            np.testing.assert_array_equal(there["relu.pull1"][still], 0)
        first.append(np.flatnonzero(silent))
        second.append(int(there["relu.silent"][1]))
        weights = there["relu.dense1.W"].copy()
    assert len(first[-1]) > 0
    assert (np.diff(second[80:91]) < 0).any()  # as the lesson says
    assert asked == len(first[-1]) + second[-1] == 13
    assert second[-1] == 8
    assert answer(recorder, "back") == "no"


def test_leaky_units_fall_silent_and_come_back():
    course = arrays(run("dying", step=200))
    quiet = course["history.silent_leaky_relu_1"] + course["history.silent_leaky_relu_2"]
    assert quiet.max() > 0
    assert quiet[-1] == 0
    assert course["leaky_relu.loss"] < 0.01 < course["relu.loss"]


def test_before_the_first_step_there_is_no_gradient_to_tell_of():
    recorder = run("dying")
    with pytest.raises(InvalidValueError, match="not there yet"):
        recorder.ledger("relu.pull1", (0,))
    gentle = run("dying", seed=3)
    assert arrays(gentle)["relu.silent"].sum() == 0
    with pytest.raises(InvalidValueError, match="no ReLU is dead"):
        answer(gentle, "back")
