"""What a web browser says when it is started reaches nobody's screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Workspace, wait_until
from tests.e2e.terminal import SECONDS, Terminal, clean_environment, earwig

ADDRESS = "https://a.example/?q='$(touch x);&b=%20"
NOISE = "Gtk-WARNING: noise"


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A browser that notes what it is started with, and says a lot, to the terminal too if it can."""
    path = tmp_path / "fake-browser"
    path.write_text(
        f"""#!/bin/sh
echo '{NOISE}'
echo '{NOISE}' >&2
(echo '{NOISE}' > /dev/tty) 2>/dev/null
printf '%s\\n' "$#" "$@" > '{tmp_path}/noted.tmp'
mv '{tmp_path}/noted.tmp' '{tmp_path}/noted'
"""
    )
    path.chmod(0o755)
    return path


def test_it_gets_the_address_as_it_is_and_no_output(fake: Path, tmp_path: Path) -> None:
    (tmp_path / "webbrowser.py").write_text("raise SystemExit('a stranger')")
    code = "import sys; from earwig.core.system.viewer import open_address; open_address(sys.argv[1])"
    source = str(Path(sys.modules["earwig"].__file__ or "").parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", code, ADDRESS],
        env=clean_environment(tmp_path, BROWSER=str(fake), PYTHONPATH=source),
        cwd=tmp_path,
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert (tmp_path / "noted").read_text() == f"1\n{ADDRESS}\n"
    assert not (tmp_path / "x").exists()


def test_the_screen_stays_as_it_is(workspace: Workspace, fake: Path, tmp_path: Path, home: Path) -> None:
    workspace.say("telegram_alice", "see https://a.example/page now")
    with Terminal(earwig(workspace.path), environ=clean_environment(home, BROWSER=str(fake))) as terminal:
        terminal.wait_for("following")
        terminal.press("o")
        terminal.wait_for("leads to: a.example")
        terminal.press("enter")
        wait_until((tmp_path / "noted").exists, "the browser was started")
        terminal.wait_for(lambda screen: "Raw" in screen[-1], what="the transcript's keys")
        terminal.press("q")
        assert terminal.wait() == 0
        assert NOISE.encode() not in terminal.raw
    assert (tmp_path / "noted").read_text() == "1\nhttps://a.example/page\n"
