"""What every format does, a head, then one piece for each line, then an end; and which writer does so."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from earwig.export.facts import Facts
from earwig.export.message import ExportedMessage
from earwig.export.request import Format


class Bad(NamedTuple):
    """A line that is no message."""

    reason: str
    raw: str | None
    """What it holds, decoded; None if that is left out."""

    size: int
    unfinished: bool = False
    time: float | None = None
    """When it was stored (Unix time, seconds), where the store knows that."""


class Writer(Protocol):
    """Makes the pieces of a document, in order; the head last of all, once everything is known."""

    def head(self, facts: Facts) -> str:
        """Return what stands before the first line."""

    def message(self, message: ExportedMessage) -> str:
        """Return a message."""

    def bad(self, number: int | None, line: Bad) -> str:
        """Return a line that the bot would skip, or that is still being written."""

    def foot(self) -> str:
        """Return what stands behind the last line."""


def writer_for(chosen: Format, *, utc: bool = False) -> Writer:
    """Return a new writer; only what it needs is imported. `utc`: not in the reader's zone are times told."""
    match chosen:
        case Format.MARKDOWN:
            from earwig.export.formats.markdown import MarkdownWriter

            return MarkdownWriter(utc=utc)
        case Format.HTML:
            from earwig.export.formats.html import HtmlWriter

            return HtmlWriter(utc=utc)
        case Format.TEXT:
            from earwig.export.formats.text import TextWriter

            return TextWriter(utc=utc)
        case Format.JSON:
            from earwig.export.formats.records import JsonWriter

            return JsonWriter()
        case Format.JSONL:
            from earwig.export.formats.records import JsonLinesWriter

            return JsonLinesWriter()
