"""Lines decoded in batches are what each line is by itself, whatever its neighbours are."""

from __future__ import annotations

from io import BytesIO
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl import decoding
from earwig.core.stores.jsonl.decoding import count_block, decode_block, decode_line, messages_in
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
    "cut in its text": (PLAIN, HEAD + b'"a'),
    "cut before the brace": (PLAIN, HEAD + b'"a"'),
    "one quote for two": (PLAIN, HEAD + b'"}'),
    "one brace too many": (PLAIN, HEAD + b'"a"}}'),
    "less than a head": (PLAIN, b"{}"),
    "no text at all": (HEAD + b'""}', HEAD + b'""}'),
    "a role with the same first letter": (b'{"role":"usher","content":"a"}', PLAIN),
    "another field in the place of the content": (b'{"role":"user","Content":"a"}', PLAIN),
    "a role of another writer": (b'{"role":"developer","content":"a"}', PLAIN),
    "a field before the others": (b'{"x":"role","role":"user","content":"a"}', PLAIN),
    "the same fields the other way round": (b'{"content":"a","role":"user"}', PLAIN),
}


def check(block: bytes) -> None:
    """All that decodes a block agrees with what decodes a line."""
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    expected = [decode_line(line) for line in lines]
    messages = [item for item in expected if isinstance(item, ChatMessage)]
    assert decode_block(block) == expected
    found = list(chain.from_iterable(messages_in(BytesIO(block))))
    assert found == messages
    assert all(type(message) is ChatMessage for message in found)
    assert count_block(block) == (len(messages), sum(isinstance(item, BadLine) for item in expected))


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_two_lines_that_together_look_like_messages(pair: tuple[bytes, bytes]) -> None:
    for lines in (pair, (PLAIN, *pair), (*pair, PLAIN), (PLAIN, *pair, PLAIN), pair * 2):
        check(b"\n".join(lines))
        check(b"\n".join(lines) + b"\n")


def spaced(line: bytes) -> bytes:
    """With the blanks that Python's `json` writes."""
    return line.replace(b'{"role":"', b'{"role": "').replace(b'","content":', b'", "content": ')


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_the_same_with_blanks_after_colons_and_commas(pair: tuple[bytes, bytes]) -> None:
    one, two = map(spaced, pair)
    plain = spaced(PLAIN)
    for lines in ((plain, one, two), (one, two, plain), (plain, *pair), (PLAIN, one, two), (one, pair[1])):
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


@pytest.mark.parametrize("lines", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 100, 1 << 18])
def test_batches_of_any_size(monkeypatch: pytest.MonkeyPatch, lines: int, size: int) -> None:
    monkeypatch.setattr(decoding, "_LINES", lines)
    monkeypatch.setattr(decoding, "_BYTES", size)
    for pair in PAIRS.values():
        check(b"\n".join([PLAIN, *pair, PLAIN, *pair]))
