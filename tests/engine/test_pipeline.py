"""The exhibit `pipeline`: layers that people put together, what is lit, what is counted."""

from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.pipeline import EXHIBIT, LAYERS, build_network
from engine.nn.receptive import connected
from engine.recorder import Recorder

LIBRARY = Library()


def run(step=0, **values):
    recorder = Recorder(EXHIBIT, values, 1, LIBRARY)
    recorder.seek(step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def look(recorder, tensor, *index):
    recorder.act("look", {"tensor": tensor, "index": [0, *index]})
    found = arrays(recorder)
    starts, places = found["lit.starts"], found["lit.places"]
    return [places[a:b].tolist() for a, b in pairwise(starts)]


def judge(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    (event,) = recorder.act("judge", args)
    return event.data


def test_every_layer_of_the_picture_is_published_in_order():
    names = [name for name in arrays(run()) if name.split(".")[1:] in (["x"], ["z"], ["a"], ["y"])]
    assert names == [
        *("conv1.x", "conv1.z", "act1.a", "pool1.y", "conv2.z", "act2.a", "pool2.y"),
        *("flatten.y", "dense1.z", "softmax.a"),
    ]


def test_a_number_of_the_first_convolution_has_seen_three_by_three_pixels():
    lit = look(run(), "conv1.z", 2, 3, 4)
    assert lit[0] == [8 * row + column for row in (2, 3, 4) for column in (3, 4, 5)]
    assert lit[1] == [2 * 64 + 3 * 8 + 4]
    # one pooled number of that map alone, then windows of every filter, then everything
    assert lit[3] == [2 * 16 + 1 * 4 + 2]
    assert len(lit[4]) == 16 * 9
    assert len(lit[-1]) == 10


def test_at_the_border_it_has_seen_fewer():
    assert look(run(), "conv1.z", 0, 0, 0)[0] == [0, 1, 8, 9]


def test_a_pixel_reaches_what_the_engine_says():
    recorder = run()
    lit = look(recorder, "conv1.x", 0, 7, 7)
    masks = connected(build_network(LAYERS, (1, 8, 8), 1).layers, 0, (0, 7, 7))
    assert lit == [np.flatnonzero(mask).tolist() for mask in masks]
    assert arrays(recorder)["lit.count"].tolist() == [len(one) for one in lit]


def test_a_look_at_another_network_lights_nothing_and_comes_back_with_its_layers():
    recorder = run(layers="flatten-dense10-softmax")
    assert look(recorder, "conv1.z", 0, 3, 3) == [[]] * 4
    assert arrays(recorder)["lit.signal"].tolist() == [-1]
    assert look(recorder, "dense1.z", 10) == [[]] * 4
    assert len(look(recorder, "dense1.z", 9)[0]) == 64


@pytest.mark.parametrize(
    "args", [{}, {"tensor": "conv1.z"}, {"tensor": "conv1.z", "index": [0, -1]}, {"tensor": 3}]
)
def test_a_look_that_means_nothing_is_refused(args):
    with pytest.raises(InvalidValueError, match=r"look: (tensor|index): expected"):
        run().act("look", args)


def test_sizes_and_parameters_are_the_engines_own():
    recorder = run()
    counts = arrays(recorder)["layers.counts"]
    network = build_network(LAYERS, (1, 8, 8), 1)
    shapes = [(1, 8, 8), *(row.output_shape for row in network.summary())]
    assert counts[:, 0].tolist() == [prod(shape) for shape in shapes]
    assert counts[:, 1].tolist() == [0, *(row.parameters for row in network.summary())]
    assert counts[:, 2].tolist() == [1, 3, 3, 4, 8, 8, 10, 10, 8, 8]
    assert counts[:, 1].sum() == network.theta.size
    ledger = recorder.ledger("layers.counts", (4, 1))
    assert ledger.code == "counts[4, 1] = 16 * 8 * 3 * 3 + 16"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("conv8k3-dense10-softmax", "layers: dense1: expected a vector, got 8 × 8 × 8; put"),
        ("conv8k9pnone-flatten-dense10-softmax", "layers: conv1: expected at least 9 × 9 pixels"),
        ("max9-flatten-dense10-softmax", "layers: pool1: expected at least 9 × 9 pixels"),
        (
            "conv8k3s99-flatten-dense10-softmax",
            "layers: conv1: stride: expected .* 1 to 16, got 99",
        ),
        ("flatten-dense12-softmax", "layers: softmax: expected a softmax of 10 at the end"),
        ("flatten-dense10", "layers: "),
        ("conv8k3-bogus-softmax", "layers: layer 2: expected one of"),
        ("flatten-dense4096-dense10-softmax", "layers: network: expected at most 60000 parameters"),
        (
            "conv64k5-relu-conv24k5-relu-max2-flatten-dense10-softmax",
            "layers: network: expected at most 800000 products",
        ),
        ("-".join(["relu"] * 17), "layers: network: expected at most 16 layers, got 17"),
        ("", "layers: layer 1: expected one of"),
        ("x" * 300, "layers: expected a text of at most 200 characters, got 300"),
    ],
)
def test_layers_that_cannot_be_are_refused_with_the_layer_the_rule_and_the_value(line, reason):
    with pytest.raises(InvalidValueError, match=reason):
        run(layers=line)


def test_a_line_is_kept_in_its_shortest_form():
    line = "conv8k3s1psame-relu-max2s2-flatten-dense10-softmax"
    assert run(layers=line).values["layers"] == "conv8k3-relu-max2-flatten-dense10-softmax"


chosen = st.lists(
    st.sampled_from(["conv4k3", "conv2k5s2", "relu", "max2", "avg3s2p", "tanh", "conv3k3d2"]),
    max_size=4,
)


@settings(max_examples=25)
@given(words=chosen, data=st.data())
def test_any_layers_that_fit_train_and_explain_every_number(words, data):
    line = "-".join([*words, "flatten", "dense10", "softmax"])
    try:
        recorder = run(step=1, layers=line)
    except InvalidValueError:  # a map that got too small
        return
    found = arrays(recorder)
    name = data.draw(st.sampled_from([n for n in found if not n.startswith("history.")]))
    array = found[name]
    if array.size:
        index = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
        ledger = recorder.ledger(name, index)
        largest = max(abs(ledger.value), *(abs(term.value) for term in ledger.terms), 1e-30)
        assert abs(ledger.recompute() - ledger.value) <= 1e-4 * largest


def test_training_makes_it_read():
    recorder = run()
    before = recorder.snapshot().scalars["val_accuracy"]
    recorder.seek(120)
    after = recorder.snapshot().scalars["val_accuracy"]
    assert before < 0.4
    assert after > 0.85


def test_predictions_are_worked_out_from_the_layers():
    recorder = run()
    field = judge(recorder, "field", 8)
    assert field["correct"]
    assert "4 + 2 · 2 = 8." in field["text"]
    assert "49 for the number in row 3, column 3" in field["text"]
    assert judge(recorder, "parameters", "conv2")["correct"]
    other = run(layers="conv2k3-flatten-dense10-softmax")
    assert judge(other, "parameters")["answer"] == "dense1"
    with pytest.raises(InvalidValueError, match="expected a second convolution"):
        judge(other, "field")
