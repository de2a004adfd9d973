"""One run of the program, as far as its list and what it remembers are concerned."""

from __future__ import annotations

from pathlib import Path

from earwig.core.catalog.reading_state import ReadingState
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.summing_up import sum_up
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.jsonl.folder import FolderStore, look_at


class Run:
    """One run of the program, as far as the list is concerned."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.folder, self.file = folder, file
        self.store = FolderStore([folder])
        self.catalog = SessionCatalog(self.store.sessions())
        self.state = ReadingState(file)
        self.catalog.marks.written = self.state.written
        self.catalog.remember(self.state.load()[0])

    def at(self, name: str) -> SessionId:
        return SessionId(str(self.folder / f"{name}.jsonl"))

    def seen(self, name: str) -> Session:
        session = look_at(self.at(name))
        assert session is not None
        return session

    def goes(self, *names: str) -> None:
        self.catalog.apply(
            StoreEvents(vanished=tuple(Vanished(self.at(name), RemovalReason.DELETED) for name in names))
        )

    def comes(self, *names: str) -> None:
        self.catalog.apply(StoreEvents(appeared=tuple(map(self.seen, names))))

    def changes(self, *names: str) -> None:
        self.catalog.apply(StoreEvents(changed=tuple(map(self.seen, names))))

    def read(self, *names: str) -> None:
        for name in names:
            self.catalog.mark_read(self.at(name))

    def unread(self) -> dict[str, int]:
        self.catalog.apply(StoreEvents(unlisted=()))  # sums up what could not be before
        wanted = self.catalog.wanted(self.catalog.shown)
        found = sum_up(self.store, [(self.catalog[it], read_to) for it, read_to in wanted.items()])
        self.catalog.learn(*found)
        known = {Path(it).stem: self.catalog.summary(it) for it in self.catalog.shown}
        return {name: summary.unread for name, summary in sorted(known.items()) if summary is not None}

    def save(self) -> None:
        assert self.state.save(self.catalog.changed_marks(), self.store) is None
