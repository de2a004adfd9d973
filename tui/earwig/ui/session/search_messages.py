"""What a search in an open session tells the transcript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from earwig.ui.session.messages import ReaderMessage

if TYPE_CHECKING:
    from earwig.core.model.entries import Entry
    from earwig.ui.session.search_requests import Find, Seek


class SeekResult(ReaderMessage):
    """How a seek stands: how far it is, or what it found."""

    seek: Seek
    entry: Entry | None
    """What was found; None if nothing is, or nothing yet."""

    match: int
    """Which of the entry's matches, from 0."""

    texts: tuple[str, ...]
    """What the entry's matches say."""

    share: float
    """The part of the way that is looked through, from 0 to 1."""

    done: bool


class Marked(ReaderMessage):
    """What the matches in some entries say, by the entries' identities."""

    find: Find
    texts: Mapping[int, tuple[Entry, tuple[str, ...]]]


class MatchesCounted(ReaderMessage):
    """How many matches there are, as far as they are counted."""

    find: Find
    total: int
    number: int | None
    """Which of all the current one is, from 1; None: not known yet."""

    share: float
    done: bool


class TooSlowToFind(ReaderMessage):
    """An expression takes too long: the search is given up."""

    find: Find
