"""`perceptarium fetch`: what arrives is whole, or there is nothing and a reason."""

import hashlib
import io
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.fetch import FILES, FetchError, RemoteFile, fetch

CONTENT = {"one.gz": bytes(range(256)) * 1000, "two.gz": b"labels"}


class Mirror(ThreadingHTTPServer):
    """A mirror on loopback that can be told to misbehave; it notes what was asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = dict(CONTENT)
        self.asked = []
        self.ranges = True
        self.break_after = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/mnist/"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.removeprefix("/mnist/")
        wanted = self.headers.get("Range")
        self.server.asked.append((name, wanted))
        if name not in self.server.content:
            self.send_error(404)
            return
        content = self.server.content[name]
        start = 0
        if wanted and self.server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.server.break_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror(monkeypatch):
    monkeypatch.setitem(
        FILES,
        "mnist",
        tuple(
            RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in CONTENT.items()
        ),
    )
    # a proxy of this machine is not to be asked for what is on loopback
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Mirror() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def get(mirror, tmp_path):
    def run():
        progress = io.StringIO()
        fetch("mnist", tmp_path / "data", mirror.url, progress=progress)
        return progress.getvalue()

    return run


def names(tmp_path):
    return sorted(path.name for path in (tmp_path / "data").iterdir())


def test_each_file_arrives_and_is_not_asked_for_again(get, mirror, tmp_path):
    assert get().count("checksum right") == 2
    for name, content in CONTENT.items():
        assert (tmp_path / "data" / name).read_bytes() == content
    assert names(tmp_path) == ["one.gz", "two.gz"]
    asked = len(mirror.asked)
    assert get().count("already here") == 2
    assert len(mirror.asked) == asked == 2


def test_a_broken_off_download_goes_on_where_it_stopped(get, mirror, tmp_path):
    mirror.break_after = 100_000
    with pytest.raises(FetchError, match=r"one\.gz: broke off after 100000 of 256000 bytes"):
        get()
    assert names(tmp_path) == ["one.gz.part"]
    mirror.break_after = None
    get()
    assert mirror.asked[1] == ("one.gz", "bytes=100000-")
    assert (tmp_path / "data" / "one.gz").read_bytes() == CONTENT["one.gz"]
    assert names(tmp_path) == ["one.gz", "two.gz"]


def test_a_mirror_without_ranges_sends_the_whole_file_again(get, mirror, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.gz.part").write_bytes(CONTENT["one.gz"][:5000])
    mirror.ranges = False
    get()
    assert (tmp_path / "data" / "one.gz").read_bytes() == CONTENT["one.gz"]


def test_a_part_that_is_already_whole_only_gets_its_name(get, mirror, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.gz.part").write_bytes(CONTENT["one.gz"])
    get()
    assert [name for name, _ in mirror.asked] == ["two.gz"]


def test_another_file_of_the_same_length_is_refused_and_not_kept(get, mirror, tmp_path):
    mirror.content["one.gz"] = CONTENT["one.gz"][::-1]
    with pytest.raises(FetchError, match=r"one\.gz: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]"):
        get()
    assert names(tmp_path) == []


def test_a_part_of_something_else_does_not_spoil_the_next_attempt(get, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.gz.part").write_bytes(b"<html>")
    with pytest.raises(FetchError, match="SHA-256"):
        get()
    get()
    assert names(tmp_path) == ["one.gz", "two.gz"]


def test_a_file_that_does_not_end_is_broken_off(get, mirror, tmp_path):
    mirror.content["one.gz"] += bytes(1_000_000)
    with pytest.raises(FetchError, match="expected 256000 bytes, got more"):
        get()
    assert names(tmp_path) == []


def test_a_damaged_file_is_fetched_anew(get, mirror, tmp_path):
    get()
    (tmp_path / "data" / "two.gz").write_bytes(b"lab")
    get()
    assert (tmp_path / "data" / "two.gz").read_bytes() == b"labels"
    assert [name for name, _ in mirror.asked] == ["one.gz", "two.gz", "two.gz"]


def test_a_mirror_without_the_file_is_named_with_its_answer(get, mirror):
    del mirror.content["two.gz"]
    with pytest.raises(FetchError, match=r"/mnist/two\.gz: the server answered 404 Not Found"):
        get()


def test_offline_says_what_cannot_be_reached_and_what_else_can_be_done(mirror, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(FetchError) as caught:
            fetch("mnist", tmp_path, url, progress=io.StringIO())
    assert str(caught.value).startswith(f"{url}/one.gz: cannot be reached (")
    assert "online?" in str(caught.value)
    assert "--from URL" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["file:///etc/", "ftp://127.0.0.1/", "mirror", "http://[", "http://a b/"]
)
def test_an_address_that_is_none_is_refused(mirror, tmp_path, url):
    with pytest.raises(FetchError):
        fetch("mnist", tmp_path, url, progress=io.StringIO())


def test_a_folder_that_is_a_file_is_refused(mirror, tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(FetchError, match=f"{tmp_path / 'data'}: File exists"):
        fetch("mnist", tmp_path / "data", mirror.url, progress=io.StringIO())


def test_on_a_terminal_a_bar_grows_to_its_full_length(mirror, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    fetch("mnist", tmp_path, mirror.url, progress=terminal)
    shares = [int(share) for share in re.findall(r"one\.gz \[#* *\] +(\d+) %", terminal.getvalue())]
    assert shares == sorted(set(shares))
    assert len(shares) > 2
    assert shares[-1] == 100


def test_the_real_files_are_four_with_distinct_checksums():
    assert [file.name for file in FILES["mnist"]] == [
        f"{part}-{kind}-ubyte.gz"
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    ]
    assert len({file.sha256 for file in FILES["mnist"]}) == 4
