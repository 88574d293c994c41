"""Activations: what they are, what a network is without them, how they saturate, die and overflow.

Each mode is a run of its own, in a file of its own.
"""

from collections.abc import Callable, Mapping

from engine.data.library import Library
from engine.exhibits import (
    activations_collapse,
    activations_dying,
    activations_functions,
    activations_networks,
    activations_softmax,
)
from engine.exhibits.activations_team import controls_of_data
from engine.exhibits.contract import Exhibit, Run
from engine.exhibits.controls import Choice, Control, Option, Slider, Value

LEARNING = ("networks", "collapse")
"""The modes in which networks learn at the common rate; in another they have their own."""

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="mode",
        label="Look at",
        help="The functions themselves, networks that learn with them, or softmax.",
        options=(
            Option("functions", "The functions and their slopes"),
            Option("networks", "One network, five activations"),
            Option("collapse", "Two layers that are one"),
            Option("dying", "ReLUs that die"),
            Option("softmax", "Softmax"),
        ),
        default="functions",
        effect="reset",
    ),
    *activations_functions.CONTROLS,
    *activations_softmax.CONTROLS,
    *controls_of_data(*LEARNING, "dying"),
    Slider(
        name="rate",
        label="Learning rate",
        help="How far a step goes down the gradient of all points.",
        low=0.01,
        high=10.0,
        default=0.5,
        scale="log",
        when={"mode": LEARNING},
    ),
    *activations_collapse.CONTROLS,
    *activations_dying.CONTROLS,
)


def build_run(values: Mapping[str, Value], seed: int, library: Library) -> Run:
    """Return the run of a mode."""
    runs: dict[str, Callable[[Mapping[str, Value], int, Library], Run]] = {
        "functions": activations_functions.FunctionsRun,
        "networks": activations_networks.NetworksRun,
        "collapse": activations_collapse.CollapseRun,
        "dying": activations_dying.DyingRun,
        "softmax": activations_softmax.SoftmaxRun,
    }
    return runs[str(values["mode"])](values, seed, library)


EXHIBIT = Exhibit(
    slug="activations",
    title="Activations",
    hall="networks",
    promise="You will be able to say what an activation is for, why layers without one are a "
    "single layer, how sigmoids let a gradient fade, how ReLUs die, and how softmax is computed "
    "so that it cannot break.",
    controls=CONTROLS,
    publishes=(),
    families=(
        *activations_functions.FAMILIES,
        *activations_networks.FAMILIES,
        *activations_collapse.FAMILIES,
        *activations_dying.FAMILIES,
        *activations_softmax.FAMILIES,
    ),
    gradual=(*activations_functions.GRADUAL, *activations_dying.GRADUAL),
    build=build_run,
    questions=("judge",),
    history=("loss", *activations_networks.HISTORY, *activations_dying.HISTORY),
    seeded=False,
    rate=5.0,
)
