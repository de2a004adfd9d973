"""How far a watcher of databases is."""

from __future__ import annotations

from earwig.core.stores.sqlite.watcher import DatabaseWatcher


def is_watching(watcher: DatabaseWatcher) -> bool:
    """Whether everything that happens from now on is noticed."""
    return bool(watcher._seen)


def is_quiet(watcher: DatabaseWatcher) -> bool:
    """Whether nothing is still to be looked at."""
    return (
        is_watching(watcher)
        and watcher._settle_at is None
        and not (watcher._owes_listing or watcher._listing)
    )
