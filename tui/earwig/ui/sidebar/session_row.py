"""One session in the sidebar: two rows, a title with its age, and its newest message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.catalog.summary import PREVIEW, Health, Summary
from earwig.core.model.events import RemovalReason
from earwig.core.model.session import Session
from earwig.core.model.titles import Title
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.rendering.cells import fit, width_of
from earwig.ui.rendering.palette import Palette
from earwig.ui.sidebar.session_names import Label, cut_name

ROWS = 2
"""Rows of a session in the list."""

MARKS = {
    Health.ANSWERED: "●",
    Health.WAITING: "◌",
    Health.FAILED: "✗",
    Health.BAD_LINES: "!",
    Health.EMPTY: "○",
    Health.UNREADABLE: "⊘",
}
"""How a session stands, by shape; colour only repeats it."""

FLAGGED = "⚑"
PINNED = "★"
"""Beside that mark, of a session that is kept at the top. Both columns are earwig's: no text draws there."""

_NAME = 16
"""Cells of a name that its channel does not take."""

CHOSEN = "▸ "
"""Below the mark of the session that the reader is on: where a background is no help, this is."""

_SPEAKERS = {"assistant": "bot", "user": "user", "tool": "tool", "system": "system"}

_UNITS = (
    (60, 1, "s"),
    (3600, 60, "m"),
    (86400, 3600, "h"),
    (7 * 86400, 86400, "d"),
    (365 * 86400, 7 * 86400, "w"),
)


MARK = Style(bold=True, underline=True)


def marked(text: str, words: Sequence[str], style: Style, *, letters: bool = False) -> list[Segment]:
    """Return the text in segments, each of the words marked; with `letters`, else their letters apart."""
    places = found_in(text, words, letters=letters)
    if not places:
        return [Segment(text, style)]
    segments: list[Segment] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or (at in places) != (start in places):
            segments.append(Segment(text[start:at], style + MARK if start in places else style))
            start = at
    return segments


def found_in(text: str, words: Sequence[str], *, letters: bool = False) -> set[int]:
    """Return the characters of a text that are part of a word, or of its letters in their order."""
    folded = "".join(map(_folded, text))
    places: set[int] = set()
    for word in filter(None, words):
        there = set(_occurrences(folded, word))
        if not there and letters:
            there = set(_apart(folded, word))
        places |= there
    return places


def _folded(char: str) -> str:
    """Return the character without regard to case, if that is one character as well."""
    folded = char.casefold()
    return folded if len(folded) == 1 else char


def _occurrences(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield from range(at, at + len(word))
        at = text.find(word, at + len(word))


def _apart(text: str, word: str) -> list[int]:
    places: list[int] = []
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return []
        places.append(at)
    return places


class SessionRow(NamedTuple):
    """What a session's rows show; equal ones look the same."""

    session: Session
    title: Title
    label: Label
    summary: Summary | None
    removal_reason: RemovalReason | None
    age: str
    pinned: bool = False
    flagged: bool = False
    """Whether a watch rule has told of it."""

    words: tuple[str, ...] = ()
    health: Health | None = None
    """How it stands, by all of it; None: nobody has looked."""

    troubles: tuple[SafeText, ...] = ()
    """What is the matter in it, where that is told: at length, or else in short."""

    standing: tuple[SafeText, ...] = ()
    """What its store knows of it: as many of these as there is room for, the first ones rather."""


def age_of(mtime_ns: int, now: float) -> str:
    """Return how long ago in one short word; `?` for a time that cannot be (years ahead)."""
    seconds = now - mtime_ns / 1e9
    if seconds < -86400:
        return "?"
    for limit, unit, name in _UNITS:
        if seconds < limit:
            return f"{max(0, int(seconds)) // unit}{name}"
    return f"{int(seconds) // (365 * 86400)}y"


def draw_session(row: SessionRow, width: int, palette: Palette, chosen: Style | None) -> tuple[Strip, Strip]:
    """Draw a session in two rows of `width` cells; `chosen` colours the row that the reader is on."""
    first = [*_title_parts(row, width, palette)]
    second = [*_preview_parts(row, width, palette)]
    if chosen is not None:
        second[0] = Segment(CHOSEN, palette.text)
        first = [Segment(text, (style or Style()) + chosen) for text, style, _ in first]
        second = [Segment(text, (style or Style()) + chosen) for text, style, _ in second]
    return Strip(first, width), Strip(second, width)


def drawn_name(width: int, title: Title, label: Label, age: str) -> tuple[str, str]:
    """Return what there is room for of a session's name and of its channel."""
    channel = f" {title.channel}" if title.channel else ""
    room = width - 2 - len(age) - 1
    if width_of(label.name) + width_of(channel) > room:
        channel = fit(channel, max(0, room - min(width_of(label.name), _NAME)))
    return cut_name(label, max(1, room - width_of(channel))), channel


def draw_heading(heading: SafeText, size: int, width: int, palette: Palette) -> Strip:
    """Return the row above a group of sessions: it begins where no text of a session can be."""
    text = fit(f"── {heading} · {size:,} ", max(0, width - 1))
    return Strip([Segment(text + "─" * (width - width_of(text)), palette.muted)], width)


def _title_parts(row: SessionRow, width: int, palette: Palette) -> list[Segment]:
    mark, style = _mark(row, palette)
    name, channel = drawn_name(width, row.title, row.label, row.age)
    space = " " * (width - 3 - len(row.age) - width_of(name) - width_of(channel))
    unread = row.summary is not None and row.summary.unread > 0
    # What the bot has put away is quieter than what it goes on with.
    text, style = (palette.muted, palette.muted) if row.session.is_put_away else (palette.text, style)
    marks = [Segment(f"{mark} ", style)]
    if row.flagged or row.pinned:
        sign = Segment(FLAGGED, palette.bad) if row.flagged else Segment(PINNED, palette.other)
        marks = [Segment(mark, style), sign]
    return [
        *marks,
        *marked(name, row.words, text + Style(bold=unread), letters=True),
        *marked(space + channel, row.words, palette.muted),
        Segment(f" {row.age}", palette.muted),
    ]


def _preview_parts(row: SessionRow, width: int, palette: Palette) -> list[Segment]:
    badge = _badge(row.summary)
    room = max(0, width - 2 - len(badge))
    troubles = next((f" {it} " for it in row.troubles if width_of(it) + 2 <= room), "")
    room -= width_of(troubles)
    standing = _standing(row, room)
    room -= width_of(standing)
    text = fit(_preview(row), room)
    return [
        Segment("  ", palette.text),
        *marked(text, row.words, palette.muted),
        Segment(" " * (room - width_of(text)), palette.text),
        *([Segment(standing, palette.muted)] if standing else []),
        *([Segment(troubles, palette.bad)] if troubles else []),
        Segment(badge, palette.assistant + Style(reverse=True)),
    ]


def _standing(row: SessionRow, room: int) -> str:
    """Return what is said of it at the right, in three fifths of the room at most."""
    text = ""
    for words in row.standing:
        longer = f"{text}{' · ' if text else ' '}{words}"
        if width_of(longer) > room * 3 // 5:
            break
        text = longer
    return text


def _mark(row: SessionRow, palette: Palette) -> tuple[str, Style]:
    if row.removal_reason is not None or row.session.problem is not None:
        return MARKS[Health.UNREADABLE], palette.bad
    if row.health is None:
        return "·", palette.muted
    styles = {
        Health.ANSWERED: palette.assistant,
        Health.WAITING: palette.user,
        Health.FAILED: palette.bad,
        Health.BAD_LINES: palette.bad,
        Health.UNREADABLE: palette.bad,
    }
    return MARKS[row.health], styles.get(row.health, palette.muted)


def _badge(summary: Summary | None) -> str:
    if summary is None or not summary.unread:
        return ""
    return f" {summary.unread}{'+' if summary.unread_is_more else ''} "


def _preview(row: SessionRow) -> SafeText:
    if row.removal_reason is not None:
        return own_text("{}: its file is gone", clean_line(row.removal_reason.value))
    problem = row.session.problem or (row.summary.problem if row.summary is not None else None)
    if problem is not None:
        return clean_line(problem)
    if row.summary is None:
        return own_text("…")
    if row.summary.health is Health.EMPTY or not row.summary.role:
        return own_text("no messages")
    known = _SPEAKERS.get(row.summary.role)
    speaker = clean_line(known) if known else own_text("“{}”", clean_line(row.summary.role, limit=16))
    return own_text("{}: {}", speaker, clean_line(" ".join(row.summary.said.split()), limit=PREVIEW))
