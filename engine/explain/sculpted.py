"""Ledgers of a ground that was shaped by hand: what is underneath, and one term a bump."""

from dataclasses import dataclass

import numpy as np

from engine.explain.arithmetic import Arithmetic, Paging, at, times, total
from engine.explain.ledger import Factor, Term
from engine.explain.spot import Spot, short
from engine.landscape.sculpted import Sculpted

MIDDLES = "ab"
"""How the middle of a bump is called, along w1 and along w2."""


def explain(
    ground: Sculpted, here: Spot, which: tuple[int, ...], base: Arithmetic, paging: Paging
) -> Arithmetic:
    """Return how J came about, or its derivative by the parameters of numbers `which`.

    Parameters
    ----------
    ground : Sculpted
    here : Spot
    which : tuple of int
        None of them for J, one for a slope, two for a curvature.
    base : Arithmetic
        The same of what is underneath, with all of its terms.
    paging : Paging
    """
    told = _Told(ground, here, which)
    below = list(base.terms)
    values = (ground.parts, ground.part_gradients, ground.part_hessians)[len(which)](here.w)
    if not len(ground.bumps):
        return base
    return total(
        np.array([*(one.value for one in below), *(one[which] for one in values)]),
        lambda i: below[i] if i < len(below) else told.term(i - len(below)),
        paging,
        general=" + ".join([base.general or r"\ldots", rf"\sum_{{k}} {told.general}"]),
        code=f"{base.code} + {told.code}",
        symbols={**base.symbols, **({told.bumps: here.data.bumps} if here.data.bumps else {})},
        note="Each bump k adds its height h, times what is left of it at the distance r.",
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A ground at a place, its bumps as terms."""

    ground: Sculpted
    here: Spot
    which: tuple[int, ...]

    @property
    def bumps(self) -> str:
        """What the bumps are called in code."""
        return short(self.here.data.bumps or "bumps")

    @property
    def general(self) -> str:
        """A bump's term in symbols, k standing for its number."""
        parts = ["h_{k}", self._left_tex("k"), *([self._inner_tex("k")] if self.which else [])]
        return r" \cdot ".join(parts)

    @property
    def code(self) -> str:
        """The sum of all bumps, as a NumPy expression."""
        name = self.bumps
        places = [at(short(one.tensor), one.index) for one in self.here.where]
        slopes = [f"({name}[:, {i}] - {places[i]}) / {name}[:, 3]**2" for i in range(2)]
        away = " + ".join(f"({places[i]} - {name}[:, {i}])**2" for i in range(2))
        inner = " * ".join(slopes[i] for i in self.which)
        if self._twice:
            inner = f"({inner} - 1 / {name}[:, 3]**2)"
        inner = f" * {inner}" if inner else ""
        return f"({name}[:, 2] * np.exp(-({away}) / (2 * {name}[:, 3]**2)){inner}).sum()"

    def term(self, k: int) -> Term:
        """Return what bump k adds."""
        data, here = self.here.data.bumps, self.here
        a, b, height, width = (float(one) for one in self.ground.bumps[k])
        away = np.array([a, b]) - here.w
        left = float(np.exp(-(away**2).sum() / (2 * width**2)))
        index = (k, 2) if data else None
        factors = [Factor(f"h_{{{k}}}", height, data, index), Factor(self._left_tex(k), left)]
        if self.which:
            inner = float(np.prod(away[list(self.which)] / width**2))
            inner -= 1 / width**2 if self._twice else 0.0
            factors.append(Factor(self._inner_tex(k), inner))
        return times(*factors)

    @property
    def _twice(self) -> bool:
        """Whether the same parameter is meant twice: the curvature along an axis."""
        return len(self.which) == 2 and self.which[0] == self.which[1]

    def _left_tex(self, k: int | str) -> str:
        return rf"e^{{-r_{{{k}}}^{{2}} / 2 s_{{{k}}}^{{2}}}}"

    def _inner_tex(self, k: int | str) -> str:
        slopes = [
            rf"\frac{{{MIDDLES[i]}_{{{k}}} - w_{{{i + 1}}}}}{{s_{{{k}}}^{{2}}}}" for i in self.which
        ]
        product = r" \cdot ".join(slopes)
        if self._twice:
            return rf"\left({product} - \frac{{1}}{{s_{{{k}}}^{{2}}}}\right)"
        return product
