"""Keeps estimating what the bot still remembers of a session, whenever there is nothing else to do."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.memory.watch import BotMemory
from earwig.core.model.session import Session
from earwig.core.stores.protocols import Transcript
from earwig.core.system.background import Priority


class Remembering:
    """Asks for its steps one by one; all of it is called in the background."""

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
        """Estimate again, if the session is another by then: what is on the screen is drawn first."""
        if not self._at_it:
            self._at_it = True
            self._ask(self._begin, Priority.IDLE)

    def interrupted(self) -> None:
        """A step came to nothing, because the file cannot be read: the next look begins anew."""
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
