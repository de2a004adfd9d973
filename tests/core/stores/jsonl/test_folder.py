"""Listing and finding sessions in folders, whatever lies there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session, SessionId, newest_first
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore, is_session_name, look_at, sessions_in
from tests.core.bot_writer import line_of
from tests.core.outages import move
from tests.core.permissions import ordinary_user
from tests.this_system import bound_socket, make_pipe

LINE = line_of("user", "hello") + b"\n"


any_bytes_in_names = pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    return folder


def put(folder: Path, name: str | bytes, *, at: int | None = None, data: bytes = LINE) -> Path:
    path = folder / os.fsdecode(name)
    path.write_bytes(data)
    if at is not None:
        os.utime(path, (at, at))
    return path


def keys(store: FolderStore) -> list[str]:
    return [session.key for session in store.sessions()]


def test_newest_activity_comes_first_and_equal_times_are_in_order_of_name(folder: Path) -> None:
    for name, at in [("old", 100), ("new", 300), ("c", 200), ("a", 200), ("b", 200)]:
        put(folder, f"{name}.jsonl", at=at)
    assert keys(FolderStore([folder])) == ["new", "a", "b", "c", "old"]


def test_a_session_says_what_a_listing_knows(folder: Path) -> None:
    path = put(folder, "telegram_alice.jsonl", at=100)
    [session] = FolderStore([folder]).sessions()
    assert (session.path, session.key) == (path, "telegram_alice")
    assert (session.extent, session.activity_ns) == (len(LINE), 100 * 10**9)
    assert session.problem is None
    assert session == look_at(str(path))
    path.chmod(0o600)
    assert session != look_at(str(path))


def test_only_what_the_bot_lists_or_did_is_listed(folder: Path) -> None:
    put(folder, "alice.jsonl")
    put(folder, ".jsonl")
    for name in ("a.jsonl.migrated", "b.jsonl.importing"):
        put(folder, name)
    for name in ("sessions.db", ".tmpAbC123", "c.JSONL", "jsonl", "d.jsonl.old", "migrated"):
        put(folder, name)
    (folder / "archive").mkdir()
    put(folder / "archive", "old.jsonl")
    sessions = {session.key: session for session in FolderStore([folder]).sessions()}
    assert {key: (it.store, it.is_put_away, it.is_file) for key, it in sessions.items()} == {
        "": ("jsonl", False, True),
        "alice": ("jsonl", False, True),
        "a": ("migrated", True, True),
        "b": ("importing", True, True),
    }
    assert all(look_at(it.id) == it for it in sessions.values())


def test_what_lies_in_the_archive_of_a_sessions_folder_is_archived(tmp_path: Path) -> None:
    archive = tmp_path / "sessions" / "archive"
    archive.mkdir(parents=True)
    for name in ("alice.jsonl", "bob.jsonl.migrated"):
        put(archive, name)
    sessions = FolderStore([archive]).sessions()
    assert sorted((it.key, it.store) for it in sessions) == [("alice", "archived"), ("bob", "archived")]
    assert all(look_at(it.id) == it for it in sessions)
    other = tmp_path / "archive"
    other.mkdir()
    put(other, "alice.jsonl")
    assert [it.store for it in FolderStore([other]).sessions()] == ["jsonl"]


def test_names_that_the_bot_lists() -> None:
    assert [is_session_name(name) for name in ("a.jsonl", ".jsonl", "a.jsonl.migrated", "a.json", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a b.jsonl", "a b"),
        ("two\nlines.jsonl", "two\nlines"),
        ("esc\x1b]0;x\x07.jsonl", "esc\x1b]0;x\x07"),
        pytest.param(b"\xff\xfe.jsonl", "\udcff\udcfe", marks=any_bytes_in_names),
        ("user_Алиса.jsonl", "user_Алиса"),
        ("x.y.jsonl", "x.y"),
        ("-rf.jsonl", "-rf"),
        ("x" * 249 + ".jsonl", "x" * 249),
    ],
)
def test_odd_names_are_listed_found_and_opened(folder: Path, name: str | bytes, key: str) -> None:
    path = put(folder, name)
    store = FolderStore([folder])
    [session] = store.sessions()
    assert (session.key, session.path) == (key, path)
    assert store.find(key) == [session]
    [entry] = store.open(session).entries()
    assert entry.item == ChatMessage("user", "hello")


def test_what_is_no_readable_file_is_listed_with_its_problem(folder: Path) -> None:
    put(folder, "good.jsonl")
    (folder / "folder.jsonl").mkdir()
    make_pipe(folder / "pipe.jsonl")
    (folder / "dangling.jsonl").symlink_to(folder / "nothing")
    (folder / "link.jsonl").symlink_to(folder / "good.jsonl")
    with bound_socket(folder / "socket.jsonl"):
        found = {session.key: session.problem for session in FolderStore([folder]).sessions()}
    assert found == {
        "good": None,
        "folder": "is a folder",
        "pipe": "is a named pipe",
        "dangling": "is a symbolic link",
        "link": "is a symbolic link",
        "socket": "is a socket",
    }


@pytest.fixture
def ours() -> Iterator[Path]:
    with ordinary_user() as folder:
        yield folder


def test_a_file_that_we_may_not_read_is_listed_with_its_problem(ours: Path) -> None:
    for name, mode in [("mine", 0o600), ("closed", 0o000), ("for others", 0o004), ("all", 0o444)]:
        put(ours, f"{name}.jsonl").chmod(mode)
    denied = "cannot be read: permission denied"
    assert {session.key: session.problem for session in sessions_in(ours, [])} == {
        "mine": None,
        "closed": denied,
        "for others": denied,
        "all": None,
    }


def test_files_of_a_folder_that_we_may_list_but_not_enter(ours: Path) -> None:
    inner = ours / "sessions"
    inner.mkdir()
    put(inner, "alice.jsonl")
    inner.chmod(0o400)
    [session] = FolderStore([inner]).sessions()
    inner.chmod(0o700)
    assert session.problem is not None
    assert session.problem.startswith("cannot be looked at: ")


def test_folder_that_we_may_not_read_holds_none(ours: Path) -> None:
    inner = ours / "sessions"
    inner.mkdir()
    put(inner, "alice.jsonl")
    inner.chmod(0o000)
    assert FolderStore([inner]).sessions() == []
    inner.chmod(0o700)


def test_missing_folder_and_file_in_a_folders_place_hold_none(tmp_path: Path) -> None:
    put(tmp_path, "file")
    assert FolderStore([tmp_path / "nothing", tmp_path / "file"], [tmp_path / "no.jsonl"]).sessions() == []


def test_a_listing_says_what_it_could_not_list(tmp_path: Path) -> None:
    put(tmp_path, "file")
    put(tmp_path, "alice.jsonl")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    names = ("nothing", "file", "link", "circle", "nothing/sessions")
    files = [tmp_path / "no.jsonl", tmp_path / "nothing/a.jsonl", tmp_path / "nothing/b.jsonl"]
    unlisted: list[Unlisted] = []
    store = FolderStore([tmp_path, *(tmp_path / name for name in names)], files)
    assert [session.key for session in store.sessions(unlisted)] == ["alice"]
    reasons = [(Path(it.folder).relative_to(tmp_path).as_posix(), it.reason, it.missing) for it in unlisted]
    assert reasons == [
        ("nothing", "it is not there", True),
        ("file", "it is no folder", False),
        ("link", "it is a link that leads nowhere", False),
        ("circle", "its symbolic links lead in a circle", False),
        ("nothing/sessions", "the folder that holds it is not there", True),
        ("nothing", "it is not there", True),
    ]


@pytest.mark.parametrize("back", [False, True])
def test_a_folder_that_goes_away_while_it_is_listed(folder: Path, back: bool) -> None:
    """Its names are there already, and each look at one of them fails."""
    for name in ("alice", "bob"):
        put(folder, f"{name}.jsonl")

    @contextmanager
    def scan(place: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
        with os.scandir(place) as listing:
            items = list(listing)
        away = move(folder, "away")
        yield _then(items, lambda: back and move(away, folder.name))

    unlisted: list[Unlisted] = []
    found = FolderStore([folder], scan=scan).sessions(unlisted)
    if back:
        assert not unlisted
        assert {session.key for session in found} == {"alice", "bob"}
    else:
        assert found == []
        assert [it.missing for it in unlisted] == [False]  # there was something: that is not a folder to come


def _then(items: list[os.DirEntry[str]], action: Callable[[], object]) -> Iterator[os.DirEntry[str]]:
    yield from items
    action()


def test_several_folders_and_files_each_session_once(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for number, folder in enumerate((first, second)):
        folder.mkdir()
        put(folder, "same.jsonl", at=100 + number)
    alone = put(tmp_path, "alone.jsonl", at=50)
    store = FolderStore([first, second, first], [alone, first / "same.jsonl", alone])
    assert [session.path for session in store.sessions()] == [
        second / "same.jsonl",
        first / "same.jsonl",
        alone,
    ]
    assert store.folders == (first, second)


def test_relative_places_stay_where_they_were(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "alice.jsonl")
    monkeypatch.chdir(folder.parent)
    store = FolderStore([Path("sessions")], [Path("sessions/../sessions/alice.jsonl")])
    monkeypatch.chdir("/")
    assert [session.path for session in store.sessions()] == [folder / "alice.jsonl"]


def test_a_folder_behind_a_link_is_listed_under_its_given_name(folder: Path) -> None:
    put(folder, "alice.jsonl")
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert [session.path for session in FolderStore([link]).sessions()] == [link / "alice.jsonl"]


def test_find_takes_the_name_as_it_is_then_as_the_bot_would_name_the_file(folder: Path) -> None:
    exact = put(folder, "a.b.jsonl")
    sanitised = put(folder, "telegram_-100_alice.jsonl")
    store = FolderStore([folder])

    def found(name: str) -> Path | None:
        return next((session.path for session in store.find(name)), None)

    assert found("a.b") == exact
    assert found("telegram:-100/alice") == sanitised
    put(folder, "a_b.jsonl")
    assert found("a.b") == exact
    exact.unlink()
    assert found("a.b") == folder / "a_b.jsonl"


@pytest.mark.parametrize(
    "name",
    ["nobody", "", "../outside", "/etc/passwd", "nul\0", "\ud800", "x" * 5000, ".", "..", "a/"],
)
def test_find_of_what_is_not_there(folder: Path, name: str) -> None:
    put(folder.parent, "outside.jsonl")
    put(folder, "alice.jsonl")
    assert FolderStore([folder]).find(name) == []


def test_find_looks_into_every_folder_and_at_single_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    inside, alone = put(second, "inside.jsonl"), put(tmp_path, "alone.jsonl")
    put(tmp_path, "not named.jsonl")
    store = FolderStore([first, second], [alone])
    found = [session.path for key in ("inside", "alone") for session in store.find(key)]
    assert found == [inside, alone]
    assert store.find("not named") == []


def test_the_key_is_the_name_of_the_place() -> None:
    session = Session(SessionId("/somewhere/.jsonl"), 0, 5, (0, 0))
    assert (session.key, newest_first(session)) == ("", (-5, "/somewhere/.jsonl"))
