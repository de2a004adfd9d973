"""Parts of a message's content. Each knows which characters of the stored text it is.

They follow one another without a gap. Tuples, because that many dataclasses would take the start 10 ms.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from earwig.core.named_tuple import NamedTuple


class Text(NamedTuple):
    """What somebody said."""

    start: int
    """The index of its first character in the content."""

    stop: int
    """The index behind its last character."""


class Sent(NamedTuple):
    """The time of the message, as the bot wrote it before the text."""

    start: int
    stop: int

    at: datetime


class QuietKind(Enum):
    """What stands around a text without being one. The value is its name for readers."""

    MEMORY = "memory context"
    TURN = "turn context"
    REPLY = "reply to"
    FORWARD = "forwarded from"
    THREAD = "thread root from"
    GROUP = "group message from"
    OBSERVED = "observed group message from"
    IRC = "instructions for IRC"
    SUBJECT = "subject"
    ATTACHMENT = "attachment"
    ATTACHMENTS = "attachments"
    SNIPPET = "snippet"
    LINK = "link"
    LOCATION = "location"
    CHOICE = "choice"
    THINKING = "thinking"
    FALLBACK = "answered by another model"
    USED_TOOLS = "used tools"
    EARLIER_TOOLS = "earlier tool calls, results left out"
    CONTINUES = "the context continues"
    SUMMARY = "summary of earlier messages"


class Quiet(NamedTuple):
    """Something around the text, of which a reader mostly needs to know only that it is there."""

    start: int
    stop: int

    kind: QuietKind
    label: str = ""
    """Who, which, or how many, as stored; empty if there is no such thing."""

    body_start: int = 0
    body_stop: int = 0
    """With `body_start`, the characters worth reading beside the label; 0 if there are none."""


class MediaKind(Enum):
    """What a marker stands for. The value is its name for readers."""

    IMAGE = "image"
    DOCUMENT = "document"
    VOICE = "voice"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


class Media(NamedTuple):
    """A picture, a recording or a file that stands in the text as a marker."""

    start: int
    stop: int

    kind: MediaKind
    name: str = ""
    """The name of the file, as stored; empty if the marker gives none."""

    mime: str = ""
    size: int | None = None
    source: str = ""
    """The path or the address that the marker gives, as stored; empty for data in the text."""

    remark: str = ""
    """What else the marker says: that it was left out, that nobody could transcribe it."""

    body_start: int = 0
    body_stop: int = 0
    """The characters of the content that say what was heard in it, if it was written down."""


class Call(NamedTuple):
    """One tool that the bot wants to use."""

    id: str | None
    name: str
    arguments: str
    extra: str = ""
    """Whatever else the call holds, as JSON; empty if there is nothing."""


class Calls(NamedTuple):
    """Tools that the bot wants to use, and what it said with that."""

    start: int
    stop: int

    calls: tuple[Call, ...]
    said: str = ""
    """Text for the reader, decoded: it stands inside of JSON."""

    reasoning: str = ""


class Result(NamedTuple):
    """The answer of a tool."""

    start: int
    stop: int

    text: str
    """The text, decoded where it stands inside of JSON."""

    call: str | None = None
    """The id of the call; None where the bot gave none."""

    name: str = ""
    status: str = ""
    pairs: bool = True
    """Whether it belongs to a call. Plain text under the role `tool` does not say so."""


class ClosingKind(Enum):
    """How a turn ended that has no ordinary answer."""

    FAILED = "failed"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"
    STOPPED = "interrupted by user"
    NO_REPLY = "no reply sent"
    REFUSED = "refused"
    MALFORMED = "malformed tool call"


class Closing(NamedTuple):
    """The end of a turn, as the bot writes it."""

    start: int
    stop: int

    kind: ClosingKind
    reason: str = ""
    """Why, as stored; empty if nobody says."""

    delivered: bool = False
    """Whether it is a text that the user got, not a note of the bot to itself."""


Part = Text | Sent | Quiet | Media | Calls | Result | Closing
Parts = tuple[Part, ...]


def is_tool_traffic(parts: Parts) -> bool:
    """Return whether a message holds nothing for a reader but what the bot and its tools told each other."""
    return bool(parts) and all(
        isinstance(part, Result) or (isinstance(part, Calls) and not part.said.strip()) for part in parts
    )
