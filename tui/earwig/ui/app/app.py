"""The browser as a program: starts the screen, takes the terminal, gives it back whatever happens."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.events import Event, InputEvent, Key, Paste, Resize

from earwig.core.diagnostics.failure import Fault, TracePlace, faults_of
from earwig.core.diagnostics.fault_log import Noted, faults
from earwig.core.diagnostics.fault_report import thread_name
from earwig.core.model.session import Session, in_order
from earwig.core.settings.settings import Settings
from earwig.core.stores.first_look import Beginning
from earwig.core.stores.store import Store
from earwig.core.system.collecting import begin_collections
from earwig.core.system.ending import end_within
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name
from earwig.ui.app.contrast_filter import ContrastFilter
from earwig.ui.app.line_filter import ControlFilter, FiltersInOne
from earwig.ui.app.own_settings import tell_problems
from earwig.ui.app.without_files import told_if_without_files
from earwig.ui.rendering.nothing_there import nothing_there
from earwig.ui.rendering.palette import OWN_COLOUR
from earwig.ui.rendering.plain import notify_safely
from earwig.ui.screens.browser import BrowserScreen
from earwig.ui.textual_compat.driver import choose_driver, restore_terminal
from earwig.ui.textual_compat.fatal_error import take_fatal_errors
from earwig.ui.textual_compat.key_order import done_at_once, pasted_at_once
from earwig.ui.textual_compat.mouse import set_mouse
from earwig.ui.textual_compat.private_use import loaded_uses, words_on_missing
from earwig.ui.textual_compat.styles_cache import let_go_of_removed_widgets
from earwig.ui.widgets.keys import bar_key, help_key

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.traceback import Traceback
    from textual.actions import ActionParseResult
    from textual.command import Provider
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.screen import Screen

    from earwig.core.catalog.reading_state import ReadingState
    from earwig.core.model.message_link import MessageLink
    from earwig.core.stores.location import FoundStores

GONE = 129
"""The status where the terminal is gone, as if SIGHUP had told so."""

FAULT = 2
"""The status after a fault: it could not be done."""

_LAST_RESORT = 2.0
"""Seconds from a signal to the end, in good order or not."""

_TIDY = 10.0
"""Seconds between two times that removed widgets are let go of."""

_LOOK_AT_TERMINAL = 2.0
"""Seconds between two looks whether the terminal is still there."""

_SAID_BY_OURS = frozenset({"Quit", "Keys"})
"""Textual's commands that our own actions do as well."""


def palette_provider() -> type[Provider]:
    from earwig.ui.app.palette_commands import ActionProvider

    return ActionProvider


class EarwigApp(App[int]):
    """Shows a store's sessions; never writes."""

    TITLE = "earwig"
    CSS_PATH = "../screens/browser.tcss"  # a default screen's own path is not read
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {palette_provider}

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("q", "quit", "app.quit", "Quit", "Leave earwig"),
        help_key(
            "m",
            "mouse",
            "app.mouse",
            "Mouse",
            "The mouse to your terminal, or back: Shift (Option on macOS) often does too",
        ),
        bar_key("question_mark", "toggle_help", "app.help", "Help", "Keys and what they do"),
        *(
            [help_key("ctrl+z", "suspend_process", "app.suspend", "Stop", "Until `fg`")]
            if hasattr(signal, "SIGTSTP")
            else []
        ),
    ]

    def __init__(
        self,
        store: Store,
        begin: Callable[[], Beginning],
        *,
        found: FoundStores | None = None,
        settings: Settings | None = None,
        problems: Callable[[], Sequence[SafeText]] = tuple,
        clock: Callable[[], float] = time.time,
        reading: ReadingState | None = None,
        link: tuple[Session, MessageLink] | None = None,
    ) -> None:
        """`begin` waits for what the first frame shows; `link` is the message to begin with, and its session.

        `problems` tells, after the first frame, what is wrong with what the settings were made from.
        """
        self.settings = settings or Settings()
        self._problems = problems
        super().__init__()
        take_fatal_errors(self, lambda error: self._leave_after([] if error is None else faults_of(error)))
        self.mouse_is_wanted = self.settings.mouse
        # One for good: strips are cached by the filters they passed.
        self._own_filter = FiltersInOne(ContrastFilter(), ControlFilter())
        self.fault: Noted | None = None
        self.ended_by: int | None = None
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._bots_folders = store.bots_folders
        self._thread_hook = threading.excepthook

        def make() -> BrowserScreen:
            begun = begin()
            if link is not None:
                begun = begun._replace(sessions=in_order([*begun.sessions, link[0]]))
            places = found.looked if found is not None else store.places
            notes = [clean_line(note) for note in (found.notes if found is not None else ())]
            return BrowserScreen(
                store,
                begun,
                looked=nothing_there([safe_name(str(place)) for place in places], notes),
                settings=self.settings,
                clock=clock,
                reading=reading,
                link=link,
            )

        self._make = make
        self._made: BrowserScreen | None = None

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice; where that is the one for Unix, ours that can be stopped and continued."""
        return choose_driver(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add contrast, and a second line of defence: no control, link or foreign action leaves a widget."""
        return [*super().get_line_filters(), self._own_filter]

    @property
    def browser(self) -> BrowserScreen:
        """The screen that there is to start with: made when it is wanted, because it waits for the disk."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def get_default_screen(self) -> BrowserScreen:
        return self.browser

    def on_load(self) -> None:
        """Let no fault be printed over the screen: before the terminal is taken."""
        loop = self._event_loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._on_loop_fault)
        threading.excepthook = self._on_thread_fault
        if self.ended_by is not None:  # already
            self.exit(None, 128 + self.ended_by)

    def on_mount(self) -> None:
        if self.settings.theme:
            self.theme = self.settings.theme
        if self.settings.keys:
            self.set_keymap(self.settings.keys)
        self.app_resume_signal.subscribe(self, self._on_resumed)
        self.call_after_refresh(begin_collections)
        self.call_after_refresh(self._tell_problems)
        self.set_interval(_TIDY, let_go_of_removed_widgets)
        if not self.is_headless:
            # Without a controlling terminal there is no SIGHUP, and Textual reads an end of file for ever.
            self.set_interval(_LOOK_AT_TERMINAL, self._look_at_terminal)
            self.call_after_refresh(self._remove_leftovers)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the reader's own colours: with every theme, for all that is drawn."""
        return {OWN_COLOUR.format(name): colour for name, colour in self.settings.colours.items()}

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield all that can be done on the screen, and Textual's own commands that are none of it."""
        from earwig.ui.app.palette_commands import commands_for  # with the first look at the palette

        yield from commands_for(screen, self.settings.keys)
        for command in super().get_system_commands(screen):
            if command.title not in _SAID_BY_OURS:
                yield command

    def _remove_leftovers(self) -> None:
        from earwig.core.system.leftovers import remove_left_over_folders  # nobody waits for it

        threading.Thread(target=remove_left_over_folders, name="earwig-leftovers", daemon=True).start()

    def _tell_problems(self) -> None:
        missing = words_on_missing(loaded_uses())
        if missing is not None:
            notify_safely(self, missing)
        tell_problems(partial(notify_safely, self), self._problems())

    async def on_event(self, event: Event) -> None:
        """Do a key before the next one is looked at."""
        if isinstance(event, (InputEvent, Resize)) and self._made is not None:
            self._made.make_way()
        if isinstance(event, Key) and not event.is_forwarded:
            self.browser.note_use()
            if await done_at_once(self, event):
                return
        if isinstance(event, Paste) and not event.is_forwarded and pasted_at_once(self, event):
            return
        await super().on_event(event)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do an action; where the system has no open file to give for it, say so and go on."""
        return await told_if_without_files(self, super().run_action(action, default_namespace, namespaces))

    def on_unmount(self) -> None:
        threading.excepthook = self._thread_hook

    def end_by(self, number: int) -> None:
        """Leave in good order because of a signal, and if that cannot be done, leave all the same.

        For the handler of the signal: in the main thread, between any two steps.
        """
        if self.ended_by is not None:
            return
        self.ended_by = number
        status = 128 + number
        end_within(_LAST_RESORT, status, first=partial(restore_terminal, self))
        if self._event_loop is not None:
            with suppress(RuntimeError):  # it has ended
                self._event_loop.call_soon_threadsafe(self.exit, None, status)

    def _end(self, status: int) -> None:
        """Leave in good order; and if that cannot be done, because the terminal is gone, leave."""
        end_within(_LAST_RESORT, status)
        self.exit(None, status)

    def _look_at_terminal(self) -> None:
        if not _terminal_is_there():
            self._end(GONE)

    def _on_resumed(self, _app: App[Any]) -> None:
        """Draw all of the screen: the terminal shows nothing of it any more."""
        self.refresh(layout=True)

    # Faults. Textual tells of one in three ways: what nobody handled (`take_fatal_errors`), and by `panic`,
    # which gets exceptions that can draw themselves, and what ended the thread that reads the keys. Both only
    # close the app here. Nothing is given to Textual to print: `run_browser` does that, once the terminal is
    # as it was.

    def panic(self, *renderables: RenderableType) -> None:
        """Leave after what Textual would show."""
        from rich.traceback import Traceback  # brings a highlighter, which a start does not need

        found: list[Fault] = []
        for shown in renderables:
            if isinstance(shown, BaseException):
                found += faults_of(shown)
            elif isinstance(shown, Traceback):
                found += _faults_in(shown)
        self._leave_after(found)

    def _leave_after(self, found: Sequence[Fault]) -> None:
        if not self.is_headless and not _terminal_is_there():
            self._end(GONE)  # no fault of ours
        else:
            self.note_fault(found)
        super().panic()

    def note_fault(self, found: Sequence[Fault] = ()) -> None:
        """Have these be the faults that ended it, unless others were before; none: an unknown one."""
        if self.fault is None:
            self.fault = faults.note(list(found) or [Fault("an unknown error", ())], own_text("the browser"))

    def _on_thread_fault(self, arguments: threading.ExceptHookArgs) -> None:
        """Called in a thread that failed: it says so, and the others go on."""
        if not self.is_headless and not _terminal_is_there():
            # The one that draws cannot: the loop, which waits for it, may never come to end in good order.
            end_within(_LAST_RESORT, GONE)
        elif arguments.exc_value is not None:
            self._go_on_after(arguments.exc_value, thread_name(arguments))

    def _on_loop_fault(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._go_on_after(error, own_text("the event loop"))

    def _go_on_after(self, error: BaseException, where: SafeText) -> None:
        noted = faults.note(error, where)
        if not noted.is_new:
            return
        details = own_text("Details are in {}", noted.path)
        if noted.problem is not None:
            details = own_text("No details could be written: {}", noted.problem)
        text = own_text(
            "{} in {}. It goes on, but may miss something.\n{}",
            clean_line(noted.faults[-1].kind),
            where,
            details,
        )
        notify_safely(self, text, title=own_text("A fault in earwig"), severity="error")

    def action_mouse(self) -> None:
        self.mouse_is_wanted = not self.mouse_is_wanted
        if not set_mouse(self, wanted=self.mouse_is_wanted):
            self.mouse_is_wanted = not self.mouse_is_wanted
            words = own_text(
                "It cannot be given away here; most terminals select while Shift is held, on macOS Option."
            )
        elif self.mouse_is_wanted:
            words = own_text("The mouse is earwig's again.")
        else:
            words = own_text("The mouse is your terminal's, to select as usual. m takes it back.")
        notify_safely(self, words)

    def deliver_screenshot(
        self, filename: str | None = None, path: str | None = None, time_format: str | None = None
    ) -> None:
        """Write a picture of the screen; Textual's own way makes a file that everybody can read."""
        from earwig.ui.app.screenshot import save_screenshot  # few ever want one

        save_screenshot(self, self._bots_folders)

    def pop_screen(self) -> AwaitComplete:
        """Take the top screen away, never the browser: keys and clicks in one burst may close one twice."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    async def action_command_palette(self) -> None:  # type: ignore[override]  # an action may be waited for
        """Show all commands, and wait until they are there: one that a click closes before cannot begin."""
        from textual.command import CommandPalette  # with the first look at it

        from earwig.ui.textual_compat.command_palette import make_palette

        if not isinstance(self.screen, CommandPalette):
            await self.push_screen(make_palette())

    def action_toggle_help(self) -> None:
        # By name: to import the class would load a Markdown parser at the start.
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()


def _terminal_is_there() -> bool:
    return sys.__stderr__ is not None and sys.__stderr__.isatty()


def _faults_in(traceback: Traceback) -> list[Fault]:
    """Return what may be told of an exception that is left only as Rich would draw it."""
    stacks = reversed(traceback.trace.stacks)
    return [
        Fault(s.exc_type, tuple(TracePlace(f.filename, f.lineno, f.name) for f in s.frames)) for s in stacks
    ]
