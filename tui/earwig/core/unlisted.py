"""A folder that could not be listed whole, and why: not to be taken for one that holds nothing more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from earwig.core.opening import clause_for

EMPTY = "is empty, and was not: another folder is in its place"
"""The reason for a folder that a mount was taken away from, or that was made anew."""


class Unlisted(NamedTuple):
    """A folder of which some sessions, or all, could not be listed."""

    folder: str
    """Its path, as the store has it."""

    reason: str
    """A clause for a reader, to follow the folder's name: `cannot be read: permission denied`."""

    missing: bool = False
    """Whether there is nothing of that name: it may never have been there."""

    partial: bool = False
    """Whether some of its sessions were listed."""

    @classmethod
    def because(cls, folder: Path, error: OSError, *, partial: bool = False) -> Unlisted:
        """Return what is to be said of a folder that `error` kept from being listed."""
        if isinstance(error, NotADirectoryError):
            return cls(str(folder), "is no folder", partial=partial)
        if not isinstance(error, FileNotFoundError):
            return cls(str(folder), clause_for(error), partial=partial)
        if os.path.lexists(folder):
            return cls(str(folder), "is a link that leads nowhere", partial=partial)
        if os.path.isdir(folder.parent):  # noqa: PTH112 - a Path's own answer may raise
            reason = "is not there, though its workspace is: deleted, moved or unmounted"
        else:
            reason = "is not there, nor is the folder that it was in"
        return cls(str(folder), reason, missing=True, partial=partial)


def unreachable(folder: Path) -> Unlisted | None:
    """Return why nothing in a folder can be looked at; None if it can be, as far as a look at it tells."""
    try:
        os.stat(os.path.join(folder, ""))  # noqa: PTH116, PTH118 - with a slash behind it: only a folder is
    except OSError as error:
        return Unlisted.because(folder, error)
    return None
