"""The data sets that come along: they are what `SOURCES.md` says they are."""

import hashlib
import re

import numpy as np
import pytest

from engine.data.dataset import Dataset
from engine.data.packaged import FILES, digits, iris
from engine.errors import DataError


def test_sources_list_every_file_with_its_checksum():
    listed = dict(
        re.findall(r"^\| `(.+?)` \| `([0-9a-f]{64})` \|$", (FILES / "SOURCES.md").read_text(), re.M)
    )
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FILES.iterdir()
        if path.suffix != ".md"
    }
    assert listed == files


def test_digits_have_the_published_counts():
    dataset = digits()
    assert dataset.x.shape == (1797, 1, 8, 8)
    assert dataset.x.dtype == np.float32
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(dataset.y).tolist() == counts
    assert set(np.unique(dataset.x * 16)) == set(range(17))
    assert "CC BY 4.0" in dataset.source


def test_the_first_digit_is_a_nought():
    image = digits().x[0, 0]
    assert digits().y[0] == 0
    assert (image[3:5, 3:5] == 0).all()
    assert image[[0, 7]].max() > 0.5


def test_iris_has_the_published_summary():
    dataset = iris()
    assert dataset.classes == ("setosa", "versicolor", "virginica")
    assert np.bincount(dataset.y).tolist() == [50, 50, 50]
    x = dataset.x.astype(float)
    assert x.min(axis=0) == pytest.approx([4.3, 2.0, 1.0, 0.1])
    assert x.max(axis=0) == pytest.approx([7.9, 4.4, 6.9, 2.5])
    assert x.mean(axis=0) == pytest.approx([5.84, 3.06, 3.76, 1.20], abs=0.005)
    assert len(dataset.features) == 4


def test_iris_agrees_with_fishers_table_where_the_copy_at_uci_does_not():
    x = iris().x
    assert x[34] == pytest.approx([4.9, 3.1, 1.5, 0.2])
    assert x[37] == pytest.approx([4.9, 3.6, 1.4, 0.1])


def test_nobody_can_change_a_data_set_and_the_callers_array_stays_writeable():
    x = np.zeros((2, 1), np.float32)
    dataset = Dataset(x, np.array([0, 1]), ("a", "b"))
    with pytest.raises(ValueError, match="read-only"):
        dataset.x[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        dataset.y[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        dataset.take(np.array([1])).x[0] = 1
    x[0] = 1


@pytest.mark.parametrize(
    ("y", "features", "text"),
    [
        ([0], (), "y: expected 2 labels, one a sample, got 1"),
        ([0, 2], (), "y: expected labels from 0 to 1, got 2"),
        ([0, -1], (), "y: expected labels from 0 to 1, got -1"),
        ([0, 1], ("length", "width"), "x: expected the columns length, width, got shape"),
    ],
)
def test_a_data_set_that_does_not_fit_together_is_refused(y, features, text):
    with pytest.raises(DataError, match=text):
        Dataset(np.zeros((2, 1)), np.array(y), ("a", "b"), features)
