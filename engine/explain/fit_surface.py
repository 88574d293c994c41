"""The ground under a fit, as it is drawn: its height and its curvature over a grid of (w, b)."""

import numpy as np

from engine.explain.arithmetic import Arithmetic, Paging, constant, short_sum, times, total
from engine.explain.fit import eigenvalue
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.scene import element
from engine.explain.simple import worked
from engine.landscape.mean_loss import MeanLoss
from engine.snapshot import Array

SIGNS = (
    "both negative",
    "one negative, one 0",
    "one of each",
    "one positive, one 0",
    "both positive",
)
"""What `surface.sign` counts: the signs of the Hessian's two eigenvalues, added, and 2."""

SHORT = ("surface.J", "surface.values", "surface.sign")


class FitSurface:
    """A ground over a grid.

    Parameters
    ----------
    name, axes : str
        What the names of its tensors begin with, and those of the grid's `w` and `b`.
    ground : MeanLoss
    w, b : ndarray of shape (columns,), (rows,)

    Attributes
    ----------
    arrays : dict of str to ndarray
        By their short names; (rows, columns), and the eigenvalues (rows, columns, 2).
    """

    def __init__(self, name: str, axes: str, ground: MeanLoss, w: Array, b: Array) -> None:
        self.name, self._axes, self.ground = name, axes, ground
        self._w, self._b = w, b
        grid = np.stack(np.meshgrid(w, b), -1)
        values = ground.eigenvalues(grid)
        self.arrays = {
            "surface.J": ground.value(grid).astype(np.float32),
            "surface.values": values.astype(np.float32),
            "surface.sign": (np.sign(values).sum(-1) + 2).astype(np.uint8),
        }

    def ledger(self, short: str, index: Index, page: int) -> Ledger:
        """Return how an element of one of its tensors came about."""
        tensor = f"{self.name}.{short}"
        index, value = element(tensor, self.arrays[short], index)
        rules = {"surface.J": self._J, "surface.values": self._values, "surface.sign": self._sign}
        arithmetic = rules[short](index, page)
        symbol = {"surface.J": "J", "surface.values": "eigenvalues"}.get(short, "sign")
        return worked(tensor, index, value, arithmetic, symbol=symbol, page=page)

    def _place(self, index: Index) -> Array:
        return np.array([self._w[index[1]], self._b[index[0]]])

    def _where(self, index: Index) -> str:
        w, b = self._place(index)
        return f"Here w = {w:.4g} and b = {b:.4g}."

    def _J(self, index: Index, page: int) -> Arithmetic:
        ground = self.ground
        scores = ground.scores(self._place(index))
        losses = ground.loss.value(scores, ground.y)

        def term(i: int) -> Term:
            return constant(rf"\ell_{{{i}}}", float(losses[i]))

        return total(
            losses,
            term,
            Paging(page=page),
            combine="mean",
            general=r"\frac{1}{n} \sum \ell",
            code=f"J(w[{index[1]}], b[{index[0]}])",
            symbols={"w": f"{self._axes}.w", "b": f"{self._axes}.b"},
            note=f"{self._where(index)} The mean of what the {len(losses)} points would cost.",
        )

    def _values(self, index: Index, page: int) -> Arithmetic:
        H = self.ground.hessian(self._place(index))
        made = eigenvalue(H, index, None, {})
        return Arithmetic(
            combine="sum",
            terms=made.terms,
            general=made.general,
            numbers=made.numbers,
            code=made.code,
            note=f"{self._where(index)} {made.note}",
        )

    def _sign(self, index: Index, page: int) -> Arithmetic:
        values = self.ground.eigenvalues(self._place(index))
        shown = self.arrays["surface.values"]
        terms = (
            times(
                Factor(
                    r"\mathrm{sign}",
                    float(np.sign(value)),
                    f"{self.name}.surface.values",
                    (*index, which),
                    float(shown[(*index, which)]),
                )
            )
            for which, value in enumerate(values)
        )
        said = SIGNS[int(self.arrays["surface.sign"][index])]
        return short_sum(
            *terms,
            constant("2", 2.0),
            general=r"\mathrm{sign}\,\lambda_0 + \mathrm{sign}\,\lambda_1 + 2",
            code=f"np.sign(eigenvalues[{index[0]}, {index[1]}]).sum() + 2",
            symbols={"eigenvalues": f"{self.name}.surface.values"},
            note=f"{self._where(index)} The two eigenvalues: {said}.",
        )
