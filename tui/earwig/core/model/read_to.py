"""Up to where a session was read, and by what to tell that this is still what was read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from earwig.core.model.entries import Position


class Witness(NamedTuple):
    """What stands before a line's start."""

    position: Position
    digest: str
    """A hash of the last bytes before it."""


class ReadTo(NamedTuple):
    """Up to where a session was read, and by what to tell that this is still what was read."""

    position: Position
    witnesses: tuple[Witness, ...] = ()
    """Furthest first; some lie beyond the position where the session was longer, and may be again."""

    @property
    def is_witnessed(self) -> bool:
        """Whether there is a witness for the position itself."""
        return any(witness.position == self.position for witness in self.witnesses)


class Settled(NamedTuple):
    """Up to where a session was read, looked at again."""

    asked: ReadTo
    found: ReadTo
    """Up to where it holds what was read of it."""


NONE: Mapping[str, Settled] = MappingProxyType({})
"""Nothing is known better."""
