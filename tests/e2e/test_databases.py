"""The browser and the commands on databases that another process writes, and leaves in every state."""

from __future__ import annotations

import json
import os
import select
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import need_tool
from tests.core.bot_writer import lines_of
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_import import import_jsonl
from tests.e2e.database_writer import bot_writing, end_cleanly, kill
from tests.e2e.terminal import SECONDS, Terminal, clean_environment, earwig
from tests.e2e.test_browser_live import in_transcript
from tests.e2e.test_read_only import CALLS, changes, seen

KEY = "telegram_alice"
STATES = ("running", "stopped", "crashed")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    workspace = tmp_path / "bot"
    workspace.mkdir()
    return workspace


def test_the_bot_is_followed_through_all_that_it_does(workspace: Path, home: Path) -> None:
    with Terminal(earwig(workspace), environ=clean_environment(home)) as terminal:
        terminal.wait_for("No sessions yet", SECONDS * 2)
        with bot_writing(workspace, KEY, "first {}", count=5, pace=0.05) as bot:
            terminal.wait_for(in_transcript("first 4"))
            end_cleanly(bot)
        with bot_writing(workspace, KEY, "second {}", count=5, pace=0.05) as bot:
            terminal.wait_for(in_transcript("second 4"))
            kill(bot)
        with bot_writing(workspace, KEY, "third {}", stream=6, pace=0.05):
            terminal.wait_for(in_transcript("word 4 word 5"))
        terminal.wait_for("following")
        terminal.press("q")
        assert terminal.wait() == 0


def test_an_import_leaves_one_row_that_says_so(workspace: Path, home: Path) -> None:
    folder = workspace / "sessions"
    folder.mkdir()
    lines = lines_of([("user", "said 0"), ("user", "said 1")])
    (folder / f"{KEY}.jsonl").write_bytes(lines)
    with Terminal(earwig(workspace), environ=clean_environment(home)) as terminal:
        terminal.wait_for(in_transcript("said 1"), SECONDS * 2)
        with bot_writing(workspace, KEY, "said {}", count=2):
            (folder / f"{KEY}.jsonl").rename(folder / f"{KEY}.jsonl.migrated")
            terminal.wait_for("also in migrated")
        with bot_writing(workspace, KEY, "goes on {}", count=2):
            terminal.wait_for(in_transcript("goes on 1"))
            terminal.wait_for("following")
        terminal.press("q")
        assert terminal.wait() == 0


def run(*arguments: str, path: Path, home: Path) -> subprocess.CompletedProcess[str]:
    by_option = arguments[0] in ("show", "tail", "export")
    command = earwig(*arguments, *(["-w", str(path)] if by_option else [str(path)]))
    return subprocess.run(command, env=clean_environment(home), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command", [("tail", "-n", "0"), ("tail", KEY, "-n", "0"), ("watch", "--role", "user")]
)
def test_each_message_comes_once_through_an_import(
    workspace: Path, home: Path, command: tuple[str, ...]
) -> None:
    folder = workspace / "sessions"
    folder.mkdir()
    file = folder / f"{KEY}.jsonl"
    file.write_bytes(lines_of([("user", "before")]))
    where = [str(workspace)] if command[0] == "watch" else ["-w", str(workspace)]
    with subprocess.Popen(
        earwig(*command, "--json", *where),
        env=clean_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as stream:
        assert stream.stdout is not None
        said = iter(stream.stdout.readline, "")
        number = 0
        while not select.select([stream.stdout], [], [], 0.2)[0]:
            with file.open("ab") as lines:  # until it follows
                lines.write(lines_of([("user", f"in the file {number}")]))
            number += 1
        heard = [json.loads(next(said))["content"]]
        rows = [("user", "before"), *(("user", f"in the file {it}") for it in range(number))]
        while heard[-1] != rows[-1][1]:
            heard.append(json.loads(next(said))["content"])
        with closing(BotDatabase(workspace)) as bot:
            import_jsonl(bot)
        with bot_writing(workspace, KEY, "goes on {}", count=2):
            while heard[-1] != "goes on 1":
                heard.append(json.loads(next(said))["content"])
        stream.terminate()
    assert heard == [*(content for _, content in rows[-len(heard) + 2 :]), "goes on 0", "goes on 1"]


def test_tail_prints_what_comes(workspace: Path, home: Path) -> None:
    with bot_writing(workspace, KEY, "before {}", count=3):
        command = earwig("tail", KEY, "-n", "1", "--json", "-w", str(workspace))
        with subprocess.Popen(
            command, env=clean_environment(home), stdout=subprocess.PIPE, text=True
        ) as tail:
            assert tail.stdout is not None
            assert json.loads(tail.stdout.readline())["content"] == "before 2"
            with bot_writing(workspace, KEY, "after {}", count=2):
                contents = [json.loads(tail.stdout.readline())["content"] for _ in range(2)]
            tail.terminate()
        assert contents == ["after 0", "after 1"]


def test_each_command_reads_every_state_and_leaves_no_trace(
    workspace: Path, home: Path, tmp_path: Path
) -> None:
    strace = need_tool("strace")
    if subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no process trace another")
    trace = tmp_path / "trace"
    traced = [strace, "-f", "-y", "-s", "4096", "-e", f"trace={CALLS},mmap", "-o", str(trace)]

    def look(state: str) -> None:
        for arguments in (
            ("list", "--json", "--count"),
            ("show", KEY, "--json"),
            ("search", "said"),
            ("check",),
        ):
            by_option = arguments[0] == "show"
            command = earwig(*arguments, *(["-w", str(workspace)] if by_option else [str(workspace)]))
            before = seen(workspace)
            done = subprocess.run(
                [*traced, *command], env=clean_environment(home), capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stderr) in ((0, ""), (0, "0 bad lines in 1 sessions\n")), state
            assert "said 2" in done.stdout or arguments[0] in ("list", "check"), state
            assert changes(trace.read_text(errors="replace"), workspace) == []
            assert seen(workspace) == before

    with bot_writing(workspace, KEY, "said {}", count=3) as bot:
        look("running")
        kill(bot)
    look("crashed")
    with bot_writing(workspace, "other", "x", count=0):
        pass
    look("stopped")


@pytest.mark.parametrize("state", STATES)
def test_the_browser_leaves_no_trace(workspace: Path, home: Path, tmp_path: Path, state: str) -> None:
    strace = need_tool("strace")
    if subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no process trace another")
    trace = tmp_path / "trace"
    traced = [strace, "-f", "-y", "-s", "4096", "-e", f"trace={CALLS},mmap", "-o", str(trace)]
    with bot_writing(workspace, KEY, "said {}", count=30) as bot:
        if state == "stopped":
            end_cleanly(bot)
        elif state == "crashed":
            kill(bot)
        before = seen(workspace)
        with Terminal([*traced, *earwig(workspace)], environ=clean_environment(home)) as terminal:
            terminal.wait_for(in_transcript("said 29"), SECONDS * 2)
            terminal.press("home")
            terminal.wait_for(in_transcript("said 0"))
            terminal.press("q")
            assert terminal.wait(SECONDS * 2) == 0
        assert changes(trace.read_text(errors="replace"), workspace) == []
        assert seen(workspace) == before


def test_a_database_that_is_none_is_told_beside_the_others(workspace: Path, home: Path) -> None:
    with bot_writing(workspace, KEY, "said {}"):
        (workspace / "sessions" / "acp-sessions.db").write_bytes(os.urandom(5000))
        done = run("list", path=workspace, home=home)
        assert done.returncode == 2
        assert KEY in done.stdout
        assert "is not a SQLite database; look whether it is the right file" in done.stderr
        with Terminal(earwig(workspace), environ=clean_environment(home)) as terminal:
            terminal.wait_for(in_transcript("said 0"), SECONDS * 2)
            told = "is not a SQLite database; look whether it is the right file"
            # However long the path before it is, and so wherever a row ends.
            terminal.wait_for(lambda rows: told in " ".join(row[1:40].strip("│ ") for row in rows), what=told)
            terminal.press("q")
            assert terminal.wait() == 0


def test_ids_name_one_of_two_histories(workspace: Path, home: Path) -> None:
    with bot_writing(workspace, KEY, "row {}"):
        path = workspace / "sessions" / f"{KEY}.jsonl.migrated"
        path.write_bytes(lines_of([("user", "line")]))
        rows = [json.loads(it) for it in run("list", "--json", path=workspace, home=home).stdout.splitlines()]
        assert sorted(row["store"] for row in rows) == ["migrated", "sqlite"]
        for row in rows:
            shown = run("show", row["id"], "--json", path=workspace, home=home)
            record = json.loads(shown.stdout)
            assert record["content"] == ("row 0" if row["store"] == "sqlite" else "line")
            assert ("time" in record) == (row["store"] == "sqlite")
