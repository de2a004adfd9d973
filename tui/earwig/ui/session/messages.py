"""What the threads that read the disk tell the widgets: facts, never widgets' business."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from textual.message import Message

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


class FactsArrived(Message, bubble=False):
    """Sessions appeared, changed or vanished."""

    def __init__(self, facts: StoreEvents) -> None:
        super().__init__()
        self.facts = facts


class SummariesArrived(Message, bubble=False):
    """Sessions are summed up."""

    def __init__(self, found: SummedUp, *, swept: bool) -> None:
        super().__init__()
        self.found = found
        self.swept = swept
        """Whether all are being looked through; else these were on the screen."""


class TroublesArrived(Message, bubble=False):
    """What is the matter in whole sessions, as far as they are counted."""

    def __init__(self, found: CountedTroubles) -> None:
        super().__init__()
        self.found = found


class ReadingArrived(Message, bubble=False):
    """What earlier runs left of the reader's marks; None: nothing."""

    def __init__(self, reading: Reading | None, problem: SafeText | None) -> None:
        super().__init__()
        self.reading = reading
        self.problem = problem


class MarkdownLoaded(Message, bubble=False):
    """Messages can be rendered now."""


class FeedMessage(Message, bubble=False):
    """Something about one open session; a widget that has moved on to another ignores it."""

    def __init_subclass__(cls) -> None:
        # To whom it is posted, and to nobody above: each further one would take time from the next frame.
        super().__init_subclass__(bubble=False)

    def __init__(self, feed: object) -> None:
        super().__init__()
        self.feed = feed
        """The `Feed` that it comes from: to be compared, and no more."""


class PageArrived(FeedMessage):
    """Entries that were asked for, or that the bot has just appended."""

    def __init__(
        self, feed: object, page: Page, place: Place, anchor: int, limit: EntryFilter | None = None
    ) -> None:
        super().__init__(feed)
        self.page = page
        self.place = place
        self.anchor = anchor
        """The position that the page was asked for."""

        self.limit = limit
        """The filter that it was asked for."""


class Rewritten(FeedMessage):
    """The file's past has changed: what is shown is to be read anew."""


class Gone(FeedMessage):
    """The file is not there any more; what was read of it stays."""


class SessionUnreadable(FeedMessage):
    """The file cannot be opened, and why."""

    def __init__(self, feed: object, reason: str) -> None:
        super().__init__(feed)
        self.reason = reason


class Counted(FeedMessage):
    """How much there is, as far as it is counted; the next one says more."""

    def __init__(
        self,
        feed: object,
        *,
        span: tuple[Position, Position],
        messages: int,
        bad_lines: int,
        long_lines: int,
        new: int,
        done: bool,
        lines: int | None,
        lines_counted: int = 0,
        indexed: Position = 0,
    ) -> None:
        super().__init__(feed)
        self.span = span
        """Between which positions the session is."""

        self.messages = messages
        self.bad_lines = bad_lines
        self.long_lines = long_lines
        """Lines that were not read because of their length."""

        self.new = new
        """Messages behind the place where the reader left off following."""

        self.done = done
        self.lines = lines
        """Lines in the file, once they are all counted."""

        self.lines_counted, self.indexed = lines_counted, indexed
        """Lines counted so far, and up to where."""


class Remembered(FeedMessage):
    """How much of the session the bot still has in mind, by an estimate."""

    def __init__(self, feed: object, estimate: Estimate, generation: int, note: SafeText | None) -> None:
        super().__init__(feed)
        self.estimate = estimate
        self.generation = generation
        """Of the positions in it."""

        self.note = note
        """Why the bot's own limits are not used, if there is something to say."""


class FilterCounted(FeedMessage):
    """What a filter leaves and hides, as far as it is counted."""

    def __init__(
        self, feed: object, limit: EntryFilter, shown: int, hidden: tuple[int, ...], *, done: bool
    ) -> None:
        super().__init__(feed)
        self.limit = limit
        self.shown = shown
        self.hidden = hidden
        """Entries that each of its conditions hides."""

        self.done = done


class Numbered(FeedMessage):
    """Line numbers that were not known when their entries were read, by position."""

    def __init__(self, feed: object, numbers: Mapping[int, int], generation: int) -> None:
        super().__init__(feed)
        self.numbers = numbers
        self.generation = generation
        """Of the file's past that the positions belong to."""


class LineFound(FeedMessage):
    """Where the line of a number is, or may be, with what is around it."""

    def __init__(
        self,
        feed: object,
        number: int,
        position: int,
        page: Page,
        *,
        certain: bool,
        limit: EntryFilter | None = None,
    ) -> None:
        super().__init__(feed)
        self.number = number
        self.position = position
        self.page = page
        self.certain = certain
        """Whether it is the line; else it is a guess, because those before it are not counted yet."""

        self.limit = limit


class NoSuchLine(FeedMessage):
    """There is no line of a number, and how many lines there are."""

    def __init__(self, feed: object, number: int, lines: int) -> None:
        super().__init__(feed)
        self.number = number
        self.lines = lines


class LinkFollowed(FeedMessage):
    """Where the message is that a link means, or where it was, with what is around it."""

    def __init__(self, feed: object, link: MessageLink, position: int, page: Page, *, found: bool) -> None:
        super().__init__(feed)
        self.link = link
        self.position = position
        self.page = page
        self.found = found
        """Whether it is there; else nothing in the session has its bytes."""


class LineTaken(FeedMessage):
    """What was made of a line's bytes for somebody; None if they are gone."""

    def __init__(self, feed: object, data: bytes | None, then: Callable[[bytes], object]) -> None:
        super().__init__(feed)
        self.data = data
        self.then = then


class StoredBytes(FeedMessage):
    """The bytes of one line, as they are in the file."""

    def __init__(self, feed: object, entry: Entry, data: bytes | None, row: int | None) -> None:
        super().__init__(feed)
        self.entry = entry
        self.row = row
        """Which row of a database they are of; None of a file."""

        self.data = data
        """None: the file was rewritten, and they are another line's."""
