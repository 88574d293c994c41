"""Networks that are trained side by side, and samples that are augmented."""

import numpy as np
import pytest

from engine.data.generated import moons
from engine.errors import DivergedError
from engine.nn.cohort import Cohort
from engine.nn.network import Network
from engine.nn.trainer import Trainer


def network(units):
    return Network(
        {
            "input": [2],
            "layers": [
                {"kind": "dense", "units": units},
                {"kind": "relu"},
                {"kind": "dense", "units": 2},
                {"kind": "softmax"},
            ],
            "loss": "categorical_cross_entropy",
        },
        rng=np.random.default_rng(units),
    )


def shaken(x, rng):
    return x + rng.normal(size=x.shape).astype(np.float32)


def trainer(units, **options):
    points = moons(50, rng=np.random.default_rng(0))
    return Trainer(network(units), points, batch_size=8, seed=3, **options)


def cohort(**options):
    return Cohort({"small": trainer(3, **options), "shaken": trainer(5, augment=shaken)})


def state(one):
    return {name: array.tobytes() for name, array in one.save().items()}


def test_all_learn_from_the_same_samples_in_the_same_order():
    both = cohort()
    for number in range(1, 15):
        steps = both.step()
        assert both.index == number
        np.testing.assert_array_equal(steps["small"].batch, steps["shaken"].batch)


def test_a_cohort_that_is_loaded_goes_on_to_the_byte():
    first, second = cohort(), cohort()
    for _ in range(9):
        first.step()
    kept = first.save()
    for _ in range(9):
        first.step()
    second.load({**kept, "other": np.zeros(1)})
    assert second.index == 9
    for _ in range(9):
        second.step()
    assert state(first) == state(second)


def test_an_augmented_batch_depends_on_nothing_but_its_place():
    straight, back = (trainer(4, augment=shaken) for _ in range(2))
    for _ in range(4):
        straight.step()
    seen = straight.training_pass.x.value.copy()
    assert not np.isin(seen.T, straight.train.x).any()
    back.load(straight.save())  # gathers the last batch alone, not with those before it
    np.testing.assert_array_equal(back.training_pass.x.value, seen)
    straight.step()
    back.step()
    np.testing.assert_array_equal(straight.training_pass.x.value, back.training_pass.x.value)


def test_who_diverges_is_named_and_all_have_stepped_even_so():
    both = cohort(learning_rate=1e30)

    def go_on():
        for _ in range(20):
            both.step()

    with pytest.raises(DivergedError) as caught:
        go_on()
    assert caught.value.tensor.startswith("small.")
    assert [one.index for one in both.trainers.values()] == [both.index] * 2
