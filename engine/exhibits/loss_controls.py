"""The controls of the exhibit `losses`, and the points and scores that people type into them."""

from engine.errors import InvalidValueError
from engine.exhibits.controls import Choice, Option, Slider, Text

FAR = 4.0
"""How far from 0 a point may lie."""

POINTS = 2, 12
"""The least and the most points."""

SCORE = 10.0
"""How far from 0 a score of softmax may be."""

CLASSES = 2, 5
"""The least and the most classes of softmax."""


def numbers(text: str) -> list[list[float]]:
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


def _points(text: str, *, classes: bool) -> str:
    """Return points in their shortest form: `-3 -1.5; 2 0.25`."""
    rows = numbers(text)
    least, most = POINTS
    if not least <= len(rows) <= most:
        raise InvalidValueError(f"expected {least} to {most} points, got {len(rows)}")
    for row in rows:
        if len(row) != 2:
            shown = " ".join(f"{one:g}" for one in row)
            raise InvalidValueError(f"expected two numbers a point, x and y, got {shown!r}")
        for axis, one in zip("xy", row, strict=True):
            if not abs(one) <= FAR:
                raise InvalidValueError(f"expected {axis} from {-FAR:g} to {FAR:g}, got {one:g}")
    snapped = [(x, float(y >= 0.5)) for x, y in rows] if classes else rows
    return "; ".join(f"{_short(x)} {_short(y)}" for x, y in snapped)


def scores(text: str, most_size: float = SCORE) -> str:
    """Return scores in their shortest form: `2 1 -1`.

    Parameters
    ----------
    text : str
    most_size : float
        How far from 0 one may be.

    Raises
    ------
    InvalidValueError
        If there are too few or too many, or one is too far from 0.
    """
    row = [one for row in numbers(text) for one in row]
    least, most = CLASSES
    if not least <= len(row) <= most:
        raise InvalidValueError(f"expected {least} to {most} scores, got {len(row)}")
    for one in row:
        if not abs(one) <= most_size:
            raise InvalidValueError(
                f"expected scores from {-most_size:g} to {most_size:g}, got {one:g}"
            )
    return " ".join(map(_short, row))


def _short(x: float) -> str:
    """Return a number with two decimals at most, and no minus before 0."""
    return f"{round(x, 2) + 0.0:g}"


CONTROLS = (
    Choice(
        name="mode",
        label="What is learned",
        help="A number, a yes or no, or one of several classes.",
        options=(
            Option("regression", "A number: linear regression"),
            Option("classification", "Yes or no: logistic regression"),
            Option("softmax", "One of several: softmax"),
        ),
        default="regression",
        effect="reset",
    ),
    Slider(
        name="rate",
        label="Learning rate",
        help="How far a step goes along minus the gradient.",
        low=0.001,
        high=1,
        default=0.05,
        scale="log",
        when={"mode": ("regression",)},
    ),
    Slider(
        name="logistic_rate",
        label="Learning rate of both",
        help="How far a step of either ball goes along minus its gradient.",
        low=0.01,
        high=10,
        default=1,
        scale="log",
        when={"mode": ("classification",)},
    ),
    Choice(
        name="map",
        label="The maps show",
        help="How high the loss is at each place, or how it bends there.",
        options=(
            Option("height", "the loss"),
            Option("curvature", "how it bends: the signs of both eigenvalues"),
        ),
        default="height",
        effect="view",
        when={"mode": ("regression", "classification")},
    ),
    Text(
        name="scores",
        label="Scores",
        help="What the network says of each class, before softmax; two to five numbers.",
        default="2 1 -1",
        normal=scores,
        effect="view",
        when={"mode": ("softmax",)},
    ),
    Slider(
        name="right",
        label="The right class",
        help="The class that it really is, counted from 0; of fewer classes, the last.",
        low=0,
        high=CLASSES[1] - 1,
        default=1,
        step=1,
        integer=True,
        effect="view",
        when={"mode": ("softmax",)},
    ),
    Slider(
        name="shift",
        label="Add to all scores",
        help="The same number added to each of the scores.",
        low=-SCORE,
        high=SCORE,
        default=0,
        step=0.5,
        effect="view",
        when={"mode": ("softmax",)},
    ),
    Slider(
        name="point",
        label="The point whose loss is drawn",
        help="Which point's own loss is drawn over its score, counted from 0.",
        low=0,
        high=POINTS[1] - 1,
        default=0,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
        when={"mode": ("regression", "classification")},
    ),
    Text(
        name="points",
        label="Points of the regression",
        help="x and y of each point, with a semicolon between two of them.",
        default="-3 -1.5; -2 -2; -1 0.5; 0.5 0; 1.5 2; 3 2.5",
        normal=lambda text: _points(text, classes=False),
        advanced=True,
        when={"mode": ("regression",)},
    ),
    Text(
        name="classes",
        label="Points of the two classes",
        help="x and the class, 0 or 1, of each point, with a semicolon between two of them.",
        default="-3 0; -2 0; -1.5 0; -0.5 1; 0.5 0; 1 1; 2 1; 3 1",
        normal=lambda text: _points(text, classes=True),
        advanced=True,
        when={"mode": ("classification",)},
    ),
)
