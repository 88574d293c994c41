"""A pooling layer at work on one map, with what its exhibit shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.explain.alone import Alone
from engine.explain.arithmetic import Paging, constant, times
from engine.explain.asking import Asked
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.pool import EXPLAINERS, PoolExplainer
from engine.explain.simple import sum_of
from engine.nn.description import LAYERS, read_description
from engine.nn.layer import ParameterLayer
from engine.nn.pool import Pool2D
from engine.nn.rules import check_options
from engine.nn.signal import Shape, Signal, batch_innermost, usual
from engine.snapshot import Array

COUNTS = ("numbers", "outputs", "products", "conv", "dense")
"""What is counted of the layers that follow, in the order of the columns of `next.counts`."""

FILTERS, SIZE, UNITS = 8, 3, 10
"""The convolution and the dense layer that are thought to follow."""


def pool_layer(kind: str, name: str, shape: Shape, options: Mapping[str, object]) -> Pool2D:
    """Return a pooling layer that is connected to an input of this shape.

    Raises
    ------
    InvalidValueError, ShapeError
        If an option breaks its rule or the input is too small.
    """
    layer = LAYERS[kind](name=name, **check_options(dict(options), LAYERS[kind].rules, name, kind))
    assert isinstance(layer, Pool2D)
    layer.connect(shape)
    return layer


def shift(x: Array, down: int, right: int) -> Array:
    """Return a map moved by whole cells; 0 comes in from outside.

    Parameters
    ----------
    x : ndarray of shape (rows, columns)
    """
    rows, columns = x.shape
    moved = np.zeros_like(x)
    to_rows = slice(max(down, 0), rows + min(down, 0))
    to_columns = slice(max(right, 0), columns + min(right, 0))
    from_rows = slice(max(-down, 0), rows + min(-down, 0))
    from_columns = slice(max(-right, 0), columns + min(-right, 0))
    moved[to_rows, to_columns] = x[from_rows, from_columns]
    return moved


@dataclass(frozen=True, slots=True)
class Window:
    """One place of the window.

    Attributes
    ----------
    values : ndarray of shape (rows, columns)
        Its numbers; a partial window has fewer than `size` × `size`.
    cells : ndarray of shape (cells,)
        The places of its cells in the map, row by row.
    won : ndarray of shape (winners,)
        Of these, those that hold the maximum, the winner first; none for an average.
    """

    values: Array
    cells: Array
    won: Array


class Pooled:
    """A pooling layer at work on one map and the gradient of its output.

    Parameters
    ----------
    layer : Pool2D
        Connected.
    x : ndarray of shape (rows, columns)
    dy : ndarray of shape (out rows, out columns)

    Attributes
    ----------
    x, y, dy, dx : ndarray of shape (1, 1, rows, columns)
        The map, the pooled map, and the gradients of both.
    """

    def __init__(self, layer: Pool2D, x: Array, dy: Array) -> None:
        self.layer = layer
        signal = Signal(layer.input_shape, 1, np.float64)
        signal.value[...] = batch_innermost(x[None, None])
        at_work = layer.at(signal)
        at_work.allocate_backward()
        at_work.forward()
        at_work.dout[...] = batch_innermost(dy[None, None])
        at_work.backward()
        parts = signal.value, at_work.out.value, at_work.dout, at_work.dx
        self.x, self.y, self.dy, self.dx = (usual(part).copy() for part in parts)

    def scope(self, notes: Mapping[str, str]) -> Alone:
        """Return who answers for its numbers."""
        tensors = {"x": self.x, "y": self.y, "dy": self.dy, "dx": self.dx}
        return Alone(self.layer, tensors, out="y", notes=notes)

    def window(self, number: int) -> Window:
        """Return a place of the window, counted row by row."""
        columns = self.x.shape[3]
        row, column = divmod(number, self.y.shape[3])
        rows, outs = self.layer.rows.cells(row)[1], self.layer.columns.cells(column)[1]
        inside = self.x[0, 0, rows, outs]
        places = np.arange(self.x[0, 0].size, dtype=np.int32).reshape(-1, columns)[rows, outs]
        won = places[inside == inside.max()] if self._is_max else np.zeros(0, np.int32)
        return Window(inside, places.ravel(), won)

    def place(self, number: int, row: int, column: int) -> Index:
        """Return where a cell of a window lies in the map."""
        out_row, out_column = divmod(number, self.y.shape[3])
        rows, columns = self.layer.rows, self.layer.columns
        return 0, 0, rows.position(out_row, row), columns.position(out_column, column)

    def share(self, notes: Mapping[str, str], out: Index, cell: Index) -> Factor:
        """Return which share of an output's gradient a cell of the map gets."""
        explainer = EXPLAINERS[self.layer.kind]
        assert isinstance(explainer, PoolExplainer)
        if cell not in set(explainer.used(self.layer, out)):
            return Factor(explainer.share_symbol, 0.0)
        asked = Asked(self.scope(notes), 0, cell, 0.0, Paging())
        return explainer.share(asked, out, (cell[2], cell[3]))

    def wins(self) -> Array:
        """Return for each cell of the map how many windows take its number, or a part of it."""
        ones = np.ones(self.y.shape[2:])
        dx = Pooled(self.layer, self.x[0, 0], ones).dx
        wins: Array = dx[0, 0] if self._is_max else self.covered()[0, 0]
        return wins.astype(np.int32)

    def covered(self) -> Array:
        """Return for each cell of the map in how many windows it lies, shaped as x."""
        rows, columns = (
            np.array([len(axis.covering(at)) for at in range(axis.length)], np.int32)
            for axis in (self.layer.rows, self.layer.columns)
        )
        return np.outer(rows, columns).astype(np.int32)[None, None]

    @property
    def _is_max(self) -> bool:
        return self.layer.kind == "max_pool2d"


def _next_layers(shape: Shape) -> tuple[ParameterLayer, ParameterLayer]:
    """Return a convolution and a dense layer that both look at a map of this shape."""
    layers = []
    for before, spec in (
        ([], {"kind": "conv2d", "filters": FILTERS, "size": SIZE, "padding": "same"}),
        ([{"kind": "flatten"}], {"kind": "dense", "units": UNITS}),
    ):
        end = [] if spec["kind"] == "dense" else [{"kind": "flatten"}]
        description = {
            "input": list(shape),
            "layers": [*before, spec, *end],
            "loss": "mean_squared_error",
        }
        read = read_description(description)
        layers += [one for one in read.layers if isinstance(one, ParameterLayer)]
    return layers[0], layers[1]


def _terms(counted: str, shape: Shape) -> tuple[Term, ...]:
    """Return the products that add up to one count for a map of this shape."""
    channels, rows, columns = shape
    conv, dense = _next_layers(shape)
    _, out_rows, out_columns = conv.output_shape
    if counted == "numbers":
        return (_times(channels=channels, rows=rows, columns=columns),)
    if counted == "outputs":
        return (_times(filters=FILTERS, rows=out_rows, columns=out_columns),)
    if counted == "products":
        weights = {"filters": FILTERS, "channels": channels, "kernel": SIZE**2}
        return (_times(**weights, rows=out_rows, columns=out_columns),)
    if counted == "conv":
        weights = {"filters": FILTERS, "channels": channels, "kernel": SIZE**2}
        return _times(**weights), _times(biases=FILTERS)
    return _times(units=UNITS, inputs=dense.input_shape[0]), _times(biases=UNITS)


def _times(**factors: int) -> Term:
    if len(factors) == 1:
        ((name, value),) = factors.items()
        return constant(rf"\mathrm{{{name}}}", float(value))
    return times(*(Factor(rf"\mathrm{{{name}}}", float(n)) for name, n in factors.items()))


def following(before: Shape, after: Shape) -> Array:
    """Return what the next layers count without pooling (first row) and with it.

    Parameters
    ----------
    before, after : Shape
        (channels, rows, columns) of the map and of the pooled map.

    Returns
    -------
    ndarray of shape (2, counts)
        Columns as in `COUNTS`; the parameters are the engine's own counts.
    """
    rows = []
    for shape in (before, after):
        conv, dense = _next_layers(shape)
        outputs = prod(conv.output_shape)
        weights = conv.parameter_count - FILTERS
        products = outputs * weights // FILTERS
        counts = prod(shape), outputs, products, conv.parameter_count, dense.parameter_count
        rows.append(counts)
    return np.array(rows, np.int32)


def count_ledger(shapes: tuple[Shape, Shape], index: Index) -> Ledger:
    """Return how a number of `next.counts` came about; `shapes` as for `following`."""
    terms = _terms(COUNTS[index[1]], shapes[index[0]])
    products = (" * ".join(f"{factor.value:g}" for factor in term.factors) for term in terms)
    note = ("Without pooling.", "With pooling.")[index[0]]
    return sum_of("next.counts", index, terms, note, code=" + ".join(products))
