"""What one line of a session file is: a message, or a line that the bot would skip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson


class ChatMessage(NamedTuple):
    """A line that the bot loads; a tuple, because a session holds millions of them.

    Both texts are as stored: unvalidated, uncleaned, any length (`ChatMessage` in the bot's
    `src/providers/traits.rs`). To show one, make `SafeText` of it.
    """

    role: str
    content: str

    @classmethod
    def system(cls, content: str) -> ChatMessage:
        """A message with the role `system`."""
        return cls("system", content)

    @classmethod
    def user(cls, content: str) -> ChatMessage:
        """A message with the role `user`."""
        return cls("user", content)

    @classmethod
    def assistant(cls, content: str) -> ChatMessage:
        """A message with the role `assistant`."""
        return cls("assistant", content)

    @classmethod
    def tool(cls, content: str) -> ChatMessage:
        """A message with the role `tool`."""
        return cls("tool", content)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A non-blank line that the bot skips without a word, kept so that nobody loses it."""

    reason: str
    """Why, to follow "line 7 ": `is not JSON: unexpected end of data (byte 12)`. No content in it."""

    raw: bytes
    """The line's bytes, without the newline."""

    salvage: Callable[[bytes], list[ChatMessage]] | None = field(default=None, compare=False, repr=False)
    """Finds whole messages in the bytes, by the rules of the store that has them; None: there are none."""

    def whole_messages(self) -> list[ChatMessage]:
        """Return the messages that stand whole on the line, and that the bot loses with it."""
        return [] if self.salvage is None else self.salvage(self.raw)


def line_of(message: ChatMessage) -> bytes:
    """Return the line that the bot writes for a message, without its newline: `serde_json::to_string`.

    orjson escapes the same characters the same way. Raises `TypeError` for one that is no Unicode text.
    """
    return orjson.dumps({"role": message.role, "content": message.content})
