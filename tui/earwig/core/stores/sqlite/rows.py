"""Turns a row into what the bot's loader makes of it: a message, or nothing: a damaged row, with its reason.

The bot asks for role and content as texts (`session_sqlite.rs`): a row with anything else it leaves out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.named_tuple import NamedTuple
from earwig.core.system.blake2 import blake2b

ITEM_LIMIT = 8 * 1024 * 1024
"""The most bytes of a content that are made a message. A longer one is known by its size and its
beginning."""

HEAD = 4096
"""The number of bytes kept of a longer one."""

ROLE_LIMIT = 65536
_TEXT, _BLOB = 1, 2
TIME_LIMIT = 64

_TIME = re.compile(rb"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", flags=re.ASCII)

# In some zone it is a day later, and a date can have no later year.
_LAST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

UNREADABLE_PAGE = "cannot be read: a page of the database is damaged"
UNREADABLE_ROWS = "and those after it cannot be read: a page of the database is damaged"

StoredItem = ChatMessage | BadLine | Oversized


class StoredRow(NamedTuple):
    """One row in its place."""

    position: int
    """A number that grows from row to row, and stays a row's own."""

    item: StoredItem
    time_text: bytes
    """The beginning of the stored time; empty where it is not known."""

    size: int
    behind: int | None = None
    """The first position at which the next row may stand, if that is not the next number."""

    @property
    def next(self) -> int:
        """The first position at which the next row may stand."""
        return self.position + 1 if self.behind is None else self.behind

    @property
    def time(self) -> float | None:
        """When the bot stored it (Unix time, seconds); None where no time stands there."""
        return time_of(self.time_text)

    def remark(self, time: float | None) -> str | None:
        """Return what is wrong with a row that the bot loads; else None. `time`: its own."""
        if not isinstance(self.item, ChatMessage):
            return None
        parts = []
        if time is None and self.time_text:
            parts.append("has a time that is none")
        if "\0" in self.item.content or "\0" in self.item.role:
            parts.append("holds a NUL, at which some programs take it to end")
        return ", and ".join(parts) or None

    @property
    def digest(self) -> bytes:
        """A hash that is the same for the same item, wherever it stands."""
        item = self.item
        if isinstance(item, ChatMessage):
            parts = (b"m", item.role.encode(), item.content.encode())
        elif isinstance(item, BadLine):
            parts = (b"d", item.reason.encode(), item.raw)
        else:
            parts = (b"o", str(item.size).encode(), item.head)
        made = blake2b(digest_size=16)
        for part in parts:
            made.update(len(part).to_bytes(8, "big"))
            made.update(part)
        return made.digest()


def stored_columns(*names: str) -> str:
    """Return columns that `item_of` can read: the kind of each value, and its bytes."""
    return ", ".join(f"(typeof({n}) = 'text') + 2 * (typeof({n}) = 'blob'), CAST({n} AS BLOB)" for n in names)


def item_of(
    role_kind: int,
    role: bytes | None,
    content_kind: int,
    content: bytes | None,
    *,
    limit: int | None = ITEM_LIMIT,
) -> StoredItem:
    """Return a message, or what is wrong, given the values of `stored_columns`; no limit reads any length."""
    reason = _fault("a role", role_kind, role) or _fault("content", content_kind, content)
    if content and limit is not None and len(content) > limit:
        return Oversized(len(content), content[:HEAD])
    if reason is None and role is not None and content is not None:
        if len(role) > ROLE_LIMIT:
            return BadLine(f"has a role of {len(role):,} bytes", content)
        part, value = "a role", role
        try:
            said = value.decode("utf-8")
            part, value = "content", content
            return ChatMessage(said, value.decode("utf-8"))
        except UnicodeDecodeError as error:
            reason = f"has {part} that is not UTF-8 (byte {error.start + 1})"
    return BadLine(reason or "", content or b"")


def _fault(what: str, kind: int, value: bytes | None) -> str | None:
    if kind == _TEXT:
        return None
    if value is None:
        return f"has no {what.removeprefix('a ')} (NULL)"
    return f"has {what} that is {'a blob' if kind == _BLOB else 'a number'}, not text"


def damaged(position: int, reason: str) -> StoredRow:
    """Return a row of which nothing can be read."""
    return StoredRow(position, BadLine(reason, b""), b"", 0)


def time_of(stored: bytes) -> float | None:
    """Return a time as the bot writes it (RFC 3339) in Unix time (seconds); None for any other text."""
    if not _TIME.fullmatch(stored):
        return None
    try:
        time = datetime.fromisoformat(stored.decode().upper()).timestamp()
    except (ValueError, OverflowError):
        return None
    return time if 0 <= time <= _LAST else None
