"""Reads a line as the bot's `serde_json::from_str::<ChatMessage>` does, for lines orjson cannot vouch for.

serde_json checks a value that it ignores more loosely than a text that it keeps (a lone surrogate escape, any
depth, any size of number), and it refuses a field that comes twice. Nothing here recurses or goes back over
what it has read, so a hostile line costs time in proportion to its length. The rules are those of serde_json
1.0.87 to 1.0.149 (`Deserializer::ignore_value`) and of serde 1.0.152 to 1.0.228 (the derived visitor).
"""

from __future__ import annotations

import re

import orjson

from earwig.core.model.message import ChatMessage

_FIELDS = ("role", "content")
_BLANKS = b" \t\n\r"
_SPACE = r"[ \t\n\r]*+"

# `re` remembers each turn of a repeated group until the group ends, so every such group is bounded; what is
# longer is gone through in several matches. `(?>...)` forgets the turns, and keeps a failure linear.
_TURNS = "{0,1000}"


def _string(escape: str, guard: str = "") -> str:
    """Return the pattern of a JSON string whose escapes are of the form `escape`."""
    return rf'"{guard}(?>(?:[^"\\\x00-\x1f]++|{escape}){_TURNS})"'


_HEX = "[0-9A-Fa-f]"
_SHORT_ESCAPE = r'["\\/bfnrt]'
_ANY_ESCAPE = rf"\\(?:{_SHORT_ESCAPE}|u{_HEX}{{4}})"
_ANY_STRING = _string(_ANY_ESCAPE)
_KEY = rf"{_ANY_STRING}{_SPACE}:{_SPACE}"
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_SCALAR = rf"(?>{_ANY_STRING}|{_NUMBER}|true|false|null)"

# One level of nesting goes into the pattern, because ignored values are rarely deeper.
_FLAT_LIST = rf"\[{_SPACE}(?>(?:{_SCALAR}{_SPACE}(?:,{_SPACE}(?!\])|(?=\]))){_TURNS})\]"
_FLAT_OBJECT = rf"\{{{_SPACE}(?>(?:{_KEY}{_SCALAR}{_SPACE}(?:,{_SPACE}(?!\}})|(?=\}}))){_TURNS})\}}"
_FLAT = rf"(?>{_SCALAR}|{_FLAT_LIST}|{_FLAT_OBJECT})"

# An opening bracket, and on to the first value inside that is not a scalar with a comma behind it.
_INTO_LIST = rf"\[{_SPACE}(?!\])(?>(?:{_SCALAR}{_SPACE},{_SPACE}){_TURNS})"
_INTO_OBJECT = rf"\{{{_SPACE}{_KEY}(?>(?:{_SCALAR}{_SPACE},{_SPACE}{_KEY}){_TURNS})"

# A key that is neither field, however it is spelled: no escape in it can stand for an ASCII letter
# (U+0061-007A), and its surrogates are paired, for a key is kept and so is checked in full.
_PAIR = rf"[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"
_OTHER_ESCAPE = rf"\\(?:{_SHORT_ESCAPE}|u(?!00[67]|[dD][89a-fA-F]){_HEX}{{4}}|u{_PAIR})"
_OTHER_KEY = _string(_OTHER_ESCAPE, guard='(?!role"|content")') + rf"{_SPACE}:{_SPACE}"


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("ascii"))


_spaces = _compiled(_SPACE)
_string_part = _compiled(rf'(?>(?:[^"\\\x00-\x1f]++|{_ANY_ESCAPE}){_TURNS})')
_whole_string = _compiled(_ANY_STRING)
_cut_escape = _compiled(rf"\\(?:u{_HEX}{{0,3}})?\Z")
_flat_value = _compiled(_FLAT)
_openings = _compiled(rf"(?:{_INTO_LIST}|{_INTO_OBJECT}){_TURNS}")
_closings = _compiled(r"[\]} \t\n\r]*+")
_flat_values = {
    ord("["): _compiled(rf"(?:{_FLAT}{_SPACE},{_SPACE}){_TURNS}"),
    ord("{"): _compiled(rf"(?:{_FLAT}{_SPACE},{_SPACE}{_KEY}){_TURNS}"),
}
_other_key = _compiled(_OTHER_KEY)
_other_members = _compiled(rf"(?:{_OTHER_KEY}{_FLAT}{_SPACE}(?:,{_SPACE}(?!\}})|(?=\}}))){_TURNS}")

_OPENING_OF = bytes.maketrans(b"]}[{", b"[{\0\0")
"""What a bracket closes; an opening one closes nothing."""

_ALL_BUT_OPENINGS = bytes(set(range(256)) - set(b"[{"))
_KINDS = {str: "a text", int: "a number", float: "a number", bool: "true or false"}
_WORDS = (b"true", b"false", b"null", b"-")
_MESSAGE_START = b'{"role":"'
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Refused(ValueError):
    """Raised for a line that the bot would skip.

    Its text says why, to follow "line 7 ", and holds nothing of the line.
    """


def judge(value: object) -> ChatMessage:
    """Return the message that a parsed JSON value is. Raises `Refused`."""
    if isinstance(value, dict):
        missing = [f"no {name}" for name in _FIELDS if name not in value]
        if missing:
            raise Refused(f"has {' and '.join(missing)}")
        for name in _FIELDS:
            if not isinstance(value[name], str):
                raise Refused(f"has a {name} that is not text")
        return ChatMessage(value["role"], value["content"])
    if isinstance(value, list):
        # serde takes a list of a struct's fields, in the order of their declaration, for the struct.
        if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], str):
            return ChatMessage(*value)
        which = " that are not both text" if len(value) == 2 else ""
        raise Refused(f"is JSON, but not a message: a list of {len(value)}{which}")
    kind = "null" if value is None else _KINDS[type(value)]
    raise Refused(f"is JSON, but not a message: {kind}")


def read_message(raw: bytes, start: int) -> ChatMessage:
    """Return the message that `raw` is from `start` on, where there is neither white space nor the end.

    `raw` is UTF-8. Raises `Refused` where the bot would skip the line; its reason counts bytes from 1.
    """
    try:
        if raw[start : start + 1] == b"{":
            end, value, wrong = _read_object(raw, start)
        else:
            end, value, wrong = _read_other(raw, start)
        _refuse_rest(raw, start, _after(_spaces, raw, end))
    except Refused:
        _refuse_fused(raw, start)
        raise
    if wrong:  # and it is JSON: what is not says so first
        raise wrong
    return judge(value)


def value_end(raw: bytes, start: int) -> int:
    """Return where the JSON value ends that begins at `start`, whatever follows it. Raises `Refused`."""
    return _skip(raw, start)


_Read = tuple[int, object, "Refused | None"]
"""Where a value ends, what of it matters, and what is wrong with it though it is JSON."""


def _read_object(raw: bytes, start: int) -> _Read:
    fields: dict[str, object] = {}
    at = _after(_spaces, raw, start + 1)
    more = raw[at : at + 1] != b"}"
    while more:
        # Members that cannot matter are passed over in one match, many at a time.
        at = _after(_other_members, raw, at)
        if raw[at : at + 1] == b"}":
            break
        value = _after(_other_key, raw, at)
        if value == at:
            value = _key_end(raw, at)
            wrong = _keep(raw, at, value, fields)
            if wrong:
                return _skip(raw, value, bytearray(b"{")), fields, wrong
        at = _after(_spaces, raw, _skip(raw, value))
        more = raw[at : at + 1] == b","
        if more:
            at = _after(_spaces, raw, at + 1)
            if raw[at : at + 1] == b"}":
                raise _unexpected(raw, at)
    if raw[at : at + 1] != b"}":
        raise _unexpected(raw, at)
    return at + 1, fields, None


def _keep(raw: bytes, key: int, value: int, fields: dict[str, object]) -> Refused | None:
    """Puts a member into `fields` if it is one of them; what is wrong with it, if anything is."""
    try:
        name = _text(raw, key, "a key")
        if name in fields:
            return Refused(f"has two {name}s")
        if name in _FIELDS:
            is_text = raw[value : value + 1] == b'"'
            fields[name] = _text(raw, value, f"its {name}") if is_text else None
    except _HalfPair as half:
        return half
    return None


def _read_other(raw: bytes, start: int) -> _Read:
    """Return the value at `start`, of which as much is parsed as orjson takes."""
    end = _skip(raw, start)
    try:
        return end, orjson.loads(raw[start:end]), None
    except orjson.JSONDecodeError:
        # Half a surrogate pair, or great depth; neither can be in a list that the bot takes.
        return end, None, Refused("is JSON, but neither an object nor two texts that are Unicode")


class _HalfPair(Refused):
    """A text that is kept has half a surrogate pair in it, which is JSON, but not Unicode."""


def _text(raw: bytes, at: int, where: str) -> str:
    """Return the text of the well-formed string at `at`. Raises `_HalfPair`."""
    try:
        text: str = orjson.loads(raw[at : _string_end(raw, at)])
    except orjson.JSONDecodeError:
        raise _HalfPair(f"has half a surrogate pair in {where} (byte {at + 1})") from None
    return text


# --- one value, checked as serde_json checks a value that it ignores ---


def _skip(raw: bytes, at: int, frames: bytearray | None = None) -> int:
    """Where the value ends, or with `frames` the outermost bracket around it. Raises `Refused`."""
    frames = bytearray() if frames is None else frames
    while True:
        at = _enter(raw, at, frames)
        if frames:
            at = _leave(raw, at, frames)
        if not frames:
            return at
        if raw[at : at + 1] != b",":
            raise _unexpected(raw, at)
        at = _after(_spaces, raw, at + 1)
        if frames[-1] == ord("{"):
            at = _key_end(raw, at)


def _enter(raw: bytes, at: int, frames: bytearray) -> int:
    """Goes down from where a value begins to the end of the first one that no comma follows for certain."""
    while True:
        if frames:
            at = _after(_flat_values[frames[-1]], raw, at)
        flat = _flat_value.match(raw, at)
        if flat:
            return flat.end()
        inside = _after(_openings, raw, at)
        if inside != at:
            frames += _whole_string.sub(b"", raw[at:inside]).translate(None, _ALL_BUT_OPENINGS)
            at = inside
        elif raw[at : at + 1] == b"{":  # its key has more escapes than one match takes, or is wrong
            at = _key_end(raw, _after(_spaces, raw, at + 1))
            frames += b"{"
        elif raw[at : at + 1] == b'"':
            return _string_end(raw, at)
        else:
            raise _unexpected(raw, at)


def _leave(raw: bytes, at: int, frames: bytearray) -> int:
    """Goes up through the closing brackets behind a value, at most until all frames are closed."""
    end = _after(_closings, raw, at)
    if raw[at : at + len(frames)].translate(_OPENING_OF)[::-1] == frames:
        end = at + len(frames)  # what closes behind them is not theirs
    closed = raw[at:end].translate(_OPENING_OF, _BLANKS)[::-1]
    if len(closed) <= len(frames) and frames.endswith(closed):
        del frames[len(frames) - len(closed) :]
        return end
    while frames:
        at = _after(_spaces, raw, at)
        if raw[at : at + 1] not in (b"]", b"}"):
            break
        if frames.pop() != _OPENING_OF[raw[at]]:
            raise _unexpected(raw, at)
        at += 1
    return at


def _key_end(raw: bytes, at: int) -> int:
    """Return where the value begins whose key begins at `at`."""
    if raw[at : at + 1] != b'"':
        raise _unexpected(raw, at)
    at = _after(_spaces, raw, _string_end(raw, at))
    if raw[at : at + 1] != b":":
        raise _unexpected(raw, at)
    return _after(_spaces, raw, at + 1)


def _string_end(raw: bytes, at: int) -> int:
    """Return where the string ends whose opening quote is at `at`."""
    at += 1
    while (further := _after(_string_part, raw, at)) != at:
        at = further
    match raw[at : at + 1]:
        case b'"':
            return at + 1
        case b"\\" if _cut_escape.match(raw, at):
            raise _cut_off(raw)
        case b"\\":
            raise Refused(f"is not JSON: a malformed escape (byte {at + 1})")
        case b"" | b"\0":
            raise _unexpected(raw, at)
    raise Refused(f"is not JSON: a raw control character in a text (byte {at + 1})")


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
