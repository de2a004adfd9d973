"""What is to be exported, and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from earwig.core.model.entries import Entry
from earwig.core.model.message import ChatMessage
from earwig.core.reading.filtering import EntryFilter
from earwig.core.redaction.redactor import Redaction
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name

_RANGE = re.compile(r"#?([0-9]{1,18})|#?([0-9]{1,18})?\s*-\s*#?([0-9]{1,18})?")


_FILTER = 300
"""Characters of a filter that are told."""


class Format(Enum):
    """What a document is written as; the value is the ending of its file."""

    MARKDOWN = "md"
    HTML = "html"
    TEXT = "txt"
    JSON = "json"
    JSONL = "jsonl"

    @property
    def for_people(self) -> bool:
        """Whether it is a document to read; the others are for programs."""
        return self not in (Format.JSON, Format.JSONL)


class CannotExport(Refusal):
    """An export that cannot be made; nothing was written."""


class Lines(tuple[int, int | None]):
    """The numbers of the first and the last line; None: to the session's end."""

    __slots__ = ()

    def __contains__(self, number: object) -> bool:
        first, last = self
        return isinstance(number, int) and first <= number and (last is None or number <= last)


def read_lines(text: str) -> Lines:
    """Return the lines of `10-200`, `10-`, `-200` or `7`. Raises `CannotExport`."""
    found = _RANGE.fullmatch(text.strip())
    if found is not None and (found[1] or found[2] or found[3]):
        first = int(found[1] or found[2] or 1)
        last = int(found[1] or found[3]) if found[1] or found[3] else None
        if first >= 1 and (last is None or first <= last):
            return Lines((first, last))
    raise CannotExport(
        own_text("{} is no range of lines; give one as 10-200, 10- or 7", safe_name(text[:40]))
    )


@dataclass(frozen=True, slots=True)
class Request:
    """Which lines of a session, written as what."""

    format: Format = Format.MARKDOWN
    lines: Lines | None = None
    roles: Sequence[str] = ()
    """Only messages of these; none: of all."""

    newest: int | None = None
    """Only so many, the newest of what the rest chooses."""

    bad: bool = False
    """Also the bytes of lines that the bot would skip, in their places."""

    redaction: Redaction | None = None
    limit: EntryFilter | None = None
    """What the reader has chosen to see; None: all."""

    utc: bool = False
    """Whether times are told in UTC rather than in the reader's own zone."""

    def marks(self) -> bool:
        """Return whether bad lines are in the document at all: documents for people say where they are."""
        return self.bad or (self.format.for_people and not self.roles)

    def chooses(self, entry: Entry) -> bool:
        """Return whether the entry is in the document, if `newest` leaves it there."""
        if self.lines is not None and entry.number not in self.lines:
            return False
        if self.limit is not None and not self.limit.matches(entry):
            return False
        if isinstance(entry.item, ChatMessage):
            return not self.roles or entry.item.role in self.roles
        return self.marks()

    def filters(self, mask: Callable[[str], str] = str) -> list[SafeText]:
        """By what messages are left out; `mask` is for what the reader has typed."""
        told: list[SafeText] = []
        if self.limit is not None:
            told.append(own_text("filter {}", clean_line(mask(self.limit.description), _FILTER)))
        if self.lines is not None:
            first, last = self.lines
            end = own_text("the end") if last is None else own_text("{}", last)
            told.append(own_text("lines {} to {}", first, end))
        if self.roles:
            told.append(own_text("role {}", joined(own_text(", "), map(safe_name, map(mask, self.roles)))))
        if self.newest is not None:
            told.append(own_text("the newest {}", self.newest))
        return told


def format_of(name: str) -> Format | None:
    """Return the format that a file's ending names."""
    ending = clean_line(name).rpartition(".")[2].casefold()
    ending = {"markdown": "md", "htm": "html", "text": "txt", "ndjson": "jsonl"}.get(ending, ending)
    return next((each for each in Format if each.value == ending), None)
