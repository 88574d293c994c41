"""A session and the table of sessions, with a pool that only writes down what it is told."""

import asyncio
import json
from typing import Any

import counter_exhibit
import pytest

from app import wire
from app.commands import Hello, parse
from app.mailbox import MOST_EVENTS
from app.posts import Framed, Kept, Opening, Order, Refused, Told, Welcomed
from app.session import MOST_REBUILDS, Line, Session
from app.sessions import RefusedError, Sessions
from app.settings import Settings


class Pool:
    def __init__(self) -> None:
        self.orders: list[Order] = []

    def open(self, seat: int, opening: Opening) -> None:
        self.tell(seat, "open", opening=opening)

    def tell(self, seat: int, kind: str, **fields: Any) -> None:
        self.orders.append(Order(seat, kind, fields))

    def close_seat(self, seat: int) -> None:
        self.tell(seat, "close")

    def take(self) -> list[Order]:
        taken, self.orders = self.orders, []
        return taken

    def kinds(self) -> list[str]:
        return [order.kind for order in self.take()]


def welcome(run: int = 1, step: int = 0, *, playing: bool = False) -> Welcomed:
    message = {"kind": "welcome", "run": run, "step": step, "playing": playing}
    settings = {"values": {"pace": 1.0}, "changes": [], "seed": 1, "length": None}
    return Welcomed(1, {**message, **settings})


def event(name: str, **data: Any) -> Told:
    return Told(1, wire.event(name, 1, 0, data))


def sent(line: Line) -> list[Any]:
    """What the line's socket would have sent by now: messages, and frames as their bytes."""
    items = iter(line.mailbox.next, None)
    return [json.loads(item) if isinstance(item, str) else item for item in items]


class Scene:
    """Sessions with one that has been opened, unless it is said to wait."""

    def __init__(self, **settings: Any) -> None:
        self.sessions = Sessions(Settings(workers=1, open=False, **settings), counter_exhibit.WHERE)
        self.pool = self.sessions.pool = Pool()
        self.line = self.sessions.attach()

    async def enter(self, line: Line | None = None, **hello: Any) -> Session:
        line = line or self.line
        entering = asyncio.create_task(
            self.sessions.enter(line, Hello(kind="hello", version=1, **hello), "counter", "here")
        )
        await asyncio.sleep(0)
        assert line.session is not None
        line.session.deliver(welcome())
        return await entering

    def another(self) -> Line:
        return self.sessions.attach()


def test_a_hello_becomes_an_opening() -> None:
    async def story() -> None:
        scene = Scene()
        changes = [(5, {"pace": 3.0}), (5, "push", {"by": 1})]
        looks = {"note": {"value": 1}}
        await scene.enter(values={"pace": 2.0}, changes=changes, seed=8, step=9, looks=looks)
        order = scene.pool.take()[0]
        assert order.kind == "open"
        opening = order.fields["opening"]
        assert (opening.slug, opening.values, opening.seed, opening.step) == (
            "counter",
            {"pace": 2.0},
            8,
            9,
        )
        assert (opening.changes, opening.looks) == (changes, looks)
        (message,) = sent(scene.line)
        assert message["session"] == scene.line.session.token
        assert message["resumed"] is False

    asyncio.run(story())


def test_commands_go_to_the_seat_as_plain_values() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        scene.pool.take()
        for text in (
            '{"kind":"step","n":-3}',
            '{"kind":"play"}',
            '{"kind":"set","values":{"pace":2}}',
            '{"kind":"act","name":"note","args":{"value":[1,2.5,"a",true]}}',
        ):
            session.handle(parse(text))
        assert [(order.kind, order.fields) for order in scene.pool.take()] == [
            ("step", {"n": -3, "moments": False}),
            ("play", {"rate": None}),
            ("set", {"values": {"pace": 2}}),
            ("act", {"name": "note", "args": {"value": [1, 2.5, "a", True]}}),
        ]

    asyncio.run(story())


def test_a_frame_is_asked_for_once_and_when_the_socket_may_take_it() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        assert scene.pool.kinds() == ["open", "want"]
        for seq in range(2):
            session.deliver(Framed(1, 1, seq, b"frame"))
            (*_, frame) = sent(scene.line)
            assert frame == b"frame"
            session.sent(frame)
        assert scene.pool.kinds() == ["want"], "after the first; after the second two are in flight"
        session.handle(parse('{"kind":"ack","seq":0}'))
        session.handle(parse('{"kind":"ack","seq":0}'))
        assert scene.pool.kinds() == ["want"]
        assert scene.sessions.metrics.frames_sent == 2
        assert scene.sessions.metrics.frame_bytes == 10

    asyncio.run(story())


def test_a_frame_that_waits_is_replaced_and_counted() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        sent(scene.line)
        for seq in range(3):
            session.deliver(Framed(1, 1, seq, b"%d" % seq))
        assert sent(scene.line) == [b"2"]
        assert scene.sessions.metrics.frames_replaced == 2

    asyncio.run(story())


def test_too_many_waiting_events_close_the_socket_and_the_session_stays() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        scene.pool.take()
        for _ in range(MOST_EVENTS):
            session.deliver(event("epoch"))
        assert scene.line.ended.result().code == 1013
        assert session.line is None
        assert scene.pool.kinds() == ["hold"]
        scene.sessions.detach(scene.line)
        for _ in range(2 * MOST_EVENTS):
            session.deliver(event("epoch"))
        line = scene.another()
        assert await scene.enter(line, resume=session.token) is session
        messages = sent(line)
        assert (messages[0]["kind"], messages[0]["resumed"]) == ("welcome", True)
        assert len(messages) <= MOST_EVENTS + 1

    asyncio.run(story())


def test_events_of_the_time_without_a_socket_come_after_the_welcome() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        sent(scene.line)
        scene.sessions.detach(scene.line)
        session.deliver(event("judged", correct=True))
        session.deliver(Framed(1, 1, 0, b"stale"))
        line = scene.another()
        await scene.enter(line, resume=session.token)
        kinds = [item.get("name", item["kind"]) for item in sent(line)]
        assert kinds == ["welcome", "judged"]

    asyncio.run(story())


def test_the_line_that_was_taken_over_gets_nothing_more() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        sent(scene.line)
        line = scene.another()
        await scene.enter(line, resume=session.token)
        assert scene.line.ended.result().code == 1008
        session.deliver(event("judged"))
        assert sent(scene.line) == []
        scene.sessions.detach(scene.line)
        assert session.line is line, "the first one's end is not the second one's"
        assert len(sent(line)) == 2

    asyncio.run(story())


def test_two_lines_that_greet_at_once_do_not_wait_for_ever() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        scene.sessions.detach(scene.line)
        hello = Hello(kind="hello", version=1, resume=session.token)
        lines = [scene.another(), scene.another()]
        entering = [
            asyncio.create_task(scene.sessions.enter(line, hello, "counter", "")) for line in lines
        ]
        await asyncio.sleep(0)
        session.deliver(welcome())
        session.deliver(welcome())
        async with asyncio.timeout(1):
            assert [await one for one in entering] == [session, session]
        assert lines[0].ended.done()
        assert session.line is lines[1]

    asyncio.run(story())


def test_a_lost_run_is_opened_again_as_it_was_kept() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        session.deliver(event("played"))
        session.deliver(Framed(1, 1, 41, b""))
        kept = Opening(slug="counter", values={}, changes=[], seed=1, step=30, state=b"state")
        session.deliver(Kept(1, kept))
        scene.pool.take()
        sent(scene.line)
        session.reopen()
        opening = scene.pool.take()[0].fields["opening"]
        assert (opening.step, opening.state, opening.run, opening.seq) == (30, b"state", 1, 42)
        session.deliver(welcome(step=30))
        assert [(item["name"], item["data"]) for item in sent(scene.line)] == [
            ("paused", {"reason": "rebuilt"}),
            ("values", {"values": {"pace": 1.0}, "changes": [], "seed": 1, "length": None}),
            ("rebuilt", {"step": 30}),
        ]

    asyncio.run(story())


def test_a_run_kept_before_a_reset_comes_back_under_a_new_number() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        session.deliver(Framed(1, 2, 5, b""))
        scene.pool.take()
        session.reopen()
        opening = scene.pool.take()[0].fields["opening"]
        assert (opening.run, opening.seq) == (3, 6)

    asyncio.run(story())


def test_a_run_lost_before_its_welcome_is_welcomed_all_the_same() -> None:
    async def story() -> None:
        scene = Scene()
        hello = Hello(kind="hello", version=1)
        entering = asyncio.create_task(scene.sessions.enter(scene.line, hello, "counter", ""))
        await asyncio.sleep(0)
        scene.line.session.reopen()
        scene.line.session.deliver(welcome())
        await entering
        assert [item["kind"] for item in sent(scene.line)] == ["welcome"]

    asyncio.run(story())


def test_a_run_that_is_lost_too_often_is_given_up() -> None:
    async def story() -> None:
        scene = Scene()
        session = await scene.enter()
        for _ in range(MOST_REBUILDS):
            session.reopen()
            session.deliver(welcome())
        assert not scene.line.ended.done()
        session.reopen()
        assert scene.line.ended.result().code == 1011
        assert scene.sessions.metrics.sessions == 0
        assert scene.sessions.find(session.token) is None

    asyncio.run(story())


def test_a_refused_opening_leaves_the_line_free_for_another() -> None:
    async def story() -> None:
        scene = Scene()
        hello = Hello(kind="hello", version=1)
        entering = asyncio.create_task(scene.sessions.enter(scene.line, hello, "counter", ""))
        await asyncio.sleep(0)
        scene.line.session.deliver(Refused(1, wire.error("bad_value", "pace: …")))
        with pytest.raises(RefusedError, match="pace"):
            await entering
        assert scene.sessions.metrics.sessions == 0
        await scene.enter()
        assert [item["kind"] for item in sent(scene.line)] == ["welcome"]

    asyncio.run(story())


def test_a_run_that_does_not_open_in_time_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("app.sessions.PATIENCE", 0.05)

    async def story() -> None:
        scene = Scene()
        with pytest.raises(RefusedError, match=r"within 0\.05 s"):
            await scene.sessions.enter(
                scene.line, Hello(kind="hello", version=1), "counter", "here"
            )
        assert scene.pool.kinds() == ["open", "close"]

    asyncio.run(story())


def test_the_session_left_longest_gives_way_to_a_new_one() -> None:
    async def story() -> None:
        scene = Scene(max_sessions=3)
        lines = [scene.line, scene.another(), scene.another()]
        sessions = [await scene.enter(line) for line in lines]
        for n in (1, 0):
            scene.sessions.detach(lines[n])
            await asyncio.sleep(0.001)
        await scene.enter(scene.another())
        assert [scene.sessions.find(one.token) is one for one in sessions] == [True, False, True]

    asyncio.run(story())
