"""A bot that does anything to its session's file, and what of it each stream must tell."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.core.bot_writer import BotWriter, line_of, lines_of

Calls = Iterator[bool]
"""System calls, done one by one; False after one that the next must follow within a second.

For a rewrite in place that has brought back all but one of the messages that were there is done, as far as
anybody can know, if nothing more comes: the bot takes its last message back so.
"""


class Conversation:
    """One session's file, and what was in it from when on; no two texts are alike."""

    def __init__(self, path: Path, count: int, chance: random.Random) -> None:
        self.path = path
        self.chance = chance
        self.bot = BotWriter(path)
        self.number = 0
        self.contents = [self._text() for _ in range(count)]
        self.old = set(self.contents)
        self.edited: set[str] = set()
        """Put in the place of others that are followed by known ones: told once at most."""
        self.said: list[str] = []
        self._lengths = {count}
        """How many messages the file has had since it was quiet."""
        path.write_bytes(self._lines(self.contents))

    def _text(self) -> str:
        self.number += 1
        return f"{self.path.stem} {self.number:06}" + " word" * self.chance.choice([0, 1, 30])

    @staticmethod
    def _lines(contents: Sequence[str]) -> bytes:
        return lines_of(("user", content) for content in contents)

    def _new(self) -> str:
        text = self._text()
        self.said.append(text)
        return text

    # What it does.

    def burst(self, most: int = 4) -> Calls:
        """Some operations, one after another."""
        for _ in range(self.chance.randint(1, most)):
            yield from self.chance.choice(OPERATIONS)(self)

    def append(self) -> Calls:
        """One or more, each in one or two writes."""
        for _ in range(self.chance.choice([1, 1, 2, 5])):
            self.contents.append(self._new())
            self._lengths.add(len(self.contents))
            line = line_of("user", self.contents[-1])
            pieces = self.chance.choice([[line + b"\n"], [line, b"\n"], [line[:9], line[9:], b"\n"]])
            yield from self._perform(self.bot.appending(pieces))

    def spoil(self) -> Calls:
        """A line that is no message."""
        yield from self._perform(self.bot.appending([b"{bad", b" line\n"]))

    def remove_last(self) -> Calls:
        """The newest is taken back."""
        del self.contents[-1:]
        yield from self._rewrite()

    def update_last(self) -> Calls:
        """The newest gets another text."""
        if self.contents:
            self.contents[-1] = self._new()
        yield from self._rewrite()

    def clear(self) -> Calls:
        """The file stays, empty."""
        self.contents = []
        yield from self._rewrite()

    def compact(self) -> Calls:
        """The same messages, without the lines that are none."""
        yield from self._rewrite(same=True)

    def edit(self) -> Calls:
        """A text of the same size in place of any."""
        if self.contents:
            index = self.chance.randrange(len(self.contents))
            text = self.contents[index]
            self.number += 1
            changed = f"{self.path.stem} {self.number:06}" + text[len(self.path.stem) + 7 :]
            self.contents[index] = changed
            if index == len(self.contents) - 1:
                self.said.append(changed)
            else:
                self.edited.add(changed)
        yield from self._rewrite(same=True)

    def cut(self) -> Calls:
        """The file loses its end."""
        kept = self.chance.randint(0, len(self.contents))
        self.contents = self.contents[:kept]
        self._lengths.add(kept)
        self.path.touch()
        lines = self.path.read_bytes().splitlines(keepends=True)
        good = [index for index, line in enumerate(lines) if line.startswith(b'{"role"')]
        os.truncate(self.path, sum(map(len, lines[: good[kept - 1] + 1])) if kept else 0)
        yield True

    def away_and_back(self) -> Calls:
        """Renamed to be imported, refused, and put back."""
        self.path.touch()
        away = self.path.with_name(self.path.name + ".importing")
        self.path.rename(away)
        yield True
        away.rename(self.path)
        yield True

    def delete(self) -> Calls:
        """Another conversation begins under the same name."""
        self.contents = []
        self.bot.delete()
        yield True
        yield from self.append()

    def clock_back(self) -> Calls:
        """The file's time is of long ago."""
        self.path.touch()
        os.utime(self.path, (1000, 1000 + self.number))
        yield True

    def _rewrite(self, *, same: bool = False) -> Calls:
        self.bot.renames = self.chance.random() < 0.5
        calls = self.bot.rewriting([("user", content) for content in self.contents])
        if self.bot.renames:
            yield from self._perform(calls)
            self._lengths.add(len(self.contents))
            return
        for index, _ in enumerate(calls):
            there = (index + 1) // 2
            yield there > 0 and there + 1 not in self._lengths
        self._lengths.add(len(self.contents))

    @staticmethod
    def _perform(calls: Iterator[None]) -> Calls:
        for _ in calls:
            yield True

    # What must have been told once it is quiet.

    def check(self, told: Sequence[str]) -> None:
        """Fail if a message came twice, or was there before, or is there and was not told."""
        twice = [text for text, count in Counter(told).items() if count > 1]
        assert not twice, f"told twice: {twice[:3]}"
        again = [text for text in told if text in self.old]
        assert not again, f"told though it was there before: {again[:3]}"
        assert set(told) <= {*self.said, *self.edited}
        left = self.missing(told)
        assert not left, f"not told: {left[:3]}"
        self._lengths = {len(self.contents)}
        kept = [text for text in self.contents if text in self.said]
        there = set(kept)
        assert [text for text in told if text in there] == kept

    def missing(self, told: Sequence[str]) -> list[str]:
        """What is there, is new, and was not told."""
        heard, said = set(told), set(self.said)
        return [text for text in self.contents if text in said and text not in heard]


OPERATIONS: list[Callable[[Conversation], Calls]] = [
    *[Conversation.append] * 4,
    *[Conversation.remove_last] * 2,
    *[Conversation.update_last] * 2,
    Conversation.spoil,
    Conversation.clear,
    Conversation.compact,
    Conversation.edit,
    Conversation.cut,
    Conversation.away_and_back,
    Conversation.delete,
    Conversation.clock_back,
]
