"""The parts of a transcript view, put together: who knows whom, and what is for whom."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from textual.actions import SkipAction

from earwig.core.model.entries import Page, Position
from earwig.ui.rendering.palette import Palette
from earwig.ui.session.messages import Place
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.display_options import DisplayOptions
from earwig.ui.transcript.entry_cache import EntryCache
from earwig.ui.transcript.entry_relations import EntryRelations
from earwig.ui.transcript.filtering import Filtering
from earwig.ui.transcript.finder import Finder
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.line_numbers import LineNumbers, MemoryRuler
from earwig.ui.transcript.lost_place import LostPlace
from earwig.ui.transcript.marks import MatchMarks
from earwig.ui.transcript.navigator import Navigator
from earwig.ui.transcript.opener import Opener
from earwig.ui.transcript.page_reader import PageReader
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.row_painter import RowPainter
from earwig.ui.transcript.screenful import OnScreen, Screenful
from earwig.ui.transcript.selection import Selection
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.status import StatusTeller
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.transcript.viewport import Viewport
from earwig.ui.transcript.window import EntryWindow

if TYPE_CHECKING:
    from earwig.ui.session.messages import Counted
    from earwig.ui.session.searching import SeekResult
    from earwig.ui.transcript.clipboard_actions import ClipboardActions
    from earwig.ui.transcript.kind_search import KindSearch
    from earwig.ui.transcript.link_follower import LinkFollower


class TranscriptParts:
    """Holds the parts of a transcript's view, and says which one each message and each action is for.

    Those that do nothing before the reader wants it are properties: they are loaded, and made, with that.
    """

    def __init__(self, host: Host, palette: Palette, clock: Callable[[], float]) -> None:
        self._host = host
        # What is on the screen, and how.
        self.cache = cache = EntryCache(palette, clock=clock)
        self.viewport = viewport = Viewport(cache.height)
        cache.relations = EntryRelations(viewport)
        self.screenful = Screenful(viewport, cache)
        self.on_screen = on_screen = OnScreen(viewport, cache, self.screenful)
        marks = MatchMarks(on_screen)
        self.painter = painter = RowPainter(on_screen, marks)
        self.options = DisplayOptions(on_screen, painter, host)
        self.selection = Selection(on_screen, lambda: painter.room)
        # What it is of, and where the reader goes in it.
        self.session = session = SessionModel(host)
        self.window = window = EntryWindow(session, on_screen)
        lost = LostPlace(viewport)
        self.pursuit = pursuit = Pursuit(session, lost)
        self.navigator = navigator = Navigator(session, on_screen, pursuit)
        self.finder = finder = Finder(session, on_screen, marks, self.options, pursuit, navigator)
        self.filtering = filtering = Filtering(session, window, on_screen, navigator, finder)
        self.pages = PageReader(session, window, on_screen, pursuit, lost, navigator, finder, host)
        # What is taken out of it, and told of it.
        self.opener = opener = Opener(session, on_screen, host)
        self.numbers = LineNumbers(session, on_screen, opener)
        self.memory_ruler = MemoryRuler(session, on_screen, painter, host)
        self.teller = StatusTeller(session, on_screen, pursuit, navigator, finder, filtering)

    @cached_property
    def kinds(self) -> KindSearch:
        from earwig.ui.transcript.kind_search import KindSearch

        return KindSearch(self.session, self.on_screen, self.pursuit, self.navigator)

    @cached_property
    def links(self) -> LinkFollower:
        from earwig.ui.transcript.link_follower import LinkFollower

        return LinkFollower(
            self.session,
            self.pursuit,
            self.navigator,
            self.finder,
            self.filtering,
            self.pages,
            self._host,
        )

    @cached_property
    def clipboard(self) -> ClipboardActions:
        from earwig.ui.transcript.clipboard_actions import ClipboardActions

        return ClipboardActions(self.session, self.on_screen, self.selection, self._host)

    def show(self, reader: SessionReader, page: Page | None) -> ViewChange:
        """Show another session, at its newest message, following; `page` is its newest, if it is here."""
        self.navigator.rest()
        self.finder.rest()
        self.session.begin(reader)
        self.opener.rest()
        self.options.rest()
        self.pages.rest()
        self.numbers.rest()
        self.memory_ruler.rest()
        self.selection.clear()
        self.screenful.cursor = None
        self.cache.begin(reader.session.activity_ns / 1e9)
        self.window.begin(reader.session.id)
        if page is None:
            reader.want(Place.NEWEST)
        else:
            self.window.take_newest(page)
            self.window.number(page)
            if page.provisional:
                reader.want(Place.NEWEST)
        reader.count()
        reader.remember()
        return ViewChange.PLACE

    def go_on_in(self, reader: SessionReader, top: Position, known_to: Position) -> ViewChange:
        self.navigator.rest()
        self.numbers.rest()
        self.memory_ruler.rest()
        query = self.finder.query
        self.finder.rest()
        change = self.pages.go_on_in(reader, top, known_to)
        self.finder.mark_all(query)
        return change

    @property
    def known_to(self) -> Position:
        """From where on what there is counts as new."""
        reader = self.session.reader
        new_from = None if reader is None or self.viewport.following else reader.new_from
        return self.viewport.stop if new_from is None else new_from

    def see(self) -> None:
        """Have the parts know the rows that are on the screen now."""
        self.screenful.update()
        self.painter.measure(self.session.span)
        self.finder.update()
        self.selection.update()

    def takers(self) -> dict[str, Callable[[Any], ViewChange]]:
        """Return what takes in each message of a session reader, by the name of its class."""
        return {
            "PageArrived": self.pages.take_page,
            "LineFound": self.pages.take_line,
            "NoSuchLine": self.pages.take_no_line,
            "Rewritten": self.pages.take_rewrite,
            "Counted": self._take_counts,
            "FilterCounted": self.session.take_filter_counts,
            "Gone": self.session.take_gone,
            "SessionUnreadable": self.session.take_unreadable,
            "Remembered": self.memory_ruler.take,
            "Numbered": self.numbers.take,
            "StoredBytes": self.opener.take_bytes,
            "LineTaken": self._late("clipboard", "take_line"),
            "LinkFollowed": self._late("links", "take"),
            "SeekResult": self._take_search_result,
            "Marked": self.finder.take_marks,
            "MatchesCounted": self.finder.take_counts,
            "TooSlowToFind": self.finder.give_up,
        }

    def actions(self) -> dict[str, Callable[..., ViewChange]]:
        """Return what does each action, by its name in the bindings."""
        navigator, finder, options, late = self.navigator, self.finder, self.options, self._late
        return {
            "scroll_rows": navigator.scroll_rows,
            "scroll_pages": navigator.scroll_pages,
            "step_message": navigator.step_message,
            "oldest": navigator.oldest,
            "newest": navigator.newest,
            "back": navigator.back,
            "forward": navigator.forward,
            "jump": self._jump,
            "find_next": finder.go_on,
            "tools": partial(options.reshape, self.cache.folds.next_level),
            "widen": options.widen,
            "toggle_wrap": options.toggle_wrap,
            "move_sideways": options.move_sideways,
            "toggle_source": options.toggle_source,
            "toggle_fold": options.toggle_fold,
            "toggle_all_folds": partial(options.reshape, self.cache.folds.toggle_all),
            "stored": self.opener.open_stored,
            "links": self.opener.open_links,
            "export": self.opener.export,
            "copy": late("clipboard", "copy"),
            "copy_more": late("clipboard", "choose_copy"),
            "copy_selection": late("clipboard", "copy_selection"),
            "copy_link": late("clipboard", "copy_link"),
            "page": late("clipboard", "page"),
            "page_session": late("clipboard", "page_session"),
            "edit": late("clipboard", "edit"),
            "let_go": self._leave,
        }

    def _leave(self) -> ViewChange:
        """Cancel the first that is there: what the reader did last and sees first, what changes most last.

        Raises `SkipAction` where nothing is: the key is somebody else's.
        """
        if self.selection.exists:
            return self.selection.clear()
        if self._is_waiting():
            return self.clipboard.let_go()
        if self.pursuit.can_be_stopped:
            return self.navigator.give_up()
        if self.finder.find is not None:
            return self.finder.drop()
        if self.session.filter is not None:
            return self.filtering.clear()
        raise SkipAction

    def _late(self, part: str, method: str) -> Callable[..., ViewChange]:
        """Return what a part does that is loaded with the first thing that it is asked for."""

        def do(*given: Any) -> Any:
            return getattr(getattr(self, part), method)(*given)

        return do

    def _jump(self, kind: str, step: int) -> ViewChange:
        return self.kinds.jump(kind, step)  # by name: Textual counts the parameters of what does an action

    def _is_waiting(self) -> bool:
        return "clipboard" in vars(self) and self.clipboard.waiting

    def _take_counts(self, message: Counted) -> ViewChange:
        self.session.counted = message
        self.finder.count_on()
        self.numbers.ask(message)
        self.navigator.seek_on(message)
        self.pages.look_for_lost(message.span[1])
        return ViewChange.STATUS

    def _take_search_result(self, message: SeekResult) -> ViewChange:
        if not self.pursuit.is_about(message):
            return ViewChange.NOTHING
        if not message.done:
            return ViewChange.STATUS
        part = self.kinds if message.seek.find is None else self.finder
        return ViewChange.STATUS | part.take_result(message)
