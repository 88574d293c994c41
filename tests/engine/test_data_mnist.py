"""MNIST from IDX files: read as they are, refused with a reason when they are not whole."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.idx import read_idx
from engine.data.mnist import mnist
from engine.errors import DataError

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(array, magic=None):
    array = np.asarray(array, np.uint8)
    magic = 0x0800 | array.ndim if magic is None else magic
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


def images(n=5):
    return np.random.default_rng(0).integers(0, 256, (n, 28, 28))


def write(folder, name, content):
    (folder / name).write_bytes(gzip.compress(content, 1) if name.endswith(".gz") else content)


@pytest.fixture(params=["", ".gz"])
def ending(request):
    return request.param


@pytest.fixture
def folder(tmp_path, ending):
    write(tmp_path, IMAGES + ending, idx(images()))
    write(tmp_path, LABELS + ending, idx([3, 1, 4, 1, 9]))
    return tmp_path


def test_images_and_labels_are_read_plain_or_compressed(folder):
    dataset = mnist(folder)
    assert dataset.x.shape == (5, 1, 28, 28)
    assert dataset.x.dtype == np.float32
    assert np.array_equal(np.rint(dataset.x[:, 0] * 255), images())
    assert dataset.y.tolist() == [3, 1, 4, 1, 9]
    assert dataset.classes == tuple("0123456789")


def test_the_training_images_are_preferred_once_both_their_files_are_there(folder):
    write(folder, "train-images-idx3-ubyte", idx(images(2)))
    assert len(mnist(folder)) == 5
    write(folder, "train-labels-idx1-ubyte.gz", idx([7, 7]))
    assert mnist(folder).y.tolist() == [7, 7]


def test_a_file_cut_anywhere_is_refused_by_name(folder, ending):
    path = folder / (IMAGES + ending)
    whole = path.read_bytes()
    for length in (0, 3, 4, 11, 15, 16, 17, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=f"{IMAGES}{ending}: expected "):
            mnist(folder)


@pytest.mark.parametrize(
    ("name", "content", "broken"),
    [
        (IMAGES, idx(images())[:-7], "3920 bytes after the header, got 3913"),
        (IMAGES, idx(images()) + b"!", "3920 bytes after the header, got more"),
        (IMAGES, idx([3, 1, 4, 1, 9]), "magic number 0x00000803, got 0x00000801"),
        (IMAGES, b"<html><body>404</body>", "magic number 0x00000803, got 0x3c68746d"),
        (IMAGES, b"\0\0", "a header of 16 bytes, got 2"),
        (IMAGES, idx(np.zeros((5, 27, 28))), "28×28 pixels, got 27×28"),
        (IMAGES, idx(np.zeros((0, 28, 28))), "images, got none"),
        (LABELS, idx(images()), "magic number 0x00000801, got 0x00000803"),
        (LABELS, idx([3, 1, 4, 1]), "5 labels, got 4"),
        (LABELS, idx([3, 1, 10, 1, 9]), "labels from 0 to 9, got 10"),
    ],
)
def test_a_wrong_file_is_named_with_the_rule_and_the_value(folder, ending, name, content, broken):
    write(folder, name + ending, content)
    with pytest.raises(DataError) as caught:
        mnist(folder)
    assert str(caught.value) == f"{folder / (name + ending)}: expected {broken}"


def test_a_damaged_gzip_file_is_refused(folder):
    path = folder / f"{IMAGES}.gz"
    (folder / IMAGES).unlink(missing_ok=True)
    write(folder, path.name, idx(images()))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 50] = bytes(50)
    path.write_bytes(content)
    with pytest.raises(DataError, match="expected"):
        mnist(folder)
    path.write_bytes(b"not a gzip file")
    with pytest.raises(DataError, match="expected an intact gzip file"):
        mnist(folder)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / f"{IMAGES}.gz"
    header = struct.pack(">4I", 0x0803, 4_000_000_000, 28, 28)
    path.write_bytes(gzip.compress(header + bytes(1000)))
    with pytest.raises(DataError, match="at most 54880000 elements, header says 3136000000000"):
        read_idx(path, axes=3, most=70_000 * 784)


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_idx(tmp_path, axes=1, most=1)


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_give_another_error_than_a_data_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(content)
    for axes in (1, 3):
        try:
            array = read_idx(path, axes=axes, most=100)
        except DataError:
            continue
        assert idx(array) == content
