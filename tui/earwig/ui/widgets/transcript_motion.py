"""Moving through a transcript, by key and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType

from earwig.core.model.entries import LINE_LIMIT
from earwig.core.stores.protocols import Transcript
from earwig.ui.feed import Feed
from earwig.ui.messages import Counted, NoSuchLine, Place, StoredBytes
from earwig.ui.rendering.block import OPENS
from earwig.ui.widgets.transcript_shape import TranscriptShape

MARGIN = 40
"""Entries beyond the screen that are read ahead."""

WHEEL_ROWS = 3


class Target(NamedTuple):
    """Where a jump leads: to a position, or to a line's number."""

    position: int | None = None
    line: int | None = None


class TranscriptMotion(TranscriptShape):
    """A key moves through what is held; what is not held yet is asked for, and moved to when it comes."""

    HELP = """\
## Transcript

At the newest message the view **follows**: what the bot appends is on the screen at once.
One step up **holds** it: nothing moves, and the corner counts what is new. `End` follows again.

A line that the bot would skip stands in its place as a bad line; `Enter` shows its bytes.
What the bot withdraws or replaces stays as a ghost: struck through, with the time and no number.
The frame tells how full the bot's memory is. Over a limit it would compact away what is above the ruler `┄┄`.
`o` shows where the links of a message lead, and opens one if you confirm.
`v` shows a message as it is stored. `z` unfolds what is folded in a message, or folds it; `Z` folds all that
are long.
`-` and `=` make the text narrower and wider, `w` cuts long lines at the edge instead of wrapping them.
`t` shows tool traffic in one line, in full, or not at all.

Rows with a sign in the second column, such as `▸`, are in earwig's own words. No message can write there.

`u`, `f`, `x` and `]` go to the next user turn, failed turn, bad line or tool call; `U`, `F`, `X` and `[` to
the one before. From the last they go on to the first, as `n` does, and say so. `<` goes back to where you
were before a jump, `>` forward again.

`/` finds text: all of it is marked and counted, `n` and `N` go on. `Enter` keeps the marks, `Esc` clears
them. `l` shows only some messages: `role:user -tools failed invoice`, all of which must hold; a minus turns
a word round, and `bad` is for bad lines. `Esc` clears it. What takes long says so, and ends with `Esc`.

`:` goes to a line by its number, as in `#1202`, or to a place: `50%`. While lines are still being counted,
`#~1202` is about that line.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_rows(-1)", "Up", tooltip="One row up", id="transcript.up", show=False),
        Binding("down,j", "scroll_rows(1)", "Down", tooltip="One row down", id="transcript.down", show=False),
        Binding(
            "pageup,b,ctrl+b",
            "scroll_pages(-1)",
            "Page up",
            tooltip="One screen up",
            show=False,
            id="transcript.page_up",
        ),
        Binding(
            "pagedown,space,ctrl+f",
            "scroll_pages(1)",
            "Page down",
            tooltip="One screen down",
            show=False,
            id="transcript.page_down",
        ),
        Binding(
            "home,g", "oldest", "Oldest", tooltip="Go to the first line", show=False, id="transcript.oldest"
        ),
        Binding(
            "end,G",
            "newest",
            "Follow",
            tooltip="Go to the newest message, and follow",
            id="transcript.newest",
        ),
        Binding(
            "shift+up,K",
            "step_message(-1)",
            "Previous",
            tooltip="Go to the message before",
            id="transcript.previous",
            show=False,
        ),
        Binding(
            "shift+down,J",
            "step_message(1)",
            "Next",
            tooltip="Go to the next message",
            id="transcript.next",
            show=False,
        ),
        Binding(
            "enter",
            "stored",
            "Raw",
            tooltip="Show the line's bytes, as they are stored",
            id="transcript.stored",
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.feed: Feed | None = None
        self.counted: Counted | None = None
        self.gone = False
        """Whether the file is not there any more."""

        self.no_line: NoSuchLine | None = None
        """Where the reader wanted to go, if there is nothing."""

        self.seeking: int | None = None
        """The line that the reader wants to be at, as long as it is not certain where that is."""

        self._pending = 0
        self._jump: Target | None = None
        self._newest_comes = False
        """Whether the reader went to the newest message, and it is still being read."""

        self._waiting: list[Callable[[], None]] = []
        """What the reader asked for meanwhile, which begins from there."""

        self._asked: set[Place] = set()

    @property
    def following(self) -> bool:
        """Whether the view sticks to the newest message."""
        return self.viewport.following

    @property
    def span(self) -> tuple[int, int]:
        """Between which positions the session is, as far as known."""
        return (0, 0) if self.counted is None else self.counted.span

    @property
    def jumping(self) -> bool:
        """Whether a place that the reader wants to be at is still being read."""
        return self._jump is not None

    @property
    def _is_elsewhere(self) -> bool:
        """Whether the reader has gone to a place that is not on the screen yet."""
        return not self.gone and (self._jump is not None or self._newest_comes)

    def wait_to_be_there(self, action: Callable[[], None]) -> bool:
        """Let an action that begins from where the reader is wait until that is on the screen.

        Returns whether it must. Any other movement drops it.
        """
        if self._is_elsewhere:
            self._waiting.append(action)
        return self._is_elsewhere

    def rest(self) -> None:
        """Begin without a movement or a request under way."""
        self._pending = 0
        self._jump = None
        self._newest_comes = False
        self._asked.clear()
        self._stop_seeking()

    def _stop_seeking(self) -> None:
        self.seeking = self.no_line = None
        self._waiting.clear()

    def jump(self, position: int) -> None:
        """Go to a place that is not held when its entries have come, unless the reader goes elsewhere."""
        self._newest_comes = False
        if self.feed is not None:
            self._jump = Target(position=position)
            self.feed.around(position)

    def jumps_to(self, target: Target) -> bool:
        """Whether a page for this place is what the last jump waits for; it waits no longer."""
        wanted = self._jump == target
        if wanted:
            self._jump = None
        return wanted

    def go_to_line(self, number: int) -> None:
        """Go to a line, or to about where it is until it is found; the reader's next step ends the search."""
        if self.feed is None:
            return
        self._pending = 0
        self._stop_seeking()
        self._newest_comes = False
        self._jump = Target(line=number)
        self.seeking = number
        self.feed.at_line(number)

    def go_to_share(self, share: float) -> None:
        """Go to a place by the part of the session that is before it, from 0 to 1."""
        view = self.viewport
        was_following, view.following = view.following, view.following and view.all_on_screen
        self._pending = 0
        self._stop_seeking()
        start, end = self.span
        self.jump(start + round((end - start) * share))
        self._after_move(was_following)

    def stand_at(self, index: int) -> None:
        """Bring an entry to the top, as far as there is something below it, and the cursor on it."""
        view = self.viewport
        self.reveal(index)
        view.top, view.row = index, 0
        view.settle()
        self.put_cursor(view.entries[index])

    def arrived(self, place: Place) -> None:
        """A page has come: another one for its place may be asked for."""
        self._asked.discard(place)
        if place is Place.NEWEST:
            self._newest_comes = False

    def move_on(self) -> None:
        """Apply the movement that waited for entries, then show; then do what waited for that."""
        if not self._is_elsewhere:
            pending, self._pending = self._pending, 0
            if pending:
                self._pending = self.viewport.scroll(pending)
        self.changed()
        waiting, self._waiting = self._waiting, []
        while waiting and not self._is_elsewhere:
            waiting.pop(0)()
        self._waiting = waiting + self._waiting

    def changed(self) -> None:
        """Draw, read ahead, and tell the browser."""
        self.redraw()
        self._read_ahead()

    def _read_ahead(self) -> None:
        view, feed = self.viewport, self.feed
        # Of what a filter leaves there may be nothing in the part that is read so far.
        begun = view.entries or (self.blocks.numbers.sparse and (view.stop or view.at_start or view.at_end))
        if feed is None or not begun or self.gone:
            return
        last = self.visible_rows[-1][0] if self.visible_rows else view.top
        if view.top < MARGIN and not view.at_start and Place.BEFORE not in self._asked:
            self._asked.add(Place.BEFORE)
            feed.before(view.start)
        if last > len(view.entries) - MARGIN and not view.at_end and Place.AFTER not in self._asked:
            self._asked.add(Place.AFTER)
            feed.after(view.stop)

    def _scroll(self, rows: int) -> None:
        self._stop_seeking()
        if self._is_elsewhere:
            self._pending += rows
            return
        was_following = self.viewport.following
        self._pending = self.viewport.scroll(rows)
        self._after_move(was_following)

    def _after_move(self, was_following: bool) -> None:
        if self.feed is not None and was_following != self.viewport.following:
            self.feed.count_new(None if self.viewport.following else self.viewport.stop)
        self.changed()

    def action_scroll_rows(self, rows: int) -> None:
        """Move by rows."""
        self._scroll(rows)

    def action_scroll_pages(self, pages: int) -> None:
        """Move by screens, two rows of which stay in sight."""
        self._scroll(pages * max(1, self.viewport.height - 2))

    def action_oldest(self) -> None:
        """Go to the first line."""
        was_following, self.viewport.following = self.viewport.following, False
        self._pending = 0
        self._stop_seeking()
        if self.viewport.at_start or self.feed is None:
            self.viewport.top = self.viewport.row = 0
            self.viewport.settle()
        else:
            self.jump(0)
        self.put_cursor(None)
        self._after_move(was_following)

    def action_newest(self) -> None:
        """Go to the newest message, and follow."""
        was_following, self.viewport.following = self.viewport.following, True
        self._pending = 0
        self._stop_seeking()
        self._jump = None
        if not self.viewport.at_end and self.feed is not None:
            self._newest_comes = True
            self.feed.newest()
        self.viewport.settle()
        self.put_cursor(None)
        self._after_move(was_following)

    def action_step_message(self, step: int) -> None:
        """Move the cursor by messages, and the view where it must."""
        if self.wait_to_be_there(partial(self.action_step_message, step)):
            return
        index = self.cursor_index
        if index is None:
            return
        self._stop_seeking()
        target = self.viewport.shown(index + step, step)
        if target is None:
            self._scroll(step)
            return
        was_following = self.viewport.following
        self.put_cursor(self.viewport.entries[target])
        if was_following and self.viewport.shown(target + 1, 1) is None:
            self.changed()
            return
        self.viewport.show(target)
        self._after_move(was_following)

    def action_stored(self) -> None:
        """Show the bytes of the line that the cursor is on."""
        entry = self.current
        if entry is not None and self.feed is not None:
            feed, tell = self.feed, self.post_message
            row: list[int | None] = [None]

            def read(transcript: Transcript) -> bytes:
                row[0] = transcript.row_of(entry.position)
                return transcript.raw(entry, LINE_LIMIT)

            feed.read(
                self.viewport.generation, read, lambda data: tell(StoredBytes(feed, entry, data, row[0]))
            )

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up by the wheel."""
        event.stop()
        self._scroll(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down by the wheel."""
        event.stop()
        self._scroll(WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a message, unfold it where it says that more is there; twice shows its bytes."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= len(self.visible_rows):
            return
        index, row = self.visible_rows[offset.y]
        self._stop_seeking()
        self.put_cursor(self.viewport.entries[index])
        if self.blocks.block(self.viewport.entries[index]).signs.get(row) in OPENS:
            self.toggle_fold(index)
            return
        self.changed()
        if event.chain == 2:
            self.action_stored()
