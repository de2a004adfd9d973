"""The made-up workspace's database: what a newer release of the bot keeps there instead of in files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from earwig.cli.demo.script import table

_TABLES = """
CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, session_key TEXT NOT NULL, role TEXT NOT NULL,
    content TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX idx_sessions_key_id ON sessions(session_key, id);
CREATE TABLE session_metadata (session_key TEXT PRIMARY KEY, created_at TEXT NOT NULL,
    last_activity TEXT NOT NULL, message_count INTEGER NOT NULL DEFAULT 0, name TEXT,
    state TEXT NOT NULL DEFAULT 'idle', turn_id TEXT, turn_started_at TEXT, agent_alias TEXT, channel_id TEXT,
    room_id TEXT, sender_id TEXT);
"""


def build_database(workspace: Path, *, now: float) -> None:
    """Write `sessions.db` beside the files, dated from `now` (seconds since 1970). Raises `OSError`."""
    path = workspace / "sessions" / "sessions.db"
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(_TABLES)
            for told in table("scenes", "database")["session"]:
                _write(database, told, now)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


def _write(database: sqlite3.Connection, told: dict[str, Any], now: float) -> None:
    times = [
        datetime.fromtimestamp(now - minutes * 60, UTC).isoformat(timespec="milliseconds")
        for minutes, _, _ in told["said"]
    ]
    database.executemany(
        "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
        [
            (told["key"], role, content, at)
            for (_, role, content), at in zip(told["said"], times, strict=True)
        ],
    )
    database.execute(
        "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count, name, state, "
        "agent_alias, channel_id, sender_id) VALUES (?, ?, ?, ?, ?, ?, 'main', 'gateway', ?)",
        (told["key"], times[0], times[-1], len(times), told["name"], told["state"], told["sender"]),
    )
