"""Ledgers of the courses of a run's scalars."""

from collections.abc import Mapping

from engine.explain.ledger import Ledger
from engine.explain.simple import given
from engine.snapshot import Array


def explain_course(courses: Mapping[str, Array], tensor: str, index: tuple[int, ...]) -> Ledger:
    """Return the ledger of a point of `history.<scalar>`.

    Parameters
    ----------
    courses : mapping of str to ndarray of shape (points,)
        All courses, `history.step` among them.

    Raises
    ------
    InvalidValueError
        If there is no such point.
    """
    steps = courses["history.step"]
    width = int(steps[1] - steps[0]) if len(steps) > 1 else 1
    if tensor == "history.step":
        note = "the step of this point"
    elif width == 1:
        note = "as it was measured at this point's step; not a number where it was not measured"
    else:
        note = f"the mean of what was measured in the {width} steps from this point's on"
    return given(tensor, courses[tensor], index, note)
