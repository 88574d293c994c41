"""First weights: what they make of signal and gradient, and whether they tell neurons apart."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import EXHIBITS
from engine.exhibits.initialization_networks import NAMES, build_trainers, describe, samples_of
from engine.explain.histogram import Binned, even_edges, histogram, size_edges
from engine.explain.twins import similarity, strands
from engine.nn.gradcheck import gradcheck
from engine.nn.network import Network
from engine.recorder import Recorder

EXHIBIT = EXHIBITS["initialization"]
STRAND = {
    "show": "neurons",
    "initializer": "constant",
    "depth": 2,
    "width": 4,
    "data": "circles",
    "optimizer": "adam",
}
PUSH = {"network": "constant", "tensor": "dense1.W", "index": [0, 0], "by": 1e-3}

values = st.floats(-1e6, 1e6, allow_nan=False, width=32)


def opened(seed=1, **wanted):
    return Recorder(EXHIBIT, wanted, seed, Library())


def numbers(steps=0, seed=1, **wanted):
    recorder = opened(seed, **wanted)
    recorder.step(steps)
    return recorder.snapshot().arrays


def judged(recorder, question):
    [event] = recorder.act("judge", {"question": question})
    return event.data["answer"], event.data["text"]


# --- histograms -------------------------------------------------------------------------------


@given(st.lists(values, min_size=1, max_size=40), st.integers(1, 50))
def test_every_number_lies_in_exactly_one_interval(drawn, bins):
    array = np.array(drawn, np.float32)
    edges = even_edges(float(array.min()), float(array.max()), bins)
    assert histogram(array, edges).sum() == len(drawn)
    smallest = np.abs(array[array != 0]).min(initial=np.inf)
    sizes = size_edges(
        smallest if np.isfinite(smallest) else 0.0, float(np.abs(array).max()), max(bins, 2)
    )
    assert (np.diff(sizes) > 0).all()
    assert histogram(np.abs(array), sizes).sum() == len(drawn)


@given(st.lists(values, min_size=1, max_size=40), st.integers(1, 9), st.booleans())
def test_the_ledger_of_a_count_names_as_many_numbers_and_all_of_them_lie_there(drawn, bins, sizes):
    array = np.array(drawn, np.float32)
    binned = Binned(tensor="some.a", array=array, edges=even_edges(0.0, 10.0, bins), sizes=sizes)
    for at, count in enumerate(binned.counts()):
        ledger = binned.explain_count("hist.counts", (at,))
        assert ledger.value == count == ledger.recompute()
        for term in ledger.terms:
            [factor] = term.factors
            value = abs(factor.of) if sizes else factor.of
            assert binned.edges[at] <= value <= binned.edges[at + 1]


def test_what_is_not_finite_is_counted_nowhere():
    assert histogram(np.array([0.5, np.nan, np.inf]), even_edges(0.0, 1.0, 4)).sum() == 1


# --- signal and gradient ----------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["shared", "own", "sizes"])
def test_each_histogram_holds_all_numbers_of_its_layer(scale):
    arrays = numbers(depth=4, width=5, scale=scale)
    for name in ("hist.a", "hist.dz"):
        assert (arrays[f"{name}.counts"].sum(axis=1) == 64 * 5).all()
        assert (np.diff(arrays[f"{name}.edges"], axis=1) > 0).all()
        shared = (arrays[f"{name}.edges"] == arrays[f"{name}.edges"][0]).all()
        assert shared == (scale != "own")


def test_the_factors_lead_from_the_first_size_to_the_last_on_both_ways():
    arrays = numbers(steps=20, initializer="xavier", activation="leaky_relu", depth=6, width=8)
    forward, backward = arrays["forward.size"], arrays["backward.size"]
    assert forward[-1] == pytest.approx(forward[0] * arrays["forward.factor"].prod())
    assert backward[0] == pytest.approx(backward[-1] * arrays["backward.factor"].prod())


def test_without_an_activation_the_weights_multiply_by_what_is_expected():
    """Averaged over seeds: each draw of 32 × 32 weights has some chance in it."""
    for name, expected in (("small", 0.1 * np.sqrt(32)), ("xavier", 1.0), ("he", np.sqrt(2.0))):
        measured = [
            np.exp(np.log(arrays[f"{way}.through"][1:-1]).mean())
            for seed in range(6)
            for arrays in [numbers(seed=seed, initializer=name, activation="linear", depth=8)]
            for way in ("forward", "backward")
        ]
        assert np.mean(measured) == pytest.approx(expected, rel=0.1)


def test_equal_weights_multiply_by_more_than_is_expected_of_independent_ones():
    arrays = numbers(initializer="constant", activation="linear", depth=5, width=16)
    np.testing.assert_allclose(arrays["forward.through"][1:], 16 * 0.5, rtol=1e-5)
    np.testing.assert_allclose(arrays["forward.predicted"][1:], np.sqrt(16) * 0.5, rtol=1e-5)


def test_the_lesson_s_sizes_are_so():
    """What the beats say of the networks that they put on the stage."""
    small = numbers(initializer="small")
    assert small["forward.predicted"][1:].mean() == pytest.approx(0.57, abs=0.01)
    assert 0.4 < small["forward.factor"][1:].min() < small["forward.factor"][1:].max() < 0.65
    large = numbers(initializer="large")
    np.testing.assert_allclose(large["forward.through"][1:], 5.2, atol=0.7)
    edges = large["hist.a.edges"][-1]
    outer = large["hist.a.counts"][-1][np.abs(edges[:-1] + edges[1:]) / 2 > 0.85]
    assert outer.sum() > 0.6 * 64 * 32
    xavier = numbers(initializer="xavier")
    np.testing.assert_allclose(xavier["forward.through"][1:], 1, atol=0.2)
    sigmoid = numbers(initializer="xavier", activation="sigmoid")
    np.testing.assert_allclose(sigmoid["backward.factor"][:-1], 0.25, atol=0.06)
    assert sigmoid["forward.spread"][-1] < 1e-5
    assert sigmoid["forward.size"][-1] > 0.4
    half = numbers(initializer="he", activation="relu", depth=20)["forward.kept"]
    assert half.mean() == pytest.approx(np.sqrt(0.5), abs=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_on_the_stage_are_those_of_central_differences(name):
    wanted = {"activation": "tanh", "depth": 4, "width": 3, "initializer": name}
    recorder = opened(seed=5, show="neurons", **wanted)
    recorder.step(3)
    arrays = recorder.snapshot().arrays
    exact = Network(
        describe(name, {**EXHIBIT.defaults(), **wanted}, 2),
        rng=np.random.default_rng(0),
        dtype=np.float64,
    )
    for tensor, array in exact.parameters().items():
        array[...] = arrays[tensor]
    y = samples_of(EXHIBIT.defaults(), Library()).y[:64]
    checks = gradcheck(exact, arrays["dense1.x"].astype(np.float64), y)
    assert max(check.error for check in checks) < 1e-4
    for tensor, array in exact.gradients().items():
        largest = max(np.abs(array).max(), 1e-3)
        np.testing.assert_allclose(arrays[tensor], array, atol=1e-4 * largest)


# --- neurons ----------------------------------------------------------------------------------


@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=2, max_size=6))
def test_vectors_are_similar_as_their_angle_says_and_the_same_ones_exactly(rows):
    found = similarity(np.array(rows, np.float64))
    np.testing.assert_array_equal(found, found.T)
    assert (np.diag(found) == 1).all()
    assert (np.abs(found) <= 1).all()
    for i, first in enumerate(rows):
        for j, second in enumerate(rows):
            if first == second:
                assert found[i, j] == 1


def test_neurons_are_one_strand_only_if_nothing_tells_them_apart():
    W = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [3.0, 2.0]])
    out = np.array([[5.0, 5.0, 6.0, 5.0]])
    parameters = {"one.W": W, "one.b": np.zeros(4), "two.W": out, "two.b": np.zeros(1)}
    assert strands(parameters, "one", "two").tolist() == [0, 0, 2, 3]


def test_equal_neurons_learn_the_same_and_a_thousandth_parts_them():
    left_alone = numbers(200, **STRAND)
    assert left_alone["similarity.least"] == pytest.approx(1, abs=1e-6)
    assert left_alone["moved.W"].tolist() == [[8, 8], [4, 4]]
    recorder = opened(**STRAND)
    [event] = recorder.act("perturb", PUSH)
    assert event.data["value"] == pytest.approx(0.501)
    arrays = recorder.snapshot().arrays
    assert len(set(arrays["strands.act1"].tolist())) == 2
    assert 0.99999 < arrays["similarity.least"][0] < 1
    recorder.step(200)
    arrays = recorder.snapshot().arrays
    assert arrays["similarity.least"][0] < 0.5
    pushed, before = arrays["each.loss"][1], left_alone["each.loss"][1]
    assert pushed < before - 0.05, "parted, they fit the circles better"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"network": "none"}, "network: expected one of zeros, constant"),
        ({"by": 2}, "by: expected a number from -1 to 1"),
        ({"tensor": "dense9.W"}, "tensor: expected one of dense1.W, dense1.b"),
        ({"index": [9, 9]}, "index: expected 2 whole numbers"),
    ],
)
def test_a_push_that_cannot_be_is_refused_with_the_rule(args, message):
    with pytest.raises(InvalidValueError, match=message):
        opened(**STRAND).act("perturb", {**PUSH, **args})


def test_a_push_is_part_of_the_run_and_comes_back_with_it():
    recorder = opened(**STRAND)
    recorder.step(5)
    recorder.act("perturb", PUSH)
    recorder.step(20)
    there = recorder.snapshot().arrays["dense1.W"].tobytes()
    recorder.seek(3)
    recorder.seek(25)
    assert recorder.snapshot().arrays["dense1.W"].tobytes() == there


@pytest.mark.parametrize("activation", ["tanh", "relu", "leaky_relu", "linear"])
def test_zeros_move_nothing_but_the_last_bias(activation):
    arrays = numbers(30, initializer="zeros", activation=activation, depth=3, width=4)
    assert arrays["moved.W"][:, 0].tolist() == [0, 0, 0]
    assert arrays["moved.b"][:, 0].tolist() == [0, 0, 1]
    assert judged(opened(activation=activation, depth=3, width=4), "zeros")[0] == "bias"


def test_with_the_sigmoid_zeros_move_layer_by_layer_but_stay_one_neuron():
    arrays = numbers(30, initializer="zeros", activation="sigmoid", depth=3, width=4)
    assert (arrays["moved.W"][:, 0] > 0).all()
    assert arrays["similarity.least"] == pytest.approx(1, abs=1e-6)
    assert judged(opened(activation="sigmoid", depth=3, width=4), "zeros")[0] == "all"


# --- all of them ------------------------------------------------------------------------------


def test_a_network_that_explodes_stops_and_the_others_go_on():
    recorder = opened(activation="relu", depth=20, learning_rate=0.03)
    events = recorder.step(4)
    stopped = [event for event in events if event.name == "stopped"]
    assert {event.data["network"] for event in stopped} == {"constant", "large"}
    arrays = recorder.snapshot().arrays
    assert np.isnan(arrays["each.stopped"]).tolist() == [True, False, True, False, True, True]
    assert np.isfinite(arrays["each.loss"]).all()
    recorder.step(3)
    later = recorder.snapshot().arrays
    assert later["each.loss"][3] == arrays["each.loss"][3]
    assert later["each.loss"][5] != arrays["each.loss"][5]
    assert np.isnan(later["history.loss_large"][-3:]).all(), "its curve has ended"


def test_a_weight_of_a_network_that_stopped_is_not_explained_by_the_step_that_was_taken_back():
    exploding = {"activation": "relu", "depth": 20, "learning_rate": 0.03}
    recorder = opened(initializer="large", **exploding)
    recorder.step(4)
    ledger = recorder.ledger("dense7.W", (3, 2))
    assert ledger.recompute() == ledger.value
    assert "was taken back" in ledger.note


def test_those_that_are_drawn_are_the_same_numbers_stretched():
    values = {**EXHIBIT.defaults(), "depth": 3, "width": 6}
    weights = {
        name: trainer.network.parameters()["dense2.W"]
        for name, trainer in build_trainers(values, 3, Library()).items()
    }
    np.testing.assert_allclose(weights["large"], 10 * weights["small"], rtol=1e-5)
    np.testing.assert_allclose(weights["he"], np.sqrt(2) * weights["xavier"], rtol=1e-5)
    assert list(weights) == list(NAMES)


@settings(max_examples=10)
@given(st.sampled_from(NAMES), st.integers(2, 6), st.integers(2, 9))
def test_any_network_at_any_size_has_ledgers_that_recompute(name, depth, width):
    recorder = opened(initializer=name, depth=depth, width=width, show="neurons")
    recorder.step(2)
    rng = np.random.default_rng(depth * width)
    for tensor, array in recorder.snapshot().arrays.items():
        index = tuple(int(rng.integers(length)) for length in array.shape)
        if tensor.startswith("history.") or np.isnan(array[index]):
            continue
        ledger = recorder.ledger(tensor, index)
        assert ledger.recompute() == pytest.approx(float(array[index]), rel=1e-4, abs=1e-7)


# --- what is asked ----------------------------------------------------------------------------


def test_the_questions_of_the_lesson_have_the_answers_that_it_gives():
    tanh = opened(initializer="xavier")
    for question in ("relu", "sigmoid"):
        answer, text = judged(tanh, question)
        assert answer == "vanishes"
        assert re.search("is .* times that of (one|dz) ", text)
    relu = opened(activation="relu", depth=20, learning_rate=0.03)
    answer, text = judged(relu, "best")
    assert answer == "he"
    assert "Too large diverged" in text
    assert judged(opened(**STRAND), "alike")[0] == "one"
