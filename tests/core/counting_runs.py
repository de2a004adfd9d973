"""Runs of the part of the program that counts whole sessions, step by step."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from earwig.core.catalog.whole_sessions import CountedTroubles, WholeSessions
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.system.background import Background, Priority
from tests.core.bot_writer import lines_of

FAILED = "[Task failed — no model]"
BAD = b"{bad\n"
CALM = lines_of([("user", "where is it?"), ("assistant", "behind the shed")])
FAILURE = lines_of([("assistant", FAILED)])
OLD = 1_700_000_000


class Turns(Background):
    """Does what is asked of it when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: deque[tuple[Callable[[], object], Priority]] = deque()

    def submit(self, job: Callable[[], object], priority: Priority = Priority.NOW) -> None:
        self.jobs.append((job, priority))

    def take(self, most: int = 100_000) -> None:
        for _ in range(most):
            if not self.jobs:
                self._wait_for_writers()
            if not self.jobs:
                return
            self.jobs.popleft()[0]()
        assert most < 100_000 or not self.jobs, "it never ends"

    @staticmethod
    def _wait_for_writers() -> None:
        """While what is counted is written down, by a thread of its own, no step is done."""
        for thread in threading.enumerate():
            if thread.name == "earwig-counted":
                thread.join()


class Run:
    """One run of the program, as far as whole sessions are concerned."""

    def __init__(self, folder: Path, state: Path | None = None) -> None:
        self.folder = folder
        self.store = FolderStore([folder])
        self.sessions: dict[SessionId, Session] = {}
        self.turns = Turns()
        self.told: list[CountedTroubles] = []
        self.troubles: dict[str, Troubles] = {}
        self.whole = WholeSessions(self.store, self.sessions.get, self.turns, self._take, lambda: state)

    def _take(self, found: CountedTroubles) -> None:
        self.told.append(found)
        self.troubles |= {Path(it).stem: troubles for it, troubles in found.troubles.items()}

    def list(self) -> None:
        self.sessions.clear()
        self.sessions.update((it.id, it) for it in self.store.sessions())

    def begin(self) -> None:
        self.list()
        self.whole.begin(list(self.sessions))
        self.turns.take()

    def changed(self, *names: str) -> None:
        self.list()
        self.whole.look([SessionId(str(self.folder / f"{name}.jsonl")) for name in names])
        self.turns.take()

    def end(self) -> None:
        self.whole.save()


def write(folder: Path, name: str, data: bytes, at: int = OLD) -> Path:
    path = folder / f"{name}.jsonl"
    path.write_bytes(data)
    os.utime(path, (at, at))
    return path


def append(path: Path, data: bytes, at: int = OLD + 60) -> None:
    with path.open("ab") as file:
        file.write(data)
    os.utime(path, (at, at))
