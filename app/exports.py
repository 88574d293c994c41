"""Files of a run for its visitor: `GET /export/<session token>/<kind>`."""

import asyncio
import itertools
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request, Response

from app.posts import Exported, NotExported
from engine.export.files import KINDS, File

WITHIN = 60.0
"""Seconds that making a file may take."""

router = APIRouter()


class NoFileError(Exception):
    """There is no file.

    Attributes
    ----------
    status : int
        What HTTP calls it: 409 for a run that cannot be told so, or that makes a file already;
        413 for too much; 500 for a failure; 503 for a worker that was lost; 504 for too late.
    text : str
        Why, fit for people.
    """

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(text)


class Exports:
    """The file that one session's visitor waits for.

    Parameters
    ----------
    ask : callable of (number, kind)
        Asks the session's seat for a file.
    """

    def __init__(self, ask: Callable[[int, str], None]) -> None:
        self._ask = ask
        self._numbers = itertools.count(1)
        self._number = 0
        self._waiting: asyncio.Future[File] | None = None

    async def make(self, kind: str, within: float = WITHIN) -> File:
        """Return the file once the worker has made it.

        Raises
        ------
        NoFileError
            If there is none.
        """
        if self._waiting is not None:
            text = f"{kind}: expected one file at a time; another one of this run is being made"
            raise NoFileError(409, text)
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        self._number = next(self._numbers)
        try:
            self._ask(self._number, kind)
            async with asyncio.timeout(within):
                file: File = await waiting
                return file
        except TimeoutError:
            text = f"{kind}: expected within {within:g} s, but the server is busy; try again later"
            raise NoFileError(504, text) from None
        finally:
            self._waiting = None

    def deliver(self, post: Exported | NotExported) -> None:
        """Take what the seat sends; what nobody waits for any more is dropped."""
        if self._waiting is None or self._waiting.done() or post.number != self._number:
            return
        if isinstance(post, Exported):
            self._waiting.set_result(post.file)
        else:
            self._waiting.set_exception(NoFileError(post.status, post.text))

    def give_up(self, text: str) -> None:
        """Let whoever waits know that nothing will come."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(NoFileError(503, text))


@router.get("/export/{token}/{kind}")
async def export(request: Request, token: str, kind: str) -> Response:
    """Hand out a file of a run, made as the run stands now."""
    session = request.app.state.sessions.find(token)
    if session is None:
        raise HTTPException(404, "There is no such run, or no longer: reload its page.")
    if kind not in KINDS:
        raise HTTPException(404, f"export: expected one of {', '.join(KINDS)}, got {kind[:50]!r}")
    try:
        file = await session.exports.make(kind)
    except NoFileError as error:
        raise HTTPException(error.status, error.text) from None
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Cache-Control": "no-store",
        },
    )
