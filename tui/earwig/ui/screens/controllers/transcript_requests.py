"""What the reader wants of a transcript that the transcript cannot do: each goes to the part that can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.settings.settings import Settings
from earwig.core.stores.store import Store
from earwig.core.system.background import Background
from earwig.core.text.safe_text import own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.screens.controllers.clipboard import Clipboard
from earwig.ui.screens.controllers.host import ScreenHost
from earwig.ui.screens.controllers.programs import Programs
from earwig.ui.screens.controllers.session_copies import SessionCopies
from earwig.ui.transcript import requests
from earwig.ui.transcript.view import TranscriptView


@dataclass(eq=False)
class TranscriptRequests:
    _host: ScreenHost
    _store: Store
    _settings: Settings
    _background: Background
    _catalog: SessionCatalog
    _clock: Callable[[], float]
    _clipboard: Clipboard
    _copies: SessionCopies
    _programs: Programs

    def answer(self, message: Message, view: TranscriptView) -> None:
        match message:
            case requests.CopyWanted():
                self._clipboard.copy(message.data)
            case requests.MoreWanted():
                self._offer_copies(message, view)
            case requests.SessionWanted():
                self._page_session(view)
            case requests.ProgramWanted():
                self._programs.show_text(message.source, edit=message.edit)
            case requests.LetGo():
                self._copies.stop()
            case requests.StoredWanted():
                self._show_stored(message)
            case requests.LineKnown():
                self._tell_line(message)
            case requests.LinksWanted():
                self._offer_links(message)
            case requests.ExportWanted():
                self._export(message)

    def _show_stored(self, message: requests.StoredWanted) -> None:
        from earwig.ui.screens.stored_line import StoredLineScreen  # no first frame waits for a dialog

        self._host.put_over(StoredLineScreen(message.entry, message.number, message.data, message.row))

    def _offer_links(self, message: requests.LinksWanted) -> None:
        from earwig.ui.screens.links import LinksScreen

        self._host.put_over(LinksScreen(message.links))

    def show_details(self, view: TranscriptView) -> None:
        from earwig.ui.screens.details import DetailsScreen  # few look: the start need not wait for it

        if view.reader is None:
            return
        session = view.reader.session
        self._host.put_over(
            DetailsScreen(
                lambda: self._catalog.get(session.id) or session,
                self._store.about,
                self._background,
                clock=self._clock,
                times=TimeStyle(self._settings.utc),
            )
        )

    def _offer_copies(self, message: requests.MoreWanted, view: TranscriptView) -> None:
        from earwig.ui.screens.copying import CopyChoice, CopyScreen, text_choices

        entry, clipboard = message.entry, view.parts.clipboard
        choices = text_choices(message.source, message.selection, self._clipboard.copy)
        stored = human_size(entry.size)
        choices += [
            CopyChoice(own_text("stored line"), stored, lambda: clipboard.copy_stored(entry)),
            CopyChoice(own_text("session"), own_text("all of it, as text"), lambda: self._copy_session(view)),
            CopyChoice(
                own_text("link"),
                own_text("opens it again: earwig LINK"),
                lambda: clipboard.copy_link_to(entry),
            ),
        ]
        self._host.put_over(CopyScreen(choices))

    def _copy_session(self, view: TranscriptView) -> None:
        from earwig.core.reading.session_text import as_source

        if view.reader is not None:
            session, copy = view.reader.session, self._clipboard.copy_file
            self._copies.make(session, "session.txt", as_source, copy, view.parts.clipboard.wait)

    def _page_session(self, view: TranscriptView) -> None:
        from earwig.core.reading.session_text import as_shown

        command = self._programs.find(edit=False)
        if command is not None and view.reader is not None:
            session, run = view.reader.session, self._programs.run
            self._copies.make(
                session, "session.txt", as_shown, lambda copy: run(command, copy), view.parts.clipboard.wait
            )

    def _export(self, message: requests.ExportWanted) -> None:
        from earwig.ui.screens.export import ExportScreen  # most never export: the start need not wait for it

        session = message.session
        self._host.put_over(
            ExportScreen(
                session,
                self._store,
                (*self._store.bots_folders, session.path.parent),
                limit=message.filter,
                settings=self._settings,
            )
        )

    def _tell_line(self, message: requests.LineKnown) -> None:
        from earwig.ui.screens.stored_line import StoredLineScreen

        screen = self._host.top_screen
        if isinstance(screen, StoredLineScreen):
            screen.learn(message.entry, message.number)
