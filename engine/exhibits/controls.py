"""The controls an exhibit declares: what they are called, what they accept, when they apply."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.data.library import Library
from engine.errors import InvalidValueError

Value = bool | int | float | str
Effect = Literal["live", "reset", "view"]
"""`live`: the run goes on with the new value; it is part of the run's history.
`reset`: a new run begins. `view`: only what is looked at changes; history is untouched."""


@dataclass(frozen=True, kw_only=True)
class _Control:
    """What all controls share.

    Attributes
    ----------
    name : str
        The key in `values`, in the URL and on the wire.
    label : str
        What the page calls it.
    help : str
        One sentence: what changing it does.
    effect : {"live", "reset", "view"}
        When a new value applies.
    advanced : bool
        Whether the page puts it behind "More".
    when : mapping of str to tuple of str
        Which values of other controls, `Choice`s, it needs to mean anything: all of these hold.
        Where they do not, the page leaves it out; its value is kept.
    again : bool
        Whether to set it means something though it is the same as before: it puts the run
        somewhere, and the run has gone on since.
    """

    name: str
    label: str
    help: str = ""
    effect: Effect = "live"
    advanced: bool = False
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    again: bool = False

    def applies(self, values: Mapping[str, Value]) -> bool:
        """Return whether it means anything beside these values of the other controls."""
        return all(values[name] in wanted for name, wanted in self.when.items())

    def check(self, value: object, library: Library) -> Value:
        """Return `value` in the control's type, or raise `InvalidValueError`."""
        raise NotImplementedError

    def describe(self, library: Library) -> dict[str, Any]:
        """Return the control as JSON values, for the page."""
        raise NotImplementedError

    def _shared(self, kind: str, default: Value) -> dict[str, Any]:
        return {
            "kind": kind,
            "name": self.name,
            "label": self.label,
            "help": self.help,
            "effect": self.effect,
            "advanced": self.advanced,
            "when": {name: list(wanted) for name, wanted in self.when.items()},
            "default": default,
        }


@dataclass(frozen=True)
class Option:
    """One option of a `Choice`; `dataset` names the data set without which it is greyed."""

    value: str
    label: str
    dataset: str | None = None


@dataclass(frozen=True, kw_only=True)
class Choice(_Control):
    """One of several named options."""

    options: tuple[Option, ...]
    default: str

    def check(self, value: object, library: Library) -> str:
        """Return the option's value; raise `InvalidValueError` if unknown or not available."""
        for option in self.options:
            if value == option.value or (type(value) is int and str(value) == option.value):
                reason = library.missing(option.dataset) if option.dataset else None
                if reason:
                    raise InvalidValueError(f"{self.name}: {option.label} is not here. {reason}")
                return option.value
        known = ", ".join(option.value for option in self.options)
        raise InvalidValueError(f"{self.name}: expected one of {known}, got {value!r}")

    def describe(self, library: Library) -> dict[str, Any]:
        """Return the control as JSON values; an unavailable option carries the reason."""
        options = [
            {
                "value": option.value,
                "label": option.label,
                "unavailable": library.missing(option.dataset) if option.dataset else None,
            }
            for option in self.options
        ]
        return {**self._shared("choice", self.default), "options": options}


@dataclass(frozen=True, kw_only=True)
class Slider(_Control):
    """A number in a closed range.

    Attributes
    ----------
    low, high : float
        The range, both ends included.
    step : float
        The distance of two neighbouring values on a linear scale; on a logarithmic scale
        only the page's granularity. 0 means continuous.
    scale : {"linear", "log"}
        How the slider's travel maps to values.
    integer : bool
        Whether only whole numbers are accepted.
    unit : str
        What the number counts ("images", "px"), or nothing.
    """

    low: float
    high: float
    default: float
    step: float = 0.0
    scale: Literal["linear", "log"] = "linear"
    integer: bool = False
    unit: str = ""

    def check(self, value: object, library: Library) -> int | float:
        """Return the number; raise `InvalidValueError` if it is none or out of range."""
        rule = (
            f"{'a whole number' if self.integer else 'a number'} from {self.low:g} to {self.high:g}"
        )
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise InvalidValueError(f"{self.name}: expected {rule}, got {value!r}")
        if not self.low <= value <= self.high or (self.integer and value != int(value)):
            raise InvalidValueError(f"{self.name}: expected {rule}, got {value:g}")
        return int(value) if self.integer else float(value)

    def describe(self, library: Library) -> dict[str, Any]:
        """Return the control as JSON values."""
        return {
            **self._shared("slider", self.default),
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "scale": self.scale,
            "integer": self.integer,
            "unit": self.unit,
        }


@dataclass(frozen=True, kw_only=True)
class Toggle(_Control):
    """On or off."""

    default: bool = field(default=False)

    def check(self, value: object, library: Library) -> bool:
        """Return the flag; raise `InvalidValueError` if it is none."""
        if not isinstance(value, bool):
            raise InvalidValueError(f"{self.name}: expected true or false, got {value!r}")
        return value

    def describe(self, library: Library) -> dict[str, Any]:
        """Return the control as JSON values."""
        return self._shared("toggle", self.default)


@dataclass(frozen=True, kw_only=True)
class Text(_Control):
    """A short line of text that means something to the exhibit.

    Attributes
    ----------
    normal : callable of str -> str
        Returns the line in its shortest form, or raises `InvalidValueError`.
    longest : int
        The most characters.
    """

    default: str
    normal: Callable[[str], str]
    longest: int = 200

    def check(self, value: object, library: Library) -> str:
        """Return the line in its shortest form; raise `InvalidValueError` if it means nothing."""
        if not isinstance(value, str) or len(value) > self.longest:
            got = f"{len(value)} characters" if isinstance(value, str) else repr(value)
            raise InvalidValueError(
                f"{self.name}: expected a text of at most {self.longest} characters, got {got}"
            )
        try:
            return self.normal(value)
        except InvalidValueError as error:
            raise InvalidValueError(f"{self.name}: {error}") from None

    def describe(self, library: Library) -> dict[str, Any]:
        """Return the control as JSON values."""
        return {**self._shared("text", self.default), "longest": self.longest}


Control = Choice | Slider | Toggle | Text


def check_values(
    controls: tuple[Control, ...], values: Mapping[str, object], library: Library
) -> dict[str, Value]:
    """Check each of `values` against the control of that name.

    Raises
    ------
    InvalidValueError
        If a name is unknown or a value breaks its control's rule.
    """
    by_name = {control.name: control for control in controls}
    for name in values:
        if name not in by_name:
            raise InvalidValueError(f"{name}: expected one of {', '.join(by_name)}")
    return {name: by_name[name].check(value, library) for name, value in values.items()}
