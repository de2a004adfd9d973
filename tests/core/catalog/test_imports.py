"""What is unread of sessions that the bot made rows of while earwig did not run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from earwig.core.catalog.marks import SEEDS
from earwig.core.catalog.reading_state import NAME, ReadingState
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.summing_up import sum_up
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session
from tests.core.stores.combined.workspace import BYE, HELLO, WELL, Workspace


class Run:
    """One run of the program on a workspace, as far as the list is concerned."""

    def __init__(self, workspace: Workspace, file: Path) -> None:
        self.store = workspace.store
        self.catalog = SessionCatalog({it.id: it for it in self.store.in_any_order()}.values())
        self.state = ReadingState(file)
        self.catalog.remember(self.state.load()[0])

    def of(self, key: str) -> Session:
        [session] = (self.catalog[it] for it in self.catalog.shown if self.catalog[it].key == key)
        return session

    def unread(self) -> dict[str, int]:
        wanted = self.catalog.wanted(self.catalog.shown)
        self.catalog.learn(
            *sum_up(self.store, [(self.catalog[it], read_to) for it, read_to in wanted.items()])
        )
        found = {self.catalog[it].key: self.catalog.summary(it) for it in self.catalog.shown}
        return {key: summary.unread for key, summary in sorted(found.items()) if summary is not None}

    def end(self) -> None:
        assert self.state.save(self.catalog.changed_marks(), self.store) is None


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / NAME


@pytest.mark.parametrize("way", ["kept", "deleted", "bad lines"])
def test_what_was_read_of_a_file_is_read_of_its_rows(workspace: Workspace, state: Path, way: str) -> None:
    """The file is kept beside its rows; it is not; it has lines that the import skips."""
    file = workspace.file("al.jsonl", HELLO)
    if way == "bad lines":
        file.write_bytes(b"no JSON\n" + file.read_bytes() + b"\xff\n")
    workspace.file("al.jsonl", WELL, HELLO)
    workspace.file("bo.jsonl", HELLO)
    first = Run(workspace, state)
    first.catalog.mark_read(first.of("al").id)
    first.end()
    workspace.file("al.jsonl", BYE, BYE)
    workspace.do_import("al")
    workspace.do_import("bo")
    workspace.rows("al", BYE)
    if way == "deleted":
        (workspace.folder / "al.jsonl.migrated").unlink()
    second = Run(workspace, state)
    assert second.unread() == {"al": 3, "bo": 0}
    second.end()
    run = Run(workspace, state)
    assert run.unread() == {"al": 3, "bo": 0}
    run.catalog.mark_read(run.of("al").id)
    run.end()
    workspace.rows("al", HELLO)
    assert Run(workspace, state).unread() == {"al": 1, "bo": 0}


def test_what_nobody_marked_is_as_read_as_its_file_was(workspace: Workspace, state: Path) -> None:
    long_ago = time.time() - 10_000
    for number in range(SEEDS + 2):
        path = workspace.file(f"old{number}.jsonl", HELLO)
        os.utime(path, (long_ago - number,) * 2)
    first = Run(workspace, state)
    first.end()
    last = f"old{SEEDS + 1}"
    workspace.do_import(last)
    workspace.file("new.jsonl", HELLO, WELL)
    workspace.do_import("new")
    unread = Run(workspace, state).unread()
    assert unread[last] == 0
    assert unread["new"] == 2
    workspace.rows(last, BYE)
    assert Run(workspace, state).unread()[last] == 1


def test_another_history_of_the_same_key_takes_nothing_over(workspace: Workspace, state: Path) -> None:
    workspace.file("al.jsonl", HELLO, WELL)
    first = Run(workspace, state)
    first.catalog.mark_read(first.of("al").id)
    first.end()
    workspace.rows("al", BYE, HELLO, WELL)
    run = Run(workspace, state)
    wanted = run.catalog.wanted(run.catalog.shown)
    run.catalog.learn(*sum_up(run.store, [(run.catalog[it], read_to) for it, read_to in wanted.items()]))
    unread = {run.catalog[it].store: summary.unread for it in wanted if (summary := run.catalog.summary(it))}
    assert unread == {"sqlite": 3, "jsonl": 0}


def test_pins_and_looks_are_taken_over(workspace: Workspace, state: Path) -> None:
    workspace.file("al.jsonl", HELLO)
    workspace.file("bo.jsonl", HELLO)
    first = Run(workspace, state)
    file = first.of("al")
    first.catalog.pin(file.id)
    first.catalog.look_at(file.id)
    first.end()
    looked = first.catalog.marks.looked_ns(file.id)
    workspace.do_import("al")
    run = Run(workspace, state)
    rows = run.of("al")
    assert run.catalog.shown[0] == rows.id
    assert run.catalog.marks.looked_ns(rows.id) == looked
    run.catalog.pin(rows.id)
    run.end()
    assert Run(workspace, state).catalog.marks.pinned.isdisjoint({rows.id})


@pytest.mark.parametrize("read", [0, 1, 2])
def test_an_import_while_it_runs_takes_over_as_many_as_were_read(
    workspace: Workspace, state: Path, read: int
) -> None:
    workspace.file("al.jsonl", *[HELLO, WELL][:read])
    Run(workspace, state).end()
    run = Run(workspace, state)
    if not read:
        workspace.folder.joinpath("al.jsonl").write_bytes(b"")
    workspace.file("al.jsonl", BYE)
    [file] = run.store.find("al")
    run.catalog.apply(StoreEvents(changed=(file,)))
    workspace.do_import("al")
    workspace.rows("al", BYE)
    [rows] = run.store.find("al")
    gone = (Vanished(file.id, RemovalReason.MIGRATED),)
    run.catalog.apply(StoreEvents(found=(rows,), vanished=gone))
    assert run.unread() == {"al": 2}
    run.end()
    assert Run(workspace, state).unread() == {"al": 2}
