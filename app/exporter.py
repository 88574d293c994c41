"""Files of a run, made in its worker between the steps of all others, a few milliseconds at a time.

One at a time: a newer wish replaces the one before, which nobody waits for any more.
"""

import logging
from collections.abc import Callable

from app.posts import Exported, NotExported, Post
from engine.errors import EngineError
from engine.export.archive import TooLargeError
from engine.export.files import Making, make_file
from engine.recorder import Recorder

logger = logging.getLogger(__name__)


class Exporter:
    """Makes the files of one seat.

    Parameters
    ----------
    seat : int
        Which seat it is; goes into every post.
    send : callable
        Takes the file, or why there is none.
    clock : callable
        Seconds that only go forward.
    """

    def __init__(
        self, seat: int, *, send: Callable[[Post], None], clock: Callable[[], float]
    ) -> None:
        self._seat = seat
        self._send = send
        self._clock = clock
        self._number = 0
        self._kind: str | None = None
        self._making: Making | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a file to be made."""
        return self._kind is not None

    def ask(self, number: int, kind: str) -> None:
        """Make a file of this kind, as the run stands when its turn comes."""
        self._number, self._kind, self._making = number, kind, None

    def go_on(self, recorder: Recorder, deadline: float) -> None:
        """Work until `deadline`, at least a bit; send the file once it is made."""
        if self._kind is None:
            return
        try:
            if self._making is None:
                self._making = make_file(self._kind, recorder.material())
            while True:
                file = self._making.go_on()
                if file is not None:
                    self._end(Exported(self._seat, self._number, file))
                    return
                if self._clock() >= deadline:
                    return
        except TooLargeError as error:
            self._end(NotExported(self._seat, self._number, 413, str(error)))
        except EngineError as error:
            self._end(NotExported(self._seat, self._number, 409, str(error)))
        except ConnectionError:
            raise  # not the file has failed: the server has gone
        except Exception as error:
            logger.exception("seat %d: %s could not be made", self._seat, self._kind)
            text = f"{self._kind}: it could not be made, through no fault of yours: {error!r}"
            self._end(NotExported(self._seat, self._number, 500, text))

    def _end(self, post: Exported | NotExported) -> None:
        self._kind = self._making = None
        self._send(post)
