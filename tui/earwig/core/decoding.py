"""The lines of a session file, decoded as the bot does: orjson parses, and where they differ the bot wins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import repeat

import orjson

from earwig.core.message import BadLine, ChatMessage

Decoded = ChatMessage | BadLine | None
"""What a line is: a message, a line that the bot skips, or (None) a blank one."""

# `char::is_whitespace`, by which `str::trim` goes: Unicode's White_Space. `str.strip()` has U+001C-001F too.
_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

_CHUNK = 32 * 1024
"""Bytes decoded in one go: few enough for the processor's cache, and for one odd line to cost little.

With twice as many, C libraries give the memory of each text back to the system, and counting takes a fourth
longer.
"""

_FEW = 8
"""Up to so many lines are decoded one by one, which spares others of their block an odd one."""

# What stands between two contents: the end of one line and the beginning of the next, in the bot's own form.
_BETWEEN_CONTENTS = re.compile(rb'\}\n\{"role":"([a-z]+)","content":')
_END = b"}\n"
# One match a line: if it is in that form, what is between the quotes of its content; if not, nothing.
_INSIDES = re.compile(rb'\{"role":"[a-z]+","content":"(.+)"\}\n|.*\n')

_new = tuple.__new__


def decode_line(line: bytes) -> Decoded:
    """What the bot makes of one line, without its newline (`SessionStore::load` in its `session_store.rs`).

    A carriage return before the newline may be there or not: it is trimmed as white space is.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _decode_exactly(line)
    # What orjson parses, the bot does too: orjson refuses all that RFC 8259 does, and lone surrogates and
    # great depth besides. It only keeps the last of a field that comes twice, which the bot refuses.
    if type(value) is dict:
        role, content = value.get("role"), value.get("content")
        if type(role) is str and type(content) is str:
            return ChatMessage(role, content) if _has_no_field_twice(line) else _decode_exactly(line)
    return _judged(line, value)


def _has_no_field_twice(line: bytes) -> bool:
    """True if that is certain, for a line that is a JSON object with both fields.

    A key `role` is spelled "role", or with an escape for one of its letters. The letters of both names are in
    U+0061-007A, and the only escapes for those are \\u006x and \\u007x. Without any, each such key is an
    occurrence of the bytes "role" that no other key shares, so one occurrence means one key.
    """
    return (
        line.count(b'"role"') == 1
        and line.count(b'"content"') == 1
        and b"\\u006" not in line
        and b"\\u007" not in line
    )


def decode_block(block: bytes) -> list[Decoded]:
    """`decode_line` of each line of a block of whole lines, the faster way.

    A newline ends a line, so one at the block's end begins no further line; the last line may lack it.
    """
    decoded: list[Decoded] = []
    block = _ended(block)
    for start, end in _chunks(block):
        decoded += _messages(block, start, end) or map(decode_line, block[start : end - 1].split(b"\n"))
    return decoded


def decode_lines(block: bytes | bytearray, ends: Sequence[int]) -> Iterator[tuple[int, int, Decoded]]:
    """Where each of the lines begins whose newline ends there, its length without it, and what it is.

    The line at the block's start is whole.
    """
    starts = [block.rfind(b"\n", 0, end - 1) + 1 for end in ends]
    places = list(zip(starts, ends, strict=True))
    items: Sequence[Decoded]
    if len(places) <= _FEW:
        items = [decode_line(bytes(block[start : end - 1])) for start, end in places]
    else:
        items = decode_block(b"".join(block[start:end] for start, end in places))
    for (start, end), item in zip(places, items, strict=True):
        yield start, end - 1 - start, item


def messages_of_block(block: bytes) -> list[ChatMessage]:
    """The messages among what `decode_block` gives."""
    messages: list[ChatMessage] = []
    block = _ended(block)
    for start, end in _chunks(block):
        found = _messages(block, start, end)
        if found is None:
            lines = block[start : end - 1].split(b"\n")
            found = [item for item in map(decode_line, lines) if isinstance(item, ChatMessage)]
        messages += found
    return messages


def count_block(block: bytes) -> tuple[int, int]:
    """How many messages and how many bad lines `decode_block` would give, in about half its time."""
    messages = bad_lines = 0
    block = _ended(block)
    for start, end in _chunks(block):
        if whole := _count_messages(block, start, end):
            messages += whole
            continue
        for item in map(decode_line, block[start : end - 1].split(b"\n")):
            messages += isinstance(item, ChatMessage)
            bad_lines += isinstance(item, BadLine)
    return messages, bad_lines


def _ended(block: bytes) -> bytes:
    return block if block.endswith(b"\n") or not block else block + b"\n"


def _chunks(block: bytes) -> Iterator[tuple[int, int]]:
    """Where the block can be cut after a newline, so that each piece is a chunk or a long line."""
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + _CHUNK) + 1 or len(block)
        yield start, end
        start = end


class _Roles(dict[bytes, str]):
    """Each role as a text, the same one wherever it comes again."""

    def __missing__(self, role: bytes) -> str:
        text = self[role] = role.decode("ascii")
        return text


def _messages(block: bytes, start: int, end: int) -> list[ChatMessage] | None:
    """All lines between the two, if each is a message in the bot's own form; else None.

    Such a line is a message if its content is exactly one JSON string. Cut at what stands between contents,
    the chunk has nothing else left, and no newline: that is, one content a line. They are parsed as
    one list, in which something else cannot hide, whatever the other lines hold. No string holds a raw tab,
    so none is open between two contents. Each is one value or more, for none may be missing between two
    commas. A list of nothing but strings has no brackets inside, so each content adds all that it has to the
    length, and the length tells.
    """
    if not block.endswith(_END, start, end):
        return None
    before, *parts = _BETWEEN_CONTENTS.split(_END + memoryview(block)[start : end - len(_END)])
    contents = parts[1::2]
    literals = b",\t".join(contents)
    if before or b"\n" in literals:
        return None
    try:
        texts = orjson.loads(b"[%b]" % literals)
    except orjson.JSONDecodeError:
        return None
    if len(texts) != len(contents) or list(map(type, texts)).count(str) != len(texts):
        return None
    roles = map(_Roles().__getitem__, parts[::2])
    # Not `ChatMessage(...)`: a NamedTuple's own constructor is Python, and takes as long as the parsing.
    return list(map(_new, repeat(ChatMessage), zip(roles, texts, strict=True)))


def _count_messages(block: bytes, start: int, end: int) -> int:
    """How many lines there are between the two, if each is a message in the bot's own form; else 0.

    Their contents are parsed as one long string. If it is one, no content has an unescaped quote in it, and
    none leans on its neighbour: a space completes no escape, no surrogate pair and no UTF-8 sequence.
    """
    insides = _INSIDES.findall(block, start, end)
    if not all(insides):
        return 0
    try:
        orjson.loads(b'"%b"' % b" ".join(insides))
    except orjson.JSONDecodeError:
        return 0
    return len(insides)


def _decode_exactly(line: bytes) -> Decoded:
    from earwig.core.serde_json import Refused, read_message  # see `_judged`

    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return BadLine(f"is not UTF-8 (byte {error.start + 1})", line)
    trimmed = text.rstrip(_WHITE_SPACE)
    if not trimmed:
        return None
    start = len(trimmed) - len(trimmed.lstrip(_WHITE_SPACE))
    try:
        return read_message(trimmed.encode("utf-8"), len(trimmed[:start].encode("utf-8")))
    except Refused as refusal:
        return BadLine(str(refusal), line)


def _judged(line: bytes, value: object) -> Decoded:
    # Imported by the first odd line: to compile its patterns takes longer than to load the rest of the core.
    from earwig.core.serde_json import Refused, judge

    try:
        return judge(value)
    except Refused as refusal:
        return BadLine(str(refusal), line)
