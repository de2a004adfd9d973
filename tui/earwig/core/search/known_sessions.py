"""What a listing found serves the searches of the next letters too: it takes a quarter of their time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from earwig.core.model.session import Session, in_order
from earwig.core.model.unlisted import Unlisted
from earwig.core.search.job import Asked, portions_of
from earwig.core.stores.jsonl.folder import FolderStore, look_at, names_beside

FRESH = 60.0
"""Seconds for which a listing is taken for all that there was, but for what is told or found to be new."""

_STEP_NS = 3 * 10**9

MANY = 500
"""Changed sessions from which on it costs less to list all anew than to look at each of them again."""


class Listed:
    """The sessions of a store, newest activity first, as they once were, and what a search needs of them."""

    def __init__(self, store: FolderStore, at: float) -> None:
        self.store = store
        self.at = at
        """When they were listed, in seconds of the clock that is used."""

        self._as_listed = [_changed_at(folder) for folder in store.folders]
        self.unlisted: list[Unlisted] = []
        """The folders that could not be listed whole."""

        self.sessions: Sequence[Session] = store.sessions(self.unlisted)
        self.changed: set[str] = set()
        """The ids of those that have changed since."""

    @cached_property
    def portions(self) -> list[Asked]:
        """All of them, in the portions in which they are looked through."""
        return portions_of(self.sessions)

    @cached_property
    def _locations(self) -> frozenset[str]:
        return frozenset(session.id for session in self.sessions)

    @cached_property
    def _names(self) -> list[tuple[str, frozenset[str]]]:
        """What the ids in each folder begin with, and the names of the sessions in it."""
        prefixes = [os.path.join(folder, "") for folder in self.store.folders]  # noqa: PTH118 - as listed
        return [
            (prefix, frozenset(it.removeprefix(prefix) for it in self._locations if it.startswith(prefix)))
            for prefix in prefixes
        ]

    def prepare(self) -> None:
        """Work out now what copies of this process would each work out."""
        _ = self.portions, self._locations, self._names

    def note(self, changed: Collection[str]) -> bool:
        """Look at these again with each search; False if they are too many for that by now."""
        self.changed.update(self._locations.intersection(changed))
        return len(self.changed) <= MANY

    def newer_ones(self) -> list[Session]:
        """Those that have come or changed since, as they are now; only the names of the others are read."""
        new = [session_id for session_id in map(str, self.store.files) if session_id not in self._locations]
        for (prefix, known), folder, as_listed in zip(
            self._names, self.store.folders, self._as_listed, strict=True
        ):
            if as_listed is not None and as_listed == _changed_at(folder):
                continue
            with suppress(OSError):  # a folder that is gone
                # The names that are known are most: the others are few enough to be looked at one by one.
                new += (prefix + name for name in names_beside(prefix, known))
        return in_order(filter(None, map(look_at, {*new, *self.changed})))


class KnownSessions:
    """The sessions of the store that was last asked for, from a listing that may be `FRESH` seconds old."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._listed: Listed | None = None

    def of(
        self, store: FolderStore, *, changed: Collection[str] = (), anew: bool = False
    ) -> tuple[Listed, bool]:
        """What a listing found; and whether it was made for this call, as it is with `anew`.

        `changed`: the ids of all sessions that have changed since the last call.
        """
        now, known = self._clock(), self._listed
        fresh = known is not None and not anew and now - known.at < FRESH and _are_same(known.store, store)
        if known is not None and fresh and not known.unlisted and known.note(changed):
            known.prepare()  # it is used again: letters follow one another
            return known, False
        self._listed = Listed(store, now)
        return self._listed, True


def _are_same(one: FolderStore, other: FolderStore) -> bool:
    return one is other or (one.folders, one.files) == (other.folders, other.files)


def _changed_at(folder: Path) -> int | None:
    """When a name last came to a folder or went from it, in nanoseconds; None if that may be a moment ago.

    The file system's clock goes by steps, some of seconds: only what is longer ago than one is told by them.
    """
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return None
    return changed if time.time_ns() - changed > _STEP_NS else None
