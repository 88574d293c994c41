"""One network at work on batches of one size: forward, loss, backward, and every tensor by name."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.nn.add import AddPass
from engine.nn.layer import LayerPass, ParameterPass
from engine.nn.shaping import DropoutPass
from engine.nn.signal import Signal, batch_innermost, spell, usual
from engine.snapshot import Array

if TYPE_CHECKING:
    from engine.nn.network import Network


class Pass:
    """Buffers for one batch size, allocated once; made by `Network.at`.

    Passes of one network share its parameters and its gradient vector, and nothing else.

    Parameters
    ----------
    network : Network
    batch : int
        Samples.

    Attributes
    ----------
    x : Signal
        The input. `learn` takes what lies in `x.value`.
    target : ndarray of shape (outputs, batch)
        What the network should say. `learn` takes what lies in it.
    labels : ndarray of shape (batch,) or None
        The class numbers, for `accuracy`.
    network : Network
    layers : list of LayerPass
        Each layer at work, in order.
    loss_pass : LossPass
        The loss at work.
    has_gradients : bool
        Whether this pass has gone backward.
    """

    def __init__(self, network: "Network", batch: int) -> None:
        self.network = network
        self.batch = batch
        self.x = Signal(network.input_shape, batch, network.dtype)
        self.layers: list[LayerPass] = []
        signals = [self.x]
        for number, layer in enumerate(network.layers):
            self.layers.append(layer.at(*(signals[taken] for taken in layer.takes(number))))
            signals.append(self.layers[-1].out)
        self._output = usual(signals[-1].value)
        self.loss_pass = network.loss.at(self.layers[-1])
        self.target = self.loss_pass.target
        self.labels: Array | None = None
        self._loss_value = np.zeros((), network.dtype)
        self._penalty_gradient = np.zeros_like(network.theta)
        self._dropouts = [one for one in self.layers if isinstance(one, DropoutPass)]
        self._forward: list[Callable[[], Any]] = [one.forward for one in self.layers]
        self._backward: list[Callable[[], Any]] = []
        self._backward_to_input: list[Callable[[], Any]] = []
        self.has_gradients = self._has_input_gradient = False

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> Array:
        """Compute the outputs.

        Parameters
        ----------
        x : ndarray of shape (batch, …)
            Samples in the usual order.
        training : bool
            Whether dropout leaves numbers out.
        rng : Generator, optional
            What dropout draws from; needed when training a network with dropout.

        Returns
        -------
        ndarray of shape (batch, outputs)
            A view, overwritten by the next forward.

        Raises
        ------
        ShapeError
            If `x` is not a batch of this size and the network's input shape.
        InvalidValueError
            If training needs an `rng` and there is none.
        """
        x = np.asarray(x)
        expected = (self.batch, *self.network.input_shape)
        if x.shape != expected:
            raise ShapeError(f"input: expected {spell(expected)}, got {spell(x.shape)}")
        if training and rng is None and self._dropouts:
            raise InvalidValueError("rng: expected a generator for dropout, got None")
        self.x.value[...] = batch_innermost(x)
        with np.errstate(all="ignore"):  # what is not finite is found by `first_non_finite`
            self._run_forward(rng if training else None)
        return self._output

    def forward_thinned(self, x: Array, masks: Mapping[str, Array]) -> Array:
        """Compute the outputs of a network thinned by given masks.

        Parameters
        ----------
        x : ndarray of shape (batch, …)
            Samples in the usual order.
        masks : mapping of str to ndarray of shape (units,)
            What a dropout layer multiplies its input by, by the layer's name; ones without it.

        Returns
        -------
        ndarray of shape (batch, outputs)
            A view, overwritten by the next forward.
        """
        for layer, one in zip(self.network.layers, self.layers, strict=True):
            if isinstance(one, DropoutPass):
                one.keep(masks.get(layer.name, np.ones(len(one.mask))))
        self.x.value[...] = batch_innermost(np.asarray(x))
        with np.errstate(all="ignore"):
            for compute in self._forward:
                compute()
        return self._output

    def loss(self, y: Array) -> float:
        """Return the loss of the last forward, the L2 penalty included.

        Parameters
        ----------
        y : ndarray of shape (batch,), whole numbers, or (batch, outputs)
            Class numbers, or what each output should be.

        Raises
        ------
        InvalidValueError, ShapeError
            If `y` does not fit; see `Loss.targets`.
        """
        targets = self.network.loss.targets(y, len(self.target))
        if len(targets.values) != self.batch:
            raise ShapeError(f"targets: expected {self.batch} samples, got {len(targets.values)}")
        self.target[...] = targets.values.T
        self.labels = targets.labels
        with np.errstate(all="ignore"):
            return self._run_loss()

    def backward(self, need_input_gradient: bool = False) -> None:
        """Compute the gradients of the last `loss`: the network's, and this pass's `d…` tensors.

        Parameters
        ----------
        need_input_gradient : bool
            Whether to go on below the first layer with parameters, down to the input.
        """
        with np.errstate(all="ignore"):
            self._run_backward(need_input_gradient)

    def learn(self, rng: np.random.Generator | None) -> float:
        """Forward, loss and backward of what lies in `x.value` and `target`; for the trainer.

        The caller ignores floating-point warnings. `rng` is what dropout draws from.
        """
        self._run_forward(rng)
        loss = self._run_loss()
        self._run_backward(False)
        return loss

    def follow(self, other: "Pass") -> None:
        """Take over the input, the targets and the dropout masks of a pass of the same layers.

        Parameters
        ----------
        other : Pass
            Of as many samples; its network may be of another dtype.
        """
        self.x.value[...] = other.x.value
        self.target[...] = other.target
        self.labels = other.labels
        for mine, theirs in zip(self._dropouts, other._dropouts, strict=True):
            mine.follow(theirs)

    def evaluate(self) -> float:
        """Return the loss of what lies in `x.value`, `target` and the dropout masks."""
        with np.errstate(all="ignore"):
            for compute in self._forward:
                compute()
            return self._run_loss()

    def count_right(self) -> float:
        """Return how many samples' class is right; NaN where there are no classes."""
        if self.labels is None:
            return math.nan
        out = self.layers[-1].out.value
        said = out[0] > 0.5 if len(out) == 1 else out.argmax(0)
        return int(np.count_nonzero(said == self.labels))

    def accuracy(self) -> float:
        """Return the share of samples whose class is right; NaN where there are no classes."""
        return self.count_right() / self.batch

    def tensors(self) -> dict[str, Array]:
        """Return every tensor of the last forward and backward by name, in the usual order.

        The arrays are views: the next forward or backward overwrites them. Parameters are the
        present ones; `dW` and `db` are the network's, of the pass that went backward last.
        Gradients are there once this pass has gone backward; below the first layer with parameters
        only if that went down to the input. The gradient of an output whose cross-entropy is
        computed from the logits is not needed by anybody: it is computed by this call.
        """
        found: dict[str, Array] = {}
        for number, one in enumerate(self.layers):
            name = self.network.layers[number].name
            found[f"{name}.x"] = usual(one.x.value)
            if isinstance(one, ParameterPass):
                found[f"{name}.W"], found[f"{name}.b"] = one.layer.views.W, one.layer.views.b
            for short, array in one.forward_tensors().items():
                found[f"{name}.{short}"] = array
        found["target"] = usual(self.target)
        found["loss"] = self._loss_value
        if self.has_gradients:
            if self.loss_pass.stands_in:
                with np.errstate(all="ignore"):
                    name = f"{self.network.layers[-1].name}.da"
                    found[name] = usual(self.loss_pass.output_gradient())
            found |= dict(self._gradients())
        return found

    def first_non_finite(self) -> str | None:
        """Return the name of the first tensor with a value that is not finite, or None.

        The order is that of the computation: the input, each layer's output, the loss, the
        gradients from the last layer to the first, and the parameters, which an update may have
        changed since.
        """
        for name, array in self._in_order_of_computation():
            # a layer's dx is the gradient of the layer before, and is named so, but for the first's
            again = name.endswith(".dx") and name != f"{self.network.layers[0].name}.dx"
            if not again and not np.isfinite(array).all():
                return name
        return None

    def _in_order_of_computation(self) -> Iterator[tuple[str, Array]]:
        layers = self.network.layers
        yield f"{layers[0].name}.x", self.x.value
        for layer, one in zip(layers, self.layers, strict=True):
            for short, array in one.forward_tensors().items():
                yield f"{layer.name}.{short}", array
        yield "loss", self._loss_value
        if self.has_gradients:
            yield from self._gradients()
        yield from self.network.parameters().items()

    def _gradients(self) -> Iterator[tuple[str, Array]]:
        """Yield what the last backward computed, by name, in that order."""
        last = len(self.layers) - 1
        if self.loss_pass.stands_in:
            yield f"{self.network.layers[last].name}.dx", usual(self.loss_pass.gradient)
            last -= 1
        lowest = 0 if self._has_input_gradient else self._first_parameters()
        for number in range(last, lowest - 1, -1):
            one, name = self.layers[number], self.network.layers[number].name
            yield f"{name}.d{one.out_name}", usual(one.dout)
            if isinstance(one, ParameterPass):
                yield f"{name}.dW", one.layer.views.dW
                yield f"{name}.db", one.layer.views.db
            if number > lowest or self._has_input_gradient:
                yield f"{name}.dx", usual(one.dx)

    def _run_forward(self, rng: np.random.Generator | None) -> None:
        for dropout in self._dropouts:
            if rng is None:
                dropout.keep_all()
            else:
                dropout.draw(rng=rng)
        for compute in self._forward:
            compute()

    def _run_loss(self) -> float:
        loss = self.loss_pass.value()
        if self.network.l2:
            np.multiply(self.network.theta, self.network.decay, self._penalty_gradient)
            loss += 0.5 * float(self.network.theta.dot(self._penalty_gradient))
        self._loss_value[...] = loss
        return loss

    def _run_backward(self, to_input: bool) -> None:
        if not self._backward:
            self._prepare_backward()
        for compute in self._backward_to_input if to_input else self._backward:
            compute()
        if self.network.l2:
            np.add(self.network.gradient, self._penalty_gradient, self.network.gradient)
        self.has_gradients, self._has_input_gradient = True, to_input

    def _prepare_backward(self) -> None:
        """Allocate the gradients and list what to compute, with and without the input's."""
        self.loss_pass.allocate_backward()
        for to_input, steps in ((False, self._backward), (True, self._backward_to_input)):
            steps.append(self.loss_pass.backward)
            lowest = 0 if to_input else self._first_parameters()
            last = len(self.layers) - (2 if self.loss_pass.stands_in else 1)
            for number in range(last, lowest - 1, -1):
                one = self.layers[number]
                one.allocate_backward()
                if isinstance(one, ParameterPass):
                    steps.append(one.backward_parameters)
                if number > lowest or to_input:
                    steps.extend(self._to_input_of(number))

    def _to_input_of(self, number: int) -> list[Callable[[], Any]]:
        """Return how the gradient of a layer's input is computed, with what links hand back."""
        one = self.layers[number]
        links = [link for link in self.layers if isinstance(link, AddPass) and link.link is one.x]
        if not links:
            return [one.backward]
        # a pooling leaves alone what is in none of its windows, where a link leaves something
        clear = partial(one.dx.fill, 0)
        return [clear, one.backward, *(link.hand_back for link in links)]

    def _first_parameters(self) -> int:
        """Return the number of the first layer with parameters; past the last if there is none."""
        for number, one in enumerate(self.layers):
            if isinstance(one, ParameterPass):
                return number
        return len(self.layers)
