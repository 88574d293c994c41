"""How each number of a sliding window came about."""

import numpy as np

from engine.errors import InvalidValueError
from engine.explain.arithmetic import Arithmetic, Paging, leaf, times, total
from engine.explain.correlation import Named, ledger_of, plain_sum, window_sum
from engine.explain.ledger import Factor, Index, Ledger, Reference
from engine.explain.sliding import ARRAYS, SlidingWindow
from engine.nn.correlate import turned


class WindowLedgers:
    """Ledgers of a moment.

    Parameters
    ----------
    moment : SlidingWindow
    """

    def __init__(self, moment: SlidingWindow) -> None:
        self.moment = moment

    def ledger(self, tensor: str, index: Index, *, page: int = 0) -> Ledger:
        """Return how an element of one of `ARRAYS`, or of `partial`, came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or element, or the window has not got there yet.
        """
        explain = {
            "x": self._explain_pixel,
            "x.padded": self._explain_padded,
            "k": self._explain_weight,
            "k.turned": self._explain_turned,
            "b": self._explain_bias,
            "window": self._explain_window,
            "places": self._explain_place,
            "products": self._explain_product,
            "sums": self._explain_sum,
            "partial": self._explain_partial,
            "y": self._explain_output,
            "visits": self._explain_visits,
        }.get(tensor)
        if explain is None:
            raise InvalidValueError(f"tensor: expected one of {', '.join(ARRAYS)}, got {tensor!r}")
        return explain(index, page)

    def _explain_pixel(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, value = m.x.element(index)
        feeds = self._covering(full) if m.padded is m.x else self._repeated(full)
        return ledger_of(m.x, full, leaf("given", "x", value, m.pixel_note), page=page, feeds=feeds)

    def _explain_padded(self, index: Index, page: int) -> Ledger:
        m = self.moment
        padded = Named.of("x.padded", m.padded.array, leading=1, symbol="padded")
        full, value = padded.element(index)
        channel, row, column = full
        source = m.sliding.source(row, column)
        inside = self._inside(row, column)
        if source is None:
            arithmetic = leaf("given", "0", value, "a cell of the padding: a zero")
        else:
            note = "" if inside else f"a cell of the padding: {m.sliding.border} repeats this pixel"
            arithmetic = m.x.identity((channel, *source), note)
        return ledger_of(padded, full, arithmetic, page=page, feeds=self._covering(full))

    def _explain_weight(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, value = m.k.element(index)
        f = full[0]
        places = (Reference("y", m.y.index((f, *m.sliding.place(at)))) for at in range(m.known))
        arithmetic = leaf("given", "k", value, m.kernel_note)
        return ledger_of(m.k, full, arithmetic, page=page, feeds=places)

    def _explain_turned(self, index: Index, page: int) -> Ledger:
        m = self.moment
        other = Named("k.turned", "turned", turned(m.kernels), m.k.kept)
        full, _ = other.element(index)
        last = m.kernels.shape[-1] - 1
        source = *full[:2], last - full[2], last - full[3]
        return ledger_of(other, full, m.k.identity(source, "the kernel turned by 180°"), page=page)

    def _explain_bias(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, value = m.b.element(index)
        places = (Reference("y", m.y.index((*full, *m.sliding.place(at)))) for at in range(m.known))
        note = "added to every sum; set by hand"
        return ledger_of(m.b, full, leaf("given", "b", value, note), page=page, feeds=places)

    def _explain_window(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, _ = m.window.element(index)
        source = self._under(full)
        feeds = (m.products.reference(full),)
        return ledger_of(m.window, full, m.padded.identity(source), page=page, feeds=feeds)

    def _explain_place(self, index: Index, page: int) -> Ledger:
        places = self.moment.places
        full, value = places.element(index)
        note = "where the cell of the window lies in the padded picture, counted row by row"
        return ledger_of(places, full, leaf("given", "p", value, note), page=page)

    def _explain_product(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, _ = m.products.element(index)
        weight = m.k.met(m.looked_at, *full)
        pixel = self._under(full)
        x, k = m.padded.factor(pixel), m.k.factor(weight)
        arithmetic = total(
            np.array([x.value * k.value]),
            lambda _: times(x, k),
            Paging(page=page),
            general=rf"{m.padded.symbol} \cdot k",
            code=f"{_at(m.padded, pixel)} * {_at(m.k, weight)}",
            symbols={m.padded.symbol: m.padded.name, "k": "k"},
        )
        feeds = (m.sums.reference(full[:1]),)
        return ledger_of(m.products, full, arithmetic, page=page, feeds=feeds)

    def _explain_sum(self, index: Index, page: int) -> Ledger:
        m = self.moment
        (channel,), _ = m.sums.element(index)
        size = m.kernels.shape[-1]
        places = [(channel, u, v) for u in range(size) for v in range(size)]
        of_channel = f"products[{channel}]" if m.products.kept[0] else "products"
        arithmetic = plain_sum(m.products, places, f"{of_channel}.sum()", page=page)
        here = m.looked_at, *m.place
        feeds = (m.y.reference(here),) if m.known else ()
        return ledger_of(m.sums, (channel,), arithmetic, page=page, feeds=feeds)

    def _explain_partial(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, _ = m.partial.element(index)
        f, channel, i, j = full
        self._need_known(f, i, j)
        arithmetic = self._window_sum((f, i, j), slice(channel, channel + 1), bias=False, page=page)
        feeds = (m.y.reference((f, i, j)),)
        return ledger_of(m.partial, full, arithmetic, page=page, feeds=feeds)

    def _explain_output(self, index: Index, page: int) -> Ledger:
        m = self.moment
        full, _ = m.y.element(index)
        f, i, j = full
        self._need_known(f, i, j)
        channels = len(m.picture)
        if channels == 1:
            arithmetic = self._window_sum((f, i, j), slice(0, 1), bias=True, page=page)
        else:
            bias = (lambda: m.b.factor((f,))) if m.biases[f] else None
            places = [(f, channel, i, j) for channel in range(channels)]
            filter_ = f"{f}, " if m.partial.kept[0] else ""
            code = f"partial[{filter_}:, {i}, {j}].sum()"
            code += f" + {_at(m.b, (f,))}" if bias else ""
            arithmetic = plain_sum(m.partial, places, code, page=page, more=bias)
        return ledger_of(m.y, full, arithmetic, page=page)

    def _explain_visits(self, index: Index, page: int) -> Ledger:
        m = self.moment
        visits = Named.of("visits", m.sliding.visits())
        full, value = visits.element(index)
        counts = [
            float(len(windows.covering(at - windows.before)))
            for at, windows in zip(full, (m.sliding.rows, m.sliding.columns), strict=True)
        ]
        one = times(Factor("r", counts[0]), Factor("c", counts[1]))
        arithmetic = total(
            np.array([value]),
            lambda _: one,
            Paging(page=page),
            general=r"r \cdot c",
            code=f"{counts[0]:g} * {counts[1]:g}",
            symbols={},
            note="how many windows cover the cell: rows of windows times columns of windows"
            + ("; 0: the window never gets there" if value == 0 else ""),
        )
        return ledger_of(visits, full, arithmetic, page=page)

    def _window_sum(
        self, place: tuple[int, int, int], channels: slice, *, bias: bool, page: int
    ) -> Arithmetic:
        m = self.moment
        _, i, j = place
        rows, columns = m.sliding.cells(i, j)
        outside = sum(
            not self._inside(row, column)
            for row in range(rows.start, rows.stop, rows.step)
            for column in range(columns.start, columns.stop, columns.step)
        )
        note = f"{outside} cells of the window lie in the padding." if outside else ""
        return window_sum(
            m.sliding,
            m.padded,
            m.k,
            place,
            channels=channels,
            bias=m.b if bias else None,
            page=page,
            note=note,
        )

    def _need_known(self, f: int, i: int, j: int) -> None:
        m = self.moment
        at = i * m.sliding.columns.count + j
        if at >= m.known:
            place = _at(m.y, (f, i, j))
            raise InvalidValueError(f"{place}: not there yet; step {at + 1} makes it")

    def _inside(self, row: int, column: int) -> bool:
        """Return whether a cell of the padded picture is one of the picture."""
        m = self.moment
        rows, columns = m.sliding.rows, m.sliding.columns
        return (
            0 <= row - rows.before < rows.length and 0 <= column - columns.before < columns.length
        )

    def _under(self, full: Index) -> Index:
        """Return which cell of the padded picture lies under a cell of the window."""
        m = self.moment
        channel, u, v = full
        rows, columns = m.sliding.cells(*m.place)
        step = m.sliding.dilation
        return channel, rows.start + u * step, columns.start + v * step

    def _repeated(self, full: Index) -> list[Reference]:
        """Return where the picture's own cell lies in the padded one."""
        m = self.moment
        channel, row, column = full
        place = channel, row + m.sliding.rows.before, column + m.sliding.columns.before
        return [m.padded.reference(place)]

    def _covering(self, full: Index) -> list[Reference]:
        """Return the known numbers of the map that a cell of the padded picture went into."""
        m = self.moment
        _, row, column = full
        rows, columns = m.sliding.rows, m.sliding.columns
        return [
            m.y.reference((f, i, j))
            for f in range(len(m.kernels))
            for i, _ in rows.covering(row - rows.before)
            for j, _ in columns.covering(column - columns.before)
            if i * columns.count + j < m.known
        ]


def _at(named: Named, full: Index) -> str:
    index = named.index(full)
    return f"{named.symbol}[{', '.join(map(str, index))}]" if index else named.symbol
