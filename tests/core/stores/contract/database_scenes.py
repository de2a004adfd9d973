"""Databases of sessions as places for the contract to be tried on, with the bot's own way to write them."""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.store import Recipe, Store
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, chat
from tests.core.stores.sqlite.bot_database import BotDatabase

_TAKEN_BACK = 5
"""So many of the last messages are taken back one by one; of more, all are cleared away."""

_NO_TEXT = sqlite3.Binary(b"no text")


class _InDatabase:
    """A database to which the bot appends rows, of which it changes and removes the last."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._there: dict[str, list[tuple[str, str] | None]] = {}
        self.store: Store = DatabaseStore([path])

    def make(self, recipe: Recipe) -> Store:
        """As another process would."""
        return DatabaseStore.made(recipe)

    @abstractmethod
    def _append(self, key: str, messages: Sequence[tuple[str, str]]) -> None: ...

    @abstractmethod
    def _update_last(self, key: str, role: str, content: str) -> None: ...

    @abstractmethod
    def _remove_last(self, key: str) -> None: ...

    @abstractmethod
    def _clear(self, key: str) -> None: ...

    def append(self, key: str, *messages: tuple[str, str]) -> None:
        """Append rows."""
        self._append(key, messages)
        self._of(key).extend(messages)

    def rewrite(self, key: str, messages: Sequence[tuple[str, str]]) -> None:
        """Do what of the bot's doings makes these messages of what is there."""
        there, wanted = self._of(key), list(messages)
        same = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(there, wanted, strict=False)))
        if same == len(there) - 1 == len(wanted) - 1:
            self._update_last(key, *wanted[-1])
            same += 1
        elif len(there) - same <= _TAKEN_BACK:
            for _ in there[same:]:
                self._remove_last(key)
        else:
            self._clear(key)
            same = 0
        if wanted[same:]:
            self._append(key, wanted[same:])
        there[:] = wanted

    def take_away(self) -> None:
        """Rename the folder; the bot goes on in it."""
        self._folder.rename(self._folder.with_name("away"))

    def put_back(self) -> None:
        """Give it its name again."""
        self._folder.with_name("away").rename(self._folder)

    def _of(self, key: str) -> list[tuple[str, str] | None]:
        return self._there.setdefault(key, [])


class RowsInDatabase(_InDatabase):
    """`sessions.db`."""

    def __init__(self, path: Path) -> None:
        self._bot = BotDatabase(path)
        super().__init__(self._bot.path)

    def _append(self, key: str, messages: Sequence[tuple[str, str]]) -> None:
        for role, content in messages:
            self._bot.append(key, role, content)

    def _update_last(self, key: str, role: str, content: str) -> None:
        self._bot.update_last(key, role, content)

    def _remove_last(self, key: str) -> None:
        self._bot.remove_last(key)

    def _clear(self, key: str) -> None:
        self._bot.clear(key)

    def append_damaged(self, key: str) -> None:
        """Append a row of which the content is no text."""
        row = self._bot.append(key, "user", "")
        self._bot.con.execute("UPDATE sessions SET content = ? WHERE id = ?", (_NO_TEXT, row))
        self._of(key).append(None)

    def remove(self, key: str) -> None:
        """Delete the session."""
        self._bot.delete_session(key)
        self._of(key).clear()


class TurnsInDatabase(_InDatabase):
    """`acp-sessions.db`: an append is a turn. The bot only appends there; others may do more."""

    def __init__(self, path: Path) -> None:
        self._bot = BotAcpDatabase(path)
        self._numbers: dict[str, int] = {}
        super().__init__(self._bot.path)

    def _append(self, key: str, messages: Sequence[tuple[str, str]]) -> None:
        if key not in self._numbers:
            self._numbers[key] = self._bot.create_session(key)
        self._bot.append_turn(key, [chat(role, content) for role, content in messages])

    def _update_last(self, key: str, role: str, content: str) -> None:
        self._do_to_last(key, "UPDATE acp_messages SET role = ?, content = ?", role, content)

    def _remove_last(self, key: str) -> None:
        self._do_to_last(key, "DELETE FROM acp_messages")

    def _clear(self, key: str) -> None:
        self._bot.con.execute("DELETE FROM acp_messages WHERE session_id = ?", (self._numbers[key],))
        self._touch(key)

    def append_damaged(self, key: str) -> None:
        """Append a row of which the content is no text."""
        self._append(key, [("user", "")])
        self._do_to_last(key, "UPDATE acp_messages SET content = ?", _NO_TEXT)
        self._of(key).append(None)

    def remove(self, key: str) -> None:
        """Delete the session, and with it its rows."""
        self._bot.con.execute("DELETE FROM acp_sessions WHERE id = ?", (self._numbers.pop(key),))
        self._of(key).clear()

    def _do_to_last(self, key: str, statement: str, *values: object) -> None:
        self._bot.con.execute(
            f"{statement} WHERE id = (SELECT max(id) FROM acp_messages WHERE session_id = ?)",  # noqa: S608
            (*values, self._numbers[key]),
        )
        self._touch(key)

    def _touch(self, key: str) -> None:
        now = self._bot.now()
        self._bot.con.execute(
            "UPDATE acp_sessions SET last_activity = ? WHERE id = ?", (now, self._numbers[key])
        )
