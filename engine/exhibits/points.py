"""The data of exhibits whose networks tell points apart, or fit them: controls, and their sets.

An exhibit takes `data_controls(...)` into its controls and calls `open_points(values, seed,
library)` where it builds its recipe:

    points = open_points(values, seed, library)
    network = Network({"input": [points.inputs], ..., points.outputs, ...})
    Recipe(network=network, train=points.train, validation=points.validation, ...)

Where there are classes, `train.y` are class numbers, and a loss makes one-hot rows of them; in a
regression (`points.is_regression`) `train.y` has shape (samples, 1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.data.corners import and_corners, or_corners, xor_corners
from engine.data.dataset import Dataset
from engine.data.generated import (
    blobs,
    circles,
    conjunction,
    curve,
    moons,
    saddle,
    spirals,
    xor,
)
from engine.data.library import Library
from engine.data.preparation import Scaling, divide
from engine.errors import InvalidValueError
from engine.exhibits.controls import Choice, Control, Option, Slider, Value
from engine.snapshot import Array

CORNERS: dict[str, Callable[[], Dataset]] = {
    "xor4": xor_corners,
    "and4": and_corners,
    "or4": or_corners,
}
"""Four points each, exactly; nothing is held back and nothing is brought to scale."""

GENERATED: dict[str, Callable[..., Dataset]] = {
    "xor": xor,
    "and": conjunction,
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "blobs": blobs,
    "regression": saddle,
    "curve": curve,
}
"""As many points as `samples` says, moved by `noise`; used as they are, without scaling."""

LABELS = {
    "xor4": "XOR, the four corners",
    "and4": "AND, the four corners",
    "or4": "OR, the four corners",
    "xor": "XOR, four squares",
    "and": "AND, four squares",
    "moons": "Two moons",
    "circles": "Two rings",
    "spirals": "Two spirals",
    "blobs": "Three blobs",
    "iris": "Iris flowers (150)",
    "regression": "A value: x1 · x2",
    "curve": "A curve: sin(πx)",
}
"""Every data set by its value of the control `data`."""

REGRESSIONS = ("regression", "curve")
ONE_INPUT = ("curve",)

MOST_SAMPLES = 500
"""The most points of a generated set; so many are always drawn, and the first ones are used: more
samples are added to those that were there."""

IRIS_COLUMNS = {
    "petal": ("Petal length and width", (2, 3)),
    "sepal": ("Sepal length and width", (0, 1)),
    "lengths": ("Sepal and petal length", (0, 2)),
    "widths": ("Sepal and petal width", (1, 3)),
    "all": ("All four", (0, 1, 2, 3)),
}
"""Which of the flowers' columns go in, by the value of the control `columns`."""

LEAST_DIVIDED = 12
"""Of fewer given samples none are held back."""


class Given(NamedTuple):
    """Samples as they were given: for the fields see `Dataset`."""

    x: Array
    y: Array
    classes: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """A data set, ready to be trained on.

    Attributes
    ----------
    train : Dataset
        x of shape (samples, inputs); `train.features` names the columns, `train.classes` the
        classes, empty for a regression.
    validation : Dataset or None
        Samples that training does not see; None where there are too few.
    scaling : Scaling or None
        How the columns were brought to scale, by the training samples; None: they are as they were.
    target : Scaling or None
        The same of the value that a regression is to say.
    """

    train: Dataset
    validation: Dataset | None
    scaling: Scaling | None = None
    target: Scaling | None = None

    @property
    def inputs(self) -> int:
        """How many numbers a sample has."""
        return int(self.train.x.shape[1])

    @property
    def outputs(self) -> int:
        """How many outputs a network needs: one a class, or one for a value."""
        return len(self.train.classes) or 1

    @property
    def is_regression(self) -> bool:
        """Whether the targets are values instead of classes."""
        return not self.train.classes

    def bounds(self, room: float = 0.15) -> tuple[tuple[float, float], ...]:
        """Return of each input from where to where all samples lie, with some room about them."""
        parts = [self.train, *([self.validation] if self.validation else [])]
        x = np.concatenate([part.x for part in parts]).astype(np.float64)
        low, high = x.min(axis=0), x.max(axis=0)
        about = room * np.where(high > low, high - low, 1.0)
        return tuple(zip((low - about).tolist(), (high + about).tolist(), strict=True))


def data_controls(
    *sets: str, default: str, samples: int = 200, noise: float = 0.05
) -> tuple[Control, ...]:
    """Return the controls `data`, `samples`, `noise`, and `columns` where iris is among the sets.

    All begin a new run. The last three are "advanced", and shown where they mean something.

    Parameters
    ----------
    sets : str
        Keys of `LABELS`, in the order of the list.
    default : str
        One of them.
    samples : int
        How many points of a generated set are trained on at first.
    noise : float
        How far they are moved at first.
    """
    generated = tuple(name for name in sets if name in GENERATED)
    controls: list[Control] = [
        Choice(
            name="data",
            label="Data",
            help="The points to learn from.",
            options=tuple(Option(name, LABELS[name]) for name in sets),
            default=default,
            effect="reset",
        )
    ]
    if generated:
        controls += [
            Slider(
                name="samples",
                label="Training points",
                help="How many points the network learns from; others are kept to check it.",
                low=4,
                high=MOST_SAMPLES,
                default=samples,
                scale="log",
                integer=True,
                unit="points",
                effect="reset",
                advanced=True,
                when={"data": generated},
            ),
            Slider(
                name="noise",
                label="Noise",
                help="Standard deviation by which points are moved, or values changed, at random.",
                low=0.0,
                high=0.5,
                step=0.01,
                default=noise,
                effect="reset",
                advanced=True,
                when={"data": generated},
            ),
        ]
    if "iris" in sets:
        controls.append(
            Choice(
                name="columns",
                label="Measurements",
                help="Which of the flowers' measurements go in.",
                options=tuple(Option(name, label) for name, (label, _) in IRIS_COLUMNS.items()),
                default="petal",
                effect="reset",
                advanced=True,
                when={"data": ("iris",)},
            )
        )
    return tuple(controls)


def open_points(
    values: Mapping[str, Value],
    seed: int,
    library: Library,
    *,
    validation: int = 100,
    share: float = 0.25,
) -> Points:
    """Return the data that `values` ask for.

    Parameters
    ----------
    values : mapping of str to value
        With `data`, and what else `data_controls` declare.
    seed : int
        Of the points that are drawn ([seed, 5], and [seed, 6] for validation), and of which samples
        are held back ([seed, 3]).
    library : Library
    validation : int
        How many points of a generated set are kept for validation; 0 for none.
    share : float
        What share of a given set is; 0 for none. Of fewer than 12 samples none are.

    Raises
    ------
    InvalidValueError
        If there is no such set.
    """
    name = str(values["data"])
    if name in CORNERS:
        return Points(CORNERS[name](), None)
    if name in GENERATED:
        return _generated(name, values, seed, validation)
    if name == "iris":
        columns = list(IRIS_COLUMNS[str(values["columns"])][1])
        flowers = library.open("iris")
        names = tuple(flowers.features[at] for at in columns)
        given = Given(flowers.x[:, columns], flowers.y, flowers.classes, names)
        return _given(given, seed, share)
    raise InvalidValueError(f"data: expected one of {', '.join(LABELS)}, got {name!r}")


def _generated(name: str, values: Mapping[str, Value], seed: int, validation: int) -> Points:
    make, noise = GENERATED[name], float(values["noise"])
    drawn = make(MOST_SAMPLES, noise=noise, rng=np.random.default_rng([seed, 5]))
    kept = None
    if validation:
        kept = make(validation, noise=noise, rng=np.random.default_rng([seed, 6]))
    return Points(drawn.take(np.arange(int(values["samples"]))), kept)


def _given(given: Given, seed: int, share: float) -> Points:
    """Hold samples back and bring the columns to scale, in double precision."""
    x, y, classes, features = given
    everything = np.arange(len(x))
    training, kept = everything, everything[:0]
    if share and len(x) >= LEAST_DIVIDED:
        size = max(1, round(share * len(x)))
        rng = np.random.default_rng([seed, 3])
        training, kept = divide(len(x), y if classes else None, size, rng=rng)
    scaling = Scaling.z_score_of(x[training])
    target = None if classes else Scaling.z_score_of(y[training])
    inputs, outputs = scaling.scaled(x), y if target is None else target.scaled(y)
    everyone = Dataset(inputs, outputs, classes, features, "given")
    validation = everyone.take(kept) if len(kept) else None
    return Points(everyone.take(training), validation, scaling, target)
