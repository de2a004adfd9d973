"""Keeps the estimate of what the bot remembers of a session up to date, when nothing else is to be done."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.memory.watch import BotMemory
from earwig.core.model.session import Session
from earwig.core.stores.protocols import Transcript
from earwig.core.system.background import Priority


class Remembering:
    """Estimates step by step what the bot remembers. All of it is called in the background."""

    def __init__(
        self,
        transcript: Transcript,
        session: Session,
        ask: Callable[[Callable[[], object], Priority], object],
        tell: Callable[[BotMemory], object],
    ) -> None:
        self._memory = BotMemory(transcript, session)
        self._ask = ask
        self._tell = tell
        self._at_it = False

    def look(self) -> None:
        """Estimate again, if the session has changed by then: what is on the screen is drawn first."""
        if not self._at_it:
            self._at_it = True
            self._ask(self._begin, Priority.IDLE)

    def interrupted(self) -> None:
        """Begin anew with the next look: a step failed, because the session cannot be read."""
        self._at_it = False

    def _begin(self) -> None:
        if self._memory.is_due():
            self._step()
        else:
            self._at_it = False

    def _step(self) -> None:
        if self._memory.step():
            self._at_it = False
            self._tell(self._memory)
        else:
            self._ask(self._step, Priority.IDLE)
