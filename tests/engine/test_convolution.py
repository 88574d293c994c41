"""The exhibit `convolution`: the worked examples, ledgers for all settings, what is refused."""

import base64

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import EXHIBITS
from engine.exhibits.kernels import KERNELS, OPTIONS
from engine.explain.ledger import TOLERANCE
from engine.recorder import Recorder

EXHIBIT = EXHIBITS["convolution"]
LIBRARY = Library()

FIGURE_MAP = [
    [0, 1, 1, 0, 0],
    [1, 3, 1, 1, 0],
    [1, 2, 2, 2, 0],
    [0, 2, 2, 2, 0],
    [0, 1, 0, 2, 0],
]


def open_run(seed: int = 1, **values) -> Recorder:
    return Recorder(EXHIBIT, values, seed, LIBRARY)


def to_the_end(recorder: Recorder) -> Recorder:
    recorder.seek(recorder.length)
    return recorder


def arrays(recorder: Recorder) -> dict:
    return recorder.snapshot(EXHIBIT.publishes).arrays


def numbers(values) -> str:
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


def photo(rows: int, columns: int, seed: int = 0) -> dict:
    rgb = np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), np.uint8)
    return {"rows": rows, "columns": columns, "rgb": base64.b64encode(rgb.tobytes()).decode()}


# -- the worked examples --


def test_the_figure_gives_the_worked_feature_map_number_by_number():
    recorder = open_run()
    assert recorder.length == 25
    expected = np.array(FIGURE_MAP, float)
    for step in range(26):
        y = arrays(recorder)["y"]
        known = np.arange(25).reshape(5, 5) < step
        np.testing.assert_array_equal(y, np.where(known, expected, np.nan))
        recorder.step()


def test_the_seventh_number_is_three_with_the_products_of_the_sketch():
    recorder = open_run()
    recorder.seek(7)
    found = arrays(recorder)
    assert found["y"][1, 1] == 3
    np.testing.assert_array_equal(found["window"], [[0, 0, 0], [0, 0, 1], [0, 1, 1]])
    np.testing.assert_array_equal(found["products"], [[0, 0, 0], [0, 0, 1], [0, 1, 1]])
    ledger = recorder.ledger("y", (1, 1))
    assert [term.value for term in ledger.terms] == [0, 0, 0, 0, 0, 1, 0, 1, 1]
    assert ledger.code == "y[1, 1] = (x[1:4, 1:4] * k).sum()"


def test_the_grey_levels_give_the_worked_map():
    recorder = to_the_end(open_run(input="greys", kernel="shift"))
    np.testing.assert_array_equal(arrays(recorder)["y"], [[40, 41, 45], [40, 42, 46], [46, 50, 55]])


def test_the_kernels_of_the_course_have_their_names():
    assert {"identity", "emboss", "gaussian_3", "gaussian_5"} <= KERNELS.keys()
    for name, weights in {
        "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        "edges": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "blur": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
        "enhance_right": [[0, 0, 0], [-1, 1, 0], [0, 0, 0]],
        "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    }.items():
        np.testing.assert_array_equal(KERNELS[name], weights)
    right = KERNELS["enhance_right"]
    for name, turns in (("enhance_up", 1), ("enhance_left", 2), ("enhance_down", 3)):
        np.testing.assert_array_equal(KERNELS[name], np.rot90(right, turns))
    for name in ("gaussian_3", "gaussian_5"):
        assert KERNELS[name].sum() == 1


# -- every setting --

VALUES = {
    "input": st.sampled_from(["figure", "greys", "digit", "colours", "drawing"]),
    "kernel": st.sampled_from(["own", *(option.value for option in OPTIONS)]),
    "stride": st.integers(1, 4),
    "padding": st.sampled_from(["none", "same", "n"]),
    "padding_size": st.integers(0, 3),
    "border": st.sampled_from(["zeros", "edge", "mirror"]),
    "dilation": st.integers(1, 3),
    "kernel_size": st.integers(1, 7),
    "flip": st.booleans(),
    "bias": st.sampled_from([0.0, 0.5, -3.0]),
    "filters": st.integers(1, 4),
    "filter": st.integers(1, 4),
}


def try_to_open(values: dict) -> Recorder | None:
    try:
        return open_run(**values)
    except InvalidValueError:  # the window is too large; test_correlate says when that is
        return None


@settings(max_examples=60)
@given(st.fixed_dictionaries(VALUES), st.data())
def test_every_ledger_recomputes_and_its_line_of_numpy_gives_the_number(values, data):
    recorder = try_to_open(values)
    assume(recorder is not None)
    recorder.seek(data.draw(st.integers(0, recorder.length)))
    found = arrays(recorder)
    for name in (*(name for name in found if found[name].size), "partial"):
        if name == "partial":
            if values["input"] != "colours" or np.isnan(found["y"].ravel()[0]):
                continue
            index = (0,) * (3 if values["filters"] == 1 else 4)
        else:
            there = np.argwhere(~np.isnan(found[name]))
            if not len(there):
                continue
            index = tuple(int(i) for i in data.draw(st.sampled_from(there.tolist())))
        ledger = recorder.ledger(name, index)
        largest = max([1.0, abs(ledger.value), *(abs(term.value) for term in ledger.terms)])
        assert abs(ledger.recompute() - ledger.value) <= TOLERANCE * largest
        if name != "partial":
            assert ledger.value == found[name][index]
        tensors = {
            symbol: _tensor(recorder, found, tensor) for symbol, tensor in ledger.symbols.items()
        }
        line = ledger.code.partition(" = ")[2]
        computed = float(eval(line, {"np": np}, tensors))
        assert abs(computed - ledger.value) <= TOLERANCE * largest, ledger.code


def _tensor(recorder: Recorder, found: dict, name: str) -> np.ndarray:
    if name != "partial":
        return found[name]
    filters, channels = (found["y"].shape[0] if found["y"].ndim == 3 else 1), 3
    shape = (filters, channels, *found["y"].shape[-2:])
    partial = np.full(shape, np.nan)
    for index in np.ndindex(shape):
        shown = index if filters > 1 else index[1:]
        y = found["y"][(index[0], *index[2:])] if filters > 1 else found["y"][index[2:]]
        if not np.isnan(y):
            partial[index] = recorder.ledger("partial", shown).value
    return partial if filters > 1 else partial[0]


def test_what_is_not_there_yet_is_refused_with_the_step_that_makes_it():
    recorder = open_run()
    recorder.seek(7)
    with pytest.raises(InvalidValueError, match=r"^y\[1, 2\]: not there yet; step 8 makes it$"):
        recorder.ledger("y", (1, 2))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"kernel_size": 7}, r"^kernel_size: the window reaches over 7 pixels.*picture has 5$"),
        ({"dilation": 3}, r"^dilation: the window reaches over 7 pixels.*dilation 3.*has 5$"),
        ({"border": "mirror", "padding": "n", "padding_size": 5}, r"^padding: a picture of 5.*by"),
        ({"stride": 9}, r"^stride: expected a whole number from 1 to 4, got 9$"),
    ],
)
def test_an_impossible_combination_names_the_control_and_the_rule_and_changes_nothing(values, text):
    recorder = open_run(input="greys", kernel="own")
    recorder.seek(3)
    before = arrays(recorder)
    with pytest.raises(InvalidValueError, match=text):
        recorder.set(values)
    after = arrays(recorder)
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


def test_a_new_kernel_or_stride_changes_all_that_is_known_at_once_and_keeps_the_place():
    recorder = open_run()
    recorder.seek(12)
    recorder.set({"kernel": "blur"})
    y = arrays(recorder)["y"]
    assert recorder.position == 12
    assert np.isnan(y).sum() == 13
    np.testing.assert_array_equal(y[0], [0, 1, 1, 1, 0] + y[0] * 0)
    recorder.set({"stride": 4})
    assert (recorder.length, recorder.position) == (4, 4)
    recorder.set({"stride": 1})
    recorder.seek(0)
    recorder.seek(25)
    assert recorder.position == 25


def test_weights_and_pixels_that_were_changed_stay_for_every_step_and_come_back_elsewhere():
    recorder = open_run()
    recorder.seek(9)
    weights = [0, 0, 0, 0, 2, 0, 0, 0, 0]
    recorder.act("kernel", {"filters": 1, "channels": 1, "size": 3, "weights": weights})
    picture = np.zeros((1, 7, 7))
    picture[0, 1, 1] = 5
    drawn = {"input": "figure", "channels": 1, "rows": 7, "columns": 7, "pixels": numbers(picture)}
    recorder.act("picture", drawn)
    assert arrays(recorder)["y"][0, 0] == 10
    recorder.seek(3)
    assert arrays(recorder)["y"][0, 0] == 10
    other = open_run()
    other.load(recorder.save())
    assert arrays(other)["y"][0, 0] == 10
    recorder.act("picture", {"input": "figure"})
    assert arrays(recorder)["y"][0, 0] == 0


def test_a_change_of_one_input_leaves_the_others_alone():
    recorder = open_run(input="greys")
    picture = np.full((1, 7, 7), 4)
    drawn = {"input": "figure", "channels": 1, "rows": 7, "columns": 7, "pixels": numbers(picture)}
    recorder.act("picture", drawn)
    assert arrays(recorder)["x"][0, 0] == 35


@pytest.mark.parametrize(
    ("action", "args", "text"),
    [
        ("kernel", {"filters": 1, "channels": 1, "size": 8, "weights": [1]}, "size: .* 1 to 7"),
        ("kernel", {"filters": 1, "channels": 1, "size": 1, "weights": []}, "expected 1 numbers"),
        ("kernel", {"filters": 1, "channels": 1, "size": 1, "weights": [True]}, "got True"),
        ("kernel", {"filters": 1, "channels": 1, "size": 1, "weights": [1e9]}, "from -1000"),
        ("picture", {"input": "nothing"}, "input: expected one of"),
        ("picture", {"input": "figure", "rows": 7, "columns": 7, "pixels": "??"}, "base64"),
        ("picture", {"input": "figure", "rows": 7, "columns": 7, "pixels": "AAAA"}, "196 bytes"),
        ("picture", {"input": "figure", "rows": 99, "columns": 7, "pixels": ""}, "from 3 to 64"),
        ("photo", {"rows": 300, "columns": 9, "rgb": ""}, "rows: .* 3 to 256, got 300"),
        ("photo", {"rows": 4, "columns": 4, "rgb": "AAAA"}, "expected 48 bytes, got 3"),
    ],
)
def test_a_bad_action_says_what_is_wrong_and_changes_nothing(action, args, text):
    recorder = open_run()
    before = arrays(recorder)
    with pytest.raises(InvalidValueError, match=text):
        recorder.act(action, args)
    after = arrays(recorder)
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


def test_a_picture_that_is_no_number_is_refused():
    args = {"input": "drawing", "rows": 3, "columns": 3, "pixels": numbers([np.nan] * 9)}
    with pytest.raises(InvalidValueError, match="from -1000 to 1000, got nan"):
        open_run().act("picture", args)


# -- channels, filters, photographs --


def test_three_channels_give_three_sums_then_one_then_the_bias():
    recorder = open_run(input="colours", bias=0.5)
    recorder.seek(6)
    found = arrays(recorder)
    assert found["x"].shape == (*found["k"].shape[:1], 6, 6) == (3, 6, 6)
    assert found["y"].ndim == 2
    place = recorder.snapshot().scalars
    y = found["y"][int(place["row"]), int(place["column"])]
    assert y == found["sums"].sum() + 0.5
    ledger = recorder.ledger("y", (int(place["row"]), int(place["column"])))
    assert [term.factors[0].tensor for term in ledger.terms] == ["partial"] * 3 + ["b"]
    assert [term.value for term in ledger.terms[:3]] == found["sums"].tolist()


def test_each_filter_makes_a_map_and_parameters_are_counted():
    recorder = to_the_end(open_run(input="colours", filters=4))
    snapshot = recorder.snapshot()
    assert snapshot.arrays["y"].shape == (4, 4, 4)
    assert snapshot.scalars["parameters"] == 4 * (3 * 9 + 1)
    assert snapshot.scalars["dense_parameters"] == 64 * (108 + 1)


def test_a_photograph_is_filtered_whole_and_its_numbers_are_a_smaller_one():
    recorder = open_run(input="photo", kernel="blur", detail="16")
    recorder.act("photo", photo(40, 64))
    found = arrays(recorder)
    assert found["photo"].shape == (1, 40, 64)
    assert found["x"].shape == (10, 16)
    assert found["photo.y"].shape == (38, 62)
    assert recorder.snapshot().scalars["photo_scale"] == 9
    mean = found["photo"][0, :3, :3].mean()
    assert abs(int(found["photo.y"][0, 0]) - mean) <= 0.5 + 1e-6


@pytest.mark.parametrize("kernel", ["sobel_x", "blur", "identity", "gaussian_5", "own"])
@pytest.mark.parametrize("border", ["zeros", "edge", "mirror"])
def test_a_grey_level_has_a_ledger_down_to_the_pixels(kernel, border):
    recorder = open_run(input="photo", kernel=kernel, padding="same", border=border, colour=True)
    recorder.act("photo", photo(12, 20, seed=3))
    found = arrays(recorder)
    for index in ((0, 0), (5, 7), (11, 19)):
        level = recorder.ledger("photo.y", index)
        assert level.recompute() == level.value == found["photo.y"][index]
        total = recorder.ledger("photo.z", index)
        largest = max(abs(term.value) for term in total.terms)
        assert abs(total.recompute() - total.value) <= TOLERANCE * max(1, largest)
        for term in total.terms:
            for factor in term.factors:
                if factor.tensor:
                    assert recorder.ledger(factor.tensor, factor.index).value == factor.value


# -- predictions --


def judged(recorder: Recorder, question: str, answer=None) -> dict:
    (event,) = recorder.act("judge", {"question": question, "answer": answer})
    return dict(event.data)


def test_the_next_number_is_asked_of_the_present_step():
    recorder = open_run()
    recorder.seek(6)
    assert judged(recorder, "next", 3)["correct"] is True
    assert judged(recorder, "next", 2)["correct"] is False
    assert judged(recorder, "next")["text"] == "Row 2, column 2: 1·1 + 1·1 + 1·1 = 3."
    recorder.seek(25)
    with pytest.raises(InvalidValueError, match="all 25 numbers"):
        judged(recorder, "next", 3)


def test_the_shape_is_judged_with_its_formula():
    recorder = open_run(stride=2, padding="n", padding_size=1)
    verdict = judged(recorder, "shape", "4×4")
    assert verdict["correct"] is True
    assert verdict["text"].startswith("rows: ⌊(7 + 2 − 3) / 2⌋ + 1 = 4; columns:")
    assert judged(recorder, "shape", "5×5")["correct"] is False


def test_flipping_maps_and_weights_are_judged_by_what_is_there():
    recorder = open_run(input="colours", kernel="edges", filters=2)
    assert judged(recorder, "flipping", "same")["correct"] is True
    assert judged(recorder, "maps", 2)["correct"] is True
    assert judged(recorder, "weights", 56)["correct"] is True
    recorder.set({"kernel": "emboss"})
    assert judged(recorder, "flipping", "same")["correct"] is False


# -- flipping --


def test_a_symmetric_kernel_gives_the_same_map_both_ways_and_another_does_not():
    found = arrays(open_run())
    correlation, convolution = found["flip.correlation"], found["flip.convolution"]
    np.testing.assert_array_equal(correlation[0], convolution[0])
    np.testing.assert_array_equal(correlation[1], FIGURE_MAP)
    assert (correlation[1] != convolution[1]).any()
    np.testing.assert_array_equal(found["flip.turned"][1], np.rot90(found["flip.k"][1], 2))


# -- learning the kernel --


def steps_to_find(recorder: Recorder, most: int) -> int:
    for _ in range(most):
        for event in recorder.step():
            if event.name == "found":
                return event.data["step"]
    raise AssertionError(f"not found in {most} steps: {recorder.snapshot().scalars}")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_descent_finds_sobel_x_from_noise_to_a_hundredth(seed):
    recorder = open_run(seed, mode="learn")
    first = arrays(recorder)["conv1.W"]
    assert np.abs(first - KERNELS["sobel_x"]).max() > 0.5
    assert steps_to_find(recorder, 300) <= 300
    found = arrays(recorder)
    assert np.abs(found["conv1.W"][0, 0] - KERNELS["sobel_x"]).max() < 1e-2
    np.testing.assert_allclose(found["conv1.z"][0, 0], found["target"], atol=0.05)


@pytest.mark.parametrize("target", [name for name, k in KERNELS.items() if len(k) == 3])
def test_every_small_kernel_of_the_list_can_be_found_in_a_digit(target):
    steps_to_find(open_run(mode="learn", input="digit", target=target), 1500)


def test_with_fewer_windows_than_weights_another_kernel_does_as_well():
    recorder = open_run(mode="learn", input="digit", target="gaussian_5")
    recorder.step(1000)
    scalars = recorder.snapshot().scalars
    assert scalars["windows"] < scalars["weights"]
    assert scalars["loss"] < 1e-6
    assert scalars["distance"] > 0.1
    recorder = open_run(mode="learn", input="scene", detail="32", target="gaussian_5")
    steps_to_find(recorder, 4000)


def test_sobel_x_is_found_in_a_photograph_too():
    steps_to_find(open_run(mode="learn", input="scene", detail="32"), 4000)


def test_while_it_learns_every_number_has_a_ledger():
    recorder = open_run(mode="learn")
    for _ in range(3):
        for name, array in arrays(recorder).items():
            if array.size:
                index = tuple(n // 2 for n in array.shape)
                ledger = recorder.ledger(name, index)
                largest = max([1.0, *(abs(term.value) for term in ledger.terms)])
                assert abs(ledger.recompute() - array[index]) <= TOLERANCE * largest
        recorder.step(4)


def test_a_picture_can_be_changed_before_it_learns_and_is_refused_later():
    recorder = open_run(mode="learn", input="photo", detail="16")
    recorder.act("photo", photo(16, 16, seed=1))
    assert arrays(recorder)["conv1.x"].shape == (1, 1, 16, 16)
    recorder.step(20)
    after = arrays(recorder)["conv1.W"]
    recorder.seek(0)
    recorder.seek(20)
    np.testing.assert_array_equal(arrays(recorder)["conv1.W"], after)
    recorder.act("photo", photo(16, 16, seed=1))
    with pytest.raises(InvalidValueError, match="go back to step 0"):
        recorder.act("photo", photo(16, 16, seed=2))
    other = open_run(mode="learn", input="photo", detail="16")
    other.load(recorder.save())
    np.testing.assert_array_equal(arrays(other)["conv1.W"], after)
