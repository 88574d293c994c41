"""Pooling: each window of a map becomes one number, and its gradient finds the way back.

A step is a place of the window. What the windows have not come to yet is not a number.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Toggle, Value
from engine.exhibits.questions import Solution, judge
from engine.explain.arithmetic import times
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.pooled import (
    COUNTS,
    Pooled,
    count_ledger,
    following,
    pool_layer,
    shift,
)
from engine.explain.scene import element
from engine.explain.simple import copied, given, mean, sum_of
from engine.nn.pool import Pool2D
from engine.snapshot import Array, Snapshot, freeze

MOST = 999.0
"""The largest number that may be put into a cell, and its opposite the least."""

FARTHEST = 2
"""How far the input can be moved, in cells."""

EXAMPLE = ((1, 0, 1, 2, 0), (1, 2, 0, 2, 1), (1, 0, 0, 1, 0), (1, 1, 2, 3, 0), (0, 0, 1, 0, 0))
"""The worked example of the course material that this project grew from."""

PICTURE = 3
"""The number of the digit that is pooled, among those that come along."""

NOTES = {
    "x": "A number of the map that is pooled.",
    "dy": "What the layers above hand back: how the loss changes when this pooled number grows.",
}

OF_THE_WINDOW = {
    "window.cells": "the place in the map, counted row by row from 0, of a cell of the window",
    "window.won": "the place in the map of a cell that is as great as the maximum; the first wins",
    "window.out": "the place in the pooled map of the number that this window makes",
    "followed": "the place in the pooled map of the number whose gradient is followed",
    "covered": "how many windows a cell of the map lies in",
}

SAME = {
    "moved.same": ("pool.y", "moved.y"),
    "moved.kept": ("pool.x", "moved.x"),
}
"""Masks: where two maps are the same."""

PUBLISHES = (
    *("pool.x", "pool.y", "pool.dy", "pool.dx", "part.dx"),
    *("window", *OF_THE_WINDOW),
    *("moved.x", "moved.y", *SAME, "moved.share", "next.counts"),
)

CONTROLS = (
    Choice(
        name="input",
        label="Input",
        help="The map that is pooled. Any of its numbers can be changed.",
        options=(
            Option("example", "5×5 example"),
            Option("digit", "8×8 digit"),
            Option("relu", "6×6 map after ReLU"),
            Option("random", "6×6, drawn from the seed"),
        ),
        default="example",
        effect="reset",
    ),
    Choice(
        name="kind",
        label="Pooling",
        help="Which number stands for a window: its greatest, or the mean of its cells.",
        options=(Option("max_pool2d", "Maximum"), Option("avg_pool2d", "Average")),
        default="max_pool2d",
        effect="view",
    ),
    Slider(
        name="size",
        label="Window size",
        help="The side of the square window, in cells.",
        low=1,
        high=5,
        default=2,
        step=1,
        integer=True,
        effect="reset",
    ),
    Slider(
        name="stride",
        label="Stride",
        help="How many cells the window moves on. Less than its size: windows overlap.",
        low=1,
        high=5,
        default=2,
        step=1,
        integer=True,
        effect="reset",
    ),
    Toggle(
        name="partial",
        label="Keep partial windows",
        help="Whether a window that reaches over the border counts, with the cells that it has.",
        default=True,
        effect="reset",
    ),
    Slider(
        name="right",
        label="Move right",
        help="How many columns the whole input moves to the right; 0 comes in from outside.",
        low=-FARTHEST,
        high=FARTHEST,
        default=1,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="down",
        label="Move down",
        help="How many rows the whole input moves down; 0 comes in from outside.",
        low=-FARTHEST,
        high=FARTHEST,
        default=0,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
    Choice(
        name="upstream",
        label="Gradient from above",
        help="What the layers above hand back to each pooled number.",
        options=(
            Option("drawn", "Drawn from the seed"),
            Option("ones", "1 everywhere"),
            Option("own", "Your own"),
        ),
        default="drawn",
        effect="view",
        advanced=True,
    ),
    Slider(
        name="followed",
        label="Gradient followed",
        help="Which pooled number's gradient is followed back, counted row by row from 0.",
        low=0,
        high=63,
        default=4,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
)


class PoolingRun:
    """One window after the other.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of a drawn input and a drawn gradient.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._first = _map_of(str(values["input"]), seed, library)
        self._x = self._first
        self.position = 0
        self._shape: tuple[int, int] = self._pooled_shape()
        rng = np.random.default_rng([seed, 1])
        self._drawn = rng.integers(1, 4, self._shape) * rng.choice([-1, 1], self._shape)
        self._own = self._drawn.astype(np.float64)
        self._work()
        self._questions = {
            "next": self._next_number,
            "receives": self._receivers,
            "most": self._most_wins,
            "same": self._same_share,
            "fewer": self._fewer_weights,
        }

    @property
    def length(self) -> int:
        """How many windows there are."""
        rows, columns = self._shape
        return rows * columns

    def step(self) -> tuple[Event, ...]:
        """Move the window on, and write its number down."""
        self.position += 1
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return how many pooled numbers, and how many of the map, a move left the same."""
        return {name: float(self._arrays[f"moved.{name}"].sum()) for name in ("same", "kept")}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the maps, the window and the ways of the gradient."""
        available = self._arrays
        wanted = [name for name in PUBLISHES if names is None or name in names]
        found = {name: available[name] if name in available else self._now(name) for name in wanted}
        return freeze(self.position, self.scalars(), found)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        if tensor not in PUBLISHES:
            raise InvalidValueError(
                f"tensor: expected one of {', '.join(PUBLISHES)}, got {tensor!r}"
            )
        array = self._arrays[tensor] if tensor in self._arrays else self._now(tensor)
        index, value = element(tensor, array, index)
        owner, _, short = tensor.partition(".")
        if tensor == "pool.y" and np.isnan(value):
            step = 1 + index[2] * self._shape[1] + index[3]
            place = f"{tensor}{list(index)}"
            raise InvalidValueError(f"{place}: not there yet; the window comes here at step {step}")
        if owner == "pool" or tensor == "moved.y":
            pooled = self._pooled if owner == "pool" else self._moved
            return self._so_far(pooled.scope(NOTES).explain(short, index, page=page))
        if tensor == "next.counts":
            return count_ledger(
                (self._pooled.layer.input_shape, self._pooled.layer.output_shape), index
            )
        if tensor == "moved.share":
            of = tuple(SAME)[index[0]]
            note = "The share of the cells that hold the same number before and after."
            return mean(tensor, index, of, self._arrays[of], note, symbol="share", page=page)
        return self._small_ledger(tensor, array, index)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change what is looked at."""
        self._values |= values
        self._work()

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take numbers for the map (`cells`) or the gradient (`gradient`), or judge a prediction.

        Cells of another map and gradients of another shape are kept for when it comes back.
        """
        if name == "judge":
            return (judge(self._questions, args),)
        if name == "cells":
            if args.get("input") == self._values["input"]:
                self._x = _read_cells("cells", args, self._first.shape)
        elif (args.get("rows"), args.get("columns")) == self._shape:
            self._own = _read_cells("gradient", args, self._shape)
        self._work()
        return ()

    def save(self) -> dict[str, Array]:
        """Return the place of the window."""
        return {"position": np.array(self.position)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Put the window back."""
        self.position = int(state["position"])

    def _pooled_shape(self) -> tuple[int, int]:
        _, rows, columns = self._layer("pool").output_shape
        return rows, columns

    def _layer(self, name: str) -> Pool2D:
        values = self._values
        options = {key: values[key] for key in ("size", "stride", "partial")}
        return pool_layer(str(values["kind"]), name, (1, *self._first.shape), options)

    def _work(self) -> None:
        """Pool the map as it is and as it is when moved, and send the gradients back."""
        values = self._values
        dy = {"drawn": self._drawn, "ones": np.ones(self._shape), "own": self._own}
        upstream = dy[str(values["upstream"])]
        layer = self._layer("pool")
        self._pooled = Pooled(layer, self._x, upstream)
        moved = shift(self._x, int(values["down"]), int(values["right"]))
        self._moved = Pooled(self._layer("moved"), moved, upstream)
        self._followed = min(int(values["followed"]), self.length - 1)
        alone = np.zeros(self.length)
        alone[self._followed] = upstream.ravel()[self._followed]
        part = Pooled(layer, self._x, alone.reshape(self._shape))
        pooled = self._pooled
        same = (pooled.y == self._moved.y).astype(np.uint8)
        kept = (pooled.x == self._moved.x).astype(np.uint8)
        self._arrays = {
            "pool.x": pooled.x,
            "pool.dy": pooled.dy,
            "pool.dx": pooled.dx,
            "part.dx": part.dx,
            "followed": np.array([self._followed], np.int32),
            "covered": pooled.covered(),
            "moved.x": self._moved.x,
            "moved.y": self._moved.y,
            "moved.same": same,
            "moved.kept": kept,
            "moved.share": np.array([same.mean(), kept.mean()]),
            "next.counts": following((1, *self._first.shape), layer.output_shape),
        }

    @property
    def _at(self) -> int:
        """The window on the stage: the one that made the last number; the first before any."""
        return max(self.position - 1, 0)

    def _now(self, name: str) -> Array:
        """Return an array of this very step."""
        if name == "pool.y":
            y = self._pooled.y.copy()
            y.reshape(-1)[self.position :] = np.nan
            return y
        if name == "window.out":
            return np.array([self._at], np.int32)
        window = self._pooled.window(self._at)
        if name == "window":
            return window.values
        return window.cells if name == "window.cells" else window.won

    def _so_far(self, ledger: Ledger) -> Ledger:
        """Leave out where the number will go at steps that are still to come."""
        y = self._now("pool.y")
        feeds = (
            one for one in ledger.feeds if one.tensor != "pool.y" or not np.isnan(y[one.index])
        )
        return replace(ledger, feeds=tuple(feeds))

    def _small_ledger(self, tensor: str, array: Array, index: tuple[int, ...]) -> Ledger:
        """Return the ledger of a number that is copied, compared or counted."""
        if tensor in ("window", "moved.x"):
            place = self._source(tensor, index)
            if place is None:
                note = "Came in from outside, where there is only 0."
                return given(tensor, array, index, note)
            x = Factor("x", float(self._pooled.x[place]), "pool.x", place)
            return copied(tensor, index, x, symbol=tensor.partition(".")[0])
        if tensor == "part.dx":
            out = 0, 0, *divmod(self._followed, self._shape[1])
            dy = Factor(r"\mathrm{dy}", float(self._pooled.dy[out]), "pool.dy", out)
            share = self._pooled.share(NOTES, out, index)
            code = f"dy{list(out)} * {share.value!r}"
            note = "What the gradient that is followed gives to this cell."
            symbols = {"dy": "pool.dy"}
            return sum_of(tensor, index, (times(dy, share),), note, code=code, symbols=symbols)
        if tensor in SAME:
            before, after = SAME[tensor]
            old = (self._pooled.y if before == "pool.y" else self._pooled.x)[index]
            note = f"1 where {before} and {after} agree: here {old:g} and "
            return given(tensor, array, index, f"{note}{self._arrays[after][index]:g}.")
        return given(tensor, array, index, OF_THE_WINDOW[tensor])

    def _source(self, tensor: str, index: tuple[int, ...]) -> Index | None:
        """Return which cell of the map a copied number is, or None."""
        if tensor == "window":
            return self._pooled.place(self._at, *index)
        row, column = index[2] - int(self._values["down"]), index[3] - int(self._values["right"])
        rows, columns = self._x.shape
        return (0, 0, row, column) if 0 <= row < rows and 0 <= column < columns else None

    def _next_number(self) -> Solution:
        if self.position == self.length:
            raise InvalidValueError(
                f"next: all {self.length} windows have had their turn; go back a step or two"
            )
        value = float(self._pooled.y.ravel()[self.position])
        cells = ", ".join(f"{one:g}" for one in self._pooled.window(self.position).values.flat)
        which = "greatest" if self._values["kind"] == "max_pool2d" else "mean"
        return Solution(value, f"The window will hold {cells}; the {which} is {value:.4g}.", 0.006)

    def _receivers(self) -> Solution:
        part = self._arrays["part.dx"]
        cells = self._pooled.window(self._followed)
        given_to = int(np.count_nonzero(part))
        dy = float(self._pooled.dy.ravel()[self._followed])
        text = f"The window has {len(cells.cells)} cells; {given_to} of them "
        text += "gets" if given_to == 1 else "get"
        if self._values["kind"] == "max_pool2d":
            text += f" a part of the gradient {dy:g}: the greatest number alone made the output, "
            return Solution("winner", text + "so nudging any other changes nothing.")
        text += f" a part of the gradient {dy:g}: {part[part != 0].flat[0]:.4g} each."
        return Solution("equal", text)

    def _most_wins(self) -> Solution:
        wins = self._pooled.wins()
        row, column = np.unravel_index(int(wins.argmax()), wins.shape)
        most = int(wins.max())
        return Solution(
            most,
            f"The cell in row {row + 1}, column {column + 1} hands its number to {most} windows, "
            "and gets the sum of their gradients.",
        )

    def _same_share(self) -> Solution:
        same, kept = self._arrays["moved.same"], self._arrays["moved.kept"]
        answer = "all" if same.all() else ("half" if same.mean() >= 0.5 else "less")
        return Solution(
            answer,
            f"{int(same.sum())} of the {same.size} pooled numbers stayed as they were, and "
            f"{int(kept.sum())} of the {kept.size} numbers of the map itself.",
        )

    def _fewer_weights(self) -> Solution:
        counts = self._arrays["next.counts"]
        column = COUNTS.index("dense")
        without, pooled = (int(row[column]) for row in counts)
        text = f"{without} parameters without pooling, {pooled} with it."
        answer = "same" if without == pooled else ("half" if pooled > without / 2 else "third")
        return Solution(answer, text)


def _map_of(name: str, seed: int, library: Library) -> Array:
    """Return the map of a preset, of shape (rows, columns)."""
    if name == "example":
        return np.array(EXAMPLE, np.float64)
    if name == "random":
        drawn: Array = np.random.default_rng([seed, 0]).integers(-9, 10, (6, 6))
        return drawn.astype(np.float64)
    digit: Array = library.open("digits").x[PICTURE, 0].astype(np.float64)
    if name == "digit":
        return digit
    # what a Sobel filter and ReLU make of the digit: whole numbers, since a pixel counts sixteenths
    windows = np.lib.stride_tricks.sliding_window_view(16 * digit, (3, 3))
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float64)
    edges: Array = np.einsum("ijuv,uv->ij", windows, sobel)
    return np.maximum(edges, 0)


def _read_cells(name: str, args: Mapping[str, Any], shape: tuple[int, ...]) -> Array:
    """Return the numbers in `args`, one a cell; raise `InvalidValueError` if they are no such."""
    cells = args.get("cells")
    size = shape[0] * shape[1]
    if not isinstance(cells, list) or len(cells) != size:
        got = len(cells) if isinstance(cells, list) else cells
        raise InvalidValueError(f"{name}: expected {size} numbers, one a cell, got {got!r}")
    for one in cells:
        if isinstance(one, bool) or not isinstance(one, int | float) or not abs(one) <= MOST:
            rule = f"numbers from {-MOST:g} to {MOST:g}"
            raise InvalidValueError(f"{name}: expected {rule}, got {one!r}")
    return np.array(cells, np.float64).reshape(shape)


EXHIBIT = Exhibit(
    slug="pooling",
    title="Pooling, one window at a time",
    hall="vision",
    promise="You will be able to pool a map by hand, forwards and backwards, and say what is lost "
    "and what it saves.",
    controls=CONTROLS,
    publishes=PUBLISHES,
    build=PoolingRun,
    view_actions=("cells", "gradient"),
    questions=("judge",),
    gradual=("pool.y",),
    rate=1.0,
)
