"""Tells which folders of a store can be listed, and which sessions are out of reach with one that cannot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import EMPTY, Unlisted
from earwig.core.stores.jsonl.folder import FolderStore, identity_of
from earwig.core.stores.watching.reach import Reach

_Identity = tuple[int, int]
_ANOTHER: _Identity = (-1, -1)
"""The identity of a folder that was deleted. One made anew may have the same number."""


class FolderReach(Reach):
    """Judges each listing: what is missing from it has vanished only if its folder was listed whole.

    A folder in which sessions were, and in which none is left, may be a mount point without its file system:
    it counts as out of reach where it may be another folder than the one that held them, until it holds some.
    """

    def __init__(self, store: FolderStore, unlisted: Iterable[Unlisted] = ()) -> None:
        """`unlisted`: the folders that could not be listed whole before."""
        super().__init__(unlisted)
        parents = (path.parent for path in store.files)
        self._folders = {str(folder): folder for folder in (*store.folders, *parents)}
        self._listed = frozenset(map(str, store.folders))
        self._whole: dict[str, _Identity] = {}
        """The folders that were listed whole, as they were then."""

    def trust(self) -> None:
        """Take the folders as they are now for those that were listed."""
        for name, folder in self._folders.items():
            if name not in self._late:
                with suppress(OSError):
                    self._whole[name] = identity_of(folder)

    def _places_of(self, session_id: SessionId) -> tuple[str, ...]:
        return (_folder_of(session_id),)

    def can_list(self, session_id: SessionId) -> bool:
        folder = _folder_of(session_id)
        try:
            if folder in self._listed:
                os.scandir(folder).close()
            identity = identity_of(Path(folder))
            return identity == self._whole.get(folder, identity)
        except OSError:
            return False

    def distrust(self, folder: Path) -> None:
        """Note that a folder was deleted: one of its name is another one, whatever number it has."""
        if str(folder) in self._whole:
            self._whole[str(folder)] = _ANOTHER

    def judge(
        self,
        unlisted: Iterable[Unlisted],
        found: Mapping[SessionId, Session],
        known: Mapping[SessionId, Session],
    ) -> bool:
        """Take in a listing; return whether other folders are out of reach than before."""
        failed = {it.folder: it for it in reversed(list(unlisted))}
        before, self._out = self._out, {}
        for name, folder in self._folders.items():
            why = failed.get(name)
            if why is None:
                why = self._other_without_any(name, folder, found, known, was_out=name in before)
            if why is None:
                continue
            if name not in self._whole:
                self._late.add(name)
            if not why.missing or _any_in(name, known):
                self._out[name] = why.no_more  # else it is not there yet
        self._back = frozenset(before.keys() - self._out.keys())
        return self._out != before

    def _other_without_any(
        self,
        name: str,
        folder: Path,
        found: Mapping[SessionId, Session],
        known: Mapping[SessionId, Session],
        *,
        was_out: bool,
    ) -> Unlisted | None:
        """Say so if what may be another folder, without a session, stands where one with sessions was."""
        try:
            identity = identity_of(folder)
        except OSError as error:
            return Unlisted.because(folder, error)  # it went away since it was listed
        is_another = was_out or identity != self._whole.get(name, identity)
        if is_another and not _any_in(name, found) and _any_in(name, known):
            return Unlisted(name, EMPTY)
        self._whole[name] = identity
        self._late.discard(name)
        return None


def _folder_of(session_id: SessionId) -> str:
    return session_id.rpartition(os.sep)[0] or os.sep


def _any_in(folder: str, sessions: Mapping[SessionId, Session]) -> bool:
    return any(_folder_of(session_id) == folder for session_id in sessions)
