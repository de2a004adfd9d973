"""What can be opened from a transcript: a line's bytes, and the links of a message."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from earwig.core.model.entries import Entry, Ghost
from earwig.core.model.message import BadLine
from earwig.core.model.session import Session
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.messages import StoredBytes
from earwig.ui.plain import notify_safely
from earwig.ui.rendering.links import Link, LocalFile, targets_in
from earwig.ui.widgets.transcript_limiting import TranscriptLimiting

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter


class TranscriptOpening(TranscriptLimiting):
    """Asks for what is to be opened, and hands it to whoever shows it; opens nothing itself."""

    class StoredWanted(Message):
        """The reader wants to see a line's bytes."""

        def __init__(self, entry: Entry, number: SafeText, data: bytes, row: int | None = None) -> None:
            super().__init__()
            self.entry = entry
            self.row = row
            self.number = number
            """As it is shown: `1202`, or `~1202` for a guess."""

            self.data = data

    class LineKnown(Message):
        """The number of the line whose bytes were wanted last is known now."""

        def __init__(self, entry: Entry, number: SafeText) -> None:
            super().__init__()
            self.entry = entry
            self.number = number

    class LinksWanted(Message):
        """The reader wants to see where a message leads: at least one link, or file of this machine."""

        def __init__(self, links: Sequence[Link | LocalFile]) -> None:
            super().__init__()
            self.links = links

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "o",
            "links",
            "Open link",
            tooltip="The message's links and media files: where they lead, then open one",
            id="transcript.links",
        ),
        Binding(
            "e",
            "export",
            "Export",
            tooltip="The session as a document: Markdown, HTML, text or JSON, masked or not",
            id="transcript.export",
        ),
    ]

    class ExportWanted(Message):
        """The reader wants the session as a document."""

        def __init__(self, session: Session, limit: EntryFilter | None) -> None:
            super().__init__()
            self.session = session
            self.limit = limit
            """What is shown of it; None: all."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.stored: Entry | None = None
        """The line whose bytes were wanted last."""

    def action_stored(self) -> None:
        """Show the bytes of the line that the cursor is on; of what is gone, those that are kept."""
        entry = self.current
        if entry is None or not isinstance(entry.item, Ghost):
            super().action_stored()
        elif isinstance(entry.item.item, BadLine):
            self.post_message(self.StoredWanted(entry, own_text(""), entry.item.item.raw))
        else:
            notify_safely(self.app, own_text("Its bytes are not kept; v shows its text as it was stored."))

    def action_links(self) -> None:
        """Show the links of the message that the cursor is on."""
        entry = self.current
        links = [] if entry is None else targets_in(entry.item)
        if links:
            self.post_message(self.LinksWanted(links))
        else:
            notify_safely(self.app, own_text("no link and no file in this message"))

    def action_export(self) -> None:
        """Ask for a document of the session."""
        if self.feed is not None:
            self.post_message(self.ExportWanted(self.feed.session, self.limit))

    def on_stored_bytes(self, message: StoredBytes) -> None:
        """Hand a line's bytes on to who shows them."""
        if message.feed is not self.feed:
            return
        if message.data is None:
            notify_safely(
                self.app, own_text("The session was rewritten just now: that line is not there any more.")
            )
            return
        self.stored = entry = message.entry
        number = self.blocks.numbers.words(entry)
        self.post_message(self.StoredWanted(entry, number, message.data, message.row))

    def tell_line(self, known: Container[int]) -> None:
        """Say the number of the line whose bytes were wanted last, if it is among those known now."""
        if self.stored is not None and self.stored.position in known:
            self.post_message(self.LineKnown(self.stored, self.blocks.numbers.words(self.stored)))
