"""A small model of how the bot writes one session file, step by step as a reader can see it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.decoding import decode_block


def line_of(role: str, content: str) -> bytes:
    """A line as the bot writes it, without its newline: compact, in UTF-8, `role` first."""
    text = json.dumps({"role": role, "content": content}, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def lines_of(messages: Iterable[tuple[str, str]]) -> bytes:
    """A file as the bot writes it."""
    return b"".join(line_of(role, content) + b"\n" for role, content in messages)


def nothing() -> None:
    """What happens between two writes where nobody looks."""


def taking_turns(*all_calls: Iterator[None]) -> Iterator[None]:
    """Several writers at once, a system call of each in turn."""
    waiting = list(all_calls)
    while waiting:
        for calls in tuple(waiting):
            try:
                next(calls)
            except StopIteration:
                waiting.remove(calls)
            else:
                yield


class BotWriter:
    """Writes to one session file as the bot's releases do; `pause` is called between two system calls.

    Appends are one write (other writers), two writes (the bot: the JSON, then the newline) or many.
    A rewrite truncates in place (v0.4.3 to v0.8.4) or renames a temporary file of mode 0600 (since).
    What ends in `ing` gives the system calls one by one: to be left off midway, or mixed with others.
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

    def append_fused(self, first: str, second: str) -> None:
        """Two appenders at once, each in two writes: two objects on one line, then a blank one."""
        self.perform(
            taking_turns(*(self.appending([line_of("user", text), b"\n"]) for text in (first, second)))
        )

    def append_torn(self, content: str, size: int) -> None:
        """The first bytes of a line: a full disk, or a death. The next append goes on behind them."""
        self.append_bytes(line_of("user", content)[:size])

    def append_bytes(self, data: bytes) -> None:
        """Any bytes, in one write."""
        self.append_pieces([data])

    def append_pieces(self, pieces: Iterable[bytes]) -> None:
        """Any bytes, in so many writes, through one descriptor."""
        self.perform(self.appending(pieces))

    def messages(self) -> list[tuple[str, str]]:
        """What the bot loads before it rewrites."""
        return [
            (item.role, item.content) for item in decode_block(self.data) if isinstance(item, ChatMessage)
        ]

    def rewrite(self, messages: Iterable[tuple[str, str]]) -> None:
        """The whole file anew."""
        self.perform(self.rewriting(messages))

    def rewrite_bytes(self, pieces: Iterable[bytes]) -> None:
        """The whole file anew, from any pieces, each in a write of its own."""
        self.perform(self.rewriting_bytes(pieces))

    def remove_last(self) -> None:
        """The newest message is gone, and with it every line that the bot could not load."""
        self.rewrite(self.messages()[:-1])

    def update_last(self, content: str) -> None:
        """The newest message's text changes while it is streamed."""
        messages = self.messages()
        if messages:
            self.rewrite([*messages[:-1], (messages[-1][0], content)])

    def compact(self) -> None:
        """The same messages, without the lines that the bot could not load."""
        self.rewrite(self.messages())

    def clear(self) -> None:
        """The file stays, empty."""
        self.rewrite([])

    def delete(self) -> None:
        """The file goes; the next append makes a new one."""
        self.path.unlink(missing_ok=True)

    def perform(self, calls: Iterator[None]) -> None:
        """All the calls, with a pause after each."""
        for _ in calls:
            self.pause()

    def appending(self, pieces: Iterable[bytes]) -> Iterator[None]:
        """One call for each piece, after which it is there to be read."""
        return self._writing(os.O_APPEND, pieces)

    def rewriting(self, messages: Iterable[tuple[str, str]]) -> Iterator[None]:
        """The whole file anew, each message in two writes."""
        return self.rewriting_bytes([piece for message in messages for piece in (line_of(*message), b"\n")])

    def rewriting_bytes(self, pieces: Iterable[bytes]) -> Iterator[None]:
        """The whole file anew, from any pieces, each in a write of its own."""
        return self._renaming_over(pieces) if self.renames else self._writing(os.O_TRUNC, pieces)

    def _writing(self, flag: int, pieces: Iterable[bytes]) -> Iterator[None]:
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | flag, 0o666)
        try:
            if not os.fstat(fd).st_size:  # made or emptied, and nothing written yet
                yield
            for piece in pieces:
                os.write(fd, piece)
                yield
        finally:
            os.close(fd)

    def _renaming_over(self, pieces: Iterable[bytes]) -> Iterator[None]:
        fd, name = tempfile.mkstemp(prefix=".tmp", dir=self.path.parent)  # mode 0600, as the bot's
        try:
            for piece in pieces:
                os.write(fd, piece)
                yield
            os.fsync(fd)
        finally:
            os.close(fd)
        Path(name).replace(self.path)
        yield
