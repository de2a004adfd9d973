"""What each setting may be: the one table that file, environment and flags are read by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from earwig.core.settings.settings import (
    ALL_OF_IT,
    COLOURED,
    NARROWEST,
    SORTS,
    TIMES,
    WIDEST,
    NamedPattern,
)
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text

_SHOWN = 60
"""Characters of a wrong value that a sentence quotes."""

_LARGE = 10**18

_MANY = 25
"""Names that a sentence has no room for."""

_NAME = 40
"""Characters of a pattern's name."""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_SWITCH: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_A_TABLE = own_text("a table")


class Wrong(NamedTuple):
    """What is wrong with a part of a table, and where that part is."""

    place: tuple[str, ...]
    """The keys that lead to it."""

    sentence: SafeText
    """What it is and what it may be, without a place."""


class Rule(NamedTuple):
    """A setting with one value."""

    name: str
    """In the file, and of the field of `Settings`."""

    accepts: Callable[[object], object]
    """Whether the setting can have a value."""

    allowed: SafeText
    from_text: Callable[[str], object] = str
    """What a text means, before it is taken: the environment holds nothing but text."""

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"EARWIG_{self.name.upper()}"


def _quoted(value: str | bool) -> str:
    import json  # nobody waits for it whose settings are right

    return json.dumps(value, ensure_ascii=False)


def _is_width(value: object) -> bool:
    return type(value) is int and (value == ALL_OF_IT or value in range(NARROWEST, WIDEST + 1))


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _any_of(choices: tuple[str, ...]) -> SafeText:
    return joined(own_text(" or "), (clean_line(_quoted(choice)) for choice in choices))


def _switch_in(text: str) -> object:
    return _SWITCH.get(text.strip().lower(), text)


def _number_in(text: str) -> object:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


_ON_OR_OFF: Final = own_text("true or false")
_WIDTHS: Final = own_text(
    "a whole number from {} to {}, or {} for all the room", NARROWEST, WIDEST, ALL_OF_IT
)
RULES: Final = (
    Rule("theme", lambda value: isinstance(value, str), own_text("the name of a theme, in quotes")),
    Rule("sort", SORTS.__contains__, _any_of(SORTS)),
    Rule("time", TIMES.__contains__, _any_of(TIMES)),
    Rule("width", _is_width, _WIDTHS, _number_in),
    Rule("wrap", _is_switch, _ON_OR_OFF, _switch_in),
    Rule("mouse", _is_switch, _ON_OR_OFF, _switch_in),
    Rule("poll", _is_switch, _ON_OR_OFF, _switch_in),
    Rule("plain", _is_switch, _ON_OR_OFF, _switch_in),
)
"""The settings with one value, in the order that they are told in."""


def shown(value: object) -> SafeText:
    """Return a value as a sentence quotes it: as the file would have it, in one line, not too long."""
    if isinstance(value, dict):
        return _A_TABLE
    if isinstance(value, list):
        return own_text("a list")
    if isinstance(value, int) and abs(value) >= _LARGE:
        return own_text("a very large number")  # Python refuses to write some of them out
    text = _quoted(value) if isinstance(value, str | bool) else str(value)
    return clean_line(text, limit=_SHOWN)


def is_but_may_be(name: str, value: object, allowed: SafeText) -> SafeText:
    """Return the sentence on a wrong value, without a place."""
    return own_text("{} is {}; it may be {}", clean_line(name, limit=_SHOWN), shown(value), allowed)


def unknown(kind: SafeText, name: str, known: tuple[str, ...]) -> SafeText:
    """Return the sentence on a name that is none: the nearest one that there is, or all."""
    from difflib import get_close_matches  # only for who mistyped

    near = get_close_matches(name[:_SHOWN], known, 1)
    words = clean_line(near[0] if near else ", ".join(known))
    template = own_text("did you mean {}?", words) if near else own_text("there are {}", words)
    if not near and len(known) > _MANY:
        template = own_text("`earwig config` lists what there is")
    return own_text("there is no {} {}; {}", kind, shown(name), template)


def take_keys(value: object, wrong: Callable[[Wrong], None]) -> Mapping[str, str]:
    """Keys by action: whether actions and keys are of these names, only the browser can tell."""
    if not isinstance(value, dict):
        wrong(Wrong(("keys",), is_but_may_be("keys", value, own_text('a table of "action" = "key,key"'))))
        return {}
    taken: dict[str, str] = {}
    owners: dict[tuple[str, str], str] = {}
    for action, text in value.items():
        place = ("keys", action)
        keys = list(_split(text)) if isinstance(text, str) else []
        if not keys:
            allowed = own_text('one key or several with commas between, as in "end,G"')
            wrong(Wrong(place, is_but_may_be(action, text, allowed)))
            continue
        used = next((key for key in keys if (_scope(action), key) in owners), None)
        if used is not None:
            owner = clean_line(owners[_scope(action), used], limit=_SHOWN)
            names = clean_line(action, limit=_SHOWN), shown(used), owner
            wrong(Wrong(place, own_text("{} has the key {}, and so has {}; give each its own", *names)))
            continue
        owners |= {(_scope(action), key): action for key in keys}
        taken[action] = ",".join(keys)
    return taken


def _split(text: str) -> Iterator[str]:
    """Yield each key once; a comma is named `comma`."""
    yield from dict.fromkeys(key for part in text.split(",") if (key := part.strip()))


def _scope(action: str) -> str:
    """What an action belongs to: the same key may do one thing in the list and another in the transcript."""
    return action.partition(".")[0]


def take_colours(value: object, wrong: Callable[[Wrong], None]) -> Mapping[str, str]:
    """Colours by what is shown in them."""
    if not isinstance(value, dict):
        wrong(Wrong(("colors",), is_but_may_be("colors", value, own_text('a table of role = "#rrggbb"'))))
        return {}
    taken: dict[str, str] = {}
    for role, colour in value.items():
        if role not in COLOURED:
            wrong(Wrong(("colors", role), unknown(own_text("color for"), role, COLOURED)))
        elif not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            allowed = own_text('a "#" and six hexadecimal digits, as in "#ff8800"')
            wrong(Wrong(("colors", role), is_but_may_be(role, colour, allowed)))
        else:
            taken[role] = colour.lower()
    return taken


def take_redact(value: object, wrong: Callable[[Wrong], None]) -> tuple[NamedPattern, ...]:
    """Return the patterns of what to leave out."""
    place = ("redact", "patterns")
    allowed = own_text('patterns = [{name = "…", pattern = "…"}]')
    if not isinstance(value, dict):
        wrong(Wrong(("redact",), is_but_may_be("redact", value, own_text("a table with {}", allowed))))
        return ()
    for name in value:
        if name != "patterns":
            wrong(Wrong(("redact", name), unknown(own_text("setting in [redact]"), name, ("patterns",))))
    patterns = value.get("patterns", [])
    if not isinstance(patterns, list):
        wrong(Wrong(place, is_but_may_be("patterns", patterns, allowed)))
        return ()
    taken: list[NamedPattern] = []
    for number, item in enumerate(patterns, 1):
        try:
            taken.append(_pattern(item))
        except Refusal as error:
            wrong(Wrong(place, own_text("pattern {} of [redact] {}", number, error.sentence)))
    return tuple(taken)


def _pattern(item: object) -> NamedPattern:
    """One pattern. Raises `Refusal` with what is wrong, because there is no one value to quote."""
    if not isinstance(item, dict) or set(item) != {"name", "pattern"}:
        raise Refusal(own_text("is to have a name and a pattern, and nothing else"))
    name, text = item["name"], item["pattern"]
    if not isinstance(name, str) or not name.strip() or not isinstance(text, str):
        raise Refusal(own_text("is to have texts for its name and its pattern"))
    try:
        pattern = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        reason = clean_line(str(error), limit=_SHOWN)
        raise Refusal(own_text("is no regular expression: {}", reason)) from error
    if pattern.search("") is not None:
        raise Refusal(own_text("matches an empty text: it would match everywhere"))
    return NamedPattern(clean_line(name.strip(), limit=_NAME), pattern)
