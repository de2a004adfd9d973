"""A message drawn as what it means: earwig's own rows for what is no text, and no text looks like one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.content.entry_relations import Answer, EntryRelation, Missing
from earwig.core.content.parts import Call, Text
from earwig.core.content.reading import read_content
from earwig.core.model.entries import RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.core.text.safe_text import clean, own_text
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import render_entry, with_header
from earwig.ui.rendering.shape import WHOLE, Level, Shape
from tests.data.content_forms import FORMS, PNG, TEXTS
from tests.data.hostile import HOSTILE, forbidden_characters
from tests.ui.rendering.drawing import PALETTE, check_cells, entry_of, style_of, texts

LINE = Shape(Level.LINE)
OPEN = Shape(Level.FULL, quiet=True)
HIDDEN = Shape(Level.HIDDEN)


def drawn(role: str, content: str, width: int = 60, shape: Shape = LINE) -> Block:
    return render_entry(entry_of(ChatMessage(role, content)), width, PALETTE, shape=shape)


def signed(role: str, content: str, width: int = 60, shape: Shape = LINE) -> list[str]:
    """The rows but the blank one, each with the second cell of the gutter."""
    block = drawn(role, content, width, shape)
    rows = [block.signs.get(at, " ") + text for at, text in enumerate(texts(block))]
    assert rows[-1] == " "
    return [row.replace("#7", "").rstrip() for row in rows[:-1]]


def form(name: str, shape: Shape = LINE, width: int = 60) -> list[str]:
    role, content, _ = FORMS[name]
    return signed(role, content, width, shape)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("time, v0.8.0", [" user", " Hello"]),
        ("memory, v0.8.0 gateway", [" user", "▸ memory context · 2 lines", " Hi"]),
        ("WhatsApp group, overheard", [" user", "· observed group message from bob", " hey"]),
        ("IRC channel", [" user", "▸ instructions for IRC · from alice", " hello"]),
        ("email", [" user", "· subject: Order", " Where is it?"]),
        ("Telegram reply", [" user", "▸ reply to @alice · 2 lines", " Yes"]),
        ("Telegram forward, v0.5.8", [" user", "· forwarded from @alice", " Hi"]),
        ("Discord attachments", [" user", " look", "▸ attachments · 3 lines"]),
        ("location", [" user", "· location: 40.712800, -74.006000 — NYC"]),
        ("choice", [" user", "· choice: yes_1"]),
        ("image by path", [" user", "▣ image photo_99_1.jpg", " What is this?"]),
        ("image as data", [" user", "▣ image/png 8 bytes"]),
        ("Slack attachment", [" user", "▣ file a.pdf 1.2 kB", " read it"]),
        ("voice", [" user", "▣ voice", " good morning"]),
        ("voice, QQ", [" user", "▣ voice", " good morning", " bye"]),
        ("used tools, v0.4.0", [" assistant", "· used tools: shell, web_search", " Done."]),
        ("native call, v0.6.6", ["▸ search"]),
        ("native calls with text", [" assistant", " One moment.", "▸ x  {\"a\":1}", "▸ y"]),
        ("tool result", ["▸ tool → search results"]),
        ("tool result as text", ["▸ tool → just text"]),
        ("call in tags", [" assistant", " Let me see.", "▸ shell  ls"]),
        ("results in tags, v0.8.0", ["▸ tool of a → x", "▸ tool of b → error · y"]),
        ("pruned exchange, v0.7.3", [" assistant", "· earlier tool calls, results left out: 3"]),
        ("thinking", [" assistant", "▸ thinking · 2 lines", " Yes."]),
        ("failed", [" assistant  ✗ failed"]),
        ("timed out", [" assistant  ◷ timed out"]),
        ("interrupted", [" assistant  ⊘ interrupted"]),
        ("no reply", [" assistant  – no reply sent"]),
        ("no reply, v0.6.6", [" assistant  – no reply sent: small talk"]),
        ("refused", [" assistant  ⊘ refused", " 🚫 I can't help with that request."]),
        ("stopped", [" assistant  ⊘ interrupted by user", " part of"]),
        ("fallback footer", [" assistant", " Yes.", "▸ answered by another model · 2 lines"]),
    ],
)  # fmt: skip
def test_a_form_is_drawn_as_what_it_is(name: str, rows: list[str]) -> None:
    assert form(name) == rows


def test_what_is_folded_is_there_unfolded() -> None:
    assert form("memory, v0.8.0 gateway", OPEN)[1:] == [
        *("▾ memory context · 2 lines", "   - name: Alice", "   - likes: tea", " Hi"),
    ]
    assert form("native calls with text", OPEN)[1:] == [
        *(" One moment.", '▾ x  {"a":1}', "     {", '       "a": 1', "     }"),
        *("▾ y", "     {}", "▾ reasoning", " hm"),
    ]
    assert form("tool result", OPEN) == [" tool", " search results"]
    assert form("results in tags", OPEN) == ["▾ tool of shell → 2 lines", "   a", "   b"]


def test_json_is_laid_out_and_coloured() -> None:
    content = json.dumps({"content": '{"b":[1,"x"]}', "tool_call_id": "a"})
    block = drawn("tool", content, 40, WHOLE)
    assert texts(block)[1:-1] == ["  {", '    "b": [', "      1,", '      "x"', "    ]", "  }"]
    assert style_of(block, '"b"') != style_of(block, "{")
    plain = render_entry(entry_of(ChatMessage.tool(content)), 40, PALETTE, markdown=False)
    assert texts(plain) == texts(block)
    assert style_of(plain, '"b"') == style_of(plain, "{")


def test_a_call_says_what_came_of_it() -> None:
    content = FORMS["native call, v0.6.6"][1]

    def row(answer: Answer | None, missing: Missing = Missing.UNKNOWN) -> str:
        return signed(
            "assistant", content, 60, Shape(Level.LINE, relation=EntryRelation((answer,), missing))
        )[0]

    assert row(Answer(12, "x")) == "▸ search → 12 lines"
    assert row(Answer(1, "done")) == "▸ search → done"
    assert row(Answer(0, "")) == "▸ search → nothing"
    assert row(Answer(3, "x", "error")) == "▸ search → error · 3 lines"
    assert row(None, Missing.NEVER) == "▸ search → no result"
    assert row(None, Missing.YET) == "▸ search → no result yet"
    assert row(None) == "▸ search"


def test_a_long_argument_gives_way_to_the_outcome() -> None:
    call = {"arguments": json.dumps({"command": "word " * 50}), "id": "a", "name": "shell"}
    content = json.dumps({"content": None, "tool_calls": [call]})
    shape = Shape(Level.LINE, relation=EntryRelation((Answer(12, "x"),)))
    (row,) = signed("assistant", content, 40, shape)
    assert row == "▸ shell  word wo… → 12 lines"
    assert texts(drawn("assistant", content, 40, shape))[0].endswith("12 lines           #7")


def test_a_result_that_is_shown_with_its_call_takes_no_room() -> None:
    content = FORMS["tool result"][1]
    relation = EntryRelation(call=5, called=(Call("c-1", "search", ""),))
    assert drawn("tool", content, 40, Shape(Level.LINE, relation=relation)).rows == ()
    assert signed("tool", content, 40, Shape(Level.FULL, relation=relation)) == [
        " tool of search",
        " search results",
    ]


def test_hidden_lines_are_counted_at_the_first() -> None:
    content = FORMS["tool result"][1]
    first = Shape(Level.HIDDEN, relation=EntryRelation(run=0, run_length=4), run_first=True)
    assert signed("tool", content, 40, first) == ["▸ 4 tool lines hidden"]
    assert drawn("tool", content, 40, Shape(Level.HIDDEN, relation=EntryRelation(run=3))).rows == ()
    assert form("native calls with text", HIDDEN)[1:] == [" One moment.", "▸ 2 tool calls hidden"]


def test_neighbours_of_one_kind_stand_close() -> None:
    content = FORMS["native call, v0.6.6"][1]
    block = drawn("assistant", content, 40, Shape(Level.LINE, tight=True))
    assert texts(block) == [" search".ljust(38) + "#7"]
    assert block.below == 0


def test_the_header_keeps_what_it_says_when_its_number_comes() -> None:
    entry = entry_of(ChatMessage(*FORMS["native call, v0.6.6"][:2]), None)
    block = render_entry(entry, 40, PALETTE, shape=LINE)
    again = with_header(block, entry, 40, PALETTE, own_text("12"), own_text("14:03"), own_text("◌ waiting"))
    assert texts(again)[0] == " search  ◌ waiting            #12  14:03"
    empty = Block(gutter="x", gutter_style=PALETTE.text, rows=())
    assert with_header(empty, entry, 40, PALETTE, own_text("12"), None) is empty


def test_data_is_never_drawn() -> None:
    data = PNG * 50_000
    for role in ("user", "assistant"):
        for content in (f"[IMAGE:data:image/png;base64,{data}] x", f"a [IMAGE:data:image/png;base64,{data}"):
            block = drawn(role, content)
            assert "iVBOR" not in "\n".join(texts(block))
            assert any("image/png" in row for row in texts(block))
            assert len(block.rows) < 6


def test_what_a_message_types_is_never_a_row_of_earwigs() -> None:
    fakes = [row for name in FORMS for row in form(name)] + [
        *(
            "▸ shell  ls → 12 lines",
            " ▸ shell  ls → 12 lines",
            "▣ image a.png",
            "✗ failed",
            "◌ waiting 4 min",
        ),
        *("▸ memory context · 3 lines", "assistant  ✗ failed   #7", "4 tool lines hidden", "▸ 38 more rows"),
    ]
    for role in ("user", "assistant", "system", "tool"):
        for fake in fakes:
            block = drawn(role, f"before\n{fake}\nafter", 60, WHOLE)
            signs = dict(block.signs)
            signs.pop(0, None)
            rows = texts(block)
            assert all(fake not in rows[at] or "\n" in fake for at in signs), fake


def test_a_fake_item_stands_a_cell_further_right_than_a_real_one() -> None:
    real = form("native calls with text")[2]
    fake = signed("assistant", f"One moment.\n{real}")[2]
    assert real.startswith("▸ ")
    assert fake == " " + real


@pytest.mark.parametrize("shape", [LINE, OPEN, HIDDEN])
@pytest.mark.parametrize("name", [*FORMS, *TEXTS])
def test_every_row_is_as_wide_as_asked(name: str, shape: Shape) -> None:
    role, content = (FORMS.get(name) or TEXTS[name])[:2]
    for width in (1, 2, 3, 5, 9, 20, 80):
        block = drawn(role, content, width, shape)
        check_cells(block, width)
        assert all(0 <= row < len(block.rows) - 1 for row in block.signs)


@settings(max_examples=80)
@given(
    st.lists(st.sampled_from([*(it[1] for it in FORMS.values()), *HOSTILE.values()]), max_size=4).map(
        "\n".join
    ),
    st.sampled_from(["user", "assistant", "tool"]),
    st.sampled_from([LINE, OPEN, HIDDEN]),
    st.integers(1, 60),
)
def test_any_mixture_is_drawn_without_harm(content: str, role: str, shape: Shape, width: int) -> None:
    block = drawn(role, content, width, shape)
    check_cells(block, width)
    assert not forbidden_characters("".join(texts(block)))


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
def test_hostile_words_do_no_harm_in_any_form(hostile: str) -> None:
    text = HOSTILE[hostile]
    line = text.replace("\n", " ").replace("]", "").replace(">", "")[:150]
    call = {"arguments": json.dumps({"command": text}), "id": text, "name": text}
    contents = [
        ("assistant", json.dumps({"content": text, "tool_calls": [call]})),
        ("tool", json.dumps({"content": text, "tool_call_id": text})),
        ("tool", json.dumps({"content": json.dumps({text: [text]}), "tool_call_id": text})),
        ("user", f'[Tool results]\n<tool_result name="{line}" status="{line}">\n{text}\n</tool_result>'),
        ("user", f"[IMAGE:/tmp/{line}]\n[Document: {line}] /tmp/{line}"),
        ("user", f"[Current WhatsApp group message from {line}]\nx"),
        ("user", f"Subject: {line}\n\n[Attachment: {line}]\n{text}"),
        ("user", f"[Memory context]\n{text}\n[/Memory context]\n\nx"),
        ("assistant", f"[No reply sent: {line}]"),
    ]
    for role, content in contents:
        for shape in (LINE, OPEN):
            for width in (7, 80):
                block = drawn(role, content, width, shape)
                check_cells(block, width)
                assert not forbidden_characters("".join(texts(block)))


@pytest.mark.parametrize("name", FORMS)
def test_all_that_was_said_is_drawn(name: str) -> None:
    role, content, _ = FORMS[name]
    shown = "".join(texts(drawn(role, content, 400)))
    for part in read_content(role, content):
        if isinstance(part, Text):
            said = content[part.start : part.stop].strip("`\n ")
            assert all(line.strip("`") in shown for line in said.split("\n"))


def test_the_source_is_the_stored_text() -> None:
    for role, content, _ in FORMS.values():
        block = render_entry(entry_of(ChatMessage(role, content)), 2000, PALETTE, source=True)
        assert block.signs == {}
        assert [row for row in texts(block)[1:-1] if row] == [
            row.rstrip() for row in clean(content).split("\n") if row
        ]


def test_a_removed_of_any_form_is_struck() -> None:
    for role, content, _ in FORMS.values():
        removed = RemovedEntry(1, ChatMessage(role, content), 0.0)
        block = render_entry(entry_of(removed), 60, PALETTE, shape=LINE)
        check_cells(block, 60)
        assert block.gutter == "╌"
        assert texts(block)[0].endswith("withdrawn 00:00")
