"""Lines decoded in batches are what each line is by itself, whatever its neighbours are."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core import decoding
from earwig.core.decoding import count_block, decode_block, decode_line, messages_of_block
from earwig.core.message import BadLine, ChatMessage
from tests.core.bot_writer import line_of

HEAD = b'{"role":"user","content":'
PLAIN = line_of("user", "plain")

PAIRS = {
    "cut in two before the brace": (HEAD + b'"a"', b"}"),
    "cut in two before the second content": (HEAD + b'"a"', b',\t"b"}'),
    "one content too many, one missing": (HEAD + b'"a","b"}', HEAD + b"}"),
    "a missing one, and then one too many": (HEAD + b"}", HEAD + b'"a","b"}'),
    "a list begun and ended": (HEAD + b'"a",["b"}', HEAD + b'"c"],"d"}'),
    "an object begun and ended": (HEAD + b'"a",{"b":"c"}', HEAD + b'"d":"e"},"f"}'),
    "a text that ends in the next line": (HEAD + b'"a}', HEAD + b'b"}'),
    "a text that ends in the next line, and one too many": (HEAD + b'"a}', HEAD + b'b","c"}'),
    "an escaped last quote": (HEAD + b'"a\\"}', HEAD + b'",\\t"b"}'),
    "half a surrogate pair on each side": (HEAD + b'"\\ud83d"}', HEAD + b'"\\ude00"}'),
    "two halves of a UTF-8 sequence": (HEAD + b'"\xe2\x82"}', HEAD + b'"\xac"}'),
    "no text": (HEAD + b"5}", HEAD + b"null}"),
    "another last byte than a brace": (PLAIN, HEAD + b'"a"]'),
    "a role twice": (PLAIN, HEAD + b'"a","role":"b"}'),
    "a carriage return": (PLAIN + b"\r", PLAIN + b"\r"),
    "white space that JSON allows": (HEAD + b'\t"a" }', HEAD + b' "b"\r}'),
    "a tab in a text": (HEAD + b'"a\tb"}', PLAIN),
    "nothing between": (b"", PLAIN),
}


def check(block: bytes) -> None:
    """All that decodes a block agrees with what decodes a line."""
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    expected = [decode_line(line) for line in lines]
    messages = [item for item in expected if isinstance(item, ChatMessage)]
    assert decode_block(block) == expected
    assert messages_of_block(block) == messages
    assert all(type(message) is ChatMessage for message in messages_of_block(block))
    assert count_block(block) == (len(messages), sum(isinstance(item, BadLine) for item in expected))


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_two_lines_that_together_look_like_messages(pair: tuple[bytes, bytes]) -> None:
    for lines in (pair, (PLAIN, *pair), (*pair, PLAIN), (PLAIN, *pair, PLAIN), pair * 2):
        check(b"\n".join(lines))
        check(b"\n".join(lines) + b"\n")


ODD = (
    b'"}\n',
    b"}\n",
    b"\n",
    b'"',
    b"\\",
    b",",
    b"\t",
    b":",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"a",
    b"\xc3",
    b"\xa9",
)
WHOLE = (HEAD, b'{"role":"assistant","content":"', b"\\u0061", b'"role":"tool"', PLAIN, PLAIN + b"\n")
PIECES = st.sampled_from((*ODD, *WHOLE))


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=24).map(b"".join))
@example(HEAD + b'"a"\n}\n' + HEAD + b'"b"}\n')
def test_any_pieces_of_lines(block: bytes) -> None:
    check(block)


@pytest.mark.parametrize("chunk", [1, 40, 100])
def test_chunks_of_any_size(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(decoding, "_CHUNK", chunk)
    for pair in PAIRS.values():
        check(b"\n".join([PLAIN, *pair, PLAIN, *pair]))
