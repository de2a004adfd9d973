"""What the threads that read the disk tell the widgets: events, never widgets' business."""

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
    """Where a page of entries belongs."""

    NEWEST = "newest"
    BEFORE = "before"
    AFTER = "after"
    AROUND = "around"


class EventsArrived(DataMessage, bubble=False):
    """Sessions appeared, changed or vanished."""

    events: StoreEvents


class SummariesArrived(DataMessage, bubble=False):
    """Sessions are summed up."""

    found: SummedUp
    swept: bool
    """Whether all are being looked through; else these were on the screen."""


class TroublesArrived(DataMessage, bubble=False):
    """What is the matter in whole sessions, as far as they are counted."""

    found: CountedTroubles


class ReadingArrived(DataMessage, bubble=False):
    """What earlier runs left of the reader's marks; None: nothing."""

    reading: Reading | None
    problem: SafeText | None


class MarkdownLoaded(Message, bubble=False):
    """Messages can be rendered now."""


class ReaderMessage(DataMessage, bubble=False):
    """Something about one open session; a widget that has moved on to another ignores it."""

    reader: object
    """The `SessionReader` that it comes from: to be compared, and no more."""

    def __init_subclass__(cls) -> None:
        # To whom it is posted, and to nobody above: each further one would take time from the next frame.
        super().__init_subclass__(bubble=False)


class PageArrived(ReaderMessage):
    """Entries that were asked for, or that the bot has just appended."""

    page: Page
    place: Place
    anchor: int
    """The position that the page was asked for."""

    filter: EntryFilter | None = None
    """The filter that it was asked for."""


class Rewritten(ReaderMessage):
    """The file's past has changed: what is shown is to be read anew."""


class Gone(ReaderMessage):
    """The file is not there any more; what was read of it stays."""


class SessionUnreadable(ReaderMessage):
    """The file cannot be opened, and why."""

    reason: str


class Counted(ReaderMessage):
    """How much there is, as far as it is counted; the next one says more."""

    span: tuple[Position, Position]
    """Between which positions the session is."""

    messages: int
    bad_lines: int
    long_lines: int
    """Lines that were not read because of their length."""

    new: int
    """Messages behind the place where the reader left off following."""

    done: bool
    lines: int | None
    """Lines in the file, once they are all counted."""

    lines_counted: int = 0
    indexed: Position = 0
    """Lines counted so far, and up to where."""


class Remembered(ReaderMessage):
    """How much of the session the bot still has in mind, by an estimate."""

    estimate: Estimate
    generation: int
    """Of the positions in it."""

    note: SafeText | None
    """Why the bot's own limits are not used, if there is something to say."""


class FilterCounted(ReaderMessage):
    """What a filter leaves and hides, as far as it is counted."""

    filter: EntryFilter
    shown: int
    hidden: tuple[int, ...]
    """Entries that each of its conditions hides."""

    done: bool


class Numbered(ReaderMessage):
    """Line numbers that were not known when their entries were read, by position."""

    numbers: Mapping[int, int]
    generation: int
    """Of the file's past that the positions belong to."""


class LineFound(ReaderMessage):
    """Where the line of a number is, or may be, with what is around it."""

    number: int
    position: int
    page: Page
    certain: bool
    """Whether it is the line; else it is a guess, because those before it are not counted yet."""

    filter: EntryFilter | None = None


class NoSuchLine(ReaderMessage):
    """There is no line of a number, and how many lines there are."""

    number: int
    lines: int


class LinkFollowed(ReaderMessage):
    """Where the message is that a link means, or where it was, with what is around it."""

    link: MessageLink
    position: int
    page: Page
    found: bool
    """Whether it is there; else nothing in the session has its bytes."""


class LineTaken(ReaderMessage):
    """What was made of a line's bytes for somebody; None if they are gone."""

    data: bytes | None
    then: Callable[[bytes], object]


class StoredBytes(ReaderMessage):
    """The bytes of one line, as they are in the file."""

    entry: Entry
    data: bytes | None
    """None: the file was rewritten, and they are another line's."""

    row: int | None
    """Which row of a database they are of; None of a file."""
