"""What exhibits that train a network have in common when a step is opened up: slow motion."""

import numpy as np

from engine.explain.inside import Inside
from engine.explain.moments import OpenStep
from engine.explain.scene import Scene
from engine.nn.passes import Pass
from engine.nn.trainer import Trainer


class OpenedTraining:
    """The last step of a training, opened, and where in it one looks.

    Parameters
    ----------
    trainer : Trainer
    stage : Pass
        What has plain names while no step is opened.
    input_note : str
        What a number of the input is.
    """

    def __init__(self, trainer: Trainer, stage: Pass, *, input_note: str) -> None:
        self._trainer = trainer
        self._stage = stage
        self._input_note = input_note
        self._moment: int | None = None
        self._sample = 0

    @property
    def moment_count(self) -> int:
        """How many moments every step has."""
        return len(OpenStep(self._scene(), 0, np.zeros(0, np.int64)))

    def open_step(self) -> OpenStep | None:
        """Return the last step, opened; None before the first."""
        trainer = self._trainer
        if not trainer.index:
            return None
        return OpenStep(self._scene(), trainer.index, trainer.last_samples)

    def look_inside(self, moment: int | None, sample: int = 0) -> None:
        """Look at a moment of the last step; None ends it."""
        self._moment, self._sample = moment, sample

    def inside(self) -> Inside | None:
        """Return what there is to see inside; None while no step is looked into."""
        opened = self.open_step() if self._moment is not None else None
        if opened is None or self._moment is None:
            return None
        return Inside(opened, self._moment, self._sample)

    def _scene(self) -> Scene:
        trainer = self._trainer
        return Scene.training(
            self._stage,
            trainer.training_pass,
            trainer.last_update,
            input_note=self._input_note,
            edits=trainer.edits.places,
        )
