"""Features: made by hand, counted, and found by a hidden layer.

What the last neuron sees may be the inputs, features that people make of them, or what hidden
layers make of them: one run, in three modes (`feature_space.py`). A fourth counts how many features
there would be (`feature_terms.py`).
"""

from collections.abc import Mapping

from engine.data.library import Library
from engine.exhibits import feature_space, feature_terms
from engine.exhibits.contract import Exhibit, Run
from engine.exhibits.controls import Value
from engine.exhibits.edits import EDIT
from engine.exhibits.feature_controls import CONTROLS
from engine.exhibits.points import BRINGS, READ
from engine.export.recipe import Recipe


def build_run(values: Mapping[str, Value], seed: int, library: Library) -> Run:
    """Return the run of a mode."""
    if values["mode"] == "count":
        return feature_terms.TermsRun(values, seed, library)
    return feature_space.SpaceRun(values, seed, library)


def build_recipe(values: Mapping[str, Value], seed: int, library: Library) -> Recipe | None:
    """Return the training before its first step; None where terms are counted."""
    if values["mode"] == "count":
        return None
    return feature_space.build_recipe(values, seed, library)


EXHIBIT = Exhibit(
    slug="features",
    title="Features, by hand and learned",
    hall="networks",
    promise="You will be able to make a feature by which a straight line separates two rings, say "
    "why nobody makes all features of a picture by hand, and watch a hidden layer find its own.",
    controls=CONTROLS,
    publishes=(),
    families=(*feature_space.FAMILIES, *feature_terms.PUBLISHES),
    build=build_run,
    actions=(EDIT,),
    brings=BRINGS,
    questions=("judge", "nudge", READ),
    history=("loss", "right"),
    rate=20.0,
    recipe=build_recipe,
)
