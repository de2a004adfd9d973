"""The parts that a message's content consists of; each knows which characters of the stored text it is.

They follow one another without a gap. Tuples, because that many dataclasses would take the start 10 ms.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple


class Text(NamedTuple):
    """What somebody said."""

    start: int
    """Its first character in the content."""

    stop: int
    """The one behind its last."""


class Sent(NamedTuple):
    """When the message came, as the bot wrote it before the text."""

    start: int
    stop: int

    at: datetime
    """With a zone, always."""


class QuietKind(Enum):
    """What stands around a text without being one; the value is its name for readers."""

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
    """Who, which, how many: as stored, on one line or not; empty if there is no such thing."""

    body_start: int = 0
    body_stop: int = 0
    """The characters of the content that are worth reading beside the label, if there are any."""


class MediaKind(Enum):
    """What a marker stands for; the value is its name for readers."""

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
    """Of the file, as stored; empty if the marker gives none."""

    mime: str = ""
    size: int | None = None
    """Bytes, where they are known: of data in the text, or as the marker says."""

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
    """JSON, as stored."""

    extra: str = ""
    """JSON of whatever else the call holds; empty if there is nothing."""


class Calls(NamedTuple):
    """Tools that the bot wants to use, and what it said with that."""

    start: int
    stop: int

    calls: tuple[Call, ...]
    said: str = ""
    """Text for the reader, decoded: it stands inside of JSON."""

    reasoning: str = ""


class Result(NamedTuple):
    """What a tool answered."""

    start: int
    stop: int

    text: str
    """Decoded where it stands inside of JSON."""

    call: str | None = None
    """The id of the call; None: the bot gave none."""

    name: str = ""
    """The tool's, where the result says it."""

    status: str = ""
    pairs: bool = True
    """Whether it belongs to a call: plain text under the role `tool` says nothing of that."""


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
    """Whether a message holds nothing for a reader but what the bot and its tools told each other."""
    return bool(parts) and all(
        isinstance(part, Result) or (isinstance(part, Calls) and not part.said.strip()) for part in parts
    )
