"""Summaries of sessions for a list: the newest message, the health, what is unread."""

from __future__ import annotations

from enum import Enum

from earwig.core.content.preview import preview_of
from earwig.core.content.turn_outcome import has_failed
from earwig.core.model.entries import Entry, Oversized, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.named_tuple import NamedTuple
from earwig.core.reading.counting import LineCounter
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.protocols import SCANNED, Transcript
from earwig.core.system.opening import CannotOpen

NEWEST = 20
"""The number of lines looked at from the session's end."""

PREVIEW = 300
"""Characters of the newest message that are kept for the list."""

_LINE_LIMIT = 256 * 1024
_UNREAD_STEPS = 4


class Health(Enum):
    """How a session stands."""

    ANSWERED = "answered"
    WAITING = "waiting"
    FAILED = "failed"
    BAD_LINES = "bad lines"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


class Summary(NamedTuple):
    """A session in a few words. The texts are as stored, cut, and still to be cleaned."""

    health: Health
    """The health by its newest lines."""

    role: str = ""
    text: str = ""
    unread: int = 0
    unread_is_more: bool = False
    """Whether there are more unread messages than were worth counting."""

    problem: str | None = None

    bad_lines: bool = False
    """Whether a bad line is among the newest."""

    preview: str = ""
    """What the newest message says, without what the bot put around it; empty where that is all of `text`."""

    @property
    def said(self) -> str:
        """The text of the newest message that a list shows."""
        return self.preview or self.text


def summarise(transcript: Transcript, read_to: Position) -> Summary:
    """Return the summary of a session, made of its newest lines, or that it cannot be opened."""
    try:
        entries = transcript.tail(NEWEST).entries
        unread, more = _unread(transcript, read_to)
    except CannotOpen as error:
        return Summary(Health.UNREADABLE, problem=error.reason)
    newest = next((entry for entry in reversed(entries) if isinstance(entry.item, ChatMessage)), None)
    bad_lines = any(isinstance(entry.item, BadLine) for entry in entries)
    health = _health(entries, newest, bad_lines=bad_lines)
    if newest is None or not isinstance(newest.item, ChatMessage):
        return Summary(health, unread=unread, unread_is_more=more, bad_lines=bad_lines)
    role, content = newest.item
    text, preview = content[:PREVIEW], preview_of(role, content)[:PREVIEW]
    preview = "" if preview == text else preview
    return Summary(health, role[:PREVIEW], text, unread, more, bad_lines=bad_lines, preview=preview)


def health_of(summary: Summary, troubles: Troubles) -> Health:
    """Return the health of a session. A turn that failed and was answered since is no more than a number."""
    worse = summary.health in (Health.FAILED, Health.UNREADABLE)
    return Health.BAD_LINES if troubles.bad_lines and not worse else summary.health


def _health(entries: tuple[Entry, ...], newest: Entry | None, *, bad_lines: bool) -> Health:
    """Return the worst that the lines say."""
    if newest is not None and isinstance(newest.item, ChatMessage) and has_failed(*newest.item):
        return Health.FAILED
    if bad_lines:
        return Health.BAD_LINES
    if newest is None or not isinstance(newest.item, ChatMessage):
        return (
            Health.ANSWERED if any(isinstance(entry.item, Oversized) for entry in entries) else Health.EMPTY
        )
    return Health.WAITING if newest.item.role == "user" else Health.ANSWERED


def _unread(transcript: Transcript, read_to: Position) -> tuple[int, bool]:
    if read_to >= transcript.end:
        return 0, False
    counter = LineCounter(transcript, read_to, limit=_LINE_LIMIT)
    done = any(counter.step(SCANNED) for _ in range(_UNREAD_STEPS))
    return counter.messages, not done
