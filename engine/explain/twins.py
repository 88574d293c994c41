"""Whether the neurons of a layer are the same neuron: how alike they are, and what has moved.

Two neurons are alike as far as their incoming weights and biases point the same way: the cosine of
the angle between them. They are one strand when nothing tells them apart, neither what comes in nor
what goes out, to the last bit.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.explain import tex
from engine.explain.arithmetic import Paging, at, leaf, times, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.numbers import Explainer, Numbers
from engine.snapshot import Array

SAME = "Both neurons have the same weights and the same bias, to the last bit."
BOTH_NOUGHT = "All weights and biases of both neurons are 0: they are the same neuron."
ONE_NOUGHT = "All weights of one of the neurons are 0: it points nowhere, and 0 is written."
STRAND = (
    "The first neuron of this layer with the same incoming weights, the same bias and the same "
    "outgoing weights, to the last bit: neurons of one number are one strand."
)


def rows_of(parameters: Mapping[str, Array], layer: str) -> Array:
    """Return each unit's weights and its bias, of shape (units, inputs + 1), float64."""
    W, b = parameters[f"{layer}.W"], parameters[f"{layer}.b"]
    return np.concatenate([W, b[:, None]], axis=1).astype(np.float64)


def similarity(rows: Array) -> Array:
    """Return the cosine of every two of some vectors.

    Parameters
    ----------
    rows : ndarray of shape (..., units, numbers)

    Returns
    -------
    ndarray of shape (..., units, units)
        Exactly 1 where two are the same, all zeros among them; 0 where only one is all zeros.
    """
    same = (rows[..., :, None, :] == rows[..., None, :, :]).all(axis=-1)
    return np.where(same, 1.0, _cosines(rows))


def least_similarity(parameters: Mapping[str, Array], layers: Sequence[str]) -> float:
    """Return how alike the two neurons are, of one of these layers, that are the least alike."""
    rows = [rows_of(parameters, layer) for layer in layers]
    if not any(np.ptp(one, axis=0).any() for one in rows):
        return 1.0
    # layers of one shape at once: this is asked after every step
    stacks = [rows[:1], rows[1:]] if len({one.shape for one in rows}) > 1 else [rows]
    return min(float(_cosines(np.array(stack)).min()) for stack in stacks)


def _cosines(rows: Array) -> Array:
    norms = np.sqrt(np.square(rows).sum(axis=-1, keepdims=True))
    unit = rows / np.where(norms == 0, 1.0, norms)
    found: Array = np.clip(unit @ np.swapaxes(unit, -1, -2), -1.0, 1.0)
    return found


def strands(parameters: Mapping[str, Array], layer: str, following: str) -> Array:
    """Return for each unit the first one that nothing tells apart from it.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    layer, following : str
        The dense layer, and the one that its units go into.

    Returns
    -------
    ndarray of shape (units,), int32
    """
    whole = np.concatenate(
        [rows_of(parameters, layer), parameters[f"{following}.W"].T.astype(np.float64)], axis=1
    )
    same = (whole[:, None, :] == whole[None, :, :]).all(axis=-1)
    first: Array = same.argmax(axis=1).astype(np.int32)
    return first


class Twins(Numbers):
    """What is published of it, and its ledgers.

    Parameters
    ----------
    parameters, start : mapping of str to ndarray
        As they are now, and as they were at step 0.
    layers : sequence of str
        The dense layers, the last of which gives the outputs.
    acts : sequence of str
        What their hidden units' activations are called.
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        start: Mapping[str, Array],
        layers: Sequence[str],
        acts: Sequence[str],
    ) -> None:
        self._layers = list(layers)
        self._parameters = parameters
        self._start = start
        hidden = self._layers[:-1]
        self._rows = [rows_of(parameters, layer) for layer in hidden]
        alike = np.array([similarity(rows) for rows in self._rows])
        super().__init__(
            {
                "similarity": alike,
                "similarity.least": alike.min(axis=(1, 2)),
                "similarity.apart": np.array([np.ptp(rows, axis=0).max() for rows in self._rows]),
                "moved.W": self._count_moved("W"),
                "moved.b": self._count_moved("b"),
            }
        )
        following = zip(acts, hidden, self._layers[1:], strict=False)
        for act, layer, after in following:
            self.arrays[f"strands.{act}"] = strands(parameters, layer, after)
            self.notes[f"strands.{act}"] = STRAND
        self.explainers = {
            "similarity": self._similarity,
            "similarity.least": self._least,
            "similarity.apart": self._apart,
            **{f"moved.{short}": self._moved_explainer(short) for short in ("W", "b")},
        }

    def _changed(self, name: str) -> Array:
        return np.flatnonzero(self._parameters[name] != self._start[name])

    def _count_moved(self, short: str) -> Array:
        """Return how many have moved and how many there are, of shape (layers, 2), int32."""
        names = [f"{layer}.{short}" for layer in self._layers]
        return np.array(
            [(len(self._changed(one)), self._parameters[one].size) for one in names], np.int32
        )

    def _place(self, layer: str, unit: int, number: int) -> tuple[str, Index]:
        """Return which parameter a number of a unit's row is."""
        inputs = self._parameters[f"{layer}.W"].shape[1]
        return (f"{layer}.b", (unit,)) if number == inputs else (f"{layer}.W", (unit, number))

    def _parameter(self, layer: str, unit: int, number: int) -> Factor:
        tensor, index = self._place(layer, unit, number)
        symbol = tex.element(tensor.rpartition(".")[2], index)
        return Factor(symbol, float(self._parameters[tensor][index]), tensor, index)

    def _similarity(self, index: Index, page: int) -> Ledger:
        at, i, j = index
        rows, layer = self._rows[at], self._layers[at]
        first, second = rows[i], rows[j]
        norm = float(np.linalg.norm(first) * np.linalg.norm(second))
        if norm == 0:
            note = ONE_NOUGHT if first.any() or second.any() else BOTH_NOUGHT
            ends = leaf("given", "s", self.value("similarity", index), note)
            return self.found("similarity", index, ends)

        def term(number: int) -> Term:
            return times(
                self._parameter(layer, i, number),
                self._parameter(layer, j, number),
                Factor(r"\frac{1}{\|w_i\| \|w_j\|}", 1 / norm),
            )

        arithmetic = total(
            first * second / norm,
            term,
            Paging(page=page),
            general=r"\frac{\sum w_i \cdot w_j}{\|w_i\| \|w_j\|}",
            code=f"w[{i}] @ w[{j}] / (np.linalg.norm(w[{i}]) * np.linalg.norm(w[{j}]))",
            symbols={"W": f"{layer}.W", "b": f"{layer}.b"},
            note="The cosine of the angle between the two neurons' weights, the bias among them: 1 "
            "is the same direction." + (f" {SAME}" if (first == second).all() else ""),
        )
        return self.found("similarity", index, arithmetic, page=page)

    def _least(self, index: Index, _: int) -> Ledger:
        at = index[0]
        matrix = self.arrays["similarity"][at]
        i, j = (int(n) for n in np.unravel_index(matrix.argmin(), matrix.shape))
        return self.same(
            "similarity.least", index, "similarity", (at, i, j), "The two that are the least alike."
        )

    def _apart(self, index: Index, _: int) -> Ledger:
        at = index[0]
        rows, layer = self._rows[at], self._layers[at]
        number = int(np.ptp(rows, axis=0).argmax())
        high, low = int(rows[:, number].argmax()), int(rows[:, number].argmin())
        return self.sum_of(
            "similarity.apart",
            index,
            times(self._parameter(layer, high, number)),
            times(Factor("-1", -1.0), self._parameter(layer, low, number)),
            general=r"\max_i w_i - \min_i w_i",
            code="np.ptp(w, axis=0).max()",
            note="Of all weights and biases the one in which the layer's neurons differ the most.",
        )

    def _moved_explainer(self, short: str) -> Explainer:
        def answer(index: Index, page: int) -> Ledger:
            layer, total_asked = index
            name = f"{self._layers[layer]}.{short}"
            array = self._parameters[name]
            places = np.arange(array.size) if total_asked else self._changed(name)

            def one(number: int) -> Term:
                place = tuple(int(i) for i in np.unravel_index(places[number], array.shape))
                value = float(array[place])
                return Term(1.0, (Factor(at(short, place), 1.0, name, place, value),))

            arithmetic = total(
                np.ones(len(places)),
                one,
                Paging(page=page),
                general=r"\sum 1" if total_asked else rf"\sum [{short} \ne {short}_0]",
                code=f"{short}.size" if total_asked else f"({short} != {short}_start).sum()",
                symbols={short: name},
                note=f"How many numbers {name} has."
                if total_asked
                else f"How many numbers of {name} are no longer what they were at step 0.",
            )
            return self.found(f"moved.{short}", index, arithmetic, page=page)

        return answer
