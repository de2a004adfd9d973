"""What a transcript is made of: one entry for each line that is not blank."""

from __future__ import annotations

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.named_tuple import NamedTuple

LINE_LIMIT = 8 * 1024 * 1024
"""The most bytes of a line that is kept. Parsed, a line can take thirty times its size in memory."""


class Unfinished(NamedTuple):
    """The last line of a session while it has no newline and is no whole message.

    It may still grow, so it is not bad.
    """

    raw: bytes


class Oversized(NamedTuple):
    """A line that is longer than the reader's limit. Only its beginning is read."""

    size: int
    """Its length in bytes, without the newline."""

    head: bytes
    """Its first bytes, enough to tell what it begins with."""

    at_least: bool = False
    """Whether `size` is a lower bound, because the beginning of the line was not looked for."""


class RemovedEntry(NamedTuple):
    """An entry that a rewrite removed while somebody held it. No entry that is read is one."""

    serial: int
    """Its own number in this run, from 1."""

    item: ChatMessage | BadLine | Oversized | None
    """What the entry was; None where only the number of removed entries is known."""

    at: float
    """When the removal was seen (Unix time, seconds)."""

    replaced: bool = False
    """Whether another message took its place."""

    messages: int | None = 1
    """The number of messages that it stands for; None where nobody counted them."""


Item = ChatMessage | BadLine | Unfinished | Oversized | RemovedEntry


Position = int
"""The place of an entry in its session: a byte offset or a row's number. It only grows within a
generation."""


class Entry(NamedTuple):
    """What stands at one position of a session. A tuple, because a session holds millions.

    Positions between an entry and the next may be empty. A removed entry has the position of the entry that
    it stands before.
    """

    position: Position
    next: Position
    """The first position at which the following entry may stand."""

    size: int
    """Its length in bytes as it is stored, without a newline."""

    item: Item

    number: int | None
    """The number of its line, from 1; None while the lines before it are not counted."""

    complete: bool = True
    """Whether it is whole. A line without its newline is not: the bot may still be writing it."""

    time: float | None = None
    """When it was stored (Unix time, seconds); None where the store does not know."""

    remark: str | None = None
    """What is wrong with how it is stored, though the bot loads it: a clause to follow its number."""

    @property
    def identity(self) -> int:
        """A number that no other entry of the session has: a position, or below 0 for a removed entry."""
        return -self.item.serial if isinstance(self.item, RemovedEntry) else self.position

    @property
    def fingerprint(self) -> tuple[int, int, bool]:
        """A key for what is made of the item: equal for equal items, wherever they stand.

        The position alone would not do: after a rewrite, another line of the same size may stand there.
        Python keeps the hash of a text, so that a long item costs no more than a short one.
        """
        return hash((type(self.item), self.item)), self.size, self.complete


class Page(NamedTuple):
    """Neighbouring entries. Between `start` and `stop` there are no others."""

    entries: tuple[Entry, ...]
    start: Position
    """Where the page begins. No entry need stand there."""

    stop: Position
    """The position behind the last complete entry, where the next page begins."""

    at_start: bool
    at_end: bool
    generation: int
    """The generation that its positions belong to. Pages of two generations do not fit together."""

    provisional: bool = False
    """Whether it stands in for lines that a first look has no time to find."""

    about: int | None = None
    """A guess at the number of its first line; None where the number is known."""
