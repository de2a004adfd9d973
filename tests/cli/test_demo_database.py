"""The made-up workspace's database is read as the bot's."""

from __future__ import annotations

from pathlib import Path

from earwig.cli.demo.database import build_database
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import resolve_path

NOW = 1_782_808_815.0


def test_it_is_listed_with_what_it_knows(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    build_database(tmp_path, now=NOW)
    sessions = store_for([resolve_path(tmp_path)]).sessions()
    assert [it.store for it in sessions] == ["sqlite", "sqlite"]
    assert {it.detail.name for it in sessions if it.detail} == {"Returns desk", "Stock of the week"}
    assert {it.detail.state for it in sessions if it.detail} == {None, "error"}
    assert all(NOW - 7200 < it.activity_ns / 1e9 < NOW for it in sessions)
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == ["sessions.db"]
