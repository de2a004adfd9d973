"""The checksum of a -wal, which runs on from frame to frame: see its format in SQLite's documentation.

Of each pair of 32-bit words, the first is added to one sum and the second to the other, each with the other
sum. So each word adds to a series in which every member is the sum of the two before it, and what a stretch
of words makes of sums can be had from what it makes of none: by the numbers of Fibonacci.
"""

from __future__ import annotations

import struct
import sys

_MASK = 0xFFFFFFFF

_STRETCH = 32
"""Words of a stretch; its sums have 55 bits at most, so those of many lie side by side, 64 bits each."""

_BYTES = 4 * _STRETCH

Sums = tuple[int, int]


def add_up(data: bytes | memoryview, sums: Sums, *, big: bool) -> Sums:
    """Go on with SQLite's checksum over `data`, of 8-byte multiples; `big`: of big-endian words."""
    done = 0
    if not big and sys.byteorder == "little":
        done = len(data) - len(data) % _BYTES
        sums = _added_up_at_once(memoryview(data)[:done], sums)
    s0, s1 = sums
    words = iter(struct.unpack(f"{'>' if big else '<'}{(len(data) - done) // 4}I", data[done:]))
    for even, odd in zip(words, words, strict=True):
        s0 = (s0 + even + s1) & _MASK
        s1 = (s1 + odd + s0) & _MASK
    return s0, s1


def _fibonacci(count: int) -> list[int]:
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers


_BEFORE, _AT, _BEHIND = _fibonacci(_STRETCH + 2)[-3:]


def _added_up_at_once(data: memoryview, sums: Sums) -> Sums:
    """The same of little-endian words, a multiple of `_BYTES`: all stretches at once, as one long number.

    To add two numbers of a thousand digits takes hardly longer than to add two of one.
    """
    wide = memoryview(bytearray(2 * len(data)))
    wide.cast("I")[::2] = data.cast("B").cast("I")
    words = wide.cast("Q")
    s0 = s1 = 0
    for at in range(0, _STRETCH, 2):
        s0 += int.from_bytes(words[at::_STRETCH], "little") + s1
        s1 += int.from_bytes(words[at + 1 :: _STRETCH], "little") + s0
    count = len(data) // _BYTES
    each = [struct.unpack(f"<{count}Q", total.to_bytes(8 * count, "little")) for total in (s0, s1)]
    before, after = sums
    for even, odd in zip(*each, strict=True):
        before, after = (
            (_BEFORE * before + _AT * after + even) & _MASK,
            (_AT * before + _BEHIND * after + odd) & _MASK,
        )
    return before, after
