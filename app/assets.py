"""The files a browser loads, held in memory under addresses that change with their content.

All of `static/` is served under `/static/<hash of the whole tree>/`: relative imports between
modules inherit the hash, so a browser may keep every file for ever and still never mixes two
versions. Scripts and styles go out without their comments.
plotly's one file comes out of its wheel, under its own hash.
"""

import gzip
import hashlib
import importlib.util
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from threading import Lock

from fastapi import APIRouter, HTTPException, Request, Response

from app.compact import compact_script, compact_style

FOREVER = "public, max-age=31536000, immutable"
HASH_LENGTH = 16

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Written down, because the system's own table differs from machine to machine."""

COMPRESSED = frozenset({".png", ".woff2"})
"""Suffixes of files that gzip would not make smaller."""

COMPACT: Mapping[str, Callable[[str], str]] = {".css": compact_style, ".js": compact_script}
"""What takes out of our own files that which only people read."""

IMPORT = re.compile(
    r"""^\s*(?:
        import\s*                                # for its effects alone,
      | (?:import|export)\b[^;'"]*?\bfrom\s*     # or names, which may run over several lines
    )["'](\.{1,2}/[^"']+)["']
    """,
    re.MULTILINE | re.VERBOSE,
)
"""A static import or re-export at the start of a line, from a relative address."""


class Asset:
    """One file in memory.

    Attributes
    ----------
    suffix : str
        Its file name's ending, with the dot.
    source : bytes
        The file as it lies on the disk.
    media_type : str
    """

    def __init__(
        self, suffix: str, source: bytes, compact: Callable[[str], str] | None = None
    ) -> None:
        self.suffix = suffix
        self.source = source
        self.media_type = MEDIA_TYPES.get(suffix, "application/octet-stream")
        self._compact = compact
        self._lock = Lock()
        self._packed: bytes | None = None

    @cached_property
    def content(self) -> bytes:
        """What is served: made of the source when it is first asked for."""
        return self._compact(self.source.decode()).encode() if self._compact else self.source

    @cached_property
    def etag(self) -> str:
        """Changes with what is served."""
        return f'"{_digest(self.content)}"'

    def packed(self) -> bytes | None:
        """Return the content gzip-encoded, or None if that does not make it smaller."""
        if self.suffix in COMPRESSED:
            return None
        with self._lock:  # two first requests at once: one of them packs, the other waits
            if self._packed is None:
                self._packed = gzip.compress(self.content, compresslevel=9, mtime=0)
        return self._packed if len(self._packed) < len(self.content) else None


class Assets:
    """All files of a folder, read once.

    Parameters
    ----------
    folder : Path
        The folder; what lies in it under a name with a leading dot is left out.

    Attributes
    ----------
    hash : str
        Of the whole tree: names and contents.
    """

    def __init__(self, folder: Path) -> None:
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        tree = hashlib.blake2b(digest_size=HASH_LENGTH // 2)
        for name, content in files.items():
            tree.update(f"{name}\0{len(content)}\0".encode())
            tree.update(content)
        self.hash = tree.hexdigest()
        self._files: Mapping[str, Asset] = {
            name: Asset(suffix := PurePosixPath(name).suffix, source, COMPACT.get(suffix))
            for name, source in files.items()
        }
        self._graphs: dict[tuple[str, ...], tuple[str, ...]] = {}

    def get(self, name: str) -> Asset | None:
        """Return the file of that name (`js/core/page.js`), if there is one."""
        return self._files.get(name)

    def url(self, name: str) -> str:
        """Return the address of a file.

        Raises
        ------
        LookupError
            If there is no such file.
        """
        if name not in self._files:
            raise LookupError(f"static/{name}: no such file")
        return f"/static/{self.hash}/{name}"

    def modules(self, *entries: str) -> tuple[str, ...]:
        """Return the addresses of the modules `entries` and of all they import, importers first.

        Raises
        ------
        LookupError
            If a module imports a file that does not exist.
        """
        if entries in self._graphs:
            return self._graphs[entries]
        found = dict.fromkeys(entries)
        queue = list(entries)
        for name in queue:
            asset = self._files.get(name)
            if asset is None:
                raise LookupError(f"static/{name}: no such module")
            for target in _imports(name, asset.source.decode()):
                if target not in found:
                    found[target] = None
                    queue.append(target)
        self._graphs[entries] = tuple(self.url(name) for name in found)
        return self._graphs[entries]

    @cached_property
    def plotly(self) -> Asset:
        """plotly.min.js out of plotly's wheel; plotly itself is not imported, that takes 0.3 s."""
        spec = importlib.util.find_spec("plotly")
        if spec is None or not spec.submodule_search_locations:
            raise LookupError("plotly is not installed")
        package = Path(spec.submodule_search_locations[0])
        return Asset(".js", (package / "package_data" / "plotly.min.js").read_bytes())

    def plotly_url(self) -> str:
        """Return the address of plotly.min.js."""
        digest = self.plotly.etag.strip('"')
        return f"/vendor/{digest}/plotly.min.js"


def folder(name: str) -> Path:
    """Return the folder `static` or `templates`: in the wheel beside this file, else one above."""
    here = Path(__file__).resolve().parent
    return here / name if (here / name).is_dir() else here.parent / name


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an `Accept-Encoding` header offers gzip."""
    for offer in accept_encoding.lower().split(","):
        coding, _, parameters = offer.partition(";")
        if coding.strip() == "gzip":
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


router = APIRouter(include_in_schema=False)

# Plain functions: FastAPI runs them in a thread, so that packing a file does not stop the loop.


@router.api_route("/static/{tree}/{name:path}", methods=["GET", "HEAD"])
def static_file(request: Request, tree: str, name: str) -> Response:
    """Serve a file; under an old hash too (a page from before an update), but not to be kept."""
    assets: Assets = request.app.state.assets
    asset = assets.get(name)
    if asset is None:
        raise HTTPException(404)
    return _respond(request, asset, FOREVER if tree == assets.hash else "no-cache")


@router.api_route("/vendor/{digest}/plotly.min.js", methods=["GET", "HEAD"])
def plotly(request: Request, digest: str) -> Response:
    """Serve plotly's one file."""
    assets: Assets = request.app.state.assets
    current = assets.plotly.etag.strip('"')
    return _respond(request, assets.plotly, FOREVER if digest == current else "no-cache")


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
def favicon(request: Request) -> Response:
    """Serve the icon where browsers look for it unasked."""
    assets: Assets = request.app.state.assets
    asset = assets.get("favicon.svg")
    if asset is None:
        raise HTTPException(404)
    return _respond(request, asset, "public, max-age=86400")


def _respond(request: Request, asset: Asset, cache_control: str) -> Response:
    headers = {"Cache-Control": cache_control, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    known = request.headers.get("if-none-match", "")
    if asset.etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return Response(status_code=304, headers=headers)
    content = asset.content
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        packed = asset.packed()
        if packed is not None:
            content = packed
            headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=asset.media_type)


def _imports(name: str, source: str) -> list[str]:
    """Return the modules that `source`, the text of `name`, imports, as names below `static/`."""
    folder = PurePosixPath(name).parent
    targets = []
    for address in IMPORT.findall(source):
        parts: list[str] = []
        for part in (folder / address).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        targets.append("/".join(parts))
    return targets


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=HASH_LENGTH // 2).hexdigest()
