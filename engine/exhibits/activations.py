"""Activations: what they are, what a network is without them, how they saturate, die and overflow.

Each mode is a run of its own, in a file of its own.
"""

from collections.abc import Callable, Mapping

from engine.data.library import Library
from engine.exhibits import activations_functions, activations_softmax
from engine.exhibits.contract import Exhibit, Run
from engine.exhibits.controls import Choice, Control, Option, Value

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="mode",
        label="Look at",
        help="The functions themselves, networks that learn with them, or softmax.",
        options=(
            Option("functions", "The functions and their slopes"),
            Option("softmax", "Softmax"),
        ),
        default="functions",
        effect="reset",
    ),
    *activations_functions.CONTROLS,
    *activations_softmax.CONTROLS,
)


def build_run(values: Mapping[str, Value], seed: int, library: Library) -> Run:
    """Return the run of a mode."""
    runs: dict[str, Callable[[Mapping[str, Value], int, Library], Run]] = {
        "functions": activations_functions.FunctionsRun,
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
    families=(*activations_functions.FAMILIES, *activations_softmax.FAMILIES),
    gradual=activations_functions.GRADUAL,
    build=build_run,
    questions=("judge",),
    seeded=False,
    rate=5.0,
)
