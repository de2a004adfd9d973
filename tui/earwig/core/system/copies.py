"""Copies that the reader takes along: temporary ones for another program, and files to keep.

The bot's own files are no business of any other program: not even their paths are told.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from earwig.core.system.leftovers import TemporaryFolder
from earwig.core.system.whole_files import UnfinishedFile, new_file
from earwig.core.text.refusal import Refusal, system_reason
from earwig.core.text.safe_text import own_text

_NAMES = 100
_PIECE = 1024 * 1024


class CannotWrite(Refusal):
    """No copy could be made; `sentence` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(own_text("No copy could be written: {}.", system_reason(error)))


class Copy:
    """A file for another program, in a folder that only this user can enter; gone when it is let go of.

    If this process is killed, it goes with the next start (`leftovers`).
    """

    def __init__(self, name: str, pieces: Iterable[bytes] = ()) -> None:
        """`name` is a file's name of earwig's own. Raises `CannotWrite`."""
        try:
            self._folder = TemporaryFolder("copy")
        except OSError as error:
            raise CannotWrite(error) from error
        atexit.register(self.remove)
        self.path = self._folder.path / name
        self._stamp: tuple[int, int] | None = None
        try:
            os.close(new_file(self.path))
            self.add(pieces)
        except OSError as error:
            self.remove()
            raise CannotWrite(error) from error
        except CannotWrite:
            self.remove()
            raise

    def add(self, pieces: Iterable[bytes]) -> None:
        """Write more at its end. Raises `CannotWrite`."""
        try:
            with self.path.open("ab") as file:
                file.writelines(pieces)
        except OSError as error:
            raise CannotWrite(error) from error
        self._stamp = self._look()

    def is_changed(self) -> bool:
        """Return whether somebody else has written to it since."""
        return self._look() != self._stamp

    def _look(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    def pieces(self) -> Iterator[bytes]:
        """Yield what is in it. Raises `OSError`."""
        with self.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    @property
    def size(self) -> int:
        """Bytes, as they were written."""
        return 0 if self._stamp is None else self._stamp[0]

    def remove(self) -> None:
        """Delete it, and what a program has put beside it."""
        atexit.unregister(self.remove)
        self._folder.remove()


def file_to_keep(pieces: Iterable[bytes], away_from: Sequence[Path], suffix: str = ".txt") -> Path:
    """Return a new file in the working directory that only this user can read, whole or not at all.

    In the system's folder for temporary files where that is not possible, or where it would be in or around
    one of the bot's folders. Raises `CannotWrite`.
    """
    problem = OSError(0, "no name was free")
    for folder in _places(away_from):
        path = next((path for path in _names(folder, suffix) if not os.path.lexists(path)), None)
        if path is None:
            continue
        try:
            unfinished = UnfinishedFile(path)
        except OSError as error:
            problem = error
            continue
        try:
            with unfinished:
                unfinished.write(pieces)
                unfinished.put_in_place(replace=False)
        except OSError as error:
            raise CannotWrite(error) from error
        return path
    raise CannotWrite(problem)


def _names(folder: Path, suffix: str) -> Iterable[Path]:
    stem = time.strftime("earwig-%Y%m%d-%H%M%S")
    yield folder / f"{stem}{suffix}"
    yield from (folder / f"{stem}-{number}{suffix}" for number in range(2, _NAMES))


def _places(away_from: Sequence[Path]) -> Iterable[Path]:
    try:
        here = Path.cwd().resolve()
        bots = [path.resolve() for path in away_from]
    except (OSError, RuntimeError):  # the working directory is gone, or links go in a circle
        bots, here = [], None
    if here is not None and not any(here in (bot, bot.parent) or bot in here.parents for bot in bots):
        yield here
    yield Path(tempfile.gettempdir())
