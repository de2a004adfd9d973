"""What processes of this program tell one another: any value, through a pipe that only they hold."""

from __future__ import annotations

import os
import pickle
import socket

_HEAD = 8
_MOST = 1 << 20


def hand_over(to: socket.socket, value: object, handle: int | None = None) -> None:
    """Send a value and, if there is one, a handle. Raises `OSError` if nobody hears it any more."""
    if handle is None:
        to.sendall(b"-")
    else:
        socket.send_fds(to, [b"+"], [handle])
    say(to.fileno(), value)


def taken(origin: socket.socket) -> tuple[object, list[int]]:
    """The next value and its handle, or wait for it. Raises `EOFError` if none can come any more."""
    mark, handles, _, _ = socket.recv_fds(origin, 1, 1)
    if not mark:
        raise EOFError
    return hear(origin.fileno()), handles


def say(pipe: int, *values: object) -> None:
    """Send values. Raises `BrokenPipeError` if nobody hears them any more."""
    pieces: list[bytes] = []
    for value in values:
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        pieces += (len(data).to_bytes(_HEAD, "little"), data)
    rest = memoryview(b"".join(pieces))
    while rest:
        rest = rest[os.write(pipe, rest) :]


def hear(pipe: int) -> object:
    """The next value, or wait for it. Raises `EOFError` if none can come any more."""
    size = int.from_bytes(_read(pipe, _HEAD), "little")
    return pickle.loads(_read(pipe, size))  # noqa: S301 - our own process wrote it


def _read(pipe: int, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        try:
            piece = os.read(pipe, min(size, _MOST))
        except ConnectionResetError:  # its process ended without having read all that was sent to it
            piece = b""
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
