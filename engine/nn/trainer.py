"""The trainer: one minibatch, one update, one step after the other.

Randomness has no state of its own: epoch e takes the samples in the order drawn from the seed
(seed, 1, e), step s draws its dropout from (seed, 2, s). So parameters, optimizer state and a few
counters are all there is to save, and a run that is loaded goes on to the byte.
"""

import contextvars
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import DivergedError, InvalidValueError, ShapeError
from engine.nn.network import MAX_BATCH, Network
from engine.nn.optimizers import make_optimizer
from engine.nn.passes import Pass
from engine.nn.rules import Number, Whole
from engine.nn.shaping import Dropout
from engine.nn.signal import batch_innermost, spell
from engine.snapshot import Array

VALIDATION_CHUNK = 128
"""Samples that are validated at once: few enough to stay in the processor's cache."""

QUEUE_NUMBERS = 1 << 16
"""About how many input numbers are put in order in advance: some batches, not the data set."""


class Step(NamedTuple):
    """One update, made.

    Attributes
    ----------
    index : int
        How many updates have been made, this one included.
    epoch : int
        The epoch its batch belongs to, from 0.
    loss, accuracy : float
        Of the batch, at the parameters before the update; accuracy is NaN without classes.
    batch : ndarray of shape (batch size,), read-only
        Which training samples it was made from.
    val_loss, val_accuracy : float or None
        Of the validation set after the update, if this step evaluated it.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    epoch: int
    loss: float
    accuracy: float
    batch: Array
    val_loss: float | None
    val_accuracy: float | None


class _Batch(NamedTuple):
    """A minibatch, gathered in advance, in the order in which the network computes."""

    x: Array
    target: Array
    labels: Array | None
    indices: Array


class Trainer:
    """Trains a network on a data set; state moves only with `step` and `load`.

    Parameters
    ----------
    network : Network
        Is trained in place.
    train : Dataset
        The training set.
    optimizer : str
        One of `OPTIMIZERS`.
    learning_rate : float
    batch_size : int
        At most the size of the training set; what is left of an epoch after its last whole batch
        is left out.
    seed : int
        Of the order of the samples and of dropout.
    validation : Dataset, optional
        Never trained on.
    validate_every : int
        Steps between two evaluations of the validation set.

    Attributes
    ----------
    index, epoch : int
        How many updates have been made; the epoch the next batch is looked for in.
    training_pass : Pass
        Of the last step: its tensors are those of that batch, at the parameters before the update.
    val_loss, val_accuracy : float
        Of the last evaluation; NaN before the first.
    validation_outputs : ndarray of shape (validation samples, outputs)
        What the network said in the last evaluation; zeros before the first.

    Raises
    ------
    InvalidValueError, ShapeError
        If a value breaks its rule or a data set does not fit the network.
    """

    def __init__(
        self,
        network: Network,
        train: Dataset,
        *,
        optimizer: str = "sgd",
        learning_rate: float = 0.1,
        batch_size: int,
        seed: int,
        validation: Dataset | None = None,
        validate_every: int = 10,
    ) -> None:
        self.network = network
        self.train = train
        self.validation = validation
        self.validate_every = Whole(1, 1 << 30).check(validate_every, "validate_every")
        self._seed = Whole(0, (1 << 63) - 1).check(seed, "seed")
        self._outputs = network.layers[-1].output_shape[0]
        _check_fits("training set", train, network)
        targets = network.loss.targets(train.y, self._outputs)
        self._targets, self._labels = targets.values.astype(network.dtype), targets.labels
        self.index = self.epoch = 0
        self._taken = 0
        self._last = _Place(0, 0, 0)
        self._last_dropout = 0.0
        self._queue: list[_Batch] = []
        self._order: tuple[int, Array] | None = None
        self._before = network.theta.copy()
        self._sum_of_squares = network.both.dot
        self._dropouts = [one for one in network.layers if isinstance(one, Dropout)]
        self._drops = any(one.rate for one in self._dropouts)
        self._optimizer = make_optimizer(optimizer, network.theta, learning_rate=learning_rate)
        self.batch_size = batch_size
        self.training_pass = self._next_pass
        self.val_loss = self.val_accuracy = math.nan
        if validation is not None:
            _check_fits("validation set", validation, network)
        count = 0 if validation is None else len(validation)
        self.validation_outputs = np.zeros((count, self._outputs), network.dtype)
        # a context where nothing warns of overflow, as divergence is looked for anyway; to enter it
        # costs a tenth of what np.errstate costs at every step
        self._quiet = contextvars.copy_context()
        self._quiet.run(np.seterr, all="ignore")

    def steps(self) -> Iterator[Step]:
        """Yield one `step` after the other, without end.

        Raises
        ------
        DivergedError
            As `step` does.
        """
        while True:
            yield self.step()

    def step(self) -> Step:
        """Take the next minibatch and make one update.

        Raises
        ------
        DivergedError
            If a tensor is no longer finite. The step has been made: it is counted, and the tensors
            of `training_pass` and the parameters show what is not finite.
        """
        if not self._queue:
            self._fill_queue()
        return self._quiet.run(self._step)

    def _step(self) -> Step:
        batch = self._queue.pop()
        size = self._batch_size
        self._last, self._last_dropout = _Place(self.epoch, self._taken, size), self.dropout
        self._taken += size
        self.index += 1
        loss = self._learn(self._next_pass, batch)
        self._before[...] = self.network.theta
        self._optimizer.update(self.network.theta, self.network.gradient)
        # one sum over parameters and gradients: it is finite unless one of them is not, or is huge
        if not math.isfinite(loss + float(self._sum_of_squares(self.network.both))):
            self._check_finite()
        accuracy = self.training_pass.accuracy()
        if self.validation is None or self.index % self.validate_every:
            return Step(self.index, self.epoch, loss, accuracy, batch.indices, None, None)
        self._validate(self.validation)
        return Step(
            *(self.index, self.epoch, loss, accuracy, batch.indices),
            *(self.val_loss, self.val_accuracy),
        )

    def _learn(self, using: Pass, batch: _Batch) -> float:
        """Run forward, loss and backward of step number `index`; return the loss."""
        using.x.value[...] = batch.x
        using.target[...] = batch.target
        using.labels = batch.labels
        self.training_pass = using
        return using.learn(
            np.random.default_rng([self._seed, 2, self.index]) if self._drops else None
        )

    def _check_finite(self) -> None:
        """Raise `DivergedError` if a tensor is not finite; one that is merely huge is let pass."""
        name = self.training_pass.first_non_finite()
        if name is None:
            for short, array in self._optimizer.state().items():
                if not np.isfinite(array).all():
                    name = f"{self._optimizer.kind}.{short}"
                    break
        if name is not None:
            raise DivergedError(name, self.index, self.learning_rate)

    def validate(self) -> tuple[float, float]:
        """Evaluate the validation set now; return its loss and accuracy.

        Raises
        ------
        InvalidValueError
            If there is no validation set.
        """
        if self.validation is None:
            raise InvalidValueError("validation: expected a data set, got None")
        self._validate(self.validation)
        return self.val_loss, self.val_accuracy

    def _validate(self, data: Dataset) -> None:
        loss = right = 0.0
        for start in range(0, len(data), VALIDATION_CHUNK):
            x, y = (part[start : start + VALIDATION_CHUNK] for part in (data.x, data.y))
            using = self.network.at(len(x), "validation")
            self.validation_outputs[start : start + len(x)] = using.forward(x)
            loss += using.loss(y) * len(x)
            right += using.count_right()
        self.val_loss, self.val_accuracy = loss / len(data), right / len(data)

    @property
    def learning_rate(self) -> float:
        """η of the next update."""
        return self._optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._optimizer.learning_rate = rate

    @property
    def optimizer(self) -> str:
        """The optimizer's name."""
        return self._optimizer.kind

    def set_optimizer(self, kind: str) -> None:
        """Go on with another optimizer, which remembers nothing; the same one stays as it is."""
        if kind != self._optimizer.kind:
            self._optimizer = make_optimizer(
                kind, self.network.theta, learning_rate=self.learning_rate
            )

    def optimizer_state(self) -> dict[str, Array]:
        """Return what the optimizer remembers: flat arrays of shape (parameters,), not copied."""
        return self._optimizer.state()

    @property
    def batch_size(self) -> int:
        """Samples in the next minibatch; at most the training set's size."""
        return self._batch_size

    @batch_size.setter
    def batch_size(self, size: int) -> None:
        checked = Whole(1, MAX_BATCH).check(size, "batch_size")
        self._batch_size = min(checked, len(self.train))
        self._next_pass = self.network.at(self._batch_size, "training")
        self._queue.clear()

    @property
    def dropout(self) -> float:
        """The rate of all dropout layers; 0 if there are none."""
        return self._dropouts[0].rate if self._dropouts else 0.0

    @dropout.setter
    def dropout(self, rate: float) -> None:
        checked = Number(0.0, 1.0, below=True).check(rate, "dropout")
        if checked and not self._dropouts:
            raise InvalidValueError("dropout: the network has no dropout layer")
        for layer in self._dropouts:
            layer.rate = checked
        self._drops = checked > 0

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs: arrays, copied."""
        places = [self.index, self.epoch, self._taken, self._batch_size, *self._last]
        rates = [self.learning_rate, self.dropout, self._last_dropout]
        memory = {f"optimizer.{name}": one for name, one in self.optimizer_state().items()}
        state = {
            "theta": self.network.theta,
            "theta.before": self._before,
            "optimizer": np.frombuffer(self.optimizer.encode(), np.uint8),
            **memory,
            "places": np.array(places, np.int64),
            "rates": np.array(rates),
            "validation": np.array([self.val_loss, self.val_accuracy]),
            "validation.outputs": self.validation_outputs,
        }
        return {name: array.copy() for name, array in state.items()}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state: what follows, and the last step's tensors, are the same bytes.

        Parameters
        ----------
        state : mapping of str to ndarray
            From `save`, of a trainer of the same network, data sets and seed.

        Raises
        ------
        InvalidValueError
            If it is of another network.
        """
        shapes = state["theta"].shape, state["validation.outputs"].shape
        if shapes != (self.network.theta.shape, self.validation_outputs.shape):
            raise InvalidValueError(
                f"state: expected {self.network.theta.size} parameters and "
                f"{len(self.validation_outputs)} validation samples, "
                f"got {shapes[0][0]} and {shapes[1][0]}"
            )
        self.index, self.epoch, self._taken, batch_size, *last = map(int, state["places"])
        self._last = _Place(*last)
        learning_rate, dropout, self._last_dropout = map(float, state["rates"])
        if self.index:
            self._repeat_last_step(state["theta.before"])
        else:
            self._forget_steps()
        self.network.theta[...] = state["theta"]
        self._before[...] = state["theta.before"]
        self._optimizer = make_optimizer(
            state["optimizer"].tobytes().decode(), self.network.theta, learning_rate=learning_rate
        )
        self._optimizer.load({name: state[f"optimizer.{name}"] for name in self._optimizer.state()})
        self.batch_size = batch_size
        self.dropout = dropout
        self.val_loss, self.val_accuracy = map(float, state["validation"])
        self.validation_outputs[...] = state["validation.outputs"]

    def _forget_steps(self) -> None:
        """Take a new pass, whose tensors are still zeros, and no gradient, as before any step."""
        self.network.forget("training")
        self.network.gradient[...] = 0
        self.training_pass = self.network.at(self._batch_size, "training")

    def _repeat_last_step(self, theta: Array) -> None:
        """Compute the tensors of the last step again, from the parameters before its update."""
        self.network.theta[...] = theta
        self.dropout = self._last_dropout
        (batch,) = self._gather(self._last, 1)
        self._quiet.run(self._learn, self.network.at(self._last.size, "training"), batch)

    def _fill_queue(self) -> None:
        """Gather the next batches, the next one last."""
        size = self._batch_size
        if self._taken + size > len(self.train):
            self.epoch += 1
            self._taken = 0
        whole = (len(self.train) - self._taken) // size
        count = min(whole, max(1, QUEUE_NUMBERS // (size * self.train.x[0].size)))
        self._queue = self._gather(_Place(self.epoch, self._taken, size), count)[::-1]

    def _gather(self, place: "_Place", count: int) -> list[_Batch]:
        """Return `count` batches from a place on, in the order in which the network computes."""
        if self._order is None or self._order[0] != place.epoch:
            rng = np.random.default_rng([self._seed, 1, place.epoch])
            self._order = place.epoch, rng.permutation(len(self.train))
        stop = place.taken + count * place.size
        chosen = self._order[1][place.taken : stop].reshape(count, place.size)
        chosen.flags.writeable = False
        x = [np.ascontiguousarray(batch_innermost(part)) for part in self.train.x[chosen]]
        targets = np.ascontiguousarray(self._targets[chosen].transpose(0, 2, 1))
        labels = count * [None] if self._labels is None else self._labels[chosen]
        return [_Batch(*parts) for parts in zip(x, targets, labels, chosen, strict=True)]


class _Place(NamedTuple):
    """Where a batch begins: after `taken` samples of an epoch."""

    epoch: int
    taken: int
    size: int


def _check_fits(what: str, data: Dataset, network: Network) -> None:
    if data.x.shape[1:] != network.input_shape:
        raise ShapeError(
            f"{what}: expected samples of {spell(network.input_shape)}, "
            f"got {spell(data.x.shape[1:])}"
        )
    if not len(data):
        raise InvalidValueError(f"{what}: expected at least 1 sample, got 0")
