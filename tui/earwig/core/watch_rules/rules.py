"""Decides which messages a reader is told of."""

from __future__ import annotations

import fnmatch
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, overload

from earwig.core.content.turns import is_failure
from earwig.core.find.matcher import Matcher, TooSlow
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session, SessionId
from earwig.core.text.safe_text import SafeText
from earwig.core.watch_rules.literals import WordIndex

_TIME = re.compile(r"(\d{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str) -> int | None:
    """Return how many seconds `90s`, `5m`, `2h` or `1d` are; None for anything else."""
    found = _TIME.fullmatch(text)
    return None if found is None else int(found[1]) * _SECONDS[found[2]]


def shown_time(seconds: int) -> str:
    """Return seconds as such a text, in the largest unit that says it whole."""
    unit = next((it for it in "dhm" if seconds >= _SECONDS[it] and seconds % _SECONDS[it] == 0), "s")
    return f"{seconds // _SECONDS[unit]}{unit}"


class Why(Enum):
    """The reason why a rule fired."""

    SAID = "said"
    FAILED = "failed"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class WatchRule:
    """Conditions on a message. All that are set must hold."""

    match: Matcher | None = None
    """What its content must hold; None: anything."""

    roles: tuple[str, ...] = ()
    """The roles that it may have; empty: any."""

    sessions: tuple[str, ...] = ()
    """Patterns of which its session's key must fit one (`*`, `?`, `[abc]`)."""

    failed: bool = False
    """Whether it must close a turn with a failure, a time-out or an interruption."""

    unanswered: float | None = None
    """Seconds that a user's message must wait for an answer; None: it is told at once."""

    words: tuple[str, ...] | None = None
    """Words in lower case of which any content that `match` finds something in has one; None: not known."""

    def wants(self, session: Session, message: ChatMessage) -> bool:
        """Return whether it is about such a message, answered or not. Raises `TooSlow`."""
        if self.roles and message.role not in self.roles:
            return False
        if self.unanswered is not None and message.role != "user":
            return False
        if self.failed and not is_failure(message):
            return False
        key = session.key
        if self.sessions and not any(fnmatch.fnmatchcase(key, pattern) for pattern in self.sessions):
            return False
        return self.match is None or self.match.has(message.content)

    @property
    def why(self) -> Why:
        if self.unanswered is not None:
            return Why.UNANSWERED
        return Why.FAILED if self.failed else Why.SAID


class Watched(NamedTuple):
    """A rule of the settings, its name, and what is done when it fires."""

    name: SafeText
    rule: WatchRule
    does: frozenset[str]


class Firing(NamedTuple):
    """A message that a rule fired for."""

    rule: WatchRule
    session: Session
    number: int | None
    """The number of its line; None where that is not known."""

    message: ChatMessage
    seen: float
    """When it was seen to arrive (Unix time, seconds); for one that was there, the session's last
    activity."""

    time: float | None = None
    """When it was stored (Unix time, seconds); None where the store does not know."""


WORK = 100_000_000
"""Characters that all rules together may look at in one message: a second or two."""

_LOOK, _SLOW = 1_000, 10_000_000
"""What a rule takes of them for a short message, and one that takes too long."""


class Watch:
    """Decides which messages rules fire for; each message once for each rule. Reads no clock and no file."""

    def __init__(self, rules: tuple[WatchRule, ...]) -> None:
        self._rules = rules
        self._index = WordIndex(
            (at, rule.words) for at, rule in enumerate(rules) if rule.match is not None and rule.words
        )
        self._others = [at for at, rule in enumerate(rules) if rule.match is None or not rule.words]
        self._waiting: dict[tuple[int, SessionId], Firing] = {}
        self._patience = max((rule.unanswered or 0.0 for rule in rules), default=0.0)
        self.slow = 0
        """Messages of which not every rule knows whether it is about them: to look took too long."""

    @property
    def patience(self) -> float:
        """The longest time that a rule has a message wait, in seconds; 0 if none has."""
        return self._patience

    def message(
        self,
        session: Session,
        number: int | None,
        message: ChatMessage,
        seen: float,
        time: float | None = None,
    ) -> list[Firing]:
        """Take a message that has come; return what fires at once."""
        self._go_on(session)
        if message.role == "assistant":
            for key in [key for key in self._waiting if key[1] == session.id]:
                del self._waiting[key]
        fired: list[Firing] = []
        for at in self._about(session, message):
            rule = self._rules[at]
            firing = Firing(rule, session, number, message, seen, time)
            if rule.unanswered is None:
                fired.append(firing)
            else:
                # The first that waits is the one to be answered; those behind it wait with it.
                self._waiting.setdefault((at, session.id), firing)
        return fired

    def _go_on(self, session: Session) -> None:
        """What waits in a file waits in the rows that an import has made of it."""
        earlier = session.imported_from if self._waiting else None
        for at, file in [key for key in self._waiting if key[1] == earlier]:
            self._waiting.setdefault((at, session.id), self._waiting.pop((at, file)))

    def _about(self, session: Session, message: ChatMessage) -> list[int]:
        """Return the rules that are about a message, as far as the work that it is worth tells."""
        about: list[int] = []
        left, slow = WORK, False
        for at in sorted({*self._others, *self._index.found(message.content)}):
            rule = self._rules[at]
            if rule.match is not None:
                left -= len(message.content) + _LOOK
                if left < 0:
                    slow = True
                    continue  # those without an expression take nothing
            try:
                if rule.wants(session, message):
                    about.append(at)
            except TooSlow:
                left -= _SLOW
                slow = True
        self.slow += slow
        return about

    @property
    def due(self) -> float | None:
        """When the next message has waited too long (Unix time, seconds); None: none waits."""
        return min((it.seen + (it.rule.unanswered or 0.0) for it in self._waiting.values()), default=None)

    def clock(self, now: float) -> list[Firing]:
        """Return what has waited too long by `now` (Unix time, seconds)."""
        late = [key for key, it in self._waiting.items() if it.seen + (it.rule.unanswered or 0.0) <= now]
        return sorted((self._waiting.pop(key) for key in late), key=lambda firing: firing.seen)


class WatchRules(Sequence[Watched]):
    """The rules of a settings file, read by the first who asks for them, in that thread.

    The start of the browser does not wait for them: there may be tens of thousands.
    """

    def __init__(self, read: Callable[[Callable[[], object]], Read]) -> None:
        """`read` gives the rules, and sentences on those that cannot be used; it calls what it is given."""
        self._read = read
        self._lock = threading.Lock()
        self._known: Read | None = None

    def get(self, pause: Callable[[], object] = bool) -> Read:
        """Return the rules, and what is wrong with others; `pause` is called now and then meanwhile."""
        with self._lock:
            if self._known is None:
                self._known = self._read(pause)
            return self._known

    @property
    def problems(self) -> Sequence[SafeText]:
        """Return sentences on rules that cannot be used."""
        return self.get().problems

    @overload
    def __getitem__(self, index: int) -> Watched: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Watched]: ...
    def __getitem__(self, index: int | slice) -> Watched | Sequence[Watched]:
        return self.get().rules[index]

    def __len__(self) -> int:
        return len(self.get().rules)


class Read(NamedTuple):
    """What was read of the rules."""

    rules: tuple[Watched, ...]
    problems: tuple[SafeText, ...]
