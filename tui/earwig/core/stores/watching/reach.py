"""What is known of the places of a store's sessions that cannot be listed."""

from __future__ import annotations

import abc
from collections.abc import Iterable

from earwig.core.model.session import SessionId
from earwig.core.model.unlisted import Unlisted


class Reach(abc.ABC):
    """Tells which sessions can be looked for."""

    def __init__(self, late: Iterable[Unlisted]) -> None:
        """`late`: the places that could not be listed whole before."""
        self._late = {it.folder for it in late}
        """The places that were never listed whole, but should have been."""

        self._out: dict[str, Unlisted] = {}
        self._back: frozenset[str] = frozenset()
        """The places that are in reach again since the last listing but one."""

    @abc.abstractmethod
    def _places_of(self, session_id: SessionId) -> tuple[str, ...]:
        """Return the places that have to be there for a session to be listed."""

    @abc.abstractmethod
    def can_list(self, session_id: SessionId) -> bool:
        """Return whether the place of a session is the one that was listed last, and can be read now."""

    @property
    def unlisted(self) -> tuple[Unlisted, ...]:
        """The places that were not listed whole at the last listing."""
        return tuple(self._out.values())

    def is_out(self, session_id: SessionId) -> bool:
        """Return whether the place of a session is out of reach, so that nothing can be said of it."""
        return bool(self._out) and not self._out.keys().isdisjoint(self._places_of(session_id))

    def may_have_been_out(self, session_id: SessionId) -> bool:
        """Return whether a session may be another one than before its place was out of reach."""
        return self.is_out(session_id) or (
            bool(self._back) and not self._back.isdisjoint(self._places_of(session_id))
        )

    def is_late(self, session_id: SessionId) -> bool:
        """Return whether a session may have been there before its place could first be listed."""
        return bool(self._late) and not self._late.isdisjoint(self._places_of(session_id))
