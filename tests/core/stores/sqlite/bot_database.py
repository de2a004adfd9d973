"""A model of how the bot writes `sessions.db`: each statement as a reader can see it, of every era.

Each operation is statements that commit on their own, so a reader may see the state between two of them.
"""

from __future__ import annotations

import datetime
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from tests.core.stores.sqlite import bot_schema
from tests.core.stores.sqlite.bot_schema import Column, rank

Clock = Callable[[], int]
"""Gives nanoseconds since 1970."""


def rfc3339(ns: int) -> str:
    """As the bot writes a time: as many digits behind the point as are needed, of 0, 3, 6 and 9."""
    seconds, rest = divmod(ns, 1_000_000_000)
    head = datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{rest:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{head}.{digits}+00:00" if digits else f"{head}+00:00"


class Writer:
    """One database that the bot has open, each statement a commit of its own."""

    file_name = ""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.folder = folder / "sessions"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / self.file_name
        self._clock = clock or time.time_ns
        self.con = sqlite3.connect(self.path, timeout=5.0, isolation_level=None, check_same_thread=False)
        # Debian's SQLite overwrites what is deleted; the bot's does not.
        self.con.execute("PRAGMA secure_delete = OFF")

    def now(self, earlier_ns: int = 0) -> str:
        return rfc3339(self._clock() - earlier_ns)

    def create_table(self, name: str, columns: list[str]) -> None:
        self.con.execute(f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(columns)})")

    def create_indexes(self, indexes: dict[str, str]) -> None:
        for name, on in indexes.items():
            self.con.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {on}")

    def add_columns(self, table: str, columns: list[Column]) -> None:
        """As a later release does to the file of an earlier one."""
        have = {row[1] for row in self.con.execute(f"PRAGMA table_info({table})")}
        for column in columns:
            if column.name not in have:
                self.con.execute(f"ALTER TABLE {table} ADD COLUMN {column.sql()}")

    def checkpoint(self, mode: str = "TRUNCATE") -> None:
        """The bot asks for none; SQLite makes one at 1000 pages and at a clean end."""
        self.con.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()

    def limit_wal(self, pages: int) -> None:
        """No setting of the bot's: checkpoint so often, 0 for never."""
        self.con.execute(f"PRAGMA wal_autocheckpoint = {pages}")

    def crash_copy(self, folder: Path, *, shm: bool = False) -> Path:
        """The files as a kill would leave them, in another workspace; the path of the database."""
        target = folder / "sessions"
        target.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal") + (("-shm",) if shm else ()):
            source = Path(f"{self.path}{suffix}")
            if source.exists():
                shutil.copyfile(source, target / source.name)
        return target / self.file_name

    def close(self) -> None:
        """A clean end: a checkpoint, and -wal and -shm are gone unless somebody else has it open."""
        self.con.close()


class BotDatabase(Writer):
    """`sessions.db` as the daemon of an era makes, migrates and writes it."""

    file_name = "sessions.db"

    def __init__(self, folder: Path, era: str = "head", clock: Clock | None = None) -> None:
        super().__init__(folder, clock)
        self.era = era
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "temp_store = MEMORY"):
            self.con.execute(f"PRAGMA {pragma}").fetchall()
        self.con.execute("PRAGMA mmap_size = 4194304").fetchall()
        for name, columns in bot_schema.tables(era).items():
            self.create_table(name, [c.sql(counts_up=name == "sessions" and c.key) for c in columns])
        self.create_indexes(bot_schema.INDEXES)
        self.con.execute(bot_schema.SEARCH_TABLE)
        for trigger in bot_schema.triggers(era):
            self.con.execute(trigger)
        self.add_columns("session_metadata", bot_schema.metadata(era))
        self.create_indexes(bot_schema.indexes(era))

    # Messages.

    def append_row(self, key: str, role: str, content: str, now: str | None = None) -> int:
        """The first half of an append: the row is there, the metadata does not know it yet; its id."""
        cursor = self.con.execute(
            "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
            (key, role, content, now or self.now()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def append_metadata(self, key: str, now: str | None = None) -> None:
        """The second half."""
        now = now or self.now()
        self.con.execute(
            "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count) "
            "VALUES (?, ?, ?, 1) ON CONFLICT(session_key) DO UPDATE SET "
            "last_activity = excluded.last_activity, message_count = message_count + 1",
            (key, now, now),
        )

    def append(self, key: str, role: str, content: str) -> int:
        now = self.now()
        row = self.append_row(key, role, content, now)
        self.append_metadata(key, now)
        return row

    def update_last(self, key: str, role: str, content: str) -> None:
        """The same id and time, another text: an answer that is being streamed (v0.7.4, v0.7.5)."""
        if (last := self._last(key)) is not None:
            self.con.execute("UPDATE sessions SET role = ?, content = ? WHERE id = ?", (role, content, last))
            self._touch(key)

    def remove_last(self, key: str) -> None:
        if (last := self._last(key)) is not None:
            self.con.execute("DELETE FROM sessions WHERE id = ?", (last,))
            self.con.execute(
                "UPDATE session_metadata SET message_count = MAX(0, message_count - 1) WHERE session_key = ?",
                (key,),
            )

    def clear(self, key: str) -> None:
        """The rows go, the metadata stays."""
        if self.con.execute("DELETE FROM sessions WHERE session_key = ?", (key,)).rowcount:
            self.con.execute("UPDATE session_metadata SET message_count = 0 WHERE session_key = ?", (key,))
            self._touch(key)

    def delete_session(self, key: str) -> None:
        """Only where there is metadata."""
        if self.con.execute("SELECT 1 FROM session_metadata WHERE session_key = ?", (key,)).fetchone():
            self.con.execute("DELETE FROM sessions WHERE session_key = ?", (key,))
            self.con.execute("DELETE FROM session_metadata WHERE session_key = ?", (key,))

    def _last(self, key: str) -> int | None:
        row = self.con.execute(
            "SELECT id FROM sessions WHERE session_key = ? ORDER BY id DESC LIMIT 1", (key,)
        ).fetchone()
        return row[0] if row else None

    # Metadata.

    def _touch(self, key: str) -> None:
        self.con.execute(
            "UPDATE session_metadata SET last_activity = ? WHERE session_key = ?", (self.now(), key)
        )

    def set_name(self, key: str, name: str) -> None:
        self.con.execute("UPDATE session_metadata SET name = ? WHERE session_key = ?", (name or None, key))

    def set_state(self, key: str, state: str, turn: str | None = None) -> None:
        """Of a gateway's turn: running, then idle or error."""
        started = self.now() if state == "running" else None
        self.con.execute(
            "UPDATE session_metadata SET state = ?, turn_id = ?, turn_started_at = ? WHERE session_key = ?",
            (state, turn, started, key),
        )

    def set_where_from(self, key: str, **values: str | None) -> None:
        """agent_alias, channel_id, room_id, sender_id; makes a session without messages if need be."""
        assert rank(self.era) >= rank("v0.8.4")
        now = self.now()
        names = list(values)
        self.con.execute(
            "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count, "  # noqa: S608
            f"{', '.join(names)}) VALUES (?, ?, ?, 0{', ?' * len(names)}) ON CONFLICT(session_key) "
            f"DO UPDATE SET {', '.join(f'{n} = COALESCE(excluded.{n}, {n})' for n in names)}",
            (key, now, now, *values.values()),
        )
