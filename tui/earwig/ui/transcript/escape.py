"""What Escape does: of all that can be cancelled, the first in one list that is under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.actions import SkipAction

from earwig.core.named_tuple import NamedTuple
from earwig.ui.transcript.view_change import ViewChange


class Cancellable(NamedTuple):
    is_there: Callable[[], bool]
    cancel: Callable[[], ViewChange]


class Escape:
    """Ends one thing at a time: first what the reader did last and sees, last what changes the most."""

    def __init__(self, order: Sequence[Cancellable]) -> None:
        self._order = order

    def leave(self) -> ViewChange:
        """End the first that is there. Raises `SkipAction` where nothing is: the key is somebody else's."""
        for each in self._order:
            if each.is_there():
                return each.cancel()
        raise SkipAction
