"""What a transcript is made of: one entry for each line that is not blank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from earwig.core.model.message import BadLine, ChatMessage

LINE_LIMIT = 8 * 1024 * 1024
"""Bytes; a longer line is not kept. One line can take thirty times its size in memory when parsed."""


class Unfinished(NamedTuple):
    """The last line while it has no newline and is no whole message: it may still grow, so it is not bad."""

    raw: bytes


class Oversized(NamedTuple):
    """A line longer than the reader's limit: known by its place and its beginning, never read whole."""

    size: int
    """Bytes, without the newline."""

    head: bytes
    """Its first bytes, enough to say what it starts with."""

    at_least: bool = False
    """Whether it may be longer: its beginning was not looked for."""


@dataclass(frozen=True)
class Ghost:
    """What a rewrite took out of the file while a reader held it; no line that is read is one."""

    serial: int
    """From 1; no two of a run have the same."""

    item: ChatMessage | BadLine | Oversized | None
    """What it was; None: of so many more it is only known that they were there."""

    at: float
    """When that was seen (Unix time, seconds)."""

    replaced: bool = False
    """Whether another message came in its place."""

    count: int | None = 1
    """How many messages it stands for; None: nobody counted them."""


Item = ChatMessage | BadLine | Unfinished | Oversized | Ghost


Position = int
"""Where something is in its session: it only grows within a generation (a byte offset, a row's id)."""


class Entry(NamedTuple):
    """What stands in a session at a position; a tuple, because a session holds millions.

    Between an entry and the one that follows it there may be positions at which nothing is. A ghost has a
    position too: that of the entry before which it stands.
    """

    position: Position
    next: Position
    """Where the following entry may stand, at the earliest."""

    size: int
    """Bytes, as it is stored; without a newline."""

    item: Item

    number: int | None
    """The line's number, from 1; None while the lines before it are not counted yet."""

    complete: bool = True
    """Whether it is whole; if not (a line without its newline), the bot may still be writing it."""

    time: float | None = None
    """When it was stored (Unix time, seconds), where the store knows that of each entry."""

    remark: str | None = None
    """What is wrong with how it is stored, though the bot loads it: a clause to follow its number."""

    @property
    def identity(self) -> int:
        """What no other entry has: a line its position, a ghost a number below 0."""
        return -self.item.serial if isinstance(self.item, Ghost) else self.position

    @property
    def fingerprint(self) -> tuple[int, int, bool]:
        """What the entry is, wherever it stands: what is made of its item belongs under this.

        Its place tells nothing of that: another line of the same size stands there after a rewrite. Python
        keeps the hash of a text, so this costs the same for a long one.
        """
        return hash((type(self.item), self.item)), self.size, self.complete


class Page(NamedTuple):
    """Neighbouring entries, and the stretch of the session in which there are no others."""

    entries: tuple[Entry, ...]
    start: Position
    """Where it begins: no entry need stand there."""

    stop: Position
    """Behind its last complete entry: where the next page starts."""

    at_start: bool
    at_end: bool
    generation: int
    """Rises when the session's past changes: pages of two generations do not fit together."""

    provisional: bool = False
    """Whether it stands for lines that take longer to find than a first look may."""

    about: int | None = None
    """The number that its first line may have, guessed; None if that is known."""
