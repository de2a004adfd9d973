"""Tells where rows hold what stood in the file that the bot has made them of."""

from __future__ import annotations

from earwig.core.model.entries import Position
from earwig.core.model.session import IMPORTING, MIGRATED, PLAIN, Session
from earwig.core.reading.ordinals import done, messages_before, place_behind
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store

_FILES = frozenset({MIGRATED, IMPORTING, PLAIN})


def file_of(store: Store, rows: Session) -> Session | None:
    """Return the file that these rows were imported from, whatever its name now; None if it is gone."""
    return next((it for it in store.elsewhere(rows) if it.store in _FILES), None)


def place_in_rows(rows: Transcript, file: Transcript, stop: Position) -> Position:
    """Return where rows hold all messages before a position in a file; reads both. Raises `CannotOpen`."""
    return done(place_behind(rows, done(messages_before(file, stop))))
