"""What matches: literal text in any script, whatever its case, and regular expressions that cannot hang."""

from __future__ import annotations

import itertools
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.find.literal import Literal, _growing
from earwig.core.find.matcher import REPEATS, BadPattern, Expression, Query, TooSlow
from earwig.core.model.message import ChatMessage
from earwig.core.reading import match_count as weighing
from earwig.core.reading.match_count import SLOW_MESSAGES, MatchCount
from tests.data.hostile import HOSTILE

LETTERS = 'aAsSkKßẞſKﬁﬀfFiİıIéÉΣσςǰΐᾳ \n"\\/\x00\u2028😀x'

texts = st.text(alphabet=LETTERS, max_size=12)
needles = st.text(alphabet=LETTERS, min_size=1, max_size=4)


def brute_force(text: str, needle: str, *, fold: bool) -> list[tuple[int, int]]:
    """Leftmost parts of the text that are equal to the needle, once both are folded."""
    wanted = needle.casefold() if fold else needle
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        stops = range(at + 1, len(text) + 1)
        parts = ((stop, text[at:stop]) for stop in stops)
        stop = next((s for s, p in parts if (p.casefold() if fold else p) == wanted), None)
        if stop is None:
            at += 1
        else:
            found.append((at, stop))
            at = stop
    return found


@given(texts, needles, st.booleans())
def test_finds_what_brute_force_does(text: str, needle: str, fold: bool) -> None:
    literal = Literal(needle, fold=fold)
    expected = brute_force(text, needle, fold=fold)
    assert list(literal.spans(text)) == expected
    assert literal.count(text) == len(expected)


def test_every_letter_of_unicode_is_known() -> None:
    for code in range(0x110000):
        char = chr(code)
        folded = char.casefold()
        assert folded
        assert (len(folded) > 1) == bool(_growing().fullmatch(char)), hex(code)


@pytest.mark.parametrize(
    ("query", "text", "count"),
    [
        (Query("invoice"), "Invoice and INVOICE", 2),
        (Query("Invoice"), "Invoice and INVOICE", 1),
        (Query("invoice", exact=True), "Invoice and invoice", 1),
        (Query("strasse"), "Hauptstraße, HAUPTSTRASSE, Straẞe", 3),
        (Query("ὀδυσσεύς"), "ὈΔΥΣΣΕΎΣ", 1),
        (Query("s"), "ß", 0),
        (Query("aa"), "aaaaa", 2),
        (Query(r"in\w+", regex=True), "Invoice in INN", 2),
        (Query(r"\W+", regex=True), "a, b", 1),
        (Query(r"\p{Lu}b", regex=True), "Ab", 1),
        (Query(r"In\w+", regex=True), "Invoice inn", 1),
        (Query("^b$", regex=True), "a\nb\nc", 1),
        (Query("x*", regex=True), "axxb", 1),
        (Query(r"(?P<n>ab)(?P=n)", regex=True), "ABab", 1),
    ],
    ids=str,
)
def test_examples(query: Query, text: str, count: int) -> None:
    assert query.matcher().count(text) == count


@pytest.mark.parametrize(
    "pattern", ["(", "[", "*", r"\p{Foo}", "(?P<x>", "a{2,1}", r"\N{no such}", "(?1)", "\\", "x" * 600]
)
def test_what_is_no_expression_is_said(pattern: str) -> None:
    with pytest.raises(BadPattern, match=r"\w"):
        Query(pattern, regex=True).matcher()


@pytest.mark.parametrize(
    "pattern", ["(a{1000}){1000}", "((a{300}){300})", f"a{{{REPEATS + 1}}}", "a{9999999999}"]
)
def test_what_would_take_minutes_to_make_is_refused(pattern: str) -> None:
    begun = time.monotonic()
    with pytest.raises(BadPattern, match="repeats too often"):
        Query(pattern, regex=True).matcher()
    assert time.monotonic() - begun < 30


CATASTROPHIC = r"^(([a-z])+.)+[A-Z]([a-z])+$"


def test_an_expression_that_would_never_end_is_given_up() -> None:
    begun = time.monotonic()
    with pytest.raises(TooSlow):
        Expression(CATASTROPHIC, fold=False).count("a" * 5000)
    assert time.monotonic() - begun < 30  # it would be years


def test_an_expression_is_not_slow_because_the_machine_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    match_count = MatchCount(Expression("a.", fold=False))
    seconds = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: next(seconds), thread_time=time.thread_time)
    monkeypatch.setattr(weighing, "time", clock)
    for _ in range(2 * SLOW_MESSAGES):
        assert match_count(ChatMessage.user("ab ac")) == 2


def test_after_some_slow_messages_the_whole_search_is() -> None:
    match_count = MatchCount(Expression(CATASTROPHIC, fold=False))
    slow = ChatMessage.user("a" * 5000)
    for _ in range(SLOW_MESSAGES - 1):
        assert match_count(slow) == 0
    with pytest.raises(TooSlow):
        match_count(slow)


def test_nothing_is_nothing_to_look_for() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Literal("", fold=True)


def test_a_long_text_is_no_slow_one() -> None:
    match_count = MatchCount(Literal("ss", fold=True))
    message = ChatMessage.user("ß and ss " * 300_000)
    assert [match_count(message) for _ in range(2)] == [600_000] * 2


@pytest.mark.parametrize("regex", [False, True], ids=["text", "expression"])
def test_whatever_strangers_write_can_be_looked_for_and_looked_through(regex: bool) -> None:
    for hostile in HOSTILE.values():
        content = hostile[:200] or "empty"
        try:
            matcher = Query(content, regex=regex, exact=True).matcher()
        except BadPattern:
            continue
        found = [content[start:stop] for start, stop in matcher.spans(content)]
        assert regex or found == [content]
