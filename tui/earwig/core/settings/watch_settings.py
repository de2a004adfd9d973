"""The watch rules of the settings: what the browser tells of, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import ClassVar, Final

from earwig.core.find.matcher import LONGEST, BadPattern, Matcher, Query, Span
from earwig.core.settings.settings_rules import Wrong, is_but_may_be
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import clean_line, own_text
from earwig.core.watch_rules.literals import words_in
from earwig.core.watch_rules.rules import Watched, WatchRule, seconds_of

DOES: Final = ("mark", "bell", "notify", "terminal")
"""What can be done: a flag in the list, the bell, a word on the screen, one by the terminal."""

_KNOWN: Final = ("name", "match", "role", "session", "failed", "unanswered", "do")
_NAME = 40
_AT_ONCE = 20
"""Rules that are read before others may have a turn."""


def take_watch(
    value: object, wrong: Callable[[Wrong], None], pause: Callable[[], object] = bool
) -> tuple[Watched, ...]:
    """Return the rules of `[[watch]]` that can be used; `pause` is called between some of very many."""
    if not isinstance(value, list):
        allowed = own_text("a list of tables, each begun with [[watch]]")
        wrong(Wrong(("watch",), is_but_may_be("watch", value, allowed)))
        return ()
    taken: list[Watched] = []
    for number, item in enumerate(value, 1):
        try:
            taken.append(_watched(item, number))
        except Refusal as error:
            place = ("watch", f"rule {number}")
            wrong(Wrong(place, own_text("rule {} of [[watch]] {}", number, error.sentence)))
        if number % _AT_ONCE == 0:
            pause()
    return tuple(taken)


def _watched(item: object, number: int) -> Watched:
    """One rule. Raises `Refusal` with a clause, to follow the rule's number."""
    if not isinstance(item, dict):
        raise Refusal(own_text("is to be a table"))
    unknown = next((name for name in item if name not in _KNOWN), None)
    if unknown is not None:
        known = clean_line(", ".join(_KNOWN))
        raise Refusal(own_text("has {}, which is none of {}", clean_line(unknown, _NAME), known))
    does = _texts(item, "do") or ("mark", "notify")
    if not set(does) <= set(DOES):
        raise Refusal(own_text("is to do some of {}", clean_line(", ".join(DOES))))
    rule = WatchRule(
        _match(item),
        _texts(item, "role"),
        _texts(item, "session"),
        _switch(item, "failed"),
        _seconds(item),
        words_in(str(item["match"])) if "match" in item else None,
    )
    if rule == WatchRule():
        raise Refusal(own_text("says nothing: give it match, role, session, failed or unanswered"))
    name = item.get("name", f"rule {number}")
    if not isinstance(name, str):
        raise Refusal(own_text("is to have a text for its name"))
    return Watched(clean_line(name, _NAME), rule, frozenset(does))


def _texts(item: dict[str, object], name: str) -> tuple[str, ...]:
    value = item.get(name, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Refusal(own_text("is to have a text, or a list of texts, for {}", clean_line(name)))
    return tuple(texts)


def _switch(item: dict[str, object], name: str) -> bool:
    value = item.get(name, False)
    if not isinstance(value, bool):
        raise Refusal(own_text("is to have true or false for {}", clean_line(name)))
    return value


def _match(item: dict[str, object]) -> Matcher | None:
    text = item.get("match")
    if text is None:
        return None
    if not isinstance(text, str) or not text:
        raise Refusal(own_text("is to have a text for match"))
    query = Query(text, regex=True)
    if len(text) <= LONGEST and words_in(text) is not None:
        return _Later(query)  # an expression for certain
    try:
        return query.matcher()
    except BadPattern as error:
        reason = clean_line(str(error), 60)
        raise Refusal(own_text("has no regular expression for match: {}", reason)) from error


class _Later:
    """A matcher that is made when a message has one of its words: it takes longer than to read a rule."""

    may_be_slow: ClassVar[bool] = True

    def __init__(self, query: Query) -> None:
        self._query = query

    @cached_property
    def _made(self) -> Matcher:
        return self._query.matcher()

    def spans(self, text: str) -> Iterable[Span]:
        """Return where the matches are, in order. Raises `TooSlow`."""
        return self._made.spans(text)

    def count(self, text: str) -> int:
        """Return how many there are. Raises `TooSlow`."""
        return self._made.count(text)

    def has(self, text: str) -> bool:
        """Return whether there is any. Raises `TooSlow`."""
        return self._made.has(text)


def _seconds(item: dict[str, object]) -> float | None:
    value = item.get("unanswered")
    if value is None:
        return None
    seconds = seconds_of(value) if isinstance(value, str) else None
    if seconds is None:
        raise Refusal(own_text('is to have a time such as "5m" for unanswered'))
    return seconds
