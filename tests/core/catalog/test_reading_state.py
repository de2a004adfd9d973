"""What earwig remembers from run to run, in real files."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.catalog import reading_state
from earwig.core.catalog.marks import Mark, Reading
from earwig.core.catalog.reading_state import (
    NAME,
    ReadingState,
    bounded,
    decoded,
    encoded,
    state_path,
)
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.state_faults import DamagedState
from earwig.core.catalog.summing_up import sum_up
from earwig.core.model.read_to import Witness
from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import FolderStore
from tests.core.bot_writer import lines_of
from tests.core.permissions import ordinary_user
from tests.this_system import make_pipe, permissions_of

SAID = "the parcel is behind the shed"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "earwig" / NAME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    for at, name in enumerate(("alice", "bob", "carol")):
        path = folder / f"{name}.jsonl"
        path.write_bytes(lines_of([("user", SAID), ("assistant", "thank you")]))
        os.utime(path, (1_700_000_000 + at,) * 2)
    return folder


class Run:
    """One run of the program, as far as the list is concerned."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.folder = folder
        self.store = FolderStore([folder])
        self.catalog = SessionCatalog(self.store.sessions())
        self.state = ReadingState(file)
        reading, self.problem = self.state.load()
        self.catalog.remember(reading)

    def at(self, name: str) -> SessionId:
        return SessionId(str(self.folder / f"{name}.jsonl"))

    def unread(self) -> dict[str, int]:
        wanted = self.catalog.wanted(self.catalog.shown)
        found = sum_up(self.store, [(self.catalog[it], read_to) for it, read_to in wanted.items()])
        self.catalog.learn(*found)
        known = {Path(it).stem: self.catalog.summary(it) for it in self.catalog.shown}
        return {name: summary.unread for name, summary in known.items() if summary is not None}

    def end(self) -> None:
        assert self.state.save(self.catalog.changed_marks(), self.store) is None


def grow(folder: Path, name: str, count: int = 1) -> None:
    with (folder / f"{name}.jsonl").open("ab") as session:
        session.write(lines_of([("assistant", "more")] * count))


def test_a_first_start_calls_nothing_unread_and_what_came_meanwhile_is(folder: Path, file: Path) -> None:
    first = Run(folder, file)
    assert first.unread() == {"alice": 0, "bob": 0, "carol": 0}
    first.end()
    grow(folder, "bob", 2)
    (folder / "dave.jsonl").write_bytes(lines_of([("user", "new here")]))
    second = Run(folder, file)
    assert second.unread() == {"alice": 0, "bob": 2, "carol": 0, "dave": 1}
    second.catalog.mark_read(second.at("bob"))
    second.end()
    assert Run(folder, file).unread() == {"alice": 0, "bob": 0, "carol": 0, "dave": 1}


def test_pins_and_looks_outlive_a_run(folder: Path, file: Path) -> None:
    first = Run(folder, file)
    first.catalog.pin(first.at("alice"))
    first.catalog.look_at(first.at("bob"))
    first.end()
    second = Run(folder, file)
    assert second.catalog.shown[0] == second.at("alice")
    second.catalog.pin(second.at("alice"))
    second.end()
    assert Run(folder, file).catalog.shown[0] != second.at("alice")


@pytest.mark.parametrize("longer", [0, 1, 7])
def test_a_rewritten_file_is_not_taken_for_what_was_read(folder: Path, file: Path, longer: int) -> None:
    first = Run(folder, file)
    for name in ("alice", "bob"):
        first.catalog.mark_read(first.at(name))
    first.end()
    read = (folder / "alice.jsonl").stat().st_size
    other = lines_of([("user", "x" * 20)])
    other += lines_of([("assistant", "y" * (read - len(other) - len(lines_of([("assistant", "")]))))])
    assert len(other) == read
    (folder / "alice.jsonl").write_bytes(other + lines_of([("assistant", "z")]) * longer)
    grow(folder, "bob")
    assert Run(folder, file).unread() == {"alice": 2 + longer, "bob": 1, "carol": 0}


def test_a_shorter_file_is_another_one(folder: Path, file: Path) -> None:
    first = Run(folder, file)
    first.end()
    (folder / "carol.jsonl").write_bytes(lines_of([("user", "anew")]))
    assert Run(folder, file).unread()["carol"] == 1


def test_the_file_is_private_whole_and_without_a_word_of_any_message(folder: Path, file: Path) -> None:
    run = Run(folder, file)
    run.catalog.mark_read(run.at("alice"))
    run.end()
    assert permissions_of(file) == 0o600
    assert permissions_of(file.parent) == 0o700
    data = file.read_bytes()
    assert not any(word.encode() in data for word in ("parcel", "behind", "shed", "thank"))
    assert decoded(data).marks[run.at("alice")].witnesses
    assert sorted(it.name for it in file.parent.iterdir()) == [f".{NAME}.lock", NAME]


def test_two_at_a_time_keep_what_each_of_them_knows(folder: Path, file: Path) -> None:
    Run(folder, file).end()
    grow(folder, "alice")
    grow(folder, "bob")
    one, other = Run(folder, file), Run(folder, file)
    one.catalog.mark_read(one.at("alice"))
    one.catalog.pin(one.at("bob"))
    other.catalog.mark_read(other.at("bob"))
    other.end()
    one.end()
    other.catalog.look_at(other.at("carol"))
    other.end()
    third = Run(folder, file)
    assert third.unread() == {"alice": 0, "bob": 0, "carol": 0}
    assert third.catalog.shown[0] == third.at("bob")


@pytest.mark.skipif(sys.platform == "win32", reason="without locks, the later writer wins")
def test_many_writers_at_once_leave_a_whole_file_with_all_of_it(folder: Path, file: Path) -> None:
    def write(number: int) -> None:
        state = ReadingState(file)
        state.load()
        for at in range(10):
            marks = {SessionId(f"/s/{number}-{at}.jsonl"): Mark(pinned_ns=at + 1)}
            assert state.save(marks, FolderStore()) is None

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(decoded(file.read_bytes()).marks) == 40


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version":1}',
        b'{"version":true,"marks":{}}',
        b'{"version":1,"since_ns":1,"here_ns":1,"marks":{"/s":{"a.jsonl":[1,2,3,4,5]}}}',
        b'{"version":2,"since_ns":1,"here_ns":1,"marks":{"/s":{"a.jsonl":[1,[[2]],3,4,5]}}}',
        b'{"version":1,"since_ns":1,"here_ns":1,"marks":{"/s":[]}}',
        b'{"version":1,"since_ns":1e5,"here_ns":1,"marks":{}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_aside_and_told(folder: Path, file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    run = Run(folder, file)
    assert run.problem is not None
    assert "was damaged" in run.problem
    assert file.with_name(f"{NAME}.damaged").read_bytes() == data
    assert run.unread() == {"alice": 0, "bob": 0, "carol": 0}
    run.end()
    assert decoded(file.read_bytes()).marks


def test_a_later_version_is_left_as_it_is(folder: Path, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"version":3,"more":[]}')
    run = Run(folder, file)
    assert run.problem is not None
    assert "newer" in run.problem
    run.end()
    assert file.read_bytes() == b'{"version":3,"more":[]}'


def test_where_nothing_can_be_written_it_says_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    run = Run(folder, tmp_path / "state" / NAME)
    problem = run.problem or run.state.save(run.catalog.changed_marks(), run.store)
    assert problem is not None
    assert problem.startswith("What you read and pin is not remembered:")


def test_in_a_folder_that_may_not_be_written_it_says_so() -> None:
    with ordinary_user() as place:
        folder, closed = place / "sessions", place / "state"
        folder.mkdir()
        (folder / "telegram_alice.jsonl").write_bytes(lines_of([("user", "hello")]))
        closed.mkdir()
        closed.chmod(0o500)
        run = Run(folder, closed / NAME)
        problem = run.state.save(run.catalog.changed_marks(), run.store)
        closed.chmod(0o700)
    assert problem is not None
    assert "ermission" in problem


def test_a_pipe_or_a_link_in_its_place_holds_nobody_up(folder: Path, file: Path) -> None:
    file.parent.mkdir(parents=True)
    make_pipe(file)
    run = Run(folder, file)
    assert run.problem is not None
    assert "is a named pipe" in run.problem
    run.end()
    assert stat.S_ISFIFO(file.stat().st_mode)


def test_without_a_home_there_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(*_: object, **__: object) -> Path:
        raise RuntimeError

    monkeypatch.setattr("platformdirs.user_state_path", no_home)
    assert state_path() is None
    reading, problem = ReadingState().load()
    assert (reading, problem) == (None, "What you read is not remembered: no home folder is known.")


def test_what_is_forgotten_does_not_come_back_as_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_state, "MOST", 2)
    marks = {SessionId(f"/s/{at}.jsonl"): Mark(read_to=5, read_ns=at) for at in (10, 20, 30)}
    marks[SessionId("/s/pinned.jsonl")] = Mark(pinned_ns=5)
    left = bounded(Reading(since_ns=1, here_ns=1, marks=marks))
    assert set(left.marks) == {"/s/pinned.jsonl", "/s/30.jsonl"}
    assert left.since_ns == 20


witnesses = st.lists(st.builds(Witness, st.integers(), st.text("0123456789abcdef"))).map(tuple)
names = st.text(st.characters(exclude_characters="/\0", codec=None), min_size=1, max_size=12)


@given(st.dictionaries(names, st.builds(Mark, st.integers(-1, 2**62), witnesses, *[st.integers()] * 3)))
def test_any_names_and_marks_come_back(marks: dict[str, Mark]) -> None:
    reading = Reading(time.time_ns(), 7, {SessionId(f"/s/{name}"): mark for name, mark in marks.items()})
    assert decoded(encoded(reading)) == reading


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda it: st.lists(it) | st.dictionaries(st.text(), it)
    )
)
def test_no_json_but_ours_is_taken(value: object) -> None:
    with pytest.raises(DamagedState):
        decoded(
            json.dumps({"version": 1, "since_ns": 1, "here_ns": 1, "marks": {"/s": {"a": value}}}).encode()
        )


def test_what_version_1_wrote_is_taken_over(folder: Path, file: Path) -> None:
    run = Run(folder, file)
    run.catalog.mark_read(run.at("alice"))
    run.end()
    content = json.loads(file.read_bytes())
    marks = content["marks"][str(folder)]
    marks["alice.jsonl"][1] = marks["alice.jsonl"][1][0][1]
    for name in ("bob.jsonl", "carol.jsonl"):
        marks[name][1] = ""
    file.write_bytes(json.dumps(content | {"version": 1}).encode())
    grow(folder, "alice")
    assert Run(folder, file).unread() == {"alice": 1, "bob": 0, "carol": 0}
    (folder / "alice.jsonl").write_bytes(lines_of([("user", "another text, and longer than it was")] * 5))
    assert Run(folder, file).unread() == {"alice": 5, "bob": 0, "carol": 0}
