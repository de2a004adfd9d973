"""Copies of a whole session: made step by step in the background, told of, and stopped by Escape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from earwig.core.model.session import Session
from earwig.core.stores.store import Store
from earwig.core.system.background import Background, Priority
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.screens.controllers.host import LONG, ScreenHost, warn

if TYPE_CHECKING:
    from earwig.core.reading.session_copy import SessionCopy, Told
    from earwig.core.system.copies import Copy

_TOLD_EVERY = 2.0
"""Seconds between two words on how far a long work is."""


class _Making(NamedTuple):
    making: SessionCopy
    then: Callable[[Copy], object]
    waiting: Callable[[bool], object]


@dataclass(eq=False)
class SessionCopies:
    """Owns the copy that is being made, one at a time."""

    _host: ScreenHost
    _store: Store
    _background: Background
    _now: _Making | None = None

    def make(
        self,
        session: Session,
        name: str,
        told: Told,
        then: Callable[[Copy], object],
        waiting: Callable[[bool], object],
    ) -> None:
        """Write what `told` makes of a session to a file, and call `then` with that, which owns it.

        `name` is a file's name of earwig's own. `waiting` is called with True at once, and with False when
        nobody waits any more.
        """
        from earwig.core.reading.session_copy import SessionCopy
        from earwig.core.system.copies import CannotWrite

        self.stop()
        try:
            making = SessionCopy(self._store.open(session), told, name)
        except CannotWrite as error:
            warn(self._host, error.sentence)
            return
        self._now = now = _Making(making, then, waiting)
        waiting(True)
        self._background.submit(lambda: self._step(now), Priority.IDLE)
        self._host.call_in(_TOLD_EVERY, lambda: self._tell_share(now))

    def stop(self) -> None:
        """Stop what is being made; its file goes with its last step."""
        now, self._now = self._now, None
        if now is not None:
            now.waiting(False)

    def _step(self, now: _Making) -> None:
        """In the background."""
        from earwig.core.system.copies import CannotWrite

        making = now.making
        if self._now is not now:
            making.copy.remove()
            return
        try:
            done = making.step()
        except CannotWrite as error:
            sentence = error.sentence
            self._host.go_on(lambda: self._fail(now, sentence))
        except CannotOpen as error:
            words = own_text("Nothing was copied: the session {}.", clean_line(error.reason))
            self._host.go_on(lambda: self._fail(now, words))
        else:
            if done:
                self._host.go_on(lambda: self._finish(now))
            else:
                self._background.submit(lambda: self._step(now), Priority.IDLE)

    def _finish(self, now: _Making) -> None:
        making = now.making
        if self._now is not now:
            making.copy.remove()
            return
        self.stop()
        if making.is_cut:
            words = own_text("Only the newest {} of the session are taken.", human_size(making.most))
            self._host.tell(words, timeout=LONG)
        now.then(making.copy)

    def _fail(self, now: _Making, words: SafeText) -> None:
        if self._now is now:
            self.stop()
            warn(self._host, words)

    def _tell_share(self, now: _Making) -> None:
        if self._now is now:
            words = own_text("Copying the session: {:.0%}. Escape stops it.", now.making.share)
            self._host.tell(words, timeout=_TOLD_EVERY)
            self._host.call_in(_TOLD_EVERY, lambda: self._tell_share(now))
