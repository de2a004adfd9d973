"""What one line of a session is: a message, or a line that the bot skips."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.named_tuple import NamedTuple


class ChatMessage(NamedTuple):
    """A message that the bot loads. A tuple, because a session holds millions.

    Both texts are as stored: unvalidated, of any length (`ChatMessage` in the bot's
    `src/providers/traits.rs`). Make `SafeText` of a text before it is shown.
    """

    role: str
    content: str

    @classmethod
    def system(cls, content: str) -> ChatMessage:
        return cls("system", content)

    @classmethod
    def user(cls, content: str) -> ChatMessage:
        return cls("user", content)

    @classmethod
    def assistant(cls, content: str) -> ChatMessage:
        return cls("assistant", content)

    @classmethod
    def tool(cls, content: str) -> ChatMessage:
        return cls("tool", content)


class BadLine(NamedTuple):
    """A line that is not blank and that the bot skips without a word."""

    reason: str
    """Why the bot skips it, to follow "line 7 ": `is not JSON: unexpected end of data (byte 12)`. It holds no
    content."""

    raw: bytes
    salvage: Callable[[bytes], list[ChatMessage]] | None = None
    """Finds whole messages in the bytes, by the rules of the store; None where there are none. Lines that
    differ in this alone are equal."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BadLine) and self[:2] == other[:2]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:2])

    def whole_messages(self) -> list[ChatMessage]:
        """Return the whole messages on the line, which the bot loses with it."""
        return [] if self.salvage is None else self.salvage(self.raw)


def line_of(message: ChatMessage) -> bytes:
    """Return the line that the bot writes for a message (`serde_json::to_string`), without its newline.

    orjson escapes the same characters the same way. Raises `TypeError` for a text that is not valid Unicode.
    """
    import orjson  # 3 ms that the first frame of a database does without

    return orjson.dumps({"role": message.role, "content": message.content})
