"""What neighbouring messages have to do with one another: call and result, question and answer."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from earwig.core.content.entry_relations import (
    NO_RELATION,
    EntryRelation,
    Missing,
    Relations,
    Turn,
    facts_of,
    relate,
)
from earwig.core.model.entries import Entry, Item, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from tests.made_entries import line_entry


def calls(*ids: str | None, said: str | None = None) -> ChatMessage:
    made = [{"arguments": "{}", "id": id_, "name": f"tool_{id_}"} for id_ in ids]
    return ChatMessage.assistant(json.dumps({"content": said, "tool_calls": made}))


def result(id_: str | None, text: str = "done") -> ChatMessage:
    return ChatMessage.tool(json.dumps({"content": text, "tool_call_id": id_}))


USER = ChatMessage.user("hello")
BOT = ChatMessage.assistant("hi")


def run(*items: Item) -> list[Entry]:
    """Entries at the offsets 0, 10, 20, …"""
    return [line_entry(at * 10, 10, item, at + 1) for at, item in enumerate(items)]


def ties(*items: Item, at_end: bool = True) -> list[EntryRelation]:
    entries = run(*items)
    found = relate(entries, at_end=at_end)
    return [found.get(entry.identity, NO_RELATION) for entry in entries]


def firsts(tie: EntryRelation) -> list[str | None]:
    return [None if answer is None else answer.first for answer in tie.answers]


def test_a_result_belongs_to_the_call_of_its_id() -> None:
    made = ties(USER, calls("a", "b"), result("b", "B"), result("a", "A\nmore"), BOT)
    assert firsts(made[1]) == ["A", "B"]
    assert [answer and (answer.lines, answer.entry) for answer in made[1].answers] == [(2, 30), (1, 20)]
    assert [tie.call for tie in made] == [None, None, 10, 10, None]
    assert [call.name for call in made[2].called] == ["tool_b"]


def test_calls_without_ids_are_answered_in_order() -> None:
    made = ties(calls(None, None), result(None, "first"), result(None, "second"), result(None, "third"), BOT)
    assert firsts(made[0]) == ["first", "second"]
    assert [tie.call for tie in made] == [None, 0, 0, None, None]


def test_a_result_without_an_id_answers_no_call_before_somebody_spoke() -> None:
    assert firsts(ties(calls(None), USER, result(None))[0]) == [None]
    assert firsts(ties(calls(None), calls(None), result(None))[0]) == [None]
    assert firsts(ties(calls("a"), result(None))[0]) == [None]


def test_an_id_that_comes_again_means_the_last_call() -> None:
    made = ties(calls("a"), result("a", "1"), calls("a"), result("a", "2"), result("a", "3"))
    assert [firsts(made[0]), firsts(made[2])] == [["1"], ["2"]]
    assert made[4].call is None


def test_calls_with_one_id_are_answered_in_order() -> None:
    made = ties(calls("a", "a", "b"), result("a", "1"), result("b", "2"), result("a", "3"), result("a"))
    assert firsts(made[0]) == ["1", "3", "2"]
    assert made[4].call is None
    made = ties(calls("a"), calls("a", "a"), result("a", "1"), result("a", "2"))
    assert [firsts(tie) for tie in made[:2]] == [[None], ["1", "2"]]


def test_calls_in_tags_are_answered_by_name_in_a_message_of_the_user() -> None:
    call = "\n".join(f'<tool_call>{{"name":"{name}"}}</tool_call>' for name in "xyx")
    answer = "".join(f'<tool_result name="{n}">\n{t}\n</tool_result>\n' for n, t in ("y1", "x2", "x3"))
    made = ties(USER, ChatMessage.assistant(call), ChatMessage.user("[Tool results]\n" + answer), BOT)
    assert firsts(made[1]) == ["2", "1", "3"]
    assert [tie.call for tie in made] == [None, None, 10, None]
    assert [(tie.run, tie.run_length) for tie in made] == [(None, 0), (10, 2), (10, 0), (None, 0)]
    assert made[0].turn is None


def test_what_is_missing_depends_on_what_follows() -> None:
    assert ties(USER, calls("a"))[1].missing is Missing.YET
    assert ties(USER, calls("a"), at_end=False)[1].missing is Missing.UNKNOWN
    assert ties(USER, calls("a", "b"), result("a"))[1].missing is Missing.YET
    assert ties(USER, calls("a"), BOT, at_end=False)[1].missing is Missing.NEVER
    assert ties(USER, calls("a"), calls("b"))[1].missing is Missing.NEVER


def test_a_result_of_no_call_stands_for_itself() -> None:
    for item in (result("a"), ChatMessage.tool("text"), ChatMessage.tool("")):
        assert ties(item)[0].call is None
    assert firsts(ties(calls(None), ChatMessage.tool("text"))[0]) == [None]


def test_neighbours_of_tool_traffic_are_a_run() -> None:
    made = ties(
        USER, calls("a"), result("a"), calls("b"), result("b"), BOT, calls("c", said="look"), result("c")
    )
    assert [tie.run for tie in made] == [None, 10, 10, 10, 10, None, None, 70]
    assert [tie.run_length for tie in made] == [0, 4, 0, 0, 0, 0, 0, 1]


def test_a_call_knows_whether_its_run_calls_again() -> None:
    made = ties(USER, calls("a"), result("a"), calls("b"), result("b"), BOT, calls("c"), USER, calls("d"))
    assert [tie.next_call for tie in made] == [None, 30, *[None] * 7]


def test_more_entries_may_follow() -> None:
    entries = run(USER, calls("a", "b"), result("b"), calls(None), result(None), result("a"), BOT, USER, USER)
    for stop in range(1, len(entries) + 1):
        relations = Relations()
        for entry in entries[:stop]:
            relations.relation(entry.identity, at_end=True)
            relations.follow(entry, facts_of(entry))
        whole = relate(entries[:stop])
        for entry in entries[:stop]:
            assert relations.relation(entry.identity, at_end=True) == whole.get(entry.identity, NO_RELATION)


def test_a_question_that_was_never_answered() -> None:
    assert [tie.turn for tie in ties(USER, USER, BOT, USER)] == [Turn.UNANSWERED, None, None, Turn.WAITING]
    assert [tie.turn for tie in ties(USER, at_end=False)] == [None]
    assert [tie.turn for tie in ties(USER, calls("a"))] == [None, None]


def test_what_was_only_overheard_waits_for_nothing() -> None:
    overheard = ChatMessage.user("[Observed WhatsApp group message from bob]\n[2026-06-30 16:44:51 +00:00] x")
    assert [tie.turn for tie in ties(overheard, overheard)] == [None, None]
    assert [tie.turn for tie in ties(USER, overheard)] == [None, None]


def test_what_the_bot_does_not_load_has_no_part_in_it() -> None:
    removed, bad = RemovedEntry(1, BOT, 0.0), BadLine("x", b"")
    assert ties(USER, removed, bad, USER)[0].turn is Turn.UNANSWERED
    entries = [
        *run(calls("a")),
        line_entry(10, 0, RemovedEntry(1, result("a"), 0.0), None),
        line_entry(10, 10, result("a", "x"), 2),
    ]
    found = relate(entries)
    assert firsts(found[0]) == ["x"]
    assert -1 not in found


def test_what_is_known_of_a_message_is_small() -> None:
    text = "x" * 1_000_000
    (entry,) = run(result("a", text))
    facts = facts_of(entry)
    assert facts is not None
    assert len(repr(facts)) < 500
    (call,) = run(
        ChatMessage.assistant(
            json.dumps({"content": text, "tool_calls": [{"arguments": text, "id": "a", "name": "b"}]})
        )
    )
    facts = facts_of(call)
    assert facts is not None
    assert len(repr(facts)) < 500


ITEMS = st.sampled_from(
    [USER, BOT, calls("a"), calls("a", None), calls(None, None, said="x"), result("a"), result(None)]
)


@given(st.lists(ITEMS, max_size=20), st.booleans())
def test_pairs_are_pairs(items: list[ChatMessage], at_end: bool) -> None:
    entries = run(*items)
    found = relate(entries, at_end=at_end)
    for identity, tie in found.items():
        for answer in tie.answers:
            if answer is not None:
                assert answer.entry > identity
                assert found[answer.entry].call == identity
        if tie.call is not None:
            assert identity in [answer and answer.entry for answer in found[tie.call].answers]
    lengths = [tie.run_length for tie in found.values()]
    assert sum(lengths) == sum(tie.run is not None for tie in found.values())
