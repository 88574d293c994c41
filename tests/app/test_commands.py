"""Messages from the browser: what is taken, and how the rest is refused."""

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import (
    MOST_ITEMS,
    MOST_LONG,
    Ack,
    Act,
    Allowance,
    BadMessageError,
    Compare,
    Drop,
    Explain,
    Fork,
    Hello,
    Pause,
    Pin,
    Ping,
    Play,
    Reset,
    Seek,
    Set,
    StepBy,
    Switch,
    Watch,
    parse,
)

GOOD = [
    ({"kind": "hello", "version": 1}, Hello),
    (
        {
            "kind": "hello",
            "version": 1,
            "values": {"rate": 0.1, "kind": "max", "on": True, "n": 3},
            "changes": [
                [50, {"rate": 0.01}],
                [90, "edit", {"tensor": "conv1.W", "index": [0, 1], "value": -2.5}],
                [90, {"rate": 1}],
            ],
            "looks": {"draw": {"pixels": [0, 255], "rows": 1}, "sort": {}},
            "seed": 7,
            "step": 341,
            "resume": None,
        },
        Hello,
    ),
    ({"kind": "watch", "names": ["conv1.W", "θ"]}, Watch),
    ({"kind": "play"}, Play),
    ({"kind": "play", "rate": 4}, Play),
    ({"kind": "pause"}, Pause),
    ({"kind": "step", "n": -1}, StepBy),
    ({"kind": "seek", "step": 0}, Seek),
    ({"kind": "set", "values": {"rate": 1e-4}}, Set),
    ({"kind": "reset"}, Reset),
    ({"kind": "reset", "values": {"kind": "avg"}, "seed": 0}, Reset),
    ({"kind": "fork", "step": 120, "values": {"rate": 0.05}}, Fork),
    ({"kind": "switch", "line": 2}, Switch),
    ({"kind": "pin", "line": 1, "pinned": True}, Pin),
    ({"kind": "pin", "line": None, "pinned": True}, Pin),
    ({"kind": "drop", "line": 3}, Drop),
    ({"kind": "compare", "id": 4, "numbers": []}, Compare),
    (
        {
            "kind": "compare",
            "id": 4,
            "numbers": [{"tensor": "conv1.W", "index": [0, 0, 1, 2]}],
            "step": 0,
        },
        Compare,
    ),
    ({"kind": "act", "name": "draw", "args": {"pixels": [0, 0.5, 1], "label": 3}}, Act),
    ({"kind": "explain", "id": 7, "tensor": "conv1.z", "index": [0, 2, 3, 4]}, Explain),
    ({"kind": "explain", "id": 0, "tensor": "loss", "index": [], "page": 2}, Explain),
    ({"kind": "explain", "id": 0, "tensor": "loss", "index": [], "terms": 300}, Explain),
    ({"kind": "ack", "seq": 118}, Ack),
    ({"kind": "ping", "t": 12.5}, Ping),
]


@pytest.mark.parametrize(("message", "kind"), GOOD, ids=lambda part: str(part)[:40])
def test_each_kind_is_read_as_its_own_type(message: dict[str, object], kind: type) -> None:
    command = parse(json.dumps(message))
    assert type(command) is kind
    assert command.model_dump(mode="json", include=set(message)) == message


BAD = [
    ("{", "bad_json", None, "Invalid JSON"),
    ("[" * 5000, "bad_json", None, "recursion"),
    ('"hello"', "bad_message", "kind", "one JSON object"),
    ("{}", "bad_message", "kind", "one JSON object"),
    ('{"kind":"explain","id":1,"tensor":"x"}', "bad_message", "index", "this field is missing"),
    ('{"kind":"explain","id":-1,"tensor":"x","index":[]}', "bad_message", "id", "at least 0"),
    ('{"kind":"explain","id":1,"tensor":"","index":[]}', "bad_message", "tensor", "1 character"),
    ('{"kind":"explain","id":1,"tensor":"x","index":[-1]}', "bad_message", "index", "got -1"),
    ('{"kind":"explain","id":1,"tensor":"x","index":[0.5]}', "bad_message", "index", "got 0.5"),
    (
        '{"kind":"explain","id":1,"tensor":"x","index":[0,0,0,0,0,0,0,0,0]}',
        *("bad_message", "index", "at most 8 items"),
    ),
    (
        '{"kind":"explain","id":1,"tensor":"x","index":[],"page":1000001}',
        *("bad_message", "page", "at most 1e+06"),
    ),
    ('{"kind":"spoon","step":1}', "unknown_kind", "kind", "expected one of hello, "),
    ('{"kind":"fork","step":-1,"values":{}}', "bad_message", "step", "at least 0, got -1"),
    ('{"kind":"fork","step":1}', "bad_message", "values", "this field is missing"),
    ('{"kind":"fork","step":1,"values":{"rate":NaN}}', "bad_message", "values", "fork.values.rate"),
    ('{"kind":"switch"}', "bad_message", "line", "switch.line: this field is missing"),
    ('{"kind":"switch","line":"A"}', "bad_message", "line", "expected a whole number, got 'A'"),
    ('{"kind":"pin","line":1,"pinned":1}', "bad_message", "pinned", "got 1"),
    ('{"kind":"drop","line":-1}', "bad_message", "line", "at least 0, got -1"),
    ('{"kind":"compare","numbers":[]}', "bad_message", "id", "this field is missing"),
    (
        '{"kind":"compare","id":1,"numbers":[{"tensor":"x"}]}',
        *("bad_message", "numbers", "compare.numbers.0.index: this field is missing"),
    ),
    (
        '{"kind":"compare","id":1,"numbers":[{"tensor":"x","index":[-1]}]}',
        *("bad_message", "numbers", "compare.numbers.0.index.0: expected at least 0, got -1"),
    ),
    ('{"kind":"step"}', "bad_message", "n", "step.n: this field is missing"),
    ('{"kind":"step","n":10001}', "bad_message", "n", "step.n: expected at most 10000, got 10001"),
    ('{"kind":"step","n":-10001}', "bad_message", "n", "expected at least -10000, got -10001"),
    ('{"kind":"step","n":1.5}', "bad_message", "n", "step.n: expected a whole number, got 1.5"),
    ('{"kind":"step","n":true}', "bad_message", "n", "expected a whole number, got True"),
    ('{"kind":"step","n":"1"}', "bad_message", "n", "expected a whole number, got '1'"),
    ('{"kind":"step","n":1,"by":2}', "bad_message", "by", "step.by: there is no such field"),
    ('{"kind":"seek","step":-1}', "bad_message", "step", "expected at least 0, got -1"),
    ('{"kind":"play","rate":0}', "bad_message", "rate", "greater than 0, got 0"),
    ('{"kind":"play","rate":NaN}', "bad_message", "rate", "finite number, got nan"),
    ('{"kind":"play","rate":1e999}', "bad_message", "rate", "finite number, got inf"),
    ('{"kind":"ping","t":-Infinity}', "bad_message", "t", "finite number, got -inf"),
    ('{"kind":"ack","seq":-1}', "bad_message", "seq", "expected at least 0, got -1"),
    ('{"kind":"set","values":{"rate":NaN}}', "bad_message", "values", "set.values.rate: expected"),
    ('{"kind":"set","values":{"rate":null}}', "bad_message", "values", "got None"),
    ('{"kind":"set","values":{"rate":[1]}}', "bad_message", "values", "got [1]"),
    ('{"kind":"set","values":{"n":9007199254740993}}', "bad_message", "values", "a finite number"),
    ('{"kind":"set","values":{"n":%s}}' % ("9" * 4000), "bad_message", "values", "9999…"),
    ('{"kind":"set","values":{"a":"%s"}}' % ("x" * 257), "bad_message", "values", "at most 256"),
    ('{"kind":"act","name":"draw","args":{"p":[[1]]}}', "bad_message", "args", "act.args.p: "),
    ('{"kind":"act","name":"draw","args":{"p":[1,NaN]}}', "bad_message", "args", "a finite number"),
    ('{"kind":"act","name":""}', "bad_message", "name", "at least 1 character"),
    ('{"kind":"hello","version":1,"seed":-1}', "bad_message", "seed", "at least 0"),
    ('{"kind":"hello","version":1,"changes":[[1]]}', "bad_message", "changes", "changes.0.1"),
    ('{"kind":"hello","version":1,"changes":[7]}', "bad_message", "changes", "hello.changes.0: "),
    ('{"kind":"hello","version":1,"changes":[[1,"a",{},2]]}', *("bad_message", "changes", "0")),
    (
        '{"kind":"hello","version":1,"changes":[[1,"edit",{"index":[[0]]}]]}',
        *("bad_message", "changes", "hello.changes.0.2.index: expected"),
    ),
    (
        '{"kind":"hello","version":1,"changes":[[-1,"edit",{}]]}',
        *("bad_message", "changes", "hello.changes.0.0: expected at least 0, got -1"),
    ),
    ('{"kind":"hello","version":1,"looks":{"draw":7}}', "bad_message", "looks", "looks.draw: "),
]


@pytest.mark.parametrize(("text", "code", "field", "says"), BAD, ids=lambda part: str(part)[:60])
def test_a_bad_message_is_refused_by_field_rule_and_value(
    text: str, code: str, field: str | None, says: str
) -> None:
    with pytest.raises(BadMessageError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert says in caught.value.text
    assert len(caught.value.text) < 400


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "set", "values": {f"v{i}": i for i in range(65)}},
        {"kind": "act", "name": "draw", "args": {f"v{i}": i for i in range(65)}},
        {"kind": "act", "name": "draw", "args": {"pixels": [0] * (MOST_ITEMS + 1)}},
        {"kind": "act", "name": "draw", "args": {"rgb": "A" * (MOST_LONG + 1)}},
        {"kind": "watch", "names": ["x"] * 257},
        {"kind": "watch", "names": ["x" * 257]},
        {"kind": "hello", "version": 1, "changes": [[1, {}]] * 1025},
        {"kind": "hello", "version": 1, "changes": [[1, "a", {"v": [0] * (MOST_ITEMS + 1)}]]},
        {"kind": "hello", "version": 1, "looks": {f"look{i}": {} for i in range(17)}},
        {"kind": "compare", "id": 1, "numbers": [{"tensor": "x", "index": []}] * 17},
    ],
    ids=lambda message: str(message)[:50],
)
def test_no_field_grows_without_bound(message: dict[str, object]) -> None:
    with pytest.raises(BadMessageError, match="at most"):
        parse(json.dumps(message))


def test_a_drawing_of_64_by_64_fits() -> None:
    pixels = [round(i / 4096, 3) for i in range(64 * 64)]
    command = parse(json.dumps({"kind": "act", "name": "draw", "args": {"pixels": pixels}}))
    assert isinstance(command, Act)
    assert command.args == {"pixels": pixels}


def test_a_photograph_of_256_by_256_fits_as_base64() -> None:
    rgb = base64.b64encode(bytes(256 * 256 * 3)).decode()
    command = parse(json.dumps({"kind": "act", "name": "photo", "args": {"rgb": rgb}}))
    assert isinstance(command, Act)
    assert command.args == {"rgb": rgb}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
KINDS = [message["kind"] for message, _ in GOOD]
FIELDS = [
    "version",
    "values",
    "changes",
    "looks",
    "seed",
    "step",
    "names",
    "rate",
    "n",
    "name",
    "args",
    "t",
]


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_whatever_comes_is_either_a_command_or_explained(
    kind: str, fields: dict[str, object]
) -> None:
    with contextlib.suppress(BadMessageError):
        assert parse(json.dumps({"kind": kind, **fields})).kind == kind


@given(st.text(max_size=40))
def test_any_text_is_explained(text: str) -> None:
    with pytest.raises(BadMessageError):
        parse(text)


def test_an_allowance_is_two_seconds_worth_and_refills() -> None:
    allowance = Allowance(10, now=100.0)
    assert [allowance.take(1, 100.0) for _ in range(21)] == [True] * 20 + [False]
    assert not allowance.take(1, 100.05)
    assert allowance.take(1, 100.15)
    assert [allowance.take(1, 200.0) for _ in range(21)] == [True] * 20 + [False]


def test_an_ack_and_a_ping_cost_less_than_a_command() -> None:
    assert Ack.cost == Ping.cost < StepBy.cost == 1
