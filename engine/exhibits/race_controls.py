"""What one may change in a race of optimizers, and the ground that this means."""

import math
from collections.abc import Mapping

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.controls import Choice, Control, Option, Slider, Text, Toggle, Value
from engine.landscape.expression import Expression, parse
from engine.landscape.ground import undefined
from engine.landscape.named import TWO, bowl
from engine.landscape.race import RACERS, Rules
from engine.landscape.sculpted import Sculpted, stroke
from engine.landscape.small_network import Place, SmallNetwork, small_network
from engine.snapshot import Array

NAMES = {
    "sgd": "Gradient descent",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "annealing": "Simulated annealing",
    "genetic": "Genetic algorithm",
}
"""What people call each racer."""

RATES = {
    "sgd": 0.0316,
    "momentum": 0.00422,
    "nesterov": 0.0075,
    "rmsprop": 0.0237,
    "adam": 0.1,
    "annealing": 0.562,
    "genetic": 1.33,
}
"""Where the rates begin: what the search finds on the first ground, with seed 1."""

GROUNDS = {
    "bowl": "Bowl",
    "rosenbrock": "Rosenbrock's bent valley",
    "himmelblau": "Himmelblau's four minima",
    "saddle": "Saddle",
    "plateau": "Plateau",
    "many_minima": "Many minima (Rastrigin)",
    "beale": "Beale's flat corner",
    "network": "A small network",
    "own": "Your own formula",
    "sculpted": "Sculpt it yourself",
}

PRICES = {"backprop": 3, "forward": 2, "free": 1}
"""What a gradient counts for, where that does not depend on the number of parameters."""

LONGEST_START = 40

LONGEST_STROKES = 4000

DEPTH, BREADTH = 0.5, 0.5
"""How deep a stroke digs, and how broad it is."""

WAYS = {"dig": -DEPTH, "pile": DEPTH}

MARGIN = 0.45
"""Of the longer side of the way from a bowl's middle to the start: what is drawn beside it."""


def _formula(text: str) -> str:
    return str(parse(text, ("w1", "w2")))


def _strokes(text: str) -> str:
    """Return strokes with no more places than they need."""
    return "; ".join(f"{way} {_written(bumps)}" for way, bumps in _laid(text))


def _laid(text: str) -> list[tuple[str, Array]]:
    """Return each stroke's way, `dig` or `pile`, and its bumps."""
    laid = []
    for said in filter(None, map(str.strip, text.replace("−", "-").split(";"))):
        way, *parts = said.split()
        try:
            numbers = [round(float(part), 3) for part in parts]
        except ValueError:
            numbers = []
        if way not in WAYS or not numbers or len(numbers) % 2:
            raise InvalidValueError(
                f"expected strokes such as `dig 1 0.5 1.2 0.6; pile -1 0`, got {said[:40]!r}"
            )
        places = list(zip(numbers[::2], numbers[1::2], strict=True))
        laid.append(
            (way, stroke(places, height=WAYS[way], width=BREADTH, bounds=Sculpted().bounds))
        )
    _sculpted(laid)  # so many bumps may be too many
    return laid


def _sculpted(laid: list[tuple[str, Array]]) -> Sculpted:
    """Return the ground with all those strokes."""
    return Sculpted(np.concatenate([np.zeros((0, 4)), *(bumps for _, bumps in laid)]))


def _written(bumps: Array) -> str:
    return " ".join(f"{one:.6g}" for one in bumps[:, :2].ravel())


def _start(text: str) -> str:
    """Return two numbers in their shortest form; nothing means the ground's own start."""
    parts = text.replace("−", "-").replace(",", " ").split()
    if not parts:
        return ""
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != 2 or not all(math.isfinite(one) and abs(one) <= 1000 for one in numbers):
        raise InvalidValueError(
            f"expected two numbers from −1000 to 1000, such as 1.5, -2, or nothing; got {text!r}"
        )
    return ", ".join(f"{one:.6g}" for one in numbers)


def _rate(kind: str) -> Slider:
    draws = kind in ("annealing", "genetic")
    return Slider(
        name=f"rate_{kind}",
        label=f"{'Step' if draws else 'Rate'}: {NAMES[kind]}",
        help="How far its first proposals lie from where it stands: σ."
        if kind == "annealing"
        else "How far its first mutations go: σ."
        if draws
        else "Its learning rate η.",
        low=1e-5,
        high=100.0,
        default=RATES[kind],
        scale="log",
        effect="reset",
        advanced=True,
    )


CONTROLS: tuple[Control, ...] = (
    Choice(
        name="ground",
        label="Ground",
        help="What all of them run down.",
        options=tuple(Option(value, label) for value, label in GROUNDS.items()),
        default="bowl",
        effect="reset",
    ),
    Slider(
        name="condition",
        label="Condition of the bowl",
        help="How many times more it curves across than along.",
        low=1.0,
        high=1000.0,
        default=50.0,
        scale="log",
        effect="reset",
        when={"ground": ("bowl",)},
    ),
    Text(
        name="own",
        label="J(w1, w2) =",
        help="Your own ground, of w1 and w2: sin, cos, exp, ln, sqrt, abs, tanh, max and the like.",
        default="w1^2 / 4 + w2^2 + sin(3w1)",
        normal=_formula,
        effect="reset",
        when={"ground": ("own",)},
    ),
    Text(
        name="strokes",
        label="Strokes",
        help="What the pointer dug and piled up: of each stroke the places that it passed.",
        default="",
        normal=_strokes,
        longest=LONGEST_STROKES,
        effect="reset",
        advanced=True,
        when={"ground": ("sculpted",)},
    ),
    Choice(
        name="racer",
        label="Look into",
        help="Whose last move and memory are shown.",
        options=tuple(Option(kind, NAMES[kind]) for kind in RACERS),
        default="momentum",
        effect="view",
    ),
    Choice(
        name="price",
        label="A gradient counts as",
        help="By backpropagation it takes about three times the work of J alone, however many "
        "parameters there are; by finite differences one evaluation more than there are "
        "parameters.",
        options=(
            Option("backprop", "3 evaluations (backpropagation)"),
            Option("forward", "2 evaluations"),
            Option("differences", "1 + one a parameter (differences)"),
            Option("free", "1 evaluation (unfair)"),
        ),
        default="backprop",
        effect="reset",
    ),
    Slider(
        name="budget",
        label="Evaluations",
        help="How many each racer may use.",
        low=150,
        high=3000,
        default=600,
        step=30,
        integer=True,
        effect="reset",
    ),
    Text(
        name="start",
        label="Start",
        help="Where all begin: w1, w2; nothing means the ground's own place. Or click on the map.",
        default="",
        normal=_start,
        longest=LONGEST_START,
        effect="reset",
        advanced=True,
        when={"ground": tuple(name for name in GROUNDS if name != "network")},
    ),
    Slider(
        name="angle",
        label="Bowl turned by",
        help="The angle of its gentle direction against w1.",
        low=0.0,
        high=90.0,
        default=0.0,
        step=5.0,
        unit="°",
        effect="reset",
        advanced=True,
        when={"ground": ("bowl",)},
    ),
    *(_rate(kind) for kind in RACERS),
    Slider(
        name="momentum",
        label="Memory μ",
        help="Which share of its velocity momentum keeps, and Nesterov.",
        low=0.0,
        high=0.99,
        default=0.9,
        step=0.01,
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="heat",
        label="Heat of the annealing",
        help="The first temperature, over the mean difference in J between neighbours.",
        low=0.01,
        high=10.0,
        default=0.3,
        scale="log",
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="tolerance",
        label="Finishing line",
        help="Who stands so little above the lowest place, of the height of the start, is there.",
        low=1e-6,
        high=0.1,
        default=1e-3,
        scale="log",
        effect="reset",
        advanced=True,
    ),
    Toggle(
        name="results",
        label="Race on every ground",
        help="Find each racer's best rate on every ground, and compare them there.",
        effect="view",
        advanced=True,
    ),
)


def ground_of(values: Mapping[str, Value], seed: int) -> Place:
    """Return the ground that the controls say."""
    name = str(values["ground"])
    if name == "bowl":
        ground = bowl(float(values["condition"]), float(values["angle"]))
        return _near(ground, start_of(values, ground))
    if name == "own":
        return parse(str(values["own"]), ("w1", "w2"), title="Your own")
    if name == "sculpted":
        return _sculpted(_laid(str(values["strokes"])))
    return small_network(seed) if name == "network" else TWO[name]


def _near(ground: Expression, start: Array) -> Expression:
    """Return a bowl of which no more is drawn than the way from the start to the middle needs."""
    room = MARGIN * float(np.abs(start).max() or 1.0)
    bounds = tuple((min(0.0, one) - room, max(0.0, one) + room) for one in start.tolist())
    return Expression(
        ground.tree, ground.names, bounds=bounds, start=ground.start, title=ground.title
    )


def start_of(values: Mapping[str, Value], ground: Place) -> Array:
    """Return where all begin.

    Raises
    ------
    InvalidValueError
        If J or its slope is no number there.
    """
    text = str(values["start"])
    if isinstance(ground, SmallNetwork):
        return np.array(ground.start)
    own = bool(text)
    start = np.array([float(one) for one in text.split(",")] if own else ground.start)
    if trouble := undefined(ground, start):
        raise InvalidValueError(f"{'start' if own else values['ground']}: {trouble}")
    return start


def rules_of(values: Mapping[str, Value], d: int, line: float) -> Rules:
    """Return what is the same for all, on a ground of d parameters."""
    price = str(values["price"])
    return Rules(
        budget=int(values["budget"]),
        price=PRICES.get(price, d + 1),
        line=line,
        momentum=float(values["momentum"]),
        heat=float(values["heat"]),
    )
