"""The exhibit `losses` and its grounds: slopes, convexity, the ball that stalls, softmax."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.losses import EXHIBIT
from engine.explain.ledger import TOLERANCE
from engine.explain.scores import Scores
from engine.landscape.mean_loss import (
    CrossEntropy,
    MeanLoss,
    Squared,
    SquaredProbability,
    sigmoid,
)
from engine.recorder import Recorder

LOSSES = (Squared(), SquaredProbability(), CrossEntropy())
X = np.array([-3, -2, -1.5, -0.5, 0.5, 1, 2, 3])
Y = np.array([0, 0, 0, 1, 0, 1, 1, 1.0])

every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)

numbers = st.floats(-4, 4)
points = st.lists(st.tuples(numbers, st.sampled_from([0.0, 1.0])), min_size=1, max_size=8)
parameters = st.tuples(st.floats(-6, 6), st.floats(-6, 6))


def run(mode="classification", step=0, **values):
    recorder = Recorder(EXHIBIT, {"mode": mode, **values}, 1, Library())
    recorder.seek(step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def judge(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    (event,) = recorder.act("judge", args)
    return event.data


def central(function, w, h=1e-5):
    steps = h * np.eye(2)
    return np.stack([(function(w + e) - function(w - e)) / (2 * h) for e in steps], axis=-1)


@every_loss
def test_gradient_and_hessian_are_what_central_differences_find(loss):
    ground = MeanLoss(loss, X, Y)
    w = np.random.default_rng(0).uniform(-3, 3, (4, 5, 2))
    np.testing.assert_allclose(ground.gradient(w), central(ground.value, w), rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(ground.hessian(w), central(ground.gradient, w), rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(ground.sample_gradients(w).mean(-2), ground.gradient(w))


@every_loss
def test_the_slopes_of_one_point_are_those_of_its_loss(loss):
    z, y = np.linspace(-9, 9, 37), np.ones(37)
    for target in (0 * y, y):
        for of, by in ((loss.value, loss.slope), (loss.slope, loss.curvature)):
            found = (of(z + 1e-5, target) - of(z - 1e-5, target)) / 2e-5
            np.testing.assert_allclose(by(z, target), found, rtol=1e-4, atol=1e-7)
    found = (loss.output(z + 1e-5) - loss.output(z - 1e-5)) / 2e-5
    np.testing.assert_allclose(loss.output_slope(z), found, atol=1e-8)


@every_loss
def test_the_code_of_a_ground_computes_it(loss):
    ground = MeanLoss(loss, X, Y)
    w, b = 0.7, -0.4
    value = eval(ground.code, {"np": np, "w": w, "b": b, "x": X, "y": Y})
    np.testing.assert_allclose(ground.value(np.array([w, b])), value)


@every_loss
def test_many_places_at_once_are_the_same_as_one_after_the_other(loss):
    ground = MeanLoss(loss, X, Y)
    w = np.random.default_rng(1).uniform(-5, 5, (3, 2, 2))
    for of in (ground.value, ground.gradient, ground.hessian, ground.eigenvalues, ground.scores):
        for place in np.ndindex(3, 2):
            np.testing.assert_allclose(of(w)[place], of(w[place]), rtol=1e-12)


@given(points=points, w=parameters)
def test_eigenvalues_are_those_of_the_hessian(points, w):
    x, y = np.array(points).T
    for loss in LOSSES:
        ground = MeanLoss(loss, x, y)
        exact = np.linalg.eigvalsh(ground.hessian(np.array(w)))
        scale = np.abs(exact).max()
        np.testing.assert_allclose(ground.eigenvalues(np.array(w)), exact, atol=1e-12 * scale)


@given(points=points, w=parameters, other=parameters, between=st.floats(0, 1))
def test_cross_entropy_and_a_lines_squared_error_are_convex_whatever_the_points(
    points, w, other, between
):
    x, y = np.array(points).T
    w, other = np.array(w), np.array(other)
    for loss in (Squared(), CrossEntropy()):
        ground = MeanLoss(loss, x, y)
        assert ground.eigenvalues(w)[0] >= 0
        # no chord lies below the ground
        chord = between * ground.value(w) + (1 - between) * ground.value(other)
        below = ground.value(between * w + (1 - between) * other)
        assert below <= chord + 1e-12 * (1 + abs(chord))


def test_the_squared_error_of_a_probability_is_not_convex_on_the_map_that_is_shown():
    found = arrays(run())
    mse, ce = found["mse.surface.values"], found["ce.surface.values"]
    assert (mse[..., 0] < -0.01).any()
    assert (ce > 0).all()
    assert set(np.unique(found["mse.surface.sign"])) == {0, 2, 4}
    assert set(np.unique(found["ce.surface.sign"])) == {4}
    assert set(np.unique(found["linear.surface.sign"])) == {4}
    # and a chord goes below the ground
    ground = MeanLoss(SquaredProbability(), X, Y)
    row, column = np.unravel_index(mse[..., 0].argmin(), mse.shape[:2])
    w = np.array([found["classes.surface.w"][column], found["classes.surface.b"][row]])
    _, vectors = np.linalg.eigh(ground.hessian(w))
    ends = ground.value(np.stack([w + 0.1 * vectors[:, 0], w - 0.1 * vectors[:, 0]]))
    assert ground.value(w) > ends.mean()


def test_points_all_at_one_place_leave_a_direction_that_is_flat():
    sign = arrays(run(classes="1 0; 1 1"))["ce.surface.sign"]
    assert set(np.unique(sign)) == {3}


def test_nothing_is_lost_where_a_model_is_sure():
    loss, sure = CrossEntropy(), np.array([-800.0, 800.0])
    np.testing.assert_array_equal(loss.value(sure, np.array([1.0, 0.0])), [800, 800])
    np.testing.assert_array_equal(loss.value(sure, np.array([0.0, 1.0])), [0, 0])
    assert sigmoid(np.array([-700.0]))[0] == pytest.approx(np.exp(-700.0))
    slope = SquaredProbability().slope(np.array([40.0]), np.array([1.0]))[0]
    assert slope == pytest.approx(-2 * np.exp(-80.0))


def test_at_the_same_wrong_place_the_gradient_of_mse_is_nine_hundred_times_smaller():
    found = arrays(run())
    np.testing.assert_array_equal(found["mse.w"], found["ce.w"])
    assert found["ce.norm"] > 900 * found["mse.norm"]
    wrong = found["mse.p"] - found["classes.y"]
    assert (np.abs(wrong[[0, 1, 2, 5, 6, 7]]) > 0.99).all()
    assert (found["mse.slope"][[0, 1, 2, 5, 6, 7]] < 0.01).all()


def test_one_ball_stalls_and_the_other_runs():
    recorder = run(step=20)
    found = arrays(recorder)
    ways = {name: np.hypot(*(found[f"{name}.w"] - [-5, 0])) for name in ("mse", "ce")}
    assert ways["ce"] > 100 * ways["mse"]
    assert found["ce.J"] < 0.5
    right = (found["ce.p"] > 0.5) == found["classes.y"]
    assert right.sum() == 6
    recorder.seek(300)
    found = arrays(recorder)
    assert found["mse.J"] > 0.74
    assert found["ce.norm"] < 1e-6
    assert judge(run(), "further")["answer"] == "ce"


def test_a_step_goes_along_minus_the_gradient_and_the_path_is_kept():
    recorder = run(step=0, logistic_rate=2.0)
    before = arrays(recorder)
    recorder.step(1)
    after = arrays(recorder)
    for name in ("mse", "ce"):
        np.testing.assert_allclose(before[f"{name}.update"], -2 * before[f"{name}.dw"])
        np.testing.assert_allclose(
            after[f"{name}.w"], before[f"{name}.w"] + before[f"{name}.update"]
        )
        for which, axis in enumerate("wb"):
            ends = [before[f"{name}.w"][which], after[f"{name}.w"][which]]
            np.testing.assert_array_equal(after[f"{name}.path.{axis}"], ends)
        np.testing.assert_array_equal(
            after[f"{name}.path.J"], [before[f"{name}.J"], after[f"{name}.J"]]
        )
    np.testing.assert_array_equal(after["linear.w"], before["linear.w"])


def test_a_regressions_ball_comes_to_the_line_of_least_squares():
    recorder = run("regression", 300)
    found = arrays(recorder)
    best = np.polyfit(found["points.x"], found["points.y"], 1)
    np.testing.assert_allclose(found["linear.w"], best, atol=1e-6)
    residuals = found["linear.z"] - found["points.y"]
    assert found["linear.J"] == pytest.approx((residuals**2).mean())
    assert np.ptp(found["linear.H"] - arrays(run("regression"))["linear.H"]) == 0


def test_above_two_over_the_greatest_eigenvalue_the_regressions_ball_flies_off():
    recorder = run("regression")
    limit = 2 / arrays(recorder)["linear.H.values"][1]
    for rate, settles in ((0.97 * limit, True), (1.03 * limit, False)):
        found = arrays(run("regression", 300, rate=float(rate)))
        assert (found["linear.J"] < 1) == settles
    events = recorder.act("drop", {"w": 3, "b": 3})
    assert events == ()
    recorder.set({"rate": 1.0})
    (event,) = recorder.step(300)
    assert event.name == "diverged"
    assert event.data["tensor"] == "linear.J"
    assert 0 < event.data["last_finite"] < 300


def test_balls_are_released_where_one_likes_and_history_knows_it():
    recorder = run(step=5)
    recorder.act("drop", {"w": 3.5, "b": -2})
    assert arrays(recorder)["mse.path.w"].tolist() == [3.5]
    assert arrays(recorder)["ce.path.b"].tolist() == [-2]
    recorder.step(4)
    there = {name: array.tobytes() for name, array in arrays(recorder).items()}
    assert arrays(recorder)["ce.path.w"].shape == (5,)
    recorder.seek(3)
    assert arrays(recorder)["ce.path.w"].shape == (4,)
    recorder.seek(9)
    assert {name: array.tobytes() for name, array in arrays(recorder).items()} == there
    other = Recorder(EXHIBIT, {"mode": "classification"}, 1, Library(), changes=recorder.changes)
    other.seek(9)
    assert {name: array.tobytes() for name, array in arrays(other).items()} == there


def test_without_a_place_the_balls_are_released_where_they_began():
    recorder = run(step=8)
    recorder.act("drop", {})
    assert arrays(recorder)["ce.w"].tolist() == [-5, 0]


@pytest.mark.parametrize(
    "args", [{"w": 7, "b": 0}, {"w": 0}, {"w": 0, "b": "x"}, {"w": 0, "b": -6.1}]
)
def test_a_place_off_the_map_is_refused(args):
    with pytest.raises(InvalidValueError, match="expected"):
        run().act("drop", args)


def test_there_is_no_ball_beside_softmax():
    with pytest.raises(InvalidValueError, match="there is no ball here"):
        run("softmax").act("drop", {"w": 0, "b": 0})


def test_moved_points_change_the_ground_and_the_path_lies_on_it():
    recorder = run(step=10)
    recorder.set({"classes": "-2 1; 2 0"})
    found = arrays(recorder)
    assert found["classes.x"].tolist() == [-2, 2]
    ground = MeanLoss(CrossEntropy(), np.array([-2, 2]), np.array([1, 0]))
    path = np.stack([found["ce.path.w"], found["ce.path.b"]], -1)
    np.testing.assert_allclose(found["ce.path.J"], ground.value(path))
    assert found["ce.path.w"].shape == (11,)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("points", "1 2", "expected 2 to 12 points, got 1"),
        ("points", "1 2; 3", "expected two numbers a point, x and y, got '3'"),
        ("points", "1 2; 3 x", "expected numbers, got '3 x'"),
        ("points", "1 2; 3 9", "expected y from -4 to 4, got 9"),
        ("classes", "1 1; nan 0", "expected x from -4 to 4, got nan"),
        ("scores", "1", "expected 2 to 5 scores, got 1"),
        ("scores", "1 2 11", "expected scores from -10 to 10, got 11"),
    ],
)
def test_points_and_scores_that_are_none_are_refused_by_name(name, text, said):
    with pytest.raises(InvalidValueError, match=f"{name}: {said}"):
        run(**{name: text})


def test_points_are_kept_in_their_shortest_form():
    assert EXHIBIT.check({"points": " 1.004,2 ;\n−3 -0.001;"}, Library()) == {"points": "1 2; -3 0"}
    assert EXHIBIT.check({"classes": "1 0.7; 2 -3"}, Library()) == {"classes": "1 1; 2 0"}
    assert EXHIBIT.check({"scores": "3, 2.5; -1"}, Library()) == {"scores": "3 2.5 -1"}


def test_softmax_comes_number_by_number():
    recorder = run("softmax", scores="2 1 -1")
    assert recorder.length == 3 + 1 + 3 + 1 + 3
    order = ["exp", "exp", "exp", "sum", "p", "p", "p", "loss", "dz", "dz", "dz"]
    for step, name in enumerate(order):
        there = {one: array for one, array in arrays(recorder).items() if "softmax" in one}
        missing = sum(int(np.isnan(array).sum()) for array in there.values())
        assert missing == 11 - step
        assert np.isnan(there[f"softmax.{name}"]).any()
        recorder.step(1)
    found = arrays(recorder)
    assert found["softmax.p"].tolist() == pytest.approx([0.705385, 0.259496, 0.035119], abs=1e-6)
    assert found["softmax.loss"] == pytest.approx(-np.log(found["softmax.p"][1]))
    assert found["softmax.dz"].tolist() == (found["softmax.p"] - [0, 1, 0]).tolist()
    recorder.seek(2)
    with pytest.raises(InvalidValueError, match="not there yet; it is worked out at step 6"):
        recorder.ledger("softmax.p", (1,))
    assert [one.tensor for one in recorder.ledger("softmax.exp", (0,)).feeds] == []


@given(z=st.lists(st.floats(-10, 10), min_size=2, max_size=5), shift=st.floats(-10, 10))
def test_the_same_added_to_all_scores_leaves_every_probability(z, shift):
    z = np.array(z)
    plain, moved = Scores(z, 0.0, 0).arrays, Scores(z, shift, 0).arrays
    np.testing.assert_allclose(moved["p"], plain["p"], rtol=1e-12)
    np.testing.assert_allclose(moved["loss"], plain["loss"], rtol=1e-9, atol=1e-12)
    assert plain["p"].sum() == pytest.approx(1)
    assert abs(plain["dz"].sum()) < 1e-12


@given(z=st.lists(st.floats(-8, 8), min_size=3, max_size=3), right=st.integers(0, 2))
def test_the_gradient_of_the_scores_is_what_central_differences_find(z, right):
    z = np.array(z)

    def loss(z):
        return float(Scores(z, 0.0, right).arrays["loss"])

    found = [(loss(z + e) - loss(z - e)) / 2e-5 for e in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(Scores(z, 0.0, right).arrays["dz"], found, atol=1e-8)


def test_predictions_are_judged_by_what_is_on_the_stage():
    regression = run("regression")
    assert judge(regression, "doubled", 4)["correct"]
    mean = float(arrays(regression)["linear.J"])
    assert judge(regression, "mean", mean)["correct"]
    assert not judge(regression, "mean", mean + 1)["correct"]
    assert judge(run(), "further", "ce")["correct"]
    assert judge(run(), "convex")["answer"] == "ce"
    softmax = run("softmax")
    assert judge(softmax, "loss", 1.35)["correct"]
    assert judge(softmax, "shifted", "same")["correct"]
    assert judge(softmax, "pushed", "right")["correct"]


@pytest.mark.parametrize("mode", ["regression", "classification", "softmax"])
def test_every_ledger_of_every_mode_recomputes(mode):
    recorder = run(mode, step=9)
    for name, array in arrays(recorder).items():
        for index in list(np.ndindex(array.shape))[:: 1 + array.size // 12]:
            if np.isnan(array[index]):
                continue
            ledger = recorder.ledger(name, index)
            np.testing.assert_equal(ledger.value, float(array[index]))
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            exact = array.dtype == np.float64
            allowed = (1e-6 if exact else TOLERANCE) * largest
            assert abs(ledger.recompute() - ledger.value) <= allowed, ledger


def test_the_gradient_of_mse_names_the_factor_that_kills_it():
    recorder = run()
    found = arrays(recorder)
    ledger = recorder.ledger("mse.dw", (0,))
    for i, term in enumerate(ledger.terms):
        slope = next(one for one in term.factors if one.tensor == "mse.slope")
        assert slope.symbol == r"\sigma'(z)"
        assert slope.value == found["mse.slope"][i]
    tensors = {one.tensor for term in recorder.ledger("ce.dw", (0,)).terms for one in term.factors}
    assert tensors == {"ce.error", "classes.x"}
