"""A script of a run on data that somebody brought trains on those very data, and says so."""

import sys

import numpy as np
import pytest

from engine.data.library import Library
from engine.exhibits.backprop import EXHIBIT
from engine.export.files import make_file
from engine.export.textbook.training import shown
from engine.recorder import Recorder
from tests.engine.exported import printed_losses, run

ROWS = [(n / 7, n % 4, "abc"[n % 3]) for n in range(30)]
CLASSES = "\n".join(f"{x},{z},{kind}" for x, z, kind in ROWS)
VALUES = "\n".join(f"{x};{z};{1000 + x * z}" for x, z, _ in ROWS)
POINTS = {"x1": [-1, -0.5, 0.25, 1.5], "x2": [0, 1, -1, 0.125], "y": [0, 1, 2, 1]}

BROUGHT = {
    "classes of a table": ("pasted", {"paste": {"csv": CLASSES}}, 22),
    "a value of a table": ("pasted", {"paste": {"csv": VALUES}}, 22),
    "a drawing": ("drawn", {"draw": POINTS}, 4),
    "the drawing that is there at first": ("drawn", {}, 10),
}


@pytest.mark.parametrize(("data", "brought", "samples"), BROUGHT.values(), ids=BROUGHT.keys())
def test_its_script_has_the_losses_of_the_page_and_its_file_the_samples(
    tmp_path, monkeypatch, data, brought, samples
):
    monkeypatch.setattr(sys, "argv", ["script.py"])
    recorder = Recorder(EXHIBIT, {"data": data}, 3, Library(), brought=brought)
    recorder.step(20)
    made = {
        kind: make_file(kind, recorder.material()).finish() for kind in ("code.py", "start.npz")
    }
    for file in made.values():
        (tmp_path / file.name).write_bytes(file.content)
    _, printed = run(made["code.py"].content.decode(), tmp_path)
    on_page = recorder.snapshot(["history.loss"]).arrays["history.loss"]
    assert printed_losses(printed) == {step: shown(on_page[step]) for step in range(1, 21)}
    with np.load(tmp_path / made["start.npz"].name, allow_pickle=False) as start:
        assert any(array.shape == (samples, 2) for array in start.values())


def test_another_table_makes_files_of_another_name():
    names = []
    for text in (CLASSES, CLASSES.replace("0.0,0,a", "0.5,0,a")):
        brought = {"paste": {"csv": text}}
        recorder = Recorder(EXHIBIT, {"data": "pasted"}, 3, Library(), brought=brought)
        names.append(recorder.material().told.name)
    assert names[0] != names[1]
