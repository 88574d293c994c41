"""Units whose sum is positive for no point: how they are found, counted, and what reaches them.

A ReLU that gets z ≤ 0 from every point says 0 to all of them, and its slope is 0 at all of them: no
gradient reaches its weights. It is dead. A leaky ReLU with such sums is as quiet, but its slope is
not 0.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from engine.explain.arithmetic import Arithmetic, Paging, short_sum, times, total
from engine.explain.ledger import Factor, Index, Ledger
from engine.explain.numbers import Numbers
from engine.nn.passes import Pass
from engine.snapshot import Array


def silent_units(using: Pass, layer: int) -> Array:
    """Return which units of a hidden layer get a positive sum from no point, (units,), bool."""
    return np.asarray(using.tensors()[f"dense{layer}.z"].max(axis=0) <= 0)


class Silent(Numbers):
    """The silent units of some networks that have just seen all points.

    Parameters
    ----------
    passes : mapping of str to Pass
        By what the names of the networks' tensors begin with; each has a loss.
    layers : sequence of int
        The hidden layers, from 1.
    begun : bool
        Whether a step has been made: before it there is no gradient.
    given : mapping of str to ndarray
        What else is published.
    notes : mapping of str to str
        What a number of that is.
    """

    def __init__(
        self,
        passes: Mapping[str, Pass],
        layers: Sequence[int],
        *,
        begun: bool,
        given: Mapping[str, Array],
        notes: Mapping[str, str],
    ) -> None:
        super().__init__(given)
        self.notes |= notes
        self._passes = passes
        for name, using in passes.items():
            tensors = using.tensors()
            gradients = using.network.gradients()
            counts = []
            for layer in layers:
                silent = silent_units(using, layer)
                counts.append(float(silent.sum()))
                rows = np.column_stack(
                    [gradients[f"dense{layer}.{of}"].astype(np.float64) for of in ("dW", "db")]
                )
                pull = np.sqrt(np.square(rows).sum(axis=1))
                self.arrays |= {
                    f"{name}.greatest{layer}": tensors[f"dense{layer}.z"].max(axis=0),
                    f"{name}.silent{layer}": silent.astype(np.uint8),
                    f"{name}.alive{layer}": (~silent).astype(np.uint8),
                    f"{name}.pull{layer}": pull if begun else np.full_like(pull, np.nan),
                }
                self._explain_layer(name, layer)
            self.arrays |= {
                f"{name}.silent": np.array(counts),
                f"{name}.loss": np.array(tensors["loss"], np.float32),
            }
            self.explainers[f"{name}.silent"] = partial(self._count, name)
            self.explainers[f"{name}.loss"] = partial(self._loss, name)

    def _explain_layer(self, name: str, layer: int) -> None:
        self.explainers |= {
            f"{name}.greatest{layer}": lambda i, page: self._greatest(name, layer, i, page),
            f"{name}.silent{layer}": lambda i, page: self._is_silent(name, layer, i),
            f"{name}.alive{layer}": lambda i, page: self._is_alive(name, layer, i),
            f"{name}.pull{layer}": lambda i, page: self._pull(name, layer, i),
        }

    def _greatest(self, name: str, layer: int, index: Index, page: int) -> Ledger:
        (unit,) = index
        z = self._passes[name].tensors()[f"dense{layer}.z"][:, unit]
        arithmetic = total(
            z.astype(np.float64),
            lambda n: times(Factor("z", float(z[n]), f"{name}.dense{layer}.z", (n, unit))),
            Paging(page=page),
            combine="max",
            general=r"\max_n z_n",
            code=f"z[:, {unit}].max()",
            symbols={"z": f"{name}.dense{layer}.z"},
            note="Over all points. If it is not above 0, the unit gets a positive sum from none.",
        )
        return self.found(f"{name}.greatest{layer}", index, arithmetic, page=page)

    def _is_silent(self, name: str, layer: int, index: Index) -> Ledger:
        tensor = f"{name}.silent{layer}"
        of = f"{name}.greatest{layer}"
        arithmetic = short_sum(
            times(self.of(r"[\max z \le 0]", self.value(tensor, index), of, index)),
            general=r"[\max z \le 0]",
            code=f"float(z[:, {index[0]}].max() <= 0)",
            symbols={},
            note="1 if this unit gets a positive sum from no point, else 0.",
        )
        return self.found(tensor, index, arithmetic)

    def _is_alive(self, name: str, layer: int, index: Index) -> Ledger:
        return self.sum_of(
            f"{name}.alive{layer}",
            index,
            times(Factor("1", 1.0)),
            times(Factor("-1", -1.0), self.factor(f"{name}.silent{layer}", index, "s")),
            general="1 - s",
            code=f"1 - silent[{index[0]}]",
            note="1 if some point gives this unit a positive sum.",
        )

    def _pull(self, name: str, layer: int, index: Index) -> Ledger:
        (unit,) = index
        gradients = self._passes[name].network.gradients()
        dw, db = (gradients[f"dense{layer}.{of}"] for of in ("dW", "db"))
        factors = [
            Factor("dW", float(dw[unit, i]), f"{name}.dense{layer}.dW", (unit, i))
            for i in range(dw.shape[1])
        ]
        factors.append(Factor("db", float(db[unit]), f"{name}.dense{layer}.db", (unit,)))
        arithmetic = Arithmetic(
            combine="function",
            function="length",
            terms=tuple(times(one) for one in factors),
            general=r"\sqrt{\sum dW^2 + db^2}",
            numbers="",
            code=f"np.hypot(np.linalg.norm(dW[{unit}]), db[{unit}])",
            symbols={"dW": f"{name}.dense{layer}.dW", "db": f"{name}.dense{layer}.db"},
            note="How long the gradient of this unit's weights and bias was at the last step. "
            "If it is exactly 0, they did not move.",
        )
        return self.found(f"{name}.pull{layer}", index, arithmetic)

    def _count(self, name: str, index: Index, page: int) -> Ledger:
        layer = index[0] + 1
        of = f"{name}.silent{layer}"
        units = self.arrays[of]
        return self.sum_of(
            f"{name}.silent",
            index,
            *(times(self.factor(of, (u,), "s")) for u in range(len(units))),
            general=r"\sum_u s_u",
            code="silent.sum()",
            note=f"How many units of hidden layer {layer} get a positive sum from no point.",
        )

    def _loss(self, name: str, index: Index, page: int) -> Ledger:
        value = self.value(f"{name}.loss", ())
        arithmetic = short_sum(
            times(Factor("loss", value, f"{name}.stage.loss", ())),
            general=r"\mathrm{loss}",
            code="loss",
            symbols={},
            note="Over all points, as the network is now.",
        )
        return self.found(f"{name}.loss", (), arithmetic)
