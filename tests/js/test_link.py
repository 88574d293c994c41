"""Links, whatever they say: what is read from one is what was written into it."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.js.test_node import ROOT, node

MOST = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = TEXT.filter(lambda name: name and name not in RESERVED)
RESERVED = ("seed", "step", "changes", "beat", "pick", "hide", "more", "__proto__")
NUMBERS = st.integers(-MOST, MOST) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.dictionaries(NAMES, st.booleans() | NUMBERS | TEXT, max_size=4)
COUNTS = st.integers(0, 10**9)
ARGUMENTS = st.dictionaries(NAMES, NUMBERS | TEXT | st.lists(NUMBERS, max_size=4), max_size=3)
CHANGES = st.lists(st.tuples(COUNTS, VALUES) | st.tuples(COUNTS, NAMES, ARGUMENTS), max_size=6).map(
    lambda changes: [list(change) for change in changes]
)
PICKS = st.builds(
    lambda tensor, index: {"tensor": tensor, "index": index},
    st.sampled_from(["loss", "conv1.z", "batch.conv1.dW", "conv1.W.m", "θ.x", "a b&c"]),
    st.lists(st.integers(0, 999_999_999), max_size=8),
)
STATES = st.fixed_dictionaries(
    {
        "values": VALUES,
        "seed": st.none() | COUNTS,
        "step": st.none() | st.integers(1, 10**9),
        "beat": st.none() | COUNTS,
        "pick": st.none() | PICKS,
        "hide": st.lists(NAMES.filter(lambda name: "," not in name), max_size=3, unique=True),
    }
)


@pytest.fixture(scope="module")
def echo() -> Iterator[subprocess.Popen[str]]:
    script = [node(), "tests/js/link-echo.js"]
    with subprocess.Popen(
        script, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@given(STATES, CHANGES, st.dictionaries(NAMES, ARGUMENTS, max_size=3))
def test_what_is_read_from_a_link_is_what_was_written(echo, state, changes, looks):
    extras = {"changes": changes, "looks": looks}
    said = {**state, "changes": [], "looks": {}}
    echo.stdin.write(json.dumps({"state": said, "extras": extras}) + "\n")
    echo.stdin.flush()
    back = json.loads(echo.stdout.readline(), parse_int=float)  # a browser has one kind of number
    more = back["state"].pop("more")
    assert bool(more) == bool(changes or looks)
    assert back["state"] == said
    assert back["extras"] == extras
    # only letters that stand in an address as they are
    assert re.fullmatch(r"[\w%&=.,~!'()*-]*", back["query"], re.ASCII)
