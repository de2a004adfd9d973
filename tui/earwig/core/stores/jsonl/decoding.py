"""The lines of a session file, decoded as the bot does: orjson parses, and where they differ the bot wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import chain, islice, repeat
from typing import BinaryIO, TypeVar

import orjson

from earwig.core.model.message import BadLine, ChatMessage

Decoded = ChatMessage | BadLine | None
"""A decoded line: a message, a line that the bot skips, or None for a blank one."""

# `char::is_whitespace`, by which `str::trim` goes: Unicode's White_Space. `str.strip()` has U+001C-001F too.
_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

_LINES = 256
"""The most lines decoded in one go: enough that what is done once for all takes no time."""

_BYTES = 256 * 1024
"""About the most bytes decoded in one go: to parse a text, orjson takes a dozen times its memory."""

_FEW = 8
"""Up to so many lines are decoded one by one, so that an odd one costs only itself."""

# A line in the bot's own form: a head, up to its content; a JSON string; an end.
_ROLES = ("user", "assistant", "tool", "system")
_END = b"}\n"
_BRACE = _END[0]
_LETTER = len('{"role":"')
_HEADS = {role: b'{"role":"%b","content":' % role.encode() for role in _ROLES}


def _by_letter(heads: Mapping[str, bytes], letter: int) -> dict[int, tuple[str, bytes, slice]]:
    return {head[letter]: (role, head, slice(len(head), -len(_END))) for role, head in heads.items()}


_BY_LETTER = _by_letter(_HEADS, _LETTER)
"""The role, the head, and where the content is, by the role's first letter: it is the fastest to look up."""

# The same with the blanks that Python's `json` writes.
_SPACED_START = b'{"role": "'
_SPACED_LETTER = len(_SPACED_START)
_SPACED_BY_LETTER = _by_letter(
    {role: b'%b%b", "content": ' % (_SPACED_START, role.encode()) for role in _ROLES}, _SPACED_LETTER
)

# The same for who only counts: what is around a content without its quotes, and what is before that.
_OPENING = b',"content":"'
_CLOSING = b'"}\n'
_BEFORE_OPENING = frozenset(head.partition(_OPENING[:-1])[0] for head in _HEADS.values())

_new = tuple.__new__
_T = TypeVar("_T")


def decode_line(line: bytes) -> Decoded:
    """Return what the bot makes of a line without its newline (`load` in its `session_store.rs`).

    A carriage return before the newline may be there or not: it is trimmed as white space is.
    """
    if message := _in_own_form(line):
        return message
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


def _in_own_form(line: bytes) -> ChatMessage | None:
    """Return the message in a line that is one in the bot's own form.

    With nothing but one JSON string between its head and its end, it has both fields, each once.
    """
    try:
        role, head, _ = _BY_LETTER[line[_LETTER]]
        if line.startswith(head) and line.endswith(b"}"):
            content = orjson.loads(line[len(head) : -1])
            return ChatMessage(role, content) if type(content) is str else None
    except (IndexError, KeyError, orjson.JSONDecodeError):
        return None
    return None


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
    """Return what `decode_line` does for each line of a block of whole lines, the faster way.

    A newline ends a line, so one at the block's end begins no further line; the last line may lack it.
    """
    batches: Iterator[Sequence[Decoded]] = _in_batches(BytesIO(block), _messages, list, _LINES)
    return list(chain.from_iterable(batches))


def decode_lines(block: bytes | bytearray, ends: Sequence[int]) -> Iterator[tuple[int, int, Decoded]]:
    """Yield where each line begins whose newline is at one of `ends`, its length without it, and what it is.

    The line at the block's start is whole.
    """
    starts = [block.rfind(b"\n", 0, end - 1) + 1 for end in ends]
    items: Sequence[Decoded]
    with memoryview(block) as view:
        if len(ends) <= _FEW:
            items = [decode_line(bytes(view[s : end - 1])) for s, end in zip(starts, ends, strict=True)]
        elif starts[1:] == ends[:-1]:  # nothing is between them
            items = decode_block(bytes(view[starts[0] : ends[-1]]))
        else:
            items = decode_block(b"".join([view[s:end] for s, end in zip(starts, ends, strict=True)]))
    for start, end, item in zip(starts, ends, items, strict=True):
        yield start, end - 1 - start, item


def messages_in(file: BinaryIO) -> Iterator[list[ChatMessage]]:
    """Yield the messages of a seekable file, some at a time. Raises `OSError` where it cannot be read on."""
    return _in_batches(file, _messages, _only_messages, 1)


def count_block(block: bytes) -> tuple[int, int]:
    """Return how many messages and bad lines a block has, in two thirds of `decode_block`'s time."""
    messages = bad_lines = 0
    for some_messages, some_bad_lines in _in_batches(BytesIO(block), _count, _tally, _LINES):
        messages += some_messages
        bad_lines += some_bad_lines
    return messages, bad_lines


def _in_batches(
    file: BinaryIO,
    at_once: Callable[[Iterator[bytes]], _T | None],
    one_by_one: Callable[[Iterator[Decoded]], _T],
    count: int,
) -> Iterator[_T]:
    """Yield what `at_once` gives of some lines at a time; where that is None, what `one_by_one` does.

    First of `count` lines; how many the next ones are goes by how long those were.
    """
    while True:
        start = file.tell()
        batch = at_once(islice(file, count))
        if batch is None:
            file.seek(start)
            batch = one_by_one(decode_line(line.removesuffix(b"\n")) for line in islice(file, count))
        size = file.tell() - start
        if not size:
            return
        yield batch
        count = min(_LINES, max(1, count * _BYTES // size))


def _only_messages(items: Iterable[Decoded]) -> list[ChatMessage]:
    return [item for item in items if isinstance(item, ChatMessage)]


def _tally(items: Iterable[Decoded]) -> tuple[int, int]:
    messages = bad_lines = 0
    for item in items:
        messages += isinstance(item, ChatMessage)
        bad_lines += isinstance(item, BadLine)
    return messages, bad_lines


def _messages(lines: Iterator[bytes]) -> list[ChatMessage] | None:
    """All the lines, if all are messages in the bot's own form, or in that of Python's `json`; else None.

    Such a line is a message if its content is exactly one JSON string. The contents are parsed as one list,
    in which something else cannot hide, whatever the other lines hold. No string holds a raw tab, so none is
    open between two contents. Each is one value or more, for none may be missing between two commas. A list
    of nothing but strings has no brackets inside, so each content adds all that it has to the length, and
    the length tells.
    """
    roles: list[str] = []
    literals: list[bytes] = []
    first = line = next(lines, b"")
    if not first:
        return []
    spaced = first.startswith(_SPACED_START)
    letter, by_letter = (_SPACED_LETTER, _SPACED_BY_LETTER) if spaced else (_LETTER, _BY_LETTER)
    try:
        for line in chain((first,), lines):
            role, head, inside = by_letter[line[letter]]
            if line[-2] != _BRACE or not line.startswith(head):
                return None
            roles.append(role)
            literals.append(line[inside])
        if not line.endswith(_END):
            return None  # the file's last line, without a newline
        # A bracket to each end, and not around the joined text: that would copy it.
        literals[0] = b"[" + literals[0]
        literals[-1] += b"]"
        texts = orjson.loads(b",\t".join(literals))
    except (IndexError, KeyError, orjson.JSONDecodeError):
        return None
    if len(texts) != len(literals) or list(map(type, texts)).count(str) != len(texts):
        return None
    # Not `ChatMessage(...)`: a NamedTuple's own constructor is Python, and takes as long as the parsing.
    return list(map(_new, repeat(ChatMessage), zip(roles, texts, strict=True)))


def _count(lines: Iterator[bytes]) -> tuple[int, int] | None:
    """How many lines there are, and no bad ones, if each is a message in the bot's own form; else None.

    Their contents are parsed as one long string. If it is one, no content has an unescaped quote in it, nor
    a newline that no quote and brace came before; and none leans on its neighbour: a space completes no
    escape, no surrogate pair and no UTF-8 sequence.
    """
    parts: list[bytes] = []
    line = _CLOSING
    for line in lines:
        parts += line.removesuffix(_CLOSING).partition(_OPENING)
    if not line.endswith(_CLOSING):
        return None  # the file's last line, without a newline: no other can end so
    contents = parts[2::3]
    if not contents:
        return 0, 0
    count = len(contents)
    contents[0] = b'"' + contents[0]
    contents[-1] += b'"'
    try:
        orjson.loads(b" ".join(contents))
    except orjson.JSONDecodeError:
        return None
    return (count, 0) if _BEFORE_OPENING.issuperset(parts[::3]) else None


def _decode_exactly(line: bytes) -> Decoded:
    from earwig.core.stores.jsonl.serde_json import Refused, read_message  # see `_judged`

    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return BadLine(f"is not UTF-8 (byte {error.start + 1})", line, _salvaged)
    trimmed = text.rstrip(_WHITE_SPACE)
    if not trimmed:
        return None
    start = len(trimmed) - len(trimmed.lstrip(_WHITE_SPACE))
    try:
        return read_message(trimmed.encode("utf-8"), len(trimmed[:start].encode("utf-8")))
    except Refused as refusal:
        return BadLine(str(refusal), line, _salvaged)


def _salvaged(line: bytes) -> list[ChatMessage]:
    from earwig.core.stores.jsonl.fused_lines import messages_in  # see `_judged`

    return messages_in(line)


def _judged(line: bytes, value: object) -> Decoded:
    # Imported by the first odd line: to compile its patterns takes longer than to load the rest of the core.
    from earwig.core.stores.jsonl.serde_json import Refused, judge

    try:
        return judge(value)
    except Refused as refusal:
        return BadLine(str(refusal), line, _salvaged)
