"""A seat without its worker, and somebody who gives it orders and reads what it sends."""

from counter_exhibit import EXHIBITS

from app import wire
from app.posts import Framed, Opening, Terms, Told
from app.seat import Seat
from engine.data.library import Library

CAP = 20_000


class Clock:
    """Each look at it takes a fifth of a millisecond."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.0002
        return self.now


class Desk:
    """A seat with somebody who gives it orders and reads what it sends."""

    def __init__(self, slug="counter", *, cap=CAP, **opening):
        self.clock = Clock()
        self.posts = []
        opening = {"values": {}, "changes": [], "seed": 1} | opening
        self.seat = Seat(
            7,
            Opening(slug=slug, **opening),
            exhibit=EXHIBITS[slug],
            library=Library(),
            terms=Terms(exhibits="", data_dir=None, step_cap=cap, history_bytes=1 << 20),
            send=self.posts.append,
            clock=self.clock,
        )
        self.seat.greet()
        self.seat.settle()

    def do(self, kind, **fields):
        defaults = {
            "play": {"rate": None},
            "reset": {"values": None, "seed": None},
            "act": {"args": {}},
        }
        self.seat.do(kind, defaults.get(kind, {}) | fields)
        self.seat.settle()

    def slices(self, count=1, *, length=0.010):
        for _ in range(count):
            self.seat.serve(self.clock.now + length)

    def until_idle(self, most=2000):
        while (due := self.seat.due()) is not None:
            assert most, "it is never done"
            most -= 1
            self.clock.now += due
            self.slices()

    def take(self, kind):
        """All posts of a kind so far, of which each is taken once."""
        taken = [post for post in self.posts if isinstance(post, kind)]
        self.posts[:] = [post for post in self.posts if not isinstance(post, kind)]
        return taken

    def frames(self):
        return [wire.decode(post.frame) for post in self.take(Framed)]

    def frame(self):
        return self.frames()[-1]

    def told(self):
        return [post.message for post in self.take(Told)]

    def names(self):
        return [message.get("name", message.get("code")) for message in self.told()]


def x(frame):
    return frame.snapshot.arrays["x"].tobytes()
