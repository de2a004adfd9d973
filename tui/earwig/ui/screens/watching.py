"""Does what the reader's watch rules ask for when a message is one of theirs."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual.message import Message

from earwig.core.text.safe_text import SafeText, clean_line, many, own_text, safe_name
from earwig.ui.own_settings import tell_problems
from earwig.ui.plain import notify_safely
from earwig.ui.screens.returning import ReturningScreen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from earwig.core.model.events import StoreEvents
    from earwig.core.watch_rules.live import LiveWatch
    from earwig.core.watch_rules.rules import Firing, Watched

_MOST = 3
"""Messages of which each is told by itself; more in so short a time are told by their number."""

_PAUSE = 2.0
"""Seconds in which the bell rings once at most, and so many messages are told each by itself."""

_TOAST = 10.0

_SHOWN = 120


class Fired(Message):
    """Messages have come that rules are about."""

    def __init__(self, firings: list[Firing]) -> None:
        super().__init__()
        self.firings = firings


class RulesRefused(Message):
    """Some rules cannot be used."""

    def __init__(self, problems: Sequence[SafeText]) -> None:
        super().__init__()
        self.problems = problems


class WatchingScreen(ReturningScreen):
    """Without rules it loads nothing and does nothing."""

    _watched: Sequence[Watched] = ()
    _by_rule: Mapping[int, Watched] = MappingProxyType({})
    _watch: LiveWatch | None = None
    _told = 0.0
    _toasts = 0
    _untold = 0
    _unsent = 0

    def begin_to_watch(self, watched: Sequence[Watched]) -> None:
        """Watch from now on, if there is a rule; those of a file are not read yet."""
        if isinstance(watched, tuple) and not watched:
            return
        from earwig.core.watch_rules.live import LiveWatch  # only for who has rules

        self._watched = watched
        self._watch = LiveWatch(
            self._store,
            watched,
            lambda fired: self.post_message(Fired(fired)),
            lambda problems: self.post_message(RulesRefused(problems)),
        )
        self._watch.start()

    def on_rules_refused(self, message: RulesRefused) -> None:
        """Say what is wrong with rules."""
        tell_problems(self.app, message.problems)

    def end_watch(self) -> None:
        """Let the thread end."""
        if self._watch is not None:
            self._watch.stop()

    def tell_live(self, facts: StoreEvents) -> None:
        """As for the live view; called in the follower's thread."""
        super().tell_live(facts)
        if self._watch is not None:
            self._watch.take(facts)

    def on_fired(self, message: Fired) -> None:
        """Mark, ring, and say so."""
        asked = [(self._watched_by(firing), firing) for firing in message.firings]
        for session_id in {it.session.id for watched, it in asked if "mark" in watched.does}:
            self.sessions.flag(session_id)
        told = [(watched, firing) for watched, firing in asked if "notify" in watched.does]
        sent = [(watched, firing) for watched, firing in asked if "terminal" in watched.does]
        if self._may_disturb():
            if any("bell" in watched.does for watched, _ in asked):
                self.app.bell()
            if sent:
                watched, firing = sent.pop()
                self._tell_terminal(own_text("{}: {}", watched.name, _words(firing)))
        room = max(0, _MOST - self._toasts)
        for watched, firing in told[:room]:
            notify_safely(self.app, _words(firing), title=watched.name, timeout=_TOAST)
        self._toasts += len(told[:room])
        more = len(told) - len(told[:room])
        if (more or sent) and not (self._untold or self._unsent):
            self.set_timer(_PAUSE, self._tell_untold)
        self._untold += more
        self._unsent += len(sent)

    def _may_disturb(self) -> bool:
        """Whether the bell and the terminal were quiet for a moment; a new moment for toasts begins then."""
        now = time.monotonic()
        if now - self._told < _PAUSE:
            return False
        self._told, self._toasts = now, 0
        return True

    def _tell_untold(self) -> None:
        untold, self._untold = self._untold, 0
        unsent, self._unsent = self._unsent, 0
        if untold:
            notify_safely(self.app, _more(untold), timeout=_TOAST)
        if unsent:
            self._tell_terminal(_more(unsent))

    def _watched_by(self, firing: Firing) -> Watched:
        if not self._by_rule:
            self._by_rule = {id(each.rule): each for each in self._watched}
        return self._by_rule[id(firing.rule)]

    def _tell_terminal(self, text: SafeText) -> None:
        """A notification by the terminal itself (OSC 9: iTerm2, kitty, WezTerm, Ghostty, foot and others).

        Cleaned text has no control in it that could end the sequence.
        """
        driver = self.app._driver  # the terminal's only door
        if driver is not None:
            driver.write(f"\x1b]9;{text.replace(';', ',')}\x07")


def _more(count: int) -> SafeText:
    return own_text("and {}", many(count, "more message"))


def _words(firing: Firing) -> SafeText:
    message = firing.message
    said = clean_line(" ".join(message.content[: 4 * _SHOWN].split()), _SHOWN)
    return own_text("{}  {}: {}", safe_name(firing.session.key), clean_line(message.role, 20), said)
