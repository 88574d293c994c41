"""Gradient descent: a ball on a curve, on a surface, and on the loss of samples.

Three runs stand behind the one control `mode`; each has a file of its own.
"""

from collections.abc import Callable, Mapping

from engine.data.library import Library
from engine.exhibits import descent_one, descent_samples, descent_two
from engine.exhibits.contract import Exhibit, Run
from engine.exhibits.controls import Choice, Control, Option, Slider, Value
from engine.exhibits.descent_walk import COMMON, OF_A_WALK

WALKS = {"mode": ("one", "two")}

CONTROLS: tuple[Control, ...] = (
    Choice(
        name="mode",
        label="Walk in",
        help="How many weights there are to go down with, or by which samples.",
        options=(
            Option("one", "One variable"),
            Option("two", "Two variables"),
            Option("samples", "Batches of samples"),
        ),
        default="one",
        effect="reset",
    ),
    *descent_one.CONTROLS,
    *descent_two.CONTROLS,
    *descent_samples.CONTROLS,
    Slider(
        name="learning_rate",
        label="Learning rate η",
        help="How far a step goes: the gradient is multiplied by it.",
        low=1e-4,
        high=10.0,
        default=0.1,
        scale="log",
    ),
    Slider(
        name="tolerance",
        label="Tolerance",
        help="The ball stops where the gradient is shorter than this.",
        low=1e-9,
        high=0.1,
        default=1e-6,
        scale="log",
        when=WALKS,
    ),
)


def build_run(values: Mapping[str, Value], seed: int, library: Library) -> Run:
    """Return the run of a mode."""
    runs: dict[str, Callable[[Mapping[str, Value], int, Library], Run]] = {
        "one": descent_one.CurveRun,
        "two": descent_two.SurfaceRun,
        "samples": descent_samples.SampleRun,
    }
    return runs[str(values["mode"])](values, seed, library)


EXHIBIT = Exhibit(
    slug="descent",
    title="Gradient descent",
    hall="learning",
    promise="You will be able to make a step of gradient descent by hand, say before it happens "
    "whether a learning rate crawls, swings or runs away, and why a narrow valley is slow.",
    controls=CONTROLS,
    publishes=COMMON,
    families=(
        *OF_A_WALK,
        *descent_one.FAMILIES,
        *descent_two.FAMILIES,
        *descent_samples.FAMILIES,
    ),
    build=build_run,
    actions=("drop", *descent_two.SCULPTING),
    questions=("judge",),
    history=("J",),
    seeded=False,
    rate=5.0,
)
