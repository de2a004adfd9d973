"""The one way out: everything that earwig prints passes here, and only as `SafeText`."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from earwig.core.text.refusal import Refusal, system_reason
from earwig.core.text.safe_text import SafeText, json_safe, own_text


class CannotDo(Refusal):
    """What was asked for cannot be done; one sentence says what, and what to do about it."""


class Output:
    """Standard output or standard error: UTF-8 whatever the locale says, no colours, no controls.

    Every method that prints raises `CannotDo` where there is no room, `BrokenPipeError` where nobody reads.
    """

    def __init__(self, stream: TextIO | None) -> None:
        # A stream that was closed before we started is None: what is written to it is nobody's.
        self._stream = stream
        self._encode: Callable[[object], str] | None = None
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")

    def line(self, *parts: SafeText) -> None:
        """Print the parts side by side, as one line."""
        self._write("".join(parts) + "\n")

    def record(self, values: Mapping[str, object]) -> None:
        """Print one JSON object on a line of its own, its texts as they are stored."""
        if self._encode is None:
            import json  # the browser prints none, and does not wait for it

            self._encode = json.JSONEncoder(ensure_ascii=False).encode
        self._write(json_safe(self._encode(values)) + "\n")

    def block(self, text: SafeText) -> None:
        """Print a text of any number of lines, as it is."""
        self._write(text)

    def is_file(self) -> bool:
        """Return whether it goes to a regular file, which keeps what it is given and acts on none of it."""
        descriptor = self._descriptor()
        return descriptor >= 0 and stat.S_ISREG(os.fstat(descriptor).st_mode)

    def stored(self, data: bytes) -> None:
        """Put bytes into the file that it goes to; only where `is_file`."""
        stream = self._stream
        if isinstance(stream, io.TextIOWrapper):
            _attempt(lambda: stream.buffer.write(data))

    def flush(self) -> None:
        """Hand over what was printed so far."""
        if self._stream is not None:
            _attempt(self._stream.flush)

    def reader_is_gone(self) -> bool:
        """Return whether it is a pipe that nobody reads any more; false where that cannot be told."""
        descriptor = self._descriptor()
        mode = os.fstat(descriptor).st_mode if descriptor >= 0 else 0
        return (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) and _nobody_reads(descriptor)

    def discard(self) -> None:
        """Print nothing any more, also not when Python ends and flushes what it kept."""
        descriptor = self._descriptor()
        self._stream = None
        if descriptor >= 0:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)

    def _write(self, text: str) -> None:
        stream = self._stream
        if stream is not None:
            _attempt(lambda: stream.write(text))

    def _descriptor(self) -> int:
        try:
            return -1 if self._stream is None else self._stream.fileno()
        except OSError:  # no file at all, as under a test
            return -1


def on_terminal() -> bool:
    """Whether the browser has what it needs: Textual draws on standard error and reads standard input."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def can_draw() -> bool:
    """Return whether the terminal, by what it says of itself, knows how to place text."""
    return os.environ.get("TERM") not in ("dumb", "unknown")


def _attempt(action: Callable[[], object]) -> None:
    try:
        action()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = system_reason(error)
        raise CannotDo(own_text("cannot write the output: {}; write it elsewhere", reason)) from error


def _nobody_reads(descriptor: int) -> bool:
    import select

    if sys.platform != "win32" and hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, 0)  # errors are told whether asked for or not
        return any(event & select.POLLERR for _, event in poll.poll(0))
    return False
