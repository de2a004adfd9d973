"""Folders of many sessions to measure on, made once and kept."""

from __future__ import annotations

import os
from pathlib import Path

from tests.bench.registry import DATA
from tests.bench.sessions import FILLER, NEWEST
from tests.core.bot_writer import lines_of

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
