"""What a reader of a transcript asks of those who have the transcript: screens, clipboard, programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from earwig.core.model.entries import Entry
from earwig.core.model.session import Session
from earwig.core.text.safe_text import SafeText
from earwig.ui.widgets.data_message import DataMessage

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter
    from earwig.ui.rendering.links import Link, LocalFile


class ReaderRequest(DataMessage):
    """Something that is wanted, or told, of a transcript by who reads it."""


class CopyWanted(ReaderRequest):
    data: bytes


class MoreWanted(ReaderRequest):
    """The reader wants to choose what to copy of an entry."""

    entry: Entry
    source: bytes
    selection: str


class ProgramWanted(ReaderRequest):
    """The reader wants to see a text in the pager, or in the editor."""

    source: bytes
    edit: bool


class SessionWanted(ReaderRequest):
    """The reader wants to see the session in the pager."""


class LetGo(ReaderRequest):
    """The reader does not want to wait for what was wanted."""


class StoredWanted(ReaderRequest):
    entry: Entry
    number: SafeText
    """As it is shown: `1202`, or `~1202` for a guess."""

    data: bytes
    row: int | None = None


class LineKnown(ReaderRequest):
    """The number of the line whose bytes were wanted last is known now."""

    entry: Entry
    number: SafeText


class LinksWanted(ReaderRequest):
    """The reader wants to see where a message leads: at least one link, or file of this machine."""

    links: Sequence[Link | LocalFile]


class ExportWanted(ReaderRequest):
    session: Session
    filter: EntryFilter | None
    """What is shown of it; None: all."""
