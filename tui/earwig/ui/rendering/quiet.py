"""What stands around a text in one quiet row: envelopes, media, ends of turns."""

from __future__ import annotations

from typing import Final

from rich.style import Style

from earwig.core.content.parts import Closing, ClosingKind, Media
from earwig.core.content.words import LABEL
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import Run

MEDIA_SIGN: Final = "▣"
_DOT: Final = own_text(" · ")
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


def media_words(media: Media) -> SafeText:
    """Its kind, name and size: `image photo_99_1.jpg`, `image/png 34 kB`."""
    kind = clean_line(media.mime if media.mime and not media.name else media.kind.value)
    words = [kind]
    if media.name:
        words.append(clean_line(media.name, limit=LABEL))
    if media.size is not None:
        words.append(human_size(media.size))
    shown = joined(own_text(" "), words)
    remark = clean_line(media.remark)
    return joined(_DOT, [shown, remark]) if remark else shown


def closing_chip(closing: Closing, palette: Palette) -> Run:
    """Return how a turn ended: `✗ failed`."""
    words = own_text("{} {}", clean_line(_CHIPS[closing.kind]), clean_line(closing.kind.value))
    if closing.reason:
        words = own_text("{}: {}", words, clean_line(closing.reason, limit=LABEL))
    return words, closing_style(closing.kind, palette)


def closing_style(kind: ClosingKind, palette: Palette) -> Style:
    """Loud where the user was left without what was asked for."""
    return palette.muted if kind in _QUIET_ENDS else palette.bad
