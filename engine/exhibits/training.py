"""What exhibits that train a network have in common: their controls, and what those do."""

from collections.abc import Mapping

from engine.exhibits.controls import Choice, Control, Option, Slider, Value
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
