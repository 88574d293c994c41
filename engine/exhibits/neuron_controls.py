"""The controls of the exhibit `neuron`: its sets of points, and weights that people set by hand."""

from dataclasses import dataclass

import numpy as np

from engine.data import generated
from engine.data.separability import common_place
from engine.errors import InvalidValueError
from engine.exhibits.controls import Choice, Option, Slider, Text
from engine.snapshot import Array

LOW, HIGH = -1.0, 2.0
"""What is seen of either input."""

POINTS = 2, 24
"""The least and the most points of one's own."""

MOST = 20.0
"""How far from 0 a weight or a bias may be set."""

CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))

GATES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "xor": (0, 1, 1, 0)}
"""What each gate makes of the four corners."""

CLOUDS = {"groups": (0.3, True), "overlap": (0.55, False)}
"""Of each pair of clouds how wide they are, and whether a line separates them."""


@dataclass(frozen=True, slots=True)
class Points:
    """A set of points of two classes.

    Attributes
    ----------
    x : ndarray of shape (n, 2)
    y : ndarray of shape (n,)
    """

    x: Array
    y: Array


def points_of(data: str, own: str, seed: int) -> Points:
    """Return the set that the control `data` names; for `own`, the points of a text."""
    if data in GATES:
        return Points(np.array(CORNERS), np.array(GATES[data], np.float64))
    if data in CLOUDS:
        return _clouds(*CLOUDS[data], seed)
    rows = np.array(_numbers(own))
    return Points(rows[:, :2], rows[:, 2])


def _clouds(noise: float, separable: bool, seed: int) -> Points:
    """Return two clouds, drawn until a line does, or does not, separate them."""
    rng = np.random.default_rng([seed, 5])
    # so that either input counts, and neither cloud lies at (0, 0), where a point has no pull on w
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    while True:
        drawn = generated.blobs(14, centres=2, noise=noise, rng=rng)
        x = np.clip(0.5 + 0.65 * drawn.x.astype(np.float64) @ turn, LOW + 0.05, HIGH - 0.05)
        points = Points(np.round(x, 2), 1.0 - drawn.y)
        if (common_place(points.x, points.y) is None) == separable:
            return points


def _numbers(text: str) -> list[list[float]]:
    """Return the numbers of a text, by the parts that semicolons or lines make."""
    rows = []
    for part in text.replace("\n", ";").split(";"):
        words = part.replace(",", " ").replace("\u2212", "-").split()
        if not words:
            continue
        try:
            rows.append([float(word) for word in words])
        except ValueError:
            raise InvalidValueError(f"expected numbers, got {part.strip()!r}") from None
    return rows


def normal_points(text: str) -> str:
    """Return points in their shortest form, `0.5 1 0; 1 -0.25 1`: x1, x2 and the class of each.

    Raises
    ------
    InvalidValueError
        If there are too few or too many, one lies too far out, or a class is neither 0 nor 1.
    """
    rows = _numbers(text)
    least, most = POINTS
    if not least <= len(rows) <= most:
        raise InvalidValueError(f"expected {least} to {most} points, got {len(rows)}")
    for row in rows:
        if len(row) != 3:
            shown = " ".join(f"{one:g}" for one in row)
            raise InvalidValueError(f"expected x1, x2 and the class of a point, got {shown!r}")
        for name, one in zip(("x1", "x2"), row, strict=False):
            if not LOW <= one <= HIGH:
                raise InvalidValueError(f"expected {name} from {LOW:g} to {HIGH:g}, got {one:g}")
        if row[2] not in (0, 1):
            raise InvalidValueError(f"expected the class 0 or 1, got {row[2]:g}")
    return "; ".join(" ".join(_short(one, 2) for one in row) for row in rows)


def normal_weights(text: str) -> str:
    """Return weights and bias, `1 -0.5 0.25`, of what somebody wants of them.

    It may be said by
    `w1 w2 b`;
    `w1 w2 through x1 x2`: the line with these weights through a place;
    `w1 w2 b length m`: the same line, and weights of this length;
    `length m about p1 p2 towards q1 q2`: weights of this length that point from p, a place on the
    line, towards q.

    Raises
    ------
    InvalidValueError
        If it is none of these, a number is out of its range, or a direction has no length.
    """
    words = text.replace(",", " ").replace("\u2212", "-").split()
    names = tuple(word for word in words if word.isalpha())
    given: list[Array] = [np.zeros(0)]
    for word in words:
        if word.isalpha():
            given.append(np.zeros(0))
            continue
        try:
            given[-1] = np.append(given[-1], float(word))
        except ValueError:
            raise InvalidValueError(f"expected a number, got {word!r}") from None
    sizes = tuple(len(one) for one in given)
    if names == () and sizes == (3,):
        theta = given[0]
    elif names == ("through",) and sizes == (2, 2):
        theta = np.append(given[0], -given[0] @ given[1])
    elif names == ("length",) and sizes == (3, 1):
        theta = given[0] * (_length(given[1]) / _size(given[0][:2]))
    elif names == ("length", "about", "towards") and sizes == (0, 1, 2, 2):
        way = given[3] - given[2]
        w = way * (_length(given[1]) / _size(way))
        theta = np.append(w, -w @ given[2])
    else:
        raise InvalidValueError(f"expected w1, w2 and b, such as 1 -0.5 0.25, got {text.strip()!r}")
    for name, one in zip(("w1", "w2", "b"), theta, strict=True):
        if not abs(one) <= MOST:
            raise InvalidValueError(f"expected {name} from {-MOST:g} to {MOST:g}, got {one:g}")
    return " ".join(_short(one, 4) for one in theta)


def theta_of(text: str) -> Array:
    """Return w1, w2 and b of a text in its shortest form, of shape (3,)."""
    return np.array([float(word) for word in text.split()])


def _length(given: Array) -> float:
    length = float(given[0])
    if not 0 < length <= MOST:
        raise InvalidValueError(f"expected a length above 0, to {MOST:g}, got {length:g}")
    return length


def _size(way: Array) -> float:
    size = float(np.hypot(*way))
    if not size > 0:
        raise InvalidValueError("expected weights that are not both 0: those have no direction")
    return size


def _short(x: float, decimals: int) -> str:
    """Return a number with so many decimals at most, and no minus before 0."""
    return f"{round(float(x), decimals) + 0.0:.10g}"


CONTROLS = (
    Choice(
        name="show",
        label="What is shown",
        help="One neuron and its arithmetic, or two that learn side by side.",
        options=(
            Option("one", "One neuron, number by number"),
            Option("two", "Two neurons learn: both rules"),
        ),
        default="one",
        effect="view",
    ),
    Choice(
        name="data",
        label="The points",
        help="Points of two classes; drag one, and they are points of your own.",
        options=(
            Option("and", "AND: 1 where both inputs are 1"),
            Option("or", "OR: 1 where at least one is 1"),
            Option("xor", "XOR: 1 where just one is 1"),
            Option("groups", "two groups"),
            Option("overlap", "two groups that overlap"),
            Option("own", "points of your own"),
        ),
        default="and",
    ),
    Choice(
        name="output",
        label="After the sum comes",
        help="What makes an answer of the score z.",
        options=(
            Option("step", "a step: 0 or 1 (perceptron)"),
            Option("sigmoid", "the sigmoid: 0 to 1 (logistic)"),
        ),
        default="step",
        effect="view",
        when={"show": ("one",)},
    ),
    Choice(
        name="batch",
        label="A step looks at",
        help="One point after the other, or all of them and their mean.",
        options=(Option("one", "one point"), Option("all", "all points")),
        default="one",
        when={"show": ("two",)},
    ),
    Slider(
        name="rate",
        label="Learning rate of both",
        help="η: how much of what a point asks for is done.",
        low=0.01,
        high=10,
        default=1,
        scale="log",
        when={"show": ("two",)},
    ),
    Slider(
        name="point",
        label="The point that is worked out",
        help="Which point's numbers are shown, counted from 0.",
        low=0,
        high=POINTS[1] - 1,
        default=3,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
        when={"show": ("one",)},
    ),
    Text(
        name="weights",
        label="Set by hand: w1 w2 b",
        help="Both neurons begin again with these weights and this bias.",
        default="1 1 -1.5",
        normal=normal_weights,
        advanced=True,
        again=True,
    ),
    Text(
        name="points",
        label="Your points",
        help="x1, x2 and the class, 0 or 1, of each point, with a semicolon between two of them.",
        default="0 0 0; 0 1 1; 1 0 1; 1 1 0; 0.5 0.5 0",
        normal=normal_points,
        longest=480,
        advanced=True,
        when={"data": ("own",)},
    ),
)
