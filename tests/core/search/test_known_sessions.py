"""What a listing found, used for the searches of the next letters as well."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from earwig.core.model.session import SessionId
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import SearchJob
from earwig.core.search.known_sessions import FRESH, MANY, KnownSessions, Listed
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from tests.ui.browsing import line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("al", "bo"):
        (tmp_path / f"{name}.jsonl").write_bytes(line("user", name))
    return tmp_path


class Clock:
    """Seconds that a test tells."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def keys(listed: Listed) -> list[str]:
    return sorted(session.key for session in listed.sessions)


def test_a_listing_serves_for_a_while(folder: Path) -> None:
    clock = Clock()
    known = KnownSessions(clock)
    first, is_new = known.of(FolderStore([folder]))
    assert (keys(first), is_new) == (["al", "bo"], True)
    clock.now += 0.9 * FRESH
    assert known.of(FolderStore([folder])) == (first, False)
    (folder / "cy.jsonl").write_bytes(line("user", "cy"))
    assert [session.key for session in first.newer_ones()] == ["cy"]
    clock.now += 0.2 * FRESH
    second, is_new = known.of(FolderStore([folder]))
    assert (keys(second), is_new, second.newer_ones()) == (["al", "bo", "cy"], True, [])


def test_what_changed_is_looked_at_again(folder: Path) -> None:
    known = KnownSessions(Clock())
    listed, _ = known.of(FolderStore([folder]))
    changed = folder / "bo.jsonl"
    changed.write_bytes(2 * line("user", "bo"))
    (folder / "cy.jsonl").write_bytes(line("user", "cy"))
    told = [SessionId(str(it)) for it in (changed, folder / "cy.jsonl", folder / "gone.jsonl")]
    assert known.of(FolderStore([folder]), changed=told) == (listed, False)
    assert known.of(FolderStore([folder])) == (listed, False)
    newer = {session.key: session for session in listed.newer_ones()}
    assert newer == {key: look_at(str(folder / f"{key}.jsonl")) for key in ("bo", "cy")}


def test_where_many_have_changed_all_are_listed_anew(folder: Path) -> None:
    for number in range(MANY + 1):
        (folder / f"{number}.jsonl").write_bytes(line("user", "one of many"))
    known = KnownSessions(Clock())
    listed, _ = known.of(FolderStore([folder]))
    ids = [session.id for session in listed.sessions if session.key.isdecimal()]
    assert known.of(FolderStore([folder]), changed=ids[:MANY]) == (listed, False)
    anew, is_new = known.of(FolderStore([folder]), changed=ids[MANY:])
    assert is_new
    assert anew.newer_ones() == []


def test_another_store_is_listed_anew(folder: Path, tmp_path: Path) -> None:
    known = KnownSessions(Clock())
    known.of(FolderStore([folder]))
    listed, is_new = known.of(FolderStore(files=[folder / "al.jsonl"]))
    assert (keys(listed), is_new) == (["al"], True)
    listed, is_new = known.of(FolderStore([folder]), anew=True)
    assert (keys(listed), is_new) == (["al", "bo"], True)


def test_a_folder_that_comes_and_goes(folder: Path) -> None:
    listed = Listed(FolderStore([folder, folder / "none"], [folder / "elsewhere.jsonl"]), 0.0)
    assert listed.newer_ones() == []
    (folder / "none").mkdir()
    (folder / "none" / "di.jsonl").write_bytes(line("user", "di"))
    (folder / "none" / "notes.txt").write_bytes(b"no session")
    (folder / "elsewhere.jsonl").write_bytes(line("user", "elsewhere"))
    assert sorted(session.key for session in listed.newer_ones()) == ["di", "elsewhere"]


def test_a_folder_in_which_no_name_has_changed_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = time.time() - 60
    os.utime(folder, (long_ago, long_ago))
    listed = Listed(FolderStore([folder]), 0.0)
    read: list[str] = []

    def listdir(path: str) -> list[str]:
        read.append(path)
        return list_folder(path)

    list_folder = os.listdir
    monkeypatch.setattr(os, "listdir", listdir)
    assert listed.newer_ones() == []
    assert read == []
    (folder / "cy.jsonl").write_bytes(line("user", "cy"))
    assert [session.key for session in listed.newer_ones()] == ["cy"]
    assert len(read) == 1


def test_a_folder_that_changed_a_moment_before_is_read(folder: Path) -> None:
    """The next name may have come within the same step of the file system's clock."""
    a_moment_ago = time.time_ns() - 10**9
    os.utime(folder, ns=(a_moment_ago, a_moment_ago))
    listed = Listed(FolderStore([folder]), 0.0)
    (folder / "cy.jsonl").write_bytes(line("user", "cy"))
    os.utime(folder, ns=(a_moment_ago, a_moment_ago))
    assert [session.key for session in listed.newer_ones()] == ["cy"]


def test_what_is_found_has_its_session_as_it_is_now(folder: Path) -> None:
    sessions = FolderStore([folder]).sessions()
    for session in sessions:
        with session.path.open("ab") as file:
            file.write(line("user", "more"))
    for query in (SearchQuery("more"), SearchQuery("m.re", regex=True)):
        (portion,) = SearchJob(query, FolderStore()).run(sessions)
        assert [found.session for found in portion.found] == [look_at(it.id) for it in sessions]
        assert all(hit.session == found.session for found in portion.found for hit in found.hits)
        assert [found.session for found in portion.found] != sessions
        assert [found.session for it in sessions for found in SearchJob(query, FolderStore()).look(it)] == [
            look_at(it.id) for it in sessions
        ]
