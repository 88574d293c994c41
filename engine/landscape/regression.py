"""Linear regression as a ground: half the mean squared error over all or some of its parameters."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.errors import InvalidValueError
from engine.landscape.ground import Bounds
from engine.snapshot import Array

MARGIN = 1.4
"""How far beyond the least point and the start is drawn, as a share of their distance."""


class Regression:
    """The ground J = 1/(2n) Σᵢ (w0 + w1·x₁ + … − y)²; see `Ground`.

    Parameters
    ----------
    x : ndarray of shape (n, features)
    y : ndarray of shape (n,)
    names : sequence of str, optional
        Which parameters it is a function of, in this order: `w0` is the intercept, `w1` the weight
        of the first feature, and so on. All of them if nobody says.
    fixed : mapping of str to float, optional
        The others; 0 where nobody says.
    bounds : tuple of (float, float), optional
        Around the least point, with the start in it, if nobody says.
    start : sequence of float, optional
        Zeros if nobody says.

    Raises
    ------
    InvalidValueError
        If shapes do not fit, there is no sample, or a parameter is unknown.
    """

    def __init__(
        self,
        x: Array,
        y: Array,
        *,
        names: Sequence[str] | None = None,
        fixed: Mapping[str, float] | None = None,
        bounds: Bounds | None = None,
        start: Sequence[float] | None = None,
    ) -> None:
        self.x = np.array(x, np.float64)
        self.y = np.array(y, np.float64)
        if self.x.ndim != 2 or self.y.shape != self.x.shape[:1] or not len(self.y):
            raise InvalidValueError(
                "regression: expected x of shape (n, features) and y of shape (n,) with n from 1, "
                f"got {self.x.shape} and {self.y.shape}"
            )
        self.parameters = tuple(f"w{i}" for i in range(self.x.shape[1] + 1))
        self.names = tuple(names or self.parameters)
        for name in (*self.names, *(fixed or {})):
            if name not in self.parameters:
                known = ", ".join(self.parameters)
                raise InvalidValueError(f"names: expected some of {known}, got {name}")
        self.fixed = {
            name: float((fixed or {}).get(name, 0.0))
            for name in self.parameters
            if name not in self.names
        }
        # a column for each parameter: 1 for the intercept
        self.columns = np.column_stack([np.ones(len(self.y)), self.x])
        self._free = [self.parameters.index(name) for name in self.names]
        self.start = tuple(float(one) for one in (start or (0.0,) * len(self.names)))
        self.bounds: Bounds = bounds or self._around()

    @property
    def design(self) -> Array:
        """What each parameter is multiplied by, shape (n, d): ∂error/∂w, the same at every w."""
        return self.columns[:, self._free]

    @property
    def tex(self) -> str:
        """J in TeX, the right-hand side."""
        return (
            rf"\frac{{1}}{{2 \cdot {len(self.y)}}} \sum_{{i}} "
            rf"\left({self._model_tex()} - y_{{i}}\right)^{{2}}"
        )

    @property
    def code(self) -> str:
        """J as one NumPy expression of the names, with the data `x` and `y`."""
        return f"(({self.model_code()} - y) ** 2).mean() / 2"

    def value(self, w: Array) -> Array:
        """Return J of w, of shape (..., d), as an array of shape (...)."""
        with np.errstate(all="ignore"):
            return np.asarray((self.errors(w) ** 2).mean(axis=-1) / 2)

    def gradient(self, w: Array) -> Array:
        """Return ∂J/∂wⱼ = 1/n Σᵢ errorᵢ · xᵢⱼ at w, both of shape (..., d)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.errors(w) @ self.design / len(self.y))

    def hessian(self, w: Array) -> Array:
        """Return ∂²J/∂wⱼ∂wₖ = 1/n Σᵢ xᵢⱼ · xᵢₖ, of shape (..., d, d): the same at every w."""
        matrix = self.design.T @ self.design / len(self.y)
        return np.array(np.broadcast_to(matrix, (*np.shape(w)[:-1], *matrix.shape)))

    def whole(self, w: Array) -> Array:
        """Return all parameters, of shape (..., features + 1), the fixed ones among them."""
        w = np.asarray(w, np.float64)
        whole = np.empty((*w.shape[:-1], len(self.parameters)))
        for name, value in self.fixed.items():
            whole[..., self.parameters.index(name)] = value
        whole[..., self._free] = w
        return whole

    def predict(self, w: Array, x: Array | None = None) -> Array:
        """Return w0 + w1·x₁ + … of the samples, or of others.

        Parameters
        ----------
        w : ndarray of shape (..., d)
        x : ndarray of shape (m, features), optional

        Returns
        -------
        ndarray of shape (..., m)
        """
        columns = self.columns
        if x is not None:
            columns = np.column_stack([np.ones(len(x)), np.asarray(x, np.float64)])
        whole = self.whole(w)
        with np.errstate(all="ignore"):
            # not by a product of matrices: that rounds one place otherwise than many at once
            found = whole[..., :1] * columns[:, 0]
            for j in range(1, len(self.parameters)):
                found = found + whole[..., j : j + 1] * columns[:, j]
            return np.asarray(found)

    def errors(self, w: Array) -> Array:
        """Return prediction − y for each sample, of shape (..., n)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.predict(w) - self.y)

    def sample_losses(self, w: Array) -> Array:
        """Return each sample's own error²/2, of shape (..., n); J is their mean."""
        with np.errstate(all="ignore"):
            return np.asarray(self.errors(w) ** 2 / 2)

    def sample_gradients(self, w: Array) -> Array:
        """Return each sample's errorᵢ · xᵢⱼ, of shape (..., n, d); their mean is the gradient."""
        with np.errstate(all="ignore"):
            return np.asarray(self.errors(w)[..., None] * self.design)

    def least(self) -> Array:
        """Return where J is least, of shape (d,); nearest to 0 where many places are."""
        rest = self.y - self.predict(np.zeros(len(self.names)))
        return np.linalg.lstsq(self.design, rest, rcond=None)[0]

    def model_code(
        self, named: Mapping[str, str] | None = None, x: str = "x", rows: str = ":"
    ) -> str:
        """Return the prediction as a NumPy expression.

        Parameters
        ----------
        named : mapping of str to str, optional
            What to write for a parameter instead of its name.
        x, rows : str
            What the data is called, and which of its rows are meant.
        """
        named = {**{name: repr(value) for name, value in self.fixed.items()}, **(named or {})}
        called = [named.get(name, name) for name in self.parameters]
        products = [f"{one} * {x}[{rows}, {j}]" for j, one in enumerate(called[1:])]
        return " + ".join([called[0], *products])

    def _around(self) -> Bounds:
        least, start = self.least(), np.asarray(self.start)
        reach = np.maximum(np.abs(start - least) * MARGIN, 0.5)
        return tuple(
            (float(low), float(high))
            for low, high in zip(least - reach, least + reach, strict=True)
        )

    def _model_tex(self) -> str:
        written = [self._name_tex("w0")]
        for j in range(1, len(self.parameters)):
            below = f"i{j}" if self.x.shape[1] > 1 else "i"
            written.append(rf"{self._name_tex(f'w{j}')} \cdot x_{{{below}}}")
        return " + ".join(written)

    def _name_tex(self, name: str) -> str:
        if name not in self.fixed:
            return f"w_{{{name[1:]}}}"
        value = f"{self.fixed[name]:.6g}"
        return rf"\left({value}\right)" if value.startswith("-") else value


def two_samples() -> Regression:
    """Return the worked example: (2, 3) → 1.8 and (4, 5) → 3.2, over w0, w1 and w2."""
    return Regression(
        np.array([[2.0, 3.0], [4.0, 5.0]]),
        np.array([1.8, 3.2]),
        bounds=((-0.5, 0.5), (-0.5, 1.0), (-0.5, 1.0)),
    )
