"""What a filter's words mean."""

from __future__ import annotations

import pytest

from earwig.core.content.turns import is_failure, is_tool_call, is_tool_traffic
from earwig.core.model.entries import Item, Oversized, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.filtering import BadFilter, EntryFilter, read_filter
from tests.made_entries import line_entry

CALL = '{"content":null,"tool_calls":[{"arguments":"{}","id":"toolu_OK","name":"search"}]}'
ITEMS: dict[str, Item] = {
    "asked": ChatMessage.user("Where is my Invoice?"),
    "answered": ChatMessage.assistant("Here: invoice 12"),
    "called": ChatMessage.assistant(CALL),
    "result": ChatMessage.tool('{"content":"found"}'),
    "failed": ChatMessage.assistant("[Task failed — not continuing this request]"),
    "bad": BadLine("is not JSON", b"{"),
    "long": Oversized(1 << 30, b""),
    "gone": RemovedEntry(1, ChatMessage.user("invoice"), 0.0),
}


def left(words: str) -> set[str]:
    limit = read_filter(words)
    assert limit is not None
    return {name for name, item in ITEMS.items() if limit.matches(line_entry(0, 1, item, 1))}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("role:user", "asked gone"),
        ("role:user,tool", "asked gone result"),
        ("-role:assistant", "asked gone result bad long"),
        ("invoice", "asked answered gone"),
        ("Invoice", "asked"),
        ("-invoice role:assistant", "called failed"),
        ('"invoice 12"', "answered"),
        ("tools", "called result"),
        ("-tools role:assistant", "answered failed"),
        ("failed", "failed"),
        ('"failed"', "failed"),
        ("bad", "bad"),
        ("role:user failed", ""),
        ("FAILED", "failed"),
        ("ROLE:user", "asked gone"),
    ],
)
def test_all_parts_must_hold(words: str, names: str) -> None:
    assert left(words) == set(names.split())


@pytest.mark.parametrize("words", ["", "   ", '""', '-""'])
def test_no_words_are_no_filter(words: str) -> None:
    assert read_filter(words) is None


@pytest.mark.parametrize("words", ["role:", "role:,", "-role:"])
def test_half_a_word_is_told(words: str) -> None:
    with pytest.raises(BadFilter, match="which role"):
        read_filter(words)


def test_its_description_is_the_filter_again() -> None:
    limit = read_filter('  role:user,tool  -Tools "to day" -x role:user,tool "bad')
    assert limit is not None
    assert limit.description == 'role:user,tool -tools "to day" -x "bad"'
    assert read_filter(limit.description) == limit
    assert limit != read_filter("role:user")
    assert isinstance(hash(limit), int)
    assert EntryFilter(()).wants(ITEMS["bad"])


@pytest.mark.parametrize(
    ("message", "failed", "call", "traffic"),
    [
        (ChatMessage.assistant("[Task timed out — not continuing this request]"), True, False, False),
        (ChatMessage.user("[Task failed"), False, False, False),
        (ChatMessage.assistant(CALL), False, True, True),
        (ChatMessage.user(CALL), False, False, False),
        (ChatMessage.assistant('{"tool_calls": 3}'), False, False, False),
        (ChatMessage.assistant('{"tool_calls": [' + "[" * 3000), False, False, False),
        (ChatMessage.assistant("[Used tools: shell]\nDone"), False, True, True),
        (ChatMessage.tool("x"), False, False, True),
    ],
)
def test_what_the_bot_leaves_is_known(message: ChatMessage, failed: bool, call: bool, traffic: bool) -> None:
    assert (is_failure(message), is_tool_call(message), is_tool_traffic(message)) == (failed, call, traffic)
