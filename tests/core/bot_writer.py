"""A small model of how the bot writes one session file, step by step as a reader can see it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def line_of(role: str, content: str) -> bytes:
    """A line as the bot writes it, without its newline: compact, in UTF-8, `role` first."""
    text = json.dumps({"role": role, "content": content}, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def lines_of(messages: Iterable[tuple[str, str]]) -> bytes:
    """A file as the bot writes it."""
    return b"".join(line_of(role, content) + b"\n" for role, content in messages)


def nothing() -> None:
    """What happens between two writes where nobody looks."""


class BotWriter:
    """Writes to one session file as the bot's releases do; `pause` is called between two system calls.

    Appends are one write (other writers), two writes (the bot: the JSON, then the newline) or many.
    A rewrite truncates in place (v0.4.3 to v0.8.4) or renames a temporary file of mode 0600 (since).
    """

    def __init__(self, path: Path, *, renames: bool = False, pause: Callable[[], None] = nothing) -> None:
        self.path = path
        self.renames = renames
        self.pause = pause

    @property
    def data(self) -> bytes:
        """What the file holds; nothing where it is missing."""
        return self.path.read_bytes() if self.path.exists() else b""

    def append(self, content: str, role: str = "user") -> None:
        """A whole line in one write."""
        self.append_bytes(line_of(role, content) + b"\n")

    def append_in_two(self, content: str, role: str = "user") -> None:
        """The JSON, then the newline: what `writeln!` does on an unbuffered file."""
        self.append_pieces([line_of(role, content), b"\n"])

    def append_by_byte(self, content: str, role: str = "user") -> None:
        """The slowest writer there can be."""
        self.append_pieces(bytes([byte]) for byte in line_of(role, content) + b"\n")

    def append_bytes(self, data: bytes) -> None:
        """Any bytes, in one write."""
        self.append_pieces([data])

    def append_pieces(self, pieces: Iterable[bytes]) -> None:
        """Any bytes, in so many writes, through one descriptor."""
        self._write(os.O_APPEND, pieces)

    def messages(self) -> list[tuple[str, str]]:
        """What the bot loads before it rewrites; enough of its rules for the lines written here."""
        return list(_messages(self.data))

    def rewrite(self, messages: Iterable[tuple[str, str]]) -> None:
        """The whole file anew."""
        self.rewrite_bytes([piece for message in messages for piece in (line_of(*message), b"\n")])

    def rewrite_bytes(self, pieces: Iterable[bytes]) -> None:
        """The whole file anew, from any pieces, each in a write of its own."""
        if self.renames:
            self._rename_over(pieces)
        else:
            self._write(os.O_TRUNC, pieces)

    def remove_last(self) -> None:
        """The newest message is gone, and with it every line that the bot could not load."""
        self.rewrite(self.messages()[:-1])

    def update_last(self, content: str) -> None:
        """The newest message's text changes while it is streamed."""
        messages = self.messages()
        if messages:
            self.rewrite([*messages[:-1], (messages[-1][0], content)])

    def clear(self) -> None:
        """The file stays, empty."""
        self.rewrite([])

    def delete(self) -> None:
        """The file goes; the next append makes a new one."""
        self.path.unlink(missing_ok=True)

    def _write(self, flag: int, pieces: Iterable[bytes]) -> None:
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | flag, 0o666)
        try:
            if flag == os.O_TRUNC:
                self.pause()
            for piece in pieces:
                os.write(fd, piece)
                self.pause()
        finally:
            os.close(fd)

    def _rename_over(self, pieces: Iterable[bytes]) -> None:
        fd, name = tempfile.mkstemp(prefix=".tmp", dir=self.path.parent)  # mode 0600, as the bot's
        try:
            for piece in pieces:
                os.write(fd, piece)
                self.pause()
            os.fsync(fd)
        finally:
            os.close(fd)
        Path(name).replace(self.path)
        self.pause()


def _messages(data: bytes) -> Iterator[tuple[str, str]]:
    for line in data.split(b"\n"):
        try:
            value = json.loads(line)
            yield value["role"], value["content"]
        except (ValueError, TypeError, KeyError):
            continue
