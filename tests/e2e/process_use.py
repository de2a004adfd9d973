"""What a process has of the system, and whether it takes ever more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

KNOWN = Path("/proc/self/fd").exists()
"""Whether this system tells: Linux."""

MORE_THREADS = (os.cpu_count() or 1) + 4
"""Textual renders its help in asyncio's pool, which keeps so many threads at most."""


@dataclass(frozen=True)
class Use:
    """What a process has at one time."""

    kilobytes: int
    handles: int
    threads: int


def use_of(process: int) -> Use:
    """What a process has now."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    handles = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return Use(int(status["VmRSS"].split()[0]), handles, int(status["Threads"]))


def held_open(process: int, folder: Path) -> list[str]:
    """What a process has open below a folder."""
    found = []
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue  # closed since the listing
        if target.startswith(f"{folder}/"):
            found.append(target)
    return found


def locked(process: int) -> list[str]:
    """The locks that a process holds, on whatever file, as the system lists them."""
    rows = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return [" ".join(row) for row in rows if str(process) in row]


def growth(kilobytes: Sequence[int]) -> float:
    """How much more there is in the last quarter of a time than in the one before: 0.05 is 5 %.

    By the middle of each, because what comes and goes between two looks is no growth. What fills up in the
    first half (caches, to their bounds) is left out.
    """
    half = len(kilobytes) // 2
    quarter = half + (len(kilobytes) - half) // 2
    return median(kilobytes[quarter:]) / median(kilobytes[half:quarter]) - 1
