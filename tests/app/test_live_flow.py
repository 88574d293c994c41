"""Frames, pauses and lost sockets, with a real server and real workers."""

import asyncio
import statistics
import time
from collections.abc import Callable

import psutil
from visitor import Visitor, bytes_of


async def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_third_frame_is_sent_only_after_an_ack(server) -> None:
    async def story() -> None:
        async with Visitor(server, acks=False) as visitor:
            await visitor.hello()
            await visitor.send("play", rate=200)
            first, second = await visitor.frame(), await visitor.frame()
            for t in range(5):  # long enough for hundreds of steps, and a frame each if it could
                await asyncio.sleep(0.05)
                await visitor.send("ping", t=t)
                await visitor.hear("pong")
            assert len(visitor.frames) == 2
            await visitor.ack(first)
            third = await visitor.frame()
            assert third.seq > second.seq
            assert third.snapshot.step > second.snapshot.step
            await visitor.ack(third)
            await visitor.frame()
            await visitor.frame()

    asyncio.run(story())


def test_a_slow_client_sees_the_newest_frame(server) -> None:
    async def story() -> None:
        async with Visitor(server, acks=False) as visitor:
            await visitor.hello(values={"size": 50_000})
            await visitor.ack(await visitor.frame())
            await visitor.send("play")
            in_flight = [await visitor.frame(), await visitor.frame()]
            for _ in range(6):
                # events are not held back: they say how far the run is while this one paints
                told = await visitor.hear("epoch")
                while told["step"] < in_flight[-1].snapshot.step + 20:
                    told = await visitor.hear("epoch")
                await visitor.ack(in_flight.pop(0))
                newest = await visitor.frame()
                assert newest.snapshot.step >= told["step"]
                in_flight.append(newest)
            visitor.acks = True
            await visitor.send("pause")
            await visitor.ack(newest)
            paused = await visitor.hear("paused")
            last = await visitor.frame(lambda frame: not frame.playing)
            assert last.snapshot.step == paused["step"] == last.head

    asyncio.run(story())


def test_memory_stays_flat_with_a_client_that_does_not_read(serve) -> None:
    server = serve()
    megabytes = 2
    process = psutil.Process()

    async def story() -> None:
        async with Visitor(server, acks=False, max_queue=1) as visitor:
            await visitor.hello(values={"size": megabytes * 250_000})
            await visitor.send("play")
            await visitor.frame()
            before = process.memory_info().rss
            sent = server.sessions.metrics.frames_sent
            start, seq, peak = time.monotonic(), 0, 0
            while time.monotonic() < start + 3:
                await visitor.send("ack", seq=seq)  # as if it had painted them
                seq += 1
                await asyncio.sleep(0.02)
                peak = max(peak, process.memory_info().rss - before)
            assert server.sessions.metrics.frames_sent - sent < 20
            # a few frames in all buffers together, where 150 were asked for
            assert peak < 12 * megabytes * 1e6
            visitor.socket.transport.abort()

    asyncio.run(story())


def test_a_run_nobody_sees_pauses_and_goes_on_when_asked(serve) -> None:
    server = serve(stalled_pause=0.4)

    async def story() -> None:
        async with Visitor(server, acks=False) as visitor:
            await visitor.hello()
            await visitor.ack(await visitor.frame())
            await visitor.send("play", rate=100)
            paused = await visitor.hear("paused")
            assert paused["data"] == {"reason": "hidden"}
            await visitor.ack(visitor.frames[-1])
            shown = await visitor.frame(lambda frame: not frame.playing)
            assert shown.snapshot.step == paused["step"]
            await visitor.send("play", rate=100)
            visitor.acks = True
            await visitor.ack(shown)
            await visitor.frame(lambda frame: frame.snapshot.step > paused["step"] + 60)

    asyncio.run(story())


def test_a_run_that_is_slow_is_not_taken_for_one_nobody_sees(serve) -> None:
    server = serve(stalled_pause=0.3)

    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            await visitor.send("play", rate=1)
            frame = await visitor.at(2)
            assert frame.playing

    asyncio.run(story())


def test_a_run_pauses_when_its_visitor_is_idle(serve) -> None:
    server = serve(idle_pause=0.5)

    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello()
            await visitor.send("play", rate=50)
            for n in range(1, 5):  # somebody is there
                await visitor.frame(lambda frame, n=n: frame.snapshot.step > 10 * n)
                await visitor.send("watch", names=["x"])
            paused = await visitor.hear("paused")
            assert paused["data"] == {"reason": "idle"}
            assert paused["step"] > 60

    asyncio.run(story())


def test_a_client_that_vanishes_resumes_on_the_same_step(server) -> None:
    async def story() -> None:
        async with Visitor(server) as visitor:
            token = (await visitor.hello(seed=4))["session"]
            await visitor.send("set", values={"pace": 3.0})
            await visitor.send("play", rate=200)
            await visitor.frame(lambda frame: frame.snapshot.step > 20)
            sockets = server.sessions.metrics.sockets
            visitor.socket.transport.abort()
        await eventually(lambda: server.sessions.metrics.sockets == sockets - 1)
        await asyncio.sleep(0.3)  # 60 steps, were it going on
        async with Visitor(server) as again:
            welcome = await again.hello(resume=token)
            assert welcome["resumed"]
            assert welcome["session"] == token
            assert (welcome["seed"], welcome["values"]["pace"]) == (4, 3.0)
            assert welcome["playing"]
            frame = await again.frame()
            assert frame.snapshot.step == welcome["step"]
            assert 0 <= frame.snapshot.step - visitor.frames[-1].snapshot.step < 30
            assert frame.seq > visitor.frames[-1].seq
            await again.frame(lambda later: later.snapshot.step > frame.snapshot.step)

    asyncio.run(story())


def test_a_session_outlives_its_socket_only_for_a_while(serve) -> None:
    server = serve(session_linger=0.4)

    async def story() -> None:
        async with Visitor(server) as visitor:
            token = (await visitor.hello())["session"]
        await eventually(lambda: server.sessions.metrics.sockets == 0)
        assert server.sessions.metrics.sessions == 1
        await eventually(lambda: server.sessions.metrics.sessions == 0)
        async with Visitor(server) as visitor:
            welcome = await visitor.hello(resume=token, step=5)
            assert not welcome["resumed"]
            await visitor.at(5)

    asyncio.run(story())


def test_a_second_window_takes_over_and_the_first_is_told(server) -> None:
    async def story() -> None:
        async with Visitor(server) as first, Visitor(server) as second:
            token = (await first.hello())["session"]
            await first.send("step", n=3)
            frame = await first.at(3)
            welcome = await second.hello(resume=token)
            assert (welcome["resumed"], welcome["step"]) == (True, 3)
            assert await first.end() == (1008, "This run goes on in another window.")
            assert bytes_of(await second.frame()) == bytes_of(frame)
            await second.send("step", n=1)
            await second.at(4)

    asyncio.run(story())


def test_a_token_is_good_for_its_own_exhibit_only(server) -> None:
    async def story() -> None:
        async with Visitor(server) as first, Visitor(server, "finite") as second:
            token = (await first.hello())["session"]
            assert not (await second.hello(resume=token))["resumed"]

    asyncio.run(story())


def test_a_killed_worker_is_replaced_and_its_run_rebuilt(serve) -> None:
    server = serve(workers=2)

    async def story() -> None:
        async with Visitor(server) as victim, Visitor(server) as other:
            token = (await victim.hello(seed=6))["session"]
            await victim.send("watch", names=["x"])
            await victim.send("step", n=30)
            frame = await victim.at(30)
            await other.hello()
            session = server.sessions.find(token)
            await eventually(lambda: session.opening.step == 30)
            await victim.send("play", rate=100)
            await victim.frame(lambda frame: frame.snapshot.step > 40)
            psutil.Process(server.sessions.pool.pid(session.seat)).kill()
            assert (await victim.hear("paused"))["data"] == {"reason": "rebuilt"}
            assert (await victim.hear("rebuilt"))["data"] == {"step": 30}
            rebuilt = await victim.at(30)
            assert bytes_of(rebuilt) == bytes_of(frame)
            assert set(rebuilt.snapshot.arrays) == {"x"}
            assert rebuilt.seq > frame.seq
            await victim.send("step", n=1)
            await victim.at(31)
            await other.send("step", n=1)
            await other.at(1)
            assert not any(message.get("name") == "rebuilt" for message in other.told)
        assert server.sessions.metrics.workers_lost == 1
        assert server.sessions.metrics.sessions_rebuilt == 1

    asyncio.run(story())


def test_a_run_that_keeps_killing_its_worker_is_given_up(serve, monkeypatch) -> None:
    monkeypatch.setattr("app.workers.FIRST_PAUSE", 0.01)
    server = serve()

    async def story() -> None:
        async with Visitor(server) as visitor:
            await visitor.hello(values={"trouble": "die", "at": 1})
            for _ in range(5):
                await visitor.send("step", n=1)
                await visitor.hear("rebuilt")
            await visitor.send("step", n=1)
            code, reason = await visitor.end()
            assert code == 1011
            assert "lost its worker 6 times" in reason
        assert server.sessions.metrics.sessions == 0

    asyncio.run(story())


def test_fifty_sessions_at_once_and_none_is_starved(serve) -> None:
    server = serve(workers=2)

    async def story() -> None:
        visitors = [Visitor(server) for _ in range(50)]
        for visitor in visitors:
            await visitor.__aenter__()
        await asyncio.gather(*(visitor.hello() for visitor in visitors))
        *players, bystander = visitors

        async def play(visitor: Visitor) -> None:
            await visitor.send("play")
            while len(visitor.frames) < 12:
                await visitor.frame()

        async def step() -> list[float]:
            waits = []
            for n in range(1, 11):
                start = time.monotonic()
                await bystander.send("step", n=1)
                await bystander.at(n)
                waits.append(time.monotonic() - start)
            return waits

        waits, *_ = await asyncio.gather(step(), *(play(visitor) for visitor in players))
        steps = [visitor.frames[11].snapshot.step for visitor in players]
        assert min(steps) > 0.2 * statistics.median(steps), sorted(steps)
        assert statistics.median(waits) < 0.5, waits
        await asyncio.gather(*(visitor.socket.close() for visitor in visitors))

    asyncio.run(story())


def test_a_server_that_ends_says_so_and_leaves_no_process(serve) -> None:
    server = serve(workers=2)
    workers = [psutil.Process(pid) for pid in server.sessions.pool.pids]
    assert len(workers) == 2

    async def story() -> None:
        async with Visitor(server) as visitor, Visitor(server) as silent:
            await visitor.hello()
            await visitor.send("play")
            await visitor.frame()
            start = time.monotonic()
            stopped = asyncio.create_task(asyncio.to_thread(server.stop))
            assert await visitor.end() == (1001, "The server is shutting down.")
            assert (await silent.end())[0] == 1001
            await stopped
            assert time.monotonic() - start < 5

    asyncio.run(story())
    assert not any(worker.is_running() for worker in workers)
