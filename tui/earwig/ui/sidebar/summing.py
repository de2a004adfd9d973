"""Has sessions summed up for the list, in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from earwig.core.catalog.summing_up import sum_up
from earwig.core.model.read_to import ReadTo
from earwig.core.model.session import Session
from earwig.core.stores.store import Store
from earwig.core.system.background import Background, Priority
from earwig.ui.session.messages import SummariesArrived

Wanted = tuple[Session, ReadTo]


class Summing:
    """Reads a little of each session in the background that all share.

    What an import has made is looked through once, in a thread of its own, so that no key waits for it.
    """

    def __init__(
        self, store: Store, background: Background, tell: Callable[[SummariesArrived], object]
    ) -> None:
        """`tell` is called in a thread."""
        self._store, self._background, self._tell = store, background, tell
        self._imports: Background | None = None

    def begin(self, wanted: Sequence[Wanted], priority: Priority, *, swept: bool) -> None:
        """Sum sessions up; `swept`: as all are, not because they are on the screen."""
        imported = [it for it in wanted if it[1].earlier is not None]
        others = [it for it in wanted if it[1].earlier is None]
        self._background.submit(partial(self._sum_up, others, swept=swept, asked=True), priority)
        if imported:
            if self._imports is None:
                self._imports = Background()
                self._imports.start()
            for it in imported:
                self._imports.submit(partial(self._sum_up, [it], swept=swept), priority)

    def stop(self) -> None:
        if self._imports is not None:
            self._imports.stop()

    def _sum_up(self, wanted: Sequence[Wanted], *, swept: bool, asked: bool = False) -> None:
        # Of all that are looked through, it would be too much to remember.
        found = sum_up(self._store, wanted, witness=not swept)
        self._tell(SummariesArrived(found, swept=swept and asked))
