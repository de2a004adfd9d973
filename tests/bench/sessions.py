"""Sessions of any size to measure on: made up from a seed, the same in every run, and kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.bench.registry import DATA
from tests.core.bot_writer import line_of

MEGABYTE = 1_000_000
NEWEST = "the-newest-message"
"""A word of every session's last message, and of no other."""

FILLER = "Long enough that no list of sessions shows it to its end: "
"""Before the word that is waited for, so that it is the transcript that shows it."""

_TEXT = (
    "the order parcel depot morning please check refund address number today van courier invoice paid yes no "
    "thanks customer account delivery window between left at we will send again sorry for **delay** `track` "
    "überweisung größe 漢字 заказ 🙂 - and with from what when where"
)
_WORDS = _TEXT.split()


def session_of(size: int) -> Path:
    """A session of about so many bytes, alone in a folder, with `NEWEST` in its last message."""
    path = DATA / f"{size}" / "telegram_customer.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            for lines in lines_of_size(size, random.Random(size)):
                file.write(lines)
            file.write(line_of("assistant", FILLER + NEWEST) + b"\n")
        part.rename(path)
    return path


def long_line(size: int, before: Path | None = None) -> Path:
    """A session that ends in a line of so many bytes, alone in a folder; `before` holds its other lines."""
    path = DATA / f"line-{size}-{'last' if before else 'alone'}" / "telegram_customer.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        head, tail = line_of("assistant", "\0").split(b"\\u0000")
        with part.open("wb") as file:
            file.write(before.read_bytes() if before is not None else b"")
            file.write(head)
            for _ in range(size // MEGABYTE):
                file.write(b"long " * (MEGABYTE // 5))
            file.write(tail + b"\n")
        part.rename(path)
    return path


def lines_of_size(size: int, chance: random.Random) -> Iterator[bytes]:
    """Whole lines of about 640 bytes, in pieces of about a megabyte."""
    pool = [" ".join(chance.choices(_WORDS, k=chance.randint(1, 200))) for _ in range(2000)]
    written = number = 0
    while written < size:
        lines = bytearray()
        while len(lines) < MEGABYTE and written + len(lines) < size:
            number += 1
            role = "assistant" if number % 2 else "user"
            lines += line_of(role, f"{number}: {chance.choice(pool)}") + b"\n"
        written += len(lines)
        yield bytes(lines)
