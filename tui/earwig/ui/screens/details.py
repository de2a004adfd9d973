"""What is known of a session beside its messages: people, store, an editor's plan, what became of turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from earwig.core.model.about import About, event_lines, plan_lines, plan_words
from earwig.core.model.session import Session
from earwig.core.model.standing import people_of, places_of, state_of
from earwig.core.system.background import Background, Priority
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean_line, joined, many, own_text, safe_name
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.plain import Plain, plain
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key

_AGAIN = 1.0
"""Seconds between two looks: an agent goes on with its plan while one reads it."""

_LABEL = 10


class DetailsKnown(DataMessage, bubble=False):
    about: About | None
    problem: str | None = None


class DetailsScreen(ModalScreen[None]):
    CSS_PATH = "details.tcss"
    AUTO_FOCUS = "#details"
    HELP = """\
## Details of a session

What the bot's store knows of it. Of an editor's session that is its plan, each step with its state (`✓` done,
`▸` in progress, `·` to come), and what became of its turns.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape,q,d,enter", "dismiss", "details.close", "Close", "Back to the transcript"),
    ]

    def __init__(
        self,
        session: Callable[[], Session],
        about: Callable[[Session], About],
        background: Background,
        *,
        clock: Callable[[], float],
        times: TimeStyle,
    ) -> None:
        """`session` gives it as it is now; `about` is called in the background; it may raise `CannotOpen`."""
        super().__init__()
        self._session, self._about, self._background = session, about, background
        self._clock, self._times = clock, times
        self._facts, self._more = Plain(), Plain()
        self._asked = False

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="details") as frame:
            frame.border_title = plain(own_text("details"))
            yield self._facts
            yield self._more
        yield KeyBar()

    def on_mount(self) -> None:
        self._show_facts(About())
        self._ask()
        self.set_interval(_AGAIN, self._ask)

    def _ask(self) -> None:
        if self._asked:
            return
        self._asked = True
        session = self._session()

        def read() -> None:
            try:
                self.post_message(DetailsKnown(self._about(session)))
            except CannotOpen as error:
                self.post_message(DetailsKnown(None, error.reason))

        self._background.submit(read, Priority.SOON)

    def on_details_known(self, message: DetailsKnown) -> None:
        self._asked = False
        if message.about is None:
            self._more.update(own_text("\nThis session {}.", clean_line(message.problem or "")))
            return
        self._show_facts(message.about)
        self._more.update(joined(own_text("\n"), self._lines(message.about)))

    def _when(self, at: float) -> SafeText:
        return self._times.when(at, self._clock())

    def _show_facts(self, about: About) -> None:
        session = self._session()
        detail = session.detail
        rows: list[tuple[SafeText, SafeText]] = [(own_text("key"), safe_name(session.key))]
        rows += people_of(detail) if detail is not None else []
        rows.append((own_text("store"), clean_line(session.store)))
        if detail is not None:
            hidden = [own_text("hidden in the bot's own list")] if detail.hidden else []
            said = [*filter(None, [state_of(detail, int(self._clock() * 1e9))]), *hidden]
            rows += [(own_text("state"), joined(own_text(", "), said))] if said else []
            rows += [(own_text("also in"), place) for place in places_of(detail)]
        rows.append((own_text("file"), safe_name(session.file)))
        size = human_size(session.extent) if session.is_file else many(session.extent, "row")
        rows.append((own_text("size"), size))
        if session.was_seen:
            rows.append((own_text("active"), self._when(session.activity_ns / 1e9)))
        if about.created is not None:
            rows.append((own_text("created"), self._when(about.created)))
        if about.killed is not None:
            rows.append(
                (own_text("killed"), own_text("{}: its last turn may have no end", self._when(about.killed)))
            )
        if about.tokens is not None:
            rows.append((own_text("tokens"), own_text("{:,}", about.tokens)))
        lines = [
            own_text("{}{}  {}", what, clean_line(" " * (_LABEL - len(what))), told) for what, told in rows
        ]
        self._facts.update(joined(own_text("\n"), lines))

    def _lines(self, about: About) -> list[SafeText]:
        lines: list[SafeText] = []
        if about.plan is not None:
            lines += [own_text(""), own_text("plan: {}", plan_words(about.plan))]
            lines += (own_text("  {}", line) for line in plan_lines(about.plan))
        if about.events or about.events_left_out:
            lines += [own_text(""), own_text("events, the newest last")]
            lines += (own_text("  {}", line) for line in event_lines(about, self._when))
        return lines
