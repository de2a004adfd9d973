"""Does what the reader's watch rules ask for when a message is one of theirs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from earwig.core.model.session import SessionId
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import SafeText, clean_line, many, own_text, safe_name
from earwig.ui.screens.controllers.host import ScreenHost

if TYPE_CHECKING:
    from earwig.core.model.events import StoreEvents
    from earwig.core.watch_rules.live import LiveWatch
    from earwig.core.watch_rules.rules import Firing, Watched

_MOST = 3
"""Messages of which each is told by itself; more in so short a time are told by their number."""

_PAUSE = 2.0
"""Seconds in which the bell rings once at most, and so many messages are told each by itself."""

_TOAST = 10.0

_SHOWN = 120


@dataclass(eq=False)
class Watching:
    """Owns the thread that watches, and knows what was told lately; without rules it does nothing.

    `flag` marks a session in the list; `clock` counts seconds from any moment.
    """

    _host: ScreenHost
    _store: Store
    _flag: Callable[[SessionId], object]
    _clock: Callable[[], float] = time.monotonic
    _watched: Sequence[Watched] = ()
    _by_rule: dict[int, Watched] = field(default_factory=dict, init=False)
    _watch: LiveWatch | None = None
    _told: float | None = None
    _toasts: int = 0
    _untold: int = 0
    _unsent: int = 0

    @property
    def is_watching(self) -> bool:
        """Whether there are rules, and it is known what was there before anything is told."""
        return self._watch is not None and self._watch.has_begun

    def begin(self, watched: Sequence[Watched]) -> None:
        """Watch from now on, if there is a rule; those of a file are not read yet."""
        if isinstance(watched, tuple) and not watched:
            return
        from earwig.core.watch_rules.live import LiveWatch  # only for who has rules

        host = self._host
        self.use(watched)
        self._watch = LiveWatch(
            self._store,
            watched,
            lambda firings: host.go_on(lambda: self.tell(firings)),
            lambda problems: host.go_on(lambda: _complain(host, problems)),
        )
        self._watch.start()

    def use(self, watched: Sequence[Watched]) -> None:
        self._watched, self._by_rule = watched, {}

    def end(self) -> None:
        if self._watch is not None:
            self._watch.stop()

    def take(self, events: StoreEvents) -> None:
        """Look at what has changed. Called in the follower's thread."""
        if self._watch is not None:
            self._watch.take(events)

    def tell(self, firings: Sequence[Firing]) -> None:
        asked = [(self._watched_by(firing), firing) for firing in firings]
        for session_id in {it.session.id for watched, it in asked if "mark" in watched.does}:
            self._flag(session_id)
        told = [(watched, firing) for watched, firing in asked if "notify" in watched.does]
        sent = [(watched, firing) for watched, firing in asked if "terminal" in watched.does]
        if self._may_disturb():
            if any("bell" in watched.does for watched, _ in asked):
                self._host.ring()
            if sent:
                watched, firing = sent.pop()
                self._tell_terminal(own_text("{}: {}", watched.name, _words(firing)))
        room = max(0, _MOST - self._toasts)
        for watched, firing in told[:room]:
            self._host.tell(_words(firing), title=watched.name, timeout=_TOAST)
        self._toasts += len(told[:room])
        more = len(told) - len(told[:room])
        if (more or sent) and not (self._untold or self._unsent):
            self._host.call_in(_PAUSE, self._tell_untold)
        self._untold += more
        self._unsent += len(sent)

    def _may_disturb(self) -> bool:
        """Return whether bell and terminal were quiet for a moment; then a new one for toasts begins."""
        now = self._clock()
        if self._told is not None and now - self._told < _PAUSE:
            return False
        self._told, self._toasts = now, 0
        return True

    def _tell_untold(self) -> None:
        untold, self._untold = self._untold, 0
        unsent, self._unsent = self._unsent, 0
        if untold:
            self._host.tell(_more(untold), timeout=_TOAST)
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
        self._host.send(f"\x1b]9;{text.replace(';', ',')}\x07")


def _complain(host: ScreenHost, problems: Sequence[SafeText]) -> None:
    from earwig.ui.app.own_settings import tell_problems  # only for who has rules that cannot be used

    tell_problems(host.tell, problems)


def _more(count: int) -> SafeText:
    return own_text("and {}", many(count, "more message"))


def _words(firing: Firing) -> SafeText:
    message = firing.message
    said = clean_line(" ".join(message.content[: 4 * _SHOWN].split()), _SHOWN)
    return own_text("{}  {}: {}", safe_name(firing.session.key), clean_line(message.role, 20), said)
