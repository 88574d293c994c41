"""The loss at many points of a plane through a network's parameters, as fast as NumPy can.

The plane is θ(a, b) = center + a·d₁ + b·d₂. A grid of 41 × 41 points is 1 681 forward passes over
the same samples. Three things make them cheap:

**The first layer is linear in its parameters.** What it computes from the samples x is

    z(a, b) = W(a, b) x = (W₀ + a D₁ + b D₂) x = Z₀ + a Z₁ + b Z₂

with Z₀ = W₀ x, Z₁ = D₁ x, Z₂ = D₂ x (the bias is one more column of W). The three maps are computed
once; then the first layer of any point costs two multiplications a number, however many inputs or
kernel cells it sums over. Layers before the first one with parameters are not even run again.

**Points lie beside one another in the batch.** NumPy's calls cost more than the arithmetic of a
network of a size that people can look at. So several points' samples make one batch,

    (features, point · sample)

and whatever has no parameters (activations, softmax, sums) runs as it does in training, in one call
for all of them. Only a dense layer has weights of its own for each point: one `matmul` over a stack

    (point, units, inputs + 1) times (point, inputs + 1, sample)

whose matrices are strided views of that batch, so that nothing is copied. Pictures fill a batch by
themselves: with a convolution or a pooling, one point is computed at a time.

**Samples come in chunks that stay in the processor's cache**, and each chunk meets a block of
points before the next one comes.

Nothing is trained here: dropout leaves nothing out, and the network's own parameters, gradients and
passes are not touched. All buffers are made once. Work is handed out in pieces of at most a few
milliseconds, so that a worker with many runs stays fair. What is computed is the same as
`Network.at(n).forward(x)` and `.loss(y)` with those parameters, which is what the tests compare it
with.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.landscape.directions import check_vector
from engine.landscape.stacked import HEADS, Head, StackedDense, apart
from engine.nn.dense import Dense
from engine.nn.layer import Layer, LayerPass, ParameterLayer
from engine.nn.losses import Targets
from engine.nn.network import Network
from engine.nn.shaping import Dropout
from engine.nn.signal import Signal, batch_innermost, spell
from engine.snapshot import Array

NUMBERS = 131_072
"""The most numbers of the widest layer that are worked on at once. Measured: with half of them the
calls cost a tenth more; with more there is little to be gained, and a piece takes longer."""

MOST_POINTS = 16
LEAST_SAMPLES = 16

BLOCK = 32
"""Points that meet a chunk of samples before the next chunk comes."""


class Evaluator:
    """A network's loss anywhere on a plane through its parameters.

    Parameters
    ----------
    network : Network
        Its layers and its loss; not its parameters.
    x : ndarray of shape (samples, …)
        Samples in the usual order.
    y : ndarray
        Their targets; see `Loss.targets`.

    Raises
    ------
    InvalidValueError
        If the network has no parameters, or there are no samples.
    ShapeError
        If the samples or targets do not fit the network.
    """

    def __init__(self, network: Network, x: Array, y: Array) -> None:
        self.network = network
        x = np.asarray(x)
        if x.shape[1:] != network.input_shape:
            raise ShapeError(
                f"landscape: expected samples of {spell(network.input_shape)}, "
                f"got {spell(x.shape[1:])}"
            )
        if not len(x):
            raise InvalidValueError("landscape: expected at least 1 sample, got 0")
        if not network.theta.size:
            raise InvalidValueError("landscape: expected a network with parameters, got none")
        outputs = network.layers[-1].output_shape[0]
        targets: Targets = network.loss.targets(y, outputs)
        if len(targets.values) != len(x):
            raise ShapeError(f"landscape: expected {len(x)} targets, got {len(targets.values)}")
        self._samples = len(x)
        self._x = np.ascontiguousarray(batch_innermost(x), network.dtype)
        self._target = np.ascontiguousarray(targets.values.T, network.dtype)
        widest = max(int(np.prod(one.output_shape)) for one in network.layers)
        pictures = any(len(one.output_shape) == 3 for one in network.layers)
        chunk = math.ceil(len(x) / math.ceil(len(x) / max(LEAST_SAMPLES, NUMBERS // widest)))
        self.points = 1 if pictures else max(1, min(MOST_POINTS, NUMBERS // (widest * chunk)))
        self._works = {
            size: _Work(network, size, self.points) for size in {chunk, len(x) % chunk or chunk}
        }
        starts = range(0, len(x), chunk)
        self._chunks = [slice(start, min(start + chunk, len(x))) for start in starts]
        self._maps: list[Array | None] = [None for _ in self._chunks]

    def aim(self, center: Array, directions: Array) -> None:
        """Look at another plane from now on.

        Parameters
        ----------
        center : ndarray of shape (parameters,)
        directions : ndarray of shape (2, parameters)

        Raises
        ------
        ShapeError, InvalidValueError
            If they have not as many numbers as the network has parameters, or not finite ones.
        """
        vectors = [check_vector("center", self.network, center)]
        if len(directions) != 2:
            raise ShapeError(f"directions: expected 2, got {len(directions)}")
        vectors += [check_vector("direction", self.network, one) for one in directions]
        self._plane = np.array(vectors, self.network.dtype)
        # the penalty λ/2 Σ W² is a quadratic form of (1, a, b)
        exact = np.array(vectors, np.float64)
        self._penalty = 0.5 * (exact * self.network.decay) @ exact.T
        self._maps = [None for _ in self._chunks]

    def losses(self, a: Array, b: Array) -> Array:
        """Return the losses of points.

        Parameters
        ----------
        a, b : ndarray of shape (points,)

        Returns
        -------
        ndarray of shape (points,), float64
            Infinity where the network computes no finite loss.
        """
        losses = np.empty(len(a))
        for _ in self.pieces(a, b, losses):
            pass
        return losses

    def pieces(self, a: Array, b: Array, losses: Array) -> Iterator[None]:
        """Compute the losses of points into `losses`, piece by piece.

        Parameters
        ----------
        a, b : ndarray of shape (points,)
        losses : ndarray of shape (points,), float64
            Receives them, a block of points at a time.

        Yields
        ------
        None
            After each few milliseconds' work.
        """
        for start in range(0, len(a), BLOCK):
            block = slice(start, min(start + BLOCK, len(a)))
            coefficients = self._coefficients(a[block], b[block])
            sums = np.zeros(len(coefficients))
            for chunk in range(len(self._chunks)):
                work = self._works[self._size(chunk)]
                samples = self._chunks[chunk]
                x, target = self._x[..., samples], self._target[:, samples]
                work.take(x, self._maps_of(chunk), target)
                for first in range(0, len(coefficients), self.points):
                    group = slice(first, first + self.points)
                    sums[group] += work.sums(coefficients[group], self._plane)
                    yield
            each = self._works[self._size(0)].head.scale / self._samples
            penalty = np.einsum("pi,ij,pj->p", coefficients, self._penalty, coefficients)
            with np.errstate(all="ignore"):
                found = (sums * each + penalty)[: block.stop - block.start]
            losses[block] = np.where(np.isnan(found), np.inf, found)

    def _coefficients(self, a: Array, b: Array) -> Array:
        """Return (1, a, b) of each point, the last one again until the groups are full."""
        missing = -len(a) % self.points
        a, b = (np.concatenate([one, np.repeat(one[-1:], missing)]) for one in (a, b))
        return np.stack([np.ones(len(a)), a, b], axis=1)

    def _size(self, chunk: int) -> int:
        return self._chunks[chunk].stop - self._chunks[chunk].start

    def _maps_of(self, chunk: int) -> Array:
        """Return Z₀, Z₁, Z₂ of a chunk of samples, computed at the first use."""
        maps = self._maps[chunk]
        if maps is None:
            work = self._works[self._size(chunk)]
            maps = work.maps(self._x[..., self._chunks[chunk]], self._plane)
            self._maps[chunk] = maps
        return maps


class _Work:
    """Buffers for one number of samples.

    Parameters
    ----------
    network : Network
    samples : int
        Of a chunk.
    points : int
        Computed at once.

    Attributes
    ----------
    head : Head
        The loss.
    """

    def __init__(self, network: Network, samples: int, points: int) -> None:
        kind = network.loss.kind
        if kind not in HEADS:
            raise InvalidValueError(f"landscape: expected one of {', '.join(HEADS)}, got {kind}")
        # what the loss stands in for is not needed
        layers = network.layers[:-1] if HEADS[kind].from_logits else network.layers
        first = next(i for i, one in enumerate(layers) if isinstance(one, ParameterLayer))
        self._first = _FirstLayer(layers[: first + 1], network, samples)
        self._start = self._first.parameters.size
        self._theta = np.zeros((points, network.theta.size - self._start), network.dtype)
        out = Signal(layers[first].output_shape, points * samples, network.dtype)
        self._combine = (_InVectors if out.value.ndim == 2 else _InPictures)(out, points)
        # what comes before the first layer with parameters is the same for all points; residual
        # links that begin there find it once for each
        self._repeated = {
            taken: Signal(self._first.signals[taken].shape, points * samples, network.dtype)
            for number, layer in enumerate(layers[first + 1 :], start=first + 1)
            for taken in layer.takes(number)
            if taken <= first
        }
        signals = {**self._repeated, first + 1: out}
        self._forward: list[Callable[[], Any]] = []
        used = 0
        for number, layer in enumerate(layers[first + 1 :], start=first + 1):
            arriving = [signals[taken] for taken in layer.takes(number)]
            if isinstance(layer, Dropout):  # leaves nothing out here
                signals[number + 1] = arriving[0]
                continue
            if isinstance(layer, ParameterLayer):
                part = self._theta[:, used : used + layer.parameter_count]
                used += layer.parameter_count
                one = _with_parameters(layer, part, *arriving)
            else:
                one = layer.at(*arriving)
            self._forward.append(one.forward)
            signals[number + 1] = one.out
        self.head: Head = HEADS[kind](signals[len(layers)].value, points)

    def maps(self, x: Array, plane: Array) -> Array:
        """Return what the first layer makes of `x` with each of the plane's three vectors."""
        return self._combine.arrange([self._first.of(x, one[: self._start]) for one in plane])

    def take(self, x: Array, maps: Array, target: Array) -> None:
        """Compute on these samples, the batch innermost, from now on."""
        self._combine.take(maps)
        self.head.target = target
        if self._repeated:
            self._first.run(x)
            for taken, signal in self._repeated.items():
                once = self._first.signals[taken].value
                signal.value[...] = np.tile(once, signal.batch // once.shape[-1])

    def sums(self, coefficients: Array, plane: Array) -> Array:
        """Return the loss's sum over the samples, for each point.

        Parameters
        ----------
        coefficients : ndarray of shape (points, 3)
            1, a and b.
        plane : ndarray of shape (3, parameters)

        Returns
        -------
        ndarray of shape (points,), float64
        """
        with np.errstate(all="ignore"):  # far out on the plane a network may overflow
            coefficients = coefficients.astype(plane.dtype)
            np.matmul(coefficients, plane[:, self._start :], self._theta)
            self._combine(coefficients)
            for compute in self._forward:
                compute()
            return self.head.sums()


class _FirstLayer:
    """The layers up to the first one with parameters, run with any parameters.

    Attributes
    ----------
    signals : list of Signal
        The input, and what each layer before the one with parameters makes of it.
    parameters : ndarray
        Of that one.
    """

    def __init__(self, layers: Sequence[Layer], network: Network, samples: int) -> None:
        self.signals = [Signal(network.input_shape, samples, network.dtype)]
        self._forward = []
        *before, last = layers
        for number, layer in enumerate(before):
            # a dropout that nobody has asked to draw leaves nothing out
            one = layer.at(*(self.signals[taken] for taken in layer.takes(number)))
            self._forward.append(one)
            self.signals.append(one.out)
        assert isinstance(last, ParameterLayer)
        self.parameters = np.zeros(last.parameter_count, network.dtype)
        self._last = _placed(last, self.parameters).at(self.signals[-1])

    def of(self, x: Array, parameters: Array) -> Array:
        """Return a copy of what the layer makes of `x`, the batch innermost."""
        self.run(x)
        self.parameters[...] = parameters
        with np.errstate(all="ignore"):
            self._last.forward()
        return self._last.out.value.copy()

    def run(self, x: Array) -> None:
        """Compute what comes before the layer with parameters."""
        self.signals[0].value[...] = x
        with np.errstate(all="ignore"):
            for one in self._forward:
                one.forward()


class _InVectors:
    """z = Z₀ + a Z₁ + b Z₂ for several points: (points, 3) times (units, 3, samples)."""

    def __init__(self, out: Signal, points: int) -> None:
        self._z = apart(out.value, points)
        self._maps: Array

    def arrange(self, maps: list[Array]) -> Array:
        """Return the three maps as they are wanted here."""
        return np.stack(maps, axis=1)

    def take(self, maps: Array) -> None:
        """Compute from these maps from now on."""
        self._maps = maps

    def __call__(self, coefficients: Array) -> None:
        """Compute z."""
        np.matmul(coefficients, self._maps, self._z)


class _InPictures:
    """The same for one point: two additions, and Z₀ + b Z₂ is kept along a row of the grid."""

    def __init__(self, out: Signal, points: int) -> None:
        assert points == 1
        self._z = out.value.reshape(-1)
        self._row = np.empty_like(self._z)
        self._b: float | None = None
        self._maps: Array

    def arrange(self, maps: list[Array]) -> Array:
        """Return the three maps as they are wanted here."""
        return np.stack([one.reshape(-1) for one in maps])

    def take(self, maps: Array) -> None:
        """Compute from these maps from now on."""
        self._maps, self._b = maps, None

    def __call__(self, coefficients: Array) -> None:
        """Compute z."""
        _, a, b = coefficients[0]
        if b != self._b:
            np.multiply(self._maps[2], b, self._row)
            np.add(self._row, self._maps[0], self._row)
            self._b = b
        np.multiply(self._maps[1], a, self._z)
        np.add(self._z, self._row, self._z)


def _with_parameters(layer: ParameterLayer, parameters: Array, x: Signal) -> LayerPass:
    """Return a pass with `parameters` of shape (points, parameters), filled by the caller."""
    if isinstance(layer, Dense):
        return StackedDense(layer, parameters, x)
    assert len(parameters) == 1
    return _placed(layer, parameters[0]).at(x)


def _placed(layer: ParameterLayer, parameters: Array) -> ParameterLayer:
    """Return the same layer with its parameters elsewhere."""
    placed = copy.copy(layer)
    placed.place(parameters, np.zeros_like(parameters))
    return placed
