"""Stores of every kind, each with a model of who writes to it: what the contract is tried on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from earwig.core.model.keys import sanitise_key
from earwig.core.stores.kinds import make_store, store_for
from earwig.core.stores.location import PathTarget
from earwig.core.stores.store import Recipe, Store
from tests.core.stores.contract.database_scenes import RowsInDatabase, TurnsInDatabase

Messages = Sequence[tuple[str, str]]
"""Roles and contents."""


class Scene(Protocol):
    """One store, and its writer, which knows sessions by the bot's keys."""

    store: Store

    def make(self, recipe: Recipe) -> Store:
        """Make the store again that a recipe is of, as another process would."""

    def append(self, key: str, *messages: tuple[str, str]) -> None:
        """Write messages to a session, which begins with them if it is not there."""

    def rewrite(self, key: str, messages: Messages) -> None:
        """Write all of a session anew."""

    def append_damaged(self, key: str) -> None:
        """Write what the bot's loader would skip."""

    def remove(self, key: str) -> None:
        """Take a session away."""

    def take_away(self) -> None:
        """Make the place of all sessions one that cannot be listed, as an unmounted disk is."""

    def put_back(self) -> None:
        """Undo that."""


class LinesInFolder:
    """A folder of `.jsonl` files, to which the bot appends whole lines."""

    def __init__(self, path: Path) -> None:
        self._folder = path / "sessions"
        self._folder.mkdir()
        self.store: Store = store_for([PathTarget(folders=(self._folder,))])

    def make(self, recipe: Recipe) -> Store:
        """By the kinds that there are."""
        return make_store(recipe)

    def append(self, key: str, *messages: tuple[str, str]) -> None:
        """Append lines in one write."""
        with self._path(key).open("ab") as file:
            file.write(_lines(messages))

    def rewrite(self, key: str, messages: Messages) -> None:
        """Write the file in its place, as the bot does when it takes a message back."""
        self._path(key).write_bytes(_lines(messages))

    def append_damaged(self, key: str) -> None:
        """Append a line that is no JSON."""
        with self._path(key).open("ab") as file:
            file.write(b'{"role": "user", "content"\n')

    def remove(self, key: str) -> None:
        """Delete the file."""
        self._path(key).unlink()

    def take_away(self) -> None:
        """Rename the folder."""
        self._folder.rename(self._folder.with_name("away"))

    def put_back(self) -> None:
        """Give it its name again."""
        self._folder.with_name("away").rename(self._folder)

    def _path(self, key: str) -> Path:
        return self._folder / f"{sanitise_key(key)}.jsonl"


def _lines(messages: Messages) -> bytes:
    return b"".join(
        json.dumps({"role": role, "content": content}).encode() + b"\n" for role, content in messages
    )


SCENES: Mapping[str, Callable[[Path], Scene]] = MappingProxyType(
    {"jsonl": LinesInFolder, "sqlite": RowsInDatabase, "acp": TurnsInDatabase}
)
"""One of each kind of store; each is made in an empty folder."""
