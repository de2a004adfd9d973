"""A session as its own store has it, without what a list of several stores says of it."""

from __future__ import annotations

import re

from earwig.core.model.keys import sanitise_key
from earwig.core.model.session import PLAIN, Session

_NOT_KEPT = re.compile("[^0-9A-Za-z_-]")


def undressed(session: Session) -> Session:
    """Return a session as its own store has it."""
    detail = session.detail
    if detail is None or not (detail.also_in or detail.beside):
        return session
    if detail.store == PLAIN:
        return session._replace(detail=None)
    return session._replace(detail=detail._replace(also_in=(), beside=()))


def file_key(session: Session) -> str:
    """Return the key that the file of a session would have, whatever holds it."""
    if session.is_file:
        return session.key
    key = session.key
    return _NOT_KEPT.sub("_", key) if key.isascii() else sanitise_key(key)
