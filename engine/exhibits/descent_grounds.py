"""Where the balls of `descent` go down: formulae of one's own, and what is chosen by name."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.errors import InvalidValueError
from engine.exhibits.controls import Slider
from engine.landscape.expression import Expression, parse
from engine.landscape.ground import undefined

SHARES = (2 / 3, 0.9, 0.37, 0.11, -0.23, -0.51, -0.77)
"""Of the reach: where a ball may begin on a formula that is not defined everywhere."""


def reach_control(name: str, when: Mapping[str, tuple[str, ...]]) -> Slider:
    """Return the control, called `name`, of how far a formula of one's own is drawn."""
    return Slider(
        name=name,
        label="Drawn from −r to r",
        help="How far from 0 your formula is drawn, either way.",
        low=1.0,
        high=20.0,
        default=3.0,
        step=0.5,
        effect="reset",
        advanced=True,
        when=when,
    )


def own_ground(text: str, names: Sequence[str], reach: float, control: str) -> Expression:
    """Return the ground of a formula that somebody typed.

    Parameters
    ----------
    text : str
    names : sequence of str
        The variables.
    reach : float
        How far from 0 it is drawn.
    control : str
        Where it was typed, for the error.

    Raises
    ------
    InvalidValueError
        If it is no formula, or nowhere defined where a ball could begin.
    """
    bounds = ((-reach, reach),) * len(names)
    for share in SHARES:
        # not on a diagonal, where many formulae have nothing to show
        start = [reach * share * (1 if i == 0 else 0.8) for i in range(len(names))]
        ground = parse(text, names, bounds=bounds, start=start, title="Your own")
        if not undefined(ground, np.array(start)):
            return ground
    raise InvalidValueError(
        f"{control}: expected a formula with a number somewhere from {-reach:g} to {reach:g}, "
        f"got {text}"
    )
