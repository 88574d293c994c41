"""A layer's sheet, and the code of each moment: run, it gives what the engine has computed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledgers import ready
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.backprop import EXHIBIT as BACKPROP
from engine.explain.scene import Scene
from engine.explain.sheet import read_sheet
from engine.explain.sheets import sheet
from engine.explain.words import GRADIENT_CODE, LOSS_CODE, WORDS
from engine.nn.description import LAYERS
from engine.nn.losses import LOSSES
from engine.nn.network import Network
from engine.nn.optimizers import OPTIMIZERS
from engine.recorder import Recorder
from tests.engine.test_explain import SEED, networks
from tests.engine.test_moments import opened, trained

HIDDEN = ("tanh", "sigmoid", "relu", "leaky_relu", "linear")
ENDS = {
    "sigmoid": ("binary_cross_entropy", "mean_squared_error"),
    "softmax": ("categorical_cross_entropy", "mean_squared_error"),
    "linear": ("mean_squared_error", "half_mean_squared_error"),
}
DIRECTIONS = ("forward", "backward", "update")


@st.composite
def small_networks(draw):
    """Dense layers with activations, in float64."""
    inputs = draw(st.integers(1, 6))
    layers = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        layers += [
            {"kind": "dense", "name": f"dense{number}", "units": draw(st.integers(1, 6))},
            {"kind": draw(st.sampled_from(HIDDEN)), "name": f"act{number}"},
        ]
    end = draw(st.sampled_from(sorted(ENDS)))
    units = draw(st.integers(2, 4)) if end == "softmax" else draw(st.integers(1, 3))
    layers += [{"kind": "dense", "name": "out", "units": units}, {"kind": end, "name": end}]
    described = {
        "input": [inputs],
        "layers": layers,
        "loss": draw(st.sampled_from(ENDS[end])),
        "l2": draw(st.sampled_from([0.0, 0.125])),
    }
    rng = np.random.default_rng(draw(SEED))
    return Network(described, rng=rng, dtype=np.float64)


def passed(network, batch, seed):
    """A pass over drawn samples, forward and back."""
    rng = np.random.default_rng(seed)
    using = network.at(batch)
    using.forward(rng.standard_normal((batch, *network.input_shape)))
    outputs = network.layers[-1].output_shape[0]
    kind = network.loss.kind
    if kind == "categorical_cross_entropy":
        using.loss(rng.integers(outputs, size=batch))
    elif kind == "binary_cross_entropy" and outputs == 1:
        using.loss(rng.integers(2, size=batch))
    else:
        using.loss(rng.random((batch, outputs)))
    using.backward()
    return using


def values_of(names, tensors):
    """Numbers for the names in a line of code."""
    return {name: tensors[tensor] for name, tensor in names.items() if tensor in tensors}


def run(code, values):
    """What the last name that is assigned becomes."""
    space = {"np": np, **{name: np.array(value) for name, value in values.items()}}
    exec(code, space)  # our own lines
    return space[code.splitlines()[-1].split(" = ")[0].split("[")[0]]


@given(small_networks(), st.sampled_from([1, 3]), SEED)
@settings(max_examples=60)
def test_each_line_and_each_row_of_a_sheet_computes_what_the_engine_did(network, batch, seed):
    using = passed(network, batch, seed)
    scene = Scene.of(using)
    tensors = {**using.tensors(), **network.parameters(), **network.gradients()}
    for layer in network.layers[::2]:
        made = []
        for direction in ("forward", "backward"):
            for line in sheet(scene, layer.name, direction).lines:
                made.append(line.tensor)
                values = values_of(line.names, tensors)
                expected = tensors[line.tensor]
                np.testing.assert_allclose(run(line.code, values), expected, rtol=1e-9, atol=1e-12)
                result = line.code.splitlines()[-1].split(" = ")[0]
                for at, row in enumerate(line.rows):
                    part = run(row.code, values | {result: np.full_like(expected, np.nan)})
                    there = (
                        (slice(None), at)
                        if part.shape[:1] == (batch,) and _is_of_samples(line.tensor)
                        else (at,)
                    )
                    np.testing.assert_allclose(part[there], expected[there], rtol=1e-9, atol=1e-12)
                    part[there] = np.nan
                    assert np.isnan(part).all(), "a row is of one neuron alone"
        own = {name for name in made if name.startswith(f"{layer.name}.")}
        assert {f"{layer.name}.{short}" for short in ("z", "dz", "dW", "db")} <= own


def _is_of_samples(tensor):
    return not tensor.endswith((".dW", ".db", ".update"))


@given(small_networks(), st.sampled_from(sorted(OPTIMIZERS)), SEED)
@settings(max_examples=40)
def test_an_update_is_the_step_that_was_made(network, optimizer, seed):
    trainer = trained(network, seed, optimizer)
    scene = opened(trainer).open_step().scene
    constants = trainer.last_update.optimizer.constants()
    eta = trainer.last_update.learning_rate
    before = network.named(trainer.last_update.before)
    space = {
        "eta": eta,
        "mu": constants.get("momentum", 0.0),
        "epsilon": constants.get("epsilon", 0.0),
    }
    if optimizer == "adam":
        root = np.sqrt(1 - constants["beta2"] ** constants["t"])
        space["eta_t"] = eta * root / (1 - constants["beta1"] ** constants["t"])
        space["epsilon_t"] = constants["epsilon"] * root
    tensors = {**network.parameters(), **network.gradients()}
    for short, named in scene.memory.items():
        tensors |= {f"{name}.{short}": array for name, array in named.items()}
    for line in sheet(scene, "out", "update").lines:
        parameter = line.tensor.removesuffix(".update")
        expected = network.parameters()[parameter] - before[parameter]
        values = space | values_of(line.names, tensors)
        np.testing.assert_allclose(run(line.code, values), expected, rtol=1e-7, atol=1e-13)
        result = line.code.split(" = ")[0]
        for at, row in enumerate(line.rows):
            part = run(row.code, values | {result: np.full_like(expected, np.nan)})
            np.testing.assert_allclose(part[at], expected[at], rtol=1e-7, atol=1e-13)


@given(small_networks(), SEED)
@settings(max_examples=25)
def test_every_formula_of_a_sheet_can_be_set_and_names_its_tensors(network, seed):
    trainer = trained(network, seed, "adam")
    scene = opened(trainer).open_step().scene
    for layer in network.layers[::2]:
        for direction in DIRECTIONS:
            told = sheet(scene, layer.name, direction, called=lambda name: f"my.{name}")
            for line in ready(told.message())["lines"]:
                assert line["tensor"].startswith("my.")
                for mathml in (line["formula"], line["head"]):
                    assert f'data-tensor="{line["tensor"]}"' in mathml
                for mathml in (
                    line["formula"],
                    line["head"],
                    *(r["formula"] for r in line["rows"]),
                ):
                    assert 'data-tensor="my.' in mathml
                assert len(line["rows"]) in (layer.units, layer.input_shape[0])
                assert all(one["tensor"].startswith("my.") for one in line["operands"])


@given(small_networks(), SEED)
@settings(max_examples=20)
def test_what_each_row_takes_whole_is_what_is_summed_over(network, seed):
    scene = Scene.of(passed(network, 1, seed))
    last = network.layers[-2].name
    lines = [line for way in ("forward", "backward") for line in sheet(scene, last, way).lines]
    shared = {
        line.head.tex: [one.head.tex for one in line.operands if one.shared] for line in lines
    }
    assert shared["z"] == ["x"]
    assert shared[r"\mathrm{dW}"] == [r"x^\top"]
    assert shared[r"\mathrm{db}"] == shared[r"\mathrm{dz}"] == shared["a"] == []
    if len(network.layers) > 2:
        assert shared[r"\mathrm{dx}"] == [r"\mathrm{dz}"]


def test_before_the_first_step_there_is_no_update():
    network = Network(
        {
            "input": [2],
            "layers": [{"kind": "dense", "units": 1}, {"kind": "sigmoid"}],
            "loss": "binary_cross_entropy",
        },
        rng=np.random.default_rng(0),
    )
    told = sheet(Scene.of(network.at(1)), "dense1", "update")
    assert told.lines == ()
    assert told.note == "No step has been made yet: there is no update."


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({}, "layer: expected one of dense1, got None"),
        ({"layer": "dense9"}, "layer: expected one of dense1, got 'dense9'"),
        ({"layer": "sigmoid"}, "layer: expected one of dense1, got 'sigmoid'"),
        (
            {"layer": "dense1", "direction": "up"},
            "direction: expected one of forward, backward, update, got 'up'",
        ),
    ],
)
def test_a_sheet_that_there_is_not_is_refused_by_its_rule(args, text):
    network = Network(
        {
            "input": [2],
            "layers": [{"kind": "dense", "units": 1}, {"kind": "sigmoid"}],
            "loss": "binary_cross_entropy",
        },
        rng=np.random.default_rng(0),
    )
    scene = Scene.of(network.at(1))
    with pytest.raises(InvalidValueError) as refused:
        read_sheet(args, scene)
    assert str(refused.value) == text
    assert read_sheet({"layer": "dense1", "direction": "update"}, scene) == ("dense1", "update")


def test_inside_a_step_a_sheet_is_the_minibatchs_and_else_the_examples():
    recorder = Recorder(BACKPROP, {}, 1, Library())
    recorder.step(1)

    def lines():
        [event] = recorder.act("sheet", {"layer": "dense2", "direction": "backward"})
        return {line["tensor"]: line for line in event.data["lines"]}

    alone = lines()
    assert "stage.dense2.dW" in alone
    assert alone["stage.dense2.dW"]["operands"][0]["sign"] == "="
    assert alone["stage.dense2.dW"]["rows"][0]["code"] == "dW[0] = dz[0, 0] * x[0]"
    recorder.slow.look(0)
    inside = lines()
    batch = BACKPROP.defaults()["batch_size"]
    assert inside["dense2.dW"]["operands"][0]["sign"] == f"= Σ over {batch}:"
    assert inside["dense2.dW"]["rows"][0]["code"] == "dW[0] = dz[:, 0] @ x"


@given(networks(), SEED, st.sampled_from(sorted(OPTIMIZERS)))
@settings(max_examples=40)
def test_the_code_of_each_moment_computes_what_the_moment_makes(network, seed, optimizer):
    trainer = trained(network, seed, optimizer, steps=1)
    scene = opened(trainer).open_step().scene
    learned = scene.learned
    plain = {**learned.tensors, **learned.parameters, **network.gradients()}
    for moment in opened(trainer).open_step().moments():
        if not moment.code or moment.phase == "update":
            continue
        if moment.phase == "loss" and network.l2:
            continue  # the penalty is over all weights of the network
        space = {"np": np, **values_of(moment.names, plain)}
        exec(moment.code, space)  # our own lines
        for line in moment.code.splitlines():
            left = line.split(" = ")[0]
            tensor = moment.names[left]
            scale = max(1e-3, float(np.abs(plain[tensor]).max()))
            np.testing.assert_allclose(space[left], plain[tensor], rtol=2e-4, atol=2e-5 * scale)


def test_what_is_not_a_line_of_numpy_is_known():
    many_lines = {"conv2d", "max_pool2d", "avg_pool2d", "add"}
    assert {kind for kind in LAYERS if not WORDS[kind].forward_code} == many_lines
    assert LOSS_CODE.keys() == GRADIENT_CODE.keys() == LOSSES.keys()
