"""The transcript in its frame: which session it is, how it stands, what is new below."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from earwig.core.following.facts import Fate
from earwig.core.safe_text import SafeText, clean_line, joined, own_text
from earwig.core.titles import Title
from earwig.ui.plain import Plain, plain
from earwig.ui.rendering.cells import fit_ends, width_of
from earwig.ui.widgets.transcript_view import TranscriptView

_DOT = " · "
_CORNERS = 6
"""Cells of the frame that no title can use."""


class TranscriptPane(Vertical):
    """A frame that says in its borders what the transcript in it cannot."""

    DEFAULT_CSS = """
    TranscriptPane { width: 1fr; height: 1fr; }
    TranscriptPane > #notice { display: none; padding: 1 2; height: 1fr; }
    TranscriptPane.-notice > #notice { display: block; }
    TranscriptPane.-notice > TranscriptView { display: none; }
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = TranscriptView(clock=clock, id="transcript")
        self.notice = Plain(own_text(""), id="notice")
        self._title: Title | None = None
        self._fate: Fate | None = None
        self._described: tuple[SafeText, SafeText, SafeText, int] | None = None

    def compose(self) -> ComposeResult:
        """The view, and what stands in its place while there is nothing to view."""
        yield self.view
        yield self.notice

    def name_session(self, title: Title | None, fate: Fate | None) -> None:
        """Say which session is shown, and what became of it."""
        self._title, self._fate = title, fate
        self.describe()

    def say(self, text: SafeText | None) -> None:
        """Show a text instead of a transcript; None: the transcript again."""
        if text is not None:
            self.notice.update(text)
        self.set_class(text is not None, "-notice")

    def on_resize(self) -> None:
        """The title fills the frame's width."""
        self.describe()

    def describe(self) -> None:
        """Bring the frame's texts up to date."""
        room = self.outer_size.width - _CORNERS
        if room < 1:
            return
        left = self._session_name()
        parts = self._state() if self._title is not None else []
        while len(parts) > 1 and width_of(left) + width_of(_DOT.join(parts)) + 3 > room:
            parts.pop(0)
        right = joined(own_text(_DOT), parts)
        if width_of(left) + width_of(right) + 3 > room:
            left = clean_line(fit_ends(left, max(1, room - width_of(right) - 3)))
        below = self._below()
        if (left, right, below, room) == self._described:
            return  # to set a title is to draw the whole frame anew
        self._described = (left, right, below, room)
        line = " " + "─" * max(1, room - width_of(left) - width_of(right) - 2) + " "
        self.border_title = Content.assemble(
            plain(left, "bold"), (line if right else "", "not bold"), plain(right, "not bold")
        )
        self.border_subtitle = plain(below)

    def _session_name(self) -> SafeText:
        if self._title is None:
            return own_text("earwig")
        channel, name = self._title
        return joined(own_text(_DOT), [channel, name]) if channel else name

    def _state(self) -> list[SafeText]:
        """How the session stands; what matters most is last, and stays where there is little room."""
        view = self.view
        counted = view.counted
        parts: list[SafeText] = []
        if counted is not None:
            more = "" if counted.done else "+"
            parts.append(
                own_text(
                    "{:,}{} {}", counted.messages, clean_line(more), _plural(counted.messages, "message")
                )
            )
            if counted.bad_lines:
                parts.append(own_text("✗ {:,} {}", counted.bad_lines, _plural(counted.bad_lines, "bad line")))
            if counted.long_lines:
                parts.append(own_text("{:,} too long to check", counted.long_lines))
        if view.gone or self._fate is not None:
            parts.append(own_text("⊘ {}", clean_line((self._fate or Fate.DELETED).value)))
        elif view.following:
            parts.append(own_text("● following"))
        else:
            parts.append(own_text("‖ held"))
        return parts

    def _below(self) -> SafeText:
        new = self.view.new
        if new:
            return own_text("▼ {:,} new · End to follow", new)
        return own_text("") if self.view.following else own_text("End to follow")


def _plural(count: int, noun: str) -> SafeText:
    return clean_line(noun if count == 1 else f"{noun}s")
