"""One session that is followed, by a clock of the test's own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from earwig.core.follow.session_tail import SessionTail
from earwig.core.model.entries import Page
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_conversation import Calls


class Busy(FileTranscript):
    """A file to which the bot may write between any two looks at it."""

    def __init__(self, path: Path, between: Stream) -> None:
        super().__init__(path)
        self._between = between

    def after(self, offset: int, count: int) -> Page:
        self._between.let_write()
        page = super().after(offset, count)
        self._between.let_write()
        return page


class Stream:
    """A session that is followed, by a clock of the test's own, and what was told."""

    def __init__(self, path: Path, *, begins: bool = True, chance: random.Random | None = None) -> None:
        """`begins`: whether it is begun with, or was seen in a listing and is read before anything comes."""
        self.told: list[str] = []
        self.now = 1000.0
        self._chance = chance or random.Random(0)
        self._due: float | None = None
        self._calls: Calls = iter(())
        self._writes_meanwhile = self._written = False
        self.may_stall = True
        self.tail = SessionTail(
            lambda: Busy(path, self),
            lambda it: self.told.append(it.message.content),
            lambda _sentence: None,
            known_to=0 if begins else path.stat().st_size,
        )
        if begins:
            self.tail.begin(0)
        else:
            self.look()

    def look(self) -> None:
        """As when something was heard; and again, if something was written meanwhile."""
        self._written = True
        while self._written:
            self._written = False
            self._due = self.tail.look(self.now)

    def sleep(self, seconds: float) -> None:
        """Let time pass, and look when it is due."""
        end = self.now + seconds
        for _ in range(1000):
            if self._due is None or self._due > end:
                break
            self.now = max(self.now, self._due)
            self.look()
        else:
            raise AssertionError("it is always due at once")
        self.now = end

    def stall(self, seconds: float) -> None:
        """The bot does nothing for so long, after somebody has heard of what it did."""
        writes, self._writes_meanwhile = self._writes_meanwhile, False
        self.look()
        self.sleep(seconds)
        self._writes_meanwhile = writes

    def stand_still(self, seconds: float) -> None:
        """Neither the bot nor who looks has a turn for so long."""
        self.now += seconds

    def let_write(self) -> None:
        """A call of the bot's, now and then, while somebody looks."""
        if self._writes_meanwhile and self._chance.random() < 0.2:
            self.may_stall = next(self._calls, self.may_stall)
            self._written = True

    def beside(self, calls: Calls) -> Iterator[None]:
        """The calls, some of which are made while somebody looks."""
        self._calls = calls
        self._writes_meanwhile = self._chance.random() < 0.5
        for self.may_stall in calls:
            yield
        self._writes_meanwhile = False
