"""The list of sessions: draws only the rows on the screen, however many sessions there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from earwig.core.catalog.restrictions import COUNTED, Only
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.read_to import ReadTo
from earwig.core.model.session import Session, SessionId
from earwig.core.model.titles import Title
from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.cells import cut_line, width_of
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.sidebar.list_rows import ListRows
from earwig.ui.sidebar.session_names import Label, distinct_labels, label_of
from earwig.ui.sidebar.session_row import (
    ROWS,
    SessionRow,
    age_of,
    draw_heading,
    draw_session,
    drawn_name,
)
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.keys import bar_key, help_key
from earwig.ui.widgets.themed import Themed

TICK, SLOW_TICK = 1.0, 5.0
"""Seconds between looks at the ages on the screen: with one of less than a minute, and without."""


class SessionList(Themed, can_focus=True):
    """Shows a `SessionCatalog`; what the reader is on stays chosen wherever new activity sorts it."""

    ALLOW_SELECT = False

    HELP = """\
## Sessions

Newest activity first, unless `o` asks for another order: by name, size, unread
messages, or health (failed ones first). Pinned sessions (`★`) stay on top.

The mark tells how a session stands, the worst of it: `✗` the last turn failed,
`!` there are bad lines, wherever in it, `◌` waiting for the bot, `●` answered,
`○` no messages, `⊘` unreadable.
A number at the right counts messages that you have not seen.

`u` `w` `f` `x` `n` `i` leave only some of the sessions; together they leave those that
are all of it. What is set stands above the list, with how many sessions it hides.
`n`, changed: since you last had the session open, or, if you never had, since
earwig last ran. The same key clears it, and `Esc` clears what was set last.
To look into sessions takes a while; until all are known, the list says *so far*.
By `f`, a row tells how many turns failed, also if they were answered since, and
when the last one did, or else in which line (`#`); by `x`, how many bad lines it has.

The filter (`/`) finds names that have all your words, then newest messages that
have them, then names with their letters in that order. `store:` and a name leave
one store: `jsonl`, `sqlite`, `acp` (editors), `migrated`, `archived`.

What the bot has put away is quieter: files that it has read into its database
(migrated), and its archive; `i` leaves only those. The same messages in two places
are one row, which says so (*also in …*); two, if one has lines that the bot skipped.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        help_key("up,k", "move(-1)", "sessions.up", "Up", "The session above"),
        help_key("down,j", "move(1)", "sessions.down", "Down", "The session below"),
        help_key("pageup", "move_page(-1)", "sessions.page_up", "Page up", "A screen up"),
        help_key("pagedown", "move_page(1)", "sessions.page_down", "Page down", "A screen down"),
        help_key("home,g", "first", "sessions.first", "First", "The newest activity"),
        help_key("end,G", "last", "sessions.last", "Last", "The oldest activity"),
        bar_key("enter,right,l", "screen.read", "sessions.read", "Read", "Go to the transcript"),
        bar_key("o", "sort", "sessions.order", "Order", "Sort by the next of five orders"),
        help_key("c", "group", "sessions.group", "Channels", "In groups, by channel"),
        bar_key("p", "pin", "sessions.pin", "Pin", "Keep the session at the top"),
        *(
            help_key(key, f"only('{only.name}')", f"sessions.{name}", label, tip)
            for key, only, name, label, tip in (
                ("u", Only.UNREAD, "unread", "Unread", "Only sessions with unread messages"),
                ("w", Only.WAITING, "unanswered", "Unanswered", "Only sessions that wait for the bot"),
                ("f", Only.FAILED, "failed", "Failed", "Only sessions with turns that failed"),
                ("x", Only.BAD_LINES, "bad_lines", "Bad lines", "Only sessions with bad lines"),
                ("n", Only.CHANGED, "changed", "Changed", "Only what changed since you last looked"),
                ("i", Only.PUT_AWAY, "put_away", "Put away", "Only what the bot has archived or imported"),
            )
        ),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"session-list--chosen", "session-list--chosen-here"}

    DEFAULT_CSS = """
    SessionList { width: 1fr; height: 1fr; background: $background; }
    SessionList > .session-list--chosen { background: $surface-lighten-2; }
    SessionList > .session-list--chosen-here { background: $primary-muted; text-style: bold; }
    """

    class Arranged(Message):
        """The reader wants the list in another way."""

    class Visible(DataMessage):
        """Sessions are on the screen of which more could be known."""

        wanted: dict[SessionId, ReadTo]

    def __init__(
        self,
        catalog: SessionCatalog,
        show: Callable[[SessionId], object],
        *,
        clock: Callable[[], float] = time.time,
        times: TimeStyle = TimeStyle(),  # noqa: B008 - a tuple
        id: str | None = None,
    ) -> None:
        """`show` is called with each session that the reader goes to: at once, the next key may be for it."""
        super().__init__(id=id)
        self._show = show
        self.catalog = catalog
        self.chosen: SessionId | None = None
        self.flagged: set[SessionId] = set()
        """What a watch rule has told of, until the reader goes there."""

        self._clock = clock
        self._times = times
        self._top = 0
        self._rows = ListRows(catalog.arranged)
        self._ages: list[str] = []
        self._ticking: Timer | None = None
        self._ticks_slowly = False
        self._seen: tuple[tuple[object, ...], tuple[SessionId, ...]] = ((None,) * 4, ())
        self._labels: tuple[object, Mapping[SessionId, Label]] = (None, {})
        """Of the sessions on the screen, and for what they were made."""

        self.notice: SafeText | None = None
        """Said where no session is on the list."""
        self._drawn: LRUCache[tuple[object, ...], tuple[Strip, Strip]] = LRUCache(400)

    @property
    def per_screen(self) -> int:
        return max(1, self.size.height // ROWS)

    @property
    def on_screen(self) -> tuple[SessionId, ...]:
        key = (self._rows, self.catalog.shown, self._top, self.size.height)
        if any(one is not other for one, other in zip(key, self._seen[0], strict=True)):
            places = self._rows.positions(self._top, self.size.height)
            self._seen = (key, tuple(self.catalog.shown[places.start : places.stop]))
        return self._seen[1]

    def choose(self, session_id: SessionId | None) -> None:
        if session_id == self.chosen:
            return
        self.stand_on(session_id)
        if session_id is not None:
            self._show(session_id)

    def stand_on(self, session_id: SessionId | None) -> None:
        """Put the reader on a session that is shown already."""
        self.chosen = session_id
        self.flagged.discard(session_id or "")
        self.catalog.keep(session_id)
        self.update()
        self.reveal()

    def flag(self, session_id: SessionId) -> None:
        if session_id != self.chosen:
            self.flagged.add(session_id)
            self.refresh()

    def update(self, towards: int = 1) -> None:
        """The catalog has changed: show it, with the chosen session where it now is."""
        self._rows = ListRows(self.catalog.arranged)
        last = self._rows.whole(self._rows.total - self.size.height, 1)
        self._top = max(0, min(self._rows.whole(self._top, towards), last))
        wanted = self.catalog.wanted(self.on_screen)
        if wanted:
            self.post_message(self.Visible(wanted))
        if self._ticking is not None and self._ticks_slowly:
            self._ticking.stop()
            self._tick()
        self.refresh()

    def on_mount(self) -> None:
        self._tick()

    def look_changed(self) -> None:
        self._drawn.clear()
        self.refresh()

    def _tick(self) -> None:
        """Draw again only if an age on the screen reads differently now; soon again if one is of seconds."""
        now = self._clock()
        seconds = any(
            -60 < now - self.catalog[session_id].activity_ns / 1e9 < 60 for session_id in self.on_screen
        )
        self._ticks_slowly = not seconds
        self._ticking = self.set_timer(TICK if seconds else SLOW_TICK, self._tick)
        ages = [age_of(self.catalog[session_id].activity_ns, now) for session_id in self.on_screen]
        if ages != self._ages:
            self._ages = ages
            self.refresh()

    def on_resize(self) -> None:
        self.update()
        self.reveal()

    def _index(self) -> int | None:
        return None if self.chosen is None else self.catalog.position(self.chosen)

    def reveal(self) -> None:
        """Scroll as little as it takes to have the chosen session on the screen."""
        index = self._index()
        if index is None:
            return
        behind = self._rows.row_of(index) + ROWS
        top = min(self._rows.begins(index), max(self._top, self._rows.whole(behind - self.size.height, 1)))
        if top != self._top:
            self._top = top
            self.update()

    def _go(self, index: int) -> None:
        shown = self.catalog.shown
        if shown:
            self.choose(shown[max(0, min(index, len(shown) - 1))])
            self.reveal()

    def action_move(self, rows: int) -> None:
        index = self._index()
        self._go(0 if index is None else index + rows)

    def action_move_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.per_screen - 1))

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self.catalog.shown) - 1)

    def action_sort(self) -> None:
        self.catalog.sort_by(self.catalog.order.next)
        self._arranged()

    def action_group(self) -> None:
        self.catalog.group(not self.catalog.grouped)
        self._arranged()

    def action_only(self, name: str) -> None:
        self.catalog.restrict(Only[name])
        self._arranged()

    def action_pin(self) -> None:
        if self.chosen is not None and self.chosen in self.catalog:
            self.catalog.pin(self.chosen)
            self._arranged()

    def _arranged(self) -> None:
        self.update()
        self.reveal()
        self.post_message(self.Arranged())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._top -= ROWS
        self.update(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._top += ROWS
        self.update()

    async def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        found = None if offset is None else self._rows.session_at(self._top + offset.y)
        if found is not None:
            self.choose(self.catalog.shown[found[0]])
            if event.chain == 2:
                await self.run_action("screen.read")

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        heading = self._rows.heading_at(self._top + y)
        if heading is not None and width > 0:
            return draw_heading(heading.heading, heading.size, width, self.palette)
        found = self._rows.session_at(self._top + y)
        shown = self.catalog.shown
        if found is None or found[0] >= len(shown) or width < 1:
            return self._empty_row(y, width)
        return self._draw(shown[found[0]], width)[found[1]]

    def _empty_row(self, y: int, width: int) -> Strip:
        text = ""
        if self.notice is not None and not self.catalog.shown and width > ROWS:
            rows = cut_line(self.notice, width - ROWS)
            if y < len(rows):
                text = f" {self.notice[rows[y][0] : rows[y][1]]}"
        return Strip([Segment(text + " " * (width - width_of(text)), self.palette.muted)], width)

    def _draw(self, session_id: SessionId, width: int) -> tuple[Strip, Strip]:
        catalog = self.catalog
        session = catalog[session_id]
        age = age_of(session.activity_ns, self._clock())
        row = SessionRow(
            session,
            catalog.title(session_id),
            self._label(session_id, width),
            catalog.summary(session_id),
            catalog.removal_reason(session_id),
            age,
            pinned=session_id in catalog.marks.pinned,
            flagged=session_id in self.flagged,
            words=tuple(catalog.words),
            health=catalog.known.health(session_id),
            troubles=self._troubles(session_id),
            standing=self._standing(session),
        )
        chosen = None
        if session_id == self.chosen:
            here = self.has_focus
            chosen = self.get_component_rich_style(
                "session-list--chosen-here" if here else "session-list--chosen", partial=True
            )
        key = (row, width, chosen)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._drawn[key] = draw_session(row, width, self.palette, chosen)
        return drawn

    def _standing(self, session: Session) -> tuple[SafeText, ...]:
        """Return what its store knows of it, and which store that is, where several are on the screen."""
        if session.detail is None:
            return ()
        from earwig.core.model.standing import words_of  # a plain file has none of these

        several = len({self.catalog[it].store for it in self.on_screen}) > 1
        return tuple(words_of(session, int(self._clock() * 1e9), with_store=several))

    def _troubles(self, session_id: SessionId) -> tuple[SafeText, ...]:
        """Return what is the matter in it, where the list is of such sessions."""
        catalog = self.catalog
        if not COUNTED & set(catalog.only):
            return ()
        from earwig.ui.rendering.trouble_words import troubles_words

        found, summary = catalog.known.troubles(session_id), catalog.summary(session_id)
        now = self._clock()
        return tuple(troubles_words(catalog.only, found, summary, catalog[session_id], self._times, now))

    def _label(self, session_id: SessionId, width: int) -> Label:
        visible = self.on_screen
        if self._labels[0] != (visible, width):
            now, catalog = self._clock(), self.catalog

            def drawn(session: Session, title: Title, label: Label) -> str:
                return " ".join(drawn_name(width, title, label, age_of(session.activity_ns, now)))

            sessions = [(catalog[it], catalog.title(it)) for it in visible]
            self._labels = ((visible, width), distinct_labels(sessions, drawn))
        return self._labels[1].get(session_id) or label_of(self.catalog.title(session_id))
