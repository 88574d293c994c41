"""Activations as functions of one number: their values, their slopes, what layers leave of one.

Each function is that of the network's own layer (`engine.nn.activations.over`). A gradient that
goes back through an activation is multiplied by its slope; through n layers that all have the same
z and weights of 1, by the n-th power of it.
"""

from functools import partial

import numpy as np

from engine.explain.activation import EXPLAINERS, ActivationExplainer
from engine.explain.arithmetic import Paging, leaf, short_sum, times, total
from engine.explain.asking import Asked
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.numbers import Numbers
from engine.explain.scene import Scope
from engine.nn.activations import LeakyReLU, Linear, ReLU, Sigmoid, Tanh, over
from engine.nn.layer import Layer
from engine.snapshot import Array

FAR = 8.0
"""How far from 0 the curves reach."""

PLACES = np.linspace(-FAR, FAR, 161)
"""Where the curves are worked out; 0 is one of them, where sigmoid and tanh are steepest."""

LAYERS = 20
"""Through how many layers a gradient is followed back."""

NAMES = ("linear", "sigmoid", "tanh", "relu", "leaky_relu")
"""The activations, by the names of their layers; rows of tables stand in this order."""

NOTES = {
    "curve.z": "A weighted sum at which the curves are worked out.",
    "at.z": "The weighted sum that is looked at: drag the ball, or set z.",
    "chain.layer": "How many layers the gradient has gone back through.",
    "tangent.z": "Where the tangent ends.",
}
"""Numbers that nothing computes."""

SLOPES = {
    "linear": "1",
    "sigmoid": r"f(z) \cdot (1 - f(z))",
    "tanh": "1 - f(z)^2",
    "relu": "[z > 0]",
    "leaky_relu": r"1 \text{ where } z > 0,\; \mathrm{slope} \text{ elsewhere}",
}
"""Each derivative, as TeX."""

SLOPE_CODE = {
    "linear": "1.0",
    "sigmoid": "f * (1 - f)",
    "tanh": "1 - f**2",
    "relu": "float(z > 0)",
    "leaky_relu": "1.0 if z > 0 else slope",
}


def layers(slope: float) -> dict[str, Layer]:
    """Return a layer of each kind, by its name."""
    return {
        "linear": Linear(name="linear"),
        "sigmoid": Sigmoid(name="sigmoid"),
        "tanh": Tanh(name="tanh"),
        "relu": ReLU(name="relu"),
        "leaky_relu": LeakyReLU(name="leaky_relu", slope=slope),
    }


def flat_zones(layer: Layer, small: float) -> Array:
    """Return where |f'| is less than `small`, as far as curves are drawn.

    The ends are found by halving the distance of two places of the curve between which |f'| crosses
    `small`, until they are as near as numbers can be.

    Returns
    -------
    ndarray of shape (zones, 2)
        From where to where.
    """
    _, slopes = over(layer, PLACES)
    flat = np.abs(slopes) < small
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    ends = [_crossing(layer, small, PLACES[i], PLACES[i + 1]) for i in edges]
    inside = [FAR * sign for sign, there in ((-1.0, flat[0]), (1.0, flat[-1])) if there]
    return np.sort(np.array([*ends, *inside])).reshape(-1, 2)


def _crossing(layer: Layer, small: float, low: float, high: float) -> float:
    flat_below = abs(over(layer, np.array([low]))[1][0]) < small
    for _ in range(60):
        middle = (low + high) / 2
        if (abs(over(layer, np.array([middle]))[1][0]) < small) == flat_below:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, 12) + 0.0


class _Place(Scope):
    """A place on a curve, asked about as a layer's output is."""

    def __init__(self, layer: Layer, z: Array, name: str) -> None:
        self.prefix = ""
        self._layer, self._z, self._name = layer, z, name

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The one layer."""
        return (self._layer,)

    def name(self, number: int, short: str) -> str:
        """Return what z is called: nothing else is asked for."""
        return self._name

    def array(self, number: int, short: str) -> Array:
        """Return z."""
        return self._z


class Slopes(Numbers):
    """The activations over z, at one z, and behind so many layers.

    Parameters
    ----------
    z : float
        What is looked at.
    slope : float
        Of the leaky ReLU, left of 0.
    chosen : str
        Of `NAMES`: which one has a tangent and shaded zones.
    small : float
        A slope nearer to 0 than this counts as flat.
    made : int
        Through how many layers the gradient has gone back: the others are not there yet.
    """

    def __init__(self, z: float, *, slope: float, chosen: str, small: float, made: int) -> None:
        super().__init__({})
        self.notes |= NOTES
        self._small, self._chosen, self._made = small, chosen, made
        self._layers = layers(slope)
        here = np.array([z])
        curves = {name: over(layer, PLACES) for name, layer in self._layers.items()}
        at = [over(layer, here) for layer in self._layers.values()]
        self._k = NAMES.index(chosen)
        self.arrays |= {
            "curve.z": PLACES,
            "at.z": here,
            "at.f": np.array([f[0] for f, _ in at]),
            "at.df": np.array([df[0] for _, df in at]),
            "chain.layer": np.arange(LAYERS + 1, dtype=np.int32),
        }
        for name, (f, df) in curves.items():
            self.arrays |= {f"curve.{name}": f, f"slope.{name}": df}
            self.explainers[f"curve.{name}"] = partial(self._f, name)
            self.explainers[f"slope.{name}"] = partial(self._df, name)
        self.arrays["most.df"] = np.array([df.max() for _, df in curves.values()])
        self._follow_back()
        self.arrays["flat.z"] = flat_zones(self._layers[chosen], small)
        self._lay_tangent(z)
        self.explainers |= {
            "at.f": lambda i, _: self._at_f(i),
            "at.df": lambda i, _: self._at_df(i),
            "most.df": self._most,
            "flat.z": lambda i, _: self._flat(i),
            "tangent.f": lambda i, _: self._tangent(i),
        }

    def _follow_back(self) -> None:
        """Multiply a gradient of 1 by the slope, layer by layer."""
        slopes = self.arrays["at.df"]
        for k, name in enumerate(NAMES):
            left = np.full(LAYERS + 1, np.nan)
            left[0] = 1.0
            for n in range(self._made):
                left[n + 1] = left[n] * slopes[k]
            self.arrays[f"chain.{name}"] = left
            self.explainers[f"chain.{name}"] = partial(self._left, k)

    def _lay_tangent(self, z: float) -> None:
        f, df = (float(self.arrays[f"at.{of}"][self._k]) for of in ("f", "df"))
        ends = z + np.array([-1.5, 1.5]) / np.hypot(1.0, df)
        self.arrays |= {"tangent.z": ends, "tangent.f": f + df * (ends - z)}

    def _value(self, name: str, tensor: str, z: str, at: Index) -> Ledger:
        """Return the ledger of f at an element of the tensor `z`."""
        explainer = EXPLAINERS[name]
        assert isinstance(explainer, ActivationExplainer)
        scope = _Place(self._layers[name], self.arrays[z], z)
        index = (NAMES.index(name),) if tensor == "at.f" else at
        asked = Asked(scope, 0, at, self.value(tensor, index), Paging())
        return self.found(tensor, index, explainer.output(asked))

    def _derivative(
        self, name: str, tensor: str, index: Index, f: tuple[str, Index], z: tuple[str, Index]
    ) -> Ledger:
        """Return the ledger of f', which is made of f for sigmoid and tanh, and of z for others."""
        value = self.value(tensor, index)
        of = f if name in ("sigmoid", "tanh") else z
        slope = Factor(SLOPES[name], value, *of, self.value(*of))
        note = {
            "sigmoid": "It is never more than a quarter: the share times what it lacks of 1.",
            "tanh": "It is at most 1, and that only at z = 0.",
            "relu": "All or nothing. At z = 0 itself there is a corner; there the slope is taken "
            "as 0.",
            "leaky_relu": "Small on the left, but never 0.",
            "linear": "The same everywhere: nothing is bent.",
        }[name]
        arithmetic = short_sum(
            times(slope),
            general=SLOPES[name],
            code=SLOPE_CODE[name],
            symbols={self.symbol(of[0]): of[0]},
            note=note,
        )
        return self.found(tensor, index, arithmetic)

    def _f(self, name: str, index: Index, page: int) -> Ledger:
        return self._value(name, f"curve.{name}", "curve.z", index)

    def _df(self, name: str, index: Index, page: int) -> Ledger:
        f, z = (f"curve.{name}", index), ("curve.z", index)
        return self._derivative(name, f"slope.{name}", index, f, z)

    def _at_f(self, index: Index) -> Ledger:
        return self._value(NAMES[index[0]], "at.f", "at.z", (0,))

    def _at_df(self, index: Index) -> Ledger:
        return self._derivative(NAMES[index[0]], "at.df", index, ("at.f", index), ("at.z", (0,)))

    def _most(self, index: Index, page: int) -> Ledger:
        name = f"slope.{NAMES[index[0]]}"
        slopes = self.arrays[name]
        arithmetic = total(
            slopes,
            lambda i: times(self.factor(name, (i,), "f'")),
            Paging(page=page),
            combine="max",
            general=r"\max_z\, f'(z)",
            code="df.max()",
            symbols={"df": name},
            note="The steepest that this function ever is.",
        )
        return self.found("most.df", index, arithmetic, page=page)

    def _left(self, k: int, index: Index, page: int) -> Ledger:
        (n,) = index
        tensor = f"chain.{NAMES[k]}"
        if n == 0:
            note = "The gradient that comes from the loss, taken as 1."
            return self.found(tensor, index, leaf("given", "g", 1.0, note))
        return self.sum_of(
            tensor,
            index,
            times(self.factor(tensor, (n - 1,), "g"), self.factor("at.df", (k,), "f'")),
            general=r"g \cdot f'(z)",
            code="g * df",
            note=f"Layer {n} back: all that came so far, times the slope once more. The weights, "
            "which would be factors as well, are 1 here.",
        )

    def _flat(self, index: Index) -> Ledger:
        value = self.value("flat.z", index)
        if abs(value) == FAR:
            note = "The end of what is drawn: the slope stays small beyond it."
        else:
            note = f"Here |f'| crosses {self._small:g}, found by halving a distance until it is as "
            note += "small as numbers allow."
        return self.found("flat.z", index, leaf("given", "z", value, note))

    def _tangent(self, index: Index) -> Ledger:
        away = self.value("tangent.z", index) - self.value("at.z", (0,))
        slope = self.factor("at.df", (self._k,), "f'")
        return self.sum_of(
            "tangent.f",
            index,
            times(self.factor("at.f", (self._k,), "f")),
            times(slope, Factor(r"\Delta z", away)),
            general=r"f(z) + f'(z) \cdot \Delta z",
            code="f + df * dz",
            note="The straight line that touches the curve at z.",
        )
