"""What stands around a text in one quiet row: envelopes, media, ends of turns."""

from __future__ import annotations

from typing import Final

from rich.style import Style

from earwig.core.content.parts import Closing, ClosingKind, Media, Quiet, QuietKind
from earwig.core.safe_text import SafeText, clean_line, joined, own_text
from earwig.core.sizes import human_size
from earwig.ui.rendering.look import Look
from earwig.ui.rendering.rows import Run

MEDIA_SIGN: Final = "▣"
QUIET_SIGN: Final = "·"
_DOT: Final = own_text(" · ")
_LABEL: Final = 200
"""Characters of a label that are drawn."""

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
_CHIPS: Final = {
    ClosingKind.FAILED: "✗",
    ClosingKind.TIMED_OUT: "◷",
    ClosingKind.INTERRUPTED: "⊘",
    ClosingKind.STOPPED: "⊘",
    ClosingKind.NO_REPLY: "–",
    ClosingKind.REFUSED: "⊘",
    ClosingKind.MALFORMED: "✗",
}
_QUIET_ENDS: Final = frozenset({ClosingKind.NO_REPLY, ClosingKind.STOPPED, ClosingKind.REFUSED})


def quiet_words(quiet: Quiet, content: str) -> SafeText:
    """What it is, from whom, and how much there is of it: `reply to @alice · 2 lines`."""
    name = clean_line(quiet.kind.value)
    label = clean_line(quiet.label.strip(), limit=_LABEL)
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
    return joined(_DOT, [head, own_text("{:,} lines", lines)])


def media_words(media: Media) -> SafeText:
    """Its kind, name and size: `image photo_99_1.jpg`, `image/png 34 kB`."""
    kind = clean_line(media.mime if media.mime and not media.name else media.kind.value)
    words = [kind]
    if media.name:
        words.append(clean_line(media.name, limit=_LABEL))
    if media.size is not None:
        words.append(human_size(media.size))
    shown = joined(own_text(" "), words)
    remark = clean_line(media.remark)
    return joined(_DOT, [shown, remark]) if remark else shown


def closing_chip(closing: Closing, look: Look) -> Run:
    """How a turn ended: `✗ failed`."""
    words = own_text("{} {}", clean_line(_CHIPS[closing.kind]), clean_line(closing.kind.value))
    if closing.reason:
        words = own_text("{}: {}", words, clean_line(closing.reason, limit=_LABEL))
    return words, closing_style(closing.kind, look)


def closing_style(kind: ClosingKind, look: Look) -> Style:
    """Loud where the user was left without what was asked for."""
    return look.muted if kind in _QUIET_ENDS else look.bad
