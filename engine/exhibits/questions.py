"""Predictions: the engine works the answer out, then judges the one that was given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidValueError
from engine.exhibits.contract import Event


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer of a question, as the engine found it.

    Attributes
    ----------
    answer : int, float or str
        A number, or the value of an option.
    text : str
        One or two sentences with the numbers that make it so.
    tolerance : float
        How far a number given may be off.
    also : tuple of str
        What is as right as the answer.
    """

    answer: float | str
    text: str
    tolerance: float = 0.0
    also: tuple[str, ...] = ()

    def accepts(self, given: object) -> bool:
        """Return whether `given` is right."""
        if isinstance(self.answer, str) or isinstance(given, bool):
            return given == self.answer or given in self.also
        return isinstance(given, int | float) and abs(given - self.answer) <= self.tolerance


def judge(questions: Mapping[str, Callable[[], Solution]], args: Mapping[str, Any]) -> Event:
    """Return the event `judged` for `args`, a `question` and maybe an `answer`.

    Without an answer nothing is judged and `correct` is None: somebody asked to be shown.

    Raises
    ------
    InvalidValueError
        If there is no such question.
    """
    name = str(args.get("question"))
    if name not in questions:
        known = ", ".join(questions)
        raise InvalidValueError(f"question: expected one of {known}, got {name!r}")
    solution = questions[name]()
    given = args.get("answer")
    return Event(
        "judged",
        {
            "question": name,
            "correct": None if given is None else solution.accepts(given),
            "answer": solution.answer,
            "text": solution.text,
        },
    )
