"""The exhibit `pooling`: the worked example, ties, gradients, and what a move leaves the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.pooling import EXHIBIT
from engine.explain.pooled import Pooled, pool_layer, shift
from engine.nn import reference
from engine.recorder import Recorder


def run(step=None, **values):
    recorder = Recorder(EXHIBIT, values, 1, Library())
    recorder.seek(recorder.length if step is None else step)
    return recorder


def arrays(recorder):
    return recorder.snapshot().arrays


def judge(recorder, question, answer=None):
    args = {"question": question} | ({} if answer is None else {"answer": answer})
    (event,) = recorder.act("judge", args)
    return event.data


def test_the_worked_example_pools_to_the_numbers_of_the_course():
    recorder = run()
    assert recorder.length == 9
    found = arrays(recorder)
    assert found["pool.y"][0, 0].tolist() == [[2, 2, 1], [1, 3, 0], [0, 1, 0]]
    assert recorder.ledger("pool.y", (0, 0, 1, 1)).note == "Row 4, column 4 wins."


def test_one_number_comes_with_each_step():
    recorder = run(0)
    for step in range(10):
        recorder.seek(step)
        y = arrays(recorder)["pool.y"]
        assert np.isnan(y).sum() == 9 - step
        assert arrays(recorder)["window.out"].tolist() == [max(step - 1, 0)]
    recorder.seek(0)
    with pytest.raises(InvalidValueError, match="not there yet; the window comes here at step 5"):
        recorder.ledger("pool.y", (0, 0, 1, 1))


def test_partial_windows_have_fewer_cells_and_dropped_ones_are_not_there():
    corner = arrays(run())
    assert corner["window"].shape == (1, 1)
    assert run(partial=False).length == 4
    covered = arrays(run(partial=False))["covered"][0, 0]
    assert covered.tolist() == [[1, 1, 1, 1, 0]] * 4 + [[0] * 5]


def test_ties_are_named_and_the_first_in_row_order_wins():
    recorder = run(2)
    found = arrays(recorder)
    # the window of row 1, columns 3 and 4 holds 1, 2, 0, 2
    assert found["window"].tolist() == [[1, 2], [0, 2]]
    assert found["window.won"].tolist() == [3, 8]
    recorder.set({"followed": 1})
    given_to = np.argwhere(arrays(recorder)["part.dx"][0, 0])
    assert given_to.tolist() == [[0, 3]]
    note = recorder.ledger("pool.y", (0, 0, 0, 1)).note
    assert note == "Row 1, column 4 wins as the first in row order; as great: row 2, column 4."


def test_an_average_gives_each_cell_of_a_window_an_equal_share():
    recorder = run(kind="avg_pool2d", followed=2, upstream="ones")
    found = arrays(recorder)
    assert found["window.won"].size == 0
    part = found["part.dx"][0, 0]
    assert np.argwhere(part).tolist() == [[0, 4], [1, 4]]
    assert part[0, 4] == part[1, 4] == 0.5
    assert found["pool.y"][0, 0, 0].tolist() == [1, 1.25, 0.5]


def test_where_windows_overlap_gradients_add_up():
    recorder = run(size=3, stride=1, upstream="ones", partial=False)
    dx = arrays(recorder)["pool.dx"][0, 0]
    assert dx.sum() == 9
    most = judge(recorder, "most")
    assert most["answer"] == dx.max() > 1


@given(
    x=st.lists(st.integers(-3, 3), min_size=36, max_size=36),
    dy=st.lists(st.integers(-3, 3), min_size=36, max_size=36),
    kind=st.sampled_from(["max_pool2d", "avg_pool2d"]),
    windows=st.tuples(st.integers(1, 5), st.integers(1, 5), st.booleans()),
)
def test_the_parts_of_all_gradients_are_the_gradient_of_the_map(x, dy, kind, windows):
    x = np.array(x, float).reshape(6, 6)
    size, stride, partial = windows
    options = {"size": size, "stride": stride, "partial": partial}
    layer = pool_layer(kind, "pool", (1, 6, 6), options)
    shape = layer.output_shape[1:]
    dy = np.array(dy, float)[: shape[0] * shape[1]].reshape(shape)
    whole = Pooled(layer, x, dy)
    slow = getattr(reference, kind)(x[None, None], size, stride, partial=partial)
    np.testing.assert_allclose(whole.y, slow, atol=1e-12)
    total = np.zeros((1, 1, 6, 6))
    for place in np.ndindex(*shape):
        alone = np.zeros(shape)
        alone[place] = dy[place]
        part = Pooled(layer, x, alone)
        total += part.dx
        number = place[0] * shape[1] + place[1]
        window = part.window(number)
        others = np.delete(part.dx.ravel(), window.cells)
        assert not others.any()
        if kind == "max_pool2d":
            assert part.dx.ravel()[window.won[0]] == dy[place]
        else:
            np.testing.assert_allclose(part.dx.ravel()[window.cells], dy[place] / len(window.cells))
        assert [part.place(number, *cell) for cell in np.ndindex(*window.values.shape)] == [
            (0, 0, *divmod(int(cell), 6)) for cell in window.cells
        ]
    np.testing.assert_allclose(total, whole.dx, atol=1e-12)


@given(down=st.integers(-2, 2), right=st.integers(-2, 2))
def test_a_move_takes_every_cell_along_and_a_move_back_loses_only_the_border(down, right):
    x = np.arange(1.0, 37).reshape(6, 6)
    moved = shift(x, down, right)
    for row, column in np.ndindex(6, 6):
        to = row + down, column + right
        if 0 <= to[0] < 6 and 0 <= to[1] < 6:
            assert moved[to] == x[row, column]
    back = shift(moved, -down, -right)
    inside = shift(shift(np.ones((6, 6)), down, right), -down, -right) == 1
    assert (back == np.where(inside, x, 0)).all()


def test_a_move_of_a_whole_stride_moves_the_pooled_map_by_one():
    found = arrays(run(input="digit", right=2, partial=False))
    y = found["pool.y"][0, 0]
    assert found["moved.y"][0, 0, :, 1:].tolist() == y[:, :-1].tolist()


def test_the_shares_say_how_much_stayed_the_same():
    recorder = run(input="digit", right=0, down=0)
    assert arrays(recorder)["moved.share"].tolist() == [1, 1]
    assert judge(recorder, "same")["answer"] == "all"
    recorder.set({"right": 1})
    found = arrays(recorder)
    same = (found["moved.y"] == found["pool.y"]).mean()
    assert found["moved.share"][0] == same
    assert recorder.ledger("moved.share", (0,)).recompute() == pytest.approx(same)


def test_the_next_layers_are_counted_by_the_engine():
    recorder = run(input="digit", partial=False)
    counts = arrays(recorder)["next.counts"]
    # 8 filters of 3×3 and a bias each; 10 units with a weight for each number and a bias
    assert counts.tolist() == [
        [64, 8 * 64, 8 * 64 * 9, 8 * 10, 10 * 65],
        [16, 8 * 16, 8 * 16 * 9, 8 * 10, 10 * 17],
    ]
    assert judge(recorder, "fewer", "third")["correct"]


@pytest.mark.parametrize("kind", ["max_pool2d", "avg_pool2d"])
def test_the_next_number_is_judged_until_there_is_none(kind):
    recorder = run(4, kind=kind)
    right = 3 if kind == "max_pool2d" else 1.5
    assert judge(recorder, "next", right)["correct"]
    assert not judge(recorder, "next", 2)["correct"]
    recorder.seek(9)
    with pytest.raises(InvalidValueError, match="all 9 windows have had their turn"):
        recorder.act("judge", {"question": "next"})


def test_where_the_gradient_goes_depends_on_the_kind_of_pooling():
    recorder = run()
    assert judge(recorder, "receives", "winner")["correct"]
    recorder.set({"kind": "avg_pool2d"})
    assert judge(recorder, "receives", "equal")["correct"]


def test_changed_cells_are_pooled_and_belong_to_their_map_alone():
    recorder = run()
    cells = arrays(recorder)["pool.x"].ravel().tolist()
    cells[12] = 7
    recorder.act("cells", {"input": "example", "cells": cells})
    assert arrays(recorder)["pool.y"][0, 0, 1, 1] == 7
    recorder.act("cells", {"input": "digit", "cells": [1]})
    assert arrays(recorder)["pool.y"][0, 0, 1, 1] == 7


@pytest.mark.parametrize("cells", [None, [1.0] * 24, [*[0.0] * 24, 1000.0], [*[0] * 24, True]])
def test_cells_that_are_no_numbers_of_the_map_are_refused(cells):
    recorder = run()
    with pytest.raises(InvalidValueError, match="cells: expected"):
        recorder.act("cells", {"input": "example", "cells": cells})


def test_ones_own_gradient_goes_back_and_one_of_another_shape_waits():
    recorder = run(upstream="own")
    recorder.act("gradient", {"rows": 3, "columns": 3, "cells": [0, 0, 0, 0, 5, 0, 0, 0, 0]})
    dx = arrays(recorder)["pool.dx"][0, 0]
    assert dx[3, 3] == dx.sum() == 5
    recorder.act("gradient", {"rows": 2, "columns": 2, "cells": [9] * 4})
    assert arrays(recorder)["pool.dx"].sum() == 5
