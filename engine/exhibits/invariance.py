"""A digit moves: what a convolution, pooling and four trained networks make of it.

Longer than other files: an exhibit is one file, and this one trains four networks and publishes
what they say of a digit in every position.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from engine.data.drawing import centre
from engine.data.library import Library
from engine.data.moving import Moves, move, place, placed, random_moves
from engine.data.preparation import split
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Value
from engine.exhibits.drawings import SHOWN, read_drawing
from engine.exhibits.questions import Solution, judge
from engine.explain.arithmetic import Paging, constant, identity, short_sum, total
from engine.explain.displaced import Displaced, View, sparse
from engine.explain.ledger import Ledger
from engine.explain.simple import element, given, worked
from engine.nn.cohort import Cohort
from engine.nn.network import Network
from engine.nn.trainer import Trainer
from engine.snapshot import Array, Snapshot, freeze

SIDE = 16
"""Of the sheet; a digit's 8 × 8 pixels stand in its middle and can move by 4 either way."""

STEPS = 1470
"""Minibatches, 49 an epoch: each network sees every digit 30 times."""

BATCH_SIZE = 32
VALIDATION_SIZE = 200
LOOK_EVERY = 40
"""Steps between two looks at the validation images."""

VALIDATION_REACH = 3.0
"""How far the moved validation images are moved at most, in pixels."""

EACH = 2
"""Of so many validation images of every digit are the mean curves the mean."""

FILTERS = 12
NETWORKS = ("dense", "conv", "pool", "augmented")
"""By size of what is built in: nothing, convolutions, pooling as well, moved samples as well."""

TITLES = ("Dense", "Convolution", "With pooling", "With moved samples")

AXES: dict[str, Array] = {
    "dx": np.linspace(-4, 4, 17),
    "dy": np.linspace(-4, 4, 17),
    "angle": np.linspace(-45, 45, 19),
    # a control's 0.65 is the nearest number to it: a sum of steps is not always that one
    "scale": np.linspace(0.6, 1.4, 17).round(2),
}
"""The places along each kind of move at which the curves are worked out: those of its control."""

FAR = 3.0
"""How far the digits are moved, in pixels, when it is asked who keeps its confidence."""

NEARLY = 5
"""A prediction of how many cells stay the same may be off by so many."""

MAPS = (
    *("digit", "moved", "pool.conv1.W", "pool.conv1.b", "pool.conv1.z", "pool.act1.a"),
    *("pool.pool1.y", "still.conv1.z", "still.act1.a", "still.pool1.y"),
    *("carried", "difference", "pooled.difference"),
)
"""The picture before and after it is moved, and what one convolution and pooling make of both."""

ANSWERS = (
    *(f"{name}.softmax.a" for name in NETWORKS),
    *("label", "confidence", "answers", "parameters", "accuracy.still", "accuracy.moved"),
)
CURVES = (
    *("curve.at", "curve.here", *(f"curve.{name}" for name in NETWORKS)),
    *("mean.images", "mean.at", *(f"mean.{name}" for name in NETWORKS)),
)
"""Each network's share for the true digit, over one kind of move: of this digit, and the mean."""

EACH_HAS_ONE = ("confidence", "parameters", "accuracy.still", "accuracy.moved")
"""What has an arithmetic and an element for each network."""

GIVEN = {
    "label": "the digit that it is; of a drawing, the one that it is meant to be",
    "answers": "the digit with the greatest share",
    "curve.at": "a place along the move that the curves run over",
    "curve.here": "where the digit is along the move that the curves run over",
    "mean.at": "a place along the move that the mean curves run over",
    "mean.images": "the number of the image among the validation images",
}
"""What is published without an arithmetic of its own, and what a number of it is."""

CONTROLS = (
    Slider(
        name="dx",
        label="Right",
        help="How far the digit is moved to the right; a minus is to the left.",
        low=-4.0,
        high=4.0,
        default=0.0,
        step=0.5,
        effect="view",
        unit="px",
    ),
    Slider(
        name="dy",
        label="Down",
        help="How far the digit is moved down; a minus is up.",
        low=-4.0,
        high=4.0,
        default=0.0,
        step=0.5,
        effect="view",
        unit="px",
    ),
    Slider(
        name="angle",
        label="Turn",
        help="How far the digit is turned clockwise about the middle.",
        low=-45.0,
        high=45.0,
        default=0.0,
        step=5.0,
        effect="view",
        unit="°",
    ),
    Slider(
        name="scale",
        label="Scale",
        help="How large the digit is; 1 is as it was written.",
        low=0.6,
        high=1.4,
        default=1.0,
        step=0.05,
        effect="view",
        unit="×",
    ),
    Choice(
        name="axis",
        label="Curves over",
        help="Which of the four moves the curves run over; the others stay as they are.",
        options=(
            Option("dx", "right and left"),
            Option("dy", "down and up"),
            Option("angle", "turn"),
            Option("scale", "scale"),
        ),
        default="dx",
        effect="view",
    ),
    Slider(
        name="example",
        label="Digit",
        help="Which of the validation images, which no network trains on, is moved.",
        low=0,
        high=VALIDATION_SIZE - 1,
        default=3,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
    SHOWN,
    Slider(
        name="meant",
        label="You drew a",
        help="Which digit your drawing is meant to be: no network is told.",
        low=0,
        high=9,
        default=1,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="filter",
        label="Filter looked at",
        help="The filter of the first convolution whose maps are shown.",
        low=0,
        high=FILTERS - 1,
        default=0,
        integer=True,
        step=1,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="learning_rate",
        label="Learning rate",
        help="How far one step goes down the gradient, in all four networks.",
        low=1e-4,
        high=0.1,
        default=0.005,
        scale="log",
        advanced=True,
    ),
    Slider(
        name="reach",
        label="Moved samples",
        help="How far the fourth network's training samples are moved at most, either way.",
        low=0.0,
        high=4.0,
        default=4.0,
        step=0.5,
        effect="reset",
        unit="px",
        advanced=True,
    ),
    Choice(
        name="pooling",
        label="Pooling",
        help="Which number stands for a square of four.",
        options=(Option("max_pool2d", "Maximum"), Option("avg_pool2d", "Average")),
        default="max_pool2d",
        effect="reset",
        advanced=True,
    ),
)


def describe_network(name: str, pooling: str) -> dict[str, Any]:
    """Return one network's description; all four have about as many parameters.

    Without pooling, the convolutions themselves take every second place, so that the dense layer
    at the end has as many inputs, and so as many weights, as with pooling.
    """
    relu = {"kind": "relu"}
    if name == "dense":
        layers = [
            {"kind": "flatten", "name": "flatten"},
            {"kind": "dense", "name": "dense1", "units": 24, "initializer": "he"},
            {**relu, "name": "act1"},
        ]
    else:
        size = {"kind": "conv2d", "size": 3, "initializer": "he"}
        if name == "conv":
            size |= {"padding": 1, "stride": 2}
        else:
            size |= {"padding": "same"}
        layers = []
        for number, filters in ((1, FILTERS), (2, 2 * FILTERS)):
            layers += [
                {**size, "name": f"conv{number}", "filters": filters},
                {**relu, "name": f"act{number}"},
            ]
            if name != "conv":
                layers.append({"kind": pooling, "name": f"pool{number}", "size": 2, "stride": 2})
        layers.append({"kind": "flatten", "name": "flatten"})
    last = "dense2" if name == "dense" else "dense1"
    layers += [
        {"kind": "dense", "name": last, "units": 10, "initializer": "he"},
        {"kind": "softmax", "name": "softmax"},
    ]
    return {"input": [1, SIDE, SIDE], "layers": layers, "loss": "categorical_cross_entropy"}


class InvarianceRun:
    """Four networks learn to read the same digits, one minibatch a step, while one digit moves.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the split, the initial weights, the order of the samples and their moves.
    library : Library
    """

    length = STEPS

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        training, self._validation = split(
            placed(library.open("digits"), SIDE),
            VALIDATION_SIZE,
            rng=np.random.default_rng([seed, 3]),
        )
        reach = float(values["reach"])

        def augment(x: Array, rng: np.random.Generator) -> Array:
            return move(x[:, 0], random_moves(len(x), reach, rng=rng))[:, None]

        self._cohort = Cohort(
            {
                name: Trainer(
                    # one seed: the two networks with pooling begin with the same weights
                    Network(
                        describe_network(name, str(values["pooling"])),
                        rng=np.random.default_rng([seed, 0]),
                    ),
                    training,
                    optimizer="adam",
                    learning_rate=float(values["learning_rate"]),
                    batch_size=BATCH_SIZE,
                    seed=seed,
                    augment=augment if name == "augmented" else None,
                )
                for name in NETWORKS
            }
        )
        self._networks = {name: one.network for name, one in self._cohort.trainers.items()}
        self._drawing = np.zeros((1, SIDE, SIDE), np.float32)
        moves = random_moves(
            VALIDATION_SIZE, VALIDATION_REACH, rng=np.random.default_rng([seed, 5])
        )
        self._looked_at = {
            "still": self._validation.x,
            "moved": move(self._validation.x[:, 0], moves)[:, None],
        }
        by_digit = [np.flatnonzero(self._validation.y == digit)[:EACH] for digit in range(10)]
        self._few = np.sort(np.concatenate(by_digit)).astype(np.int32)
        few = self._validation.take(self._few)
        self._displaced = Displaced(self._cohort.trainers, few, AXES)
        self._losses = np.full(len(NETWORKS), np.nan)
        self._said = np.zeros((2, len(NETWORKS), VALIDATION_SIZE), np.uint8)
        self._look()
        self._questions = {"pooled": self._pooled_cells, "keeps": self._keeps_best}

    @property
    def position(self) -> int:
        """How many minibatches each network has learned from."""
        return self._cohort.index

    def step(self) -> tuple[Event, ...]:
        """Let each network learn from one minibatch."""
        self._displaced.forget()
        steps = self._cohort.step()
        self._losses[:] = [steps[name].loss for name in NETWORKS]
        if self.position % LOOK_EVERY == 0:
            self._look()
        return ()

    def scalars(self) -> Mapping[str, float]:
        """Return `epoch`, and for each network `loss_<name>`, `still_<name>`, `moved_<name>`.

        The latter two are the shares of validation images that it reads right; they are there at
        steps at which it has looked at them.
        """
        an_epoch = len(self._cohort.trainers["pool"].train) // BATCH_SIZE
        found = {"epoch": float(max(self.position - 1, 0) // an_epoch)}
        right = self._right().mean(axis=2)
        for k, name in enumerate(NETWORKS):
            found[f"loss_{name}"] = float(self._losses[k])
            if self.position % LOOK_EVERY == 0:
                found[f"still_{name}"] = float(right[0, k])
                found[f"moved_{name}"] = float(right[1, k])
        return found

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the digit as it is moved, what comes of it, and the curves."""
        wanted = [name for name in EXHIBIT.publishes if names is None or name in names]
        view = self._view()
        looked = self._displaced.look(view)
        arrays = looked | self._of_the_four(view, looked) | self._along(view)
        same = self._displaced.same(view, looked["moved"])
        scalars = {
            **self.scalars(),
            "off": float(np.abs(looked["difference"]).max()),
            **{f"pooled_{name}": float(count) for name, count in same.items()},
        }
        if any(f"curve.{name}" in wanted for name in NETWORKS):
            arrays |= self._displaced.curves(view)
        if any(f"mean.{name}" in wanted for name in NETWORKS):
            arrays |= self._displaced.mean_curves(view)
        return freeze(self.position, scalars, {name: arrays[name] for name in wanted})

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate from the next step on, or what is looked at."""
        self._values |= values
        if "learning_rate" in values:
            for trainer in self._cohort.trainers.values():
                trainer.learning_rate = float(values["learning_rate"])

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take a drawing (`draw`) or judge a prediction (`judge`)."""
        if name == "judge":
            return (judge(self._questions, args),)
        self._drawing = place(centre(read_drawing(args), like="digits"), SIDE)
        return ()

    def save(self) -> dict[str, Array]:
        """Return the state of the four trainings."""
        return {**self._cohort.save(), "losses": self._losses.copy(), "said": self._said.copy()}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._cohort.load(state)
        self._losses[:], self._said[:] = state["losses"], state["said"]
        self._displaced.forget()

    def _look(self) -> None:
        """Let every network read the validation images, unmoved and moved."""
        for kind, x in enumerate(self._looked_at.values()):
            for k, name in enumerate(NETWORKS):
                using = self._networks[name].at(len(x), "validation")
                self._said[kind, k] = using.forward(x).argmax(axis=1)

    def _right(self) -> Array:
        """Return which validation images each network read right, of shape (2, 4, images)."""
        right: Array = self._said == self._validation.y
        return right

    def _view(self) -> View:
        """Return what is looked at."""
        values = self._values
        if values["shown"] == "drawing":
            digit, label = self._drawing[None], int(values["meant"])
        else:
            example = int(values["example"])
            digit, label = self._validation.x[example : example + 1], self._validation.y[example]
        at = {name: float(values[name]) for name in AXES}
        return View(digit, int(label), at, str(values["axis"]), int(values["filter"]))

    def _of_the_four(self, view: View, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return what there is one of for each network."""
        shares = np.concatenate([arrays[f"{name}.softmax.a"] for name in NETWORKS])
        right = self._right().mean(axis=2)
        return {
            "label": np.array([view.label], np.int32),
            "confidence": shares[:, view.label],
            "answers": shares.argmax(axis=1).astype(np.int32),
            "parameters": np.array([one.theta.size for one in self._networks.values()], np.int32),
            "accuracy.still": right[0],
            "accuracy.moved": right[1],
        }

    def _along(self, view: View) -> dict[str, Array]:
        """Return where the curves are worked out, where the digit is, and of which images."""
        return {
            "curve.at": AXES[view.axis],
            "curve.here": np.array([view.at[view.axis]]),
            "mean.at": sparse(AXES[view.axis]),
            "mean.images": self._few,
        }

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about: of a picture, a network, a comparison or a curve."""
        view = self._view()
        if tensor in GIVEN:
            known = self._of_the_four(view, self._displaced.look(view)) | self._along(view)
            return given(tensor, known[tensor], index, GIVEN[tensor])
        if tensor not in EACH_HAS_ONE:
            return self._displaced.ledger(view, tensor, index, page=page)
        array = self._of_the_four(view, self._displaced.look(view))[tensor]
        index, value = element(tensor, array, index)
        name = NETWORKS[index[0]]
        if tensor == "confidence":
            arithmetic = identity("a", f"{name}.softmax.a", (0, view.label), value)
        elif tensor == "parameters":
            rows = [row for row in self._networks[name].summary() if row.parameters]
            arithmetic = short_sum(
                *(constant(rf"\mathrm{{{row.name}}}", float(row.parameters)) for row in rows),
                general=" + ".join(rf"\mathrm{{{row.name}}}" for row in rows),
                code=" + ".join(f"({row.formula})".replace("·", " * ") for row in rows),
                symbols={},
                note="; ".join(f"{row.name}: {row.formula}" for row in rows),
            )
        else:
            kind = tuple(self._looked_at).index(tensor.partition(".")[2])
            right = self._right()[kind, index[0]]
            arithmetic = total(
                right.astype(np.float64),
                lambda n: constant(rf"r_{{{n}}}", float(right[n])),
                Paging(page=page),
                combine="mean",
                general=r"\mathrm{mean}\, r",
                code="(said == label).mean()",
                symbols={},
                note=f"r is 1 for an image that is read right: {int(right.sum())} of {len(right)}, "
                f"as of the last look at them, once in {LOOK_EVERY} steps.",
            )
        return worked(
            tensor, index, value, arithmetic, symbol=tensor.split(".", maxsplit=1)[0], page=page
        )

    def _pooled_cells(self) -> Solution:
        view = self._view()
        counts = self._displaced.same(view, move(view.digit[0], Moves.of(1, dx=1.0))[None])
        cells, same, inked = counts["cells"], counts["same"], counts["inked"]
        return Solution(
            same,
            f"Moved one pixel to the right, {same} of the {cells} cells keep their number. But "
            f"{cells - inked} see nothing but paper, before and after. Of the {inked} that see "
            f"ink, {counts['inked_same']} keep theirs.",
            tolerance=NEARLY,
        )

    def _keeps_best(self) -> Solution:
        shares = self._displaced.shares_of_moved(Moves.of(len(self._few), dx=FAR))
        means = {name: float(a.mean()) for name, a in shares.items()}
        told = ", ".join(
            f"{title} {means[name]:.2f}" for name, title in zip(NETWORKS, TITLES, strict=True)
        )
        left = STEPS - self.position
        more = f" There are {left:,} minibatches to come: ask again at the end." if left else ""
        return Solution(
            max(means, key=lambda name: means[name]),
            f"Moved {FAR:g} pixels to the right, their mean confidence in the true digit over "
            f"{len(self._few)} images, after {self.position:,} minibatches: {told}.{more}",
        )


EXHIBIT = Exhibit(
    slug="invariance",
    title="A digit moves",
    hall="vision",
    promise="You will know why a convolution follows a picture that moves, how little pooling "
    "forgets of the place, and what makes a network sure of a digit wherever it stands.",
    controls=CONTROLS,
    publishes=(*MAPS, *ANSWERS, *CURVES),
    build=InvarianceRun,
    view_actions=("draw",),
    questions=("judge",),
    history=tuple(f"moved_{name}" for name in NETWORKS),
)
