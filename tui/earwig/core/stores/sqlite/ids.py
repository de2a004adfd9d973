"""Ids of the sessions of a database: its path, a `#`, and the session's key."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from earwig.core.model.session import Session, SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.system.blake2 import blake2b

SEPARATOR = "#"
LONGEST = 200
"""The most characters of a key that stand in an id. A digest replaces a longer one."""

# A `!` stands in no percent-encoded text: what begins with one is no key as it is.
_PLAIN = re.compile(rb"[0-9A-Za-z_.~-]*")
_BLOB, _NONE, _DIGEST = "!blob-", "!null", "!digest-"


class Named(NamedTuple):
    """The parts of an id."""

    database: Path
    rest: str
    """What is behind the separator: the same for the same key."""

    @property
    def key(self) -> SessionKey | None:
        """The key; None where only a digest of it is there."""
        if self.rest.startswith(_DIGEST):
            return None
        if self.rest == _NONE:
            return SessionKey(None)
        if self.rest.startswith(_BLOB):
            return SessionKey(unquote_to_bytes(self.rest.removeprefix(_BLOB)), is_text=False)
        return SessionKey(unquote_to_bytes(self.rest))


def id_of(database: str, key: SessionKey) -> SessionId:
    """Return the id of the session with a key in the database at a path."""
    return SessionId(f"{database}{SEPARATOR}{rest_of(key)}")


def rest_of(key: SessionKey) -> str:
    """Return what stands for a key in an id."""
    raw, is_text = key
    if raw is None:
        return _NONE
    if is_text and len(raw) <= LONGEST and _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    if len(raw) > LONGEST and len(raw.decode("utf-8", "surrogateescape")) > LONGEST:
        return f"{_DIGEST}{'' if is_text else 'blob-'}{blake2b(raw, digest_size=16).hexdigest()}"
    encoded = quote_from_bytes(raw, safe="")
    return encoded if is_text else _BLOB + encoded


def read_id(name: str) -> Named | None:
    """Return the parts of an id; None for a text that is none. A relative path is made an absolute one."""
    path, separator, rest = name.rpartition(SEPARATOR)
    if not separator or not path or "\0" in path or os.sep in rest:
        return None
    named = Named(Path(os.path.abspath(path)), rest)  # noqa: PTH100 - `resolve` would follow links
    key = named.key
    return named if key is None or rest_of(key) == rest else None


def shown_key(key: SessionKey) -> str:
    """Return a key as text: bytes that are not UTF-8 as `os.fsdecode` gives them."""
    return (key.raw or b"").decode("utf-8", "surrogateescape")


def key_in(session: Session) -> SessionKey:
    """Return the key of a session that a database's store has listed."""
    key = None
    if session.id.rpartition(SEPARATOR)[2].startswith("!"):
        named = read_id(session.id)
        key = None if named is None else named.key
    return SessionKey(session.key.encode("utf-8", "surrogateescape")) if key is None else key
