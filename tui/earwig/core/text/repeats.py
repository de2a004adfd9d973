"""What is said again and again: once, and then how often."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from earwig.core.text.safe_text import SafeText, own_text

APART = 60.0
"""Seconds between two times that the same is said."""

_KINDS = 1_000
"""Sentences that are remembered; one that was not said for longest is news again."""


@dataclass(slots=True)
class _Kind:
    sentence: SafeText
    told: float
    more: int = 0


class Repeats:
    """Says a sentence the first time, counts it from then on, and says the count now and then.

    From any thread. Whoever has one calls `tick` now and then, and `finish` at the end.
    """

    def __init__(
        self, say: Callable[[SafeText], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`say` is never called by two threads at once."""
        self._say = say
        self._clock = clock
        self._kinds: dict[str, _Kind] = {}
        self._lock = threading.RLock()  # an interrupt may come while it is held, and its end is told as well

    def say(self, sentence: SafeText, kind: str = "") -> None:
        """Say it, or count it; `kind` is what sentences have in common of which one stands for all."""
        with self._lock:
            now = self._clock()
            known = self._kinds.pop(kind or sentence, None)
            self._kinds[kind or sentence] = known or _Kind(sentence, now)
            if known is None:
                self._say(sentence)
                if len(self._kinds) > _KINDS:
                    self._tell(self._kinds.pop(next(iter(self._kinds))), now)
            else:
                known.more += 1
                self._tell_if_due(known, now)

    def tick(self) -> None:
        """Say what was counted, where that is due."""
        with self._lock:
            now = self._clock()
            for kind in list(self._kinds.values()):
                self._tell_if_due(kind, now)

    def finish(self) -> None:
        """Say all that was counted and not said."""
        with self._lock:
            now = self._clock()
            for kind in list(self._kinds.values()):
                self._tell(kind, now)

    def _tell_if_due(self, kind: _Kind, now: float) -> None:
        if now - kind.told >= APART:
            self._tell(kind, now)

    def _tell(self, kind: _Kind, now: float) -> None:
        more, kind.more = kind.more, 0
        if more:
            kind.told = now
            times = own_text("once more") if more == 1 else own_text("{:,} more times", more)
            self._say(own_text("{} ({})", kind.sentence, times))
