"""What a thread is told arrives, together where it comes together, until nothing more is wanted."""

from __future__ import annotations

import threading
import time

from earwig.core.system.inbox import Inbox, Pace

LATER = 30.0


def test_what_is_told_comes_in_order() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.put("one", "two")
    assert (inbox.get(), inbox.get(LATER), inbox.get(0.0)) == ("one", "two", None)


def test_what_comes_together_is_gathered() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    threading.Timer(0.01, lambda: inbox.put(2)).start()
    told: list[int] = []
    end = time.monotonic() + 30
    while len(told) < 2 and time.monotonic() < end:
        told += inbox.gather(0.2)
    assert told == [1, 2]


def test_one_that_waits_is_let_go_of_when_it_is_closed() -> None:
    inbox: Inbox[int] = Inbox()
    got: list[object] = []
    waiting = [
        threading.Thread(target=lambda: got.append(inbox.get())),
    ]
    for thread in waiting:
        thread.start()
    inbox.close()
    for thread in waiting:
        thread.join(LATER)
    assert got == [None]
    inbox.put(3)
    assert inbox.is_closed
    assert (inbox.get(), list(inbox.gather(LATER))) == (None, [])


def test_a_pace_is_kept_and_can_be_broken() -> None:
    pace = Pace(3600.0)
    assert pace.is_due()
    assert not pace.is_due()
    assert pace.wait > 3000
    quick = Pace(0.0)
    quick.begin()
    assert quick.is_due()
