"""The data of exhibits whose networks tell points apart, or fit them: controls, and their sets.

An exhibit takes `data_controls(...)` into its controls and calls `open_points(values, seed,
library)` where it builds its recipe:

    points = open_points(values, seed, library)
    network = Network({"input": [points.inputs], ..., points.outputs, ...})
    Recipe(network=network, train=points.train, validation=points.validation, ...)

Where there are classes, `train.y` are class numbers, and a loss makes one-hot rows of them; in a
regression (`points.is_regression`) `train.y` has shape (samples, 1).

An exhibit among whose sets are "drawn" and "pasted" also declares `brings=BRINGS`, adds `READ` to
its questions, and answers that in its run's `act`: `if name == READ: return (read(args),)`. What
was drawn or pasted is then in `library.brought`, and nothing else is to be done. In the browser
`<data-desk>` sends these actions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.brought import (
    DIGITS,
    EXAMPLE,
    FAR,
    MOST_DRAWN_CLASSES,
    MOST_POINTS,
    Given,
    drawn,
    first_drawing,
    pasted,
)
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
from engine.data.table import MOST_BYTES
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event
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
    "drawn": "Points you draw",
    "pasted": "A table you paste",
}
"""Every data set by its value of the control `data`."""

BRINGS: dict[str, dict[str, Value]] = {"draw": {"data": "drawn"}, "paste": {"data": "pasted"}}
"""The actions that bring data, and what they set; see `Exhibit.brings` and `engine.data.brought`.

`draw` takes all points at once, as lists `x1`, `x2` and `y` (class numbers from 0); `paste` a text
`csv`, and what a person chose: `target`, `kind`, `separator`, `decimal`, `header`.
"""

READ = "read"
"""The question what a text would be understood as; takes what `paste` takes."""

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
"""Of fewer given samples none are held back, nor where a class has a single one."""


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
    if name == "drawn":
        return _drawn(library, seed, share)
    if name == "pasted":
        if "paste" not in library.brought:
            raise InvalidValueError("data: no table has come along; open “Your data” and paste one")
        table = library.once("paste", lambda: pasted(library.brought["paste"]))
        return _given(Given(table.x, table.y, table.classes, table.features), seed, share)
    raise InvalidValueError(f"data: expected one of {', '.join(LABELS)}, got {name!r}")


def read(args: Mapping[str, Any]) -> Event:
    """Return what a table that is not used yet would be understood as: an event `read`.

    Without arguments it tells how much may be brought, what a drawing begins with, and a table to
    try.

    Raises
    ------
    InvalidValueError
        If it would be refused.
    """
    if args:
        return Event(READ, pasted(args).report())
    first = first_drawing()
    x1, x2 = first.x.astype(np.float64).round(DIGITS).T.tolist()
    limits = {"bytes": MOST_BYTES, "points": MOST_POINTS, "classes": MOST_DRAWN_CLASSES, "far": FAR}
    drawing = {"x1": x1, "x2": x2, "y": first.y.tolist()}
    return Event(READ, {"limits": limits, "drawing": drawing, "example": EXAMPLE})


def _drawn(library: Library, seed: int, share: float) -> Points:
    """Return the points as they were drawn: the plane is their scale."""
    draw = library.brought.get("draw")
    points = library.once("draw", lambda: first_drawing() if draw is None else drawn(draw))
    training, kept = _parts(len(points), points.y, seed, share)
    return Points(points.take(training), points.take(kept) if len(kept) else None)


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
    training, kept = _parts(len(x), y if classes else None, seed, share)
    scaling = Scaling.z_score_of(x[training])
    target = None if classes else Scaling.z_score_of(y[training])
    inputs, outputs = scaling.scaled(x), y if target is None else target.scaled(y)
    everyone = Dataset(inputs, outputs, classes, features, "given")
    validation = everyone.take(kept) if len(kept) else None
    return Points(everyone.take(training), validation, scaling, target)


def _parts(samples: int, labels: Array | None, seed: int, share: float) -> tuple[Array, Array]:
    """Return which samples are trained on and which are held back, perhaps none."""
    counts = np.bincount(labels) if labels is not None else np.array([samples])
    if not share or samples < LEAST_DIVIDED or (counts == 1).any():
        everything = np.arange(samples)
        return everything, everything[:0]
    size = max(1, round(share * samples))
    return divide(samples, labels, size, rng=np.random.default_rng([seed, 3]))
