"""What a program sent to a terminal, cut into tokens, and what of it no chat content may bring there.

The grammar is ECMA-48's (control sequences: parameter bytes, intermediate bytes, a final byte; control
strings up to a terminator) in UTF-8. C1 controls count in their UTF-8 form, the only one a UTF-8 terminal
could take them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from tests.data.hostile import forbidden_characters

_UTF8 = rb"""
    \xc2[\xa0-\xbf] | [\xc3-\xdf][\x80-\xbf]
  | \xe0[\xa0-\xbf][\x80-\xbf] | [\xe1-\xec\xee\xef][\x80-\xbf]{2} | \xed[\x80-\x9f][\x80-\xbf]
  | \xf0[\x90-\xbf][\x80-\xbf]{2} | [\xf1-\xf3][\x80-\xbf]{3} | \xf4[\x80-\x8f][\x80-\xbf]{2}
"""

_TOKEN = re.compile(
    rb"""
    (?P<text> (?: [\x20-\x7e] | """
    + _UTF8
    + rb""" )+ )
  | (?P<csi> \x1b\[ [\x30-\x3f]* [\x20-\x2f]* [\x40-\x7e] )
  | (?P<osc> \x1b\] [^\x07\x18\x1a\x1b]* (?: \x07 | \x1b\\ ) )
  | (?P<string> \x1b[PX^_] [^\x18\x1a\x1b]* \x1b\\ )
  | (?P<escape> \x1b [\x20-\x2f]* [\x30-\x7e] )
  | (?P<newline> \r?\n )
  | (?P<control> [\x00-\x1f\x7f] | \xc2[\x80-\x9f] )
  | (?P<invalid> [\x80-\xff] )
    """,
    re.VERBOSE | re.DOTALL,
)

_INCOMPLETE = re.compile(
    rb"""
    (?: \x1b (?: \[ [\x30-\x3f]* [\x20-\x2f]* | [\]PX^_] [^\x07\x18\x1a\x1b]* \x1b? | [\x20-\x2f]* )
      | [\xc2-\xdf] | [\xe0-\xef][\x80-\xbf]? | [\xf0-\xf4][\x80-\xbf]{0,2}
      | \r )
    \Z""",
    re.VERBOSE | re.DOTALL,
)

_ALLOWED = re.compile(
    rb"""
    \x1b\[ [0-9;]* m                                                        # colours
  | \x1b\[ [0-9]+ ; [0-9]+ H                                                # the cursor's place
  | \x1b\[\? (?:1049|1000|1003|1015|1006|1004|2004|2026|2048|1016|25|7) [hl]  # modes, on and off
  | \x1b\[\? (?:2026|2048) \$p                                              # is the mode known?
  | \x1b\[> [0-9]+ u | \x1b\[<u                                             # the keyboard's protocol
  | \x1b\]22;[a-z-]*\x07                                                    # the mouse pointer's shape
    """,
    re.VERBOSE,
)
"""What Textual itself sends."""

CLIPBOARD = re.compile(rb"\x1b\]52;[a-z]*;[A-Za-z0-9+/=]*(?:\x07|\x1b\\)")
"""A copy to the clipboard: to be allowed only in the test of a copy."""


class Token(NamedTuple):
    """A piece of a terminal's input; `kind` is `text`, `csi`, `osc`, `string`, `escape`, `newline`,
    `control` or `invalid` (bytes that are no UTF-8).
    """

    kind: str
    data: bytes
    offset: int


def tokens(raw: bytes) -> Iterator[Token]:
    """Cut bytes into tokens; all of them are in one."""
    for match in _TOKEN.finditer(raw):
        yield Token(match.lastgroup or "", match[0], match.start())


def complete_part(raw: bytes) -> int:
    """How many bytes there are before a token that is cut off at the end."""
    match = _INCOMPLETE.search(raw)
    return match.start() if match else len(raw)


def forbidden_controls(raw: bytes, allow: Iterable[re.Pattern[bytes]] = ()) -> list[str]:
    """Every token that acts on the terminal and that Textual itself does not send.

    Colours and cursor places that content brings are not seen here: content for a test uses numbers that the
    program does not, and the test looks for those.
    """
    patterns = (_ALLOWED, *allow)

    @cache  # there are millions of them, and few are different
    def is_allowed(data: bytes) -> bool:
        return any(pattern.fullmatch(data) for pattern in patterns)

    return [
        f"{token.kind} {token.data!r} at byte {token.offset}"
        for token in tokens(raw)
        if token.kind not in ("text", "newline") and not is_allowed(token.data)
    ]


def harm(raw: bytes, *, forbidden: Iterable[str] = (), allow: Iterable[re.Pattern[bytes]] = ()) -> list[str]:
    """All that content has brought into a program's output: controls, characters that nobody sees or that
    turn text around, and what is `forbidden` besides, because the program itself never sends it.
    """
    shown = b"\n".join(token.data for token in tokens(raw) if token.kind == "text").decode()
    return [
        *forbidden_controls(raw, allow),
        *(f"character {char!a}" for char in sorted(forbidden_characters(shown))),
        *(f"piece {piece!a}" for piece in forbidden if piece.encode() in raw),
    ]


_PRIVATE_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEYBOARD = re.compile(rb"\x1b\[([<>])([0-9]*)u")

_MODES = {
    1049: "alternate screen",
    47: "alternate screen (47)",
    1047: "alternate screen (1047)",
    1000: "mouse (1000)",
    1001: "mouse (1001)",
    1002: "mouse (1002)",
    1003: "mouse (1003)",
    1005: "mouse (1005)",
    1006: "mouse (1006)",
    1015: "mouse (1015)",
    1004: "focus reports",
    2004: "bracketed paste",
    2026: "held output",
    2048: "resize reports",
}
_ON_AT_START = {25: "cursor hidden", 7: "line wrap off"}


def modes_restored(raw: bytes) -> list[str]:
    """What a program that sent these bytes has left changed in the terminal; empty if all is as before."""
    state: dict[int, bool] = {}
    keyboard = 0
    for token in tokens(raw):
        if token.kind != "csi":
            continue
        if mode := _PRIVATE_MODE.fullmatch(token.data):
            state.update((int(number), mode[2] == b"h") for number in mode[1].split(b";") if number)
        elif change := _KEYBOARD.fullmatch(token.data):
            keyboard = keyboard + 1 if change[1] == b">" else max(0, keyboard - int(change[2] or 1))
    left = [name for number, name in _MODES.items() if state.get(number, False)]
    left += [name for number, name in _ON_AT_START.items() if not state.get(number, True)]
    if keyboard:
        left.append("keyboard protocol")
    return left
