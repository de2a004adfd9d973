"""Pieces of bytes through a pipe between processes of this program, each whole and in its order."""

from __future__ import annotations

import os

_HEAD = 8
_MOST = 1 << 20


def send_frames(pipe: int, *frames: bytes) -> None:
    """Send each as one. Raises `BrokenPipeError` if nobody hears them any more."""
    pieces: list[bytes] = []
    for frame in frames:
        pieces += (len(frame).to_bytes(_HEAD, "little"), frame)
    rest = memoryview(b"".join(pieces))
    while rest:
        rest = rest[os.write(pipe, rest) :]


def read_frame(pipe: int) -> bytes:
    """Return the next one, or wait for it. Raises `EOFError` if none can come any more."""
    return _read(pipe, int.from_bytes(_read(pipe, _HEAD), "little"))


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
