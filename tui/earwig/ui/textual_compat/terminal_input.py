"""Reads what a terminal sends, and drops what cannot be read.

Why: Textual 8.2.8 ends the app at a byte that is not UTF-8 and at a key code that is no character, takes an
unknown sequence apart and presses its letters as keys, and listens to nothing any more after a paste without
an end. Here bytes are cut into whole sequences first, and Textual's parser gets one at a time.
Private: `Parser._timeout_time`, by which its parser waits for the rest of a sequence.
Without this module: `LinuxDriver.run_input_thread` reads, with those faults. On Windows the console sends
characters, not bytes, and Textual's own driver reads them.
"""

from __future__ import annotations

import re
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator

from textual import constants, events
from textual._parser import Parser
from textual._xterm_parser import XTermParser
from textual.message import Message

from earwig.ui.textual_compat.private_use import PrivateUse, has

USE = PrivateUse(
    "terminal input",
    "no byte that a terminal sends ends the browser or is taken for keys",
    lambda: has(Parser, "_timeout_time"),
)

IDLE = 0.1
"""Seconds to wait for more bytes where nothing is due; then the caller looks whether to go on."""

_BEGUN = 0.5
"""Seconds that the rest of a sequence may take, once it is certain that no person types it."""

_MOST_PASTED = 256 * 1024
"""Bytes of a paste that are kept; what goes beyond is left out."""

_LONGEST = 32
"""Bytes of a sequence that Textual's parser can know; a longer one is dropped whole."""

_KEPT = 64
"""Bytes that are kept of a sequence that has not ended yet: enough to see that it is too long."""

_MOST_COLUMNS, _MOST_ROWS = 4_000, 2_000
"""A terminal that says to have more is not believed."""

_FARTHEST = 32_767
"""The greatest coordinate of the mouse that can be meant, in cells or pixels."""

_LAST_CHARACTER = 0x10FFFF
_RELEASED = "3"
"""The kind of event by which a keyboard tells that a key was let go of."""

_TOKEN = re.compile(
    rb"""
    (?P<text> [^\x1b]+ )
  | (?P<paste> \x1b\[200~ )
  | (?P<mouse> \x1b\[M [\x20-\xff]{3} )  # X10: three bytes, also above 0x7f
  | (?P<csi> \x1b\[ (?: \[[A-E] | [0-9]+\$ | (?![M\[])[\x20-\x3f]*[@-~] ) )  # first: Linux, second: rxvt
  | (?P<string> \x1b (?: \][0-9] | P[0-9!>+$] | _G ) [^\x07\x1b]* (?: \x07 | \x1b\\ ) )
  | (?P<key> \x1b (?: O[0-9]?[A-Za-z] | (?! [O\[] | [\]P_]\Z | \][0-9] | P[0-9!>+$] | _G )
               (?: [\x00-\x1a\x1c-\x7f] | [\xc2-\xdf][\x80-\xbf]
                 | [\xe0-\xef][\x80-\xbf]{2} | [\xf0-\xf4][\x80-\xbf]{3} ) ) )
    """,
    re.VERBOSE | re.DOTALL,
)
"""A whole piece of input. A string is an answer of the terminal; letters after Alt+] and Alt+P are none."""

_UNFINISHED = re.compile(
    rb"""
    \x1b (?: \[ (?: M[\x20-\xff]{0,2} | \[ | [\x20-\x3f]* )
           | O[0-9]? | [\]P_]
           | (?: \][0-9] | P[0-9!>+$] | _G ) [^\x07\x1b]* \x1b?
           | [\xc2-\xdf] | [\xe0-\xef][\x80-\xbf]? | [\xf0-\xf4][\x80-\xbf]{0,2}
         )? \Z
    """,
    re.VERBOSE | re.DOTALL,
)
_BROKEN = re.compile(
    rb"\x1b (?: \[ [\x20-\x3f]*[@-~]? | (?: \][0-9] | P[0-9!>+$] | _G ) [^\x07\x1b]* )", re.VERBOSE
)
"""A sequence that something else has cut off."""

_TYPED = re.compile(rb"\x1b(?:[\[O\]P_]|[\x80-\xff]+)?")
"""What a person may have typed, if nothing follows: Escape, or Alt with a key."""

_PASTE_END = re.compile(rb"\x1b\[201~|(?=\x1b\[27(?:;[0-9:]*)*u)")
"""The end of a paste; or the Escape key, which is in no paste: the end was lost."""

_KEY = re.compile(r"\x1b\[([0-9:;]*)([u~A-HPQRS])")
_MOUSE = re.compile(r"\x1b\[<([0-9]+);(-?[0-9]+);(-?[0-9]+)[Mm]")
_SIZE = re.compile(r"\x1b\[48" + 4 * r";([0-9]+)(?::[^;]*)?" + "t")
"""Rows, columns, height, width; what follows a colon is for later protocols."""


class TerminalInput:
    """Makes messages for Textual of the bytes that a terminal sends, however they are cut; never raises."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._decoder = getincrementaldecoder("utf-8")("ignore")
        self._parser = _Parser()
        self._pending = b""
        self._paste: _Paste | None = None
        self._due: float | None = None
        """When what is pending is taken for all that comes."""

    @property
    def patience(self) -> float:
        """Seconds to wait for more bytes before `tick` is called."""
        if self._due is None:
            return IDLE
        return min(IDLE, max(0.0, self._due - self._clock()))

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield what the terminal tells with these bytes and those before."""
        data = self._pending + data
        self._pending, self._due = b"", None
        while data:
            if self._paste is not None:
                rest = self._paste.add(data)
                if rest is None:
                    if self._paste.may_be_over:
                        self._due = self._clock() + constants.ESCAPE_DELAY
                    return
                yield from self._end_paste()
                data = rest
                continue
            if token := _TOKEN.match(data):
                yield from self._take(token.lastgroup or "", token[0])
                data = data[token.end() :]
            elif _UNFINISHED.match(data):
                # In between is only what is dropped; the last byte may begin the end of a string.
                self._wait(data if len(data) <= _KEPT else data[:_KEPT] + data[-1:])
                return
            elif broken := _BROKEN.match(data):
                data = data[broken.end() :]
            else:
                yield _escape()
                data = data[1:]

    def tick(self) -> Iterator[Message]:
        """Yield what is due because no more bytes have come."""
        if self._due is None or self._clock() < self._due:
            return
        pending, self._pending, self._due = self._pending, b"", None
        if self._paste is not None:
            yield from self._end_paste()
            yield _escape()
        elif pending == b"\x1b":
            yield _escape()
        elif _TYPED.fullmatch(pending):
            yield from self._parse(pending.decode("ascii", "ignore"), reissue=True)

    def _wait(self, pending: bytes) -> None:
        self._pending = pending
        patience = constants.ESCAPE_DELAY if _TYPED.fullmatch(pending) else _BEGUN
        self._due = self._clock() + patience

    def _take(self, kind: str, token: bytes) -> Iterator[Message]:
        if kind == "text":
            if text := self._decoder.decode(token):
                yield from self._parse(text)
            return
        self._decoder.reset()  # no character has an escape in it
        if kind == "paste":
            self._paste = _Paste()
        elif kind == "key":
            yield from self._parse(token.decode("utf-8", "ignore"), reissue=True)
        elif kind == "csi" and len(token) <= _LONGEST and (sequence := _readable(token.decode())):
            yield from self._parse(sequence)
            if size := _SIZE.fullmatch(sequence):
                # A terminal that does not know its pixels counts the mouse in cells.
                rows, columns, height, width = map(int, size.groups())
                self._parser.mouse_pixels = height >= rows and width >= columns

    def _end_paste(self) -> Iterator[Message]:
        paste, self._paste = self._paste, None
        if paste is not None and paste.text:
            yield events.Paste(paste.text)

    def _parse(self, text: str, *, reissue: bool = False) -> Iterator[Message]:
        """Yield what Textual's parser makes of a whole sequence, or of text.

        What it does not know is dropped; with `reissue`, its characters are keys, the first with Alt.
        """
        try:
            yield from [*self._parser.feed(text), *(self._parser.expire() if reissue else ())]
        except Exception:  # noqa: BLE001 - of one sequence, whatever it was: the next one can be read
            self._begin_again()
        if self._parser.is_waiting:
            self._begin_again()

    def _begin_again(self) -> None:
        """Leave what the parser has begun; it keeps what it knows of the terminal and the mouse."""
        old, self._parser = self._parser, _Parser()
        self._parser.last_x, self._parser.last_y = old.last_x, old.last_y
        self._parser.mouse_pixels = old.mouse_pixels
        self._parser.terminal_size = old.terminal_size
        self._parser.terminal_pixel_size = old.terminal_pixel_size


class _Paste:
    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: bytes) -> bytes | None:
        """Take more; returns what comes after the paste's end, None before that."""
        searched = max(0, len(self._data) - _LONGEST)
        self._data += data
        end = _PASTE_END.search(self._data, searched)
        if end is not None:
            rest = bytes(self._data[end.end() :])
            del self._data[end.start() :]
            return rest
        if len(self._data) > _MOST_PASTED + _LONGEST:
            del self._data[_MOST_PASTED:-_LONGEST]
        return None

    @property
    def may_be_over(self) -> bool:
        """Whether it ends with Escape: if nothing follows, that is the key, and the paste's end was lost."""
        return self._data.endswith(b"\x1b")

    @property
    def text(self) -> str:
        """What can be read of it; a paste has no NUL, which a terminal sends for Ctrl+Space."""
        return self._data[:_MOST_PASTED].decode("utf-8", "ignore").rstrip("\x1b").replace("\0", "")


class _Parser(XTermParser):
    """Textual's parser, which can be told that no more comes of a sequence."""

    @property
    def is_waiting(self) -> bool:
        return self._timeout_time is not None

    def expire(self) -> list[Message]:
        if self._timeout_time is None:
            return []
        self._timeout_time = 0.0
        return list(self.tick())


def _escape() -> events.Key:
    return events.Key("escape", "\x1b")


def _readable(sequence: str) -> str:
    """Return a sequence as Textual can read it; empty if nothing can be made of it."""
    if key := _KEY.fullmatch(sequence):
        return _plain_key(key[1], key[2])
    if mouse := _MOUSE.fullmatch(sequence):
        return sequence if max(abs(int(mouse[2])), abs(int(mouse[3]))) <= _FARTHEST else ""
    if sequence.startswith("\x1b[48;") and sequence.endswith("t"):
        size = _SIZE.fullmatch(sequence)
        is_one = size and 0 < int(size[1]) <= _MOST_ROWS and 0 < int(size[2]) <= _MOST_COLUMNS
        return sequence if is_one else ""
    return sequence


def _plain_key(fields: str, final: str) -> str:
    """Return a key without what keyboards tell beside it: other layouts' codes, and whether it was let go of.

    Empty if that is all, or if its numbers are no characters.
    """
    code, modifiers, text, *more = [*fields.split(";"), "", "", ""]
    modifier, _, kind = modifiers.partition(":")
    code = code.partition(":")[0]
    numbers = [int(number) for number in text.split(":") if number]
    if kind == _RELEASED or any(more) or not all(map(_is_character, numbers)):
        return ""
    if final == "u" and not (_is_character(int(code or "1")) or (numbers and int(code or "1") == 0)):
        return ""
    texts = ":".join(map(str, numbers))
    return f"\x1b[{';'.join([code, modifier, texts]).rstrip(';')}{final}"


def _is_character(code: int) -> bool:
    return 0 < code <= _LAST_CHARACTER and not 0xD800 <= code <= 0xDFFF
