"""Keeps what is known of whole sessions from run to run, in a small file of earwig's own.

It holds names, sizes, times, counts and hashes, and not a word of any message. It only spares work: what
cannot be read of it is counted again.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from earwig.core.catalog.counted import CountedSessions, Record, Seen
from earwig.core.catalog.digests import Digests
from earwig.core.catalog.state_faults import DamagedState, NewerState
from earwig.core.statistics.trouble_count import Start
from earwig.core.statistics.troubles import Troubles
from earwig.core.system.blake2 import blake2b
from earwig.core.system.opening import CannotOpen, opened, read_at
from earwig.core.system.whole_files import write_whole

NAME = "counted.json"
FOLDERS = 8
"""The most folders that are kept: those that were looked at last."""

RECORDS = 10_000
"""The most records kept of a folder, those of the newest activity. The other sessions are counted again."""

LARGEST = 96 * 1024 * 1024
"""The most bytes that a file of ours can have."""

_HEADING = b"earwig counted 1 "
_ANY_HEADING = b"earwig counted "
_NUMBERS = 15


class Folder(NamedTuple):
    """What is known of the sessions of one folder."""

    at_ns: int
    """When that was written (Unix time, nanoseconds)."""

    clean: Digests
    records: Mapping[str, Record]
    """The records by the name of their session."""


class CountedState:
    """The file. Not for two threads at once. It never raises: without the file, all is counted again."""

    def __init__(self, path: Path | None) -> None:
        """None: nothing is kept."""
        self._path = path

    def load(self, folders: Collection[str]) -> CountedSessions:
        """Return what earlier runs knew of these folders."""
        counted = CountedSessions()
        for name, folder in self._there().items():
            if name in folders:
                counted.clean[name], counted.records[name] = folder.clean, dict(folder.records)
        return counted

    def save(self, counted: CountedSessions) -> None:
        """Write what is known of some folders, and keep what the file says of others."""
        folders, path = self._there(), self._path
        if path is None:
            return
        for name in counted.clean.keys() | counted.records.keys():
            clean, records = counted.clean.get(name, Digests()), counted.records.get(name, {})
            folders[name] = Folder(time.time_ns(), clean, _newest(records))
        left = sorted(folders.items(), key=lambda item: -item[1].at_ns)[:FOLDERS]
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole([encoded(dict(left))], path, replace=True, lasting=False)

    def _there(self) -> dict[str, Folder]:
        """Return what the file holds; where it is not ours to write, no more is written."""
        if self._path is None:
            return {}
        try:
            with opened(self._path) as file:
                return decoded(read_at(file, LARGEST + 1, 0))
        except DamagedState:
            pass
        except NewerState:
            self._path = None
        except CannotOpen as error:
            if not error.missing:
                self._path = None
        return {}


def encoded(folders: Mapping[str, Folder]) -> bytes:
    """Return the file's content: a line with a hash of the rest, then JSON."""
    values = {
        name: [
            folder.at_ns,
            b64encode(folder.clean.places).decode(),
            {it: _fields(record) for it, record in folder.records.items()},
        ]
        for name, folder in folders.items()
    }
    text = json.dumps(values, separators=(",", ":")).encode()  # names that are no UTF-8 are escaped
    return _HEADING + _hash(text) + b"\n" + text


def decoded(data: bytes) -> dict[str, Folder]:
    """Return what `encoded` was given. Raises `DamagedState`, or `NewerState` for a later version's."""
    heading, _, text = data.partition(b"\n")
    if heading != _HEADING + _hash(text):
        version = heading.removeprefix(_ANY_HEADING).partition(b" ")[0]
        raise (
            NewerState
            if heading.startswith(_ANY_HEADING) and version.isdigit() and int(version) > 1
            else DamagedState
        )
    try:
        return {name: _folder(*values) for name, values in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedState from error


def _hash(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).hexdigest().encode()


def _newest(records: Mapping[str, Record]) -> Mapping[str, Record]:
    if len(records) <= RECORDS:
        return records
    return dict(sorted(records.items(), key=lambda item: -item[1].seen.mtime_ns)[:RECORDS])


def _folder(at_ns: int, clean: str, records: dict[str, list[Any]]) -> Folder:
    digests = Digests(b64decode(clean, validate=True))
    return Folder(int(at_ns), digests, {name: _record(*fields) for name, fields in records.items()})


def _fields(record: Record) -> list[str | int]:
    end = record.end
    found = (*end.troubles[:3], *record.troubles)
    return [record.witness, *record.seen, int(record.settled), record.inode, *end[:2], *found]


def _record(witness: str, *numbers: int) -> Record:
    if len(numbers) != _NUMBERS or not all(type(number) is int for number in numbers):
        raise DamagedState
    seen, (settled, inode, offset, lines) = numbers[:4], numbers[4:8]
    end = Start(offset, lines, Troubles(*numbers[8:11]))
    return Record(Seen(*seen), bool(settled), inode, end, str(witness), Troubles(*numbers[11:]))
