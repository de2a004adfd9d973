"""Plain reads of a database in use: few of them where its pages are gone through one behind the other."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.stores.sqlite import pages
from earwig.core.stores.sqlite.database import Database
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY

ROWS = 400
ALL = "SELECT count(*), sum(length(content)) FROM sessions NOT INDEXED"


def test_neighbouring_pages_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, sizes = pages._pread, list[int]()

    def noted(fd: int, size: int, offset: int) -> bytes:
        sizes.append(size)
        data: bytes = read(fd, size, offset)
        return data

    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("BEGIN")
        for number in range(ROWS):
            bot.append(KEY, "user", f"{number:04}" + "x" * 2996)
        bot.con.execute("COMMIT")
        bot.checkpoint()
        bot.con.execute("UPDATE sessions SET content = 'short' WHERE id IN (7, 300)")
        monkeypatch.setattr(pages, "_pread", noted)
        found = Database(bot.path).read(lambda snapshot: snapshot.one(ALL))
    assert found == (ROWS, (ROWS - 2) * 3000 + 2 * 5)
    assert len(sizes) < ROWS // 4
