"""What a terminal sends: all that can be read is told, whatever comes between, and however it is cut."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants, events
from textual.message import Message

from earwig.ui.textual_compat.terminal_input import TerminalInput


class Clock:
    """Seconds that pass when a test wants it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(*pieces: bytes | float) -> list[str]:
    """What is told of pieces of input, with pauses (seconds) between them, and of the time after them."""
    return [name for message in messages(*pieces) for name in names(message)]


def messages(*pieces: bytes | float) -> Iterable[Message]:
    clock = Clock()
    reading = TerminalInput(clock)
    for piece in (*pieces, 1.0):
        if isinstance(piece, bytes):
            yield from reading.feed(piece)
        else:
            clock.now += piece
            yield from reading.tick()


def names(message: Message) -> list[str]:
    match message:
        case events.Key():
            typed = message.is_printable and not message.key.startswith("alt+")
            return [message.character if typed and message.character else message.key]
        case events.Paste():
            return [f"paste {message.text}"]
        case events.Resize():
            return [f"size {message.size.width}x{message.size.height}"]
        case events.MouseEvent():
            return [f"mouse {message.x:g},{message.y:g}"]
    return [type(message).__name__]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"\xff", []),
        (b"\xe4", []),
        (b"\x80\xbf\xc0\xc1\xf5\xfe", []),
        (b"\xed\xa0\x80", []),  # a surrogate
        (b"a\xffb", ["a", "b"]),
        (b"\xe9x", ["x"]),
        (b"\xc3\x1b[A", ["up"]),
        (b"\xc3\x1b[200~x\x1b[201~", ["paste x"]),
        (b"\x1b\xff", ["escape"]),
        (b"\x1b\xc3q", ["escape", "q"]),
        (b"\x1b\xe0\x80\x80", ["escape"]),
        (b"\x1b\xed\xa0\x80q", ["escape", "q"]),
        (b"\x1b\xf4\xbf\xbf\xbf", ["escape"]),
        (b"\x9b5~", ["5", "~"]),
        (b"\x1b[99999999u", []),
        (b"\x1b[1114112;5u", []),
        (b"\x1b[55296u", []),
        (b"\x1b[97;1;55296u", []),
        (b"\x1b[97;1;1114112u", []),
        (b"\x1b[27;5;99999999~", []),
        (b"\x1b[0u", []),
        (b"\x1b[97;1:3u", []),  # a key that is let go of
        (b"\x1b[1;1:3A", []),
        (b"\x1b[<999999999;9999999;9999999M", []),
        (b"\x1b[<0;-1;-5M", []),
        (b"\x1b[M\xff\xfe\xfd", []),
        (b"\x1b[48;0;0;0;0t", []),
        (b"\x1b[48;-1;5;0;0t", []),
        (b"\x1b[48;99999;99999;1;1t", []),
        (b"\x1b[" + b"1;" * 5000 + b"q", []),
        (b"\x1b[" + b" " * 100_000 + b"q", []),
        (b"\x1b[?62;4c", []),
        (b"\x1b[?1;9999$y", []),
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", []),
        (b"\x1b]10;rgb:0/0/0\x07", []),
        (b"\x1bP>|xterm(388)\x1b\\", []),
        (b"\x1bP1+r\x1b[A", ["up"]),
        (b"\x1b[1;2\xffA", ["A"]),
        (b"\x1b[12;34", []),
        (b"\x1b]52;c;", []),
    ],
    ids=lambda it: repr(it)[:40],
)
def test_what_cannot_be_read_is_dropped(data: bytes, keys: list[str]) -> None:
    assert told(data) == keys
    assert told(data, 1.0, b"q") == [*keys, "q"]
    assert told(*(bytes([byte]) for byte in data[:2000])) == told(data[:2000])


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"q", ["q"]),
        ("grüße 日本 🎉".encode(), [*"grüße 日本 🎉"]),
        (b"\0", ["ctrl+@"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"\x1b\x1b[A", ["escape", "up"]),
        (b"\x1bx", ["alt+x"]),
        (b"\x1bP", ["alt+shift+p"]),
        (b"\x1bPabc", ["alt+shift+p", "a", "b", "c"]),
        (b"\x1b]a", ["]", "a"]),
        (b"\x1b]", ["]"]),
        (b"\x1bO", ["alt+shift+o"]),
        (b"\x1b[", ["["]),
        ("\x1bé".encode(), ["alt+é"]),
        (b"\x1b\x7f", ["ctrl+w"]),
        (b"\x1b[A\x1b[1;2A\x1b[5~\x1bOP\x1b[15~", ["up", "shift+up", "pageup", "f1", "f5"]),
        (b"\x1b[[A\x1b[7$\x1b[8^", ["f1", "shift+home", "ctrl+home"]),
        (b"\x1b[97u\x1b[97;5u\x1b[27u\x1b[13;2u", ["a", "ctrl+a", "escape", "shift+enter"]),
        (b"\x1b[97:65;2;65u\x1b[97;1:1u", ["A", "a"]),
        (b"\x1b[0;;229u", ["å"]),
        (b"\x1b[I\x1b[O", ["AppFocus", "AppBlur"]),
        (b"\x1b[<0;3;4M\x1b[<0;3;4m", ["mouse 2,3", "mouse 2,3"]),
        (b"\x1b[48;24;80;480;800t", ["size 80x24"]),
        (b"\x1b[48;24;80;0;0t\x1b[<0;3;4M", ["size 80x24", "mouse 2,3"]),
        (b"\x1b[48;24;80;480;800t\x1b[<0;31;61M", ["size 80x24", "mouse 3,3"]),
        (b"\x1b[?2026;2$y", ["TerminalSupportsSynchronizedOutput"]),
    ],
    ids=lambda it: repr(it)[:40],
)
def test_what_can_be_read_is_told_however_it_is_cut(data: bytes, keys: list[str]) -> None:
    assert told(data) == keys
    assert told(*(bytes([byte]) for byte in data)) == keys


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"abc\xcc", b"\x1b[201~q"], ["paste abc", "q"]),
        (["a\nä".encode()[:-1], b"\xa4b\x1b[2", b"01~q"], ["paste a\näb", "q"]),
        ([b"q\x1b[Aq\0\x1b[201~q"], ["paste q\x1b[Aq", "q"]),
        ([b"", b"\x1b[201~"], []),
        ([b"lost", 60.0, b"\x1b", 0.2, b"q"], ["paste lost", "escape", "q"]),
        ([b"lost", b"\x1b[27u", b"q"], ["paste lost", "escape", "q"]),
        ([b"slow", 60.0, b" line\x1b[201~q"], ["paste slow line", "q"]),
    ],
    ids=repr,
)
def test_a_paste(pieces: list[bytes | float], expected: list[str]) -> None:
    assert told(b"\x1b[200~", *pieces) == expected


def test_a_paste_is_kept_only_up_to_a_bound() -> None:
    pasted = [b"x" * 4096] * 1000
    (first, second) = told(b"\x1b[200~", *pasted, b"\x1b[201~q")
    assert (set(first.removeprefix("paste ")), len(first), second) == ({"x"}, 6 + 256 * 1024, "q")


def test_escape_waits_no_longer_than_a_sequence_may_take() -> None:
    clock = Clock()
    reading = TerminalInput(clock)
    assert list(reading.feed(b"\x1b")) == []
    assert reading.patience <= constants.ESCAPE_DELAY
    clock.now += constants.ESCAPE_DELAY
    assert [name for message in reading.tick() for name in names(message)] == ["escape"]


def test_the_mouse_is_where_it_was_told_to_be_after_what_cannot_be_read() -> None:
    size = b"\x1b[48;24;80;480;800t"
    assert told(size, b"\x1b[99z\x1b[99999999u\x1b[<0;31;61M") == ["size 80x24", "mouse 3,3"]


PIECES = [
    *(
        b"\x1b",
        b"\x1b[",
        b"\x1b[<",
        b"\x1b[?",
        b"\x1bO",
        b"\x1b]",
        b"\x1b]1",
        b"\x1bP1",
        b"\x1b[M",
        b"\x1b[[",
    ),
    *(b"\x1b[200~", b"\x1b[201~", b"\x1b[48;", b"u", b"M", b"m", b"t", b"R", b"$y", b"~", b";", b":", b"-"),
    *(b"0", b"1", b"55296", b"99999999", b"9" * 20, b"\xff", b"\xc3", b"\xa9", b"\xf0\x9f", b"\0", b"\x07"),
    *("é".encode(), "٣".encode(), b"abc", b"\\"),
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=30), st.data())
def test_nothing_ends_it_and_the_next_key_is_heard(pieces: list[bytes], data: st.DataObject) -> None:
    given = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(given)), max_size=4)))
    parts = [given[a:b] for a, b in zip([0, *cuts], [*cuts, len(given)], strict=True)]
    # After a second of nothing, Escape ends a paste whose end was lost.
    heard = told(*(part for part in parts if part), 1.0, b"\x1b", 1.0, b"q")
    assert heard[-2:] == ["escape", "q"]


def test_thousands_of_bursts_of_any_bytes_end_nothing() -> None:
    chance = random.Random(20)
    clock = Clock()
    reading = TerminalInput(clock)
    for _ in range(2_000):
        burst = chance.randbytes(chance.randrange(100))
        for message in reading.feed(burst):
            character = getattr(message, "character", None) or ""
            assert not any("\ud800" <= char <= "\udfff" for char in character)
    clock.now += 1.0
    assert [*reading.tick(), *reading.feed(b"\x1b[27u")]
    assert [name for message in reading.feed(b"q") for name in names(message)] == ["q"]
