"""What is told of a list that consists of several stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason
from earwig.core.model.session import Session
from earwig.core.stores.combined.store import CombinedStore
from tests.core.following import LATER, wait_for
from tests.core.stores.combined.workspace import BYE, HELLO, WELL, Workspace, places, watching


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_each_store_is_followed(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("bo.jsonl", HELLO)
    with watching(workspace.store) as (log, _):
        workspace.rows("al", WELL)
        wait_for(lambda: "al" in {it.key for it in log.changed}, LATER)
        workspace.file("bo.jsonl", WELL)
        wait_for(lambda: "bo" in {it.key for it in log.changed}, LATER)
        workspace.rows("cy", HELLO)
        wait_for(lambda: "cy" in {it.key for it in log.appeared}, LATER)
        workspace.file("di.jsonl", HELLO)
        wait_for(lambda: "di" in {it.key for it in log.appeared}, LATER)
    assert log.vanished == []
    assert {it.key for it in log.appeared} == {"cy", "di"}


def test_a_database_that_is_made_later_is_followed(workspace: Workspace) -> None:
    workspace.file("bo.jsonl", HELLO)
    with watching(workspace.store) as (log, _):
        workspace.rows("al", HELLO)
        wait_for(lambda: log.appeared, LATER)
        workspace.rows("al", WELL)
        wait_for(lambda: log.changed, LATER)
    assert [it.key for it in log.appeared] == ["al"]


def test_an_import_is_no_news(workspace: Workspace) -> None:
    workspace.file("al.jsonl", HELLO, WELL)
    workspace.rows("bo", HELLO)
    store = workspace.store
    with watching(store) as (log, _):
        workspace.do_import("al")
        wait_for(lambda: "al.jsonl" in {Path(it.id).name for it in log.vanished}, LATER)
        workspace.rows("al", BYE)
        wait_for(
            lambda: any(it.store == "sqlite" and it.extent == 3 for it in [*log.found, *log.changed]), LATER
        )
        wait_for(
            lambda: (
                places([it for it in [*log.found, *log.changed] if it.store == "sqlite"][-1:])
                == [("al", "sqlite", ("migrated",))]
            ),
            LATER,
        )
    assert log.appeared == []
    # What is renamed while its rows are not all seen may stand on the list for a moment.
    gone = {Path(it.id).name: it.removal_reason for it in log.vanished}
    assert gone.pop("al.jsonl") is RemovalReason.MIGRATED
    assert set(gone) <= {"al.jsonl.importing", "al.jsonl.migrated"}


def test_what_was_taken_for_the_same_and_is_not_is_told(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.rows("bo", HELLO)
    workspace.file("al.jsonl.migrated", BYE)
    workspace.file("bo.jsonl.migrated", HELLO)
    store = workspace.store
    listed = {it.id: it for it in store.in_any_order()}
    assert {it.store for it in listed.values()} == {"sqlite"}
    with watching(store) as (log, _):
        wait_for(lambda: log.found, LATER)
        wait_for(lambda: log.changed, LATER)
    assert places(log.found) == [("al", "migrated", ())]
    assert places(log.changed) == [("al", "sqlite", ())]
    assert log.appeared == []


def test_a_history_that_parts_from_the_other_is_told(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("al.jsonl", HELLO)
    store = workspace.store
    store.sessions()
    with watching(store) as (log, _):
        workspace.file("al.jsonl", BYE)
        workspace.rows("al", WELL)
        wait_for(lambda: places([*log.found, *log.changed][-1:]) != [], LATER)
        wait_for(
            lambda: (
                {it.store for it in [*log.found, *log.changed] if not (it.detail and it.detail.also_in)}
                == {"sqlite", "jsonl"}
            ),
            LATER,
        )


def test_of_what_is_the_same_nothing_is_told(workspace: Workspace) -> None:
    workspace.rows("al", HELLO, WELL)
    workspace.file("al.jsonl.migrated", HELLO)
    with watching(workspace.store) as (log, _):
        path = workspace.folder / "al.jsonl.migrated"
        path.touch()
        workspace.rows("al", BYE)
        wait_for(lambda: log.changed, LATER)
        path.unlink()
        wait_for(lambda: places(log.changed[-1:]) == [("al", "sqlite", ())], LATER)
    assert (log.appeared, log.found, log.vanished) == ([], [], [])


def test_what_was_the_same_is_so_while_one_of_them_cannot_be_read(workspace: Workspace) -> None:
    workspace.rows("al", HELLO, WELL)
    workspace.file("al.jsonl.migrated", HELLO)
    store = workspace.store
    assert isinstance(store, CombinedStore)

    def all_of_it() -> list[Session]:
        return [it for one in store.stores for it in one.sessions()]

    before = all_of_it()
    assert [it.store for it in store.compare(before).listed(before)] == ["sqlite"]
    (twin,) = (it for it in before if it.is_file)
    workspace.rows("al", BYE)
    twin.path.unlink()
    touched = twin._replace(version=(twin.version[0], twin.version[1] + 1))
    now = [touched, *all_of_it()]
    assert [it.store for it in store.compare(now).listed(now)] == ["sqlite"]


def test_when_the_rows_go_what_was_put_away_is_found(workspace: Workspace) -> None:
    workspace.rows("al", HELLO)
    workspace.file("al.jsonl.migrated", HELLO)
    store = workspace.store
    with watching(store) as (log, _):
        workspace.bot.delete_session("al")
        wait_for(lambda: log.vanished and log.found, LATER)
    assert places(log.found) == [("al", "migrated", ())]
    assert [it.id for it in log.vanished] == [f"{workspace.bot.path}#al"]
