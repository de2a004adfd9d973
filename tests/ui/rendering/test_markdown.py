"""Every construct of Markdown, as the rows that a reader sees."""

from __future__ import annotations

import pytest

from earwig.core.model.message import ChatMessage
from earwig.ui.rendering.entry import render_entry
from tests.ui.rendering.drawing import PALETTE, THEMES, body, draw, entry_of, look_of, style_of


def test_headings_are_marked_without_colour() -> None:
    assert body("# One\n\n### Three ###\n\nSetext\n===") == ["# One", "", "### Three", "", "# Setext"]
    assert style_of(draw("# One"), "One").bold


@pytest.mark.parametrize("theme", THEMES)
def test_no_heading_looks_like_a_header(theme: str) -> None:
    palette = look_of(theme)
    item = ChatMessage("assistant", "# user\n\nuser\n====")
    rows = render_entry(entry_of(item), 60, palette).rows[1:]
    headings = [row for row in rows if "user" in row.text]
    assert [row.text.rstrip() for row in headings] == ["# user", "# user"]
    styles = [segment.style for row in headings for segment in row if "user" in segment.text]
    assert all(style is not None and style.underline for style in styles)
    assert not any(style is not None and style.color == palette.user.color for style in styles)
    assert not palette.user.underline


def test_emphasis_is_an_attribute_and_not_a_letter() -> None:
    block = draw("an *em*, a __strong__, a ~~strike~~, a `code`")
    assert body("an *em*, a __strong__, a ~~strike~~, a `code`") == ["an em, a strong, a strike, a code"]
    assert style_of(block, "em").italic
    assert style_of(block, "strong").bold
    assert style_of(block, "strike").strike
    assert style_of(block, "code") == PALETTE.code
    assert style_of(draw("***both***"), "both").bold
    assert style_of(draw("***both***"), "both").italic


def test_line_breaks_of_a_chat_stay() -> None:
    assert body("*one*\ntwo  \nthree\\\nfour\n\nfive") == ["one", "two", "three", "four", "", "five"]


def test_bullets_nest() -> None:
    assert body("- a\n- b\n  - c\n    more\n    - d\n- e") == [
        "• a",
        "• b",
        "  • c",
        "    more",
        "    • d",
        "• e",
    ]


def test_loose_lists_have_blank_rows() -> None:
    assert body("- a\n\n- b\n\n  c") == ["• a", "", "• b", "", "  c"]


def test_an_item_may_be_empty_or_hold_code() -> None:
    assert body("-\n- ```\n  x\n  ```") == ["•", "•   x"]


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("3. c\n4. d", ["3. c", "4. d"]),
        ("1. a\n1. b\n1. c", ["1. a", "2. b", "3. c"]),
        ("1. a\n3. c", ["1. a", "3. c"]),
        ("1) a\n2) b", ["1) a", "2) b"]),
        ("9. i\n10. j", [" 9. i", "10. j"]),
        ("007. bond", ["007. bond"]),
        ("2. a\n   1. b\n\n   text\n3. c", ["2. a", "", "   1. b", "", "   text", "", "3. c"]),
    ],
)
def test_numbers_are_those_that_were_written(source: str, rows: list[str]) -> None:
    assert body(source) == rows


def test_task_lists_are_text() -> None:
    assert body("- [ ] to do\n- [x] done") == ["• [ ] to do", "• [x] done"]


def test_quotes_nest_and_wrap_inside_their_bar() -> None:
    assert body("> one two three\n> > four", 12) == ["│ one two", "│ three", "│", "│ │ four"]


def test_rules_are_as_wide_as_the_text() -> None:
    assert body("a\n\n***\n\nb", 10) == ["a", "", "─" * 10, "", "b"]


def test_code_has_its_language_above_it_and_is_wrapped() -> None:
    assert body("```python title=x\nif a:\n\treturn  b\n```", 30) == [
        "  python title=x",
        "  if a:",
        "          return  b",
    ]
    assert body("```\n" + "x" * 25 + "\n```", 12) == ["  " + "x" * 10, "  " + "x" * 10, "  xxxxx"]
    assert body("    indented\n\n    code") == ["  indented", "", "  code"]


def test_code_fills_its_rows() -> None:
    for strip in draw("```\nx\n```", 20).rows[1:-1]:
        assert {segment.style for segment in strip} == {PALETTE.code_block}


def test_an_open_fence_shows_all() -> None:
    assert body("**so**\n```\nx\n\ny") == ["so", "", "  x", "", "  y"]


def test_tables_have_borders_and_alignment() -> None:
    source = "| a | left | mid | right |\n|---|:---|:-:|--:|\n| **1** | x | y | z |\n| longer |||"
    assert body(source) == [
        "┌────────┬──────┬─────┬───────┐",
        "│ a      │ left │ mid │ right │",
        "├────────┼──────┼─────┼───────┤",
        "│ 1      │ x    │  y  │     z │",
        "│ longer │      │     │       │",
        "└────────┴──────┴─────┴───────┘",
    ]
    assert style_of(draw(source), "left").bold


def test_cells_fold_and_rows_stay_apart() -> None:
    assert body("| a | b |\n|-|-|\n| one two | " + "x" * 9 + " |\n| 1 | 2 |", 17) == [
        "┌───────┬───────┐",
        "│ a     │ b     │",
        "├───────┼───────┤",
        "│ one   │ xxxxx │",
        "│ two   │ xxxx  │",
        "├───────┼───────┤",
        "│ 1     │ 2     │",
        "└───────┴───────┘",
    ]


def test_wide_characters_keep_the_borders_straight() -> None:
    assert body("|a|b|\n|-|-|\n|日本|é|") == [
        "┌──────┬───┐",
        "│ a    │ b │",
        "├──────┼───┤",
        "│ 日本 │ é │",
        "└──────┴───┘",
    ]


def test_a_table_that_does_not_fit_is_shown_as_it_was_written() -> None:
    source = "|aaaa|bbbb|cccc|\n|-|-|-|\n|1|2|3|"
    assert body(source, 18) == ["|aaaa|bbbb|cccc|", "|-|-|-|", "|1|2|3|"]
    assert body(source, 19)[0].startswith("┌")


def test_a_table_whose_rows_have_too_many_cells_is_shown_as_it_was_written() -> None:
    assert body("# h\n\n|a|b|\n|-|-|\n|1|2|lost|") == ["# h", "", "|a|b|", "|-|-|", "|1|2|lost|"]


def test_links_show_their_target() -> None:
    assert body("[bank](http://evil.example/x) [a *b*](<c d> 'why')", 80) == [
        'bank (http://evil.example/x) a b (c d "why")'
    ]
    assert body("[](http://e.example) [x]()") == ["(http://e.example) x ()"]
    assert style_of(draw("[bank](http://e.example)"), "bank").underline


def test_a_link_that_is_its_own_text_is_shown_once() -> None:
    source = "<https://a.example> <me@b.example> [https://c.example](https://c.example) https://d.example"
    assert body(source, 99) == ["https://a.example me@b.example https://c.example https://d.example"]


def test_link_targets_are_shown_as_stored() -> None:
    source = "[x](http://b.example/%41&amp;&#x202e;\\)é) [y](file%3A///etc)"
    assert body(source, 99) == ["x (http://b.example/%41&amp;&#x202e;\\)é) y (file%3A///etc)"]


def test_images_show_where_they_are() -> None:
    assert body("![alt *text*](http://e.example/p.png) ![](q.png)") == [
        "alt text (http://e.example/p.png) (q.png)"
    ]


def test_references_are_text() -> None:
    source = "[text][ref] and [ref]\n\n[ref]: https://e.example 'title'"
    assert body(source) == source.split("\n")


def test_html_is_text() -> None:
    source = "<div>\n<!-- note -->\n<b>*x*</b>\n</div>\n\n<script>y</script>"
    assert body(source) == ["<div>", "<!-- note -->", "<b>x</b>", "</div>", "", "<script>y</script>"]


@pytest.mark.parametrize("markup", ["*", ""])
def test_entities_and_escapes_are_what_they_mean(markup: str) -> None:
    stored = rf"{markup}a{markup} &amp; &lt;b&gt; &#65;&nbsp;&eacute; 5\*3 \= 15\. Hi\! \_x\_ C:\dir AT&T &x;"
    assert body(stored) == ["a & <b> A\u00a0é 5*3 = 15. Hi! _x_ C:\\dir AT&T &x;"]
    assert body(stored, source=True)[0].startswith(rf"{markup}a{markup} &amp;")


def test_entities_cannot_hide_or_command_anything() -> None:
    assert body("*a* &#x1b;[2J &#x202e;b &#27; &#0; &#8203;| &#xfe0f;| &NewLine;| &#xd800; &Tab;|") == [
        "a \ufffd[2J \ufffdb \ufffd \ufffd | | ␊| \ufffd  |"
    ]
    assert body("```&#x1b;[2J \x1b\nx\n```")[0] == "  &#x1b;[2J ␛"


@pytest.mark.parametrize(
    ("stored", "drawn", "strong"),
    [
        (
            "**重要：これはテストです。「注意」**してください",
            "重要：これはテストです。「注意」してください",
            "重要",
        ),
        ("中文**粗体。**后文", "中文粗体。后文", "粗体。"),
        ("これは**「太字」**です", "これは「太字」です", "「太字」"),
        ("한국어**(강조)**입니다", "한국어(강조)입니다", "(강조)"),
        ("**价格：100元**（含税）", "价格：100元（含税）", "价格"),
        ("日本語の~~「これ」~~は", "日本語の「これ」は", "「これ」"),
        ("**ok!** yes", "ok! yes", "ok!"),
    ],
)
def test_emphasis_beside_wide_punctuation(stored: str, drawn: str, strong: str) -> None:
    assert body(stored) == [drawn]
    style = style_of(draw(stored), strong)
    assert style.bold or style.strike


@pytest.mark.parametrize("stored", ['a**"b"**c', "2 ** 3 ** 4", "snake_case_name", "a_「b」_c"])
def test_what_is_no_emphasis_stays_as_it_is(stored: str) -> None:
    assert body(stored) == [stored]


def test_other_roles_and_the_source_are_plain() -> None:
    source = "# a\n\n  *b*\n- [c](d)"
    for role in ("tool", "system", "operator"):
        assert body(source, role=role) == source.split("\n")
    for role in ("user", "assistant"):
        assert body(source, role=role)[0] == "# a"
        assert "b" in body(source, role=role)
        assert body(source, role=role, source=True) == source.split("\n")
