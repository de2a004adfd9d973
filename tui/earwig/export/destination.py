"""Where a document goes: a new file, whole or not at all, and never among the bot's."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from earwig.core.model.keys import sanitise_key
from earwig.core.system.whole_files import write_whole
from earwig.core.text.refusal import system_reason
from earwig.core.text.safe_text import SafeText, own_text, safe_name
from earwig.export.request import CannotExport, Format

_LONGEST_NAME = 100


class AlreadyThere(CannotExport):
    """A file of this name exists, and nobody said that it may be replaced."""

    def __init__(self, shown: SafeText) -> None:
        super().__init__(own_text("{} is there already; give another name", shown))


def default_name(key: str, chosen: Format) -> str:
    """Return what a document is called if nobody says otherwise: letters, digits, `_` and `-` of the key."""
    return f"{sanitise_key(key)[:_LONGEST_NAME] or 'session'}.{chosen.value}"


def check_destination(path: Path, *, force: bool, keep_out: Sequence[Path]) -> None:
    """Refuse what cannot become the document, before any work is done. Raises `CannotExport`.

    `keep_out` are the bot's folders of sessions: a file there would be read as one, or be in its way.
    """
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 - the last part may be a link
    shown = safe_name(str(path))
    try:
        if not folder.is_dir():
            raise CannotExport(
                own_text("{} is no folder; make it, or give another place", safe_name(str(folder)))
            )
        real = folder.resolve()
        mode = os.lstat(path).st_mode if os.path.lexists(path) else None
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error
    if any(real.is_relative_to(kept.resolve()) for kept in keep_out):
        raise CannotExport(
            own_text(
                "{} is in the bot's sessions folder, where earwig never writes; give another place", shown
            )
        )
    if mode is None:
        return
    if not stat.S_ISREG(mode):
        raise CannotExport(own_text("{} is there, and is no regular file; give another name", shown))
    if not force:
        raise AlreadyThere(shown)


def write_document(blocks: Iterable[bytes], path: Path, *, force: bool, keep_out: Sequence[Path]) -> int:
    """Write it whole or not at all, mode 0600; return its bytes. Raises `CannotExport`.

    A file that it replaces (`force`) goes with its mode.
    """
    check_destination(path, force=force, keep_out=keep_out)
    try:
        return write_whole(blocks, path, replace=force)
    except FileExistsError as error:
        raise AlreadyThere(safe_name(str(path))) from error
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError | ValueError) -> CannotExport:
    no_name = own_text("no file can have this name")
    reason = system_reason(error) if isinstance(error, OSError) else no_name
    return CannotExport(
        own_text("{} cannot be written: {}; give another place", safe_name(str(path)), reason)
    )
