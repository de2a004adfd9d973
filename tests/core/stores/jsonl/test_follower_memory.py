"""Following a session for hours takes no more memory than following it for minutes."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from earwig.core.reading.counting import LineCounter
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Change
from tests.core.bot_writer import BotWriter, lines_of

MESSAGES = 30_000
"""More than a busy bot says in an hour."""

GROWTH = 16 * 1024
"""Bytes that may be added meanwhile: the index keeps 12 for each 64 KiB, and small numbers grow."""


class Follower:
    """Does to a session what the browser does while it follows it."""

    def __init__(self, path: Path) -> None:
        self.transcript = FileTranscript(path)
        self.transcript.refresh()
        self.stop = self.transcript.tail(100).stop
        self.counter = LineCounter(self.transcript)
        self.unread = LineCounter(self.transcript, self.stop)

    def look(self) -> None:
        """Read what is new, and go back to the newest; count it all."""
        assert self.transcript.refresh() is Change.GREW
        self.stop = self.transcript.after(self.stop, 100).stop
        tail = self.transcript.tail(20)
        self.transcript.before(tail.start, 20)
        self.transcript.window(1, 20)
        self.transcript.numbers_of([entry.position for entry in tail.entries])
        while not self.transcript.index_step():
            pass
        for counter in (self.counter, self.unread):
            while not counter.step():
                pass


def appended(writer: BotWriter, chance: random.Random) -> Iterator[int]:
    """How many messages are appended, after each burst of them."""
    written = 0
    while written < MESSAGES:
        burst = [
            ("user", f"{written}: " + "word " * chance.randint(1, 60)) for _ in range(chance.randint(1, 90))
        ]
        writer.append_bytes(lines_of(burst))
        written += len(burst)
        yield written


def traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_memory_stays_as_it_is_while_messages_come(tmp_path: Path) -> None:
    writer = BotWriter(tmp_path / "alice.jsonl")
    writer.append("the first")
    follower = Follower(writer.path)
    early = None
    written = 0
    tracemalloc.start()
    try:
        for written in appended(writer, random.Random(MESSAGES)):
            follower.look()
            if early is None and written > MESSAGES / 5:
                early = traced()
        late = traced()
    finally:
        tracemalloc.stop()
    assert follower.counter.messages == written + 1
    assert follower.unread.messages == written
    assert early is not None
    assert late - early < GROWTH
