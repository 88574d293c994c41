"""The exhibit `digits`: what its stage says must be so."""

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.digits import EXHIBIT, WALL
from engine.nn.reference import conv2d, max_pool2d
from engine.recorder import Recorder


@pytest.fixture(scope="module")
def library():
    return Library()


@pytest.fixture
def digits(library):
    def build(**values):
        return Recorder(EXHIBIT, values, 1, library)

    return build


def arrays(recorder):
    return recorder.snapshot().arrays


def test_the_default_settings_read_97_percent_after_nine_seconds_at_the_default_speed(library):
    for seed in (1, 2, 3):
        recorder = Recorder(EXHIBIT, {}, seed, library)
        recorder.step(int(9 * EXHIBIT.rate))
        assert recorder.snapshot().scalars["val_accuracy"] >= 0.97


def test_the_image_on_the_stage_goes_through_the_published_weights(digits):
    recorder = digits(example=7)
    recorder.step(30)
    a = arrays(recorder)
    z1 = conv2d(a["conv1.x"], a["conv1.W"], a["conv1.b"], padding=1)
    np.testing.assert_allclose(a["conv1.z"], z1, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(a["act1.a"], np.maximum(a["conv1.z"], 0))
    np.testing.assert_array_equal(a["pool1.y"], max_pool2d(a["act1.a"], 2, 2))
    np.testing.assert_array_equal(a["flatten.y"].ravel(), a["pool2.y"].ravel())
    scores = a["dense1.W"] @ a["flatten.y"][0] + a["dense1.b"]
    np.testing.assert_allclose(a["dense1.z"][0], scores, rtol=1e-4, atol=1e-5)
    shares = np.exp(scores - scores.max())
    np.testing.assert_allclose(a["softmax.a"][0], shares / shares.sum(), rtol=1e-4, atol=1e-6)


def test_the_images_it_never_trains_on_are_one_fifth_and_none_of_both_parts(library):
    recorder = Recorder(EXHIBIT, {}, 1, library)
    run = recorder._run
    trained = {image.tobytes() for image in run._trainer.train.x}
    assert len(run._validation) == 360
    assert len(run._trainer.train) == 1797 - 360
    # a few people wrote the same 64 numbers twice
    shared = sum(image.tobytes() in trained for image in run._validation.x)
    assert shared <= 1


def test_the_confusion_table_counts_every_validation_image_and_the_wall_shows_mistakes(digits):
    recorder = digits()
    for at in (0, 100):
        recorder.seek(at)
        snapshot = recorder.snapshot()
        confusion = snapshot.arrays["confusion"]
        assert confusion.sum() == 360
        wrong = 360 - np.trace(confusion)
        assert snapshot.scalars["misread"] == wrong
        assert snapshot.scalars["val_accuracy"] == pytest.approx(1 - wrong / 360)
        labels, said = snapshot.arrays["misread.label"], snapshot.arrays["misread.said"]
        assert len(labels) == min(wrong, WALL)
        assert (labels != said).all()


def test_a_filters_favourite_patches_give_what_the_filter_computes_from_them(digits):
    recorder = digits(filter=2)
    recorder.step(20)
    a = arrays(recorder)
    assert a["patches.x"].shape == (9, 1, 3, 3)
    found = (a["patches.x"] * a["conv1.W"][2]).sum(axis=(1, 2, 3)) + a["conv1.b"][2]
    np.testing.assert_allclose(a["patches.z"], found, rtol=1e-4, atol=1e-5)
    assert (np.diff(a["patches.z"]) <= 0).all()


def test_a_drawing_goes_through_the_network_and_has_no_label(digits):
    recorder = digits()
    before = arrays(recorder)["conv1.x"]
    bar = np.zeros((32, 32), int)
    bar[4:28, 14:18] = 255
    args = {"rows": 32, "columns": 32, "pixels": bar.ravel().tolist()}
    recorder.act("draw", args)
    np.testing.assert_array_equal(arrays(recorder)["conv1.x"], before)
    recorder.set({"shown": "drawing"})
    a = arrays(recorder)
    assert a["label"] == [-1]
    drawn = a["conv1.x"][0, 0]
    assert 0 < drawn.max() <= 1
    assert abs((drawn.sum(axis=0) * np.arange(8)).sum() / drawn.sum() - 3.5) < 0.6
    recorder.step(5)
    np.testing.assert_array_equal(arrays(recorder)["conv1.x"][0, 0], drawn)
    recorder.set({"shown": "example"})
    np.testing.assert_array_equal(arrays(recorder)["conv1.x"], before)


def test_an_empty_drawing_is_bare_paper(digits):
    recorder = digits(shown="drawing")
    recorder.act("draw", {"rows": 2, "columns": 2, "pixels": [0, 0, 0, 0]})
    assert not arrays(recorder)["conv1.x"].any()


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({}, "draw: rows: expected a whole number from 1 to 64, got None"),
        ({"rows": 65, "columns": 1, "pixels": []}, "draw: rows: .* got 65"),
        ({"rows": 2, "columns": 2, "pixels": [0, 1]}, "draw: pixels: expected 4 numbers, got 2"),
        ({"rows": 1, "columns": 1, "pixels": [256]}, "whole numbers from 0 .* to 255"),
        ({"rows": 1, "columns": 1, "pixels": [0.5]}, "whole numbers from 0 .* to 255"),
        ({"rows": 1, "columns": 1, "pixels": ["1"]}, "whole numbers from 0 .* to 255"),
    ],
)
def test_a_bad_drawing_is_refused_and_says_why(digits, args, text):
    with pytest.raises(InvalidValueError, match=text):
        digits().act("draw", args)


def test_a_rate_that_is_too_high_names_tensor_step_and_rate_and_can_be_mended(digits):
    recorder = digits(optimizer="sgd", learning_rate=100.0, activation="leaky_relu")
    (event,) = recorder.step(300)
    assert event.name == "diverged"
    assert event.data["learning_rate"] == 100.0
    assert recorder.position == event.data["step"]
    tensors = recorder._run._trainer.training_pass.tensors()
    assert not np.isfinite(tensors[event.data["tensor"]]).all()
    recorder.seek(0)
    recorder.set({"learning_rate": 0.1})
    recorder.step(300)
    assert recorder.diverged is None
    assert recorder.snapshot().scalars["val_accuracy"] > 0.9


def test_filters_that_no_gradient_reaches_any_more_are_told_once(digits):
    recorder = digits(optimizer="sgd", learning_rate=10.0)
    (event,) = recorder.step(300)
    assert event.name == "died"
    at = event.data["step"]
    recorder.seek(at)
    assert not arrays(recorder)["conv1.dW"].any()
    tensors = recorder._run._trainer.training_pass.tensors()
    assert event.data["images"] == 32
    assert not tensors[event.data["tensor"]].any()
    recorder.seek(event.data["last_alive"])
    assert arrays(recorder)["conv1.dW"].any()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "rmsprop", "adam"])
def test_live_controls_hold_from_the_next_step_and_come_back_with_it(digits, optimizer):
    recorder = digits()
    recorder.step(25)
    recorder.set({"optimizer": optimizer, "batch_size": 8, "dropout": 0.3, "learning_rate": 0.01})
    recorder.step(25)
    seen = recorder.snapshot(EXHIBIT.publishes).arrays["dense1.W"].tobytes()
    recorder.seek(10)
    assert recorder.values["optimizer"] == "adam"
    recorder.seek(50)
    assert recorder.values["batch_size"] == 8
    assert recorder.snapshot().arrays["dense1.W"].tobytes() == seen


def test_predictions_are_judged_by_what_the_engine_computes(digits):
    recorder = digits()
    (event,) = recorder.act("judge", {"question": "pooled", "answer": 16})
    assert event.data["correct"] is True
    (event,) = recorder.act("judge", {"question": "pooled", "answer": 64})
    assert event.data["correct"] is False
    assert event.data["answer"] == 16
    (event,) = recorder.act("judge", {"question": "untrained", "answer": None})
    assert event.data["correct"] is None
    assert event.data["answer"] == "tenth"
    recorder.step(200)
    (event,) = recorder.act("judge", {"question": "untrained", "answer": "tenth"})
    assert event.data["correct"] is True
    with pytest.raises(InvalidValueError, match="expected one of untrained, pooled, got 'x'"):
        recorder.act("judge", {"question": "x"})


def test_mnist_is_greyed_with_the_reason_where_its_files_are_not():
    (data,) = (one for one in EXHIBIT.describe(Library())["controls"] if one["name"] == "data")
    here, missing = data["options"]
    assert here["unavailable"] is None
    assert "perceptarium fetch mnist" in missing["unavailable"]


def test_the_loss_of_the_image_on_the_stage_is_explained_and_a_drawing_has_none(digits):
    recorder = digits()
    recorder.step(3)
    for example in (3, 7):
        recorder.set({"example": example, "shown": "example"})
        moment = recorder.snapshot().arrays
        ledger = recorder.ledger("stage.loss", ())
        label = int(moment["label"][0])
        assert ledger.value == pytest.approx(-np.log(moment["softmax.a"][0, label]), rel=1e-5)
        assert recorder.ledger("softmax.a", (0, 1)).feeds[0].tensor == "stage.loss"
    recorder.set({"shown": "drawing"})
    assert recorder.ledger("softmax.a", (0, 1)).feeds == ()
    assert "Nobody has said" in recorder.ledger("softmax.a", (0, 1)).note
    with pytest.raises(
        InvalidValueError, match=r"stage\.loss: .* image with a label, got a drawing"
    ):
        recorder.ledger("stage.loss", ())


def test_favourite_patches_are_of_the_filter_as_it_is_now(digits):
    recorder = digits()
    for change in (
        lambda: recorder.step(1),
        lambda: recorder.set({"filter": 5}),
        lambda: recorder.seek(0),
        lambda: recorder.step(2),
    ):
        change()
        kept = recorder.snapshot().arrays
        fresh = recorder._run
        fresh._patches_of = None
        again = recorder.snapshot().arrays
        for name in ("patches.filter", "patches.x", "patches.z"):
            np.testing.assert_array_equal(kept[name], again[name])


def test_a_ledger_of_the_confusion_counts_the_images_that_are_read_so(digits):
    recorder = digits()
    recorder.step(30)
    confusion = arrays(recorder)["confusion"]
    row, column = np.unravel_index(confusion.argmax(), confusion.shape)
    ledger = recorder.ledger("confusion", (int(row), int(column)))
    assert len(ledger.terms) + ledger.rest.count == ledger.value == confusion.max()


def test_ledgers_of_a_diverged_run_show_what_is_not_finite(digits):
    recorder = digits(learning_rate=100.0, optimizer="sgd", activation="linear")
    recorder.step(200)
    assert recorder.diverged
    for name, array in arrays(recorder).items():
        if array.size:
            recorder.ledger(name, tuple(0 for _ in array.shape))
    for name in ("batch.conv1.z", "batch.softmax.a"):
        recorder.ledger(name, (0,) * (4 if name.endswith("z") else 2))
    assert not np.isfinite(recorder.ledger("conv1.W", (0, 0, 0, 0)).value)


def test_an_update_is_explained_with_the_rate_that_it_had_also_after_coming_back(digits):
    recorder = digits(optimizer="sgd", learning_rate=0.01)
    recorder.step(20)
    recorder.set({"learning_rate": 0.5})
    before = recorder.ledger("conv1.W", (0, 0, 1, 1))
    assert before.terms[1].factors[0].value == -0.01
    recorder.step(5)
    assert recorder.ledger("conv1.W", (0, 0, 1, 1)).terms[1].factors[0].value == -0.5
    recorder.seek(20)
    assert recorder.ledger("conv1.W", (0, 0, 1, 1)) == before


def test_a_nudge_agrees_with_the_gradient_of_the_minibatch_also_at_a_past_step(digits):
    recorder = digits(dropout=0.4)
    recorder.step(40)
    recorder.seek(21)
    args = {"tensor": "conv1.dW", "index": [0, 0, 1, 1]}
    (event,) = recorder.act("nudge", args)
    assert event.name == "nudged"
    assert event.data["agreement"] > 0.999
    assert event.data["gradient"] == arrays(recorder)["conv1.dW"][0, 0, 1, 1]
    reopened = digits(dropout=0.4)
    reopened.load(recorder.save())
    assert reopened.act("nudge", args) == (event,)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({}, "tensor: expected the name of a parameter, got None"),
        ({"tensor": "conv1.W", "index": 3}, "index: expected a list of whole numbers, got 3"),
        ({"tensor": "conv1.W", "index": [True]}, "index: expected a list of whole numbers"),
        ({"tensor": "conv1.W", "index": [0, 0, 0, 0], "eps": 0}, "eps: expected a number from"),
        ({"tensor": "conv1.z", "index": [0, 0, 0, 0]}, "got 'conv1.z'"),
        ({"tensor": "conv1.W", "index": [0, 0, 0, 99]}, "index: expected 4 whole numbers"),
    ],
)
def test_a_nudge_that_cannot_be_is_refused(digits, args, says):
    recorder = digits()
    recorder.step(1)
    with pytest.raises(InvalidValueError, match=says):
        recorder.act("nudge", args)
