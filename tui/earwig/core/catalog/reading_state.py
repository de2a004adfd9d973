"""Keeps from run to run what was read, looked at and pinned, in one small file of earwig's own.

It holds where sessions are, offsets, times and hashes, and not a word of any message.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from earwig.core.catalog.marks import Mark, Reading
from earwig.core.catalog.state_faults import DamagedState, NewerState
from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.model.session import SessionId, grouped, ungrouped
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen, opened, read_at
from earwig.core.text.refusal import system_reason
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

NAME = "reading.json"
VERSION = 2
MOST = 4_000
"""The most sessions remembered. Beyond, those that the reader has left alone for longest are forgotten."""

LARGEST = 16 * 1024 * 1024
"""The most bytes that a file of ours can have."""

_LOCK_TRIES, _LOCK_PAUSE = 20, 0.02
_FIELDS = 5


class ReadingState:
    """The file, read once and written again and again. Not for two threads at once. Never raises."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: another place than the system's own for such files."""
        self._path = path
        self._may_write = True
        self.written: dict[SessionId, Mark] = {}
        """What this run has written, with the hashes of what was read."""

        self._since_ns: int | None = None
        self._started_ns = time.time_ns()

    @property
    def folder(self) -> Path | None:
        """The folder of the file, for others that are to be kept; None where no home folder is known."""
        path = self._find()
        return None if path is None else path.parent

    def load(self) -> tuple[Reading | None, SafeText | None]:
        """Return what earlier runs left, None where this is the first; and what the reader should be told."""
        path = self._find()
        if path is None:
            self._may_write = False
            return None, own_text("What you read is not remembered: no home folder is known.")
        try:
            reading = _read(path)
        except NewerState:
            self._may_write = False
            return None, own_text(
                "What you read is not remembered: {} is of a newer earwig.", safe_name(str(path))
            )
        except DamagedState:
            aside = path.with_name(f"{NAME}.damaged")
            with suppress(OSError):
                path.replace(aside)
            return None, own_text(
                "What you had read and pinned is forgotten: {} was damaged. It is kept as {}.",
                safe_name(str(path)),
                safe_name(aside.name),
            )
        except CannotOpen as error:
            self._may_write = False
            return None, own_text(
                "What you read is not remembered: {} {}.", safe_name(str(path)), clean_line(error.reason)
            )
        if reading is not None:
            self._since_ns = reading.since_ns
        return reading, None

    def save(self, changed: Mapping[SessionId, Mark], store: Store) -> SafeText | None:
        """Write what changed, and keep what another earwig wrote; return why it could not be written."""
        path = self._find()
        if path is None or not self._may_write:
            return None
        for session_id, mark in changed.items():
            self.written[session_id] = _witnessed(store, session_id, mark)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(path):
                _write(path, self._merged(path))
        except (NewerState, CannotOpen):
            self._may_write = False  # it was not so at the start: whoever did that is not overwritten
        except OSError as error:
            return _not_remembered(path, error)
        return None

    def _merged(self, path: Path) -> Reading:
        """Ours over what is there now: all of this run's, in case two writes crossed."""
        since = self._started_ns if self._since_ns is None else self._since_ns
        marks = dict(self.written)
        try:
            there = _read(path)
        except DamagedState:
            there = None
        if there is not None:
            since = max(since, there.since_ns) if self._since_ns is not None else there.since_ns
            for session_id, mark in there.marks.items():
                mine = marks.get(session_id)
                marks[session_id] = mark if mine is None else mine.merged(mark)
        self._since_ns = since
        return bounded(Reading(since, time.time_ns(), marks))

    def _find(self) -> Path | None:
        if self._path is None:
            self._path = state_path()
        return self._path


def state_path() -> Path | None:
    """Return where the file is, by the system's conventions; None where there is no home."""
    from platformdirs import user_state_path  # only now: the first frame does not wait for it

    try:
        folder = user_state_path("earwig", appauthor=False)
    except RuntimeError:
        return None
    # Without a home, an older platformdirs answers `~/...`, which would be a folder wherever one is.
    return folder / NAME if folder.is_absolute() else None


def bounded(reading: Reading) -> Reading:
    """Return as many marks as are remembered: pinned ones and those touched last."""
    if len(reading.marks) <= MOST:
        return reading
    order = sorted(
        reading.marks.items(), key=lambda it: (it[1].pinned_ns > 0, it[1].touched_ns), reverse=True
    )
    # What is forgotten must not look unread: all that is as old as it counts as read from here on.
    since = max(reading.since_ns, *(mark.touched_ns for _, mark in order[MOST:]))
    return Reading(since, reading.here_ns, dict(order[:MOST]))


def encoded(reading: Reading) -> bytes:
    """Return the file's content: marks by what many ids begin with, and the rest."""
    folders: dict[str, dict[str, Mark]] = {}
    for session_id, mark in reading.marks.items():
        folder, name = grouped(session_id)
        folders.setdefault(folder, {})[name] = mark
    content = {
        "version": VERSION,
        "since_ns": reading.since_ns,
        "here_ns": reading.here_ns,
        "marks": folders,
    }
    import json  # the first frame does not wait for it

    return json.dumps(content, separators=(",", ":")).encode()  # names that are no UTF-8 are escaped


def decoded(data: bytes) -> Reading:
    """Return what `encoded` was given. Raises `DamagedState`, or `NewerState` for a later version's."""
    import json

    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedState from error
    if not isinstance(content, dict) or not isinstance(content.get("version"), int):
        raise DamagedState
    if content["version"] > VERSION:
        raise NewerState
    folders = content.get("marks")
    if not isinstance(folders, dict) or not all(isinstance(names, dict) for names in folders.values()):
        raise DamagedState
    marks = {
        ungrouped(folder, name): _mark(fields)
        for folder, names in folders.items()
        for name, fields in names.items()
    }
    return Reading(_number(content.get("since_ns")), _number(content.get("here_ns")), marks)


def _mark(fields: Any) -> Mark:
    if not isinstance(fields, list) or len(fields) != _FIELDS:
        raise DamagedState
    numbers = [_number(fields[at]) for at in (0, 2, 3, 4)]
    return Mark(numbers[0], _witnesses(numbers[0], fields[1]), *numbers[1:])


def _witnesses(read_to: int, value: Any) -> tuple[Witness, ...]:
    """Return what is remembered by; version 1 had one hash, for the offset itself."""
    if isinstance(value, str):
        return (Witness(read_to, value),) if value else ()
    if not isinstance(value, list):
        raise DamagedState
    return tuple(map(_witness, value))


def _witness(value: Any) -> Witness:
    if not isinstance(value, list) or len(value) != len(Witness._fields) or not isinstance(value[1], str):
        raise DamagedState
    return Witness(_number(value[0]), value[1])


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise DamagedState
    return value


def _read(path: Path) -> Reading | None:
    """Return what the file holds; None without one. Raises `CannotOpen`, `DamagedState`, `NewerState`."""
    try:
        with opened(path) as file:
            data = read_at(file, LARGEST + 1, 0)
    except CannotOpen as error:
        if error.missing:
            return None
        raise
    if len(data) > LARGEST:
        raise DamagedState
    return decoded(data)


def _write(path: Path, reading: Reading) -> None:
    """Replace the file in one step: at no time is there half a one. Raises `OSError`."""
    from earwig.core.system.whole_files import write_whole  # the start only reads

    write_whole([encoded(reading)], path, replace=True, lasting=False)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other earwigs from writing meanwhile, as far as the system can: without, the later one wins."""
    if sys.platform == "win32":
        yield
    else:
        import fcntl

        handle = os.open(path.with_name(f".{NAME}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            for _ in range(_LOCK_TRIES):
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    time.sleep(_LOCK_PAUSE)
            yield
        finally:
            os.close(handle)


def _witnessed(store: Store, session_id: SessionId, mark: Mark) -> Mark:
    """A mark of what was read in this run gets its hash here, where nobody waits for it."""
    if not mark.read_ns or mark.read_to <= 0 or ReadTo(mark.read_to, mark.witnesses).is_witnessed:
        return mark
    session = store.look(session_id)
    found = () if session is None else store.open(session).witnesses(mark.read_to)
    return mark._replace(witnesses=found or mark.witnesses)


def _not_remembered(path: Path, error: OSError) -> SafeText:
    why = system_reason(error)
    return own_text("What you read and pin is not remembered: {}: {}.", safe_name(str(path)), why)
