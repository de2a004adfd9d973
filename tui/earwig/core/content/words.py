"""Words for what stands around a text."""

from __future__ import annotations

from typing import Final

from earwig.core.content.parts import Quiet, QuietKind
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text

LABEL: Final = 200
"""The most characters of a label that are shown."""

_WITH_COLON: Final = frozenset(
    {
        QuietKind.SUBJECT,
        QuietKind.ATTACHMENT,
        QuietKind.SNIPPET,
        QuietKind.LINK,
        QuietKind.LOCATION,
        QuietKind.CHOICE,
        QuietKind.USED_TOOLS,
        QuietKind.EARLIER_TOOLS,
    }
)


def quiet_words(quiet: Quiet, content: str) -> SafeText:
    """Return what it is, from whom, and how much there is of it: `reply to @alice · 2 lines`."""
    name = clean_line(quiet.kind.value)
    label = clean_line(quiet.label.strip(), limit=LABEL)
    if quiet.kind is QuietKind.IRC:
        head = own_text("{} · from {}", name, label) if label else name
    elif quiet.kind is QuietKind.SUMMARY:
        head = own_text("{} ({})", name, label) if label else name
    elif not label:
        head = name
    else:
        head = own_text("{}: {}" if quiet.kind in _WITH_COLON else "{} {}", name, label)
    lines = content.count("\n", quiet.body_start, quiet.body_stop)
    body = quiet.body_stop - quiet.body_start
    if body and content[quiet.body_stop - 1] != "\n":
        lines += 1
    if lines < 2:
        return head
    return joined(own_text(" · "), [head, own_text("{:,} lines", lines)])
