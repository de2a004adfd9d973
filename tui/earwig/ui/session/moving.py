"""Moves an open session to the database once the bot has made rows of its file."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from textual.message import Message

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.entries import Entry, Position
from earwig.core.model.message import ChatMessage, line_of
from earwig.core.model.session import Session
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.background import Background, Priority
from earwig.core.system.opening import CannotOpen
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.view import TranscriptView
from earwig.ui.widgets.data_message import DataMessage

ReaderOf = Callable[[Session, Transcript, TranscriptView], SessionReader]


class Stood(NamedTuple):
    reader: SessionReader
    top: Entry | None
    """The entry at the top; None where the view followed."""

    known_to: Position
    """The position from which on everything is new."""


class Moved(DataMessage, bubble=False):
    """Tells where rows hold what a view shows of their file."""

    view: TranscriptView
    stood: Stood
    reader: SessionReader
    top: Position
    known_to: Position
    """The same places in the rows."""


def rows_of(file: Session, catalog: SessionCatalog) -> Session | None:
    """Return the rows that hold all that a file did: those that are also where the bot has put it."""
    for session_id in catalog.by_activity():
        detail = catalog[session_id].detail
        if detail is not None and (detail.also_in or detail.beside):
            rows = catalog[session_id]
            if rows.imported_from == file.id:
                return rows
    return None


@dataclass(eq=False)
class Moving:
    """Finds the rows of what is open and gone, and its places in them; `post` may be called in any thread."""

    _store: Store
    _catalog: SessionCatalog
    _background: Background
    _reader_of: ReaderOf
    _post: Callable[[Message], object]
    _under_way: set[SessionReader] = field(default_factory=set, init=False)

    def look(self, views: Iterable[TranscriptView]) -> None:
        """Begin with each view whose session's file is gone, and whose rows are listed."""
        for view in views:
            reader = view.reader
            if reader is None or reader in self._under_way or reader.session.detail is not None:
                continue
            if view.parts.session.gone or self._catalog.get(reader.session.id) is None:
                rows = rows_of(reader.session, self._catalog)
                if rows is not None:
                    self._begin(view, reader, rows)

    def _begin(self, view: TranscriptView, reader: SessionReader, rows: Session) -> None:
        self._under_way.add(reader)
        new = self._reader_of(rows, self._store.open(rows), view)
        top = None if view.following else view.parts.screenful.top()
        stood = Stood(reader, None if top is None else top.entry, view.parts.known_to)
        steps = self._places(rows, stood)

        def step() -> None:
            try:
                next(steps)
            except StopIteration as found:
                self._under_way.discard(reader)
                self._post(Moved(view, stood, new, *found.value))
            except CannotOpen:
                self._under_way.discard(reader)  # what happens next is another reason to look
            else:
                self._background.submit(step, Priority.SOON)

        self._background.submit(step, Priority.SOON)

    def _places(self, rows: Session, stood: Stood) -> Generator[bool, None, tuple[Position, Position]]:
        # Loaded with the first session that moves.
        from earwig.core.model.message_link import MessageLink, digest_of
        from earwig.core.reading.imports import file_of
        from earwig.core.reading.link_search import LinkSearch
        from earwig.core.reading.ordinals import counterpart

        transcript = self._store.open(rows)
        transcript.refresh()
        top = known_to = transcript.end
        moved = file_of(self._store, rows)
        if moved is not None:
            file = self._store.open(moved)
            file.refresh()
            known_to = yield from counterpart(file, stood.known_to, transcript)
            if stood.top is not None:
                top = yield from counterpart(file, stood.top.position, transcript)
        elif stood.top is not None and isinstance(stood.top.item, ChatMessage):
            search = LinkSearch(
                transcript, MessageLink("", stood.top.number, digest_of(line_of(stood.top.item)))
            )
            while not search.step():
                yield False
            top = search.place if search.found is None else search.found
        return top, known_to
