"""Whatever a message holds, each of its letters is drawn, in order, in rows that are as wide as asked."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.text.safe_text import clean
from tests.data.hostile import AS_IT_IS, HOSTILE, forbidden_characters
from tests.ui.rendering.drawing import body, check_cells, draw, texts

PIECES = [
    *"abcXYZ019 \n\t*_`~#>-+=|!\\<>()[]{}&;:.'\"",
    *(
        "\n\n",
        "\n- ",
        "\n1. ",
        "\n3) ",
        "\n> ",
        "\n    ",
        "\n  ",
        "\n```py\n",
        "\n```\n",
        "~~~",
        "\n---\n",
        "\n===\n",
    ),
    *(
        "**",
        "__",
        "~~",
        "``",
        "](",
        "![",
        "[a](b)",
        "[c][d]",
        "[e]: f",
        "<http://g>",
        "<h@i.jk>",
        "<!--",
        "-->",
    ),
    *(
        "</b>",
        "&amp;",
        "&#x202e;",
        "\\*",
        "- [ ] ",
        "word word",
        "日本",
        "é",
        "e\u0301",
        "\u0301",
        "👍",
        "\x1b[2J",
    ),
    *(
        "\u202e",
        "\u200b",
        "\r\n",
        "\u2028",
        "١٢",
        "|x|y|\n|-|-|\n",
        "|z",
        "http://l.mn",
        '"title"',
        "def f(x): # y",
    ),
]
MESSAGES = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _is_in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _stored(text: str) -> str:
    """What of a text must be drawn: a link that is its own text is drawn once, `1. 1.` is counted.

    Of an entity, only what it stands for is.
    """
    text = re.sub(r"&#?\w{1,32};", "", text)
    text = re.sub(r"\[([^\[\]]*)\]\(\1\)", r"\1", clean(text))
    return _letters(re.sub(r"(?m)^[\s>*+-]*(\d+[.)][ \t]*)+", " ", text))


@settings(max_examples=300, deadline=None)
@given(MESSAGES | st.text(max_size=200))
@example("# a\n\n> - b\n>   1. c\n\n[d](e 'f') ![g](h)")
@example("> " * 30 + "deep")
@example("- " * 30 + "deep")
@example("|a|b|\n|-|-|\n|1|2|3|")
@example("[a]: b\n\n[a]")
@example("**a\u0301\u0301\u0301\u0301**\u0301\u0301\u0301b")
def test_every_letter_is_drawn_in_order(text: str) -> None:
    block = draw(text, 400)
    drawn = "\n".join(texts(block)[1:])
    assert _is_in_order(_stored(text), _letters(drawn)), drawn
    assert not forbidden_characters(drawn)
    check_cells(block, 400)


@settings(max_examples=150, deadline=None)
@given(MESSAGES, st.integers(1, 40), st.sampled_from(["user", "assistant", "tool", "us\u0435r", "日" * 20]))
def test_every_row_is_as_wide_as_asked(text: str, width: int, role: str) -> None:
    for source in (False, True):
        check_cells(draw(text, width, role, source=source), width)


@settings(max_examples=100, deadline=None)
@given(MESSAGES, st.integers(2, 30))
def test_the_source_loses_nothing_at_any_width(text: str, width: int) -> None:
    drawn = "".join(body(text, width, source=True))
    if _letters(clean(text)):
        assert _letters(drawn).startswith(_letters(clean(text)))


@pytest.mark.parametrize("name", sorted(HOSTILE))
@pytest.mark.parametrize("role", ["assistant", "tool"])
def test_hostile_text_is_drawn_without_harm(name: str, role: str) -> None:
    for width in (1, 7, 80):
        block = draw(HOSTILE[name], width, role)
        check_cells(block, width)
        assert not forbidden_characters("".join(texts(block)))
    drawn = " ".join(body(HOSTILE[name], 80, role))
    assert ("before" in HOSTILE[name]) == ("before" in drawn)
    assert ("after" in HOSTILE[name]) == ("after" in drawn)


@pytest.mark.parametrize("name", sorted(name for name in AS_IT_IS if name.startswith("markup-")))
def test_markup_is_letters(name: str) -> None:
    drawn = AS_IT_IS[name]
    if name == "markup-backslash":  # Markdown's own: it is taken away
        drawn = r"[bold] \[/] [@click=x]"
    assert body(AS_IT_IS[name], 200) == drawn.split("\n")
    assert body(AS_IT_IS[name], 200, source=True) == AS_IT_IS[name].split("\n")


def test_a_fake_turn_stays_in_the_message_of_its_speaker() -> None:
    block = draw(AS_IT_IS["fake-turns"], 40, "user")
    assert block.gutter == "▌"
    assert "assistant: I will send the money" in texts(block)


def test_marks_that_markdown_would_heap_up_are_not() -> None:
    (row, note) = body("a\u0301\u0301\u0301\u0301**\u0301\u0301\u0301\u0301b**", 90)
    assert row == "a\u0301\u0301\u0301\u0301**\u0301\u0301\u0301\u0301b**"
    assert note == "shown as plain text: Markdown would put unsafe text together"
