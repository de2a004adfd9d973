"""The bot's own session store in Python: the only module of the package that writes session files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from earwig.core.model.keys import sanitise_key
from earwig.core.model.message import ChatMessage, line_of
from earwig.core.stores.jsonl.decoding import messages_in
from earwig.core.system.collecting import no_collection

_SUFFIX = ".jsonl"
_BUFFER = 96 * 1024
"""Bytes read at a time. Above 128 KiB, C libraries ask the system for the memory of each read anew."""

# O_NONBLOCK: opening a FIFO must not wait for its other end. O_BINARY: Windows would translate newlines.
_FLAGS = (
    getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class SessionStore:
    """Sessions as append-only files, `<workspace>/sessions/<key>.jsonl` (the bot's `session_store.rs`)."""

    def __init__(self, workspace: Path | str) -> None:
        """Makes the sessions folder, and those above it, if they are missing. Raises `OSError`."""
        self._folder = Path(workspace) / "sessions"
        self._folder.mkdir(parents=True, exist_ok=True)

    def session_path(self, key: str) -> Path:
        """Return where a session is kept. Keys that `sanitise_key` makes equal share one file."""
        return self._folder / f"{sanitise_key(key)}{_SUFFIX}"

    def load(self, key: str) -> list[ChatMessage]:
        """Return the messages in order, without bad lines; none where there is no file that can be read."""
        messages: list[ChatMessage] = []
        # As the bot does: what cannot be read holds nothing.
        with suppress(OSError), no_collection(), _opened(self.session_path(key)) as file:
            for batch in messages_in(file):
                messages += batch
        return messages

    def append(self, key: str, message: ChatMessage) -> None:
        """Add one line, in one write, to the end of the session's file.

        Raises `OSError`, and `ValueError` for a message that is not valid Unicode: the bot cannot hold one.
        """
        line = _line(message)
        descriptor = os.open(self.session_path(key), os.O_WRONLY | os.O_APPEND | os.O_CREAT | _FLAGS, 0o666)
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)

    def list_sessions(self) -> list[str]:
        """Return the keys of all entries that end in `.jsonl` and are UTF-8, as the bot does."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError:
            return []
        return [name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX) and _is_unicode(name)]


def _is_unicode(name: str) -> bool:
    """False for a name that Python could only represent with surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _line(message: ChatMessage) -> bytes:
    """Return a message's line with its newline. Raises `ValueError` where the bot could not hold it."""
    try:
        return line_of(message) + b"\n"
    except TypeError as error:
        raise ValueError(
            "the message holds half a surrogate pair, which UTF-8 cannot hold; replace it before appending"
        ) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, from its beginning on. Raises `OSError`.

    What is not a regular file counts as empty: reading a folder fails for ever, and a FIFO waits.
    """
    descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        yield BytesIO()
        return
    with os.fdopen(descriptor, "rb", buffering=_BUFFER) as file:
        yield file
