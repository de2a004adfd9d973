"""What tests ask of a database, and whether its folder is as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.messages import KeyMessages, SessionKey
from earwig.core.stores.sqlite.rows import StoredItem, StoredRow
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot

KEY = "telegram_alice"


def rows_of(path: Path, key: str | SessionKey = KEY) -> list[StoredRow]:
    """All rows of a key, read at once."""
    session = key if isinstance(key, SessionKey) else SessionKey(key.encode())

    def work(snapshot: Snapshot) -> list[StoredRow]:
        return list(KeyMessages(read_schema(snapshot), session).walk(snapshot))

    return Database(path).read(work)


def contents(path: Path, key: str | SessionKey = KEY) -> list[str]:
    """The contents of its messages; a damaged row's reason in brackets."""
    return [told(row.item) for row in rows_of(path, key)]


def told(item: StoredItem) -> str:
    if isinstance(item, ChatMessage):
        return item.content
    return f"[{item.reason}]" if isinstance(item, BadLine) else f"[{item.size} bytes]"


def all_of(path: Path, conversation: Conversation) -> list[StoredRow]:
    return Database(path).read(lambda snapshot: list(conversation.walk(snapshot)))


def refusal(path: Path) -> Unreadable:
    """Why a database cannot be read."""
    with pytest.raises(Unreadable) as caught:
        Database(path).read(lambda snapshot: snapshot.rows("SELECT count(*) FROM sqlite_master"))
    assert caught.value.advice
    assert not caught.value.reason.endswith(".")
    return caught.value


def state_of(path: Path) -> State:
    return refusal(path).state


def seen(folder: Path) -> dict[str, tuple[object, ...]]:
    """Names, bytes, inodes, times of all that is in a folder."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        data = path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else None
        found[str(path)] = (status.st_ino, status.st_mode, status.st_mtime_ns, status.st_ctime_ns, data)
    return found


@contextmanager
def untouched(folder: Path) -> Iterator[None]:
    """Nothing in a folder changes meanwhile, and no more of it is open afterwards (a bot may be at work)."""
    before, open_before = seen(folder), _open_in(folder)
    yield
    assert seen(folder) == before
    assert _open_in(folder) == open_before


def _open_in(folder: Path) -> list[str]:
    links = Path("/proc/self/fd")
    names = map(_target, links.iterdir()) if links.exists() else ()
    return sorted(name for name in names if name.startswith(f"{folder}/"))


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
