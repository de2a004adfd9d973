"""Folders of session files: what lies in them, and the store that they are."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.keys import sanitise_key
from earwig.core.model.session import (
    ARCHIVED,
    IMPORTING,
    MIGRATED,
    NEVER_SEEN,
    SUFFIX,
    Detail,
    Session,
    SessionId,
)
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.store import (
    Additions,
    Listings,
    Recipe,
    Searcher,
    Store,
    Watcher,
    WatchOptions,
)
from earwig.core.system.opening import reason_for_mode

if TYPE_CHECKING:
    from earwig.core.query.control import SearchControl
    from earwig.core.query.ready_query import ReadyQuery
    from earwig.core.stores.jsonl.transcript import FileTranscript

_ALL_READ = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
PLAIN = stat.S_IFREG | _ALL_READ
PLAIN_MASK = 0o170000 | _ALL_READ

Scan = Callable[[Path], AbstractContextManager[Iterator[os.DirEntry[str]]]]
"""Lists a folder as `os.scandir` does."""

KIND = "jsonl"
ARCHIVE = "archive"
"""The folder in a sessions folder to which the bot moves what is old (`hygiene.rs`)."""

HUGE = 128 * 1024
"""Bytes of a folder itself from which on other processes list it: some 4,000 names on most file systems.

A folder that tells another size (ZFS counts names) is listed as any other, only later.
"""

_SESSIONS = "sessions"
_BESIDE = {f"{SUFFIX}.{name}": name for name in (MIGRATED, IMPORTING)}
"""The endings of files that the bot has read into its database, or is reading."""

_ENDINGS = (SUFFIX, *_BESIDE)

_new = tuple.__new__


def is_session_name(name: str) -> bool:
    """Return whether the bot lists files of this name (`list_sessions` in `session_store.rs`), or did."""
    return name.endswith(_ENDINGS)


def _is_huge(folder: Path) -> bool:
    try:
        return folder.stat().st_size >= HUGE
    except OSError:
        return False


def is_archive(folder: str) -> bool:
    """Return whether a folder is the archive of a sessions folder."""
    holder, _, name = folder.rpartition(os.sep)
    return name == ARCHIVE and holder.rpartition(os.sep)[2] == _SESSIONS


def detail_of(location: str) -> Detail | None:
    """Return what the name of a file tells of it; None for a session that the bot has in use."""
    folder, _, name = location.rpartition(os.sep)
    store = ARCHIVED if is_archive(folder) else None
    for ending, kind in _BESIDE.items():
        if name.endswith(ending):
            return Detail(store or kind, name.removesuffix(ending), Path(location))
    return None if store is None else Detail(store, name.removesuffix(SUFFIX), Path(location))


def look_at(location: str) -> Session | None:
    """Return the session at `location` as it is now; None if nothing is there. Links are not followed."""
    try:
        status = os.lstat(location)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None  # ValueError: a NUL in the name, which no file has
    except OSError as error:
        return None if error.errno == errno.ENAMETOOLONG else unseen(location, error)
    return _session(location, status)


def sessions_in(folder: Path, unlisted: list[Unlisted], scan: Scan = os.scandir) -> Iterator[Session]:
    """Yield the sessions of one folder, in the folder's order.

    At the end, `unlisted` is told where these are not all: the folder is missing or cannot be read, its
    listing broke off, it went away meanwhile, or nothing in it can be looked at.
    """
    missed: list[str] = []
    refused: list[tuple[str, OSError]] = []
    some = False
    is_plain = not is_archive(str(folder))
    try:
        before = identity_of(folder)
        with scan(folder) as listing:
            for item in listing:
                name = item.name
                if not name.endswith(_ENDINGS):
                    continue
                try:
                    status = item.stat(follow_symlinks=False)
                except (FileNotFoundError, NotADirectoryError):
                    missed.append(item.path)  # it is deleted since it was listed, or its folder is moved
                    continue
                except OSError as error:
                    refused.append((item.path, error))
                    continue
                some = True
                mode = status.st_mode
                if mode & PLAIN_MASK == PLAIN:
                    # Spelled out, because a folder holds 100,000: half of what a call would take.
                    stamp = (status.st_ino, status.st_ctime_ns)
                    path = item.path
                    detail = None if is_plain and name.endswith(SUFFIX) else detail_of(path)
                    yield _new(Session, (path, status.st_size, status.st_mtime_ns, stamp, None, detail))
                else:
                    yield _session(item.path, status)
        if missed and identity_of(folder) != before:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if refused and not some:
            raise refused[0][1]
    except OSError as error:
        why = Unlisted.because(folder, error, partial=some)
        unlisted.append(why._replace(missing=why.missing and not missed))  # what held something was there
    yield from filter(None, map(look_at, missed))
    for location, refusal in refused:
        yield unseen(location, refusal)


def names_beside(folder: str, known: Set[str]) -> list[str]:
    """Return the names of sessions in a folder that are not known, in any order. Raises `OSError`."""
    names = set(os.listdir(folder)) - known  # noqa: PTH208 - a third of a Path's time
    return [name for name in names if is_session_name(name)]


def identity_of(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from another one of its name. Raises `OSError`."""
    status = os.stat(folder)  # noqa: PTH116 - a third of a Path's time
    return (status.st_dev, status.st_ino)


class FolderStore(Store):
    """Sessions in folders, and single files named one by one."""

    def __init__(
        self, folders: Sequence[Path] = (), files: Sequence[Path] = (), *, scan: Scan = os.scandir
    ) -> None:
        """`scan` lists a folder: another than the system's for a disk that fails."""
        self.folders = tuple(dict.fromkeys(_absolute(folder) for folder in folders))
        self.files = tuple(dict.fromkeys(_absolute(path) for path in files))
        self._scan = scan

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        failed = [] if unlisted is None else unlisted
        for folder in self.folders:
            yield from sessions_in(folder, failed, self._scan)
        away: dict[Path, Unlisted | None] = {}
        for path in self.files:
            session = look_at(str(path))
            if session is not None:
                yield session
            elif path.parent not in away:
                away[path.parent] = unreachable(path.parent)
        failed += filter(None, away.values())

    @classmethod
    def made(cls, recipe: Recipe) -> FolderStore:
        return cls([*map(Path, recipe.places)], [*map(Path, recipe.files)])

    @property
    def recipe(self) -> Recipe:
        return Recipe(KIND, tuple(map(str, self.folders)), tuple(map(str, self.files)))

    @property
    def places(self) -> Sequence[Path]:
        return (*self.folders, *self.files)

    @property
    def bots_folders(self) -> Sequence[Path]:
        return (*self.folders, *(path.parent for path in self.files))

    def look(self, session_id: SessionId) -> Session | None:
        """Return the session as it is now; None if nothing is there. Links are not followed."""
        return look_at(session_id) if is_session_name(session_id) else None  # it may be another store's

    def find(self, name: str) -> Sequence[Session]:
        """Return the session at a path, listed or not; else those with this key, also sanitised."""
        if is_session_name(name) and (session := look_at(str(_absolute(Path(name))))) is not None:
            return [session]
        bare = name.removesuffix(SUFFIX)
        keys = dict.fromkeys((name, sanitise_key(name), bare, sanitise_key(bare)))
        names = (key + ending for ending in _ENDINGS for key in keys)
        places = (location for name in names for location in self._locations(name))
        return list(filter(None, map(look_at, dict.fromkeys(places))))

    def _locations(self, name: str) -> Iterator[str]:
        if Path(name).name == name:
            yield from (str(folder / name) for folder in self.folders)
            yield from (str(path) for path in self.files if path.name == name)

    def open(self, session: Session) -> FileTranscript:
        # Only now: the listing of a huge folder begins without it, and it loads meanwhile.
        from earwig.core.stores.jsonl.transcript import FileTranscript

        return FileTranscript(session.file)

    def only(self, sessions: Iterable[Session]) -> FolderStore:
        """Return a store of some sessions, which need not be among these."""
        return FolderStore(files=[session.path for session in sessions])

    def watcher(self, watch: WatchOptions) -> Watcher:
        from earwig.core.stores.jsonl.follower import Follower  # a listing alone does not wait for it

        return Follower(self, watch)

    def additions(self) -> Additions:
        from earwig.core.stores.jsonl.new_names import NewNames

        return NewNames(self.folders, self.files)

    def searcher(self, ready: ReadyQuery, control: SearchControl, *, one_is_enough: bool = False) -> Searcher:
        from earwig.core.stores.jsonl.session_search import SessionSearch

        return SessionSearch(ready, control, one_is_enough=one_is_enough)

    def listing(self) -> Listings | None:
        """Begin to list in other processes, if this is one folder and a huge one; else return None."""
        if len(self.folders) != 1 or self.files or not _is_huge(self.folders[0]):
            return None
        from earwig.core.stores.jsonl.listing_process import ListingProcesses

        begun = ListingProcesses.begun(self.folders[0])
        return None if begun is None else begun.listings()


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links


def problem_of(location: str, mode: int) -> str | None:
    """Return why a file with this `st_mode` (of `lstat`) cannot be read; None where nothing is known."""
    if mode & PLAIN_MASK == PLAIN:
        return None
    problem = reason_for_mode(mode)
    if problem is None and mode & _ALL_READ != _ALL_READ and not os.access(location, os.R_OK):
        return "cannot be read: permission denied"
    return problem


def unseen(location: str, error: OSError) -> Session:
    """Return a session of which nothing is known but its name."""
    problem = f"cannot be looked at: {error.strerror}"
    return Session(SessionId(location), 0, 0, NEVER_SEEN, problem, detail_of(location))


def _session(location: str, status: os.stat_result) -> Session:
    stamp = (status.st_ino, status.st_ctime_ns)
    problem = problem_of(location, status.st_mode)
    return Session(
        SessionId(location), status.st_size, status.st_mtime_ns, stamp, problem, detail_of(location)
    )


def unreachable(folder: Path) -> Unlisted | None:
    """Return why nothing in a folder can be looked at; None if something may be."""
    try:
        os.stat(os.path.join(folder, ""))  # noqa: PTH116, PTH118 - with a slash behind it: only a folder is
    except OSError as error:
        return Unlisted.because(folder, error)
    return None
