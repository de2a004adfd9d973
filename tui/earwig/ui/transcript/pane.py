"""The transcript in its frame: which session it is, how it stands, what is new below."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar, Self

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region

from earwig.core.model.events import RemovalReason
from earwig.core.model.session import KILLED, Session
from earwig.core.model.titles import Title
from earwig.core.text.safe_text import SafeText, clean_line, joined, many, own_text, without_symbols
from earwig.ui.rendering.cells import fit_ends, width_of
from earwig.ui.rendering.plain import Plain, plain
from earwig.ui.rendering.shape import Level
from earwig.ui.transcript.view import TranscriptView
from earwig.ui.widgets.keys import bar_key

if TYPE_CHECKING:
    from earwig.core.model.message_link import MessageLink
    from earwig.ui.transcript.filter_bar import FilterBar, FilterRow
    from earwig.ui.transcript.find_bar import FindBar
    from earwig.ui.transcript.go_to import GoToBar, Line, Share

_DOT = " · "
_LONGEST_HOLD = 0.03
"""Seconds; a page from a disk that is at hand is there after two thousandths."""

_CORNERS = 6
"""Cells of the frame that no title can use."""


class TranscriptPane(Vertical):
    """A frame that says in its borders what the transcript in it cannot."""

    DEFAULT_CSS = """
    TranscriptPane { width: 1fr; height: 1fr; layers: default above; }
    TranscriptPane > #notice {
        display: none; layer: above; padding: 1 2; width: 100%; height: 100%; background: $background;
    }
    TranscriptPane.-notice > #notice { display: block; }
    TranscriptPane.-limited > #notice { offset-y: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # First of all, so that a number typed in one burst with it is not taken for keys.
        bar_key(
            "colon,ctrl+g",
            "go_to",
            "transcript.go_to",
            "Go to",
            "Go to a line by its number, to a place by its percentage, or to the message of a link",
            priority=True,
            display=":",
        ),
        bar_key("slash", "find", "transcript.find", "Find", "Find text in this session", priority=True),
        bar_key(
            "l",
            "limit",
            "transcript.limit",
            "Limit",
            "Show only some messages: role:user, -tools, failed, some text",
            priority=True,
        ),
    ]

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = TranscriptView(clock=clock, id="transcript")
        self.notice = Plain(own_text(""), id="notice")
        self._title: Title | None = None
        self._detail_of: Session | None = None
        """The session, if its store knows more of it than its file's name."""

        self._removal_reason: RemovalReason | None = None
        self._titling = False
        self._bar: GoToBar | None = None
        """Made when it is wanted first, and kept."""

        self._find_bar: FindBar | None = None
        self._filter_bar: FilterBar | None = None
        self._filter_row: FilterRow | None = None
        self._held: AbstractContextManager[None] | None = None
        self._described: tuple[SafeText, SafeText, SafeText, int] | None = None

    def compose(self) -> ComposeResult:
        """Yield the view. While it is empty, it is covered: hidden, it could not keep the focus."""
        yield self.view
        if self.has_class("-notice") and not self.notice.is_attached:
            yield self.notice

    def name_session(
        self, title: Title | None, removal_reason: RemovalReason | None, session: Session | None = None
    ) -> None:
        """Say which session is shown, what became of it, and what its store knows of it."""
        self._title, self._removal_reason = title, removal_reason
        self._detail_of = session if session is not None and session.detail is not None else None
        detail = None if session is None else session.detail
        self.view.commit(self.view.parts.options.end(ended=detail is not None and detail.state == KILLED))
        self.describe()

    def say(self, text: SafeText | None) -> None:
        """Show a text instead of a transcript; None: the transcript again."""
        if text is not None:
            self.notice.update(text)
            if self.is_attached and not self.notice.is_attached:
                self.mount(self.notice)
        self.set_class(text is not None, "-notice")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where a bar has the keys, a colon is a colon."""
        return action not in ("go_to", "find", "limit") or self.view.has_focus

    async def action_go_to(self) -> None:
        if self._bar is None:
            from earwig.ui.transcript.go_to import GoToBar  # loaded when it is wanted, as each bar is

            self._bar = GoToBar(self.view, self._go_to)
            await self.mount(self._bar)
        self._bar.ask()

    async def action_find(self) -> None:
        if self._find_bar is None:
            from earwig.ui.transcript.find_bar import FindBar

            self._find_bar = FindBar(self.view)
            await self.mount(self._find_bar)
        self._find_bar.ask()

    async def action_limit(self) -> None:
        if self._filter_bar is None:
            from earwig.ui.transcript.filter_bar import FilterBar, FilterRow

            self._filter_bar, self._filter_row = FilterBar(self.view), FilterRow(own_text(""))
            await self.mount(self._filter_row, self._filter_bar)
        self._filter_bar.ask()

    def _go_to(self, place: Line | Share | MessageLink) -> None:
        from earwig.ui.transcript.go_to import Line, Share

        parts = self.view.parts
        match place:
            case Line(number):
                self.view.commit(parts.navigator.go_to_line(number))
            case Share(share):
                self.view.commit(parts.navigator.go_to_share(share))
            case link:
                self.view.commit(parts.links.follow(link))
        if parts.navigator.jumping:
            self._hold_frame()

    def _hold_frame(self) -> None:
        """Draw nothing until what was asked for is there, but not for long: one frame in place of two."""
        if self._held is None:
            self._held = self.app.batch_update()
            self._held.__enter__()
            self.app.set_timer(_LONGEST_HOLD, self._draw_held)  # the app's: this widget may be gone by then

    def _draw_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.__exit__(None, None, None)
            self.app.screen.check_idle()  # what was held up in it while nothing could be drawn

    def on_resize(self) -> None:
        self.describe()

    def describe(self) -> None:
        status = self.view.status
        if not self.view.parts.navigator.jumping:
            self._draw_held()
        if self._find_bar is not None:
            self._find_bar.tell()
        if self._filter_row is not None:
            self._filter_row.tell(status)
            self.set_class(bool(status.filters), "-limited")
        room = self.outer_size.width - _CORNERS
        if room < 1:
            return
        left = self._session_name()
        parts = self._state() if self._title is not None else []
        for words in self._memory():
            if width_of(left) + width_of(_DOT.join([words, *parts])) + 3 <= room:
                parts.insert(0, words)
                break
        while len(parts) > 1 and width_of(left) + width_of(_DOT.join(parts)) + 3 > room:
            parts.pop(0)
        right = joined(own_text(_DOT), parts)
        if width_of(left) + width_of(right) + 3 > room:
            left = clean_line(fit_ends(left, max(1, room - width_of(right) - 3)))
        below = status.below
        if (left, right, below, room) == self._described:
            return
        self._described = (left, right, below, room)
        self._titling = True  # what `refresh` is called for by setting a title
        line = " " + "─" * max(1, room - width_of(left) - width_of(right) - 2) + " "
        self.border_title = Content.assemble(
            plain(left, "bold"), (line if right else "", "not bold"), plain(right, "not bold")
        )
        self.border_subtitle = plain(below)
        self._titling = False

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """A new title is drawn in the frame's two rows, not with all that is in the frame."""
        if self._titling and not regions:
            top = Region(0, 0, self.outer_size.width, 1).translate(-self.content_offset)
            regions = (top, top.translate((0, self.outer_size.height - 1)))
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _session_name(self) -> SafeText:
        """No name has a sign in it with which the frame and its other words are drawn."""
        if self._title is None:
            return own_text("earwig")
        channel, name = self._title[0], without_symbols(self._title[1])
        return joined(own_text(_DOT), [channel, name]) if channel else name

    def _memory(self) -> tuple[SafeText, ...]:
        """Return what the bot still remembers, at length and in short: the first to give way."""
        memory = self.view.status.memory
        if memory is None or self._title is None:
            return ()
        from earwig.ui.rendering.memory_words import memory_words  # the first frame has none

        return memory_words(memory.estimate)

    def _state(self) -> list[SafeText]:
        """Return how the session stands; what matters most is last, and stays where there is little room."""
        status = self.view.status
        counted = status.counted
        parts: list[SafeText] = []
        if self._detail_of is not None:
            from earwig.core.model.standing import people_of, words_of  # a plain file has none of these

            people = people_of(self._detail_of.detail) if self._detail_of.detail else []
            parts += [own_text("{} {}", what, who) for what, who in people if what not in ("name", "channel")]
            parts += reversed(words_of(self._detail_of, time.time_ns()))
        if status.tools is not Level.LINE:
            parts.append(own_text("tools {}", clean_line(status.tools.value)))
        if counted is not None:
            messages = counted.messages
            parts.append(many(messages, "message") if counted.done else own_text("{:,}+ messages", messages))
            if counted.bad_lines:
                parts.append(own_text("✗ {}", many(counted.bad_lines, "bad line")))
            if counted.long_lines:
                parts.append(own_text("{:,} too long to check", counted.long_lines))
        if self._removal_reason is not None:
            parts.append(own_text("⊘ {}", clean_line(self._removal_reason.value)))
        elif status.gone or status.problem is not None:
            # It may be back in a moment: what became of it is told when that is known.
            missing = own_text("not there")
            parts.append(own_text("⊘ {}", missing if status.gone else status.problem or missing))
        elif status.following:
            parts.append(own_text("● following"))
        else:
            parts.append(own_text("‖ held"))
        return parts
