"""The exhibit `descent`: its runs, their actions, questions and ledgers."""

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.descent import EXHIBIT
from engine.explain.ledger import TOLERANCE
from engine.landscape.outlook import REGIMES
from engine.recorder import Recorder

CONTROLS = {control.name: control for control in EXHIBIT.controls}
CURVES = [option.value for option in CONTROLS["curve"].options]
GROUNDS = [option.value for option in CONTROLS["ground"].options]


def record(changes=(), **values):
    return Recorder(EXHIBIT, values, 1, Library(), changes=changes)


def of(recorder, name):
    return recorder.snapshot([name]).arrays[name]


def regime(recorder):
    return REGIMES[int(recorder.snapshot().scalars["regime"])]


def ask(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    (event,) = recorder.act("judge", args)
    return event.data


def assert_explained(recorder):
    """Check the first and the last element of every array, and that its terms lead on."""
    for name, array in recorder.snapshot().arrays.items():
        if name.startswith("history.") or not array.size:
            continue
        for index in {(0,) * array.ndim, tuple(n - 1 for n in array.shape)}:
            ledger = recorder.ledger(name, index)
            assert ledger.value == float(array[index])
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            assert abs(ledger.recompute() - ledger.value) <= TOLERANCE * 1e-2 * largest, ledger
            for factor in (one for term in ledger.terms for one in term.factors):
                if factor.tensor is not None:
                    there = recorder.ledger(factor.tensor, factor.index)
                    assert there.value == (factor.value if factor.of is None else factor.of)
            for place in ledger.feeds:
                recorder.ledger(place.tensor, place.index)


@pytest.mark.parametrize("curve", CURVES)
def test_every_number_of_every_curve_is_explained(curve):
    recorder = record(curve=curve)
    assert_explained(recorder)
    recorder.step(3)
    assert_explained(recorder)


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_number_of_every_ground_is_explained(ground):
    recorder = record(mode="two", ground=ground, learning_rate=0.001)
    assert_explained(recorder)
    recorder.step(3)
    if ground == "sculpted":
        recorder.act("sculpt", {"x": [0.5, 1.5], "y": [0.5, 1.2], "down": True})
    recorder.step(2)
    assert_explained(recorder)


@pytest.mark.parametrize("pair", ["w1_w2", "w0_w1", "w0_w2"])
def test_of_three_weights_any_two_are_drawn_with_the_third_where_it_is(pair):
    recorder = record(mode="two", ground="two_samples", learning_rate=0.01, pair=pair)
    recorder.step(2)
    i, j = of(recorder, "pair")
    w, surface = of(recorder, "w"), of(recorder, "surface.J")
    assert [f"w{i}", f"w{j}"] == pair.split("_")
    for row, column in ((0, 0), (40, 7)):
        place = w.copy()
        place[i], place[j] = of(recorder, "surface.w1")[column], of(recorder, "surface.w2")[row]
        errors = np.array([[1, 2, 3], [1, 4, 5]]) @ place - [1.8, 3.2]
        np.testing.assert_allclose(surface[row, column], (errors**2).sum() / 4)
    assert_explained(recorder)


def test_the_worked_example_is_what_one_opens():
    recorder = record(mode="two", learning_rate=0.01)
    assert of(recorder, "J")[0] == pytest.approx(3.37)
    np.testing.assert_allclose(of(recorder, "dw"), [-2.5, -8.2, -10.7])
    np.testing.assert_allclose(of(recorder, "errors"), [-1.8, -3.2])
    np.testing.assert_allclose(of(recorder, "samples.dw").mean(axis=0), of(recorder, "dw"))
    recorder.step(3)
    np.testing.assert_allclose(of(recorder, "w"), [0.0559797, 0.1837962, 0.2397759], atol=1e-12)
    assert of(recorder, "J")[0] == pytest.approx(0.47394354, abs=1e-8)


def test_left_of_the_minimum_the_slope_is_negative_and_w_grows_right_of_it_it_shrinks():
    recorder = record(curve="bowl")
    for place, sign in ((-1.0, "negative"), (1.0, "positive")):
        recorder.act("drop", {"names": ["w"], "at": [place]})
        assert ask(recorder, "sign")["answer"] == sign
        recorder.step()
        assert (of(recorder, "w")[0] > place) == (sign == "negative")


def test_it_stops_by_itself_and_says_by_which_rule():
    recorder = record(curve="bowl", tolerance=1e-3)
    events = []
    while not events:
        events = recorder.step()
    (event,) = events
    assert event.name == "stopped"
    assert event.pauses
    assert event.data["gradient"] < event.data["tolerance"] == 1e-3
    assert regime(recorder) == "stopped"
    there = of(recorder, "w").tobytes()
    recorder.step()
    assert of(recorder, "w").tobytes() == there
    recorder.set({"tolerance": 1e-6})
    assert recorder.step() == ()
    assert of(recorder, "w").tobytes() != there


def test_a_rate_above_the_limit_is_told_before_and_its_escape_after():
    recorder = record(curve="bowl", learning_rate=1.05)
    assert of(recorder, "stable")[0] == 1
    assert regime(recorder) == "runs away"
    events = []
    while not events:
        events = recorder.step()
    (event,) = events
    assert event.name == "escaped"
    assert event.pauses
    assert event.data["learning_rate"] == 1.05
    assert event.data["overshot"]
    assert event.data["value"] == of(recorder, "w")[0]
    recorder.seek(event.data["last_inside"])
    assert recorder.snapshot().scalars["far"] == 0


def test_a_walk_that_never_leaves_the_bowl_in_time_still_diverges_by_name():
    recorder = record(curve="bowl", learning_rate=10.0)
    events = recorder.step(1000)
    assert [event.name for event in events] == ["escaped", "diverged"]
    assert recorder.diverged.data["tensor"] in ("J", "w")
    assert recorder.diverged.data["learning_rate"] == 10.0
    recorder.snapshot()


@pytest.mark.parametrize(
    ("rate", "answer"), [(0.1, "slides"), (0.95, "swings"), (1.05, "away"), (1e-4, "going")]
)
def test_what_becomes_of_a_rate_is_judged_by_trying_it(rate, answer):
    recorder = record(curve="bowl", learning_rate=rate)
    before = recorder.position
    assert ask(recorder, "fate", answer)["correct"] is True
    assert ask(recorder, "fate", "other")["correct"] is False
    assert recorder.position == before


def test_the_next_step_the_limit_and_the_steps_left_are_judged_by_number():
    recorder = record(curve="bowl")
    assert ask(recorder, "next", -1.92)["correct"]
    assert not ask(recorder, "next", -2.88)["correct"]
    recorder.seek(60)
    assert ask(recorder, "steps", 9)["correct"]
    bowl = record(mode="two", ground="bowl", condition=10.0, tolerance=1e-3)
    assert ask(bowl, "stable", 0.2)["correct"]
    assert not ask(bowl, "stable", 0.1)["correct"]
    assert ask(record(mode="two", learning_rate=0.01), "first", 0.107)["correct"]


def test_a_bowl_ten_times_as_narrow_takes_ten_times_as_many_steps():
    recorder = record(mode="two", ground="bowl", condition=100.0, learning_rate=0.018)
    told = ask(recorder, "slower")
    assert told["answer"] == "many"
    assert "431 steps" in told["text"]


@pytest.mark.parametrize(
    ("place", "answer"),
    [((-2, 2), "upper_left"), ((2, -2), "lower_right"), ((-1, -3), "lower_left")],
)
def test_which_minimum_is_found_hangs_on_where_one_begins(place, answer):
    recorder = record(mode="two", ground="himmelblau", learning_rate=0.01)
    recorder.act("drop", {"names": ["w1", "w2"], "at": list(place)})
    assert ask(recorder, "which")["answer"] == answer


def test_a_dropped_ball_is_part_of_the_history_and_a_step_back_finds_it_where_it_was():
    recorder = record(curve="double_well", learning_rate=0.05)
    recorder.step(4)
    recorder.act("drop", {"names": ["w"], "at": [-1.5]})
    recorder.step(4)
    later = of(recorder, "w").tobytes()
    recorder.seek(3)
    assert of(recorder, "w")[0] > 0
    recorder.seek(8)
    assert of(recorder, "w").tobytes() == later
    again = record(changes=recorder.changes, curve="double_well", learning_rate=0.05)
    again.seek(8)
    assert of(again, "w").tobytes() == later


def test_a_sculpted_ground_comes_back_with_its_strokes_step_by_step():
    values = {"mode": "two", "ground": "sculpted", "learning_rate": 0.1}
    recorder = record(**values)
    flat = of(recorder, "surface.J").copy()
    recorder.step(20)
    recorder.act("sculpt", {"x": [-1.0, 0.0], "y": [-1.0, 0.0], "down": False})
    piled = of(recorder, "surface.J")
    assert (piled >= flat).all()
    assert piled.max() > flat.max() or (piled > flat).any()
    recorder.step(20)
    seen = of(recorder, "w").tobytes()
    recorder.seek(5)
    np.testing.assert_array_equal(of(recorder, "surface.J"), flat)
    recorder.seek(40)
    assert of(recorder, "w").tobytes() == seen
    again = record(changes=recorder.changes, **values)
    again.seek(40)
    assert of(again, "w").tobytes() == seen
    again.act("level", {})
    np.testing.assert_array_equal(of(again, "surface.J"), flat)


@pytest.mark.parametrize(
    ("action", "args", "rule"),
    [
        ("drop", {"names": ["w1"], "at": [1.0]}, "drop: expected a variable of w, got 'w1'"),
        ("drop", {"names": ["w"], "at": [99.0]}, "drop: w: expected a number from -30 to 30"),
        ("drop", {"names": ["w"]}, "drop: expected as many numbers"),
        ("sculpt", {"x": [1.0], "y": [1.0], "down": True}, "nothing to sculpt on this ground"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused_by_its_rule(action, args, rule):
    with pytest.raises(InvalidValueError, match=rule):
        record().act(action, args)


def test_only_the_ground_to_sculpt_can_be_sculpted():
    with pytest.raises(InvalidValueError, match="sculpt: expected the ground to sculpt"):
        record(mode="two").act("sculpt", {"x": [1.0], "y": [1.0], "down": True})


def test_a_formula_is_refused_by_the_character_that_is_wrong():
    with pytest.raises(InvalidValueError, match=r"formula: character 5: .*got \"\$\""):
        record(curve="own", formula="w^2 $ 3")
    with pytest.raises(InvalidValueError, match="formula2: character 1"):
        record(mode="two", ground="own", formula2="z + 1")
    with pytest.raises(InvalidValueError, match="formula: expected a formula with a number"):
        record(curve="own", formula="sqrt(-1 - w^2)")


def test_a_formula_that_is_not_defined_everywhere_begins_where_it_is():
    recorder = record(curve="own", formula="-ln(-w)")
    assert of(recorder, "w")[0] < 0
    assert np.isfinite(of(recorder, "J")).all()


def test_the_curvatures_cross_shows_the_steeper_direction_longer_and_across_the_other():
    recorder = record(mode="two", ground="bowl", condition=10.0, angle=30.0)
    arms = of(recorder, "cross")
    gentle, steep = arms[0], arms[2]
    np.testing.assert_array_equal(arms[1], -gentle)
    assert np.hypot(*steep) == pytest.approx(10 * np.hypot(*gentle))
    assert gentle @ steep == pytest.approx(0, abs=1e-12)
    angle = np.degrees(np.arctan2(gentle[1], gentle[0]))
    assert angle == pytest.approx(30)
    np.testing.assert_allclose(of(recorder, "H.values"), [1, 10])
