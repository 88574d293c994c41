"""One step opened up: the moments in which a minibatch becomes an update.

Take the batch; forward, layer by layer; the loss; backward, layer by layer; the update, parameter
by parameter. What there is to see at a moment follows from the network and the optimizer; the words
are in `narration`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.explain.narration import Teller, Telling
from engine.explain.scene import Scene
from engine.nn.layer import ParameterLayer
from engine.snapshot import Array

Phase = Literal["batch", "forward", "loss", "backward", "update"]

PHASES: tuple[Phase, ...] = ("batch", "forward", "loss", "backward", "update")
"""In the order in which they come."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One sub-step.

    Attributes
    ----------
    phase : str
        One of `PHASES`.
    tensors : tuple of str
        What it computes, by the names that these tensors have on the stage; of an update, the
        parameter that it moves.
    caption : str
        What happens, with the numbers.
    formula : str
        TeX, or empty.
    symbols : mapping of str to str
        Symbols of `formula`, and the tensors that they stand for; not all of them need occur.
    code : str
        What it does as NumPy, or empty.
    names : mapping of str to str
        Names in `code`, and the tensors that they stand for; not all of them need occur.
    """

    phase: Phase
    tensors: tuple[str, ...]
    caption: str
    formula: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A moment without its words.

    Attributes
    ----------
    phase : str
    tensors : tuple of str
    number : int
        Of the layer; −1 for the batch and the loss.
    tell : str
        Which method of `narration.Teller` tells it.
    """

    phase: Phase
    tensors: tuple[str, ...]
    number: int
    tell: str


class OpenStep:
    """The step that was made last, opened.

    Parameters
    ----------
    scene : Scene
        With the minibatch and the update of that step.
    step : int
        Which step it is, from 1.
    samples : ndarray of shape (batch,)
        Which of the training samples the minibatch is made of.
    """

    def __init__(self, scene: Scene, step: int, samples: Array) -> None:
        self.scene = scene
        self.step = step
        self.samples = samples

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The moments without their words: the same at every step of a run."""
        return tuple(_parts(self.scene))

    def __len__(self) -> int:
        return len(self.parts)

    def moment(self, number: int) -> Moment:
        """Return a moment with its words; they cost a look at the tensors."""
        part = self.parts[number]
        teller = Teller(self.scene, self.step, self.samples)
        told: Telling = getattr(teller, part.tell)(part.number, *part.tensors)
        return Moment(
            part.phase,
            part.tensors,
            told.caption,
            told.formula,
            told.symbols,
            told.code,
            told.names,
        )

    def moments(self) -> tuple[Moment, ...]:
        """Return all moments, in order."""
        return tuple(self.moment(number) for number in range(len(self)))


def _parts(scene: Scene) -> Iterator[Part]:
    using, layers = scene.learned.using, scene.network.layers
    yield Part("batch", (f"{layers[0].name}.x", "target"), -1, "batch")
    for number, one in enumerate(using.layers):
        made = tuple(f"{layers[number].name}.{short}" for short in one.forward_tensors())
        yield Part("forward", made, number, "forward")
    yield Part("loss", ("loss",), -1, "loss")
    yield from _backward(scene)
    for number, layer in enumerate(layers):
        if isinstance(layer, ParameterLayer):
            yield Part("update", (f"{layer.name}.W",), number, "update")
            yield Part("update", (f"{layer.name}.b",), number, "update")


def _backward(scene: Scene) -> Iterator[Part]:
    """Yield the moments of backpropagation, in the order in which the engine computes."""
    layers = scene.network.layers
    last = len(layers) - 1
    if scene.learned.using.loss_pass.stands_in:
        yield Part("backward", (_plain(scene, last, "dx"),), last, "loss_gradient")
        last -= 1
    else:
        out = scene.learned.out_name(last)
        yield Part("backward", (f"{layers[last].name}.d{out}",), last, "loss_gradient")
    parametric = [n for n, layer in enumerate(layers) if isinstance(layer, ParameterLayer)]
    lowest = min(parametric, default=len(layers))
    for number in range(last, lowest - 1, -1):
        if number in parametric:
            name = layers[number].name
            yield Part("backward", (f"{name}.dW", f"{name}.db"), number, "parameter_gradients")
        if number > lowest:
            yield Part("backward", (_plain(scene, number, "dx"),), number, "input_gradient")


def _plain(scene: Scene, number: int, short: str) -> str:
    """Return what a tensor is called on the stage."""
    scope = scene.learned
    return scope.name(number, short).removeprefix(scope.prefix)
