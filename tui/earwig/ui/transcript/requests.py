"""What a reader of a transcript asks of those who have the transcript: screens, clipboard, programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from earwig.core.model.entries import Entry
from earwig.core.model.session import Session
from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.links import Link, LocalFile

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter


class CopyWanted(Message):
    """The reader wants these bytes in the clipboard."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


class MoreWanted(Message):
    """The reader wants to choose what to copy of an entry."""

    def __init__(self, entry: Entry, source: bytes, selection: str) -> None:
        super().__init__()
        self.entry = entry
        self.source = source
        """Its text, as it is stored."""

        self.selection = selection
        """What is selected; empty if nothing is."""


class ProgramWanted(Message):
    """The reader wants to see a text in the pager, or in the editor."""

    def __init__(self, source: bytes, *, edit: bool) -> None:
        super().__init__()
        self.source = source
        self.edit = edit


class SessionWanted(Message):
    """The reader wants to see the session in the pager."""


class LetGo(Message):
    """The reader does not want to wait for what was wanted."""


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


class ExportWanted(Message):
    """The reader wants the session as a document."""

    def __init__(self, session: Session, limit: EntryFilter | None) -> None:
        super().__init__()
        self.session = session
        self.limit = limit
        """What is shown of it; None: all."""
