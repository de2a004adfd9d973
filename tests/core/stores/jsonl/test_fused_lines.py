"""The whole messages on lines that the bot skips."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.core.stores.jsonl.fused_lines import messages_in
from tests.core.bot_writer import line_of

A, B = line_of("user", "Wo bist du? {ü}"), line_of("assistant", 'in "{\\"role\\":" and \\')
ONE, OTHER = ChatMessage("user", "Wo bist du? {ü}"), ChatMessage("assistant", 'in "{\\"role\\":" and \\')


@pytest.mark.parametrize(
    ("raw", "messages"),
    [
        (A + B, [ONE, OTHER]),
        (A + B + A, [ONE, OTHER, ONE]),
        (A + b" \t" + B + b"\r", [ONE, OTHER]),
        (A[:20] + B, [OTHER]),
        (A[:-1] + B, [OTHER]),
        (A + B[:20], [ONE]),
        (A[:5] + A[:20] + B + A[:9] + A, [OTHER, ONE]),
        (b"\0" * 9 + A, [ONE]),
        (A + b"\0" * 9 + B, [ONE, OTHER]),
        (b"\xef\xbb\xbf" + A, [ONE]),
        (A + b", text", [ONE]),
        (A[:20] + b"\xc3" + B, [OTHER]),
        (b'{"role": "user", "content": "spaced"}' + A, [ChatMessage("user", "spaced"), ONE]),
        (b'["user","a list"]' + A, [ChatMessage("user", "a list"), ONE]),
        (b'{"role":"user","content":"x","more":[{"deep":{}}]}' + A, [ChatMessage("user", "x"), ONE]),
        (b'{"role":"user"}' + A, [ONE]),
        (b'{"role":"user","content":"\\ud800"}' + A, [ONE]),
        (b'{"role":"user","role":"user","content":""}' + A, [ONE]),
        (b'{"role":"user","content":{"role":"user","content":"inside"}}', []),
        (b'[{"role":"user","content":"inside"}]', []),
        (b"", []),
        (b"  ", []),
        (b"not JSON", []),
        (b"\0\0", []),
    ],
)
def test_what_stands_on_the_line(raw: bytes, messages: list[ChatMessage]) -> None:
    assert messages_in(raw) == messages


texts = st.text(max_size=12) | st.sampled_from(['{"role":"user","content":"', "}{", '"', "\\", '\\"}{', "\n"])
messages = st.builds(ChatMessage, st.sampled_from(["user", "assistant", "tool"]), texts)


def stored(message: ChatMessage) -> bytes:
    return json.dumps(message._asdict(), ensure_ascii=False, separators=(",", ":")).encode()


@given(st.lists(messages, min_size=2, max_size=5), st.sampled_from([b"", b" ", b"\r", b"\0"]))
def test_every_fused_message_is_found(fused: list[ChatMessage], between: bytes) -> None:
    raw = between.join(map(stored, fused))
    assert isinstance(decode_line(raw), BadLine)
    assert messages_in(raw) == fused


@given(st.lists(st.tuples(messages, st.integers(1, 60)), max_size=5), messages)
def test_a_torn_message_takes_no_whole_one_with_it(
    torn: list[tuple[ChatMessage, int]], last: ChatMessage
) -> None:
    pieces = [data[: min(size, len(data) - 1)] for message, size in torn if (data := stored(message))]
    assert messages_in(b"".join([*pieces, stored(last)])) == [last]


@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from([A, B, A[:9], b'{"role":', b"}", b'"', b"[", b"\0"])).map(b"".join)
)
def test_of_any_line_only_what_is_written_in_it(raw: bytes) -> None:
    found = messages_in(raw)
    at = 0
    for message in found:  # each is somewhere behind the one before
        at += next(
            stop
            for stop in range(len(raw) - at + 1)
            if any(decode_line(raw[start : at + stop]) == message for start in range(at, at + stop))
        )
    decoded = decode_line(raw)
    if isinstance(decoded, ChatMessage):
        assert found in ([decoded], [])


@pytest.mark.parametrize(
    "piece",
    [b'{"role":"a","x":', b'{"role":', b"[", b'{"a":', b'{"role":"user","content":"', A, A[:9] + b'"'],
)
def test_a_hostile_line_takes_time_in_proportion_to_its_length(piece: bytes) -> None:
    raw = piece * (200_000 // len(piece))
    begun = time.process_time()
    messages_in(raw)
    assert time.process_time() - begun < 20  # in proportion to its square, it would be minutes
