"""The exhibit `neuron`: its line, its two rules, and which points no line separates."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.library import Library
from engine.data.separability import common_place
from engine.errors import InvalidValueError
from engine.exhibits.neuron import EXHIBIT
from engine.exhibits.neuron_controls import CLOUDS, CORNERS, normal_points, points_of, theta_of
from engine.explain.ledger import TOLERANCE
from engine.landscape.neuron import Neuron, Sigmoid, Step
from engine.recorder import Recorder

NAMES = ("perceptron", "logistic")
HUNDREDTHS = st.integers(-100, 200).map(lambda n: n / 100)
COARSE = st.integers(-2, 3).map(float)

sets_of_points = st.lists(
    st.tuples(HUNDREDTHS, HUNDREDTHS, st.sampled_from([0, 1])), min_size=2, max_size=9
) | st.lists(st.tuples(COARSE, COARSE, st.sampled_from([0, 1])), min_size=2, max_size=9)
weights = st.tuples(*[st.floats(-6, 6)] * 3)


def run(step=0, *, seed=1, **values):
    recorder = Recorder(EXHIBIT, {"show": "two", **values}, seed, Library())
    recorder.seek(step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def judge(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    (event,) = recorder.act("judge", args)
    return event.data


def split(points):
    rows = np.array(points, float)
    return rows[:, :2], rows[:, 2]


@given(sets_of_points, weights)
def test_what_each_point_pulls_with_is_minus_the_slope_of_its_loss(points, theta):
    x, y = split(points)
    steps = 1e-6 * np.eye(3)
    for unit in (Step(), Sigmoid()):

        def loss(at, unit=unit):
            return unit.loss(Neuron(unit, at).score(x), y)

        theta = np.array(theta)
        found = np.stack([(loss(theta + e) - loss(theta - e)) / 2e-6 for e in steps], -1)
        exact = Neuron(unit, theta).gradients(x, y)
        # the perceptron's loss has a bend where z is 0
        smooth = np.abs(Neuron(unit, theta).score(x)) > 1e-4
        np.testing.assert_allclose(found[smooth], exact[smooth], rtol=1e-4, atol=1e-7)


def has_line(x, y):
    """Return whether a line separates the classes, by trying every direction that could do it.

    The nearest places of two hulls are two points, or a point and a side: so the normal of the
    widest strip between them is the difference of two points, or stands on it.
    """
    exact = [tuple(Fraction(str(one)) for one in row) for row in x.tolist()]
    sides = [[p for p, one in zip(exact, y, strict=True) if one == of] for of in (0, 1)]
    if not all(sides):
        return True
    pairs = [(a[0] - b[0], a[1] - b[1]) for a, b in combinations(exact, 2)]
    for u in (
        turned for d in pairs for turned in (d, (-d[0], -d[1]), (-d[1], d[0]), (d[1], -d[0]))
    ):
        low, high = ([u[0] * p[0] + u[1] * p[1] for p in side] for side in sides)
        if max(low) < min(high):
            return True
    return False


@given(sets_of_points)
def test_either_a_line_separates_the_points_or_a_place_lies_in_both_hulls(points):
    x, y = split(points)
    common = common_place(x, y)
    assert (common is None) == has_line(x, y)
    if common is None:
        return
    assert common.shares.min() >= 0
    assert np.count_nonzero(common.shares) <= 4
    for side in (0, 1):
        shares = common.shares * (y == side)
        np.testing.assert_allclose(shares.sum(), 1)
        np.testing.assert_allclose(shares @ x, common.place, atol=1e-9)


@pytest.mark.parametrize(("data", "there"), [("and", True), ("or", True), ("xor", False)])
def test_gates_have_a_line_but_for_xor(data, there):
    points = points_of(data, "", 0)
    np.testing.assert_array_equal(points.x, CORNERS)
    assert (common_place(points.x, points.y) is None) == there


@pytest.mark.parametrize("data", list(CLOUDS))
def test_clouds_are_as_their_name_says_for_every_seed(data):
    for seed in range(20):
        points = points_of(data, "", seed)
        assert has_line(points.x, points.y) == (data == "groups")
        normal_points(
            "; ".join(f"{a:g} {b:g} {c:g}" for (a, b), c in zip(*[points.x, points.y], strict=True))
        )


def test_a_point_must_lie_on_the_grid_for_the_answer_to_be_exact():
    with pytest.raises(InvalidValueError, match=r"whole multiples of 0\.01"):
        common_place(np.array([[0.001, 0], [1, 1]]), np.array([0, 1]))


@pytest.mark.parametrize("batch", ["one", "all"])
def test_the_two_rules_differ_in_the_answer_alone(batch):
    recorder = run(3, data="groups", weights="1 1.5 -1.5", batch=batch, rate=0.5)
    before = arrays(recorder)
    point = int(before["turn"])
    recorder.step()
    after = arrays(recorder)
    x, y = before["x"], before["y"]
    for name in NAMES:
        pull = (y - before[f"{name}.a"])[:, None] * np.column_stack([x, np.ones(len(x))])
        np.testing.assert_allclose(before[f"{name}.pull"], pull, atol=1e-12)
        wanted = 0.5 * (pull[point] if batch == "one" else pull.mean(0))
        moved = np.append(
            after[f"{name}.w"] - before[f"{name}.w"], after[f"{name}.b"] - before[f"{name}.b"]
        )
        np.testing.assert_allclose(moved, wanted, atol=1e-12)
        np.testing.assert_allclose(before[f"{name}.update"], wanted, atol=1e-12)


@pytest.mark.parametrize("data", ["and", "or", "groups"])
@pytest.mark.parametrize("batch", ["one", "all"])
def test_where_a_line_separates_the_perceptron_stops_and_says_so(data, batch):
    recorder = run(data=data, weights="-1 0.5 0.5", batch=batch)
    events = recorder.step(300)
    (event,) = events
    assert (event.name, event.pauses) == ("converged", True)
    scalars = recorder.snapshot().scalars
    assert scalars["perceptron_mistakes"] == 0
    assert scalars["corrections"] == event.data["corrections"] > 0
    assert scalars["last"] == event.data["last"]
    weights = arrays(recorder)["perceptron.w"]
    recorder.step(20)
    np.testing.assert_array_equal(arrays(recorder)["perceptron.w"], weights)
    assert recorder.snapshot().scalars["logistic_loss"] < scalars["logistic_loss"]


def test_a_perceptron_that_is_not_on_the_stage_stops_nothing():
    (event,) = run(data="groups", show="one", output="sigmoid").step(300)
    assert (event.name, event.pauses) == ("converged", False)
    (event,) = run(data="groups", show="one", output="step").step(300)
    assert (event.name, event.pauses) == ("converged", True)


def test_on_xor_the_perceptron_comes_back_to_where_it_was_and_says_so():
    recorder = run(data="xor", weights="1 1 -1.5")
    (event,) = recorder.step(100)
    assert (event.name, event.pauses, event.data["cycle"]) == ("cycles", True, 4)
    here = arrays(recorder)
    recorder.step(4)
    for name in ("perceptron.w", "perceptron.b", "turn"):
        np.testing.assert_array_equal(arrays(recorder)[name], here[name])
    np.testing.assert_array_equal(here["common.x"], [0.5, 0.5])
    np.testing.assert_array_equal(here["common.share"], [0.5] * 4)


def test_on_xor_the_logistic_neuron_comes_to_rest_at_one_half():
    here = arrays(run(400, data="xor", weights="1 1 -1.5", batch="all"))
    np.testing.assert_allclose(here["logistic.a"], 0.5, atol=1e-9)
    np.testing.assert_allclose(here["logistic.J"], np.log(2))
    np.testing.assert_allclose(here["logistic.dw"], 0, atol=1e-7)


@given(weights)
def test_line_and_arrow_are_where_the_score_is_nought_and_at_a_right_angle(theta):
    text = " ".join(f"{one:.4f}" for one in theta)
    here = arrays(run(weights=text))
    w, b = theta_of(text)[:2], theta_of(text)[2]
    if not w.any():
        assert np.isnan(here["perceptron.line"]).all()
        return
    line, arrow = here["perceptron.line"], here["perceptron.arrow"]
    scale = np.hypot(*w) + abs(b)
    np.testing.assert_allclose(line @ w + b, 0, atol=1e-9 * scale * (1 + abs(b) / np.hypot(*w)))
    np.testing.assert_allclose((line[1] - line[0]) @ (arrow[1] - arrow[0]), 0, atol=1e-6)
    assert (arrow[1] - arrow[0]) @ w > 0
    distance = np.abs(here["logistic.distance"])
    np.testing.assert_allclose(distance * np.hypot(*w), np.abs(here["logistic.z"]), atol=1e-9)


@given(weights.filter(lambda w: np.hypot(*w[:2]) > 0.1), st.floats(-5, 5))
def test_the_bias_moves_the_line_and_does_not_turn_it(theta, more):
    lines = [
        arrays(run(weights=f"{theta[0]:.4f} {theta[1]:.4f} {b:.4f}"))["perceptron.line"]
        for b in (theta[2], theta[2] + more)
    ]
    before, after = (line[1] - line[0] for line in lines)
    np.testing.assert_allclose(before, after, atol=1e-6)


@pytest.mark.parametrize(
    ("said", "weights"),
    [
        ("1 -0.5, 0.25", "1 -0.5 0.25"),
        ("1 1 through 0.5 0.5", "1 1 -1"),
        ("3 4 2 length 10", "6 8 4"),
        ("length 5 about 1 1 towards 1 2", "0 5 -5"),
        ("\u22120.00001 1 0", "0 1 0"),
    ],
)
def test_weights_can_be_said_by_what_the_line_should_do(said, weights):
    assert EXHIBIT.check({"weights": said}, Library())["weights"] == weights


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("1 2", "weights: expected w1, w2 and b, such as 1 -0.5 0.25, got '1 2'"),
        ("1 two 3", "weights: expected w1, w2 and b"),
        ("1 2x 3", "weights: expected a number, got '2x'"),
        ("1 nan 3", "weights: expected w1, w2 and b"),
        ("1 99 3", "weights: expected w2 from -20 to 20, got 99"),
        ("0 0 1 length 2", "weights: expected weights that are not both 0"),
        ("1 0 1 length 0", "weights: expected a length above 0, to 20, got 0"),
        ("length 1 about 1 1 towards 1 1", "weights: expected weights that are not both 0"),
    ],
)
def test_weights_that_mean_nothing_are_refused_with_the_rule(said, why):
    with pytest.raises(InvalidValueError, match=why):
        EXHIBIT.check({"weights": said}, Library())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("0 0 0", "points: expected 2 to 24 points, got 1"),
        ("0 0 0; 1 1", "points: expected x1, x2 and the class of a point, got '1 1'"),
        ("0 0 0; 1 3 1", "points: expected x2 from -1 to 2, got 3"),
        ("0 0 0; 1 1 2", "points: expected the class 0 or 1, got 2"),
        ("0 0 0; 1 a 1", "points: expected numbers, got '1 a 1'"),
    ],
)
def test_points_that_mean_nothing_are_refused_with_the_rule(said, why):
    with pytest.raises(InvalidValueError, match=why):
        EXHIBIT.check({"points": said}, Library())


def test_the_same_weights_set_again_put_both_neurons_back():
    recorder = run(12, data="groups", weights="1 1.5 -1.5")
    moved = arrays(recorder)
    assert (moved["perceptron.w"] != [1, 1.5]).any()
    recorder.set({"weights": "1 1.5 -1.5"})
    for name in NAMES:
        np.testing.assert_array_equal(arrays(recorder)[f"{name}.w"], [1, 1.5])
    assert arrays(recorder)["turn"] == 0
    recorder.step(3)
    recorder.seek(12)
    np.testing.assert_array_equal(arrays(recorder)["logistic.w"], [1, 1.5])


@pytest.mark.parametrize(
    "values",
    [
        {"data": "xor", "batch": "one"},
        {"data": "overlap", "batch": "all", "rate": 3.0},
        {"data": "own", "points": "0.5 0.5 1; 0.5 0.5 0; 2 -1 0", "weights": "0 0 0"},
    ],
)
def test_every_number_has_a_ledger_that_recomputes_to_it(values):
    recorder = run(**values)
    rng = np.random.default_rng(0)
    for _ in range(3):
        names = [*EXHIBIT.publishes, "perceptron.regions.z", "logistic.regions.z"]
        held = arrays(recorder)
        for name in names:
            shape = held[name.removesuffix(".z") if name.endswith("regions.z") else name].shape
            for index in {tuple(int(rng.integers(size)) for size in shape) for _ in range(6)}:
                if name in held and np.isnan(held[name][index]):
                    with pytest.raises(InvalidValueError, match="not there yet"):
                        recorder.ledger(name, index)
                    continue
                ledger = recorder.ledger(name, index)
                largest = max(map(abs, [ledger.value, 1, *(term.value for term in ledger.terms)]))
                assert abs(ledger.recompute() - ledger.value) <= TOLERANCE * 1e-2 * largest, ledger
        recorder.step(7)


@pytest.mark.parametrize(
    ("question", "values", "answer"),
    [
        ("score", {"point": 3}, 1.5),
        ("bias", {}, "against"),
        ("twice", {"data": "groups", "weights": "1.5 1.5 -1.5"}, "steeper"),
        ("moves", {"weights": "-1 0.5 0.5"}, "subtracts"),
        ("moves", {"weights": "1 1 -1.5"}, "nothing"),
        ("moves", {"data": "own", "points": "1 1 1; 0 0 0", "weights": "-1 0 0"}, "adds"),
        ("settled", {"data": "groups", "weights": "1 1.5 -1.5"}, "moves"),
        ("stops", {"data": "and"}, "stops"),
        ("stops", {"data": "xor"}, "never"),
        ("compromise", {"data": "xor"}, "half"),
        ("compromise", {"data": "and"}, "right"),
    ],
)
def test_predictions_are_worked_out_from_what_is_on_the_stage(question, values, answer):
    recorder = run(**values)
    told = judge(recorder, question, answer)
    assert told["answer"] == answer
    assert told["correct"] is True
    assert judge(recorder, question, "another")["correct"] is False
