"""One line of a session file, decoded as the bot decodes it; orjson parses, and where they differ the bot wins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat

import orjson

from earwig.core.message import BadLine, ChatMessage
from earwig.core.serde_json import Refused, read_message

Decoded = ChatMessage | BadLine | None
"""What a line is: a message, a line that the bot skips, or (None) a blank one."""

# `char::is_whitespace`, which `str::trim` goes by: Unicode's White_Space. `str.strip()` also takes U+001C-001F.
_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

_CHUNK = 32 * 1024
"""Bytes decoded in one go: few enough to stay in the processor's cache, and for one odd line to cost little."""

# Tiles a chunk with one match a line: a line in the bot's own form gives (role, content literal), others ("", "").
_ROLES_AND_TEXTS = re.compile(rb'\{"role":"([a-z]+)","content":(".*")\}\n|.*\n')
_TEXTS = re.compile(rb'\{"role":"[a-z]+","content":(".*")\}\n|.*\n')

_new = tuple.__new__


def decode_line(line: bytes) -> Decoded:
    """What the bot makes of one line, without its newline: `SessionStore::load` in the bot's `session_store.rs`.

    A carriage return before the newline may be there or not: it is trimmed as white space is.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _decode_exactly(line)
    # orjson takes a subset of what the bot takes as JSON (both refuse all that RFC 8259 does, orjson also lone
    # surrogates, great depth), so a dict with both texts is a message unless a field comes twice: the bot refuses
    # that, and orjson keeps the last. A key `role` is spelled "role" or has an escape for one of its letters. All
    # letters of both names are U+0061-007A, and such an escape can only be \u006x or \u007x. Without one, each such
    # key is an occurrence of the bytes "role" of its own, so with one occurrence there is one key. (More may be in
    # other strings; those lines take the exact path.)
    if (
        type(value) is dict
        and line.count(b'"role"') == 1
        and line.count(b'"content"') == 1
        and b"\\u006" not in line
        and b"\\u007" not in line
    ):
        role, content = value.get("role"), value.get("content")
        if type(role) is str and type(content) is str:
            return ChatMessage(role, content)
    return _decode_exactly(line)


def decode_block(block: bytes) -> list[Decoded]:
    """`decode_line` of each line of a block of whole lines, the faster way.

    A newline ends a line, so one at the block's end begins no further line; the last line may lack it.
    """
    decoded: list[Decoded] = []
    for chunk in _chunks(block):
        decoded += _messages(chunk) or map(decode_line, chunk[:-1].split(b"\n"))
    return decoded


def count_block(block: bytes) -> tuple[int, int]:
    """How many messages and how many bad lines `decode_block` would give; several times cheaper."""
    messages = bad_lines = 0
    for chunk in _chunks(block):
        texts = _texts(_TEXTS.findall(chunk))
        if texts:
            messages += len(texts)
            continue
        for item in map(decode_line, chunk[:-1].split(b"\n")):
            messages += isinstance(item, ChatMessage)
            bad_lines += isinstance(item, BadLine)
    return messages, bad_lines


def _chunks(block: bytes) -> Iterator[bytes]:
    """The block's lines in order, some at a time, each with its newline."""
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + _CHUNK) + 1 or len(block)
        chunk = block[start:end]
        yield chunk if chunk.endswith(b"\n") else chunk + b"\n"
        start = end


def _messages(chunk: bytes) -> list[ChatMessage] | None:
    """All of the chunk's messages if each line is one in the bot's own form, else None."""
    roles, literals = zip(*_ROLES_AND_TEXTS.findall(chunk), strict=True)
    texts = _texts(literals)
    if texts is None:
        return None
    role_of = {role: role.decode("ascii") for role in set(roles)}
    # `tuple.__new__` because a NamedTuple's own constructor is Python, and takes as long as the parsing.
    return list(map(_new, repeat(ChatMessage), zip(map(role_of.__getitem__, roles), texts, strict=True)))


def _texts(literals: list[bytes] | tuple[bytes, ...]) -> list[str] | None:
    """The texts of JSON strings, parsed as one list; None unless each literal is exactly one string.

    Why a literal that is something else cannot hide, whatever its neighbours hold. Each begins and ends with a
    quote (or is empty, and two commas meet). No string holds a raw newline, so after each "," and newline between
    two literals no string is open: the quote before the comma closed one, and the quote after the newline opens
    one. A literal therefore is one string or holds several. A list of nothing but strings has no brackets in it,
    so each literal adds all its strings to the length, which tells.
    """
    try:
        texts: list[str] = orjson.loads(b"[%b]" % b",\n".join(literals))
    except orjson.JSONDecodeError:
        return None
    if len(texts) == len(literals) == list(map(type, texts)).count(str):
        return texts
    return None


def _decode_exactly(line: bytes) -> Decoded:
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
