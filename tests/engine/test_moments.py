"""Steps opened up: every layer, gradient and parameter has its moment, and the words are true."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledgers import set_formula
from engine.data.dataset import Dataset
from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.digits import EXHIBIT
from engine.exhibits.opened import OpenedTraining
from engine.explain import narration, words
from engine.explain.inside import Inside
from engine.explain.ledger import TOLERANCE
from engine.explain.moments import PHASES
from engine.nn.description import LAYERS
from engine.nn.losses import LOSSES
from engine.nn.optimizers import OPTIMIZERS
from engine.nn.trainer import Trainer
from engine.recorder import Recorder
from tests.engine.test_explain import LAST, SEED, networks, some_index, targets
from tests.engine.test_recorder import WALK

SIZE = 4


def trained(network, seed, optimizer="adam", steps=2):
    """A training of a few steps on drawn numbers."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((12, *network.input_shape))
    y = targets(network, 12, rng)
    outputs = network.layers[-1].output_shape[0]
    classes = tuple(map(str, range(outputs))) if y.ndim == 1 else ()
    trainer = Trainer(
        network,
        Dataset(x=x, y=y, classes=classes),
        optimizer=optimizer,
        learning_rate=0.01,
        batch_size=SIZE,
        seed=seed,
    )
    for _ in range(steps):
        trainer.step()
    return trainer


def opened(trainer):
    return OpenedTraining(trainer, trainer.network.at(1, "stage"), input_note="a number")


@given(networks(), SEED, st.sampled_from(sorted(OPTIMIZERS)))
@settings(max_examples=40)
def test_every_layer_gradient_and_parameter_has_its_moment_once_and_in_order(
    network, seed, optimizer
):
    trainer = trained(network, seed, optimizer)
    run = opened(trainer)
    moments = run.open_step().moments()
    assert len(moments) == run.moment_count

    phases = [moment.phase for moment in moments]
    assert phases == sorted(phases, key=PHASES.index)
    assert set(phases) == set(PHASES)

    def made(phase):
        return [name for one in moments if one.phase == phase for name in one.tensors]

    forward = [name.split(".")[0] for name in made("forward")]
    assert list(dict.fromkeys(forward)) == [layer.name for layer in network.layers]
    assert made("loss") == ["loss"]
    assert made("update") == list(network.parameters())
    backward = made("backward")
    assert len(set(backward)) == len(backward)
    assert set(network.gradients()) <= set(backward)
    numbers = [[one.name for one in network.layers].index(n.split(".")[0]) for n in backward]
    assert numbers == sorted(numbers, reverse=True)
    # all that the pass has computed, but for what is called otherwise or computed for looks alone
    computed = {
        name
        for name in trainer.training_pass.tensors()
        if not name.endswith((".x", ".dx", ".W", ".b"))
    }
    if trainer.training_pass.loss_pass.stands_in:
        computed.remove(f"{network.layers[-1].name}.da")
    assert computed | {f"{network.layers[0].name}.x"} == {
        name for one in moments if one.phase != "update" for name in one.tensors
    }


@given(networks(), SEED, st.sampled_from(sorted(OPTIMIZERS)))
@settings(max_examples=25)
def test_every_moment_has_words_and_its_formula_can_be_set(network, seed, optimizer):
    for moment in opened(trained(network, seed, optimizer)).open_step().moments():
        assert moment.caption.endswith(".")
        assert "nan" not in moment.caption.lower()
        if moment.phase != "batch":
            assert set_formula(moment.formula, moment.symbols).count("data-tensor") >= 1


def test_all_kinds_of_layers_losses_and_optimizers_have_words():
    assert words.WORDS.keys() == LAYERS.keys()
    assert words.LOSSES.keys() == words.GRADIENTS.keys() == LOSSES.keys() > LAST.keys()
    assert narration.OPTIMIZERS.keys() == OPTIMIZERS.keys()


@pytest.fixture(scope="module")
def digits():
    recorder = Recorder(EXHIBIT, {"dropout": 0.25}, 1, Library())
    recorder.step(7)
    return recorder


def number_after(text, caption):
    found = re.search(text + r" ([−\d][\d.,·⁻⁰¹²³⁴-⁹]*)", caption)
    assert found, (text, caption)
    return found[1].rstrip(".,")


def test_the_captions_say_what_the_tensors_say(digits):
    step = digits.slow.open_step()
    scene, moments = step.scene, step.moments()
    tensors = scene.learned.tensors
    captions = {name: moment.caption for moment in moments for name in moment.tensors}

    assert "minibatch 7: 32 images" in captions["conv1.x"]
    few = ", ".join(map(str, step.samples[:4]))
    assert f"numbers {few}, …" in captions["conv1.x"]
    images = digits._run._trainer.train.x[step.samples]
    assert (tensors["conv1.x"] == images).all()

    z = tensors["conv1.z"]
    assert f"{'×'.join(map(str, z.shape))} = {z.size:,} weighted sums" in captions["conv1.z"]
    assert number_after("keeps the", captions["act1.a"]) == f"{(z > 0).sum():,}"
    mask = tensors["dropout.mask"]
    assert number_after("leaves", captions["dropout.y"]) == f"{(mask == 0).sum():,}"
    assert number_after("images =", captions["loss"]) == words.short(float(tensors["loss"]))
    dz = tensors["dense1.dz"]
    assert number_after("from", captions["dense1.dz"]) == words.short(dz.min())
    assert number_after("to", captions["dense1.dz"]) == words.short(dz.max())
    dW = digits._run._network.gradients()["conv2.dW"]
    assert number_after("at most", captions["conv2.dW"]) == words.short(abs(dW).max())
    update = scene.update
    before = scene.network.named(update.before)["conv1.W"].astype(float)
    moved = abs(scene.network.parameters()["conv1.W"] - before).max()
    assert number_after("at most", captions["conv1.W"]) == words.short(moved)
    assert "Adam moves 72 weights" in captions["conv1.W"]
    assert number_after("learning rate", captions["conv1.W"]) == "0.008"


def test_a_number_is_written_as_people_do():
    assert [words.short(one) for one in (0.03125, -2.5, 1.2e-7, 0, -np.inf, np.nan)] == [
        *("0.0312", "−2.5", "1.2·10⁻⁷", "0", "−∞", "NaN"),
    ]


def test_inside_a_step_the_stage_shows_what_there_is_at_that_moment(digits):
    step = digits.slow.open_step()
    tensors, sample = step.scene.learned.tensors, 3
    after = step.scene.network.parameters()
    before = step.scene.network.named(step.scene.update.before)
    assert (after["conv1.W"] != before["conv1.W"]).any()
    seen = set()
    for number, part in enumerate(step.parts):
        digits.slow.look(number, sample)
        arrays = digits.snapshot().arrays
        later = {
            n for one in step.parts[number + 1 :] if one.phase != "update" for n in one.tensors
        }
        if part.phase == "update":
            seen.update(part.tensors)
        for name in later & arrays.keys():
            assert np.isnan(arrays[name]).all()
        for name in {n for one in step.parts[: number + 1] for n in one.tensors}:
            if name in before:
                continue
            shared = name == "loss" or name.endswith((".dW", ".db"))
            expected = tensors[name] if shared else tensors[name][sample : sample + 1]
            np.testing.assert_array_equal(arrays[name], expected)
        for name in before:
            expected = after if name in seen else before
            np.testing.assert_array_equal(arrays[name], expected[name])
        assert arrays["label"] == digits._run._trainer.train.y[step.samples[sample]]
    digits.slow.end()
    assert seen == set(before)
    assert not any(
        np.isnan(a).any() for n, a in digits.snapshot().arrays.items() if n[:4] != "hist"
    )


def test_a_ledger_inside_a_step_is_the_minibatchs_and_gives_the_number_on_the_stage(digits):
    rng = np.random.default_rng(0)
    step = digits.slow.open_step()
    for number in range(0, len(step), 2):
        digits.slow.look(number, 5)
        inside = Inside(step, number, 5)
        for name, array in digits.snapshot().arrays.items():
            if name.startswith("history.") or not array.size:
                continue
            index = some_index(rng, array)
            if name in inside.pending:
                with pytest.raises(InvalidValueError, match="computed at this moment"):
                    digits.ledger(name, index)
                continue
            ledger = digits.ledger(name, index)
            np.testing.assert_equal(ledger.value, float(array[index]))
            largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
            assert abs(ledger.recompute() - ledger.value) <= TOLERANCE * largest
            for term in ledger.terms[:3]:
                for factor in term.factors:
                    if factor.tensor and not factor.tensor.startswith("patches."):
                        there = digits.ledger(factor.tensor, factor.index)
                        assert there.value == (factor.value if factor.of is None else factor.of)
    digits.slow.end()


def test_a_ledger_inside_names_the_minibatchs_tensors(digits):
    parts = digits.slow.open_step().parts
    places = {name: at for at, part in enumerate(parts) for name in part.tensors}
    digits.slow.look(places["act1.a"], 2)
    assert digits.ledger("act1.a", (0, 1, 2, 3)).tensor == "batch.act1.a"
    assert digits.ledger("act1.a", (0, 1, 2, 3)).index == (2, 1, 2, 3)
    assert digits.ledger("pool1.x", (0, 1, 2, 3)).tensor == "batch.act1.a"
    assert digits.ledger("conv1.W", (0, 0, 1, 1)).tensor == "batch.conv1.W"
    with pytest.raises(InvalidValueError, match="index"):
        digits.ledger("act1.a", (1, 0, 0, 0))
    with pytest.raises(InvalidValueError, match="got 'conv1"):
        digits.ledger("conv1.W.m", (0, 0, 1, 1))
    digits.slow.look(places["conv1.W"])
    assert digits.ledger("conv1.W", (0, 0, 1, 1)).tensor == "conv1.W"
    assert digits.ledger("conv1.W.m", (0, 0, 1, 1)).tensor == "conv1.W.m"
    assert digits.ledger("conv1.b", (0,)).tensor == "batch.conv1.b"
    digits.slow.end()
    assert digits.ledger("act1.a", (0, 1, 2, 3)).tensor == "act1.a"
    with pytest.raises(InvalidValueError, match="tensor: expected"):
        digits.ledger("conv9.W", (0,))


def test_looking_inside_changes_no_byte():
    looked, other = (Recorder(EXHIBIT, {"dropout": 0.3}, 1, Library()) for _ in range(2))
    for n in range(1, 9):
        looked.step()
        other.step()
        for moment in (0, 5, 13, 200):
            looked.slow.look(moment, n)
            looked.snapshot()
            looked.ledger("conv1.x", (0, 0, 0, 0))
            looked.slow.open_step().moments()
        if n % 3 == 0:
            looked.seek(n - 2)
            looked.seek(n)
    assert {k: v.tobytes() for k, v in looked.save().items()} == {
        k: v.tobytes() for k, v in other.save().items()
    }
    looked.slow.end()
    names = EXHIBIT.publishes
    assert {k: v.tobytes() for k, v in looked.snapshot(names).arrays.items()} == {
        k: v.tobytes() for k, v in other.snapshot(names).arrays.items()
    }


@given(start=st.integers(0, 3), ways=st.lists(st.integers(-70, 70), min_size=1, max_size=5))
@settings(max_examples=30)
def test_n_moments_on_is_n_times_one_moment_on(digits, start, ways):
    digits.seek(start)
    digits.slow.look(0)
    count = digits._run.moment_count
    at = -1 if start == 0 else (start - 1) * count
    for n in ways:
        at = max(-1, at + n)
        step, moment = digits.slow.after(n)
        if step != digits.position:
            digits.seek(step)
            assert digits.slow.moment == (0 if step else None)
        digits.slow.look(moment)
        assert (step, moment) == ((at // count + 1, at % count) if at >= 0 else (0, 0))
    digits.slow.end()
    digits.seek(7)


def test_a_run_without_moments_says_so_and_opens_no_step():
    recorder = Recorder(WALK, {}, 1, Library())
    recorder.step(3)
    assert not recorder.slow.possible
    assert recorder.slow.open_step() is None
    with pytest.raises(InvalidValueError, match="slow: expected"):
        recorder.slow.look(0)
    recorder.slow.end()
    assert not recorder.slow.on


def test_a_step_that_is_not_finite_has_moments_too():
    recorder = Recorder(
        EXHIBIT, {"learning_rate": 100.0, "optimizer": "sgd", "activation": "linear"}, 1, Library()
    )
    recorder.step(200)
    assert recorder.diverged
    assert all(moment.caption for moment in recorder.slow.open_step().moments())


def test_a_weight_set_by_hand_since_the_update_is_no_part_of_it():
    recorder = Recorder(EXHIBIT, {}, 1, Library())
    recorder.step(2)
    parts = recorder.slow.open_step().parts
    at = next(number for number, part in enumerate(parts) if part.tensors == ("conv1.W",))
    before = recorder.slow.open_step().moment(at).caption
    recorder.act("edit", {"tensor": "conv1.W", "index": [0, 0, 1, 1], "value": 50})
    assert recorder.slow.open_step().moment(at).caption == f"{before} Since then 1 set by hand."
    recorder.slow.look(at)
    assert recorder.snapshot().arrays["conv1.W"][0, 0, 1, 1] == 50
    assert recorder.ledger("conv1.W", (0, 0, 1, 1)).function == "set_by_hand"
    recorder.slow.look(at - 1)
    assert recorder.snapshot().arrays["conv1.W"][0, 0, 1, 1] != 50
