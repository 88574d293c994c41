"""How the numbers of a sliding window come about, outside any network."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.explain.arithmetic import Arithmetic, Paging, at, floats, identity, times, total
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.scene import element
from engine.explain.simple import worked
from engine.nn.correlate import Sliding
from engine.snapshot import Array

MOST_FEEDS = 8


@dataclass(frozen=True, eq=False)
class Named:
    """A tensor under the name and with the axes with which people see it.

    One channel or one filter alone is no axis of its own: `y[1, 1]`, not `y[0, 1, 1]`.

    Attributes
    ----------
    name : str
        Of the tensor.
    symbol : str
        In formulae and code.
    array : ndarray
        With all axes.
    kept : tuple of bool
        Which of them are shown; the others have length 1.
    """

    name: str
    symbol: str
    array: Array
    kept: tuple[bool, ...]

    @classmethod
    def of(cls, name: str, array: Array, *, leading: int = 0, symbol: str = "") -> "Named":
        """Return a tensor of whose first `leading` axes those of length 1 are not shown."""
        kept = tuple(axis >= leading or n > 1 for axis, n in enumerate(array.shape))
        return cls(name, symbol or name.rpartition(".")[2], array, kept)

    @property
    def shown(self) -> Array:
        """The array with the axes that people see."""
        hidden = tuple(axis for axis, kept in enumerate(self.kept) if not kept)
        return self.array.squeeze(hidden)

    def index(self, full: Index) -> Index:
        """Return an index with the axes that people see."""
        return tuple(i for i, kept in zip(full, self.kept, strict=True) if kept)

    def full(self, index: Index) -> Index:
        """Return an index of all axes."""
        rest = iter(index)
        return tuple(next(rest) if kept else 0 for kept in self.kept)

    def factor(self, full: Index) -> Factor:
        """Return an element as a factor."""
        return Factor(self.symbol, float(self.array[full]), self.name, self.index(full))

    def reference(self, full: Index) -> Reference:
        """Return an element as a place where a number goes next."""
        return Reference(self.name, self.index(full))

    def element(self, index: Index) -> tuple[Index, float]:
        """Return the full index and the value; raise `InvalidValueError` if there is none."""
        index, value = element(self.name, self.shown, index)
        return self.full(index), value

    def identity(self, full: Index, note: str = "") -> Arithmetic:
        """Return the arithmetic of a number that is an element of this tensor, unchanged."""
        value = float(self.array[full])
        return identity(self.symbol, self.name, self.index(full), value, note)


@dataclass(frozen=True, eq=False)
class Kernel(Named):
    """Kernels of shape (filters, channels, size, size), as the window meets them.

    Attributes
    ----------
    turned : bool
        By 180°: then the operation is a true convolution.
    """

    turned: bool = False

    def met(self, f: int, c: int, u: int, v: int) -> Index:
        """Return which weight meets cell (u, v) of the window."""
        if not self.turned:
            return f, c, u, v
        last = self.array.shape[-1] - 1
        return f, c, last - u, last - v

    def code(self, f: int, channels: slice) -> str:
        """Return the kernel of a filter in NumPy."""
        parts = [str(f)] if self.kept[0] else []
        one = channels.stop - channels.start == 1
        if self.kept[1] and one:
            parts.append(str(channels.start))
        spelt = f"{self.symbol}[{', '.join(parts)}]" if parts else self.symbol
        if not self.turned:
            return spelt
        return spelt + ("[::-1, ::-1]" if one or not self.kept[1] else "[..., ::-1, ::-1]")


def ledger_of(
    tensor: Named,
    full: Index,
    arithmetic: Arithmetic,
    *,
    page: int,
    feeds: Iterable[Reference] = (),
) -> Ledger:
    """Return the ledger of an element of `tensor`."""
    index = tensor.index(full)
    return worked(
        tensor.name,
        index,
        float(tensor.array[full]),
        arithmetic,
        symbol=tensor.symbol,
        page=page,
        feeds=tuple(feeds)[:MOST_FEEDS],
    )


def window_sum(
    sliding: Sliding,
    x: Named,
    k: Kernel,
    place: tuple[int, int, int],
    *,
    channels: slice,
    bias: Named | None,
    page: int,
    note: str = "",
) -> Arithmetic:
    """Return Σ x k (+ b), the sum of one window.

    Parameters
    ----------
    sliding : Sliding
    x : Named
        The padded picture, (channels, rows, columns).
    k : Kernel
    place : (int, int, int)
        Filter, row and column of the feature map.
    channels : slice
        Those that are summed.
    bias : Named or None
        Of shape (filters,); a bias that is not 0 is the last term.
    page : int
        Of the terms.
    """
    f, i, j = place
    rows, columns = sliding.cells(i, j)
    window = x.array[channels, rows, columns]
    weights = k.array[f, channels]
    met = weights[..., ::-1, ::-1] if k.turned else weights
    products = floats(window) * floats(met)
    with_bias = bias is not None and float(bias.array[f]) != 0
    step = sliding.dilation

    def term(number: int) -> Term:
        if bias is not None and number == len(products):
            return times(bias.factor((f,)))
        c, u, v = (int(each) for each in np.unravel_index(number, window.shape))
        c += channels.start
        pixel = c, rows.start + u * step, columns.start + v * step
        return times(x.factor(pixel), k.factor(k.met(f, c, u, v)))

    values, plus = products, ""
    symbols = {x.symbol: x.name, k.symbol: k.name}
    if bias is not None and with_bias:
        values = np.append(products, float(bias.array[f]))
        plus = f" + {at(bias.symbol, bias.index((f,)))}"
        symbols[bias.symbol] = bias.name
    picture = _picture(x, channels, rows, columns)
    return total(
        values,
        term,
        Paging(page=page),
        general=rf"\sum {x.symbol} \cdot {k.symbol}" + (" + b" if with_bias else ""),
        code=f"({picture} * {k.code(f, channels)}).sum(){plus}",
        symbols=symbols,
        note=note,
    )


def plain_sum(
    of: Named,
    places: Sequence[Index],
    code: str,
    *,
    page: int,
    more: Callable[[], Factor] | None = None,
) -> Arithmetic:
    """Return the sum of elements of a tensor, and of one number `more`."""
    values = np.array([float(of.array[place]) for place in places])
    extra = more() if more is not None else None
    symbols = {of.symbol: of.name}
    if extra is not None and extra.tensor is not None:
        values = np.append(values, extra.value)
        symbols[extra.symbol] = extra.tensor

    def term(number: int) -> Term:
        if extra is not None and number == len(places):
            return times(extra)
        return times(of.factor(places[number]))

    return total(
        values,
        term,
        Paging(page=page),
        general=rf"\sum {of.symbol}" + (f" + {extra.symbol}" if extra is not None else ""),
        code=code,
        symbols=symbols,
    )


def _picture(x: Named, channels: slice, rows: slice, columns: slice) -> str:
    parts = [_spell(rows), _spell(columns)]
    if x.kept[0]:
        whole = channels.stop - channels.start == len(x.array)
        parts.insert(0, ":" if whole else str(channels.start))
    return f"{x.symbol}[{', '.join(parts)}]"


def _spell(part: slice) -> str:
    step = f":{part.step}" if part.step not in (None, 1) else ""
    return f"{part.start}:{part.stop}{step}"
