"""Which writer makes which format."""

from __future__ import annotations

from earwig.export.formats.writer import Writer
from earwig.export.request import Format


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
