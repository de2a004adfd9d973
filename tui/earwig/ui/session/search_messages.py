"""What a search in an open session tells the transcript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from earwig.ui.session.messages import ReaderMessage

if TYPE_CHECKING:
    from earwig.core.model.entries import Entry
    from earwig.ui.session.search_requests import Find, Seek


class SeekResult(ReaderMessage):
    seek: Seek
    entry: Entry | None
    match: int
    """Which of the entry's matches, from 0."""

    texts: tuple[str, ...]
    share: float
    """The part of the way that is searched, from 0 to 1."""

    done: bool


class Marked(ReaderMessage):
    find: Find
    texts: Mapping[int, tuple[Entry, tuple[str, ...]]]


class MatchesCounted(ReaderMessage):
    find: Find
    total: int
    number: int | None
    """The number of the current match among all, from 1; None: not known yet."""

    share: float
    done: bool


class TooSlowToFind(ReaderMessage):
    """The expression takes too long: the search is given up."""

    find: Find
