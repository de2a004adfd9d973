"""Places that could not be listed whole, and why. They may hold more than is known."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from earwig.core.model.session import Session
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

EMPTY = "it is empty, and was not: all deleted, or unmounted"
"""The reason for a folder that was unmounted, or made anew."""

DELETED = "it was deleted or moved; its workspace is there"
_NOT_THERE = "it is not there"
_REASONS = {
    errno.ENOTDIR: "it is no folder",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "its symbolic links lead in a circle",
    errno.EMFILE: "this program has too many files open",
    errno.ENFILE: "the system has too many files open",
}


class Unlisted(NamedTuple):
    """A folder or a database of which some sessions, or all, could not be listed."""

    folder: str
    """The path, as the store has it."""

    reason: str
    """Why, as a clause for a reader: `permission denied`."""

    missing: bool = False
    """Whether nothing has that name. It may never have been there."""

    partial: bool = False
    """Whether some of its sessions were listed."""

    is_clause: bool = False
    """Whether `reason` follows the name of a database and says what to do: `is cut off; ...`."""

    @classmethod
    def because(cls, folder: Path, error: OSError, *, partial: bool = False) -> Unlisted:
        """Return why a folder could not be listed, made of the error that listing it raised."""
        missing = isinstance(error, FileNotFoundError) and not os.path.lexists(folder)
        if not isinstance(error, FileNotFoundError):
            reason = _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
        elif not missing:
            reason = "it is a link that leads nowhere"
        elif os.path.isdir(folder.parent):  # noqa: PTH112 - a Path's own answer may raise
            reason = _NOT_THERE
        else:
            reason = "the folder that holds it is not there"
        return cls(str(folder), reason, missing, partial)

    def holds(self, session: Session) -> bool:
        """Return whether a session is in this place."""
        path = session.path
        return self.folder in (str(path.parent), str(path))

    @property
    def no_more(self) -> Unlisted:
        """The same, for a folder that was there before."""
        return self._replace(reason=DELETED) if self.reason == _NOT_THERE else self

    def words(self, name: SafeText) -> SafeText:
        """Return a sentence without its full stop; `name` is what it calls the place."""
        reason = clean_line(self.reason)
        if self.is_clause:
            return own_text("{} {}", name, reason)
        if self.partial:
            return own_text("{} could be listed only in part: {}", name, reason)
        return own_text("{} cannot be reached: {}", name, reason)


class Outages:
    """Tells once that a folder cannot be listed whole, and once that it can again."""

    def __init__(self, say: Callable[[SafeText], object]) -> None:
        self._say = say
        self._told: set[str] = set()

    def take(self, unlisted: Iterable[Unlisted] | None) -> None:
        """Tell what has changed; `unlisted`: all folders that cannot be listed whole, or None: the same."""
        if unlisted is None:
            return
        now = {it.folder: it for it in unlisted}
        for folder in self._told - now.keys():
            self._say(own_text("{} can be reached again", safe_name(folder)))
        for folder in now.keys() - self._told:
            self._say(own_text("{}; trying again", now[folder].words(safe_name(folder))))
        self._told = set(now)
