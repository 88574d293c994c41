"""Arrays in files, never pickled."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.nn.storage import load_npz, save_npz

ARRAYS = {"theta": np.arange(5, dtype=np.float32), "optimizer.v": np.array(2.5), "n": np.array([1])}


def test_what_is_loaded_is_what_was_saved(tmp_path):
    path = tmp_path / "model.npz"
    save_npz(path, ARRAYS)
    found = load_npz(path)
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].tobytes() == array.tobytes()
        assert found[name].dtype == array.dtype


def test_objects_are_neither_saved_nor_loaded(tmp_path):
    path = tmp_path / "evil.npz"
    objects = np.array([{"a": 1}], object)
    with pytest.raises(DataError, match="thing: expected numbers, got objects"):
        save_npz(path, {"thing": objects})
    assert not path.exists()
    np.savez(path, thing=objects)
    with pytest.raises(DataError, match=r"evil\.npz: not a whole \.npz file of numbers"):
        load_npz(path)


@pytest.mark.parametrize("change", ["missing", "foreign", "truncated", "damaged"])
def test_a_bad_file_says_why(tmp_path, change):
    path = tmp_path / "model.npz"
    save_npz(path, ARRAYS)
    content = bytearray(path.read_bytes())
    if change == "missing":
        path.unlink()
    elif change == "foreign":
        path.write_bytes(b"not a zip file")
    elif change == "truncated":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[content.index(ARRAYS["theta"].tobytes())] ^= 0xFF
        path.write_bytes(content)
    expected = {"missing": "no such file", "damaged": "theta.npy is damaged"}
    with pytest.raises(DataError, match=f"model.npz: {expected.get(change, 'not a whole')}"):
        load_npz(path)
