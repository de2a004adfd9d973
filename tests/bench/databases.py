"""Databases of the bot's to measure on: made up from a seed, the same in every run, and kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from tests.bench.folders import NEEDLE
from tests.bench.registry import DATA
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST
from tests.core.stores.sqlite.bot_database import BotDatabase, rfc3339

KEY = "telegram_customer"
"""The session that was active last; of one that is alone, all rows."""

MIXED_KEY = "telegram_u000000"
"""One of many sessions whose rows lie mixed."""

_EPOCH_NS = 1_700_000_000 * 10**9
_MINUTE_NS = 60 * 10**9
_TEXT = (
    "the order parcel depot morning please check refund address number today van courier invoice paid yes no "
    "thanks customer account delivery window between left at we will send again sorry for delay track"
)
_WORDS = _TEXT.split()

Row = tuple[str, str, str, str]
"""Key, role, content and time."""


def database_of(rows: int, size: int) -> Path:
    """A workspace with one session of so many rows and bytes; some have `NEEDLE`, the last has `NEWEST`."""
    return _made(DATA / f"database-{rows}-{size}", _one_long(rows, size // rows))


def database_of_sessions(count: int, size: int = 0) -> Path:
    """A workspace with so many sessions, of two short rows or of so many bytes together, their rows mixed.

    Every 50th has `NEEDLE` once.
    """
    rows = _short_ones(count) if not size else _mixed(count, size)
    return _made(DATA / f"database-of-{count}-{size}", rows)


def _made(workspace: Path, rows: Iterator[Row]) -> Path:
    if not workspace.exists():
        part = workspace.with_suffix(".part")
        with closing(BotDatabase(part)) as bot:
            # Nothing that is measured reads the index of words, and to fill it takes minutes.
            triggers = bot.con.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                bot.con.execute(f"DROP TRIGGER {name}")
            known: dict[str, tuple[int, str]] = {}
            while some := list(islice(rows, 50_000)):
                bot.con.execute("BEGIN")
                bot.con.executemany(
                    "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)", some
                )
                bot.con.execute("COMMIT")
                for key, _, _, time in some:
                    known[key] = known.get(key, (0, ""))[0] + 1, time
            bot.con.execute("BEGIN")
            bot.con.executemany(
                "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count) "
                "VALUES (?, ?, ?, ?)",
                [(key, time, time, count) for key, (count, time) in known.items()],
            )
            bot.con.execute("COMMIT")
            for _, sql in triggers:
                bot.con.execute(sql)
        part.rename(workspace)
    return workspace


def _one_long(rows: int, size: int) -> Iterator[Row]:
    pool = _pool(size)
    for number in range(rows):
        said = f"{NEEDLE} {number}" if number % 5000 == 17 else f"{number}"
        content = f"{said}: {pool[number % len(pool)]}" if number < rows - 1 else FILLER + NEWEST
        yield KEY, _role(number), content, rfc3339(_EPOCH_NS + number * 10**9)


def _short_ones(count: int) -> Iterator[Row]:
    for number in range(count):
        key = KEY if number == count - 1 else f"telegram_u{number:06}"
        time = rfc3339(_EPOCH_NS + number * _MINUTE_NS)
        said = f"{NEEDLE} {number}" if number % 50 == 17 else f"order {number}"
        yield key, "user", f"Where is {said}?", time
        yield key, "assistant", FILLER + (NEWEST if key == KEY else "on its way."), time


def _mixed(count: int, size: int) -> Iterator[Row]:
    pool = _pool(1000)
    each = max(1, size // count // 1000)
    for turn in range(each):
        for number in range(count):
            said = f"{NEEDLE} {number}" if number % 50 == 17 and turn == each // 2 else f"{turn}"
            content = f"{said}: {pool[(turn * 31 + number) % len(pool)]}"
            time = rfc3339(_EPOCH_NS + (turn * count + number) * 10**9)
            yield f"telegram_u{number:06}", _role(turn), content, time


def _pool(size: int) -> list[str]:
    chance = random.Random(size)
    texts = (" ".join(chance.choices(_WORDS, k=size // 5 + 2)) for _ in range(MEGABYTE // size + 1))
    return [text[:size] for text in texts]


def _role(number: int) -> str:
    return "assistant" if number % 2 else "user"
