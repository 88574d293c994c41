"""Several networks trained side by side: one step of the cohort is one minibatch for each."""

from collections.abc import Mapping

from engine.errors import DivergedError
from engine.nn.trainer import Step, Trainer
from engine.snapshot import Array


class Cohort:
    """Trainers that step together.

    Parameters
    ----------
    trainers : mapping of str to Trainer
        By the network's name, none with a dot. Who gives all of them the same data set, batch size
        and seed has them learn from the same samples in the same order.
    """

    def __init__(self, trainers: Mapping[str, Trainer]) -> None:
        self.trainers = dict(trainers)

    @property
    def index(self) -> int:
        """How many steps have been made."""
        return next(iter(self.trainers.values())).index

    def step(self) -> dict[str, Step]:
        """Make one step of each.

        Raises
        ------
        DivergedError
            If a tensor is no longer finite; its network's name comes before the tensor's. All have
            stepped even so.
        """
        steps: dict[str, Step] = {}
        failed: DivergedError | None = None
        for name, trainer in self.trainers.items():
            try:
                steps[name] = trainer.step()
            except DivergedError as error:
                failed = failed or DivergedError(
                    f"{name}.{error.tensor}", error.step, error.learning_rate
                )
        if failed:
            raise failed
        return steps

    def save(self) -> dict[str, Array]:
        """Return all that `load` needs: each trainer's state, its network's name before."""
        return {
            f"{name}.{key}": array
            for name, trainer in self.trainers.items()
            for key, array in trainer.save().items()
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state; other keys are passed over.

        Raises
        ------
        InvalidValueError
            If a state is of another network.
        """
        for name, trainer in self.trainers.items():
            head = f"{name}."
            trainer.load(
                {
                    key.removeprefix(head): array
                    for key, array in state.items()
                    if key.startswith(head)
                }
            )
