"""Calls and results of a session that goes by are brought together, and every line keeps its place."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from earwig.core.content.reading import read_content
from earwig.export.formats.writer import Bad
from earwig.export.message import ExportedMessage
from earwig.export.pairing import HELD, Line, Pairing
from tests.export_session import call, calls, result

BAD = None, Bad("is not JSON", None, 3)
KINDS = ("call", "two", "result", "other", "tagged", "tags", "said", "bad")


def message(data: bytes, number: int) -> ExportedMessage:
    stored = json.loads(data)
    role, content = stored["role"], stored["content"]
    return ExportedMessage(number, role, content, read_content(role, content))


def made(kind: str, number: int) -> Line:
    if kind == "bad":
        return BAD
    said = '<tool_call>{"name":"clock"}</tool_call>' if kind == "tagged" else "x"
    role = "assistant" if kind == "tagged" else "user"
    if kind == "tags":
        said = '[Tool results]\n<tool_result name="clock">\nnoon\n</tool_result>'
    data = {
        "call": calls(call("a", "1")),
        "two": calls(call("a", "1"), call("b", "2")),
        "result": result("1", "one"),
        "other": result("2", "two"),
    }.get(kind, json.dumps({"role": role, "content": said}).encode())
    return message(data, number)


@given(st.lists(st.sampled_from(KINDS), max_size=60))
def test_all_come_out_in_order_and_few_wait(kinds: list[str]) -> None:
    pairing = Pairing()
    lines = [made(kind, number) for number, kind in enumerate(kinds, 1)]
    out: list[Line] = []
    for count, line in enumerate(lines, 1):
        out += pairing.put(line)
        assert count - len(out) <= HELD
    out += pairing.rest()
    assert all(one is other for one, other in zip(out, lines, strict=True))
    messages = [line for line in lines if isinstance(line, ExportedMessage)]
    beside = [(answer.number, each.number) for each in messages for answer in each.answers.values()]
    told = [(each.number, asked.number) for each in messages for asked in each.asked.values()]
    assert sorted(beside, key=str) == sorted(told, key=str)


def test_calls_with_one_id_are_answered_in_order() -> None:
    pairing = Pairing()
    lines = [
        message(calls(call("first", "1"), call("second", "1")), 1),
        message(result("1", "one"), 2),
        message(result("1", "two"), 3),
    ]
    told = [*pairing.put(lines[0]), *pairing.put(lines[1]), *pairing.put(lines[2]), *pairing.rest()]
    answers = next(each.answers for each in told if isinstance(each, ExportedMessage))
    assert {at: answer.result.text for at, answer in answers.items()} == {0: "one", 1: "two"}


def test_results_without_ids_answer_only_the_last_calls() -> None:
    pairing = Pairing()
    first, second = made("tagged", 1), made("tagged", 4)
    lines = [first, made("said", 2), made("tags", 3), second, BAD, made("tags", 5)]
    assert [each for line in lines for each in pairing.put(line)] == lines
    assert isinstance(first, ExportedMessage)
    assert isinstance(second, ExportedMessage)
    assert first.answers == {}
    assert second.answers[0].number == 5


def test_much_does_not_wait() -> None:
    pairing = Pairing()
    assert list(pairing.put(made("call", 1))) == []
    long = ExportedMessage(2, "user", "x" * 5_000_000)
    assert len(list(pairing.put(long))) == 2
