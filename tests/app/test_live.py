"""The websocket: who gets in, what is understood, how it ends. A real server, a real client."""

import asyncio
import json

import pytest
from visitor import SUBPROTOCOLS, Visitor, bytes_of
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


def test_a_welcome_and_a_frame_follow_hello(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            assert visitor.socket.subprotocol == "perceptarium.v1"
            assert visitor.socket.protocol.extensions == []
            welcome = await visitor.hello(values={"pace": 2.0}, seed=3)
            assert welcome["version"] == 1
            assert not welcome["resumed"]
            assert len(welcome["session"]) >= 20
            assert welcome["exhibit"]["slug"] == "counter"
            assert welcome["values"]["pace"] == 2.0
            assert (welcome["seed"], welcome["run"], welcome["step"]) == (3, 1, 0)
            assert welcome["cap"] == server.settings.step_cap
            frame = await visitor.frame()
            assert (frame.run, frame.snapshot.step, frame.playing) == (1, 0, False)

    asyncio.run(story())


def test_the_same_link_shows_the_same_bytes(server) -> None:
    async def story() -> None:
        async with Visitor(server) as one, Visitor(server) as other:
            await one.hello(seed=8)
            await one.send("step", n=20)
            await one.send("set", values={"pace": 4.0})
            await one.hear("values")
            await one.send("act", name="push", args={"by": 0.5})
            settings = (await one.hear("values"))["data"]
            await one.send("step", n=20)
            frame = await one.at(40)
            shown = await other.hello(
                values=settings["values"], changes=settings["changes"], seed=8, step=40
            )
            assert bytes_of(await other.at(40)) == bytes_of(frame)
            assert shown["changes"] == [
                [0, {"pace": 1.0}],
                [20, {"pace": 4.0}],
                [20, "push", {"by": 0.5}],
            ]

    asyncio.run(story())


def test_commands_are_answered_in_their_order(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            await visitor.send("act", name="note", args={"value": 5})
            await visitor.send("ping", t=1.5)
            await visitor.send("act", name="note", args={"value": "x"})
            assert (await visitor.hear("noted"))["data"] == {"value": 5.0}
            error = await visitor.hear("bad_value")
            assert error["text"] == "value: expected a number, got 'x'"
            await visitor.send("ping", t=2)
            while (pong := await visitor.hear("pong"))["t"] != 2:
                assert pong["t"] == 1.5

    asyncio.run(story())


def test_a_bad_message_is_answered_and_changes_nothing(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            for text, code in (
                ("{", "bad_json"),
                ("[1]", "bad_message"),
                ('{"kind":"spoon","step":1}', "unknown_kind"),
                ('{"kind":"set","values":{"pace":NaN}}', "bad_message"),
                ('{"kind":"set","values":{"pace":11}}', "bad_value"),
                ('{"kind":"set","values":{"speed":1}}', "bad_value"),
                ('{"kind":"seek","step":100001}', "bad_value"),
                ('{"kind":"ack","seq":999}', "bad_message"),
            ):
                await visitor.socket.send(text)
                error = await visitor.hear(code)
                assert error["kind"] == "error"
                assert not error["fatal"]
            await visitor.send("step", n=1)
            frame = await visitor.at(1)
            assert frame.run == 1
        async with Visitor(server) as other:
            await other.hello()
            await other.send("step", n=1)
            assert bytes_of(await other.at(1)) == bytes_of(frame)

    asyncio.run(story())


def test_hello_comes_first_and_once(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.send("play")
            assert (await visitor.hear("hello_first"))["text"] == "play: the first message is hello"
            await visitor.socket.send("{}")
            await visitor.hear("bad_message")
            await visitor.hello()
            await visitor.send("hello", version=1)
            assert not (await visitor.hear("hello_twice"))["fatal"]
            await visitor.send("step", n=1)
            await visitor.at(1)

    asyncio.run(story())


def test_a_hello_that_breaks_a_rule_may_be_said_again(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.send("hello", version=1, values={"pace": 11})
            error = await visitor.hear("bad_value")
            assert error["text"] == "pace: expected a number from 0 to 10, got 11"
            await visitor.send("hello", version=1, step=100_001)
            assert (await visitor.hear("bad_value"))["field"] == "step"
            await visitor.send("hello", version=1, changes=[[5, {"size": 3}]])
            assert "starts a new run" in (await visitor.hear("bad_value"))["text"]
            await visitor.send("hello", version=1, changes=[[5, "note", {"value": 1}]])
            assert "expected one of push" in (await visitor.hear("bad_value"))["text"]
            await visitor.hello(values={"pace": 10})
            await visitor.at(0)

    before = server.ask(lambda: server.sessions.metrics.sessions)
    asyncio.run(story())
    assert server.ask(lambda: server.sessions.metrics.sessions) == before + 1


def test_another_version_is_told_to_reload_and_closed(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.send("hello", version=2)
            error = await visitor.hear("version")
            assert error["fatal"]
            assert "expected 1, got 2" in error["text"]
            assert (await visitor.end())[0] == 1008

    asyncio.run(story())


def test_a_run_that_cannot_be_built_is_told_and_hurts_nobody_else(server) -> None:
    async def story() -> None:
        async with Visitor(server) as bystander, Visitor(server) as visitor:
            await bystander.hello()
            await visitor.send("hello", version=1, values={"trouble": "build"})
            error = await visitor.hear("crashed")
            assert error["fatal"]
            assert "told not to be built" in error["text"]
            await bystander.send("step", n=1)
            await bystander.at(1)

    asyncio.run(story())
    assert server.sessions.metrics.workers_lost == 0


def test_a_silent_socket_is_closed(server, monkeypatch) -> None:
    monkeypatch.setattr("app.live.HELLO_WITHIN", 0.2)

    async def story() -> None:
        async with Visitor(server) as visitor:
            code, reason = await visitor.end()
            assert (code, reason) == (1008, "No hello came within 0.2 s.")

    asyncio.run(story())


def test_an_oversize_message_closes_with_1009(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            await visitor.socket.send(" " * server.settings.message_bytes + "{}")
            assert (await visitor.end())[0] == 1009

    asyncio.run(story())


def test_an_action_alone_may_be_as_long_as_a_picture(server) -> None:
    picture = "A" * (4 * 256 * 256)
    act = {"kind": "act", "name": "nothing", "args": {"rgb": picture}}
    long = json.dumps(act, separators=(",", ":"))
    assert server.settings.message_bytes < len(long) < server.settings.action_bytes

    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            await visitor.socket.send(long)
            error = await visitor.hear("error")
            assert error["text"].startswith("action: expected")
            await visitor.socket.send(json.dumps({"kind": "set", "values": {"rate": picture}}))
            code, reason = await visitor.end()
            assert (code, reason) == (1009, "A message may have 65536 bytes.")

    asyncio.run(story())


def test_a_long_action_takes_more_of_the_allowance(serve) -> None:
    server = serve(commands_per_second=50)
    act = {"kind": "act", "name": "nothing", "args": {"rgb": "A" * (4 * 256 * 256)}}

    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            for _ in range(4):
                await visitor.socket.send(json.dumps(act, separators=(",", ":")))
            assert (await visitor.end())[0] == 1008

    asyncio.run(story())


def test_a_binary_message_closes_with_1003(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            await visitor.socket.send(b"{}")
            assert await visitor.end() == (1003, "Messages are JSON text.")

    asyncio.run(story())


def test_a_flood_closes_with_1008_and_the_session_stays(serve) -> None:
    server = serve(commands_per_second=50)

    async def story() -> None:
        async with Visitor(server) as visitor:
            token = (await visitor.hello())["session"]
            flood = asyncio.create_task(_flood(visitor))
            code, reason = await visitor.end()
            assert code == 1008
            assert reason == "Too many messages: 50 a second are taken."
            sent = await flood
        assert sent >= 99
        assert server.sessions.metrics.commands <= 50 * 2 + 50 * 5
        async with Visitor(server) as visitor:
            assert (await visitor.hello(resume=token))["resumed"]

    async def _flood(visitor: Visitor) -> int:
        for sent in range(2000):
            try:
                await visitor.send("step", n=1)
            except Exception:
                return sent
        return 2000

    asyncio.run(story())


@pytest.mark.parametrize(
    ("path", "options", "status", "says"),
    [
        ("counter", {"origin": "http://elsewhere.test"}, 403, "another site"),
        ("counter", {"origin": "null"}, 403, "another site"),
        ("counter", {"origin": "http://127.0.0.1:1"}, 403, "another site"),
        ("counter", {"additional_headers": {"Host": "elsewhere.test"}}, 421, "host"),
        ("nothing", {}, 404, "no exhibit 'nothing'"),
        ("counter", {"subprotocols": None}, 400, "perceptarium.v1"),
        ("counter", {"subprotocols": ["chat"]}, 400, "perceptarium.v1"),
    ],
    ids=str,
)
def test_who_may_not_come_in_is_told_why(server, path, options, status, says) -> None:
    async def story() -> None:
        host = options.pop("additional_headers", {}).get("Host")
        if host:  # the client connects to us, but calls us something else
            options["host"], options["port"] = "127.0.0.1", server.port
            url = f"ws://{host}/ws/{path}"
        else:
            url = server.url + path
        with pytest.raises(InvalidStatus) as caught:
            await connect(url, **{"subprotocols": SUBPROTOCOLS} | options)
        assert caught.value.response.status_code == status
        assert says in caught.value.response.body.decode()

    sockets = server.sessions.metrics.sockets
    asyncio.run(story())
    assert server.sessions.metrics.sockets == sockets


def test_a_page_of_this_server_comes_in(server) -> None:
    async def story() -> None:
        async with Visitor(server, origin=f"http://{server.host}") as visitor:
            await visitor.hello()

    asyncio.run(story())


def test_sessions_are_capped_and_one_that_was_left_gives_way(serve) -> None:
    server = serve(max_sessions=2)

    async def story() -> None:
        async with Visitor(server) as one, Visitor(server) as third:
            await one.hello()
            async with Visitor(server) as two:
                token = (await two.hello())["session"]
                await third.send("hello", version=1)
                error = await third.hear("too_many_sessions")
                assert error["fatal"]
                assert "at most 2 sessions at once" in error["text"]
                assert (await third.end())[0] == 1013
            async with Visitor(server) as fourth:
                assert not (await fourth.hello(resume="unknown"))["resumed"]
                assert server.sessions.metrics.sessions == 2
            async with Visitor(server) as two:
                assert not (await two.hello(resume=token))["resumed"], "it gave way"

    asyncio.run(story())


def test_sessions_of_one_address_are_capped(serve) -> None:
    server = serve(max_sessions_per_address=1)

    async def story() -> None:
        async with Visitor(server) as one, Visitor(server) as two:
            await one.hello()
            await two.send("hello", version=1)
            assert "for one address" in (await two.hear("too_many_from_address"))["text"]

    asyncio.run(story())


def test_no_message_says_nan(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello(values={"trouble": "diverge", "at": 3})
            await visitor.send("play")
            await visitor.hear("paused")
            await visitor.frame(lambda frame: not frame.playing and frame.snapshot.step == 3)
            for message in visitor.told:
                json.dumps(message, allow_nan=False)
            assert "mean" not in visitor.frames[-1].snapshot.scalars

    asyncio.run(story())
