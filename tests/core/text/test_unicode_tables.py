"""The tables of characters, held against those that the `regex` library has of Unicode's own."""

from __future__ import annotations

import pytest
import regex

from earwig.core.text import safe_text
from earwig.core.text.safe_text import REPLACEMENT, clean, hidden_count

EVERY = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
"""All characters but the halves of surrogate pairs."""


def having(properties: str) -> set[str]:
    return set(regex.findall(f"(?V1)[{properties}]", EVERY))


def shown_as_they_are(chars: set[str]) -> set[str]:
    return {char for char in chars if clean(char) == char}


@pytest.mark.parametrize(
    ("table", "properties"),
    [
        (safe_text._BIDI, r"\p{Bidi_Control}"),
        (safe_text._SELECTORS, r"\p{Variation_Selector}"),
        (safe_text._MODIFIERS, r"\p{Variation_Selector}\p{Emoji_Modifier}\u200d"),
    ],
    ids=["directions", "selectors", "modifiers"],
)
def test_a_table_is_what_unicode_has_of_that_name(table: frozenset[str], properties: str) -> None:
    assert table == having(properties)


def test_nothing_that_is_drawn_as_nothing_is_shown() -> None:
    """Unicode's characters without a shape of their own, and those that annotate others."""
    assert shown_as_they_are(having(r"\p{Default_Ignorable_Code_Point}\ufff9-\ufffb")) == set()


def test_what_goes_without_a_trace_is_counted_but_for_parts_of_emoji() -> None:
    gone = {char for char in having(r"\P{Cn}") if clean(char) == ""}
    assert gone <= having(r"\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}\ufff9-\ufffb")
    assert {char for char in gone if not hidden_count(f"a{char}b")} <= having(
        r"\p{Emoji_Modifier}\p{Variation_Selector}\u200d"
    )


def test_no_control_and_no_surrogate_is_shown_and_no_letter_is_lost() -> None:
    assert shown_as_they_are(having(r"\p{Cc}") - {"\t", "\n"}) == set()
    assert clean("\ud800") == REPLACEMENT
    drawn = having(r"[\p{L}\p{N}\p{P}\p{S}\p{Zs}]--[\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}]")
    assert {char for char in drawn - shown_as_they_are(drawn) if clean(char) != REPLACEMENT} == set()


def test_what_has_an_emoji_form_in_ascii_may_stand_before_a_selector() -> None:
    ascii_emoji = having(r"\p{Emoji}&&\p{ASCII}")
    assert {char for char in map(chr, range(0x80)) if not hidden_count(f"{char}\ufe0f")} == ascii_emoji
