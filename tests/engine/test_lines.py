"""Runs side by side: forks, ghosts, pins, comparisons, first differences."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import EXHIBITS
from engine.lines import MOST_LINES, MOST_SEARCHED, Line, Lines
from engine.recorder import Recorder
from tests.engine.test_recorder import WALK, walk, x

MEMORY = 1 << 20


def lines(head=0, **arguments):
    one = Lines.one(walk(**arguments), MEMORY)
    one.recorder.step(head)
    return one


def forked(at=30, head=50, **values):
    """Lines A, which has come to `head`, and B, which left it at `at`."""
    two = lines(head)
    two.recorder.seek(at)
    two.fork(values)
    return two


def searched(some):
    for _ in some.search():
        pass
    assert not some.undecided
    return some.differences


def finished(comparison):
    while True:
        try:
            next(comparison)
        except StopIteration as end:
            return end.value


def names(some):
    return "".join(line.name for line in some.all)


def bytes_kept(recorder):
    states = recorder._checkpoints.values()
    return sum(array.nbytes for state in states for array in state.values())


@pytest.mark.parametrize("at", [0, 5, 16, 30, 50])
def test_a_branch_shares_its_past_and_goes_on_to_the_same_bytes(at) -> None:
    whole = walk()
    seen = [x(whole)]
    for _ in range(50):
        whole.step()
        seen.append(x(whole))
    whole.seek(at)
    branch = whole.branch()
    assert (branch.position, branch.head, whole.head) == (at, at, 50)
    shared = set(map(id, whole._checkpoints.values()))
    assert shared.issuperset(map(id, branch._checkpoints.values()))
    for step in (at, max(0, at - 7), 50, 3):
        branch.seek(step)
        assert x(branch) == seen[step]
    assert (whole.position, x(whole)) == (at, seen[at])


def test_what_is_done_on_a_branch_is_not_done_to_the_run_it_left() -> None:
    whole = walk()
    whole.act("push", {"by": 1.0})
    whole.step(40)
    whole.seek(20)
    before = x(whole)
    branch = whole.branch()
    branch.act("push", {"by": 5.0})
    branch.set({"rate": 2.0, "shown": 3})
    branch.step(40)
    assert (x(whole), whole.head, whole.changes) == (before, 40, [(0, "push", {"by": 1.0})])
    assert whole.values == {"rate": 1.0, "shown": 64, "size": 1.0}
    assert branch.changes[-2:] == [(20, "push", {"by": 5.0}), (20, {"rate": 2.0})]


def test_a_branch_of_a_real_training_goes_on_to_the_same_bytes() -> None:
    whole = Recorder(EXHIBITS["digits"], {}, 1, Library())
    whole.set({"dropout": 0.3})
    whole.step(25)
    whole.set({"shown": "drawing"})
    whole.act("draw", {"pixels": [0, 90, 255, 0] * 16, "rows": 8, "columns": 8})
    branch = whole.branch()
    for _ in range(3):
        mine, theirs = (one.snapshot(one.exhibit.publishes).arrays for one in (whole, branch))
        assert all(mine[name].tobytes() == theirs[name].tobytes() for name in mine)
        whole.step()
        branch.step()


def test_less_memory_thins_at_once_and_history_stays_whole() -> None:
    recorder = walk()
    recorder.step(5)
    fifth = x(recorder)
    recorder.step(1000)
    assert bytes_kept(recorder) > 9000
    recorder.memory = 9000
    assert bytes_kept(recorder) <= 9000
    recorder.seek(5)
    assert x(recorder) == fifth


def test_lines_share_one_memory() -> None:
    three = lines(600)
    for at in (500, 400):
        three.recorder.seek(at)
        three.fork({"rate": 2.0})
        three.recorder.step(600)
    assert len(three.all) == MOST_LINES
    memory = three._memory = 30_000
    three.drop(three.ghosts[0].id)
    assert sum(bytes_kept(line.recorder) for line in three.all) <= memory


def test_a_fork_keeps_the_old_future_as_a_ghost() -> None:
    two = lines(50)
    last = x(two.recorder)
    two.recorder.seek(30)
    two.fork({"rate": 2.0})
    assert names(two) == "AB"
    old, new = two.all
    assert two.current is new
    assert (new.parent, new.step, new.recorder.head) == (old.id, 30, 30)
    assert (old.recorder.head, old.root, new.root) == (50, old.id, old.id)
    assert new.recorder.done_since(30) == [(30, {"rate": (1.0, 2.0)})]
    new.recorder.step(20)
    two.switch(old.id)
    two.recorder.seek(50)
    assert x(two.recorder) == last


def test_a_fork_at_the_head_keeps_it_as_it_stands() -> None:
    two = forked(50, 50, rate=2.0)
    two.recorder.step(10)
    assert [line.recorder.head for line in two.all] == [50, 60]


def test_a_bad_fork_changes_nothing() -> None:
    one = lines(50)
    one.recorder.seek(30)
    for values, text in (
        ({"rate": 99}, "rate: expected a number from 0 to 10, got 99"),
        ({"size": 2.0}, "size: a new value starts a new run"),
        ({"pace": 1}, "pace: expected one of"),
    ):
        with pytest.raises(InvalidValueError, match=text):
            one.fork(values)
    with pytest.raises(InvalidValueError, match="action"):
        one.act("juggle", {})
    assert (names(one), one.recorder.head, one.recorder.position) == ("A", 50, 30)


def test_a_diverged_step_cannot_be_forked_from() -> None:
    one = lines()
    one.recorder.set({"rate": 10.0})
    one.recorder.step(1000)
    at = one.recorder.position
    with pytest.raises(InvalidValueError, match=f"x stopped .* at most {at - 1}, got {at}"):
        one.fork({"rate": 1.0})
    one.recorder.step(-1)
    one.fork({"rate": 0.1})
    one.recorder.step(20)
    assert one.recorder.head == at + 19


def test_a_live_control_in_the_past_forks_once_and_a_drag_goes_on() -> None:
    two = lines(50)
    two.recorder.seek(30)
    for rate in (1.1, 1.2, 1.3):
        two.set({"rate": rate})
    assert names(two) == "AB"
    assert two.all[0].recorder.head == 50
    assert two.recorder.changes == [(30, {"rate": 1.3})]


def test_an_action_in_the_past_forks_too() -> None:
    two = lines(50)
    two.recorder.seek(30)
    two.act("push", {"by": 1.0})
    assert names(two) == "AB"
    assert two.recorder.done_since(30) == [(30, {"push": (None, None)})]
    assert searched(two) == [(1, 2, 30)], "a number that is set by hand is another at once"


def test_what_is_only_looked_at_does_not_fork_and_neither_does_what_is_so_already() -> None:
    one = lines(50)
    one.recorder.seek(30)
    one.set({"shown": 3, "rate": 1.0})
    one.act("ask", {})
    assert (names(one), one.recorder.head) == ("A", 50)


def test_changes_still_to_come_are_a_future_too() -> None:
    two = Lines.one(walk(changes=[(60, {"rate": 3.0})]), MEMORY)
    two.recorder.step(40)
    two.set({"rate": 2.0})
    assert names(two) == "AB"
    two.switch(1)
    two.recorder.step(30)
    assert two.recorder.values["rate"] == 3.0


def test_lines_with_the_same_values_never_differ() -> None:
    two = forked(30, 50)
    two.recorder.step(40)
    assert searched(two) == [(1, 2, None)]


def test_another_rate_shows_at_the_step_after_the_fork() -> None:
    two = forked(30, 50, rate=2.0)
    assert searched(two) == [(1, 2, None)], "what comes next is not known yet"
    two.recorder.step(3)
    assert searched(two) == [(1, 2, 31)]
    mine, theirs = (line.recorder.twin() for line in two.all)
    for step, same in ((30, True), (31, False)):
        mine.seek(step)
        theirs.seek(step)
        assert (x(mine) == x(theirs)) is same


def test_a_rate_that_changes_nothing_is_no_difference_and_the_search_ends() -> None:
    two = lines()
    two.set({"rate": 0.0})
    two.recorder.step(200)
    two.recorder.seek(10)
    two.fork({})
    two.recorder.act("ask", {})
    two.recorder.set({"shown": 5})
    two.recorder.step(5)
    assert searched(two) == [(1, 2, None)]
    three = lines(200)
    three.recorder.seek(10)
    three.fork({})
    three.recorder.act("push", {"by": 0.0})
    three.recorder.step(190)
    assert searched(three) == [(1, 2, None)]
    assert three._pair(*three.all).searched == 10 + MOST_SEARCHED


def test_searching_and_comparing_leave_the_stage_as_it_is() -> None:
    two = forked(30, 50, rate=2.0)
    two.recorder.step(10)
    before = x(two.recorder)
    searched(two)
    finished(two.compare(35, []))
    assert (two.recorder.position, two.recorder.head, x(two.recorder)) == (40, 40, before)


def test_comparing_numbers_leaves_the_stage_as_it_is() -> None:
    two = real()
    before = two.recorder.snapshot().arrays["conv1.W"].tobytes()
    finished(two.compare(25, [("conv1.W", (0, 0, 0, 0))]))
    assert (two.recorder.position, two.recorder.head) == (32, 32)
    assert two.recorder.snapshot().arrays["conv1.W"].tobytes() == before


def real():
    two = Lines.one(Recorder(EXHIBITS["digits"], {}, 1, Library()), 64 << 20)
    two.recorder.step(40)
    two.recorder.seek(20)
    two.fork({"learning_rate": 0.05})
    two.recorder.step(12)
    return two


def test_lines_are_compared_at_a_step_by_their_own_numbers() -> None:
    two = real()
    place = ("conv1.W", (1, 0, 2, 1))
    nowhere = ("conv1.W", (99, 0, 0, 0))
    standings = finished(two.compare(32, [place, nowhere, ("nothing", ())]))
    for line, standing in zip(two.all, standings, strict=True):
        straight = line.recorder.twin()
        straight.seek(32)
        snapshot = straight.snapshot()
        assert standing.line == line.id
        assert standing.numbers[1:] == (None, None)
        assert standing.numbers[0] == snapshot.arrays["conv1.W"][place[1]]
        assert standing.scalars["loss"] == np.float32(snapshot.scalars["loss"])
    assert standings[0].scalars != standings[1].scalars
    (ghost, current) = finished(two.compare(40, [place]))
    assert ghost.scalars
    assert (current.scalars, current.numbers) == (None, (None,))


def test_a_ghost_is_compared_by_what_is_looked_at_now() -> None:
    two = real()
    two.set({"example": 7})
    place = ("conv1.x", (0, 0, 3, 4))
    ghost, current = finished(two.compare(32, [place]))
    assert ghost.numbers == current.numbers
    two.switch(two.ghosts[0].id)
    assert two.recorder.values["example"] == 7


def test_a_fourth_line_takes_the_place_of_the_oldest_that_is_not_pinned() -> None:
    some = forked(30, 50, rate=2.0)
    some.recorder.step(10)
    some.recorder.seek(33)
    some.fork({"rate": 3.0})
    assert names(some) == "ABC"
    some.pin(1, pinned=True)
    some.fork({"rate": 4.0})
    assert names(some) == "ACD"
    some.pin(3, pinned=True)
    some.recorder.step(5)
    some.recorder.step(-2)
    for attempt, thing in (
        (lambda: some.fork({}), "fork"),
        (lambda: some.set({"rate": 5.0}), "rate"),
        (lambda: some.act("push", {"by": 1.0}), "push"),
    ):
        with pytest.raises(InvalidValueError, match=f"{thing}: expected at most 3 .* A and C are"):
            attempt()
    assert (names(some), some.recorder.head) == ("ACD", 38)
    some.pin(1, pinned=False)
    some.set({"rate": 5.0})
    assert names(some) == "CDE"


def test_a_reset_replaces_the_line_on_the_stage_and_drops_the_ghosts() -> None:
    some = forked(30, 50, rate=2.0)
    some.restart(walk(seed=2))
    assert (names(some), some.current.id, some.recorder.seed) == ("A", 3, 2)


def test_what_is_pinned_survives_a_reset_with_other_settings() -> None:
    some = forked(30, 50, rate=2.0)
    some.pin(2, pinned=True)
    some.restart(Recorder(WALK, {"size": 2.0, "rate": 3.0}, 0, Library()))
    assert names(some) == "BC"
    assert (some.current.name, some.current.root, some.current.parent) == ("C", 3, None)
    some.recorder.step(5)
    assert searched(some) == [(2, 3, 1)], "at step 0 the walks stand at the same place"
    some.switch(2)
    some.recorder.seek(30)
    assert some.recorder.values["rate"] == 2.0


def test_lines_of_different_seeds_differ_from_their_first_number_on() -> None:
    some = Lines.one(Recorder(EXHIBITS["digits"], {}, 1, Library()), MEMORY)
    some.pin(1, pinned=True)
    some.restart(Recorder(EXHIBITS["digits"], {}, 2, Library()))
    assert searched(some) == [(1, 2, 0)]


def test_the_same_run_begun_again_differs_where_something_else_is_done() -> None:
    some = lines(20)
    some.set({"rate": 2.0})
    some.recorder.step(20)
    some.pin(1, pinned=True)
    some.restart(walk())
    some.recorder.step(30)
    assert searched(some) == [(1, 2, 21)]


def test_a_reset_is_refused_when_three_runs_are_pinned() -> None:
    some = forked(30, 50, rate=2.0)
    some.fork({"rate": 3.0})
    for line in some.all:
        some.pin(line.id, pinned=True)
    with pytest.raises(InvalidValueError, match=r"size: .* A and B and C are pinned"):
        some.restart(walk(), "size")
    assert names(some) == "ABC"


def test_a_ghost_can_be_dropped_and_the_line_on_the_stage_cannot() -> None:
    some = forked(30, 50, rate=2.0)
    with pytest.raises(InvalidValueError, match=r"line: expected one .* not on the stage, got B"):
        some.drop(2)
    some.drop(1)
    assert names(some) == "B"
    for attempt in (some.drop, some.switch, lambda line: some.pin(line, pinned=True)):
        with pytest.raises(InvalidValueError, match=r"line: expected one of 2 \(B\), got 1"):
            attempt(1)


def test_a_ghost_without_its_steps_makes_them_again() -> None:
    some = forked(30, 50, rate=2.0)
    some.recorder.step(5)
    ghost = Line(1, 1, walk(), root=1, known=50)
    again = Lines([ghost, some.current], some.current, MEMORY)
    assert again.undecided
    searched(again)
    assert ghost.recorder.head == 50
    again.switch(1)
    some.switch(1)
    for one in (again, some):
        one.recorder.seek(44)
    assert x(again.recorder) == x(some.recorder)


class AnyCourse(RuleBasedStateMachine):
    """Whatever is done to lines: what was seen of one at a step is there again."""

    @initialize()
    def begin(self) -> None:
        self.lines = Lines.one(walk(memory=40_000), 40_000)
        self.seen: dict[tuple[int, int], bytes] = {}

    @rule(n=st.integers(-30, 40))
    def step(self, n) -> None:
        self.lines.recorder.step(n)

    @rule(rate=st.sampled_from([0.5, 1.0, 2.0]))
    def set(self, rate) -> None:
        heads = {line.id: line.recorder.head for line in self.lines.all}
        known = len(self.lines.all) < MOST_LINES or any(
            not line.pinned for line in self.lines.ghosts
        )
        before = self.lines.current
        try:
            self.lines.set({"rate": rate})
        except InvalidValueError:
            assert not known
            return
        if before in self.lines.all:
            assert before.recorder.head == heads[before.id], "a known future is never lost"

    @rule(back=st.integers(0, 20), rate=st.sampled_from([1.0, 3.0]))
    @precondition(lambda self: not any(line.pinned for line in self.lines.all))
    def fork(self, back, rate) -> None:
        self.lines.recorder.seek(self.lines.recorder.position - back)
        self.lines.fork({"rate": rate})

    @rule(place=st.integers(0, 2))
    def switch(self, place) -> None:
        self.lines.switch(self.lines.all[place % len(self.lines.all)].id)

    @rule(place=st.integers(0, 2), pinned=st.booleans())
    def pin(self, place, pinned) -> None:
        self.lines.pin(self.lines.all[place % len(self.lines.all)].id, pinned=pinned)

    @rule()
    def search(self) -> None:
        searched(self.lines)

    @invariant()
    def what_was_seen_is_there(self) -> None:
        if not hasattr(self, "lines"):
            return
        assert self.lines.current in self.lines.all
        assert len(self.lines.all) <= MOST_LINES
        recorder = self.lines.recorder
        # what is done at a step changes it: a line is known by what was done up to there
        done = repr([change for change in recorder.changes if change[0] < recorder.position])
        here = x(recorder)
        assert self.seen.setdefault((recorder.position, done), here) == here


TestAnyCourse = AnyCourse.TestCase
