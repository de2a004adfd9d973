"""Lists a huge folder in other processes: in one, listing and loading the program would take turns."""

from __future__ import annotations

import heapq
import itertools
import marshal
import os
import time
from collections.abc import Collection
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from earwig.core.model.session import SUFFIX, Session
from earwig.core.stores.jsonl.folder import (
    PLAIN,
    PLAIN_MASK,
    detail_of,
    is_archive,
    is_session_name,
    problem_of,
    unseen,
)
from earwig.core.stores.store import Listings
from earwig.core.system.collecting import collect_nothing
from earwig.core.system.frames import read_frame, send_frames
from earwig.core.system.processes import be_nice, fork, has_threads

NEWEST = 200
"""The number of sessions sent first: more than a screen has room for."""

_CHUNK = 1024
_QUICK = 20e-6
"""Seconds that a look at a session may take on average for it to be done twice."""

_AFTERWARDS = 10
"""How nice the processes become once the newest sessions are sent: the first frame is drawn meanwhile."""

_SLICE = 5_000
_FIRST_WORD, _WORDS_APART = 0.4, 2.0
"""Seconds after which a slow disk's newest sessions so far are sent, and sent again."""

_MOST = 4
"""The most processes: more wait for one another in the kernel."""

_new = tuple.__new__

# -mtime_ns, name, size, inode, ctime_ns, problem, whether it has a detail: in the order that a listing has.
_Row = tuple[int, str, int, int, int, str | None, bool]
_APART = itemgetter(6)


class ListingProcesses:
    """Processes that list one folder together, each a share of the names, and the pipes they tell on."""

    def __init__(self, folder: Path, process: int, pipes: list[int]) -> None:
        self._prefix = os.path.join(folder, "")  # noqa: PTH118 - as a listing gives it
        self._process = process
        self._pipes = pipes

    @classmethod
    def begun(cls, folder: Path) -> ListingProcesses | None:
        """List `folder` from now on; return None where there can be no other processes.

        Only a process without threads can be copied as it is.
        """
        if has_threads() or not hasattr(os, "fork"):
            return None
        pipes: list[tuple[int, int]] = []
        try:
            pipes += (os.pipe() for _ in range(min(_MOST, os.cpu_count() or 1)))
            process = fork()
        except OSError:  # the system has no more handles or processes to give
            for handle in itertools.chain.from_iterable(pipes):
                os.close(handle)
            return None
        if process == 0:
            try:
                os.closerange(0, 3)  # the terminal is not its own
                for reading, _ in pipes:
                    os.close(reading)
                _share_out(folder, [writing for _, writing in pipes])
            finally:
                os._exit(0)
        for _, writing in pipes:
            os.close(writing)
        return cls(folder, process, [reading for reading, _ in pipes])

    def listings(self) -> Listings:
        try:
            rows: list[_Row] = []
            for pipe in self._pipes:
                while not (told := _hear(pipe)).done:
                    yield self._sessions(told.rows), False
                rows += told.rows
            yield self._sessions(sorted(rows)[:NEWEST]), True
            for pipe in self._pipes:
                while (told := _hear(pipe)).rows:
                    rows += told.rows
            rows.sort()
            yield self._sessions(rows), True
        finally:
            for pipe in self._pipes:
                os.close(pipe)
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)

    def _sessions(self, rows: list[_Row]) -> list[Session]:
        prefix = self._prefix
        sessions = [
            _new(Session, (prefix + name, size, -since, (inode, changed), problem, None))
            for since, name, size, inode, changed, problem, _ in rows
        ]
        are_all = is_archive(prefix.removesuffix(os.sep))
        if are_all or any(map(_APART, rows)):
            for number in (it for it, row in enumerate(rows) if are_all or _APART(row)):
                sessions[number] = sessions[number]._replace(detail=detail_of(sessions[number].id))
        return sessions


class _Told(NamedTuple):
    rows: list[_Row]
    done: bool
    """Whether no session of this share that was not told yet is newer."""


def _hear(pipe: int) -> _Told:
    return _Told(*marshal.loads(read_frame(pipe)))  # noqa: S302 - our own process wrote it


# From here on: in the processes that list.


def _share_out(folder: Path, pipes: list[int]) -> None:
    """Have a process for each pipe, and wait for the others'."""
    collect_nothing()
    # Where that fails, also half way, this process ends without a word: who started it lists by itself.
    os.chdir(folder)  # a bare name is looked up fastest
    names = list(filter(is_session_name, os.listdir(".")))  # noqa: PTH208 - a third of a Path's time
    others: list[int] = []
    for share in range(1, len(pipes)):
        process = fork()
        if process == 0:
            for pipe in (*pipes[:share], *pipes[share + 1 :]):
                os.close(pipe)
            _tell(names[share :: len(pipes)], pipes[share])
            return
        others.append(process)
    for pipe in pipes[1:]:
        os.close(pipe)
    _tell(names[:: len(pipes)], pipes[0])
    for process in others:
        os.waitpid(process, 0)


def _tell(names: list[str], pipe: int) -> None:
    """First the newest, which somebody waits for; then the others in their order, then none."""
    rows: list[_Row] = []
    told: Collection[str] = ()
    newest = _newest(names)
    if newest is not None:
        _collect(newest, rows, pipe)
        rows.sort()
        _send(pipe, rows, done=True)
        told, rows = frozenset(newest), []
        be_nice(_AFTERWARDS)
    _collect([name for name in names if name not in told], rows, pipe)
    if newest is None:
        _send(pipe, heapq.nsmallest(NEWEST, rows), done=True)
    rows.sort()
    for start in range(0 if told else NEWEST, len(rows), _SLICE):
        _send(pipe, rows[start : start + _SLICE], done=True)
    _send(pipe, [], done=True)


def _newest(names: list[str]) -> list[str] | None:
    """Return those that changed last, in any order; None where a look takes too long to be done twice.

    To see when a session changed takes three quarters of the time of seeing all there is to tell of it.
    """
    times: list[int] = []
    begun, look = time.monotonic(), os.lstat
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        try:
            times += [look(name).st_mtime_ns for name in chunk]
        except OSError:
            times += map(_changed_at, chunk)
        if time.monotonic() - begun > _QUICK * len(times):
            return None
    oldest = min(heapq.nlargest(NEWEST, times), default=0)
    return [name for name, changed in zip(names, times, strict=True) if changed >= oldest]


def _changed_at(name: str) -> int:
    try:
        return os.lstat(name).st_mtime_ns
    except OSError:
        return 0


def _collect(names: list[str], rows: list[_Row], pipe: int) -> None:
    next_word = time.monotonic() + _FIRST_WORD
    look, add = os.lstat, rows.append
    for number, name in enumerate(names):
        if number % 1024 == 1023 and time.monotonic() > next_word:
            _send(pipe, heapq.nsmallest(NEWEST, rows), done=False)
            next_word = time.monotonic() + _WORDS_APART
        try:
            status = look(name)
        except FileNotFoundError:
            continue  # deleted between the listing and the look
        except OSError as error:
            add((0, name, 0, 0, 0, unseen(name, error).problem, not name.endswith(SUFFIX)))
        else:
            mode = status.st_mode
            problem = None if mode & PLAIN_MASK == PLAIN else problem_of(name, mode)
            times, size, inode = (-status.st_mtime_ns, status.st_ctime_ns), status.st_size, status.st_ino
            add((times[0], name, size, inode, times[1], problem, not name.endswith(SUFFIX)))


def _send(pipe: int, rows: list[_Row], *, done: bool) -> None:
    send_frames(pipe, marshal.dumps((rows, done), 2))
