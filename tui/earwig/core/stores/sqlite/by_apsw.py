"""SQLite over our own plain reads, through apsw: it never opens, locks or maps a file of the bot's itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import apsw

from earwig.core.stores.sqlite.snapshot import LIMITS, STEPS, Guard, Snapshot, told

if TYPE_CHECKING:
    from earwig.core.stores.sqlite.pages import Pages

_NAME = "earwig"
_SECTOR = 4096


class _File(apsw.VFSFile):
    """One database that SQLite has open: nothing but reads of its pages."""

    def __init__(self, pages: Pages) -> None:  # the base opens a file of its own: there is none
        self._pages = pages
        self.xRead = pages.reader()  # type: ignore[method-assign, assignment]  # one call less for each page

    def xFileSize(self) -> int:
        return self._pages.size

    def xLock(self, level: int) -> None:
        pass

    def xUnlock(self, level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None:
        pass

    def xSectorSize(self) -> int:
        return _SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSync(self, flags: int) -> None:
        pass

    def xWrite(self, data: object, offset: int) -> None:
        raise apsw.ReadOnlyError("this database is only read")

    def xTruncate(self, newsize: int) -> None:
        raise apsw.ReadOnlyError("this database is only read")


class _Files(apsw.VFS):
    """All databases that are being read in this process, each under a number."""

    def __init__(self) -> None:
        super().__init__(_NAME, "")
        self._numbers = count(1)
        self._pages: dict[str, Pages] = {}

    @contextmanager
    def named(self, pages: Pages) -> Iterator[str]:
        """A name under which SQLite finds these pages."""
        name = str(next(self._numbers))
        self._pages[name] = pages
        try:
            yield name
        finally:
            del self._pages[name]

    def xAccess(self, pathname: str, flags: int) -> bool:
        return False

    def xFullPathname(self, name: str) -> str:
        return name

    def xDelete(self, filename: str, syncdir: bool) -> None:
        raise apsw.ReadOnlyError("this database is only read")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        pages = self._pages.get(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        if pages is None or not flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            raise apsw.CantOpenError("nothing else is opened")
        flags[1] = apsw.SQLITE_OPEN_READONLY
        return _File(pages)


@cache
def _files() -> _Files:
    return _Files()


@contextmanager
def of_pages(pages: Pages, guard: Guard, missing: int) -> Iterator[Snapshot]:
    """Yield a snapshot of these pages, by a connection of its own: a cache may be of another state."""
    with _files().named(pages) as name, _opened(name, apsw.SQLITE_OPEN_READONLY, _NAME, guard) as connection:
        yield _snapshot(connection, guard, missing)


@contextmanager
def of_file(uri: str, guard: Guard, missing: int) -> Iterator[Snapshot]:
    """Yield a snapshot of what `uri` names, as SQLite opens it."""
    with _opened(uri, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, None, guard) as connection:
        yield _snapshot(connection, guard, missing)


@contextmanager
def _opened(name: str, flags: int, vfs: str | None, guard: Guard) -> Iterator[apsw.Connection]:
    with told(_code, guard):
        connection = apsw.Connection(name, flags=flags, vfs=vfs)
    with closing(connection):
        yield connection


def _snapshot(connection: apsw.Connection, guard: Guard, missing: int) -> Snapshot:
    for limit, value in LIMITS:
        connection.limit(limit, value)
    connection.set_progress_handler(guard.stops, STEPS)

    def piece(table: str, column: str, row: int, start: int, size: int) -> tuple[bytes, int]:
        with closing(connection.blob_open("main", table, column, row, False)) as blob:
            length = blob.length()
            blob.seek(min(start, length))
            return blob.read(size), length

    return Snapshot(connection, piece, _code, guard, missing=missing)


def _code(error: Exception) -> int | None:
    code = getattr(error, "result", None) if isinstance(error, apsw.Error) else None
    return code if isinstance(code, int) else None
