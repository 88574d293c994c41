"""The trainer: one minibatch, one update, one step after the other.

Randomness has no state of its own: epoch e takes the samples in the order drawn from the seed
(seed, 1, e), step s draws its dropout from (seed, 2, s), and augmentation has a seed for each
minibatch. So parameters, optimizer state and a few
counters are all there is to save, and a run that is loaded goes on to the byte. The parameters
before the last update are saved too: from them the last step's tensors are computed again.
"""

import contextvars
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import DivergedError, InvalidValueError, ShapeError
from engine.nn.batches import Augment, Batch, Batches, Place
from engine.nn.edits import Edits
from engine.nn.losses import Targets
from engine.nn.network import MAX_BATCH, Network
from engine.nn.optimizers import Optimizer, make_optimizer
from engine.nn.passes import Pass
from engine.nn.rules import Number, Whole
from engine.nn.shaping import Dropout
from engine.nn.signal import spell
from engine.snapshot import Array

VALIDATION_CHUNK = 128
"""Samples that are validated at once: few enough to stay in the processor's cache."""


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


class Update(NamedTuple):
    """How the last step moved the parameters.

    Attributes
    ----------
    before : ndarray of shape (parameters,)
        θ before it; not copied.
    optimizer : Optimizer
        What moved it, with what it remembers since; not copied.
    learning_rate : float
        η of that step; the next one may have another.
    """

    before: Array
    optimizer: Optimizer
    learning_rate: float


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
    augment : callable, optional
        Makes other samples of each minibatch's before it is learned from; see `Batches`.

    Attributes
    ----------
    index : int
        How many updates have been made.
    training_pass : Pass
        Of the last step: its tensors are those of that batch, at the parameters before the update.
    val_loss, val_accuracy : float
        Of the last evaluation; NaN before the first.
    validation_outputs : ndarray of shape (validation samples, outputs)
        What the network said in the last evaluation; zeros before the first.
    edits : Edits
        Which parameters were set by hand since the last step.

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
        augment: Augment | None = None,
    ) -> None:
        self.network = network
        self.train = train
        self.validation = validation
        self.validate_every = Whole(1, 1 << 30).check(validate_every, "validate_every")
        self._seed = Whole(0, (1 << 63) - 1).check(seed, "seed")
        self._outputs = network.layers[-1].output_shape[0]
        _check_fits("training set", train, network)
        values, labels = network.loss.targets(train.y, self._outputs)
        targets = Targets(values.astype(network.dtype), labels)
        self._batches = Batches(train, targets, seed=self._seed, augment=augment)
        self._queue: list[Batch] = []
        self.index = 0
        self.edits = Edits(network)
        self._last = Place(0, 0, 0)
        self._before = network.theta.copy()
        self._sum_of_squares = network.both.dot
        self._dropouts = [one for one in network.layers if isinstance(one, Dropout)]
        self._last_rates = self._rates = [one.rate for one in self._dropouts]
        self._optimizer = make_optimizer(optimizer, network.theta, learning_rate=learning_rate)
        self._updated_by = self._optimizer, self.learning_rate
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
            place = self._batches.after(self._last, self._batch_size)
            self._queue = self._batches.gather_from(place)[::-1]
        return self._quiet.run(self._step)

    def _step(self) -> Step:
        batch = self._queue.pop()
        self.edits.forget()
        self._last, self._last_rates = batch.place, self._rates
        self.index += 1
        loss = self._learn(self._next_pass, batch)
        self._before[...] = self.network.theta
        self._updated_by = self._optimizer, self._optimizer.learning_rate
        self._optimizer.update(self.network.theta, self.network.gradient)
        # one sum over parameters and gradients: it is finite unless one of them is not, or is huge
        if not math.isfinite(loss + float(self._sum_of_squares(self.network.both))):
            self._check_finite()
        accuracy = self.training_pass.accuracy()
        val_loss = val_accuracy = None
        if self.validation is not None and self.index % self.validate_every == 0:
            val_loss, val_accuracy = self._validate(self.validation)
        epoch = batch.place.epoch
        return Step(self.index, epoch, loss, accuracy, batch.indices, val_loss, val_accuracy)

    def set_by_hand(self, tensor: str, index: tuple[int, ...], value: float) -> float:
        """Set an element of a parameter, which exists; return what the last step had made it.

        The next step goes on from there; the optimizer does not hear of it.
        """
        return self.edits.set(tensor, index, value, step=self.index).before

    def _learn(self, using: Pass, batch: Batch) -> float:
        """Run forward, loss and backward of step number `index`; return the loss."""
        using.x.value[...] = batch.x
        using.target[...] = batch.target
        using.labels = batch.labels
        self.training_pass = using
        rng = None
        if any(self._rates):
            rng = np.random.default_rng([self._seed, 2, self.index])
        return using.learn(rng)

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
        return self._quiet.run(self._validate, self.validation)

    def _validate(self, data: Dataset) -> tuple[float, float]:
        loss = right = 0.0
        for start in range(0, len(data), VALIDATION_CHUNK):
            x, y = (part[start : start + VALIDATION_CHUNK] for part in (data.x, data.y))
            using = self.network.at(len(x), "validation")
            self.validation_outputs[start : start + len(x)] = using.forward(x)
            loss += using.loss(y) * len(x)
            right += using.count_right()
        self.val_loss, self.val_accuracy = loss / len(data), right / len(data)
        return self.val_loss, self.val_accuracy

    @property
    def last_update(self) -> Update | None:
        """How the last step moved the parameters; None before the first."""
        return Update(self._before, *self._updated_by) if self.index else None

    @property
    def last_samples(self) -> Array:
        """Which training samples the last step was made from; empty before the first."""
        return self._batches.samples(self._last)

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
        """The rate of the first dropout layer, 0 if there is none; set, that of all of them."""
        return self._rates[0] if self._rates else 0.0

    @dropout.setter
    def dropout(self, rate: float) -> None:
        checked = Number(0.0, 1.0, below=True).check(rate, "dropout")
        if checked and not self._dropouts:
            raise InvalidValueError("dropout: the network has no dropout layer")
        self._set_rates([checked for _ in self._dropouts])

    def _set_rates(self, rates: list[float]) -> None:
        for layer, rate in zip(self._dropouts, rates, strict=True):
            layer.rate = rate
        self._rates = rates

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs: arrays, copied."""
        places = [self.index, self._batch_size, *self._last]
        memory = {f"optimizer.{name}": one for name, one in self.optimizer_state().items()}
        state = {
            "theta": self.network.theta,
            "theta.before": self._before,
            "optimizer": np.frombuffer(self.optimizer.encode(), np.uint8),
            **memory,
            "places": np.array(places, np.int64),
            "learning_rate": np.array(self.learning_rate),
            "learning_rate.last": np.array(self._updated_by[1]),
            "dropout": np.array([self._rates, self._last_rates]),
            "validation": np.array([self.val_loss, self.val_accuracy]),
            "validation.outputs": self.validation_outputs,
            "edits": self.edits.save(),
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
        self.index, batch_size, *last = map(int, state["places"])
        self._last = Place(*last)
        rates, self._last_rates = state["dropout"].tolist()
        if self.index:
            self._repeat_last_step(state["theta.before"])
        else:
            self._forget_steps()
        self.network.theta[...] = state["theta"]
        self._before[...] = state["theta.before"]
        self.edits.load(state["edits"])
        self._optimizer = make_optimizer(
            state["optimizer"].tobytes().decode(),
            self.network.theta,
            learning_rate=float(state["learning_rate"]),
        )
        self._optimizer.load({name: state[f"optimizer.{name}"] for name in self._optimizer.state()})
        self._updated_by = self._optimizer, float(state["learning_rate.last"])
        self.batch_size = batch_size
        self._set_rates(rates)
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
        self._set_rates(self._last_rates)
        using = self.network.at(self._last.size, "training")
        self._quiet.run(self._learn, using, self._batches.at(self._last))


def _check_fits(what: str, data: Dataset, network: Network) -> None:
    if data.x.shape[1:] != network.input_shape:
        raise ShapeError(
            f"{what}: expected samples of {spell(network.input_shape)}, "
            f"got {spell(data.x.shape[1:])}"
        )
    if not len(data):
        raise InvalidValueError(f"{what}: expected at least 1 sample, got 0")
