"""Who speaks, what the header says, and lines that are no messages."""

from __future__ import annotations

import pytest

from earwig.core.model.entries import Item, Oversized, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import render_entry, with_header
from tests.ui.rendering.drawing import PALETTE, THEMES, body, check_cells, draw, entry_of, look_of, texts

KNOWN = ("user", "assistant", "tool", "system")


@pytest.mark.parametrize("role", KNOWN)
def test_a_known_role_has_its_name_style_and_gutter(role: str) -> None:
    block = draw("hello", 30, role)
    assert texts(block) == [role.ljust(28) + "#7", "hello", ""]
    assert block.gutter_style == getattr(PALETTE, role)
    assert {draw("x", role=other).gutter for other in KNOWN if other != role}.isdisjoint(block.gutter)


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (" user", '" user"'),
        ("USER", '"USER"'),
        ("usеr", r'"us\u0435r"'),
        ("ｕｓｅｒ", r'"\uff55\uff53\uff45\uff52"'),
        ("user\u200b", r'"user\u200b"'),
        ("\u202eresu", r'"\u202eresu"'),
        ("user\nassistant", r'"user\nassistant"'),
        ("\x1b[2J\x7f", r'"\x1b[2J\x7f"'),
        ('a"b\\', r'"a\"b\\"'),
        ("\ud800", r'"\ud800"'),
        ("", '""'),
        ("function_call_output_with_name", '"function_call_output_with_name"'),
        ("function_call_output_with_names", '"function_call_output_with_nam…"'),
    ],
)
def test_an_unknown_role_is_quoted_and_looks_like_no_other(role: str, shown: str) -> None:
    block = draw("x", 60, role)
    assert texts(block)[0] == f"{shown:58}#7"
    assert len(shown) <= 32
    assert block.gutter == "?"
    assert block.gutter_style == PALETTE.other
    assert next(iter(block.rows[0])).style == PALETTE.other
    assert {PALETTE.other, PALETTE.bad}.isdisjoint(
        {PALETTE.user, PALETTE.assistant, PALETTE.tool, PALETTE.system}
    )


def test_a_role_of_ten_million_characters_is_cut() -> None:
    (header, *_) = texts(draw("x", 60, "user\x1b" * 2_000_000))
    assert header == r'"user\x1buser\x1buser\x1buser\…"' + " " * 26 + "#7"


NUMBER = own_text("1202")


def _message(width: int, number: SafeText = NUMBER, seen: SafeText | None = None) -> str:
    entry = entry_of(ChatMessage("user", "x"), 1202)
    block = render_entry(entry, width, PALETTE)
    return with_header(block, entry, width, PALETTE, number, seen).rows[0].text


def test_the_header_says_what_there_is_room_for() -> None:
    seen = own_text("seen 14:03")
    assert _message(30, seen=seen) == "user         #1202  seen 14:03"
    assert _message(23, seen=seen) == "user  #1202  seen 14:03"
    assert _message(22, seen=seen) == "user             #1202"
    assert _message(10, seen=seen) == "user      "
    assert _message(3, seen=seen) == "us…"
    assert _message(30, number=own_text("~1200")) == "user                    #~1200"


def test_a_message_whose_number_is_not_known_has_none() -> None:
    block = render_entry(entry_of(ChatMessage("user", "x"), None), 20, PALETTE)
    assert texts(block) == ["user", "x", ""]


@pytest.mark.parametrize("role", ["user", "tool"])
def test_nothing_to_show_is_said(role: str) -> None:
    assert body("", role=role) == ["(empty)"]
    for blank in ("  ", "\n\n", "\t \u3000\n"):
        assert body(blank, role=role) == ["(blank)"]
    assert body("\u200b\u200b", role=role) == ["(blank)", "hidden characters: 2"]


def test_hidden_characters_are_counted() -> None:
    assert body("pass\u200bword\ufeff") == ["password", "hidden characters: 2"]
    assert body("*pass\u200bword*")[-1] == "hidden characters: 1"
    assert body("visible") == ["visible"]


def test_plain_text_keeps_its_spaces_tabs_and_lines() -> None:
    assert body("a\tb\n\n  c  d\n\n\n", role="tool") == ["a       b", "", "  c  d"]
    assert body("\n\n*x", role="tool") == ["", "", "*x"]


def _line(item: BadLine | Unfinished | Oversized, width: int = 70, number: int | None = 1201) -> Block:
    block = render_entry(entry_of(item, number), width, PALETTE)
    check_cells(block, width)
    return block


def test_a_bad_line_says_why_and_how_it_begins() -> None:
    bad = BadLine("is not JSON: unexpected end of data", b'{"role":\x1b[2J\xff\n"\xd0\xb5')
    block = _line(bad)
    assert texts(block) == [
        "line 1201 is not JSON: unexpected end of data".ljust(60) + "enter: raw",
        '{"role":␛[2J\\xff␊"е',
        "",
    ]
    assert (block.gutter, block.gutter_style) == ("✗", PALETTE.bad)
    assert texts(_line(bad, 50))[0] == "line 1201 is not JSON: unexpected end of data"
    assert texts(_line(bad, 20)) == ["line 1201 is not JS…", '{"role":␛[2J\\xff␊"е', ""]
    assert texts(_line(bad, number=None))[0].startswith("a line is not JSON")


def test_a_bad_line_of_a_megabyte_is_one_row() -> None:
    assert texts(_line(BadLine("is not JSON", b"\xe6\x97\xa5" * 400_000), 20))[1:] == ["日" * 9 + "…", ""]


def test_a_line_that_cannot_be_judged_is_not_called_bad() -> None:
    unfinished = _line(Unfinished(b'{"role": "us'))
    assert texts(unfinished) == ["line 1201 is still being written", '{"role": "us', ""]
    oversized = _line(Oversized(1_000_000_000, b'{"role": "user", "content": "xxxx'))
    assert texts(oversized) == [
        "line 1201 · 1.0 GB: too long to draw",
        '{"role": "user", "content": "xxxx',
        "",
    ]
    for block in (unfinished, oversized):
        assert block.gutter not in "✗?▌┃┊╏"
        assert block.gutter_style == PALETTE.muted


def test_gutters_are_one_cell() -> None:
    items: list[Item] = [BadLine("r", b""), Unfinished(b""), Oversized(1, b"")]
    items += [ChatMessage(role, "x") for role in (*KNOWN, "x")]
    for item in items:
        assert len(render_entry(entry_of(item), 10, PALETTE).gutter) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_styles_every_cell(theme: str) -> None:
    palette = look_of(theme)
    source = "# h\n*a* `b` [c](d)\n\n- x\n> q\n\n|a|\n|-|\n|b|\n\n```py\ndef f(): # c\n  return 'x', 1\n```"
    block = render_entry(entry_of(ChatMessage("user", source)), 40, palette)
    check_cells(block, 40)
    colours = {segment.style.color for strip in block.rows for segment in strip if segment.style}
    assert None not in colours
    assert len(colours) >= 3
    assert hash(palette) == hash(look_of(theme))
