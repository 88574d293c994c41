"""The exhibit `backprop`: every gradient checked, every path followed, every voice counted."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.backprop import EXHIBIT, BackpropRun
from engine.exhibits.backprop_networks import SETS, build_recipe
from engine.explain.accumulated import LISTED as SAMPLES_LISTED
from engine.explain.ledger import TOLERANCE
from engine.explain.paths import LISTED, Paths
from engine.explain.scene import Scope
from engine.nn.hidden import WORDS, describe_hidden, read_hidden, write_hidden
from engine.nn.network import Network
from engine.recorder import Recorder

LIBRARY = Library()
CLOSE = 1e-4
SETTINGS = {
    "deep": {"hidden": "4 tanh, 3 leaky, 2 sigmoid", "data": "iris", "optimizer": "adam"},
    "none": {"hidden": "none", "data": "blobs", "loss": "mse", "batch_size": 16},
    "value": {"hidden": "8 tanh, 5 linear", "data": "regression", "batch_size": 500},
    "sure": {"output": "each", "start": "sure", "batch_size": 1},
    "wide": {"hidden": "8, 8, 8, 8", "data": "iris", "columns": "all"},
}
a_setting = pytest.mark.parametrize("values", SETTINGS.values(), ids=SETTINGS.keys())

hidden_layers = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(sorted(WORDS))).map(
        lambda one: f"{one[0]} {one[1]}"
    ),
    max_size=4,
).map(lambda layers: ", ".join(layers) or "none")


def run(step=0, **values):
    recorder = Recorder(EXHIBIT, values, 1, LIBRARY)
    recorder.seek(step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def judge(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    return recorder.act("judge", args)[0].data


def look(recorder, tensor, *index):
    recorder.act("look", {"tensor": tensor, "index": list(index)})
    return arrays(recorder)


def exact(values, theta):
    """Return the network of these settings in float64, with these parameters."""
    recipe = build_recipe({**EXHIBIT.defaults(), **values}, 1, LIBRARY)
    description = {
        "input": list(recipe.network.input_shape),
        "layers": [spec(layer) for layer in recipe.network.layers],
        "loss": recipe.network.loss.kind,
    }
    network = Network(description, rng=np.random.default_rng(0), dtype=np.float64)
    network.theta[...] = theta
    return network, recipe.train


def spec(layer):
    units = {"units": layer.units} if layer.kind == "dense" else {}
    return {"kind": layer.kind, "name": layer.name, **units}


def differences(network, x, y, step=1e-6):
    """Return the loss's central differences by every parameter, and the least |z| at a bend."""
    using = network.at(len(x), "test")

    def loss():
        using.forward(x)
        return using.loss(y)

    loss()
    bends = [
        np.abs(using.tensors()[f"{layer.name}.x"]).min()
        for layer in network.layers
        if layer.kind in ("relu", "leaky_relu")
    ]
    found = np.empty_like(network.theta)
    for at in range(found.size):
        before = network.theta[at]
        network.theta[at] = before + step
        above = loss()
        network.theta[at] = before - step
        found[at] = (above - loss()) / (2 * step)
        network.theta[at] = before
    return network.named(found), min(bends, default=1.0)


def assert_near(gradient, difference):
    scale = max(1e-3, float(np.abs(difference).max()))
    np.testing.assert_allclose(gradient, difference, rtol=0, atol=CLOSE * scale)


@pytest.mark.parametrize(
    ("line", "normal"),
    [
        ("4 tanh, 3 relu", "4 tanh, 3 relu"),
        (" 4tanh ,3   RELU", "4 tanh, 3 relu"),
        ("5", "5 tanh"),
        ("2 leaky_relu", "2 leaky"),
        ("", "none"),
        ("None", "none"),
    ],
)
def test_a_line_of_hidden_layers_has_one_normal_form(line, normal):
    assert write_hidden(read_hidden(line)) == normal
    assert EXHIBIT.check({"hidden": line}, LIBRARY) == {"hidden": normal}


@given(line=hidden_layers)
def test_a_normal_line_is_read_back_as_it_was_written(line):
    assert write_hidden(read_hidden(line)) == line


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("4 tanh, 9 relu", r"layer 2: neurons: expected 1 to 8, got 9"),
        ("0 tanh", r"layer 1: neurons: expected 1 to 8, got 0"),
        ("4 sine", r"layer 1: activation: expected one of relu, .*, got 'sine'"),
        ("4 softmax", r"layer 1: activation: expected one of .*, got 'softmax'"),
        ("tanh", r"layer 1: expected its neurons and an activation, such as 4 tanh, got 'tanh'"),
        ("4 tanh, ", r"layer 2: expected its neurons and an activation, .*, got ''"),
        ("1,1,1,1,1", r"expected at most 4 layers, got 5"),
    ],
)
def test_a_line_that_means_no_network_is_refused_with_layer_rule_and_value(line, complaint):
    with pytest.raises(InvalidValueError, match=f"hidden: {complaint}"):
        EXHIBIT.check({"hidden": line}, LIBRARY)


@settings(max_examples=25)
@given(
    hidden=hidden_layers,
    choices=st.fixed_dictionaries(
        {
            "data": st.sampled_from([name for name in SETS if name != "pasted"]),
            "loss": st.sampled_from(["ce", "mse"]),
            "output": st.sampled_from(["one", "each"]),
            "batch_size": st.integers(1, 12),
        }
    ),
    step=st.integers(1, 3),
)
def test_every_gradient_on_the_page_is_the_central_difference_of_its_loss(hidden, choices, step):
    values = {"hidden": hidden, **choices}
    recorder = run(step, **values, learning_rate=0.1)
    state, shown = recorder.state(), arrays(recorder)
    example = int(shown["example"][0])
    network, train = exact(values, state["theta"])
    one, near = differences(network, train.x[example : example + 1], train.y[example : example + 1])
    assume(near > 1e-4)
    for name, difference in one.items():
        assert_near(shown[f"stage.{name[:-1]}d{name[-1]}"], difference)
    network, train = exact(values, state["theta.before"])
    samples = look(recorder, "dense1.W", 0, 0)["each.sample"]
    if len(samples) < shown["each.count"][0]:
        return
    whole, near = differences(network, train.x[samples], train.y[samples])
    assume(near > 1e-4)
    for name, difference in whole.items():
        assert_near(shown[f"{name[:-1]}d{name[-1]}"], difference)


@settings(max_examples=40)
@given(hidden=hidden_layers, outputs=st.integers(1, 4), seed=st.integers(0, 99), data=st.data())
def test_the_products_of_all_paths_add_up_to_the_gradient(hidden, outputs, seed, data):
    layers = read_hidden(hidden)
    last, loss = (
        ("softmax", "categorical_cross_entropy")
        if outputs > 1
        else ("sigmoid", "mean_squared_error")
    )
    description = {
        "input": [3],
        "layers": [
            *describe_hidden(layers),
            {"kind": "dense", "name": "last", "units": outputs},
            {"kind": last, "name": "out"},
        ],
        "loss": loss,
    }
    rng = np.random.default_rng(seed)
    network = Network(description, rng=rng, dtype=np.float64)
    network.theta[...] = rng.normal(0, 0.7, network.theta.size)
    using = network.at(1)
    using.forward(rng.standard_normal((1, 3)))
    using.loss(np.array([int(rng.integers(max(outputs, 2)))]))
    using.backward(True)
    bent = [
        np.abs(using.tensors()[f"{one.name}.x"]).min()
        for one in network.layers
        if one.kind in ("relu", "leaky_relu")
    ]
    assume(min(bent, default=1) > 1e-3)
    tensor = data.draw(st.sampled_from(sorted(network.parameters())))
    shape = network.parameters()[tensor].shape
    index = tuple(int(rng.integers(n)) for n in shape)
    before = network.theta.copy()
    paths = Paths(Scope("", using, network.parameters()), tensor, index)
    layer, _, short = tensor.partition(".")
    gradient = network.gradients()[f"{layer}.d{short}"][index]
    assert paths.gradient == pytest.approx(gradient, rel=1e-9, abs=1e-15)
    assert paths.quotient == pytest.approx(gradient, rel=CLOSE, abs=1e-9)
    np.testing.assert_array_equal(network.theta, before)
    widths = [one.units for one in network.layers if one.kind == "dense"]
    own = [one.name for one in network.layers if one.kind == "dense"].index(layer)
    expected = {(index[0], *later) for later in product(*map(range, widths[own + 1 :]))}
    assert {tuple(row) for row in paths.units.tolist()} == expected


@a_setting
def test_every_number_explains_itself_whatever_the_network(values):
    recorder = run(**values)
    rng = np.random.default_rng(0)
    for place in (("dense1.W", 0, 1), ("stage.dense1.dW", 0, 0), ("dense1.b", 0)):
        for name, array in look(recorder, *place).items():
            if name.startswith("history.") or not array.size:
                continue
            index = tuple(int(rng.integers(length)) for length in array.shape)
            ledger = recorder.ledger(name, index)
            assert ledger.value == float(array[index])
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            assert not abs(ledger.recompute() - ledger.value) > TOLERANCE * largest, ledger
            for factor in (one for term in ledger.terms[:2] for one in term.factors if one.tensor):
                there = recorder.ledger(factor.tensor, factor.index)
                assert there.value == (factor.value if factor.of is None else factor.of)
            for place_on in ledger.feeds[:2]:
                recorder.ledger(place_on.tensor, place_on.index)
        recorder.step(4)


def test_of_many_paths_the_largest_are_listed_and_the_others_are_one_number():
    found = look(run(hidden="8 tanh, 8 tanh, 8 tanh", data="iris"), "dense1.W", 0, 0)
    assert found["paths.count"].tolist() == [8 * 8 * 3]
    sizes = np.abs(found["paths.product"])
    assert len(sizes) == LISTED
    assert (np.diff(sizes) <= 0).all()
    together = found["paths.product"].sum() + found["paths.rest"][0]
    assert together == pytest.approx(found["paths.sum"][0], rel=1e-9)
    assert found["paths.sum"][0] == pytest.approx(found["stage.dense1.dW"][0, 0], rel=1e-9)


def test_what_the_examples_add_is_the_gradient_that_the_step_was_made_with():
    recorder = run(3, data="moons", batch_size=25, hidden="4 tanh, 3 tanh")
    found = look(recorder, "dense2.W", 2, 1)
    assert found["each.count"].tolist() == [25]
    assert len(found["each.gradient"]) == SAMPLES_LISTED
    np.testing.assert_allclose(found["each.dz"] * found["each.x"], found["each.gradient"])
    np.testing.assert_allclose(found["each.gradient"].cumsum(), found["each.sum"])
    total = found["each.sum"][-1] + found["each.rest"][0]
    assert total == pytest.approx(found["each.total"][0])
    assert found["each.mean"][0] == pytest.approx(found["each.total"][0] / 25)
    assert found["each.mean"][0] == pytest.approx(float(found["dense2.dW"][2, 1]), rel=1e-4)
    assert not look(run(data="moons"), "dense1.b", 0)["each.sample"].size


def test_a_weight_that_is_set_changes_what_follows_from_it_and_nothing_before():
    recorder = run(hidden="3 tanh, 2 tanh")
    before = arrays(recorder)
    recorder.act("edit", {"tensor": "dense2.W", "index": [1, 2], "value": 3.0})
    after = arrays(recorder)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert {"dense2.W", "dense2.z", "act2.a", "sigmoid.a", "regions.p", "units.act2"} <= changed
    assert not changed & {"dense1.W", "dense1.z", "act1.a", "units.act1", "dense3.W"}


def test_a_look_at_what_this_network_has_not_falls_back_on_its_first_weight():
    recorder = run(hidden="3 tanh")
    for place in (("dense4.W", 0, 0), ("dense1.W", 7, 0), ("act1.a", 0, 0), ("dense1.W", 1)):
        found = look(recorder, *place)
        assert (found["look.layer"][0], found["look.index"].tolist()) == (1, [0, 0])
    found = look(recorder, "stage.dense2.db", 0)
    assert (found["look.layer"][0], found["look.index"].tolist()) == (2, [0])


def test_in_slow_motion_the_stage_has_the_minibatchs_example_and_its_parameters():
    values = {"data": "moons", "batch_size": 3}
    training = BackpropRun({**EXHIBIT.defaults(), **values}, 1, LIBRARY)
    training.step()
    training.step()
    training.look_inside(training.moment_count - 1, 2)
    found = training.snapshot().arrays
    network, train = exact(values, training.save()["theta.before"])
    example = int(found["example"][0])
    using = network.at(1)
    using.forward(train.x[example : example + 1])
    using.loss(train.y[example : example + 1])
    using.backward()
    np.testing.assert_allclose(found["act1.a"], using.tensors()["act1.a"], rtol=1e-4)
    np.testing.assert_allclose(
        found["stage.dense1.dW"], network.gradients()["dense1.dW"], rtol=1e-6
    )
    # there the loss is a mean over three
    np.testing.assert_allclose(3 * found["dense1.dz"], using.tensors()["dense1.dz"], rtol=1e-3)


def test_predictions_are_judged_at_this_step_and_example():
    recorder = run(hidden="3 tanh, 2 tanh", example=3)
    found = look(recorder, "dense2.W", 1, 0)
    assert judge(recorder, "delta", float(found["dense2.dz"][0, 1]))["correct"]
    assert not judge(recorder, "delta", float(found["dense2.dz"][0, 1]) * 1.2)["correct"]
    gradient = found["stage.dense2.dW"][1, 0]
    assert judge(recorder, "sign")["answer"] == ("positive" if gradient > 0 else "negative")
    assert judge(recorder, "fanout", "sum")["correct"]
    best = judge(recorder, "largest")["answer"]
    tensor, index = best[:-1].split("[")
    sizes = [np.abs(found[f"stage.dense{n}.dW"]).max() for n in (1, 2, 3)]
    largest = found[f"stage.{tensor.replace('.', '.d')}"][tuple(map(int, index.split(",")))]
    assert abs(largest) == max(sizes)


def test_weights_whose_gradients_are_equal_are_equally_right():
    recorder = run(hidden="1 tanh", example=3, output="each")  # x1 = x2 = 1
    recorder.act("edit", {"tensor": "dense2.W", "index": [0, 0], "value": 50.0})
    answer = judge(recorder, "largest")["answer"]
    assert answer == "dense1.W[0,0]"
    assert judge(recorder, "largest", "dense1.W[0,1]")["correct"]
    assert not judge(recorder, "largest", "dense2.W[0,0]")["correct"]


def test_a_network_that_is_sure_and_wrong_learns_by_cross_entropy_and_hardly_by_squares():
    recorder = run(start="sure", loss="mse", example=3)
    told = judge(recorder, "stalled")
    assert told["answer"] == "ce"
    assert arrays(recorder)["sigmoid.a"][0, 0] > 0.98
    delta = {
        loss: abs(arrays(run(start="sure", loss=loss, example=3))["dense3.dz"][0, 0])
        for loss in ("mse", "ce")
    }
    assert delta["ce"] > 50 * delta["mse"]


@pytest.mark.parametrize(("data", "moves"), [("xor4", set()), ("and4", {"dense3.b"})])
def test_from_zero_weights_at_most_the_bias_of_the_output_moves(data, moves):
    recorder = run(data=data, initializer="zeros", batch_size=4)
    assert judge(recorder, "moved", "bias" if moves else "none")["correct"]
    recorder.step(20)
    found = arrays(recorder)
    parameters = [name for name in found if name.endswith((".W", ".b"))]
    assert {name for name in parameters if found[name].any()} == moves


@pytest.mark.parametrize("tensor", ["stage.dense1.dW", "dense1.dW"])
def test_a_nudge_agrees_with_the_gradient_that_was_asked_about(tensor):
    recorder = run(2, data="moons", hidden="4 tanh, 2 sigmoid", batch_size=8)
    (event,) = recorder.act("nudge", {"tensor": tensor, "index": [1, 0]})
    assert event.data["agreement"] > 1 - CLOSE
    assert event.data["gradient"] == pytest.approx(float(arrays(recorder)[tensor][1, 0]))


def test_each_set_of_data_has_the_outputs_and_the_loss_that_fit_it():
    two, three, value = (arrays(run(data=name)) for name in ("moons", "iris", "regression"))
    assert two["sigmoid.a"].shape == (1, 1)
    assert three["softmax.a"].shape == (1, 3)
    assert value["linear.a"].shape == (1, 1)
    assert arrays(run(data="moons", output="each"))["softmax.a"].shape == (1, 2)
    for one in (two, three, value):
        assert one["regions.p"].shape == (100, 100)
