"""What can be opened from a transcript: a line's bytes, the links of a message, the session as a document."""

from __future__ import annotations

from collections.abc import Container

from earwig.core.model.entries import LINE_LIMIT, Entry, RemovedEntry
from earwig.core.model.message import BadLine
from earwig.core.stores.protocols import Transcript
from earwig.core.text.safe_text import own_text
from earwig.ui.session.messages import StoredBytes
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.requests import ExportWanted, LineKnown, LinksWanted, StoredWanted
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange


class Opener:
    """Asks for what is to be opened, and hands it to whoever shows it; opens nothing itself."""

    def __init__(self, session: SessionModel, on_screen: OnScreen, host: Host) -> None:
        self._session = session
        self._viewport, self._cache, self._screenful = on_screen
        self._host = host
        self._stored: tuple[Entry, int] | None = None
        """The line whose bytes were wanted last, and the generation that its place is of."""

    def rest(self) -> None:
        self._stored = None

    def open_stored(self) -> ViewChange:
        """Ask for the bytes of the line that the cursor is on; of what is gone, those that are kept."""
        entry, reader = self._screenful.current, self._session.reader
        if entry is None or reader is None:
            return ViewChange.NOTHING
        if isinstance(entry.item, RemovedEntry):
            if isinstance(entry.item.item, BadLine):
                self._host.post_message(StoredWanted(entry, own_text(""), entry.item.item.raw))
            else:
                self._host.tell(own_text("Its bytes are not kept; v shows its text as it was stored."))
            return ViewChange.NOTHING
        post = self._host.post_message
        row: list[int | None] = [None]

        def read(transcript: Transcript) -> bytes:
            row[0] = transcript.row_of(entry.position)
            return transcript.raw(entry, LINE_LIMIT)

        reader.read(
            self._viewport.generation, read, lambda data: post(StoredBytes(reader, entry, data, row[0]))
        )
        return ViewChange.NOTHING

    def take_bytes(self, message: StoredBytes) -> ViewChange:
        if message.data is None:
            self._host.tell(own_text("The session was rewritten just now: that line is not there any more."))
            return ViewChange.NOTHING
        entry = message.entry
        self._stored = entry, self._viewport.generation
        number = self._cache.numbers.words(entry)
        self._host.post_message(StoredWanted(entry, number, message.data, message.row))
        return ViewChange.NOTHING

    def tell_number(self, known: Container[int]) -> None:
        """Tell the number of the line whose bytes were wanted last, if it is among those known now."""
        if self._stored is None:
            return
        entry, generation = self._stored
        if generation == self._viewport.generation and entry.position in known:
            self._host.post_message(LineKnown(entry, self._cache.numbers.words(entry)))

    def open_links(self) -> ViewChange:
        from earwig.ui.rendering.links import targets_in  # no first frame waits for what finds them

        entry = self._screenful.current
        links = [] if entry is None else targets_in(entry.item)
        if links:
            self._host.post_message(LinksWanted(links))
        else:
            self._host.tell(own_text("no link and no file in this message"))
        return ViewChange.NOTHING

    def export(self) -> ViewChange:
        session = self._session
        if session.reader is not None:
            self._host.post_message(ExportWanted(session.reader.session, session.filter))
        return ViewChange.NOTHING
