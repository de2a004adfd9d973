"""How far a session was read, and how to tell later that this part is still the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from earwig.core.model.entries import Position
from earwig.core.model.session import SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.system.blake2 import blake2b


class Witness(NamedTuple):
    """A hash of what stands right before a position."""

    position: Position
    digest: str


WITNESSED = 256
"""The number of bytes before a position in a file that are hashed. As a rule they hold the end of a message
that occurs once."""


def digest_of_end(data: bytes) -> str:
    """Return the hash of the last `WITNESSED` bytes of `data`, or of all of it where it is shorter."""
    return blake2b(data, digest_size=8).hexdigest()


class Earlier(NamedTuple):
    """How far a file was read of which the bot has made a session of a database since."""

    position: Position | None
    """The position up to where it was read; None: all of it, if it was not written to after `since_ns`."""

    witnesses: tuple[Witness, ...] = ()
    since_ns: int = 0
    """Unix time, nanoseconds."""


class ReadTo(NamedTuple):
    """How far a session was read, and how to tell later that this part is still the same."""

    position: Position
    witnesses: tuple[Witness, ...] = ()
    """Witnesses, the furthest first. Some lie beyond `position`, where the session was longer and may be
    again."""

    earlier: Earlier | None = None
    """For rows that an import has made: what is to be taken over before `position` means anything."""

    @property
    def is_witnessed(self) -> bool:
        """Whether one of the witnesses is for `position` itself."""
        return any(witness.position == self.position for witness in self.witnesses)

    def held(self, end: Position, digest_at: Callable[[Position], str | None]) -> ReadTo:
        """Return how far a session that ends at `end` still holds what was read of it.

        The furthest witness that holds decides, even one beyond what was read: a rewrite may have put back
        what it had cut off. Witnesses that the session is too short for are kept for that. `digest_at`
        returns the hash of what stands before a position; None where the session is too short.
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
        """Return the same with a witness for `position`. Where there is none, `take` is called for some."""
        if not self.position or self.is_witnessed:
            return self
        beyond = [witness for witness in self.witnesses if witness.position > self.position]
        return ReadTo(self.position, (*beyond, *take(self.position)))


class Settled(NamedTuple):
    """How far a session was read, after another look at it."""

    asked: ReadTo
    found: ReadTo
    """How far it holds what was read of it."""


NONE: Mapping[SessionId, Settled] = MappingProxyType({})
"""For no session is anything known better."""
