"""What the commands say of folders that cannot be listed whole, and with which status they end."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from earwig.cli.following import HeardEvents
from earwig.cli.output import CannotDo, Output
from earwig.cli.sessions import find_session, listed
from earwig.core.model.events import StoreEvents
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore
from tests.cli.running import Program, lines
from tests.core.outages import FailingScan, move

COMMANDS = {
    "list": (["list", "--json"], 1),
    "check": (["check"], 0),
    "stats": (["stats", "--json"], 1),
    "search": (["search", "hello"], 1),
}
"""By name: a command, and its status where a bot has not been there yet."""


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another workspace, with a session."""
    sessions = tmp_path / "other" / "sessions"
    sessions.mkdir(parents=True)
    (sessions / "bob.jsonl").write_bytes(lines("hello"))
    return sessions.parent


@pytest.mark.parametrize("name", COMMANDS)
def test_one_of_two_is_away(program: Program, workspace: Path, other: Path, name: str) -> None:
    command, _ = COMMANDS[name]
    whole = program(*command, str(other))
    assert whole.returncode == 0
    for place in (workspace, workspace / "sessions"):
        away = move(place, "away")
        result = program(*command, str(place), str(other))
        assert result.returncode == 2
        assert result.stdout == whole.stdout
        [said, *rest] = result.stderr.splitlines()
        assert said.startswith(f"earwig: {place}")
        assert "cannot be reached: " in said
        assert said.endswith("; its sessions are left out")
        assert len(rest) == (1 if name == "check" else 0)
        move(away, place.name)


@pytest.mark.parametrize("missing", ["al.jsonl", "al.jsonl.migrated", "sessions.db", "old.sqlite3"])
def test_a_file_that_is_not_there_is_no_folder_that_is_away(
    program: Program, workspace: Path, other: Path, missing: str
) -> None:
    result = program("list", str(workspace), str(other / missing))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"earwig: no such path: {other / missing}; give ")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_only_one_cannot_be_listed(program: Program, workspace: Path, name: str) -> None:
    command, empty = COMMANDS[name]
    sessions = workspace / "sessions"
    move(sessions, "away")
    assert program(*command, str(workspace)).returncode == empty  # as before a bot has been there
    sessions.symlink_to("nothing")
    result = program(*command, str(workspace))
    assert result.returncode == 2
    said = (
        f"earwig: {sessions} cannot be reached: it is a link that leads nowhere; its sessions are left out\n"
    )
    assert result.stderr.startswith(said)


def test_a_listing_that_breaks_off_is_not_taken_for_the_whole_one(sessions: Path) -> None:
    for name in ("alice", "bob", "carol"):
        (sessions / f"{name}.jsonl").touch()
    err = io.StringIO()
    found, whole = listed(FolderStore([sessions], scan=FailingScan(2)), Output(err))
    assert len(found) == 2
    assert not whole
    assert err.getvalue() == (
        f"earwig: {sessions} could be listed only in part: Input/output error; the rest of it is left out\n"
    )


def test_a_session_that_is_not_found_may_be_in_what_cannot_be_listed(sessions: Path) -> None:
    (sessions / "alice.jsonl").touch()
    with pytest.raises(CannotDo, match=r"no such session: bob; but .* could be listed only in part"):
        find_session("bob", FolderStore([sessions], scan=FailingScan(1)))


def test_what_follows_says_it_once_and_says_when_it_is_over() -> None:
    err = io.StringIO()
    events = HeardEvents(Output(err))
    away, later = Unlisted("/s", "permission denied"), Unlisted("/s", "it is no folder")
    for unlisted in ((away,), None, (later,), (), None):
        events.put(StoreEvents(unlisted=unlisted))
        events.get(0.0)
    assert err.getvalue().splitlines() == [
        "earwig: /s cannot be reached: permission denied; trying again",
        "earwig: /s can be reached again",
    ]


@pytest.mark.parametrize("command", [["tail", "-n", "0"], ["watch", "--role", "user"]])
def test_followed_sessions_are_away_for_a_while(
    program: Program, workspace: Path, sessions: Path, command: list[str]
) -> None:
    alice = sessions / "telegram_alice.jsonl"
    alice.write_bytes(lines("one", "two"))
    place = ["-w", str(workspace)] if command[0] == "tail" else [str(workspace)]
    running = program.start(*command, "--json", *place)

    def said(word: str) -> bool:
        with alice.open("ab") as file:
            file.write(lines(word))
        return any(f'"{word}"' in line for line in running.lines)

    running.wait_until(lambda: said("begin"))
    away = move(sessions, "away")
    running.wait_until(lambda: len(running.errors) == 1)
    with (away / alice.name).open("ab") as file:
        file.write(lines("meanwhile"))
    move(away, sessions.name)
    running.wait_until(lambda: len(running.errors) == 2)
    running.wait_until(lambda: said("end"))
    assert running.stop() == 0
    contents = [record["content"] for record in running.records()]
    assert contents.count("meanwhile") == 1
    assert not {"one", "two"} & set(contents)
    why = "it was deleted or moved; its workspace is there"
    assert running.errors == [
        f"earwig: {sessions} cannot be reached: {why}; trying again",
        f"earwig: {sessions} can be reached again",
    ]
