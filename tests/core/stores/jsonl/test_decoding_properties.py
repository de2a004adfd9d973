"""The fast ways to decode agree with the exact one, whatever the bytes."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import chain

from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl import decoding
from earwig.core.stores.jsonl.decoding import Decoded, count_block, decode_block, decode_line, messages_in
from earwig.core.stores.jsonl.serde_json import Refused, read_message

WHITE_SPACE = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
WHITE_SPACE = WHITE_SPACE.translate(dict.fromkeys(range(0x1C, 0x20)))
FIELDS = ("role", "content")
HEAD = b'{"role":"user","content":"'

FRAGMENTS = [
    *(b'{"role":"', b'","content":"', b'"}', b'user","content":"', HEAD, HEAD + b'hi"}', b'["user","hi"]'),
    *(b"},{", b'"},{"', b"{", b"}", b"[", b"]", b'",["', b'"],"', b'",{"', b'"},"', b'","', b":", b",", b'"'),
    *(b'"role"', b'"content"', b'"r\\u006fle"', b'"\\u0063ontent"', b',"role":"x"', b',"content":"x"'),
    *(b"\\", b'\\"', b"\\\\", b"\\n", b"\\u0", b"\\u0061", b"\\ud83d", b"\\ude00", b"\\ud83d\\ude00"),
    *(b"1", b"-0", b"01", b"1.5e3", b"1e999", b"true", b"tru", b"null", b"NaN", b'"y":"\\ud800",'),
    *(b" ", b"\t", b"\r", b"\v", b"\x1c", b"\0", b"a"),
    *(b"\xff", b"\xc3", b"\xa9", b"\xc3\xa9", b"\xe2\x80\xa8"),
]  # fmt: skip

fragments = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(b"".join)
own_form = st.lists(st.sampled_from(FRAGMENTS), max_size=4).map(lambda parts: HEAD + b"".join(parts) + b'"}')

texts = st.text(max_size=12)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ignored: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A line that the bot loads: its fields in any order, and others; escapes and spaces or not."""
    others = st.sampled_from(["x", "Role", "r\u00f4le"]) | texts.filter(lambda name: name not in FIELDS)
    names = draw(st.permutations([*draw(st.lists(others, max_size=2)), *FIELDS]))
    as_ascii = draw(st.booleans())
    members = [
        json.dumps(name, ensure_ascii=as_ascii)
        + draw(st.sampled_from([":", " : "]))
        + json.dumps(draw(texts if name in FIELDS else ignored), ensure_ascii=as_ascii)
        for name in names
    ]
    line = draw(st.sampled_from(["{%s}", "{ %s }", "\u2003{%s}\r"])) % ",".join(members)
    return line.encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message with a piece taken out, a fragment put in, or both."""
    line = draw(messages())
    at = draw(st.integers(0, len(line)))
    return line[:at] + draw(st.sampled_from([b"", *FRAGMENTS])) + line[at + draw(st.integers(0, 3)) :]


def without_newlines(line: bytes) -> bytes:
    return line.replace(b"\n", b"")


any_line = st.one_of(fragments, own_form, messages(), damaged(), st.binary(max_size=20)).map(without_newlines)


def exactly(line: bytes) -> tuple[str, str] | str:
    """What the exact path alone makes of the line."""
    try:
        trimmed = line.decode().strip(WHITE_SPACE).encode()
    except UnicodeDecodeError:
        return "bad"
    if not trimmed:
        return "blank"
    try:
        message = read_message(trimmed, 0)
    except Refused:
        return "bad"
    return message.role, message.content


def verdict(item: Decoded) -> tuple[str, str] | str:
    if isinstance(item, ChatMessage):
        return item.role, item.content
    return "blank" if item is None else "bad"


@settings(max_examples=1000)
@given(any_line)
@example(HEAD + b'a","role":"user"}')
@example(b'{"role":"a","r\\u006fle":"b","content":"c"}')
def test_a_line_is_what_the_exact_path_makes_of_it(line: bytes) -> None:
    assert verdict(decode_line(line)) == exactly(line)


@settings(max_examples=300)
@given(messages())
def test_a_message_is_what_another_parser_reads(line: bytes) -> None:
    parsed = json.loads(line.decode().strip(WHITE_SPACE))
    assert decode_line(line) == ChatMessage(parsed["role"], parsed["content"])


ignored = st.lists(st.sampled_from([*"[]{},:1 ", '"a"', '"a":', "[1", '{"a":1']), max_size=10).map("".join)


@settings(max_examples=1000)
@given(ignored)
@example('{"a":1{')
@example("[[1[[")
def test_a_line_is_a_message_only_if_another_parser_takes_what_is_ignored(ignored: str) -> None:
    line = f'{{"role":"user","x":{ignored},"content":"hi"}}'
    try:
        json.loads(line)
        is_json = True
    except ValueError:
        is_json = False
    assert isinstance(decode_line(line.encode()), ChatMessage) == is_json


@settings(max_examples=500)
@given(st.binary(max_size=60) | fragments)
def test_no_bytes_are_too_odd(line: bytes) -> None:
    item = decode_line(line)
    if isinstance(item, BadLine):
        assert item.raw == line
        assert item.reason.startswith(("is ", "has "))
        assert item.reason.isascii()
        assert item.reason.isprintable()


@settings(max_examples=1000)
@given(
    st.lists(any_line | own_form.map(without_newlines), min_size=1, max_size=8),
    st.sampled_from([1, 2, 256]),
)
@example([HEAD + b'a",["b"}', HEAD + b'c"}', HEAD + b'd"],"e"}'], 256)
@example([HEAD + b'a\\"}', HEAD + b',"b"}'], 256)
def test_a_block_is_its_lines(lines: list[bytes], batch: int) -> None:
    expected = [decode_line(line) for line in lines]
    block = b"\n".join(lines) + b"\n"
    in_batches_of(batch, block, expected)
    if lines[-1]:
        in_batches_of(batch, block[:-1], expected)


def in_batches_of(batch: int, block: bytes, expected: list[Decoded]) -> None:
    usual = decoding._LINES
    decoding._LINES = batch
    try:
        assert decode_block(block) == expected
        bad = sum(isinstance(item, BadLine) for item in expected)
        assert count_block(block) == (len(expected) - bad - expected.count(None), bad)
        messages = list(chain.from_iterable(messages_in(BytesIO(block))))
        assert messages == [item for item in expected if isinstance(item, ChatMessage)]
    finally:
        decoding._LINES = usual
