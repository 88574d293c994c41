"""Rules for the values in a network's description; each says what it expects."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import InvalidValueError

REQUIRED = object()
"""The default of an option that has none."""


class Rule(Protocol):
    """What one option of a layer accepts.

    Attributes
    ----------
    default : object
        The value of an option that is left out, or `REQUIRED`.
    """

    @property
    def default(self) -> Any:
        """Return the option's default."""

    def check(self, value: object, where: str) -> Any:
        """Return `value` in the option's type; raise `InvalidValueError`, naming `where`."""


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`, both included."""

    low: int
    high: int
    default: Any = REQUIRED

    def check(self, value: object, where: str) -> int:
        """Return the number."""
        rule = f"expected a whole number from {self.low} to {self.high}"
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidValueError(f"{where}: {rule}, got {value!r}")
        if not self.low <= value <= self.high:
            raise InvalidValueError(f"{where}: {rule}, got {value}")
        return value


@dataclass(frozen=True)
class Number:
    """A finite number from `low` to `high`; `below` leaves the upper end out."""

    low: float
    high: float
    default: Any = REQUIRED
    below: bool = False

    def check(self, value: object, where: str) -> float:
        """Return the number."""
        to = "to below" if self.below else "to"
        rule = f"expected a number from {self.low:g} {to} {self.high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidValueError(f"{where}: {rule}, got {value!r}")
        inside = self.low <= value < self.high if self.below else self.low <= value <= self.high
        if not math.isfinite(value) or not inside:
            raise InvalidValueError(f"{where}: {rule}, got {value:g}")
        return float(value)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    default: Any = REQUIRED

    def check(self, value: object, where: str) -> bool:
        """Return the flag."""
        if not isinstance(value, bool):
            raise InvalidValueError(f"{where}: expected true or false, got {value!r}")
        return value


@dataclass(frozen=True)
class Padding:
    """`"same"`, `"none"`, or how many zeros to put at each border."""

    high: int
    default: Any = "same"

    def check(self, value: object, where: str) -> str | int:
        """Return the padding."""
        if value in ("same", "none"):
            return str(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= self.high:
            return value
        raise InvalidValueError(
            f'{where}: expected "same", "none" or a whole number from 0 to {self.high}, '
            f"got {value!r}"
        )


def check_options(
    given: dict[str, Any], rules: dict[str, Rule], where: str, owner: str
) -> dict[str, Any]:
    """Return every option of `rules`, checked, those not `given` at their defaults.

    Raises
    ------
    InvalidValueError
        If an option is unknown, missing or breaks its rule.
    """
    for key in given:
        if key not in rules:
            known = ", ".join(rules) or "no options"
            raise InvalidValueError(f"{where}: unknown option {key!r}; {owner} has {known}")
    values = {}
    for key, rule in rules.items():
        if key in given:
            values[key] = rule.check(given[key], f"{where}: {key}")
        elif rule.default is REQUIRED:
            raise InvalidValueError(f"{where}: {key} is missing")
        else:
            values[key] = rule.check(rule.default, f"{where}: {key}")
    return values
