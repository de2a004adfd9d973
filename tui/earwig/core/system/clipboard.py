"""Brings bytes to the reader's clipboard: by a program of this system, through tmux, or through the terminal.

The way is chosen by facts, not by what is installed: a program of this system serves whoever sits at it, so
it is right only where its display exists and nobody looks on from another machine. All else goes through the
terminal by OSC 52, which reaches the clipboard of the machine that the terminal runs on, and answers nothing.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, own_text

TERMINAL_LIMIT = 74_994
"""Bytes that go through a terminal at most: 99,992 in base64, with what is around them 100,000, the shortest
limit that is at all common."""

SYSTEM_LIMIT = 16 * 1024 * 1024
"""Bytes given to a program at most."""

SECONDS = 5.0
"""A program that takes longer is ended."""

_TOLD = 200
_SCREEN_PIECE = 240
"""Bytes of a piece; GNU screen passes on no control string over 256."""

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")


class Method(StrEnum):
    """Which way to the clipboard; AUTO: the one that the facts speak for."""

    AUTO = "auto"
    SYSTEM = "system"
    TMUX = "tmux"
    TERMINAL = "terminal"


class CannotCopy(Refusal):
    """Nothing was copied; `sentence` says why."""


class TooLarge(CannotCopy):
    """Nothing was copied because it is too much for the way that there is."""


class Put(NamedTuple):
    """What was done with the bytes, and what is left to do."""

    words: SafeText
    """A whole sentence: how many bytes, and which way."""

    send: str = ""
    """What the terminal must be sent, if that is the way."""


class _Program(NamedTuple):
    arguments: tuple[str, ...]
    encode: Callable[[bytes], bytes] = bytes


class _Tmux(NamedTuple):
    """How the tmux around this program deals with clipboards."""

    clipboard: str
    """Its `set-clipboard`: only `on` takes OSC 52 from a program inside; empty: unknown."""

    passes: bool
    """Whether it passes wrapped sequences on to the terminal."""

    writes: bool
    """Whether it can give a buffer to the terminal's clipboard itself (`load-buffer -w`, from 3.2 on)."""


def put(
    data: bytes,
    method: Method = Method.AUTO,
    *,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> Put:
    """Copy bytes, or say what to send the terminal; may take `SECONDS` twice. Raises `CannotCopy`."""
    tmux = _ask_tmux(environ)
    environ = _as_attached(environ) if tmux is not None else environ
    if method is Method.SYSTEM or (method is Method.AUTO and not any(map(environ.get, _REMOTE))):
        program = next(_programs(environ, platform), None)
        if program is not None:
            return _through_program(data, program, environ)
        if method is Method.SYSTEM:
            raise CannotCopy(own_text("No program for the clipboard was found, or it has no display here."))
    if method is Method.TMUX and not environ.get("TMUX"):
        raise CannotCopy(own_text("There is no tmux around earwig to copy to."))
    if method is Method.TMUX:
        return _through_tmux(data, environ, clipboard=tmux is None or tmux.clipboard != "off")
    if tmux is not None and method is Method.AUTO and tmux.clipboard != "on":
        if tmux.writes and tmux.clipboard == "external":
            return _through_tmux(data, environ, clipboard=True)
        if not tmux.passes:
            return _through_tmux(data, environ, clipboard=False)
    return _through_terminal(data, environ, tmux)


def osc52(data: bytes) -> str:
    """Return what sets a terminal's clipboard; in base64, no byte of the data can act on the terminal."""
    return f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"


def through_tmux(sequence: str) -> str:
    """Return a sequence that tmux passes on as it is (`allow-passthrough`)."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """Return a sequence that GNU screen passes on, in pieces that it takes."""
    pieces = (sequence[at : at + _SCREEN_PIECE] for at in range(0, len(sequence), _SCREEN_PIECE))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def _programs(environ: Mapping[str, str], platform: str) -> Iterator[_Program]:
    """Yield those that are here and have a display, the best first."""
    for program in _known_programs(environ, platform):
        if shutil.which(program.arguments[0], path=environ.get("PATH")) is not None:
            yield program


def _known_programs(environ: Mapping[str, str], platform: str) -> Iterator[_Program]:
    if platform == "darwin":
        yield _Program(("pbcopy",))
    if platform == "win32":
        yield _Program(("clip",), _as_utf16)
    if environ.get("WAYLAND_DISPLAY"):
        yield _Program(("wl-copy", "--type", "text/plain"))
    if environ.get("DISPLAY"):
        yield _Program(("xclip", "-selection", "clipboard", "-in"))
        yield _Program(("xsel", "--clipboard", "--input"))
    if environ.get("WSL_INTEROP") or environ.get("WSL_DISTRO_NAME"):
        yield _Program(("clip.exe",), _as_utf16)


def _as_utf16(data: bytes) -> bytes:
    """What Windows takes for text in any language; its own code pages have not all characters."""
    return data.decode("utf-8", "backslashreplace").encode("utf-16-le")


def _through_program(data: bytes, program: _Program, environ: Mapping[str, str]) -> Put:
    name = clean_line(program.arguments[0])
    _check_size(data, SYSTEM_LIMIT, own_text("the clipboard"))
    _run(
        program.arguments,
        program.encode(data),
        {**environ, "LC_CTYPE": "UTF-8"} if name == "pbcopy" else environ,
    )
    return Put(own_text("Copied {} to the system's clipboard ({}).", _count(data), name))


def _through_tmux(data: bytes, environ: Mapping[str, str], *, clipboard: bool) -> Put:
    _check_size(data, SYSTEM_LIMIT, own_text("tmux"))
    _run(("tmux", "load-buffer", *(("-w",) if clipboard else ()), "-"), data, environ)
    if clipboard:
        words = "Copied {} to tmux's buffer, and by it to your terminal's clipboard if that takes them."
        return Put(own_text(words, _count(data)))
    words = "Copied {} to tmux's buffer only (prefix ] pastes them): it lets no clipboard through."
    return Put(own_text(words, _count(data)))


def _through_terminal(data: bytes, environ: Mapping[str, str], tmux: _Tmux | None) -> Put:
    _check_size(data, TERMINAL_LIMIT, own_text("a terminal (OSC 52)"))
    sequence = osc52(data)
    if tmux is not None and tmux.clipboard not in ("on", "") and tmux.passes:
        sequence = through_tmux(sequence)
    elif tmux is None and environ.get("STY"):
        sequence = through_screen(sequence)
    words = "Sent {} to your terminal (OSC 52). If nothing arrives, it takes none: W writes a file."
    return Put(own_text(words, _count(data)), sequence)


def _count(data: bytes) -> SafeText:
    return own_text("1 byte") if len(data) == 1 else own_text("{:,} bytes", len(data))


def _check_size(data: bytes, limit: int, way: SafeText) -> None:
    if len(data) > limit:
        raise TooLarge(
            own_text("Not copied: {:,} bytes, and {} takes {:,}. W writes a file.", len(data), way, limit)
        )


def _ask_tmux(environ: Mapping[str, str]) -> _Tmux | None:
    """Return what the tmux around this program says; None where there is none."""
    if not environ.get("TMUX"):
        return None
    pane = environ.get("TMUX_PANE", "")
    facts = "#{version}\t#{set-clipboard}\t#{allow-passthrough}"
    told = _told("tmux", "display-message", "-p", *(("-t", pane) if pane else ()), facts, environ=environ)
    version, clipboard, passes = [*told.rstrip("\n").split("\t"), "", "", ""][:3]
    return _Tmux(clipboard, passes in ("1", "on", "all", ""), _number(version) >= (3, 2))


def _number(version: str) -> tuple[int, ...]:
    """`3.3a` and `next-3.4` as numbers; nothing where there is none."""
    digits = "".join(char if char.isdigit() else " " for char in version)
    return tuple(map(int, digits.split()))


def _as_attached(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment of who looks on now: a program in tmux keeps that of its own start."""
    now = dict(environ)
    for line in _told("tmux", "show-environment", environ=environ).splitlines():
        name, _, value = line.partition("=")
        if name.startswith("-"):
            for gone in _REMOTE if name[1:] in _REMOTE else (name[1:],):
                now.pop(gone, None)
        elif name in (*_REMOTE, "DISPLAY", "WAYLAND_DISPLAY"):
            now[name] = value
    return now


def _told(*arguments: str, environ: Mapping[str, str]) -> str:
    """Return what a program prints; nothing if it fails."""
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            timeout=SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _run(arguments: Sequence[str], data: bytes, environ: Mapping[str, str]) -> None:
    """Give a program the data. Raises `CannotCopy` where it fails.

    Some of these programs leave a process behind that holds the clipboard, and that keeps what it was started
    with: its messages go to a file, because a pipe would be open as long as it lives.
    """
    name = clean_line(arguments[0])
    try:
        with tempfile.TemporaryFile() as complaints:
            done = subprocess.run(
                arguments,
                input=data,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env=dict(environ),
                timeout=SECONDS,
                start_new_session=True,
                check=False,
            )
            complaints.seek(0)
            complaint = complaints.read(_TOLD).decode("utf-8", "replace").strip().partition("\n")[0]
    except subprocess.TimeoutExpired as error:
        raise CannotCopy(own_text("Not copied: {} took too long. W writes a file.", name)) from error
    except (OSError, ValueError) as error:
        reason = clean_line(getattr(error, "strerror", None) or "it cannot be run")
        raise CannotCopy(own_text("Not copied: {}: {}. W writes a file.", name, reason)) from error
    if done.returncode:
        reason = clean_line(complaint or f"status {done.returncode}")
        raise CannotCopy(own_text("Not copied: {} says: {}. W writes a file.", name, reason))
