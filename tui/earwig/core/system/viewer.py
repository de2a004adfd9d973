"""Opens a media file, or an address of the web, with the program that the system has for it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import PurePath
from typing import Final

SUFFIXES: Final = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".avif"),
        *(".ogg", ".oga", ".opus", ".mp3", ".m4a", ".wav", ".flac", ".aac", ".amr"),
        *(".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".3gp"),
        *(".pdf", ".txt"),
    }
)
"""What is shown or played, and never run: a path comes from whoever wrote the message."""


class CannotView(Exception):
    """A file is not opened; `reason` continues a sentence that begins with its path."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def may_be_viewed(path: str) -> bool:
    """Whether a path is one that can be offered: absolute, and of a kind that is shown and never run."""
    if "\0" in path or path.startswith(("//", "\\\\")):
        return False  # a name on another machine: to look at it would be to talk to that
    return PurePath(path).is_absolute() and PurePath(path).suffix.lower() in SUFFIXES


def view(path: str) -> None:
    """Open a file, and wait until a program has done so, for a thread. Raises `CannotView`."""
    if not may_be_viewed(path):
        raise CannotView("is not the path of a picture, a recording or a document that is only shown")
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        raise CannotView(f"is not there: {error.strerror or error}") from error
    if not stat.S_ISREG(mode):
        raise CannotView("is a link" if stat.S_ISLNK(mode) else "is not a regular file")
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - no shell, and no program: see SUFFIXES
        else:
            _run("open" if sys.platform == "darwin" else "xdg-open", path)
    except OSError as error:
        raise CannotView(f"cannot be opened: {error.strerror or error}") from error


def _run(program: str, path: str) -> None:
    """Raises `CannotView`, and `OSError` where it cannot be run."""
    try:
        done = subprocess.run(
            [program, path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise CannotView(f"cannot be opened: there is no {program} here") from error
    if done.returncode:
        raise CannotView(f"was not opened: {program} ended with status {done.returncode}")


def open_address(address: str) -> None:
    """Open an address in a new tab, and wait until the browser or what called it has ended.

    Through Python's own command, as a process of its own: a browser says much on its output, which would be
    drawn over the screen. In a session of its own, so that the terminal is out of its reach altogether.
    Isolated (`-I`): no module of the folder that one happens to be in. No shell sees the address.

    Raises `OSError` if no process can be started.
    """
    subprocess.run(
        [sys.executable, "-I", "-m", "webbrowser", "-t", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
