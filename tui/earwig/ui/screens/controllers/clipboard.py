"""The clipboard: copies bytes, and writes what was copied last to a file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.text.safe_text import own_text, safe_name
from earwig.core.text.sizes import human_size
from earwig.ui.screens.controllers.host import LONG, ScreenHost, warn

if TYPE_CHECKING:
    # What does it is loaded with the first key that asks for it, not at the start.
    from earwig.core.system.clipboard import Method, Put
    from earwig.core.system.copies import Copy


@dataclass(eq=False)
class Clipboard:
    """Owns what was to be copied last; what takes time happens in a thread, and is told when it is done.

    `keep_out` returns the folders that no file may be written to; `method` is how to copy, None for a
    choice by what there is.
    """

    _host: ScreenHost
    _keep_out: Callable[[], Sequence[Path]]
    _method: Method | None = None
    _taken: bytes | Copy | None = None

    def copy(self, data: bytes) -> None:
        """Copy these bytes, and say how; in a thread, because a program for it may take seconds."""
        self.keep(data)
        if data:
            threading.Thread(target=self._put, args=(data,), name="earwig-clipboard", daemon=True).start()
        else:
            self._host.tell(own_text("It is empty: nothing was copied."))

    def copy_file(self, copy: Copy) -> None:
        """Copy what is in a file, and own that from now on; what is too much is kept for `write_file`."""
        from earwig.core.system.clipboard import SYSTEM_LIMIT

        if copy.size <= SYSTEM_LIMIT:
            data = b"".join(copy.pieces())
            copy.remove()
            self.copy(data)
            return
        self.keep(copy)
        words = own_text("{} are too much for a clipboard. W writes a file.", human_size(copy.size))
        self._host.tell(words, timeout=LONG)

    def keep(self, taken: bytes | Copy | None) -> None:
        """Have this be what `write_file` writes; a file that was kept before is removed."""
        if self._taken is not None and not isinstance(self._taken, bytes):
            self._taken.remove()
        self._taken = taken

    def write_file(self) -> None:
        """Write what was to be copied last to a file; in a thread, because a disk may be slow."""
        if self._taken is None:
            self._host.tell(own_text("Nothing was copied yet: c copies a message, C more."))
            return
        arguments = (self._taken, self._keep_out())
        threading.Thread(target=self._write, args=arguments, name="earwig-file", daemon=True).start()

    def close(self) -> None:
        self.keep(None)

    def _put(self, data: bytes) -> None:
        """In a thread."""
        from earwig.core.system.clipboard import CannotCopy, Method, put

        try:
            done = put(data, self._method or Method.AUTO)
        except CannotCopy as error:
            warn(self._host, error.sentence)
        else:
            self._host.go_on(lambda: self._finish(done))

    def _finish(self, done: Put) -> None:
        if done.send and not self._host.send(done.send):
            warn(
                self._host,
                own_text("Nothing was copied: nothing can be sent to this terminal. W writes a file."),
            )
        else:
            self._host.tell(done.words, timeout=LONG if done.send else None)

    def _write(self, taken: bytes | Copy, folders: Sequence[Path]) -> None:
        """In a thread."""
        from earwig.core.system.copies import CannotWrite, file_to_keep

        try:
            path = file_to_keep([taken] if isinstance(taken, bytes) else taken.pieces(), folders)
        except CannotWrite as error:
            warn(self._host, error.sentence)
        else:
            self._host.tell(own_text("Written to {}", safe_name(str(path))), timeout=LONG)
