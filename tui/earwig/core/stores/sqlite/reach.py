"""Tells which databases can be listed, and which sessions are out of reach with one that cannot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import EMPTY, Unlisted
from earwig.core.stores.sqlite.place import stamp_of
from earwig.core.stores.watching.reach import Reach
from earwig.core.stores.watching.watch_thread import identity_of

_Identity = tuple[int, int]


class DatabaseReach(Reach):
    """Judges each listing: what is missing from it has vanished only if its database was listed whole.

    A database that is not there any more has no sessions: they were deleted with it. But where its folder may
    be another one, it may be a mount point without its file system: that counts as out of reach.
    """

    def __init__(self, databases: Iterable[Path], unlisted: Iterable[Unlisted] = ()) -> None:
        """`unlisted`: the places that could not be listed whole before."""
        super().__init__(it for it in unlisted if not it.partial)
        self._databases = tuple(databases)
        self._folders: dict[str, _Identity] = {}
        """Folders in which a database was listed, as they were then."""

    def _places_of(self, session_id: SessionId) -> tuple[str, str]:
        path = database_of(session_id)
        return path, os.path.dirname(path)  # noqa: PTH120 - a string, for each of many

    def was_listed(self, database: Path) -> bool:
        """Return whether a database was listed at the last listing, or was not there.

        One with damaged pages is listed in part: what can be read of it goes on.
        """
        places = (str(database), str(database.parent))
        outages = (self._out[place] for place in places if place in self._out)
        return all(it.partial for it in outages) and self._late.isdisjoint(places)

    def can_list(self, session_id: SessionId) -> bool:
        _, folder = self._places_of(session_id)
        now = identity_of(folder)
        return now is not None and now == self._folders.get(folder, now)

    def judge(self, unlisted: Iterable[Unlisted], known: Mapping[SessionId, Session]) -> bool:
        """Take in what a listing could not list; return whether other places are out of reach now."""
        failed = {it.folder: it for it in reversed(list(unlisted))}
        before, self._out = self._out, {}
        with_sessions = _places_with(known)
        for name, why in failed.items():
            if why.missing and name not in with_sessions:
                continue  # it is not there yet
            self._late |= set() if why.partial else {name} - with_sessions
            self._out[name] = why.no_more
        for path in map(str, self._databases):
            folder = os.path.dirname(path)  # noqa: PTH120 - as an id begins with it
            if folder in failed or path in failed:
                continue
            identity = identity_of(folder)
            is_another = folder in before or identity != self._folders.get(folder, identity)
            if is_another and stamp_of(path) is None and path in with_sessions:
                self._out[folder] = Unlisted(folder, EMPTY)
            elif identity is not None:
                self._folders[folder] = identity
                self._late -= {folder, path}
        self._back = frozenset(before.keys() - self._out.keys())
        return self._out != before


def database_of(session_id: SessionId) -> str:
    """Return the path of the database that a session's id begins with."""
    return session_id.rpartition("#")[0]


def _places_with(known: Iterable[SessionId]) -> set[str]:
    """Return the databases, and their folders, in which some sessions are."""
    paths = {database_of(session_id) for session_id in known}
    return paths | {os.path.dirname(path) for path in paths}  # noqa: PTH120
