"""What exhibits that train a network have in common: their controls, and what those do."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.data.library import Library
from engine.data.preparation import split
from engine.exhibits.controls import Choice, Control, Option, Slider, Value
from engine.export.recipe import Recipe
from engine.nn.network import Network
from engine.nn.trainer import Trainer

ACTIVATION = Choice(
    name="activation",
    label="Activation",
    help="What each weighted sum goes through.",
    options=(
        Option("relu", "ReLU"),
        Option("leaky_relu", "Leaky ReLU"),
        Option("tanh", "tanh"),
        Option("sigmoid", "Sigmoid"),
        Option("linear", "Linear"),
    ),
    default="relu",
    effect="reset",
    advanced=True,
)

INITIALIZER = Choice(
    name="initializer",
    label="Initial weights",
    help="From what the weights are drawn before the first step.",
    options=(
        Option("he", "He"),
        Option("xavier", "Xavier (1/n)"),
        Option("glorot", "Xavier (Glorot)"),
        Option("gaussian", "Gaussian"),
        Option("constant", "All the same"),
    ),
    default="he",
    effect="reset",
    advanced=True,
)


def training_controls(*, learning_rate: float, batch_size: int = 32) -> tuple[Control, ...]:
    """Return the controls of a training that work while it runs, with these defaults."""
    return (
        Slider(
            name="learning_rate",
            label="Learning rate",
            help="How far one step goes down the gradient.",
            low=1e-5,
            high=100.0,
            default=learning_rate,
            scale="log",
        ),
        Choice(
            name="optimizer",
            label="Optimizer",
            help="The rule that turns a gradient into a step.",
            options=(
                Option("sgd", "SGD"),
                Option("momentum", "Momentum"),
                Option("nesterov", "Nesterov"),
                Option("rmsprop", "RMSprop"),
                Option("adam", "Adam"),
            ),
            default="adam",
        ),
        Slider(
            name="batch_size",
            label="Batch size",
            help="How many samples are averaged into one gradient.",
            low=1,
            high=256,
            default=batch_size,
            scale="log",
            integer=True,
            unit="samples",
        ),
        Slider(
            name="dropout",
            label="Dropout",
            help="The share of the flattened numbers that training leaves out at random.",
            low=0.0,
            high=0.9,
            default=0.0,
            step=0.05,
        ),
    )


def recipe_of(
    values: Mapping[str, Value],
    seed: int,
    library: Library,
    *,
    validation_size: Mapping[str, int],
    network: Callable[[tuple[int, ...]], Network],
) -> Recipe:
    """Return the training before its first step: what the run does, and what scripts repeat.

    Parameters
    ----------
    values : mapping of str to value
        With `data` and what `training_controls` declare.
    seed : int
        Of the split, the order of the samples and dropout.
    library : Library
    validation_size : mapping of str to int
        How many samples of each data set are kept for validation.
    network : callable of (shape of a sample) -> Network
    """
    data = str(values["data"])
    samples = library.open(data)
    training, validation = split(
        samples, validation_size[data], rng=np.random.default_rng([seed, 3])
    )
    return Recipe(
        network=network(samples.x.shape[1:]),
        train=training,
        validation=validation,
        optimizer=str(values["optimizer"]),
        learning_rate=float(values["learning_rate"]),
        batch_size=int(values["batch_size"]),
        seed=seed,
    )


def set_training(trainer: Trainer, values: Mapping[str, Value]) -> None:
    """Let what `training_controls` say hold from the next step on."""
    if "learning_rate" in values:
        trainer.learning_rate = float(values["learning_rate"])
    if "optimizer" in values:
        trainer.set_optimizer(str(values["optimizer"]))
    if "batch_size" in values:
        trainer.batch_size = int(values["batch_size"])
    if "dropout" in values:
        trainer.dropout = float(values["dropout"])
