"""Files of a run over HTTP: made in its worker, handed to whoever has its token."""

import asyncio
import csv
import io
import json
import urllib.error
import urllib.request
from types import SimpleNamespace

import numpy as np
import pytest
from desk import Desk
from visitor import Visitor

from app.exports import Exports, NoFileError
from app.posts import Exported, Framed, NotExported
from engine.export import archive
from engine.export.files import File


async def fetch(server, path, **headers):
    """Status, headers and content of an answer."""
    request = urllib.request.Request(f"http://{server.host}{path}", headers=headers)

    def ask():
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    return await asyncio.to_thread(ask)


def test_a_visitor_takes_the_metrics_and_arrays_of_the_run_away_as_it_stands(server):
    async def talk():
        async with Visitor(server) as visitor:
            token = (await visitor.hello(values={"pace": 2}))["session"]
            await visitor.send("step", n=12)
            frame = await visitor.at(12)
            status, headers, content = await fetch(server, f"/export/{token}/metrics.csv")
            assert status == 200
            assert headers["content-disposition"] == (
                'attachment; filename="counter-step12-metrics.csv"'
            )
            assert headers["cache-control"] == "no-store"
            assert headers["content-type"].startswith("text/csv")
            assert headers["content-security-policy"].startswith("default-src 'none'")
            rows = list(csv.reader(io.StringIO(content.decode())))
            assert rows[0] == ["step", "mean"]
            assert np.float32(rows[13][1]) == frame.snapshot.arrays["history.mean"][12]
            _, _, content = await fetch(server, f"/export/{token}/arrays.npz")
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                np.testing.assert_array_equal(arrays["x"], frame.snapshot.arrays["x"])

    asyncio.run(talk())


def test_what_cannot_be_had_is_refused_with_the_reason(server):
    async def talk():
        async with Visitor(server) as visitor:
            token = (await visitor.hello())["session"]
            for path, status, text in (
                ("/export/nobodys/metrics.csv", 404, "There is no such run"),
                (f"/export/{token}/passwd", 404, "expected one of code.py"),
                (f"/export/{token}/code.py", 409, "trains nothing"),
            ):
                answer = await fetch(server, path)
                assert answer[0] == status
                assert text in json.loads(answer[2])["detail"]
            strange = await fetch(server, f"/export/{token}/metrics.csv", Host="evil.example")
            assert strange[0] == 421

    asyncio.run(talk())


class Waiting:
    """An `Exports` whose seat is a list of what it was asked for."""

    def __init__(self):
        self.asked = []
        self.exports = Exports(lambda number, kind: self.asked.append((number, kind)))

    async def begin(self, kind="weights.npz"):
        task = asyncio.create_task(self.exports.make(kind))
        await asyncio.sleep(0)
        return task


FILE = File("a.npz", "application/octet-stream", b"abc")


def test_one_file_is_made_at_a_time_and_the_next_one_after_it():
    async def talk():
        desk = Waiting()
        first = await desk.begin()
        with pytest.raises(NoFileError, match="one file at a time") as caught:
            await desk.exports.make("code.py")
        assert caught.value.status == 409
        desk.exports.deliver(Exported(7, desk.asked[0][0], FILE))
        assert await first == FILE
        second = await desk.begin("code.py")
        desk.exports.deliver(NotExported(7, desk.asked[1][0], 413, "too much"))
        with pytest.raises(NoFileError, match="too much") as caught:
            await second
        assert caught.value.status == 413

    asyncio.run(talk())


def test_a_file_that_comes_too_late_is_not_taken_for_the_next_one():
    async def talk():
        desk = Waiting()
        with pytest.raises(NoFileError, match=r"within 0\.01 s") as caught:
            await desk.exports.make("code.py", within=0.01)
        assert caught.value.status == 504
        second = await desk.begin()
        desk.exports.deliver(Exported(7, desk.asked[0][0], FILE))
        assert not second.done()
        desk.exports.give_up("the worker has ended")
        with pytest.raises(NoFileError, match="has ended") as caught:
            await second
        assert caught.value.status == 503

    asyncio.run(talk())


def test_a_file_waits_for_a_seek_and_shows_where_it_arrives():
    desk = Desk(values={"pace": 2})
    desk.do("seek", step=300)
    desk.seat.export(1, "metrics.csv")
    assert desk.take(Exported) == []
    desk.until_idle()
    (post,) = desk.take(Exported)
    assert (post.seat, post.number) == (7, 1)
    assert post.file.name == "counter-step300-metrics.csv"
    assert len(post.file.content.splitlines()) == 302


def test_a_large_file_is_made_in_slices_while_the_run_plays_on(monkeypatch):
    monkeypatch.setattr(archive, "CHUNK", 64)
    desk = Desk(values={"size": 4000})
    desk.do("play")
    desk.frames()
    desk.seat.export(1, "arrays.npz")
    steps = []
    while not (files := desk.take(Exported)):
        desk.slices()
        desk.seat.want()
        desk.seat.settle()
        steps += [frame.snapshot.step for frame in desk.frames()]
        assert len(steps) < 1000
    assert len(set(steps)) > 3
    with np.load(io.BytesIO(files[0].file.content), allow_pickle=False) as arrays:
        assert len(arrays["x"]) == 4000


def test_a_newer_wish_replaces_the_one_before():
    desk = Desk()
    desk.seat.export(1, "metrics.csv")
    desk.seat.export(2, "arrays.npz")
    desk.until_idle()
    (post,) = desk.take(Exported)
    assert post.number == 2


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [("code.py", 409, "trains nothing"), ("exe", 409, "expected one of")],
)
def test_a_file_that_cannot_be_is_refused_and_the_run_goes_on(kind, status, text):
    desk = Desk()
    desk.seat.export(1, kind)
    desk.until_idle()
    (post,) = desk.take(NotExported)
    assert post.status == status
    assert text in post.text
    desk.take(Framed)
    desk.do("step", n=1)
    assert desk.frame().snapshot.step == 1


def test_too_much_and_a_failure_have_a_status_of_their_own(monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 8)
    desk = Desk()
    desk.seat.export(1, "arrays.npz")
    desk.until_idle()
    assert [post.status for post in desk.take(NotExported)] == [413]
    broken = SimpleNamespace(material=lambda: {}["nothing"])
    desk.seat.export(2, "arrays.npz")
    desk.seat._exporter.go_on(broken, 0.0)
    (post,) = desk.take(NotExported)
    assert post.status == 500
    assert "no fault of yours" in post.text
