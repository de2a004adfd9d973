"""Does what the reader's watch rules ask for when a message is one of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from earwig.core.safe_text import SafeText, clean_line, own_text, safe_name
from earwig.ui.plain import notify_safely
from earwig.ui.screens.returning import ReturningScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from earwig.core.following.facts import Facts
    from earwig.core.watching.live import LiveWatch
    from earwig.core.watching.rules import Firing, Watched

_MOST = 3
"""Messages of which each is told by itself; more at once are told by their number."""

_SHOWN = 120


class Fired(Message):
    """Messages have come that rules are about."""

    def __init__(self, firings: list[Firing]) -> None:
        super().__init__()
        self.firings = firings


class WatchingScreen(ReturningScreen):
    """Without rules it loads nothing and does nothing."""

    _watched: Sequence[Watched] = ()
    _watch: LiveWatch | None = None

    def begin_to_watch(self, watched: Sequence[Watched]) -> None:
        """Watch from now on, if there is a rule."""
        if watched:
            from earwig.core.watching.live import LiveWatch  # only for who has rules

            self._watched = watched
            rules = [each.rule for each in watched]
            self._watch = LiveWatch(self._store, rules, lambda fired: self.post_message(Fired(fired)))
            self._watch.start()

    def end_watch(self) -> None:
        """Let the thread end."""
        if self._watch is not None:
            self._watch.stop()

    def tell_live(self, facts: Facts) -> None:
        """As for the live view; called in the follower's thread."""
        super().tell_live(facts)
        if self._watch is not None:
            self._watch.take(facts)

    def on_fired(self, message: Fired) -> None:
        """Mark, ring, and say so."""
        asked = [(self._watched_by(firing), firing) for firing in message.firings]
        for watched, firing in asked:
            if "mark" in watched.does:
                self.sessions.flag(firing.session.location)
        if any("bell" in watched.does for watched, _ in asked):
            self.app.bell()
        told = [(watched, firing) for watched, firing in asked if "notify" in watched.does]
        for watched, firing in told[:_MOST]:
            notify_safely(self.app, _words(firing), title=watched.name, timeout=10.0)
        if len(told) > _MOST:
            notify_safely(self.app, own_text("and {:,} more messages", len(told) - _MOST))
        sent = [(watched, firing) for watched, firing in asked if "terminal" in watched.does]
        if sent:
            watched, firing = sent[-1]
            self._tell_terminal(own_text("{}: {}", watched.name, _words(firing)))

    def _watched_by(self, firing: Firing) -> Watched:
        return next(each for each in self._watched if each.rule is firing.rule)

    def _tell_terminal(self, text: SafeText) -> None:
        """A notification by the terminal itself (OSC 9: iTerm2, kitty, WezTerm, Ghostty, foot and others).

        Cleaned text has no control in it that could end the sequence.
        """
        driver = self.app._driver  # the terminal's only door
        if driver is not None:
            driver.write(f"\x1b]9;{text.replace(';', ',')}\x07")


def _words(firing: Firing) -> SafeText:
    message = firing.message
    said = clean_line(" ".join(message.content[: 4 * _SHOWN].split()), _SHOWN)
    return own_text("{}  {}: {}", safe_name(firing.session.key), clean_line(message.role, 20), said)
