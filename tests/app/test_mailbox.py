"""The mailbox: what a socket gets next."""

import asyncio

import pytest

from app.mailbox import MOST_EVENTS, WINDOW, Mailbox


@pytest.fixture
def clock():
    class Clock:
        now = 0.0

        def __call__(self) -> float:
            return self.now

    return Clock()


@pytest.fixture
def mailbox(clock) -> Mailbox:
    mailbox = Mailbox(clock)
    mailbox.open("welcome")
    return mailbox


def taken(mailbox: Mailbox) -> list[str | bytes]:
    """All that may be sent now."""
    return list(iter(mailbox.next, None))


def test_the_welcome_comes_before_what_waited_for_it() -> None:
    mailbox = Mailbox()
    mailbox.put_event("played")
    mailbox.put_frame(0, b"frame")
    assert taken(mailbox) == []
    mailbox.open("welcome")
    assert taken(mailbox) == ["welcome", "played", b"frame"]


def test_events_keep_their_order_and_go_before_a_frame(mailbox: Mailbox) -> None:
    mailbox.put_frame(0, b"frame")
    for name in "abc":
        mailbox.put_event(name)
    assert taken(mailbox) == ["welcome", "a", "b", "c", b"frame"]


def test_the_newest_frame_replaces_one_that_was_not_sent(mailbox: Mailbox) -> None:
    assert not mailbox.put_frame(0, b"old")
    assert mailbox.put_frame(1, b"new")
    assert taken(mailbox) == ["welcome", b"new"]
    assert not mailbox.put_frame(2, b"next")


def test_a_third_frame_waits_for_an_ack(mailbox: Mailbox) -> None:
    for seq in range(WINDOW):
        mailbox.put_frame(seq, b"%d" % seq)
        assert taken(mailbox)[-1] == b"%d" % seq
    mailbox.put_frame(2, b"2")
    assert taken(mailbox) == []
    mailbox.put_event("paused")
    assert taken(mailbox) == ["paused"]
    assert mailbox.ack(0)
    assert taken(mailbox) == [b"2"]


def test_an_ack_stands_for_all_frames_before_it(mailbox: Mailbox) -> None:
    for seq in range(WINDOW):
        mailbox.put_frame(seq, b"")
        taken(mailbox)
    assert not mailbox.hungry
    assert mailbox.ack(WINDOW - 1)
    assert mailbox.hungry
    assert mailbox.unpainted == 0


def test_an_ack_for_a_frame_that_was_never_sent_is_told(mailbox: Mailbox) -> None:
    assert not mailbox.ack(0)
    mailbox.put_frame(0, b"")
    assert not mailbox.ack(0), "it is put, not sent"
    taken(mailbox)
    assert mailbox.ack(0)
    assert mailbox.ack(0), "a second time changes nothing"
    assert not mailbox.ack(1)


def test_it_is_hungry_only_when_a_frame_would_leave_at_once(mailbox: Mailbox) -> None:
    assert mailbox.hungry
    mailbox.put_frame(0, b"")
    assert not mailbox.hungry
    taken(mailbox)
    assert mailbox.hungry
    assert not Mailbox().hungry


def test_unpainted_counts_from_the_oldest_frame_in_flight(mailbox: Mailbox, clock) -> None:
    assert mailbox.unpainted == 0
    for seq in range(2):
        mailbox.put_frame(seq, b"")
        taken(mailbox)
        clock.now += 3
    assert mailbox.unpainted == 6
    mailbox.ack(0)
    assert mailbox.unpainted == 3


def test_events_are_bounded_and_none_is_dropped_silently(mailbox: Mailbox) -> None:
    assert all(mailbox.put_event(str(i)) for i in range(MOST_EVENTS - 1))
    assert not mailbox.put_event("one too many")
    assert taken(mailbox) == ["welcome", *map(str, range(MOST_EVENTS - 1))]


def test_a_successor_takes_over_the_events_and_no_frame(mailbox: Mailbox) -> None:
    taken(mailbox)
    mailbox.put_event("judged")
    mailbox.put_frame(0, b"stale")
    heir = mailbox.successor()
    assert taken(mailbox) == []
    heir.open("welcome back")
    assert taken(heir) == ["welcome back", "judged"]


def test_take_wakes_up_for_what_comes_later(mailbox: Mailbox) -> None:
    async def scene() -> list[str | bytes]:
        await mailbox.take()
        waiting = asyncio.create_task(mailbox.take())
        await asyncio.sleep(0)
        mailbox.put_frame(0, b"frame")
        return [await waiting]

    assert asyncio.run(scene()) == [b"frame"]
