"""The parameters of a run over its steps, thinned so that they take bounded memory."""

from collections.abc import Mapping

import numpy as np

from engine.errors import InvalidValueError, ShapeError
from engine.snapshot import Array

MOST = 64
"""The most moments that are kept."""


class Trajectory:
    """Parameter vectors of a run, evenly spaced over its steps.

    Kept are the steps 0, width, 2·width, …: the width is 1 at first and doubles each time that more
    than `most` would be kept. So what is kept is a function of the step alone: however a run got to
    a step, by playing or by going back to a checkpoint, its trajectory is the same.

    Parameters
    ----------
    parameters : int
        Of the network.
    most : int
        The most moments that are kept, at least 2.
    dtype : dtype
        Of the parameters.

    Attributes
    ----------
    width : int
        Steps between two moments.

    Raises
    ------
    InvalidValueError
        If `most` is less than 2.
    """

    def __init__(self, parameters: int, *, most: int = MOST, dtype: type = np.float32) -> None:
        if most < 2:
            raise InvalidValueError(f"most: expected at least 2 moments, got {most}")
        self._most = most
        self._vectors: Array = np.empty((most, parameters), dtype)
        self._count = 0
        self.width = 1

    def see(self, step: int, theta: Array) -> None:
        """Take the parameters after `step` updates; to be called at each step, from 0.

        Raises
        ------
        InvalidValueError
            If a step was left out.
        """
        if step % self.width:
            return
        place = step // self.width
        if place > self._count:
            raise InvalidValueError(
                f"trajectory: expected step {self._count * self.width} next, got {step}"
            )
        if place == self._most:
            kept = self._vectors[::2].copy()
            self._vectors[: len(kept)] = kept
            self._count = len(kept)
            self.width *= 2
            self.see(step, theta)
            return
        self._vectors[place] = theta
        self._count = place + 1

    @property
    def steps(self) -> Array:
        """The steps of the moments that are kept, int32."""
        return np.arange(self._count, dtype=np.int32) * np.int32(self.width)

    @property
    def vectors(self) -> Array:
        """The parameters then, of shape (moments, parameters): a view."""
        return self._vectors[: self._count]

    def until(self, step: int, theta: Array) -> tuple[Array, Array]:
        """Return what is kept, and the present parameters at its end.

        Parameters
        ----------
        step : int
            The present step.
        theta : ndarray of shape (parameters,)

        Returns
        -------
        steps : ndarray of shape (moments,), int32
        vectors : ndarray of shape (moments, parameters)
            Copied.
        """
        before = self.steps < step
        steps = np.append(self.steps[before], np.int32(step))
        return steps, np.concatenate([self.vectors[before], np.asarray(theta)[None]])

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs: arrays, copied."""
        return {"vectors": self.vectors.copy(), "width": np.array(self.width)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to what `save` returned.

        Raises
        ------
        ShapeError
            If it is of another number of parameters, or longer than what is kept here.
        """
        vectors = state["vectors"]
        if vectors.shape[1:] != self._vectors.shape[1:] or len(vectors) > self._most:
            raise ShapeError(
                f"trajectory: expected at most {self._most} vectors of "
                f"{self._vectors.shape[1]} parameters, got {vectors.shape}"
            )
        self._count = len(vectors)
        self._vectors[: self._count] = vectors
        self.width = int(state["width"])
