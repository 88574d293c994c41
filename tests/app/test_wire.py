"""The wire format. `python tests/app/test_wire.py` writes the golden frame anew.

`tests/golden/frame.json` says in words what is in `frame.bin`, for whoever decodes it.
"""

import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from app import wire
from engine.snapshot import DTYPES, freeze

GOLDEN = Path(__file__).parents[1] / "golden"


def golden_frame() -> wire.Frame:
    """All four dtypes, a scalar, an empty array, NaN and infinities, names beyond ASCII."""
    arrays = {
        "conv1.W": np.linspace(-1, 1, 18, dtype=np.float32).reshape(2, 1, 3, 3),
        "history.loss": np.array([2.5, np.nan, 1.25, np.inf, -np.inf], np.float32),
        "θ": np.array([[0.1, -0.2], [1e-300, 1e300]]),
        "labels": np.array([7, -1, 2**31 - 1], np.int32),
        "seen": np.array([0, 1, 127, 128, 255], np.uint8),
        "loss": np.array(0.5, np.float32),
        "misreads": np.zeros((0, 8, 8), np.float32),
    }
    snapshot = freeze(341, {"loss": 0.3121, "accuracy": 0.91}, arrays)
    return wire.Frame(run=3, root=2, seq=1018, head=400, playing=True, snapshot=snapshot)


def in_words(frame: wire.Frame) -> dict[str, object]:
    def word(value: float) -> float | str:
        return value if math.isfinite(value) else str(value)

    arrays = [
        {
            "name": name,
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "values": [word(value) for value in array.ravel().tolist()],
        }
        for name, array in frame.snapshot.arrays.items()
    ]
    return {
        "run": frame.run,
        "root": frame.root,
        "seq": frame.seq,
        "step": frame.snapshot.step,
        "head": frame.head,
        "playing": frame.playing,
        "scalars": dict(frame.snapshot.scalars),
        "arrays": arrays,
    }


def test_the_golden_frame_is_what_encode_writes() -> None:
    assert wire.encode(golden_frame()) == (GOLDEN / "frame.bin").read_bytes()


def test_the_golden_frame_decodes_to_what_its_words_say() -> None:
    words = json.loads((GOLDEN / "frame.json").read_text())
    assert in_words(wire.decode((GOLDEN / "frame.bin").read_bytes())) == words


def test_the_golden_header_needs_padding_and_has_it() -> None:
    message = wire.encode(golden_frame())
    (length,) = struct.unpack_from("<I", message)
    header = message[4 : 4 + length]
    assert header.endswith(b" ")
    assert (4 + length) % 8 == 0
    assert (4 + len(header.rstrip())) % 2 == 1


ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=4, min_side=0))
)
COUNTS = st.integers(0, 2**53)


@given(
    arrays=st.dictionaries(st.text(max_size=20), ARRAYS, max_size=6),
    scalars=st.dictionaries(
        st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), max_size=4
    ),
    step=COUNTS,
    run=COUNTS,
    playing=st.booleans(),
)
def test_decode_gives_back_what_encode_took(arrays, scalars, step, run, playing) -> None:  # type: ignore[no-untyped-def]
    sent = wire.Frame(run, 1, 5, step, playing, freeze(step, scalars, arrays))
    message = wire.encode(sent)
    got = wire.decode(message)
    assert (got.run, got.seq, got.head, got.playing) == (run, 5, step, playing)
    assert got.snapshot.step == step
    assert got.snapshot.scalars == scalars
    assert list(got.snapshot.arrays) == list(arrays)
    for name, array in arrays.items():
        back = got.snapshot.arrays[name]
        assert (back.dtype, back.shape) == (array.dtype, array.shape)
        assert back.tobytes() == array.tobytes()
        assert not back.flags.writeable
    assert len(message) % 8 == 0


@pytest.mark.parametrize(
    "message",
    [b"", b"\x01", struct.pack("<I", 3) + b"nul", struct.pack("<I", 4000) + b"{}  " * 5],
    ids=["empty", "short", "unaligned", "longer than the message"],
)
def test_what_is_no_frame_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match="frame"):
        wire.decode(message)


def test_an_array_that_does_not_fit_the_message_is_refused() -> None:
    message = wire.encode(golden_frame())
    with pytest.raises(ValueError, match="cannot hold"):
        wire.decode(message[:-72])


def test_no_json_says_nan_or_infinity() -> None:
    data = {"a": math.nan, "b": [1.0, math.inf], "c": np.float32(-np.inf), "d": np.arange(2)}
    told = json.loads(wire.text(wire.event("judged", 1, 2, data)), parse_constant=pytest.fail)
    assert told["data"] == {"a": None, "b": [1.0, None], "c": None, "d": [0, 1]}


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot travel as JSON"):
        wire.text({"exhibit": object()})


def test_an_error_names_its_field_only_if_it_has_one() -> None:
    assert "field" not in wire.error("bad_json", "…")
    assert wire.error("bad_value", "…", field="rate")["field"] == "rate"


if __name__ == "__main__":
    (GOLDEN / "frame.bin").write_bytes(wire.encode(golden_frame()))
    words = json.dumps(in_words(golden_frame()), indent=1, ensure_ascii=False)
    (GOLDEN / "frame.json").write_text(words + "\n")
