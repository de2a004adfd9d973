"""One list of all that the bot keeps: each conversation once, each history of its own."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Beside, SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.combined.as_stored import undressed
from earwig.core.stores.combined.merging import Merging
from earwig.core.stores.kinds import make_store, store_for
from earwig.core.stores.location import PathTarget, resolve_path
from tests.core.stores.combined.workspace import BYE, HELLO, WELL, Workspace, places
from tests.core.stores.sqlite.bot_acp_database import chat


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_all_that_the_bot_keeps_is_in_one_list(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("bo.jsonl", HELLO)
    workspace.file("cy.jsonl.migrated", HELLO)
    workspace.file("di.jsonl.importing", HELLO)
    workspace.file("archive/ed.jsonl", HELLO)
    workspace.editor.create_session("fy", "/home/me/project")
    workspace.editor.append_turn("fy", [chat("user", "hello")])
    store = workspace.store
    sessions = store.sessions()
    assert places(sessions) == [
        ("al", "sqlite", ()),
        ("bo", "jsonl", ()),
        ("cy", "migrated", ()),
        ("di", "importing", ()),
        ("ed", "archived", ()),
        ("fy", "acp", ()),
    ]
    assert {it.id: it for it in store.in_any_order()} == {it.id: it for it in sessions}
    for session in sessions:
        assert store.look(session.id) == session
        assert store.find(session.id) == [session]
        assert store.find(session.key) == [session]
        assert store.open(session).tail(1).entries[0].item == ChatMessage(*HELLO)


def test_a_database_in_the_archive_is_archived(workspace: Workspace, tmp_path: Path) -> None:
    workspace.rows("al", HELLO)
    workspace.bot.close()
    archive = workspace.folder / "archive"
    archive.mkdir()
    workspace.bot.path.rename(archive / "sessions_1.db")
    assert places(workspace.store.sessions()) == [("al", "archived", ())]
    assert places(store_for([resolve_path(archive / "sessions_1.db")]).sessions()) == [("al", "archived", ())]


def test_an_imported_session_is_one_that_says_so(workspace: Workspace) -> None:
    workspace.file("al.jsonl", HELLO, WELL)
    workspace.do_import("al")
    store = workspace.store
    assert places(store.sessions()) == [("al", "sqlite", ("migrated",))]
    workspace.rows("al", BYE)
    assert places(store.sessions()) == [("al", "sqlite", ("migrated",))]
    [session] = store.find("al")
    assert session == store.sessions()[0] == store.look(session.id)


def test_blank_lines_make_no_other_conversation(workspace: Workspace) -> None:
    path = workspace.file("al.jsonl.migrated", HELLO)
    with path.open("a") as file:
        file.write("\n \n")
    workspace.file("al.jsonl.migrated", WELL)
    workspace.rows("al", HELLO, WELL)
    assert places(workspace.store.sessions()) == [("al", "sqlite", ("migrated",))]


@pytest.mark.parametrize("lost", [b"no JSON\n", b"\xff\n", b'{"role": "user"', b"[1]\n" * 3])
def test_lines_that_an_import_skips_are_listed(workspace: Workspace, lost: bytes) -> None:
    path = workspace.file("al.jsonl.migrated", HELLO, WELL)
    path.write_bytes(path.read_bytes() + lost)
    workspace.rows("al", HELLO, WELL, BYE)
    store = workspace.store
    rows, file = sorted(store.sessions(), key=lambda it: it.store, reverse=True)
    lines = max(1, lost.count(b"\n"))
    assert rows.detail
    assert file.detail
    assert (rows.store, rows.detail.also_in, rows.detail.beside) == (
        "sqlite",
        (),
        (Beside("migrated", 0, lines),),
    )
    assert (file.store, file.detail.also_in, file.detail.beside) == (
        "migrated",
        (),
        (Beside("sqlite", lines, 0),),
    )
    assert store.find("al") == [rows, file]
    workspace.rows("al", BYE)
    assert [it.detail.beside for it in store.sessions() if it.detail] == [
        rows.detail.beside,
        file.detail.beside,
    ]


def test_lines_that_no_message_is_of_are_counted_behind_what_is_compared(workspace: Workspace) -> None:
    path = workspace.file("al.jsonl.migrated", HELLO, WELL, BYE)
    path.write_bytes(path.read_bytes() + b"no JSON\n")
    workspace.rows("al", HELLO, WELL, BYE)
    store = workspace.store
    merged = Merging(store.open, limit=3).merged(list(map(undressed, store.sessions())))
    assert not merged.hidden
    assert [it.only_here for it in merged.beside[SessionId(str(path))]] == [1]


def test_a_copy_with_the_same_bad_lines_is_the_same(workspace: Workspace) -> None:
    for name in ("al.jsonl", "archive/al.jsonl"):
        path = workspace.file(name, HELLO)
        path.write_bytes(path.read_bytes() + b"no JSON\n")
    workspace.file("al.jsonl", WELL)
    assert places(workspace.store.sessions()) == [("al", "jsonl", ("archived",))]
    (workspace.folder / "archive" / "al.jsonl").open("a").write("nor this\n")
    assert places(workspace.store.sessions()) == [("al", "archived", ()), ("al", "jsonl", ())]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([HELLO, WELL], [HELLO, BYE]),
        ([BYE], [HELLO]),
        ([HELLO], [HELLO, WELL]),  # the database was cleared meanwhile: the file holds what it does not
        ([HELLO, HELLO], [("assistant", "hello"), HELLO]),
        ([("user", "a"), ("user", "b")], [("user", "ab")]),
    ],
)
def test_one_key_with_two_histories_is_two_sessions(
    workspace: Workspace, rows: list[tuple[str, str]], lines: list[tuple[str, str]]
) -> None:
    workspace.rows("al", *rows)
    workspace.file("al.jsonl.migrated", *lines)
    store = workspace.store
    assert places(store.sessions()) == [("al", "migrated", ()), ("al", "sqlite", ())]
    assert [it.store for it in store.find("al")] == ["sqlite", "migrated"]


@pytest.mark.parametrize(("rows", "lines"), [([HELLO], [HELLO]), ([HELLO, WELL], [HELLO])])
def test_a_live_file_and_rows_that_say_the_same_are_one(
    workspace: Workspace, rows: list[tuple[str, str]], lines: list[tuple[str, str]]
) -> None:
    workspace.rows("al", *rows)
    workspace.file("al.jsonl", *lines)
    assert places(workspace.store.sessions()) == [("al", "sqlite", ("jsonl",))]


def test_the_longer_one_is_shown(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("al.jsonl", HELLO, WELL)
    workspace.file("archive/al.jsonl", HELLO)
    assert places(workspace.store.sessions()) == [("al", "jsonl", ("archived", "sqlite"))] or places(
        workspace.store.sessions()
    ) == [("al", "jsonl", ("sqlite", "archived"))]


def test_a_key_is_compared_as_the_bot_names_its_file(workspace: Workspace) -> None:
    workspace.rows("a/b:c", HELLO)
    workspace.file("a_b_c.jsonl.migrated", HELLO)
    assert places(workspace.store.sessions()) == [("a/b:c", "sqlite", ("migrated",))]


def test_keys_of_one_database_whose_files_would_have_one_name_are_sessions_of_their_own(
    workspace: Workspace,
) -> None:
    workspace.rows("a:b", HELLO)
    workspace.rows("a/b", HELLO)
    workspace.rows("a_b", HELLO, WELL)
    workspace.bot.set_where_from("a b", channel_id="c")
    listed = [("a b", "sqlite", ()), ("a/b", "sqlite", ()), ("a:b", "sqlite", ()), ("a_b", "sqlite", ())]
    assert places(workspace.store.sessions()) == listed
    assert places(list(workspace.store.in_any_order())) == listed


@pytest.mark.parametrize("others", [[HELLO], []])
def test_bad_lines_alone_are_no_beginning_of_another_conversation(
    workspace: Workspace, others: list[tuple[str, str]]
) -> None:
    workspace.rows("bo", *others)
    workspace.rows("al", *others)
    (workspace.folder / "al.jsonl").write_text("no JSON\n")
    (workspace.folder / "bo.jsonl").write_text("")
    archive = workspace.folder / "archive"
    archive.mkdir()
    (archive / "al.jsonl").write_text("no JSON either\n")
    found = places(workspace.store.sessions())
    assert ("al", "jsonl", ()) in found
    assert ("al", "archived", ()) in found
    assert [it[0] for it in found].count("bo") == 1


def test_two_bots_that_begin_alike_are_two(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(Workspace(tmp_path / name))
        made[-1].rows("al", HELLO)
    made[1].rows("al", WELL)
    store = store_for([PathTarget(folders=(it.folder,)) for it in made])
    assert places(store.sessions()) == [("al", "sqlite", ()), ("al", "sqlite", ())]
    made[0].rows("al", WELL)
    [(key, name, (elsewhere,))] = places(store.sessions())
    assert (key, name) == ("al", "sqlite")
    assert elsewhere in {str(it.bot.path) for it in made}


def test_what_cannot_be_read_hides_nothing_beside_it(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("bo.jsonl", HELLO)
    (workspace.folder / "acp-sessions.db").write_bytes(b"no database at all" * 100)
    unlisted: list[Unlisted] = []
    assert places(workspace.store.sessions(unlisted)) == [("al", "sqlite", ()), ("bo", "jsonl", ())]
    [it] = unlisted
    assert it.folder == str(workspace.folder / "acp-sessions.db")
    assert it.words(it.folder).startswith(f"{it.folder} is not a SQLite database;")  # type: ignore[arg-type]


def test_no_database_is_asked_for_where_there_is_none(workspace: Workspace) -> None:
    workspace.file("al.jsonl", HELLO)
    unlisted: list[Unlisted] = []
    store = workspace.store
    assert places(store.sessions(unlisted)) == [("al", "jsonl", ())]
    assert unlisted == []
    assert store.places == [workspace.folder]
    assert set(store.bots_folders) == {workspace.folder, workspace.folder / "archive"}


def test_another_process_makes_the_same_store(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("bo.jsonl", HELLO)
    store = workspace.store
    again = make_store(pickle.loads(pickle.dumps(store.recipe)))  # noqa: S301 - our own
    assert again.recipe == store.recipe
    assert again.sessions() == store.sessions()
    chosen = store.sessions()
    alone = store.only(chosen)
    assert make_store(alone.recipe).sessions() == chosen


def test_the_id_of_a_database_elsewhere_is_found(workspace: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    elsewhere = Workspace(other)
    elsewhere.rows("al", HELLO)
    [session] = elsewhere.store.sessions()
    assert workspace.store.find(session.id) == [session]
    assert workspace.store.find("al") == []


def test_what_is_another_session_has_not_come_since(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("al.jsonl.migrated", HELLO)
    store = workspace.store
    additions = store.additions()
    additions.begin(it.id for it in store.sessions())
    assert list(additions.ids()) == []
    workspace.rows("bo", HELLO)
    workspace.file("cy.jsonl", HELLO)
    assert {it.rpartition("/")[2] for it in additions.ids()} == {"sessions.db#bo", "cy.jsonl"}
