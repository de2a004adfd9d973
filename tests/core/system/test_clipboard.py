"""Bytes to the clipboard: the way is chosen by facts, and the bytes arrive as they are."""

from __future__ import annotations

import base64
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from earwig.core.system import clipboard
from earwig.core.system.clipboard import (
    TERMINAL_LIMIT,
    CannotCopy,
    Method,
    TooLarge,
    osc52,
    put,
    through_screen,
    through_tmux,
)
from earwig.core.system.processes import kill
from tests.data.hostile import HOSTILE
from tests.programs import Programs

DATA = b"".join(text.encode("utf-8", "surrogatepass") for text in HOSTILE.values())[:70_000] + bytes(
    range(256)
)
SSH = {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


def decoded(sequence: str) -> bytes:
    """What a terminal takes from OSC 52."""
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    return base64.b64decode(sequence[7:-1], validate=True)


@pytest.mark.parametrize(
    ("name", "environ", "platform", "arguments"),
    [
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", ["--type", "text/plain"]),
        ("xclip", {"DISPLAY": ":0"}, "linux", ["-selection", "clipboard", "-in"]),
        ("xsel", {"DISPLAY": ":0"}, "linux", ["--clipboard", "--input"]),
        ("pbcopy", {}, "darwin", []),
    ],
)
def test_a_program_gets_the_bytes_where_its_display_is(
    programs: Programs, name: str, environ: dict[str, str], platform: str, arguments: list[str]
) -> None:
    programs.add(name)
    done = put(DATA, environ=programs.environ(**environ), platform=platform)
    assert done.words == f"Copied {len(DATA):,} bytes to the system's clipboard ({name})."
    assert done.send == ""
    assert programs.given(name) == DATA
    assert programs.arguments(name) == arguments


@pytest.mark.parametrize(
    ("name", "environ", "platform"),
    [("clip", {}, "win32"), ("clip.exe", {"WSL_DISTRO_NAME": "Debian"}, "linux")],
)
def test_windows_gets_its_own_encoding(
    programs: Programs, name: str, environ: dict[str, str], platform: str
) -> None:
    programs.add(name)
    put("grüße 🎉".encode(), environ=programs.environ(**environ), platform=platform)
    assert programs.given(name).decode("utf-16-le") == "grüße 🎉"


@pytest.mark.parametrize(
    "environ",
    [{}, {"DISPLAY": ":0"} | SSH, {"DISPLAY": ":0", "SSH_TTY": "/dev/pts/3"}, {"DISPLAY": ""}],
    ids=str,
)
def test_without_a_display_of_the_reader_s_own_it_goes_through_the_terminal(
    programs: Programs, environ: dict[str, str]
) -> None:
    programs.add("xclip")
    done = put(DATA, environ=programs.environ(**environ), platform="linux")
    assert decoded(done.send) == DATA
    assert f"Sent {len(DATA):,} bytes" in done.words
    assert not programs.was_run("xclip")


def test_a_display_without_a_program_goes_through_the_terminal(programs: Programs) -> None:
    environ = {"PATH": str(programs.folder), "DISPLAY": ":0"}
    assert decoded(put(b"x", environ=environ, platform="linux").send) == b"x"


def test_a_way_can_be_forced(programs: Programs) -> None:
    programs.add("xclip")
    environ = programs.environ(DISPLAY=":0")
    assert decoded(put(b"x", Method.TERMINAL, environ=environ, platform="linux").send) == b"x"
    assert put(b"y", Method.SYSTEM, environ=environ | SSH, platform="linux").send == ""
    assert programs.given("xclip") == b"y"
    with pytest.raises(CannotCopy, match="no display"):
        put(b"z", Method.SYSTEM, environ=programs.environ(), platform="linux")
    with pytest.raises(CannotCopy, match="no tmux"):
        put(b"z", Method.TMUX, environ=programs.environ(), platform="linux")


def test_what_a_terminal_may_not_take_is_refused() -> None:
    most = put(b"x" * TERMINAL_LIMIT, environ=SSH)
    assert len(most.send) == 100_000
    with pytest.raises(TooLarge, match="W writes a file"):
        put(b"x" * (TERMINAL_LIMIT + 1), environ=SSH)


def test_a_program_that_fails_is_quoted(programs: Programs) -> None:
    programs.add("xclip", status=1, complaint="Error: no \x1b[31mdisplay\nmore")
    with pytest.raises(CannotCopy) as caught:
        put(b"x", environ=programs.environ(DISPLAY=":9"), platform="linux")
    assert caught.value.sentence == "Not copied: xclip says: Error: no ␛[31mdisplay. W writes a file."


def test_a_program_that_hangs_is_ended(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "SECONDS", 0.2)
    programs.add("xclip", script="exec sleep 60")
    began = time.monotonic()
    with pytest.raises(CannotCopy, match="took too long"):
        put(b"x", environ=programs.environ(DISPLAY=":0"), platform="linux")
    assert time.monotonic() - began < 20


def test_a_program_that_stays_to_hold_the_clipboard_is_not_waited_for(programs: Programs) -> None:
    stays = programs.folder / "stays"
    programs.add("xclip", script=f"(sleep 60; rm '{stays}') & echo $! > '{stays}'")
    put(b"x", environ=programs.environ(DISPLAY=":0"), platform="linux")
    assert stays.exists()
    kill(int(stays.read_text()))


def test_a_program_that_cannot_be_run_is_told(programs: Programs) -> None:
    (programs.folder / "xclip").write_text("no program")
    (programs.folder / "xclip").chmod(0o755)
    with pytest.raises(CannotCopy, match="xclip: Exec format error"):
        put(b"x", environ=programs.environ(DISPLAY=":0"), platform="linux")


# tmux: a program of that name says what the real one would.


def add_tmux(programs: Programs, facts: str, attached: str = "") -> dict[str, str]:
    script = (
        'case "$1" in\n'
        f"display-message) printf '{facts}\\n'; exit;;\n"
        f"show-environment) printf -- '{attached}\\n'; exit;;\n"
        "esac"
    )
    programs.add("tmux", script=script)
    return programs.environ(TMUX="/tmp/t,1,0", TMUX_PANE="%3")  # noqa: S108 - only named


def test_a_tmux_that_takes_clipboards_gets_the_plain_sequence(programs: Programs) -> None:
    done = put(DATA, environ=add_tmux(programs, r"3.3a\ton\t0"), platform="linux")
    assert decoded(done.send) == DATA


def test_a_tmux_that_sets_clipboards_only_itself_is_asked_to(programs: Programs) -> None:
    done = put(DATA, environ=add_tmux(programs, r"3.3a\texternal\t1"), platform="linux")
    assert done.send == ""
    assert programs.given("tmux") == DATA
    assert programs.arguments("tmux") == ["load-buffer", "-w", "-"]


@pytest.mark.parametrize("facts", [r"3.4\toff\ton", r"3.4\toff\tall", r"3.1c\texternal\t"])
def test_a_tmux_that_passes_sequences_on_gets_a_wrapped_one(programs: Programs, facts: str) -> None:
    done = put(b"x", environ=add_tmux(programs, facts), platform="linux")
    assert done.send == through_tmux(osc52(b"x")) == "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"
    assert not programs.was_run("tmux")


def test_a_tmux_that_lets_nothing_through_keeps_it(programs: Programs) -> None:
    done = put(DATA, environ=add_tmux(programs, r"3.4\toff\t0"), platform="linux")
    assert programs.given("tmux") == DATA
    assert programs.arguments("tmux") == ["load-buffer", "-"]
    assert "tmux's buffer only" in done.words


def test_who_looks_on_through_tmux_counts_not_who_started_it(programs: Programs) -> None:
    programs.add("xclip")
    environ = add_tmux(programs, r"3.4\ton\t0", attached=r"SSH_CONNECTION=1 2 3 4\n-DISPLAY")
    done = put(b"x", environ=environ | {"DISPLAY": ":0"}, platform="linux")
    assert done.words.startswith("Sent 1 byte to your terminal")
    environ = add_tmux(programs, r"3.4\ton\t0", attached=r"-SSH_CONNECTION\nDISPLAY=:0")
    assert not put(b"y", environ=environ | SSH | {"SSH_TTY": "/dev/pts/1"}, platform="linux").send
    assert programs.given("xclip") == b"y"


def test_a_tmux_that_does_not_answer_is_only_a_terminal(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path), "TMUX": "/nowhere,1,0"}
    assert decoded(put(b"x", environ=environ, platform="linux").send) == b"x"


def test_gnu_screen_gets_pieces_that_it_takes() -> None:
    done = put(DATA, environ={"STY": "1.pts", "PATH": ""}, platform="linux")
    pieces = done.send.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert max(map(len, pieces)) <= 250
    assert decoded("".join(pieces)) == DATA
    assert done.send == through_screen(osc52(DATA))


def test_no_shell_is_asked(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    start = subprocess.Popen.__init__

    def record(self: Any, *args: Any, **more: Any) -> None:
        seen.append(more.get("shell"))
        start(self, *args, **more)

    monkeypatch.setattr(subprocess.Popen, "__init__", record)
    programs.add("xclip")
    put(b"$(touch x)", environ=programs.environ(DISPLAY=":0; touch y"), platform="linux")
    assert seen == [None]
