"""What a network says over a grid of two of its inputs: decision regions, as fast as NumPy can.

A grid of 100 × 100 places is a batch of 10 000 samples, and a training that is watched wants it at
every picture. What makes it cheap:

**The places lie beside one another in the batch**, and each layer is run once for all of them, by
its own `forward`: three products and three activations for a network 2-8-8-1, whose calls cost
next to nothing beside the arithmetic. A grid whose layers would not stay in the processor's cache
is taken in chunks that do.

**Nothing is made anew.** The places are written down once; every layer's buffer is kept. There is
no loss, no gradient, and dropout leaves nothing out unless somebody asks for it.

**Nothing is computed twice.** Classes, shares and hidden units of one moment come from one pass: it
is made again only when the parameters are others.

Tried and not taken: the first layer as a sum of what its two inputs add, one number for a row and
one for a column, takes longer than the product of three columns that it would replace.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.nn.network import Network
from engine.nn.rules import Whole
from engine.nn.shaping import Dropout, DropoutPass
from engine.nn.signal import Signal, spell
from engine.snapshot import Array

CELLS = 100
"""Rows and columns of a grid that fills a picture."""

ROOM = 0.1
"""Of the points' span: how far a grid reaches beyond them on each side."""

NUMBERS = 1 << 20
"""The most numbers of all layers that are worked on at once: beyond, they leave the cache."""

MOST_CLASSES = 255


def around(x: Array, *, cells: int = CELLS, room: float = ROOM) -> tuple[Array, Array]:
    """Return the places of a grid that holds all points, with some room about them.

    Parameters
    ----------
    x : ndarray of shape (points, 2 or more)
        The first two columns count.
    cells : int
        Places along each axis.
    room : float
        Of the points' span along an axis.

    Returns
    -------
    tuple of ndarray of shape (cells,), float32
        x1 and x2, evenly apart, growing.
    """
    axes = []
    for column in np.asarray(x, np.float64)[:, :2].T:
        low, high = column.min(), column.max()
        more = room * (high - low) or 1.0
        axes.append(np.linspace(low - more, high + more, cells).astype(np.float32))
    return axes[0], axes[1]


class Regions:
    """What a network says at each place of a grid.

    Row i of all that it returns is `x2[i]`, column j is `x1[j]`. What is returned are views, which
    the next call overwrites.

    Parameters
    ----------
    network : Network
        Of vectors; looked at as it is at each call.
    x1, x2 : ndarray of shape (columns,) and (rows,)
        The places along the two inputs that vary.
    inputs : (int, int)
        Which inputs these are.
    at : ndarray of shape (inputs,), optional
        Where the others are held; 0 without it.
    masks : mapping of str to ndarray of shape (units,), optional
        What dropout layers multiply their inputs by, by the layer's name, where a thinned network
        is looked at; without it nothing is left out.

    Raises
    ------
    ShapeError
        If the network takes pictures, or fewer than two inputs; or `at` has another length.
    InvalidValueError
        If `inputs` are not two of them, or an axis is not two or more finite numbers.
    """

    def __init__(
        self,
        network: Network,
        x1: Array,
        x2: Array,
        *,
        inputs: tuple[int, int] = (0, 1),
        at: Array | None = None,
        masks: Mapping[str, Array] | None = None,
    ) -> None:
        _check_inputs(network, inputs)
        self.network = network
        self.inputs = inputs
        self.masks = dict(masks or {})
        self.x1, self.x2 = (_axis(name, axis, network) for name, axis in (("x1", x1), ("x2", x2)))
        count = network.input_shape[0]
        self.at = np.zeros(count, network.dtype)
        if at is not None:
            if np.shape(at) != (count,):
                raise ShapeError(f"at: expected {count} numbers, got {spell(np.shape(at))}")
            self.at[...] = at
        each = count + sum(int(one.output_shape[0]) for one in network.layers)
        self._whole = _Grid(self, self.x1, self.x2, most=max(1, NUMBERS // each))
        self._small: dict[int, _Grid] = {}
        self._winners = np.zeros((len(self.x2), len(self.x1)), np.uint8)
        self._equal = np.zeros(self._winners.size, bool)

    @property
    def count(self) -> int:
        """How many outputs there are."""
        return int(self.network.layers[-1].output_shape[0])

    def outputs(self) -> Array:
        """Return all outputs, of shape (rows, columns, outputs)."""
        return self._grid(self._whole.outputs())

    def winners(self) -> Array:
        """Return the class of each place, of shape (rows, columns), uint8.

        Of one output, 1 where it is above a half; of several, the first of the greatest.
        """
        out = self._whole.outputs()
        flat = self._winners.reshape(-1)
        if len(out) == 1:
            np.greater(out[0], 0.5, out=flat.view(bool))
            return self._winners
        # argmax across so few rows takes ten times as long as looking for the greatest in each
        greatest = self._greatest(out)
        for k in range(len(out) - 1, -1, -1):
            np.equal(out[k], greatest, out=self._equal)
            np.copyto(flat, np.uint8(k), where=self._equal)
        return self._winners

    def shares(self) -> Array:
        """Return one number for each place, of shape (rows, columns).

        Of one output, that one; of a softmax over two classes, the share of class 1; of several
        outputs else, the greatest of them.
        """
        out = self._whole.outputs()
        one = self.shared_output
        shares = self._greatest(out) if one is None else out[one]
        return shares.reshape(len(self.x2), len(self.x1))

    @property
    def shared_output(self) -> int | None:
        """The output that `shares` returns; None where it is the greatest of several."""
        if self.count == 1:
            return 0
        return 1 if self.count == 2 and self.network.layers[-1].kind == "softmax" else None

    def units(self, layer: str, side: int) -> Array:
        """Return what each unit of a layer says over a smaller grid of the same reach.

        Parameters
        ----------
        layer : str
            The layer's name, such as `act1`.
        side : int
            Places along each axis.

        Returns
        -------
        ndarray of shape (units, side, side)

        Raises
        ------
        InvalidValueError
            If there is no such layer.
        """
        return self._of_side(side).units(layer).reshape(-1, side, side)

    def axes(self, side: int) -> tuple[Array, Array]:
        """Return the places of the smaller grid along both inputs."""
        small = self._of_side(side)
        return small.x1, small.x2

    def _of_side(self, side: int) -> "_Grid":
        if side not in self._small:
            side = Whole(2, CELLS).check(side, "side")
            x1, x2 = (
                np.linspace(axis[0], axis[-1], side).astype(axis.dtype)
                for axis in (self.x1, self.x2)
            )
            self._small[side] = _Grid(self, x1, x2)
        return self._small[side]

    def _greatest(self, out: Array) -> Array:
        greatest: Array = np.maximum.reduce(out, axis=0)
        return greatest

    def _grid(self, out: Array) -> Array:
        return out.T.reshape(len(self.x2), len(self.x1), -1)


class _Grid:
    """The places of one grid, and what the layers make of them, `most` at once."""

    def __init__(self, regions: Regions, x1: Array, x2: Array, most: int | None = None) -> None:
        network = self._network = regions.network
        self._masks = regions.masks
        self.x1, self.x2 = x1, x2
        self._places = np.tile(regions.at[:, None], len(x1) * len(x2))
        first, second = regions.inputs
        self._places[first] = np.tile(x1, len(x2))
        self._places[second] = np.repeat(x2, len(x1))
        size = self._places.shape[1]
        chunk = min(size, most or size)
        self._chunks = [slice(at, min(at + chunk, size)) for at in range(0, size, chunk)]
        self._works: dict[int, _Work] = {}
        self._out = np.zeros((regions.count, size), network.dtype)
        self._theta: Array | None = None

    def outputs(self) -> Array:
        """Return the outputs, of shape (outputs, places), for the parameters as they are."""
        theta = self._network.theta
        if self._theta is None or not np.array_equal(theta, self._theta):
            with np.errstate(all="ignore"):  # diverged networks are looked at, too
                for part in self._chunks:
                    work = self._work(part.stop - part.start)
                    self._out[:, part] = work.run(self._places[:, part])
            self._theta = theta.copy()
        return self._out

    def units(self, layer: str) -> Array:
        """Return a layer's output, of shape (units, places); of a grid in one chunk."""
        names = [one.name for one in self._network.layers]
        if layer not in names:
            raise InvalidValueError(f"layer: expected one of {', '.join(names)}, got {layer!r}")
        self.outputs()
        work = self._work(self._places.shape[1])
        return work.signals[1 + names.index(layer)].value

    def _work(self, places: int) -> "_Work":
        if places not in self._works:
            self._works[places] = _Work(self._network, places, self._masks)
        return self._works[places]


class _Work:
    """The layers of a network for so many places; dropout layers only where there are masks."""

    def __init__(self, network: Network, places: int, masks: Mapping[str, Array]) -> None:
        self.signals = [Signal(network.input_shape, places, network.dtype)]
        self._forward: list[Callable[[], object]] = []
        for number, layer in enumerate(network.layers):
            taken = [self.signals[one] for one in layer.takes(number)]
            if isinstance(layer, Dropout) and layer.name not in masks:
                self.signals.append(taken[0])
                continue
            one = layer.at(*taken)
            if isinstance(one, DropoutPass):
                one.keep(masks[layer.name])
            self._forward.append(one.forward)
            self.signals.append(one.out)

    def run(self, places: Array) -> Array:
        """Return the outputs at these places, of shape (outputs, places)."""
        self.signals[0].value[...] = places
        for compute in self._forward:
            compute()
        return self.signals[-1].value


def _check_inputs(network: Network, inputs: Sequence[int]) -> None:
    shape = network.input_shape
    if len(shape) != 1 or shape[0] < 2:
        raise ShapeError(f"regions: expected 2 or more input features, got {spell(shape)}")
    if len(set(inputs)) != 2 or not all(0 <= one < shape[0] for one in inputs):
        raise InvalidValueError(
            f"inputs: expected two different ones from 0 to {shape[0] - 1}, got {list(inputs)}"
        )
    outputs = network.layers[-1].output_shape[0]
    if outputs > MOST_CLASSES:
        raise ShapeError(f"regions: expected at most {MOST_CLASSES} outputs, got {outputs}")


def _axis(name: str, axis: Array, network: Network) -> Array:
    axis = np.asarray(axis)
    if axis.ndim != 1 or len(axis) < 2 or not np.isfinite(axis).all():
        raise InvalidValueError(
            f"{name}: expected 2 or more finite numbers, got shape {list(axis.shape)}"
        )
    return np.ascontiguousarray(axis, network.dtype)
