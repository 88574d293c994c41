"""The trainer: what a step is, what stays the same, and what happens when it diverges."""

import math

import numpy as np
import pytest

from engine.data.dataset import Dataset
from engine.errors import DivergedError, InvalidValueError, ShapeError
from engine.nn.network import Network
from engine.nn.optimizers import OPTIMIZERS
from engine.nn.storage import load_npz, save_npz
from engine.nn.trainer import Trainer

DENSE = {"kind": "dense", "units": 6}
LAYERS = [
    {"kind": "conv2d", "name": "conv1", "filters": 3},
    {"kind": "relu"},
    {"kind": "max_pool2d"},
    {"kind": "flatten"},
    {"kind": "dropout", "rate": 0.3},
    {"kind": "dense", "name": "dense1", "units": 4},
    {"kind": "softmax"},
]


def pictures(count, seed=0):
    """Classes that can be learned: where the bright quarter is."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    x = 0.3 * rng.random((count, 1, 4, 6), np.float32)
    for picture, quarter in zip(x[:, 0], y, strict=True):
        row, column = divmod(int(quarter), 2)
        picture[2 * row : 2 * row + 2, 3 * column : 3 * column + 3] += 0.7
    return Dataset(x, y, ("a", "b", "c", "d"))


def make(layers=LAYERS, data=None, l2=0.0, loss="categorical_cross_entropy", **options):
    data = pictures(50) if data is None else data
    description = {"input": list(data.x.shape[1:]), "layers": layers, "loss": loss, "l2": l2}
    network = Network(description, rng=np.random.default_rng(5))
    return Trainer(network, data, **{"batch_size": 8, "seed": 3, "learning_rate": 0.1, **options})


def line(slope=2.0, count=40):
    x = np.linspace(-1, 1, count, dtype=np.float32)[:, None]
    return Dataset(x, slope * x, ())


def take(trainer, count):
    return [trainer.step() for _ in range(count)]


def everything(trainer):
    """All bytes that a step leaves behind."""
    found = {name: array.tobytes() for name, array in trainer.training_pass.tensors().items()}
    found |= {name: array.tobytes() for name, array in trainer.save().items()}
    found |= {name: array.tobytes() for name, array in trainer.network.gradients().items()}
    return found


def test_one_update_is_made_per_item_and_none_before_it_is_asked_for():
    trainer = make()
    before = trainer.network.theta.copy()
    steps = trainer.steps()
    np.testing.assert_array_equal(trainer.network.theta, before)
    for expected in (1, 2, 3):
        step = next(steps)
        assert step.index == trainer.index == expected
        assert not np.array_equal(trainer.network.theta, before)
        before = trainer.network.theta.copy()


def test_a_step_cannot_be_changed():
    step = make().step()
    with pytest.raises(AttributeError):
        step.loss = 0.0
    with pytest.raises(ValueError, match="read-only"):
        step.batch[0] = 1


@pytest.mark.parametrize("samples", [48, 50, 55])
def test_each_epoch_takes_every_sample_at_most_once_in_a_new_order(samples):
    steps = take(make(data=pictures(samples), batch_size=8), 18)
    assert [step.epoch for step in steps] == 6 * [0] + 6 * [1] + 6 * [2]
    orders = [np.concatenate([s.batch for s in steps if s.epoch == epoch]) for epoch in (0, 1, 2)]
    for order in orders:
        assert len(set(order.tolist())) == 48
    assert not np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[1], orders[2])


def test_a_batch_size_beyond_the_data_set_takes_all_of_it():
    trainer = make(batch_size=500)
    assert trainer.batch_size == 50
    assert sorted(trainer.step().batch.tolist()) == list(range(50))


def test_the_tensors_are_of_the_steps_batch_at_the_parameters_before_its_update():
    trainer = make(l2=0.01)
    take(trainer, 3)
    before = trainer.network.theta.copy()
    step = trainer.step()
    tensors = trainer.training_pass.tensors()
    np.testing.assert_array_equal(tensors["conv1.x"], trainer.train.x[step.batch])
    np.testing.assert_array_equal(tensors["target"].argmax(axis=1), trainer.train.y[step.batch])
    after = trainer.network.theta.copy()
    gradient = trainer.network.gradient.copy()
    np.testing.assert_array_equal(after, before - np.float32(0.1) * gradient)

    trainer.network.theta[...] = before
    again = trainer.network.at(8)
    again.forward(trainer.train.x[step.batch], training=True, rng=np.random.default_rng([3, 2, 4]))
    assert again.loss(trainer.train.y[step.batch]) == step.loss == tensors["loss"]
    again.backward()
    assert again.accuracy() == step.accuracy
    for name, array in again.tensors().items():
        np.testing.assert_array_equal(array, tensors[name], name)
    np.testing.assert_array_equal(trainer.network.gradient, gradient)


def test_it_learns():
    trainer = make(validation=pictures(40, seed=1), validate_every=100, batch_size=16)
    first = trainer.validate()
    last = take(trainer, 200)[-1]
    assert last.val_loss < 0.2 * first[0]
    assert last.val_accuracy > 0.95 > first[1]


def test_a_regression_has_no_accuracy():
    trainer = make([{"kind": "dense", "units": 1}], line(), loss="mean_squared_error")
    steps = take(trainer, 60)
    assert all(math.isnan(step.accuracy) for step in steps)
    assert trainer.network.parameters()["dense1.W"].item() == pytest.approx(2, abs=0.05)


def test_weight_decay_keeps_weights_smaller():
    free, held = (
        make([{"kind": "dense", "units": 1}], line(), l2, "mean_squared_error") for l2 in (0.0, 0.5)
    )
    take(free, 200)
    take(held, 200)
    weights = [t.network.parameters()["dense1.W"].item() for t in (free, held)]
    assert weights[1] < 0.8 * weights[0]


def test_validation_is_evaluated_after_every_so_many_steps_and_when_asked_for():
    validation = pictures(150, seed=1)  # more than are evaluated at once
    trainer = make(validation=validation, validate_every=5)
    assert math.isnan(trainer.val_loss)
    trainer.validate()
    assert math.isfinite(trainer.val_loss)
    steps = take(trainer, 11)
    assert [s.index for s in steps if s.val_loss is not None] == [5, 10]
    assert steps[9][-2:] == (trainer.val_loss, trainer.val_accuracy)

    loss, accuracy = trainer.validate()
    whole = trainer.network.at(150)
    outputs = whole.forward(validation.x)
    np.testing.assert_allclose(trainer.validation_outputs, outputs, rtol=1e-4, atol=1e-6)
    assert loss == pytest.approx(whole.loss(validation.y), rel=1e-5)
    assert accuracy == (outputs.argmax(axis=1) == validation.y).mean()


def test_validation_does_not_touch_the_training_tensors():
    trainer = make(validation=pictures(8, seed=1), validate_every=1)
    trainer.step()
    before = everything(trainer)
    trainer.validate()
    assert everything(trainer) == before


def test_without_a_validation_set_there_is_nothing_to_validate():
    trainer = make()
    with pytest.raises(InvalidValueError, match="validation: expected a data set, got None"):
        trainer.validate()
    assert trainer.step().val_loss is None


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_the_same_seed_gives_the_same_bytes(optimizer):
    def run(seed):
        trainer = make(optimizer=optimizer, learning_rate=0.01, seed=seed, l2=0.01)
        losses = [step.loss for step in take(trainer, 15)]
        return losses, everything(trainer)

    assert run(3) == run(3)
    assert run(3)[0] != run(4)[0]


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("at", [0, 1, 9])
def test_what_is_saved_goes_on_to_the_byte_in_another_trainer(optimizer, at, tmp_path):
    validation = pictures(9, seed=1)
    options = {"optimizer": optimizer, "learning_rate": 0.01, "validation": validation}
    trainer = make(validate_every=4, **options)
    take(trainer, at)
    save_npz(tmp_path / "run.npz", trainer.save())
    here = everything(trainer)
    steps = take(trainer, 10)

    other = make(validate_every=4, validation=validation)
    take(other, 2)
    other.load(load_npz(tmp_path / "run.npz"))
    assert everything(other) == here
    for step in steps:
        again = other.step()
        assert again.batch.tolist() == step.batch.tolist()
        assert again[:4] + again[5:] == step[:4] + step[5:]
    assert everything(other) == everything(trainer)


def test_going_back_after_live_changes_brings_back_what_was():
    trainer = make(optimizer="momentum")
    take(trainer, 5)
    state, then = trainer.save(), everything(trainer)
    trainer.batch_size = 11
    trainer.dropout = 0.0
    trainer.learning_rate = 0.5
    trainer.set_optimizer("adam")
    take(trainer, 4)
    trainer.load(state)
    assert everything(trainer) == then
    assert (trainer.batch_size, trainer.dropout) == (8, 0.3)
    assert (trainer.learning_rate, trainer.optimizer) == (0.1, "momentum")


def test_a_change_after_the_last_step_is_saved_with_the_tensors_of_that_step():
    trainer = make()
    take(trainer, 5)
    trainer.batch_size = 11
    trainer.dropout = 0.6
    state, then = trainer.save(), everything(trainer)
    following = trainer.step()
    other = make()
    other.load(state)
    assert everything(other) == then
    again = other.step()
    assert len(again.batch) == 11
    assert again.loss == following.loss


def test_a_state_of_another_network_is_refused():
    state = make().save()
    other = make([{"kind": "flatten"}, {"kind": "dense", "units": 4}, {"kind": "softmax"}])
    with pytest.raises(InvalidValueError, match=r"expected 100 parameters .* got 106 and 0"):
        other.load(state)


def test_live_changes_hold_from_the_next_step():
    trainer = make(batch_size=8)
    trainer.step()
    trainer.batch_size = 20
    trainer.learning_rate = 0.0
    before = trainer.network.theta.copy()
    assert len(trainer.step().batch) == 20
    np.testing.assert_array_equal(trainer.network.theta, before)
    trainer.learning_rate = 0.01
    trainer.dropout = 0.9
    trainer.step()
    mask = trainer.training_pass.tensors()["dropout1.mask"]
    assert (mask == 0).mean() > 0.8
    trainer.dropout = 0.0
    trainer.step()
    assert (trainer.training_pass.tensors()["dropout1.mask"] == 1).all()


def test_a_smaller_batch_goes_on_in_the_epoch_without_repeating_a_sample():
    trainer = make(batch_size=8)
    first = take(trainer, 2)
    trainer.batch_size = 5
    rest = take(trainer, 6)
    seen = np.concatenate([step.batch for step in first + rest])
    assert {step.epoch for step in rest} == {0}
    assert len(set(seen.tolist())) == len(seen) == 46


def test_the_same_optimizer_again_keeps_what_it_remembers():
    trainer = make(optimizer="momentum")
    take(trainer, 3)
    trainer.set_optimizer("momentum")
    assert trainer.optimizer_state()["v"].any()
    trainer.set_optimizer("adam")
    assert not trainer.optimizer_state()["v"].any()
    assert trainer.learning_rate == 0.1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"batch_size": 0}, "batch_size: expected a whole number from 1 to 4096, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate: expected a number from 0, got nan"),
        ({"dropout": 1.0}, "dropout: expected a number from 0 to below 1, got 1"),
    ],
)
def test_a_bad_live_value_says_why_and_changes_nothing(change, text):
    trainer = make()
    before = (trainer.batch_size, trainer.learning_rate, trainer.dropout)
    ((name, value),) = change.items()
    with pytest.raises(InvalidValueError, match=text):
        setattr(trainer, name, value)
    assert (trainer.batch_size, trainer.learning_rate, trainer.dropout) == before


def test_dropout_of_a_network_without_dropout_layers_stays_0():
    trainer = make([{"kind": "dense", "units": 1}], line(), loss="mean_squared_error")
    trainer.dropout = 0.0
    with pytest.raises(InvalidValueError, match="dropout: the network has no dropout layer"):
        trainer.dropout = 0.5
    assert trainer.dropout == 0


def test_data_that_do_not_fit_say_why():
    with pytest.raises(ShapeError, match="validation set: expected samples of 1 × 4 × 6, got 1 f"):
        make(validation=line())
    empty = Dataset(np.zeros((0, 1, 4, 6), np.float32), np.zeros(0, np.int32), ("a", "b"))
    with pytest.raises(InvalidValueError, match="training set: expected at least 1 sample, got 0"):
        make(data=empty)
    with pytest.raises(InvalidValueError, match="classes from 0 to 3, got 0 to 5"):
        make(data=Dataset(np.zeros((6, 1, 4, 6)), np.arange(6), tuple("abcdef")))


def test_divergence_names_the_first_tensor_the_step_and_the_rate():
    layers = [DENSE, {"kind": "linear"}, {"kind": "dense", "units": 1}]
    trainer = make(layers, line(), loss="mean_squared_error", learning_rate=30.0)
    with pytest.raises(DivergedError) as caught:
        take(trainer, 100)
    error = caught.value
    assert error.step == trainer.index
    assert error.learning_rate == 30.0
    assert str(error) == (
        f"{error.tensor} stopped being finite at step {error.step} with learning rate 30"
    )
    tensors = trainer.training_pass.tensors() | trainer.network.parameters()
    assert not np.isfinite(tensors[error.tensor]).all()
    for name, array in trainer.training_pass.tensors().items():
        if name == error.tensor or name.endswith((".W", ".b")):
            break
        assert np.isfinite(array).all(), name


@pytest.mark.parametrize(
    ("poison", "named"),
    [
        (lambda trainer: trainer.network.theta.__setitem__(0, np.nan), "conv1.z"),
        (lambda trainer: trainer.network.theta.__setitem__(0, 3e38), "conv1.z"),
        (lambda trainer: trainer.optimizer_state()["v"].__setitem__(0, -1.0), "conv1.W"),
        (lambda trainer: trainer.optimizer_state()["m"].__setitem__(0, np.inf), "conv1.W"),
    ],
)
def test_the_step_that_first_shows_it_is_the_one_that_raises(poison, named):
    trainer = make(optimizer="adam", learning_rate=0.01)
    take(trainer, 2)
    trainer.train.x.base.flags.writeable = True
    trainer.train.x.base[...] = np.maximum(trainer.train.x, 0.5) * 4
    poison(trainer)
    trainer.batch_size = 9  # gathers batches anew
    with pytest.raises(DivergedError, match=f"{named} stopped being finite at step 3") as caught:
        trainer.step()
    assert caught.value.tensor == named


def test_huge_but_finite_numbers_are_no_divergence():
    small = Dataset(line().x * 1e-5, line().y, ())
    trainer = make([{"kind": "dense", "units": 1}], small, loss="mean_squared_error")
    trainer.network.parameters()["dense1.W"][...] = 1e20  # its square is not finite in float32
    assert trainer.step().index == 1


def test_training_leaves_numpys_warnings_as_they_were():
    before = np.geterr()
    trainer = make(learning_rate=1e30)
    with pytest.raises(DivergedError):
        take(trainer, 10)
    assert np.geterr() == before
