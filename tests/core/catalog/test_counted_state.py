"""What is known of whole sessions from run to run, in real files."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from earwig.core.catalog import counted, counted_state
from earwig.core.catalog.counted_state import NAME, CountedState
from earwig.core.statistics.troubles import Troubles
from tests.core.counting_runs import BAD, CALM, FAILURE, OLD, Run, write
from tests.this_system import make_pipe, permissions_of


def let_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's last change is of this moment, whatever its time of writing: let that be long ago."""
    later = time.time_ns() + 10 * counted.SETTLED_NS
    monkeypatch.setattr("earwig.core.catalog.counted.time.time_ns", lambda: later)


def test_nothing_is_read_again_in_the_next_run(
    folder: Path, state: Path, read: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "bad", BAD + CALM)
    write(folder, "calm", CALM)
    write(folder, "long", CALM * 2000)
    let_settle(monkeypatch)
    run = Run(folder, state)
    run.begin()
    found = dict(run.troubles)
    assert {name for name, _ in read} == {"bad", "calm", "long"}
    run.end()
    read.clear()
    for _ in range(2):
        run = Run(folder, state)
        run.begin()
        assert (run.troubles, run.told[-1][1:], read) == (found, (3, 3), [])
        run.end()


def test_what_was_just_written_is_not_taken_for_counted(
    folder: Path, state: Path, read: list[tuple[str, int]]
) -> None:
    """Within a tick of the clock, another text of the same length has the same stamp."""
    write(folder, "a", CALM)
    for _ in range(2):
        run = Run(folder, state)
        run.begin()
        run.end()
    assert read == [("a", 0)] * 2


def test_the_file_is_private_small_and_without_a_word_of_any_message(folder: Path, state: Path) -> None:
    write(folder, "alice", FAILURE + CALM + BAD)
    for at in range(500):
        write(folder, f"calm{at}", CALM)
    run = Run(folder, state)
    run.begin()
    run.end()
    file = state / NAME
    assert permissions_of(file) == 0o600
    assert permissions_of(state) == 0o700
    data = file.read_bytes()
    assert not any(word in data for word in (b"where", b"model", b"[Task"))
    assert [it.name for it in state.iterdir()] == [NAME]
    assert len(data) < 500 * 16 * 4 // 3 + 1000


@pytest.mark.parametrize("kind", ["empty", "cut", "turned", "json", "pipe", "folder"])
def test_a_file_that_is_not_ours_only_costs_the_counting(folder: Path, state: Path, kind: str) -> None:
    write(folder, "a", BAD + CALM * 2000)
    run = Run(folder, state)
    run.begin()
    run.end()
    file = state / NAME
    data = file.read_bytes()
    damaged = {
        "empty": b"",
        "cut": data[:-9],
        "turned": data.replace(b"1,0,0", b"7,0,0"),
        "json": b'{"version":1}',
    }
    file.unlink()
    if kind == "pipe":
        make_pipe(file)
    elif kind == "folder":
        file.mkdir()
    else:
        assert damaged[kind] != data
        file.write_bytes(damaged[kind])
    run = Run(folder, state)
    run.begin()
    assert run.troubles == {"a": Troubles(1)}
    run.end()
    if kind in damaged:
        assert counted_state.decoded(file.read_bytes()).keys() == {str(folder)}
    else:
        assert not stat.S_ISREG(file.stat().st_mode)


def test_a_later_version_is_left_as_it_is(folder: Path, state: Path) -> None:
    write(folder, "a", BAD)
    state.mkdir(parents=True)
    (state / NAME).write_bytes(b"earwig counted 2 and more\n{}")
    run = Run(folder, state)
    run.begin()
    run.end()
    assert run.troubles == {"a": Troubles(1)}
    assert (state / NAME).read_bytes() == b"earwig counted 2 and more\n{}"


def test_what_is_kept_is_bounded_and_other_folders_stay(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted_state, "RECORDS", 3)
    monkeypatch.setattr(counted_state, "FOLDERS", 2)
    for name in ("one", "two", "three"):
        folder = tmp_path / name
        folder.mkdir()
        for at in range(5):
            write(folder, f"s{at}", BAD, OLD + at)
        run = Run(folder, state)
        run.begin()
        run.end()
    left = counted_state.decoded((state / NAME).read_bytes())
    assert set(left) == {str(tmp_path / "two"), str(tmp_path / "three")}
    assert all(len(it.records) == 3 for it in left.values())


def test_of_sessions_that_are_gone_nothing_is_kept(
    folder: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_settle(monkeypatch)
    gone = [write(folder, f"s{at}", BAD if at % 2 else CALM) for at in range(10)]
    run = Run(folder, state)
    run.begin()
    run.end()
    for path in gone:
        path.unlink()
    write(folder, "new", BAD)
    run = Run(folder, state)
    run.begin()
    run.end()
    kept = CountedState(state / NAME).load([str(folder)])
    assert list(kept.records[str(folder)]) == ["new.jsonl"]
    assert sum(len(it) for it in kept.clean.values()) == 0
