"""The convolution: z = W ∗ x + b.

Source: Dumoulin, Visin, *A guide to convolution arithmetic for deep learning*, 2016; the gradients
collect, for each number, every window that it was in.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

from engine.explain.arithmetic import Arithmetic, floats, times, total
from engine.explain.asking import Asked, Explainer
from engine.explain.ledger import Index, Term
from engine.explain.weighted import with_bias
from engine.nn.conv import Conv2D
from engine.nn.layer import Layer
from engine.nn.windows import Windows

EVERY = slice(None)
DZ = r"\mathrm{dz}"


class ConvExplainer(Explainer):
    """Sums over a window, over the windows that a pixel is in, or over all windows."""

    def output(self, asked: Asked) -> Arithmetic:
        """Explain z[n, f, i, j] = Σ W[f, c, u, v] x[n, c, i·stride + u·dilation − padding, …] + b.

        Cells of the window that lie outside the picture are zeros, and left out.
        """
        layer: Conv2D = asked.layer
        n, f, i, j = asked.index
        us, rows = layer.rows.cells(i)
        vs, columns = layer.columns.cells(j)
        x = asked.array("x")[n, :, rows, columns]
        W = asked.array("W")[f, :, us, vs]
        channels, height, width = x.shape

        def term(at: int) -> Term:
            c, u, v = (int(k) for k in np.unravel_index(at, x.shape))
            pixel = n, c, rows.start + u * layer.dilation, columns.start + v * layer.dilation
            weight = f, c, us.start + u, vs.start + v
            return times(asked.factor("x", "x", pixel), asked.factor("W", "W", weight))

        outside = channels * (layer.size**2 - height * width)
        note = f"{outside} cells of the window lie in the padding, and are 0." if outside else ""
        window = f"x[{n}, :, {_spell(rows)}, {_spell(columns)}]"
        weights = f"W[{f}, :, {_spell(us)}, {_spell(vs)}]" if outside else f"W[{f}]"
        code = f"({window} * {weights}).sum() + b[{f}]"
        return with_bias(asked, floats(x) * floats(W), term, (f,), code=code, note=note)

    def input_gradient(self, asked: Asked) -> Arithmetic:
        """Explain dx[n, c, r, s] = Σ dz[n, f, i, j] W[f, c, u, v] over the windows it was in."""
        layer: Conv2D = asked.layer
        n, c, r, s = asked.index
        dz, W = asked.array("dz"), asked.array("W")
        places = list(product(layer.rows.covering(r), layer.columns.covering(s)))
        outs = tuple(np.array([(i, j) for (i, _), (j, _) in places], int).reshape(-1, 2).T)
        cells = tuple(np.array([(u, v) for (_, u), (_, v) in places], int).reshape(-1, 2).T)
        # (filters, windows)
        products = floats(dz[n, :, outs[0], outs[1]].T) * floats(W[:, c, cells[0], cells[1]])

        def term(at: int) -> Term:
            f, place = divmod(at, len(places))
            (i, u), (j, v) = places[place]
            return times(asked.factor(DZ, "dz", (n, f, i, j)), asked.factor("W", "W", (f, c, u, v)))

        i_s, j_s, u_s, v_s = (axis.tolist() for axis in (*outs, *cells))
        return total(
            products,
            term,
            asked.paging,
            general=rf"\sum {DZ} \cdot W",
            code=f"(dz[{n}][:, {i_s}, {j_s}] * W[:, {c}][:, {u_s}, {v_s}]).sum()",
            symbols=asked.symbols(dz="dz", W="W"),
            note="" if places else "No window covers it.",
        )

    def gradient(self, asked: Asked, short: str) -> Arithmetic:
        """Explain dW[f, c, u, v] = Σ dz[n, f, i, j] x[n, c, …] and db[f] = Σ dz[n, f, i, j]."""
        layer: Conv2D = asked.layer
        f = asked.index[0]
        if short == "db":
            dz = asked.array("dz")[:, f]

            def bias_term(at: int) -> Term:
                n, i, j = (int(k) for k in np.unravel_index(at, dz.shape))
                return times(asked.factor(DZ, "dz", (n, f, i, j)))

            return total(
                floats(dz),
                bias_term,
                asked.paging,
                general=rf"\sum {DZ}",
                code=f"dz[:, {f}].sum()",
                symbols=asked.symbols(dz="dz"),
            )
        _, c, u, v = asked.index
        (i_s, rows), (j_s, columns) = layer.rows.inside(u), layer.columns.inside(v)
        dz = asked.array("dz")[:, f, i_s, j_s]
        x = asked.array("x")[:, c, rows, columns]

        def term(at: int) -> Term:
            n, i, j = (int(k) for k in np.unravel_index(at, dz.shape))
            pixel = n, c, rows.start + i * layer.stride, columns.start + j * layer.stride
            return times(
                asked.factor(DZ, "dz", (n, f, i_s.start + i, j_s.start + j)),
                asked.factor("x", "x", pixel),
            )

        windows = f"dz[:, {f}, {_spell(i_s)}, {_spell(j_s)}]"
        return total(
            floats(dz) * floats(x),
            term,
            asked.paging,
            general=rf"\sum {DZ} \cdot x",
            code=f"({windows} * x[:, {c}, {_spell(rows)}, {_spell(columns)}]).sum()",
            symbols=asked.symbols(dz="dz", x="x"),
        )

    def uses(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield every filter's windows that cover the pixel."""
        assert isinstance(layer, Conv2D)
        n, _, r, s = index
        for f in range(layer.filters):
            for (i, _), (j, _) in product(layer.rows.covering(r), layer.columns.covering(s)):
                yield n, f, i, j

    def used(self, layer: Layer, index: Index) -> Iterator[Index]:
        """Yield the pixels of the window."""
        assert isinstance(layer, Conv2D)
        n, _, i, j = index
        rows, columns = _positions(layer.rows, i), _positions(layer.columns, j)
        return ((n, c, r, s) for c in range(layer.channels) for r in rows for s in columns)

    def weighs(self, layer: Layer, short: str, index: Index) -> Iterator[Index]:
        """Yield the filter's feature map, where the weight does not lie in the padding."""
        assert isinstance(layer, Conv2D)
        rows, columns = slice(0, layer.rows.count), slice(0, layer.columns.count)
        if short == "W":
            rows, columns = layer.rows.inside(index[2])[0], layer.columns.inside(index[3])[0]
        for i in range(rows.start, rows.stop):
            for j in range(columns.start, columns.stop):
                yield 0, index[0], i, j

    def weighed(self, layer: Layer, index: Index) -> Iterator[tuple[str, Index]]:
        """Yield the filter's bias, and its weights that lie on the picture."""
        assert isinstance(layer, Conv2D)
        _, f, i, j = index
        yield "db", (f,)
        (us, _), (vs, _) = layer.rows.cells(i), layer.columns.cells(j)
        for c in range(layer.channels):
            for u in range(us.start, us.stop):
                for v in range(vs.start, vs.stop):
                    yield "dW", (f, c, u, v)


def _positions(windows: Windows, window: int) -> range:
    """Return the positions on the axis that a window covers."""
    cells, _ = windows.cells(window)
    start = windows.position(window, cells.start)
    return range(start, windows.position(window, cells.stop - 1) + 1, windows.dilation)


def _spell(part: slice) -> str:
    step = part.step if part.step not in (None, 1) else ""
    return f"{part.start}:{part.stop}" + (f":{step}" if step else "")


EXPLAINERS = {Conv2D.kind: ConvExplainer()}
