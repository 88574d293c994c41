"""Decision regions as numbers: what is published of a grid, and how each of them came about.

A number of a grid is the network's answer at one place, so its ledger is the forward pass of that
place: a sum of products, an activation, and so on back to the two coordinates. The numbers on the
way are not published, as nobody draws them, but each can be asked for, by the name of its tensor
in the network and the place before its own index:

    regions.p[i, j]              what the picture shows at x1[j], x2[i]
    regions.sigmoid.a[i, j, 0]   an output there; regions.dense1.z[i, j, u] a weighted sum
    units.act1[u, i, j]          a hidden unit at a place of the small grid; units.dense1.z[u, i, j]

Parameters have the names that they have everywhere.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from engine.errors import InvalidValueError
from engine.explain import tex
from engine.explain.arithmetic import Arithmetic, times
from engine.explain.explain import explain
from engine.explain.ledger import Factor, Index, Ledger, Rest
from engine.explain.scene import Scene, element
from engine.explain.simple import given, worked
from engine.nn.layer import ParameterLayer
from engine.nn.network import Network
from engine.nn.regions import Regions
from engine.snapshot import Array

SIDE = 20
"""Places along each axis of a hidden unit's small grid."""

PLACES = {
    "regions.x1": "A place of the grid along the first input.",
    "regions.x2": "A place of the grid along the second input.",
    "units.x1": "A place of the small grid along the first input.",
    "units.x2": "A place of the small grid along the second input.",
}
"""Numbers of a grid that nothing computes."""

ACTIVATIONS = ("linear", "relu", "leaky_relu", "sigmoid", "tanh")


def names(network: Network) -> tuple[str, ...]:
    """Return the names of all that a run with this network publishes of its regions."""
    shown = ["regions.x1", "regions.x2", "regions.p"]
    if network.layers[-1].output_shape[0] > 1:
        shown.append("regions.class")
    return (*shown, *(f"units.{one}" for one in hidden(network)))


def hidden(network: Network) -> list[str]:
    """Return the names of the activations of hidden layers."""
    return [one.name for one in network.layers[:-1] if one.kind in ACTIVATIONS]


class RegionNumbers:
    """What is published of a network's regions, and its ledgers.

    Parameters
    ----------
    regions : Regions
    side : int
        Places along each axis of a hidden unit's small grid.
    prefix : str
        What comes before all names, where several networks stand side by side.
    owner : str, optional
        What comes before the names of parameters, if that is something else: of a network that
        is thinned in several ways, all share them.
    """

    def __init__(
        self,
        regions: Regions,
        *,
        side: int = SIDE,
        prefix: str = "",
        owner: str | None = None,
    ) -> None:
        self.regions = regions
        self.side = side
        self.prefix = prefix
        self._owner = prefix if owner is None else owner
        self._plain = names(regions.network)
        self.names = tuple(prefix + one for one in self._plain)
        self._units = hidden(regions.network)

    def arrays(self, wanted: Collection[str] | None = None) -> dict[str, Array]:
        """Return what is published: views, which the next call overwrites.

        Parameters
        ----------
        wanted : collection of str, optional
            The names to compute; a pass is made only if one of them needs it. All without it.
        """
        return {
            name: self.array(name.removeprefix(self.prefix))
            for name in self.names
            if wanted is None or name in wanted
        }

    def has(self, tensor: str) -> bool:
        """Return whether a tensor is one of the regions', published or on the way to one."""
        return tensor.startswith((f"{self.prefix}regions.", f"{self.prefix}units."))

    def array(self, name: str) -> Array:
        """Return what is published under `name`, without the prefix."""
        regions = self.regions
        grid, _, short = name.partition(".")
        if short in ("x1", "x2"):
            axes = (regions.x1, regions.x2) if grid == "regions" else regions.axes(self.side)
            return axes[short == "x2"]
        if name == "regions.p":
            return regions.shares()
        if name == "regions.class":
            return regions.winners()
        return regions.units(short, self.side)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number of the regions came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor, or no such element.
        """
        name = tensor.removeprefix(self.prefix)
        if name in PLACES:
            ledger = given(name, self.array(name), index, PLACES[name])
        elif name == "regions.p":
            ledger = self._share(index, page)
        elif name == "regions.class":
            ledger = self._winner(index)
        else:
            ledger = self._walked(name, index, page)
        return ledger.renamed(
            lambda one: (self._owner if self._is_parameter(one) else self.prefix) + one
        )

    def _share(self, index: tuple[int, ...], page: int) -> Ledger:
        """Explain what the picture shows: an output, or the greatest of several."""
        index, value = element("regions.p", self.regions.shares(), index)
        output = self.regions.shared_output
        if output is not None:
            ledger = self._walked(self._output, (*index, output), page)
            return replace(ledger, tensor="regions.p", index=index, value=value)
        outputs = self._outputs(index)
        numbers = tex.combined("max", tuple(times(one) for one in outputs), Rest())
        arithmetic = Arithmetic(
            combine="max",
            terms=tuple(times(one) for one in outputs),
            general=r"\max_k a_k",
            numbers=numbers,
            code=f"a[{index[0]}, {index[1]}].max()",
            symbols={"a": self._output},
            note=self._where("regions", index),
        )
        return worked("regions.p", index, value, arithmetic, symbol="p")

    def _winner(self, index: tuple[int, ...]) -> Ledger:
        """Explain the class of a place: which output is the greatest."""
        if self.regions.count == 1:
            raise InvalidValueError("tensor: there are no classes beside regions.p of one output")
        index, value = element("regions.class", self.regions.winners(), index)
        arithmetic = Arithmetic(
            combine="function",
            function="argmax",
            terms=tuple(times(one) for one in self._outputs(index)),
            general=r"\mathrm{argmax}_k\, a_k",
            numbers="",
            code=f"a[{index[0]}, {index[1]}].argmax()",
            symbols={"a": self._output},
            note=f"Classes count from 0. {self._where('regions', index)}",
        )
        return worked("regions.class", index, value, arithmetic, symbol="class")

    def _walked(self, name: str, index: tuple[int, ...], page: int) -> Ledger:
        """Explain a number of the network at one place of a grid: of a batch of that place alone.

        What is published is the value of the grid's own pass, which may be another by a rounding.
        """
        place = self._place(name, index)
        x1, x2 = (self.array(f"{place.grid}.{one}") for one in ("x1", "x2"))
        regions = self.regions
        x = regions.at.copy()
        x[regions.inputs[0]], x[regions.inputs[1]] = x1[place.column], x2[place.row]
        using = regions.network.at(1, "a place of the regions")
        using.forward_thinned(x[None], regions.masks)
        ledger = explain(Scene.of(using), place.tensor, (0, place.unit), page=page)
        value = ledger.value
        if name in self._plain:
            value = float(self.array(name)[index])
        elif name == self._output:
            value = float(regions.outputs()[index])
        note = " ".join(
            filter(None, (self._where(place.grid, (place.row, place.column)), ledger.note))
        )
        return self._moved(replace(ledger, tensor=name, index=index, value=value, note=note), place)

    def _place(self, name: str, index: tuple[int, ...]) -> "_Place":
        """Return which number of which place is meant, its index checked."""
        grid, _, tensor = name.partition(".")
        network = self.regions.network
        layers = {one.name: one for one in network.layers}
        layer, _, short = tensor.partition(".")
        small = grid == "units"
        if small and not short:
            short = "a" if layer in self._units else ""
        expected = [one for one in ("z", "a", "y", "mask") if layer in layers and one == short]
        if grid not in ("regions", "units") or not expected:
            raise InvalidValueError(
                f"tensor: expected one of {', '.join(self.names)}, got {self.prefix + name!r}"
            )
        rows, columns = (len(self.array(f"{grid}.{axis}")) for axis in ("x2", "x1"))
        units = int(layers[layer].output_shape[0])
        shape = (units, rows, columns) if small else (rows, columns, units)
        element(name, np.broadcast_to(0.0, shape), index)
        unit, row, column = index if small else (index[2], index[0], index[1])
        return _Place(grid, row, column, unit, f"{layer}.{short}")

    def _moved(self, ledger: Ledger, place: "_Place") -> Ledger:
        """Return a ledger of the place's own batch with the names and indices of the grid."""
        first = f"{self.regions.network.layers[0].name}.x"

        def factor(one: Factor) -> Factor:
            if one.tensor is None or one.index is None or self._is_parameter(one.tensor):
                return one
            if one.tensor == first:
                return self._coordinate(one, place)
            return replace(
                one, tensor=self._called(one.tensor, place), index=place.of(one.index[1])
            )

        terms = tuple(
            replace(term, factors=tuple(factor(one) for one in term.factors))
            for term in ledger.terms
        )
        symbols = {
            symbol: name if self._is_parameter(name) else self._called(name, place)
            for symbol, name in ledger.symbols.items()
            if name != first
        }
        return replace(ledger, terms=terms, symbols=symbols, feeds=())

    def _coordinate(self, factor: Factor, place: "_Place") -> Factor:
        """Return an input of the place: one of its coordinates, or where another is held."""
        assert factor.index is not None
        first, second = self.regions.inputs
        if factor.index[1] == first:
            return replace(factor, tensor=f"{place.grid}.x1", index=(place.column,))
        if factor.index[1] == second:
            return replace(factor, tensor=f"{place.grid}.x2", index=(place.row,))
        return replace(factor, tensor=None, index=None)

    def _called(self, tensor: str, place: "_Place") -> str:
        """Return what a tensor of the pass is called where it is of the grid."""
        layer, _, short = tensor.partition(".")
        if place.grid == "units" and layer in self._units and short == "a":
            return f"units.{layer}"
        return f"{place.grid}.{tensor}"

    def _is_parameter(self, tensor: str) -> bool:
        return tensor in self.regions.network.parameters()

    @property
    def _output(self) -> str:
        """What the outputs over the grid are called."""
        last = self.regions.network.layers[-1]
        return f"regions.{last.name}.{'z' if isinstance(last, ParameterLayer) else 'a'}"

    def _outputs(self, index: Index) -> list[Factor]:
        """Return all outputs at a place."""
        out = self.regions.outputs()[index]
        return [
            Factor(f"a_{{{k}}}", float(value), self._output, (*index, k))
            for k, value in enumerate(out)
        ]

    def _where(self, grid: str, index: tuple[int, ...]) -> str:
        """Say which place it is."""
        x1, x2 = (self.array(f"{grid}.{one}") for one in ("x1", "x2"))
        first, second = (one + 1 for one in self.regions.inputs)
        return (
            f"At the place x{first} = {x1[index[1]]:.4g}, x{second} = {x2[index[0]]:.4g}: "
            "the forward pass of that point alone, with the parameters as they are now."
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """One number of the network at one place of a grid.

    Attributes
    ----------
    grid : str
        `regions` or `units`.
    row, column, unit : int
    tensor : str
        As the network calls it.
    """

    grid: str
    row: int
    column: int
    unit: int
    tensor: str

    def of(self, unit: int) -> Index:
        """Return the index of another unit at this place."""
        here = self.row, self.column
        return (unit, *here) if self.grid == "units" else (*here, unit)
