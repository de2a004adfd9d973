"""A search through all sessions: as one types, and kept for when one comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from earwig.core.find.matcher import LONGEST, BadPattern
from earwig.core.model.session import SessionId
from earwig.core.query.hits import Hit
from earwig.core.query.search_query import Case, SearchQuery
from earwig.core.search.live_search import LiveSearch, SearchNews
from earwig.core.search.server import SearchServer, ServerGone
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import SafeText, clean_line, many, own_text
from earwig.ui.rendering.plain import Plain, plain
from earwig.ui.screens.search_results import SearchResults
from earwig.ui.transcript.find_bar import Switch
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.debounce import Debounce
from earwig.ui.widgets.field import Field
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key, help_key

_ROLES = (None, "user", "assistant", "tool", "system")
"""Whose messages are looked through, in the order in which a key goes through them."""

_DELAY = 0.02
"""Seconds after a key in which another one of a paste or a repeated key comes."""


class NewsArrived(DataMessage, bubble=False):
    news: SearchNews


class SearchScreen(Screen[None]):
    """Shows what is found in all sessions; `open_hit` shows one where it stands."""

    CSS_PATH = "search.tcss"
    AUTO_FOCUS = "#search-field"
    HELP = """\
## Search in all sessions

What you type is looked for in the messages of all sessions, the newest activity
first, as you see them: not the JSON around them. Capitals matter if you type one.

`↓` `↑` go through what is found, `Enter` opens it in its session with the match
marked. There `)` and `(` go on to the next hit and the one before. `Esc` goes
back; what was found stays, and grows while the bot writes. At most 10,000 are
listed; the others are counted.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape", "leave", "search.leave", "Back", "Back to the sessions"),
        bar_key("down,ctrl+n", "move(1)", "search.next", "Next", "The next hit"),
        help_key("up", "move(-1)", "search.previous", "Previous", "The hit before"),
        help_key("pagedown", "page(1)", "search.page_down", "Page down", "A screen down"),
        help_key("pageup", "page(-1)", "search.page_up", "Page up", "A screen up"),
        *(
            # First of all, because the field would take them for letters.
            bar_key(
                f"{key},{other}",
                f"switch('{name}')",
                f"search.{name}",
                label,
                tip,
                priority=True,
                display=key,
            )
            for key, other, name, label, tip in (
                ("alt+c", "ctrl+t", "case", "Case", "Capitals matter always, or only where you type one"),
                ("alt+r", "ctrl+r", "regex", "Regex", "The text is a regular expression, or just text"),
                ("alt+w", "ctrl+y", "words", "Words", "Only whole words, or parts of words too"),
                (
                    "alt+o",
                    "ctrl+o",
                    "role",
                    "Role",
                    "Only what one role said: the user, the assistant, …",
                ),
                (
                    "alt+a",
                    "ctrl+g",
                    "accents",
                    "Accents",
                    "Letters with accents are as those without, or not",
                ),
            )
        ),
    ]

    def __init__(
        self, store: Store, open_hit: Callable[[Hit, SearchQuery], object], clock: Callable[[], float]
    ) -> None:
        super().__init__()
        self._store = store
        self._open_hit = open_hit
        self._switched: set[str] = set()
        self._role: str | None = None
        self._switches = {
            name: Switch(own_text("")) for name in ("case", "regex", "words", "accents", "role")
        }
        self._field = Field(self._submitted, placeholder="search all sessions…", id="search-field")
        self._field.max_length = LONGEST
        self._status = Plain(own_text(""), id="search-status")
        self._results = SearchResults(clock=clock, id="search-results")
        self._search: LiveSearch | None = None
        self._server: SearchServer | None = None
        self._news: SearchNews | None = None
        self._begun_at = 0.0
        self._begun: SearchQuery | None = None
        self._opens: SearchQuery | None = None
        """Of what the first hit is opened as soon as there is one: Enter came before it."""

        self._soon = Debounce(self, self._begin)

    def compose(self) -> ComposeResult:
        with Vertical(id="search") as frame:
            frame.border_title = plain(own_text("search in all sessions"))
            with Horizontal(id="search-bar"):
                yield self._field
                yield from self._switches.values()
            yield self._status
            yield self._results
        yield KeyBar()

    def on_mount(self) -> None:
        self._show_switches()

    def on_screen_resume(self) -> None:
        """Have the process that searches ready before there is something to look for.

        A letter takes the place of what was looked for last.
        """
        self._field.select_all()
        if self._server is None:
            with suppress(ServerGone):
                self._server = SearchServer()
                self._server.get_ready(self._store)

    def on_screen_suspend(self) -> None:
        if self._search is None or self.done:
            self._end_server()

    def on_unmount(self) -> None:
        self._stop()
        self._end_server()

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def changed(self, ids: Iterable[SessionId]) -> None:
        ids = list(ids)
        if self._server is not None:
            self._server.note_changed(ids)
        if self._search is not None:
            self._search.look_again(ids)

    def moved(self, ids: Iterable[SessionId]) -> None:
        """Sessions are listed under other ids now: what was found in them is found there."""
        if self._search is not None:
            self._search.let_go_of(ids)

    @property
    def done(self) -> bool:
        return self._news is not None and self._news.done

    # The search.

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._begin_soon()

    def _begin_soon(self) -> None:
        self._stop()
        self._soon.call_in(_DELAY)

    def _stop(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None

    def _begin(self) -> None:
        self._stop()
        self._news = None
        self._results.clear()
        query = self._begun = self._query()
        if not query.sought:  # nor where an accent stands alone, and accents do not matter
            self._say(own_text(""))
            return
        try:
            self._search = LiveSearch(self._store, query, self._tell, self._server)
        except BadPattern as problem:
            self._say(clean_line(str(problem), 80), problem=True)
            return
        self._say(own_text("searching…"))
        self._begun_at = time.monotonic()
        self._search.start()

    def _query(self) -> SearchQuery:
        on = self._switched.__contains__
        return SearchQuery(
            self._field.value,
            regex=on("regex"),
            case=Case.EXACT if on("case") else Case.SMART,
            whole_words=on("words"),
            accents_folded=on("accents"),
            roles=() if self._role is None else (self._role,),
        )

    def _tell(self, news: SearchNews) -> None:
        """Called in the thread of the search."""
        self.post_message(NewsArrived(news))

    def on_news_arrived(self, message: NewsArrived) -> None:
        """Show what was found since, if it is what is looked for now."""
        news = message.news
        if news.search is not self._search:
            return
        self._news = news
        if news.afresh:
            self._results.clear()
        if news.anew is not None:
            self._results.replace(news.anew, news.hits)
        else:
            self._results.add(news.hits)
        self._say(self._words(news))
        if news.done and not self.is_current:
            self._end_server()
        if self._opens == self._begun and self.is_current:
            self._submitted(self._field.value)

    def _words(self, news: SearchNews) -> SafeText:
        hits = len(self._results.hits)
        if not hits:
            found = own_text("nothing found") if news.done else own_text("searching… {:.0%}", news.share)
        elif news.more and news.done:
            found = own_text("{}: a longer text finds fewer", self._first_of(news))
        elif news.more:
            found = own_text("{} so far · {:.0%}", self._first_of(news), news.share)
        else:
            found = own_text("{} in {}", many(hits, "message"), many(news.sessions, "session"))
            found = found if news.done else own_text("{} · {:.0%}", found, news.share)
        if not news.unknown:
            return found
        return own_text("{} · {:,} not looked through, which takes too long", found, news.unknown)

    def _first_of(self, news: SearchNews) -> SafeText:
        return own_text("the first {:,} messages, and {:,} more", len(self._results.hits), news.more)

    def _say(self, text: SafeText, *, problem: bool = False) -> None:
        self._status.set_class(problem, "problem")
        self._status.update(text)

    # Keys.

    def _submitted(self, _text: str) -> None:
        """Open the hit; where what was typed is not looked through yet, as soon as there is one."""
        query = self._query()
        # What is on the screen may have been found for another text.
        hit = self._results.current if query == self._begun else None
        self._opens = query if hit is None else None
        if hit is not None:
            self._open(hit)

    @on(SearchResults.Opened)
    def _on_opened(self, message: SearchResults.Opened) -> None:
        self._open(message.hit)

    def _open(self, hit: Hit) -> None:
        self.app.pop_screen()
        self._open_hit(hit, self._query())

    def step(self, by: int) -> SafeText | None:
        """Go on to another hit, from one that was opened; which one of how many, None if there is none."""
        before = self._results.at
        self._results.move(by)
        hit = self._results.current
        more = 0 if self._news is None else self._news.more
        if hit is not None and (self._results.at != before or not by):
            self._open_hit(hit, self._query())
            return own_text("{:,} of {:,} found", self._results.at + 1, len(self._results.hits) + more)
        if by > 0 and more:
            return own_text("The last one listed: {:,} more were found; search for a longer text.", more)
        return None if by < 0 or self.done else own_text("No more was found so far.")

    def action_leave(self) -> None:
        self._opens = None
        self.app.pop_screen()

    def action_move(self, by: int) -> None:
        self._results.move(by)

    def action_page(self, by: int) -> None:
        self._results.move(by * max(1, self._results.size.height - 1))

    def action_switch(self, name: str) -> None:
        if name == "role":
            self._role = _ROLES[(_ROLES.index(self._role) + 1) % len(_ROLES)]
        else:
            self._switched ^= {name}
        self._show_switches()
        self._begin_soon()

    @on(Switch.Turned)
    def _on_turned(self, message: Switch.Turned) -> None:
        message.stop()
        self.action_switch(next(name for name, it in self._switches.items() if it is message.switch))

    def _show_switches(self) -> None:
        on = self._switched.__contains__
        self._switches["case"].update(own_text("case" if on("case") else "smart case"))
        self._switches["regex"].update(own_text("regex" if on("regex") else "text"))
        self._switches["words"].update(own_text("whole words" if on("words") else "parts"))
        self._switches["accents"].update(own_text("e = é" if on("accents") else "e ≠ é"))
        self._switches["role"].update(own_text("any role" if self._role is None else self._role))
