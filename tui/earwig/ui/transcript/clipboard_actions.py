"""What is taken along from a transcript: copies, links, and texts for the reader's own programs."""

from __future__ import annotations

from collections.abc import Callable

from textual.actions import SkipAction
from textual.message import Message

from earwig.core.model.entries import Entry, RemovedEntry
from earwig.core.stores.protocols import Transcript
from earwig.core.text.safe_text import own_text
from earwig.ui.session.messages import LineTaken
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.requests import CopyWanted, LetGo, MoreWanted, ProgramWanted, SessionWanted
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.selection import Selection
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange

LONGEST = 16 * 1024 * 1024
"""Bytes of a line that are read to be taken along."""


class ClipboardActions:
    """Finds what is to be taken, and hands it to whoever can; touches no clipboard and no program itself."""

    def __init__(self, session: SessionModel, on_screen: OnScreen, selection: Selection, host: Host) -> None:
        self._session = session
        self._viewport, self._cache, self._screenful = on_screen
        self._selection = selection
        self._host = host
        self.waiting = False

    # Keys.

    def copy(self) -> ViewChange:
        if self._selection.exists:
            return self.copy_selection()
        return self._with_source(lambda source: self._post(CopyWanted(source)))

    def copy_selection(self) -> ViewChange:
        """Copy what is selected. Raises `SkipAction` where nothing is."""
        if not self._selection.exists:
            raise SkipAction
        return self._post(CopyWanted(self._selection.text().encode("utf-8", "surrogatepass")))

    def choose_copy(self) -> ViewChange:
        entry, selection = self._screenful.current, self._selection.text()
        if entry is None:
            return ViewChange.NOTHING
        return self._with_source(lambda source: self._post(MoreWanted(entry, source, selection)))

    def copy_link(self) -> ViewChange:
        entry = self._screenful.current
        return ViewChange.NOTHING if entry is None else self.copy_link_to(entry)

    def page(self) -> ViewChange:
        return self._with_source(lambda source: self._post(ProgramWanted(source, edit=False)))

    def page_session(self) -> ViewChange:
        return self._post(SessionWanted())

    def edit(self) -> ViewChange:
        return self._with_source(lambda source: self._post(ProgramWanted(source, edit=True)))

    # What takes long.

    def wait(self, waiting: bool) -> None:
        self.waiting = waiting

    def let_go(self) -> ViewChange:
        return self._post(LetGo())

    # What is taken.

    def copy_stored(self, entry: Entry) -> ViewChange:
        return self._with_bytes(entry, self._copy)

    def copy_link_to(self, entry: Entry) -> ViewChange:
        """Copy a link to a message; without its line's number, where that is not known yet."""
        from earwig.core.model.message_link import MessageLink  # few ever copy one
        from earwig.core.reading.link_search import digest_at

        def copy(digest: bytes) -> ViewChange:
            reader = self._session.reader
            if reader is None:
                return ViewChange.NOTHING
            number = self._cache.numbers.number_of(entry)
            return self._copy(MessageLink(reader.session.key, number, digest.decode()).told().encode())

        return self._with_bytes(entry, copy, lambda transcript: digest_at(transcript, entry).encode())

    def take_line(self, message: LineTaken) -> ViewChange:
        """Go on with what was made of a line."""
        if message.data is None:
            self._host.tell(own_text("The session was rewritten just now; try again."))
        else:
            message.then(message.data)
        return ViewChange.NOTHING

    def _post(self, message: Message) -> ViewChange:
        self._host.post_message(message)
        return ViewChange.NOTHING

    def _copy(self, data: bytes) -> ViewChange:
        return self._post(CopyWanted(data))

    def _with_source(self, then: Callable[[bytes], ViewChange]) -> ViewChange:
        """Give the text of the message that the cursor is on, as it is stored; it may have to be read."""
        entry = self._screenful.current
        if entry is None:
            self._host.tell(own_text("There is no message here."))
            return ViewChange.NOTHING
        from earwig.core.reading.session_text import source_of

        source = source_of(entry.item)
        if source is not None:
            return then(source)
        if isinstance(entry.item, RemovedEntry):
            self._host.tell(own_text("Its text is not kept."))
            return ViewChange.NOTHING
        return self._with_bytes(entry, then, lambda transcript: _text(transcript, entry))

    def _with_bytes(
        self,
        entry: Entry,
        then: Callable[[bytes], ViewChange],
        make: Callable[[Transcript], bytes] | None = None,
    ) -> ViewChange:
        reader, post_message = self._session.reader, self._host.post_message
        if isinstance(entry.item, RemovedEntry):
            self._host.tell(own_text("It is not in the session any more; c copies its text."))
        elif entry.size > LONGEST:
            self._host.tell(own_text("{:,} bytes are too much to take along from here.", entry.size))
        elif reader is not None:
            stored = make or (lambda transcript: transcript.raw(entry, entry.size))
            reader.read(
                self._viewport.generation, stored, lambda data: post_message(LineTaken(reader, data, then))
            )
        return ViewChange.NOTHING


def _text(transcript: Transcript, entry: Entry) -> bytes:
    """Return what a line says that was too long to be read with the others."""
    from earwig.core.reading.newest import exact
    from earwig.core.reading.session_text import source_of

    return source_of(exact(transcript, entry).item) or b""
