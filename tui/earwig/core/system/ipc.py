"""What processes of this program tell one another: any value, through a pipe that only they hold."""

from __future__ import annotations

import pickle
import socket
import sys

from earwig.core.system.frames import read_frame, send_frames


def hand_over(to: socket.socket, value: object, handle: int | None = None) -> None:
    """Send a value and maybe a handle. Raises `OSError` if nobody hears it, or always on Windows."""
    if handle is None:
        to.sendall(b"-")
    elif sys.platform != "win32":
        socket.send_fds(to, [b"+"], [handle])
    else:
        raise OSError("this system passes no handles from process to process")
    say(to.fileno(), value)


def taken(origin: socket.socket) -> tuple[object, list[int]]:
    """Return the next value and its handle, or wait for it. Raises `EOFError` if none can come any more."""
    handles: list[int] = []
    if sys.platform != "win32":
        mark, handles, _, _ = socket.recv_fds(origin, 1, 1)
    else:
        mark = origin.recv(1)
    if not mark:
        raise EOFError
    return hear(origin.fileno()), handles


def say(pipe: int, *values: object) -> None:
    """Send values. Raises `BrokenPipeError` if nobody hears them any more."""
    send_frames(pipe, *(pickle.dumps(value, pickle.HIGHEST_PROTOCOL) for value in values))


def hear(pipe: int) -> object:
    """Return the next value, or wait for it. Raises `EOFError` if none can come any more."""
    return pickle.loads(read_frame(pipe))  # noqa: S301 - our own process wrote it
