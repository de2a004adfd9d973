"""A model of how the bot takes its old JSONL sessions into `sessions.db` when it starts."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from tests.core.stores.sqlite.bot_database import BotDatabase

SUFFIX = ".jsonl"

STOPS = ("rows", "staged", "committed", "linked")
"""Where a kill may end it: rows are stored and the file stays (until v0.8.4); later: the file is renamed and
nothing is stored; all is stored; the file has both its names."""


class ImportRefused(Exception):
    """Where the bot stops, and has no session store then."""


def import_jsonl(bot: BotDatabase, stop: str = "") -> None:
    """Take in all files; `stop`: end the first one's early."""
    if bot.era == "head":
        _import_whole(bot, stop)
    else:
        _import_row_by_row(bot, stop)


def messages_in(data: bytes) -> list[ChatMessage]:
    decoded = (decode_line(line) for line in data.split(b"\n"))
    return [item for item in decoded if isinstance(item, ChatMessage)]


def _import_row_by_row(bot: BotDatabase, stop: str) -> None:
    """v0.7.5 to v0.8.4: a kill before the rename, and the next start stores everything a second time."""
    for path in sorted(bot.folder.glob(f"*{SUFFIX}")):
        messages = messages_in(path.read_bytes())
        for message in messages:
            bot.append(path.name.removesuffix(SUFFIX), *message)
        if stop == "rows":
            return
        if messages:
            # The bot's way to change an extension leaves ".jsonl" its name.
            path.rename(
                bot.folder / (f"{path.name}.migrated" if path.name != SUFFIX else ".jsonl.jsonl.migrated")
            )


def _import_whole(bot: BotDatabase, stop: str) -> None:
    """After v0.8.4: in one transaction, with a receipt; what was begun is ended first."""
    begun = [path.name.removesuffix(".importing") for path in bot.folder.glob(f"*{SUFFIX}.importing")]
    fresh = [path.name for path in bot.folder.glob(f"*{SUFFIX}") if path.name != SUFFIX]
    for source in [*sorted(begun), *sorted(fresh)]:
        live, staged, migrated = (bot.folder / f"{source}{end}" for end in ("", ".importing", ".migrated"))
        if live.exists():
            if staged.exists() or migrated.exists():
                raise ImportRefused(source)
            live.rename(staged)
        if stop == "staged":
            return
        data = staged.read_bytes()
        try:
            _store(bot, source, data)
        except ImportRefused:
            staged.rename(live)
            raise
        if stop == "committed":
            return
        if not migrated.exists():
            os.link(staged, migrated)
            if stop == "linked":
                return
        staged.unlink()


def _store(bot: BotDatabase, source: str, data: bytes) -> None:
    key, now = source.removesuffix(SUFFIX), bot.now()
    receipt = (source, key, hashlib.sha256(data).hexdigest(), len(data))
    known = bot.con.execute(
        "SELECT source_name, session_key, source_hash, source_len FROM jsonl_import_receipts "
        "WHERE source_name = ?",
        (source,),
    ).fetchone()
    if known is not None:
        if known != receipt:
            raise ImportRefused(source)
        return
    messages = messages_in(data)
    if _is_there(bot, key) or (data.strip() and not messages):
        raise ImportRefused(source)
    bot.con.execute("BEGIN IMMEDIATE")
    for message in messages:
        bot.append_row(key, *message, now)
    bot.con.execute(
        "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count) "
        "VALUES (?, ?, ?, ?)",
        (key, now, now, len(messages)),
    )
    bot.con.execute("INSERT INTO jsonl_import_receipts VALUES (?, ?, ?, ?, ?)", (*receipt, now))
    bot.con.execute("COMMIT")


def _is_there(bot: BotDatabase, key: str) -> bool:
    return any(
        bot.con.execute(f"SELECT 1 FROM {table} WHERE session_key = ?", (key,)).fetchone()  # noqa: S608
        for table in ("sessions", "session_metadata")
    )


def names_in(folder: Path) -> list[str]:
    """The names of session files, whatever has become of them."""
    return sorted(path.name for path in folder.iterdir() if SUFFIX in path.name)
