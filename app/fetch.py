"""Downloading data sets: `fetch("mnist", folder)`.

Only this module reaches out to another host, and only when a person asks for it by the command
`perceptarium fetch`. An interrupted download goes on where it stopped: what has arrived waits in a
`.part` file, and a file gets its name only after its checksum was right.
"""

import hashlib
import http
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

MNIST_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
TIMEOUT = 30
"""Seconds without a byte until a download is given up."""
BLOCK = 1 << 16
BAR = 30
"""Characters of the progress bar."""


class FetchError(Exception):
    """A data set could not be fetched; the text says why and what can be done."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as it must arrive.

    Attributes
    ----------
    name : str
        Its name on the server and in the folder.
    size : int
        Its length in bytes.
    sha256 : str
        Its SHA-256 checksum.
    """

    name: str
    size: int
    sha256: str


FILES = {
    "mnist": (
        RemoteFile(
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        RemoteFile(
            "train-labels-idx1-ubyte.gz",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        RemoteFile(
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        RemoteFile(
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    )
}


def fetch(name: str, folder: Path, base_url: str = MNIST_URL, *, progress: TextIO) -> None:
    """Download the files of a data set into a folder; those that are there already are kept.

    Parameters
    ----------
    name : str
        A key of `FILES`.
    folder : Path
        Made if it does not exist.
    base_url : str
        The address of the directory with the files, http or https.
    progress : TextIO
        Gets one line a file; on a terminal with a bar that moves.

    Raises
    ------
    FetchError
        If the server cannot be reached, does not have a file, or sends another one.
    """
    if not base_url.lower().startswith(("http://", "https://")):
        raise FetchError(f"{base_url}: expected an address that begins with http:// or https://")
    if not base_url.endswith("/"):
        base_url += "/"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in FILES[name]:
            _fetch_file(file, folder / file.name, base_url + file.name, progress)
    except OSError as error:
        raise FetchError(f"{error.filename or folder}: {error.strerror or error}") from error


def _fetch_file(file: RemoteFile, path: Path, url: str, progress: TextIO) -> None:
    if path.exists() and _sha256(path) == file.sha256:
        progress.write(f"{file.name}: already here\n")
        return
    part = path.with_name(path.name + ".part")
    if part.exists() and part.stat().st_size > file.size:
        part.unlink()
    have = part.stat().st_size if part.exists() else 0
    bar = _Bar(file, progress)
    if have < file.size:
        _download(file, url, part, have, bar)
    got = _sha256(part)
    if got != file.sha256:
        # what it holds cannot be gone on with
        part.unlink()
        raise FetchError(f"{url}: expected SHA-256 {file.sha256}, got {got}; nothing was kept")
    os.replace(part, path)
    bar.finish()


def _download(file: RemoteFile, url: str, part: Path, have: int, bar: "_Bar") -> None:
    """Bring `part`, which holds the first `have` bytes, to the file's full size."""
    with _open(url, have) as response:
        # a server that knows no ranges sends the whole file
        goes_on = response.status == http.HTTPStatus.PARTIAL_CONTENT
        have = have if goes_on else 0
        with part.open("ab" if goes_on else "wb") as out:
            for block in _blocks(response):
                have += len(block)
                if have > file.size:
                    break
                out.write(block)
                bar.show(have)
    if have > file.size:
        part.unlink()
        raise FetchError(f"{url}: expected {file.size} bytes, got more; nothing was kept")
    if have < file.size:
        raise FetchError(
            f"{url}: broke off after {have} of {file.size} bytes. The same command goes on there."
        )


def _open(url: str, start: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": "perceptarium", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=TIMEOUT
        )
    except urllib.error.HTTPError as error:
        error.close()
        raise FetchError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise FetchError(
            f"{url}: cannot be reached ({reason}). Is this machine online? "
            "Another source can be named with --from URL."
        ) from error
    return response


def _blocks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield what arrives, to the end or to where the connection breaks."""
    try:
        while block := response.read(BLOCK):
            yield block
    except (OSError, http.client.HTTPException):
        # the number of bytes tells, whether the end came with an error or without
        return


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Bar:
    """One line about one file: a moving bar on a terminal, else only the last word."""

    def __init__(self, file: RemoteFile, stream: TextIO) -> None:
        self._file = file
        self._stream = stream
        self._shown = -1

    def show(self, have: int) -> None:
        percent = 100 * have // self._file.size
        if self._stream.isatty() and percent != self._shown:
            self._shown = percent
            filled = "#" * (BAR * have // self._file.size)
            self._stream.write(f"\r{self._file.name} [{filled:<{BAR}}] {percent:3d} %")
            self._stream.flush()

    def finish(self) -> None:
        clear = f"\r{'':<{len(self._file.name) + BAR + 10}}\r" if self._shown >= 0 else ""
        self._stream.write(f"{clear}{self._file.name}: {self._file.size} bytes, checksum right\n")
        self._stream.flush()
