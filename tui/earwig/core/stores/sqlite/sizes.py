"""How many bytes a value has, in the words of the SQLite that is there."""

from __future__ import annotations

from contextlib import suppress

from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.snapshot import Snapshot

_SIZE, _OLD_SIZE = "octet_length({})", "length(CAST({} AS BLOB))"


def size_of(snapshot: Snapshot, value: str) -> str:
    """Return SQL for the bytes of a column or another value: NULL for NULL."""
    found: str | None = snapshot.memo.get(_SIZE)
    if found is None:
        found = _OLD_SIZE
        with suppress(Unreadable):  # an older SQLite does not know this one, which reads no long value
            snapshot.one("SELECT " + _SIZE.format("''"))
            found = _SIZE
        snapshot.memo[_SIZE] = found
    return found.format(value)
