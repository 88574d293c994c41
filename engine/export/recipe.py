"""What a training is made of, and what has been done to it since: all that an export needs."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import InvalidValueError
from engine.nn.network import Network
from engine.nn.optimizers import OPTIMIZERS
from engine.nn.shaping import Dropout
from engine.nn.trainer import Trainer
from engine.snapshot import Array

LIVE = ("learning_rate", "optimizer", "batch_size", "dropout")
"""What of a training may be changed on the way; called so by controls, trainer and scripts."""

EDIT = "edit"
"""The action that sets one parameter by hand; `engine/exhibits/edits.py` takes it."""

Edit = tuple[str, tuple[int, ...], float]
"""Which parameter, which of its elements, and its new value."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training before its first step.

    Attributes
    ----------
    network : Network
        With its initial weights.
    train : Dataset
    validation : Dataset or None
        Never trained on.
    optimizer : str
    learning_rate : float
    batch_size : int
    seed : int
        Of the order of the samples and of dropout.
    """

    network: Network
    train: Dataset
    validation: Dataset | None = None
    optimizer: str
    learning_rate: float
    batch_size: int
    seed: int

    def trainer(self, *, validate_every: int = 10) -> Trainer:
        """Return the trainer that does it; it trains this very network."""
        return Trainer(
            self.network,
            self.train,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            seed=self.seed,
            validation=self.validation,
            validate_every=validate_every,
        )

    @property
    def dropouts(self) -> dict[str, float]:
        """The rate of each dropout layer, by name."""
        return {one.name: one.rate for one in self.network.layers if isinstance(one, Dropout)}


@dataclass(frozen=True, kw_only=True)
class Story:
    """A run, as it is told in files.

    Attributes
    ----------
    slug, title : str
        The exhibit's.
    recipe : Recipe
        Its network has the initial weights, and is not trained.
    changes : mapping of int to mapping
        After how many steps which of `LIVE` were changed, and to what.
    edits : mapping of int to list of Edit
        After how many steps which parameters were set by hand.
    steps : int
        Where the run stands.
    parameters : mapping of str to ndarray
        The weights and biases there.

    """

    slug: str
    title: str
    recipe: Recipe
    changes: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    edits: Mapping[int, list[Edit]] = field(default_factory=dict)
    steps: int
    parameters: Mapping[str, Array]

    @property
    def name(self) -> str:
        """What the files are called: the exhibit, and a mark of data, weights and seed.

        Files that belong together have the same mark, others have another one.
        """
        recipe = self.recipe
        mark = hashlib.blake2b(str(recipe.seed).encode(), digest_size=3)
        for array in (recipe.network.theta, recipe.train.x[:1000], recipe.train.y):
            mark.update(str(array.shape).encode())
            mark.update(np.ascontiguousarray(array).data)
        return f"{self.slug}-{mark.hexdigest()}"

    @property
    def optimizers(self) -> list[str]:
        """The optimizers that were used, in the order of `OPTIMIZERS`."""
        used = {self.recipe.optimizer}
        used |= {str(one["optimizer"]) for one in self.changes.values() if "optimizer" in one}
        return [kind for kind in OPTIMIZERS if kind in used]

    @property
    def drops_out(self) -> bool:
        """Whether any number was ever left out."""
        changed = [one["dropout"] for one in self.changes.values() if "dropout" in one]
        return any(self.recipe.dropouts.values()) or any(changed)

    @property
    def has_classes(self) -> bool:
        """Whether the targets are class numbers."""
        y = self.recipe.train.y
        return y.ndim == 1 and y.dtype.kind in "iu"


def repeatable(
    changes: Iterable[tuple[Any, ...]],
) -> tuple[dict[int, dict[str, Any]], dict[int, list[Edit]]]:
    """Return what was done to a run as `Story` takes it: live changes, and edits, by step.

    Parameters
    ----------
    changes : iterable of (step, values) or (step, action, arguments)
        As a recorder tells them.

    Raises
    ------
    InvalidValueError
        If something was done that a script does not know how to repeat.
    """
    live: dict[int, dict[str, Any]] = {}
    edits: dict[int, list[Edit]] = {}
    for step, *done in changes:
        if len(done) == 1:
            for name in done[0]:
                _need(name in LIVE, name, step)
            live.setdefault(step, {}).update(done[0])
        else:
            action, args = done
            _need(action == EDIT, action, step)
            edit = args["tensor"], tuple(map(int, args["index"])), float(args["value"])
            edits.setdefault(step, []).append(edit)
    return live, edits


def _need(known: bool, name: str, step: int) -> None:
    if not known:
        raise InvalidValueError(
            f"{name}: expected changes of {', '.join(LIVE)} and the action {EDIT}, which a script "
            f"can repeat; this was done at step {step}"
        )
