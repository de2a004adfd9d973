"""Messages from the threads that read the disk to the widgets."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from textual.message import Message

from earwig.ui.widgets.data_message import DataMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from earwig.core.catalog.marks import Reading
    from earwig.core.catalog.summing_up import SummedUp
    from earwig.core.catalog.whole_sessions import CountedTroubles
    from earwig.core.memory.rules import Estimate
    from earwig.core.model.entries import Entry, Page, Position
    from earwig.core.model.events import StoreEvents
    from earwig.core.model.message_link import MessageLink
    from earwig.core.reading.filtering import EntryFilter
    from earwig.core.text.safe_text import SafeText


class Place(Enum):
    NEWEST = "newest"
    BEFORE = "before"
    AFTER = "after"
    AROUND = "around"


class EventsArrived(DataMessage, bubble=False):
    """Sessions appeared, changed or vanished."""

    events: StoreEvents


class SummariesArrived(DataMessage, bubble=False):
    found: SummedUp
    swept: bool
    """Whether all sessions are being looked through; else these were on the screen."""


class TroublesArrived(DataMessage, bubble=False):
    found: CountedTroubles


class ReadingArrived(DataMessage, bubble=False):
    """What earlier runs left of the reader's marks; None: nothing."""

    reading: Reading | None
    problem: SafeText | None


class MarkdownLoaded(Message, bubble=False):
    """Messages can be rendered now."""


class ReaderMessage(DataMessage, bubble=False):
    """A message about one open session. A widget that has moved on to another ignores it."""

    reader: object
    """The `SessionReader` that it comes from, only to be compared."""

    def __init_subclass__(cls) -> None:
        # To whom it is posted, and to nobody above: each further one would take time from the next frame.
        super().__init_subclass__(bubble=False)


class PageArrived(ReaderMessage):
    """Entries that were asked for, or that the bot has just appended."""

    page: Page
    place: Place
    anchor: int
    filter: EntryFilter | None = None


class Rewritten(ReaderMessage):
    """The session's past has changed: what is shown is to be read anew."""


class Gone(ReaderMessage):
    """The session is not there any more. What was read of it stays."""


class SessionUnreadable(ReaderMessage):
    reason: str


class Counted(ReaderMessage):
    """Counts of the session so far. The next message says more."""

    span: tuple[Position, Position]
    messages: int
    bad_lines: int
    long_lines: int
    """The number of lines that were not read because of their length."""

    new: int
    """The number of messages behind the place where the reader left off following."""

    done: bool
    lines: int | None
    """The number of lines, once they are all counted; else None."""

    lines_counted: int = 0
    indexed: Position = 0
    """How many lines are counted, and up to where."""


class Remembered(ReaderMessage):
    """An estimate of how much of the session the bot still has in mind."""

    estimate: Estimate
    generation: int
    """The generation of the positions in it."""

    note: SafeText | None
    """Why the bot's own limits are not used, if there is something to say."""


class FilterCounted(ReaderMessage):
    """Counts of what a filter leaves and hides, so far."""

    filter: EntryFilter
    shown: int
    hidden: tuple[int, ...]
    done: bool


class Numbered(ReaderMessage):
    """Line numbers, by position, that were not known when their entries were read."""

    numbers: Mapping[int, int]
    generation: int
    """Of the file's past that the positions belong to."""


class LineFound(ReaderMessage):
    number: int
    position: int
    page: Page
    certain: bool
    """Whether it is the line; else it is a guess, because those before it are not counted yet."""

    filter: EntryFilter | None = None


class NoSuchLine(ReaderMessage):
    number: int
    lines: int


class LinkFollowed(ReaderMessage):
    """Where the message of a link is, or was, with what is around it."""

    link: MessageLink
    position: int
    page: Page
    found: bool
    """Whether it is there; else nothing in the session has its bytes."""


class LineTaken(ReaderMessage):
    """What was made of a line's bytes; None if they are gone."""

    data: bytes | None
    then: Callable[[bytes], object]


class StoredBytes(ReaderMessage):
    entry: Entry
    data: bytes | None
    """The bytes; None: the session was rewritten, and they are another line's."""

    row: int | None
    """The number of their row in a database; None for a file."""
