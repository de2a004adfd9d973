"""Goes to the messages that links mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwig.core.text.safe_text import own_text, safe_name
from earwig.ui.session.messages import LineFound, LinkFollowed
from earwig.ui.transcript.filtering import Filtering
from earwig.ui.transcript.finder import Finder
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.navigator import Navigator, Target
from earwig.ui.transcript.page_reader import PageReader
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange

if TYPE_CHECKING:
    from earwig.core.model.message_link import MessageLink


@dataclass(eq=False)
class LinkFollower:
    _session: SessionModel
    _pursuit: Pursuit
    _navigator: Navigator
    _finder: Finder
    _filtering: Filtering
    _pages: PageReader
    _host: Host

    def follow(self, link: MessageLink) -> ViewChange:
        """Go to the message of a link that the reader has typed; it may be of another session."""
        if self._session.reader is None:
            return ViewChange.NOTHING
        key = self._session.reader.session.key
        if link.key in ("", key, safe_name(key)):
            return self.go_to(link)
        self._host.tell(own_text("That link is of another session: earwig {} opens it.", link.told()))
        return ViewChange.NOTHING

    def go_to(self, link: MessageLink) -> ViewChange:
        """Go to the message of a link as soon as it is found; the reader's next step ends the search."""
        if self._session.reader is not None:
            self._navigator.rest()
            self._finder.rest()
            self._pursuit.link = link
            self._session.reader.links.find(link)
        return ViewChange.NOTHING

    def take(self, message: LinkFollowed) -> ViewChange:
        """Go there, and say if it is not the message."""
        if self._pursuit.link != message.link:
            return ViewChange.NOTHING
        self._pursuit.link = None
        number = message.link.line or 0
        self._filtering.drop()
        self._navigator.target = Target(line=number)
        change = self._pages.take_line(
            LineFound(message.reader, number, message.position, message.page, certain=True)
        )
        if not message.found:
            words = own_text("That message is not in this session any more.")
            if number:
                words = own_text(
                    "That message is not in this session any more; this is where line {:,} is.", number
                )
            self._host.tell(words, severity="warning")
        return change
