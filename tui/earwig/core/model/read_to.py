"""Up to where a session was read, and by what to tell that this is still what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

from earwig.core.model.entries import Position
from earwig.core.model.session import SessionId


class Witness(NamedTuple):
    """What stands before a line's start."""

    position: Position
    digest: str
    """A hash of the last bytes before it."""


WITNESSED = 256
"""Bytes of a file before a position whose hash is remembered: as a rule, the end of a message that only came
once."""


def digest_of_end(data: bytes) -> str:
    """Return the hash of the last bytes, `WITNESSED` or as many as there are, before a position in a file."""
    return blake2b(data, digest_size=8).hexdigest()


class Earlier(NamedTuple):
    """What was read of a file of which the bot has made a session of a database since."""

    position: Position | None
    """Up to where it was read; None: all of it, if it was not written to after `since_ns`."""

    witnesses: tuple[Witness, ...] = ()
    since_ns: int = 0
    """Unix time, nanoseconds."""


class ReadTo(NamedTuple):
    """Up to where a session was read, and by what to tell that this is still what was read."""

    position: Position
    witnesses: tuple[Witness, ...] = ()
    """Furthest first; some lie beyond the position where the session was longer, and may be again."""

    earlier: Earlier | None = None
    """Of rows that an import has made: what is to be taken over before the position means anything."""

    @property
    def is_witnessed(self) -> bool:
        """Whether there is a witness for the position itself."""
        return any(witness.position == self.position for witness in self.witnesses)

    def held(self, end: Position, digest_at: Callable[[Position], str | None]) -> ReadTo:
        """Return up to where a session that ends at `end` holds what was read of it.

        The furthest witness that holds decides, even one beyond what was read: a rewrite may have put back
        what it had cut off. Witnesses that the session is too short for are kept for that.

        Args:
            end: Where the session ends.
            digest_at: The hash of what stands before a position; None where the session is too short for it.
        """
        furthest, broken = 0, False
        kept: list[Witness] = []
        for witness in self.witnesses:
            digest = digest_at(witness.position)
            if digest in (witness.digest, None):
                kept.append(witness)
                furthest = max(furthest, 0 if digest is None else witness.position)
            else:
                # One beyond what was read says nothing of that.
                broken = broken or witness.position <= self.position
        if furthest < self.position and not broken:
            furthest = min(self.position, end)
        return ReadTo(furthest, tuple(kept))

    def witnessed(self, take: Callable[[Position], Iterable[Witness]]) -> ReadTo:
        """Return the same with witnesses for its position, which `take` gives where there are none."""
        if not self.position or self.is_witnessed:
            return self
        beyond = [witness for witness in self.witnesses if witness.position > self.position]
        return ReadTo(self.position, (*beyond, *take(self.position)))


class Settled(NamedTuple):
    """Up to where a session was read, looked at again."""

    asked: ReadTo
    found: ReadTo
    """Up to where it holds what was read of it."""


NONE: Mapping[SessionId, Settled] = MappingProxyType({})
"""Nothing is known better."""
