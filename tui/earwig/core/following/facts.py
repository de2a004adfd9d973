"""What the follower has to say: few, small facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from earwig.core.store import Session


class Fate(Enum):
    """What became of a session that is not in its folder any more."""

    DELETED = "deleted"
    MIGRATED = "migrated"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Vanished:
    """A session that is gone, and where to."""

    location: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Facts:
    """What differs from the last look; a session is in one of the three at most."""

    appeared: tuple[Session, ...] = ()
    changed: tuple[Session, ...] = ()
    vanished: tuple[Vanished, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.appeared or self.changed or self.vanished)


def fate_of(location: str) -> Fate:
    """What became of a session, by what stands beside its place.

    The import into a database renames the file (`jsonl.migrated`, `jsonl.importing` in the bot's
    `session_sqlite.rs`); its memory hygiene moves old ones into `archive/` (`hygiene.rs`).
    """
    path = Path(location)
    for suffix in (".migrated", ".importing"):
        if _is_there(path.with_name(path.name + suffix)):
            return Fate.MIGRATED
    archive = path.parent / "archive"
    if _is_there(archive / path.name):
        return Fate.ARCHIVED
    return Fate.DELETED


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False  # also a name too long to take a suffix: nothing can be there
    return True
