"""Whose numbers are whose: the passes of one moment, and the names of their tensors.

A run that trains shows two passes at once. What is on the stage has plain names (`conv1.z`); the
minibatch that made the last step has names of its own (`batch.conv1.z`), and with it the parameters
that it met, before the update (`batch.conv1.W`). The parameters' gradients and the loss are of the
minibatch alone and have plain names (`conv1.dW`, `loss`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.errors import InvalidValueError
from engine.explain.ledger import Index
from engine.nn.edits import Edit, Place
from engine.nn.layer import Layer, ParameterLayer
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.nn.trainer import Update
from engine.snapshot import Array

BATCH = "batch."
"""What the names of the minibatch's tensors begin with."""

STAGE_LOSS = "stage.loss"
"""What the stage's own loss is called; `loss` is the minibatch's."""

OF_THE_NETWORK = ("dW", "db")
"""Tensors of a layer that every pass shares: plain names, whatever the pass."""


class Scope:
    """One pass, and how its tensors are called.

    Parameters
    ----------
    prefix : str
        What their names begin with.
    using : Pass
    parameters : mapping of str to ndarray
        `<layer>.W` and `<layer>.b` as this pass met them.
    """

    def __init__(self, prefix: str, using: Pass, parameters: Mapping[str, Array]) -> None:
        self.prefix = prefix
        self.using = using
        self.network = using.network
        self.parameters = parameters

    @cached_property
    def tensors(self) -> dict[str, Array]:
        """All tensors of the pass, without the prefix."""
        return {**self.using.tensors(), **self.parameters}

    def name(self, number: int, short: str) -> str:
        """Return what tensor `short` of layer `number` is called.

        A layer's input is called as the output of the layer before, and its gradient likewise.
        """
        before = number - 1
        if number > 0 and short == "x":
            return self.name(before, self.out_name(before))
        if number > 0 and short == "dx":
            return self.name(before, f"d{self.out_name(before)}")
        prefix = "" if short in OF_THE_NETWORK else self.prefix
        return f"{prefix}{self.network.layers[number].name}.{short}"

    def out_name(self, number: int) -> str:
        """Return the short name of a layer's output: z, a or y."""
        return self.using.layers[number].out_name

    def array(self, number: int, short: str) -> Array:
        """Return tensor `short` of layer `number`."""
        return self.tensors[f"{self.network.layers[number].name}.{short}"]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that it goes through."""
        return self.network.layers

    @property
    def has_gradients(self) -> bool:
        """Whether the pass has gone backward, so that there are gradients."""
        return self.using.has_gradients


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What can be asked about at one moment.

    Attributes
    ----------
    stage : Scope
        Whose tensors have plain names.
    learned : Scope
        The pass that made the gradients; the stage itself if there is only one.
    update : Update or None
        The last step's update, from which the parameters came; None before the first.
    input_note : str
        What a number of the input is.
    edits : mapping of (tensor, index) to Edit
        Parameters that were set by hand since the last step.
    judged : bool
        Whether the stage's pass, beside a minibatch, has been given its label, and so has a loss
        of its own.
    """

    stage: Scope
    learned: Scope
    update: Update | None = None
    input_note: str = "a number of the input"
    edits: Mapping[Place, Edit] = field(default_factory=dict)
    judged: bool = False
    memory: Mapping[str, Mapping[str, Array]] = field(init=False)

    def __post_init__(self) -> None:
        memory = {}
        if self.update is not None:
            theta = self.network.theta
            memory = {
                short: self.network.named(array)
                for short, array in self.update.optimizer.state().items()
                if array.shape == theta.shape
            }
        object.__setattr__(self, "memory", memory)

    @classmethod
    def of(cls, using: Pass) -> "Scene":
        """Return a scene of one pass alone."""
        scope = Scope("", using, using.network.parameters())
        return cls(stage=scope, learned=scope)

    @classmethod
    def training(
        cls,
        stage: Pass,
        batch: Pass,
        update: Update | None,
        *,
        input_note: str,
        edits: Mapping[Place, Edit] | None = None,
        judged: bool = False,
    ) -> "Scene":
        """Return a scene of a pass on the stage and the minibatch of the last step."""
        network = stage.network
        now = network.parameters()
        before = now if update is None else network.named(update.before)
        return cls(
            stage=Scope("", stage, now),
            learned=Scope(BATCH, batch, before),
            update=update,
            input_note=input_note,
            edits=edits or {},
            judged=judged,
        )

    @property
    def network(self) -> Network:
        """The network that all passes share."""
        return self.stage.network

    def find(self, tensor: str) -> "Found":
        """Return where `tensor` is.

        Raises
        ------
        InvalidValueError
            If there is none of that name.
        """
        if tensor == STAGE_LOSS and self.judged:
            return Found(tensor, self.stage, -1, "loss", "", self)
        scope, rest = self.stage, tensor
        if self.learned is not self.stage and tensor.startswith(BATCH):
            scope, rest = self.learned, tensor.removeprefix(BATCH)
        layer, _, short = rest.partition(".")
        short, _, remembered = short.partition(".")
        if rest == "loss" or short in OF_THE_NETWORK:
            scope = self.learned
        if remembered:
            name = f"{layer}.{short}"
            if scope is self.stage and name in self.memory.get(remembered, {}):
                return Found(tensor, scope, self._number(layer), short, remembered, self)
        elif self._has(scope, rest):
            return Found(tensor, scope, self._number(layer), short or rest, "", self)
        raise InvalidValueError(
            f"tensor: expected a tensor of this run, {', '.join(self.names()[:6])}, …, "
            f"got {tensor!r}"
        )

    def names(self) -> list[str]:
        """Return the names of all tensors that can be asked about."""
        gradients = [f"{one}.{d}" for one in self._parametric() for d in OF_THE_NETWORK]
        names = dict.fromkeys([*self.stage.tensors, *gradients])
        if not self._has(self.stage, "target"):
            del names["target"]
        if not self._is_idle(self.learned):
            prefix = self.learned.prefix
            names |= {prefix + name: None for name in self.learned.tensors}
            names |= {"loss": None}
        if self.judged:
            names |= {STAGE_LOSS: None}
        names |= {f"{name}.{short}": None for short, named in self.memory.items() for name in named}
        return list(names)

    def _has(self, scope: Scope, name: str) -> bool:
        """Return whether a pass has a tensor; one that was not made yet has only gradients of 0."""
        if name in self.network.gradients() or name == "loss":
            return True
        if name == "target" and not (scope is self.learned or self.judged):
            return False  # nobody has said what the stage should be
        return name in scope.tensors and not self._is_idle(scope)

    def _parametric(self) -> list[str]:
        layers = self.network.layers
        return [layer.name for layer in layers if isinstance(layer, ParameterLayer)]

    def _is_idle(self, scope: Scope) -> bool:
        """Return whether `scope` is that of a minibatch which there has not been yet."""
        return scope is not self.stage and not scope.has_gradients

    def _number(self, layer: str) -> int:
        names = [one.name for one in self.network.layers]
        return names.index(layer) if layer in names else -1


@dataclass(frozen=True, slots=True)
class Found:
    """A tensor that was asked for.

    Attributes
    ----------
    tensor : str
        As it was asked for.
    scope : Scope
    number : int
        Of its layer; −1 for the loss and the targets.
    short : str
        `x`, `z`, `dW`, … or `loss` or `target`.
    memory : str
        Which of the optimizer's memories of it (`m`, `v`, `s`), or empty.
    scene : Scene
    """

    tensor: str
    scope: Scope
    number: int
    short: str
    memory: str
    scene: Scene

    def array(self) -> Array:
        """Return it, in the usual order."""
        layers = self.scope.network.layers
        if self.number < 0:
            return self.scope.tensors[self.short]
        name = f"{layers[self.number].name}.{self.short}"
        if self.memory:
            return self.scene.memory[self.memory][name]
        if self.short in OF_THE_NETWORK:
            return self.scope.network.gradients()[name]
        return self.scope.tensors[name]

    def element(self, index: tuple[int, ...]) -> tuple[Index, float]:
        """Return `index`, checked, and the value there.

        Raises
        ------
        InvalidValueError
            If it has another number of axes, or lies outside.
        """
        return element(self.tensor, self.array(), index)


def element(tensor: str, array: Array, index: tuple[int, ...]) -> tuple[Index, float]:
    """Return `index`, checked, and the value of `array`, called `tensor`, there.

    Raises
    ------
    InvalidValueError
        If it has another number of axes, or lies outside.
    """
    inside = len(index) == array.ndim and all(
        0 <= i < n for i, n in zip(index, array.shape, strict=True)
    )
    if not inside:
        raise InvalidValueError(
            f"index: expected {array.ndim} whole numbers from 0, each less than its axis of "
            f"{tensor} is long, {list(array.shape)}; got {list(index)}"
        )
    return index, float(array[index])
