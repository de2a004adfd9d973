"""A workspace with all that the bot may keep in it, and who writes there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from earwig.core.model.message import ChatMessage, line_of
from earwig.core.model.session import Session
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import PathTarget
from earwig.core.stores.store import Store, Watcher, WatchOptions
from tests.core.following import LATER, Log
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_import import messages_in

HELLO = ("user", "hello")
WELL = ("assistant", "well, hello")
BYE = ("user", "bye")

Messages = Sequence[tuple[str, str]]


class Workspace:
    """A sessions folder, a database in it that is made when it is first written to, and an archive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / "sessions"
        self.folder.mkdir()
        self._bot: BotDatabase | None = None
        self._editor: BotAcpDatabase | None = None

    @property
    def bot(self) -> BotDatabase:
        if self._bot is None:
            self._bot = BotDatabase(self.path)
        return self._bot

    @property
    def editor(self) -> BotAcpDatabase:
        if self._editor is None:
            self._editor = BotAcpDatabase(self.path)
        return self._editor

    @property
    def store(self) -> Store:
        return store_for([PathTarget(folders=(self.folder,))])

    def rows(self, key: str, *messages: tuple[str, str]) -> None:
        for role, content in messages:
            self.bot.append(key, role, content)

    def file(self, name: str, *messages: tuple[str, str]) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            file.writelines(line_of(ChatMessage(role, said)) + b"\n" for role, said in messages)
        return path

    def do_import(self, key: str) -> None:
        """What the bot does to a file when it begins to keep its sessions in the database."""
        path = self.folder / f"{key}.jsonl"
        importing = path.rename(f"{path}.importing")
        for message in messages_in(importing.read_bytes()):
            self.bot.append(key, *message)
        importing.rename(f"{path}.migrated")


def places(sessions: Sequence[Session]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Key, store, and where else it is, of each, in the alphabet's order."""
    return sorted((it.key, it.store, tuple(it.detail.also_in) if it.detail else ()) for it in sessions)


@contextmanager
def watching(store: Store, *, listed: bool = True) -> Iterator[tuple[Log, Watcher]]:
    """What is told of a store's sessions but those that are there, as the browser lists them."""
    log = Log()
    known = list({it.id: it for it in store.in_any_order()}.values()) if listed else []
    watcher = store.watcher(WatchOptions(log, known=known, grace=0.1))
    watcher.start()
    try:
        yield log, watcher
    finally:
        watcher.stop()
        watcher.join(LATER)
