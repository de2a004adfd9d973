"""A clock that hardly goes while nobody can look: a file is known to be quiet only where somebody looked."""

from __future__ import annotations

BEAT = 0.1
"""Seconds between two looks while it matters how long a file is quiet."""

MOST = 0.2
"""Seconds that count between two looks; beyond, the machine stood still, or this process had no turn."""


_LEAST = 0.001
"""Seconds to the next look at least: what is due is so by then, however times are rounded."""


class WakingClock:
    """Tells how much time has passed in which somebody looked, as the monotonic clock does of all time."""

    def __init__(self, now: float) -> None:
        """`now`: when it begins to go (monotonic clock, seconds); it tells the same then."""
        self._looked = self._time = now

    def at(self, now: float, *, counts_all: bool = False) -> float:
        """Return its time at a look at `now` (monotonic clock, seconds).

        With `counts_all`, nobody was to look since the last time: all counts that has passed.
        """
        passed = max(0.0, now - self._looked)
        self._time += passed if counts_all else min(passed, MOST)
        self._looked = now
        return self._time

    def next_look(self, due: float) -> float:
        """Return when to look next (monotonic clock, seconds) for it to be `due` by this clock."""
        return self._looked + min(BEAT, max(_LEAST, due - self._time))
