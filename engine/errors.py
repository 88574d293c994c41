"""What can go wrong in the engine. Every text names the thing, the rule and the value."""


class EngineError(Exception):
    """Base of all errors that the engine raises on purpose; the text is fit for people."""


class InvalidValueError(EngineError):
    """A control, an argument or a description breaks its rule."""


class ShapeError(EngineError):
    """A layer cannot take what the layer before it gives."""


class DataError(EngineError):
    """A data set is missing, truncated, foreign or mislabelled."""


class DivergedError(EngineError):
    """Training left the finite numbers.

    Attributes
    ----------
    tensor : str
        The first tensor, in the order of the computation, with a value that is not finite.
    step : int
        The step that made it.
    learning_rate : float
        The learning rate of that step.
    """

    def __init__(self, tensor: str, step: int, learning_rate: float) -> None:
        self.tensor = tensor
        self.step = step
        self.learning_rate = learning_rate
        super().__init__(
            f"{tensor} stopped being finite at step {step} with learning rate {learning_rate:g}"
        )
