"""What the lesson says of its ready-made networks: residual links, small and large batches."""

import numpy as np
import pytest

from engine.data.library import Library
from engine.exhibits.landscape import EXHIBIT

STEPS = 200


def trained(seed=1, **values):
    """A run at step 200, its surface known, and its weights at every step."""
    run = EXHIBIT.build({**EXHIBIT.defaults(), **values}, seed, Library())
    weights = [run._network.theta.copy()]
    for _ in range(STEPS):
        run.step()
        weights.append(run._network.theta.copy())
    while run.busy:
        run.work()
    return run.snapshot(), np.array(weights)


def dips(losses):
    """Count the inner points that are lower than all eight neighbours."""
    rows, columns = losses.shape
    shifts = [(i, j) for i in (0, 1, 2) for j in (0, 1, 2) if (i, j) != (1, 1)]
    inner = losses[1:-1, 1:-1]
    around = [losses[i : rows - 2 + i, j : columns - 2 + j] for i, j in shifts]
    return int(np.all([inner < one for one in around], axis=0).sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_residual_links_there_are_fewer_dips(seed):
    plain, _ = trained(seed, network="deep")
    residual, _ = trained(seed, network="residual")
    assert dips(residual.arrays["random1.J"]) < dips(plain.arrays["random1.J"])
    assert dips(plain.arrays["random1.J"]) > 5


def test_the_hollow_of_the_lessons_residual_network_is_wider_and_it_has_as_many_weights():
    plain, plain_weights = trained(network="deep")
    residual, residual_weights = trained(network="residual")
    low = [np.mean(one.arrays["random1.J"] < 0.5) for one in (plain, residual)]
    assert low[1] > 2 * low[0]
    assert plain_weights.shape[1] == residual_weights.shape[1] == 618


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_path_of_small_batches_trembles_and_that_of_all_samples_is_nearly_straight(seed):
    detours = {}
    for batch_size in (2, 200):
        options = {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": batch_size}
        _, weights = trained(seed, network="small", plane="principal", **options)
        length = np.linalg.norm(np.diff(weights, axis=0), axis=1).sum()
        detours[batch_size] = length / np.linalg.norm(weights[-1] - weights[0])
    assert detours[2] > 5
    assert detours[200] < 1.5
