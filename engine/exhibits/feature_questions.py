"""The predictions that the exhibit `features` asks for, worked out by the engine."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from engine.data.dataset import Dataset
from engine.data.separation import best_line, best_threshold
from engine.exhibits.controls import Value
from engine.exhibits.feature_controls import NAMES, describe_network
from engine.exhibits.questions import Solution
from engine.explain.terms import terms_of_exactly
from engine.landscape.expression import parse
from engine.nn.network import Network
from engine.nn.trainer import Trainer

CANDIDATES = {
    "x1": "x1",
    "distance": "sqrt(x1^2 + x2^2)",
    "angle": "atan2(x2, x1)",
    "product": "x1 * x2",
}
"""The features one of which may separate the classes alone."""

TRIES, STEPS = 5, 400
"""How many narrow networks are trained, and how long: enough for a wider one, nearly always."""

PICTURE = 100 * 100


def questions(
    values: Mapping[str, Value], seed: int, data: Dataset
) -> dict[str, Callable[[], Solution]]:
    """Return how each question about the points on the stage is worked out, by its name."""
    return {
        "line": partial(_line, data),
        "alone": partial(_alone, data),
        "narrow": partial(_narrow, values, seed, data),
    }


def counting(n: int) -> dict[str, Callable[[], Solution]]:
    """Return how each question about the number of terms is worked out, by its name."""
    return {"one_more": partial(_one_more, n), "picture": _picture}


def _line(data: Dataset) -> Solution:
    best = best_line(data.x, data.y)
    right, count = int(best.right.sum()), len(data)
    return Solution(
        100 * best.share,
        f"The best line that was found gets {right} of the {count} points right: "
        f"{100 * best.share:.3g} %. To say one class always would be {_majority(data):.3g} %.",
        tolerance=6,
    )


def _majority(data: Dataset) -> float:
    ones = float((data.y == 1).mean())
    return 100 * max(ones, 1 - ones)


def _alone(data: Dataset) -> Solution:
    shares = {
        name: 100 * best_threshold(parse(text, NAMES).value(data.x), data.y).share
        for name, text in CANDIDATES.items()
    }
    answer = max(shares, key=lambda name: shares[name])
    listed = ", ".join(f"{name} {share:.3g} %" for name, share in shares.items())
    return Solution(
        answer, f"With the best threshold of each alone, this many points are right: {listed}."
    )


def _narrow(values: Mapping[str, Value], seed: int, data: Dataset) -> Solution:
    """Train a few networks with two hidden units."""
    description = describe_network({**values, "mode": "learned", "network": "2-2-1"}, 2)
    shares = []
    for number in range(TRIES):
        network = Network(description, rng=np.random.default_rng([seed + number, 0]))
        trainer = Trainer(
            network,
            data,
            optimizer="adam",
            learning_rate=0.1,
            batch_size=len(data),
            seed=seed,
        )
        shares.append(max(trainer.step().accuracy for _ in range(STEPS)))
    best = max(shares)
    listed = ", ".join(f"{100 * share:.3g} %" for share in shares)
    return Solution(
        "yes" if best == 1 else "no",
        f"{TRIES} of them were trained just now from different first weights, {STEPS} steps each. "
        f"The most points that each got right at any step: {listed}.",
    )


def _one_more(n: int) -> Solution:
    """Return how many terms of exactly degree 2 there are with one input more."""
    more = n + 1
    count = terms_of_exactly(more, 2)
    return Solution(
        count,
        f"{more} squares, and {more} · {n} / 2 = {more * n // 2:,} products of two different "
        f"inputs: {count:,} together.",
    )


def _picture() -> Solution:
    count = terms_of_exactly(PICTURE, 2)
    options = {"ten_thousand": 1e4, "million": 1e6, "fifty_million": 5e7, "billion": 1e9}
    answer = min(options, key=lambda name: abs(np.log(options[name] / count)))
    return Solution(
        answer,
        f"{PICTURE:,} · {PICTURE + 1:,} / 2 = {count:,}: as many weights, for a single neuron. "
        f"With 4 bytes each they take {4 * count / 1e6:.0f} MB.",
    )
