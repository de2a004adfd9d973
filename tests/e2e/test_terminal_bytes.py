"""The checker of a program's output finds what must not be in it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.e2e.terminal_bytes import (
    CLIPBOARD,
    complete_part,
    forbidden_controls,
    harm,
    modes_restored,
    tokens,
)

TEXTUAL_SENDS = [
    b"\x1b[m",
    b"\x1b[1;38;2;224;224;224;48;2;18;18;18m",
    b"\x1b[12;40H",
    b"\x1b[?1049h",
    b"\x1b[?25l",
    b"\x1b[?2026$p",
    b"\x1b[>25u",
    b"\x1b[<u",
    b"\x1b]22;pointer\x07",
    b"\n",
    b"\r\n",
    "plain, é, 漢, 🙂".encode(),
]

ATTACKS = [
    b"\x1b[2J",
    b"\x1b[H",
    b"\x1b[7A",
    b"\x1b[c",
    b"\x1b[6n",
    b"\x1b[>q",
    b"\x1b[?47h",
    b"\x1b[?1049;25h",
    b"\x1b[21t",
    b"\x1b[38:5:1m",
    b"\x1b]0;title\x07",
    b"\x1b]52;c;QQ==\x1b\\",
    b"\x1b]8;;http://x\x1b\\",
    b"\x1bP$q q\x1b\\",
    b"\x1b_Gx\x1b\\",
    b"\x1bc",
    b"\x1b(0",
    b"\x07",
    b"\x08",
    b"\t",
    b"\r",
    b"\x00",
    b"\x7f",
    "\u009b".encode(),
    "\u0085".encode(),
    b"\x9b",
    b"\xff",
    b"\xed\xa0\x80",
]


@pytest.mark.parametrize("data", TEXTUAL_SENDS)
def test_what_textual_sends_passes(data: bytes) -> None:
    assert forbidden_controls(b"a" + data + b"b") == []


@pytest.mark.parametrize("data", ATTACKS)
def test_what_acts_on_the_terminal_is_reported_with_its_place(data: bytes) -> None:
    found = forbidden_controls(b"ab" + data + b"z")
    assert found
    assert found[0].endswith("at byte 2")


def test_a_sequence_that_never_ends_is_reported() -> None:
    assert forbidden_controls(b"\x1b]52;c;QQ== and so on") == ["escape b'\\x1b]' at byte 0"]
    assert forbidden_controls(b"text\x1b") == ["control b'\\x1b' at byte 4"]


def test_a_copy_passes_where_it_is_allowed() -> None:
    assert forbidden_controls(b"\x1b]52;c;QQ==\x07") != []
    assert forbidden_controls(b"\x1b]52;c;QQ==\x07", [CLIPBOARD]) == []


def test_characters_that_nobody_sees_and_forbidden_pieces_are_harm() -> None:
    assert harm(b"".join(TEXTUAL_SENDS)) == []
    assert harm("a\u202eb\u200bc".encode()) == [r"character '\u200b'", r"character '\u202e'"]
    assert harm(b"\x1b[8;5mx\x1b]0;y\x07", forbidden=["\x1b[8;5m", "z"]) == [
        r"osc b'\x1b]0;y\x07' at byte 7",
        r"piece '\x1b[8;5m'",
    ]


@given(st.lists(st.sampled_from(TEXTUAL_SENDS + ATTACKS) | st.binary(max_size=5)).map(b"".join))
def test_every_byte_is_in_one_token(raw: bytes) -> None:
    assert b"".join(token.data for token in tokens(raw)) == raw


@given(st.lists(st.sampled_from([*TEXTUAL_SENDS, *ATTACKS[:16]])), st.integers(min_value=0))
def test_a_cut_never_tears_a_token(pieces: list[bytes], cut: int) -> None:
    raw = b"".join(pieces)
    start = raw[: cut % (len(raw) + 1)]
    whole = complete_part(start)
    assert _controls(start[:whole]) + _controls(raw[whole:]) == _controls(raw)


def _controls(raw: bytes) -> list[bytes]:
    return [token.data for token in tokens(raw) if token.kind != "text"]


class TestModes:
    START = b"\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[>25u\x1b[?7l"
    END = b"\x1b[?1049l\x1b[?1000l\x1b[?1003l\x1b[?25h\x1b[?2004l\x1b[?1004l\x1b[<u\x1b[?7h"

    def test_all_is_restored(self) -> None:
        assert modes_restored(self.START + self.END) == []
        assert modes_restored(b"") == []

    @pytest.mark.parametrize(
        ("forgotten", "name"),
        [
            (b"\x1b[?1049l", "alternate screen"),
            (b"\x1b[?1003l", "mouse (1003)"),
            (b"\x1b[?25h", "cursor hidden"),
            (b"\x1b[?2004l", "bracketed paste"),
            (b"\x1b[?1004l", "focus reports"),
            (b"\x1b[<u", "keyboard protocol"),
            (b"\x1b[?7h", "line wrap off"),
        ],
    )
    def test_what_is_forgotten_is_named(self, forgotten: bytes, name: str) -> None:
        assert modes_restored(self.START + self.END.replace(forgotten, b"")) == [name]

    def test_several_modes_in_one_sequence(self) -> None:
        assert modes_restored(b"\x1b[?1002;1006h\x1b[?1006l") == ["mouse (1002)"]
