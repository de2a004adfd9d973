"""A fault in earwig itself: a short report, a log without a word of any message, the terminal as it was."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Workspace, need_tool
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, left_in

SAID = "what alice told the bot"

FAIL = """
import asyncio, sys
from earwig.cli.main import main
from earwig.ui.app.app import EarwigApp
from earwig.ui.screens.browser import BrowserScreen

def said(self):
    return self.screen.view.viewport.entries[-1].item.content

def in_handler(self):
    raise ValueError(said(self))

def in_timer(self):
    content = said(self)
    def fail(): raise ValueError(content)
    self.set_timer(0.01, fail)

def in_render(self):
    content = said(self)
    def fail(y): raise ValueError(content)
    self.screen.view.render_line = fail
    self.screen.view.refresh()

def in_worker(self):
    content = said(self)
    async def fail(): raise ValueError(content)
    self.run_worker(fail())

def in_keys(self):
    # What reads the keys hands over what it fails with.
    import rich.traceback
    try:
        raise ValueError(said(self))
    except ValueError:
        self.call_later(self.panic, rich.traceback.Traceback(show_locals=True))

def in_two_places(self):
    in_timer(self)
    in_handler(self)

def in_reader(self):
    content = said(self)
    def fail(): raise ValueError(content)
    self.screen._background.submit(fail)

def to_follower(self, do):
    # The first frame does not wait for what follows.
    watcher = self.screen._watcher
    if watcher is not None and watcher._watchers:
        do(watcher._watchers[0])
    else:
        self.set_timer(0.02, lambda: to_follower(self, do))

def in_follower(self):
    content = said(self)
    def fail(*_): raise ValueError(content)
    to_follower(self, lambda follower: setattr(follower, "_look_at_all", fail))

def once_in_follower(self):
    content = said(self)
    def break_it(follower):
        def fail(*_):
            del follower._look_at_all
            raise ValueError(content)
        follower._look_at_all = fail
    to_follower(self, break_it)

def in_loop(self):
    content = said(self)
    def fail(): raise ValueError(content)
    asyncio.get_running_loop().call_soon(fail)

EarwigApp.action_toggle_help = PLACE
sys.exit(main(sys.argv[1:]))
"""

ENDING = ["in_handler", "in_timer", "in_render", "in_worker", "in_keys", "in_two_places"]
GOING_ON = ["in_reader", "in_follower", "once_in_follower", "in_loop"]

Start = Callable[..., Terminal]


@pytest.fixture
def start(workspace: Workspace, home: Path) -> Iterator[Start]:
    """Starts a browser that fails at a place when `?` is pressed."""
    workspace.write("telegram_alice", lines_of([("user", SAID)]))

    def begin(place: str, *before: str) -> Terminal:
        command = [*before, sys.executable, "-c", FAIL.replace("PLACE", place), str(workspace.path)]
        terminal = stack.enter_context(Terminal(command, environ=clean_environment(home)))
        terminal.wait_for(SAID)
        terminal.wait_for("following")
        return terminal

    with ExitStack() as stack:
        yield begin


def logs(home: Path) -> list[Path]:
    return [home / name for name in left_in(home)]


@pytest.mark.parametrize("place", ENDING)
def test_an_unexpected_error_ends_in_a_short_report(start: Start, home: Path, place: str) -> None:
    terminal = start(place)
    terminal.press("?")
    assert terminal.wait() == 2
    assert terminal.left_changed() == []
    screen = [row for row in terminal.screen() if row]
    assert screen[0].startswith("earwig: a fault in earwig itself ended it")
    assert "ValueError (its text is left out" in screen[1]
    assert screen[-1] == "Please attach that file when you report this."
    assert len(screen) <= 7  # a long path takes two rows
    (log,) = logs(home)
    assert log.name in "".join(screen)
    assert log.stat().st_mode & 0o777 == 0o600
    after = terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()
    for text in (after, log.read_text()):
        assert SAID not in text
        assert "Traceback" not in text
        assert "telegram_alice" not in text
    assert "a fault in the browser\nearwig " in log.read_text()
    assert "terminal 120x36, TERM=xterm-256color" in log.read_text()


@pytest.mark.parametrize("way", ["full disk", "no place for it"])
def test_without_a_log_the_report_itself_is_enough(start: Start, home: Path, way: str) -> None:
    bash = need_tool("bash")
    if way == "full disk":
        terminal = start("in_handler", bash, "-c", 'ulimit -f 0; exec "$@"', "bash")
    else:
        terminal = start("in_handler", bash, "-c", 'HOME=/dev/null exec "$@"', "bash")
    terminal.press("?")
    assert terminal.wait() == 2
    assert terminal.left_changed() == []
    terminal.wait_for("No details could be written to ")
    terminal.wait_for("Please copy these lines")
    terminal.wait_for("ValueError (its text is left out")
    terminal.wait_for("  earwig 0")
    assert not any(SAID in row for row in terminal.screen())
    assert all(path.stat().st_size == 0 for path in logs(home))


@pytest.mark.parametrize("place", GOING_ON)
def test_a_thread_that_fails_is_told_of_and_the_rest_goes_on(
    start: Start, workspace: Workspace, home: Path, place: str
) -> None:
    terminal = start(place)
    terminal.press("?")
    if "follower" in place:
        workspace.say("discord_bob", "a change to be looked at")
    terminal.wait_for("A fault in earwig")
    terminal.wait_for("ValueError in ")
    workspace.say("telegram_alice", "still shown")
    terminal.wait_for("still shown")
    if place != "in_follower":
        workspace.say("slack_carol", "a new session")
        terminal.wait_for("slack")
    terminal.press("q")
    assert terminal.wait() == 0
    assert terminal.left_changed() == []
    (log,) = logs(home)
    assert SAID not in log.read_text()
    # The follower begins anew, and may fail again in another place; what is the same is told once.
    told = [entry.partition("\n")[2] for entry in log.read_text().split("\n\n") if "ValueError" in entry]
    assert 1 <= len(told) <= (2 if place == "in_follower" else 1)
    assert len(set(told)) == len(told)
    assert SAID.encode() not in terminal.raw.rpartition(b"\x1b[?1049l")[2]
