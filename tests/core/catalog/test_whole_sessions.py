"""What is the matter in whole sessions: found in the background, in any order of things, and kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwig.core.catalog import counted, session_counting
from earwig.core.catalog.whole_sessions import LARGE
from earwig.core.model.session import SessionId
from earwig.core.statistics.trouble_count import TroubleCount
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.stores.jsonl.folder import unseen
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system.background import Priority
from tests.core.bot_writer import BotWriter, line_of
from tests.core.counting_runs import BAD, CALM, FAILED, FAILURE, OLD, Run, append, write


def test_the_whole_session_counts_wherever_it_is(folder: Path) -> None:
    write(folder, "early", BAD + FAILURE + CALM * 40)
    write(folder, "late", CALM * 40 + FAILURE * 2)
    write(folder, "calm", CALM * 40)
    write(folder, "empty", b"")
    write(folder, "open", CALM + line_of("assistant", FAILED))
    write(folder, "torn", CALM + b'{"role":"us')
    run = Run(folder)
    run.begin()
    assert run.troubles == {
        "early": Troubles(1, 1, 2, 0),
        "late": Troubles(0, 2, 82, OLD * 10**9),
        "open": Troubles(0, 1, 3, OLD * 10**9),
    }
    assert run.told[-1][1:] == (6, 6)


def test_when_the_last_one_failed_is_remembered_when_it_was_answered(folder: Path, state: Path) -> None:
    path = write(folder, "a", CALM + FAILURE)
    run = Run(folder, state)
    run.begin()
    append(path, CALM)
    run.changed("a")
    run.end()
    append(path, CALM, OLD + 120)
    run = Run(folder, state)
    run.begin()
    assert run.troubles == {"a": Troubles(0, 1, 3, OLD * 10**9)}
    append(path, FAILURE, OLD + 180)
    run.changed("a")
    assert run.troubles == {"a": Troubles(0, 2, 8, (OLD + 180) * 10**9)}
    path.write_bytes(FAILURE)
    os.utime(path, (OLD + 240,) * 2)
    run.changed("a")
    assert run.troubles == {"a": Troubles(0, 1, 1, (OLD + 240) * 10**9)}


def test_what_was_the_matter_and_is_not_any_more_is_told(folder: Path) -> None:
    for name in ("rewritten", "deleted", "locked"):
        write(folder, name, BAD + CALM)
    run = Run(folder)
    run.begin()
    assert run.troubles == dict.fromkeys(("rewritten", "deleted", "locked"), Troubles(1))
    write(folder, "rewritten", CALM * 2, OLD + 1)
    (folder / "deleted.jsonl").unlink()
    (folder / "locked.jsonl").unlink()
    (folder / "locked.jsonl").mkdir()
    run.changed("rewritten", "deleted", "locked")
    assert run.troubles == dict.fromkeys(("rewritten", "deleted", "locked"), CLEAN)


@pytest.mark.parametrize("same_run", [True, False])
def test_what_is_appended_is_all_that_is_read(
    folder: Path, state: Path, read: list[tuple[str, int]], same_run: bool
) -> None:
    before = CALM * 2000 + BAD + FAILURE
    path = write(folder, "a", before)
    run = Run(folder, state)
    run.begin()
    run.end()
    read.clear()
    append(path, BAD + CALM)
    if not same_run:
        run = Run(folder, state)
    run.begin()
    assert run.troubles == {"a": Troubles(2, 1, 4002, OLD * 10**9)}
    assert read == [("a", len(before))]


@pytest.mark.parametrize("renamed", [True, False])
@pytest.mark.parametrize("after", [b"", CALM, BAD])
def test_a_rewrite_between_two_runs_is_counted_from_its_start(
    folder: Path, state: Path, renamed: bool, after: bytes
) -> None:
    path = write(folder, "a", BAD + CALM * 3000 + FAILURE)
    run = Run(folder, state)
    run.begin()
    run.end()
    other = (CALM + BAD) * 3000
    if renamed:
        path.unlink()
        (folder / "other.tmp").write_bytes(other + after)
        (folder / "other.tmp").rename(path)
    else:
        path.write_bytes(other + after)
    run = Run(folder, state)
    run.begin()
    assert run.troubles["a"][:3] == (3000 + (after == BAD), 0, 0)


@pytest.mark.parametrize("same_run", [True, False])
def test_another_file_that_ends_alike_and_goes_on_is_counted_from_its_start(
    folder: Path, state: Path, same_run: bool
) -> None:
    path = write(folder, "a", BAD + CALM * 20_000)
    run = Run(folder, state)
    run.begin()
    run.end()
    other = write(folder, "other", b"\n" * len(BAD) + CALM * 20_000 + FAILURE)
    other.rename(path)
    if not same_run:
        run = Run(folder, state)
    run.begin()
    assert run.troubles == {"a": Troubles(0, 1, 40_000 + len(BAD) + 1, OLD * 10**9)}


@pytest.mark.parametrize("same_run", [True, False])
@pytest.mark.parametrize("length", [100, 20_000])
def test_an_edit_that_leaves_the_size_is_found_however_far_from_the_end(
    folder: Path, state: Path, same_run: bool, length: int
) -> None:
    path = write(folder, "a", BAD + CALM * length)
    run = Run(folder, state)
    run.begin()
    run.end()
    with path.open("r+b") as file:
        file.write(BAD[:-2] + b"\n\n")
        file.seek(len(BAD))
        file.write(b"}")
        file.seek(len(BAD + CALM))
        file.write(b"}")
    if not same_run:
        run = Run(folder, state)
    run.begin()
    assert run.troubles == {"a": Troubles(3)}


def test_a_session_that_is_away_for_a_moment_is_what_it_was_and_then_what_it_is(folder: Path) -> None:
    path, away = write(folder, "a", BAD + CALM), folder / "a.importing"
    write(folder, "b", CALM)
    run = Run(folder)
    run.begin()
    append(path, BAD)
    run.list()
    path.rename(away)
    run.whole.look([SessionId(str(path))])
    run.turns.take()
    assert run.troubles == {"a": Troubles(1)}
    assert run.told[-1][1:] == (1, 2), "that is not known of it now"
    run.sessions[SessionId(str(path))] = unseen(str(path), OSError(5, "Input/output error"))
    run.whole.look([SessionId(str(path))])
    run.turns.take()
    assert run.troubles == {"a": Troubles(1)}
    away.rename(path)
    run.list()
    run.whole.look([SessionId(str(folder / "b.jsonl"))])
    run.turns.take()
    assert run.troubles == {"a": Troubles(2)}
    assert run.told[-1][1:] == (2, 2)


def test_a_large_session_takes_turns_with_small_ones(folder: Path, read: list[tuple[str, int]]) -> None:
    write(folder, "large", BAD + CALM * (5 * LARGE // len(CALM)), OLD + 10)
    for at in range(50):
        write(folder, f"small{at}", BAD)
    run = Run(folder)
    run.begin()
    assert len(run.troubles) == 51
    names = [name for name, _ in read]
    assert names.count("large") > 3
    assert names.index("small0") < len(names) - 1 - names[::-1].index("large")


def test_what_is_on_the_screen_comes_first_and_is_waited_for(
    folder: Path, read: list[tuple[str, int]]
) -> None:
    for at in range(300):
        write(folder, f"s{at:03}", BAD, OLD + at)
    run = Run(folder)
    run.list()
    run.whole.begin(list(run.sessions))
    assert [priority for _, priority in run.turns.jobs] == [Priority.SPARE]
    run.whole.look([SessionId(str(folder / f"{name}.jsonl")) for name in ("s000", "s100")], on_screen=True)
    run.turns.take(1)
    run.whole.hurry(wanted=True)
    run.turns.take(1)
    assert {priority for _, priority in run.turns.jobs} <= {Priority.IDLE}
    run.turns.take()
    assert [name for name, _ in read[:3]] == ["s000", "s100", "s299"]
    assert len(read) == len(run.troubles) == 300
    assert run.told[-1][1:] == (300, 300)


doings = st.lists(
    st.tuples(
        st.sampled_from(["append", "fail", "bad", "torn", "remove_last", "update", "clear", "run", "look"]),
        st.integers(1, 40),
    ),
    max_size=14,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings, st.booleans(), st.booleans())
def test_any_doings_of_the_bot_end_in_what_a_fresh_count_finds(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    done: list[tuple[str, int]],
    renames: bool,
    resumes: bool,
) -> None:
    monkeypatch.setattr(counted, "WORTH_RESUMING", 100 if resumes else 64 * 1024)
    monkeypatch.setattr(session_counting, "WORTH_RESUMING", 100 if resumes else 64 * 1024)
    folder = tmp_path_factory.mktemp("sessions")
    state = tmp_path_factory.mktemp("state")
    writer = BotWriter(folder / "a.jsonl", renames=renames)
    writer.rewrite([("user", "first")])
    run = Run(folder, state)
    run.begin()
    for number, (doing, size) in enumerate(done):
        if doing == "append":
            writer.append_in_two(f"message {number} " * size)
        elif doing == "fail":
            writer.append_bytes(FAILURE)
        elif doing == "bad":
            writer.append_bytes(b"garbage %d\n" % number)
        elif doing == "torn":
            writer.append_bytes(line_of("assistant", FAILED))
        elif doing == "update":
            writer.update_last(FAILED if size % 2 else f"newer text {number}")
        elif doing == "run":
            run.end()
            run = Run(folder, state)
            run.begin()
        elif doing == "look":
            run.changed("a")
        else:
            getattr(writer, doing)()
    run.changed("a")
    fresh = TroubleCount(FileTranscript(writer.path))
    while not fresh.step():
        pass
    assert run.troubles.get("a", CLEAN)[:3] == fresh.troubles[:3]
