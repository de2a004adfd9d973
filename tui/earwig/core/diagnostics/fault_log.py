"""earwig's own log of its own faults: made when there is one, small, and without a word of any message."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from earwig.core.diagnostics.failure import Fault, faults_of, report_of
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.refusal import system_reason
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name
from earwig.version import VERSION

NAME = "earwig.log"
OLDER = "earwig.log.1"
LARGEST = 256 * 1024
"""Bytes of the log; a fuller one is renamed to `OLDER`, and what was of that name is gone."""

_KINDS = 50
"""Different faults that one process writes down: one that comes with every line must not fill a disk."""

_NO_HOME = own_text("no home folder is known")
_NAMELESS = own_text("a file")


class Noted(NamedTuple):
    """A fault that was written down, or why it could not be."""

    faults: Sequence[Fault]
    path: SafeText
    problem: SafeText | None
    is_new: bool
    """Whether this process met it for the first time."""


class FaultLog:
    """Writes faults down; for any thread, and never raises."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: dict[tuple[Fault, ...], SafeText | None] = {}

    def note(self, error: BaseException | Sequence[Fault], where: SafeText) -> Noted:
        """Write down a fault that happened in `where`; the same one again only once in a process."""
        faults = faults_of(error) if isinstance(error, BaseException) else error
        path = _path()
        with self._lock:
            known = tuple(faults)
            is_new = known not in self._met and len(self._met) < _KINDS
            if is_new:
                self._met[known] = _write(path, joined(own_text("\n"), _entry(faults, where)))
            problem = self._met.get(known)
        return Noted(faults, _NAMELESS if path is None else safe_name(str(path)), problem, is_new)


faults = FaultLog()
"""The process's own: one, so that a fault that is met in two places is written down once."""


def _path() -> Path | None:
    """Return where the log is, by the system's habits; None where there is no home."""
    from platformdirs import user_log_path  # only now: nobody should wait for it who sees no fault

    try:
        folder = user_log_path("earwig", appauthor=False)
    except RuntimeError:
        return None
    # Without a home, an older platformdirs answers `~/...`, which would be a folder wherever one is.
    return folder / NAME if folder.is_absolute() else None


def _write(path: Path | None, text: SafeText) -> SafeText | None:
    """Append; what was in the way."""
    if path is None:
        return _NO_HOME
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # A log that was made into a link or a pipe is none of ours.
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        if path.exists() and path.stat().st_size > LARGEST:
            path.replace(path.with_name(OLDER))
        data = (text + "\n\n").encode("utf-8", "backslashreplace")
        fd = os.open(path, flags, 0o600)
        try:
            written = os.write(fd, data)
        finally:
            os.close(fd)
    except OSError as error:
        return system_reason(error)
    return None if written == len(data) else own_text("no room for all of it")


def _entry(faults: Sequence[Fault], where: SafeText) -> list[SafeText]:
    now = clean_line(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    return [own_text("{} a fault in {}", now, where), program_facts(), report_of(faults)]


def program_facts() -> SafeText:
    """Return what is running, and on what: all that a developer asks first."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    try:
        textual = version("textual")
    except PackageNotFoundError:
        textual = "unknown"
    names = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "NO_COLOR")
    settings = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return clean_line(
        f"earwig {VERSION}, Python {platform.python_version()}, Textual {textual}, {platform.platform()}, "
        f"terminal {_terminal_size()}, {' '.join(settings)}",
        500,
    )


def _terminal_size() -> str:
    for stream in (sys.__stderr__, sys.__stdout__, sys.__stdin__):
        try:
            if stream is not None:
                columns, rows = os.get_terminal_size(stream.fileno())
                return f"{columns}x{rows}"
        except (OSError, ValueError):  # none; or closed
            continue
    return "none"
