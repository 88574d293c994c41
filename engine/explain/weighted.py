"""What dense layers and convolutions share: a weighted sum and a bias."""

from collections.abc import Callable

import numpy as np

from engine.explain.arithmetic import Arithmetic, times, total
from engine.explain.asking import Asked
from engine.explain.ledger import Index, Term
from engine.snapshot import Array


def with_bias(
    asked: Asked,
    products: Array,
    describe: Callable[[int], Term],
    bias: Index,
    *,
    code: str,
    note: str = "",
) -> Arithmetic:
    """Return Σ x W + b, the bias as the last term.

    Parameters
    ----------
    products : ndarray of shape (terms,)
    describe : callable of int -> Term
    bias : tuple of int
        Where the bias lies in b.
    """
    last = len(products)
    values = np.append(products, float(asked.array("b")[bias]))
    return total(
        values,
        lambda i: times(asked.factor("b", "b", bias)) if i == last else describe(i),
        asked.paging,
        general=r"\sum x \cdot W + b",
        code=code,
        symbols=asked.symbols(x="x", W="W", b="b"),
        note=note,
    )
