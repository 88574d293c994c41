"""The exhibit `optimizers`: what its stage and its lesson say must be so."""

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.optimizers import EXHIBIT, PUBLISHES, STATES
from engine.exhibits.race_controls import NAMES, RATES
from engine.landscape.comparison import GROUNDS
from engine.landscape.race import RACERS
from engine.landscape.racer import DESCENDERS
from engine.recorder import Recorder


@pytest.fixture(scope="module")
def library():
    return Library()


@pytest.fixture(scope="module")
def opened(library):
    def build(seed=1, **values):
        return Recorder(EXHIBIT, values, seed, library)

    return build


def arrays(recorder, *names):
    found = recorder.snapshot(names or None).arrays
    return found[names[0]] if len(names) == 1 else found


def worked(recorder):
    """Let it do what it has to do besides its steps; return what it told."""
    told = []
    while recorder.busy:
        told += recorder.work()
    return told


def ended(recorder):
    """Go to the end of the race; return what it says there."""
    (event,) = (one for one in recorder.step(recorder.length) if one.name == "raced")
    return event.data


def test_the_first_rates_are_those_that_the_search_finds(opened):
    recorder = opened()
    recorder.act("search", {})
    (found,) = worked(recorder)
    assert found.name == "found"
    assert found.data["values"] == {f"rate_{kind}": rate for kind, rate in RATES.items()}


def test_a_search_of_one_racer_shows_how_far_it_is_and_can_be_cancelled(opened):
    recorder = opened()
    before = {name: one.tobytes() for name, one in arrays(recorder).items()}
    recorder.act("search", {"racer": "adam"})
    recorder.work()
    scalars = recorder.snapshot().scalars
    assert 0 < scalars["search_done"] < scalars["search_total"] == 17
    assert {name: one.tobytes() for name, one in arrays(recorder).items()} == before
    recorder.act("cancel", {})
    assert not recorder.busy
    assert "search_done" not in recorder.snapshot().scalars
    recorder.act("search", {"racer": "adam"})
    (found,) = worked(recorder)
    assert found.data["values"] == {"rate_adam": RATES["adam"]}


def test_found_rates_are_rates_that_the_controls_take(opened):
    recorder = opened(ground="network", budget=150)
    recorder.act("search", {"racer": "sgd"})
    (found,) = worked(recorder)
    again = opened(ground="network", budget=150, **found.data["values"])
    assert arrays(again, "racers.rate")[0] == found.data["values"]["rate_sgd"]


def test_a_bet_is_placed_before_the_first_step_and_judged_at_the_end(opened):
    recorder = opened(budget=150)
    recorder.act("bet", {"racer": "nesterov"})
    assert arrays(recorder, "bet").tolist() == [RACERS.index("nesterov")]
    told = ended(recorder)
    first = RACERS[int(arrays(recorder, "racers.rank").argmin())]
    assert told["winner"] == first
    assert (told["bet"], told["correct"]) == ("nesterov", first == "nesterov")
    assert NAMES[first] in told["text"]
    with pytest.raises(InvalidValueError, match="racer: expected a bet before the first step"):
        recorder.act("bet", {"racer": "sgd"})
    recorder.seek(20)
    assert arrays(recorder, "bet").tolist() == [RACERS.index("nesterov")]
    other = opened(budget=150)
    with pytest.raises(InvalidValueError, match=r"racer: expected one of sgd, .*, got 'me'"):
        other.act("bet", {"racer": "me"})
    assert ended(other)["correct"] is None


def test_a_bet_changes_nothing_of_the_race(opened):
    betting, other = opened(), opened()
    betting.act("bet", {"racer": "genetic"})
    for recorder in (betting, other):
        recorder.step(40)
    mine, theirs = arrays(betting), arrays(other)
    for name in set(mine) - {"bet"}:
        np.testing.assert_array_equal(mine[name], theirs[name])


@pytest.mark.parametrize(
    "values",
    [
        {"ground": "rosenbrock"},
        {"ground": "many_minima", "price": "free"},
        {"ground": "own", "own": "ln(w1^2 + w2^2 + 1) + abs(w1)", "price": "differences"},
        {"ground": "network", "racer": "adam"},
        {"ground": "himmelblau", "rate_sgd": 10.0, "rate_momentum": 10.0},
        {"ground": "sculpted", "strokes": "dig 1 0.5 1.4 0.7; pile -1 0"},
    ],
    ids=str,
)
def test_every_number_has_a_ledger_that_recomputes_to_it_on_any_ground(opened, values):
    rng = np.random.default_rng(1)
    recorder = opened(**values)
    for racer in RACERS:
        recorder.set({"racer": racer})
        for name, array in arrays(recorder).items():
            if name.startswith("history.") or not array.size:
                continue
            index = tuple(int(rng.integers(length)) for length in array.shape)
            if np.isnan(array[index]):
                with pytest.raises(InvalidValueError, match="not there yet"):
                    recorder.ledger(name, index)
                continue
            ledger = recorder.ledger(name, index)
            assert ledger.value == array[index]
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            # a map's numbers are float32
            close = 2e-6 if name.startswith("surface") else 1e-9
            assert abs(ledger.recompute() - ledger.value) <= close * max(largest, 1e-300), ledger
            for factor in (one for term in ledger.terms for one in term.factors if one.tensor):
                there = recorder.ledger(factor.tensor, factor.index)
                assert there.value == (factor.value if factor.of is None else factor.of)
        recorder.step(9)


def test_an_update_is_told_by_the_rule_with_its_numbers(opened):
    recorder = opened()
    recorder.step(5)
    momentum = recorder.ledger("momentum.update", (0,))
    assert r"- \eta \cdot v" in momentum.formula
    adam = recorder.ledger("adam.update", (1,))
    assert r"\hat{m}" in adam.formula
    assert {one.tensor for term in adam.terms for one in term.factors} == {
        *(None, "adam.scale", "adam.m_hat"),
    }
    hat = recorder.ledger("adam.m_hat", (1,))
    assert hat.value == pytest.approx(arrays(recorder, "adam.m")[1] / (1 - 0.9**5))


@pytest.mark.parametrize("racer", RACERS)
def test_arrows_lead_to_where_the_next_move_leads(opened, racer):
    recorder = opened(racer=racer)
    recorder.step(30)
    seen = arrays(recorder)
    arrows, k = seen["arrows"], RACERS.index(racer)
    larger = recorder.snapshot().scalars["arrows_times"]
    if racer == "genetic":
        assert np.isnan(arrows).all()
        return
    here = seen["racers.w"][k]
    np.testing.assert_allclose(arrows[0, :2], here)
    low, high = seen["surface.w1"][[0, -1]]
    longest = np.nanmax(np.hypot(*arrows[:2, 2:].T))
    assert longest == pytest.approx(0.12 * (high - low), rel=1e-6) if larger > 1 else longest > 0
    recorder.step()
    after = arrays(recorder)
    moved = after["racers.w"][k] - here
    if racer in ("momentum", "nesterov"):
        np.testing.assert_allclose(arrows[1, :2], arrows[0, :2] + arrows[0, 2:])
        np.testing.assert_allclose(arrows[:2, 2:].sum(axis=0), larger * moved, rtol=1e-9)
    elif racer == "annealing":
        np.testing.assert_allclose(arrows[2:, 2:], larger * seen["annealing.sigma"] * np.eye(2))
    else:
        np.testing.assert_allclose(arrows[0, 2:], larger * moved, rtol=1e-9)
    if racer == "nesterov":
        ball = here + arrows[0, 2:] / larger
        np.testing.assert_allclose(after["nesterov.ball"], ball, rtol=1e-9)
    if racer in ("rmsprop", "adam"):
        np.testing.assert_allclose(np.hypot(*arrows[1, 2:]), np.hypot(*arrows[0, 2:]))
        slope = after[f"{racer}.dw"]
        assert arrows[1, 2:] @ slope == pytest.approx(-np.hypot(*arrows[1, 2:]) * np.hypot(*slope))
        scale = after[f"{racer}.scale"]
        assert arrows[3, 3] / arrows[2, 2] == pytest.approx(scale[1] / scale[0])


def test_looking_ahead_changes_nothing(opened):
    looking, other = opened(racer="adam"), opened(racer="adam")
    for _ in range(5):
        arrays(looking, "arrows")
        looking.step()
        other.step()
    for name, one in other._run.save().items():
        np.testing.assert_array_equal(looking._run.save()[name], one)


def test_the_path_is_where_they_stood_and_comes_back_when_one_goes_back(opened):
    recorder = opened()
    seen = []
    for _ in range(12):
        a = arrays(recorder)
        seen.append((a["racers.w"], a["racers.J"]))
        recorder.step()
    recorder.seek(7)
    path, heights = arrays(recorder, "path.w"), arrays(recorder, "path.J")
    assert path.shape == (len(RACERS), 2, 8)
    np.testing.assert_allclose(path, np.stack([w for w, _ in seen[:8]], axis=2), rtol=1e-6)
    np.testing.assert_allclose(heights, np.stack([J for _, J in seen[:8]], axis=1), rtol=1e-6)


def test_the_price_of_a_gradient_decides_how_many_moves_there_are(opened):
    moves = {}
    for price in ("backprop", "forward", "differences", "free"):
        recorder = opened(ground="network", price=price, budget=150)
        recorder.step(recorder.length)
        moves[price] = int(arrays(recorder, "racers.moves")[0])
        assert arrays(recorder, "racers.used").max() <= 150
    d = arrays(recorder, "start").size
    assert moves == {"backprop": 50, "forward": 75, "differences": 150 // (d + 1), "free": 150}


def test_a_start_of_ones_own_is_where_all_begin_and_a_bad_one_is_refused(opened):
    recorder = opened(start="1.5 , -0.25")
    assert recorder.values["start"] == "1.5, -0.25"
    assert (arrays(recorder, "racers.w") == [1.5, -0.25]).all()
    for text in ("1", "1, two", "1, 2, 3", "1e9, 0"):
        with pytest.raises(InvalidValueError, match="start: expected two numbers from −1000"):
            opened(start=text)
    with pytest.raises(InvalidValueError, match="start: J is not defined at w1 = −2"):
        opened(ground="own", own="ln(w1) + w2^2", start="-2, 1")
    with pytest.raises(InvalidValueError, match=r"own: .*character 4"):
        opened(ground="own", own="w1 $ w2")


def test_grounds_are_compared_when_that_is_asked_for_and_not_else(opened):
    recorder = opened(budget=150)
    assert not recorder.busy
    assert np.isnan(arrays(recorder, "results.sgd")).all()
    recorder.set({"results": True})
    while np.isnan(arrays(recorder, "results.adam")[1]):
        recorder.work()
    assert recorder.busy
    a, scalars = arrays(recorder), recorder.snapshot().scalars
    assert 2 <= scalars["results_done"] < scalars["results_total"] == len(GROUNDS)
    first = [a[f"results.{kind}"][0] for kind in RACERS]
    assert first[a["results.winner"][0]] == min(first)
    assert a["results.winner"][2] == -1
    ledger = recorder.ledger("results.sgd", (0,))
    assert "Bowl, condition 10, Gradient descent: at the best rate found" in ledger.note
    recorder.set({"results": False})
    assert not recorder.busy
    assert "results_done" not in recorder.snapshot().scalars


def test_what_each_racer_publishes_is_what_it_knows(opened):
    recorder = opened()
    recorder.step(3)
    run = recorder._run
    for kind, shorts in STATES.items():
        assert set(run._racers[kind].state()) == set(shorts)
        assert {f"{kind}.{short}" for short in shorts} <= set(PUBLISHES)


def test_an_unknown_tensor_is_refused(opened):
    with pytest.raises(InvalidValueError, match="tensor: expected a number of the race"):
        opened().ledger("adam.nothing", (0,))


# What the lesson says, beat by beat.

TEN_PERCENT = {f"rate_{kind}": 0.1 for kind in DESCENDERS}
IN_THE_HOLLOWS = {
    "ground": "many_minima",
    "heat": 1.0,
    "rate_sgd": 0.00133,
    "rate_momentum": 0.00237,
    "rate_nesterov": 0.000562,
    "rate_rmsprop": 0.00237,
    "rate_adam": 0.133,
    "rate_annealing": 3.16,
    "rate_genetic": 1.33,
}


def arrivals(recorder):
    recorder.step(recorder.length)
    return dict(zip(RACERS, arrays(recorder, "racers.arrived").tolist(), strict=True))


def test_in_the_valley_descent_hops_from_side_to_side_and_above_two_over_50_runs_away(opened):
    recorder = opened()
    recorder.step(20)
    across = arrays(recorder, "path.w")[0, 1]
    assert (across[1:] * across[:-1] < 0).all()
    calm = opened(rate_sgd=0.0399)
    calm.step(calm.length)
    assert arrays(calm, "racers.out")[0] == 0
    assert np.abs(arrays(calm, "racers.w")[0]).max() < 1
    fast = opened(rate_sgd=0.05)
    fast.step(fast.length)
    assert arrays(fast, "racers.out")[0] == 1


def test_along_the_valley_gradients_add_up_and_across_they_cancel(opened):
    recorder = opened()
    recorder.step(12)
    ratio = []
    for _ in range(25):
        recorder.step()
        seen = arrays(recorder, "momentum.v", "momentum.dw")
        ratio.append(seen["momentum.v"] / seen["momentum.dw"])
    along, across = np.array(ratio).T
    assert (along > 5).all()
    assert np.median(np.abs(across)) < 5


def test_momentum_rings_with_a_long_memory_crawls_with_a_short_one_and_comes_in_between(opened):
    came = {mu: arrivals(opened(momentum=mu))["momentum"] for mu in (0.5, 0.9, 0.97)}
    assert np.isnan(came[0.5])
    assert np.isnan(came[0.97])
    assert came[0.9] < 200
    swings = {}
    for mu in (0.5, 0.9, 0.97):
        (event,) = opened(momentum=mu).act("judge", {"question": "crossings"})
        swings[mu] = event.data["answer"]
    assert swings[0.5] <= 3
    assert min(swings[0.9], swings[0.97]) > 9
    ringing = opened(momentum=0.97)
    ringing.step(ringing.length)
    heights = arrays(ringing, "path.J")[1]
    line = arrays(ringing, "line")[0]
    assert heights[100:].max() > 2 * line
    assert (np.diff(np.sign(np.diff(heights))) != 0).sum() > 20
    beyond = arrays(ringing, "path.w")[1, 0]
    assert beyond.min() < -0.5


def test_nesterov_calms_down_sooner_than_momentum_though_its_rate_is_higher(opened):
    recorder = opened()
    assert RATES["nesterov"] > RATES["momentum"]
    came = arrivals(recorder)
    assert came["nesterov"] < came["momentum"]


def test_only_who_has_a_rate_for_each_weight_notices_that_the_bowl_is_turned(opened):
    straight, turned = arrivals(opened()), arrivals(opened(angle=45.0))
    for kind in ("sgd", "momentum", "nesterov"):
        assert straight[kind] == pytest.approx(turned[kind], abs=3)
    assert turned["adam"] > 2 * straight["adam"]
    assert turned["rmsprop"] > straight["rmsprop"] + 50
    (event,) = opened().act("judge", {"question": "turned", "answer": "own"})
    assert event.data["correct"] is True


def test_on_the_plateau_adam_strides_where_descent_crawls_until_it_has_a_rate_of_its_own(opened):
    recorder = opened(ground="plateau", **TEN_PERCENT)
    recorder.step()
    np.testing.assert_allclose(np.abs(arrays(recorder, "adam.update")), 0.1, rtol=1e-6)
    recorder.seek(10)
    start = arrays(recorder, "start")
    w = arrays(recorder, "racers.w")
    moved = np.linalg.norm(w - start, axis=1)
    assert moved[0] < 0.2
    assert moved[4] > 1
    J = arrays(recorder, "racers.J")
    assert J[3] < 0.1
    assert 0.6 < J[4] < 0.7
    assert J[0] > 0.95
    recorder.act("search", {})
    (found,) = worked(recorder)
    assert found.data["values"]["rate_sgd"] > 1
    came = arrivals(opened(ground="plateau", **found.data["values"]))
    assert came["sgd"] == min(came.values())


def test_at_the_saddle_descent_lingers_and_everybody_gets_away(opened):
    recorder = opened(ground="saddle")
    recorder.step(100)
    assert abs(arrays(recorder, "racers.J")[0]) < 0.05
    assert np.linalg.norm(arrays(recorder, "racers.w")[0]) < 0.5
    came = arrivals(recorder)
    assert not np.isnan(list(came.values())).any()
    five = sorted(DESCENDERS, key=came.__getitem__)
    assert set(five[:2]) == {"adam", "rmsprop"}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_among_many_minima_who_goes_by_the_slope_stays_in_its_hollow_and_the_others_do_not(
    opened, seed
):
    recorder = opened(seed, **IN_THE_HOLLOWS)
    (event,) = recorder.act("judge", {"question": "lowest", "answer": "no"})
    assert event.data["correct"] is True
    recorder.step(recorder.length)
    J = arrays(recorder, "racers.J")
    np.testing.assert_allclose(J[:5], 4.975, atol=0.02)
    assert J[5:].max() < 4.5


def test_by_differences_600_evaluations_are_23_updates_of_a_network(opened):
    recorder = opened(ground="network", price="differences")
    recorder.step(recorder.length)
    assert arrays(recorder, "racers.moves")[0] == 23
    assert arrays(recorder, "start").size == 25


def test_on_a_round_bowl_the_plainest_is_first_and_in_a_narrow_valley_one_with_a_memory(opened):
    recorder = opened(results=True)
    while arrays(recorder, "results.winner")[1] < 0:
        recorder.work()
    first, second = arrays(recorder, "results.winner")[:2]
    assert RACERS[first] == "sgd"
    assert RACERS[second] == "nesterov"


def test_strokes_shape_the_ground_and_are_written_as_short_as_they_can_be(opened):
    flat = opened(ground="sculpted")
    shaped = opened(ground="sculpted", strokes="dig 1 0.5 1.05 0.5 1.4 0.7;pile -1.00001 0")
    strokes = shaped.values["strokes"]
    assert strokes == "dig 1 0.5 1.4 0.7; pile -1 0"
    again = opened(ground="sculpted", strokes=strokes)
    assert again.values["strokes"] == strokes
    J, before = arrays(again, "surface.J"), arrays(flat, "surface.J")
    np.testing.assert_array_equal(J, arrays(shaped, "surface.J"))
    assert (before - J).max() > 0.4
    assert (J - before).max() > 0.4
    for text in ("dig", "dig 1", "heap 1 1", "dig 1 one"):
        with pytest.raises(InvalidValueError, match="strokes: expected strokes such as"):
            opened(ground="sculpted", strokes=text)
    with pytest.raises(InvalidValueError, match="strokes: points: expected places within"):
        opened(ground="sculpted", strokes="dig 99 0")
