"""Folders of many sessions to measure on, made once and kept."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.bench.registry import DATA
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST, lines_of_size
from tests.core.bot_writer import line_of, lines_of

NEEDLE = "zinnober parcel"
"""What a search looks for."""

_EPOCH = 1_700_000_000
_CHANNELS = ("telegram", "discord", "slack", "web")


def folder_of(count: int) -> Path:
    """So many short sessions, a minute apart; the newest has `NEWEST` in its last message."""
    folder = DATA / f"{count}-sessions"
    if not folder.exists():
        part = folder.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            path = part / f"{_CHANNELS[number % len(_CHANNELS)]}_customer{number:06}.jsonl"
            answer = NEWEST if number == count - 1 else f"parcel {number} left our depot"
            path.write_bytes(
                lines_of([("user", f"Where is parcel {number}?"), ("assistant", FILLER + answer)])
            )
            os.utime(path, (_EPOCH + 60 * number,) * 2)
        part.rename(folder)
    return folder


def large_folder(count: int, size: int) -> Path:
    """So many sessions of so many bytes together; every 50th has `NEEDLE` once, in letters of some case."""
    folder = DATA / f"{count}-sessions-of-{size}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        chance = random.Random(size)
        pool = b"".join(lines_of_size(40 * MEGABYTE, chance)).split(b"\n")[:-1]
        each = size // count // (sum(map(len, pool[:1000])) // 1000 + 1)
        for number in range(count):
            path = part / f"{_CHANNELS[number % len(_CHANNELS)]}_customer{number:06}.jsonl"
            lines = chance.choices(pool, k=each)
            if number % 50 == 0:
                needle = NEEDLE.upper() if number % 100 else NEEDLE
                lines.append(line_of("user", f"Please, where is my {needle} {number}-{number + 7}?"))
            path.write_bytes(b"\n".join(lines) + b"\n")
            os.utime(path, (_EPOCH + 60 * number,) * 2)
        part.rename(folder)
    return folder
