"""The library: every name opens, or says why not and what mends it."""

import gzip
import struct

import numpy as np
import pytest

from engine.data.library import NAMES, Library
from engine.errors import DataError


@pytest.fixture
def folder(tmp_path):
    images = struct.pack(">4I", 0x0803, 3, 28, 28) + bytes(3 * 784)
    labels = struct.pack(">2I", 0x0801, 3) + bytes([0, 1, 2])
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_every_name_opens_and_opens_once(folder, name):
    library = Library(folder)
    assert library.missing(name) is None
    dataset = library.open(name)
    assert len(dataset) > 0
    assert dataset.source
    assert library.open(name) is dataset


@pytest.mark.parametrize("name", [name for name in NAMES if name != "mnist"])
def test_what_comes_along_needs_no_folder_and_is_the_same_in_each_library(name):
    first, second = Library().open(name), Library().open(name)
    assert np.array_equal(first.x, second.x)
    assert np.array_equal(first.y, second.y)


def test_without_a_folder_mnist_names_the_command_that_fetches_it_and_the_option():
    reason = Library().missing("mnist")
    assert "`perceptarium fetch mnist --data-dir DIR`" in reason
    assert "`perceptarium --data-dir DIR`" in reason
    with pytest.raises(DataError, match="mnist: No data folder is given"):
        Library().open("mnist")


@pytest.mark.parametrize("half", ["images-idx3", "labels-idx1"])
def test_a_folder_with_half_of_mnist_names_itself_and_the_command(folder, half):
    (folder / f"t10k-{half}-ubyte.gz").unlink()
    reason = Library(folder).missing("mnist")
    assert reason.count(str(folder)) == 2
    assert f"`perceptarium fetch mnist --data-dir {folder}`" in reason


def test_files_that_arrive_later_are_found(folder, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("empty"))
    assert library.missing("mnist")
    for path in folder.iterdir():
        (library.folder / path.name).write_bytes(path.read_bytes())
    assert library.missing("mnist") is None


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(DataError, match=r"no data set 'cifar'; there are xor, moons, .*, mnist"):
        Library().open("cifar")
