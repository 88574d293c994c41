"""What a number of one layer has seen of the input, and what of the output it can still change.

Structure alone decides, not the numbers: a cell counts although its weight may be 0 just now, and
every cell of a pooling's window counts, for any of them may win.

Source: Dumoulin, Visin, *A guide to convolution arithmetic for deep learning*, 2016; Araujo,
Norris, Sim, *Computing receptive fields of convolutional neural networks*, 2019.
"""

from collections.abc import Sequence

import numpy as np

from engine.errors import InvalidValueError
from engine.nn.activations import Softmax
from engine.nn.conv import Conv2D
from engine.nn.dense import Dense
from engine.nn.layer import Layer
from engine.nn.pool import Pool2D
from engine.nn.shaping import Flatten
from engine.nn.signal import Shape
from engine.nn.windows import Windows
from engine.snapshot import Array


def connected(layers: Sequence[Layer], signal: int, place: tuple[int, ...]) -> list[Array]:
    """Return which numbers of every signal depend on one number, or it on them.

    Parameters
    ----------
    layers : sequence of Layer
        Connected, in order.
    signal : int
        0 for the input, n for the output of the n-th layer.
    place : tuple of int
        Where in that signal, in the usual order of one sample.

    Returns
    -------
    list of ndarray of bool
        A mask for each signal, input first, shaped as one sample: before `signal` what the number
        is made of (its receptive field), there the number alone, after it what it reaches.

    Raises
    ------
    InvalidValueError
        If there is no such signal or no such place.
    """
    shapes = signal_shapes(layers)
    if not 0 <= signal < len(shapes):
        raise InvalidValueError(
            f"signal: expected a number from 0 to {len(layers)}, one for each layer's output, "
            f"got {signal}"
        )
    shape = shapes[signal]
    inside = len(place) == len(shape) and all(
        0 <= at < length for at, length in zip(place, shape, strict=True)
    )
    if not inside:
        raise InvalidValueError(
            f"place: expected {len(shape)} whole numbers from 0, each less than its axis of "
            f"{list(shape)}, got {list(place)}"
        )
    alone = np.zeros(shape, bool)
    alone[place] = True
    masks = [np.zeros(one, bool) for one in shapes]
    masks[signal] = alone
    for number in reversed(range(signal)):
        found = seen(layers[number], masks[number + 1])
        for taken in layers[number].takes(number):
            masks[taken] = masks[taken] | found
    for number in range(signal, len(layers)):
        # what a residual link takes from before the number has nothing of it
        for taken in layers[number].takes(number):
            if taken >= signal:
                masks[number + 1] = masks[number + 1] | reached(layers[number], masks[taken])
    return masks


def receptive_field(layers: Sequence[Layer], signal: int, place: tuple[int, ...]) -> Array:
    """Return the mask of the numbers of the input that a number is made of; see `connected`."""
    return connected(layers, signal, place)[0]


def reach(layers: Sequence[Layer], signal: int, place: tuple[int, ...]) -> Array:
    """Return the mask of the numbers of the output that a number can change; see `connected`."""
    return connected(layers, signal, place)[-1]


def signal_shapes(layers: Sequence[Layer]) -> list[Shape]:
    """Return the usual shape of one sample of each signal, the input first."""
    return [layers[0].input_shape, *(layer.output_shape for layer in layers)]


def seen(layer: Layer, mask: Array) -> Array:
    """Return which numbers of a layer's input those of its output that are in `mask` are made of.

    Parameters
    ----------
    mask : ndarray of bool, shaped as one sample of the output
    """
    if isinstance(layer, Conv2D | Pool2D):
        rows, columns = covers(layer.rows), covers(layer.columns)
        found = np.asarray(rows.T @ _of_maps(layer, mask) @ columns > 0)
        return np.broadcast_to(found, layer.input_shape)
    if isinstance(layer, Flatten):
        return mask.reshape(layer.input_shape)
    if isinstance(layer, Dense | Softmax):
        return np.full(layer.input_shape, mask.any())
    return mask


def reached(layer: Layer, mask: Array) -> Array:
    """Return which numbers of a layer's output those of its input that are in `mask` go into.

    Parameters
    ----------
    mask : ndarray of bool, shaped as one sample of the input
    """
    if isinstance(layer, Conv2D | Pool2D):
        rows, columns = covers(layer.rows), covers(layer.columns)
        found = np.asarray(rows @ _of_maps(layer, mask) @ columns.T > 0)
        return np.broadcast_to(found, layer.output_shape)
    if isinstance(layer, Flatten):
        return mask.reshape(layer.output_shape)
    if isinstance(layer, Dense | Softmax):
        return np.full(layer.output_shape, mask.any())
    return mask


def covers(windows: Windows) -> Array:
    """Return how often each window covers each position, of shape (windows, positions)."""
    found = np.zeros((windows.count, windows.length), np.int64)
    for window in range(windows.count):
        found[window, windows.cells(window)[1]] = 1
    return found


def _of_maps(layer: Layer, mask: Array) -> Array:
    """Return the mask as numbers; a convolution mixes all maps, a pooling keeps them apart."""
    together = np.asarray(mask.any(axis=0, keepdims=True)) if isinstance(layer, Conv2D) else mask
    return together.astype(np.int64)


def field_sides(layers: Sequence[Layer]) -> list[tuple[int, int, int]]:
    """Return how many rows of the input one number of each signal looks at, at the most.

    A window of a convolution or a pooling adds its extent less one, times the distance in the
    input of two neighbours before it. The border of the picture is not heeded, but where a layer
    looks at everything.

    Returns
    -------
    list of (before, windows, jump)
        For each signal, input first: the side is before + windows · jump, where `before` is the
        signal before's side, `windows` the extent of a window less one, `jump` the distance of two
        neighbours of the signal before in rows of the input.
    """
    sides = [(1, 0, 1)]
    side, jump = 1, 1
    for layer in layers:
        if isinstance(layer, Conv2D | Pool2D):
            more = layer.rows.extent - 1
            sides.append((side, more, jump))
            side, jump = side + more * jump, jump * layer.stride
        elif isinstance(layer, Dense):
            shape = layers[0].input_shape
            side, jump = (shape[1] if len(shape) == 3 else 1), 0
            sides.append((side, 0, 0))
        else:
            sides.append((side, 0, jump))
    return sides
