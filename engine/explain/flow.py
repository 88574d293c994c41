r"""How large the signal is on its way forward through the layers, and the gradient on its way back.

A size is a root mean square over all samples and units. From one layer to the next it changes by a
factor, and the factor is a product of two: what the weights do and what the activation leaves.

    forward:   |a_l|  = |a_{l−1}|  · (|z_l| / |a_{l−1}|)   · (|a_l| / |z_l|)
    backward:  |dz_l| = |dz_{l+1}| · (|da_l| / |dz_{l+1}|) · (|dz_l| / |da_l|)

For weights that are drawn independently with mean 0, and biases of 0, the first of them is expected
to be √(n_in · mean W²) forward and √(n_out · mean W²) backward, as z is a sum of n_in products and
da one of n_out.
Source: Glorot, Bengio, *Understanding the difficulty of training deep feedforward neural networks*,
2010, section 4.2.1.
"""

from collections.abc import Callable

import numpy as np

from engine.errors import InvalidValueError
from engine.explain import tex
from engine.explain.arithmetic import floats, times
from engine.explain.histogram import Binned, even_edges, explain_edge, size_edges
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.lengths import explain_length, length_of, size_of
from engine.explain.numbers import Numbers
from engine.nn.passes import Pass
from engine.snapshot import Array

SCALES = ("shared", "own", "sizes")
"""One scale for the histograms of all layers, or one for each, or one of powers of ten."""

BINS = 41
"""Intervals of a histogram: odd, so that 0 is in the middle of one where both sides are as long."""

RATIOS = tuple(
    f"{way}.{short}" for way in ("forward", "backward") for short in ("through", "kept", "factor")
)
"""What is a quotient: it is no number where nothing comes in."""

COUNTED = {"hist.a": "forward", "hist.dz": "backward"}

SUMMARIES = (
    *("forward.size", "forward.z", "forward.spread", "forward.predicted"),
    *("backward.size", "backward.a", "backward.predicted", "weights.size", "norm.dW"),
    *RATIOS,
    *(f"{one}.{short}" for one in COUNTED for short in ("edges", "counts")),
)

NOTHING_IN = "not there yet: nothing comes in, and 0 / 0 is no number"
INDEPENDENT = (
    "What is expected of weights that are drawn independently, with mean 0. Where weights agree "
    "with each other, as equal ones do, their products add up and it is more."
)


class Flow(Numbers):
    """The sizes, and the ledgers of them.

    Parameters
    ----------
    using : Pass
        Which has gone forward and backward, of a network of dense layers with an activation each.
    scale : str
        One of `SCALES`.
    """

    def __init__(self, using: Pass, *, scale: str) -> None:
        self._tensors = using.tensors()
        layers = using.network.layers
        self._dense = [layer.name for layer in layers[::2]]
        self._acts = [layer.name for layer in layers[1::2]]
        hidden = len(self._dense) - 1
        self._a = [f"{self._dense[0]}.x", *(f"{one}.a" for one in self._acts[:-1])]
        self._z = [f"{one}.z" for one in self._dense]
        self._dz = [f"{one}.dz" for one in self._dense]
        self._da = [f"{one}.da" for one in self._acts[:-1]]
        self._w = [f"{one}.W" for one in self._dense]
        self._dw = [f"{one}.dW" for one in self._dense]
        self._scale = scale
        with np.errstate(all="ignore"):
            super().__init__(self._measure(hidden) | self._count())
        self._prepare()

    def tensor(self, name: str) -> Array:
        """Return a tensor of the pass."""
        return self._tensors[name]

    def _measure(self, hidden: int) -> dict[str, Array]:
        sizes = {
            "forward.size": self._sizes(self._a),
            "forward.z": self._sizes(self._z[:hidden]),
            "backward.size": self._sizes(self._dz),
            "backward.a": self._sizes(self._da),
            "weights.size": self._sizes(self._w),
            "forward.spread": np.array([size_of(self._deviations(one)) for one in self._a]),
            "norm.dW": np.array([length_of(self._tensors[one]) for one in self._dw]),
        }
        units, inputs = np.array([self._tensors[one].shape for one in self._w], float).T
        forward = _ratios(sizes["forward.size"], sizes["forward.z"], back=False)
        backward = _ratios(sizes["backward.size"], sizes["backward.a"], back=True)
        return {
            **sizes,
            "forward.predicted": (np.sqrt(inputs) * sizes["weights.size"])[:hidden],
            "backward.predicted": (np.sqrt(units) * sizes["weights.size"])[1:],
            **{f"forward.{short}": array for short, array in forward.items()},
            **{f"backward.{short}": array for short, array in backward.items()},
        }

    def _sizes(self, names: list[str]) -> Array:
        return np.array([size_of(self._tensors[one]) for one in names])

    def _deviations(self, name: str) -> Array:
        exact = np.asarray(self._tensors[name], np.float64)
        away: Array = exact - exact.mean(axis=0)
        return away

    def _count(self) -> dict[str, Array]:
        """Sort the numbers of each hidden layer into intervals."""
        arrays: dict[str, Array] = {}
        self._binned: dict[str, list[Binned]] = {}
        for name, of in (("hist.a", self._a[1:]), ("hist.dz", self._dz[:-1])):
            ends = [self._ends(one) for one in of]
            shared = min(low for low, _ in ends), max(high for _, high in ends)
            self._binned[name] = [
                Binned(
                    tensor=one,
                    array=self._tensors[one],
                    edges=self._edges(own if self._scale == "own" else shared),
                    sizes=self._scale == "sizes",
                )
                for one, own in zip(of, ends, strict=True)
            ]
            arrays[f"{name}.edges"] = np.array([one.edges for one in self._binned[name]])
            arrays[f"{name}.counts"] = np.array([one.counts() for one in self._binned[name]])
        return arrays

    def _ends(self, name: str) -> tuple[float, float]:
        """Return the least and the greatest number, with 0 between; of sizes, those above 0."""
        flat = floats(self._tensors[name])
        flat = flat[np.isfinite(flat)]
        if self._scale == "sizes":
            flat = np.abs(flat[flat != 0])
            return (float(flat.min()), float(flat.max())) if len(flat) else (np.inf, 0.0)
        low, high = float(flat.min(initial=0.0)), float(flat.max(initial=0.0))
        if low < 0 < high:
            high = max(-low, high)
            low = -high
        return low, high

    def _edges(self, ends: tuple[float, float]) -> Array:
        low, high = ends
        if self._scale == "sizes":
            return size_edges(low if np.isfinite(low) else 0.0, high, BINS)
        return even_edges(low, high, BINS)

    def _prepare(self) -> None:
        rooted = {
            "forward.size": self._a,
            "forward.z": self._z,
            "backward.size": self._dz,
            "backward.a": self._da,
            "weights.size": self._w,
        }
        for tensor, names in rooted.items():
            self.explainers[tensor] = self._size_explainer(tensor, names)
        self.explainers["forward.spread"] = self._spread
        self.explainers["norm.dW"] = self._norm
        for way, short in (("forward", "z"), ("backward", "a")):
            for ratio in ("through", "kept"):
                self.explainers[f"{way}.{ratio}"] = self._ratio_explainer(way, short, ratio)
            self.explainers[f"{way}.factor"] = self._factor_explainer(way)
            self.explainers[f"{way}.predicted"] = self._predicted_explainer(way)
        for name in COUNTED:
            self.explainers[f"{name}.counts"] = self._count_explainer(name)
            self.explainers[f"{name}.edges"] = self._edge_explainer(name)

    def _term(self, name: str, place: Index) -> Term:
        symbol = name.rpartition(".")[2]
        value = float(self._tensors[name][place])
        return times(Factor(tex.symbol(symbol), value, name, place))

    def _size_explainer(self, tensor: str, names: list[str]) -> Callable[[Index, int], Ledger]:
        def answer(index: Index, page: int) -> Ledger:
            name = names[index[0]]
            array = self._tensors[name]
            symbol = name.rpartition(".")[2]
            arithmetic = explain_length(
                array,
                lambda at: self._term(name, _place(array, at)),
                symbol=tex.symbol(symbol),
                code=f"np.sqrt(np.mean({symbol}**2))",
                symbols={symbol: name},
                mean=True,
                page=page,
                note=f"How large a number of {name} typically is, over all {array.size} of them.",
            )
            return self.found(tensor, index, arithmetic, page=page)

        return answer

    def _spread(self, index: Index, page: int) -> Ledger:
        name = self._a[index[0]]
        array, away = self._tensors[name], self._deviations(name)
        symbol = name.rpartition(".")[2]

        def term(at: int) -> Term:
            place = _place(array, at)
            shown = rf"({symbol} - \bar{{{symbol}}})"
            return times(Factor(shown, float(away[place]), name, place, float(array[place])))

        arithmetic = explain_length(
            away,
            term,
            symbol=rf"({symbol} - \bar{{{symbol}}})",
            code=f"np.sqrt(np.mean(({symbol} - {symbol}.mean(axis=0))**2))",
            symbols={symbol: name},
            mean=True,
            page=page,
            note="How far the samples are apart in this layer: each number less its unit's mean "
            "over all samples. 0 is a layer that answers the same whatever it sees.",
        )
        return self.found("forward.spread", index, arithmetic, page=page)

    def _norm(self, index: Index, page: int) -> Ledger:
        name = self._dw[index[0]]
        array = self._tensors[name]
        arithmetic = explain_length(
            array,
            lambda at: self._term(name, _place(array, at)),
            symbol=r"\mathrm{dW}",
            code="np.linalg.norm(dW)",
            symbols={"dW": name},
            page=page,
            note="The length of the layer's gradient: how much its weights can do for the loss.",
        )
        return self.found("norm.dW", index, arithmetic, page=page)

    def _ratio_explainer(self, way: str, short: str, ratio: str) -> Callable[[Index, int], Ledger]:
        """Explain what the weights do (`through`) or what the activation leaves (`kept`)."""
        tensor, size, middle = f"{way}.{ratio}", f"{way}.size", f"{way}.{short}"

        def answer(index: Index, _: int) -> Ledger:
            at = index[0]
            came, left = (at, at + 1) if way == "forward" else (at + 1, at)
            above, below = (
                ((middle, at), (size, came)) if ratio == "through" else ((size, left), (middle, at))
            )
            self._need_number(tensor, index)
            below_value = self.value(below[0], (below[1],))
            symbols = self._names(way, at)
            top, low = symbols[above], symbols[below]
            return self.sum_of(
                tensor,
                index,
                times(
                    self.factor(above[0], (above[1],), top),
                    self.of(rf"\frac{{1}}{{{low}}}", 1 / below_value, below[0], (below[1],)),
                ),
                general=rf"\frac{{{top}}}{{{low}}}",
                code=f"{_code(above)} / {_code(below)}",
                note=self._what(way, ratio, at),
            )

        return answer

    def _names(self, way: str, at: int) -> dict[tuple[str, int], str]:
        """Return what the sizes beside a layer are called in formulae."""
        if way == "forward":
            before = "x" if at == 0 else f"a_{{{at}}}"
            return {
                ("forward.size", at): rf"\|{before}\|",
                ("forward.z", at): rf"\|z_{{{at + 1}}}\|",
                ("forward.size", at + 1): rf"\|a_{{{at + 1}}}\|",
            }
        return {
            ("backward.size", at + 1): rf"\|\mathrm{{dz}}_{{{at + 2}}}\|",
            ("backward.a", at): rf"\|\mathrm{{da}}_{{{at + 1}}}\|",
            ("backward.size", at): rf"\|\mathrm{{dz}}_{{{at + 1}}}\|",
        }

    def _what(self, way: str, ratio: str, at: int) -> str:
        layer = self._dense[at if way == "forward" else at + 1]
        if ratio == "kept":
            what = "leaves of z" if way == "forward" else "lets through of the gradient: its slopes"
            return f"What {self._acts[at]} {what}."
        to = "on the way forward" if way == "forward" else "on the way back, by Wᵀ"
        return f"What the weights of {layer} make of the size {to}."

    def _factor_explainer(self, way: str) -> Callable[[Index, int], Ledger]:
        def answer(index: Index, _: int) -> Ledger:
            self._need_number(f"{way}.factor", index)
            return self.sum_of(
                f"{way}.factor",
                index,
                times(
                    self.factor(f"{way}.through", index, r"\text{weights}"),
                    self.factor(f"{way}.kept", index, r"\text{activation}"),
                ),
                general=r"\text{weights} \cdot \text{activation}",
                code=f"through[{index[0]}] * kept[{index[0]}]",
                note="By how much the size changes from one layer to the next.",
            )

        return answer

    def _predicted_explainer(self, way: str) -> Callable[[Index, int], Ledger]:
        def answer(index: Index, _: int) -> Ledger:
            layer = index[0] + (way == "backward")
            units, inputs = self._tensors[self._w[layer]].shape
            n, name = (inputs, r"n_{in}") if way == "forward" else (units, r"n_{out}")
            return self.sum_of(
                f"{way}.predicted",
                index,
                times(
                    Factor(rf"\sqrt{{{name}}}", float(np.sqrt(n))),
                    self.factor("weights.size", (layer,), r"\sqrt{\mathrm{mean}\, W^2}"),
                ),
                general=rf"\sqrt{{{name}}} \cdot \sqrt{{\mathrm{{mean}}\, W^2}}",
                code=f"np.sqrt({n} * np.mean(W**2))",
                note=INDEPENDENT,
            )

        return answer

    def _count_explainer(self, name: str) -> Callable[[Index, int], Ledger]:
        return lambda index, page: self._binned[name][index[0]].explain_count(
            f"{name}.counts", index, page=page
        )

    def _edge_explainer(self, name: str) -> Callable[[Index, int], Ledger]:
        notes = {
            "shared": "One scale for all layers: from their least to their greatest number, in "
            f"{BINS} equal intervals; 0 is always inside.",
            "own": f"From this layer's least to its greatest number, in {BINS} equal intervals; 0 "
            "is always inside.",
            "sizes": "Sizes without signs, in equal steps of the exponent; the first interval "
            "begins at 0.",
        }

        def answer(index: Index, _: int) -> Ledger:
            tensor = f"{name}.edges"
            return explain_edge(tensor, index, self.value(tensor, index), notes[self._scale])

        return answer

    def _need_number(self, tensor: str, index: Index) -> None:
        if np.isnan(self.value(tensor, index)):
            raise InvalidValueError(f"{tensor}{list(index)}: {NOTHING_IN}")


def _ratios(sizes: Array, middle: Array, *, back: bool) -> dict[str, Array]:
    """Return what the weights do, what the activation leaves, and both together."""
    came, left = (sizes[1:], sizes[:-1]) if back else (sizes[:-1], sizes[1:])
    through, kept = middle / came, left / middle
    found = {"through": through, "kept": kept, "factor": through * kept}
    return {name: np.where(np.isfinite(one), one, np.nan) for name, one in found.items()}


def _place(array: Array, at: int) -> Index:
    return tuple(int(i) for i in np.unravel_index(at, array.shape))


def _code(of: tuple[str, int]) -> str:
    return f"{of[0].rpartition('.')[2]}[{of[1]}]"
