"""What the bot makes of a line, row by row, and the words for what it skips."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import count_block, decode_block, decode_line, messages_in

VECTORS = Path(__file__).parents[3] / "data" / "vectors" / "lines.jsonl"
HI = b'{"role":"user","content":"hi"}'
LIMIT = 5 * 1024 * 1024
"""Bytes of a long line; what is quadratic takes hours on it."""


def with_ignored(value: bytes) -> bytes:
    """A message with one more field, of this value."""
    return b'{"role":"user","x":' + value + b',"content":"hi"}'


def with_content(literal: bytes) -> bytes:
    return b'{"role":"user","content":"' + literal + b'"}'


def test_vectors_of_the_bot() -> None:
    wrong: dict[str, Any] = {}
    for text in VECTORS.read_text("utf-8").splitlines():
        vector = json.loads(text)
        got = decode_line(base64.b64decode(vector["line_base64"]))
        verdict = "blank" if got is None else "bad" if isinstance(got, BadLine) else list(got)
        if verdict != vector["expect"]:
            wrong[vector["name"]] = verdict
    assert wrong == {}


LOADED = {
    "fields in the other order": b'{"content":"hi","role":"user"}',
    "an unknown field": b'{"role":"user","content":"hi","ts":1}',
    "an unknown field that comes twice": b'{"x":1,"role":"user","x":2,"content":"hi"}',
    "a field's name spelled with an escape": b'{"r\\u006fle":"user","content":"hi"}',
    "both names spelled with escapes": b'{"\\u0072ole":"user","\\u0063ontent":"hi"}',
    "a list of two texts": b'["user","hi"]',
    "a list of two texts with spaces": b' [ "user" , "hi" ] ',
    "spaces between the tokens": b'{ "role" :\t"user" ,\r"content": "hi" }',
    "half a pair in an ignored value": with_ignored(b'"\\ud83d"'),
    "half a pair in a key of an ignored value": with_ignored(b'{"\\ude00":[1]}'),
    "a pair in a key": b'{"\\ud83d\\ude00":1,"role":"user","content":"hi"}',
    "a huge exponent in an ignored value": with_ignored(b"1e999999"),
    "an integer of 5000 digits in an ignored value": with_ignored(b"9" * 5000),
    "minus nought": with_ignored(b"-0"),
    "an exponent with a sign": with_ignored(b"1E+2"),
    "an ignored list 100,000 deep": with_ignored(b"[" * 100_000 + b"]" * 100_000),
    "an ignored object 100,000 deep": with_ignored(b'{"a":' * 100_000 + b"{}" + b"}" * 100_000),
    "ignored lists and objects 100,000 deep": with_ignored(b'[{"a":' * 50_000 + b"1" + b"} ]" * 50_000),
    "an ignored list of 100,000": with_ignored(b'["\\ud800"' + b",1" * 100_000 + b"]"),
    "an ignored text of 100,000 escapes": with_ignored(b'"\\ud800' + b"\\n" * 100_000 + b'"'),
    "an ignored key of 100,000 escapes": with_ignored(b'{"\\ud800' + b"\\n" * 100_000 + b'":[[1]]}'),
    "100,000 unknown fields": HI[:-1] + b',"a":"\\ud800"' * 100_000 + b"}",
    "the name of a field as an ignored text": with_ignored(b'["role","content"]'),
    "the name of a field as an inner key": with_ignored(b'{"role":1,"content":{"role":2}}'),
    "a key that is numbered as the field is": b'{"0":"a","role":"user","content":"hi"}',
    "a carriage return at the end": HI + b"\r",
    "two carriage returns at the end": HI + b"\r\r",
}
LOADED |= {
    f"U+{point:04X} at both ends": chr(point).encode() + HI + chr(point).encode()
    for point in (
        *(*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680),
        *(*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    )
}


@pytest.mark.parametrize("line", LOADED.values(), ids=LOADED)
def test_the_bot_loads(line: bytes) -> None:
    assert decode_line(line) == ChatMessage("user", "hi")


CONTENTS = {
    "an escaped NUL": (b"a\\u0000b", "a\0b"),
    "a raw U+007F": (b"a\x7fb", "a\x7fb"),
    "a raw line separator": ("a\u2028b".encode(), "a\u2028b"),
    "a raw next-line control": ("a\x85b".encode(), "a\x85b"),
    "a surrogate pair": (b"\\ud83d\\ude00", "\U0001f600"),
    "hexadecimal digits of either case": (b"\\u00E9\\u00e9", "\u00e9\u00e9"),
    "each short escape": (b'\\"\\\\\\/\\b\\f\\n\\r\\t', '"\\/\b\f\n\r\t'),
    "the name of a field in quotes": (b'say \\"role\\"', 'say "role"'),
    "a text that ends as a key does": (b'the \\"role', 'the "role'),
    "an escaped escape of a letter": (b"\\\\u0061", "\\u0061"),
    "an escaped letter": (b"\\u0061", "a"),
    "a noncharacter": (b"\\uffff", "\uffff"),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize(("literal", "content"), CONTENTS.values(), ids=CONTENTS)
def test_the_bot_reads_a_content(literal: bytes, content: str) -> None:
    assert decode_line(with_content(literal)) == ChatMessage("user", content)


@pytest.mark.parametrize("role", ["", "USER ", "system", "r\u00f4le", "content", "role"])
def test_the_bot_takes_any_role(role: str) -> None:
    line = json.dumps({"role": role, "content": "hi"}, ensure_ascii=False).encode()
    assert decode_line(line) == ChatMessage(role, "hi")


@pytest.mark.parametrize("line", [b"", b" ", b"\r", b"\t \r", "\x85\u3000\u2028".encode()])
def test_a_blank_line_is_nothing(line: bytes) -> None:
    assert decode_line(line) is None


BAD = {
    "no content": (b'{"role":"user"}', "has no content"),
    "no role": (b'{"content":"hi"}', "has no role"),
    "an empty object": (b"{}", "has no role and no content"),
    "a capital letter in a key": (b'{"Role":"user","content":"hi"}', "has no role"),
    "a null": (b'{"role":"user","content":null}', "has a content that is not text"),
    "a number": (b'{"role":1,"content":"hi"}', "has a role that is not text"),
    "an object": (b'{"role":{"a":1},"content":"hi"}', "has a role that is not text"),
    "two roles": (b'{"role":"user","role":"user","content":"hi"}', "has two roles"),
    "two contents": (b'{"role":"user","content":"hi","content":"hi"}', "has two contents"),
    "two roles, one with an escape": (b'{"role":"a","r\\u006fle":"a","content":"hi"}', "has two roles"),
    "two roles, the first of them a number": (b'{"role":1,"role":"a","content":"hi"}', "has two roles"),
    "half a pair in the role": (
        b'{"role":"\\ud83d","content":"hi"}',
        "has half a surrogate pair in its role (byte 9)",
    ),
    "a first half alone": (with_content(b"a\\ud83dz"), "has half a surrogate pair in its content (byte 26)"),
    "a last half alone": (with_content(b"a\\ude00"), "has half a surrogate pair in its content (byte 26)"),
    "halves that are swapped": (
        with_content(b"\\ude00\\ud83d"),
        "has half a surrogate pair in its content (byte 26)",
    ),
    "half a pair in a key": (
        b'{"\\ud800":1,"role":"user","content":"hi"}',
        "has half a surrogate pair in a key (byte 2)",
    ),
    "half a pair in a list": (
        b'["user","\\ud800"]',
        "is JSON, but neither an object nor two texts that are Unicode",
    ),
    "a list of one": (b'["user"]', "is JSON, but not a message: a list of 1"),
    "a list of three": (b'["user","hi","x"]', "is JSON, but not a message: a list of 3"),
    "a list of a text and a number": (
        b'["user",1]',
        "is JSON, but not a message: a list of 2 that are not both text",
    ),
    "a list in a list": (b'[["user","hi"]]', "is JSON, but not a message: a list of 1"),
    "a message in a list": (b"[" + HI + b"]", "is JSON, but not a message: a list of 1"),
    "a text": (b'"user"', "is JSON, but not a message: a text"),
    "a number alone": (b"-1.5e3", "is JSON, but not a message: a number"),
    "a truth": (b"true", "is JSON, but not a message: true or false"),
    "null alone": (b"null", "is JSON, but not a message: null"),
    "text": (b"this is not valid json", "is not JSON: unexpected character (byte 1)"),
    "text behind white space": (b" \xc2\xa0x", "is not JSON: unexpected character (byte 4)"),
    "a comma at the end of the object": (HI[:-1] + b",}", "is not JSON: unexpected character (byte 31)"),
    "a comma at the end of the list": (b'["user","hi",]', "is not JSON: unexpected character (byte 14)"),
    "a comma at the end of an ignored list": (
        with_ignored(b"[1,]"),
        "is not JSON: unexpected character (byte 23)",
    ),
    "the wrong closing bracket": (with_ignored(b"[[1}]"), "is not JSON: unexpected character (byte 23)"),
    "no comma": (b'{"role":"user" "content":"hi"}', "is not JSON: unexpected character (byte 16)"),
    "no colon": (b'{"role" "user"}', "is not JSON: unexpected character (byte 9)"),
    "a key that is no text": (b'{role:"user"}', "is not JSON: unexpected character (byte 2)"),
    "an escaped line": (b'{\\"role\\":1}', "is not JSON: unexpected character (byte 2)"),
    "single quotes": (b"{'role':'user'}", "is not JSON: unexpected character (byte 2)"),
    "a comment": (HI + b" // hm", "is not JSON: text after the message (byte 32)"),
    "text after a list": (b'["user","hi"] x', "is not JSON: text after the value (byte 15)"),
    "an unknown escape": (with_content(b"\\x41"), "is not JSON: a malformed escape (byte 27)"),
    "too few digits": (with_content(b"\\u12"), "is not JSON: a malformed escape (byte 27)"),
    "no digits, in an ignored value": (
        with_ignored(b'"\\uZZZZ"'),
        "is not JSON: a malformed escape (byte 21)",
    ),
    "a raw tab in a text": (
        with_content(b"a\tb"),
        "is not JSON: a raw control character in a text (byte 28)",
    ),
    "a raw control in an ignored text": (
        with_ignored(b'"\x01"'),
        "is not JSON: a raw control character in a text (byte 21)",
    ),
    "a raw control in an ignored key": (
        with_ignored(b'{"\x1f":1}'),
        "is not JSON: a raw control character in a text (byte 22)",
    ),
    "a form feed between the tokens": (b"{\x0c}", "is not JSON: unexpected character (byte 2)"),
    "a NUL in a text": (
        with_content(b"a\0b"),
        "is not JSON: NUL bytes (byte 28; an interrupted write?)",
    ),
    "NULs before": (b"\0\0" + HI, "is not JSON: NUL bytes (byte 1; an interrupted write?)"),
    "NULs behind": (HI + b"\0", "is not JSON: NUL bytes (byte 31; an interrupted write?)"),
    "NULs only": (b"\0" * 4096, "is not JSON: NUL bytes (byte 1; an interrupted write?)"),
    "a byte order mark": (b"\xef\xbb\xbf" + HI, "is not JSON: a byte order mark (byte 1)"),
    "two messages": (HI + HI, "is not JSON: two messages fused on one line (byte 31)"),
    "half a message and a message": (
        HI[:-5] + HI,
        "is not JSON: two messages fused on one line (byte 26)",
    ),
    "two messages with a carriage return": (
        HI + b"\r" + HI,
        "is not JSON: two messages fused on one line (byte 32)",
    ),
    "half a message, NULs and a message": (
        HI[:-5] + b"\0\0" + HI,
        "is not JSON: NUL bytes (byte 26; an interrupted write?)",
    ),
    "two other objects": (b'{"a":1} {"a":2}', "is not JSON: two objects fused on one line (byte 9)"),
    "a line that breaks off in a text": (HI[:-3], "is not JSON: unexpected end of data (byte 27)"),
    "a line that breaks off behind a text": (HI[:-1], "is not JSON: unexpected end of data (byte 29)"),
    "a line that breaks off in an escape": (
        HI[:-2] + b"\\u00",
        "is not JSON: unexpected end of data (byte 32)",
    ),
    "a line that breaks off in a word": (b'{"a":tr', "is not JSON: unexpected end of data (byte 7)"),
    "a list that is never closed": (b"[" * 100_000, "is not JSON: unexpected end of data (byte 100000)"),
    "bytes that are no UTF-8": (with_content(b"a\xffb"), "is not UTF-8 (byte 28)"),
    "no UTF-8 in an ignored value": (with_ignored(b'"\xff"'), "is not UTF-8 (byte 21)"),
    "a surrogate in UTF-8": (with_content(b"\xed\xa0\x80"), "is not UTF-8 (byte 27)"),
    "an overlong NUL": (with_content(b"\xc0\x80"), "is not UTF-8 (byte 27)"),
    "UTF-16": (HI.decode().encode("utf-16"), "is not UTF-8 (byte 1)"),
}
BAD |= {
    f"{value.decode()} as an ignored value": (
        with_ignored(value),
        f"is not JSON: unexpected character (byte {at})",
    )
    for at, values in (
        (20, (b"NaN", b"Infinity", b"-Infinity", b"tru", b"True", b"+1", b".5", b"-", b"--1")),
        (21, (b"01", b"1.", b"1e", b"1e+", b"0x1")),
    )
    for value in values
}
BAD |= {
    f"U+{point:04X} at the start": (
        chr(point).encode() + HI,
        "is not JSON: unexpected character (byte 1)",
    )
    for point in (0x1C, 0x1D, 0x1E, 0x1F, 0x180E, 0x200B)
}


@pytest.mark.parametrize(("line", "reason"), BAD.values(), ids=BAD)
def test_the_bot_skips(line: bytes, reason: str) -> None:
    assert decode_line(line) == BadLine(reason, line)


LONG: dict[str, Callable[[], bytes]] = {
    "an open list": lambda: with_ignored(b"[" * LIMIT),
    "lists in lists": lambda: with_ignored(b"[" * (LIMIT // 2) + b"]" * (LIMIT // 2)),
    "spaces in lists": lambda: with_ignored(b"[ " * (LIMIT // 4) + b"] " * (LIMIT // 4)),
    "objects in lists": lambda: with_ignored(b'[{"a":' * (LIMIT // 8) + b"1" + b"}]" * (LIMIT // 8)),
    "numbers": lambda: with_ignored(b'["\\ud800"' + b",1" * (LIMIT // 2) + b"]"),
    "a number": lambda: with_ignored(b"1" * LIMIT),
    "escapes": lambda: with_ignored(b'"\\ud800' + b"\\n" * (LIMIT // 2) + b'"'),
    "backslashes": lambda: with_ignored(b'"\\ud800' + b"\\" * LIMIT + b'"'),
    "quotes": lambda: with_ignored(b'"' * LIMIT),
    "a content": lambda: b'{"role":"role","content":"' + b"two words\\n" * (LIMIT // 11) + b'"}',
    "spaces": lambda: with_ignored(b'"\\ud800"' + b" " * LIMIT),
    "white space at the end": lambda: with_content(b"\\ud800") + "\u2003".encode() * (LIMIT // 3),
    "NULs": lambda: HI + b"\0" * LIMIT,
    "messages": lambda: HI * (LIMIT // len(HI)),
    "openings of messages": lambda: b'{"role":"' * (LIMIT // 9),
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_line_takes_time_by_its_length_only(name: str) -> None:
    line = LONG[name]()
    begun = time.process_time()
    decode_line(line)
    assert time.process_time() - begun < 20


def test_a_long_line_takes_little_memory() -> None:
    line = with_ignored(b'["\\ud800"' + b",1" * 300_000 + b"]")
    decode_line(b"x")  # what is loaded only once
    tracemalloc.start()
    try:
        assert decode_line(line) == ChatMessage("user", "hi")
        assert tracemalloc.get_traced_memory()[1] < 30 * len(line)
    finally:
        tracemalloc.stop()


def test_a_block_of_the_bots_own_lines() -> None:
    lines = [b'{"role":"user","content":"%d \\" \\\\ \\n \xc3\xa9"}' % number for number in range(5000)]
    expected = [ChatMessage("user", f'{number} " \\ \n \u00e9') for number in range(5000)]
    assert decode_block(b"\n".join(lines)) == expected
    assert {type(item) for item in decode_block(b"\n".join(lines))} == {ChatMessage}
    assert count_block(b"\n".join(lines)) == (5000, 0)
    assert list(chain.from_iterable(messages_in(BytesIO(b"\n".join(lines))))) == expected


def test_a_newline_ends_a_line_and_begins_none() -> None:
    message = ChatMessage("user", "hi")
    assert decode_block(b"") == []
    assert decode_block(b"\n") == [None]
    assert decode_block(HI) == decode_block(HI + b"\n") == [message]
    assert decode_block(HI + b"\n\n") == [message, None]
    assert decode_block(b"\n" + HI) == [None, message]


def test_only_a_newline_ends_a_line() -> None:
    for separator in ("\r", "\v", "\f", "\x1c", "\x85", "\u2028"):
        [item] = decode_block(HI + separator.encode() + HI)
        assert isinstance(item, BadLine), separator


TOGETHER = {
    "brackets that close on a later line": [b'a",["b', b"c", b'd"],"e'],
    "objects that close on a later line": [b'a",{"b":"c', b"c", b'd":"e"},"f'],
    "a quote that the next line closes": [b"a\\", b',"b'],
    "an escape that the next line ends": [b"a\\u00", b"e9"],
    "a pair in two lines": [b"\\ud83d", b"\\ude00"],
    "a UTF-8 sequence in two lines": [b"a\xc3", b"\xa9"],
    "two texts in a line and none in the next": [b'a","b', b"\x01"],
}


@pytest.mark.parametrize("literals", TOGETHER.values(), ids=TOGETHER)
def test_bad_lines_that_are_one_good_list_together(literals: list[bytes]) -> None:
    lines = [with_content(literal) for literal in literals]
    expected = [decode_line(line) for line in lines]
    assert any(isinstance(item, BadLine) for item in expected)
    assert decode_block(b"\n".join(lines)) == expected
    bad = sum(isinstance(item, BadLine) for item in expected)
    assert count_block(b"\n".join(lines)) == (len(lines) - bad, bad)


def test_the_exact_path_is_loaded_when_first_needed() -> None:
    code = (
        "import sys; from earwig.core.stores.jsonl.decoding import decode_line as d; "
        "name = 'earwig.core.stores.jsonl.serde_json'; "
        f"d({HI!r}); assert name not in sys.modules; d(b'x'); assert name in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
