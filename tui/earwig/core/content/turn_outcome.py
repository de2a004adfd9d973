"""Outcomes of turns without an ordinary answer: the one table of the sentences that close them.

Sources, in ZeroClaw: `src/channels/mod.rs` of v0.4.0 (2164, 2347, 2394); `9def1ab3a5` (v0.6.3);
`orchestrator/mod.rs` of v0.8.4 (3156) and of August 2026 (3357, 6644); `locales/en/cli.ftl` (915).
"""

from __future__ import annotations

import re
from typing import Final

from earwig.core.content.parts import Closing, ClosingKind

LONGEST = 2_000
"""The most characters of a closing. What is longer is a text."""

_BRACKETED: Final = re.compile(
    r"\[(?:(?P<kind>Task failed|Task timed out|Session interrupted) — (?P<why>[^\n]*)"
    r"|No reply sent(?:: (?P<reason>[^\n]*))?)\]\s*"
)
_KINDS: Final = {
    "Task failed": ClosingKind.FAILED,
    "Task timed out": ClosingKind.TIMED_OUT,
    "Session interrupted": ClosingKind.INTERRUPTED,
}
_DELIVERED: Final = {
    "🚫 I can't help with that request.": ClosingKind.REFUSED,
    "⚠️ I couldn't complete that request.": ClosingKind.REFUSED,
    "⚠ I couldn't complete that request.": ClosingKind.REFUSED,
    "I encountered malformed tool-call output and could not produce a safe reply. Please try again.": (
        ClosingKind.MALFORMED
    ),
}
STOPPED: Final = "[interrupted by user]"

UNANSWERED: Final = frozenset(
    {ClosingKind.FAILED, ClosingKind.TIMED_OUT, ClosingKind.INTERRUPTED, ClosingKind.MALFORMED}
)
"""Ends of a turn that leave the user without what was asked for, through no decision of anybody."""

PARTS_OF_FAILURES: Final = tuple(
    part.encode("ascii")
    for part, kind in (*((f"[{said}", kind) for said, kind in _KINDS.items()), *_DELIVERED.items())
    if kind in UNANSWERED
)
"""One of these stands in each text that closes such a turn. JSON has them as they are, or escapes letters."""


def closing_of(content: str) -> Closing | None:
    """Return the closing that an assistant's content is; None if it is anything else, or quotes one."""
    if len(content) > LONGEST:
        return None
    found = _BRACKETED.fullmatch(content)
    if found is not None:
        kind = _KINDS.get(found["kind"] or "", ClosingKind.NO_REPLY)
        reason = found["reason"] or ""
        return Closing(0, len(content), kind, reason)
    delivered = _DELIVERED.get(content.strip())
    return None if delivered is None else Closing(0, len(content), delivered, delivered=True)


def stopped_at(content: str) -> Closing | None:
    """Return the note at an assistant's content's end that the user stopped it; None without one."""
    end = len(content.rstrip()) if content[-1:].isspace() else len(content)
    if not content.startswith(STOPPED, end - len(STOPPED)) or end < len(STOPPED):
        return None
    start = end - len(STOPPED)
    if start and not content.endswith("\n\n", 0, start):
        return None
    return Closing(start, len(content), ClosingKind.STOPPED)


def closing_in(content: str) -> Closing | None:
    """Return how an assistant's content closes its turn; None if by an answer."""
    return closing_of(content) or stopped_at(content)


def has_failed(role: str, content: str) -> bool:
    """Return whether a message ends a turn that left the user without what was asked for."""
    closing = closing_in(content) if role == "assistant" else None
    return closing is not None and closing.kind in UNANSWERED
