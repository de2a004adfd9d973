"""The one thing that the reader looks for, or is on the way to, until it is found or any movement ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.session.messages import NoSuchLine
from earwig.ui.transcript.lost_place import LostPlace
from earwig.ui.transcript.session_model import SessionModel

if TYPE_CHECKING:
    from earwig.core.model.message_link import MessageLink
    from earwig.ui.session.search_requests import Seek
    from earwig.ui.session.searching import SeekResult


class Pursuit:
    """Holds what the reader looks for, and what there is to say of it. `stop` ends it, whatever it is."""

    def __init__(self, session: SessionModel, lost: LostPlace) -> None:
        self._session = session
        self._lost = lost
        self.line: int | None = None
        """The line that the reader wants to be at, as long as it is not certain where that is."""

        self.no_line: NoSuchLine | None = None
        """Where the reader wanted to go, if there is nothing."""

        self.link: MessageLink | None = None
        self.seek: Seek | None = None
        self.share = 0.0
        """The part of the way that is looked through, from 0 to 1."""

        self.said: SafeText | None = None
        """What a search has to say, until the next movement."""

    @property
    def can_be_stopped(self) -> bool:
        """Whether something is under way that takes long."""
        return self.seek is not None or self.line is not None

    def stop(self) -> None:
        self.line = self.no_line = self.said = self.link = None
        self._lost.anchor = None
        if self.seek is not None:
            self.seek = None
            if self._session.reader is not None:
                self._session.reader.search.seek(None)

    def begin_seek(self, seek: Seek) -> None:
        if self._session.reader is not None:
            self.seek, self.share = seek, 0.0
            self._session.reader.search.seek(seek)

    def is_about(self, message: SeekResult) -> bool:
        """Take in the progress of a seek; return whether it is the one that is under way."""
        if message.seek is not self.seek:
            return False
        self.share = message.share
        if message.done:
            self.seek = None
        return True

    @property
    def is_slow(self) -> bool:
        """Whether a seek has not ended at once."""
        return self.seek is not None and self.share > 0

    def words(self) -> SafeText | None:
        """Return what there is to say of it; None: nothing."""
        if self.is_slow:
            return own_text("searching… {:.0f} % · Esc stops", 100 * self.share)
        return self.said
