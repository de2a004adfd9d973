"""Ghosts, and the messages on a bad line: readable, and never like a message that is loaded."""

from __future__ import annotations

import json

import pytest

from earwig.core.model.entries import Oversized, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.core.text.safe_text import own_text
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import render_entry, with_header
from earwig.ui.rendering.fused import SHOWN
from earwig.ui.rendering.roles import GUTTERS
from earwig.ui.transcript.entry_cache import EntryCache
from tests.core.bot_writer import line_of
from tests.data.hostile import HOSTILE, ROLES, harm_in
from tests.made_entries import line_entry
from tests.ui.rendering.drawing import PALETTE, THEMES, check_cells, entry_of, look_of, texts

THEN = 1_700_000_000.0
FUSED = line_of("user", "where is it?") + line_of("assistant", "on its\nway")


def bad(raw: bytes) -> BadLine:
    item = decode_line(raw)
    assert isinstance(item, BadLine)
    return item


def safe(block: Block, width: int) -> None:
    check_cells(block, width)
    assert [harm for strip in block.rows for harm in harm_in(strip.text)] == []
    assert block.gutter not in GUTTERS.values()


def test_a_removed_is_struck_muted_and_says_when() -> None:
    removed = RemovedEntry(1, ChatMessage("assistant", "**on** its way"), THEN)
    block = render_entry(entry_of(removed, None), 40, PALETTE)
    assert texts(block) == ["assistant" + " " * 16 + "withdrawn 22:13", "on its way", ""]
    assert (block.gutter, block.gutter_style) == ("╌", PALETTE.muted)
    styles = [piece.style for piece in block.rows[1] if piece.text.strip() and piece.style is not None]
    assert styles
    assert all(style.strike and style.color == PALETTE.muted.color for style in styles)
    assert not any(
        piece.style.strike for row in (block.rows[0], block.rows[2]) for piece in row if piece.style
    )
    again = with_header(block, entry_of(removed, None), 40, PALETTE, own_text(""), None)
    assert texts(again) == texts(block)


@pytest.mark.parametrize(
    ("removed", "header"),
    [
        (
            RemovedEntry(1, ChatMessage("user", "x"), THEN, replaced=True),
            "user" + " " * 23 + "replaced 22:13",
        ),
        (RemovedEntry(1, ChatMessage("User", "x"), THEN), '"User"' + " " * 20 + "withdrawn 22:13"),
        (RemovedEntry(1, BadLine("is not JSON", b"{"), THEN), "a bad line" + " " * 16 + "withdrawn 22:13"),
        (
            RemovedEntry(1, Oversized(9_000_000, b"x"), THEN),
            "a line of 9.0 MB" + " " * 10 + "withdrawn 22:13",
        ),
        (RemovedEntry(1, None, THEN, messages=1200), "and 1,200 more messages   withdrawn 22:13"),
        (RemovedEntry(1, None, THEN, messages=1), "and 1 more message" + " " * 8 + "withdrawn 22:13"),
        (RemovedEntry(1, None, THEN, messages=None), "and more messages" + " " * 9 + "withdrawn 22:13"),
    ],
)
def test_a_removed_entry_says_what_it_was(removed: RemovedEntry, header: str) -> None:
    assert texts(render_entry(entry_of(removed, None), 41, PALETTE))[0] == header


def test_a_growing_number_is_drawn_anew() -> None:
    cache = EntryCache(PALETTE)
    for count in (1200, 1201):
        gone = RemovedEntry(1, None, THEN, messages=count)
        block = cache.block(line_entry(0, 0, gone, None, complete=False))
        assert texts(block)[0].startswith(f"and {count:,} more messages")


def test_whole_messages_on_a_bad_line_can_be_read_in_it() -> None:
    block = render_entry(entry_of(bad(FUSED)), 60, PALETTE)
    rows = texts(block)
    assert "fused on one line" in rows[0]
    assert rows[2:] == [
        "the bot skips this line: it would have been 2 messages",
        "  user" + " " * 44 + "not loaded",
        "  where is it?",
        "  assistant" + " " * 39 + "not loaded",
        "  on its",
        "  way",
        "",
    ]
    assert block.gutter == "✗"
    styles = {piece.style for row in block.rows[2:] for piece in row if piece.text.strip()}
    assert styles == {PALETTE.muted}


def test_one_whole_message_beside_a_torn_one_is_there_too() -> None:
    rows = texts(render_entry(entry_of(bad(FUSED[:20] + FUSED)), 60, PALETTE))
    assert "the bot skips this line: it would have been 2 messages" in rows
    rows = texts(render_entry(entry_of(bad(b"\0" + line_of("user", "here"))), 60, PALETTE))
    assert rows[2:4] == [
        "the bot skips this line: a whole message is lost with it",
        "  user" + " " * 44 + "not loaded",
    ]
    assert texts(render_entry(entry_of(bad(b"{")), 60, PALETTE))[2:] == [""]


def test_of_many_fused_messages_a_row_counts_the_others() -> None:
    block = render_entry(entry_of(bad(line_of("user", "x") * 50)), 60, PALETTE)
    assert texts(block)[-2] == f"… {50 - SHOWN} more: enter to read all"
    assert len(block.rows) == 3 + 2 * SHOWN + 2


@pytest.mark.parametrize("width", [1, 2, 3, 20, 80])
@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
def test_hostile_text_is_safe_in_removed_entries_and_in_fused_lines(theme: str, width: int) -> None:
    assert theme in THEMES
    palette = look_of(theme)
    for number, content in enumerate(HOSTILE.values()):
        role = [*ROLES.values()][number % len(ROLES)]
        message = ChatMessage(role, content)
        raw = json.dumps(message._asdict()).encode() * 2
        for item in (RemovedEntry(1, message, THEN), bad(raw), RemovedEntry(2, bad(raw), THEN)):
            safe(render_entry(entry_of(item), width, palette), width)
