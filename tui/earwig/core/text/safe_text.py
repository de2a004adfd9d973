"""The one place where text from disk becomes text to show: nothing in it can act on a terminal or hide.

Terminals act on control characters, answer some of them with key presses, and disagree on the width of
others. What is kept here has the same width in Rich and in the terminals that were tried, Indic vowel signs
excepted. Display only: what is copied, exported or shown as source keeps what was stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import LiteralString, NewType
from unicodedata import category, is_normalized

SafeText = NewType("SafeText", str)
"""Text that may reach a screen or a terminal. Made only in this module; a plain `str` is refused by types."""

REPLACEMENT = "\ufffd"
ELLIPSIS = "…"
LINE_FEED_PICTURE = "\u240a"
MARKS_KEPT = 4
"""Combining marks in a row that are drawn over one character; natural languages need no more."""


def _characters(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


_BREAKS = frozenset("\u0085\u2028\u2029")
_BIDI = _characters((0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069))
_HIDDEN = _characters(
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180E, 0x180E),
    (0x200B, 0x200C),
    (0x2060, 0x2064),
    (0x206A, 0x206F),
    (0x3164, 0x3164),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),
)
_SELECTORS = _characters((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_JOINER = "\u200d"
_MODIFIERS = _SELECTORS | {_JOINER} | _characters((0x1F3FB, 0x1F3FF))
"""Variation selectors, the joiner, skin tones: an ordinary part of emoji, on whose width nobody agrees."""

_PLAIN_BYTES = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
_MARKS = frozenset({"Mn", "Me"})
_MAYBE_MARKS = re.compile(rf"[^\w\x00-\u02ff]{{{MARKS_KEPT + 1}}}")
"""Finds every run of too many marks, and others: spares most texts with marks the making of a pattern."""


_SELECTOR_RANGES = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_NO_BASE = r"\x00-\x22\x24-\x29\x2b-\x2f\x3a-\x7f"  # digits, # and * have emoji forms
_PLAIN_NAME = re.compile(r"[!-\[\]-~]*")

_WORTH = 200_000
"""Characters looked at one by one until it is worth to make the pattern of `_uncommon`."""

_FEW = 8
"""Up to so many different characters, `str.replace` for each is faster than `str.translate` for all."""


def clean(text: str) -> SafeText:
    """Text of any number of lines as it may be shown.

    LF ends a line, as do the other line ends; TAB stays for the layout to expand, whose stops are not the
    terminal's. C0 controls and DEL become their pictures (U+2400 and on). C1 and bidirectional controls,
    surrogates and code points that no character has become U+FFFD; private use stays. Invisible characters,
    variation selectors, joiners and skin tones go, and combining marks after the fourth in a row.
    """
    if _is_plain(text):
        return SafeText(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    distinct = set(text)
    changes = {char: new for char in distinct if (new := _replacement(char)) is not None}
    text = _replace(text, changes)
    too_many = _too_many_marks(text, distinct)
    return SafeText(too_many.sub("", text) if too_many else text)


def clean_line(text: str, limit: int | None = None) -> SafeText:
    """Text of any kind on one line: a title, a role, a snippet. Line ends become a picture, TAB a space.

    `limit` is the most characters that come back, an ellipsis included; what is beyond is not even looked at.
    """
    cut = limit is not None and len(text) > limit
    if limit is not None and cut:
        text = text[: max(0, limit - 1)]
    line = clean(text).replace("\n", LINE_FEED_PICTURE).replace("\t", " ")
    return SafeText(line + ELLIPSIS if cut else line)


def hidden_count(text: str) -> int:
    """Return how many characters `clean` removes that a reader cannot see and that carry something unseen.

    The selectors and joiners of emoji are not among them; those that stand where they can change nothing are.
    """
    if _is_plain(text):
        return 0
    distinct = set(text)
    hidden = len(text) - len(_replace(text, dict.fromkeys(distinct & _HIDDEN, "")))
    if distinct.isdisjoint(_SELECTORS) and _JOINER not in distinct:
        return hidden
    return hidden + sum(1 for _ in _stray_modifiers().finditer(text))


def safe_name(name: str) -> SafeText:
    r"""Return a file name, key or path with a backslash escape for all that cannot be shown as it is.

    Different names never look alike, by their characters or by a canonically equal spelling: the backslash is
    doubled; `\xNN` is a C0 control, DEL, a space at either end or, from 80 on, a byte that is not UTF-8 (as
    `os.fsdecode` gives it); `\uNNNN` and `\UNNNNNNNN` are any other character, blanks and C1 among them.
    """
    if _PLAIN_NAME.fullmatch(name):
        return SafeText(name)
    shown = _escape_name(name, {char for char in set(name) if _misleads(char)})
    if is_normalized("NFC", shown):
        return SafeText(shown)
    return SafeText(_escape_name(name, {char for char in set(name) if _misleads(char) or not char.isascii()}))


def without_symbols(name: SafeText) -> SafeText:
    r"""A safe name in which no sign beyond ASCII is left, `·` as `\u00b7`: none that a program draws with.

    Letters, digits and marks of all languages stay. Different names still never look alike.
    """
    if name.isascii():
        return name
    return SafeText("".join(_name_escape(char) if _is_symbol(char) else char for char in name))


def json_safe(json_text: str) -> SafeText:
    r"""Valid JSON with the same value, in which every character that `clean` would change is a `\uNNNN`.

    Such characters stand only inside JSON's strings, where the escape means the same; a CR only between
    tokens, where a space does.
    """
    if _is_plain(json_text):
        return SafeText(json_text)
    distinct = set(json_text)
    changes = {char: _json_escape(char) for char in distinct if _replacement(char) is not None} | {"\r": " "}
    return SafeText(_escape_marks(_replace(json_text, changes), distinct, _json_escape))


def own_text(template: LiteralString, *values: SafeText | int | float) -> SafeText:
    """The program's own words, with `values` put in by `str.format`: `own_text("{:,} messages", count)`."""
    return clean(template.format(*values) if values else template)


def many(count: int, noun: LiteralString) -> SafeText:
    """So many of something: `1 bad line`, `2,000 bad lines`."""
    return own_text("{:,} {}{}", count, SafeText(noun), SafeText("" if count == 1 else "s"))


def joined(separator: SafeText, parts: Iterable[SafeText]) -> SafeText:
    """Return the parts in one text."""
    return SafeText(separator.join(parts))


def lines_of(text: SafeText) -> list[SafeText]:
    """Return the lines of a text, without their LF; an empty text is one empty line."""
    return [SafeText(line) for line in text.split("\n")]


def without_tabs(text: SafeText, stop: int) -> SafeText:
    """The text with spaces for each TAB, up to the next of the stops that are so many characters apart."""
    return SafeText(text.expandtabs(stop))


def equal(text: str, safe: SafeText) -> SafeText:
    """Return a text that has the same characters as a safe one, and may know more. Raises `ValueError`."""
    if text != safe:
        raise ValueError("another text is not known to be safe")
    return SafeText(text)


def part(text: SafeText, start: int, stop: int | None = None) -> SafeText:
    """Return the characters from `start` to before `stop`."""
    return SafeText(text[start:stop])


def _is_plain(text: str) -> bool:
    """Return whether a quick look finds nothing for `clean` to change; False: nothing is known."""
    if text.isascii():
        return not text.encode("ascii").translate(None, _PLAIN_BYTES)
    return _quick_look.finds_nothing_in(text)


class _QuickLook:
    """Looks by a pattern, once enough was looked at without it: a first frame has not the time to make it."""

    def __init__(self, after: int = _WORTH) -> None:
        """`after` so many characters."""
        self._left = after

    def finds_nothing_in(self, text: str) -> bool:
        if self._left > 0:
            self._left -= len(text)
            return False
        return _uncommon().search(text) is None


_quick_look = _QuickLook()


@cache
def _stray_modifiers() -> re.Pattern[str]:
    """A selector or joiner with no character before it that it could change: bytes smuggled past a reader."""
    bare, joined_too = f"{_NO_BASE}{_JOINER}", f"{_NO_BASE}{_JOINER}{_SELECTOR_RANGES}"
    return re.compile(
        f"[{_SELECTOR_RANGES}](?<![^{joined_too}].)|{_JOINER}(?<![^{bare}].)",
        re.DOTALL,
    )


@cache
def _uncommon() -> re.Pattern[str]:
    """Return what is not among letters, signs and emoji of which `clean` changes none.

    All of these are assigned by Unicode 14 (Python 3.11). It takes 7 ms to make.
    """
    return re.compile(
        "[^\t\n -~\xa0-\xac\xae-\u02ff\u0391-\u03a1\u03a3-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a"
        "\u0904-\u0939\u0e01-\u0e30\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u218b"
        "\u2190-\u23ff\u2500-\u2b73\u3001-\u3029\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
        "\uac00-\ud7a3\uff01-\uff9f\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6d7"
        "\U0001f900-\U0001f9ff\U00020000-\U0002a6df]"
    )


@lru_cache(maxsize=4096)
def _replacement(char: str) -> str | None:
    """Return what `clean` makes of a character wherever it stands; None if it stays."""
    code = ord(char)
    if code < 0x20:
        return None if char in "\t\n" else chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char in _BREAKS:
        return "\n"
    if char in _HIDDEN or char in _MODIFIERS:
        return ""
    if 0x80 <= code < 0xA0 or char in _BIDI or category(char) in ("Cs", "Cn"):
        return REPLACEMENT
    return None


def _replace(text: str, changes: Mapping[str, str]) -> str:
    """Replace single characters; no new text may hold a character that is to be replaced."""
    if len(changes) > _FEW:
        return text.translate({ord(char): new for char, new in changes.items()})
    for char, new in changes.items():
        text = text.replace(char, new)
    return text


def _too_many_marks(text: str, distinct: set[str]) -> re.Pattern[str] | None:
    """Return what finds the combining marks that are too many in a row; `distinct` has all of the text's."""
    marks = "".join(sorted(char for char in distinct if category(char) in _MARKS))
    if not marks or not _MAYBE_MARKS.search(text):
        return None
    return re.compile(f"(?<=[{marks}]{{{MARKS_KEPT}}})[{marks}]+")


def _misleads(char: str) -> bool:
    """Whether a character in a name is the escape itself, is changed by `clean`, or looks like another."""
    if char in "\\\t\n\u2800":
        return True
    return _replacement(char) is not None or (char != " " and category(char) == "Zs")


def _escape_marks(text: str, distinct: set[str], escape: Callable[[str], str]) -> str:
    too_many = _too_many_marks(text, distinct)
    return too_many.sub(lambda marks: "".join(map(escape, marks[0])), text) if too_many else text


def _escape_name(name: str, misleading: set[str]) -> str:
    body = name.strip(" ")
    before = len(name) - len(name.lstrip(" ")) if body else 0
    after = len(name) - len(body) - before
    shown = "".join(_name_escape(char) if char in misleading else char for char in body)
    shown = _escape_marks(shown, set(body), _name_escape)
    if shown and category(shown[0]) in _MARKS:
        shown = _name_escape(shown[0]) + shown[1:]  # else it would be drawn over what stands before the name
    return _name_escape(" ") * before + shown + _name_escape(" ") * after


def _is_symbol(char: str) -> bool:
    return not char.isascii() and category(char)[0] in "SP"


def _name_escape(char: str) -> str:
    code = ord(char)
    if char == "\\":
        return r"\\"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
