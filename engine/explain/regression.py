"""Ledgers of a linear regression: each loss and slope as a sum over the samples."""

from engine.explain.arithmetic import Arithmetic, Paging, at, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.simple import worked
from engine.explain.spot import Spot, short
from engine.landscape.regression import Regression
from engine.landscape.writing import variable_tex

ERROR = "e is a sample's error: its prediction − y."


def explain(ground: Regression, here: Spot, which: tuple[int, ...], paging: Paging) -> Arithmetic:
    """Return how J came about, or its derivative by the parameters of numbers `which`.

    Parameters
    ----------
    ground : Regression
    here : Spot
    which : tuple of int
        None of them for J, one for a slope, two for a curvature.
    paging : Paging
    """
    told = _Told(ground, here)
    n = len(ground.y)
    columns = [ground.parameters.index(ground.names[j]) for j in which]
    values = ground.columns[:, columns].prod(axis=1) * told.errors ** (2 - len(which)) / n
    share = Factor(r"\frac{1}{n}", 1 / n) if which else Factor(r"\frac{1}{2n}", 0.5 / n)

    def term(i: int) -> Term:
        slopes = [told.column(i, column) for column in columns if column]
        return times(share, *[told.error(i)] * (2 - len(which)), *slopes)

    parts = ["e_{i}^{2}" if not which else "e_{i}"] * (len(which) < 2)
    parts += [_x_tex("i", column) for column in columns if column]
    product = r" \cdot ".join(parts) or "1"
    x = short(here.data.x)
    code = [told.errors_code + " ** 2" * (not which)] * (len(which) < 2)
    code += [f"{x}[{told.rows}, {column - 1}]" for column in columns if column]
    return total(
        values if which else values / 2,
        term,
        paging,
        general=rf"{share.symbol} \sum_{{i}} {product}",
        code=f"({' * '.join(code) or 'np.ones(n)'}).mean()" + " / 2" * (not which),
        symbols=told.symbols,
        note=ERROR if len(which) < 2 else "",
    )


def error_ledger(
    here: Spot,
    i: int,
    tensor: str = "errors",
    index: Index | None = None,
    *,
    minus_y: bool = True,
    value: float | None = None,
    feeds: tuple[Reference, ...] = (),
) -> Ledger:
    """Return how the error of sample i came about: w0 + w1·x₁ + … − y.

    Parameters
    ----------
    here : Spot
        On a regression.
    i : int
        Which sample of the ground.
    tensor : str
    index : tuple of int, optional
        Which element of `tensor` it is; that of the sample's row if nobody says.
    minus_y : bool
        Without it, the ledger is of the prediction.
    value : float, optional
        The element as it is published, if it was rounded or computed among others.
    feeds
        As in `worked`.
    """
    ground = _regression(here)
    told, row = _Told(ground, here), here.data.row(i)
    terms, general = [], []
    for column in range(len(ground.parameters)):
        factors = [told.parameter(column), *([told.column(i, column)] if column else [])]
        terms.append(times(*factors))
        general.append(r" \cdot ".join(one.symbol for one in factors))
    code, formula = told.model_code(str(row)), " + ".join(general)
    if minus_y:
        y = Factor(f"y_{{{row}}}", float(ground.y[i]), here.data.y, (row,))
        terms.append(times(Factor("-1", -1.0), y))
        code = f"{code} - {at(told.y, (row,))}"
        formula = f"{formula} - {y.symbol}"
    arithmetic = short_sum(*terms, general=formula, code=code, symbols=told.symbols)
    found = sum(term.value for term in terms) if value is None else value
    where_it_is = (row,) if index is None else index
    return worked(tensor, where_it_is, found, arithmetic, symbol=short(tensor), feeds=feeds)


def sample_slope_ledger(
    here: Spot,
    i: int,
    j: int,
    tensor: str = "samples.dw",
    index: Index | None = None,
    *,
    value: float | None = None,
    feeds: tuple[Reference, ...] = (),
) -> Ledger:
    """Return how sample i's own slope came about: its error times what wⱼ is multiplied by.

    The parameters are those of `error_ledger`.
    """
    ground = _regression(here)
    told, row = _Told(ground, here), here.data.row(i)
    column = ground.parameters.index(ground.names[j])
    factors = [told.error(i), *([told.column(i, column)] if column else [])]
    x = short(here.data.x)
    error = at(told.errors_name, (row,)) if told.errors_name else repr(factors[0].value)
    arithmetic = short_sum(
        times(*factors),
        general=r" \cdot ".join(one.symbol for one in factors),
        code=error + (f" * {at(x, (row, column - 1))}" if column else ""),
        symbols=told.symbols,
        note=f"{ERROR} Times what the parameter is multiplied by: what this sample alone asks for.",
    )
    found = arithmetic.terms[0].value if value is None else value
    where_it_is = (row, j) if index is None else index
    return worked(tensor, where_it_is, found, arithmetic, symbol=short(tensor), feeds=feeds)


class _Told:
    """A regression at a place, its numbers as factors."""

    def __init__(self, ground: Regression, here: Spot) -> None:
        self._ground, self._data = ground, here.data
        self._whole = ground.whole(here.w)
        self._where = dict(zip(ground.names, here.where, strict=True))
        data = here.data
        self.errors = ground.errors(here.w)
        self.errors_name = short(data.errors) if data.errors else ""
        self.y = short(data.y)
        self.rows = ":" if data.rows is None else "rows"
        tensors = [data.x, data.y, data.errors, *(one.tensor for one in here.where)]
        self.symbols = {short(tensor): tensor for tensor in tensors if tensor}

    @property
    def errors_code(self) -> str:
        """The errors of all samples that count, as a NumPy expression."""
        only = "" if self.rows == ":" else "[rows]"
        if self.errors_name:
            return f"{self.errors_name}{only}"
        return f"({self.model_code(self.rows)} - {self.y}{only})"

    def model_code(self, rows: str) -> str:
        """Return the prediction of some rows as a NumPy expression."""
        named = {name: at(short(one.tensor), one.index) for name, one in self._where.items()}
        return self._ground.model_code(named, short(self._data.x), rows)

    def error(self, i: int) -> Factor:
        """Return the error of sample i."""
        row, name = self._data.row(i), self._data.errors
        value = float(self.errors[i])
        return Factor(f"e_{{{row}}}", value, name, (row,) if name else None)

    def column(self, i: int, column: int) -> Factor:
        """Return feature number column − 1 of sample i."""
        row = self._data.row(i)
        value = float(self._ground.columns[i, column])
        return Factor(_x_tex(row, column), value, self._data.x, (row, column - 1))

    def parameter(self, column: int) -> Factor:
        """Return a parameter; one that is held is no element of a tensor."""
        name = self._ground.parameters[column]
        symbol, value = variable_tex(name), float(self._whole[column])
        place = self._where.get(name)
        return Factor(symbol, value, place.tensor, place.index) if place else Factor(symbol, value)


def _regression(here: Spot) -> Regression:
    assert isinstance(here.ground, Regression)
    return here.ground


def _x_tex(row: int | str, column: int) -> str:
    return f"x_{{{row},{column - 1}}}"
