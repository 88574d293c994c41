"""Typed messages from the browser. Nothing reaches a run that has not passed through here."""

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from engine.exhibits.controls import Value

MOST_STEP = 10**9
MOST_SEED = 2**32 - 1
MOST_WHOLE = 2**53
"""Beyond it a browser's numbers are no longer exact."""

MOST_TEXT = 256
MOST_PAGE = 10**6
MOST_LISTED = 300
MOST_ITEMS = 4096

MOST_LONG = 256 << 10
"""Characters of an argument that is a table, or carries the bytes of a picture in base64."""

BYTES_FOR_A_COMMAND = 8192
"""So much of a message takes as much of the visitor's allowance as a command."""
MOST_CHANGES = 1024
MOST_COMPARED = 16


class BadMessageError(Exception):
    """A message that breaks the protocol.

    Attributes
    ----------
    code : str
        `bad_json`, `unknown_kind` or `bad_message`.
    text : str
        The field, the rule and the value, for people.
    field : str or None
        Which field of the message it is about.
    """

    def __init__(self, code: str, text: str, field: str | None = None) -> None:
        self.code = code
        self.text = text
        self.field = field
        super().__init__(text)


def _plain(value: object) -> Value:
    """Return `value` if it is true, false, a finite number or a short text."""
    match value:
        case bool():
            return value
        case int() if abs(value) <= MOST_WHOLE:
            return value
        case float() if math.isfinite(value):
            return value
        case str() if len(value) <= MOST_TEXT:
            return value
    rule = f"true, false, a finite number or a text of at most {MOST_TEXT} characters"
    raise PydanticCustomError("plain", "expected {rule}", {"rule": rule})


def _argument(value: object) -> Value | list[Value]:
    """Return `value` if it is plain, a list of plain values, or a text that is not too long."""
    if isinstance(value, str):
        if len(value) <= MOST_LONG:
            return value
        rule = f"at most {MOST_LONG} characters"
        raise PydanticCustomError("long_text", "expected {rule}", {"rule": rule})
    if not isinstance(value, list):
        return _plain(value)
    if len(value) > MOST_ITEMS:
        raise PydanticCustomError("long", "expected at most {most} items", {"most": MOST_ITEMS})
    return [_plain(item) for item in value]


Name = Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT)]
Step = Annotated[int, Field(ge=0, le=MOST_STEP)]
Seed = Annotated[int, Field(ge=0, le=MOST_SEED)]
Id = Annotated[int, Field(ge=0, le=MOST_WHOLE)]
Index = Annotated[list[Annotated[int, Field(ge=0, le=MOST_WHOLE)]], Field(max_length=8)]
Values = Annotated[dict[Name, Annotated[Value, PlainValidator(_plain)]], Field(max_length=64)]
Args = Annotated[
    dict[Name, Annotated[Value | list[Value], PlainValidator(_argument)]], Field(max_length=64)
]


Change = Annotated[
    Annotated[tuple[Step, Values], Tag("[set]")] | Annotated[tuple[Step, Name, Args], Tag("[act]")],
    Discriminator(lambda change: "[act]" if _has_three(change) else "[set]"),
]
"""What was done to a run at a step: live controls set, or an action of the exhibit taken."""


def _has_three(change: object) -> bool:
    return isinstance(change, list | tuple) and len(change) == 3


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    cost: ClassVar[float] = 1.0
    """What it takes out of the visitor's allowance of commands."""


class Hello(_Message):
    """First message: opens a run, or resumes a session by its token."""

    kind: Literal["hello"]
    version: int
    values: Values | None = None
    changes: Annotated[list[Change], Field(max_length=MOST_CHANGES)] | None = None
    looks: Annotated[dict[Name, Args], Field(max_length=16)] | None = None
    seed: Seed | None = None
    step: Step | None = None
    resume: Name | None = None


class Watch(_Message):
    """The arrays this page draws; frames carry these alone."""

    kind: Literal["watch"]
    names: Annotated[list[Name], Field(max_length=256)]


class Play(_Message):
    """Go on by itself, at `rate` steps per second or as fast as it goes."""

    kind: Literal["play"]
    rate: Annotated[float, Field(gt=0, le=100_000)] | None = None


class Pause(_Message):
    """Stand still."""

    kind: Literal["pause"]


class StepBy(_Message):
    """Go n steps, or in slow motion n of their moments; n may be negative. Pauses."""

    kind: Literal["step"]
    n: Annotated[int, Field(ge=-10_000, le=10_000)]
    moments: bool = False


class Seek(_Message):
    """Go to a step. Pauses."""

    kind: Literal["seek"]
    step: Step


class Set(_Message):
    """Change live and view controls, keep the run."""

    kind: Literal["set"]
    values: Values


class Slow(_Message):
    """Open each step up into its moments, with one sample of the minibatch on the stage."""

    kind: Literal["slow"]
    on: bool
    sample: Annotated[int, Field(ge=0, le=MOST_WHOLE)] | None = None


class Reset(_Message):
    """Begin a new run; what is not given stays as it is."""

    kind: Literal["reset"]
    values: Values | None = None
    seed: Seed | None = None


class Fork(_Message):
    """From a past step another future, with other values of live controls. Pauses."""

    kind: Literal["fork"]
    step: Step
    values: Values


class Switch(_Message):
    """Another line to the stage, by its id. Pauses."""

    kind: Literal["switch"]
    line: Id


class Pin(_Message):
    """A line, or the one on the stage, stays whatever comes, or no longer."""

    kind: Literal["pin"]
    line: Id | None = None
    pinned: bool


class Drop(_Message):
    """Do without a line that is not on the stage."""

    kind: Literal["drop"]
    line: Id


class Number(BaseModel):
    """One element of one tensor."""

    model_config = _Message.model_config

    tensor: Name
    index: Index


class Compare(_Message):
    """What does each line say at a step? Answered by `compared` with the same `id`."""

    kind: Literal["compare"]
    id: Id
    numbers: Annotated[list[Number], Field(max_length=MOST_COMPARED)]
    step: Step | None = None


class Act(_Message):
    """The exhibit's own action."""

    kind: Literal["act"]
    name: Name
    args: Args = Field(default_factory=dict)


class Explain(_Message):
    """How did this number come about? Answered by a `ledger` with the same `id`."""

    kind: Literal["explain"]
    id: Id
    tensor: Name
    index: Index
    page: Annotated[int, Field(ge=0, le=MOST_PAGE)] = 0
    terms: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 10
    """How many a page lists."""


class Ack(_Message):
    """The frame with this `seq` is on the screen."""

    cost = 0.25  # a browser sends one with every frame, beside what its visitor does

    kind: Literal["ack"]
    seq: Annotated[int, Field(ge=0, le=MOST_WHOLE)]


class Ping(_Message):
    """Answered by `pong` with the same `t`."""

    cost = 0.25

    kind: Literal["ping"]
    t: float


Run = Play | Pause | StepBy | Seek | Slow | Set | Reset | Fork | Act
Side = Switch | Pin | Drop | Compare
Command = Hello | Watch | Run | Side | Explain | Ack | Ping

_ADAPTER: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])


def parse(text: str) -> Command:
    """Return the command that `text` is.

    Raises
    ------
    BadMessageError
        If it is no JSON, no known kind, or a field breaks its rule.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False)[0]) from None


def _explained(detail: ErrorDetails) -> BadMessageError:
    where = detail["loc"]
    if detail["type"] == "json_invalid":
        return BadMessageError("bad_json", detail["msg"])
    if detail["type"] == "union_tag_invalid":
        kinds = detail["ctx"]["expected_tags"].replace("'", "")
        text = f"kind: expected one of {kinds}, got {_short(detail['ctx']['tag'])}"
        return BadMessageError("unknown_kind", text, "kind")
    if len(where) < 2:
        return BadMessageError("bad_message", "a message is one JSON object with a kind", "kind")
    # where it is: the kind, the field, and below it the keys of a dict, the indices of a list;
    # in brackets stands what only pydantic means: a key, or which kind of change
    path = ".".join(str(part) for part in where if not str(part).startswith("["))
    return BadMessageError("bad_message", f"{path}: {_rule(detail)}", str(where[1]))


def _rule(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "this field is missing"
        case "extra_forbidden":
            return "there is no such field"
        case "int_type" | "int_from_float" | "int_parsing":
            rule = "expected a whole number"
        case "float_type" | "float_parsing":
            rule = "expected a number"
        case "less_than_equal":
            rule = f"expected at most {context['le']:g}"
        case "greater_than_equal":
            rule = f"expected at least {context['ge']:g}"
        case _:
            rule = detail["msg"][:1].lower() + detail["msg"][1:]
    return f"{rule}, got {_short(detail['input'])}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


class Allowance:
    """How many commands a visitor may still send: refills steadily, up to two seconds' worth.

    Parameters
    ----------
    rate : float
        Commands per second.
    now : float
        The time, in seconds on any clock that only goes forward.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._left = 2 * rate
        self._at = now

    def take(self, cost: float, now: float) -> bool:
        """Take `cost` commands out; return False if there are not that many."""
        self._left = min(2 * self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < cost:
            return False
        self._left -= cost
        return True
