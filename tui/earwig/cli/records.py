"""Fields that the JSON of several commands has, under the same names everywhere."""

from __future__ import annotations

from earwig.core.model.session import Session


def named(session: Session) -> dict[str, object]:
    """Return which session it is: `id, key, store, path`."""
    return {"id": session.id, "key": session.key, "store": session.store, "path": session.file}
