"""All paths from one parameter to the loss: the products along them, and what they add up to.

A parameter changes the z of its neuron, this the z of every neuron of the next layer, and so on to
the outputs. Along one path each change is the one before, times a local derivative. The loss feels
all paths at once, so its gradient is the sum of their products.

Source: Goodfellow, Bengio, Courville, *Deep learning*, 2016, section 6.5.2 (the chain rule) and
6.5.6; the sum over paths is its unrolled form.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.errors import InvalidValueError
from engine.explain.activation import EXPLAINERS, ActivationExplainer, leak
from engine.explain.arithmetic import Paging, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.scene import Scope, element
from engine.explain.simple import copied, given, worked
from engine.nn.layer import ParameterLayer
from engine.nn.network import Network
from engine.snapshot import Array

LISTED = 12
"""How many paths are published; the others are one number."""

EPSILON = 1e-5
"""How far the parameter is nudged: in float64 the quotient then has ten digits."""

NAMES = ("unit", "factor", "product", "rest", "count", "sum", "multiplied", "loss", "quotient")
PATHS = tuple(f"paths.{name}" for name in NAMES)
"""What is published of them."""

NOTES = {
    "paths.unit": "which neuron of its layer the path goes through, counted from 0",
    "paths.count": "how many paths there are: a neuron of every later layer can be chosen freely",
    "paths.loss": "the loss of this one sample, with the parameter nudged up, then down",
}


@dataclass(frozen=True, slots=True)
class _Link:
    """A local derivative, for each neuron or pair of neurons.

    Attributes
    ----------
    values : ndarray of shape (units,) or (units, units before)
    symbol : str
        TeX, with `{u}` where the neuron stands.
    code : str
        The name of its tensor in NumPy, or what is done to it, with `{at}` where the index stands.
    tensor : str
    of : ndarray or None
        The tensor's elements, where the derivative is a function of them.
    """

    values: Array
    symbol: str
    code: str
    tensor: str
    of: Array | None = None

    def factor(self, place: Index) -> Factor:
        index = place if self.values.ndim > 1 else (0, *place)
        symbol = self.symbol.replace("{u}", f"{{{place[0]}}}")
        of = None if self.of is None else float(self.of[place])
        return Factor(symbol, float(self.values[place]), self.tensor, index, of)


class Paths:
    """The paths from one parameter to the loss of one sample.

    Parameters
    ----------
    scope : Scope
        Of a pass over one sample that has gone backward, through dense layers with an activation
        after each; in float64, so that the check can tell.
    tensor : str
        `<layer>.W` or `<layer>.b`.
    index : tuple of int

    Attributes
    ----------
    units : ndarray of shape (paths, layers), int32
        Which neuron each path goes through: of the parameter's own layer, then of every later one.
    factors : ndarray of shape (paths, 2 · layers)
        The local derivatives along it: what comes into the neuron, then in turn a slope of the
        activation and a weight, and at the end dz of the output.
    products : ndarray of shape (paths,)
    listed : ndarray of shape (at most `LISTED`,)
        The paths with the largest products.

    Raises
    ------
    InvalidValueError
        If there is no such parameter.
    """

    def __init__(self, scope: Scope, tensor: str, index: tuple[int, ...]) -> None:
        self.tensor = tensor
        parameters = scope.network.parameters()
        if tensor not in parameters:
            known = ", ".join(parameters)
            raise InvalidValueError(f"tensor: expected one of {known}, got {tensor!r}")
        self.index, _ = element(tensor, parameters[tensor], index)
        self._scope = scope
        layer, _, self._short = tensor.partition(".")
        numbers = [n for n, one in enumerate(scope.layers) if isinstance(one, ParameterLayer)]
        own = next(n for n in numbers if scope.layers[n].name == layer)
        self._entry = self._enter(own, numbers.index(own) + 1)
        self._links = tuple(self._follow(numbers, numbers.index(own)))
        widths = [len(link.values) for link in self._links[1::2]]
        later = np.indices(widths, np.int32).reshape(len(widths), prod(widths)).T
        first = np.full((len(later), 1), self.index[0], np.int32)
        self.units = np.concatenate([first, later], axis=1)
        columns = [np.full(len(later), self._entry.value)]
        columns += [link.values[self._place(at)] for at, link in enumerate(self._links)]
        self.factors = np.stack(columns, axis=1)
        self.products = self.factors.prod(axis=1)
        order = np.argsort(-np.abs(self.products), kind="stable")
        self.listed, self._others = order[:LISTED], order[LISTED:]
        self._losses = _nudged(scope.network, scope, tensor, self.index)

    @property
    def gradient(self) -> float:
        """The sum of all products: what backpropagation gives for this sample."""
        return float(self.products.sum())

    @property
    def multiplied(self) -> float:
        """The product of all products: what it would be if one multiplied at a fan-out."""
        return float(self.products[self.listed].prod() * self.products[self._others].prod())

    @property
    def losses(self) -> tuple[float, float]:
        """The loss with the parameter nudged up by `EPSILON`, and down."""
        return self._losses[0], self._losses[1]

    @property
    def quotient(self) -> float:
        """What the loss says when the parameter is nudged: a central difference."""
        plus, minus, width = self._losses
        return (plus - minus) / width

    def arrays(self) -> dict[str, Array]:
        """Return what is published, by name."""
        plus, minus, _ = self._losses
        return {
            "paths.unit": self.units[self.listed],
            "paths.factor": self.factors[self.listed],
            "paths.product": self.products[self.listed],
            "paths.rest": np.array([self.products[self._others].sum()]),
            "paths.count": np.array([len(self.products)], np.int32),
            "paths.sum": np.array([self.gradient]),
            "paths.multiplied": np.array([self.multiplied]),
            "paths.loss": np.array([plus, minus]),
            "paths.quotient": np.array([self.quotient]),
        }

    def explain(self, name: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element of a published array came about.

        Raises
        ------
        InvalidValueError
            If there is no such array or element.
        """
        arrays = self.arrays()
        if name not in arrays:
            raise InvalidValueError(f"tensor: expected one of {', '.join(PATHS)}, got {name!r}")
        index, value = element(name, arrays[name], index)
        explainers: dict[str, Callable[[], Ledger]] = {
            "paths.factor": lambda: self._explain_factor(index),
            "paths.product": lambda: self._explain_product(index),
            "paths.rest": lambda: self._explain_sum(name, value, page),
            "paths.sum": lambda: self._explain_sum(name, value, page),
            "paths.multiplied": lambda: self._explain_multiplied(value),
            "paths.quotient": lambda: self._explain_quotient(value),
        }
        if name in explainers:
            return explainers[name]()
        return given(name, arrays[name], index, NOTES[name])

    def term(self, path: int) -> Term:
        """Return the product along a path, with its factors."""
        rest = (
            link.factor(tuple(int(at[path]) for at in self._place(number)))
            for number, link in enumerate(self._links)
        )
        return times(self._entry, *rest)

    def _enter(self, own: int, layer: int) -> Factor:
        """Return the derivative of the neuron's z by the parameter."""
        if self._short == "b":
            return Factor("1", 1.0)
        source = "x" if own == 0 else f"a_{{{layer - 1}}}"
        place = 0, self.index[1]
        value = float(self._scope.array(own, "x")[place])
        return Factor(source, value, self._scope.name(own, "x"), place)

    def _follow(self, numbers: list[int], place: int) -> Iterator[_Link]:
        """Yield the derivatives from the neuron's z on: a slope and a weight in turn, at last dz.

        Parameters
        ----------
        numbers : list of int
            Of the dense layers.
        place : int
            Of the parameter's layer among them.
        """
        scope = self._scope
        for layer, (number, after) in enumerate(
            zip(numbers[place:], numbers[place + 1 :], strict=False), start=place + 1
        ):
            yield _slope(scope, number + 1, layer)
            weights = scope.array(after, "W")
            name = scope.name(after, "W")
            yield _Link(weights, f"W_{{{layer + 1}}}", f"W{layer + 1}{{at}}", name)
        last = numbers[-1]
        dz = scope.array(last, "dz")[0]
        count = len(numbers)
        yield _Link(dz, rf"\mathrm{{dz}}_{{{count}}}", f"dz{count}{{at}}", scope.name(last, "dz"))

    def _place(self, link: int) -> tuple[Array, ...]:
        """Return where each path meets a link: its neuron, or the one after and the one before."""
        step, between = divmod(link, 2)
        if between:
            return self.units[:, step + 1], self.units[:, step]
        return (self.units[:, step],)

    def _explain_factor(self, index: Index) -> Ledger:
        path, place = index
        factor = self.term(int(self.listed[path])).factors[place]
        value = factor.value
        if factor.tensor is None:
            note = "A bias goes into its sum as it is: when it grows by 1, so does z."
            return given("paths.factor", self.factors[self.listed], index, note)
        if factor.of is None:
            return copied("paths.factor", index, factor, symbol="factor")
        code = self._code(int(self.listed[path]), place)
        arithmetic = short_sum(
            times(factor), general=factor.symbol, code=code, symbols=self._symbols()
        )
        return worked("paths.factor", index, value, arithmetic, symbol="factor")

    def _explain_product(self, index: Index) -> Ledger:
        path = int(self.listed[index[0]])
        term = self.term(path)
        arithmetic = short_sum(
            term,
            general=r" \cdot ".join(one.symbol for one in term.factors),
            code=" * ".join(self._code(path, at) for at in range(len(term.factors))),
            symbols=self._symbols(),
            note="The local derivatives along one path, multiplied.",
        )
        return worked("paths.product", index, term.value, arithmetic, symbol="product")

    def _explain_sum(self, name: str, value: float, page: int) -> Ledger:
        which = self._others if name == "paths.rest" else np.arange(len(self.products))
        if not len(which):
            return given(name, np.array([value]), (0,), "every path is listed")
        of, below = self.tensor.split(".")
        what = "of the paths that are not listed" if name == "paths.rest" else "of all paths"
        listed = {int(path): place for place, path in enumerate(self.listed)}

        def term(at: int) -> Term:
            path = int(which[at])
            if path not in listed:
                return self.term(path)
            place = (listed[path],)
            return times(Factor("product", float(self.products[path]), "paths.product", place))

        arithmetic = total(
            self.products[which],
            term,
            Paging(page=page),
            general=r"\sum_{\text{paths}} \mathrm{product}",
            code="products.sum()",
            symbols={"products": "paths.product", "product": "paths.product"},
            note=f"The products {what} from {of}.{below}{list(self.index)} to the loss.",
        )
        return worked(name, (0,), value, arithmetic, symbol=name.partition(".")[2], page=page)

    def _explain_multiplied(self, value: float) -> Ledger:
        factors = [
            Factor("product", float(self.products[path]), "paths.product", (place,))
            for place, path in enumerate(self.listed)
        ]
        if len(self._others):
            others = float(self.products[self._others].prod())
            factors.append(Factor(rf"\text{{{len(self._others)} more}}", others))
        arithmetic = short_sum(
            times(*factors),
            general=r"\prod_{\text{paths}} \mathrm{product}",
            code="products.prod()",
            symbols={"products": "paths.product", "product": "paths.product"},
            note="What it would be if one multiplied where the way forks.",
        )
        return worked("paths.multiplied", (0,), value, arithmetic, symbol="multiplied")

    def _explain_quotient(self, value: float) -> Ledger:
        plus, minus, width = self._losses
        arithmetic = short_sum(
            times(
                Factor("L", plus, "paths.loss", (0,)), Factor(r"\frac{1}{2\varepsilon}", 1 / width)
            ),
            times(
                Factor("L", minus, "paths.loss", (1,)),
                Factor(r"\frac{-1}{2\varepsilon}", -1 / width),
            ),
            general=r"\frac{L(w + \varepsilon) - L(w - \varepsilon)}{2\varepsilon}",
            code=f"(loss[0] - loss[1]) / (2 * {EPSILON:g})",
            symbols={"loss": "paths.loss"},
            note="No chain rule in it: the parameter is nudged, the whole network computed again.",
        )
        return worked("paths.quotient", (0,), value, arithmetic, symbol="quotient")

    def _code(self, path: int, place: int) -> str:
        """Return a factor in NumPy."""
        if place == 0:
            entry = self._entry
            if entry.tensor is None:
                return "1.0"
            return f"{_plain(entry.symbol)}{list(entry.index or ())}"
        link = self._links[place - 1]
        at = [int(one[path]) for one in self._place(place - 1)]
        return link.code.replace("{at}", str(at if link.values.ndim > 1 else [0, *at]))

    def _symbols(self) -> dict[str, str]:
        """Return the tensors by the names in formula and code."""
        found = {} if self._entry.tensor is None else {self._entry.symbol: self._entry.tensor}
        for link in self._links:
            found[link.code.partition("{at}")[0].lstrip("(1 -")] = link.tensor
            if "{u}" not in link.symbol:
                found[link.symbol] = link.tensor
        return found


def _slope(scope: Scope, number: int, layer: int) -> _Link:
    """Return the slopes of the activation at every neuron."""
    activation = scope.layers[number]
    explainer = EXPLAINERS[activation.kind]
    assert isinstance(explainer, ActivationExplainer)
    z, a = (scope.array(number, short)[0] for short in ("x", "a"))
    of = "a" if explainer.slope_of == "a" else "x"
    with np.errstate(all="ignore"):
        left = leak(scope, number)
        slopes = [explainer.slope(*pair, left) for pair in zip(z.tolist(), a.tolist(), strict=True)]
    return _Link(
        np.array(slopes),
        f"f'_{{{layer}}}(z_{{u}})",
        explainer.slope_code.format(
            z=f"z{layer}{{at}}", a=f"a{layer}{{at}}", slope=getattr(activation, "slope", 0.0)
        ),
        scope.name(number, of),
        a if of == "a" else z,
    )


def _nudged(
    network: Network, scope: Scope, tensor: str, index: Index
) -> tuple[float, float, float]:
    """Return the loss with the parameter nudged up, and down, and how far apart both are."""
    values = network.parameters()[tensor]
    using = network.at(scope.using.batch, "nudge")
    using.follow(scope.using)
    before = float(values[index])
    above, below = before + EPSILON, before - EPSILON
    values[index] = above
    plus = using.evaluate()
    values[index] = below
    minus = using.evaluate()
    values[index] = before
    return plus, minus, above - below


def _plain(symbol: str) -> str:
    """Return a symbol as a name in NumPy: `a1` of `a_{1}`."""
    return symbol.translate(str.maketrans("", "", "_{}"))
