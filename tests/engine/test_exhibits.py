"""What holds for every exhibit on the list."""

import itertools
import re
from fnmatch import fnmatchcase as fnmatch
from pathlib import Path

import numpy as np
import pytest

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import EXHIBITS, HALLS
from engine.exhibits.controls import Choice
from engine.explain.ledger import TOLERANCE
from engine.recorder import Recorder

ROOT = Path(__file__).parents[2]

every_exhibit = pytest.mark.parametrize("exhibit", EXHIBITS.values(), ids=EXHIBITS.keys())


def published(recorder):
    """Return what a run publishes now, without the course of its scalars."""
    arrays = recorder.snapshot().arrays
    return {name: array for name, array in arrays.items() if not name.startswith("history.")}


def bytes_of(recorder):
    return {name: array.tobytes() for name, array in published(recorder).items()}


def test_there_are_exhibits_and_each_stands_under_its_slug_in_a_hall():
    assert EXHIBITS
    for slug, exhibit in EXHIBITS.items():
        assert exhibit.slug == slug
        assert exhibit.hall in HALLS


@every_exhibit
def test_its_view_and_its_lesson_exist_and_ask_only_for_what_it_publishes(exhibit):
    view = (ROOT / f"static/js/exhibits/{exhibit.slug}.js").read_text()
    lesson = (ROOT / f"templates/exhibits/{exhibit.slug}.html").read_text()
    history = {f"history.{name}" for name in ("step", *exhibit.history)}
    known = {*published(Recorder(exhibit, {}, 1, Library())), *history}
    heads = "|".join(sorted({re.escape(name.split(".")[0]) for name in known if "." in name}))
    names = rf'["\'`\s]((?:{heads})(?:\.\w+)+)(?=["\'`\s])'
    for text in (view, lesson):
        asked = set(re.findall(names, text))
        assert asked
        assert asked <= known


@every_exhibit
def test_it_publishes_exactly_what_it_declares_at_the_start_and_later(exhibit):
    recorder = Recorder(exhibit, {}, 1, Library())
    for _ in range(3):
        names = set(published(recorder))
        assert set(exhibit.publishes) <= names
        others = names - set(exhibit.publishes)
        assert all(any(fnmatch(name, one) for one in exhibit.families) for name in others)
        assert bool(others) == bool(exhibit.families)
        assert recorder.snapshot(["label"]).arrays.keys() <= {"label"}
        recorder.step(2)


@every_exhibit
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others_where_it_matters(exhibit):
    first, second, third = (Recorder(exhibit, {}, seed, Library()) for seed in (7, 7, 8))
    for recorder in (first, second, third):
        recorder.step(12)
    assert bytes_of(first) == bytes_of(second)
    assert (bytes_of(first) != bytes_of(third)) == exhibit.seeded


@every_exhibit
def test_any_step_comes_back_to_the_byte_here_and_in_another_process(exhibit):
    recorder = Recorder(exhibit, {}, 1, Library())
    seen = {}
    for at in range(0, 60, 7):
        recorder.seek(at)
        seen[at] = bytes_of(recorder)
    other = Recorder(exhibit, {}, 1, Library())
    other.load(recorder.save())
    for at in (49, 56, 0, 21):
        recorder.seek(at)
        other.seek(at)
        assert bytes_of(recorder) == seen[at]
        assert bytes_of(other) == seen[at]


def opened(exhibit, values, library):
    try:
        return Recorder(exhibit, values, 1, library), ""
    except InvalidValueError as error:
        return None, str(error)


@every_exhibit
def test_every_option_of_every_control_runs(exhibit):
    library = Library()
    for control in exhibit.controls:
        if not isinstance(control, Choice):
            continue
        for option in control.options:
            if option.dataset and library.missing(option.dataset):
                continue
            values = {control.name: option.value}
            recorder, problem = opened(exhibit, values, library)
            if recorder is None:  # what has to be brought first
                assert values in exhibit.brings.values(), problem
                assert problem.startswith(f"{control.name}: ")
                continue
            recorder.step(2)
            arrays = recorder.snapshot().arrays
            for name, array in arrays.items():
                if not name.startswith("history."):
                    there = array[~np.isnan(array)] if name in exhibit.gradual else array
                    assert np.isfinite(there).all()


@every_exhibit
def test_no_setting_shows_more_than_five_controls_at_once(exhibit):
    by_name = {control.name: control for control in exhibit.controls}
    deciding = sorted({name for control in exhibit.controls for name in control.when})
    for name in deciding:
        assert isinstance(by_name[name], Choice)
    options = [[option.value for option in by_name[name].options] for name in deciding]
    for values in itertools.product(*options):
        chosen = dict(zip(deciding, values, strict=True))
        main = [control for control in exhibit.controls if not control.advanced]
        if deciding:
            assert sum(control.applies(chosen) for control in main) <= 5, chosen


@every_exhibit
def test_every_published_number_has_a_ledger_that_recomputes_to_it(exhibit):
    recorder = Recorder(exhibit, {}, 1, Library())
    rng = np.random.default_rng(0)
    for _ in range(3):
        for name, array in recorder.snapshot().arrays.items():
            for _ in range(3 if array.size else 0):
                index = tuple(int(rng.integers(length)) for length in array.shape)
                if name in exhibit.gradual and np.isnan(array[index]):
                    with pytest.raises(InvalidValueError, match="not there yet"):
                        recorder.ledger(name, index)
                    continue
                ledger = recorder.ledger(name, index)
                np.testing.assert_equal(ledger.value, float(array[index]))
                largest = max(map(abs, [ledger.value, *(term.value for term in ledger.terms)]))
                error = abs(ledger.recompute() - ledger.value)
                assert not error > TOLERANCE * largest, ledger
                assert_leads_to_ledgers(recorder, ledger)
        recorder.step(13)


def assert_leads_to_ledgers(recorder, ledger):
    for term in ledger.terms[:3]:
        for factor in term.factors:
            if factor.tensor is not None:
                there = recorder.ledger(factor.tensor, factor.index)
                assert there.value == (factor.value if factor.of is None else factor.of)
    for place in ledger.feeds[:3]:
        recorder.ledger(place.tensor, place.index)


@every_exhibit
def test_asking_changes_nothing(exhibit):
    asked, other = (Recorder(exhibit, {}, 1, Library()) for _ in range(2))
    for recorder in (asked, other):
        recorder.step(3)
    for name, array in asked.snapshot().arrays.items():
        first = tuple(0 for _ in array.shape)
        if array.size and not (name in exhibit.gradual and np.isnan(array[first])):
            asked.ledger(name, first)
    for recorder in (asked, other):
        recorder.step(3)
    assert bytes_of(asked) == bytes_of(other)


@every_exhibit
def test_what_can_be_brought_sets_controls_that_there_are(exhibit):
    for name, values in exhibit.brings.items():
        assert exhibit.check(values, Library()) == values
        assert name not in (*exhibit.actions, *exhibit.view_actions, *exhibit.questions)


@every_exhibit
def test_it_describes_itself_in_json(exhibit):
    described = exhibit.describe(Library())
    assert [control["name"] for control in described["controls"]] == list(exhibit.defaults())


@pytest.mark.parametrize(
    "exhibit", [one for one in EXHIBITS.values() if one.recipe], ids=lambda exhibit: exhibit.slug
)
def test_what_it_trains_is_what_its_recipe_says_and_its_weights_can_be_taken_away(exhibit):
    recorder = Recorder(exhibit, {}, 3, Library())
    at_first = recorder.material().told
    for name, array in at_first.recipe.network.parameters().items():
        np.testing.assert_array_equal(array, at_first.parameters[name])
    recorder.step(5)
    published = recorder.snapshot().arrays
    later = recorder.material().told.parameters
    assert any(later[name].any() for name in later)
    for name in later.keys() & published.keys():
        np.testing.assert_array_equal(later[name], published[name])
    trainer = at_first.recipe.trainer()
    losses = [trainer.step().loss for _ in range(5)]
    np.testing.assert_array_equal(recorder.material().course["loss"][1:], np.float32(losses))
