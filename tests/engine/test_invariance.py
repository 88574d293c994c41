"""The exhibit `invariance`: what its stage says must be so."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.data.moving import Moves, move
from engine.errors import InvalidValueError
from engine.exhibits.invariance import AXES, EXHIBIT, LOOK_EVERY, NETWORKS, STEPS
from engine.nn.reference import conv2d, max_pool2d
from engine.recorder import Recorder


@pytest.fixture(scope="module")
def library():
    return Library()


@pytest.fixture
def opened(library):
    def build(**values):
        return Recorder(EXHIBIT, values, 1, library)

    return build


@pytest.fixture(scope="module")
def learned(library):
    """A run that has learned for a while; who looks at it changes view controls alone."""
    recorder = Recorder(EXHIBIT, {}, 1, library)
    recorder.step(600)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def stand(recorder, **values):
    """Look at a digit that stands as it was written, but for `values`."""
    recorder.set(
        {
            "dx": 0,
            "dy": 0,
            "angle": 0,
            "scale": 1,
            "axis": "dx",
            "filter": 0,
            "example": 3,
            **values,
        }
    )
    return recorder.snapshot()


whole = st.integers(-4, 4)


@settings(max_examples=40)
@given(whole, whole, st.integers(0, 11), st.integers(0, 199))
def test_the_map_of_a_digit_moved_by_whole_pixels_is_its_map_moved_to_the_bit(
    learned, dx, dy, chosen, example
):
    seen = stand(learned, dx=dx, dy=dy, filter=chosen, example=example)
    assert not seen.arrays["difference"].any()
    assert seen.scalars["off"] == 0
    before = seen.arrays["still.conv1.z"][0, chosen]
    carried = seen.arrays["carried"][0, 0]
    rows, columns = (slice(max(d, 0), 16 + min(d, 0)) for d in (dy, dx))
    from_rows, from_columns = (slice(max(-d, 0), 16 + min(-d, 0)) for d in (dy, dx))
    np.testing.assert_array_equal(carried[rows, columns], before[from_rows, from_columns])


def test_between_pixels_only_rounding_is_left_and_a_turn_leaves_more(learned):
    assert 0 < stand(learned, dx=0.5, dy=-1.5).scalars["off"] < 1e-5
    assert stand(learned, angle=30).scalars["off"] > 0.05
    assert stand(learned, scale=0.7).scalars["off"] > 0.05


def test_moved_by_the_side_of_a_square_the_pooled_map_moves_along_by_one(learned):
    seen = stand(learned, dx=2)
    now, before = seen.arrays["pool.pool1.y"][0], seen.arrays["still.pool1.y"][0]
    np.testing.assert_array_equal(now[:, :, 1:], before[:, :, :-1])
    assert seen.scalars["pooled_inked_same"] < seen.scalars["pooled_inked"]


def test_an_unmoved_digit_changes_nothing(learned):
    seen = stand(learned)
    for name in ("difference", "pooled.difference"):
        assert not seen.arrays[name].any()
    assert seen.scalars["pooled_same"] == seen.scalars["pooled_cells"] == 64
    np.testing.assert_array_equal(seen.arrays["moved"], seen.arrays["digit"])


def test_the_maps_are_those_of_the_published_weights(learned):
    a = stand(learned, dx=1, angle=15, scale=1.2).arrays
    for head, picture in (("pool", a["moved"]), ("still", a["digit"])):
        z = conv2d(picture, a["pool.conv1.W"], a["pool.conv1.b"], padding=1)
        np.testing.assert_allclose(a[f"{head}.conv1.z"], z, rtol=1e-4, atol=1e-5)
        pooled = max_pool2d(np.maximum(a[f"{head}.conv1.z"], 0), 2, 2)
        np.testing.assert_array_equal(a[f"{head}.pool1.y"], pooled)


def test_cells_that_stay_are_counted_with_and_without_those_that_see_only_paper(learned):
    seen = stand(learned, dx=1)
    difference = seen.arrays["pooled.difference"][0, 0]
    assert seen.scalars["pooled_same"] == (abs(difference) <= 1e-6).sum()
    bias = seen.arrays["pool.conv1.b"][0]
    ink = np.zeros((8, 8), bool)
    for head in ("pool", "still"):
        for row, column in np.argwhere(abs(seen.arrays[f"{head}.conv1.z"][0, 0] - bias) > 1e-6):
            ink[row // 2, column // 2] = True
    assert seen.scalars["pooled_inked"] == ink.sum()
    assert seen.scalars["pooled_inked_same"] == (ink & (abs(difference) <= 1e-6)).sum()


@pytest.mark.parametrize("axis", AXES)
def test_a_curve_says_what_the_networks_say_of_the_digit_there(learned, axis):
    seen = stand(learned, axis=axis, dy=-1).arrays
    for number in (0, 5, len(AXES[axis]) - 1):
        place = float(seen["curve.at"][number])
        there = stand(learned, **{"axis": axis, "dy": -1, axis: place}).arrays
        assert there["curve.here"] == [place]
        for k, name in enumerate(NETWORKS):
            assert seen[f"curve.{name}"][number] == pytest.approx(
                float(there["confidence"][k]), abs=1e-5
            )


@pytest.mark.parametrize("axis", AXES)
def test_every_place_of_a_control_is_a_point_of_the_curve_and_no_move_one_of_the_mean(
    learned, axis
):
    slider = next(control for control in EXHIBIT.controls if control.name == axis)
    seen = stand(learned, axis=axis).arrays
    count = round((slider.high - slider.low) / slider.step) + 1
    places = [round(slider.low + n * slider.step, 9) for n in range(count)]
    assert seen["curve.at"].tolist() == places
    assert {slider.low, slider.default, slider.high} <= set(seen["mean.at"].tolist())


def test_a_mean_curve_is_the_mean_over_two_images_of_every_digit(learned):
    seen = stand(learned, angle=10).arrays
    validation = learned._run._validation
    images = seen["mean.images"]
    assert np.bincount(validation.y[images]).tolist() == [2] * 10
    moves = Moves.of(len(images), dx=float(seen["mean.at"][3]), angle=10.0)
    pictures = move(validation.x[images, 0], moves)[:, None]
    for name in NETWORKS:
        network = learned._run._networks[name]
        shares = network.at(len(images), "test").forward(pictures)
        mean = shares[range(len(images)), validation.y[images]].mean()
        assert seen[f"mean.{name}"][3] == pytest.approx(float(mean), abs=1e-6)


def test_all_four_have_about_as_many_parameters_and_two_the_same_first_weights(opened):
    run = opened()._run
    counts = [network.theta.size for network in run._networks.values()]
    assert arrays(opened())["parameters"].tolist() == counts
    assert max(counts) < 1.05 * min(counts)
    networks = run._networks
    np.testing.assert_array_equal(networks["pool"].theta, networks["augmented"].theta)


def test_what_is_looked_at_changes_nothing_of_the_training(opened):
    looked, other = opened(), opened()
    for number in range(4):
        looked.set({"dx": number, "angle": -5 * number, "axis": "scale", "example": number})
        looked.snapshot()
        looked.ledger("mean.pool", (3,))
        looked.step(3)
        other.step(3)
    for name, array in other._run.save().items():
        np.testing.assert_array_equal(looked._run.save()[name], array)


@pytest.mark.parametrize("seed", [1, 2])
def test_pooling_helps_a_little_and_moved_samples_help_most(library, seed):
    recorder = Recorder(EXHIBIT, {"dx": 1}, seed, library)
    recorder.step(20 * LOOK_EVERY)
    scalars = recorder.snapshot().scalars
    assert all(scalars[f"still_{name}"] > 0.9 for name in NETWORKS)
    assert scalars["moved_augmented"] > 0.8
    assert scalars["moved_dense"] < scalars["moved_pool"] < 0.5
    assert arrays(recorder)["mean.at"].tolist() == list(range(-4, 5))
    one = {name: arrays(recorder)[f"mean.{name}"][5] for name in NETWORKS}
    assert one["augmented"] > one["pool"] > max(one["dense"], one["conv"])
    three = {name: arrays(recorder)[f"mean.{name}"][7] for name in NETWORKS}
    assert three["augmented"] > 0.7
    assert max(three["dense"], three["conv"], three["pool"]) < 0.5


def test_validation_images_are_looked_at_once_in_40_steps_and_come_back(opened):
    recorder = opened()
    recorder.step(LOOK_EVERY)
    seen = arrays(recorder)["accuracy.moved"].copy()
    recorder.step(LOOK_EVERY)
    assert arrays(recorder)["accuracy.moved"].tolist() != seen.tolist()
    recorder.seek(LOOK_EVERY + 7)
    np.testing.assert_array_equal(arrays(recorder)["accuracy.moved"], seen)


def test_the_run_ends_after_thirty_epochs(opened):
    assert opened().length == STEPS == 30 * (1597 // 32)


def test_predictions_are_judged_by_what_the_engine_computes(learned):
    stand(learned, dx=-3, angle=20)
    (event,) = learned.act("judge", {"question": "pooled"})
    same = int(stand(learned, dx=1).scalars["pooled_same"])
    assert event.data["answer"] == same
    (event,) = learned.act("judge", {"question": "pooled", "answer": same + 5})
    assert event.data["correct"] is True
    (event,) = learned.act("judge", {"question": "pooled", "answer": same - 6})
    assert event.data["correct"] is False
    means = {name: stand(learned).arrays[f"mean.{name}"][7] for name in NETWORKS}
    (event,) = learned.act("judge", {"question": "keeps", "answer": "augmented"})
    assert event.data["answer"] == max(means, key=means.get) == "augmented"
    assert event.data["correct"] is True
    assert "870 minibatches to come" in event.data["text"]


def test_a_drawing_stands_in_the_middle_and_is_what_its_drawer_says(opened):
    recorder = opened(shown="drawing", meant=7)
    pixels = np.zeros((32, 32), int)
    pixels[4:28, 14:18] = 255
    recorder.act("draw", {"rows": 32, "columns": 32, "pixels": pixels.ravel().tolist()})
    a = arrays(recorder)
    assert a["label"] == [7]
    assert a["digit"][0, 0, 4:12, 4:12].any()
    assert a["digit"].sum() == a["digit"][0, 0, 4:12, 4:12].sum()
    np.testing.assert_array_equal(a["confidence"], [a[f"{n}.softmax.a"][0, 7] for n in NETWORKS])


@pytest.mark.parametrize(
    ("tensor", "index", "way"),
    [
        ("mean.pool", (4,), ("mean.pool.at4.softmax.a", "mean.pool.at4.dense1.z")),
        ("curve.conv", (2,), ("curve.conv.softmax.a", "curve.conv.dense1.z")),
        ("confidence", (0,), ("dense.softmax.a", "dense.dense2.z")),
    ],
)
def test_a_share_is_walked_back_to_the_pixels_of_the_digit(learned, tensor, index, way):
    stand(learned, dx=0.5, angle=10)
    met = [tensor]
    for _ in range(20):
        ledger = learned.ledger(tensor, index)
        factors = [one for term in ledger.terms for one in term.factors if one.tensor]
        factors = [one for one in factors if one.tensor.rpartition(".")[2] not in ("W", "b")]
        if not factors:
            break
        # to what is computed from, where it is not 0
        one = max(factors, key=lambda factor: abs(factor.value))
        tensor, index = one.tensor, one.index
        met.append(tensor)
    assert set(way) <= set(met)
    assert met[-1] in ("digit", "images")
    assert all(a != b for a, b in pairwise(met))


def test_a_weight_is_explained_by_its_own_networks_update(opened):
    recorder = opened()
    recorder.step(3)
    ledger = recorder.ledger("pool.conv1.W", (0, 0, 1, 1))
    named = [one.tensor for term in ledger.terms for one in term.factors if one.tensor]
    assert named[0] == "pool.batch.conv1.W"
    assert "pool.conv1.W.m" in named
    assert recorder.ledger("pool.batch.conv1.x", (0, 0, 8, 8)).function == "given"
    assert recorder.ledger("augmented.loss", ()).value != recorder.ledger("pool.loss", ()).value


@pytest.mark.parametrize(
    "tensor", ["nothing", "other.conv1.z", "mean.pool.at99.softmax.a", "pool.conv9.z", "curve.x.y"]
)
def test_a_tensor_that_is_not_there_is_refused(learned, tensor):
    with pytest.raises(InvalidValueError, match="tensor: expected"):
        learned.ledger(tensor, (0,))
