"""What is taken along leaves by the right door, byte for byte, and the bot's files are as they were."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from tests.conftest import Workspace, wait_until
from tests.data.hostile_sessions import cases, line
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.terminal_bytes import CLIPBOARD, forbidden_controls
from tests.e2e.test_hostile_tmux import Tmux, start, tmux, waits  # noqa: F401 - a fixture is used by its name
from tests.programs import Programs

HOSTILE = "".join(case.content for case in cases() if case.content)[:20_000]
COPIES = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


def environment(workspace: Workspace, programs: Programs, **more: str) -> dict[str, str]:
    """That of a reader with no display and no SSH, whose programs are these."""
    temporary = workspace.path.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    environ = clean_environment(workspace.path.parent, TMPDIR=str(temporary), **more)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_TTY", "SSH_CLIENT", "SSH_CONNECTION"):
        environ.pop(name, None)
    return environ | {"PATH": f"{programs.folder}:{environ['PATH']}"}


def look(path: Path) -> tuple[int, int, int, bytes]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns, path.read_bytes()


def test_the_terminal_gets_the_stored_text_in_base64(workspace: Workspace, programs: Programs) -> None:
    workspace.write("telegram_all", line("user", HOSTILE))
    with Terminal(earwig(workspace.path), environ=environment(workspace, programs)) as terminal:
        terminal.wait_for("1 message")
        terminal.press("c")
        terminal.wait_for("to your terminal (OSC 52)")
        terminal.press("q")
        assert terminal.wait() == 0
        copies = [base64.b64decode(each) for each in COPIES.findall(terminal.raw)]
        assert copies == [HOSTILE.encode("utf-8", "surrogatepass")]
        assert forbidden_controls(terminal.raw, [CLIPBOARD]) == []
        assert terminal.left_changed() == []


@pytest.mark.parametrize("setting", ["on", "external", "off"])
def test_tmux_has_the_stored_text(workspace: Workspace, tmux: Tmux, setting: str) -> None:  # noqa: F811
    text = HOSTILE.replace("\r", "")  # of which the reading of its answer as text would keep nothing
    workspace.write("telegram_all", line("user", text))
    tmux("set-option", "-g", "set-clipboard", setting)
    tmux("set-option", "-g", "allow-passthrough", "off")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        tmux("set-environment", "-g", "-u", name)
    start(tmux, workspace, earwig(workspace.path))
    waits(tmux, "1 message")
    tmux("send-keys", "-t", "sight", "c")
    wait_until(lambda: tmux("show-buffer") != "the owner's own", "something in tmux's buffer")
    assert tmux("show-buffer") == text
    tmux("send-keys", "-t", "sight", "q")


@pytest.fixture
def session(workspace: Workspace) -> Path:
    return workspace.write("telegram_all", line("user", "first") + line("assistant", HOSTILE))


def test_a_pager_gets_a_cleaned_copy_and_the_terminal(
    workspace: Workspace, programs: Programs, session: Path
) -> None:
    before = look(session)
    programs.add("see", script="""cp "$2" $0.copy; ls -l "$2"; echo 'the pager is here'; read -r line""")
    environ = environment(workspace, programs, PAGER="see -R", LESS="-R")
    with Terminal(earwig(workspace.path), environ=environ) as terminal:
        terminal.wait_for("2 messages")
        for key, start_of_it in (("p", None), ("P", b"user  #1\n    first\n\nassistant  #2\n")):
            terminal.press(key)
            terminal.wait_for("the pager is here")
            assert not terminal.alternate
            assert any(row.startswith("-rw-------") for row in terminal.screen())
            terminal.press("enter")
            terminal.press("ctrl+d")
            terminal.wait_for("2 messages")
            terminal.wait_for(lambda _: terminal.alternate, what="the browser's screen")
            given = (programs.folder / "see.copy").read_bytes()
            assert b"\x1b" not in given
            assert b"\xe2\x90\x9b" in given  # its picture
            assert start_of_it is None or given.startswith(start_of_it)
            flag, name = programs.arguments("see")
            assert flag == "-R"
            assert "telegram_all" not in name
            assert not Path(name).exists()
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
    assert list((workspace.path.parent / "temporary").iterdir()) == []
    assert look(session) == before


def test_an_editor_gets_what_is_stored_and_changes_only_a_copy(
    workspace: Workspace, programs: Programs, session: Path
) -> None:
    before = look(session)
    programs.add("change", script='cp "$1" $0.copy; echo changed > "$1"; echo "an editor"; sleep 1.2')
    environ = environment(workspace, programs, EDITOR="change")
    with Terminal(earwig(workspace.path), environ=environ) as terminal:
        terminal.wait_for("2 messages")
        terminal.press("ctrl+e")
        terminal.wait_for("an editor")
        terminal.press("ctrl+d")
        terminal.wait_for("What was changed is a copy")
        given = (programs.folder / "change.copy").read_bytes()
        assert given == HOSTILE.encode("utf-8", "surrogatepass")
        assert list((workspace.path.parent / "temporary").iterdir()) == []
        terminal.press("q")
        assert terminal.wait() == 0
    assert look(session) == before


def test_ctrl_c_in_the_pager_does_not_end_the_browser(
    workspace: Workspace, programs: Programs, session: Path
) -> None:
    programs.add("see", script="echo 'the pager is here'; exec sleep 60")
    with Terminal(earwig(workspace.path), environ=environment(workspace, programs, PAGER="see")) as terminal:
        terminal.wait_for("2 messages")
        terminal.press("p")
        terminal.wait_for("the pager is here")
        terminal.press("ctrl+c")
        terminal.wait_for("see ended with status")
        terminal.press("q")
        assert terminal.wait() == 0


def test_the_mouse_is_given_to_the_terminal_and_taken_back(
    workspace: Workspace, programs: Programs, session: Path
) -> None:
    with Terminal(earwig(workspace.path), environ=environment(workspace, programs)) as terminal:
        terminal.wait_for("2 messages")
        assert "mouse (1003)" in terminal.left_changed()
        terminal.press("m")
        terminal.wait_for("The mouse is your terminal's")
        assert not [name for name in terminal.left_changed() if "mouse" in name]
        terminal.press("m")
        terminal.wait_for("The mouse is earwig's again.")
        assert "mouse (1003)" in terminal.left_changed()
        terminal.press("m", "q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
