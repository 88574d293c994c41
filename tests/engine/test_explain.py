"""Ledgers: the law, for every element of every tensor, and that each leads on to others."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.ledgers import mathml
from engine.data.dataset import Dataset
from engine.errors import InvalidValueError, ShapeError
from engine.explain.arithmetic import PAGE, listing
from engine.explain.explain import EXPLAINERS, explain
from engine.explain.feeds import MOST
from engine.explain.ledger import TOLERANCE
from engine.explain.nudge import nudge
from engine.explain.optimizers import RULES
from engine.explain.scene import Scene
from engine.nn.description import LAYERS
from engine.nn.network import Network
from engine.nn.optimizers import OPTIMIZERS
from engine.nn.trainer import Trainer

EXACT = 1e-6
LAST = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}
LOSS = st.sampled_from(
    [*LAST, "mean_squared_error", "half_mean_squared_error", "categorical_cross_entropy"]
)
SMALL = st.integers(1, 3)
ACTIVATION = st.sampled_from(["linear", "relu", "leaky_relu", "sigmoid", "tanh"]).map(
    lambda kind: {"kind": kind}
)
POOL = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["max_pool2d", "avg_pool2d"]),
        **{"size": SMALL, "stride": SMALL, "partial": st.booleans()},
    }
)
DROPOUT = st.just({"kind": "dropout", "rate": 0.4})
DENSE = st.fixed_dictionaries({"kind": st.just("dense"), "units": st.integers(1, 12)})


@st.composite
def convolutions(draw):
    size, dilation = draw(SMALL), draw(SMALL)
    padding = st.sampled_from(["same", "none"]) | st.integers(0, (size - 1) * dilation)
    layer = {"kind": "conv2d", "size": size, "dilation": dilation, "padding": draw(padding)}
    return {**layer, "filters": draw(SMALL), "stride": draw(SMALL)}


def linked(draw, description):
    """Add residual links, up to two, where signals have the same shape."""
    for _ in range(draw(st.integers(0, 2))):
        layers = Network(description, rng=np.random.default_rng(0)).layers
        shapes = [layers[0].input_shape, *(layer.output_shape for layer in layers[:-1])]
        ends = [(i, j) for j in range(len(shapes)) for i in range(j) if shapes[i] == shapes[j]]
        # an add already there may reach over the place: its block would be one layer longer
        last = max([n for n, one in enumerate(layers) if one.kind == "add"], default=-1)
        ends = [(i, j) for i, j in ends if j > last]
        if ends:
            start, end = draw(st.sampled_from(ends))
            description["layers"].insert(end, {"kind": "add", "over": end - start})
    return description


@st.composite
def networks(draw, dtype=np.float64):
    """A network of layers of any kind, in any order that fits."""
    of_pictures = st.lists(convolutions() | ACTIVATION | POOL | DROPOUT, max_size=4)
    of_vectors = st.lists(DENSE | ACTIVATION | DROPOUT | st.just({"kind": "softmax"}), max_size=2)
    loss = draw(LOSS)
    units = draw(st.integers(2, 4))
    layers = [*draw(of_pictures), {"kind": "flatten"}, *draw(of_vectors)]
    layers += [{"kind": "dense", "units": units}, {"kind": LAST.get(loss, "linear")}]
    if not LAST.get(loss) and draw(st.booleans()):
        layers.append({"kind": "softmax"})
    shape = [draw(st.integers(1, 2)), draw(st.integers(2, 7)), draw(st.integers(2, 7))]
    l2 = draw(st.sampled_from([0.0, 0.3]))
    description = {"input": shape, "layers": layers, "loss": loss, "l2": l2}
    try:
        description = linked(draw, description)
        return Network(description, rng=np.random.default_rng(draw(SEED)), dtype=dtype)
    except ShapeError:
        assume(False)


SEED = st.integers(0, 1000)


def targets(network, batch, rng, *, soft=False):
    outputs = network.layers[-1].output_shape[0]
    if network.loss.kind == "categorical_cross_entropy" and not soft:
        return rng.integers(0, outputs, batch)
    y = rng.random((batch, outputs))
    return y / y.sum(1, keepdims=True)


def learned(network, seed, batch=3, *, soft=False):
    """A scene after forward and backward, all the way to the input."""
    rng = np.random.default_rng(seed)
    one = network.at(batch)
    # halves, so that numbers tie
    x = np.round(2 * rng.standard_normal((batch, *network.input_shape))) / 2
    one.forward(x, training=True, rng=rng)
    one.loss(targets(network, batch, rng, soft=soft))
    one.backward(need_input_gradient=True)
    return Scene.of(one)


def some_index(rng, array):
    return tuple(int(rng.integers(length)) for length in array.shape)


def rounding_size(ledger, term):
    """Return how large a term was while it was computed.

    A slope such as 1 − a of a saturated unit is a difference: the engine takes da · a from da, and
    what is left over has the rounding of da.
    """
    if not ledger.tensor.rpartition(".")[2].startswith("d"):
        return abs(term.value)
    sizes = (abs(one.value) if one.of is None else max(1.0, abs(one.value)) for one in term.factors)
    return math.prod(sizes)


def assert_law(scene, ledger, tolerance, beside=()):
    """`beside` are terms of other pages: sums cancel, and the largest term sets the rounding."""
    terms = *ledger.terms, *beside
    largest = max([abs(ledger.value), *(rounding_size(ledger, term) for term in terms)])
    assert abs(ledger.recompute() - ledger.value) <= tolerance * largest, ledger
    for term in ledger.terms:
        product = math.prod(factor.value for factor in term.factors)
        assert term.value == pytest.approx(product, rel=1e-9, abs=1e-300)
        for factor in term.factors:
            if factor.tensor is not None:
                _, value = scene.find(factor.tensor).element(factor.index)
                assert value == (factor.value if factor.of is None else factor.of)


def assert_leads_on(scene, ledger):
    """Each element that it names knows that it goes here, and each place that it goes to is one."""
    for place in ledger.feeds:
        scene.find(place.tensor).element(place.index)
    names = {ledger.tensor} | {
        name for name in scene.names() if scene.find(name).array() is scene.find(ledger.tensor)
    }
    for term in ledger.terms[:2]:
        for factor in term.factors:
            if factor.tensor is None or factor.tensor.rpartition(".")[2][0] in "dWb":
                continue  # a parameter goes into every sample: only the first's are named
            there = explain(scene, factor.tensor, factor.index).feeds
            if ".d" in ledger.tensor or len(there) == MOST or ledger.function == "identity":
                continue  # what backpropagation looks up on the way is not where a number goes
            found = {(place.tensor, place.index) for place in there}
            assert found & {(name, ledger.index) for name in names}, (ledger, there)


def assert_code_computes(scene, ledger, tolerance):
    names = {short: scene.find(tensor).array() for short, tensor in ledger.symbols.items()}
    line = ledger.code.partition(" = ")[2]
    with np.errstate(all="ignore"):
        value = float(eval(line, {"np": np, "max": max}, names))
    scale = max([abs(ledger.value), *(abs(term.value) for term in ledger.terms)])
    assert abs(value - ledger.value) <= tolerance * scale, ledger


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(network=networks(), seed=SEED, soft=st.booleans())
def test_a_ledger_recomputes_to_its_element_and_leads_on_to_others(network, seed, soft):
    scene = learned(network, seed, soft=soft)
    rng = np.random.default_rng(seed)
    for name in scene.names():
        array = scene.find(name).array()
        index = some_index(rng, array)
        ledger = explain(scene, name, index)
        assert ledger.value == array[index]
        assert_law(scene, ledger, EXACT)
        assert_leads_on(scene, ledger)
        assert_code_computes(scene, ledger, EXACT)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(network=networks(np.float32), seed=SEED)
def test_in_float32_it_does_so_to_the_stated_tolerance(network, seed):
    scene = learned(network, seed)
    rng = np.random.default_rng(seed)
    for name in scene.names():
        index = some_index(rng, scene.find(name).array())
        assert_law(scene, explain(scene, name, index), TOLERANCE)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(network=networks(), seed=SEED, terms=st.integers(1, 7))
def test_pages_list_each_term_once_and_the_rest_is_what_is_on_the_others(network, seed, terms):
    scene = learned(network, seed)
    rng = np.random.default_rng(seed)
    with listing(terms):
        assert_pages(scene, rng, terms)


def assert_pages(scene, rng, terms):
    for name in scene.names():
        index = some_index(rng, scene.find(name).array())
        first = explain(scene, name, index)
        if first.function == "softmax":
            continue  # its first argument is on every page
        pages = [explain(scene, name, index, page=p) for p in range(first.pages)]
        seen = [term.factors for page in pages for term in page.terms]
        appended = len(pages[0].terms) - terms if first.pages > 1 else 0  # a penalty
        assert len(seen) == len(pages[0].terms) + pages[0].rest.count + max(0, appended) * (
            first.pages - 1
        )
        for page in pages:
            assert_law(scene, page, EXACT, beside=first.terms)
        assert explain(scene, name, index, page=10**6).page == first.pages - 1


def test_unfolded_terms_begin_with_those_of_the_first_page():
    scene = scene_of(trained("sgd")[0])
    folded = explain(scene, "dense.z", (0, 1))
    with listing(2 * PAGE):
        unfolded = explain(scene, "dense.z", (0, 1))
    with listing(1000):
        whole = explain(scene, "dense.z", (0, 1))
    assert unfolded.terms[:PAGE] == folded.terms
    assert len(unfolded.terms) == 2 * PAGE
    assert (whole.rest.count, whole.pages, len(whole.terms)) == (0, 1, 33)
    assert len(explain(scene, "dense.z", (0, 1)).terms) == PAGE, "only meanwhile"


@pytest.mark.parametrize("terms", [10, 20, 33])
def test_a_formula_says_of_how_many_terms_it_gives_only_the_sum(terms):
    with listing(terms):
        ledger = explain(scene_of(trained("sgd")[0]), "dense.z", (0, 1))
    *_, rest = ledger.formula.split(" = ")[2].split(" + ")
    left = sum(term.value for term in ledger.terms[10:]) + ledger.rest.value
    assert rest == rf"\underset{{\text{{23 more}}}}{{({left:.4g})}}"


@pytest.mark.parametrize("terms", [0, 1001])
def test_nobody_lists_no_terms_or_too_many(terms):
    with (
        pytest.raises(InvalidValueError, match=rf"^terms: expected from 1 to 1000, got {terms}$"),
        listing(terms),
    ):
        raise AssertionError


def test_every_kind_of_layer_and_every_optimizer_has_its_ledgers():
    assert set(EXPLAINERS) == set(LAYERS)
    assert set(RULES) == set(OPTIMIZERS)


def trained(optimizer, *, dtype=np.float64, steps=3, l2=0.1):
    rng = np.random.default_rng(5)
    layers = [
        *({"kind": "conv2d", "name": "conv", "filters": 2}, {"kind": "tanh", "name": "act"}),
        *({"kind": "flatten", "name": "flat"}, {"kind": "dense", "name": "dense", "units": 3}),
        {"kind": "softmax", "name": "softmax"},
    ]
    description = {"input": [1, 4, 4], "layers": layers, "loss": "categorical_cross_entropy"}
    network = Network(description | {"l2": l2}, rng=rng, dtype=dtype)
    data = Dataset(rng.random((40, 1, 4, 4)), rng.integers(0, 3, 40), ("a", "b", "c"))
    trainer = Trainer(network, data, optimizer=optimizer, learning_rate=0.05, batch_size=8, seed=1)
    for _ in range(steps):
        trainer.step()
    return trainer, description | {"l2": l2}


def scene_of(trainer, *, judged=False):
    stage = trainer.network.at(1, "stage")
    stage.forward(trainer.train.x[:1])
    if judged:
        stage.loss(trainer.train.y[:1])
    passes = stage, trainer.training_pass
    return Scene.training(*passes, trainer.last_update, input_note="a pixel", judged=judged)


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, EXACT), (np.float32, TOLERANCE)])
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_an_update_recomputes_with_each_optimizer(optimizer, dtype, tolerance, steps):
    trainer, _ = trained(optimizer, dtype=dtype, steps=steps)
    trainer.learning_rate = 7.0  # of the next step: the last one had another
    scene = scene_of(trainer)
    rng = np.random.default_rng(0)
    for name in scene.names():
        array = scene.find(name).array()
        for _ in range(4):
            index = some_index(rng, array)
            assert_law(scene, explain(scene, name, index), tolerance)


def test_what_an_optimizer_remembered_before_is_what_it_was():
    for optimizer in ("momentum", "nesterov", "rmsprop", "adam"):
        before, _ = trained(optimizer, steps=3)
        after, _ = trained(optimizer, steps=4)
        old, new = scene_of(before), scene_of(after)
        for memory in old.memory:
            ledger = explain(new, f"conv.W.{memory}", (1, 0, 2, 1))
            remembered = ledger.terms[0].factors[1].value
            was = old.memory[memory]["conv.W"][1, 0, 2, 1]
            assert remembered == pytest.approx(was, rel=1e-9)


def test_the_way_leads_from_a_parameter_to_the_minibatch_that_moved_it():
    trainer, _ = trained("sgd")
    scene = scene_of(trainer)
    ledger = explain(scene, "conv.W", (0, 0, 1, 1))
    before, step = ledger.terms
    assert before.factors[0].tensor == "batch.conv.W"
    assert step.factors[1].tensor == "conv.dW"
    below = explain(scene, "conv.dW", (0, 0, 1, 1))
    assert {f.tensor for term in below.terms[:3] for f in term.factors} == {
        "batch.conv.dz",
        "batch.conv.x",
    }
    last = explain(scene, "batch.dense.z", (0, 0))
    assert last.terms[0].factors[1].tensor == "batch.dense.W", "as it was before the update"
    assert explain(scene, "batch.softmax.a", (3, 1)).feeds[0].tensor == "loss"


@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("steps", [0, 2])
def test_what_is_on_the_stage_leads_to_a_loss_of_its_own(steps, l2):
    trainer, _ = trained("sgd", steps=steps, l2=l2)
    scene = scene_of(trainer, judged=True)
    label = int(trainer.train.y[0])
    for k in range(3):
        (to,) = explain(scene, "softmax.a", (0, k)).feeds
        assert (to.tensor, to.index) == ("stage.loss", ())
    ledger = explain(scene, "stage.loss", ())
    assert_law(scene, ledger, EXACT)
    assert_code_computes(scene, ledger, EXACT)
    surprise = -math.log(scene.stage.tensors["softmax.a"][0, label])
    penalty = sum((w**2).sum() for n, w in scene.stage.parameters.items() if n.endswith("W"))
    assert ledger.value == pytest.approx(surprise + l2 / 2 * penalty)
    factor = next(f for f in ledger.terms[0].factors if f.tensor == "softmax.a")
    assert factor.index == (0, label)
    assert "stage alone" in ledger.note
    assert explain(scene, "target", (0, label)).feeds[0].tensor == "stage.loss"
    if steps:
        assert explain(scene, "batch.softmax.a", (0, 0)).feeds[0].tensor == "loss"
        assert explain(scene, "loss", ()).value != ledger.value


def test_where_there_is_no_label_the_way_ends_and_says_so():
    scene = scene_of(trained("sgd")[0])
    ledger = explain(scene, "softmax.a", (0, 1))
    assert ledger.feeds == ()
    assert "Nobody has said" in ledger.note
    assert "Nobody" not in explain(scene, "batch.softmax.a", (0, 1)).note
    for name in ("stage.loss", "target"):
        with pytest.raises(InvalidValueError, match=f"got '{name}'"):
            explain(scene, name, (0, 0) if name == "target" else ())


def test_before_the_first_step_parameters_are_drawn_and_gradients_are_nothing_yet():
    trainer, _ = trained("adam", steps=0)
    scene = scene_of(trainer)
    assert explain(scene, "conv.W", (0, 0, 0, 0)).function == "drawn"
    assert "starts at 0" in explain(scene, "conv.b", (0,)).note
    assert "no step" in explain(scene, "conv.dW", (0, 0, 0, 0)).note
    for name in ("conv.W.m", "batch.conv.z", "batch.conv.W"):
        with pytest.raises(InvalidValueError, match="tensor: expected a tensor of this run, "):
            explain(scene, name, (0, 0, 0, 0))


def test_a_loaded_run_has_the_same_ledgers():
    trainer, _ = trained("adam", steps=4)
    other, _ = trained("adam", steps=0)
    other.load(trainer.save())
    for name in scene_of(trainer).names():
        index = tuple(0 for _ in scene_of(trainer).find(name).array().shape)
        assert explain(scene_of(other), name, index) == explain(scene_of(trainer), name, index)


def plain(layer, x, loss="mean_squared_error", **options):
    description = {"input": list(x.shape[1:]), "layers": [layer, {"kind": "flatten"}]}
    network = Network(description | {"loss": loss}, rng=np.random.default_rng(0), dtype=np.float64)
    one = network.at(len(x))
    one.forward(x, **options)
    return Scene.of(one)


def test_a_maximum_names_its_winner_and_those_that_are_as_great():
    x = np.zeros((1, 1, 2, 2))
    x[0, 0, 0, 1] = x[0, 0, 1, 0] = 3
    ledger = explain(plain({"kind": "max_pool2d", "name": "pool"}, x), "pool.y", (0, 0, 0, 0))
    assert ledger.combine == "max"
    assert [term.value for term in ledger.terms] == [0, 3, 3, 0]
    assert (
        ledger.note == "Row 1, column 2 wins as the first in row order; as great: row 2, column 1."
    )


def test_a_window_at_the_border_says_what_lies_in_the_padding():
    layer = {"kind": "conv2d", "name": "conv", "filters": 1, "size": 3}
    ledger = explain(plain(layer, np.ones((1, 1, 4, 4))), "conv.z", (0, 0, 0, 0))
    assert len(ledger.terms) == 5
    assert ledger.note.startswith("5 cells of the window lie in the padding")
    assert ledger.code == "z[0, 0, 0, 0] = (x[0, :, 0:2, 0:2] * W[0, :, 1:3, 1:3]).sum() + b[0]"


def test_dropout_says_what_was_dropped():
    x = np.ones((1, 1, 4, 4))
    layer = {"kind": "dropout", "name": "drop", "rate": 0.5}
    scene = plain(layer, x, training=True, rng=np.random.default_rng(0))
    notes = {explain(scene, "drop.y", (0, 0, r, c)).note[:7] for r in range(4) for c in range(4)}
    assert notes == {"Dropped", "Kept, a"}


def test_numbers_that_are_not_finite_are_explained_as_well():
    x = np.full((1, 1, 4, 4), np.inf)
    x[0, 0, 0, 0] = -np.inf
    scene = plain({"kind": "conv2d", "name": "conv", "filters": 1}, x)
    ledger = explain(scene, "conv.z", (0, 0, 1, 1))
    assert not math.isfinite(ledger.value)
    assert not math.isfinite(ledger.recompute())
    assert "<math" in mathml(ledger)


@pytest.mark.parametrize(
    ("tensor", "index", "says"),
    [
        ("conv.q", (0,), "tensor: expected a tensor of this run, conv.x, conv.W, "),
        ("nothing", (), "tensor: .* got 'nothing'"),
        ("conv.z", (0, 0, 0), r"index: expected 4 whole numbers .* conv.z is long, \[1, 2, 4, 4\]"),
        ("conv.z", (0, 2, 0, 0), r"got \[0, 2, 0, 0\]"),
        ("conv.z", (0, -1, 0, 0), r"got \[0, -1, 0, 0\]"),
        ("loss", (0,), "index: expected 0 whole numbers"),
    ],
)
def test_what_there_is_not_is_named_with_the_rule_and_the_value(tensor, index, says):
    scene = scene_of(trained("sgd")[0])
    with pytest.raises(InvalidValueError, match=says):
        explain(scene, tensor, index)


def test_every_formula_can_be_set():
    for optimizer in OPTIMIZERS:
        scene = scene_of(trained(optimizer, l2=0.0)[0])
        for name in scene.names():
            index = tuple(0 for _ in scene.find(name).array().shape)
            ledger = explain(scene, name, index)
            text = mathml(ledger)
            assert text.startswith("<math")
            assert f'data-tensor="{name}"' in text


@pytest.mark.parametrize("tensor", ["conv.dW", "conv.b", "dense.W", "dense.db"])
def test_a_nudged_parameter_agrees_with_backpropagation(tensor):
    trainer, description = trained("adam", dtype=np.float32)
    scene = scene_of(trainer)
    exact = Network(description, rng=np.random.default_rng(9), dtype=np.float64)
    before = trainer.network.theta.tobytes()
    array = scene.find(tensor).array()
    done = nudge(scene, exact, tensor, some_index(np.random.default_rng(1), array))
    assert done.agreement > 0.9999
    assert done.loss_plus != done.loss_minus
    assert (done.loss_plus + done.loss_minus) / 2 == pytest.approx(
        float(scene.find("loss").array()), rel=1e-5
    )
    assert trainer.network.theta.tobytes() == before


def test_a_nudge_finds_a_wrong_gradient_and_needs_a_step():
    trainer, description = trained("sgd")
    exact = Network(description, rng=np.random.default_rng(9), dtype=np.float64)
    trainer.network.gradients()["conv.dW"][0, 0, 1, 1] *= 1.5
    done = nudge(scene_of(trainer), exact, "conv.W", (0, 0, 1, 1))
    assert done.agreement == pytest.approx(2 / 3, rel=1e-3)
    with pytest.raises(InvalidValueError, match=r"one of conv.W, .* got 'conv.z'"):
        nudge(scene_of(trainer), exact, "conv.z", (0, 0, 1, 1))
    with pytest.raises(InvalidValueError, match="index: expected 4 whole numbers"):
        nudge(scene_of(trainer), exact, "conv.W", (0, 0, 9, 1))
    fresh, _ = trained("sgd", steps=0)
    with pytest.raises(InvalidValueError, match="at step 0"):
        nudge(scene_of(fresh), exact, "conv.W", (0, 0, 1, 1))
