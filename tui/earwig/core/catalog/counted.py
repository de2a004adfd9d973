"""Keeps what is known of whole sessions, together with what they were when they were counted."""

from __future__ import annotations

import time
from typing import NamedTuple

from earwig.core.catalog.digests import Digests
from earwig.core.model.session import Session, SessionId, grouped
from earwig.core.statistics.trouble_count import Start
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.system.blake2 import blake2b

WORTH_RESUMING = 64 * 1024
"""Bytes, or rows, from which on it is remembered where a count ended. Less is read again in a millisecond."""

SETTLED_NS = 2_500_000_000
"""Nanoseconds after which another write would have another time stamp: kernels stamp by the timer tick, FAT
by two seconds."""


class Seen(NamedTuple):
    """What a listing says of a session's file. Any write changes it."""

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int


class Record(NamedTuple):
    """What is known of a session in which something is wrong, or that takes long to count."""

    seen: Seen
    settled: bool
    """Whether any later write changes `seen`."""

    inode: int
    """The inode number of the file that was counted. Another file is counted from its start."""

    end: Start
    """Where to go on counting."""

    witness: str
    """A hash of the bytes before `end`."""

    troubles: Troubles


def seen_of(session: Session) -> Seen:
    return Seen(session.extent, session.activity_ns, *session.version)


def is_settled(session: Session) -> bool:
    """Return whether any later write changes what a listing says of a session."""
    return time.time_ns() - max(session.activity_ns, session.version[1]) > SETTLED_NS


class CountedSessions:
    """A record for each session that needs one, and eight bytes for every other.

    They are kept by folder, because what one run knows of a folder replaces what an earlier one knew.
    """

    def __init__(self) -> None:
        self.clean: dict[str, Digests] = {}
        """Of sessions in which nothing is the matter: hashes of their names and of what was seen of them."""

        self.records: dict[str, dict[str, Record]] = {}
        """By folder and name."""

    @property
    def is_empty(self) -> bool:
        return not self.clean and not self.records

    def troubles(self, session: Session) -> Troubles | None:
        """Return what is wrong in a session; None if it was not counted as it is now."""
        folder, name = grouped(session.id)
        record = self.records.get(folder, {}).get(name)
        if record is not None:
            return record.troubles if record.settled and record.seen == seen_of(session) else None
        clean = self.clean.get(folder)
        return CLEAN if clean is not None and _digest(name, session) in clean else None

    def record(self, session_id: SessionId) -> Record | None:
        """Return the record of a session; None where it has none, because it is clean or not counted."""
        folder, name = grouped(session_id)
        return self.records.get(folder, {}).get(name)

    def put(self, session: Session, record: Record) -> None:
        folder, name = grouped(session.id)
        if record.troubles == CLEAN and record.seen.size < WORTH_RESUMING:
            self.forget(session.id)
            if record.settled:
                self.clean.setdefault(folder, Digests()).add(_digest(name, session))
        else:
            self.records.setdefault(folder, {})[name] = record

    def forget(self, session_id: SessionId) -> None:
        folder, name = grouped(session_id)
        records = self.records.get(folder)
        if records is not None:
            records.pop(name, None)

    def take(self, session: Session, other: CountedSessions) -> None:
        """Copy what another object knows of a session as it is now."""
        record = other.record(session.id)
        if record is not None:
            self.put(session, record)
        else:
            folder, name = grouped(session.id)
            self.clean.setdefault(folder, Digests()).add(_digest(name, session))

    def add(self, other: CountedSessions) -> None:
        """Copy all that another object knows, unless it is known here."""
        for folder, digests in other.clean.items():
            mine = self.clean.setdefault(folder, Digests())
            for digest in digests:
                mine.add(digest)
        for folder, records in other.records.items():
            self.records[folder] = records | self.records.get(folder, {})


def _digest(name: str, session: Session) -> int:
    seen = f"{session.extent} {session.activity_ns} {session.version[0]} {session.version[1]} {name}"
    return int.from_bytes(blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=8).digest())
