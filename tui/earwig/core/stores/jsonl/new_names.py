"""Finds the names that have come to sessions folders since. A folder to which none has come is not read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import names_beside

_STEP_NS = 3 * 10**9


class NewNames:
    """The folders as they were when this was made, right before they were listed."""

    def __init__(self, folders: Sequence[Path], files: Sequence[Path]) -> None:
        self._folders = folders
        self._files = [SessionId(str(path)) for path in files]
        self._as_listed = [_changed_at(folder) for folder in folders]
        self._known: frozenset[SessionId] = frozenset()

    def begin(self, known: Iterable[SessionId]) -> None:
        self._known = frozenset(known)
        _ = self._names

    def ids(self) -> Iterable[SessionId]:
        """Yield the ids that are not known. Known sessions are not looked at."""
        yield from (path for path in self._files if path not in self._known)
        for (prefix, known), folder, as_listed in zip(
            self._names, self._folders, self._as_listed, strict=True
        ):
            if as_listed is not None and as_listed == _changed_at(folder):
                continue
            with suppress(OSError):  # a folder that is gone
                yield from (SessionId(prefix + name) for name in names_beside(prefix, known))

    @cached_property
    def _names(self) -> list[tuple[str, frozenset[str]]]:
        """What the paths in each folder begin with, and the names of the known sessions in it."""
        prefixes = [os.path.join(folder, "") for folder in self._folders]  # noqa: PTH118 - as listed
        return [
            (prefix, frozenset(it.removeprefix(prefix) for it in self._known if it.startswith(prefix)))
            for prefix in prefixes
        ]


def _changed_at(folder: Path) -> int | None:
    """Return when a name last came or went (nanoseconds); None if that is too recent to trust.

    The file system's clock goes by steps, some of seconds: only what is longer ago than one is told by them.
    """
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return None
    return changed if time.time_ns() - changed > _STEP_NS else None
