"""No call of the system that reading makes could change a database, lock it, or map it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.conftest import need_tool
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import seen
from tests.e2e.test_read_only import CALLS, changes

ROOT = Path(__file__).parents[4]
ROWS = 30


@pytest.fixture
def trace(tmp_path: Path) -> list[str]:
    """The beginning of a command whose calls on files are noted."""
    strace = need_tool("strace")
    if subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no process trace another")
    return [strace, "-f", "-y", "-s", "4096", "-e", f"trace={CALLS},mmap", "-o", str(tmp_path / "trace")]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Databases in every state, the bot at work on some."""
    top = tmp_path / "bots"
    with ExitStack() as open_ones:
        for state in ("running", "stopped", "crashed", "crashed with shm"):
            place = top / state
            bot = open_ones.enter_context(
                closing(BotDatabase(place / "alive" if "crash" in state else place))
            )
            for n in range(ROWS):
                bot.append(f"k{n % 3}", "user", "x" * 300 * n)
            acp = open_ones.enter_context(closing(BotAcpDatabase(place)))
            acp.create_session("one")
            acp.append_turn(
                "one", [chat("user", "?"), calls(None, [("c", "ls", "{}")]), results([("c", "")])]
            )
            if state == "stopped":
                bot.close()
                acp.close()
            elif state != "running":
                bot.crash_copy(place, shm="shm" in state)
        yield top


@pytest.mark.parametrize("option", ["", "--no-apsw"])
def test_no_call_could_change_lock_or_map_a_database(
    folder: Path, tmp_path: Path, trace: list[str], option: str
) -> None:
    paths = sorted(folder.glob("*/sessions/*.db"))
    assert len(paths) == 8
    before = seen(folder)
    private = tmp_path / "private"
    private.mkdir()
    done = subprocess.run(
        [
            *trace,
            sys.executable,
            "-m",
            "tests.core.stores.sqlite.everything",
            *filter(None, [option]),
            *paths,
        ],
        env={**os.environ, "TMPDIR": str(private)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["3" if "acp" in path.name else str(ROWS) for path in paths]
    noted = (tmp_path / "trace").read_text(errors="replace")
    for path in paths:
        assert f"{path}" in noted
    assert changes(noted, folder) == []
    assert seen(folder) == before
    assert list(private.iterdir()) == []


@pytest.mark.parametrize("options", ["mode=ro", "mode=ro&readonly_shm=1"])
def test_sqlites_own_reader_would_be_seen(
    folder: Path, tmp_path: Path, trace: list[str], options: str
) -> None:
    path = folder / "running" / "sessions" / "sessions.db"
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], uri=True).execute('select 1 from sessions')"
    uri = f"file:{path}?{options}"
    subprocess.run([*trace, sys.executable, "-c", code, uri], check=True, capture_output=True)
    assert changes((tmp_path / "trace").read_text(errors="replace"), folder) != []
