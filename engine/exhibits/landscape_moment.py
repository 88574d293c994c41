"""What there is to see of surfaces, path and slice at one step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.exhibits.surveys import PLANES, Plane, Survey
from engine.landscape.grid import Line
from engine.snapshot import Array


@dataclass(frozen=True)
class Slice:
    """The straight line from one network to another.

    Attributes
    ----------
    mine, theirs : ndarray of shape (parameters,)
        The weights at t = 0 and at t = 1.
    line : Line
        The losses on it.
    """

    mine: Array
    theirs: Array
    line: Line

    def weights(self, at: int) -> Array:
        """Return the weights at one of the line's points."""
        t = float(self.line.alpha[at])
        exact = (1 - t) * self.mine.astype(np.float64) + t * self.theirs.astype(np.float64)
        return exact.astype(np.float32)


@dataclass(kw_only=True)
class Moment:
    """What there is to see of surfaces and path at one step.

    Attributes
    ----------
    survey : Survey
        Its losses become known little by little.
    wanted : collection of str
        The planes that are looked at: of others nothing is shown, even if it is known.
    center_step : int
        The step around whose weights it is.
    steps : ndarray of shape (moments,)
        Of the path, the present step last.
    vectors : ndarray of shape (moments, parameters)
        The weights then.
    losses : ndarray of shape (moments,), float32
        The loss that they had over all samples measured.
    taken : (Plane, float, float) or None
        From which plane, and from where on it, the present weights were taken by hand.
    cut : Slice or None
        To another run.
    """

    survey: Survey
    wanted: Collection[str]
    center_step: int
    steps: Array
    vectors: Array
    losses: Array
    taken: tuple[Plane, float, float] | None
    cut: Slice | None

    @cached_property
    def center(self) -> Array:
        """The weights that all planes go through."""
        return self.survey.planes[PLANES[0]].center

    @cached_property
    def moved(self) -> Array:
        """|θ − center|² of each moment, float64: of a run that diverges it is huge."""
        away = self.vectors.astype(np.float64) - self.center
        return np.asarray(np.square(away).sum(axis=1))

    @cached_property
    def shadows(self) -> Mapping[str, Array]:
        """Where each plane shows the moments: a, then b, (2, moments), float32."""
        planes = self.survey.planes.values()
        return {one.name: one.shadows(self.vectors).T.astype(np.float32) for one in planes}

    @cached_property
    def seen(self) -> Mapping[str, Array]:
        """|a d₁ + b d₂|² of each moment, (moments,), float64."""
        found = {}
        for name, shadows in self.shadows.items():
            squares, exact = products(self.survey.planes[name]), shadows.astype(np.float64)
            found[name] = np.einsum("in,ij,jn->n", exact, squares, exact)
        return found

    def held(self, name: str) -> float:
        """Return how much of the movement lies in a plane; NaN if nothing has moved."""
        moved = float(self.moved.sum())
        if moved == 0 or not self.survey.planes[name].there:
            return float("nan")
        return float(self.seen[name].sum()) / moved

    def arrays(self) -> dict[str, Array]:
        """Return what is published of surfaces, path and slice."""
        found: dict[str, Array] = {
            "path.step": self.steps.astype(np.int32),
            "path.J": self.losses,
            "path.moved": self.moved,
            "survey.step": np.array([self.center_step], np.int32),
            "slice.t": np.zeros(0, np.float32),
            "slice.J": np.zeros(0, np.float32),
        }
        if self.cut is not None:
            found["slice.t"] = self.cut.line.alpha.astype(np.float32)
            found["slice.J"] = self.cut.line.losses.astype(np.float32)
        for name in PLANES:
            a, b, losses = self.survey.known(name, shown=name in self.wanted)
            found |= {
                f"{name}.J": losses,
                f"{name}.a": a.astype(np.float32),
                f"{name}.b": b.astype(np.float32),
                f"{name}.path": self.shadows[name],
                f"{name}.seen": self.seen[name],
                f"{name}.held": np.array(self.held(name), np.float32),
            }
        return found


def products(plane: Plane) -> Array:
    """Return dᵢ · dⱼ of a plane's directions, (2, 2)."""
    exact = plane.directions.astype(np.float64)
    return np.asarray(exact @ exact.T)
