"""A run as files: scripts that do again what the page shows, and the numbers that it showed."""

import csv
import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.digits import EXHIBIT
from engine.exhibits.edits import EDIT
from engine.export import archive
from engine.export.files import KINDS, kinds, make_file, numpy_code, torch_code
from engine.export.layers import EMITTERS, output_of
from engine.export.recipe import LIVE, Recipe, repeatable
from engine.export.rules import LOSS_WORDS, OPTIMIZER_WORDS
from engine.export.textbook.training import shown
from engine.export.torch_script import RESERVED
from engine.nn.description import LAYERS
from engine.nn.losses import LOSSES
from engine.nn.network import Network
from engine.nn.optimizers import OPTIMIZERS
from engine.recorder import Recorder
from tests.engine.exported import printed_losses, put_data, random_training, run, told

CASES = [
    *((seed, kind) for seed in range(4) for kind in OPTIMIZERS),
    *((seed, list(OPTIMIZERS)[seed % 5]) for seed in range(4, 24)),
]
random_trainings = pytest.mark.parametrize(("seed", "optimizer"), CASES)


@pytest.fixture(scope="module")
def library():
    return Library()


@pytest.fixture
def argv(monkeypatch):
    """A script is started without a number of steps."""
    monkeypatch.setattr(sys, "argv", ["script.py"])


def losses(recipe, steps=20):
    trainer = recipe.trainer()
    return [trainer.step().loss for _ in range(steps)]


def changed_digits(library):
    """A run of the exhibit in which everything that can be was changed on the way."""
    values = {"filters": "4", "kernel_size": "5", "pooling": "avg_pool2d", "activation": "tanh"}
    recorder = Recorder(EXHIBIT, values, 5, library)
    recorder.set({"batch_size": 16, "dropout": 0.2})
    recorder.step(4)
    recorder.set({"optimizer": "nesterov", "learning_rate": 0.05})
    recorder.step(4)
    recorder.act(EDIT, {"tensor": "conv1.W", "index": [1, 0, 2, 2], "value": 1.5})
    recorder.set({"batch_size": 7, "dropout": 0.5})
    recorder.act(EDIT, {"tensor": "dense1.b", "index": [3], "value": -2})
    recorder.step(4)
    recorder.set({"optimizer": "rmsprop", "learning_rate": 0.002, "dropout": 0.0})
    recorder.step(10)
    return recorder


def files(recorder, *wanted):
    material = recorder.material()
    made = [make_file(kind, material).finish() for kind in wanted or KINDS]
    return dict(zip(wanted or KINDS, made, strict=True))


def put(folder, made):
    for file in made.values():
        (folder / file.name).write_bytes(file.content)


def test_every_layer_loss_and_optimizer_can_be_written_down():
    assert EMITTERS.keys() == LAYERS.keys()
    assert LOSS_WORDS.keys() == LOSSES.keys()
    assert OPTIMIZER_WORDS.keys() == OPTIMIZERS.keys()


@random_trainings
def test_tensors_are_called_in_the_script_as_they_are_everywhere(seed, optimizer):
    network = random_training(seed, optimizer)().network
    for layer, one in zip(network.layers, network.at(2).layers, strict=True):
        assert output_of(layer) == f"{layer.name}.{one.out_name}"
    assert LOSS_WORDS[network.loss.kind].stands_in == network.at(2).loss_pass.stands_in


@random_trainings
def test_the_numpy_script_of_any_network_prints_its_losses(tmp_path, argv, seed, optimizer):
    recipe = random_training(seed, optimizer)
    story = told(recipe())
    put_data(story, tmp_path)
    code = numpy_code(story)
    assert max(map(len, code.splitlines())) <= 100
    variables, printed = run(code, tmp_path)
    true = losses(recipe())
    np.testing.assert_allclose(variables["losses"], true, rtol=1e-5)
    # sums are taken in another order: a loss on the edge between two digits may fall to either side
    for loss, text in zip(true, printed_losses(printed).values(), strict=True):
        assert text in {shown(loss * (1 + e)) for e in (-1e-5, 0, 1e-5)}


@random_trainings
def test_the_pytorch_script_of_any_network_has_its_losses(tmp_path, argv, seed, optimizer):
    pytest.importorskip("torch")
    recipe = random_training(seed, optimizer)
    story = told(recipe())
    put_data(story, tmp_path)
    variables, _ = run(torch_code(story), tmp_path)
    np.testing.assert_allclose(variables["losses"], losses(recipe()), rtol=1e-4)


def test_no_layers_name_is_one_that_pytorch_keeps_for_itself():
    nn = pytest.importorskip("torch.nn")
    taken = {name for name in dir(nn.Module()) if name[0].islower()}
    assert taken <= RESERVED


@pytest.mark.parametrize("changed", [False, True])
def test_the_exhibits_scripts_print_what_is_on_the_page(tmp_path, library, changed):
    recorder = changed_digits(library) if changed else Recorder(EXHIBIT, {}, 1, library)
    recorder.seek(22)
    made = files(recorder, "code.py", "start.npz")
    put(tmp_path, made)
    done = subprocess.run(
        [sys.executable, "-W", "error", made["code.py"].name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    on_page = recorder.snapshot(["history.loss"]).arrays["history.loss"]
    expected = {step: shown(on_page[step]) for step in (*range(1, 21), 22)}
    assert printed_losses(done.stdout) == expected
    with np.load(next(tmp_path.glob("*-trained.npz")), allow_pickle=False) as trained:
        for name, array in recorder.material().told.parameters.items():
            np.testing.assert_allclose(trained[name], array, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("changed", [False, True])
def test_the_exhibits_pytorch_script_has_the_losses_of_the_page(tmp_path, argv, library, changed):
    pytest.importorskip("torch")
    recorder = changed_digits(library) if changed else Recorder(EXHIBIT, {}, 1, library)
    recorder.seek(22)
    made = files(recorder, "code-torch.py", "start.npz")
    put(tmp_path, made)
    variables, printed = run(made["code-torch.py"].content.decode(), tmp_path)
    on_page = recorder.material().course["loss"][1:]
    np.testing.assert_allclose(variables["losses"], on_page, rtol=1e-4)
    assert "of 360 validation samples are told right" in printed


def test_the_notebooks_cells_in_order_are_the_script(tmp_path, library, monkeypatch):
    recorder = changed_digits(library)
    made = files(recorder, "notebook.ipynb", "start.npz")
    put(tmp_path, made)
    book = json.loads(made["notebook.ipynb"].content)
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    assert {cell["cell_type"] for cell in book["cells"]} == {"markdown", "code"}
    for cell in book["cells"]:
        needed = {"cell_type", "id", "metadata", "source"}
        code = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert cell.keys() == needed | code
    monkeypatch.chdir(tmp_path)
    cells = ["".join(one["source"]) for one in book["cells"] if one["cell_type"] == "code"]
    _, printed = run("\n".join(cells), tmp_path)
    course = recorder.material().course["loss"]
    assert printed_losses(printed)[22] == shown(course[22])


def test_the_metrics_are_the_history_step_by_step(library):
    recorder = Recorder(EXHIBIT, {}, 1, library)
    recorder.step(30)
    (file,) = files(recorder, "metrics.csv").values()
    head, *rows = csv.reader(io.StringIO(file.content.decode()))
    assert head == ["step", *EXHIBIT.history]
    assert [int(row[0]) for row in rows] == list(range(31))
    history = recorder.snapshot([f"history.{name}" for name in EXHIBIT.history]).arrays
    for column, name in enumerate(EXHIBIT.history, start=1):
        read = [float(row[column]) if row[column] else np.nan for row in rows]
        np.testing.assert_array_equal(np.array(read, np.float32), history[f"history.{name}"])


def test_the_weights_are_those_on_the_stage_and_the_stages_arrays_are_what_is_published(library):
    recorder = changed_digits(library)
    made = files(recorder, "weights.npz", "arrays.npz")
    published = recorder.snapshot(EXHIBIT.publishes).arrays
    with np.load(io.BytesIO(made["arrays.npz"].content), allow_pickle=False) as arrays:
        for name in EXHIBIT.publishes:
            np.testing.assert_array_equal(arrays[name], published[name])
    with np.load(io.BytesIO(made["weights.npz"].content), allow_pickle=False) as weights:
        assert "conv1.W" in weights
        for name in weights:
            np.testing.assert_array_equal(weights[name], published[name])


def test_everything_is_in_one_zip_and_the_same_run_gives_the_same_bytes(library):
    first, again = (files(changed_digits(library), "all.zip")["all.zip"] for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive_:
        assert archive_.testzip() is None
        suffixes = {name.partition(".")[2] for name in archive_.namelist()}
        assert suffixes == {"py", "npz", "ipynb", "csv"}
        assert len(archive_.namelist()) == len(KINDS) - 2


def test_files_that_belong_together_have_one_name_and_others_another(library):
    names = {
        Recorder(EXHIBIT, values, seed, library).material().told.name
        for values, seed in (
            ({}, 1),
            ({}, 2),
            ({"filters": "4"}, 1),
            ({"initializer": "xavier"}, 1),
        )
    }
    assert len(names) == 4
    recorder = Recorder(EXHIBIT, {}, 1, library)
    recorder.step(3)
    recorder.set({"learning_rate": 0.5})
    assert recorder.material().told.name in names


@pytest.mark.parametrize(
    ("x", "dtype", "scale"),
    [
        (np.arange(17) / 16, np.uint8, 16),
        (np.arange(256) / np.float32(255), np.uint8, 255),
        (np.arange(200), np.uint8, 1),
        (np.array([0.5, -2.25, 1024.0]), np.float16, 1),
        (np.array([0.1, 0.2]), np.float32, 1),
        (np.array([-0.0, 1.0]), np.float16, 1),
        (np.array([np.nan, 1.0]), np.float16, 1),
    ],
)
def test_samples_are_stored_as_small_as_gives_them_back_exactly(x, dtype, scale):
    x = x.astype(np.float32)

    def work():
        found.append((yield from archive.compact({"a": x})))

    found = []
    list(work())
    stored, said = found[0]
    assert stored["a"].dtype == dtype
    assert said == scale
    again = stored["a"].astype(np.float32) / said
    assert again.tobytes() == x.tobytes()


def test_too_much_data_is_refused_with_its_size(library, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 20)
    data = Dataset(np.random.default_rng(1).random((9000, 40)), np.zeros(9000), ("a", "b"))
    layers = [{"kind": "dense", "units": 2}, {"kind": "softmax"}]
    description = {"input": [40], "layers": layers, "loss": "categorical_cross_entropy"}
    network = Network(description, rng=np.random.default_rng(1))
    facts = {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": 4, "seed": 1}
    story = told(Recipe(network=network, train=data, **facts))
    with pytest.raises(archive.TooLargeError, match=r"at most 1 MiB .* got 1 MiB"):
        put_data(story, None)


def test_what_no_script_could_repeat_is_refused(library):
    with pytest.raises(InvalidValueError, match=r"pace: expected changes of .* at step 3"):
        repeatable([(1, {"dropout": 0.5}), (3, {"pace": 1})])
    with pytest.raises(InvalidValueError, match=r"push: expected changes of .* at step 4"):
        repeatable([(4, "push", {"by": 1})])
    with pytest.raises(InvalidValueError, match=r"export: expected one of code\.py"):
        make_file("exe", Recorder(EXHIBIT, {}, 1, library).material())


def test_an_exhibit_that_trains_nothing_offers_its_arrays_alone():
    assert kinds(trains=False, measures=False) == ["arrays.npz"]
    assert kinds(trains=False, measures=True) == ["metrics.csv", "arrays.npz"]
    assert kinds(trains=True, measures=True) == list(KINDS)


def test_what_may_change_on_the_way_is_what_the_trainer_takes(library):
    recorder = changed_digits(library)
    live, edits = repeatable(recorder.changes)
    assert {name for values in live.values() for name in values} == set(LIVE)
    assert edits[8] == [("conv1.W", (1, 0, 2, 2), 1.5), ("dense1.b", (3,), -2.0)]


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (2.345678, "2.35"),
        (0.5, "0.5"),
        (3, "3"),
        (0, "0"),
        (0.2999999, "0.300"),
        (1234.5678, "1235"),
        (999.96, "1000"),
        (0.00001234, "1.23e-5"),
        (1.25e7, "1.25e7"),
        (np.nan, "not a number"),
        (np.inf, "infinity"),
        (1.125, "1.13"),
    ],
)
def test_a_loss_is_written_as_the_page_does(loss, text):
    assert shown(loss) == text
