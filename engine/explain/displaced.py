"""A digit that is moved before trained networks: what each makes of it, and how that comes about.

Every pass has names of its own. `pool.…` reads the moved digit and learns from minibatches;
`still.…` is the network `pool` with the digit before it is moved; `curve.pool.…` reads it at every
place along one kind of move; `mean.pool.at3.…` reads a few validation images at the place 3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine.data.dataset import Dataset
from engine.data.moving import Moves, move
from engine.errors import InvalidValueError
from engine.explain.arithmetic import Paging, identity, short_sum, times, total
from engine.explain.ledger import Factor, Ledger
from engine.explain.moved import explain_moved
from engine.explain.named import Named
from engine.explain.scene import Scene
from engine.explain.simple import element, given, worked
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.nn.trainer import Trainer
from engine.snapshot import Array

SAME = 1e-6
"""Two numbers that differ by no more are the same but for rounding."""

COMPARED = ("carried", "difference", "pooled.difference")
"""What compares the chosen filter's maps of the moved digit with those before."""

EVERY = (2, 3)
"""Mean curves are worked out at every second or third place: they cost the most."""

OF_PLACE = re.compile(r"mean\.(?:\w+\.)?at(\d{1,2})\.")


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at.

    Attributes
    ----------
    digit : ndarray of shape (1, 1, side, side)
        The picture before it is moved.
    label : int
        The digit that it is.
    at : mapping of str to float
        How it is moved: `dx`, `dy`, `angle`, `scale`.
    axis : str
        The one of those that the curves run over.
    filter : int
        The filter whose maps are compared.
    """

    digit: Array
    label: int
    at: Mapping[str, float]
    axis: str
    filter: int

    def moves(self, count: int = 1, **other: Array | float) -> Moves:
        """Return the move `count` times, with other values for some of its parts."""
        return Moves.of(count, **{**self.at, **other})

    def moved(self) -> Array:
        """Return the picture as it is moved, of shape (1, 1, side, side)."""
        return move(self.digit[0], self.moves())[None]


def sparse(places: Array) -> Array:
    """Return the places at which the mean curves are worked out: both ends, the middle, between.

    The middle is where nothing is moved. Every second place of 19 would miss it, every third not.
    """
    half = len(places) // 2
    return places[:: next((every for every in EVERY if half % every == 0), 1)]


class Displaced:
    """Networks that look at a digit that is moved.

    Parameters
    ----------
    trainers : mapping of str to Trainer
        Of the networks, by name. One is called `pool`: a convolution, ReLU, a pooling of squares
        of four, and what follows; its maps are compared.
    few : Dataset
        The images whose mean is taken.
    axes : mapping of str to ndarray
        The places along each kind of move.
    """

    def __init__(
        self, trainers: Mapping[str, Trainer], few: Dataset, axes: Mapping[str, Array]
    ) -> None:
        self._trainers = trainers
        self._networks: dict[str, Network] = {name: one.network for name, one in trainers.items()}
        self._few = few
        self._axes = axes
        self._means: tuple[tuple[object, ...], dict[str, Array]] | None = None

    def look(self, view: View) -> dict[str, Array]:
        """Let the networks read the digit where it is, and `pool` where it was, too.

        Returns
        -------
        dict of str to ndarray
            All tensors of those passes, views until the next look, and `COMPARED`.
        """
        arrays: dict[str, Array] = {"digit": view.digit, "moved": view.moved()}
        for name, using in self._on_stage(arrays["moved"]).items():
            arrays |= {f"{name}.{tensor}": array for tensor, array in using.tensors().items()}
        still = self._read("pool", view.digit, "still").tensors()
        arrays |= {f"still.{tensor}": array for tensor, array in still.items()}
        part = slice(view.filter, view.filter + 1)
        bias = float(arrays["pool.conv1.b"][view.filter])
        carried = move(arrays["still.conv1.z"][:, view.filter], view.moves(), paper=bias)[None]
        return {
            **arrays,
            "carried": carried,
            "difference": arrays["pool.conv1.z"][:, part] - carried,
            "pooled.difference": (arrays["pool.pool1.y"] - arrays["still.pool1.y"])[:, part],
        }

    def same(self, view: View, moved: Array) -> dict[str, int]:
        """Count the cells of the pooled map that stay as they were, and those that see ink.

        Parameters
        ----------
        view : View
        moved : ndarray of shape (1, 1, side, side)
            Its picture moved, by whatever move.
        """
        maps, pooled = [], []
        for picture in (view.digit, moved):
            tensors = self._read("pool", picture, "compared").tensors()
            maps.append(tensors["conv1.z"][0, view.filter].copy())
            pooled.append(tensors["pool1.y"][0, view.filter].copy())
        same = np.abs(pooled[0] - pooled[1]) <= SAME
        bias = self._networks["pool"].parameters()["conv1.b"][view.filter]
        rows, columns = same.shape
        # (before and after, rows, in a square, columns, in a square)
        squares = np.stack(maps).reshape(2, rows, 2, columns, 2)
        inked = (np.abs(squares - bias) > SAME).any(axis=(0, 2, 4))
        return {
            "cells": int(same.size),
            "same": int(same.sum()),
            "inked": int(inked.sum()),
            "inked_same": int((same & inked).sum()),
        }

    def curves(self, view: View) -> dict[str, Array]:
        """Let the networks read the digit at every place: `curve.<name>`, each of shape (places,).

        What they give is each one's share for the true digit.
        """
        pictures = self._along(view)
        return {
            f"curve.{name}": self._output(name, pictures, "curve")[:, view.label].copy()
            for name in self._networks
        }

    def mean_curves(self, view: View) -> dict[str, Array]:
        """Let the networks read the few images at the `sparse` places: `mean.<name>`, float64.

        They are kept until something else is asked for.
        """
        others = tuple(value for name, value in view.at.items() if name != view.axis)
        key = self._trainers["pool"].index, view.axis, others
        if self._means is None or self._means[0] != key:
            places = range(len(sparse(self._axes[view.axis])))
            shares = [self.shares(self._few_at(view, number)) for number in places]
            means = {
                f"mean.{name}": np.array([one[name].mean(dtype=np.float64) for one in shares])
                for name in self._networks
            }
            self._means = key, means
        return self._means[1]

    def forget(self) -> None:
        """Forget the mean curves: the parameters have changed."""
        self._means = None

    def shares(self, pictures: Array) -> dict[str, Array]:
        """Return each network's shares for the true digits of the few images, moved."""
        true = np.arange(len(self._few)), self._few.y
        return {name: self._output(name, pictures, "few")[true] for name in self._networks}

    def shares_of_moved(self, moves: Moves) -> dict[str, Array]:
        """Return each network's shares for the true digits of the few images, moved so."""
        return self.shares(move(self._few.x[:, 0], moves)[:, None])

    def _read(self, name: str, pictures: Array, use: str) -> Pass:
        using = self._networks[name].at(len(pictures), use)
        using.forward(pictures)
        return using

    def _output(self, name: str, pictures: Array, use: str) -> Array:
        return self._networks[name].at(len(pictures), use).forward(pictures)

    def _on_stage(self, moved: Array) -> dict[str, Pass]:
        return {name: self._read(name, moved, "stage") for name in self._networks}

    def _along(self, view: View) -> Array:
        """Return the digit at every place, of shape (places, 1, side, side)."""
        return move(view.digit[0], self._moves_along(view))[:, None]

    def _moves_along(self, view: View) -> Moves:
        places = self._axes[view.axis]
        return view.moves(len(places), **{view.axis: places})

    def _few_at(self, view: View, number: int) -> Array:
        """Return the few images at one place, of shape (images, 1, side, side)."""
        return move(self._few.x[:, 0], self._moves_at(view, number))[:, None]

    def _moves_at(self, view: View, number: int) -> Moves:
        place = float(sparse(self._axes[view.axis])[number])
        return view.moves(len(self._few), **{view.axis: place})

    # Why this number?

    def ledger(self, view: View, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element of a picture, a pass, a comparison or a curve came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or no such element.
        """
        number = self._place_of(view, tensor)
        if tensor in ("digit", "images"):
            return self._given(view, tensor, index)
        if tensor in ("moved", "curve.x") or tensor == f"mean.at{number}.x":
            return self._of_a_picture(view, tensor, index, number)
        if tensor in COMPARED:
            return self._of_a_comparison(view, tensor, index)
        head, _, name = tensor.partition(".")
        if name in self._networks and head == "curve":
            index, value = element(tensor, self.curves(view)[tensor], index)
            same = identity("a", f"{tensor}.softmax.a", (index[0], view.label), value)
            return worked(tensor, index, value, same, symbol="a")
        if name in self._networks and head == "mean":
            return self._of_a_mean(view, tensor, index, page)
        return self._named(view, tensor).explain(tensor, index, page=page)

    def _given(self, view: View, tensor: str, index: tuple[int, ...]) -> Ledger:
        array = view.digit if tensor == "digit" else self._few.x
        ledger = given(tensor, array, index, "a pixel of the picture before it is moved")
        if tensor == "images":
            return ledger
        feeds = self._named(view, "still.").explain(tensor, ledger.index).feeds
        return replace(ledger, feeds=feeds)

    def _of_a_picture(
        self, view: View, tensor: str, index: tuple[int, ...], number: int | None
    ) -> Ledger:
        """Explain a pixel of a picture that was moved."""
        if tensor == "moved":
            pictures, moves = view.moved(), view.moves()
        elif tensor == "curve.x":
            pictures, moves = self._along(view), self._moves_along(view)
        else:
            assert number is not None
            pictures, moves = self._few_at(view, number), self._moves_at(view, number)
        index, value = element(tensor, pictures, index)
        source, images, at = "digit", view.digit, 0
        if number is not None:
            source, images, at = "images", self._few.x, index[0]

        def pixel(row: int, column: int) -> Factor:
            place = at, 0, row, column
            return Factor("x", float(images[place]), source, place)

        where = index[0], index[2], index[3]
        arithmetic = explain_moved(pixel, moves, where, symbols={"x": source}, like=images)
        feeds = self._named(view, "pool.").explain(tensor, index).feeds if tensor == "moved" else ()
        return worked(tensor, index, value, arithmetic, symbol="m", feeds=feeds)

    def _of_a_comparison(self, view: View, tensor: str, index: tuple[int, ...]) -> Ledger:
        """Explain what compares the maps of the moved digit with those before."""
        arrays = self.look(view)
        index, value = element(tensor, arrays[tensor], index)
        _, _, row, column = index
        there = 0, view.filter, row, column

        def cell(name: str, symbol: str, row: int, column: int) -> Factor:
            place = 0, view.filter, row, column
            return Factor(symbol, float(arrays[name][place]), name, place)

        if tensor == "carried":
            b = float(arrays["pool.conv1.b"][view.filter])
            arithmetic = explain_moved(
                partial(cell, "still.conv1.z", "z"),
                view.moves(),
                (0, row, column),
                symbols={"z": "still.conv1.z"},
                like=arrays["still.conv1.z"],
                paper=Factor("b", b, "pool.conv1.b", (view.filter,)),
            )
            return worked(tensor, index, value, arithmetic, symbol="c")
        if tensor == "difference":
            now = cell("pool.conv1.z", "z", row, column)
            before = Factor("c", float(arrays["carried"][index]), "carried", index)
        else:
            now = cell("pool.pool1.y", "y", row, column)
            before = cell("still.pool1.y", "s", row, column)
        assert now.tensor is not None
        assert before.tensor is not None
        symbols = {now.symbol: now.tensor, before.symbol: before.tensor}
        arithmetic = short_sum(
            times(now),
            times(Factor("-1", -1.0), before),
            general=f"{now.symbol} - {before.symbol}",
            code=f"{now.symbol}{list(there)} - {before.symbol}{list(before.index or ())}",
            symbols=symbols,
        )
        return worked(tensor, index, value, arithmetic, symbol="d")

    def _of_a_mean(self, view: View, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        """Explain a point of a mean curve: the mean of the shares of the few images."""
        index, value = element(tensor, self.mean_curves(view)[tensor], index)
        shares = self.shares(self._few_at(view, index[0]))[tensor.partition(".")[2]]
        labels = self._few.y
        name = f"{tensor}.at{index[0]}.softmax.a"
        arithmetic = total(
            shares.astype(np.float64),
            lambda n: times(Factor("a", float(shares[n]), name, (n, int(labels[n])))),
            Paging(page=page),
            combine="mean",
            general=r"\mathrm{mean}\, a",
            code="a[range(len(labels)), labels].mean()",
            symbols={"a": name},
            note=f"The share for the true digit, over {len(labels)} validation images.",
        )
        return worked(tensor, index, value, arithmetic, symbol="m", page=page)

    def _named(self, view: View, tensor: str) -> Named:
        """Return the pass that `tensor` is of, made again."""
        head, _, rest = tensor.partition(".")
        name = rest.partition(".")[0]
        number = self._place_of(view, tensor)
        if head in self._networks:
            return self._in_training(head, self._read(head, view.moved(), "stage"))
        if head == "still":
            using, prefix, name, x = (
                self._read("pool", view.digit, "still"),
                "still.",
                "pool",
                "digit",
            )
        elif head == "curve" and name in self._networks:
            using, x = self._read(name, self._along(view), "curve"), "curve.x"
            prefix = f"curve.{name}."
        elif head == "mean" and name in self._networks and number is not None:
            using = self._read(name, self._few_at(view, number), "few")
            prefix, x = f"mean.{name}.at{number}.", f"mean.at{number}.x"
        else:
            known = ", ".join(self._networks)
            raise InvalidValueError(
                f"tensor: expected one of this run, of the networks {known}, got {tensor!r}"
            )
        return Named(scene=Scene.of(using), prefix=prefix, owner=f"{name}.", x=x)

    def _in_training(self, name: str, using: Pass) -> Named:
        trainer = self._trainers[name]
        scene = Scene.training(
            using,
            trainer.training_pass,
            trainer.last_update,
            input_note="a pixel of a training picture",
            edits=trainer.edits.places,
        )
        return Named(scene=scene, prefix=f"{name}.", owner=f"{name}.", x="moved")

    def _place_of(self, view: View, tensor: str) -> int | None:
        """Return the place in a name such as `mean.pool.at3.conv1.z`, if it has one."""
        found = OF_PLACE.match(tensor)
        if found and int(found[1]) < len(sparse(self._axes[view.axis])):
            return int(found[1])
        return None
