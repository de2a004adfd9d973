"""Reads a line as the bot's `serde_json::from_str::<ChatMessage>` does, for lines that orjson cannot vouch for.

serde_json checks a value that it ignores more loosely than a text that it keeps (a lone surrogate escape, any
depth, any size of number), and it refuses a field that comes twice. Nothing here recurses and nothing goes
back over what it has read, so a hostile line costs time in proportion to its length. Rules checked against
serde 1.0.152 and 1.0.228, serde_json 1.0.87 and 1.0.149 (`Deserializer::ignore_value`, the derived visitor).
"""

from __future__ import annotations

import re

import orjson

from earwig.core.message import ChatMessage

_FIELDS = ("role", "content")

_BLANKS = b" \t\n\r"
_SPACE = r"[ \t\n\r]*+"

# `re` remembers each turn of a repeated group until the group ends, so every such group is bounded; what is
# longer is gone through in several matches. `(?>...)` forgets the turns, and keeps a failure linear.
_TURNS = "{0,1000}"


def _text_of(escape: str, guard: str = "") -> str:
    """The pattern of a JSON string whose escapes are of the form `escape`."""
    return rf'"{guard}(?>(?:[^"\\\x00-\x1f]++|{escape}){_TURNS})"'


_HEX = "[0-9A-Fa-f]"
_SHORT_ESCAPE = r'["\\/bfnrt]'
_ANY_ESCAPE = rf"\\(?:{_SHORT_ESCAPE}|u{_HEX}{{4}})"
_TEXT = _text_of(_ANY_ESCAPE)
_KEY = rf"{_TEXT}{_SPACE}:{_SPACE}"
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_SCALAR = rf"(?>{_TEXT}|{_NUMBER}|true|false|null)"

# One level of nesting goes into the pattern, because ignored values are rarely deeper.
_FLAT_LIST = rf"\[{_SPACE}(?>(?:{_SCALAR}{_SPACE}(?:,{_SPACE}(?!\])|(?=\]))){_TURNS})\]"
_FLAT_OBJECT = rf"\{{{_SPACE}(?>(?:{_KEY}{_SCALAR}{_SPACE}(?:,{_SPACE}(?!\}})|(?=\}}))){_TURNS})\}}"
_FLAT = rf"(?>{_SCALAR}|{_FLAT_LIST}|{_FLAT_OBJECT})"

# A key that is neither field, however it is spelled: no escape in it can stand for an ASCII letter
# (U+0061-007A), and its surrogates are paired, for a key is kept and so is checked in full.
_PAIR = rf"[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"
_OTHER_ESCAPE = rf"\\(?:{_SHORT_ESCAPE}|u(?!00[67]|[dD][89a-fA-F]){_HEX}{{4}}|u{_PAIR})"
_OTHER_KEY = _text_of(_OTHER_ESCAPE, guard='(?!role"|content")') + rf"{_SPACE}:{_SPACE}"


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("ascii"))


_SPACES = _compiled(_SPACE)
_TEXT_PART = _compiled(rf'(?>(?:[^"\\\x00-\x1f]++|{_ANY_ESCAPE}){_TURNS})')
_WHOLE_TEXT = _compiled(_TEXT)
_CUT_ESCAPE = _compiled(rf"\\(?:u{_HEX}{{0,3}})?\Z")
_FLAT_VALUE = _compiled(_FLAT)
_OPENINGS = _compiled(rf"(?:\[{_SPACE}(?!\])|\{{{_SPACE}{_KEY}){_TURNS}")
_CLOSINGS = _compiled(r"[\]} \t\n\r]*+")
_FLAT_VALUES = {
    ord("["): _compiled(rf"(?:{_FLAT}{_SPACE},{_SPACE}){_TURNS}"),
    ord("{"): _compiled(rf"(?:{_FLAT}{_SPACE},{_SPACE}{_KEY}){_TURNS}"),
}
_OTHER_MEMBERS = _compiled(rf"(?:{_OTHER_KEY}{_FLAT}{_SPACE}(?:,{_SPACE}|(?=\}}))){_TURNS}")
_OPENING_OF = bytes.maketrans(b"]}", b"[{")
_WORDS = (b"true", b"false", b"null", b"-")
_MESSAGE_START = b'{"role":"'
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Refused(ValueError):
    """The bot would skip the line; the text says why, to follow "line 7 ", and holds nothing of the line."""


def read_message(raw: bytes, start: int) -> ChatMessage:
    """The message that is all of `raw` from `start`, where no white space is; `raw` is valid UTF-8.

    Raises `Refused` where the bot would skip the line. Bytes are counted from 1 in its reason.
    """
    try:
        end = _skip_value(raw, start)
        _refuse_rest(raw, start, _after(_SPACES, raw, end))
    except Refused:
        _refuse_fused(raw, start)
        raise
    match raw[start : start + 1]:
        case b"{":
            return _message_of_object(raw, start)
        case b"[":
            return _message_of_list(raw, start)
        case b'"':
            raise Refused("is JSON, but not a message: a text")
        case b"t" | b"f":
            raise Refused("is JSON, but not a message: true or false")
        case b"n":
            raise Refused("is JSON, but not a message: null")
    raise Refused("is JSON, but not a message: a number")


# --- the message in a line that is known to be JSON ---


def _message_of_object(raw: bytes, start: int) -> ChatMessage:
    fields: dict[str, str] = {}
    at = _after(_SPACES, raw, start + 1)
    while True:
        at = _after(_OTHER_MEMBERS, raw, at)
        if raw[at : at + 1] == b"}":
            break
        end = _text_end(raw, at)
        name = _text(raw, at, end, "a key")
        value = _after(_SPACES, raw, _after(_SPACES, raw, end) + 1)
        end = _skip_value(raw, value)
        if name in fields:
            raise Refused(f"has two {name}s")
        if name in _FIELDS:
            fields[name] = _field(raw, value, end, name)
        at = _after(_SPACES, raw, end)
        if raw[at : at + 1] == b",":
            at = _after(_SPACES, raw, at + 1)
    missing = [f"no {name}" for name in _FIELDS if name not in fields]
    if missing:
        raise Refused(f"has {' and '.join(missing)}")
    return ChatMessage(fields["role"], fields["content"])


def _message_of_list(raw: bytes, start: int) -> ChatMessage:
    """serde takes a list of a struct's fields for the struct, in the order in which they are declared."""
    first = _after(_SPACES, raw, start + 1)
    if raw[first : first + 1] == b'"':
        first_end = _text_end(raw, first)
        comma = _after(_SPACES, raw, first_end)
        second = _after(_SPACES, raw, comma + 1)
        if raw[comma : comma + 1] == b"," and raw[second : second + 1] == b'"':
            second_end = _text_end(raw, second)
            if raw[_after(_SPACES, raw, second_end)] == ord("]"):
                role = _text(raw, first, first_end, "its role")
                return ChatMessage(role, _text(raw, second, second_end, "its content"))
    raise Refused(f"is JSON, but not a message: {_list_in_words(raw, start)}")


def _list_in_words(raw: bytes, start: int) -> str:
    try:
        count = len(orjson.loads(raw[start:]))
    except orjson.JSONDecodeError:
        return "a list"
    return "a list of 2 that are not both text" if count == 2 else f"a list of {count}"


def _field(raw: bytes, at: int, end: int, name: str) -> str:
    if raw[at : at + 1] != b'"':
        raise Refused(f"has a {name} that is not text")
    return _text(raw, at, end, f"its {name}")


def _text(raw: bytes, at: int, end: int, where: str) -> str:
    """The text of a JSON string that is well formed, which leaves one thing to refuse."""
    try:
        text: str = orjson.loads(raw[at:end])
    except orjson.JSONDecodeError:
        raise Refused(f"has half a surrogate pair in {where} (byte {at + 1})") from None
    return text


# --- one value, checked as serde_json checks a value that it ignores ---


def _skip_value(raw: bytes, at: int) -> int:
    """Where the value at `at` ends. Raises `Refused`."""
    frames = bytearray()  # the open brackets, outermost first
    while True:
        at = _enter(raw, at, frames)
        if not frames:
            return at
        at = _leave(raw, at, frames)
        if not frames:
            return at
        if raw[at : at + 1] != b",":
            raise _unexpected(raw, at)
        at = _after(_SPACES, raw, at + 1)
        if frames[-1] == ord("{"):
            at = _key_end(raw, at)


def _enter(raw: bytes, at: int, frames: bytearray) -> int:
    """Goes down from where a value begins to the end of the first one that no comma follows for certain."""
    while True:
        if frames:
            at = _after(_FLAT_VALUES[frames[-1]], raw, at)
        flat = _FLAT_VALUE.match(raw, at)
        if flat:
            return flat.end()
        inside = _after(_OPENINGS, raw, at)
        if inside != at:
            frames += _WHOLE_TEXT.sub(b"", raw[at:inside]).translate(None, _BLANKS + b":")
            at = inside
        elif raw[at : at + 1] == b"{":  # its key has more escapes than one match takes, or is wrong
            at = _key_end(raw, _after(_SPACES, raw, at + 1))
            frames += b"{"
        elif raw[at : at + 1] == b'"':
            return _text_end(raw, at)
        else:
            raise _unexpected(raw, at)


def _leave(raw: bytes, at: int, frames: bytearray) -> int:
    """Goes up through the closing brackets from the end of a value, at most until all frames are closed."""
    end = _after(_CLOSINGS, raw, at)
    closed = raw[at:end].translate(_OPENING_OF, _BLANKS)[::-1]
    if len(closed) <= len(frames) and frames.endswith(closed):
        del frames[len(frames) - len(closed) :]
        return end
    while frames:
        at = _after(_SPACES, raw, at)
        if raw[at] not in b"]}" or frames.pop() != _OPENING_OF[raw[at]]:
            raise _unexpected(raw, at)
        at += 1
    return at


def _key_end(raw: bytes, at: int) -> int:
    """Where the value begins whose key begins at `at`."""
    if raw[at : at + 1] != b'"':
        raise _unexpected(raw, at)
    at = _after(_SPACES, raw, _text_end(raw, at))
    if raw[at : at + 1] != b":":
        raise _unexpected(raw, at)
    return _after(_SPACES, raw, at + 1)


def _text_end(raw: bytes, at: int) -> int:
    """Where the string ends whose opening quote is at `at`."""
    at += 1
    while (further := _after(_TEXT_PART, raw, at)) != at:
        at = further
    if raw[at : at + 1] == b'"':
        return at + 1
    if raw[at : at + 1] == b"\\":
        raise _cut_off(raw) if _CUT_ESCAPE.match(raw, at) else Refused(
            f"is not JSON: a malformed escape (byte {at + 1})"
        )
    if b"\0" < raw[at : at + 1] < b" ":
        raise Refused(f"is not JSON: a raw control character in a text (byte {at + 1})")
    raise _unexpected(raw, at)


def _after(pattern: re.Pattern[bytes], raw: bytes, at: int) -> int:
    found = pattern.match(raw, at)
    return found.end() if found else at


# --- reasons ---


def _refuse_rest(raw: bytes, start: int, at: int) -> None:
    if at == len(raw):
        return
    if raw[at] == 0:
        raise _unexpected(raw, at)
    if raw[start] == raw[at] == ord("{"):
        raise Refused(f"is not JSON: two objects fused on one line (byte {at + 1})")
    after = "message" if raw[start] == ord("{") else "value"
    raise Refused(f"is not JSON: text after the {after} (byte {at + 1})")


def _refuse_fused(raw: bytes, start: int) -> None:
    """Says so where the end of a message was never written and the next one follows on its line."""
    fused = raw.find(_MESSAGE_START, start + 1)
    if fused > 0 and raw.startswith(_MESSAGE_START, start) and b"\0" not in raw:
        raise Refused(f"is not JSON: two messages fused on one line (byte {fused + 1})") from None


def _cut_off(raw: bytes) -> Refused:
    return Refused(f"is not JSON: unexpected end of data (byte {len(raw)})")


def _unexpected(raw: bytes, at: int) -> Refused:
    rest = raw[at : at + 5]
    if len(rest) < 5 and any(word.startswith(rest) for word in _WORDS):
        return _cut_off(raw)
    if rest[0] == 0:
        return Refused(f"is not JSON: NUL bytes (byte {at + 1}; an interrupted write?)")
    if rest.startswith(_BYTE_ORDER_MARK):
        return Refused(f"is not JSON: a byte order mark (byte {at + 1})")
    return Refused(f"is not JSON: unexpected character (byte {at + 1})")
