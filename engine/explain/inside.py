"""What there is to see at one moment of an opened step, and whose numbers it is.

While a step is open, the stage shows one sample of its minibatch under the plain names, and the
parameters as the minibatch met them until their own update. A ledger is that of the minibatch's
tensor: `act1.a[0, …]` is asked, `batch.act1.a[sample, …]` is explained.
"""

import numpy as np

from engine.errors import InvalidValueError
from engine.explain.explain import explain
from engine.explain.ledger import Index, Ledger
from engine.explain.moments import OpenStep
from engine.explain.scene import BATCH, OF_THE_NETWORK, element
from engine.snapshot import Array


class Inside:
    """A step, looked into.

    Parameters
    ----------
    opened : OpenStep
    moment : int
        Which of its moments.
    sample : int
        Which sample of the minibatch is on the stage; past the last is the last.

    Attributes
    ----------
    made : tuple of str
        What has been computed by this moment, in order; parameters once they have been updated.
    pending : tuple of str
        What will be computed.
    """

    def __init__(self, opened: OpenStep, moment: int, sample: int) -> None:
        self.scene = opened.scene
        self.sample = min(sample, len(opened.samples) - 1)
        made = [name for part in opened.parts[: moment + 1] for name in part.tensors]
        later = [part for part in opened.parts[moment + 1 :] if part.phase != "update"]
        self.made = tuple(made)
        self.pending = tuple(name for part in later for name in part.tensors)

    @property
    def label(self) -> Array:
        """The class of the sample, of shape (1,); −1 if it has none."""
        labels = self.scene.learned.using.labels
        return np.array([-1 if labels is None else labels[self.sample]], np.int32)

    def tensors(self) -> dict[str, Array]:
        """Return all tensors under their plain names; what is pending is not a number yet.

        Tensors of the minibatch are those of the one sample, with a first axis of length 1.
        """
        found = self.parameters()
        for name in (*self.made, *self.pending):
            if name not in found:
                found[name] = self._array(name)
        for name in self.pending:
            found[name] = np.full_like(found[name], np.nan)
        return found

    def parameters(self) -> dict[str, Array]:
        """Return the parameters: as the minibatch met them, or updated already."""
        before, after = self.scene.learned.parameters, self.scene.stage.parameters
        return {name: after[name] if name in self.made else before[name] for name in before}

    def ledger(self, tensor: str, index: Index, *, page: int = 0) -> Ledger:
        """Return how a number came about; see `explain`.

        Raises
        ------
        InvalidValueError
            If there is no such number, or if it has not been computed yet.
        """
        if tensor.startswith(BATCH):
            return explain(self.scene, tensor, index, page=page)
        of_batch = f"{BATCH}{tensor}"
        found = self.scene.find(of_batch if of_batch in self.scene.names() else tensor)
        name = tensor
        if found.number >= 0:  # a layer's input is the output of the layer before
            name = self.scene.learned.name(found.number, found.short).removeprefix(BATCH)
        if name in self.pending or (found.memory and name not in self.made):
            raise InvalidValueError(
                f"tensor: expected one that has been computed at this moment, got {tensor!r}"
            )
        if name in self.scene.learned.parameters:
            there = tensor if name in self.made else f"{BATCH}{name}"
            return explain(self.scene, there, index, page=page)
        if name == "loss" or found.short in OF_THE_NETWORK:
            return explain(self.scene, tensor, index, page=page)
        index, _ = element(tensor, self._array(name), index)
        return explain(self.scene, f"{BATCH}{name}", (self.sample, *index[1:]), page=page)

    def _array(self, name: str) -> Array:
        tensors = self.scene.learned.tensors
        if name == "loss":
            return tensors[name]
        if name.rpartition(".")[2] in OF_THE_NETWORK:
            return self.scene.network.gradients()[name]
        return tensors[name][self.sample : self.sample + 1]
