"""What the follower has to say: few, small facts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted


class RemovalReason(Enum):
    """What became of a session that is not in its folder any more."""

    DELETED = "deleted"
    MIGRATED = "migrated"
    ARCHIVED = "archived"


class Vanished(NamedTuple):
    """A session that is gone from a folder that can be listed, and where to."""

    id: SessionId
    fate: RemovalReason


class StoreEvents(NamedTuple):
    """What differs from the last look; a session is in one of the first four at most."""

    appeared: tuple[Session, ...] = ()
    """New ones, and those that had vanished and are back."""

    changed: tuple[Session, ...] = ()
    vanished: tuple[Vanished, ...] = ()
    found: tuple[Session, ...] = ()
    """Those that were there before anybody looked, in a folder that could not be listed whole until now:
    nothing in them is new."""

    unlisted: tuple[Unlisted, ...] | None = None
    """All folders that cannot be listed whole from now on; None where that is as it was.

    Of a session in such a folder nothing is told while it cannot be looked at: it has not vanished.
    """

    def __bool__(self) -> bool:
        some = self.appeared or self.changed or self.vanished or self.found
        return bool(some) or self.unlisted is not None

    @property
    def there(self) -> Iterator[Session]:
        """The sessions that are there, and were not known as they are."""
        return itertools.chain(self.appeared, self.changed, self.found)

    def concern(self, session_id: SessionId) -> bool:
        """Whether they tell of a session, or of what may be its folder."""
        if self.unlisted is not None or any(vanished.id == session_id for vanished in self.vanished):
            return True
        return any(session.id == session_id for session in self.there)
