"""What processes of this program tell one another: any value, through a pipe that only they hold."""

from __future__ import annotations

import os
import pickle

_HEAD = 8
_MOST = 1 << 20


def say(pipe: int, value: object) -> None:
    """Send a value. Raises `BrokenPipeError` if nobody hears it any more."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    rest = memoryview(len(data).to_bytes(_HEAD, "little") + data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def hear(pipe: int) -> object:
    """The next value, or wait for it. Raises `EOFError` if none can come any more."""
    size = int.from_bytes(_read(pipe, _HEAD), "little")
    return pickle.loads(_read(pipe, size))  # noqa: S301 - our own process wrote it


def _read(pipe: int, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        piece = os.read(pipe, min(size, _MOST))
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
