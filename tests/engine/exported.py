"""Random trainings, and the scripts that are written of them, run in this process."""

import contextlib
import io
from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import EngineError
from engine.export.files import Material, make_file
from engine.export.recipe import Recipe, Story
from engine.nn.losses import LOSSES
from engine.nn.network import Network

RATES = {"sgd": 0.05, "momentum": 0.02, "nesterov": 0.02, "rmsprop": 0.005, "adam": 0.01}
SAMPLES, HELD_BACK = 60, 15
LAST = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}


def random_training(seed, optimizer):
    """A function that makes the same recipe at every call: a network of any layers and loss."""
    rng = np.random.default_rng(seed)
    while True:
        description = random_description(rng)
        with contextlib.suppress(EngineError):  # such a network cannot be: draw another
            outputs = Network(description, rng=rng).layers[-1].output_shape[0]
            break
    x = rng.random((SAMPLES, *description["input"]))
    if description["loss"] in LAST:
        classes = tuple("abc")[: max(outputs, 2)]
        data = Dataset(x, rng.integers(0, len(classes), SAMPLES), classes)
    else:
        data = Dataset(x, rng.standard_normal((SAMPLES, outputs)), ())

    def recipe():
        return Recipe(
            network=Network(description, rng=np.random.default_rng(seed)),
            train=data.take(np.arange(HELD_BACK, SAMPLES)),
            validation=data.take(np.arange(HELD_BACK)),
            optimizer=optimizer,
            learning_rate=RATES[optimizer],
            batch_size=8,
            seed=seed,
        )

    return recipe


def random_description(rng):
    def pick(*options):
        return options[int(rng.integers(len(options)))]

    def activation():
        return {"kind": pick("relu", "tanh", "sigmoid", "leaky_relu", "linear")}

    layers = []
    picture = rng.random() < 0.7
    if picture:
        for _ in range(pick(1, 2)):
            convolution = {
                "kind": "conv2d",
                "filters": pick(1, 2, 4),
                "size": pick(1, 2, 3),
                "stride": pick(1, 2),
                "padding": pick("same", "none", 1),
                "dilation": pick(1, 2),
            }
            layers += [convolution, activation()] if rng.random() < 0.8 else []
            if layers[-2:-1] == [convolution] and rng.random() < 0.5:
                same = {**convolution, "stride": 1, "padding": "same"}
                layers += [same, activation(), {"kind": "add", "over": 2}]
            layers += [{"kind": "dropout", "rate": 0.25}] if rng.random() < 0.3 else []
            pooling = {
                "kind": pick("max_pool2d", "avg_pool2d"),
                "size": pick(1, 2, 3),
                "stride": pick(1, 2, 3),
                "partial": pick(True, False),
            }
            layers.append(pooling)
        layers.append({"kind": "flatten"})
    if rng.random() < 0.6:
        layers += [{"kind": "dense", "units": pick(2, 5)}, activation()]
        if rng.random() < 0.5:
            layers += [layers[-2], activation(), {"kind": "add", "over": pick(1, 2, 3)}]
        layers += [{"kind": "dropout", "rate": 0.5}] if rng.random() < 0.4 else []
    loss = pick(*LOSSES)
    outputs = 3 if loss == "categorical_cross_entropy" else pick(1, 3)
    layers.append({"kind": "dense", "units": outputs})
    if loss in LAST:
        layers.append({"kind": LAST[loss]})
    elif rng.random() < 0.5:
        layers.append({"kind": pick("tanh", "softmax", "linear")})
    shape = [pick(1, 2), pick(5, 8), pick(6, 9)] if picture else [pick(2, 5)]
    return {"input": shape, "layers": layers, "loss": loss, "l2": pick(0.0, 0.01)}


def told(recipe, **more):
    """The story of a training without an exhibit."""
    return Story(slug="any", title="Any", recipe=recipe, steps=20, parameters={}, **more)


def put_data(story, folder):
    """Write beside the script what it reads."""
    material = Material(name="any", story=story, course={}, arrays={})
    file = make_file("start.npz", material).finish()
    (folder / file.name).write_bytes(file.content)


def run(code, folder: Path):
    """Run a script here; return its variables and what it printed."""
    path = folder / "script.py"
    variables = {"__file__": str(path), "__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed, np.errstate():
        exec(compile(code, str(path), "exec"), variables)
    return variables, printed.getvalue()


def printed_losses(text):
    """The losses by step, as they stand in what a script printed."""
    rows = [line.split() for line in text.splitlines() if line.startswith("step")]
    return {int(step): loss for _, step, _, loss in rows}
