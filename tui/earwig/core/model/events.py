"""Events of a store: what differs from the last look."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import Enum

from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.named_tuple import NamedTuple


class RemovalReason(Enum):
    """Why a session is not in its store any more."""

    DELETED = "deleted"
    MIGRATED = "migrated"
    ARCHIVED = "archived"


class Vanished(NamedTuple):
    """A session that is gone from a place that can be listed."""

    id: SessionId
    removal_reason: RemovalReason


class StoreEvents(NamedTuple):
    """The differences from the last look. A session is in one of the first four fields at most."""

    appeared: tuple[Session, ...] = ()
    """Sessions that are new, or that had vanished and are back."""

    changed: tuple[Session, ...] = ()
    vanished: tuple[Vanished, ...] = ()
    found: tuple[Session, ...] = ()
    """Sessions that were there before the first look, in a folder that could not be listed whole until now.
    Nothing in them is new."""

    unlisted: tuple[Unlisted, ...] | None = None
    """All folders that cannot be listed whole from now on; None where that is as it was.

    Nothing is told of the sessions in such a folder while they cannot be looked at: they have not vanished.
    """

    def __bool__(self) -> bool:
        some = self.appeared or self.changed or self.vanished or self.found
        return bool(some) or self.unlisted is not None

    @property
    def there(self) -> Iterator[Session]:
        """The sessions that are there and are not known as they are now."""
        return itertools.chain(self.appeared, self.changed, self.found)

    def concern(self, session_id: SessionId) -> bool:
        """Return whether a session, or the folder that may hold it, is among the differences."""
        if self.unlisted is not None or any(vanished.id == session_id for vanished in self.vanished):
            return True
        return any(session.id == session_id for session in self.there)
