"""What a listing leaves out of a database, it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import PathTarget, resolve_path
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.text.safe_text import safe_name
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, chat
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.this_system import bound_socket, make_pipe


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.append("al", "user", "hello")
        yield bot


def listed(path: Path) -> tuple[list[str], list[str]]:
    """The keys, and what is told."""
    unlisted: list[Unlisted] = []
    keys = [it.key for it in DatabaseStore([path]).sessions(unlisted)]
    return keys, [str(it.words(safe_name("it"))) for it in unlisted]


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("stored", [True, False])
def test_a_key_that_is_too_long(bot: BotDatabase, described: bool, stored: bool) -> None:
    key = "k" * 65_537
    if stored:
        bot.append_row(key, "user", "x")
    if described:
        bot.append_metadata(key)
    keys, told = listed(bot.path)
    assert keys == ["al"]
    is_there = described or stored
    assert told == ["it holds sessions whose keys are longer than 65,536 bytes"] * is_there


def test_the_longest_key_that_is_listed(bot: BotDatabase) -> None:
    bot.append_row("k" * 65_536, "user", "x")
    keys, told = listed(bot.path)
    assert (len(keys), told) == (2, [])


def test_rows_of_an_editors_database_that_are_of_no_session(tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path)) as editor:
        editor.create_session("u-1")
        editor.append_turn("u-1", [chat("user", "x"), chat("user", "y"), chat("user", "z")])
        editor.con.execute("PRAGMA foreign_keys = OFF")
        editor.con.execute("UPDATE acp_messages SET session_id = 'nobody' WHERE id = 2")
        editor.con.execute("UPDATE acp_messages SET session_id = -7 WHERE id = 3")
        keys, told = listed(editor.path)
        assert sorted(keys) == ["-7", "u-1"]
        assert told == ["it holds a row of no session"]
        store = DatabaseStore([editor.path])
        [below] = store.find("-7")
        assert [entry.number for entry in store.open(below).entries()] == [1]


def circle(path: Path) -> None:
    other = path.with_name("other.db")
    other.symlink_to(path)
    path.symlink_to(other)


def chain(path: Path) -> None:
    between = path.with_name("between.db")
    between.symlink_to(path.with_name("gone.db"))
    path.symlink_to(between)


def to_a_folder(path: Path) -> None:
    (path.parent / "folder").mkdir()
    path.symlink_to(path.parent / "folder")


def to_a_pipe(path: Path) -> None:
    make_pipe(path.parent / "pipe")
    path.symlink_to(path.parent / "pipe")


def to_a_socket(path: Path) -> None:
    with bound_socket(path):
        pass


def to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


LINKS: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.symlink_to(path.with_name("gone.db")), "is a symbolic link that leads nowhere"),
    (lambda path: path.symlink_to("/nowhere/at/all.db"), "is a symbolic link that leads nowhere"),
    (chain, "is a symbolic link that leads nowhere"),
    (lambda path: path.symlink_to(path), "is a symbolic link that leads in a circle"),
    (circle, "is a symbolic link that leads in a circle"),
    (to_a_folder, "is a folder"),
    (to_a_pipe, "is a named pipe"),
    (to_a_device, "is a device"),
    (to_a_socket, "is a socket"),
    (lambda path: path.mkdir(), "is a folder"),
]


@pytest.mark.parametrize(("make", "reason"), LINKS)
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "in its folder"])
def test_what_is_no_database_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], object],
    reason: str,
    is_named: bool,
) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    monkeypatch.chdir(folder)  # the name of a socket may not be long
    (folder / "al.jsonl").write_text('{"role":"user","content":"hello"}\n')
    path = folder / "sessions.db"
    make(Path("sessions.db") if make is to_a_socket else path)
    if is_named and path.is_dir():
        return  # what is named is a folder then, in which databases may be
    store = store_for([resolve_path(path)] if is_named else [PathTarget(folders=(folder,))])
    unlisted: list[Unlisted] = []
    keys = [it.key for it in store.sessions(unlisted)]
    assert keys == ([] if is_named else ["al"])
    [told] = [str(it.words(safe_name("it"))) for it in unlisted]
    assert told.startswith(f"it {reason}")
    assert "; " in told, "what to do"


def test_a_link_to_a_database_elsewhere_is_followed(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path / "real")) as bot:
        bot.append("al", "user", "hello")
        folder = tmp_path / "sessions"
        folder.mkdir()
        (folder / "sessions.db").symlink_to(bot.path)
        store = store_for([PathTarget(folders=(folder,))])
        [session] = store.sessions()
        transcript = store.open(session)
        transcript.refresh()
        assert [entry.number for entry in transcript.entries()] == [1]
        bot.path.rename(bot.path.with_name("away.db"))
        unlisted: list[Unlisted] = []
        assert store.sessions(unlisted) == []
        assert [it.reason.split(";")[0] for it in unlisted] == ["is a symbolic link that leads nowhere"]
