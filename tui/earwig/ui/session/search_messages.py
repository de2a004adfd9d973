"""What a search in an open session tells the transcript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from earwig.ui.session.messages import FeedMessage

if TYPE_CHECKING:
    from earwig.core.model.entries import Entry
    from earwig.ui.session.search_requests import Find, Hunt


class Sought(FeedMessage):
    """How a hunt stands: how far it is, or what it found."""

    def __init__(
        self,
        feed: object,
        hunt: Hunt,
        entry: Entry | None,
        match: int,
        texts: tuple[str, ...],
        *,
        share: float,
        done: bool,
    ) -> None:
        super().__init__(feed)
        self.hunt = hunt
        self.entry = entry
        """What was found; None if nothing is, or nothing yet."""

        self.match = match
        """Which of the entry's matches, from 0."""

        self.texts = texts
        """What the entry's matches say."""

        self.share = share
        """The part of the way that is looked through, from 0 to 1."""

        self.done = done


class Marked(FeedMessage):
    """What the matches in some entries say, by the entries' identities."""

    def __init__(self, feed: object, find: Find, texts: Mapping[int, tuple[Entry, tuple[str, ...]]]) -> None:
        super().__init__(feed)
        self.find = find
        self.texts = texts


class MatchesCounted(FeedMessage):
    """How many matches there are, as far as they are counted."""

    def __init__(
        self, feed: object, find: Find, total: int, *, number: int | None, share: float, done: bool
    ) -> None:
        super().__init__(feed)
        self.find = find
        self.total = total
        self.number = number
        """Which of all the current one is, from 1; None: not known yet."""

        self.share = share
        self.done = done


class TooSlowToFind(FeedMessage):
    """An expression takes too long: the search is given up."""

    def __init__(self, feed: object, find: Find) -> None:
        super().__init__(feed)
        self.find = find
