"""A session that is written to by a model of its writer, with what is in it by then."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

from earwig.core.model.entries import Entry, Item, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session
from earwig.core.stores.protocols import Transcript
from tests.core.stores.contract.scenes import Scene

KEY, OTHER = "telegram_al", "discord_bo"

_TEXTS = (
    "hello",
    "Hello needle",
    "NEEDLE\n\nin two lines",
    'a "quoted" needle, a \\ and a tab\t',
    "Straße, ſtrange, 手紙 🙂",
    "x" * 3000,
    "",
    '{"id":"call_1","name":"shell","arguments":"{}"}',
    "\u2028 and \x7f",
    "[Task failed — no model]",
)
_ROLES = ("user", "assistant", "tool", "system")


class Writing(Protocol):
    """Where a session is written to, and read."""

    def append(self, key: str, *messages: tuple[str, str]) -> None:
        """As `Scene` has it."""

    def rewrite(self, key: str, messages: Sequence[tuple[str, str]]) -> None:
        """As `Scene` has it."""

    def append_damaged(self, key: str) -> None:
        """As `Scene` has it."""

    def remove(self, key: str) -> None:
        """As `Scene` has it."""

    def open(self, key: str) -> Transcript:
        """A session's transcript."""

    def end(self, key: str) -> Position:
        """Where a listing sees the session end."""


class InStore:
    """A session of a store."""

    def __init__(self, scene: Scene) -> None:
        self._store = scene.store
        self.append, self.rewrite = scene.append, scene.rewrite
        self.append_damaged, self.remove = scene.append_damaged, scene.remove

    def open(self, key: str) -> Transcript:
        """As `Writing` has it."""
        return self._store.open(self._listed(key))

    def end(self, key: str) -> Position:
        """As `Writing` has it."""
        return self._listed(key).end

    def _listed(self, key: str) -> Session:
        return next(it for it in self._store.sessions() if it.key == key)


class Talk:
    """What is said in one session; None stands for what the bot's loader would skip."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self.said: list[ChatMessage | None] = []

    def say(self, *messages: tuple[str, str]) -> Talk:
        """Append messages."""
        self.writing.append(KEY, *messages)
        self.said += [ChatMessage(*message) for message in messages]
        return self

    def say_many(self, count: int) -> Talk:
        """Append so many, each another."""
        first = len(self.said)
        return self.say(*((_ROLES[at % 2], f"message {at} needle") for at in range(first, first + count)))

    def damage(self) -> Talk:
        """Append what the bot's loader would skip."""
        self.writing.append_damaged(KEY)
        self.said.append(None)
        return self

    def say_elsewhere(self, count: int = 1) -> Talk:
        """Append messages to another session of the store."""
        self.writing.append(OTHER, *[("user", "elsewhere, a needle")] * count)
        return self

    def rewrite(self, messages: Sequence[ChatMessage | None]) -> Talk:
        """Write all of it anew, as the bot does: what it has not loaded is gone."""
        self.said = [message for message in messages if message is not None]
        self.writing.rewrite(KEY, [message for message in messages if message is not None])
        return self

    def update_last(self, content: str) -> Talk:
        """Let the last message say something else."""
        there = [message for message in self.said if message is not None]
        return self.rewrite([*there[:-1], ChatMessage(there[-1].role, content)])

    def remove_last(self) -> Talk:
        """Take the last message back."""
        return self.rewrite([message for message in self.said if message is not None][:-1])

    def happen(self, chance: random.Random) -> None:
        """Let something happen, as it does in a bot."""
        what = chance.choice(("say", "say", "say", "elsewhere", "damage", "update", "remove", "anew"))
        there = [message for message in self.said if message is not None]
        if what == "elsewhere":
            self.say_elsewhere(chance.randint(1, 3))
        elif what == "damage" and self.said:
            self.damage()
        elif what == "update" and there:
            self.update_last(chance.choice(_TEXTS))
        elif what == "remove" and len(there) > 1:
            self.remove_last()
        elif what == "anew" and there:
            self.rewrite([some_message(chance)])
        else:
            self.say(*(some_message(chance) for _ in range(chance.randint(1, 4))))

    def open(self) -> Transcript:
        """A transcript of it."""
        return self.writing.open(KEY)

    def remove(self) -> None:
        """Take the session away."""
        self.said.clear()
        self.writing.remove(KEY)

    @property
    def end(self) -> Position:
        """Where a listing sees it end."""
        return self.writing.end(KEY)

    def fits(self, items: Sequence[Item | None]) -> bool:
        """Whether these are what is in the session."""
        there = [item for item in items if item is not None]
        return len(there) == len(self.said) and all(map(_is_same, there, self.said))


def some_message(chance: random.Random) -> ChatMessage:
    """Any message."""
    return ChatMessage(chance.choice(_ROLES), chance.choice(_TEXTS))


def _is_same(item: Item, said: ChatMessage | None) -> bool:
    return isinstance(item, BadLine) if said is None else item == said


def items_of(entries: Sequence[Entry]) -> list[Item]:
    """What entries are."""
    return [entry.item for entry in entries]
