"""Finds the message of a link in an open session, in the background. What was asked for last counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwig.core.model.entries import Page, Position
from earwig.core.model.message_link import MessageLink
from earwig.core.reading.link_search import LinkSearch
from earwig.core.stores.protocols import Transcript
from earwig.core.system.background import Priority

if TYPE_CHECKING:
    from earwig.ui.session.searching import Ask

Found = Callable[[MessageLink, Position, Page, bool], object]
"""A function that is told the link, where to stand, the page around it, and whether that is the message."""


@dataclass(eq=False)
class LinkFollowing:
    """Searches a session, and where else its messages are; `page`: lines that are read on both sides."""

    _transcript: Transcript
    _elsewhere: Callable[[], Sequence[Transcript]]
    _ask: Ask
    _tell: Found
    _page: int
    _search: LinkSearch | None = None

    def find(self, link: MessageLink) -> None:
        search: LinkSearch | None = None

        def step() -> None:
            nonlocal search
            if search is None:
                search = self._search = LinkSearch(self._transcript, link, self._elsewhere())
            if self._search is not search:
                return
            if not search.step():
                self._ask(step, Priority.IDLE)
                return
            self._search = None
            position = search.place if search.found is None else search.found
            page = self._transcript.around(position, self._page, self._page)
            self._tell(link, position, page, search.found is not None)

        self._ask(step)
