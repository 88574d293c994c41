"""One of the two networks of the exhibit `overfitting`: its training, its measures, its pictures.

Loss and validation loss are measured alike, so that they can be compared: by the whole network,
with no neuron left out, on the points as they are, after the step, and without the penalty. What
the step itself makes smaller, `loss`, is another number: of the minibatch as it was learned from,
before the step, with the penalty.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np

from engine.data.dataset import Dataset
from engine.exhibits.controls import Value
from engine.exhibits.overfitting_controls import WITH, describe_network
from engine.explain.arithmetic import Paging, constant, times, total
from engine.explain.ledger import Factor, Index, Ledger, Term
from engine.explain.named import Named
from engine.explain.nudge import Nudge, nudge
from engine.explain.regions import RegionNumbers
from engine.explain.scene import Scene, element
from engine.explain.simple import given, sum_of, worked
from engine.nn.layer import ParameterPass
from engine.nn.network import Network
from engine.nn.regions import Regions
from engine.nn.shaping import Dropout, DropoutPass
from engine.nn.trainer import Trainer
from engine.snapshot import Array

THINNED = 8
"""So many thinned networks are drawn."""

EVERY = 2
"""Of the places of a picture, every second one is looked at by the thinned networks."""

POINT = "a coordinate of the training point"

MEAN = "thin.mean"
"""What the mean of the thinned networks' pictures is called."""


class Side:
    """One network and all that is shown of it.

    Parameters
    ----------
    name : str
        `without` or `with`: what its tensors' names begin with.
    values : mapping of str to value
    seed : int
    train, validation : Dataset
    axes : tuple of ndarray
        x1 and x2 of the picture.
    """

    def __init__(
        self,
        name: str,
        values: Mapping[str, Value],
        seed: int,
        *,
        train: Dataset,
        validation: Dataset,
        axes: tuple[Array, Array],
    ) -> None:
        self.name = name
        self._values = dict(values)
        self.train, self.validation = train, validation
        # one seed: both begin with the same weights, as dropout draws none
        self.network = Network(describe_network(name, values), rng=np.random.default_rng([seed, 0]))
        self.moves = name == WITH and values["remedy"] == "augment"
        jitter = float(values["jitter"])

        def moved(x: Array, rng: np.random.Generator) -> Array:
            shaken: Array = x + (jitter * rng.standard_normal(x.shape)).astype(x.dtype)
            return shaken

        self.trainer = Trainer(
            self.network,
            train,
            optimizer="adam",
            learning_rate=float(values["learning_rate"]),
            batch_size=len(train),
            seed=seed,
            augment=moved if self.moves else None,
        )
        plain = self.network.without_penalty()
        self._measured = {
            "train": (train, plain.at(len(train), "train")),
            "valid": (validation, plain.at(len(validation), "valid")),
        }
        self._stage = self.network.at(1, "stage")
        self._regions = RegionNumbers(Regions(self.network, *axes), prefix=f"{name}.")
        self._dropouts = [one for one in self.network.layers if isinstance(one, Dropout)]
        self._thinned = [
            RegionNumbers(
                Regions(self.network, *(axis[::EVERY] for axis in axes), masks=masks),
                prefix=f"thin{number}.",
                owner=f"{name}.",
            )
            for number, masks in enumerate(self._masks(seed))
        ]
        self._of_the_stage = self._names()
        self._made = self._numbers()
        explained = {
            "gap": self._gap_ledger,
            "squares": self._weights_ledger,
            "penalty": self._weights_ledger,
            "points.x": self._point_ledger,
            "points.y": self._point_ledger,
            "train.right": self._right_ledger,
            "valid.right": self._right_ledger,
        }
        self._explained = {f"{name}.{short}": one for short, one in explained.items()}
        if self._thinned:
            self._explained[MEAN] = self._mean_ledger
        self.example = 0
        self.losses: dict[str, float] = {}
        self.measure()

    def measure(self) -> None:
        """Let the whole network judge its training points and the validation points."""
        for part, (data, using) in self._measured.items():
            using.forward(data.x)
            self.losses[part] = using.loss(data.y)

    def arrays(self, wanted: Collection[str] | None = None) -> dict[str, Array]:
        """Return what is published of this network, as far as it is wanted."""

        def asked(name: str) -> bool:
            return wanted is None or name in wanted

        found = {name: compute() for name, compute in self._made.items() if asked(name)}
        if any(asked(name) for name in self._of_the_stage):
            self._show()
            tensors = self._stage.tensors() | self.network.gradients()
            found |= {
                name: tensors[short] for name, short in self._of_the_stage.items() if asked(name)
            }
        found |= self._regions.arrays(wanted)
        for one in self._thinned:
            found |= one.arrays([name for name in one.names if name.endswith(".p") and asked(name)])
        if self._thinned and asked(MEAN):
            found[MEAN] = self._mean()
        return found

    def has(self, tensor: str) -> bool:
        """Return whether a tensor is one of this network's."""
        return tensor.startswith(f"{self.name}.") or (
            bool(self._thinned) and tensor.startswith("thin")
        )

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number of this network came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor, or no such element.
        """
        for numbers in (self._regions, *self._thinned):
            if numbers.has(tensor):
                return numbers.ledger(tensor, index, page=page)
        if tensor in self._explained:
            return self._explained[tensor](tensor, index, page)
        part = tensor.removeprefix(f"{self.name}.").partition(".")[0]
        if part in self._measured:
            scene = Scene.of(self._measured[part][1])
            return self._named(scene, f"{part}.").explain(tensor, index, page=page)
        self._show()
        return self._named(self._scene(), "").explain(tensor, index, page=page)

    def nudge(self, tensor: str, index: Index, eps: float) -> Nudge:
        """Compare a gradient with what a nudged parameter does to the loss of the last step.

        That is the loss that the step made smaller: with the penalty, by the thinned networks, on
        the points as they were moved.
        """
        exact = Network(
            describe_network(self.name, self._values),
            rng=np.random.default_rng(0),
            dtype=np.float64,
        )
        found = nudge(self._scene(), exact, tensor.removeprefix(f"{self.name}."), index, eps=eps)
        return replace(found, tensor=f"{self.name}.{found.tensor}")

    def greatest_weight(self) -> tuple[Index, float]:
        """Return the place of the greatest weight in size between the hidden layers, and it."""
        W = self.network.parameters()["dense2.W"]
        row, column = np.unravel_index(int(np.abs(W).argmax()), W.shape)
        return (int(row), int(column)), float(W[row, column])

    def first_activation(self) -> float:
        """Return what the first hidden neuron says of the point on the stage."""
        self._show()
        return float(self._stage.tensors()["act1.a"][0, 0])

    def _scene(self) -> Scene:
        """Return what can be asked about: the point on the stage, and the last step."""
        trainer = self.trainer
        return Scene.training(
            self._stage, trainer.training_pass, trainer.last_update, input_note=POINT
        )

    def _names(self) -> dict[str, str]:
        """Return the tensors of the stage that are published, by their names outside."""
        shorts = ["dense1.x"]
        for layer, one in zip(self.network.layers, self._stage.layers, strict=True):
            if isinstance(one, ParameterPass):
                shorts += [f"{layer.name}.{short}" for short in ("W", "b", "dW", "db")]
            shorts += [f"{layer.name}.{short}" for short in one.forward_tensors()]
        return {f"{self.name}.{short}": short for short in shorts}

    def _numbers(self) -> dict[str, Callable[[], Array]]:
        """Return how each number beside the network's tensors is made, by its name."""
        made: dict[str, Callable[[], Array]] = {
            "train.loss": lambda: self._loss("train"),
            "valid.loss": lambda: self._loss("valid"),
            "train.right": lambda: np.array(self._right("train").mean()),
            "valid.right": lambda: np.array(self._right("valid").mean()),
            "gap": lambda: np.array(float(self._loss("valid")) - float(self._loss("train"))),
            "squares": lambda: np.array(self._squares()),
            "penalty": lambda: np.array(0.5 * self.network.l2 * self._squares()),
            "loss": lambda: self.trainer.training_pass.tensors()["loss"],
            "points.x": self._points,
            "points.y": lambda: self.train.y,
        }
        return {f"{self.name}.{name}": compute for name, compute in made.items()}

    def _loss(self, part: str) -> Array:
        return self._measured[part][1].tensors()["loss"]

    def _right(self, part: str) -> Array:
        data, using = self._measured[part]
        right: Array = (using.layers[-1].out.value[0] > 0.5) == data.y
        return right

    def _squares(self) -> float:
        return float(sum(np.square(W, dtype=np.float64).sum() for _, W in self._weights()))

    def _weights(self) -> list[tuple[str, Array]]:
        """Return the weights, biases left out: as the penalty has them."""
        return [(name, W) for name, W in self.network.parameters().items() if name.endswith(".W")]

    def _points(self) -> Array:
        """Return the training points as the last step had them, in the order of the data set."""
        if not self.trainer.index:
            return self.train.x
        points = np.empty_like(self.train.x)
        points[self.trainer.last_samples] = self.trainer.training_pass.x.value.T
        return points

    def _show(self) -> None:
        """Run one training point through the network, thinned as the last step had it thinned."""
        number = min(self.example, len(self.train) - 1)
        x = self.train.x[number : number + 1]
        masks = {}
        if self.trainer.index and self._dropouts:
            (row,) = np.flatnonzero(self.trainer.last_samples == number)
            learned = zip(self.network.layers, self.trainer.training_pass.layers, strict=True)
            masks = {
                layer.name: one.mask[:, row]
                for layer, one in learned
                if isinstance(one, DropoutPass)
            }
        self._stage.forward_thinned(x, masks)

    def _mean(self) -> Array:
        """Return the mean of the pictures of the thinned networks."""
        total = sum(one.regions.shares().astype(np.float64) for one in self._thinned)
        return np.asarray(total / len(self._thinned))

    def _masks(self, seed: int) -> list[dict[str, Array]]:
        """Draw the masks of the thinned networks that are shown, the same ones at every step."""
        if not self._dropouts:
            return []
        drawn = []
        for number in range(THINNED):
            rng = np.random.default_rng([seed, 9, number])
            drawn.append(
                {
                    one.name: (rng.random(one.output_shape[0]) >= one.rate) / (1 - one.rate)
                    for one in self._dropouts
                }
            )
        return drawn

    def _named(self, scene: Scene, part: str) -> Named:
        """Return a scene as it is called outside; all passes share the network's parameters."""
        prefix = f"{self.name}.{part}"
        return Named(scene=scene, prefix=prefix, owner=f"{self.name}.", x=f"{prefix}dense1.x")

    def _mean_ledger(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        index, value = element(tensor, self._mean(), index)
        said = np.array([one.regions.shares()[index] for one in self._thinned], np.float64)
        arithmetic = total(
            said,
            lambda k: times(Factor(f"p_{{{k}}}", float(said[k]), f"thin{k}.regions.p", index)),
            Paging(page=page),
            combine="mean",
            general=r"\mathrm{mean}_k\, p_k",
            code="p.mean(axis=0)",
            symbols={},
            note=f"The mean of {len(said)} thinned networks that share one set of weights.",
        )
        return worked(tensor, index, value, arithmetic, symbol="mean", page=page)

    def _gap_ledger(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        array = self._made[tensor]()
        index, _ = element(tensor, array, index)
        valid, train = (
            Factor(
                rf"L_{{\text{{{part}}}}}", float(self._loss(part)), f"{self.name}.{part}.loss", ()
            )
            for part in ("valid", "train")
        )
        return sum_of(
            tensor,
            index,
            (times(valid), times(Factor("-1", -1.0), train)),
            "Both without penalty, by the whole network.",
            code="valid_loss - train_loss",
        )

    def _weights_ledger(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        """Explain the sum of the squares of all weights, or the price that is put on it."""
        index, value = element(tensor, self._made[tensor](), index)
        places = [
            (name, tuple(int(i) for i in np.unravel_index(at, W.shape)), float(W.flat[at]))
            for name, W in self._weights()
            for at in range(W.size)
        ]
        price = None
        if tensor.endswith(".penalty"):
            price = Factor(r"\frac{\lambda}{2}", 0.5 * self.network.l2)
        each = np.array([W * W for *_, W in places]) * (1.0 if price is None else price.value)

        def term(number: int) -> Term:
            name, place, W = places[number]
            weight = Factor("W", W, f"{self.name}.{name}", place)
            return times(weight, weight) if price is None else times(price, weight, weight)

        arithmetic = total(
            each,
            term,
            Paging(page=page),
            general=r"\sum W^2" if price is None else r"\frac{\lambda}{2} \sum W^2",
            code="sum((W**2).sum() for W in weights)"
            if price is None
            else f"{price.value!r} * sum((W**2).sum() for W in weights)",
            symbols={},
            note="Biases are left out." + ("" if self.network.l2 else " No price is put on it."),
        )
        symbol = tensor.rpartition(".")[2]
        return worked(tensor, index, value, arithmetic, symbol=symbol, page=page)

    def _right_ledger(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        part = tensor.split(".")[1]
        index, value = element(tensor, self._made[tensor](), index)
        right = self._right(part)
        arithmetic = total(
            right.astype(np.float64),
            lambda n: constant(rf"r_{{{n}}}", float(right[n])),
            Paging(page=page),
            combine="mean",
            general=r"\mathrm{mean}\, r",
            code="((a > 0.5) == y).mean()",
            symbols={},
            note=f"r is 1 for a point whose class is right: {int(right.sum())} of {len(right)}.",
        )
        return worked(tensor, index, value, arithmetic, symbol="right", page=page)

    def _point_ledger(self, tensor: str, index: tuple[int, ...], page: int) -> Ledger:
        array = self._made[tensor]()
        if tensor.endswith(".y"):
            return given(tensor, array, index, "The class of the point.")
        index, value = element(tensor, array, index)
        home = float(self.train.x[index])
        if not self.moves:
            return given(tensor, array, index, "A coordinate of a training point.")
        return sum_of(
            tensor,
            index,
            (constant(r"\text{the point}", home), constant(r"\text{noise}", value - home)),
            "Where the last step had the point: moved by noise that was drawn for this step alone.",
            code=f"{home!r} + noise[{index[0]}, {index[1]}]",
        )
